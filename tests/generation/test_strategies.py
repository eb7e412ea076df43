"""Strategies: instances are valid, or break one limit; they cover every limit, and shrink."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

import fieldbound
from fieldbound import Contract, Inseparable, Unsatisfiable
from fieldbound.generation.analysis import Analysis
from fieldbound.generation.generator import Generator
from fieldbound.strategies import from_schema, invalid, valid
from fieldbound.validation import checker_of
from support.effort import examples
from support.examples import drawn

CREATE = "oracle-cx-sales/create-product-group"
#: Its children are arrays or collections.
EXPANDED = "oracle-cx-sales/list-product-groups/response.200"
VENDORS = [
    CREATE,
    "oracle-cx-sales/create-product-group/request.headers",
    EXPANDED,
    "fortellis/create-parts-groups/request.headers",
    "fortellis/query-parts-groups/request.query",
    "axim-commerce/create-company",
    "axim-commerce/create-company-group",
]


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """Return the example that Hypothesis shrinks to."""
    same = settings(database=None, max_examples=2000, derandomize=True)
    return find(strategy, condition, settings=same)


def values(instance: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with its pointer, `*` for any item."""
    yield pointer, instance
    if isinstance(instance, dict):
        for name, each in instance.items():
            yield from values(each, f"{pointer}/{name}")
    elif isinstance(instance, list):
        for each in instance:
            yield from values(each, f"{pointer}/*")


def breakable(
    contract: Contract, limit: fieldbound.Limit
) -> tuple[st.SearchStrategy[fieldbound.Breach] | None, tuple[fieldbound.Limit, ...]]:
    """Return a strategy that breaks a limit alone, or the limits that prevent it."""
    try:
        return invalid(contract, limit), ()
    except Inseparable as error:
        return None, error.by


# -- valid -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start"),
    [(each, 0) for each in VENDORS if each != EXPANDED]
    + [
        pytest.param(each, start, marks=pytest.mark.thorough)
        for each in VENDORS
        for start in range(3)
        if start or each == EXPANDED
    ],
)
def test_a_hundred_instances_cover_every_limit(name: str, start: int) -> None:
    """They have each bound, each member and each null; more instances, of lists in two forms."""
    contract = fieldbound.contract(name)
    seen: dict[str, set[Any]] = defaultdict(set)
    for instance in drawn(valid(contract), 1_000 if name == EXPANDED else 100, start=start):
        assert contract.is_valid(instance)
        for pointer, value in values(instance):
            if isinstance(value, str):
                seen[pointer] |= {len(value), value}
            elif not isinstance(value, (dict, list)):
                seen[pointer].add(json.dumps(value))
    for limit in contract.limits:
        reached = seen[limit.pointer]
        if limit.keyword == "maxLength" and limit.value > 1:
            assert {0, limit.value} <= reached, limit.id
        elif limit.keyword in ("minimum", "maximum"):
            assert str(limit.value) in reached, limit.id
        elif limit.keyword == "enum":
            members = {each if isinstance(each, str) else json.dumps(each) for each in limit.value}
            assert members <= reached, limit.id
        elif limit.keyword == "type" and "null" in limit.value:
            assert "null" in reached, limit.id


def test_optional_properties_are_present_and_absent() -> None:
    """Of a hundred instances some have an optional property and some do not, at any depth."""
    contract = fieldbound.contract(CREATE)
    seen: dict[str, set[str]] = defaultdict(set)
    missing: dict[str, set[str]] = defaultdict(set)
    for instance in drawn(valid(contract)):
        for pointer, value in values(instance):
            if isinstance(value, dict):
                seen[pointer] |= set(value)
    for instance in drawn(valid(contract)):
        for pointer, value in values(instance):
            if isinstance(value, dict):
                missing[pointer] |= seen[pointer] - set(value)
    known = {limit.pointer for limit in contract.limits}
    required = {limit.pointer for limit in contract.limits if limit.keyword == "required"}
    for pointer, names in seen.items():
        optional = {name for name in names if f"{pointer}/{name}" in known - required}
        assert optional <= missing[pointer], pointer
        assert not any(f"{pointer}/{name}" in required for name in missing[pointer])


def test_strings_are_realistic() -> None:
    """Strings have accents, CJK, emoji, combining marks, and spaces at both ends."""
    texts = [
        value
        for instance in drawn(valid(fieldbound.contract(CREATE)))
        for _, value in values(instance)
        if isinstance(value, str)
    ]
    assert any("É" in each for each in texts)
    assert any("漢" in each for each in texts)
    assert any(ord(char) > 0xFFFF for each in texts for char in each)
    assert any(unicodedata.combining(char) for each in texts for char in each)
    assert any(each.startswith(" ") and each.endswith(" ") for each in texts)


@pytest.mark.parametrize("name", VENDORS)
def test_valid_shrinks_to_the_required_properties(name: str) -> None:
    """The smallest instance has the required properties only."""
    contract = fieldbound.contract(name)
    instance = smallest(valid(contract), lambda _: True)
    required = {
        each.pointer[1:]
        for each in contract.limits
        if each.keyword == "required" and each.pointer.count("/") == 1
    }
    assert set(instance) == required


def test_valid_shrinks_to_what_fails() -> None:
    """Shrinking removes whatever is not needed for a failure, also in nested objects."""

    def has_rule(instance: Any) -> bool:
        return any(
            each.get("EligibilityRules") for each in instance.get("ProductGroupProductSetup") or ()
        )

    assert smallest(valid(fieldbound.contract(CREATE)), has_rule) == {
        "InternalName": "",
        "ProdGroupName": "",
        "ProductGroupProductSetup": [
            {"InvOrgId": 0, "InventoryItemId": 0, "EligibilityRules": [{}]}
        ],
    }


def test_a_seed_reproduces_a_run() -> None:
    """The same seed gives the same examples."""
    contract = fieldbound.contract(CREATE)
    assert drawn(valid(contract), 10, 7) == drawn(valid(contract), 10, 7)
    assert drawn(invalid(contract), 10, 7) == drawn(invalid(contract), 10, 7)


def test_no_health_check_fails() -> None:
    """With all health checks of Hypothesis enabled, nothing is too slow, too large or filtered."""

    @settings(database=None, suppress_health_check=[])
    @given(valid(fieldbound.contract(CREATE)), invalid(fieldbound.contract(CREATE)))
    def run(instance: Any, breach: fieldbound.Breach) -> None:
        assert instance != breach.instance

    run()


def test_a_contract_is_given_or_named() -> None:
    """A contract may be given by its name; a schema raises TypeError, with what to use instead."""
    named, given = drawn(valid(CREATE), 3), drawn(valid(fieldbound.contract(CREATE)), 3)
    assert named == given
    with pytest.raises(TypeError, match=r"not dict; Contract\(schema\) makes one of a schema"):
        invalid({"type": "string"})  # type: ignore[arg-type]


def test_an_undocumented_body_raises_unspecified() -> None:
    """A body that the vendor does not document has no instances."""
    contract = fieldbound.contract("fortellis/create-parts-groups")
    with pytest.raises(fieldbound.Unspecified):
        valid(contract)
    with pytest.raises(fieldbound.Unspecified):
        invalid(contract)


# -- invalid ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VENDORS)
def test_a_breach_is_invalid_for_its_limit_alone(name: str) -> None:
    """A breach has one violation, of its limit, and is invalid for jsonschema, too."""
    contract = fieldbound.contract(name)
    reference = contract.jsonschema_validator()
    for breach in drawn(invalid(contract), examples(60)):
        assert contract.check(breach.instance).violations == (breach.violation,)
        assert breach.violation.limit == breach.limit
        assert not contract.is_valid(breach.instance)
        assert not reference.is_valid(breach.instance)


@pytest.mark.parametrize("name", ["axim-commerce/create-company", VENDORS[3], VENDORS[4]])
def test_every_limit_has_breaches_or_names_others(name: str) -> None:
    """Each limit is broken alone, or the error names the limits that prevent it."""
    contract = fieldbound.contract(name)
    for limit in contract.limits:
        strategy, by = breakable(contract, limit)
        assert strategy is not None or by
        for breach in drawn(strategy, 5) if strategy is not None else ():
            assert breach.limit == limit


def test_a_limit_is_given_in_three_ways() -> None:
    """A limit is given by itself, by its full id, or by its id from the pointer on."""
    contract = fieldbound.contract(CREATE)
    (limit,) = [each for each in contract.limits if each.id.endswith("#/InternalName:maxLength")]
    for name in (limit, limit.id, "/InternalName:maxLength"):
        assert smallest(invalid(contract, name), lambda _: True).limit == limit


def test_an_unknown_limit_raises_with_a_suggestion() -> None:
    """A limit that the contract does not have raises, with the closest one."""
    with pytest.raises(ValueError, match=r"did you mean .*/InternalName:maxLength\?"):
        invalid(fieldbound.contract(CREATE), "/InternalName:maxlength")


def test_a_too_long_string_shrinks_to_one_character_more() -> None:
    """A breach of maxLength 150 shrinks to 151 times one character and the required properties."""
    breach = smallest(
        invalid(fieldbound.contract(CREATE), "/InternalName:maxLength"), lambda _: True
    )
    assert breach.instance == {"InternalName": "0" * 151, "ProdGroupName": ""}


SMALL = Contract(
    {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": 3} for name in "abc"},
        "required": ["a"],
    }
)


@pytest.mark.parametrize(
    ("contract", "limit", "least"),
    [
        (SMALL, "/b:maxLength", {"a": "", "b": "0000"}),
        pytest.param(
            CREATE,
            "/ProdGroupDescription:maxLength",
            {"InternalName": "", "ProdGroupName": "", "ProdGroupDescription": "0" * 1001},
            marks=pytest.mark.thorough,
        ),
    ],
    ids=["small", "vendor"],
)
def test_a_breach_of_any_limit_shrinks_as_well(
    contract: Contract | str, limit: str, least: Any
) -> None:
    """A breach of maxLength shrinks to the string and the required properties."""
    breach = smallest(invalid(contract), lambda each: each.limit.id.endswith(f"#{limit}"))
    assert breach.instance == least


@pytest.mark.parametrize(
    ("limit", "mistakes"),
    [
        ("/ActiveFlag:enum", {"y", "n", "Yes", " Y", ""}),
        ("/EndDate:format", {"1970-01-01T00:00:00", "1970-01-01", ""}),
        pytest.param("/ProdGroupId:type", {"0", True, 1.5}, marks=pytest.mark.thorough),
        pytest.param("/CreatedBy:readOnly", {"0", None, True}, marks=pytest.mark.thorough),
    ],
)
def test_mutations_are_common_mistakes(limit: str, mistakes: set[Any]) -> None:
    """They include lower case, words for flags, spaces, no UTC offset, digits as a string."""
    name = limit[1:].partition(":")[0]
    found = [
        each.instance[name] for each in drawn(invalid(fieldbound.contract(CREATE), limit), 150)
    ]
    seen = {json.dumps(each) for each in found}
    assert {json.dumps(each) for each in mistakes} <= seen


def test_properties_are_missing_and_unknown() -> None:
    """A required property is missing, or an unknown one is present."""
    contract = fieldbound.contract(CREATE)
    missing = smallest(invalid(contract, "/ProdGroupName:required"), lambda _: True)
    assert missing.instance == {"InternalName": ""}
    unknown = smallest(invalid(contract, ":additionalProperties"), lambda _: True)
    assert unknown.instance == {"InternalName": "", "ProdGroupName": "", "unknown": "0"}


def test_a_pattern_of_fixed_length_is_broken_by_one_character() -> None:
    """A pattern of exactly 24 digits is broken by 23 and by 25."""
    contract = Contract({"type": "string", "pattern": "^[0-9a-fA-F]{24}$"})
    lengths = {len(each.instance) for each in drawn(invalid(contract, ":pattern"), 200)}
    assert {23, 25} <= lengths


@pytest.mark.parametrize(
    ("limits", "pointer", "by"),
    [
        (
            {"required": ["a", "b"], "minProperties": 2},
            ":minProperties",
            ["/a:required", "/b:required"],
        ),
        (
            {"required": ["a"], "additionalProperties": False, "maxProperties": 1},
            ":additionalProperties",
            ["/a:required", ":maxProperties"],
        ),
        (
            {"properties": {"a": {"maxLength": 2, "pattern": "^ab?$"}, "b": {"minimum": 1}}},
            "/a:maxLength",
            ["/a:pattern"],
        ),
    ],
)
def test_only_what_stands_in_the_way_is_named(limits: Any, pointer: str, by: list[str]) -> None:
    """The error names limits of which every instance that breaks the limit breaks one."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, **limits}
    with pytest.raises(Inseparable) as caught:
        invalid(Contract(schema), pointer)
    assert sorted(each.id.partition("#")[2] for each in caught.value.by) == sorted(by)


def test_a_limit_that_cannot_be_broken_alone_raises() -> None:
    """The error names the limits that prevent it; all can be broken together."""
    contract = fieldbound.contract(CREATE)
    with pytest.raises(Inseparable, match="also breaks /ActiveFlag:enum") as caught:
        invalid(contract, "/ActiveFlag:type")
    assert [each.keyword for each in caught.value.by] == ["enum"]
    with pytest.raises(Inseparable, match="/ActiveFlag:enum"):
        invalid(contract, "/ActiveFlag:maxLength")
    together = smallest(
        invalid(contract, "/ActiveFlag:type", alone=False),
        lambda each: each.violation.actual is True,
    )
    assert together.instance == {"InternalName": "", "ProdGroupName": "", "ActiveFlag": True}
    assert [each.keyword for each in together.violation.also] == ["enum"]


def test_implied_limits_do_not_prevent_a_breach() -> None:
    """A limit that another one of the same value implies is broken together with it."""
    contract = Contract({"enum": ["Y", "N"], "maxLength": 1})
    breach = smallest(invalid(contract, ":enum"), lambda each: each.instance == "Yes")
    assert [each.keyword for each in breach.violation.also] == ["maxLength"]


def test_a_contract_without_limits_raises() -> None:
    """A contract that accepts everything has no breaches."""
    with pytest.raises(Unsatisfiable, match="the contract has no limits"):
        invalid(Contract({}))


KEYWORDS: list[dict[str, Any]] = [
    {"type": "array", "minItems": 2, "maxItems": 4, "items": {"type": "integer"}},
    {"type": "array", "uniqueItems": True, "items": {"enum": [1, 2, 3]}},
    {"type": "array", "contains": {"const": "a"}, "minContains": 2, "maxContains": 3},
    {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
    {"type": "object", "minProperties": 1, "maxProperties": 2},
    {"type": "object", "propertyNames": {"pattern": "^x-", "maxLength": 5}},
    {"type": "object", "dependentRequired": {"a": ["b"]}},
    {"type": "object", "properties": {"a": True}, "unevaluatedProperties": False},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 10, "multipleOf": 0.5},
    {"type": "string", "minLength": 3, "maxLength": 5, "pattern": "^[a-z]*$"},
    {"type": "string", "format": "uuid"},
    {"not": {"type": "string"}},
    {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "integer", "minimum": 5}]},
    {"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}], "type": "integer"},
    {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"const": 1}},
    {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]},
]


@pytest.mark.parametrize("schema", KEYWORDS, ids=" ".join)
def test_every_keyword_is_broken_or_names_others(schema: dict[str, Any]) -> None:
    """Each keyword has a breach, or the error names the limits that prevent it."""
    contract = Contract(schema)
    broken = []
    for limit in contract.limits:
        strategy, by = breakable(contract, limit)
        assert strategy is not None or by, limit.id
        for breach in drawn(strategy, 3) if strategy is not None else ():
            assert [each.limit for each in contract.check(breach.instance)] == [limit]
            broken.append(limit)
    assert broken


CONDITIONAL: list[tuple[dict[str, Any], str, Any]] = [
    (
        {
            "type": "object",
            "properties": {"kind": {"enum": ["card", "bank"]}, "number": {"type": "string"}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "card"}}, "required": ["kind"]},
            "then": {"properties": {"number": {"maxLength": 16}}, "required": ["number"]},
        },
        "/number:maxLength",
        {"kind": "card", "number": "0" * 17},
    ),
    (
        {"dependentSchemas": {"a": {"properties": {"b": {"minimum": 5}}}}},
        "/b:minimum",
        {"a": None, "b": 4},
    ),
    (
        {
            "type": "array",
            "items": {
                "if": {"properties": {"k": {"const": 1}}, "required": ["k"]},
                "then": {"required": ["v"]},
            },
        },
        "/*/v:required",
        [{"k": 1}],
    ),
    (
        {
            "oneOf": [
                {"properties": {"t": {"const": "a"}}, "required": ["t", "x"]},
                {"properties": {"t": {"const": "b"}}, "required": ["t", "y"]},
            ],
            "type": "object",
        },
        "/y:required",
        {"t": "b"},
    ),
]


@pytest.mark.parametrize(("schema", "limit", "least"), CONDITIONAL, ids=lambda each: str(each)[:20])
def test_a_conditional_limit_is_broken(schema: dict[str, Any], limit: str, least: Any) -> None:
    """A limit that depends on the value of another property is broken where it applies."""
    assert smallest(invalid(Contract(schema), limit), lambda _: True).instance == least


# -- from_schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", KEYWORDS, ids=" ".join)
def test_from_schema_generates_valid_instances(schema: dict[str, Any]) -> None:
    """Instances are valid for both validators, whatever the keyword."""
    contract = Contract(schema)
    reference = contract.jsonschema_validator()
    for instance in drawn(from_schema(schema), examples(50)):
        assert contract.is_valid(instance)
        assert reference.is_valid(instance)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "string", "minLength": 5, "maxLength": 3}, "minLength, maxLength"),
        (
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "integer", "minimum": 2, "maximum": 1}},
            },
            "/properties/a",
        ),
        (False, "the schema is false"),
        (
            {"type": "string", "pattern": "^ab$", "minLength": 3},
            r"no string exists at \(root\): at least 3 characters, matches '\^ab\$'",
        ),
        (
            {"type": "string", "pattern": r"^(a)(?<!a)$"},
            r"no string was found at \(root\): matches",
        ),
        ({"type": "array", "minItems": 10**9}, "minItems 1000000000 is too many items to generate"),
        (
            {"type": "string", "minLength": 10**9},
            "no string was found .*: at least 1000000000 characters",
        ),
        (
            {
                "$ref": "#/$defs/node",
                "$defs": {
                    "node": {
                        "type": "object",
                        "properties": {"next": {"$ref": "#/$defs/node"}},
                        "required": ["next"],
                    }
                },
            },
            "every instance is infinite",
        ),
    ],
)
def test_an_unsatisfiable_schema_raises(schema: Any, reason: str) -> None:
    """An unsatisfiable schema raises at once, with the subschema and the reason."""
    with pytest.raises(Unsatisfiable, match=reason):
        from_schema(schema)


def test_an_invalid_schema_raises() -> None:
    """An invalid schema raises BrokenContract."""
    with pytest.raises(fieldbound.BrokenContract):
        from_schema({"type": "wat"})


def test_references_are_resolved_in_resources() -> None:
    """References are resolved in *resources*, and formats are asserted or not."""
    schema = {"$ref": "https://example.com/name"}
    resources = {"https://example.com/name": {"type": "string", "maxLength": 2}}
    assert all(len(each) <= 2 for each in drawn(from_schema(schema, resources=resources), 30))
    free = from_schema({"type": "string", "format": "uuid"}, formats="annotate")
    assert any(len(each) != 36 for each in drawn(free, 30))


def test_recursion_ends() -> None:
    """A recursive schema has instances of some depth, and shrinks to the smallest."""
    schema = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
        "additionalProperties": False,
    }
    found = drawn(from_schema(schema), 100)
    assert any(each.get("children") and each["children"][0].get("children") for each in found)
    assert smallest(from_schema(schema), lambda _: True) == {}


@pytest.mark.parametrize(
    ("schema", "smallest_instance"),
    [
        ({"type": "integer", "minimum": 101}, 101),
        ({"type": "integer", "maximum": -5}, -5),
        ({"type": "number", "exclusiveMinimum": 0}, 1),
        ({"type": "string", "minLength": 3}, "000"),
        ({"type": "string", "pattern": "^[a-z]{2,}$"}, "aa"),
        ({"type": "array", "minItems": 2, "items": {"type": "boolean"}}, [False, False]),
        ({"enum": ["b", "a"]}, "a"),
        ({"type": ["null", "string"]}, None),
        ({"type": "array", "maxItems": 10**9}, []),
        ({"type": "string", "maxLength": 10**9}, ""),
        ({"type": "string", "format": "uuid"}, "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_instances_shrink_to_the_simplest(schema: Any, smallest_instance: Any) -> None:
    """Everything shrinks to the simplest valid value."""
    assert smallest(from_schema(schema), lambda _: True) == smallest_instance


def test_lists_shrink_to_the_item_that_matters() -> None:
    """Shrinking removes the items that are not needed for a failure."""
    strategy = from_schema({"type": "array", "items": {"type": "integer", "minimum": 0}})
    (item,) = smallest(strategy, lambda each: any(item >= 1000 for item in each))
    assert 1000 <= item <= 1024


def test_instances_are_independent() -> None:
    """An instance may be changed without changing the next one."""
    strategy = from_schema({"enum": [{"a": [1]}, [1, 2]]})
    for instance in drawn(strategy, 20):
        instance.clear()
    assert smallest(strategy, lambda _: True) in ({"a": [1]}, [1, 2])


def test_strategies_compose() -> None:
    """They can be mapped, filtered, combined and drawn in a test, like any strategy."""
    quick = settings(database=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])

    @quick
    @given(st.data(), from_schema({"type": "integer"}).map(str) | st.just("x"))
    def run(data: st.DataObject, text: str) -> None:
        assert isinstance(text, str)
        assert isinstance(data.draw(from_schema({"type": "array"})), list)

    run()


@pytest.mark.parametrize(
    ("schema", "condition", "least"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 100}, lambda each: each >= 70, 70),
        ({"type": "integer", "minimum": 0, "maximum": 100}, lambda each: each == 37, 37),
        ({"type": "integer"}, lambda each: each <= -70, -70),
        ({"type": "string", "maxLength": 100}, lambda each: len(each) >= 20, "0" * 20),
        ({"type": "number"}, lambda each: each > 1.2, 2),
    ],
)
def test_values_between_the_bounds_are_found(
    schema: Any, condition: Callable[[Any], bool], least: Any
) -> None:
    """Failures between the bounds are found, and values shrink from a bound to them."""
    assert smallest(from_schema(schema), condition) == least


RECURSIVE: list[dict[str, Any]] = [
    {
        "$ref": "#/$defs/e",
        "$defs": {
            "e": {"anyOf": [{"type": "number"}, {"type": "array", "items": {"$ref": "#/$defs/e"}}]}
        },
    },
    {
        "$ref": "#/$defs/l",
        "$defs": {
            "l": {
                "anyOf": [
                    {"type": "null"},
                    {
                        "type": "object",
                        "properties": {"next": {"$ref": "#/$defs/l"}},
                        "required": ["next"],
                    },
                ]
            }
        },
    },
    {
        "type": "object",
        "properties": {"b": {"$ref": "#/$defs/b"}},
        "$defs": {"b": {"type": "array", "items": {"$ref": "#"}, "maxItems": 3}},
    },
]


@pytest.mark.parametrize("schema", RECURSIVE, ids=["either", "list", "mutual"])
def test_recursive_schemas_have_instances_and_breaches(schema: dict[str, Any]) -> None:
    """Generating instances, breaches and cases of a recursive schema ends."""
    contract = Contract(schema)
    assert all(contract.is_valid(each) for each in drawn(valid(contract), 50))
    assert not any(contract.is_valid(each.instance) for each in drawn(invalid(contract), 20))
    assert list(fieldbound.cases(contract))


@pytest.mark.parametrize(
    "schema",
    [
        {"minItems": 100, "items": {"type": "string", "pattern": "^[A-Z]{2}[0-9]$"}},
        {"minItems": 50, "items": {"type": "integer", "minimum": 1, "maximum": 50}},
        {"minItems": 30, "items": {"type": "object", "properties": {"id": {"type": "integer"}},
                                   "required": ["id"], "additionalProperties": False}},
        {"minItems": 3, "maxItems": 3, "items": {"enum": [1, 2, 3]}},
    ],
    ids=["strings", "numbers", "objects", "members"],
)  # fmt: skip
def test_unique_items_are_unique(schema: dict[str, Any]) -> None:
    """Unique items are unique, as long as there are enough values."""
    contract = Contract({"type": "array", "uniqueItems": True, **schema})
    assert all(contract.is_valid(each) for each in drawn(valid(contract), 20))


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*b$"])
def test_no_pattern_backtracks_in_the_reference(pattern: str) -> None:
    """A pattern that backtracks exponentially in Python is matched by the engine instead."""
    contract = Contract({"type": "string", "pattern": pattern, "minLength": 40})
    assert {each.reason for each in fieldbound.cases(contract)} == {None}


def test_of_limits_with_one_id_the_given_one_is_broken() -> None:
    """Of two limits with one id, such as two patterns of one value, the given one is broken."""
    contract = Contract({"allOf": [{"pattern": "^[a-z]"}, {"pattern": "[0-9]$"}], "type": "string"})
    for limit in contract.limits:
        if limit.keyword == "pattern":
            assert smallest(invalid(contract, limit), lambda _: True).limit == limit


def test_stateful_tests_can_use_strategies() -> None:
    """The simplest instance takes few bytes, so that a machine can have many steps."""

    class Machine(RuleBasedStateMachine):
        @rule(payload=valid(fieldbound.contract(CREATE)))
        def send(self, payload: Any) -> None:
            assert payload["InternalName"] is not None

    run_state_machine_as_test(
        Machine, settings=settings(max_examples=5, stateful_step_count=20, database=None)
    )


@pytest.mark.parametrize(
    ("format", "pattern"),
    [
        ("date", "-31$"),
        ("uri", "^http://"),
        ("hostname", "[0-9]"),
        ("email", "[+]"),
        ("ipv6", "^fe80"),
        ("duration", "^PT[0-9]+M[0-9]+S$"),
    ],
)
def test_formats_combine_with_patterns(format: str, pattern: str) -> None:  # noqa: A002
    """A format whose simple strings do not match a pattern has others that do."""
    contract = Contract({"type": "string", "format": format, "pattern": pattern})
    assert all(contract.is_valid(each) for each in drawn(valid(contract), 20))


def test_the_character_table_is_built_early(tmp_path: Path) -> None:
    """The character table of Hypothesis is built before a value is drawn."""
    code = "from fieldbound.strategies import from_schema; from_schema({'type': 'string'})"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert list(tmp_path.glob(".hypothesis/unicode_data/*"))


@pytest.mark.parametrize("constant", [{}, [], {"a": [1]}, [{}]])
def test_constants_that_cannot_be_hashed_are_generated(constant: Any) -> None:
    """An object or an array may be the only value of an alternative."""
    there = {"$defs": {"v": {"const": constant}}}
    for schema in (
        {"type": "object", "oneOf": [{"$ref": "#/$defs/v"}, {"maxProperties": 3}]},
        {"anyOf": [{"$ref": "#/$defs/v"}, {"type": "integer"}]},
        {"enum": [constant, 1, constant]},
    ):
        contract = Contract({**schema, **there})
        for instance in drawn(valid(contract), 20):
            assert contract.is_valid(instance)


def test_shared_parts_are_counted_once() -> None:
    """The bytes for an instance are counted at once, however many times its parts recur."""
    levels = {
        f"a{level}": {
            "type": "object",
            "properties": {name: {"$ref": f"#/$defs/a{level + 1}"} for name in "abcdefghij"},
        }
        for level in range(12)
    }
    schema = {"$ref": "#/$defs/a0", "$defs": {**levels, "a12": {"type": "string"}}}
    analysis = Analysis(checker_of(Contract(schema)).algebra())
    assert Generator(analysis).byte_count(analysis.root) == 4_000
