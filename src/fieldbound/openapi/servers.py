"""Server objects of OpenAPI: their URLs, with variables replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin

from .node import SpecNode

#: The base of a server URL that is relative.
_NO_HOST: Final = "https://host.invalid/"
#: URLs of a server, for the values of its variables: of more, a variable may have any value.
_MOST_URLS: Final = 1_000


def server_urls(*holders: SpecNode | None) -> tuple[str, ...]:
    """Return the server URLs of the first of some nodes that has any; "/" if none has."""
    for holder in holders:
        servers = [node.value for _, node in (holder.children("servers") if holder else ())]
        urls = [
            url
            for server in servers
            if isinstance(server, dict) and isinstance(server.get("url"), str)
            for url in _expanded_urls(server)
        ]
        if urls:
            return tuple(dict.fromkeys(urls))
    return ("/",)


def default_server_url(*holders: SpecNode | None) -> str:
    """Return the first server URL of some nodes, its variables replaced by their defaults."""
    for holder in holders:
        for _, node in holder.children("servers") if holder else ():
            if isinstance(node.value, dict) and "url" in node.value:
                return urljoin(_NO_HOST, _default_url(node.value)).rstrip("/")
    return _NO_HOST.rstrip("/")


def _expanded_urls(server: Mapping[str, Any]) -> list[str]:
    """Return the URLs of a server, one for each value of the variables in its path.

    A variable whose default has a slash in it, such as one for the whole URL, has only that value.
    The values of several multiply.
    """
    urls, variables = [server["url"]], server.get("variables")
    path = urls[0].partition("://")[2].partition("/")[2] if "://" in urls[0] else urls[0]
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        placeholder = f"{{{name}}}"
        if isinstance(variable, dict) and placeholder in urls[0]:
            values = _variable_values(variable, placeholder, in_path=placeholder in path)
            if len(urls) * len(values) > _MOST_URLS:
                continue
            urls = [url.replace(placeholder, value) for url in urls for value in values]
    return urls


def _variable_values(variable: Mapping[str, Any], placeholder: str, *, in_path: bool) -> list[str]:
    enum, default = variable.get("enum"), variable.get("default")
    if in_path and isinstance(enum, list) and enum:
        return [str(value).strip("/") for value in enum]
    if isinstance(default, str) and "/" in default.strip("/"):
        return [default.strip("/")]
    return ["", placeholder] if in_path and default == "" else [placeholder]


def _default_url(server: Mapping[str, Any]) -> str:
    url, variables = str(server["url"]), server.get("variables")
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        default = variable.get("default") if isinstance(variable, dict) else None
        url = url.replace(f"{{{name}}}", str(default or name).strip("/"))
    return url
