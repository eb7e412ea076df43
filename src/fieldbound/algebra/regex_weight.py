"""How large a pattern is for the engine, and how many of its ways the engine follows at once."""

from __future__ import annotations

from itertools import accumulate
from math import inf
from typing import Final

from .regex_tree import (
    Alternation,
    Anchor,
    BackReference,
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


def most_ways(node: Node) -> float:
    """Return the most characters of a pattern that can be asked for at one place of a text.

    It is a bound: where in the text each one can be asked for counts, not what the text is.
    """
    spans: list[_Span] = []
    _add_spans(node, (0, 0 if is_anchored(node) else inf), spans)
    steps = [(start, count) for start, _, count in spans]
    steps += [(end + 1, -count) for _, end, count in spans]
    return max(accumulate([count for _, count in sorted(steps)]), default=0)


#: Places in a text, from one to another.
_Places = tuple[float, float]
#: Where in a text characters of a pattern can be asked for, and the most of them at once.
_Span = tuple[float, float, float]


def _add_spans(node: Node, at: _Places, spans: list[_Span]) -> _Places:
    """Add the spans of a node that is entered at some places, and return where it may end."""
    first, last = at
    match node:
        case CharacterClass():
            spans.append((first, last, 1))
            return first + 1, last + 1
        case Repeat() if weight(node):
            return _add_repeated(node, at, spans)
        case Alternation(parts):
            ends = [_add_spans(each, at, spans) for each in parts]
            return min(end[0] for end in ends), max(end[1] for end in ends)
        case Group(part):
            return _add_spans(part, at, spans)
        case Sequence(parts):
            for part in parts:
                at = _add_spans(part, at, spans)
    return at


def _add_repeated(node: Repeat, at: _Places, spans: list[_Span]) -> _Places:
    (first, last), part, least, most = at, node.part, node.minimum, node.maximum
    if isinstance(part, CharacterClass):
        count = min(least + 1 if most is None else most, last - first + 1)
        longest = inf if most is None else most
        spans.append((first, last + longest - 1, count))
        return first + least, last + longest
    for _ in range(least):
        first, last = at = _add_spans(part, at, spans)
    if most is None:
        return first, _add_spans(part, (first, inf), spans)[1]
    for _ in range(most - least):
        at = _add_spans(part, at, spans)
    return first, at[1]


def longest_text(node: Node) -> float:
    """Return the length of the longest text that may have a match; infinite if there is none."""
    is_whole = is_anchored(node) and is_anchored(node, at_end=True)
    return _longest_match(node) if is_whole else inf


def _longest_match(node: Node) -> float:
    match node:
        case CharacterClass():
            return 1
        case BackReference():
            return inf
        case Repeat(part, _, most):
            longest = _longest_match(part)
            return longest and most and longest * most if most is not None else longest and inf
        case Alternation(parts):
            return max([_longest_match(each) for each in parts])
        case Group(part):
            return _longest_match(part)
        case Sequence(parts):
            return sum([_longest_match(each) for each in parts])
    return 0


def is_anchored(node: Node, *, at_end: bool = False) -> bool:
    """Return whether a match starts at the start of the text, or ends at its end."""
    if isinstance(node, Alternation):
        return all(is_anchored(each, at_end=at_end) for each in node.parts)
    if isinstance(node, Sequence):
        return bool(node.parts) and is_anchored(node.parts[-at_end], at_end=at_end)
    if isinstance(node, Group):
        return is_anchored(node.part, at_end=at_end)
    return isinstance(node, Anchor) and node.at_end is at_end and not node.lines


def has_lines(node: Node) -> bool:
    """Return whether an anchor holds at the start or the end of each line."""
    if isinstance(node, Anchor):
        return node.lines
    return any(has_lines(each) for each in children(node))
