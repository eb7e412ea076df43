"""The paths to the values that a limit applies to, through the value sets of its contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

from fieldbound.algebra import Arrays, Enumerated, Intersection, Objects, Union, ValueSet
from fieldbound.model import Limit, to_json, tokens_of
from fieldbound.validation import Contract, checker_of

from .generator import Generator
from .mutations import PRESENCE_KEYWORDS
from .value_path import Branch, Chosen, ValuePath

_MAX_PATHS: Final = 24
#: Keywords that are satisfied or violated by a part of the value.
PART_KEYWORDS: Final = PRESENCE_KEYWORDS | frozenset(
    "additionalProperties unevaluatedProperties propertyNames items additionalItems "
    "unevaluatedItems".split()
)


class _Selection(NamedTuple):
    """The *values*, as JSON, of the property *tag* in the branch of anyOf or oneOf of a limit.

    The object with that property is at a *depth*.
    """

    depth: int
    tag: str
    values: frozenset[str]


#: The ways to a limit, by what has to be selected for each.
_Ways: TypeAlias = Sequence[Sequence[_Selection]]


class LimitPaths:
    """Finds where the limits of one contract apply."""

    def __init__(self, contract: Contract, generator: Generator) -> None:
        self._limits = checker_of(contract).compiled.limits
        self._generator, self._analysis = generator, generator.analysis

    def to(self, limit: Limit) -> Iterator[tuple[ValuePath, ValueSet]]:
        """Yield the paths to the value that a limit applies to, with the valid values there."""
        tokens, ways = self.tokens(limit), self._ways_to(limit)
        for path, value_set in islice(
            self._walk(self._analysis.root, tokens, (), ways, 0), _MAX_PATHS
        ):
            yield path, value_set
            if limit.keyword in PART_KEYWORDS:  # also inside each branch
                yield from self._branches(path, value_set, ways, len(tokens))

    def above(self, limit: Limit, tokens: tuple[str, ...]) -> Iterator[tuple[ValuePath, ValueSet]]:
        """Yield the paths along the first *tokens* to a limit, with the valid values there."""
        ways = self._ways_to(limit)
        yield from islice(self._walk(self._analysis.root, tokens, (), ways, 0), _MAX_PATHS)

    @staticmethod
    def tokens(limit: Limit) -> tuple[str, ...]:
        """Return the tokens of the pointer to the value that a limit applies to."""
        tokens = tokens_of(limit.pointer)
        return tokens[:-1] if limit.keyword in PRESENCE_KEYWORDS else tokens

    def _ways_to(self, limit: Limit) -> _Ways:
        """Return the ways to a limit; a branch without a tag is not known by its values."""
        return [
            [
                _Selection(len(tokens_of(pointer)), tag, values)
                for pointer, tag, values in map(self._limits.conditions.selection, conditions)
                if tag
            ]
            for conditions in self._limits.ways_to(limit)
        ]

    def _open(self, ways: _Ways, value_set: ValueSet, depth: int) -> tuple[_Ways, ValuePath]:
        """Return the ways to a limit that may lead through a value set, and what to choose there.

        That are the tags of the first way, for an object that may have others.
        """
        if not isinstance(value_set, Objects):
            return ways, ()
        found, chosen = [], list[ValuePath]()
        for way in ways:
            here = [(each, self._values(value_set, each)) for each in way if each.depth == depth]
            if all(values is None or values for _, values in here):
                found.append(way)
                tags = ((each.tag, values[0]) for each, values in here if values)
                chosen.append(tuple(Chosen(*each) for each in tags))
        return found, chosen[0] if chosen else ()

    def _values(self, value_set: Objects, selection: _Selection) -> list[Any] | None:
        """Return the values of a tag that select the branch; None if it may have any values."""
        values = self._analysis.resolve(self._analysis.property_values(value_set, selection.tag))
        if not isinstance(values, Enumerated):
            return None
        return [each for each in values.values if to_json(each) in selection.values]

    def _branches(
        self, path: ValuePath, value_set: ValueSet, ways: _Ways, depth: int
    ) -> Iterator[tuple[ValuePath, ValueSet]]:
        for index, each in enumerate(
            value_set.branches if isinstance(value_set, (Union, Intersection)) else ()
        ):
            inner = self._analysis.resolve(each)
            open_ways, chosen = self._open(ways, inner, depth)
            if open_ways:
                at = (*path, Branch(index), *chosen)
                yield at, inner
                yield from self._branches(at, inner, open_ways, depth)

    def _walk(
        self,
        value_set: ValueSet,
        tokens: tuple[str, ...],
        path: ValuePath,
        ways: _Ways,
        depth: int,
    ) -> Iterator[tuple[ValuePath, ValueSet]]:
        ways, chosen = self._open(ways, self._analysis.expand(value_set), depth)
        path = (*path, *chosen)
        if not ways:
            return
        if not tokens:
            yield path, self._analysis.resolve(value_set)
            return
        value_set = self._analysis.expand(value_set)
        if isinstance(value_set, (Union, Intersection)):
            for index, each in enumerate(value_set.branches):
                yield from self._walk(each, tokens, (*path, Branch(index)), ways, depth)
            return
        for step, inner in self._steps(value_set, tokens[0]):
            yield from self._walk(inner, tokens[1:], (*path, step), ways, depth + 1)

    def _steps(self, value_set: ValueSet, token: str) -> Iterator[tuple[str | int, ValueSet]]:
        """Yield the names or indices that a token stands for, with the values there."""
        if isinstance(value_set, Objects):
            for name in self._names(value_set, token):
                yield name, self._analysis.property_values(value_set, name)
        elif isinstance(value_set, Arrays):
            first = len(value_set.prefix_items)
            for index in self._indices(first, token):
                yield index, value_set.prefix_items[index] if index < first else value_set.items

    def _names(self, value_set: Objects, token: str) -> Iterator[str]:
        if token != "*" or token in value_set.properties:
            yield token
            return
        for names in self._analysis.undeclared_names(value_set):
            yield from islice(self._generator.object(value_set).sample_names(names, 3), 1)
        yield from value_set.properties

    def _indices(self, first: int, token: str) -> Iterator[int]:
        if token.isdecimal():
            yield int(token)
        elif token == "*":
            yield from (first, *range(first))
