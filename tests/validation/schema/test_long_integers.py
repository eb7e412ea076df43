"""Integers of more digits than Python converts to text: refused, never misread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fieldbound import Contract, bulk
from fieldbound.documents import parse
from support.tables import table

LONG = 10**5000
MESSAGE = "integer with more than 4300 digits is not supported"


@pytest.mark.parametrize(
    ("schema", "instance"),
    [
        ({"properties": {"n": {"maximum": 5}}}, {"n": LONG}),
        ({"maximum": 5}, LONG),
        ({"exclusiveMaximum": 5}, LONG),
        ({"minimum": -5}, -LONG),
        ({"exclusiveMinimum": -5}, -LONG),
        ({"multipleOf": 7}, LONG),
        ({"items": {"maximum": 5}}, [1, LONG]),
        ({"items": {"maximum": 5}}, (1, (LONG,))),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"maximum": 5}}}, LONG),
        ({"not": {"minimum": 5}}, LONG),
        ({"not": {"type": "number"}}, LONG),
        ({"uniqueItems": True}, [*range(40), LONG, LONG]),
        ({"const": 5}, LONG),
        ({"enum": [-1, -1.0]}, LONG),
        ({"type": "string"}, LONG),
    ],
    ids=lambda value: type(value).__name__,  # pytest shows integers as text
)
def test_no_limit_passes_an_integer_too_long(schema: Any, instance: Any) -> None:
    """It is a violation, by every way to a verdict."""
    contract = Contract(schema)
    assert not contract.is_valid(instance)
    assert not contract.is_valid(instance)  # the fastest way, which the first check chose
    assert not contract.check(instance).ok


def test_the_violation_says_why() -> None:
    """It has the pointer of the integer, and no limit, as that of a file."""
    (violation,) = Contract({"items": {"maximum": 5}}).check([1, LONG])
    assert (violation.code, violation.pointer) == ("syntax", "/1")
    assert violation.message == f"/1: {MESSAGE}"  # a document has the place instead
    (in_text,) = Contract({"items": {"maximum": 5}}).check(parse("[1, 1" + "0" * 5000 + "]"))
    assert (in_text.code, in_text.pointer, in_text.message) == ("syntax", "/1", MESSAGE)


@table("digits", [19, 39, 309, 401, 641, 4300])
def test_integers_of_fewer_digits_are_exact(digits: int) -> None:
    """They are compared to the last digit."""
    number = 10 ** (digits - 1)
    contract = Contract({"maximum": number})
    assert contract.is_valid(number)
    assert not contract.is_valid(number + 1)
    assert Contract({"multipleOf": 7}).is_valid(7 * number // 10)


def test_an_integer_too_long_where_no_limit_is_about_it_is_valid() -> None:
    """The engine reads its type right."""
    assert Contract({"type": "integer"}).check(LONG).ok
    assert Contract({"default": {"maximum": 5}, "examples": [{"multipleOf": 2}]}).check(LONG).ok
    assert Contract({"properties": {"n": {"maxLength": 5}}}).check({"n": LONG}).ok


def test_records_with_an_integer_too_long_are_checked_one_by_one() -> None:
    """The others count as ever."""
    contract = Contract({"properties": {"n": {"maximum": 5}}})
    report = bulk.check(
        [{"n": 1}, {"n": LONG}, {"n": 7}, {"n": -LONG}, {"n": [LONG]}, {}], contract
    )
    assert (report.records, report.invalid) == (6, 4)


def test_an_instance_that_contains_itself_ends() -> None:
    """The search for integers takes each container once."""
    endless: dict[str, Any] = {"n": 5, "m": 2**70}
    endless["self"] = [endless]
    assert Contract({"properties": {"n": {"maximum": 5}}}).check(endless).ok


def test_a_limit_too_long_is_a_broken_contract() -> None:
    """The engine cannot take it."""
    with pytest.raises(Exception, match="a number has too many digits"):
        Contract({"maximum": LONG})


_LOWERED = """
from fieldbound import Contract
from fieldbound.documents import parse
contract = Contract({"properties": {"n": {"maximum": 5}}})
for format in ("json", "yaml"):
    for digits in (640, 641, 4300):
        text = '{"a": [{"b": "x"}],\\n "n": ' + "9" * digits + "}"
        for found in contract.check(parse(text, format=format)):
            print(found.code, found.pointer, found.place, "640 digits" in found.message)
print(contract.is_valid({"n": 10**639}), contract.is_valid({"n": 10**640}))
"""


def test_a_lower_limit_of_digits_holds_for_files_and_values() -> None:
    """Whatever PYTHONINTMAXSTRDIGITS says, nothing passes."""
    done = subprocess.run(
        [sys.executable, "-c", _LOWERED],
        env={**os.environ, "PYTHONINTMAXSTRDIGITS": "640", "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    one = ["maximum /n 2:7 False", "syntax /n 2:7 True", "syntax /n 2:7 True"]
    assert done.stdout.splitlines() == [*one, *one, "False False"]
