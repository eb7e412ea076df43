"""Lines that are parsed many at once have the same values as each of them alone."""

from __future__ import annotations

import json
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

import fieldbound
from fieldbound import bulk
from fieldbound.bulk.inputs import fast_json
from fieldbound.bulk.inputs.fast_json import FastReader
from fieldbound.documents.document import parse
from support.effort import examples
from support.tables import table

#: Lines that a parser may read wrong, each for another reason.
UNUSUAL = (
    b'{"a":1,"a":2}',
    b'{"a":1,"\\u0061":2}',
    b'{"x:y":1,"x:y":2}',
    b'{"x\\u003ay":1,"x:y":2}',
    b'{"a":{"b":1,"b":2}}',
    b'{"a":{"x:y":1,"x:y":2}}',
    b'{"a":{"x:y":{"x:y":1,"x:y":2}},"a":1}',
    b'{"a":[{"b":1,"b":2}]}',
    b'{"a" : 1 , "a"\t:2}',
    b'{"a"\r:1}\r',
    b'{"":1,"":2}',
    b'{"\\"":1,"\\"":2}',
    b'{"\\":":1}',
    b'{"a":"\\":"}',
    b'{"a":"\\"","b":":"}',
    b'{"a":"","b":"::"}',
    b'{"a":1234567890123456789}',
    b'{"a":12345678901234567890}',
    b'{"a":1234567890123456789012345}',
    b'{"a":-9223372036854775809}',
    b'{"a":9223372036854775808}',
    b'{"a":18446744073709551616}',
    b'{"a":1e999}',
    b'{"a":-1e999}',
    b'{"a":1%s}' % (b"0" * 400),
    b'{"a":1e-999}',
    b'{"a":-0}',
    b'{"a":-0.0}',
    b'{"a":01}',
    b'{"a":1.}',
    b'{"a":+1}',
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":"\\ud800"}',
    b'{"a":"\\ud83d\\ude00"}',
    b'{"\\udc00":1}',
    b'{"a":"\xff"}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xc0\x80"}',
    b'{"a":"\x00"}',
    b'{"a":"\x1f"}',
    b'{"a":"\x7f\xe2\x80\xa8"}',
    b'{"a":1}\x00',
    b'{"a":1}\x0c',
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":"\xef\xbb\xbf"}',
    b'{"a":1,}',
    b'{"a":1}}',
    b'{"a":1} {"a":2}',
    b'{"a":1},{"a":2}',
    b"1,2",
    b"1,2,3",
    b",",
    b"",
    b" \t\r",
    b"[1",
    b"2]",
    b'{"a":1',
    b'"b":2}',
    b'{"a":',
    b"1}",
    b'"a',
    b'b"',
    b"[1,2]",
    b"null",
    b"// 1",
    b"'a'",
    b"[" * 198 + b"]" * 198,
    b"[" * 199 + b"]" * 199,
    b"[" * 200 + b"]" * 200,
    b"[" * 201 + b"]" * 201,
    b'{"a":%s}' % (b"[" * 198 + b"]" * 198),
    b'{"a":%s}' % (b"[" * 199 + b"]" * 199),
    b'{"a":%s}' % (b"[" * 200 + b"]" * 200),
    b'{"a":%s1%s}' % (b'{"x:":' * 199, b"}" * 199),
    b'{"a":%s1%s}' % (b'{"x:":' * 210, b"}" * 210),
)
PLAIN = b'{"a":1,"b":"x"}'


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, including the types of their numbers."""
    return repr(one) == repr(other)


def is_flat(value: dict[str, Any]) -> bool:
    """Return whether no value of an object is an object, an array or a large number."""
    return not any(
        isinstance(each, (dict, list)) or (isinstance(each, (int, float)) and abs(each) >= 2**63)
        for each in value.values()
    )


def assert_same_values(raw: bytes) -> tuple[bool, bool]:
    """Compare lines parsed at once with lines parsed alone; return which parsers accept them."""
    reader = FastReader()
    lines = raw.split(b"\n")
    documents = [parse(line) for line in lines]
    objects, values = reader.objects(raw), reader.values(raw)
    is_exact = objects is not None and reader.are_exact(raw, objects)
    if objects is not None:
        assert len(objects.values) == len(documents)
        assert objects.names == {name for each in objects.values for name in each}
        nested = [at for at, value in enumerate(objects.values) if not is_flat(value)]
        are_flat = objects.are_flat_without(nested, [lines[at] for at in nested])
        assert are_flat or not (objects.flat and not nested)
        for at, (value, document) in enumerate(zip(objects.values, documents, strict=True)):
            if is_exact or (at not in nested and (objects.flat or are_flat)):
                assert not document.errors
                assert same(value, document.value)
    assert values is None or len(values) == len(documents)
    for value, document in zip(values or (), documents, strict=False):
        assert not document.errors
        assert same(value, document.value)
    return objects is not None and (objects.flat or is_exact), values is not None


@table("line", UNUSUAL)
def test_unusual_lines_are_not_misread(line: bytes) -> None:
    """An unusual line, alone or among others, is parsed correctly or not at all."""
    for raw in (line, line + b"\n" + PLAIN, PLAIN + b"\n" + line, b"\n".join([PLAIN, line, PLAIN])):
        assert_same_values(raw)


def test_pairs_of_unusual_lines_are_not_misread() -> None:
    """Invalid lines do not complete each other."""
    for one in UNUSUAL:
        for other in UNUSUAL:
            assert_same_values(one + b"\n" + other)


def test_lines_of_plain_objects_are_parsed_at_once() -> None:
    """Plain objects are accepted by both parsers."""
    values = [{"a": number, "b": f"text {number}", "c": None, "d": True} for number in range(50)]
    assert assert_same_values(b"\n".join(json.dumps(each).encode() for each in values)) == (
        True,
        True,
    )
    assert assert_same_values(b"\n".join([b'{"a":[{"b":1}]}', b"[1]", b"2"])) == (False, True)


def test_no_number_is_taken_for_the_separator() -> None:
    """Lines with numbers of the separator's length are not split there."""
    random = Random(1)
    for _ in range(200):
        number = random.randrange(10**8, 10**9)
        assert assert_same_values(b"1,%d,2\n[3\n4]" % number) == (False, False)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**26), 10**26)
    | st.sampled_from([2**63, 2**63 - 1, -(2**63), -(2**63) - 1, 2**64, 1e300, 0.1, -0.0])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.sampled_from('a:"\\{}[],1 \u00e9\U0001f600\u2028\x1f\n'), max_size=5),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(st.text(st.sampled_from('ab:"\\\u00e9'), max_size=3), each, max_size=4)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(st.sampled_from('abc:"'), max_size=3), JSON, max_size=5)
BITS = st.sampled_from(
    [
        *(bytes([each]) for each in b'":,{}[]\\ \t\r\n\x00\xff'),
        *(
            b'"a":1,',
            b'"a":1',
            b"1e999",
            b"0" * 20,
            b"\\u0061",
            b"\\ud800",
            b"\xef\xbb\xbf",
            b"NaN",
        ),
    ]
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Draw lines of JSON, most of them with one or two random edits."""
    values = draw(st.lists(OBJECTS | JSON, min_size=1, max_size=5))
    dumps = draw(
        st.sampled_from(
            [
                json.dumps,
                lambda each: json.dumps(each, ensure_ascii=False, separators=(",", ":")),
                lambda each: json.dumps(each, separators=(" ,\t", " :\r")),
            ]
        )
    )
    raw: bytes = b"\n".join(dumps(each).encode() for each in values)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(raw)))
        until = min(len(raw), at + draw(st.integers(0, 3)))
        raw = raw[:at] + draw(BITS) + raw[until:]
    return raw


@settings(max_examples=examples(600))
@given(texts())
@example(b'{"a":1}\n{"a":1,"b":{"x:":1,"x:":2}}')
@example(b'"a\nb"')
def test_accepted_lines_have_the_same_values_alone(raw: bytes) -> None:
    """Each line that is accepted with others is valid alone, and has the same value."""
    assert_same_values(raw)


@pytest.mark.parametrize("depth", [200, 201, 240, 300, 1000])
def test_deep_nesting_is_left_to_the_strict_parser(depth: int) -> None:
    """A record that is nested too deep is invalid, and so are invalid ones beside it."""
    contract = fieldbound.Contract(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "maxProperties": 9}
    )
    lines = [PLAIN, b'{"a":%s}' % (b"[" * depth + b"]" * depth), b'{"a":{"x:":1,"x:":2}}', PLAIN]
    report = bulk.check(BytesIO(b"\n".join(lines)), contract)
    codes = [each.code for line in lines for each in contract.check(parse(line))]
    assert {each.code: each.violations for each in report.tallies} == {
        code: codes.count(code) for code in codes
    }
    assert "duplicateKey" in codes


def test_the_number_of_remembered_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records with many different names are parsed without remembering all names."""
    monkeypatch.setattr(fast_json, "_MAX_NAMES", 10)
    reader = FastReader()
    for at in range(100):
        objects = reader.objects(b'{"n%d":%d}' % (at, at))
        assert objects is not None
        assert objects.values == [{f"n{at}": at}]
    assert len(reader._known_names) <= 11
