"""The operations of an API go in; the one that a request is of comes out, with what is in its path.

It is openapi-core that finds it, among the paths that match. Which those are is told here: where
several parameters are in one name, such as `{a}-{b}`, its own patterns take a power of the path's
length, and they fail at such names as `{user.id}`.
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

_KEPT: Final = 1024  # paths remembered
_PLACEHOLDER: Final = re.compile(r"{([^{}]*)}")
_DELIMITER: Final = re.compile("(%2[146-9a-c]|%3[abd]|%40)", re.IGNORECASE)
_UNRESERVED: Final = "!$&'()*+,;=:@-._~"
_NO_HOST: Final = "https://host.invalid/"


class Match(NamedTuple):
    """The operation of a request, and the values in its path as they are written there."""

    operation: str
    values: Mapping[str, str]


class _Segment:
    """One name of a template: literal texts, and a parameter between each two of them."""

    def __init__(self, template: str) -> None:
        parts = _PLACEHOLDER.split(template)
        self.names = parts[1::2]
        self._literals = [_written(each) for each in parts[::2]]

    def values(self, text: str) -> list[str] | None:
        """Return the text of each parameter, the first of them as long as can be; None: no match.

        Each literal is looked for once, the last one first, so that no text takes long.
        """
        first, last = self._literals[0], self._literals[-1]
        if not self.names:
            return [] if text == first else None
        end = len(text) - len(last)
        if end < len(first) or not (text.startswith(first) and text.endswith(last)):
            return None
        found = []
        for literal in reversed(self._literals[1:-1]):
            at = text.rfind(literal, len(first), end)
            if at < 0:
                return None
            found.append(text[at + len(literal) : end])
            end = at
        return [text[len(first) : end], *reversed(found)]


class _Template(NamedTuple):
    """A path at one of its servers: the segments of the server's path, then its own."""

    key: str
    server: Sequence[_Segment]
    own: Sequence[_Segment]
    is_short: bool = False  # the path of a server, for that path and a slash

    @property
    def rank(self) -> tuple[bool, int]:
        """What decides between templates that both match: the fewer parameters the better."""
        return self.is_short, sum(len(each.names) for each in self.own)

    def values(self, names: Sequence[str]) -> dict[str, str] | None:
        """Return the values in a path of as many names, if it is of this template."""
        values: dict[str, str] = {}
        for index, segment in enumerate((*self.server, *self.own)):
            found = segment.values(names[index])
            if found is None:
                return None
            if index >= len(self.server):
                values.update(zip(segment.names, found, strict=True))
        return values


class _Templates:
    """The templates of paths, the best first: openapi-core's finder asks it which ones match."""

    def __init__(self) -> None:
        self._by_size: dict[int, list[_Template]] = {}

    def enter(self, template: _Template) -> None:
        """Take in a template."""
        size = len(template.server) + len(template.own)
        among = self._by_size.setdefault(size, [])
        among.append(template)
        among.sort(key=lambda each: each.rank)

    def __call__(
        self,
        name: str,
        spec: SchemaPath,
        base_url: str | None = None,  # noqa: ARG002 - the finder gives it
    ) -> Iterator[Path]:
        names = name.split("/")[1:]
        for each in self._by_size.get(len(names), ()):
            values = each.values(names)
            if values is not None:
                yield Path(spec / "paths" / each.key, TemplateResult(each.key, values))


class _Finder(APICallPathFinder):
    servers_iterator = SimpleServersIterator()

    def __init__(self, spec: SchemaPath, templates: _Templates) -> None:
        super().__init__(spec)
        self.paths_iterator = templates


class Paths:
    """The paths of an API: those of its servers, whatever their hosts, with those of operations."""

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
                        templates.enter(template)
                    item = items.setdefault(template.key, {})
                    item.setdefault(each.method, {"operationId": name})
        self._finder = _Finder(SchemaPath.from_dict({"paths": items}), templates)
        self.find = lru_cache(_KEPT)(self._find)

    def _find(self, method: str, path: str) -> Match | None:
        """Return the operation of a method at a path, which is as in a URL; None if none is."""
        # a delimiter that is escaped is no delimiter in a value, but may be one in a template
        for each in dict.fromkeys((_written(path, keep=True), _written(path))):
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
    """Return patterns of the hosts that servers name; one that may be any host names none."""
    found = set()
    for url in servers:
        host = _parted(url)[0].rpartition("@")[2].lower()
        fixed = _PLACEHOLDER.sub("", host)
        if fixed.strip(".:"):
            found.add("[^.]*".join(map(re.escape, re.split(r"{[^{}]*}", host))))
    return [re.compile(pattern) for pattern in sorted(found)]


def server_path(url: str) -> str:
    """Return the path of a server's URL, without a slash at its end.

    A relative one, such as `v1` or `../v1`, is relative to where the document is: as nobody knows
    that, it is taken to be at the root of a host.
    """
    path = _parted(url)[1].partition("?")[0].partition("#")[0]
    return path.rstrip("/")


def _parted(url: str) -> tuple[str, str]:
    """Return the host of a server's URL, "" where it names none, and its path."""
    _, mark, rest = url.partition("://")
    start = url.partition("/")[0]
    if mark or url.startswith("//") or ":" in start or start.startswith("{"):
        host, slash, path = (rest if mark else url.removeprefix("//")).partition("/")
        return host, slash + path
    return "", urlsplit(urljoin(_NO_HOST, url)).path


# -- texts ---------------------------------------------------------------------------------------


def _written(path: str, *, keep: bool = False) -> str:
    """Return a path with each of its names escaped in the one way.

    *keep* the delimiters escaped that are.
    """
    return "/".join(
        [
            each
            if each.replace("-", "").isalnum() and each.isascii()
            else "".join(_each_written(each, keep=keep))
            for each in path.split("/")
        ]
    )


def _each_written(name: str, *, keep: bool) -> Iterator[str]:
    for index, part in enumerate(_DELIMITER.split(name) if keep else [name]):
        yield part.upper() if index % 2 else quote(unquote(part), safe=_UNRESERVED)
