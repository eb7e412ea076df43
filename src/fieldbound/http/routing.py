"""Routing: from method and path to the operations that match, and their path parameters.

The templates are a tree of segments, so that a path is compared with those templates alone that
begin as it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from fieldbound.openapi import Operation

from .percent_encoding import normalized

_CACHE_SIZE: Final = 1024  # paths
_PLACEHOLDER: Final = re.compile(r"{([^{}]*)}")
_NO_HOST: Final = "https://host.invalid/"
#: Kinds of segments, the most concrete first.
_LITERAL, _MIXED, _PARAMETER = range(3)


class _Segment:
    """A segment of a path template: literals, and a parameter between each two of them."""

    def __init__(self, template: str) -> None:
        parts = _PLACEHOLDER.split(template)
        self.names = tuple(parts[1::2])
        self.literals = tuple(normalized(each) for each in parts[::2])

    @property
    def kind(self) -> int:
        """How concrete the segment is."""
        if not self.names:
            return _LITERAL
        return _MIXED if any(self.literals) else _PARAMETER

    def values(self, raw: str) -> list[str] | None:
        """Return the raw value of each parameter, or None for no match; the first one is greedy.

        No value is empty. Each literal is searched for once, the last one first, so that matching
        is linear.
        """
        first, last = self.literals[0], self.literals[-1]
        if not self.names:
            return [] if raw == first else None
        end = len(raw) - len(last)
        if end <= len(first) or not (raw.startswith(first) and raw.endswith(last)):
            return None
        found = []
        for literal in reversed(self.literals[1:-1]):
            at = raw.rfind(literal, len(first) + 1, end - 1)
            if at < 0:
                return None
            found.append(raw[at + len(literal) : end])
            end = at
        return [raw[len(first) : end], *reversed(found)]


class _Route(NamedTuple):
    """An operation at the path of one of its servers: its template, and what its segments are."""

    order: int
    operation: str
    method: str
    template: str
    names: tuple[str, ...]  # "" for a variable of the server's path
    kinds: tuple[int, ...]
    is_short: bool = False  # "/" without its slash

    @property
    def rank(self) -> tuple[bool, int, int]:
        """The order of precedence: templates with fewer parameters match first."""
        return self.is_short, sum(map(bool, self.names)), self.order


class Match(NamedTuple):
    """An operation that matches a request, and the raw values of its path parameters."""

    operation: str
    values: Mapping[str, str]
    kinds: tuple[int, ...] = ()

    def precedes(self, other: Match) -> bool:
        """Return whether every segment is as concrete as the other's, and one is more so."""
        if len(self.kinds) != len(other.kinds):
            return False
        pairs = list(zip(self.kinds, other.kinds, strict=True))
        return all(own <= kind for own, kind in pairs) and self.kinds != other.kinds


class _Node:
    """A node of the tree of templates: its children by segment, and the routes that end here."""

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.patterns: dict[tuple[str, ...], tuple[_Segment, _Node]] = {}
        self.routes: list[_Route] = []

    def add(self, route: _Route, segments: Iterable[_Segment]) -> None:
        """Add a route; segments that differ in names of parameters only share a child."""
        node = self
        for each in segments:
            if each.names:
                node = node.patterns.setdefault(each.literals, (each, _Node()))[1]
            else:
                node = node.literals.setdefault(each.literals[0], _Node())
        node.routes.append(route)

    def find(
        self, segments: Sequence[str], index: int = 0, values: tuple[str, ...] = ()
    ) -> Iterator[tuple[_Route, tuple[str, ...]]]:
        """Yield the routes that match, each with the raw values of its parameters."""
        if index == len(segments):
            yield from ((route, values) for route in self.routes)
            return
        if child := self.literals.get(segments[index]):
            yield from child.find(segments, index + 1, values)
        for segment, child in self.patterns.values():
            found = segment.values(segments[index])
            if found is not None:
                yield from child.find(segments, index + 1, (*values, *found))

    def descendants(self) -> Iterator[_Node]:
        """Yield this node and all below it."""
        yield self
        for each in (*self.literals.values(), *(child for _, child in self.patterns.values())):
            yield from each.descendants()


class Router:
    """Finds operations by method and path; the path includes that of a server, at any host.

    *spanning* returns the path parameters of an operation that may span several segments.
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        spanning: Callable[[str], frozenset[str]] = lambda _: frozenset(),
    ) -> None:
        self._operations, self._spanning_names = operations, spanning
        self.hosts = _hosts({server for each in operations.values() for server in each.servers})
        self.methods: dict[str, None] = {}
        self.templates: dict[str, None] = {}
        self._root = _Node()
        for route, segments in self._routes():
            self.methods[route.method] = self.templates[route.template] = None
            self._root.add(route, segments)
        self.matches = lru_cache(_CACHE_SIZE)(self._matches)

    def _routes(self) -> Iterator[tuple[_Route, list[_Segment]]]:
        """Yield the route of each operation at each path of its servers, with its segments."""
        for order, (name, each) in enumerate(self._operations.items()):
            own = _segments(each.path)
            for prefix in dict.fromkeys(map(server_path, each.servers)) if each.path else ():
                server = _segments(prefix)
                names = [*("" for segment in server for _ in segment.names)]
                names += [parameter for segment in own for parameter in segment.names]
                kinds = tuple(segment.kind for segment in (*server, *own))
                template = prefix + each.path
                route = _Route(order, name, each.method, template, tuple(names), kinds)
                yield route, [*server, *own]
                if each.path == "/" and prefix:
                    yield route._replace(is_short=True, kinds=kinds[:-1]), server

    def find(self, method: str, path: str) -> Match | None:
        """Return the operation that takes precedence for a method at a path of a URL, or None."""
        return next(iter(self.matches(method, path)), None)

    def _matches(self, method: str, path: str) -> tuple[Match, ...]:
        """Return the operations of a method at a path of a URL, in order of precedence.

        A slash at the end makes no difference, unless both paths are documented.
        """
        found = self._routes_at(path)
        if not found:
            found = self._routes_at(path[:-1] if path.endswith("/") else f"{path}/")
        by_operation: dict[str, Match] = {}
        for route in sorted(found, key=attrgetter("rank")):
            if route.method == method:
                pairs = zip(route.names, found[route], strict=True)
                values = {name: value for name, value in pairs if name}
                by_operation.setdefault(
                    route.operation, Match(route.operation, values, route.kinds)
                )
        return tuple(by_operation.values()) or tuple(self._spanning_matches(method, path))

    def _routes_at(self, path: str) -> dict[_Route, tuple[str, ...]]:
        """Return the routes that match a path, with the raw values of their parameters."""
        found: dict[_Route, tuple[str, ...]] = {}
        # an escaped delimiter is part of a value, but may be a literal of a template
        for each in dict.fromkeys((normalized(path, keep=True), normalized(path))):
            for route, values in self._root.find(each.split("/")[1:]):
                found.setdefault(route, values)
        return found

    def methods_at(self, path: str) -> list[str]:
        """Return the methods of the operations at a path."""
        return [method for method in self.methods if self.matches(method, path)]

    @cached_property
    def duplicates(self) -> list[tuple[str, ...]]:
        """The path templates of operations of one method that match exactly the same paths."""
        found: dict[tuple[str, ...], None] = {}
        for node in self._root.descendants():
            by_method: dict[str, dict[str, str]] = {}
            for route in node.routes:
                by_method.setdefault(route.method, {})[route.operation] = route.template
            for templates in by_method.values():
                if len(templates) > 1:
                    found[tuple(templates.values())] = None
        return list(found)

    # -- parameters that span segments -----------------------------------------------------------

    def _spanning_matches(self, method: str, path: str) -> Iterator[Match]:
        segments = normalized(path, keep=True).split("/")[1:]
        for route, before, spanning, after in self._spanning:
            end = len(segments) - len(after)
            if route.method != method or end <= len(before):
                continue
            joined = [*segments[: len(before)], "/".join(segments[len(before) : end])]
            own = (*before, spanning, *after)
            found = [
                segment.values(raw)
                for segment, raw in zip(own, (*joined, *segments[end:]), strict=True)
            ]
            if None not in found:
                raw_values = [value for values in found for value in values or ()]
                pairs = zip(route.names, raw_values, strict=True)
                yield Match(route.operation, {name: value for name, value in pairs if name})

    @cached_property
    def _spanning(self) -> list[tuple[_Route, list[_Segment], _Segment, list[_Segment]]]:
        """The routes with a parameter that may span segments, and the segments around it."""
        found = []
        for route, segments in self._routes():
            names = self._spanning_names(route.operation)
            for index, segment in enumerate(segments):
                if not names.isdisjoint(segment.names):
                    found.append((route, segments[:index], segment, segments[index + 1 :]))
                    break
        return found


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
