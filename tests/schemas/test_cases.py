"""Cases as files: `cases/<vendor>/<operation>/<part>/{valid,invalid}/*.json`.

Beside every invalid case stands what is expected of it: `*.expect.json`, the violations in the
order of the document, each with its code, its pointer and the id of its limit.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from support.paths import CASES

VALID = sorted(CASES.glob("*/*/*/valid/*.json"))
INVALID = sorted(
    path for path in CASES.glob("*/*/*/invalid/*.json") if not path.name.endswith(".expect.json")
)


def _name(path: Path) -> str:
    return path.relative_to(CASES).with_suffix("").as_posix()


@cache
def _contract(path: Path) -> fieldbound.Contract:
    vendor, operation, part = path.relative_to(CASES).parts[:3]
    return fieldbound.contract(f"{vendor}/{operation}" + ("" if part == "request" else f"/{part}"))


def _reference_says(contract: fieldbound.Contract, document: fieldbound.Document) -> bool:
    """Judge by jsonschema, to which names in another case are given as the contract has them."""
    instance: Any = document.value
    if contract.schema.get("x-any-case"):
        ours = {name.lower(): name for name in contract.schema["properties"]}
        instance = {ours.get(name.lower(), name): each for name, each in instance.items()}
    return contract.jsonschema_validator().is_valid(instance)


@pytest.mark.parametrize("path", VALID, ids=_name)
def test_a_valid_case_is_valid_by_both_engines(path: Path) -> None:
    """A case under valid/ has no violation, and both engines say so."""
    contract, document = _contract(path), fieldbound.read(path)
    assert list(contract.check(document)) == []
    assert contract.is_valid(document.value)
    assert _reference_says(contract, document)


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_an_invalid_case_has_the_expected_violations(path: Path) -> None:
    """A case under invalid/ has just the violations beside it, and both engines refuse it."""
    contract, document = _contract(path), fieldbound.read(path)
    expected = json.loads(path.with_suffix(".expect.json").read_text("utf-8"))
    found = [
        {"code": each.code, "pointer": each.pointer, "limit": each.limit and each.limit.id}
        for each in contract.check(document)
    ]
    assert found == expected
    assert not contract.is_valid(document.value)
    assert not _reference_says(contract, document)


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_a_violation_is_of_a_limit_of_its_contract(path: Path) -> None:
    """Every violation names a limit that the contract lists, with its source, and its place."""
    contract = _contract(path)
    for violation in contract.check(fieldbound.read(path)):
        assert violation.limit in contract.limits
        assert violation.limit.says is not None
        assert violation.place is not None


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_places_and_values_lead_to_the_same_violations(path: Path) -> None:
    """A value without its text has the violations of its document, but for the places."""
    contract, document = _contract(path), fieldbound.read(path)
    with_places = [(each.code, each.pointer) for each in contract.check(document)]
    without = [(each.code, each.pointer) for each in contract.check(document.value)]
    assert with_places == without


def test_there_are_cases_of_every_vendor() -> None:
    """The case folders are found at all, for each of the vendors that come with fieldbound."""
    vendors = {"axim-commerce", "fortellis", "oracle-cx-sales"}
    assert {path.relative_to(CASES).parts[0] for path in VALID} == vendors
    assert {path.relative_to(CASES).parts[0] for path in INVALID} == vendors


def test_nothing_is_expected_of_a_case_that_is_not_there() -> None:
    """Every expectation stands beside its case."""
    expectations = CASES.glob("*/*/*/invalid/*.expect.json")
    cases = {path.with_name(path.name.replace(".expect", "")) for path in expectations}
    assert cases == set(INVALID)
