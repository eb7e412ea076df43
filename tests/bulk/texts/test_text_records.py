"""Records that are proven by their text count as those that are parsed."""

from __future__ import annotations

import json
from functools import partial
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound import Contract, bulk
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.model import BulkReport
from support.effort import examples
from support.line_by_line import bare, expected_report
from support.record_texts import LinesBlock, small_chunks
from support.tables import table

pytest.importorskip("pcre2")

UNSPECIFIED = {"x-unspecified": "no page says"}
ITEM = {
    "type": "object",
    "properties": {"id": {"type": "integer", "minimum": 0}, "note": UNSPECIFIED},
    "required": ["id"],
    "additionalProperties": False,
}
CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 8},
            "text": {"type": ["string", "null"], "maxLength": 90},
            "flag": {"type": "string", "enum": ["Y", "N"]},
            "at": {"type": "string", "format": "date-time"},
            "count": {"type": "integer", "format": "int32", "maximum": 2_000_000},
            "items": {"type": "array", "items": ITEM},
            "extra": UNSPECIFIED,
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    name="acme/thing",
)
VALUES: dict[str, list[Any]] = {
    "name": ["a", "abcdefgh", "é照😀", 'q"\n', "abcdefghi", "", None, 5],
    "text": ["some text, with a comma", None, "{", "}{", '","flag":"Y"', "x" * 91, 1.5, "[]"],
    "flag": ["Y", "N", "y", True, "", None],
    "at": ["2024-02-28T10:00:00Z", "2023-02-29T10:00:00Z", "2024-02-29T10:00:00+01:00", "today", 1],
    "count": [0, -7, 1_999_999, 2_000_001, 10**30, 1.5, 2.0, "1"],
    "items": [
        [],
        [{"id": 1}],
        [{"id": 1}, {"id": 2}],
        [{"id": 1, "note": "n"}],
        [{}],
        [{"id": -1}],
        {},
    ],
    "extra": [1, "x"],
    "other": [1],
}
INSERTED = (
    b"",
    b'"',
    b"{",
    b"}",
    b",",
    b" ",
    b"\r",
    b"\xff",
    b'{"name":"a"}',
    b"\\",
    b":",
    b"[",
    b"]",
)


#: What may look like the end of an item, or the begin of one.
BETWEEN_ITEMS = (*INSERTED, b"\x01", b"{{", b'},"x":1},{', b'},{"name":"a"},', b"\n", b'"},{"')

#: Names that only some records have.
ODD = ("extra", "other")


def records(random: Random, number: int, share: float) -> list[bytes]:
    """Return texts of so many records, a *share* of them with any values or edits."""
    found = []
    for _ in range(number):
        is_odd = random.random() < share
        names = [name for name in VALUES if random.random() < 0.7 and (is_odd or name not in ODD)]
        chosen = {
            name: random.choice(VALUES[name] if is_odd else VALUES[name][:2]) for name in names
        }
        if is_odd and random.random() < 0.2:
            chosen = dict(sorted(chosen.items(), key=lambda _: random.random()))
        elif not is_odd:
            chosen = {"name": "a", **chosen}
        blank = random.choice([None, (",", ":")])
        text = json.dumps(chosen, separators=blank, ensure_ascii=random.random() < 0.5).encode()
        if is_odd and random.random() < 0.3:
            at = random.randrange(len(text) + 1)
            text = text[:at] + random.choice(INSERTED) + text[at + random.randrange(4) :]
        found.append(text)
    return found


CASES = st.tuples(st.integers(0, 2**32), st.integers(1, 90), st.sampled_from([0.0, 0.05, 0.3, 0.8]))
SAMPLES = st.sampled_from([0, 1, 5])


def lines_checked(data: bytes, **options: Any) -> BulkReport:
    """Return the report of lines."""
    checker, counts = BlockChecker(CONTRACT, **options), Counts()
    counts.merge(checker.check(LinesBlock(data, 0)), options.get("samples", 5))
    return checker.report(counts, None)


@settings(max_examples=examples(400))
@given(CASES, SAMPLES)
def test_lines_count_as_they_check(case: tuple[int, int, float], samples: int) -> None:
    """The report of lines, most of them proven or few, is the sum of the checks of each."""
    random = Random(case[0])
    data = random.choice([b"\n", b"\r\n", b"\n\n"]).join(records(random, *case[1:]))
    with small_chunks():
        found = lines_checked(data, samples=samples)
    assert bare(found) == expected_report(CONTRACT, data, samples=samples)


@settings(max_examples=examples(200))
@given(st.integers(0, 2**32), st.integers(1, 4), st.sampled_from([0.05, 0.5]), SAMPLES)
def test_records_of_several_orders_count_as_they_check(
    seed: int, number: int, share: float, samples: int
) -> None:
    """In whichever orders records have their names, they are counted as each of them checks."""
    random = Random(seed)
    orders = [random.sample([*VALUES], len(VALUES)) for _ in range(number)]
    texts = []
    for _ in range(random.randrange(1, 200)):
        is_odd, order = random.random() < share, random.choice(orders)
        names = [name for name in order if random.random() < 0.8 and (is_odd or name not in ODD)]
        chosen = {
            name: random.choice(VALUES[name] if is_odd else VALUES[name][:1]) for name in names
        }
        texts.append(json.dumps(chosen).encode())
    data = b"\n".join(texts)
    with small_chunks():
        found = lines_checked(data, samples=samples)
    assert bare(found) == expected_report(CONTRACT, data, samples=samples)


@settings(max_examples=examples(200))
@given(CASES, SAMPLES, st.booleans())
def test_items_are_reported_as_those_that_are_parsed(
    case: tuple[int, int, float], samples: int, is_flat: bool
) -> None:
    """The report of an array is the same whether its items are proven by their text or parsed."""
    random = Random(case[0])
    texts = records(random, *case[1:])
    if is_flat:
        texts = [each for each in texts if b"[" not in each]
    data = b"[%b]" % random.choice([b",", b",\n ", b"\n,", b" , "]).join(texts)
    for _ in range(random.choice([0, 0, 1, 3])):
        at = random.randrange(1, len(data) + 1)
        data = data[:at] + random.choice(BETWEEN_ITEMS) + data[at + random.randrange(4) :]
    check = partial(bulk.check, contract=CONTRACT, workers=1, samples=samples, format="json")
    with small_chunks(without_pcre2=True):
        expected = check(BytesIO(data))
    with small_chunks():
        assert check(BytesIO(data)) == expected


@table(("layout", "number"), [("lines", 400), ("items", 400), ("indented", 400), ("nested", 400)])
def test_most_records_are_proven(layout: str, number: int) -> None:
    """Of valid records, those after the first chunks are proven, but where they are measured."""
    texts = [b'{"name":"a","text":"t","count":%d}' % at for at in range(number)]
    if layout == "nested":
        texts = [b'%b,"items":[{"id":1},{"id":2}]}' % each[:-1] for each in texts]
    if layout == "lines":
        data = b"\n".join([*texts, b""])
    elif layout in ("items", "nested"):
        data = b"[%b]" % b",".join(texts)
    else:
        data = json.dumps([json.loads(each) for each in texts], indent=2).encode()
    proven: list[int] = []
    with small_chunks(proven):
        assert bulk.check(BytesIO(data), CONTRACT, workers=1).records == number
    assert sum(proven) > number / 2


def test_items_with_brackets_in_strings_are_where_they_are() -> None:
    """A sample of an item that is not proven has its own text and place, whatever is in it."""
    texts = [b'{"name":"%d"}' % at for at in range(200)]
    texts[150] = b'{"name":"a} and longer"}'
    with small_chunks():
        report = bulk.check(BytesIO(b"[%b]" % b",".join(texts)), CONTRACT, workers=1)
    (tally,) = report.tallies
    (sample,) = tally.samples
    assert (tally.code, sample.number, sample.offset) == (
        "maxLength",
        151,
        len(b",".join(texts[:150])) + 2,
    )


@table(
    "options",
    [{"key": "/name"}, {"ignore": ["acme/thing#/name:maxLength"]}, {"samples": 1}],
)
def test_options_count_as_without_proof(options: dict[str, Any]) -> None:
    """With options that need more of a record than its verdict, the report is the same."""
    data = b"\n".join(records(Random(1), 300, 0.2))
    with small_chunks(without_pcre2=True):
        expected = bulk.check(BytesIO(data), CONTRACT, workers=1, **options)
    with small_chunks():
        assert bulk.check(BytesIO(data), CONTRACT, workers=1, **options) == expected
    assert expected.invalid


def _append(calls: list[int], number: int, *_: Any) -> None:
    calls.append(number)


def test_what_is_valid_is_written_as_without_proof() -> None:
    """A checker that keeps the bytes of valid records, or reports invalid ones, keeps them all."""
    data = b"\n".join(records(Random(2), 300, 0.2))
    found = []
    for without_pcre2 in (False, True):
        calls: list[int] = []
        with small_chunks(without_pcre2=without_pcre2):
            split = BlockChecker(CONTRACT, split=True).check(LinesBlock(data, 0))
            on_invalid = BlockChecker(CONTRACT, on_invalid=partial(_append, calls))
            on_invalid.check(LinesBlock(data, 0))
        found.append((b"".join(split.valid), split.invalid_records, calls))
    assert found[0] == found[1]
    assert found[0][2] == sorted(found[0][2]) != []


def test_records_that_change_are_parsed_and_proven_again() -> None:
    """Names that come later, and records that are mostly invalid, do not end the proof for good."""
    first = b'{"name":"a"}\n' * 400
    other = b'{"name":"a","flag":"Y","count":1}\n' * 2000
    invalid = b'{"name":1}\n' * 400
    proven: list[int] = []
    with small_chunks(proven):
        report = lines_checked(first + other + invalid + other)
    assert (report.records, report.invalid) == (4800, 400)
    assert sum(proven) > 2400


def test_a_pattern_that_cannot_be_compiled_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PCRE2 takes no pattern so large, or no memory is left to match it, all are parsed."""
    import pcre2

    data = b"\n".join(records(Random(3), 200, 0.1))
    expected = expected_report(CONTRACT, data)

    def refused(*_: Any, **__: Any) -> Any:
        raise pcre2.LibraryError(-48)

    class Exhausted:
        subn = staticmethod(refused)

    for compiled in (refused, lambda _: Exhausted()):
        proven: list[int] = []
        monkeypatch.setattr(pcre2, "compile", compiled)
        with small_chunks(proven):
            assert bare(lines_checked(data)) == expected
        assert not sum(proven)
