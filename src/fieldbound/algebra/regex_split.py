"""A pattern with lookarounds as conditions that are patterns without: `^(?!a)b` is `^b`, not `^a`.

So rules for passwords and exceptions are mostly written: with lookaheads at the start.
"""

from __future__ import annotations

from math import inf
from typing import Any, Final, NamedTuple

from .regex_determinism import is_deterministic
from .regex_translation import translated
from .regex_tree import (
    EMPTY,
    END,
    START,
    Alternation,
    Anchor,
    BackReference,
    CharacterClass,
    Group,
    Lookaround,
    Node,
    Repeat,
    Sequence,
    WordBoundary,
    has_any,
    is_anchor,
)
from .regex_weight import has_lines, most_ways, weight

#: The most conditions of one pattern.
_MAX_CONDITIONS: Final = 64
#: The most characters that a pattern may ask for at once for the engine to match it.
_MAX_WEIGHT: Final = 5_000
_Schema = dict[str, Any]


class Conditions(NamedTuple):
    """A schema that accepts the strings with a match of a pattern.

    *ways* is how many ways through its patterns the engine follows at once, at most.
    """

    schema: _Schema
    ways: float


def conditions(node: Node, word_boundary: str) -> Conditions | None:
    """Return the conditions that a pattern stands for, None if there are none.

    Their patterns have no lookarounds, and *word_boundary* for a word boundary.
    """
    if has_any(node, BackReference) or has_lines(node):
        return None
    splitter = _Splitter(word_boundary)
    schema = splitter.split(node)
    return None if schema is None else Conditions(schema, splitter.ways)


def ways_as_it_is(node: Node) -> float:
    """Return how many ways the engine follows at once in a pattern as it is, at most.

    It follows lookaheads one after another at the start of the text, where it has nothing to try
    again. Any other lookaround, and what it writes as one, makes it go back: the ways are endless.
    """
    parts = flat_parts(node)
    looks = []
    for each in parts[1:] if is_anchor(parts[0], START) else ():
        if not isinstance(each, Lookaround) or each.behind:
            break
        looks.append(Sequence((START, each.part)))
    rest = Sequence((*parts[:1], *parts[1 + len(looks) :]))
    if any(has_any(each, _GOING_BACK) or has_lines(each) for each in (*looks, rest)):
        return inf
    return sum([_ways(each) for each in (*looks, rest)])


#: What the engine goes back for, where it stands anywhere.
_GOING_BACK: Final = (Lookaround, BackReference, WordBoundary)


def _ways(node: Node) -> float:
    if weight(node) > _MAX_WEIGHT:
        return inf
    return 1 if is_deterministic(node) else most_ways(node)


def without_edges(node: Node) -> Node:
    """Return what has a match in the same texts: `a{1,9}b+` has one where `ab` has.

    A match may start and end anywhere, so that repeats at its edges need no more than their least.
    """
    return _shorter(_shorter(node, at_end=False), at_end=True)


def _shorter(node: Node, at_end: bool) -> Node:
    """Return a node without what is optional at its start, or at its end."""
    match node:
        case Group(part):
            return _shorter(part, at_end)
        case Alternation(parts):
            return Alternation(tuple([_shorter(each, at_end) for each in parts]))
        case Repeat(part, least, _):
            return _shorter(part, at_end) if least == 1 else Repeat(part, least, least)
        case Sequence(parts):
            left = list(parts)
            while left:
                edge = -1 if at_end else 0
                left[edge] = made = _shorter(left[edge], at_end)
                if not (isinstance(made, Repeat) and made.maximum == 0) and made != EMPTY:
                    break
                del left[edge]
            return Sequence(tuple(left))
    return node


class _Splitter:
    def __init__(self, word_boundary: str) -> None:
        self._word_boundary = word_boundary
        self._count = 0
        self.ways = 0.0

    def split(self, node: Node) -> _Schema | None:
        self._count += 1
        if self._count > _MAX_CONDITIONS:
            return None
        if not has_any(node, Lookaround):
            short = without_edges(node)
            self.ways += _ways(short)
            return {"pattern": translated(short, word_boundary=self._word_boundary)}
        parts = flat_parts(node)
        if len(parts) == 1 and isinstance(parts[0], Alternation):
            return _all_or_none("anyOf", [self.split(each) for each in parts[0].parts])
        if is_anchor(parts[0], START) and len(parts) > 1:
            found = self._at_start(parts[1], parts[2:])
            if found is not None:
                return found
        if is_anchor(parts[-1], END) and len(parts) > 1:
            look = parts[-2]
            if isinstance(look, Lookaround) and look.behind:
                inner = self.split(Sequence((look.part, END)))
                return _both(inner, look.negated, self.split(Sequence((*parts[:-2], END))))
        return self._at_edge(parts)

    def _at_start(self, first: Node, rest: tuple[Node, ...]) -> _Schema | None:
        """Split what follows the start of the text."""
        if is_anchor(first, START):
            return self.split(Sequence((START, *rest)))
        if isinstance(first, Lookaround) and not first.behind:
            inner = self.split(Sequence((START, first.part)))
            return _both(inner, first.negated, self.split(Sequence((START, *rest))))
        if isinstance(first, Alternation):
            ways = [self.split(Sequence((START, each, *rest))) for each in first.parts]
            return _all_or_none("anyOf", ways)
        return None

    def _at_edge(self, parts: tuple[Node, ...]) -> _Schema | None:
        """Split a lookahead at the end of a pattern, or a lookbehind at its start."""
        last, first = parts[-1], parts[0]
        if isinstance(last, Lookaround) and not last.behind:
            other = instead_of(last, END)
            return None if other is None else self.split(Sequence((*parts[:-1], other)))
        if isinstance(first, Lookaround) and first.behind:
            other = instead_of(first, START)
            return None if other is None else self.split(Sequence((other, *parts[1:])))
        return None


def instead_of(look: Lookaround, edge: Anchor) -> Node | None:
    """Return what matches beyond a place where a lookaround at the edge of a pattern holds."""
    if not look.negated:
        return look.part
    part = look.part
    if not isinstance(part, CharacterClass):
        return None
    others = CharacterClass(part.ranges, part.properties, not part.negated, part.any_case)
    return Alternation((edge, others))


def flat_parts(node: Node) -> tuple[Node, ...]:
    """Return the nodes of a sequence, of sequences and groups within it as well."""
    if isinstance(node, Group):
        return flat_parts(node.part)
    if isinstance(node, Sequence):
        return tuple([part for each in node.parts for part in flat_parts(each)]) or (node,)
    return (node,)


def _both(look: _Schema | None, negated: bool, rest: _Schema | None) -> _Schema | None:
    if look is None or rest is None:
        return None
    return {"allOf": [{"not": look} if negated else look, rest]}


def _all_or_none(keyword: str, found: list[_Schema | None]) -> _Schema | None:
    return None if None in found else {keyword: found}
