"""Discriminators: which of several schemas an instance is meant for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldbound.model import SchemaRegistry, selection_of
from support.growth import LINEAR, growth
from support.tables import table

KIND = {"propertyName": "kind"}
MAPPED = {**KIND, "mapping": {"one": "#/$defs/cat", "two": "dog", "dog": "#/$defs/cat", "x": 5}}
CAT, DOG = {"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}


def fixed(*values: Any) -> dict[str, Any]:
    """Return a schema with the values of the property."""
    return {"properties": {"kind": {"enum": list(values)}}}


@table(
    ("branches", "discriminator", "instance", "selected"),
    [
        ([CAT, DOG], KIND, {"kind": "dog"}, 1),
        ([CAT, DOG], KIND, {"kind": "cow"}, None),
        ([CAT, DOG], KIND, {"kind": 1}, None),
        ([CAT, DOG], KIND, {}, None),
        ([CAT, DOG], KIND, [], None),
        ([CAT, DOG], True, {"kind": "dog"}, None),
        ([CAT, DOG], {"propertyName": 5}, {"kind": "dog"}, None),
        ({}, KIND, {"kind": "dog"}, None),
        ({"a": {}}, KIND, {"kind": "dog"}, None),
        ([fixed(1), fixed(2)], KIND, {"kind": 1}, None),
        ([CAT, CAT], KIND, {"kind": "cat"}, None),
        ([CAT, True, {}], KIND, {"kind": "cat"}, 0),
        ([CAT, DOG], MAPPED, {"kind": "one"}, 0),
        ([CAT, DOG], MAPPED, {"kind": "two"}, 1),
        ([CAT, DOG], MAPPED, {"kind": "dog"}, 0),
        ([CAT, DOG], MAPPED, {"kind": "cat"}, 0),
        ([CAT, DOG], MAPPED, {"kind": "x"}, None),
        ([CAT, DOG], {**KIND, "mapping": []}, {"kind": "dog"}, 1),
        ([fixed("a"), fixed("b", "c")], MAPPED, {"kind": "c"}, 1),
        ([fixed("a"), DOG], KIND, {"kind": "dog"}, None),
        ([fixed("a"), {"properties": {"kind": {"const": "b"}}}], KIND, {"kind": "b"}, 1),
        ([fixed("a"), {"allOf": [True, fixed("b")]}], KIND, {"kind": "b"}, 1),
        ([fixed("a"), {"$ref": "#/$defs/b"}], KIND, {"kind": "b"}, 1),
        ([fixed("a"), {"properties": {"kind": {"$ref": "#/$defs/B"}}}], KIND, {"kind": "B"}, 1),
        ([fixed("a"), {"properties": {"kind": True}, "allOf": 5}], KIND, {"kind": "a"}, 0),
        ([fixed("a"), {"$ref": "#/$defs/none"}], KIND, {"kind": "a"}, 0),
        ([fixed("a"), {"$ref": "#/$defs/again"}], KIND, {"kind": "z"}, 1),
        ([fixed("a"), {"properties": {"kind": {"$ref": "#/$defs/loop"}}}], KIND, {"kind": "l"}, 1),
    ],
)
def test_a_discriminator_selects_a_branch(
    branches: Any, discriminator: Any, instance: Any, selected: int | None
) -> None:
    """By the values that the branches fix, else by the mapping and the names of their schemas."""
    definitions = {
        "cat": {},
        "dog": {},
        "b": fixed("b"),
        "B": {"enum": ["B"]},
        "again": {"allOf": [{"$ref": "#/$defs/again"}], **fixed("z")},
        "loop": {"const": "l", "$ref": "#/$defs/loop"},
    }
    schema = {"oneOf": branches, "$defs": definitions}
    references = SchemaRegistry(schema, "https://h.invalid/", {})
    alternatives = references.child(references.root, "oneOf")
    found = selection_of(references, alternatives, discriminator)
    assert (None if found is None else found.branch(instance)) == selected


def test_the_work_grows_with_the_alternatives() -> None:
    """Twice the mapped alternatives take about twice the steps."""

    def prepared(count: int) -> Callable[[], Any]:
        names = [f"d{index}" for index in range(count)]
        mapping = {f"of {name}": f"#/$defs/{name}" for name in names}
        branches = [{"$ref": each} for each in mapping.values()]
        schema = {"oneOf": branches, "$defs": {name: {} for name in names}}
        references = SchemaRegistry(schema, "https://h.invalid/", {})
        alternatives = references.child(references.root, "oneOf")
        return lambda: selection_of(references, alternatives, {**KIND, "mapping": mapping})

    assert growth(prepared, 50) <= LINEAR
