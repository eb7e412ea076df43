"""What is prepared of a contract: what the engine reads of it, and what is known of it."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.validation import preparation_of
from fieldbound.validation.schema.prepared import Prepared, prepared_contract
from support.tables import table

NOTED = {"title": "A", "x-source": {"says": "stated"}, "examples": [1], "$comment": "c"}


@table(
    ("schema", "read"),
    [
        ({**NOTED, "maxLength": 1}, {"maxLength": 1}),
        (
            {"items": {**NOTED, "anyOf": [{**NOTED, "const": 1}]}},
            {"items": {"anyOf": [{"const": 1}]}},
        ),
        (
            {"properties": {"title": {**NOTED, "type": "null"}, "x-a": True}},
            {"properties": {"title": {"type": "null"}, "x-a": True}},
        ),
        ({"const": {"title": "A"}, "default": 1}, {"const": {"title": "A"}}),
        ({"pattern": r"\d", **NOTED}, {"pattern": "[0-9]"}),
        ({"pattern": r"(.)\1", **NOTED}, None),
        (False, False),
    ],
)
def test_what_the_engine_reads_has_no_annotations(schema: Any, read: Any) -> None:
    """At any depth; the schema itself has them still."""
    found = preparation_of(Contract(schema))
    assert found is not None
    assert (found.schema, found.engine_schema) == (schema, read)


def test_what_is_made_of_more_than_a_schema_is_not_prepared() -> None:
    """Other resources, and formats that are no limits."""
    assert preparation_of(Contract({"$ref": "urn:a"}, resources={"urn:a": {}})) is None
    assert preparation_of(Contract({}, formats="annotate")) is None


@pytest.mark.parametrize("pattern", [r"^\d$", r"^(.)\1$"])
@pytest.mark.parametrize("any_case", [False, True])
@pytest.mark.parametrize("has_limits", [False, True])
def test_a_prepared_contract_is_the_same(pattern: str, any_case: bool, has_limits: bool) -> None:
    """It has the limits, and makes the reports, of the contract that it was prepared of."""
    secret = {"maximum": 9, "x-sensitive": True}
    schema = {**NOTED, "properties": {"a": {**NOTED, "pattern": pattern}, "N": secret}}
    contract = Contract({**schema, "x-any-case": any_case}, name="own")
    found = preparation_of(contract)
    assert found is not None
    read, limits = found.engine_schema, found.limits if has_limits else None
    engine_schema = None if read is None else lambda: read
    own = prepared_contract(
        "own", Prepared(found.facts, lambda: found.schema, engine_schema, lambda: limits)
    )
    assert (own.limits, own.schema) == (contract.limits, contract.schema)
    for instance in ({"a": "5"}, {"a": "55"}, {"a": "x"}, {"N": 10}, {"n": 10}, {"N": 10**5000}):
        assert own.check(instance) == contract.check(instance)
        assert own.is_valid(instance) == contract.is_valid(instance)
