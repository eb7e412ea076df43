r"""A parser of regular expressions: those of ECMA-262 with the flag u.

Beyond that flag it takes from Annex B what a pattern plainly means: an escaped character that is
neither a letter nor a digit is that character (`\<`, `\-`, `\_`), and so are a bracket or a brace
without a partner and a hyphen beside a class (`[\w-.]`); a lookahead may be repeated.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .code_points import (
    DIGITS,
    LINE_TERMINATORS,
    SPACE,
    WORD,
    Ranges,
    complement,
    in_any_case,
    merged,
)
from .pattern_errors import (
    NotECMA,
    NotSupported,
    not_ecma,
    wrong_escape,
    wrong_group,
    wrong_repeat,
)
from .regex_tree import (
    Alternation,
    Anchor,
    BackReference,
    CharacterClass,
    Group,
    Lookaround,
    Node,
    Property,
    Repeat,
    Sequence,
    WordBoundary,
)
from .unicode_properties import is_supported, property_name

_QUANTIFIER: Final = re.compile(r"(?:([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\})\??")
_NO_MINIMUM: Final = re.compile(r"\{,([0-9]*)\}")
_NAME: Final = re.compile(r"<([^\W\d][\w$]*|\$[\w$]*)>")
_FLAGS: Final = re.compile(r"\?([ims]*)(?:-([ims]*))?:")
_POSIX: Final = re.compile(r"\[[:.=]\^?[a-z]*[:.=]\]")
_PAIR: Final = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_CODE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2}))")
_CONTROL: Final = re.compile(r"\\c([A-Za-z])")
_NUL: Final = re.compile(r"\\0(?![0-9])")
_REFERENCE: Final = re.compile(r"\\(?:([1-9][0-9]*)|k<([^>]*)>)")
_PROPERTY: Final = re.compile(r"\\([pP])\{([A-Za-z0-9_=]+)\}")
_LOOKAROUNDS: Final = {"?=": (False, False), "?!": (False, True)}
_LOOKBEHINDS: Final = {"?<=": (True, False), "?<!": (True, True)}
_SIGNS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_CONTROLS: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_CLASSES: Final = {"d": DIGITS, "s": SPACE, "w": WORD}
_LAST: Final = 0x10FFFF
#: Groups within groups: deeper ones could exhaust the stack.
_MAX_DEPTH: Final = 100
_BACKSPACE: Final = 8


def parse_pattern(text: str) -> Node:
    """Return the syntax tree of a pattern. Raises PatternError, which says what is wrong."""
    return _Parser(text).parse()


class _Member(NamedTuple):
    """What is in a class: one character by its code point, or several."""

    code: int | None = None
    ranges: Ranges = ()
    properties: tuple[Property, ...] = ()


class _Parser:
    """A recursive descent parser of one pattern."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._group = 0
        self._groups, self._names = _groups_of(text)
        #: The names in the alternatives that are being read, the innermost last.
        self._scopes: list[set[str]] = [set()]
        self._flags = frozenset[str]()
        #: What a bracket without a partner is due to, where it is not that character itself.
        self._bracket_error: NotECMA | None = None

    def parse(self) -> Node:
        node = self._alternation()
        if self._at < len(self._text):
            raise not_ecma("unmatched", ")", self._at, r"write \) for the character itself")
        return node

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _consume(self, word: str) -> bool:
        if self._text.startswith(word, self._at):
            self._at += len(word)
            return True
        return False

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    # -- alternatives, sequences, quantifiers ------------------------------------------------------

    def _alternation(self) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotSupported(f"not supported: groups nested deeper than {_MAX_DEPTH}")
        parts, names = [], set[str]()
        while True:
            self._scopes.append(set())
            parts.append(self._sequence())
            names |= self._scopes.pop()
            if not self._consume("|"):
                break
        self._scopes[-1] |= names
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Alternation(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self) -> Node:
        start, before = self._at, self._group
        part = self._atom()
        at = self._at
        found = self._match(_QUANTIFIER)
        if found is None:
            self._refuse_open_quantifier()
            return part
        in_group = self._text[start] == "(" and self._text[start : start + 3] != "(?<"
        if isinstance(part, (Anchor, WordBoundary, Lookaround)) and not in_group:
            raise not_ecma("nothing to repeat before", found[0], at)
        sign, least, comma, most = found.groups()
        minimum, maximum = _SIGNS[sign] if sign else (int(least), int(most or least))
        maximum = None if comma and not most else maximum
        if maximum is not None and minimum > maximum:
            raise not_ecma("quantifier out of order", found[0], at)
        if self._peek() in ("*", "+", "?") or _QUANTIFIER.match(self._text, self._at):
            raise wrong_repeat(self._text, self._at, start, found[0])
        lazy = len(found[0]) > 1 and found[0].endswith("?")
        return Repeat(part, minimum, maximum, lazy, before + 1, self._group)

    def _refuse_open_quantifier(self) -> None:
        found = _NO_MINIMUM.match(self._text, self._at)
        if found:
            advice = f"write {{0,{found[1]}}}" if found[1] else "write *"
            raise not_ecma("quantifier without a minimum", found[0], self._at, advice)

    # -- atoms -------------------------------------------------------------------------------------

    def _atom(self) -> Node:
        char = self._peek()
        if char == "\\":
            return self._escape()
        if char == "(":
            return self._parenthesis()
        if char == "[":
            return self._character_class()
        if char in "*+?" or _QUANTIFIER.match(self._text, self._at):
            raise not_ecma("nothing to repeat before", char, self._at, f"write \\{char} for itself")
        self._refuse_open_quantifier()
        if char == "]" and self._bracket_error is not None:
            raise self._bracket_error
        self._at += 1
        if char == ".":
            return CharacterClass(() if "s" in self._flags else LINE_TERMINATORS, negated=True)
        if char in "^$":
            return Anchor(char == "$", "m" in self._flags)
        return self._characters(((ord(char), ord(char)),))

    def _characters(
        self, ranges: Ranges, properties: tuple[Property, ...] = (), negated: bool = False
    ) -> CharacterClass:
        return CharacterClass(merged(ranges), properties, negated, "i" in self._flags)

    def _parenthesis(self) -> Node:
        start = self._at
        self._at += 1
        for words in (_LOOKBEHINDS, _LOOKAROUNDS):
            for word, (behind, negated) in words.items():
                if self._consume(word):
                    return Lookaround(self._inside(start), behind, negated)
        if self._consume("?:"):
            return self._inside(start)
        if self._peek() != "?":
            return self._capture(start)
        if self._text.startswith("?<", self._at):
            self._at += 1
            found = self._match(_NAME)
            if found is None:
                raise not_ecma("group", self._text[start : start + 4], start, "write (?<name>...)")
            if any(found[1] in scope for scope in self._scopes):
                raise not_ecma("second group of the name", found[1], start, "rename it")
            self._scopes[-1].add(found[1])
            return self._capture(start)
        return self._with_flags(start)

    def _capture(self, start: int) -> Node:
        self._group += 1
        number = self._group
        return Group(self._inside(start), number)

    def _with_flags(self, start: int) -> Node:
        """Read a group whose flags differ: `(?i:...)`, `(?-i:...)`."""
        found = self._match(_FLAGS)
        added, removed = (found[1], found[2] or "") if found else ("", "")
        if not added + removed or len({*added, *removed}) < len(added + removed):
            raise wrong_group(self._text, start)
        outer = self._flags
        self._flags = (outer | {*added}) - {*removed}
        node = self._inside(start)
        self._flags = outer
        return node

    def _inside(self, start: int) -> Node:
        node = self._alternation()
        if not self._consume(")"):
            raise not_ecma("group without its end", self._text[start : start + 8], start)
        return node

    # -- escapes -----------------------------------------------------------------------------------

    def _escape(self) -> Node:
        letter = self._text[self._at + 1 : self._at + 2]
        if letter in ("b", "B"):
            self._at += 2
            return WordBoundary(letter == "B", "i" in self._flags)
        start = self._at
        found = self._match(_REFERENCE)
        if found is None:
            member = self._escaped()
            code = member.code
            ranges = member.ranges if code is None else ((code, code),)
            return self._characters(ranges, member.properties)
        number, name = found.groups()
        if number is None and name not in self._names:
            raise not_ecma("back reference to no group", found[0], start)
        if number is not None and int(number) > self._groups:
            raise not_ecma(
                "back reference to no group", found[0], start, r"write \x and two digits"
            )
        numbers = (int(number),) if number else self._names[name]
        return BackReference(numbers, "i" in self._flags)

    def _escaped(self) -> _Member:
        """Read an escape that stands for one character of some."""
        start = self._at
        letter = self._text[start + 1 : start + 2]
        if letter.lower() in _CLASSES and letter:
            self._at += 2
            return _Member(ranges=self._escaped_class(letter))
        if letter in ("p", "P"):
            return _Member(properties=(self._property(),))
        if found := self._match(_PAIR):
            high, low = int(found[1], 16), int(found[2], 16)
            return _Member(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
        if found := self._match(_CODE):
            code = int(found[1] or found[2] or found[3], 16)
            if code > _LAST:
                raise not_ecma("code point out of range", found[0], start)
            return _Member(code)
        if found := self._match(_CONTROL):
            return _Member(ord(found[1]) % 32)
        if self._match(_NUL):
            return _Member(0)
        if letter in _CONTROLS or (letter and not (letter.isascii() and letter.isalnum())):
            self._at += 2
            return _Member(_CONTROLS.get(letter, ord(letter)))
        raise wrong_escape(self._text, start)

    def _escaped_class(self, letter: str) -> Ranges:
        ranges = _CLASSES[letter.lower()]
        if letter.islower():
            return ranges
        return complement(in_any_case(ranges) if "i" in self._flags else ranges)

    def _property(self) -> Property:
        start = self._at
        found = self._match(_PROPERTY)
        name = property_name(found[2]) if found else None
        if found is None or name is None:
            raise wrong_escape(self._text, start)
        if not is_supported(name):
            raise NotSupported(f"not supported: `{found[0]}` at character {start + 1}")
        return Property(name, found[1] == "P")

    # -- classes -----------------------------------------------------------------------------------

    def _character_class(self) -> CharacterClass:
        start = self._at
        self._at += 1
        negated = self._consume("^")
        if self._peek() == "]":
            part = self._text[start : self._at + 1]
            advice = r"a bracket within a class is written \]"
            self._bracket_error = not_ecma("empty class", part, start, advice)
        ranges: list[tuple[int, int]] = []
        properties: list[Property] = []
        while not self._consume("]"):
            if not self._peek():
                raise not_ecma("class without its end", self._text[start : start + 8], start)
            for code, more, own in self._class_members():
                ranges += more if code is None else ((code, code),)
                properties += own
        return self._characters(tuple(ranges), tuple(properties), negated)

    def _class_members(self) -> tuple[_Member, ...]:
        """Read a character, a range of them, or a class within a class."""
        start = self._at
        first = self._class_member()
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", ""):
            return (first,)
        self._at += 1
        last = self._class_member()
        if first.code is None or last.code is None:
            return first, _Member(ord("-")), last
        if first.code > last.code:
            raise not_ecma("range out of order", self._text[start : self._at], start)
        return (_Member(ranges=((first.code, last.code),)),)

    def _class_member(self) -> _Member:
        if self._peek() == "\\":
            if self._consume("\\b"):
                return _Member(_BACKSPACE)
            if self._text[self._at + 1 : self._at + 2] in tuple("123456789kB"):
                raise wrong_escape(self._text, self._at)
            return self._escaped()
        posix = _POSIX.match(self._text, self._at)
        if posix:
            advice = "write its characters, such as [A-Za-z]"
            self._bracket_error = not_ecma("POSIX class", posix[0], self._at, advice)
        self._at += 1
        return _Member(ord(self._text[self._at - 1]))


def _groups_of(text: str) -> tuple[int, dict[str, tuple[int, ...]]]:
    """Return how many groups a pattern has, and the numbers of those of each name."""
    count, names, in_class = 0, dict[str, tuple[int, ...]](), False
    found = re.compile(r"\\.|[\[\]]|\((?!\?)|\(\?(?=<(?![=!]))", re.DOTALL).finditer(text)
    for each in found:
        if each[0] in ("[", "]"):
            in_class = each[0] == "["
        elif each[0][0] == "(" and not in_class:
            count += 1
            name = _NAME.match(text, each.end())
            if each[0] == "(?" and name:
                names[name[1]] = (*names.get(name[1], ()), count)
    return count, names
