"""Nouns are frozen: they compare and hash by value, whatever values they hold."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from typing import Any

import pytest

from fieldbound import Breach, Case, Contract, Limit, Place, Report, Source, Violation, model
from fieldbound.model import (
    BulkReport,
    Diagnostic,
    Duplicate,
    Duplicates,
    Lengths,
    LimitTally,
    Sample,
    limit_of,
    report_of,
    violation_of,
)
from support.tables import table

(LIMIT,) = Contract({"enum": [[1], {}]}).limits
VIOLATION = Violation("enum", "", LIMIT, ["x"], "array")
TALLY = LimitTally("enum", LIMIT, None, 1, 1, 1)
NOUNS: list[Any] = [
    LIMIT,
    VIOLATION,
    Breach(["x"], LIMIT, VIOLATION),
    Case(LIMIT, [], ["x"]),
    Source("a", "A"),
    Place(1, 2),
    Diagnostic("a.json", Place(1, 2), "type", "wrong"),
    Report("c", (VIOLATION,), unspecified={"/a": "x"}, not_checked={"/a": "x"}),
    TALLY,
    Sample(1, VIOLATION),
    Lengths(LIMIT, (1,)),
    Duplicate("1", 2, (1, 2)),
    Duplicates("/a"),
    BulkReport("c", None, 1, 0, (TALLY,), unspecified={"/a": (1, "x")}),
]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda each: type(each).__name__)
def test_a_noun_is_frozen_and_hashes(noun: Any) -> None:
    """Also where a field holds a list or a dictionary."""
    first = fields(noun)[0].name
    with pytest.raises((FrozenInstanceError, AttributeError)):
        setattr(noun, first, None)
    assert hash(noun) == hash(noun)
    assert noun == noun.__class__(**{each.name: getattr(noun, each.name) for each in fields(noun)})


@pytest.mark.parametrize("made", [Case, Breach, Limit, model.Field])
def test_the_classes_of_nouns_are_frozen(made: Any) -> None:
    """None of them can be changed once it is made."""
    assert is_dataclass(made)
    assert Case(LIMIT).has_valid
    assert made.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_diagnostics_are_in_the_order_of_the_files() -> None:
    """By file, then by place; and one is an error unless it says otherwise."""
    late, early = (Diagnostic("a.json", Place(line, 1), "type", "wrong") for line in (2, 1))
    other = Diagnostic("b.json", Place(1, 1), "type", "wrong", is_error=False)
    assert sorted([other, late, early]) == [early, late, other]
    assert [str(each) for each in (early, other)] == [
        "a.json:1:1: type: wrong",
        "b.json:1:1: type: wrong (warning)",
    ]


@table(
    ("says", "strongest"),
    [
        ([], None),
        ([None], None),
        (["inferred"], "inferred"),
        (["inferred", None, "observed", "example"], "observed"),
        (["stated", "inferred"], "stated"),
    ],
)
def test_a_field_has_the_strongest_evidence_of_its_limits(
    says: list[str | None], strongest: str | None
) -> None:
    """None where no limit has any."""
    limits = tuple(replace(LIMIT, says=each) for each in says)
    made = model.Field("/a/*", None, (), False, False, False, False, None, limits)
    assert made.says == strongest


def test_places_are_in_the_order_of_the_text() -> None:
    """By line, then by column."""
    assert sorted([Place(2, 1), Place(1, 9), Place(1, 2)]) == [
        Place(1, 2),
        Place(1, 9),
        Place(2, 1),
    ]


@pytest.mark.parametrize(
    ("noun", "defaults"),
    [
        (Source("a", "A"), {"address": None, "read": None}),
        (Limit("c", "", "type", 1, "s#"), {"sensitive": False, "sources": (), "says": None}),
        (Report("c"), {"known": 0, "violations": (), "undocumented": ()}),
        (TALLY, {"known": 0, "samples": (), "fields": ()}),
        (Lengths(LIMIT, ()), {"at": 0, "near": (), "shortest": None, "longest": None}),
        (Duplicates("/a"), {"keys": 0, "records": 0, "missing": 0, "samples": ()}),
        (
            BulkReport("c", None, 1, 0),
            {"measured": 0, "blank": 0, "tallies": (), "lengths": (), "fail_on": "inferred"},
        ),
        (Case(LIMIT), {"has_valid": True, "valid": None, "invalid": None, "violation": None}),
        (model.Node(True, "s"), {"tokens": (), "draft": 0}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_not_said_is_nothing(noun: Any, defaults: dict[str, Any]) -> None:
    """No count, no sample, no document and no mark; and a report fails on any evidence."""
    assert {name: getattr(noun, name) for name in defaults} == defaults


@pytest.mark.parametrize("words", [{"condition": "always"}, {"title": "A"}])
def test_a_limit_is_compared_without_what_is_said_of_it(words: dict[str, str]) -> None:
    """Two ways to one limit may say where it applies in other words."""
    assert replace(LIMIT, **words) == LIMIT


def test_a_report_is_compared_without_the_text_that_it_shows() -> None:
    """The lines are for display alone, and are not in its repr."""
    assert Report("c", lines={1: "a"}) == Report("c")
    assert "lines" not in repr(Report("c", lines={1: "a"}))


def test_what_is_made_sooner_is_the_same() -> None:
    """A violation and a report that are made by their fields are as frozen as any other."""
    place = Place(1, 2)
    values = ("enum", "/a", LIMIT, 5, "integer", place, (), ("b",), "d", ("c",), "5", "x")
    made, usual = violation_of(*values), Violation(*values)
    assert (made, hash(made), repr(made)) == (usual, hash(usual), repr(usual))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
    assert replace(made, pointer="/b").pointer == "/b"
    given = {**{each.name: getattr(LIMIT, each.name) for each in fields(Limit)}, "note": "n"}
    given.update(
        says="stated", sources=(Source("a", "A"),), sensitive=True, condition="c", title="t"
    )
    limit = limit_of(**given)
    assert {each.name: getattr(limit, each.name) for each in fields(Limit)} == given
    assert (limit, hash(limit), repr(limit)) == (Limit(**given), hash(Limit(**given)), repr(limit))
    report = report_of("a", (made,), {"/c": "why"}, {"/d": "not"})
    other = Report("a", (usual,), unspecified={"/c": "why"}, not_checked={"/d": "not"})
    assert (report, hash(report), report.to_dict()) == (other, hash(other), other.to_dict())
    assert [getattr(report, each.name) for each in fields(report)] == [
        getattr(other, each.name) for each in fields(other)
    ]
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301
    for noun in (made, report):
        assert type(noun) in {Violation, Report}
        with pytest.raises(FrozenInstanceError):
            noun.known = ()  # type: ignore[misc, union-attr]
