"""Routing: from method and path to the operation and its path parameters.

openapi-core chooses among the path templates that match. Matching is done here: its own patterns
backtrack exponentially on several parameters in one segment, such as `{a}-{b}`, and fail on names
such as `{user.id}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

from jsonschema_path import SchemaPath
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import Path
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.templating.paths.iterators import SimpleServersIterator

from fieldbound.openapi import Operation

_CACHE_SIZE: Final = 1024  # paths
_PLACEHOLDER: Final = re.compile(r"{([^{}]*)}")
_DELIMITER: Final = re.compile("(%2[146-9a-c]|%3[abd]|%40)", re.IGNORECASE)
_UNRESERVED: Final = "!$&'()*+,;=:@-._~"
_NO_HOST: Final = "https://host.invalid/"


class Match(NamedTuple):
    """The operation of a request, and the raw values of its path parameters."""

    operation: str
    values: Mapping[str, str]


class _Segment:
    """A segment of a path template: literals, and a parameter between each two of them."""

    def __init__(self, template: str) -> None:
        parts = _PLACEHOLDER.split(template)
        self.names = parts[1::2]
        self._literals = [_normalized(each) for each in parts[::2]]

    def values(self, raw: str) -> list[str] | None:
        """Return the raw value of each parameter, or None for no match; the first one is greedy.

        Each literal is searched for once, the last one first, so that matching is linear.
        """
        first, last = self._literals[0], self._literals[-1]
        if not self.names:
            return [] if raw == first else None
        end = len(raw) - len(last)
        if end < len(first) or not (raw.startswith(first) and raw.endswith(last)):
            return None
        found = []
        for literal in reversed(self._literals[1:-1]):
            at = raw.rfind(literal, len(first), end)
            if at < 0:
                return None
            found.append(raw[at + len(literal) : end])
            end = at
        return [raw[len(first) : end], *reversed(found)]


class _Template(NamedTuple):
    """A path template at one server: the segments of the server's path, then its own."""

    key: str
    server: Sequence[_Segment]
    own: Sequence[_Segment]
    is_short: bool = False  # "/" without its slash

    @property
    def rank(self) -> tuple[bool, int]:
        """The order of precedence: templates with fewer parameters match first."""
        return self.is_short, sum(len(each.names) for each in self.own)

    def values(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the path parameters in a path of as many segments, or None for no match."""
        values: dict[str, str] = {}
        for index, segment in enumerate((*self.server, *self.own)):
            found = segment.values(segments[index])
            if found is None:
                return None
            if index >= len(self.server):
                values.update(zip(segment.names, found, strict=True))
        return values


class _Templates:
    """The path templates in order of precedence; openapi-core's finder iterates over matches."""

    def __init__(self) -> None:
        self._by_size: dict[int, list[_Template]] = {}

    def add(self, template: _Template) -> None:
        """Add a template."""
        size = len(template.server) + len(template.own)
        templates = self._by_size.setdefault(size, [])
        templates.append(template)
        templates.sort(key=lambda each: each.rank)

    def __call__(
        self,
        name: str,
        spec: SchemaPath,
        base_url: str | None = None,  # noqa: ARG002 - the finder passes it
    ) -> Iterator[Path]:
        segments = name.split("/")[1:]
        for each in self._by_size.get(len(segments), ()):
            values = each.values(segments)
            if values is not None:
                yield Path(spec / "paths" / each.key, TemplateResult(each.key, values))


class _Finder(APICallPathFinder):
    servers_iterator = SimpleServersIterator()

    def __init__(self, spec: SchemaPath, templates: _Templates) -> None:
        super().__init__(spec)
        self.paths_iterator = templates


class Router:
    """Finds operations by method and path; the path includes that of a server, at any host."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self.methods: dict[str, None] = {}
        self.hosts = _hosts({server for each in operations.values() for server in each.servers})
        self.templates: dict[str, None] = {}
        templates, items = _Templates(), dict[str, dict[str, Any]]()
        for name, each in operations.items():
            for prefix in dict.fromkeys(map(server_path, each.servers)) if each.path else ():
                self.templates[prefix + each.path] = None
                self.methods[each.method] = None
                for template in _templates(prefix, each.path):
                    if template.key not in items:
                        templates.add(template)
                    item = items.setdefault(template.key, {})
                    item.setdefault(each.method, {"operationId": name})
        self._finder = _Finder(SchemaPath.from_dict({"paths": items}), templates)
        self.find = lru_cache(_CACHE_SIZE)(self._find)

    def _find(self, method: str, path: str) -> Match | None:
        """Return the operation of a method at a path of a URL, or None."""
        # an escaped delimiter is part of a value, but may be a literal of a template
        for each in dict.fromkeys((_normalized(path, keep=True), _normalized(path))):
            try:
                found = self._finder.find(method, each)
            except PathError:
                continue
            name = (found.operation / "operationId").read_str()
            return Match(name, found.path_result.variables)
        return None

    def methods_at(self, path: str) -> list[str]:
        """Return the methods of the operations at a path."""
        return [method for method in self.methods if self.find(method, path)]


def _templates(prefix: str, path: str) -> Iterator[_Template]:
    server = _segments(prefix)
    yield _Template(prefix + path, server, _segments(path))
    if path == "/" and prefix:
        yield _Template(prefix, server, (), is_short=True)


def _segments(path: str) -> list[_Segment]:
    return [_Segment(each) for each in path.split("/")[1:]]


# -- servers -------------------------------------------------------------------------------------


def _hosts(servers: Iterable[str]) -> list[re.Pattern[str]]:
    """Return patterns of the hosts of server URLs, except those that would match any host."""
    found = set()
    for url in servers:
        host = _split_url(url)[0].rpartition("@")[2].lower()
        fixed = _PLACEHOLDER.sub("", host)
        if fixed.strip(".:"):
            found.add("[^.]*".join(map(re.escape, re.split(r"{[^{}]*}", host))))
    return [re.compile(pattern) for pattern in sorted(found)]


def server_path(url: str) -> str:
    """Return the path of a server's URL, without a slash at its end.

    A relative URL, such as `v1` or `../v1`, is relative to the document's address. As that is not
    known, it is resolved against the root of a host.
    """
    path = _split_url(url)[1].partition("?")[0].partition("#")[0]
    return path.rstrip("/")


def _split_url(url: str) -> tuple[str, str]:
    """Return the host of a server's URL, "" if it has none, and its path."""
    _, scheme_end, rest = url.partition("://")
    start = url.partition("/")[0]
    if scheme_end or url.startswith("//") or ":" in start or start.startswith("{"):
        host, slash, path = (rest if scheme_end else url.removeprefix("//")).partition("/")
        return host, slash + path
    return "", urlsplit(urljoin(_NO_HOST, url)).path


# -- percent-encoding ----------------------------------------------------------------------------


def _normalized(path: str, *, keep: bool = False) -> str:
    """Return a path with each segment percent-encoded in one way.

    Escaped delimiters stay escaped with *keep*.
    """
    return "/".join(
        [
            each
            if each.replace("-", "").isalnum() and each.isascii()
            else "".join(_normalized_parts(each, keep=keep))
            for each in path.split("/")
        ]
    )


def _normalized_parts(segment: str, *, keep: bool) -> Iterator[str]:
    for index, part in enumerate(_DELIMITER.split(segment) if keep else [segment]):
        yield (
            part.upper() if index % 2 else quote(unquote(part), _UNRESERVED, errors="surrogatepass")
        )
