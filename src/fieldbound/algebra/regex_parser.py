"""A parser of ECMA-262 regular expressions, for what a finite automaton can match."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final, NamedTuple, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]


class NotRegular(ValueError):
    """A pattern that is not a regular language, or is too large for an automaton."""


class CharacterClass(NamedTuple):
    """One character of ranges of code points."""

    ranges: Ranges


class Anchor(NamedTuple):
    """The start of the string, or its end."""

    at_end: bool


class Sequence(NamedTuple):
    """One node after another."""

    parts: tuple[Node, ...]


class Alternation(NamedTuple):
    """One of several nodes."""

    parts: tuple[Node, ...]


class Repeat(NamedTuple):
    """A node repeated *minimum* to *maximum* times; *maximum* None: any number."""

    part: Node
    minimum: int
    maximum: int | None


Node: TypeAlias = "CharacterClass | Anchor | Sequence | Alternation | Repeat"

LAST_CODE_POINT: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xDFFF)
ANY_CHARACTER: Final[Ranges] = ((0, _SURROGATES[0] - 1), (_SURROGATES[1] + 1, LAST_CODE_POINT))
_DIGITS: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Final[Ranges] = ((9, 13), (32, 32), (0xA0, 0xA0), (0x2028, 0x2029), (0x3000, 0x3000))
_LINE_BREAKS: Final[Ranges] = ((10, 10), (13, 13), (0x2028, 0x2029))
_ESCAPED: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_LOOKAROUNDS: Final = ("?=", "?!", "?<=", "?<!")
_EMPTY_NODE: Final = Sequence(())
_HEX: Final = {"x": 2, "u": 4}
#: Code points up to which the characters of a Unicode category are looked up.
_MAX_SAMPLED: Final = 0x3400
_MAX_REPEATS: Final = 5_000
_MAX_SAFE_REPEATS: Final = 3


def complement(ranges: Ranges) -> Ranges:
    """Return the characters that are not in *ranges*."""
    found, start = [], 0
    for low, high in sorted((*ranges, _SURROGATES)):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return (*found, (start, LAST_CODE_POINT)) if start <= LAST_CODE_POINT else tuple(found)


#: The part of the negated classes on which engines agree: in Python é is a word character.
_NEGATED_CLASSES: Final = {
    "D": complement((*_DIGITS, (128, LAST_CODE_POINT))),
    "W": complement((*_WORD, (128, LAST_CODE_POINT))),
    "S": complement((*_SPACE, (28, 31), (128, LAST_CODE_POINT))),
}
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": _SPACE, **_NEGATED_CLASSES}


@cache
def _unicode_property(name: str, negated: bool) -> Ranges:
    """Return the first characters of a Unicode category, such as L, Lu or Letter."""
    aliases = {"Letter": "L", "Number": "N", "Punctuation": "P", "Symbol": "S", "Uppercase": "Lu"}
    category = aliases.get(name.rpartition("=")[2], name.rpartition("=")[2])
    if len(category) > 2 or not category[:1].isupper():  # noqa: PLR2004 - categories have two letters
        raise NotRegular(f"unknown Unicode property {name!r}")
    found: list[tuple[int, int]] = []
    for code in range(_MAX_SAMPLED):
        if unicodedata.category(chr(code)).startswith(category) is negated:
            continue
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return tuple(found)


class _Parser:
    """A recursive descent parser of one pattern."""

    def __init__(self, pattern: str, lenient: bool) -> None:
        self._text = pattern
        self._at = 0
        self._lenient = lenient
        self._groups: list[Node] = []

    def node(self) -> Node:
        node = self._alternation()
        if self._at < len(self._text):
            raise NotRegular("unmatched closing parenthesis")
        return node

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _consume(self, word: str) -> bool:
        if self._text.startswith(word, self._at):
            self._at += len(word)
            return True
        return False

    def _alternation(self) -> Node:
        parts = [self._sequence()]
        while self._consume("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternation(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, part: Node) -> Node:
        bounds: tuple[int, int | None] | None = None
        for char, quantity in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._consume(char):
                bounds = quantity
                break
        else:
            bounds = self._counted_quantifier()
        if bounds is None:
            return part
        self._consume("?")  # lazy: matches the same strings
        if max(bounds[0], bounds[1] or 0) > _MAX_REPEATS:
            raise NotRegular("too many repetitions")
        return Repeat(part, *bounds)

    def _counted_quantifier(self) -> tuple[int, int | None] | None:
        end = self._text.find("}", self._at)
        if self._peek() != "{" or end < 0:
            return None
        minimum, comma, maximum = self._text[self._at + 1 : end].partition(",")
        if not minimum.isdecimal() or not (maximum.isdecimal() or not maximum):
            return None
        self._at = end + 1
        return int(minimum), int(maximum) if maximum else (None if comma else int(minimum))

    def _atom(self) -> Node:
        if self._consume("("):
            return self._group()
        if self._consume("["):
            return CharacterClass(self._character_class())
        if self._consume("."):
            return CharacterClass(complement(_LINE_BREAKS))
        if self._consume("^"):
            return Anchor(at_end=False)
        if self._consume("$"):
            return Anchor(at_end=True)
        if self._consume("\\"):
            if self._peek() in tuple("bBk123456789"):
                char = self._skip_reference()
                group_nodes = self._groups[int(char) - 1 : int(char)] if char.isdigit() else []
                return self._not_regular(f"\\{char} is not supported", *group_nodes)
            return CharacterClass(self._escape())
        char = self._peek()
        if char in "*+?":
            raise NotRegular("nothing to repeat")
        self._at += 1
        return CharacterClass(((ord(char), ord(char)),))

    def _group(self) -> Node:
        lookaround = next((each for each in _LOOKAROUNDS if self._consume(each)), None)
        is_capturing = lookaround is None
        if lookaround is None and self._consume("?"):
            is_capturing = not self._consume(":")
            if is_capturing:
                self._at = self._text.index(">", self._at) + 1  # its name
        node = self._alternation()
        if is_capturing:
            self._groups.append(node)
        if not self._consume(")"):
            raise NotRegular("missing closing parenthesis")
        return node if lookaround is None else self._lookaround(lookaround, node)

    def _lookaround(self, lookaround: str, node: Node) -> Node:
        """Return the node of a lookaround; only a lookahead at the very end is regular."""
        ends = self._at == len(self._text)
        if ends and lookaround == "?=":
            return node
        if ends and lookaround == "?!" and isinstance(node, CharacterClass):
            return Alternation((Anchor(at_end=True), CharacterClass(complement(node.ranges))))
        return self._not_regular("lookaround is not supported")

    def _not_regular(self, reason: str, fallback: Node = _EMPTY_NODE) -> Node:
        if self._lenient:
            return fallback
        raise NotRegular(reason)

    def _skip_reference(self) -> str:
        char = self._peek()
        self._at = self._text.index(">", self._at) + 1 if char == "k" else self._at + 1
        return char

    def _escape(self) -> Ranges:
        char = self._peek()
        self._at += 1
        if char in _CLASSES:
            return _CLASSES[char]
        if char in ("p", "P") and self._consume("{"):
            end = self._text.index("}", self._at)
            name, self._at = self._text[self._at : end], end + 1
            return _unicode_property(name, char == "P")
        code = self._code(char)
        return ((code, code),)

    def _code(self, char: str) -> int:
        if char == "c":
            self._at += 1
            return ord(self._text[self._at - 1]) % 32
        if char == "u" and self._consume("{"):
            end = self._text.index("}", self._at)
            digits, self._at = self._text[self._at : end], end + 1
            return int(digits, 16)
        if char in _HEX:
            digits = self._text[self._at : self._at + _HEX[char]]
            self._at += _HEX[char]
            return int(digits, 16)
        return _ESCAPED.get(char, ord(char))

    def _character_class(self) -> Ranges:
        negated = self._consume("^")
        ranges: list[tuple[int, int]] = []
        while not self._consume("]"):
            if not self._peek():
                raise NotRegular("missing closing bracket")
            first = self._class_member()
            if self._text[self._at + 1 : self._at + 2] not in ("]", "") and self._consume("-"):
                last = self._class_member()
                if len(first) != 1 or len(last) != 1:
                    raise NotRegular("a character range between classes")
                ranges.append((first[0][0], last[0][0]))
            else:
                ranges += first
        return complement(tuple(ranges)) if negated else tuple(ranges)

    def _class_member(self) -> Ranges:
        if self._consume("\\"):
            if self._consume("b"):
                return ((8, 8),)
            return self._escape()
        self._at += 1
        code = ord(self._text[self._at - 1])
        return ((code, code),)


def split_lookaheads(pattern: str) -> tuple[list[str], list[str]]:
    """Split leading lookaheads: return the patterns to match, and those not to match.

    Leading lookaheads are how rules for passwords are written: `^(?=.*[0-9])(?!a).+$`.
    """
    positive: list[str] = []
    negative: list[str] = []
    if isinstance(parse(pattern, lenient=True), Alternation):
        return [pattern], []  # the lookahead is part of the first alternative only
    while pattern.startswith(("^(?=", "^(?!")):
        end = _closing_index(pattern)
        if end is None:
            break
        (positive if pattern[3] == "=" else negative).append(f"^(?:{pattern[4:end]})")
        pattern = "^" + pattern[end + 1 :]
    return [*positive, pattern], negative


def _closing_index(pattern: str) -> int | None:
    """Return the index at which the first group, after `^`, is closed."""
    depth, at, in_class = 0, 1, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        else:
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return at
        at += 1
    return None


def parse(pattern: str, lenient: bool = False) -> Node:
    """Return the syntax tree of a pattern. Raises NotRegular if no automaton can match it.

    *lenient* ignores the parts that are not regular: only some strings that match the tree match
    the pattern.
    """
    try:
        return _Parser(pattern, lenient).node()
    except (IndexError, ValueError, TypeError) as error:
        raise error if isinstance(error, NotRegular) else NotRegular(str(error)) from None


@cache
def may_backtrack_exponentially(pattern: str) -> bool:
    """Return whether a pattern may backtrack exponentially in Python's `re`.

    It may if it repeats, any number of times, what itself has a repeat or an alternation.
    """
    try:
        return _has_nested_repeat(parse(pattern, lenient=True), in_repeat=False)
    except NotRegular:
        return True


def _has_nested_repeat(node: Node, in_repeat: bool) -> bool:
    if isinstance(node, Repeat):
        is_long = node.maximum is None or node.maximum - node.minimum > _MAX_SAFE_REPEATS
        return (in_repeat and is_long) or _has_nested_repeat(node.part, in_repeat or is_long)
    if isinstance(node, (Sequence, Alternation)):
        is_choice = in_repeat and isinstance(node, Alternation)
        return is_choice or any(_has_nested_repeat(each, in_repeat) for each in node.parts)
    return False
