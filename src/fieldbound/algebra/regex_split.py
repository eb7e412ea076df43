"""A pattern with lookarounds as conditions that are patterns without: `^(?!a)b` is `^b`, not `^a`.

So rules for passwords and exceptions are mostly written: with lookaheads at the start.
"""

from __future__ import annotations

from typing import Any, Final

from .regex_translation import translated
from .regex_tree import (
    Alternation,
    Anchor,
    BackReference,
    CharacterClass,
    Group,
    Lookaround,
    Node,
    Sequence,
    has_any,
)
from .regex_weight import has_lines

_START: Final = Anchor(at_end=False)
_END: Final = Anchor(at_end=True)
#: Alternatives that are tried one by one behind the start.
_MAX_ALTERNATIVES: Final = 16


def conditions(node: Node, word_boundary: str) -> dict[str, Any] | None:
    """Return a schema that accepts the strings with a match of a pattern, None if there is none.

    Its patterns have no lookarounds, and *word_boundary* for a word boundary.
    """
    if has_any(node, BackReference) or has_lines(node):
        return None
    return _split(node, word_boundary)


def _split(node: Node, word: str) -> dict[str, Any] | None:
    if not has_any(node, Lookaround):
        return {"pattern": translated(node, word_boundary=word)}
    parts = flat_parts(node)
    if len(parts) == 1 and isinstance(parts[0], Alternation):
        return _all_or_none("anyOf", [_split(each, word) for each in parts[0].parts])
    if parts[0] == _START and len(parts) > 1:
        found = _split_at_start(parts[1], parts[2:], word)
        if found is not None:
            return found
    if parts[-1] == _END and len(parts) > 1:
        look = parts[-2]
        if isinstance(look, Lookaround) and look.behind:
            inner = _split(Sequence((look.part, _END)), word)
            return _both(inner, look.negated, _split(Sequence((*parts[:-2], _END)), word))
    return _split_at_edge(parts, word)


def _split_at_start(first: Node, rest: tuple[Node, ...], word: str) -> dict[str, Any] | None:
    """Split what follows the start of the text."""
    if first == _START:
        return _split(Sequence((_START, *rest)), word)
    if isinstance(first, Lookaround) and not first.behind:
        inner = _split(Sequence((_START, first.part)), word)
        return _both(inner, first.negated, _split(Sequence((_START, *rest)), word))
    if isinstance(first, Alternation) and len(first.parts) <= _MAX_ALTERNATIVES:
        ways = [_split(Sequence((_START, each, *rest)), word) for each in first.parts]
        return _all_or_none("anyOf", ways)
    return None


def _split_at_edge(parts: tuple[Node, ...], word: str) -> dict[str, Any] | None:
    """Split a lookahead at the end of a pattern, or a lookbehind at its start."""
    last, first = parts[-1], parts[0]
    if isinstance(last, Lookaround) and not last.behind:
        other = instead_of(last, _END)
        return other and _split(Sequence((*parts[:-1], other)), word)
    if isinstance(first, Lookaround) and first.behind:
        other = instead_of(first, _START)
        return other and _split(Sequence((other, *parts[1:])), word)
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


def _both(
    look: dict[str, Any] | None, negated: bool, rest: dict[str, Any] | None
) -> dict[str, Any] | None:
    if look is None or rest is None:
        return None
    return {"allOf": [{"not": look} if negated else look, rest]}


def _all_or_none(keyword: str, found: list[dict[str, Any] | None]) -> dict[str, Any] | None:
    return None if None in found else {keyword: found}
