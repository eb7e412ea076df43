"""JSON text: the value and the first error, exactly located, or the offsets of values and keys.

jiter parses valid documents elsewhere. It reports errors only roughly, so that this walker finds
what is wrong, where, and in which value. Valid values within are left to the C scanner of the
standard library, so that most of a large text is read at native speed. Nothing recurses, and the
time is linear in the length of the text. Offsets count bytes.
"""

from __future__ import annotations

import math
import re
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jiter import from_json

from fieldbound.model import max_digits, too_many_digits

from .errors import EMPTY, MAX_DEPTH, NOT_UTF8, TOO_DEEP, TOO_LARGE, DocumentError

if TYPE_CHECKING:
    from .positions import PositionTree

# Repetitions are bounded where each one costs memory during the match.
_WHITESPACE: Final = re.compile(rb"[ \t\n\r]*")
_PLAIN_CHARACTERS: Final = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPES: Final = re.compile(rb'(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*){1,1000}')
_SURROGATE_ESCAPE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE: Final = re.compile(
    rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.", re.DOTALL
)
_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![-+.\w])")
_LITERAL: Final = re.compile(rb"[-+.\w]*")
_LITERALS: Final = (b"true", b"false", b"null")
_JITER_POSITION: Final = re.compile(r" at line (\d+) column (\d+)$")

# Array items that are skipped together: too short to contain a number too large for a double.
_ITEMS_WINDOW: Final = 300
_NUMBER_ITEMS: Final = re.compile(rb"[-0-9., \t\n\r]*(?:(?:true|false|null)[-0-9., \t\n\r]*)*(?=,)")
_STRING_ITEMS: Final = re.compile(rb'"[^"\\]*"(?:[ \t\n\r]*,[ \t\n\r]*"[^"\\]*")*(?=,)')

# The error of an invalid number or literal, by the first pattern that matches.
_LITERAL_DETAILS: Final = (
    (rb"\+", "a number must not start with a plus sign: remove it"),
    (rb"-?\.", "a number must start with a digit: write 0 before the decimal point"),
    (rb"-?0[xXoObB]", "hexadecimal, octal and binary numbers are not JSON: write it in decimal"),
    (rb"-?0[0-9]", "a number must not have a leading zero: remove it, or quote it as a string"),
    (rb"-?[0-9]+\.(?![0-9])", "missing digit after the decimal point"),
    (rb"-?[0-9.]+[eE][-+]?(?![0-9])", "missing digit in the exponent"),
    (rb"-(?![0-9])", "missing digit after the minus sign"),
    (rb"-?[0-9]", 'invalid number: quote it as a string, in "'),
    (rb"(?i)true$", "expected true, in lower case"),
    (rb"(?i)false$", "expected false, in lower case"),
    (rb"(?i)(null|none|undefined)$", "expected null, in lower case"),
    (rb"", 'unquoted string: put it in "'),
)
# The error of an unexpected character.
_CHARACTER_DETAILS: Final = {
    "'": "a string must be in \", not in '",
    "`": 'a string must be in ", not in `',
    "/": "comments are not allowed in JSON: remove it",
    "#": "comments are not allowed in JSON: remove it",
    "\\": "unexpected backslash outside a string: remove it",
    "\0": "unexpected NUL character: save the file as UTF-8",
    **dict.fromkeys("\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb", 'curly quote: use " instead'),
}
_CLOSING: Final = {b"[": b"]", b"{": b"}"}


def read(data: bytes, jiter_message: str = "") -> tuple[Any, list[DocumentError]]:
    """Parse a text that may be invalid: return its value, and an error for each duplicate key.

    Raises the first other DocumentError. *jiter_message* is the error of jiter, if any, which is
    raised if no other is found.
    """
    value, message = None, jiter_message
    if not jiter_message or "uplicate" in jiter_message:
        value, message = _parse_with_duplicates(data)
    valid_until = _jiter_offset(data, message) if message else len(data) + 1
    walker = _Walker(data, valid_until, None, distinct=not message)
    walker.run()
    if walker.duplicates and message and message == jiter_message:
        return read(data)
    if message or (jiter_message and not walker.duplicates):
        message = message or jiter_message
        detail = _JITER_POSITION.sub("", message)
        raise DocumentError("syntax", _jiter_offset(data, message), (), detail, detail)
    return value, walker.duplicates


def _parse_with_duplicates(data: bytes) -> tuple[Any, str]:
    """Return the value of a text that may have duplicate keys, and the error of jiter, if any."""
    try:
        return from_json(data, allow_inf_nan=False, cache_mode="keys"), ""
    except ValueError as error:
        return None, str(error)


def locate(data: bytes, positions: PositionTree, start: int = 0) -> None:
    """Enter the offsets of values and keys of *data*, which is valid, into *positions*.

    They are those of the value that begins at *start*.
    """
    _Walker(data, len(data) + 1, positions, distinct=False).pass_value(start)


def _jiter_offset(data: bytes, message: str) -> int:
    """Return the offset in an error of jiter, or 0: what ends before it is valid."""
    match, start = _JITER_POSITION.search(message), 0
    for _ in range(int(match[1]) - 1 if match else 0):
        start = data.find(b"\n", start) + 1
    return min(max(start + int(match[2]) - 1, 0), len(data)) if match else 0


class _NotScannable(Exception):
    """The scanner met a duplicate key, or a number not supported, for the walker to report."""


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _NotScannable


def _check_finite(number: str) -> None:
    if math.isinf(float(number)):
        raise _NotScannable


def _check_length(number: str) -> None:
    if len(number) > _FEW_DIGITS and len(number.lstrip("-")) > max_digits():
        raise _NotScannable


def _reject_constant(_: str) -> NoReturn:
    raise _NotScannable


_FEW_DIGITS: Final = 600  # fewer than any limit
_NUMBER_HOOKS: Final[dict[str, Any]] = {
    "parse_float": _check_finite,
    "parse_int": _check_length,
    "parse_constant": _reject_constant,
}
_PLAIN_DECODER: Any = JSONDecoder(**_NUMBER_HOOKS)
_DISTINCT_DECODER: Any = JSONDecoder(object_pairs_hook=_reject_duplicates, **_NUMBER_HOOKS)


class _Container:
    """An open object or array: its closing bracket, and the current key or index."""

    __slots__ = ("close", "is_empty", "key", "positions", "seen")

    def __init__(self, close: bytes, positions: PositionTree | None) -> None:
        self.close, self.positions, self.is_empty = close, positions, True
        self.key: Any = -1 if close == b"]" else None
        self.seen: set[str] = set()


class _Walker:
    """A pass over *data* that collects *duplicates*: an error for each duplicate key.

    What ends before *valid_until* is valid but for duplicate keys, all of which are found only if
    *distinct*, and for non-finite numbers.
    """

    def __init__(
        self, data: bytes, valid_until: int, positions: PositionTree | None, *, distinct: bool
    ) -> None:
        self.data, self.valid_until, self.positions = data, valid_until, positions
        self.scan = (_DISTINCT_DECODER if distinct else _PLAIN_DECODER).scan_once
        self.containers: list[_Container] = []
        self.duplicates: list[DocumentError] = []
        # How many bytes may yet be scanned in vain. A container that is skipped adds its length, so
        # that the total time is linear in the text, however deeply its containers are nested.
        self.scan_budget = 1 << 20
        self.window = 512
        self.max_digits = max_digits()

    def run(self) -> None:
        """Walk to the end of the text; raise the first error that leaves no value."""
        at = self._skip_whitespace(self.pass_value(0))
        if self._character(at):
            detail = "extra data after the JSON value (one value a line is NDJSON: --input ndjson)"
            self._fail("trailingData", at, detail)

    def pass_value(self, at: int) -> int:
        """Pass the value that is next at an offset, and return where it ends."""
        at = self._value(self._skip_whitespace(at), self.positions)
        while self.containers:
            at = self._next(self._skip_whitespace(at), self.containers[-1])
        return at

    def _next(self, at: int, container: _Container) -> int:
        """Pass the end of a container, or a comma and the next value."""
        if self.data[at : at + 1] == container.close:
            self.containers.pop()
            return at + 1
        if not container.is_empty:
            at = self._comma(at, container)
        container.is_empty = False
        key_at = at
        if container.close == b"]":
            key_at, container.key = -1, container.key + 1
            if self.data[at : at + 1] not in _CLOSING and (end := self._skip_items(at, container)):
                return end
        else:
            at = self._key(at, container)
        tree = container.positions
        return self._value(at, tree.child(container.key, key_at) if tree else None)

    def _comma(self, at: int, container: _Container) -> int:
        if self.data[at : at + 1] != b",":
            self._fail_missing_comma(at, container.close.decode())
        after = self._skip_whitespace(at + 1)
        if self.data[after : after + 1] == container.close:
            detail = f"trailing comma before {container.close.decode()}: remove it"
            self._fail("syntax", at, detail, inside=False)
        return after

    def _key(self, at: int, container: _Container) -> int:
        """Pass a key and its colon, and record the key, or an error if it is a duplicate."""
        container.key = None
        if self.data[at : at + 1] != b'"':
            self._fail_unexpected(at, 'expected a property name in "')
        end = self._string(at)
        name = self.data[at + 1 : end - 1].decode()
        container.key = self.scan(f'"{name}"', 0)[0] if "\\" in name else name
        if container.key in container.seen:
            self.duplicates.append(self._error("duplicateKey", at, None))
        container.seen.add(container.key)
        end = self._skip_whitespace(end)
        if self.data[end : end + 1] != b":":
            self._fail_unexpected(end, "missing colon after the property name")
        return self._skip_whitespace(end + 1)

    def _value(self, at: int, positions: PositionTree | None) -> int:
        """Pass a scalar or a valid container, or the opening bracket of another one."""
        if positions:
            positions.value_offset = at
        byte = self.data[at : at + 1]
        if byte == b'"':
            return self._string(at)
        if byte in _CLOSING:
            end = None if positions and positions.goes_on else self._scan(at)
            return end or self._open(at, _CLOSING[byte], positions)
        match = _NUMBER.match(self.data, at)
        if not match:
            return self._literal(at)
        if match[1] or match[2]:
            if math.isinf(float(match[0])):
                self._fail("nonFinite", at, TOO_LARGE)
        elif len(match[0].lstrip(b"-")) > self.max_digits:
            self._fail("syntax", at, too_many_digits())
        return match.end()

    def _open(self, at: int, close: bytes, positions: PositionTree | None) -> int:
        if len(self.containers) >= MAX_DEPTH:
            inner = self._skip_whitespace(at + 1)
            if self.data[inner : inner + 1] != close:  # an empty container may be one level deeper
                self._fail("depth", at, TOO_DEEP)
        self.containers.append(_Container(close, positions))
        return at + 1

    def _scan(self, at: int) -> int | None:
        """Return the end of a container that the scanner finds valid, else None."""
        size = self.window
        while size <= self.scan_budget:
            text = self.data[at : at + size].decode(errors="surrogateescape")
            try:
                end = self.scan(text, 0)[1]
                break
            except (_NotScannable, ValueError, StopIteration, RecursionError) as error:
                self.scan_budget -= size
                if isinstance(error, _NotScannable) or at + size >= len(self.data):
                    return None
                size *= 4
        else:
            self.scan_budget += 64
            return None
        if not text.isascii():
            end = len(text[:end].encode(errors="surrogateescape"))
        self.scan_budget += end
        self.window = max(512, 2 * end)
        return at + end if at + end < self.valid_until else None

    def _skip_items(self, at: int, container: _Container) -> int | None:
        """Return the end of several short items of which no position is looked for, or None."""
        stop = min(at + _ITEMS_WINDOW, self.valid_until)
        more = 0
        if run := _NUMBER_ITEMS.match(self.data, at, stop):
            more = run[0].count(b",")
        elif run := _STRING_ITEMS.match(self.data, at, stop):
            more = run[0].count(b'"') // 2 - 1
        items, tree = range(container.key, container.key + more + 1), container.positions
        if not run or (tree and tree.wants(items)):
            return None
        container.key += more
        return run.end()

    def _string(self, at: int) -> int:
        end = _PLAIN_CHARACTERS.match(self.data, at + 1).end()  # type: ignore[union-attr]
        while self.data[end : end + 1] == b"\\" and (escapes := _ESCAPES.match(self.data, end)):
            end = escapes.end()
        if self.data[end : end + 1] != b'"':
            self._check_characters(at, end)
            self._fail("syntax", *self._string_error(at, end))
        if end >= self.valid_until:
            self._check_characters(at, end)
        return end + 1

    def _check_characters(self, at: int, end: int) -> None:
        """Raise an error for bytes that are not UTF-8, and for lone surrogates."""
        stop = end
        try:
            self.data[at:end].decode()
        except UnicodeDecodeError as error:
            stop = at + error.start
        if _SURROGATE_ESCAPE.search(self.data, at, stop):
            for escape in _ESCAPE.finditer(self.data, at, stop):
                if escape[1]:
                    detail = "lone surrogate escape: the other half of the pair is missing"
                    self._fail("loneSurrogate", escape.start(), detail)
        if stop < end:
            self._character(stop)

    def _string_error(self, at: int, end: int) -> tuple[int, str]:
        """Return where and why the string that starts at *at* ends at *end*."""
        rest = self.data[end : end + 2]
        if rest in (b"", b"\\"):
            return at, 'unterminated string: close it with "'
        if rest == b"\\u":
            return end, "invalid escape: \\u must be followed by four hexadecimal digits"
        if rest[:1] == b"\\":
            return end, "invalid escape: write \\\\ for a backslash"
        if rest[:1] in b"\r\n":
            return end, 'line break in a string: close it with ", or write \\n'
        escape = "\\t" if rest[:1] == b"\t" else f"\\u{rest[0]:04x}"
        return end, f"control character in a string: write {escape}"

    def _literal(self, at: int) -> int:
        """Pass true, false or null; raise an error for any other literal or invalid number."""
        end = _LITERAL.match(self.data, at).end()  # type: ignore[union-attr]
        word = self.data[at:end]
        if word in _LITERALS:
            return end
        if not word:
            self._fail_unexpected(at, "expected a value")
        if word.lstrip(b"-") in (b"NaN", b"Infinity"):
            detail = f"{word.decode()[:9]} is not allowed in JSON: use null, or remove it"
            self._fail("nonFinite", at, detail)
        details = (detail for pattern, detail in _LITERAL_DETAILS if re.match(pattern, word))
        raise self._error("syntax", at, next(details))

    def _fail_missing_comma(self, at: int, close: str) -> NoReturn:
        """Raise an error for what follows a value instead of a comma or the closing bracket."""
        char = self._character(at)
        detail = f"expected a comma or {close}"
        if char.isalnum() and self.data[at - 1 : at] == b'"':
            detail = 'unescaped quote in a string: write \\"'
        elif char.isalnum() or char in ('"', "[", "{", "-"):
            detail = "missing comma"
        self._fail_unexpected(at, detail, inside=False)

    def _fail_unexpected(self, at: int, detail: str, inside: bool = True) -> NoReturn:
        """Raise an error for an unexpected character or the unexpected end of the text."""
        char = self._character(at)
        close = self.containers[-1].close.decode() if self.containers else ""
        if not char:
            at = len(self.data.rstrip(b" \t\n\r"))
            detail = f"unexpected end of the document: {close} is missing, or the file is truncated"
            detail = detail if close else EMPTY
        elif char in ("]", "}") and char != close:
            detail = f"expected {close}, not {char}" if close else f"unmatched {char}"
        elif not char.isprintable() or char.isspace():
            detail = f"unexpected invisible character U+{ord(char):04X}: remove it"
        self._fail("syntax", at, _CHARACTER_DETAILS.get(char, detail), inside)

    def _character(self, at: int) -> str:
        """Return the character at an offset, "" at the end; raise an error if it is not UTF-8."""
        raw = self.data[at : at + 4]
        try:
            return raw.decode()[:1]
        except UnicodeDecodeError as error:
            if not error.start:
                self._fail("encoding", at, NOT_UTF8)
            return raw[: error.start].decode()[:1]

    def _skip_whitespace(self, at: int) -> int:
        return _WHITESPACE.match(self.data, at).end()  # type: ignore[union-attr]

    def _error(self, code: str, at: int, detail: str | None, inside: bool = True) -> DocumentError:
        containers = self.containers if inside else self.containers[:-1]
        path = [each.key for each in containers if each.key is not None]
        return DocumentError(code, at, path, detail)

    def _fail(self, code: str, at: int, detail: str, inside: bool = True) -> NoReturn:
        raise self._error(code, at, detail, inside)
