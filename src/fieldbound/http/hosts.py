"""Hosts: which API a message belongs to, by host and path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from .adapters import path_of, request_of
from .message import Message
from .report_builder import Undocumented
from .vendor_api import API, api

if TYPE_CHECKING:
    from fieldbound.catalog import Folders
    from fieldbound.validation import Formats

_SCHEME: Final = re.compile(r"[a-z]+://", re.IGNORECASE)
#: A host and its port; IPv6 addresses, with colons, are in brackets.
_HOST: Final = re.compile(r"(\[[^]]*:[^]]*\]|[^:]*):?(.*)", re.DOTALL)
_PORTS: Final = {"http": "80", "https": "443"}


class HostPattern(NamedTuple):
    """The address of an API: glob patterns of host and port, and a path prefix."""

    host: str
    port: str
    path: str
    api: API

    def matches(self, host: str, port: str, path: str) -> bool:
        """Return whether an address matches."""
        at_host = fnmatchcase(host, self.host) and fnmatchcase(port, self.port)
        return at_host and f"{path}/".startswith(self.path)


class Hosts:
    """Several APIs: some mapped to hosts, the others at the servers of their documents.

    Among the mapped APIs whose pattern matches a URL, the one with its path is chosen, or else the
    first. Among the others it is the one with its path, and then the one with its host.
    """

    def __init__(self, mapped: Iterable[tuple[str, API]], unmapped: Iterable[API] = ()) -> None:
        self.patterns = [HostPattern(*split_pattern(pattern), each) for pattern, each in mapped]
        self.unmapped = list(unmapped)

    def with_undocumented(self, undocumented: Undocumented) -> Hosts:
        """Return the same hosts, whose APIs report or fail what is not documented."""
        found = Hosts((), (each.with_undocumented(undocumented) for each in self.unmapped))
        found.patterns = [
            each._replace(api=each.api.with_undocumented(undocumented)) for each in self.patterns
        ]
        return found

    @property
    def apis(self) -> list[API]:
        """All of the APIs, each once."""
        mapped = (pattern.api for pattern in self.patterns)
        found = {id(each): each for each in (*mapped, *self.unmapped)}
        return list(found.values())

    def api_of(self, request: Any) -> API | None:
        """Return the API that a request belongs to, or None."""
        message = request_of(request)
        host, path = host_of(message.url), path_of(message.url)
        name, port = _split(host)
        port = port or _PORTS.get(urlsplit(message.url).scheme, "")
        mapped = [each.api for each in self.patterns if each.matches(name, port, path)]
        if mapped:
            return next(_matching_apis(mapped, message, path), mapped[0])
        candidates = list(_matching_apis(self.unmapped, message, path))
        candidates += [each for each in self.unmapped if each.has_host(host)]
        at_host = [each for each in candidates if each.has_host(host)]
        return next(iter((*at_host, *candidates)), None)


def _matching_apis(apis: list[API], message: Message, path: str) -> Iterator[API]:
    """Yield the APIs that have the operation of a message, then those that have its path."""
    yield from (each for each in apis if each.operation_of(message) is not None)
    yield from (each for each in apis if each.has_path(path))


def host_of(url: str) -> str:
    """Return the host of a URL, with its port if there is one, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def hosts_of(
    entries: Iterable[str],
    folders: Folders | None = None,
    formats: Formats = "assert",
    undocumented: Undocumented = "report",
    strict: bool = False,
) -> Hosts:
    """Return the APIs of entries `NAME` or `HOST=NAME`.

    HOST is a glob pattern such as `*.example.com`, optionally with a port and a path prefix:
    `[::1]:80*/v1`. Several APIs may be mapped to one host.

    Raises UnknownName and BrokenContract, as `fieldbound.api` does.
    """
    apis: dict[str, API] = {}
    mapped: list[tuple[str, API]] = []
    unmapped: dict[str, API] = {}
    for entry in entries:
        host, separator, name = entry.rpartition("=")
        if name not in apis:
            apis[name] = api(name, folders, formats, undocumented, strict)
        if separator:
            mapped.append((host, apis[name]))
        else:
            unmapped[name] = apis[name]
    return Hosts(mapped, unmapped.values())


def split_pattern(pattern: str) -> tuple[str, str, str]:
    """Split `HOST[:PORT][/PATH]` into patterns of host and port, and a path prefix."""
    host, _, path = _SCHEME.sub("", pattern.strip(), count=1).partition("/")
    name, port = _split(host.lower())
    if name.startswith("[") and ":" in name:  # an IPv6 address, no character class
        name = name.replace("[", "[[]", 1)
    prefix = path.strip("/")
    return name, port or "*", f"/{prefix}/" if prefix else "/"


def _split(host: str) -> tuple[str, str]:
    """Split a host from its port, which may be empty."""
    ((name, port), *_) = _HOST.findall(host)
    return name, port
