"""An inlined schema accepts what the schema with references accepts."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings, strategies as st

import fieldbound
from fieldbound import BrokenContract, Contract
from fieldbound.model.subschemas import SchemaRegistry
from fieldbound.validation.inline import inlined
from support.effort import examples, sampled
from support.tables import table


def plain(schema: Any) -> Any:
    """Return the schema without references, or None."""
    return inlined(SchemaRegistry(schema, "https://fieldbound.invalid/schema", {}))


NAMES = ("a", "b", "c")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "a", "bb", "ccc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=6,
)
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "object", "array", "null"]),
        "maxLength": st.integers(0, 2),
        "minimum": st.integers(-1, 2),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "required": st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        "title": st.just("said"),
    },
)
REFERENCES = st.sampled_from(NAMES).map(lambda name: {"$ref": f"#/$defs/{name}"})


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    holders = st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=2),
            "additionalProperties": inner | st.booleans(),
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
            "propertyNames": inner,
            "contains": inner,
            "dependentSchemas": st.dictionaries(st.sampled_from(NAMES), inner, max_size=1),
        },
    )
    return st.tuples(holders, LEAVES, REFERENCES | st.just({})).map(
        lambda parts: {**parts[0], **parts[1], **parts[2]}
    )


SCHEMAS = st.recursive(LEAVES | REFERENCES, _larger, max_leaves=6)


@settings(max_examples=examples(300))
@given(SCHEMAS, st.fixed_dictionaries(dict.fromkeys(NAMES, SCHEMAS)), st.lists(VALUES, max_size=8))
def test_an_inlined_schema_checks_the_same(
    schema: dict[str, Any], definitions: dict[str, Any], instances: list[Any]
) -> None:
    """Whatever refers to whatever: is_valid, check and the reference have one verdict."""
    try:
        made = Contract({**schema, "$defs": definitions})
    except BrokenContract as error:
        assume("endless recursion" not in error.reason)
        raise
    for instance in instances:
        report = made.check(instance)
        assert made.is_valid(instance) is report.ok
        assert made.is_valid(instance) is report.ok  # by the schema without references
        assert all(each.limit in made.limits for each in report)


@table(
    ("schema", "expected"),
    [
        ({"$ref": "#/$defs/a", "$defs": {"a": {"maxLength": 1}}}, {"maxLength": 1}),
        (
            {"$ref": "#/$defs/a", "minLength": 1, "$defs": {"a": {"maxLength": 1}}},
            {"minLength": 1, "maxLength": 1},
        ),
        (
            {"$ref": "#/$defs/a", "maxLength": 2, "$defs": {"a": {"maxLength": 1}}},
            {"maxLength": 2, "allOf": [{"maxLength": 1}]},
        ),
        ({"title": "t", "x-source": {}, "default": 1, "type": "string"}, {"type": "string"}),
        (
            {"properties": {"default": {"const": {"$ref": 1}}}},
            {"properties": {"default": {"const": {"$ref": 1}}}},
        ),
        (
            {"$ref": "#/$defs/a", "minProperties": 1, "$defs": {"a": {"properties": {}}}},
            {"minProperties": 1, "properties": {}},
        ),
        (
            {
                "$ref": "#/$defs/a",
                "properties": {},
                "$defs": {"a": {"additionalProperties": False}},
            },
            {"properties": {}, "allOf": [{"additionalProperties": False}]},
        ),
        (
            {"$ref": "#/$defs/a", "allOf": [{}], "$defs": {"a": {"allOf": [{"type": "null"}]}}},
            {"allOf": [{}, {"allOf": [{"type": "null"}]}]},
        ),
        (
            {"$ref": "#/$defs/a", "minLength": 1, "$defs": {"a": True}},
            {"minLength": 1, "allOf": [True]},
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": False}}, False),
        (
            {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"prefixItems": [{"title": "t"}]}}},
            {"items": {"prefixItems": [{}]}},
        ),
        (
            {"dependentRequired": {"title": ["x-source"]}, "x-own": {"title": {}}},
            {"dependentRequired": {"title": ["x-source"]}, "x-own": {"title": {}}},
        ),
        (
            {"const": {"title": 1}, "enum": [{"$ref": "#"}]},
            {"const": {"title": 1}, "enum": [{"$ref": "#"}]},
        ),
        (
            {
                "allOf": [
                    {"$id": "a.json", "$schema": "https://json-schema.org/draft/2020-12/schema"}
                ]
            },
            None,
        ),
        (True, True),
        ({"$ref": "#"}, None),
        ({"properties": {"a": {"$ref": "#"}}}, None),
        ({"unevaluatedProperties": False}, None),
        ({"$dynamicAnchor": "a"}, None),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, None),
        (
            {"$schema": "https://json-schema.org/draft/2020-12/schema#", "title": "t"},
            {"$schema": "https://json-schema.org/draft/2020-12/schema#"},
        ),
        ({"$schema": "https://a.example/own"}, None),
        ({"const": {"a": {"title": "t"}}}, {"const": {"a": {"title": "t"}}}),
    ],
)
def test_what_becomes_of_a_schema(schema: Any, expected: Any) -> None:
    """References and annotations go; where they cannot, the schema is left as it is."""
    assert plain(schema) == expected


@table(("count", "is_inlined"), [(19_998, True), (19_999, False)])
def test_a_schema_of_too_many_subschemas_is_left_as_it_is(count: int, is_inlined: bool) -> None:
    """It and all that is in it count: there are 20,000 at most."""
    assert (plain({"prefixItems": [*[True] * count, {}]}) is not None) is is_inlined


def test_every_vendor_contract_can_be_inlined() -> None:
    """No request body of a vendor needs references to be checked."""
    for name in sampled([each for each in fieldbound.contracts() if each.count("/") == 1]):
        made = fieldbound.contract(name)
        assert not made.limits or plain(made.schema) is not None, name
