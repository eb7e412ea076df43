"""Subschemas: where each is, what a reference leads to, and which draft it is of."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound.model import DIALECTS, SchemaRegistry, child_schemas, draft_of, schema_members
from fieldbound.model.subschemas import Node, encode_uri, is_openapi_dialect, resolve_uri
from support.tables import table

BASE = "https://h.invalid/a/b.json"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


@table(
    ("base", "reference", "uri"),
    [
        (BASE, "#", f"{BASE}#"),
        (BASE, "#/x", f"{BASE}#/x"),
        (BASE, "c.json", "https://h.invalid/a/c.json"),
        (BASE, "c.json#/x/y", "https://h.invalid/a/c.json#/x/y"),
        (f"{BASE}#/z", "c.json", "https://h.invalid/a/c.json"),
        (BASE, "../c.json", "https://h.invalid/c.json"),
        (BASE, "d/../c.json", "https://h.invalid/a/c.json"),
        (BASE, "/c.json", "https://h.invalid/c.json"),
        (BASE, "..", "https://h.invalid/"),
        (BASE, "?c", f"{BASE}?c"),
        (BASE, "http://o.invalid/c", "http://o.invalid/c"),
        (BASE, "urn:x:y", "urn:x:y"),
        ("https://h.invalid", "c.json", "https://h.invalid/c.json"),
        ("https://h.invalid/a?x=/y", "c.json", "https://h.invalid/c.json"),
        ("b.json", "c.json", "c.json"),
        (BASE, "a b#/ü", "https://h.invalid/a/a%20b#/%C3%BC"),
    ],
)
def test_a_reference_is_relative_to_a_base(base: str, reference: str, uri: str) -> None:
    """As RFC 3986 has it."""
    assert resolve_uri(base, reference) == uri


def test_a_resource_is_known_by_its_uri() -> None:
    """Each that a schema has within it, too; what is not known has no keyword."""
    inner = {"$id": "c.json", "type": "null"}
    schema = {"$defs": {"x": inner}}
    registry = SchemaRegistry(schema, BASE, {"urn:x:y": {"type": "string"}})
    assert registry.resource(BASE) == schema
    assert registry.resource("https://h.invalid/a/c.json") == inner
    assert registry.resource("urn:x:y") == {"type": "string"}
    assert registry.resource("urn:x:z") is True


@table(
    ("reference", "encoded"),
    [
        ("a%20b", "a%20b"),
        ("100%", "100%25"),
        ("a<b", "a%3Cb"),
        ("a#b#c", "a#b%23c"),
        ("a b", "a%20b"),
        ("#a b", "#a%20b"),
        ("a/~1?b=c&d;e@:!$'()*+,", "a/~1?b=c&d;e@:!$'()*+,"),
    ],
)
def test_what_a_uri_has_not_is_percent_encoded(reference: str, encoded: str) -> None:
    """What is encoded already stays."""
    assert encode_uri(reference) == encoded


@table(
    ("schema", "default", "draft"),
    [
        (True, 0, 0),
        ({}, 0, 0),
        ({}, 7, 7),
        ({"$schema": 5}, 4, 4),
        ({"$schema": "http://json-schema.org/draft-03/schema#"}, 0, 4),
        ({"$schema": DRAFT_4}, 0, 4),
        ({"$schema": "http://json-schema.org/draft-06/schema#"}, 0, 6),
        ({"$schema": DRAFT_7}, 0, 7),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema"}, 7, 0),
        ({"$schema": "http://json-schema.org/draft-05/schema#"}, 0, 0),
    ],
)
def test_the_draft_of_a_schema(schema: Any, default: int, draft: int) -> None:
    """By its own `$schema`; 3 is read as 4."""
    assert draft_of(schema, default) == draft


@table(
    ("dialect", "expected"),
    [
        ("https://spec.openapis.org/oas/3.1/dialect/base", True),
        ("https://spec.openapis.org/oas/3.2/dialect/2025-09-17", True),
        ("https://spec.openapis.org/oas/3.1/schema/base", False),
        ("https://h.invalid/oas/3.1/dialect/base", False),
        (5, False),
        (None, False),
    ],
)
def test_the_dialects_of_openapi(dialect: Any, expected: bool) -> None:
    """They are known by their URI."""
    assert is_openapi_dialect(dialect) is expected


def test_the_dialects_of_json_schema() -> None:
    """Those of which there is a vocabulary of limits, and a schema that names none."""
    drafts = {f"http://json-schema.org/draft-0{draft}/schema" for draft in (4, 6, 7)}
    years = {f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")}
    assert {"", *drafts, *years} == DIALECTS


def test_the_subschemas_of_a_schema() -> None:
    """Those of keywords that have any, each with its path."""
    schema = {
        "properties": {"a": True, "const": {}},
        "patternProperties": [],
        "allOf": [False, {}],
        "oneOf": {"a": {}},
        "items": [{}],
        "not": {},
        "additionalProperties": False,
        "if": 5,
        "const": {"not": {}},
        "x-own": {"not": {}},
    }
    assert [path for path, _ in child_schemas(schema)] == [
        ("properties", "a"),
        ("properties", "const"),
        ("allOf", "0"),
        ("allOf", "1"),
        ("items", "0"),
        ("not",),
        ("additionalProperties",),
    ]
    assert list(child_schemas(False)) == []
    assert [path for path, _ in child_schemas({"items": {}})] == [("items",)]


def test_plain_values_are_no_members() -> None:
    """The names of properties are the author's, whatever they are."""
    document = {
        "properties": {"const": {}, "x-a": {}},
        "const": {},
        "x-own": {},
        "x-operations-without-path": {},
        "allOf": [],
        "dependencies": 5,
    }
    assert [(token, is_map) for token, _, is_map in schema_members(document)] == [
        ("properties", True),
        ("x-operations-without-path", False),
        ("allOf", False),
        ("dependencies", False),
    ]
    names = schema_members(document["properties"], is_map=True)
    assert [(token, is_map) for token, _, is_map in names] == [("const", False), ("x-a", False)]
    assert [token for token, *_ in schema_members([1, 2])] == ["0", "1"]


@table(
    ("tokens", "location"),
    [
        ((), "u#"),
        (("a", "0"), "u#/a/0"),
        (("a/b~", "c d"), "u#/a~1b~0/c%20d"),
        (("ü",), "u#/%C3%BC"),
        (("x-y_$.z",), "u#/x-y_$.z"),
        (("%",), "u#/%25"),
    ],
)
def test_the_location_of_a_subschema(tokens: tuple[str, ...], location: str) -> None:
    """A URI with a JSON Pointer as its fragment."""
    assert Node({}, "u", tokens).location == location
    assert Node({}, "u") == Node({}, "u", (), 0)


RESOURCES: dict[str, Any] = {
    "https://h.invalid/a/other.json": {"$anchor": "there", "$defs": {"a": {"const": 1}}},
    "https://h.invalid/a/old.json#": {"id": "old.json", "definitions": {"b": {"id": "#c"}}},
}


@table(
    ("schema", "reference", "location"),
    [
        ({}, "#", f"{BASE}#"),
        ({"$defs": {"a": {}}}, "#/$defs/a", f"{BASE}#/$defs/a"),
        ({"$defs": {"a%b": {}}}, "#/$defs/a%25b", f"{BASE}#/$defs/a%25b"),
        ({"allOf": [{"$anchor": "x"}]}, "#x", f"{BASE}#/allOf/0"),
        ({"allOf": [{"$dynamicAnchor": "x"}]}, "#x", f"{BASE}#/allOf/0"),
        ({"$schema": DRAFT_7, "allOf": [{"$id": "#x"}]}, "#x", f"{BASE}#/allOf/0"),
        ({"$schema": DRAFT_4, "allOf": [{"id": "#x"}]}, "#x", f"{BASE}#/allOf/0"),
        ({"$schema": DRAFT_4, "allOf": [{"$id": "#x"}]}, "#x", None),
        ({"allOf": [{"id": "#x"}]}, "#x", None),
        ({"$schema": DRAFT_7, "allOf": [{"$id": "#x", "$ref": "#"}]}, "#x", None),
        ({"allOf": [{"$id": "c.json", "$ref": "#"}]}, "c.json", "https://h.invalid/a/c.json#"),
        (
            {"allOf": [{"$id": "c.json", "not": {}}]},
            "c.json#/not",
            "https://h.invalid/a/c.json#/not",
        ),
        ({}, "other.json", "https://h.invalid/a/other.json#"),
        ({}, "other.json#there", "https://h.invalid/a/other.json#"),
        ({}, "other.json#/$defs/a", "https://h.invalid/a/other.json#/$defs/a"),
        ({}, "old.json", "https://h.invalid/a/old.json#"),
        ({}, "#/$defs/a", None),
        ({"allOf": [{}]}, "#/allOf/1", None),
        ({"allOf": [{}]}, "#/allOf/x", None),
        ({}, "#there", None),
        ({}, "none.json", None),
    ],
)
def test_what_a_reference_leads_to(schema: Any, reference: str, location: str | None) -> None:
    """By `$id`, anchors and JSON Pointers, in the schema and its resources; else to nothing."""
    references = SchemaRegistry(schema, BASE, RESOURCES)
    if location is None:
        with pytest.raises((KeyError, IndexError, ValueError)):
            references.resolve(references.root, reference)
    else:
        assert references.resolve(references.root, reference).location == location


@pytest.mark.parametrize(
    ("schema", "pointer", "reason"),
    [
        ({"$ref": "#/x"}, "/$ref", "does not exist in its document"),
        ({"properties": {"a": {"$ref": "x.json"}}}, "/properties/a/$ref", "never fetched"),
        ({"not": {"allOf": [{"$ref": "x.json"}]}}, "/not/allOf/0/$ref", "never fetched"),
    ],
)
def test_an_unresolved_reference_is_found(schema: Any, pointer: str, reason: str) -> None:
    """With its pointer, and the reason."""
    found = SchemaRegistry(schema, BASE, {}).unresolved_reference()
    assert found is not None
    assert found[0] == pointer
    assert reason in found[1]


@table(
    "schema",
    [
        {},
        {"$ref": "#"},
        {"$ref": DRAFT_7},
        {"$ref": f"{DRAFT_7}/none"},
        {"properties": {"$ref": {"const": {"$ref": "x.json"}}}},
    ],
)
def test_resolved_references_are_no_error(schema: Any) -> None:
    """The engine knows the meta-schemas."""
    assert SchemaRegistry(schema, BASE, {}).unresolved_reference() is None


@pytest.mark.parametrize(
    ("schema", "resources", "expected"),
    [
        ({}, {}, True),
        ({"allOf": [{"$id": "c.json"}]}, {}, False),
        ({}, {"https://h.invalid/c.json": {}}, False),
    ],
)
def test_how_many_resources_there_are(
    schema: Any, resources: dict[str, Any], expected: bool
) -> None:
    """One, or several, embedded or beside it."""
    assert SchemaRegistry(schema, BASE, resources).has_one_resource is expected


@pytest.mark.parametrize(
    ("resource", "draft"), [({}, 0), ({"$schema": DRAFT_7}, 7), ({"$schema": DRAFT_4}, 4)]
)
def test_a_resource_has_its_own_draft(resource: Any, draft: int) -> None:
    """And so have the schemas within it, unless they say otherwise."""
    schema = {"$schema": DRAFT_7, "allOf": [{"$id": "own.json", "not": {}}]}
    references = SchemaRegistry(
        schema, BASE, {"https://h.invalid/a/c.json": {**resource, "not": {}}}
    )
    assert references.resolve(references.root, "c.json#/not").draft == draft
    assert references.resolve(references.root, "own.json#/not").draft == 7
