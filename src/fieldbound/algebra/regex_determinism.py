"""Whether a text can be matched in one way alone: each character then decides how to go on.

The engine follows one way at a time in such a pattern, however often it repeats. The others grow
with their repeats: `^(a|ab)*$` is of the first kind, `^a{0,99}a{0,99}$` is not.
"""

from __future__ import annotations

from collections.abc import Sequence as Parts
from typing import Final

from .code_points import Ranges, merged, size
from .regex_tree import (
    Alternation,
    Anchor,
    CharacterClass,
    Group,
    Node,
    Repeat,
    Sequence,
    characters,
)
from .regex_weight import is_anchored

#: Alternatives within alternatives beyond which a pattern is taken to have several ways.
_MAX_DEPTH: Final = 100


def is_deterministic(node: Node) -> bool:
    """Return whether no text has two ways through a pattern; it may have where that is unknown."""
    return is_anchored(node) and _has_one_way(node, (), 0)


def _has_one_way(node: Node, after: Ranges, depth: int) -> bool:
    """Return whether there is one way through a node; *after* are the characters to follow it."""
    match node:
        case CharacterClass() | Anchor():
            return True
        case Group(part):
            return _has_one_way(part, after, depth)
        case Sequence(parts):
            for part in reversed(parts):
                if not _has_one_way(part, after, depth):
                    return False
                starts, is_optional = _starts(part)
                after = merged((*starts, *after)) if is_optional else starts
            return True
        case Alternation(parts):
            return depth < _MAX_DEPTH and _chooses_one([[each] for each in parts], after, depth)
        case Repeat(part, least, most):
            starts, is_optional = _starts(part)
            if (least != most or is_optional) and _overlap(starts, after):
                return False
            return _has_one_way(part, after if most == 1 else merged((*starts, *after)), depth)
    return False


def _chooses_one(ways: Parts[list[Node]], after: Ranges, depth: int) -> bool:
    """Return whether the next character decides between alternatives, each a list of nodes."""
    starts = [_starts(Sequence(tuple(way))) for way in ways]
    may_be_empty = any(is_optional for _, is_optional in starts)
    if may_be_empty and any(_overlap(ranges, after) for ranges, _ in starts):
        return False
    alike: dict[Ranges, list[list[Node]]] = {}
    for (ranges, _), way in zip(starts, ways, strict=True):
        alike.setdefault(ranges, []).append(way)
    together = sum(size(ranges) for ranges in alike)
    if size(merged([each for ranges in alike for each in ranges])) < together:
        return False
    return all(
        _has_one_way(Sequence(tuple(some[0])), after, depth)
        if len(some) == 1
        else _chooses_later(some, after, depth)
        for some in alike.values()
    )


def _chooses_later(ways: list[list[Node]], after: Ranges, depth: int) -> bool:
    """Return whether alternatives that start alike are decided between after what they share."""
    ways = [_flat(way) for way in ways]
    shared = 0
    for nodes in zip(*ways, strict=False):
        if not isinstance(nodes[0], CharacterClass) or any(each != nodes[0] for each in nodes):
            break
        shared += 1
    rest = [way[shared:] for way in ways]
    return shared > 0 and depth < _MAX_DEPTH and _chooses_one(rest, after, depth + 1)


def _flat(nodes: list[Node]) -> list[Node]:
    found: list[Node] = []
    for each in nodes:
        if isinstance(each, Group):
            found += _flat([each.part])
        else:
            found += _flat(list(each.parts)) if isinstance(each, Sequence) else [each]
    return found


def _starts(node: Node) -> tuple[Ranges, bool]:
    """Return the characters that a match of a node may start with, and whether it may be empty."""
    match node:
        case CharacterClass():
            return characters(node), False
        case Group(part):
            return _starts(part)
        case Repeat(part, least, most):
            starts, is_optional = _starts(part) if most != 0 else ((), True)
            return starts, is_optional or least == 0
        case Alternation(parts):
            found = [_starts(each) for each in parts]
            every = merged([each for starts, _ in found for each in starts])
            return every, any(is_optional for _, is_optional in found)
        case Sequence(parts):
            ranges: list[tuple[int, int]] = []
            for part in parts:
                starts, is_optional = _starts(part)
                ranges += starts
                if not is_optional:
                    return merged(ranges), False
            return merged(ranges), True
    return (), True


def _overlap(one: Ranges, other: Ranges) -> bool:
    return size(merged((*one, *other))) < size(one) + size(other)
