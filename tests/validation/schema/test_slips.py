"""What a schema says in vain is reported by its contract, and is an error where strict."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from fieldbound import BrokenContract, Contract
from support.tables import table

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
MISSPELT = "unknown keyword 'maxLenght' is not enforced; did you mean maxLength?"
CLOSED = {"properties": {"aaaa": {}}, "additionalProperties": False, "required": ["aaab"]}
IMPOSSIBLE = "'aaab' is required, but additionalProperties: false rejects it; did you mean aaaa?"
CONST = "'const' is not enforced: draft 4 does not define it"


@table(
    ("schema", "pointer", "reason"),
    [
        ({"maxLenght": 1}, "/maxLenght", MISSPELT),
        ({"items": {"anyOf": [{}, {"maxLenght": 1}]}}, "/items/anyOf/1/maxLenght", MISSPELT),
        ({"properties": {"a/b": {"maxLenght": 1}}}, "/properties/a~1b/maxLenght", MISSPELT),
        (CLOSED, "/required/0", IMPOSSIBLE),
        ({"$schema": DRAFT_4, "const": 1}, "/const", CONST),
        (
            {"$schema": DRAFT_7, "$defs": {"a": {}}, "items": {"$ref": "#/$defs/a", "maximum": 1}},
            "/items/maximum",
            "'maximum' is not enforced: draft 7 ignores it beside $ref",
        ),
        ({"$schema": DRAFT_4, "items": {"const": 1}, "maximum": 5}, "/items/const", CONST),
        (
            {"$schema": DRAFT_4, "contains": {"maxLenght": 1}},
            "/contains",
            "'contains' is not enforced: draft 4 does not define it",
        ),
    ],
)
def test_strict_names_the_slip(schema: Any, pointer: str, reason: str) -> None:
    """Strict raises with the pointer into the schema; without it the contract reports the slip."""
    with pytest.raises(BrokenContract) as caught:
        Contract(schema, strict=True)
    assert (caught.value.pointer, caught.value.reason) == (pointer, reason)
    assert reason in Contract(schema).not_checked.values()


def test_strict_names_each_slip() -> None:
    """All are named, each with its pointer, those of resources by their URI."""
    schema = {"maxLenght": 1, "items": CLOSED, "$ref": "urn:x"}
    with pytest.raises(BrokenContract) as caught:
        Contract(schema, strict=True, resources={"urn:x": {"not": {"maxLenght": 2}}})
    assert str(caught.value) == (
        f"at /maxLenght: {MISSPELT}; at /items/required/0: {IMPOSSIBLE}; "
        f"at urn:x#/not/maxLenght: {MISSPELT}"
    )


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"default": {"maxLenght": 1}, "properties": {"maxLenght": {}}, "x-maxLenght": 1},
        {"x-not-checked": ["why"], "format": "unknown"},
        {"$schema": DRAFT_7, "$defs": {"a": {}}, "$ref": "#/$defs/a", "title": "a"},
        {"$schema": "urn:own", "maximum": 1},
    ],
)
def test_what_is_no_slip(schema: Any) -> None:
    """Names, values, annotations and what is stated not to be checked are no slips."""
    resources = {"urn:own": {"$schema": DRAFT_7}} if "urn:own" in str(schema) else None
    strict = Contract(schema, strict=True, resources=resources)
    assert strict.not_checked == Contract(schema, resources=resources).not_checked


def test_a_strict_contract_is_pickled_and_copied() -> None:
    """It was found to have no slips: it is the same contract afterwards."""
    contract = Contract({"maxLength": 1}, strict=True, name="a")
    for again in (pickle.loads(pickle.dumps(contract)), copy.deepcopy(contract)):  # noqa: S301
        assert again.check("ab") == contract.check("ab")
        assert (again.name, again.schema) == ("a", {"maxLength": 1})
