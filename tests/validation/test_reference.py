"""The reference resolves what the engine resolves."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract, cases

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
BASE = "https://fieldbound.invalid/"
STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "resources"),
    [
        (
            {"$schema": DRAFT_7, "$id": "https://a.example/root.json", "$ref": "other.json"},
            {"https://a.example/other.json": STRING},
        ),
        (
            {"$schema": DRAFT_7, "$id": "root.json", "$ref": "other.json"},
            {f"{BASE}other.json": STRING},
        ),
        ({"$id": "root.json", "$ref": "other.json"}, {f"{BASE}other.json": STRING}),
        ({"$schema": DRAFT_7, "$ref": "#/definitions/a", "definitions": {"a": STRING}}, {}),
        (
            {"$schema": DRAFT_7, "allOf": [{"$ref": "other.json#/definitions/a"}]},
            {f"{BASE}other.json": {"definitions": {"a": STRING}}},
        ),
    ],
)
def test_both_engines_resolve_a_reference(schema: Any, resources: dict[str, Any]) -> None:
    """A relative `$id` and what stands beside a `$ref` included."""
    contract = Contract(schema, resources=resources)
    for instance, ok in (("a", True), (5, False)):
        assert contract.check(instance).ok == ok
        assert contract.jsonschema_validator().is_valid(instance) == ok
    assert list(cases(contract))


@pytest.mark.parametrize("name", ["A<B>", "ü", "a b", "100%", "{x}|^"])
@pytest.mark.parametrize("dialect", [DRAFT_4, "https://json-schema.org/draft/2020-12/schema"])
def test_a_reference_need_not_be_percent_encoded(name: str, dialect: str) -> None:
    """Generators write names as they are; the engine takes only what RFC 3986 allows."""
    schema = {"$schema": dialect, "$ref": f"#/definitions/{name}", "definitions": {name: STRING}}
    for contract in (
        Contract(schema),
        Contract({"$ref": "a.json"}, resources={f"{BASE}a.json": schema}),
    ):
        assert [each.code for each in contract.check(5)] == ["type"]
        assert not contract.jsonschema_validator().is_valid(5)


def test_a_plain_value_that_looks_like_a_reference_stays() -> None:
    """`const`, `enum` and the names of properties are the author's."""
    given = {"$ref": "a<b"}
    assert Contract({"const": given}).is_valid(given)
    assert (
        Contract({"properties": {"$ref": STRING}}).check({"$ref": 5}).violations[0].code == "type"
    )


@pytest.mark.parametrize("draft", [DRAFT_4, DRAFT_7])
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"type": "object", "required": ["a"]},
        {"type": "object", "dependencies": {"a": ["b"]}},
    ],
)
def test_cases_of_a_draft_that_allows_no_empty_list(schema: Any, draft: str) -> None:
    """A limit is removed with the list that would be empty."""
    assert list(cases(Contract({"$schema": draft, **schema})))
