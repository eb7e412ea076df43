"""The engine is given what it takes, or it is said what is wrong with a schema, and where."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest

from fieldbound import BrokenContract, Contract
from fieldbound.validation.compiled import CompiledSchema
from fieldbound.validation.engine import in_dialect
from fieldbound.validation.schema.base_uri import base_uri
from support.tables import table

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


@table(
    ("schema", "uri"),
    [
        ({}, "https://fieldbound.invalid/a%20b"),
        (True, "https://fieldbound.invalid/a%20b"),
        ({"$id": "https://h.invalid/x#"}, "https://h.invalid/x"),
        ({"id": "urn:x:y"}, "urn:x:y"),
        ({"$id": "x.json"}, "https://fieldbound.invalid/a%20b"),
        ({"$id": "x.json", "id": "https://h.invalid/y"}, "https://h.invalid/y"),
        ({"$id": 5}, "https://fieldbound.invalid/a%20b"),
    ],
)
def test_the_base_of_references(schema: Any, uri: str) -> None:
    """The schema's own absolute URI, or one by its name."""
    assert base_uri(schema, "a b") == uri


@pytest.mark.parametrize(
    ("schema", "resources", "is_compiled_anew"),
    [
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}, {}, True),
        ({"items": {"$ref": "#"}}, {}, False),
        ({"$ref": "https://a.example/b"}, {"https://a.example/b": {"const": 1}}, False),
    ],
)
def test_what_only_accepts_or_rejects_is_compiled_without_references(
    schema: Any, resources: dict[str, Any], is_compiled_anew: bool
) -> None:
    """Where there is no other document, and no reference that leads back."""
    compiled = CompiledSchema(schema, "a", resources, "assert")
    own = getattr(compiled.fast_is_valid(), "__self__", None)
    assert (own is not compiled.engine) is is_compiled_anew


@pytest.mark.parametrize("dialect", [DRAFT_7, "https://json-schema.org/draft/2020-12/schema"])
def test_the_format_regex_is_asserted_wherever_it_is_meant(dialect: str) -> None:
    """In the schema itself, and in the schemas of schemas that it refers to."""
    for schema in ({"properties": {"pattern": {"format": "regex"}}}, {"$ref": dialect}):
        made = Contract({"$schema": dialect, "items": schema})
        assert [made.is_valid([{"pattern": each}]) for each in ("a", "((", "a++")] == [
            True,
            False,
            False,
        ]


def test_a_schema_may_be_of_other_dictionaries() -> None:
    """Those are copied, too."""
    schema = OrderedDict(properties=OrderedDict(a={"type": "string"}))
    made = Contract(schema)
    schema.clear()
    assert [made.is_valid({"a": each}) for each in ("x", 5)] == [True, False]


@pytest.mark.parametrize(
    ("resource", "dialect", "expected"),
    [
        ({"const": 1}, DRAFT_7, {"$schema": DRAFT_7, "const": 1}),
        ({"$schema": "own"}, DRAFT_7, {"$schema": "own"}),
        ({"const": 1}, None, {"const": 1}),
        (True, DRAFT_7, True),
    ],
)
def test_a_resource_has_the_draft_of_the_schema(resource: Any, dialect: Any, expected: Any) -> None:
    """Unless it names one itself."""
    assert in_dialect(resource, dialect) == expected


@table(
    ("schema", "pointer", "reason"),
    [
        ([], None, "a JSON Schema must be an object or a boolean, not array"),
        (5, None, "a JSON Schema must be an object or a boolean, not integer"),
        ({"$schema": "urn:x"}, "/$schema", "unknown $schema 'urn:x'"),
        ({"properties": {"a": {"type": 5}}}, "/properties/a/type", "5"),
        ({"type": "text"}, "/type", "text"),
        ({"allOf": [{"pattern": "("}]}, "/allOf/0/pattern", "("),
        ({"allOf": [{"$ref": "#/x"}]}, "/allOf/0/$ref", "does not exist"),
        ({"minimum": 10**5000}, None, "too many digits"),
    ],
)
def test_what_is_wrong_with_a_schema(schema: Any, pointer: str | None, reason: str) -> None:
    """In one line, with its pointer if it has one."""
    with pytest.raises(BrokenContract) as caught:
        Contract(schema)
    assert caught.value.pointer == pointer
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason


def test_a_meta_schema_may_be_a_resource() -> None:
    """A dialect that is given is known."""
    meta = {
        "$id": "https://h.invalid/meta",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
    contract = Contract(
        {"$schema": "https://h.invalid/meta", "const": 1}, resources={meta["$id"]: meta}
    )
    assert contract.is_valid(1)
    assert not contract.is_valid(2)


def test_a_resource_may_refer_back() -> None:
    """By the URI of the schema."""
    uri = "https://h.invalid/a.json"
    schema = {"$id": uri, "properties": {"b": {"$ref": "b.json"}}, "required": ["n"]}
    contract = Contract(schema, resources={"https://h.invalid/b.json": {"$ref": "a.json"}})
    assert contract.is_valid({"n": 1, "b": {"n": 1}})
    assert [each.pointer for each in contract.check({"n": 1, "b": {}})] == ["/b/n"]


def test_a_file_that_a_schema_refers_to_is_not_read(tmp_path: Path) -> None:
    """Nor is any other resource that is not given."""
    other = tmp_path / "other.json"
    other.write_text('{"type": "string"}')
    for schema in ({"$ref": other.as_uri()}, {"items": {"$ref": other.as_uri()}}):
        with pytest.raises(BrokenContract, match="never fetched"):
            Contract(schema)
