"""The part of a pattern that a finite automaton can match: no back references, few lookarounds."""

from __future__ import annotations

from typing import Final

from .pattern_errors import PatternError
from .patterns import pattern_of
from .regex_split import flat_parts, instead_of
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
    children,
    is_anchor,
    simplified,
)

_MAX_REPEATS: Final = 5_000


class NotRegular(ValueError):
    """A pattern that is not a regular language, or is too large for an automaton."""


def tree_of(pattern: str) -> Node:
    """Return the syntax tree of a pattern. Raises NotRegular where it is none."""
    try:
        return simplified(pattern_of(pattern).tree)
    except PatternError as error:
        raise NotRegular(str(error)) from None


def split_lookaheads(node: Node) -> tuple[list[Node], list[Node]]:
    """Split leading lookaheads: return the nodes to match, and those not to match.

    Leading lookaheads are how rules for passwords are written: `^(?=.*[0-9])(?!a).+$`.
    """
    parts, found = flat_parts(node), list[Lookaround]()
    if not is_anchor(parts[0], START):
        return [node], []
    rest = parts[1:]
    while rest and isinstance(rest[0], Lookaround) and not rest[0].behind:
        found.append(rest[0])
        rest = rest[1:]
    if not found:
        return [node], []
    positive = [Sequence((START, each.part)) for each in found if not each.negated]
    negative = [Sequence((START, each.part)) for each in found if each.negated]
    return [*positive, Sequence((START, *rest))], [*negative]


def regular(node: Node, lenient: bool = False) -> Node:
    """Return a node without what an automaton cannot match. Raises NotRegular if there is any.

    *lenient* ignores it: only some of the strings that match the node match the pattern.
    """
    groups: dict[int, Node] = {}
    _collect(node, groups)
    return _Regular(groups, lenient).of(_without_edges(node))


def _collect(node: Node, groups: dict[int, Node]) -> None:
    if isinstance(node, Group):
        groups[node.number] = node.part
    for each in children(node):
        _collect(each, groups)


def _without_edges(node: Node) -> Node:
    """Return a node without a lookahead at its end and a lookbehind at its start."""
    if isinstance(node, Alternation):
        return Alternation(tuple([_without_edges(each) for each in node.parts]))
    parts = list(flat_parts(node))
    for at, behind, edge in ((-1, False, END), (0, True, START)):
        look = parts[at]
        if isinstance(look, Lookaround) and look.behind is behind:
            parts[at] = instead_of(look, edge) or look
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


class _Regular:
    def __init__(self, groups: dict[int, Node], lenient: bool) -> None:
        self._groups, self._lenient = groups, lenient

    def of(self, node: Node) -> Node:
        match node:
            case CharacterClass():
                return node
            case Anchor(_, lines) if not lines:
                return node
            case Sequence(parts):
                return Sequence(tuple([self.of(each) for each in parts]))
            case Alternation(parts):
                return Alternation(tuple([self.of(each) for each in parts]))
            case Group(part):
                return self.of(part)
            case Repeat(part, least, most):
                if max(least, most or 0) > _MAX_REPEATS:
                    raise NotRegular("too many repetitions")
                return Repeat(self.of(part), least, most)
        if not self._lenient:
            raise NotRegular(f"{type(node).__name__} is not supported")
        if isinstance(node, BackReference):
            return self.of(self._groups.pop(node.numbers[0], EMPTY))
        return EMPTY
