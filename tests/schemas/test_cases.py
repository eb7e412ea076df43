"""Test cases in files: `cases/<vendor>/<operation>/<part>/{valid,invalid}/*.json`.

Every invalid case has a `*.expect.json` beside it: the expected violations in document order, each
with its code, its pointer and the id of its limit.
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


def _reference_is_valid(contract: fieldbound.Contract, document: fieldbound.Document) -> bool:
    """Check by jsonschema, with header names in the case that the schema has."""
    instance: Any = document.value
    if contract.schema.get("x-any-case"):
        names = {name.lower(): name for name in contract.schema["properties"]}
        instance = {names.get(name.lower(), name): each for name, each in instance.items()}
    return contract.jsonschema_validator().is_valid(instance)


@pytest.mark.parametrize("path", VALID, ids=_name)
def test_valid_case(path: Path) -> None:
    """A case in valid/ has no violation, by both engines."""
    contract, document = _contract(path), fieldbound.read(path)
    assert list(contract.check(document)) == []
    assert contract.is_valid(document.value)
    assert _reference_is_valid(contract, document)


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_invalid_case(path: Path) -> None:
    """A case in invalid/ has exactly the expected violations, and is invalid by both engines."""
    contract, document = _contract(path), fieldbound.read(path)
    expected = json.loads(path.with_suffix(".expect.json").read_text("utf-8"))
    found = [
        {"code": each.code, "pointer": each.pointer, "limit": each.limit and each.limit.id}
        for each in contract.check(document)
    ]
    assert found == expected
    assert not contract.is_valid(document.value)
    assert not _reference_is_valid(contract, document)


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_violation_has_limit_evidence_and_place(path: Path) -> None:
    """Every violation has a limit of the contract, with evidence, and a place."""
    contract = _contract(path)
    for violation in contract.check(fieldbound.read(path)):
        assert violation.limit in contract.limits
        assert violation.limit.says is not None
        assert violation.place is not None


@pytest.mark.parametrize("path", INVALID, ids=_name)
def test_document_and_value_have_the_same_violations(path: Path) -> None:
    """A value without its text has the same violations as its document, without places."""
    contract, document = _contract(path), fieldbound.read(path)
    of_document = [(each.code, each.pointer) for each in contract.check(document)]
    of_value = [(each.code, each.pointer) for each in contract.check(document.value)]
    assert of_document == of_value


def test_every_vendor_has_cases() -> None:
    """There are valid and invalid cases for each of the bundled vendors."""
    vendors = {"axim-commerce", "fortellis", "oracle-cx-sales"}
    assert {path.relative_to(CASES).parts[0] for path in VALID} == vendors
    assert {path.relative_to(CASES).parts[0] for path in INVALID} == vendors


def test_every_expectation_has_a_case() -> None:
    """Every `*.expect.json` has a case beside it."""
    expectations = CASES.glob("*/*/*/invalid/*.expect.json")
    cases = {path.with_name(path.name.replace(".expect", "")) for path in expectations}
    assert cases == set(INVALID)
