"""Bulk reports to render: a full one, made of real limits and violations, and empty ones."""

from __future__ import annotations

from typing import Any

import fieldbound
from fieldbound.model.bulk_report import (
    BulkReport,
    Duplicate,
    Duplicates,
    Lengths,
    LimitTally,
    Sample,
)
from fieldbound.model.facts import Place
from fieldbound.model.limits import Limit
from fieldbound.model.violations import Violation

GROUPS = "oracle-cx-sales/create-product-group"
BAD = {
    "ProdGroupName": "n" * 251,
    "InternalName": "x" * 151,
    "ActiveFlag": True,
    "AllowSelectionFlag": "yes",
    "ModelName": 7,
    "EndDate": "2024-13-01",
    "CreatedBy": "me",
}


#: Unknown properties, and how often they occur.
FIELDS = (("/Colour", 690), ("/Größe", 39), ("/\x1b[31m", 1))


def limit(pointer: str, keyword: str) -> Limit:
    """Return a limit of the contract GROUPS."""
    limit_id = f"{GROUPS}#{pointer}:{keyword}"
    return next(each for each in fieldbound.contract(GROUPS).limits if each.id == limit_id)


def sample(number: int, violation: Violation, key: str | None = None) -> Sample:
    """Return a sample in a file with one record per line."""
    return Sample(number, violation, 268 * (number - 1), number, key)


def tallies() -> tuple[LimitTally, ...]:
    """Return a tally of each limit that BAD breaks, and one of a syntax error."""
    counts = iter([(2310, 2200), (1900, 1900), (700, 230), (120, 0), (40, 1), (1, 1), (1, 0)])
    found = []
    for violation in fieldbound.contract(GROUPS).check(BAD):
        assert violation.limit is not None
        records, alone = next(counts)
        some = tuple(
            sample(12 + 997 * each, violation, f'"G-{each:05}"') for each in range(min(5, records))
        )
        many = records + (30 if records == 700 else 0)
        found.append(
            LimitTally(
                violation.code,
                violation.limit,
                violation.says,
                many,
                records,
                alone,
                some,
                FIELDS if violation.code == "additionalProperties" else (),
            )
        )
    syntax = Violation("syntax", "", place=Place(77, 20), detail="a comma or } is missing")
    found.append(LimitTally("syntax", None, None, 12, 12, 12, (sample(77, syntax),)))
    return tuple(sorted(found, key=lambda tally: -tally.records))


def lengths() -> tuple[Lengths, ...]:
    """Return lengths over their limit, truncated at it, and below it."""
    bell = (40, 210, 900, 2600, 9000, 21000, 44000, 61000, 72000, 65000)
    falling = (50100, 37000, 24000, 13000, 6100, 2400, 800, 310, 150, 96)
    near = (12, 9, 8, 11, 7, 10, 9, 6, 8, 7)
    return (
        Lengths(
            limit("/InternalName", "maxLength"),
            bell + falling,
            near,
            9,
            (1400, 700, 190, 20),
            3,
            412,
        ),
        Lengths(
            limit("/ProdGroupName", "maxLength"),
            falling + bell[::-1],
            near,
            5,
            (240, 0, 0, 0),
            1,
            260,
        ),
        Lengths(
            limit("/ProdGroupDescription", "maxLength"),
            (*bell, *falling[:-1], 2412),
            near,
            2326,
            shortest=0,
            longest=1000,
        ),
        Lengths(
            limit("/ModelLine", "maxLength"),
            (*falling, *[0] * 10),
            (0,) * 10,
            0,
            shortest=1,
            longest=480,
        ),
        Lengths(limit("/ModelFamily", "maxLength"), (0,) * 20, (0,) * 10),
    )


def full(**more: Any) -> BulkReport:
    """Return a report with everything that a report can have."""
    keys = (Duplicate('"G-00017"', 3, (17, 20411, 499003)), Duplicate(None, 7, (3, 4, 5, 6, 7)))
    facts: dict[str, Any] = {
        "contract": GROUPS,
        "name": "big.ndjson",
        "records": 500_000,
        "invalid": 4_700,
        "tallies": tallies(),
        "violation_counts": ((1, 4_314), (2, 370), (3, 16)),
        "lengths": lengths(),
        "measured": 480_000,
        "unspecified": {"/Custom_c": (1_200, "the vendor lets a team add properties")},
        "not_checked": (("/Note", "it takes too long to decide whether it matches ^a", 3),),
        "ignored": {"*:format": 31},
        "blank": 2,
        "cut_off": "line 500,000, the last one, is incomplete",
        "duplicates": Duplicates("/ProdGroupId", 12, 29, 40, keys),
    }
    return BulkReport(**{**facts, **more})


def many(number: int) -> BulkReport:
    """Return a report with so many broken limits."""
    found = [
        LimitTally("type", each, each.says, 200, number - at, 0)
        for at, each in enumerate(fieldbound.contract(GROUPS).limits[:number])
    ]
    return BulkReport(GROUPS, "wide.ndjson", 1_000, 200, tuple(found))


def bare(records: int = 0) -> BulkReport:
    """Return a report of valid records."""
    return BulkReport(GROUPS, None, records, 0)
