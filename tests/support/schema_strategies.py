"""Strategies for contracts of all kinds, and for records that may be invalid."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fieldbound import Contract

NAMES = ("a", "b", "c", "", "x:y", 'q"', "n\u00fc", "A", "b/~")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from(["", "a", "bb", "ccc", "x:1", '":"', "\u2028", 2**63, 2**64, 1.0, 0.5, -0.0])
    | st.sampled_from([10**25, 10**25 + 1, 123.456e30, "\U0001f600" * 3]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4) | VALUES
KEYWORDS: dict[str, Any] = {
    f"x-{name}": st.just(value) for name, value in (("sensitive", True), ("unspecified", "why"))
}
SOURCES = st.sampled_from(["stated", "example", "observed", "inferred"]).map(
    lambda says: {"says": says, "from": [], "note": "a"}
)
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "object", "array", "null"])
        | st.lists(st.sampled_from(["string", "integer", "object"]), min_size=1, unique=True),
        "maxLength": st.integers(0, 2),
        "minLength": st.integers(0, 3),
        "pattern": st.sampled_from(["^a", "^[^:]*$"]),
        "minimum": st.integers(-1, 2),
        "maximum": st.sampled_from([1, 2**63, 2**64]),
        "multipleOf": st.sampled_from([1, 2]),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "required": st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        "maxItems": st.integers(0, 2),
        "uniqueItems": st.just(True),
        "x-source": SOURCES,
        **KEYWORDS,
    },
)
REFERENCES = st.sampled_from(("a", "b", "c")).map(lambda name: {"$ref": f"#/$defs/{name}"})


def _applicators(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    holders = st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "."]), inner, max_size=1),
            "additionalProperties": inner | st.booleans(),
            "propertyNames": inner,
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
        },
    )
    return st.tuples(holders, LEAVES, REFERENCES | st.just({})).map(
        lambda parts: {**parts[0], **parts[1], **parts[2]}
    )


SCHEMAS = st.recursive(LEAVES | REFERENCES, _applicators, max_leaves=8)
DEFINITIONS = st.fixed_dictionaries(dict.fromkeys(("a", "b", "c"), LEAVES | SCHEMAS))
#: Typical contracts: objects with declared properties, each with its limits.
OBJECTS = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(st.sampled_from(NAMES), LEAVES | REFERENCES, max_size=6),
        "additionalProperties": st.just(False) | LEAVES | st.just(True),
    },
    optional={
        "required": st.lists(st.sampled_from(NAMES), unique=True, max_size=3),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "."]), LEAVES, max_size=1),
        "x-any-case": st.just(True),
        "x-source": SOURCES,
    },
)
DIALECTS = (
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#",
    None,
)


def made(dialect: str | None, schema: dict[str, Any], definitions: dict[str, Any]) -> Contract:
    """Return a contract, with the dialect if one is given."""
    head = {} if dialect is None else {"$schema": dialect}
    return Contract({**head, **schema, "$defs": definitions})
