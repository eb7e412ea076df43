"""A message goes in, the API that it belongs to comes out, by its host and its path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from .adapters import path_of, request_of
from .message import Message
from .vendor_api import API, api

_SCHEME: Final = re.compile(r"[a-z]+://", re.IGNORECASE)
#: A host and its port; colons are also in an address of IPv6, in brackets.
_HOST: Final = re.compile(r"(\[[^]]*:[^]]*\]|[^:]*):?(.*)", re.DOTALL)
_PORTS: Final = {"http": "80", "https": "443"}


class Where(NamedTuple):
    """Where an API is: at hosts of a pattern, of ports of one, below a path."""

    host: str
    port: str
    path: str
    api: API

    def has(self, host: str, port: str, path: str) -> bool:
        """Return whether it is there."""
        at_host = fnmatchcase(host, self.host) and fnmatchcase(port, self.port)
        return at_host and f"{path}/".startswith(self.path)


class Hosts:
    """Several APIs: some at hosts that are named, the others where their documents say.

    Of the named ones whose host and path a URL matches, its API is the one that has such a path,
    or else the first. Of the others it is the one that has such a path, and then the one at whose
    host it is.
    """

    def __init__(self, named: Iterable[tuple[str, API]], others: Iterable[API] = ()) -> None:
        self.named = [Where(*parted(pattern), each) for pattern, each in named]
        self.others = list(others)

    @property
    def apis(self) -> list[API]:
        """All of the APIs, each once."""
        found = {id(each): each for each in (*(where.api for where in self.named), *self.others)}
        return list(found.values())

    def api_of(self, request: Any) -> API | None:
        """Return the API that a request belongs to; None where none covers it."""
        message = request_of(request)
        host, path = host_of(message.url), path_of(message.url)
        name, port = _split(host)
        port = port or _PORTS.get(urlsplit(message.url).scheme, "")
        there = [where.api for where in self.named if where.has(name, port, path)]
        if there:
            return next(_claiming(there, message, path), there[0])
        claims = list(_claiming(self.others, message, path))
        claims += [each for each in self.others if each.is_at(host)]
        near = [each for each in claims if each.is_at(host)]
        return next(iter((*near, *claims)), None)


def _claiming(apis: list[API], message: Message, path: str) -> Iterator[API]:
    """Yield the APIs that have the operation of a message, and then those that have its path."""
    yield from (each for each in apis if each.operation_of(message) is not None)
    yield from (each for each in apis if each.has_path(path))


def host_of(url: str) -> str:
    """Return the host of a URL, with its port if that is named, and nothing secret."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def hosts_of(entries: Iterable[str], folders: Iterable[str] = ()) -> Hosts:
    """Return APIs as they are named: `NAME`, or `HOST=NAME` to say where one is.

    HOST is a pattern such as `*.example.com`, perhaps with a port and a path: `[::1]:80*/v1`. There
    may be several APIs at one.

    Raises UnknownName and BrokenContract, as `fieldbound.api` does.
    """
    made: dict[str, API] = {}
    named: list[tuple[str, API]] = []
    others: dict[str, API] = {}
    for entry in entries:
        host, mark, name = entry.rpartition("=")
        if name not in made:
            made[name] = api(name, folders)
        if mark:
            named.append((host, made[name]))
        else:
            others[name] = made[name]
    return Hosts(named, others.values())


def parted(pattern: str) -> tuple[str, str, str]:
    """Return patterns of hosts and ports, and the path below which they count, from one text."""
    host, _, path = _SCHEME.sub("", pattern.strip(), count=1).partition("/")
    name, port = _split(host.lower())
    if name.startswith("[") and ":" in name:  # an address, and no set of characters
        name = name.replace("[", "[[]", 1)
    below = path.strip("/")
    return name, port or "*", f"/{below}/" if below else "/"


def _split(host: str) -> tuple[str, str]:
    """Return a host and its port, which may be empty."""
    ((name, port), *_) = _HOST.findall(host)
    return name, port
