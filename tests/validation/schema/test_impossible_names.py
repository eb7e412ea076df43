"""A required name that no object may have is reported, where the contract is made and checked."""

from __future__ import annotations

from typing import Any

from fieldbound import Contract
from fieldbound.validation.schema.impossible_names import impossible_names
from support.tables import table

CLOSED = "is required, but additionalProperties: false rejects it"
UNEVALUATED = "is required, but unevaluatedProperties: false rejects it"


@table(
    ("schema", "expected"),
    [
        ({"additionalProperties": False, "required": ["b"]}, {"": f"'b' {CLOSED}"}),
        (
            {"properties": {"name": {}}, "additionalProperties": False, "required": ["nmae"]},
            {"": f"'nmae' {CLOSED}; did you mean name?"},
        ),
        ({"additionalProperties": {"not": {}}, "required": ["b"]}, {"": f"'b' {CLOSED}"}),
        ({"unevaluatedProperties": False, "required": ["b"]}, {"": f"'b' {UNEVALUATED}"}),
        (
            {"items": {"additionalProperties": False, "required": ["b", "c"]}},
            {"/*": f"'b' {CLOSED}; 'c' {CLOSED}"},
        ),
        (
            {"additionalProperties": False, "patternProperties": {"^b": {}}, "required": ["bc"]},
            {},
        ),
        (
            {"properties": {"a": {}}, "additionalProperties": False, "required": ["a", "b"]},
            {"": f"'b' {CLOSED}"},
        ),
        ({"additionalProperties": True, "required": ["b"]}, {}),
        (
            {
                "additionalProperties": True,
                "unevaluatedProperties": False,
                "required": ["b"],
            },
            {},
        ),
        (
            {
                "allOf": [{"properties": {"b": {}}}],
                "unevaluatedProperties": False,
                "required": ["b"],
            },
            {},
        ),
        ({"properties": {"b": {}}, "additionalProperties": False, "required": ["b"]}, {}),
    ],
)
def test_an_impossible_name_is_listed_with_its_reason(
    schema: Any, expected: dict[str, str]
) -> None:
    """The contract and each report list it; what JSON Schema says of the instance stays."""
    contract = Contract(schema)
    assert dict(contract.not_checked) == expected
    instance: Any = [{}] if "items" in schema else {}
    report = contract.check(instance)
    assert dict(report.not_checked) == expected
    assert report.ok is contract.jsonschema_validator().is_valid(instance)


def test_what_a_reference_hides_is_not_required() -> None:
    """Up to draft 7 nothing counts that stands beside a reference."""
    contract = Contract(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": "#/definitions/a",
            "definitions": {"a": {}},
            "additionalProperties": False,
            "required": ["b"],
        }
    )
    assert CLOSED not in str(contract.not_checked)


@table(
    "part",
    [
        {"patternProperties": {"(": {}}},  # an invalid pattern is reported by itself
        {"patternProperties": []},
        {"properties": []},
        {"required": "b"},
        {"required": [5]},
        {"required": ["a" * 40], "patternProperties": {r"^(a|a)+(?=b)\1$": {}}},  # undecided
    ],
)
def test_only_what_is_certain_is_impossible(part: Any) -> None:
    """What is wrong with a schema is reported instead."""
    assert not [*impossible_names({"required": ["b"], "additionalProperties": False, **part})]
