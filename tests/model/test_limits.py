"""Limits and violations: their evidence, their pointers, and what errors say of them."""

from __future__ import annotations

import pickle

import pytest

from fieldbound import (
    BrokenContract,
    Contract,
    FieldboundError,
    Inseparable,
    Invalid,
    Limit,
    NotJSON,
    Place,
    Report,
    Source,
    UnknownName,
    Unsatisfiable,
    Unspecified,
    Violation,
)
from fieldbound.model import (
    UnreadableContract,
    affected_field,
    evidence_rank,
    shorten_pointer,
)
from fieldbound.model.limits import is_web_address
from support.tables import table


def limit_at(pointer: str, says: str | None = None) -> Limit:
    """Return a limit at a pointer."""
    return Limit("c", pointer, "maxLength", 1, "u#/maxLength", says)


@table(
    ("limit", "pointer", "field"),
    [
        ("/a", "/a", None),
        ("/*", "/0", None),
        ("/a/*", "/a/7", None),
        ("/a/*/b", "/a/7/b", None),
        ("/a/*", "/a/x", "/a/x"),
        ("", "/x", "/x"),
        ("", "/7", "/7"),
        ("/*", "/7/x/7", "/*/x/7"),
        (None, "", None),
        (None, "/7", "/7"),
        ("", "/" + "x" * 299, "/" + "x" * 299),
        ("", "/" + "x" * 300, "/" + "x" * 298 + "…"),
        (None, "/" + "x" * 300, "/" + "x" * 298 + "…"),
    ],
)
def test_the_field_that_breaks_a_limit(limit: str | None, pointer: str, field: str | None) -> None:
    """It is named where it is not the limit's own; the items of an array are one field."""
    assert affected_field(None if limit is None else limit_at(limit), pointer) == field
    assert len(shorten_pointer(pointer)) <= 300


@table(
    ("says", "also", "strongest"),
    [
        ("stated", ["inferred"], "stated"),
        ("inferred", ["observed"], "observed"),
        ("example", [], "example"),
        ("stated", [None], None),
        (None, ["stated"], None),
        ("inferred", [], "inferred"),
        (None, [], None),
    ],
)
def test_a_violation_is_as_certain_as_its_limits(
    says: str | None, also: list[str | None], strongest: str | None
) -> None:
    """The strongest evidence counts; without any, so does the violation."""
    others = tuple(limit_at("/a", each) for each in also)
    violation = Violation("maxLength", "/a", limit_at("/a", says), 2, "string", also=others)
    assert violation.says == strongest
    assert violation.fails("stated") is (strongest in (None, "stated"))
    assert violation.fails()
    assert Report("c", (violation,)).fails()
    assert Report("c", (violation,)).fails("stated") is violation.fails("stated")
    assert not Report("c").fails()
    assert [evidence_rank(each) for each in (None, "stated", "inferred")] == [-1, 0, 3]


def test_a_syntax_error_always_counts() -> None:
    """It breaks no limit, and fails a check whatever the evidence asked for."""
    assert Violation("syntax", "").says is None
    assert Report("c", (Violation("syntax", ""),)).fails("stated")
    assert not Report("c").fails()


@table(
    ("text", "expected"),
    [
        ("https://a.example/b?c#d", True),
        ("HTTP://a.example", True),
        ("https://a.example/b#c#d", False),
        ("https://", False),
        ("https:///b", False),
        ("ftp://a.example", False),
        ("javascript:alert(1)//https://a.example", False),
        ("https://a.example/\u202eb", False),
        ("https://a.example/ b", False),
        (None, False),
    ],
)
def test_what_may_be_a_link(text: str | None, expected: bool) -> None:
    """An absolute URL of http or https, and nothing else."""
    assert is_web_address(text) is expected
    assert Source("a", "A", text).link == (text if expected else None)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (1, "<Report c: maxLength at (root)>"),
        (3, "<Report c: maxLength at (root), maxLength at (root), maxLength at (root)>"),
        (
            5,
            "<Report c: maxLength at (root), maxLength at (root), maxLength at (root) and 2 more>",
        ),
    ],
)
def test_the_repr_of_a_report_has_three_violations(count: int, shown: str) -> None:
    """What is left out is counted."""
    assert repr(Report("c", (Violation("maxLength", "", limit_at("")),) * count)) == shown


@table(
    ("report", "text"),
    [
        (Report("c"), "c: valid"),
        (Report("c", name="a.json", about="GET /"), "a.json: valid, GET /"),
        (
            Report("c", not_checked={"/a": "why", "": "so"}),
            "c: not checked in full\n  not checked: /a (why)\n  not checked: (root) (so)",
        ),
        (
            Report("c", not_checked={"/a": "why"}, undocumented=("/a",)),
            "c: valid where checked\n  not checked: /a (why)",
        ),
        (
            Report("c", (Violation("syntax", "", place=Place(1, 2)),)),
            "c: invalid\n  1:2: syntax: syntax error",
        ),
        (
            Report("c", (Violation("maxLength", "/a", limit_at("/a", "stated"), 3),)),
            "c: invalid\n  maxLength: /a has 3 characters, the limit is 1\n"
            "      stated\n      hint: shorten it by 2 characters",
        ),
    ],
)
def test_the_text_of_a_report(report: Report, text: str) -> None:
    """It has the verdict, each violation with its source and hint, and what is not checked."""
    assert str(report) == text


@table(
    ("error", "text"),
    [
        (Invalid(Report("c")), "c: valid"),
        (Unspecified("c", "why"), "c: no documented schema: why"),
        (Unsatisfiable("c", "why"), "c: no instance can be generated: why"),
        (
            NotJSON("", "set", "use a list"),
            "the instance is a Python set, which is not JSON serializable: use a list",
        ),
        (BrokenContract("why"), "why"),
        (BrokenContract("why", pointer="/a"), "at /a: why"),
        (BrokenContract("why", "a.json"), "a.json: why"),
        (UnreadableContract("no such file", "a.json"), "cannot read a.json: no such file"),
        (FieldboundError("why"), "why"),
        (BrokenContract("why", "a.json", Place(2, 3), "/a"), "a.json:2:3: at /a: why"),
        (UnknownName("x", ("y", "z")), "there is no contract named 'x'; did you mean y, z?"),
        (UnknownName("x", ("y",), "it is gone"), "it is gone; did you mean y?"),
        (UnknownName("x", (), "it is gone"), "it is gone"),
        (
            Inseparable(limit_at("/a")),
            "c#/a:maxLength cannot be broken alone:"
            " no instance was found that breaks only this limit",
        ),
        (
            Inseparable(limit_at("/a"), (limit_at("/b"), limit_at("/c"))),
            "c#/a:maxLength cannot be broken alone:"
            " every instance that breaks it also breaks /b:maxLength or /c:maxLength",
        ),
    ],
)
def test_an_error_says_what_it_is_about(error: FieldboundError, text: str) -> None:
    """It compares, hashes and pickles by its fields."""
    assert str(error) == text
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert again == error
    assert hash(again) == hash(error)
    assert error != BrokenContract("other")
    assert error != FieldboundError("why", "else")


def test_a_limit_is_compared_without_its_words() -> None:
    """Condition and title are derived from the schema around a limit."""
    schema = {"title": "A", "maxLength": 1}
    (plain,), (titled,) = Contract({"maxLength": 1}).limits, Contract(schema).limits
    assert (plain.title, titled.title) == (None, "A")
    assert plain == titled
