"""Documents: values, syntax errors and places of strict JSON, and of YAML by the core schema."""

from __future__ import annotations

import gc
import json
import math
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings, strategies as st

import fieldbound
from fieldbound.documents import json_text
from fieldbound.documents.document import Document, parse, read
from fieldbound.documents.errors import DocumentError
from fieldbound.model.facts import Place
from fieldbound.model.values import SYNTAX_CODES
from support.effort import examples
from support.tables import table

BOM = b"\xef\xbb\xbf"
SUITE = Path(os.environ.get("FIELDBOUND_SUITES", "/nonexistent"), "json-test-suite/test_parsing")

# A text, and the code and place of its only error.
ERRORS = {
    "nothing": (b"", "syntax", "1:1"),
    "whitespace only": (b" \r\n\t\n", "syntax", "1:1"),
    "a NUL": (b"\0", "syntax", "1:1"),
    "a NUL inside": (b"[1,\0]", "syntax", "1:4"),
    "UTF-16 without a BOM": ("[1]".encode("utf-16-be"), "syntax", "1:1"),
    "a form feed": (b"[1,\x0c2]", "syntax", "1:4"),
    "a no-break space": ("[\u00a01]", "syntax", "1:2"),
    "a BOM inside": ("[1,\ufeff2]", "syntax", "1:4"),
    # whitespace and commas
    "trailing comma before ]": (b"[1,]", "syntax", "1:3"),
    "trailing comma before }": (b'{"a":1,\n}', "syntax", "1:7"),
    "two commas": (b"[1,,2]", "syntax", "1:4"),
    "comma first": (b"[,1]", "syntax", "1:2"),
    "comma first in an object": (b"{,}", "syntax", "1:2"),
    "no comma": (b"[1 2]", "syntax", "1:4"),
    "no comma between members": (b'{"a":1\n "b":2}', "syntax", "2:2"),
    "no colon": (b'{"a" 1}', "syntax", "1:6"),
    "a colon for a comma": (b'["a":1]', "syntax", "1:5"),
    "a semicolon": (b"[1;2]", "syntax", "1:3"),
    # brackets and ends
    "the wrong bracket": (b"[1}", "syntax", "1:3"),
    "the wrong bracket at once": (b"{]", "syntax", "1:2"),
    "an unmatched bracket": (b"]", "syntax", "1:1"),
    "an open array": (b"[1,2\n\n", "syntax", "1:5"),
    "an open object": (b'{"a":{"b":1}', "syntax", "1:13"),
    "no value": (b'{"a":}', "syntax", "1:6"),
    "no value at the end": (b'{"a":', "syntax", "1:6"),
    "no key at the end": (b'{"a":1,', "syntax", "1:8"),
    # strings
    "an unterminated string": (b'["abc', "syntax", "1:2"),
    "a backslash at the end": (b'"abc\\', "syntax", "1:1"),
    "a line feed in a string": (b'{"a": "b\n}', "syntax", "1:9"),
    "a CRLF in a string": (b'{"a": "b\r\n}', "syntax", "1:9"),
    "a tab in a string": (b'"a\tb"', "syntax", "1:3"),
    "a control character in a string": (b'"\x1f"', "syntax", "1:2"),
    "a NUL in a string": (b'"\0"', "syntax", "1:2"),
    "an unknown escape": (b'"C:\\dir"', "syntax", "1:4"),
    "a short escape": (b'"\\u12"', "syntax", "1:2"),
    "a truncated escape": (b'"\\u', "syntax", "1:2"),
    "a quote inside a string": (b'["say "hi""]', "syntax", "1:8"),
    "single quotes": (b"{'a':1}", "syntax", "1:2"),
    "curly quotes": ("[\u201ca\u201d]", "syntax", "1:2"),
    "an unquoted key": (b"{a:1}", "syntax", "1:2"),
    "an unquoted string": (b"[abc]", "syntax", "1:2"),
    # words and numbers
    "true in capitals": (b"[True]", "syntax", "1:2"),
    "None": (b"None", "syntax", "1:1"),
    "a truncated word": (b"tru", "syntax", "1:1"),
    "a word with a suffix": (b"nullx", "syntax", "1:1"),
    "a leading zero": (b"[01]", "syntax", "1:2"),
    "a plus": (b"+1", "syntax", "1:1"),
    "no digit before the point": (b".5", "syntax", "1:1"),
    "no digit after the point": (b"[1.]", "syntax", "1:2"),
    "no exponent": (b"1e", "syntax", "1:1"),
    "no exponent after the sign": (b"1e+", "syntax", "1:1"),
    "a minus alone": (b"-", "syntax", "1:1"),
    "hexadecimal": (b"0x1F", "syntax", "1:1"),
    "an underscore": (b"1_000", "syntax", "1:1"),
    "two points": (b"1.2.3", "syntax", "1:1"),
    "too many digits": (b"[" + b"9" * 5000 + b"]", "syntax", "1:2"),
    # comments
    "a comment": (b"// x\n1", "syntax", "1:1"),
    "a comment inside": (b"[1, /* x */ 2]", "syntax", "1:5"),
    "a comment after a value": (b"[1 # x\n]", "syntax", "1:4"),
    # encoding
    "invalid UTF-8": (b'{"caf\xe9": 1}', "encoding", "1:6"),
    "invalid UTF-8 outside a string": (b"[1,\xff]", "encoding", "1:4"),
    "truncated UTF-8": (b'"\xe4\xb8', "encoding", "1:2"),
    "a surrogate in UTF-8": (b'"\xed\xa0\x80"', "encoding", "1:2"),
    "overlong UTF-8": (b'"\xc0\xaf"', "encoding", "1:2"),
    "invalid UTF-8 after the value": (b"[1]\n\xff", "encoding", "2:1"),
    "UTF-16": ("\ufeff[1]".encode("utf-16-le"), "encoding", "1:1"),
    "UTF-16 big endian": ("\ufeff[1]".encode("utf-16-be"), "encoding", "1:1"),
    "UTF-32": ("\ufeff[1]".encode("utf-32-le"), "encoding", "1:1"),
    "UTF-32 big endian": ("\ufeff[1]".encode("utf-32-be"), "encoding", "1:1"),
    "a lone surrogate in a str": ('["\ud800"]', "encoding", "1:3"),
    # numbers that are not finite
    "NaN": (b"[NaN]", "nonFinite", "1:2"),
    "Infinity": (b"Infinity", "nonFinite", "1:1"),
    "minus infinity": (b'{"a": -Infinity}', "nonFinite", "1:7"),
    "too large": (b"[1, 1e400]", "nonFinite", "1:5"),
    "too large, with signs": (b"-1.5E+309", "nonFinite", "1:1"),
    "too large without an exponent": (b"[" + b"9" * 310 + b".0]", "nonFinite", "1:2"),
    "too large with a short exponent": (b"9" * 250 + b"e99", "nonFinite", "1:1"),
    "too large by its last digits": (b"1.7976931348623159e308", "nonFinite", "1:1"),
    "too large with zeros": (b"1e000000400", "nonFinite", "1:1"),
    # lone surrogates
    "a high surrogate": (b'["\\ud800"]', "loneSurrogate", "1:3"),
    "a low surrogate": (b'"ab\\uDC00"', "loneSurrogate", "1:4"),
    "two high surrogates": (b'"\\ud83d\\ud83d\\ude00"', "loneSurrogate", "1:2"),
    "a surrogate in a key": (b'{"\\ud800":1}', "loneSurrogate", "1:3"),
    "a surrogate after a pair": (b'"\\ud83d\\ude00\\ude00"', "loneSurrogate", "1:14"),
    "a surrogate after backslashes": (b'"\\\\\\\\\\ud800"', "loneSurrogate", "1:6"),
    # trailing data
    "two values": (b"1 2", "trailingData", "1:3"),
    "two lines": (b'{"a":1}\n{"a":2}\n', "trailingData", "2:1"),
    "a bracket too many": (b"[1]]", "trailingData", "1:4"),
    "a comma after": (b"{},", "trailingData", "1:3"),
    "a trailing comment": (b"1 // x", "trailingData", "1:3"),
    # depth
    "deep arrays": (b"[" * 201 + b"1" + b"]" * 201, "depth", "1:201"),
    "deep objects": (b'{"a":' * 201 + b"1" + b"}" * 201, "depth", "1:1001"),
    "very deep": (b"[" * 100_000, "depth", "1:201"),
}

# A JSON text with two kinds of errors, and the code and place of the first.
FIRST_ERRORS = {
    "comma, then encoding": (b'[1,,"\xff"]', "syntax", "1:4"),
    "encoding, then comma": (b'["\xff",,]', "encoding", "1:3"),
    "surrogate, then encoding": (b'["\\ud800\xff"]', "loneSurrogate", "1:3"),
    "encoding, then surrogate": (b'["\xff\\ud800"]', "encoding", "1:3"),
    "encoding, then control": (b'["a\xff\x01"]', "encoding", "1:4"),
    "control, then encoding": (b'["\x01\xff"]', "syntax", "1:3"),
    "too large, then comma": (b'[{"a":[1e400]},,]', "nonFinite", "1:8"),
    "comma, then too large": (b"[1,,1e400]", "syntax", "1:4"),
    "duplicate key, then too large": (b'[{"a":1,"a":2},1e400]', "nonFinite", "1:16"),
    "depth, then encoding": (b"[" * 300 + b"\xff", "depth", "1:201"),
    "duplicate key, then comma": (b'{"a":1,"a":2,}', "syntax", "1:13"),
}

VALID = (
    b"0",
    b"-0",
    b"-0.0",
    b"1E-400",
    b"0e999999",
    b"1.7976931348623157e308",
    b" \r\n\t[ ]\n",
    b'""',
    b'"\\u0000\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\\uFFFF"',
    b'"\x7f"',
    '"\u2028\U0001f600\ufeff"'.encode(),
    b'{"":{"":[]},"\\u0061":1,"A":2}',
    b'"3e400 0x1 NaN ,] {"',
    b"[" * 200 + b"1" + b"]" * 200,
    b"[" * 201 + b"]" * 201,
)


def codes_and_places(document: Document) -> list[tuple[str, str]]:
    """Return the code and place of each error."""
    return [(error.code, str(error.place)) for error in document.errors]


def large_array(record: bytes, separator: bytes = b",") -> bytes:
    """Return an array that is too large to be walked at once, with *record* near its end."""
    valid = '{"name": "Größe 😀", "n": [1, {"m": null}], "x": -1.5}'.encode()
    return b"[" + separator.join([valid] * 3000 + [record, valid, valid]) + b"]"


def parse_strictly(data: bytes) -> tuple[bool, Any]:
    """Return whether a text is valid JSON, and its value, by the standard library."""

    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError(pairs)
        return dict(pairs)

    def reject(number: str) -> None:
        raise ValueError(number)

    try:
        text = data.decode()
        if text.startswith("\ufeff"):
            return False, None
        value = json.loads(text, object_pairs_hook=distinct, parse_constant=reject)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False, None
    return True, value


# -- JSON: errors --------------------------------------------------------------------------------


@table(("text", "code", "place"), ERRORS.values())
def test_error(text: bytes | str, code: str, place: str) -> None:
    """Invalid JSON has one error, with a code, a place and a message; and no value."""
    document = parse(text)
    assert codes_and_places(document) == [(code, place)]
    assert document.value is None
    assert not document.readable
    error = document.errors[0]
    assert error.code in SYNTAX_CODES
    assert error.limit is None
    assert error.actual is None
    assert error.detail


@pytest.mark.parametrize(("text", "code", "place"), FIRST_ERRORS.values(), ids=FIRST_ERRORS)
def test_first_error(text: bytes, code: str, place: str) -> None:
    """Of several errors the first in the text is reported."""
    assert codes_and_places(parse(text)) == [(code, place)]


@table("text", VALID)
def test_valid_text(text: bytes) -> None:
    """A valid text has no error, and the value that the standard library reads."""
    document = parse(text)
    assert document.errors == ()
    assert document.readable
    assert repr(document.value) == repr(json.loads(text))


@table("digits", [1, 19, 20, 400, 4299])
@table("sign", ["", "-"])
def test_integer_of_any_size(digits: int, sign: str) -> None:
    """An integer keeps every digit."""
    assert parse(sign + "7" * digits).value == int(sign + "7" * digits)


def test_float_type() -> None:
    """A number with a point or an exponent is a float, and no other."""
    assert [type(each) for each in parse("[1, 1.0, 1e2, -0]").value] == [int, float, float, int]


@pytest.mark.parametrize("text", ["1", b"1", bytearray(b"1"), memoryview(b"1")])
def test_types_of_text(text: Any) -> None:
    """A text is str, or bytes of any kind."""
    assert parse(text) == Document(None, b"1", "json", 1)


def test_unknown_format() -> None:
    """There are two formats."""
    with pytest.raises(ValueError, match="'json' or 'yaml'"):
        parse("1", format="toml")


@table("text", [text for text, _, _ in ERRORS.values()])
def test_detail_discloses_no_value(text: bytes | str) -> None:
    """The message of an error is short and has no part of the document."""
    private = "hunter2horse"
    for format_ in ("json", "yaml"):
        full = f'{{"{private}": "{private}", "b": '.encode() + parse(text).data
        for error in parse(full, format=format_).errors:
            assert private not in error.message
            assert len(error.message) < 100


@table(
    ("text", "pointer"),
    [
        (b'{"a":[1,{"b/~":tru}]}', "/a/1/b~1~0"),
        (b'{"a":{"b":"\x01"}}', "/a/b"),
        (b'{"a":{"b":1 "c":2}}', "/a"),
        (b'{"a":{"b":1,}}', "/a"),
        (b'{"a":{"b":1,c:2}}', "/a"),
        (b'{"a" 1}', "/a"),
        (b"[[1],[1e400]]", "/1/0"),
    ],
)
def test_pointer(text: bytes, pointer: str) -> None:
    """An error points at the value it is in, one between two members at their object."""
    assert [error.pointer for error in parse(text).errors] == [pointer]


# -- JSON: byte order mark, duplicate keys ---------------------------------------------------------


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_byte_order_mark(format_: str) -> None:
    """A byte order mark is an error, but counts as no column and is no part of the value."""
    document = parse(BOM + b'{"a": 1}\n', format=format_)
    assert codes_and_places(document) == [("byteOrderMark", "1:1")]
    assert document.readable
    assert document.value == {"a": 1}
    assert document.places([(("a",), True)]) == {(("a",), True): Place(1, 2)}
    assert document.lines([1]) == {1: '{"a": 1}'}


def test_byte_order_mark_and_error() -> None:
    """A byte order mark is reported in addition to the error that leaves no value."""
    document = parse(BOM + b"[1,]")
    assert codes_and_places(document) == [("byteOrderMark", "1:1"), ("syntax", "1:3")]
    assert not document.readable


@table(
    ("text", "value", "errors"),
    [
        ('{"a":1,"b":2,"a":3}', {"a": 3, "b": 2}, ["1:14 /a"]),
        ('{"a":1,"a":2,"a":3}', {"a": 3}, ["1:8 /a", "1:14 /a"]),
        ('{"a":1,"\\u0061":2}', {"a": 2}, ["1:8 /a"]),
        ('{"é":1,"\\u00e9":2}', {"é": 2}, ["1:8 /é"]),
        ('{"Ã©":1,"é":2}', {"Ã©": 1, "é": 2}, []),
        ('{"😀":{"x":1,\n"x":2}}', {"😀": {"x": 2}}, ["2:1 /😀/x"]),
        (
            '[{"":1,"":2},{"a":[{"b":1,"b":2}],"a":0}]',
            None,
            ["1:8 /0/", "1:27 /1/a/0/b", "1:35 /1/a"],
        ),
    ],
)
def test_duplicate_key(text: str, value: Any, errors: list[str]) -> None:
    """Every repetition of a key is an error; the value is that of the last."""
    document = parse(text)
    assert [f"{error.place} {error.pointer}" for error in document.errors] == errors
    assert {error.code for error in document.errors} <= {"duplicateKey"}
    assert document.readable
    assert document.value == (json.loads(text) if value is None else value)


@pytest.mark.parametrize("message", ["", "twice at line 1 column 11", "twice", "Duplicate key"])
def test_duplicate_key_with_any_message(message: str) -> None:
    """Duplicate keys are found whatever the message of jiter is."""
    value, errors = json_text.read(b'{"a":1,"a":[{"b":1,"b":2}]}', message)
    assert value == {"a": [{"b": 2}]}
    assert [error.path for error in errors] == [("a",), ("a", 0, "b")]


def test_error_of_jiter_only() -> None:
    """A text that only jiter rejects has an error with its message and its place."""
    with pytest.raises(DocumentError) as caught:
        json_text.read(b'{"a":\n1}', "not today at line 2 column 1")
    assert (caught.value.code, caught.value.offset, caught.value.detail) == (
        "syntax",
        6,
        "not today",
    )


def test_duplicate_key_is_shortened() -> None:
    """At most 60 characters of a duplicate key are kept as the actual value."""
    key = "k" * 100
    (error,) = parse(f'{{"{key}":1,"{key}":2}}').errors
    assert error.actual == key[:60]
    assert error.pointer == f"/{key}"


@pytest.mark.parametrize("text", [b'{"a":1,"a":2', b'{"a":1,"a":2} x', b'{"a":1,"a":NaN}'])
def test_duplicate_key_in_invalid_text(text: bytes) -> None:
    """If there is no value, no duplicate key is reported."""
    (error,) = parse(text).errors
    assert error.code != "duplicateKey"


# -- JSON: large and hostile texts ---------------------------------------------------------------


@table("separator", [b",", b",\n", b"\r\n , \r\n"])
@table(
    ("record", "code", "column"),
    [
        (b'{"a": 1,}', "syntax", 8),
        (b'{"a": "\\ud800"}', "loneSurrogate", 8),
        (b'{"a": "\xff"}', "encoding", 8),
        (b'{"a": [{"b": 1e400}]}', "nonFinite", 14),
        (b'{"a": 1, "a": 2}', "duplicateKey", 10),
        (b'{"a": [NaN]}', "nonFinite", 8),
        (b'{"a": ' + b"[" * 200 + b"1" + b"]" * 200 + b"}", "depth", 205),
    ],
)
def test_error_far_into_a_text(record: bytes, code: str, column: int, separator: bytes) -> None:
    """An error after very many valid values has the right place and pointer."""
    data = large_array(record, separator)
    (error,) = parse(data).errors
    before = data[: data.index(record)].decode().split("\n")
    assert error.code == code
    assert error.place == Place(len(before), len(before[-1]) + column)
    assert error.pointer.startswith("/3000")


@table("item", ["1.5", "true", '"a,b"', '"é"', "[]", '{"a":[1]}', "1e5"])
@table("separator", [",", " ,\n"])
def test_error_after_many_items(item: str, separator: str) -> None:
    """Items are counted one by one, however many are skipped together."""
    text = f"[{separator.join([item] * 999 + ['x'])}]"
    (error,) = parse(text).errors
    assert error.pointer == "/999"
    before = text[: text.index("x")].split("\n")
    assert error.place == Place(len(before), len(before[-1]) + 1)
    assert parse(text.replace("x", "1")).places([((999,), False)]) == {((999,), False): error.place}


@table(
    ("text", "code"),
    [
        (b"[" * 1_000_000, "depth"),
        (b'{"a":' * 1_000_000, "depth"),
        (b'"' + b"a" * 5_000_000, "syntax"),
        (b'"' + b"\\n" * 1_000_000, "syntax"),
        (b'"' + b"\\ud83d\\ude00" * 100_000 + b'\\ud800"', "loneSurrogate"),
        (b"9" * 5_000_000, "syntax"),
        (b"9" * 1_000_000 + b".5", "nonFinite"),
        (b"-" * 1_000_000, "syntax"),
        (b"\\" * 1_000_000, "syntax"),
        (b'"' * 1_000_000, "trailingData"),
        (b" " * 1_000_000, "syntax"),
        (b'["' + b"\xff" * 1_000_000, "encoding"),
        (b"[" * 199 + b'{"a":1},' * 100_000 + b"x", "syntax"),
        (b"[" + (b"[" * 150 + b'{"a":1},' * 100 + b"1" + b"]" * 150 + b",") * 300 + b"x", "syntax"),
    ],
)
def test_hostile_text(text: bytes, code: str) -> None:
    """A long text that is invalid throughout has only its first error."""
    assert [error.code for error in parse(text).errors] == [code]


def test_many_duplicate_keys() -> None:
    """Each of very many duplicate keys is an error."""
    document = parse(b"{" + b'"a":1,' * 20_000 + b'"a":2}')
    assert len(document.errors) == 20_000
    assert document.errors[-1].place == Place(1, 2 + 6 * 20_000)
    assert document.value == {"a": 2}


# -- JSON: compared with the standard library -----------------------------------------------------

TOKENS = (
    *'"\\,:[]{}\n\t -.0e1',
    *("NaN", "1e400", "null", "true", '"a":1,', '"a":', "[]", "{}", "\\u00e9", "\\ud800"),
    *("\\ud83d\\ude00", "//", "'", "\r\n", "é", "😀", "\ufeff"),
)
names = st.sampled_from(["a", "b", "é", "", "a\n", "/~"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
tokens = st.sampled_from([token.encode() for token in TOKENS]) | st.binary(min_size=1, max_size=1)
edits = st.tuples(st.floats(0, 1), st.integers(0, 3), tokens | st.just(b""))


def edited(value: Any, changes: list[tuple[float, int, bytes]], **options: Any) -> bytes:
    """Return the text of a value, in which parts are replaced."""
    data = json.dumps(value, **options).encode()
    for where, length, token in changes:
        at = int(where * len(data))
        data = data[:at] + token + data[at + length :]
    return data


@settings(max_examples=examples(1500))
@given(values, st.lists(edits, max_size=3), st.booleans(), st.sampled_from([None, 1]))
@example({"a": [1]}, [(0.0, 0, BOM)], True, None)
def test_like_the_standard_library(
    value: Any, changes: list[tuple[float, int, bytes]], ascii_: bool, indent: int | None
) -> None:
    """Valid JSON has no error and the right value; other text has errors with places in it."""
    data = edited(value, changes, ensure_ascii=ascii_, indent=indent)
    document = parse(data)
    valid, expected = parse_strictly(data)
    assert (document.errors == ()) is valid
    if valid:
        assert repr(document.value) == repr(expected)
    rows = data.removeprefix(BOM).split(b"\n")
    for error in document.errors:
        assert error.place is not None
        assert 1 <= error.place.line <= len(rows)
        row = rows[error.place.line - 1].decode(errors="surrogateescape")
        assert 1 <= error.place.column <= len(row) + 1


@settings(max_examples=examples(500))
@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_places_of_everything(value: Any, ascii_: bool, indent: int | None) -> None:
    """The text of a value or key starts at its place, which is the same in YAML."""
    text = json.dumps(value, ensure_ascii=ascii_, indent=indent)
    targets = list(all_paths((), value))
    places = parse(text).places(targets)
    rows = text.split("\n")
    for (path, of_key), place in places.items():
        rest = "\n".join([rows[place.line - 1][place.column - 1 :], *rows[place.line :]])
        found, _ = json.JSONDecoder().raw_decode(rest)
        assert repr(found) == repr(path[-1] if of_key else at_path(value, path))
    as_yaml = parse(text, format="yaml")
    if not as_yaml.errors:
        assert repr(as_yaml.value) == repr(json.loads(text))
        assert as_yaml.places(targets) == places


def all_paths(path: tuple[str | int, ...], value: Any) -> Any:
    """Yield every path of a value, and whether it is that of a key."""
    yield path, False
    if path and isinstance(path[-1], str):
        yield path, True
    items = (
        value
        if isinstance(value, dict)
        else dict(enumerate(value if isinstance(value, list) else ()))
    )
    for step, each in items.items():
        yield from all_paths((*path, step), each)


def at_path(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return what is at a path."""
    for step in path:
        value = value[step]
    return value


@pytest.mark.skipif(
    not SUITE.is_dir(), reason="FIELDBOUND_SUITES is not set to the folder of the suites"
)
def test_json_test_suite() -> None:
    """JSONTestSuite: y_ is valid but for duplicate keys, n_ is invalid, i_ never crashes."""
    files = sorted(SUITE.glob("*.json"))
    assert len(files) > 300
    for file in files:
        document = parse(file.read_bytes())
        if file.name.startswith("y_"):
            assert document.readable, file.name
            assert bool(document.errors) is ("duplicated_key" in file.name), file.name
        if file.name.startswith("n_"):
            assert document.errors, file.name
            assert not document.readable, file.name
        assert all(error.place is not None for error in document.errors), file.name
        parse(file.read_bytes(), format="yaml")


# -- places and lines ----------------------------------------------------------------------------

TEXT = '{\r\n\t"größe": [1, {"😀": "x", "b" : null}],\r\n  "b": 2\r\n}'


@table(
    ("path", "of_key", "place"),
    [
        ((), False, "1:1"),
        ((), True, "1:1"),
        (("größe",), True, "2:2"),
        (("größe",), False, "2:11"),
        (("größe", 0), False, "2:12"),
        (("größe", 0), True, "2:12"),
        (("größe", 1), False, "2:15"),
        (("größe", 1, "b"), True, "2:26"),
        (("größe", 1, "b"), False, "2:32"),
        (("b",), True, "3:3"),
        (("b",), False, "3:8"),
        (("c",), False, "1:1"),
        (("c",), True, "1:1"),
        (("größe", 2), False, "2:11"),
        (("größe", 1, "c", "d"), True, "2:15"),
        (("größe", "0"), False, "2:11"),
        (("b", "x"), False, "3:8"),
        ((0,), False, "1:1"),
    ],
)
@table("format_", ["json", "yaml"])
def test_place(path: tuple[str | int, ...], of_key: bool, place: str, format_: str) -> None:
    """A value or key has the place of its first character; a missing one, of its ancestor."""
    if format_ == "yaml":  # no tabs before the first key; the columns are the same
        document = parse(TEXT.replace("\t", " ").replace('" :', '": '), format="yaml")
    else:
        document = parse(TEXT)
    assert str(document.places([(path, of_key)])[path, of_key]) == place


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_place_with_duplicate_keys(format_: str) -> None:
    """Of duplicate keys, the place is that of the last one, whose value is checked."""
    text = '{"a": {"x": 1, "y": [1, 2]}, "b": 1, "a": {"x": 2, "y": [3]}}'
    targets = [
        (("a",), True),
        (("a", "x"), False),
        (("a", "y", 0), False),
        (("a", "y", 1), False),
        (("a", "z"), False),
    ]
    places = parse(text, format=format_).places(targets)
    assert [place.column for place in places.values()] == [38, 49, 58, 57, 43]
    flat = parse('{"a": {"x": 1}, "a": 2}', format=format_)
    assert flat.places([(("a", "x"), False)]) == {(("a", "x"), False): Place(1, 22)}


def test_place_far_into_a_text() -> None:
    """Places after very many values are exact, and found in one pass."""
    data = large_array(b'{"a": [0, {"b": "c"}]}')
    start = len(data[: data.index(b'{"a"')].decode())
    targets = [((3000, "a", 1, "b"), True), ((3000,), False), ((3000, "a", 0), False), ((), False)]
    places = parse(data).places(targets)
    assert [place.column for place in places.values()] == [start + 12, start + 1, start + 8, 1]


def test_no_places() -> None:
    """Without targets nothing is located; in an unreadable text, all places are its start."""
    assert parse("[1]").places([]) == {}
    assert parse("[1").places([((0,), False)]) == {((0,), False): Place(1, 1)}


@table(
    ("data", "numbers", "lines"),
    [
        (b"a\nb\r\n\nd", [1, 2, 3, 4], {1: "a", 2: "b", 3: "", 4: "d"}),
        (b"a\nb\n", [3, 2, 2], {2: "b", 3: ""}),
        (b"a\nb", [0, -1, 3, 9], {}),
        (b"a\rb", [1], {1: "a\rb"}),
        ("é\n😀".encode(), [2], {2: "😀"}),
        (b"\xff\n", [1], {1: "\ufffd"}),
        (b"", [1], {1: ""}),
        (BOM + b"a\nb", [1, 2], {1: "a", 2: "b"}),
    ],
)
def test_lines(data: bytes, numbers: list[int], lines: dict[int, str]) -> None:
    """Lines are split at line feeds, come without them, and are omitted if they do not exist."""
    assert parse(data).lines(numbers) == lines


def test_a_huge_line_is_omitted() -> None:
    """The line of a huge file without line ends is not copied to show it."""
    huge = b'["' + b"x" * 2_000_000 + b'"]'
    assert parse(b"1\n" + huge).lines([1, 2]) == {1: "1"}


# -- YAML ----------------------------------------------------------------------------------------


@pytest.fixture(params=["libyaml", "python"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read YAML with libyaml, if there is one, and without."""
    if request.param == "python":
        monkeypatch.delattr(yaml, "CBaseLoader", raising=False)
    return str(request.param)


@pytest.mark.usefixtures("reader")
@table(
    ("text", "value"),
    [
        *((word, word) for word in ("Y", "N", "yes", "No", "on", "OFF", "y", "tRUE", "nULL", "=")),
        *((word, word) for word in ("2024-01-31", "12:30:45", "1_000", "0b11", "1e", ".", "-x")),
        *((word, word) for word in ("0o8", "0xG", "+0x1", "1 2", "NaN", "inf", "0o", "e5", "+.e3")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("null", "Null", "NULL", "~", "---\n", "# x\n---\n")),
        *(
            ("0", 0),
            ("-12", -12),
            ("+12", 12),
            ("0123", 123),
            ("0o17", 15),
            ("0x1F", 31),
            ("-0", 0),
        ),
        *(("1.", 1.0), (".5", 0.5), ("-1.5e3", -1500.0), ("1e3", 1000.0), ("+.5E-1", 0.05)),
        *(("'1'", "1"), ('"true"', "true"), ("''", ""), ('"\\u00e9"', "é"), ("! 12", "12")),
        *(("|\n a\n b\n", "a\nb\n"), (">-\n a\n b\n", "a b"), ("a\n b", "a b"), ("|\n 1\n", "1\n")),
        *(
            ("!!str 1", "1"),
            ("!!str", ""),
            ("!!int '1'", 1),
            ("!!float 1", 1.0),
            ("!!null ''", None),
        ),
        *(
            ("!!bool 'true'", True),
            ("!!map {a: 1}", {"a": 1}),
            ("!!seq [1]", [1]),
            ("!!float 0x1F", 31.0),
        ),
        ("a: 1\nb:\n- x\n- y: ~\n  z:\n", {"a": 1, "b": ["x", {"y": None, "z": None}]}),
        ("{a: 1, 'b': [x, {c}]}", {"a": 1, "b": ["x", {"c": None}]}),
        (
            "1: a\ntrue: b\n~: c\n0x1F: d\n.inf: e",
            {"1": "a", "true": "b", "~": "c", "0x1F": "d", ".inf": "e"},
        ),
        ("? a\n: 1\n? b\n", {"a": 1, "b": None}),
        ("'<<': 1\na: <<", {"<<": 1, "a": "<<"}),
        ("a: &x [1]\nb: *x\nc: {d: *x}", {"a": [1], "b": [1], "c": {"d": [1]}}),
        ("- &x 1\n- &x 2\n- *x", [1, 2, 2]),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("- &k key\n- {*k : v}", ["key", {"key": "v"}]),
        ("%YAML 1.2\n---\nno\n...\n", "no"),
        ("9" * 4300, int("9" * 4300)),
        ("[" * 200 + "1" + "]" * 200, json.loads("[" * 200 + "1" + "]" * 200)),
    ],
)
def test_yaml_value(text: str, value: Any) -> None:
    """A scalar is resolved by its tag or the core schema of YAML 1.2, or else it is a string."""
    document = parse(text, format="yaml")
    assert document.errors == ()
    assert repr(document.value) == repr(value)


@pytest.mark.usefixtures("reader")
@table(
    ("text", "code", "place", "word"),
    [
        ("", "syntax", "1:1", "empty"),
        ("# nothing\n", "syntax", "1:1", "empty"),
        ("a: .inf", "nonFinite", "1:4", "finite"),
        ("a: [1, -.INF]", "nonFinite", "1:8", "finite"),
        (".NaN", "nonFinite", "1:1", "finite"),
        ("a: 1e400", "nonFinite", "1:4", "finite"),
        ("!!float " + "9" * 400, "nonFinite", "1:9", "finite"),
        ("9" * 5000, "syntax", "1:1", "digits"),
        ("0x" + "f" * 5000, "syntax", "1:1", "digits"),
        ("a: !color red", "syntax", "1:11", "!color"),
        ("a: !!timestamp 2024-01-31", "syntax", "1:16", "!!timestamp"),
        ("!!set {a}", "syntax", "1:7", "!!set"),
        ("!!binary eA==: 1", "syntax", "1:10", "!!binary"),
        ("!!map [1]", "syntax", "1:7", "!!map"),
        ("!!int x", "syntax", "1:7", "!!int"),
        ("!<str> x", "syntax", "1:8", "tag str"),
        ("!!bool 1", "syntax", "1:8", "!!bool"),
        ("a:\n  <<: {b: 1}", "syntax", "2:3", "merge"),
        ("? [a]\n: 1", "syntax", "1:3", "key"),
        ("{{a: 1}: 2}", "syntax", "1:2", "key"),
        ("a: &x [1]\n*x : 1", "syntax", "2:1", "key"),
        ("- *x", "syntax", "1:3", "anchor"),
        ("a: &x [1, *x]", "syntax", "1:11", "alias"),
        ("a: &x\n  b: {c: *x}", "syntax", "2:10", "alias"),
        ("--- a\n--- b", "trailingData", "2:1", "document"),
        ("a\n...\nb: 1", "trailingData", "3:1", "keep one"),
        ("[1]]", "trailingData", "1:4", "keep one"),
        ("[" * 201 + "1" + "]" * 201, "depth", "1:201", "200"),
        ("- " * 300, "depth", "1:401", "200"),
        (
            "- &x " + "[" * 150 + "1" + "]" * 150 + "\n- " + "[" * 60 + "*x" + "]" * 60,
            "depth",
            "2:63",
            "200",
        ),
        ("{a: " * 1_001 + "1" + "}" * 1_001, "depth", "1:801", "200"),
        ("a: [" + "[" * 1_001, "depth", "1:203", "200"),
        ("# c\n\ufeffa: 1\nb: 2", "syntax", "2:1", "byte order mark (U+FEFF)"),
        ("# c\n\ufeffa: 1", "syntax", "2:1", "byte order mark (U+FEFF)"),
        ("a: 1\n\ufeffb: 2", "syntax", "2:1", "byte order mark (U+FEFF)"),
        ("---\n\ufeffa: 1", "syntax", "2:1", "byte order mark (U+FEFF)"),
        ("a:\n\t- b", "syntax", "2:1", "tab"),
        ("a: b: c", "syntax", "1:5", "quote a string"),
        ("a: 1\n  b: 2", "syntax", "2:4", "indent"),
        ("- a\nb: c", "syntax", "2:1", "indent"),
        ("a: [1, 2", "syntax", "1:9", "]"),
        ("{a: 1", "syntax", "1:6", "}"),
        ("a: 'x", "syntax", "1:4", "quotes"),
        ("a: 'it's'", "syntax", "1:8", "quoted string"),
        ("a:\n - b\n  - c\n d: 1", "syntax", "4:2", "indent"),
        ("a: @x", "syntax", "1:4", "quote it"),
        ('"\\q"', "syntax", "1:", "escape"),
        ("%YAML 2.0\n---\n1", "syntax", "1:1", "directive"),
        ("%TAG !a! b\n" * 200 + "---\n1", "syntax", "1:1", "directives"),
        ("a: b\x07", "syntax", "1:5", "U+0007"),
        ("a: b\u2028c", "syntax", "1:5", "U+2028"),
        ("a: b: c\n\x07", "syntax", "1:5", "quote a string"),
        (b"a: \xff", "encoding", "1:4", "UTF-8"),
        (b'a: "\xff', "encoding", "1:5", "UTF-8"),
        (b"a: b: c\n\xff", "syntax", "1:5", "quote a string"),
        (b"\xff\xfea\0", "encoding", "1:1", "UTF-16"),
    ],
)
def test_yaml_error(text: str | bytes, code: str, place: str, word: str) -> None:
    """Invalid YAML, or YAML that is not JSON, has one error with a place and a message."""
    document = parse(text, format="yaml")
    (error,) = document.errors
    assert error.code == code
    assert str(error.place).startswith(place)
    assert word in error.message
    assert document.value is None
    assert not document.readable


@pytest.mark.thorough
@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("text", ["[" * 1_001 + "]" * 1_001, "[" * 100_000], ids=len)
def test_very_deep_yaml(text: str) -> None:
    """However deep it is, there is one error, where it becomes too deep."""
    (error,) = parse(text, format="yaml").errors
    assert (error.code, str(error.place)) == ("depth", "1:201")


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("escape", ["\\ud800", "\\uDFFF"])
def test_yaml_lone_surrogate(escape: str) -> None:
    """A lone surrogate is an error in YAML, too."""
    (error,) = parse(f'a: "{escape}"', format="yaml").errors
    assert error.code == "loneSurrogate"
    assert error.place is not None
    assert error.place.line == 1


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("nested", ["a: &a [1,1,1,1,1,1,1,1,1,1]", f"a: &a ['{'x' * 10_000}']"])
def test_yaml_aliases_have_a_limit(nested: str) -> None:
    """Aliases that would expand a text excessively are an error."""
    lines, before = [nested], "a"
    for name in "bcdefghijklmnop":
        lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]")
        before = name
    (error,) = parse("\n".join(lines), format="yaml").errors
    assert error.code == "syntax"
    assert "aliases" in error.message


@pytest.mark.usefixtures("reader")
@table(
    ("text", "value", "errors"),
    [
        ("a: 1\nb: 2\na: 3\n", {"a": 3, "b": 2}, ["3:1 /a"]),
        ("1: x\n'1': y\n\"1\": z", {"1": "z"}, ["2:1 /1", "3:1 /1"]),
        ("- {é: 1, é: 2}", [{"é": 2}], ["1:10 /0/é"]),
        ("&k a: 1\n*k : 2", {"a": 2}, ["2:1 /a"]),
    ],
)
def test_yaml_duplicate_key(text: str, value: Any, errors: list[str]) -> None:
    """Keys with the same text are duplicates, however they are written."""
    document = parse(text, format="yaml")
    assert [f"{error.place} {error.pointer}" for error in document.errors] == errors
    assert document.value == value
    assert document.readable


BLOCK = """\
# x
size: &a !!str 12\r
list:
  - {é: 1, b: 2}
  - - |
      x
  - *a
? key
: &c # x
  y: z
"""


@pytest.mark.usefixtures("reader")
@table(
    ("path", "of_key", "place"),
    [
        ((), False, "2:1"),
        (("size",), True, "2:1"),
        (("size",), False, "2:16"),
        (("list",), False, "4:3"),
        (("list", 0), False, "4:5"),
        (("list", 0, "b"), True, "4:12"),
        (("list", 0, "b"), False, "4:15"),
        (("list", 1), False, "5:5"),
        (("list", 1, 0), False, "5:7"),
        (("list", 2), False, "7:5"),
        (("key",), True, "8:3"),
        (("key",), False, "10:3"),
        (("key", "y"), False, "10:6"),
        (("key", "n"), False, "10:3"),
    ],
)
def test_yaml_place(path: tuple[str | int, ...], of_key: bool, place: str) -> None:
    """A value has the place of its first character after anchor and tag, an alias its own."""
    assert str(parse(BLOCK, format="yaml").places([(path, of_key)])[path, of_key]) == place


PARTS = "- |\n|\n  |: |a|&a |*a|!!str |!!int |#|---\n|? |\"|'|{|}|[|]|, |\t|%|<<|\0|.inf|1|\r\n|\\u"


@pytest.mark.usefixtures("reader")
@settings(max_examples=examples(300))
@given(st.lists(st.sampled_from([*PARTS.split("|"), "|\n", ">\n"]), max_size=12))
def test_any_yaml(parts: list[str]) -> None:
    """Any text is valid YAML or has an error with a place in it."""
    text = "".join(parts)
    document = parse(text, format="yaml")
    rows = text.split("\n")
    for error in document.errors:
        assert error.place is not None
        assert 1 <= error.place.line <= len(rows)
        assert 1 <= error.place.column <= len(rows[error.place.line - 1]) + 1


# -- files and Documents -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "format_", "expected", "value"),
    [
        ("a.json", None, "json", None),
        ("a.yaml", None, "yaml", {"a": "no"}),
        ("a.YML", None, "yaml", {"a": "no"}),
        ("a.txt", None, "json", None),
        ("a.json", "yaml", "yaml", {"a": "no"}),
        ("a.yaml", "json", "json", None),
    ],
)
def test_read(tmp_path: Path, name: str, format_: str | None, expected: str, value: Any) -> None:
    """The suffix of a file name determines the format, unless it is given."""
    (tmp_path / name).write_bytes(b"a: no\n")
    for path in (tmp_path / name, str(tmp_path / name)):
        document = read(path, format=format_)
        assert document.name == str(tmp_path / name)
        assert document.data == b"a: no\n"
        assert document.format == expected
        assert document.value == value


@pytest.mark.parametrize(("name", "error"), [("none", FileNotFoundError), ("", IsADirectoryError)])
@pytest.mark.skipif(os.name == "nt", reason="Windows has another error for a directory")
def test_unreadable_file(tmp_path: Path, name: str, error: type[OSError]) -> None:
    """A file that cannot be opened raises the OSError."""
    with pytest.raises(error):
        read(tmp_path / name)


@pytest.mark.parametrize("text", ['{"a": [1]}', "[1,]", '{"a":1,"a":2}'])
def test_document_is_a_value(text: str) -> None:
    """A Document is frozen, compares and pickles by value, and its repr has no text."""
    document = parse(text, name="a.json")
    assert document == parse(text, name="a.json")
    assert document != parse(text)
    assert hash(document) == hash(parse(text, name="a.json"))
    assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301
    assert type(document) is Document
    assert "data" not in repr(document)
    with pytest.raises(AttributeError):
        document.value = 1  # type: ignore[misc]


def test_numbers_that_look_too_large() -> None:
    """Text that looks like a number too large for a double is accepted if it is none."""
    document = parse('["1e400", 1e-400, 12e000, "' + "0" * 400 + '"]')
    assert document.errors == ()
    assert all(math.isfinite(each) for each in document.value[1:3])


@table("text", [b"{", b'"\xff"', b"[NaN]", b"[1e999]", b'{"a":1,"a":2}', BOM + b"1"])
def test_errors_leave_no_reference_cycle(text: bytes) -> None:
    """Parsing millions of invalid texts without garbage collection needs no more memory."""
    parse(text)
    gc.collect()
    gc.freeze()  # what was there is in no garbage: it need not be looked through again
    gc.disable()
    try:
        assert parse(text).errors
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_loads_is_a_document() -> None:
    """A text of JSON or YAML becomes a Document, whose violations have places."""
    contract = fieldbound.Contract({"properties": {"a": {"maximum": 1}}})
    for text, format in (('{"a": 2}', "json"), (b'{"a": 2}', "json"), ("a: 2", "yaml")):  # noqa: A001
        document = fieldbound.loads(text, format=format, name="here")
        (violation,) = contract.check(document)
        assert (document.value, document.name) == ({"a": 2}, "here")
        assert str(violation.place) == ("1:4" if format == "yaml" else "1:7")
    (error,) = fieldbound.loads('{"a": }').errors
    assert (error.code, str(error.place)) == ("syntax", "1:7")


@pytest.mark.parametrize(
    ("text", "format", "error"), [({"a": 1}, "json", TypeError), ("{}", "toml", ValueError)]
)
def test_loads_rejects_other_arguments(text: Any, format: Any, error: type[Exception]) -> None:  # noqa: A002
    """What is no text, and another format than JSON and YAML, is an error that says so."""
    with pytest.raises(error, match=r"must be .* not "):
        fieldbound.loads(text, format=format)
