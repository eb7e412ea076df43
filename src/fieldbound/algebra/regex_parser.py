"""A pattern goes in, its tree comes out: of ECMA-262 the part that an automaton can follow."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final, NamedTuple, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]


class NotRegular(ValueError):
    """A pattern with something that no automaton of ours follows."""


class Chars(NamedTuple):
    """One character out of ranges of code points."""

    ranges: Ranges


class Edge(NamedTuple):
    """The start of the text, or its end."""

    at_end: bool


class Sequence(NamedTuple):
    """One after another."""

    parts: tuple[Tree, ...]


class Choice(NamedTuple):
    """One of several."""

    parts: tuple[Tree, ...]


class Repeat(NamedTuple):
    """From *least* to *most* times over, *most* None: any number."""

    part: Tree
    least: int
    most: int | None


Tree: TypeAlias = "Chars | Edge | Sequence | Choice | Repeat"

LAST: Final = 0x10FFFF
_SURROGATES: Final = (0xD800, 0xDFFF)
ANY: Final[Ranges] = ((0, _SURROGATES[0] - 1), (_SURROGATES[1] + 1, LAST))
_DIGITS: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Final[Ranges] = ((9, 13), (32, 32), (0xA0, 0xA0), (0x2028, 0x2029), (0x3000, 0x3000))
_BREAKS: Final[Ranges] = ((10, 10), (13, 13), (0x2028, 0x2029))
_ESCAPED: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_LOOKS: Final = ("?=", "?!", "?<=", "?<!")
_EMPTY: Final = Sequence(())
_HEX: Final = {"x": 2, "u": 4}
#: How far a class by property is looked for: as many characters as any text needs.
_SAMPLED: Final = 0x3400
_MOST_REPEATS: Final = 5_000
_FEW_REPEATS: Final = 3


def complement(ranges: Ranges) -> Ranges:
    """Return the characters that are not in *ranges*."""
    found, start = [], 0
    for low, high in sorted((*ranges, _SURROGATES)):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return (*found, (start, LAST)) if start <= LAST else tuple(found)


#: What the engines agree on of the negated classes: in Python's patterns é is a word character.
_NARROW: Final = {
    "D": complement((*_DIGITS, (128, LAST))),
    "W": complement((*_WORD, (128, LAST))),
    "S": complement((*_SPACE, (28, 31), (128, LAST))),
}
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": _SPACE, **_NARROW}


@cache
def _of_property(name: str, negated: bool) -> Ranges:
    """Return the characters of a Unicode category, such as L, Lu or Letter, of the lower planes."""
    words = {"Letter": "L", "Number": "N", "Punctuation": "P", "Symbol": "S", "Uppercase": "Lu"}
    short = words.get(name.rpartition("=")[2], name.rpartition("=")[2])
    if len(short) > 2 or not short[:1].isupper():  # noqa: PLR2004 - categories have two letters
        raise NotRegular(f"the property {name!r} is not known")
    found: list[tuple[int, int]] = []
    for code in range(_SAMPLED):
        if unicodedata.category(chr(code)).startswith(short) is negated:
            continue
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return tuple(found)


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, lenient: bool) -> None:
        self._text = pattern
        self._at = 0
        self._lenient = lenient
        self._groups: list[Tree] = []

    def tree(self) -> Tree:
        tree = self._choice()
        if self._at < len(self._text):
            raise NotRegular("a parenthesis that none opens")
        return tree

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, word: str) -> bool:
        if self._text.startswith(word, self._at):
            self._at += len(word)
            return True
        return False

    def _choice(self) -> Tree:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Tree) -> Tree:
        bounds: tuple[int, int | None] | None = None
        for sign, meant in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                bounds = meant
                break
        else:
            bounds = self._counted()
        if bounds is None:
            return part
        self._take("?")  # a lazy one takes the same texts
        if max(bounds[0], bounds[1] or 0) > _MOST_REPEATS:
            raise NotRegular("too many repetitions")
        return Repeat(part, *bounds)

    def _counted(self) -> tuple[int, int | None] | None:
        end = self._text.find("}", self._at)
        if self._next() != "{" or end < 0:
            return None
        least, comma, most = self._text[self._at + 1 : end].partition(",")
        if not least.isdecimal() or not (most.isdecimal() or not most):
            return None
        self._at = end + 1
        return int(least), int(most) if most else (None if comma else int(least))

    def _atom(self) -> Tree:
        if self._take("("):
            return self._group()
        if self._take("["):
            return Chars(self._set())
        if self._take("."):
            return Chars(complement(_BREAKS))
        if self._take("^"):
            return Edge(at_end=False)
        if self._take("$"):
            return Edge(at_end=True)
        if self._take("\\"):
            if self._next() in tuple("bBk123456789"):
                sign = self._skipped()
                again = self._groups[int(sign) - 1 : int(sign)] if sign.isdigit() else []
                return self._irregular(f"\\{sign} depends on what is matched elsewhere", *again)
            return Chars(self._escape())
        sign = self._next()
        if sign in "*+?":
            raise NotRegular("nothing to repeat")
        self._at += 1
        return Chars(((ord(sign), ord(sign)),))

    def _group(self) -> Tree:
        looks = next((each for each in _LOOKS if self._take(each)), None)
        captures = looks is None
        if looks is None and self._take("?"):
            captures = not self._take(":")
            if captures:
                self._at = self._text.index(">", self._at) + 1  # its name
        tree = self._choice()
        if captures:
            self._groups.append(tree)
        if not self._take(")"):
            raise NotRegular("a parenthesis that is not closed")
        return tree if looks is None else self._looked(looks, tree)

    def _looked(self, looks: str, tree: Tree) -> Tree:
        """Return what a look at the text around comes to; at the very end it is plain."""
        ends = self._at == len(self._text)
        if ends and looks == "?=":
            return tree
        if ends and looks == "?!" and isinstance(tree, Chars):
            return Choice((Edge(at_end=True), Chars(complement(tree.ranges))))
        return self._irregular("a pattern that looks ahead or behind")

    def _irregular(self, why: str, instead: Tree = _EMPTY) -> Tree:
        if self._lenient:
            return instead
        raise NotRegular(why)

    def _skipped(self) -> str:
        sign = self._next()
        self._at = self._text.index(">", self._at) + 1 if sign == "k" else self._at + 1
        return sign

    def _escape(self) -> Ranges:
        sign = self._next()
        self._at += 1
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in ("p", "P") and self._take("{"):
            end = self._text.index("}", self._at)
            name, self._at = self._text[self._at : end], end + 1
            return _of_property(name, sign == "P")
        code = self._code(sign)
        return ((code, code),)

    def _code(self, sign: str) -> int:
        if sign == "c":
            self._at += 1
            return ord(self._text[self._at - 1]) % 32
        if sign == "u" and self._take("{"):
            end = self._text.index("}", self._at)
            digits, self._at = self._text[self._at : end], end + 1
            return int(digits, 16)
        if sign in _HEX:
            digits = self._text[self._at : self._at + _HEX[sign]]
            self._at += _HEX[sign]
            return int(digits, 16)
        return _ESCAPED.get(sign, ord(sign))

    def _set(self) -> Ranges:
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            if not self._next():
                raise NotRegular("a class that is not closed")
            first = self._member()
            if self._text[self._at + 1 : self._at + 2] not in ("]", "") and self._take("-"):
                last = self._member()
                if len(first) != 1 or len(last) != 1:
                    raise NotRegular("a range of classes")
                ranges.append((first[0][0], last[0][0]))
            else:
                ranges += first
        return complement(tuple(ranges)) if negated else tuple(ranges)

    def _member(self) -> Ranges:
        if self._take("\\"):
            if self._take("b"):
                return ((8, 8),)
            return self._escape()
        self._at += 1
        code = ord(self._text[self._at - 1])
        return ((code, code),)


def conjuncts(pattern: str) -> tuple[list[str], list[str]]:
    """Return the patterns that a text has to match and to avoid for it to match *pattern*.

    They are more than one where it looks ahead from the start, as passwords are asked for.
    """
    wanted: list[str] = []
    avoided: list[str] = []
    if isinstance(parsed(pattern, lenient=True), Choice):
        return [pattern], []  # each alternative looks for itself
    while pattern.startswith(("^(?=", "^(?!")):
        end = _closing(pattern)
        if end is None:
            break
        (wanted if pattern[3] == "=" else avoided).append(f"^(?:{pattern[4:end]})")
        pattern = "^" + pattern[end + 1 :]
    return [*wanted, pattern], avoided


def _closing(pattern: str) -> int | None:
    """Return where the group that a pattern begins with, after its `^`, is closed."""
    depth, at, inside = 0, 1, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
        else:
            depth += (sign == "(") - (sign == ")")
            if depth == 0:
                return at
        at += 1
    return None


def parsed(pattern: str, lenient: bool = False) -> Tree:
    """Return the tree of a pattern. Raises NotRegular for one that no automaton follows.

    *lenient* leaves out what makes it so: of the texts that match the tree some match the pattern.
    """
    try:
        return _Reader(pattern, lenient).tree()
    except (IndexError, ValueError, TypeError) as error:
        raise error if isinstance(error, NotRegular) else NotRegular(str(error)) from None


@cache
def is_endless(pattern: str) -> bool:
    """Return whether a pattern may keep one that steps back busy without end.

    It may where what is repeated any number of times can itself be repeated, or be one of several.
    """
    try:
        return _is_endless(parsed(pattern, lenient=True), within=False)
    except NotRegular:
        return True


def _is_endless(tree: Tree, within: bool) -> bool:
    if isinstance(tree, Repeat):
        many = tree.most is None or tree.most - tree.least > _FEW_REPEATS
        return (within and many) or _is_endless(tree.part, within or many)
    if isinstance(tree, (Sequence, Choice)):
        chosen = within and isinstance(tree, Choice)
        return chosen or any(_is_endless(each, within) for each in tree.parts)
    return False
