"""`propertyNames` of objects with very many properties: the same mistakes, in linear time."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from fieldbound import Contract, bulk
from fieldbound.documents import parse
from fieldbound.model import SchemaRegistry
from fieldbound.validation import checker_of
from fieldbound.validation.schema import many_names
from support.effort import examples

NAMES: st.SearchStrategy[Any] = st.sampled_from(
    [
        False,
        {"maxLength": 2},
        {"pattern": "^a"},
        {"enum": ["a", "ab"]},
        {"$ref": "#/$defs/short"},
        {"anyOf": [{"maxLength": 1}, {"pattern": "^a"}]},
        {"allOf": [{"maxLength": 2}, {"minLength": 1}]},
        {"not": {"const": "ab"}},
    ]
)
DEFINITIONS = {
    "short": {"maxLength": 1},
    "again": {"$ref": "#/$defs/more"},
    "more": {"$ref": "#/$defs/recursive"},
    "inner": {"$id": "https://acme.example/inner", "propertyNames": {"$ref": "#/$defs/tiny"}},
    "recursive": {
        "propertyNames": {"maxLength": 2},
        "additionalProperties": {"anyOf": [{"$ref": "#/$defs/recursive"}, {"type": "null"}]},
    },
}
DEFINITIONS["inner"]["$defs"] = {"tiny": {"maxLength": 1}}
OBJECTS = st.recursive(
    st.none() | st.integers(0, 9),
    lambda inner: st.dictionaries(st.text("ab", max_size=4), inner, max_size=4) | st.lists(inner),
    max_leaves=8,
)


def _with_names(names: Any, at: str) -> dict[str, Any]:
    schema = {"propertyNames": names}
    return {
        "root": schema,
        "property": {"properties": {"a": schema}, "additionalProperties": schema},
        "items": {"additionalProperties": {"items": schema}},
        "not": {**schema, "not": {"required": ["ab"]}},
        "allOf": {"allOf": [{"minProperties": 1}, schema]},
        "anyOf": {"anyOf": [schema, {"required": ["b"]}]},
        "oneOf": {"additionalProperties": {"oneOf": [schema, {"type": "integer"}]}},
        "then": {"if": {"required": ["a"]}, "then": schema},
        "reference": {"additionalProperties": {"$ref": "#/$defs/recursive"}, **schema},
        "resource": {"additionalProperties": {"$ref": "https://acme.example/inner"}, **schema},
        "dependent": {"dependentSchemas": {"a": schema}},
        "references": {"additionalProperties": {"$ref": "#/$defs/again"}},
        "empty": {"properties": {"": {"$ref": "#/$defs/recursive"}}},
    }[at]


PLACES = list(
    "root property items not allOf anyOf oneOf then reference resource dependent references "
    "empty".split()
)


@settings(max_examples=examples(400))
@given(NAMES, st.sampled_from(PLACES), OBJECTS)
@example(False, "empty", {"": {"aaa": None}})
def test_the_mistakes_are_the_same(names: Any, at: str, instance: Any) -> None:
    """However many properties make an object large, what is reported is the same."""
    schema = {**_with_names(names, at), "$defs": DEFINITIONS}
    reports = []
    for many in (0, sys.maxsize):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(many_names, "_MANY", many)
            reports.append(Contract(schema).check(instance))
    assert reports[0] == reports[1]


@pytest.mark.parametrize("names", [False, {"not": {}}, {"maxLength": 3}])
def test_each_of_many_names_is_a_violation(names: Any) -> None:
    """It stands at the name, and says why."""
    instance = {f"name{at}": at for at in range(100)}
    found = Contract({"propertyNames": names}).check(instance)
    (single,) = Contract({"propertyNames": names}).check({"name0": 0})
    assert [each.pointer for each in found] == [f"/{name}" for name in instance]
    assert {(each.code, each.limit) for each in found} == {("propertyNames", single.limit)}
    assert found.violations[0].message == single.message
    in_text = Contract({"propertyNames": names}).check(parse(json.dumps(instance, indent=1)))
    assert [str(each.place) for each in in_text] == [f"{line}:2" for line in range(2, 102)]


def test_an_object_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine omits its name from the path to the keyword, which is found all the same."""
    monkeypatch.setattr(many_names, "_MANY", 0)
    (violation,) = Contract({"properties": {"": {"propertyNames": {"maxLength": 2}}}}).check(
        {"": {"abc": 1}}
    )
    assert violation.limit is not None
    assert violation.limit.location.endswith("#/properties//propertyNames")
    assert (violation.pointer, violation.limit.value) == ("//abc", {"maxLength": 2})


@pytest.mark.parametrize("draft", ["draft-04", "draft-06", "draft-07"])
def test_old_drafts(draft: str) -> None:
    """A draft that has no `propertyNames` ignores it; the others find each name."""
    names = {
        "$schema": f"http://json-schema.org/{draft}/schema#",
        "propertyNames": {"maxLength": 3},
    }
    found = Contract(names).check({f"name{at}": at for at in range(100)})
    assert len(found.violations) == (0 if draft == "draft-04" else 100)


def test_a_reference_into_property_names() -> None:
    """A schema that refers into its `propertyNames` is checked as it is written."""
    schema = {
        "propertyNames": {"maxLength": 3},
        "additionalProperties": {"$ref": "#/propertyNames"},
    }
    found = Contract(schema).check({f"name{at}": "abcd" for at in range(100)})
    assert len(found.violations) == 200


def test_ten_thousand_names() -> None:
    """The engine is asked for one error of an object, not for one with a copy for each name."""
    contract = Contract({"propertyNames": {"pattern": "^[a-z]+$"}})
    instance = {f"N{at}": at for at in range(10_000)}
    engine = checker_of(contract).compiled.engine_for(instance)
    assert len(list(engine.iter_errors(instance))) == 1
    found = contract.check(instance)
    assert len(found.violations) == 10_000
    assert str(found.violations[0]) == str(contract.check({"N0": 0}).violations[0])
    assert bulk.check([instance, {"a": 1}], contract).invalid == 1


def test_resources_are_listed_by_uri() -> None:
    """Resources within another are listed, too."""
    registry = SchemaRegistry({"$defs": DEFINITIONS}, "https://acme.example/root", {})
    assert [*registry.resources] == ["https://acme.example/root", "https://acme.example/inner"]
