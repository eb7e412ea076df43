"""Regular expressions of ECMA-262 as the engine reads them, with the same meaning.

What is written is valid in ECMA-262, too, and means the same there: the part of the two dialects
that they have in common, with each class spelled out.
"""

from __future__ import annotations

from typing import Final

from .code_points import LINE_TERMINATORS, WORD, Ranges, complement, in_any_case
from .regex_tree import (
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
    characters,
)

_META: Final = frozenset("\\^$.|?*+()[]{}")
#: What has a meaning within a class of the engine, which has set operations.
_CLASS_META: Final = frozenset("\\^-[]&~")
_LAST: Final = 0x10FFFF
#: Ways to write a class that are shorter the other way round.
_MANY: Final = 8


def translated(node: Node, *, word_boundary: str | None = None) -> str:
    """Return a pattern in the engine's dialect.

    *word_boundary* is how the engine writes one between ASCII characters, if it can; its negation
    has a capital letter. Lines other than the whole text take lookarounds, as word boundaries do.
    """
    return _Translation(word_boundary).write(node)


def python_text(node: Node) -> str:
    """Return a pattern in the dialect of Python's `re`.

    Python may take exponentially long for it, and refuses a lookbehind of several lengths.
    """
    return _ForPython(None).write(node)


class _Translation:
    _end = "$"

    def __init__(self, word_boundary: str | None) -> None:
        self._word_boundary = word_boundary

    def write(self, node: Node) -> str:
        match node:
            case CharacterClass():
                return self._class(node)
            case Sequence(parts):
                return "".join([self._grouped(each, Alternation) for each in parts])
            case Alternation(parts):
                return "|".join([self.write(each) for each in parts])
            case Repeat():
                return self._repeat(node)
            case Group(part):
                return f"({self.write(part)})"
            case BackReference():
                return self._reference(node)
        return self._assertion(node)

    def _assertion(self, node: Anchor | WordBoundary | Lookaround) -> str:
        if isinstance(node, Lookaround):
            sign = ("<" if node.behind else "") + ("!" if node.negated else "=")
            return f"(?{sign}{self.write(node.part)})"
        return self._anchor(node) if isinstance(node, Anchor) else self._boundary(node)

    def _class(self, node: CharacterClass) -> str:
        return _written_class(node)

    def _reference(self, node: BackReference) -> str:
        return "(?:" + "|".join([f"\\{each}" for each in node.numbers]) + ")"

    def _grouped(self, node: Node, *kinds: type) -> str:
        text = self.write(node)
        return f"(?:{text})" if isinstance(node, kinds) else text

    def _repeat(self, node: Repeat) -> str:
        simple = (CharacterClass, Group, BackReference)
        part = self.write(node.part)
        if not isinstance(node.part, simple):
            part = f"(?:{part})"
        bounds = node.minimum, node.maximum
        signs = {(0, None): "*", (1, None): "+", (0, 1): "?"}
        sign = signs.get(bounds)
        if sign is None:
            most = "" if node.maximum is None else str(node.maximum)
            same = node.minimum == node.maximum
            sign = f"{{{node.minimum}}}" if same else f"{{{node.minimum},{most}}}"
        return part + sign + ("?" if node.lazy else "")

    def _boundary(self, node: WordBoundary) -> str:
        if self._word_boundary is not None and not node.any_case:
            letter = self._word_boundary
            return letter.replace("b", "B") if node.negated else letter
        word = self._class(CharacterClass(in_any_case(WORD) if node.any_case else WORD))
        one, other = ("=", "!") if node.negated else ("!", "=")
        return f"(?:(?<={word})(?{one}{word})|(?<!{word})(?{other}{word}))"

    def _anchor(self, node: Anchor) -> str:
        if not node.lines:
            return self._end if node.at_end else "^"
        breaks = self._class(CharacterClass(LINE_TERMINATORS))
        return f"(?:{self._end}|(?={breaks}))" if node.at_end else f"(?:^|(?<={breaks}))"


class _ForPython(_Translation):
    _end = r"\Z"

    def _class(self, node: CharacterClass) -> str:
        ranges = characters(node)
        if not ranges:
            return r"[^\s\S]"
        parts = [f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges]
        plain = len(ranges) == 1 and ranges[0][0] == ranges[0][1] and chr(ranges[0][0]).isalnum()
        return chr(ranges[0][0]) if plain else f"[{''.join(parts)}]"

    def _reference(self, node: BackReference) -> str:
        return "".join([f"(?({each})\\{each}|)" for each in node.numbers])


def _written_class(node: CharacterClass) -> str:
    if not node.properties or node.any_case:
        return _written_ranges(characters(node))
    inner = "".join([_written_range(*each) for each in node.ranges])
    for each in node.properties:
        inner += f"\\{'P' if each.negated else 'p'}{{{each.name}}}"
    return f"[{'^' if node.negated else ''}{inner}]"


def _written_ranges(ranges: Ranges) -> str:
    """Return a class of one character; the short way, if it has almost all."""
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        char = chr(ranges[0][0])
        return f"\\{char}" if char in _META else char
    others = complement(ranges)
    if len(others) < len(ranges) and others:
        return "[^" + "".join([_written_range(*each) for each in others]) + "]"
    if not ranges:
        return f"[^\0-{chr(_LAST)}]"
    return "[" + "".join([_written_range(*each) for each in ranges]) + "]"


def _written_range(low: int, high: int) -> str:
    if low == high:
        return _in_class(low)
    return f"{_in_class(low)}{'-' if high > low + 1 else ''}{_in_class(high)}"


def _in_class(code: int) -> str:
    char = chr(code)
    return f"\\{char}" if char in _CLASS_META else char
