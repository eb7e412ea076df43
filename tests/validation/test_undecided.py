"""What is undecided is neither met nor broken: both assumptions are checked."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract, Report, Violation
from fieldbound.algebra import Work, assuming, is_assumed, match_by_steps
from fieldbound.validation import checker_of
from fieldbound.validation.undecided import (
    UndecidedError,
    check_undecided,
    deciding,
    without_long_names,
)
from support.tables import table

PATTERN = "^a$"
LIMITS = Contract(
    {
        "properties": {
            "a": {"pattern": PATTERN},
            "b": {"pattern": "^b$", "maxLength": 1},
            "c": {"maxLength": 1},
        }
    }
).limits


def broken(*at: int) -> tuple[Violation, ...]:
    """Return violations of limits."""
    return tuple(Violation(LIMITS[each].keyword, LIMITS[each].pointer, LIMITS[each]) for each in at)


def checked(met: tuple[Violation, ...], unmet: tuple[Violation, ...], **asked: Any) -> Report:
    """Return the report of a check that finds other violations by what is assumed."""

    def check(_instance: Any) -> Report:
        return Report("c", met if is_assumed(PATTERN, **asked) else unmet)

    return check_undecided(check, None)


VALUE = f"it takes too long to decide whether it matches {PATTERN}"
NAME = f"it takes too long to decide whether a property name matches {PATTERN}"


@table(
    ("met", "unmet", "certain", "reasons"),
    [
        ((), broken(0), (), {"/a": VALUE}),
        (broken(3), broken(0, 3), broken(3), {"/a": VALUE}),
        (broken(1), broken(0, 2), broken(1), {"/a": VALUE}),  # one of them, though not known which
        (broken(0), broken(0), broken(0), {"": VALUE}),
        (broken(3), (), (), {"": VALUE}),  # under a `not`
        (broken(3), broken(1), broken(3), {"": VALUE}),  # another pattern
        ((), (), (), {"": VALUE}),
    ],
)
def test_only_what_both_assumptions_find_is_broken(
    met: Any, unmet: Any, certain: Any, reasons: dict[str, str]
) -> None:
    """What one of them makes valid is; the value that breaks the pattern alone is not checked."""
    found = checked(met, unmet)
    assert (found.violations, found.not_checked) == (certain, reasons)


def test_undecided_names_leave_the_whole_object_unchecked() -> None:
    """It is not known which of its values the subschema of the pattern applies to."""
    found = checked(broken(3), broken(3), of_name=True)
    assert (found.violations, found.not_checked) == ((), {"": NAME})


def test_a_limit_broken_beside_counts() -> None:
    """A pattern is undecided where it is not the first limit that the value breaks, too."""
    both = Violation("maxLength", "/a", LIMITS[3], also=(LIMITS[0],))
    assert checked(broken(3), (both,)).not_checked == {"/a": VALUE}


def test_the_work_of_a_check_goes_on() -> None:
    """What a verdict took before counts to the check that comes after it."""
    work = Work()

    def check(_instance: Any) -> Report:
        assert match_by_steps("a$", "ba")
        return Report("c")

    before = work.steps_left
    check_undecided(check, None, work)
    assert work.steps_left < before


def test_limits_of_one_kind_at_one_place_are_told_apart() -> None:
    """By where each is written: only the one that both assumptions find broken is."""
    parts = [{"maxLength": 1}, {"maxLength": 2}, {"minLength": 9}]
    one, other, sure = (
        Violation(each.keyword, each.pointer, each) for each in Contract({"allOf": parts}).limits
    )
    assert checked((one, sure), (other, sure)).violations == (sure,)


def test_what_is_decided_has_one_check() -> None:
    """The report is that of the check."""
    seen = []

    def check(_instance: Any) -> Report:
        seen.append(1)
        return Report("c", broken(3))

    assert check_undecided(check, None) == Report("c", broken(3))
    assert len(seen) == 1


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 59 + "…")])
def test_a_long_pattern_is_shortened(length: int, shown: str) -> None:
    """The start of it tells which it is."""

    def check(_instance: Any) -> Report:
        is_assumed("x" * length)
        return Report("c")

    (reason,) = check_undecided(check, None).not_checked.values()
    assert reason.endswith(f" {shown}")


@pytest.mark.parametrize(
    ("names", "patterns", "is_undecided"),
    [(50_000, 1, False), (50_001, 1, True), (25_000, 2, False), (25_001, 2, True)],
)
def test_names_that_are_too_long_for_the_engine_are_undecided(
    names: int, patterns: int, is_undecided: bool
) -> None:
    """All names count, at whatever depth, once for each pattern."""
    accepts = without_long_names(lambda _: False, frozenset("xy"[:patterns]))
    instance = ["value", {"a" * 9: [{"b" * (names - 11): "value"}]}]
    with assuming(True) as undecided:
        assert accepts(instance) is is_undecided
    assert len(undecided) == (patterns if is_undecided else 0)
    assert all(each.of_name for each in undecided)


@pytest.mark.parametrize(("instance", "expected"), [("ab", True), ("b", False), ("\ud800", False)])
def test_what_is_certainly_valid(instance: str, expected: bool) -> None:
    """What the engine decides; and what it cannot take is checked."""
    assert checker_of(Contract({"pattern": "^a"})).is_certainly_valid(instance) is expected


def test_a_verdict_that_depends_on_it_is_none() -> None:
    """It raises, with the work of the check."""
    assert deciding(lambda _: False)(None) is False
    with pytest.raises(UndecidedError) as caught:
        deciding(lambda _: is_assumed(PATTERN))(None)
    assert caught.value.work is not None
