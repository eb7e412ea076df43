"""What is wrong with a pattern, in words that name the part and say what to write instead."""

from __future__ import annotations

import re
from typing import Final


class PatternError(ValueError):
    """A text is not a pattern of ECMA-262, or is one that fieldbound does not support."""


class NotECMA(PatternError):
    """A text is not a pattern of ECMA-262."""


class NotSupported(PatternError):
    """A pattern is one of ECMA-262, but nothing here can decide it."""


#: Constructs of other dialects that start with a parenthesis: what they are, what to write instead.
_GROUPS: Final = (
    (r"\(\?P<[^>]*>?", "named group of Python", "write (?<name>...)"),
    (r"\(\?'[^']*'?", "named group of Perl", "write (?<name>...)"),
    (r"\(\?P=[^)]*\)?", "back reference of Python", r"write \k<name>"),
    (r"\(\?>", "atomic group", "write (?:...)"),
    (r"\(\?#[^)]*\)?", "comment", "remove it"),
    (r"\(\?\|", "branch reset group", "write (?:...)"),
    (r"\(\?\(.", "conditional group", "write the alternatives out"),
    (r"\(\?(R|&|P>|[+-]?[0-9])[^)]*\)?", "recursion", "write the pattern out"),
    (r"\(\?i\)", "inline flag", "write both cases, such as [Aa]"),
    (r"\(\?[a-zA-Z]+(-[a-zA-Z]+)?\)", "inline flag", "remove it"),
    (r"\(\?[a-zA-Z-]+:?", "group", "its flags may be i, m and s, each once"),
    (r"\(\?.?", "group", "write (?:...)"),
)
#: Escapes of other dialects: what they are, what to write instead.
_ESCAPES: Final = {
    "A": ("start of the text", "write ^"),
    "Z": ("end of the text", "write $"),
    "z": ("end of the text", "write $"),
    "G": ("end of the last match", "remove it"),
    "K": ("start of what is kept", "remove it"),
    "Q": ("quoted text", "escape each character"),
    "E": ("end of quoted text", "escape each character"),
    "h": ("horizontal white space", r"write [ \t]"),
    "H": ("no horizontal white space", r"write [^ \t]"),
    "V": ("no vertical white space", r"write [^\n\v\f\r]"),
    "R": ("line break", r"write (?:\r\n|[\n\r])"),
    "X": ("grapheme cluster", r"write (?:\P{M}\p{M}*)"),
    "N": ("no line break", "write ."),
    "a": ("alarm", r"write \x07"),
    "e": ("escape character", r"write \x1b"),
    "y": ("word boundary", r"write \b"),
    "m": ("start of a word", r"write \b"),
    "M": ("end of a word", r"write \b"),
    "g": ("back reference", r"write \1 or \k<name>"),
}
_LONGEST: Final = 24


def not_ecma(what: str, part: str, at: int, advice: str = "") -> NotECMA:
    """Return the error about a part of a pattern that starts at an index."""
    shown = part if len(part) <= _LONGEST else f"{part[: _LONGEST - 1]}…"
    where = f"{what} `{shown}` at character {at + 1}" if shown else f"{what} at character {at + 1}"
    return NotECMA(f"not an ECMA-262 pattern: {where}" + (f": {advice}" if advice else ""))


def wrong_group(text: str, at: int) -> NotECMA:
    """Return the error about a group of another dialect, whose parenthesis is at an index."""
    for pattern, what, advice in _GROUPS:
        found = re.compile(pattern, re.DOTALL).match(text, at)
        if found:
            return not_ecma(what, found[0], at, advice)
    return not_ecma("group", text[at : at + 3], at)


def wrong_escape(text: str, at: int) -> NotECMA:
    """Return the error about an escape, whose backslash is at an index."""
    letter, rest = text[at + 1 : at + 2], text[at + 2 :]
    part = text[at : at + 2]
    if letter == "":
        return not_ecma("backslash", part, at, r"write \\ for the character itself")
    if letter in "pP":
        return _wrong_property(text, at)
    if letter == "x" and rest.startswith("{"):
        digits = rest[1:].partition("}")[0]
        return not_ecma("escape", f"{part}{{{digits}}}", at, f"write \\u{{{digits}}}")
    if letter in "xu":
        return not_ecma("escape", part, at, f"it needs {'two' if letter == 'x' else 'four'} digits")
    if letter == "c":
        return not_ecma("escape", part, at, "a letter from A to Z has to follow")
    if letter == "k":
        return not_ecma("back reference", part, at, r"write \k<name>")
    if letter.isdigit():
        return not_ecma("octal escape", part, at, r"write \x and two digits")
    what, advice = _ESCAPES.get(letter, ("escape", f"write {letter}"))
    return not_ecma(what, part, at, advice)


def _wrong_property(text: str, at: int) -> NotECMA:
    letter, rest = text[at + 1], text[at + 2 :]
    if rest.startswith("{") and "}" in rest:
        part = text[at : text.index("}", at) + 1]
        return not_ecma("unknown Unicode property", part, at, f"such as \\{letter}{{L}}")
    name = rest[:1] if rest[:1].isalpha() else "L"
    return not_ecma("Unicode property", text[at : at + 3], at, f"write \\{letter}{{{name}}}")


def wrong_repeat(text: str, at: int, atom: int, quantifier: str) -> NotECMA:
    """Return the error about a quantifier at an index, behind the *quantifier* of what is there."""
    is_lazy = len(quantifier) > 1 and quantifier.endswith("?")
    if text[at] == "+" and not is_lazy:
        advice = f"write {quantifier} alone"
        return not_ecma("possessive quantifier", text[atom : at + 1], atom, advice)
    return not_ecma("nothing to repeat before", text[at], at)
