"""The report of many records: its thresholds, its figures and its text."""

from __future__ import annotations

from typing import Any

from fieldbound import Contract, Limit, Violation
from fieldbound.model import BulkReport, Duplicates, Lengths, LimitTally, Sample
from fieldbound.model.bulk_report import (
    LENGTH_BUCKETS,
    LENGTHS_BELOW_LIMIT,
    MAX_FIELDS,
    OVER_LIMIT_RATIOS,
    impact,
    percentage,
    summary_line,
    truncation_warning,
)
from support.tables import table


def limit_of(most: int) -> Limit:
    """Return a limit of a length."""
    (limit,) = Contract({"properties": {"a": {"maxLength": most}}}).limits
    return limit


def tally(records: int = 1, alone: int = 0, violations: int | None = None, **more: Any) -> Any:
    """Return how often a limit is broken."""
    count = records if violations is None else violations
    return LimitTally("maxLength", limit_of(5), None, count, records, alone, **more)


def report(**figures: Any) -> BulkReport:
    """Return a report of ten records, unless said otherwise."""
    return BulkReport(**{"contract": "c", "name": None, "records": 10, "invalid": 0, **figures})


def test_the_sizes_that_a_report_has() -> None:
    """So many buckets, lengths and fields are in a report, as its documentation says."""
    assert (LENGTH_BUCKETS, LENGTHS_BELOW_LIMIT, MAX_FIELDS) == (20, 10, 20)
    assert OVER_LIMIT_RATIOS == (0.1, 0.5, 1.0)
    lengths = Lengths(limit_of(1), (3, 4), (), 0, (1, 0, 5, 0))
    assert (lengths.measured, lengths.over) == (13, 6)
    assert Lengths(limit_of(1), ()).beyond == (0, 0, 0, 0)


@table(
    ("most", "parts", "near", "at", "expected"),
    [
        (30, (0, 9), (0, 0), 5, True),
        (30, (0, 9), (0, 0), 4, False),  # too few
        (30, (0, 99), (1, 1), 6, True),
        (30, (0, 99), (1, 1), 5, False),  # no more than five times the average below
        (30, (0, 99), (2, 1), 8, True),
        (30, (0, 99), (2, 1), 7, False),
        (30, (0, 11), (0, 0), 10, False),  # nearly all
        (30, (0, 12), (0, 0), 10, True),
        (30, (0, 10), (0, 0), 9, False),
        (30, (9, 11), (0, 0), 10, False),  # nearly all but the shortest
        (2, (10, 25), (9, 0), 23, True),  # the empty ones are among those just below
        (2, (9, 12), (9, 0), 12, False),
        (2, (0, 0), (), 5, False),
        (2, (0, 9), (), 5, True),
    ],
)
def test_many_values_at_the_limit_are_possibly_truncated(
    most: int, parts: tuple[int, ...], near: tuple[int, ...], at: int, expected: bool
) -> None:
    """They are five or more, five times as many as just below, and not nearly all."""
    assert Lengths(limit_of(most), parts, near, at).possible_truncation is expected


@table(
    ("part", "total", "text"),
    [
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 2, "50 %"),
        (1, 10, "10 %"),
        (99, 1_000, "9.9 %"),
        (1, 100, "1.0 %"),
        (99, 10_000, "0.99 %"),
        (1, 10_000, "0.01 %"),
        (1, 10_001, "less than 0.01 %"),
        (10_000, 10_001, "more than 99.99 %"),
        (9_999, 10_000, "99.99 %"),
        (901, 1_000, "90.1 %"),
        (9, 10, "90 %"),
    ],
)
def test_a_part_in_percent(part: int, total: int, text: str) -> None:
    """Only none is 0 % and only all is 100 %."""
    assert percentage(part, total) == text


@table(
    ("figures", "text"),
    [
        ({"records": 1, "alone": 1}, "1 record (10 %), the only error"),
        ({"records": 2, "alone": 2}, "2 records (20 %), the only error in each"),
        ({"records": 2, "alone": 1}, "2 records (20 %), the only error in 1"),
        ({"records": 1}, "1 record (10 %), with other errors"),
        ({"records": 2}, "2 records (20 %), always with other errors"),
        (
            {"records": 1, "violations": 1234},
            "1 record (10 %), with other errors; 1,234 violations",
        ),
    ],
)
def test_what_a_broken_limit_costs(figures: dict[str, int], text: str) -> None:
    """It says in how many records the limit is broken, and in how many nothing else is."""
    assert impact(tally(**figures), 10) == text


@table(
    ("figures", "line"),
    [
        ({"records": 0}, "no records checked by c"),
        ({"records": 1, "name": "a"}, "a: 1 record checked by c: valid"),
        ({"records": 2}, "2 records checked by c: all valid"),
        (
            {"invalid": 1, "tallies": (tally(),)},
            "10 records checked by c: 1 invalid (10 %); 1 violation of 1 limit",
        ),
        (
            {"invalid": 1, "tallies": (tally(2), tally(1))},
            "10 records checked by c: 1 invalid (10 %); 3 violations of 2 limits",
        ),
        (
            {"invalid": 1, "tallies": (LimitTally("syntax", None, None, 1, 1, 1),)},
            "10 records checked by c: 1 invalid (10 %); 1 JSON syntax error",
        ),
        (
            {"invalid": 2, "tallies": (tally(), LimitTally("syntax", None, None, 1, 1, 1))},
            "10 records checked by c: 2 invalid (20 %);"
            " 2 violations of 1 limit and JSON syntax errors",
        ),
    ],
)
def test_the_first_line(figures: dict[str, Any], line: str) -> None:
    """It says how many records were checked, how many are invalid, and by what."""
    assert summary_line(report(**figures)) == line


def test_the_text_has_ten_limits() -> None:
    """What is left out is counted, and what is wrong besides is there."""
    sample = Sample(3, Violation("maxLength", "/a", limit_of(5), 6, "string"))
    tallies = tuple(tally(samples=(sample, sample)) for _ in range(12))
    lengths = Lengths(limit_of(30), (0, 9), (0, 0), 5), Lengths(limit_of(30), (1,))
    found = report(
        invalid=1,
        tallies=tallies,
        lengths=lengths,
        cut_off="at byte 5",
        duplicates=Duplicates("", 1, 2),
    )
    lines = str(found).splitlines()
    assert lines[1:3] == [
        "  1. maxLength at /a: 1 record (10 %), with other errors",
        "     record 3: /a has 6 characters, the limit is 5",
    ]
    assert lines[19].startswith("  10. maxLength")
    assert lines[21:] == [
        "  and 2 more limits",
        "  the file is truncated: at byte 5",
        "  1 duplicate value of (root), in 2 records",
        f"  {truncation_warning(lengths[0])}",
    ]
    assert "more limit" not in str(report(invalid=1, tallies=tallies[:10]))
    assert "and 1 more limit\n" in f"{report(invalid=1, tallies=tallies[:11])}\n"
    assert found.possible_truncations == lengths[:1]


@table(
    ("pointer", "at", "value", "text"),
    [
        ("/a", 1_234, 30, "1,234 values of /a end exactly at the limit of 30 characters"),
        ("", 5, 1, "5 values of (root) end exactly at the limit of 1 character"),
    ],
)
def test_a_possible_truncation_is_told(pointer: str, at: int, value: int, text: str) -> None:
    """With the field, and how many values of it are as long as the limit allows."""
    limit = Limit("c", pointer, "maxLength", value, "s#/maxLength")
    assert truncation_warning(Lengths(limit, (), (), at)) == f"possible truncation: {text}"


def test_what_is_at_the_root_is_told() -> None:
    """As the root; any other place by its pointer."""
    limits = [Limit("c", pointer, "type", "object", "s#/type") for pointer in ("", "/a")]
    tallies = tuple(LimitTally("type", limit, None, 1, 1, 0) for limit in limits)
    found = report(invalid=1, tallies=tallies, duplicates=Duplicates("/id", 2, 2_000))
    assert str(found).splitlines()[1:] == [
        "  1. type at (root): 1 record (10 %), with other errors",
        "  2. type at /a: 1 record (10 %), with other errors",
        "  2 duplicate values of /id, in 2,000 records",
    ]


@table(
    ("figures", "ok"),
    [
        ({}, True),
        ({"records": 0}, False),
        ({"records": 1}, True),
        ({"invalid": 1, "tallies": (tally(),)}, False),
        ({"cut_off": "x"}, False),
        ({"duplicates": Duplicates("/a", 1, 2)}, False),
        ({"duplicates": Duplicates("/a", 0)}, True),
    ],
)
def test_a_report_is_ok_if_there_are_records_and_nothing_is_wrong(
    figures: dict[str, Any], ok: bool
) -> None:
    """A report of no records is not, nor one with a duplicate key or of a truncated file."""
    found = report(**figures)
    assert found.ok is ok
    assert bool(found) is ok
    assert found.valid == found.records - found.invalid


@table(
    ("says", "fail_on", "fails"),
    [
        (None, "stated", True),
        ("stated", "stated", True),
        ("observed", "stated", False),
        ("observed", "example", True),
        ("inferred", "inferred", True),
    ],
)
def test_evidence_decides_what_fails(says: str | None, fail_on: str, fails: bool) -> None:
    """A limit fails a check with evidence as strong as asked for, or without any."""
    found = LimitTally("maxLength", limit_of(5), says, 1, 1, 1)
    assert found.fails(fail_on) is fails
    assert report(tallies=(found,)).fails(fail_on) is fails
    assert report(tallies=(found,), fail_on=fail_on).fails() is fails
    assert report(tallies=(found,)).fails()
    assert found.fails()
    assert [tally(violations=count, known=1).is_known for count in (0, 1, 2)] == [
        False,
        True,
        False,
    ]
    assert (found.id, LimitTally("syntax", None, None, 1, 1, 1).id) == (
        "schema#/a:maxLength",
        "syntax",
    )
