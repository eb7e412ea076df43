"""The syntax tree of a regular expression of ECMA-262."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from .code_points import Ranges, complement, in_any_case, merged
from .unicode_properties import property_ranges


class Property(NamedTuple):
    r"""The code points that have a Unicode property, or those that have not: `\p{L}`, `\P{L}`."""

    name: str
    negated: bool = False


class CharacterClass(NamedTuple):
    """One character: of ranges of code points and properties, or none of these if *negated*."""

    ranges: Ranges
    properties: tuple[Property, ...] = ()
    negated: bool = False
    any_case: bool = False


class Anchor(NamedTuple):
    """The start of the string, or its end; with *lines* of a line, too."""

    at_end: bool
    lines: bool = False


class WordBoundary(NamedTuple):
    """A place between a word character and another, or one that is not if *negated*."""

    negated: bool
    any_case: bool = False


class Sequence(NamedTuple):
    """One node after another."""

    parts: tuple[Node, ...]


class Alternation(NamedTuple):
    """One of several nodes."""

    parts: tuple[Node, ...]


class Repeat(NamedTuple):
    """A node repeated *minimum* to *maximum* times; *maximum* None: any number.

    *first_group* and *last_group* are the numbers of the groups within, which each repetition
    starts anew: none if the first is greater.
    """

    part: Node
    minimum: int
    maximum: int | None
    lazy: bool = False
    first_group: int = 1
    last_group: int = 0


class Group(NamedTuple):
    """A node whose match a back reference can refer to by its *number*."""

    part: Node
    number: int


class BackReference(NamedTuple):
    """What the group matched; of several groups of one name the one that took part."""

    numbers: tuple[int, ...]
    any_case: bool = False


class Lookaround(NamedTuple):
    """A node that has to match, or must not if *negated*, ahead of a place or *behind* it."""

    part: Node
    behind: bool
    negated: bool


Node: TypeAlias = (
    "CharacterClass | Anchor | WordBoundary | Sequence | Alternation | Repeat | Group"
    " | BackReference | Lookaround"
)

EMPTY: Final = Sequence(())
START: Final = Anchor(at_end=False)
END: Final = Anchor(at_end=True)


def is_anchor(node: Node, anchor: Anchor) -> bool:
    """Return whether a node is an anchor; those of another kind compare equal to it."""
    return isinstance(node, Anchor) and node == anchor


@lru_cache(maxsize=4096)
def characters(node: CharacterClass) -> Ranges:
    """Return all characters of a class."""
    found = list(node.ranges)
    for each in node.properties:
        ranges = property_ranges(each.name)
        found += complement(ranges) if each.negated else ranges
    ranges = merged(found)
    if node.any_case:
        ranges = in_any_case(ranges)
    return complement(ranges) if node.negated else ranges


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly within a node."""
    if isinstance(node, (Sequence, Alternation)):
        return node.parts
    return (node.part,) if isinstance(node, (Repeat, Group, Lookaround)) else ()


def has_any(node: Node, kinds: type | tuple[type, ...]) -> bool:
    """Return whether a node is of some kinds, or has one that is."""
    return isinstance(node, kinds) or any(has_any(each, kinds) for each in children(node))


def simplified(node: Node) -> Node:
    """Return a node that matches the same with one repeat for those of one class directly nested.

    `(?:a{1,9}){1,9}` is `a{1,81}`.
    """
    if isinstance(node, (Sequence, Alternation)):
        return type(node)(tuple([simplified(each) for each in node.parts]))
    if isinstance(node, (Group, Lookaround)):
        made = simplified(node.part)
        return (
            Group(made, node.number)
            if isinstance(node, Group)
            else Lookaround(made, node.behind, node.negated)
        )
    if not isinstance(node, Repeat):
        return node
    part = simplified(node.part)
    if (
        isinstance(part, Repeat)
        and isinstance(part.part, CharacterClass)
        and _is_contiguous(part, node)
    ):
        bounds = (part.maximum, node.maximum)
        if 0 in bounds:
            maximum: int | None = 0
        else:
            maximum = None if None in bounds else part.maximum * node.maximum  # type: ignore[operator]
        return Repeat(part.part, part.minimum * node.minimum, maximum, node.lazy)
    return Repeat(part, node.minimum, node.maximum, node.lazy, node.first_group, node.last_group)


def _is_contiguous(inner: Repeat, outer: Repeat) -> bool:
    """Return whether a repeat of a repeat allows every number between the least and the most."""
    if outer.minimum == outer.maximum or (inner.maximum is None and outer.minimum > 0):
        return True
    if outer.minimum == 0:
        return inner.minimum <= 1
    return (outer.minimum + 1) * inner.minimum <= outer.minimum * (inner.maximum or 0) + 1
