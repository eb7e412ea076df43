"""Models: what they take the contract takes, and the other way round."""

from __future__ import annotations

import builtins
import dataclasses
import json
import keyword
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import pydantic
import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract, FieldboundError, cases
from fieldbound.codegen import STYLES, model_code, unenforced
from fieldbound.codegen.identifiers import RESERVED
from fieldbound.strategies import valid
from support.effort import examples
from support.models import CHECKING, Model, imported, model_of

OWN: dict[str, Any] = {
    "x-sources": {"manual": {"title": "The manual", "address": "https://vendor.example/m"}},
    "x-source": {"says": "stated", "from": "manual"},
    "type": "object",
    "additionalProperties": False,
    "required": ["class", "amount", "lines"],
    "properties": {
        "class": {"type": "string", "minLength": 1, "maxLength": 3, "title": 'A "class" \\ of it'},
        "2nd name": {"type": ["string", "null"], "pattern": "^[A-Z]+$"},
        "str": {"type": "string"},
        "_id": {"type": "integer", "exclusiveMinimum": 0.5, "maximum": 10**20},
        "amount": {"type": "number", "multipleOf": 0.01, "minimum": 0},
        "even": {"type": "integer", "multipleOf": 2},
        "level": {"enum": [1, 2, None], "default": 2},
        "flag": {"type": "string", "maxLength": 1, "enum": ["Y", "N", "MAYBE"], "default": "Y"},
        "both": {"type": ["integer", "string", "boolean"], "maxLength": 2, "maximum": 5},
        "made": {"type": "string", "readOnly": True, "not": {}},
        "day": {"type": "string", "format": "date"},
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": True,
            "items": {
                "title": "Order line",
                "type": "object",
                "additionalProperties": False,
                "required": ["sku"],
                "properties": {"sku": {"type": "string", "maxLength": 4}},
            },
        },
        "parent": {"$ref": "#/$defs/node"},
        "rates": {
            "type": "object",
            "maxProperties": 2,
            "additionalProperties": {"type": "number", "minimum": 0},
        },
        "nodes": {
            "type": ["object", "null"],
            "minProperties": 1,
            "additionalProperties": {"$ref": "#/$defs/node"},
        },
        "pair": {
            "type": "array",
            "prefixItems": [{"type": "string", "maxLength": 2}, {"type": ["integer", "null"]}],
            "items": False,
            "minItems": 2,
        },
        "either": {
            "anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}, {"$ref": "#/$defs/few"}]
        },
        "size": {"oneOf": [{"enum": ["S", "M"]}, {"type": "number", "minimum": 1}], "default": "S"},
    },
    "$defs": {
        "few": {"type": "integer", "maximum": 3},
        "node": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string", "maxLength": 5},
                "nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
        },
    },
}
SHIPPED = {
    "axim-commerce/create-company": "CreateCompany",
    "fortellis/query-parts-groups/response.200": "QueryPartsGroupsResponse200",
    "fortellis/query-parts-groups/request.headers": "QueryPartsGroupsRequestHeaders",
    "oracle-cx-sales/create-product-group": "CreateProductGroup",
}


def own() -> Contract:
    """Return a contract with what models find hard."""
    return Contract(OWN, name="order")


def contract_of(name: str) -> Contract:
    """Return a contract by its name."""
    return own() if name == "order" else fieldbound.contract(name)


WITH_NOT_REQUIRED = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="typing has no NotRequired"
)
IMPORTABLE = [
    pytest.param(each, marks=WITH_NOT_REQUIRED if each == "typeddict" else ()) for each in STYLES
]
VALUES = st.none() | st.booleans() | st.integers(-3, 12) | st.text(max_size=5) | st.just(0.015)
NAMES = {"order": "Order", **SHIPPED}


@pytest.fixture(scope="module", params=CHECKING)
def order(request: pytest.FixtureRequest) -> tuple[str, Model]:
    """Return the model of the hard contract, and its style."""
    return request.param, model_of(own(), request.param, "Order")


@pytest.mark.parametrize("style", CHECKING)
@pytest.mark.parametrize(
    "name", ["order", *(pytest.param(each, marks=pytest.mark.thorough) for each in SHIPPED)]
)
def test_cases(name: str, style: str) -> None:
    """A model reads what is valid and writes it valid, and refuses what is beyond each limit.

    But those limits that it says it does not hold, and names that only a pattern allows.
    """
    contract = contract_of(name)
    model = model_of(contract, style, NAMES[name])
    not_held = {each.id for each in unenforced(contract, style)}
    for case in cases(contract):
        if case.has_valid and not (style == "msgspec" and '_c": ' in json.dumps(case.valid)):
            assert contract.check(model.write(model.read(case.valid))).ok, case
        if case.violation is not None and case.limit.id not in not_held:
            assert not model.takes(case.invalid), case


@given(data=st.data())
@settings(max_examples=examples(50))
def test_generated_instances(order: tuple[str, Model], data: st.DataObject) -> None:
    """A model reads any valid instance, and what it writes is the same value."""
    _, model = order
    instance = data.draw(valid(own()))
    assert model.write(model.read(instance)) == instance


@given(data=st.data())
@settings(max_examples=examples(50))
def test_what_the_model_takes(order: tuple[str, Model], data: st.DataObject) -> None:
    """What a model takes breaks no limit but those that it says it does not hold."""
    style, model = order
    instance = data.draw(valid(own()))
    name = data.draw(st.sampled_from(sorted(OWN["properties"])))
    instance[name] = data.draw(
        VALUES | st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=2), VALUES)
    )
    if model.takes(instance):
        not_held = {each.id for each in unenforced(own(), style)}
        assert {each.limit.id for each in own().check(instance).violations} <= not_held


def test_limits_not_held() -> None:
    """Which limits of the hard contract each style does not hold."""
    found = {
        style: {each.id.partition("#")[2] for each in unenforced(own(), style)} for style in STYLES
    }
    always = {"/day:format", "/lines:uniqueItems"}
    assert found["pydantic"] == always
    assert found["msgspec"] == always | {"/_id:maximum", "/amount:multipleOf"}
    lengths = {"/class:minLength", "/class:maxLength", "/lines/*/sku:maxLength"}
    lengths |= {"/rates:maxProperties", "/nodes:minProperties", "/pair/0:maxLength"}
    assert found["dataclass"] == found["typeddict"] > found["msgspec"] | lengths
    for style, ids in found.items():
        top = " ".join(each.lstrip("# ") for each in model_code(own(), style).splitlines())
        assert all(each.partition(":")[0] in top for each in ids)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_formatted(name: str, style: str, tmp_path: Path) -> None:
    """The code is as ruff formats it, without an unused import or an unknown name."""
    pytest.importorskip("ruff")
    file = tmp_path / "models.py"
    file.write_text(code := model_code(contract_of(name), style), "utf-8")
    assert code == model_code(contract_of(name), style)  # the same each time
    for words in (["check", "--select", "E4,E7,E9,F,I"], ["format", "--diff"]):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "--no-cache", str(file)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


#: What has no type of its own in Python, or none that every style can say.
UNTYPED = [
    {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "string", "pattern": "^a"}]},
    {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    {"anyOf": [{"type": "array"}, {"type": "null"}]},
    {"anyOf": [{"type": "string"}, {"type": "null"}], "not": {"const": "x"}},
    {"anyOf": [{"type": "string"}, {"enum": [1.5]}]},
    {"anyOf": [{"type": "string"}, True]},
]


@pytest.mark.parametrize("schema", UNTYPED)
def test_alternatives_without_a_union(schema: Any) -> None:
    """Alternatives that no union of simple types says are any value, and told as not held."""
    contract = Contract({"type": "object", "properties": {"a": schema}}, name="thing")
    for style in CHECKING:
        model = model_of(contract, style, "Thing")
        assert model.takes({"a": [1]})
        keywords = {each.keyword for each in unenforced(contract, style) if each.pointer == "/a"}
        assert keywords & {"anyOf", "oneOf"}


@pytest.mark.parametrize(
    "limits",
    [
        {"prefixItems": [{"type": "string"}], "minItems": 1},
        {"prefixItems": [{"type": "string"}], "items": False},
        {"prefixItems": [{"type": "string"}], "minItems": 2, "maxItems": 2},
        {"prefixItems": [{"type": "string"}], "items": {"type": "integer"}, "minItems": 1},
    ],
)
def test_arrays_that_are_no_tuple(limits: Any) -> None:
    """An array whose size is not known is a list, and no valid one is refused."""
    contract = Contract({"type": "array", **limits}, name="x")
    for style in CHECKING:
        model = model_of(contract, style, "X")
        for value in ([], ["a"], ["a", 1], ["a", 1, 2]):
            assert model.takes(value) or not contract.is_valid(value)
            assert "tuple[" not in model_code(contract, style)


def test_a_map_with_other_names() -> None:
    """An object with properties or patterns is no map: its other names may have any value."""
    values = {"additionalProperties": {"type": "integer"}}
    for more in ({"properties": {"a": {"type": "string"}}}, {"patternProperties": {"^a": {}}}):
        contract = Contract({"type": "object", **values, **more}, name="x")
        for style in CHECKING:
            model = model_of(contract, style, "X")
            assert model.takes({"a": "b", "c": 1})
            assert "/*:type" in {each.id.partition("#")[2] for each in unenforced(contract, style)}


def test_sources() -> None:
    """The docstrings cite the sources: title and address at the top, the key at each field."""
    code = model_code(own(), "pydantic")
    assert "- manual: The manual, https://vendor.example/m" in code
    assert "minLength 1, maxLength 3 (stated: manual)" in " ".join(code.split())


def test_read_only() -> None:
    """What a request may not have has no field."""
    for style in STYLES:
        assert "    made" not in model_code(own(), style)
        assert not [each for each in unenforced(own(), style) if each.pointer == "/made"]


def test_defaults() -> None:
    """A default is the vendor's: it is known, and not written unless it is set."""
    order = {"class": "a", "amount": 1, "lines": [{"sku": "x"}]}
    for style in CHECKING:
        model = model_of(own(), style, "Order")
        assert model.write(model.read(order)) == order
        assert 'Default "Y".' in model_code(own(), style)
    found = model_of(own(), "pydantic", "Order").read(order)
    assert (found.flag, found.level) == ("Y", 2)


def test_names() -> None:
    """A field is made by its name in Python, and written by that of the vendor."""
    for style in CHECKING:
        model = model_of(own(), style, "Order")
        line = model.module.OrderLine(sku="a")
        made = model.type(class_="a", amount=1, lines=[line], field_2nd_name="B", id=3)
        written = {"class": "a", "amount": 1, "lines": [{"sku": "a"}], "2nd name": "B", "_id": 3}
        assert model.write(made) == written


def test_dataclass() -> None:
    """A dataclass is written for JSON by `payload`, without what is unset."""
    module = imported(model_code(own(), "dataclass"))
    line = module.OrderLine(sku="a")
    made = module.Order(class_="a", amount=1, lines=[line], field_2nd_name=None)
    assert dataclasses.is_dataclass(made)
    assert own().check(module.payload(made)).ok
    assert module.payload(made)["2nd name"] is None
    with pytest.raises(TypeError, match="class_"):
        module.Order(amount=1, lines=[line])


@WITH_NOT_REQUIRED
def test_typed_dict() -> None:
    """A TypedDict has the names of the vendor, and knows which are required."""
    module = imported(model_code(own(), "typeddict"))
    assert module.Order.__required_keys__ == {"class", "amount", "lines"}
    assert "2nd name" in module.Order.__optional_keys__
    assert get_type_hints(module.OrderLine) == {"sku": str}


HOSTILE = '"""\nimport os\n#\\'


@pytest.mark.parametrize("style", IMPORTABLE)
def test_hostile_text(style: str) -> None:
    """No name, title, value or source can be more than text in the code."""
    schema = {
        "x-sources": {"a": {"title": HOSTILE, "address": f"https://x.example/{HOSTILE}"}},
        "title": HOSTILE,
        "type": "object",
        "additionalProperties": False,
        "required": [HOSTILE],
        "properties": {
            HOSTILE: {
                "title": HOSTILE,
                "description": HOSTILE,
                "enum": [HOSTILE],
                "x-source": {"says": "stated", "from": "a", "note": HOSTILE},
            },
            "\u2028": {"type": "string", "pattern": HOSTILE[:-1], "default": HOSTILE},
            "": {"type": "object", "title": HOSTILE, "properties": {"$": {"type": "integer"}}},
        },
    }
    contract = Contract(schema, name=HOSTILE)
    if style == "msgspec":
        with pytest.raises(FieldboundError, match="msgspec has no way to write this name"):
            model_code(contract, style)
        schema["properties"]["x'"] = schema["properties"].pop(HOSTILE)
        contract = Contract({**schema, "required": ["x'"]}, name=HOSTILE)
    assert not hasattr(imported(model_code(contract, style)), "os")


@pytest.mark.parametrize("style", IMPORTABLE)
def test_names_of_python(style: str) -> None:
    """A property may have any name that Python, or what the code uses, has a meaning for."""
    names = {
        *dir(pydantic.BaseModel),
        *dir(builtins),
        *keyword.kwlist,
        *RESERVED,
        "_",
        "a-b",
        "a_b",
    }
    schema = {"type": "object", "properties": {each: {"type": "integer"} for each in names}}
    contract = Contract({**schema, "additionalProperties": False}, name="thing")
    if style not in CHECKING:
        assert imported(model_code(contract, style)).Thing
        return
    model = model_of(contract, style, "Thing")
    assert model.write(model.read(dict.fromkeys(names, 1))) == dict.fromkeys(names, 1)


def test_conditions_are_not_held() -> None:
    """A limit under a condition is listed as not held, and no valid instance is refused."""
    schema = {
        "type": "object",
        "properties": {"kind": {"type": "string"}, "size": {"type": "integer"}},
        "anyOf": [{"required": ["size"]}, {"properties": {"kind": {"maxLength": 2}}}],
    }
    contract = Contract(schema, name="thing")
    model = model_of(contract, "pydantic", "Thing")
    assert model.takes({"kind": "long"})
    ids = {each.id.partition("#")[2] for each in unenforced(contract, "pydantic")}
    assert ids == {":anyOf", "/size:required", "/kind:maxLength"}


@pytest.mark.parametrize("style", CHECKING)
def test_closed_over_several(style: str) -> None:
    """What closes an object over all that applies to it is held, but not if that is conditional."""
    schema: dict[str, Any] = {
        "type": "object",
        "allOf": [{"$ref": "#/$defs/base"}],
        "properties": {"b": {"type": "string"}, "made": {"readOnly": True, "not": {}}},
        "unevaluatedProperties": False,
        "$defs": {"base": {"properties": {"a": {"type": "string", "maxLength": 2}}}},
    }
    contract = Contract(schema, name="thing")
    model = model_of(contract, style, "Thing")
    assert model.takes({"a": "x", "b": "y"})
    assert not [each for each in ({"c": 1}, {"made": 1}, {"a": "xyz"}) if model.takes(each)]
    assert unenforced(contract, style) == ()
    schema["anyOf"] = [{"properties": {"c": {"type": "integer"}}}, True]
    contract = Contract(schema, name="thing")
    assert model_of(contract, style, "Thing").takes({"c": 1})
    keywords = {each.keyword for each in unenforced(contract, style)}
    assert keywords >= {"unevaluatedProperties", "readOnly"}


def test_names_by_pattern() -> None:
    """Names that a pattern allows are taken by pydantic; other styles say that they have none."""
    schema = {"type": "object", "additionalProperties": False, "patternProperties": {"_c$": {}}}
    contract = Contract(schema, name="thing")
    model = model_of(contract, "pydantic", "Thing")
    assert model.write(model.read({"a_c": 1})) == {"a_c": 1}
    assert not model.takes({"a": 1})
    note = "# Names that only a pattern allows have no field: (root) _c$"
    assert note in model_code(contract, "msgspec")
    assert note not in model_code(contract, "pydantic")
    assert not model_of(contract, "msgspec", "Thing").takes({"a_c": 1})


def test_one_value() -> None:
    """A value that is no object has a type of its own."""
    contract = Contract({"type": "array", "items": {"type": "integer"}, "maxItems": 1}, name="x")
    for style in CHECKING:
        model = model_of(contract, style, "X")
        assert model.write(model.read([1])) == [1]
        assert not model.takes(["1"])
        assert not model.takes([1, 2])


def test_errors() -> None:
    """An unknown style, and a contract that says nothing, are errors that say so."""
    with pytest.raises(FieldboundError, match="no style 'java': choose from pydantic"):
        model_code(own(), "java")
    with pytest.raises(FieldboundError, match="nothing to make a model of"):
        model_code(fieldbound.contract("fortellis/create-parts-groups"))
