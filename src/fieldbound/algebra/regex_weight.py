"""How large a pattern is for the engine, and whether what it can match has a greatest length."""

from __future__ import annotations

from typing import Final

from .regex_tree import (
    Alternation,
    Anchor,
    CharacterClass,
    Group,
    Node,
    Repeat,
    Sequence,
    children,
)

_PER_RANGE: Final = 2
_PER_CLASS: Final = 4
#: The ranges of a Unicode property, at most.
_PER_PROPERTY: Final = 1_500


def weight(node: Node) -> int:
    """Return how many characters of a pattern can be asked for at once, each repeat written out."""
    if isinstance(node, CharacterClass):
        return 1
    if isinstance(node, Repeat):
        return weight(node.part) * _times(node)
    return sum([weight(each) for each in children(node)])


def byte_weight(node: Node) -> int:
    """Return about how much memory a pattern takes in the engine."""
    if isinstance(node, CharacterClass):
        ranges = len(node.ranges) + _PER_PROPERTY * len(node.properties)
        return _PER_CLASS + _PER_RANGE * ranges
    if isinstance(node, Repeat):
        return (1 + byte_weight(node.part)) * _times(node)
    return 1 + sum([byte_weight(each) for each in children(node)])


def _times(node: Repeat) -> int:
    return max(1, node.minimum + 1 if node.maximum is None else node.maximum)


def is_bounded(node: Node) -> bool:
    """Return whether a match starts at the start of the text and has a greatest length."""
    return _starts_anchored(node) and not _is_endless(node)


def _starts_anchored(node: Node) -> bool:
    if isinstance(node, Alternation):
        return all(_starts_anchored(each) for each in node.parts)
    if isinstance(node, Sequence):
        return bool(node.parts) and _starts_anchored(node.parts[0])
    if isinstance(node, Group):
        return _starts_anchored(node.part)
    return isinstance(node, Anchor) and not node.at_end and not node.lines


def _is_endless(node: Node) -> bool:
    if isinstance(node, Repeat) and node.maximum is None:
        return True
    return any(_is_endless(each) for each in children(node))


def has_lines(node: Node) -> bool:
    """Return whether an anchor holds at the start or the end of each line."""
    if isinstance(node, Anchor):
        return node.lines
    return any(has_lines(each) for each in children(node))
