"""Lines that are read many at once are read as each of them alone would be."""

from __future__ import annotations

import json
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

import fieldbound
from fieldbound import bulk
from fieldbound.bulk.inputs import fast_json as strict
from fieldbound.bulk.inputs.fast_json import Lines
from fieldbound.documents.document import parse

#: Lines that a reader may get wrong, each for a reason of its own.
ODD = (
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
GOOD = b'{"a":1,"b":"x"}'


def same(one: Any, other: Any) -> bool:
    """Return whether two values are one, in the types of their numbers as well."""
    return repr(one) == repr(other)


def plain(value: dict[str, Any]) -> bool:
    """Return whether no value of an object is an object, an array or a large number."""
    return not any(
        isinstance(each, (dict, list)) or (isinstance(each, (int, float)) and abs(each) >= 2**63)
        for each in value.values()
    )


def assert_read_alike(raw: bytes) -> tuple[bool, bool]:
    """Hold lines read at once against those read alone; return which readers took them."""
    reader = Lines()
    documents = [parse(line) for line in raw.split(b"\n")]
    objects, values = reader.objects(raw), reader.values(raw)
    for found in (objects, values):
        assert found is None or len(found) == len(documents)
    for value, document in zip(objects or (), documents, strict=False):
        if plain(value):
            assert not document.faults
            assert same(value, document.value)
    if objects is not None:
        assert reader.names == {name for each in objects for name in each}
    for value, document in zip(values or (), documents, strict=False):
        assert not document.faults
        assert same(value, document.value)
    return objects is not None, values is not None


@pytest.mark.parametrize("line", ODD)
def test_an_odd_line_is_left_alone_or_read_as_it_is(line: bytes) -> None:
    """Alone, first, in the middle or last: what is taken of an odd line is what it says."""
    for raw in (line, line + b"\n" + GOOD, GOOD + b"\n" + line, b"\n".join([GOOD, line, GOOD])):
        assert_read_alike(raw)


def test_no_pair_of_odd_lines_makes_a_good_one() -> None:
    """Lines that are broken are not mended by what stands beside them."""
    for one in ODD:
        for other in ODD:
            assert_read_alike(one + b"\n" + other)


def test_lines_of_proper_objects_are_read_at_once() -> None:
    """What nobody could doubt is taken by both readers."""
    values = [{"a": number, "b": f"text {number}", "c": None, "d": True} for number in range(50)]
    assert assert_read_alike(b"\n".join(json.dumps(each).encode() for each in values)) == (
        True,
        True,
    )
    assert assert_read_alike(b"\n".join([b'{"a":[{"b":1}]}', b"[1]", b"2"])) == (False, True)


def test_no_number_can_stand_for_the_end_of_a_line() -> None:
    """Lines that hold any number up to the mark's own length are taken apart where they end."""
    random = Random(1)
    for _ in range(200):
        number = random.randrange(10**8, 10**9)
        assert assert_read_alike(b"1,%d,2\n[3\n4]" % number) == (False, False)


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
    """Draw lines of JSON, most of them damaged in a place or two."""
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


@settings(max_examples=600, deadline=None)
@given(texts())
@example(b'{"a":1}\n{"a":1,"b":{"x:":1,"x:":2}}')
@example(b'"a\nb"')
def test_whatever_is_taken_is_what_it_says(raw: bytes) -> None:
    """Each line that is taken with others has no fault when it is read alone, and its value."""
    assert_read_alike(raw)


@pytest.mark.parametrize("depth", [200, 201, 240, 300, 1000])
def test_what_nests_too_deep_is_left_to_a_strict_reader(depth: int) -> None:
    """A record too deep is refused as that alone would be, and lets none beside it pass."""
    contract = fieldbound.Contract(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "maxProperties": 9}
    )
    lines = [GOOD, b'{"a":%s}' % (b"[" * depth + b"]" * depth), b'{"a":{"x:":1,"x:":2}}', GOOD]
    report = bulk.check(BytesIO(b"\n".join(lines)), contract)
    told = [each.code for line in lines for each in contract.check(parse(line))]
    assert {each.code: each.violations for each in report.tallies} == {
        code: told.count(code) for code in told
    }
    assert "duplicateKey" in told


def test_names_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of records that are all unlike, the names are forgotten again, and the values as they are."""
    monkeypatch.setattr(strict, "_KEPT", 10)
    lines = Lines()
    for at in range(100):
        assert lines.objects(b'{"n%d":%d}' % (at, at)) == [{f"n{at}": at}]
    assert len(lines._sound) <= 11
