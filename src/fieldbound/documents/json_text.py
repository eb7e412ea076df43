"""The bytes of a JSON text go in; its value and faults, or the offsets of places in it, come out.

jiter tells that a text is at fault, and about where; the walk here tells what, exactly where, and
within which value. It goes from value to value and leaves the good ones to the scanner of the
standard library, so that most of a large text passes at native speed. It never recurses, and its
time grows with the length of the text alone. Offsets count bytes.
"""

from __future__ import annotations

import math
import re
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jiter import from_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .positions import PositionTree

#: Containers that may enclose a value: the limit of jiter.
DEPTH: Final = 200
#: Digits that an integer may have: the limit of jiter, and of Python when it prints one.
DIGITS: Final = 4300
TOO_DEEP: Final = f"values nest more than {DEPTH} deep"
TOO_LONG: Final = f"an integer of more than {DIGITS} digits is not read"
TOO_LARGE: Final = "a number too large for a double"
NOT_UTF8: Final = "a byte that is not UTF-8: save the text as UTF-8"

# Group 0 is what is passed. Repetitions are bounded where each costs memory while it matches.
_BLANKS: Final = re.compile(rb"[ \t\n\r]*")
_PLAIN: Final = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPES: Final = re.compile(rb'(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*){1,1000}')
_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE: Final = re.compile(
    rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.", re.DOTALL
)
_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![-+.\w])")
_WORD: Final = re.compile(rb"[-+.\w]*")
_WORDS: Final = (b"true", b"false", b"null")
_HINT: Final = re.compile(r" at line (\d+) column (\d+)$")

# Items of an array in a row that need no look: so short that none can be an endless number.
_RUN: Final = 300
_PLAIN_ITEMS: Final = re.compile(rb"[-0-9., \t\n\r]*(?:(?:true|false|null)[-0-9., \t\n\r]*)*(?=,)")
_STRINGS: Final = re.compile(rb'"[^"\\]*"(?:[ \t\n\r]*,[ \t\n\r]*"[^"\\]*")*(?=,)')

# What is wrong with what only looks like a number or a word; the first pattern that matches.
_WORD_DETAILS: Final = (
    (rb"\+", "a number has no plus sign: leave it out"),
    (rb"-?\.", "a number begins with a digit: write 0 before the point"),
    (rb"-?0[xXoObB]", "a number is decimal in JSON: write it in digits"),
    (rb"-?0[0-9]", "a number has no leading zero: leave it out, or send it as a string"),
    (rb"-?[0-9]+\.(?![0-9])", "a digit is missing after the point"),
    (rb"-?[0-9.]+[eE][-+]?(?![0-9])", "a digit is missing in the exponent"),
    (rb"-(?![0-9])", "a digit is missing after the minus sign"),
    (rb"-?[0-9]", 'no number of JSON: send it as a string, in "'),
    (rb"(?i)true$", "true is written in lower case"),
    (rb"(?i)false$", "false is written in lower case"),
    (rb"(?i)(null|none|undefined)$", "no value is written null, in lower case"),
    (rb"", 'a text without quotes: put it in "'),
)
# What is wrong where a value, or something else, is due and this stands.
_DETAILS: Final = {
    "'": "a string is quoted with \", not with '",
    "`": 'a string is quoted with ", not with `',
    "/": "JSON has no comments: take it out",
    "#": "JSON has no comments: take it out",
    "\\": "a backslash outside a string: take it out",
    "\0": "a NUL character: save the text as UTF-8",
    **dict.fromkeys("\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb", 'a curly quote: write " instead'),
}
_CLOSING: Final = {b"[": b"]", b"{": b"}"}


class Fault(Exception):
    """What is wrong with a text: a code, the offset, the path there, and the sentence part."""

    def __init__(
        self, code: str, at: int, path: Iterable[str | int] = (), detail: str | None = None
    ) -> None:
        super().__init__(code, at)
        self.code, self.at, self.path, self.detail = code, at, tuple(path), detail


def read(data: bytes, refusal: str = "") -> tuple[Any, list[Fault]]:
    """Read a text that is not plainly good: give its value, and a Fault for each repeated key.

    Raises the first Fault that leaves no value. *refusal* is what jiter said of the text, and is
    believed where nothing else is found.
    """
    value, said = None, refusal
    if not refusal or "uplicate" in refusal:
        value, said = _leniently(data)
    walk = _Walk(data, _hinted(data, said) if said else len(data) + 1, distinct=not said)
    walk.run()
    if walk.repeated and said and said == refusal:
        return read(data)
    if said or (refusal and not walk.repeated):
        said = said or refusal
        raise Fault("syntax", _hinted(data, said), (), _HINT.sub("", said))
    return value, walk.repeated


def _leniently(data: bytes) -> tuple[Any, str]:
    """Read a text whatever keys it repeats: give its value, or what jiter has against it."""
    try:
        return from_json(data, allow_inf_nan=False, cache_mode="keys"), ""
    except ValueError as error:
        return None, str(error)


def locate(data: bytes, wanted: PositionTree) -> None:
    """Enter into *wanted* the offsets of all that *data*, which is good, has of it."""
    _Walk(data, len(data) + 1, wanted).run()


def _hinted(data: bytes, said: str) -> int:
    """Give the offset that jiter names, 0 if it names none: what ends before it is good."""
    hint, start = _HINT.search(said), 0
    for _ in range(int(hint[1]) - 1 if hint else 0):
        start = data.find(b"\n", start) + 1
    return min(max(start + int(hint[2]) - 1, 0), len(data)) if hint else 0


class _Look(Exception):
    """The scanner met a repeated key or an endless number, which the walk has to look at."""


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _Look


def _finite(number: str) -> None:
    if math.isinf(float(number)):
        raise _Look


def _endless(_: str) -> NoReturn:
    raise _Look


# Their values are thrown away: so len stands in for making integers, some of which are too long.
_KINDS: Final[dict[str, Any]] = {
    "parse_float": _finite,
    "parse_int": len,
    "parse_constant": _endless,
}
_plainly: Any = JSONDecoder(**_KINDS)
_distinctly: Any = JSONDecoder(object_pairs_hook=_distinct, **_KINDS)


class _Frame:
    """An open container: how it closes, and at which key or index the walk is."""

    __slots__ = ("close", "fresh", "key", "seen", "wanted")

    def __init__(self, close: bytes, wanted: PositionTree | None) -> None:
        self.close, self.wanted, self.fresh = close, wanted, True
        self.key: Any = -1 if close == b"]" else None
        self.seen: set[str] = set()


class _Walk:
    """One way through *data*; *repeated* has the repeated keys met on the way.

    What ends before *sure* is known to be good, but for repeated keys, of which all are met only
    if *distinct*, and for endless numbers.
    """

    def __init__(
        self, data: bytes, sure: int, wanted: PositionTree | None = None, *, distinct: bool = False
    ) -> None:
        self.data, self.sure, self.wanted = data, sure, wanted
        self.scan = (_distinctly if distinct else _plainly).scan_once
        self.frames: list[_Frame] = []
        self.repeated: list[Fault] = []
        # How much may yet be scanned in vain. Passing a container earns its length, so that all
        # scanning takes time in proportion to the text, however deep its containers nest.
        self.spare = 1 << 20
        self.window = 512

    def run(self) -> None:
        """Walk to the end of the text; raise the first Fault that leaves no value."""
        at = self._value(self._blanks(0), self.wanted)
        while self.frames:
            at = self._next(self._blanks(at), self.frames[-1])
        at = self._blanks(at)
        if self._character(at):
            self._refuse("trailingData", at, "the text goes on after its value: keep one value")

    def _next(self, at: int, frame: _Frame) -> int:
        """Pass the end of a container, or a comma and a value."""
        if self.data[at : at + 1] == frame.close:
            self.frames.pop()
            return at + 1
        if not frame.fresh:
            at = self._comma(at, frame)
        frame.fresh = False
        key_at = at
        if frame.close == b"]":
            key_at, frame.key = -1, frame.key + 1
            if self.data[at : at + 1] not in _CLOSING and (end := self._run(at, frame)):
                return end
        else:
            at = self._name(at, frame)
        return self._value(at, frame.wanted.child(frame.key, key_at) if frame.wanted else None)

    def _comma(self, at: int, frame: _Frame) -> int:
        if self.data[at : at + 1] != b",":
            self._unseparated(at, frame.close.decode())
        after = self._blanks(at + 1)
        if self.data[after : after + 1] == frame.close:
            detail = f"a comma before {frame.close.decode()}: take it out"
            self._refuse("syntax", at, detail, inside=False)
        return after

    def _name(self, at: int, frame: _Frame) -> int:
        """Pass a name and its colon; note the name, and whether it is there a second time."""
        frame.key = None
        if self.data[at : at + 1] != b'"':
            self._misplaced(at, 'a name is due here, in quotes: "name"')
        end = self._string(at)
        name = self.data[at + 1 : end - 1].decode()
        frame.key = self.scan(f'"{name}"', 0)[0] if "\\" in name else name
        if frame.key in frame.seen:
            self.repeated.append(self._fault("duplicateKey", at, None))
        frame.seen.add(frame.key)
        end = self._blanks(end)
        if self.data[end : end + 1] != b":":
            self._misplaced(end, "a colon is missing after the name")
        return self._blanks(end + 1)

    def _value(self, at: int, wanted: PositionTree | None) -> int:
        """Pass a value, or the opening bracket of one that has to be looked into."""
        if wanted:
            wanted.at = at
        byte = self.data[at : at + 1]
        if byte == b'"':
            return self._string(at)
        if byte in _CLOSING:
            end = None if wanted and wanted.children else self._scanned(at)
            return end or self._open(at, _CLOSING[byte], wanted)
        match = _NUMBER.match(self.data, at)
        if not match:
            return self._word(at)
        if match[1] or match[2]:
            if math.isinf(float(match[0])):
                self._refuse("nonFinite", at, TOO_LARGE)
        elif len(match[0].lstrip(b"-")) > DIGITS:
            self._refuse("syntax", at, TOO_LONG)
        return match.end()

    def _open(self, at: int, close: bytes, wanted: PositionTree | None) -> int:
        if len(self.frames) >= DEPTH:
            inner = self._blanks(at + 1)
            if self.data[inner : inner + 1] != close:  # an empty one may stand one deeper
                self._refuse("depth", at, TOO_DEEP)
        self.frames.append(_Frame(close, wanted))
        return at + 1

    def _scanned(self, at: int) -> int | None:
        """Pass a container at native speed, if it is good and no longer than may be spared."""
        size = self.window
        while size <= self.spare:
            text = self.data[at : at + size].decode(errors="surrogateescape")
            try:
                end = self.scan(text, 0)[1]
                break
            except (_Look, ValueError, StopIteration, RecursionError) as error:
                self.spare -= size
                if isinstance(error, _Look) or at + size >= len(self.data):
                    return None
                size *= 4
        else:
            self.spare += 64
            return None
        if not text.isascii():
            end = len(text[:end].encode(errors="surrogateescape"))
        self.spare += end
        self.window = max(512, 2 * end)
        return at + end if at + end < self.sure else None

    def _run(self, at: int, frame: _Frame) -> int | None:
        """Pass the many short items of an array together, if nothing is wanted of them."""
        stop = min(at + _RUN, self.sure)
        more = 0
        if run := _PLAIN_ITEMS.match(self.data, at, stop):
            more = run[0].count(b",")
        elif run := _STRINGS.match(self.data, at, stop):
            more = run[0].count(b'"') // 2 - 1
        items = range(frame.key, frame.key + more + 1)
        if not run or (frame.wanted and not frame.wanted.children.keys().isdisjoint(items)):
            return None
        frame.key += more
        return run.end()

    def _string(self, at: int) -> int:
        end = _PLAIN.match(self.data, at + 1).end()  # type: ignore[union-attr]
        while self.data[end : end + 1] == b"\\" and (escapes := _ESCAPES.match(self.data, end)):
            end = escapes.end()
        if self.data[end : end + 1] != b'"':
            self._check_characters(at, end)
            self._refuse("syntax", *self._broken(at, end))
        if end >= self.sure:
            self._check_characters(at, end)
        return end + 1

    def _check_characters(self, at: int, end: int) -> None:
        """Refuse bytes that are not UTF-8, and halves of a character."""
        stop = end
        try:
            self.data[at:end].decode()
        except UnicodeDecodeError as error:
            stop = at + error.start
        if _HALF.search(self.data, at, stop):
            for escape in _ESCAPE.finditer(self.data, at, stop):
                if escape[1]:
                    detail = "an escape for half of a character: the other half is missing"
                    self._refuse("loneSurrogate", escape.start(), detail)
        if stop < end:
            self._character(stop)

    def _broken(self, at: int, end: int) -> tuple[int, str]:
        """Say where and why the string that begins at *at* breaks off at *end*."""
        rest = self.data[end : end + 2]
        if rest in (b"", b"\\"):
            return at, 'a string without an end: close it with "'
        if rest == b"\\u":
            return end, "\\u takes four hexadecimal digits"
        if rest[:1] == b"\\":
            return end, "no escape of JSON: write \\\\ for a backslash"
        if rest[:1] in b"\r\n":
            return end, 'a string ends with the line: close it with ", or write \\n'
        escape = "\\t" if rest[:1] == b"\t" else f"\\u{rest[0]:04x}"
        return end, f"a control character in a string: write {escape}"

    def _word(self, at: int) -> int:
        """Pass true, false or null; refuse what only looks like a number or a word."""
        end = _WORD.match(self.data, at).end()  # type: ignore[union-attr]
        word = self.data[at:end]
        if word in _WORDS:
            return end
        if not word:
            self._misplaced(at, "a value is due here")
        if word.lstrip(b"-") in (b"NaN", b"Infinity"):
            self._refuse("nonFinite", at, f"{word.decode()[:9]} is no number of JSON")
        details = (detail for pattern, detail in _WORD_DETAILS if re.match(pattern, word))
        raise self._fault("syntax", at, next(details))

    def _unseparated(self, at: int, close: str) -> NoReturn:
        """Refuse what stands where a comma or the closing bracket is due."""
        char = self._character(at)
        detail = f"a comma or {close} is due here"
        if char.isalnum() and self.data[at - 1 : at] == b'"':
            detail = 'the string ends before this: write \\" for a " inside it'
        elif char.isalnum() or char in ('"', "[", "{", "-"):
            detail = "a comma is missing before this"
        self._misplaced(at, detail, inside=False)

    def _misplaced(self, at: int, detail: str, inside: bool = True) -> NoReturn:
        """Refuse what stands where something else is due, or the end of the text there."""
        char = self._character(at)
        close = self.frames[-1].close.decode() if self.frames else ""
        if not char:
            at = len(self.data.rstrip(b" \t\n\r"))
            detail = f"the text ends before its {close}: it is cut off, or {close} is missing"
            detail = detail if close else "the text is empty"
        elif char in ("]", "}") and char != close:
            detail = f"{close} is due here, not {char}" if close else f"{char} closes nothing"
        elif not char.isprintable() or char.isspace():
            detail = f"an invisible character, U+{ord(char):04X}: take it out"
        self._refuse("syntax", at, _DETAILS.get(char, detail), inside)

    def _character(self, at: int) -> str:
        """Give the character at *at*, "" at the end; refuse a byte that is not UTF-8."""
        raw = self.data[at : at + 4]
        try:
            return raw.decode()[:1]
        except UnicodeDecodeError as error:
            if not error.start:
                self._refuse("encoding", at, NOT_UTF8)
            return raw[: error.start].decode()[:1]

    def _blanks(self, at: int) -> int:
        return _BLANKS.match(self.data, at).end()  # type: ignore[union-attr]

    def _fault(self, code: str, at: int, detail: str | None, inside: bool = True) -> Fault:
        frames = self.frames if inside else self.frames[:-1]
        return Fault(code, at, [frame.key for frame in frames if frame.key is not None], detail)

    def _refuse(self, code: str, at: int, detail: str, inside: bool = True) -> NoReturn:
        raise self._fault(code, at, detail, inside)
