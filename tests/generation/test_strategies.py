"""Strategies: what they give is valid, or breaks one limit; it reaches every limit, and shrinks."""

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
from fieldbound.strategies import from_schema, invalid, valid
from support.examples import drawn

CREATE = "oracle-cx-sales/create-product-group"
VENDORS = [
    CREATE,
    "oracle-cx-sales/create-product-group/request.headers",
    "oracle-cx-sales/list-product-groups/response.200",
    "fortellis/create-parts-groups/request.headers",
    "fortellis/query-parts-groups/request.query",
    "axim-commerce/create-company",
    "axim-commerce/create-company-group",
]


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """Return what Hypothesis shrinks an example to."""
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
    """Return what breaks a limit alone, or the limits that stand in the way."""
    try:
        return invalid(contract, limit), ()
    except Inseparable as told:
        return None, told.by


# -- valid -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VENDORS)
@pytest.mark.parametrize("start", [0, 1, 2])
def test_every_limit_is_reached_within_a_hundred(name: str, start: int) -> None:
    """Each bound, each member, null, and each optional attribute absent and present."""
    contract = fieldbound.contract(name)
    there: dict[str, set[Any]] = defaultdict(set)
    absent: dict[str, set[str]] = defaultdict(set)
    for instance in drawn(valid(contract), start=start):
        assert contract.is_valid(instance)
        for pointer, value in values(instance):
            there[pointer].add(len(value) if isinstance(value, str) else json.dumps(value))
            there[pointer] |= {value} if isinstance(value, str) else set()
            if isinstance(value, dict):
                absent[pointer].update(set(value))
    for limit in contract.limits:
        reached = there[limit.pointer]
        if limit.keyword == "maxLength" and limit.value > 1:
            assert {0, limit.value} <= reached, limit.id
        elif limit.keyword in ("minimum", "maximum"):
            assert str(limit.value) in reached, limit.id
        elif limit.keyword == "enum":
            assert set(limit.value) <= reached, limit.id
        elif limit.keyword == "type" and "null" in limit.value:
            assert "null" in reached, limit.id


def test_optional_attributes_are_there_and_not() -> None:
    """Of a hundred instances some have an optional attribute, and some have not, at any depth."""
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


def test_text_is_real() -> None:
    """Texts have accents, CJK, characters beyond the BMP, combining marks, spaces at both ends."""
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
def test_valid_shrinks_to_what_is_required(name: str) -> None:
    """The smallest instance has what is required, the shortest texts, the least numbers."""
    contract = fieldbound.contract(name)
    instance = smallest(valid(contract), lambda _: True)
    required = {
        each.pointer[1:]
        for each in contract.limits
        if each.keyword == "required" and each.pointer.count("/") == 1
    }
    assert set(instance) == required


def test_valid_shrinks_to_what_shows_the_point() -> None:
    """Whatever is not needed for a failure is gone, in nested objects as well."""

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


def test_a_run_is_the_same_under_a_seed() -> None:
    """The same seed gives the same examples."""
    contract = fieldbound.contract(CREATE)
    assert drawn(valid(contract), 30, 7) == drawn(valid(contract), 30, 7)
    assert drawn(invalid(contract), 30, 7) == drawn(invalid(contract), 30, 7)


def test_no_health_check_is_to_be_suppressed() -> None:
    """Under Hypothesis' own defaults, nothing is too slow, too large or filtered too much."""

    @settings(database=None, suppress_health_check=[])
    @given(valid(fieldbound.contract(CREATE)), invalid(fieldbound.contract(CREATE)))
    def run(instance: Any, breach: fieldbound.Breach) -> None:
        assert instance != breach.instance

    run()


def test_a_contract_is_asked_for() -> None:
    """A name, or a schema, is refused, with what to give instead."""
    with pytest.raises(TypeError, match=r"contract is a str, .*fieldbound.contract\(name\)"):
        valid(CREATE)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"from_schema\(\) takes a schema"):
        invalid({"type": "string"})  # type: ignore[arg-type]


def test_what_nobody_documents_has_no_instances() -> None:
    """Of a body that the vendor does not document nothing is made: it is said."""
    contract = fieldbound.contract("fortellis/create-parts-groups")
    with pytest.raises(fieldbound.Unspecified):
        valid(contract)
    with pytest.raises(fieldbound.Unspecified):
        invalid(contract)


# -- invalid ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VENDORS)
def test_a_breach_is_refused_for_its_limit_alone(name: str) -> None:
    """One violation, of that limit, by ours, and jsonschema refuses it too."""
    contract = fieldbound.contract(name)
    reference = contract.jsonschema_validator()
    for breach in drawn(invalid(contract), 60):
        assert contract.check(breach.instance).violations == (breach.violation,)
        assert breach.violation.limit == breach.limit
        assert not contract.is_valid(breach.instance)
        assert not reference.is_valid(breach.instance)


@pytest.mark.parametrize("name", ["axim-commerce/create-company", VENDORS[3], VENDORS[4]])
def test_every_limit_has_breaches_or_names_what_stands_in_the_way(name: str) -> None:
    """For each limit that is asked for, either it alone is broken, or others are named."""
    contract = fieldbound.contract(name)
    for limit in contract.limits:
        strategy, by = breakable(contract, limit)
        assert strategy is not None or by
        for breach in drawn(strategy, 5) if strategy is not None else ():
            assert breach.limit == limit


def test_a_limit_is_named_in_three_ways() -> None:
    """The limit itself, its whole id, or the id from the pointer on."""
    contract = fieldbound.contract(CREATE)
    (limit,) = [each for each in contract.limits if each.id.endswith("#/InternalName:maxLength")]
    for name in (limit, limit.id, "/InternalName:maxLength"):
        assert smallest(invalid(contract, name), lambda _: True).limit == limit


def test_an_unknown_limit_is_told_with_the_nearest() -> None:
    """A limit that the contract has not is refused, with the one that was meant."""
    with pytest.raises(ValueError, match=r"did you mean '.*/InternalName:maxLength'"):
        invalid(fieldbound.contract(CREATE), "/InternalName:maxlength")


def test_too_long_a_text_shrinks_to_one_character_more() -> None:
    """A breach of maxLength 150 shrinks to 151 times one character, beside what is required."""
    breach = smallest(
        invalid(fieldbound.contract(CREATE), "/InternalName:maxLength"), lambda _: True
    )
    assert breach.instance == {"InternalName": "0" * 151, "ProdGroupName": ""}


def test_a_breach_without_a_limit_shrinks_likewise() -> None:
    """Any breach that is of maxLength shrinks to nothing but the text and what is required."""
    breach = smallest(
        invalid(fieldbound.contract(CREATE)),
        lambda each: each.limit.id.endswith("#/ProdGroupDescription:maxLength"),
    )
    assert breach.instance == {
        "InternalName": "",
        "ProdGroupName": "",
        "ProdGroupDescription": "0" * 1001,
    }


@pytest.mark.parametrize(
    ("limit", "mistakes"),
    [
        ("/ActiveFlag:enum", {"y", "n", "Yes", " Y", ""}),
        ("/EndDate:format", {"1970-01-01T00:00:00", "1970-01-01", ""}),
        ("/ProdGroupId:type", {"0", True, 1.5}),
        ("/CreatedBy:readOnly", {"0", None, True}),
    ],
)
def test_the_mistakes_are_those_people_make(limit: str, mistakes: set[Any]) -> None:
    """Lower case, words for flags, spaces, nothing, no offset, digits as a string."""
    name = limit[1:].partition(":")[0]
    found = [
        each.instance[name] for each in drawn(invalid(fieldbound.contract(CREATE), limit), 300)
    ]
    there = {json.dumps(each) for each in found}
    assert {json.dumps(each) for each in mistakes} <= there


def test_names_are_left_out_and_made_up() -> None:
    """What is required is missing, and what nobody knows is there."""
    contract = fieldbound.contract(CREATE)
    missing = smallest(invalid(contract, "/ProdGroupName:required"), lambda _: True)
    assert missing.instance == {"InternalName": ""}
    unknown = smallest(invalid(contract, ":additionalProperties"), lambda _: True)
    assert unknown.instance == {"InternalName": "", "ProdGroupName": "", "unknown": "0"}


def test_an_id_one_digit_short() -> None:
    """A pattern of just 24 digits is broken by 23 and by 25."""
    contract = Contract({"type": "string", "pattern": "^[0-9a-fA-F]{24}$"})
    lengths = {len(each.instance) for each in drawn(invalid(contract, ":pattern"), 200)}
    assert {23, 25} <= lengths


def test_a_limit_that_cannot_be_broken_alone_raises() -> None:
    """The error names the limits that stand in the way; they can be broken together."""
    contract = fieldbound.contract(CREATE)
    with pytest.raises(Inseparable, match=r"refused by /ActiveFlag:enum as well") as told:
        invalid(contract, "/ActiveFlag:type")
    assert [each.keyword for each in told.value.by] == ["enum"]
    with pytest.raises(Inseparable, match="/ActiveFlag:enum"):
        invalid(contract, "/ActiveFlag:maxLength")
    together = smallest(
        invalid(contract, "/ActiveFlag:type", alone=False),
        lambda each: each.violation.actual is True,
    )
    assert together.instance == {"InternalName": "", "ProdGroupName": "", "ActiveFlag": True}
    assert [each.keyword for each in together.violation.also] == ["enum"]


def test_implied_limits_do_not_stand_in_the_way() -> None:
    """A limit that another makes superfluous on the same value is broken along with it."""
    contract = Contract({"enum": ["Y", "N"], "maxLength": 1})
    breach = smallest(invalid(contract, ":enum"), lambda each: each.instance == "Yes")
    assert [each.keyword for each in breach.violation.also] == ["maxLength"]


def test_what_has_no_limit_cannot_be_broken() -> None:
    """A contract that takes anything has no breaches, and that is said."""
    with pytest.raises(Unsatisfiable, match="no limit that could be broken"):
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
def test_every_keyword_is_broken_or_named(schema: dict[str, Any]) -> None:
    """Of every keyword that is a limit a breach is made, or what stands in its way is said."""
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
def test_a_limit_that_holds_only_sometimes_is_broken(
    schema: dict[str, Any], limit: str, least: Any
) -> None:
    """What counts only where another attribute has a certain value is broken there."""
    assert smallest(invalid(Contract(schema), limit), lambda _: True).instance == least


# -- from_schema -----------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", KEYWORDS, ids=" ".join)
def test_from_schema_gives_valid_instances(schema: dict[str, Any]) -> None:
    """Whatever the keyword, instances are valid by both engines."""
    contract = Contract(schema)
    reference = contract.jsonschema_validator()
    for instance in drawn(from_schema(schema), 50):
        assert contract.is_valid(instance)
        assert reference.is_valid(instance)


@pytest.mark.parametrize(
    ("schema", "why"),
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
        (False, "false is written"),
        (
            {"type": "string", "pattern": "^ab$", "minLength": 3},
            r"there is no text of 3 characters or more, that matches '\^ab\$'",
        ),
        ({"type": "string", "pattern": r"^(a)(?<!a)$"}, "no text was found that matches"),
        ({"type": "array", "minItems": 10**9}, "1000000000 items are too many"),
        ({"type": "string", "minLength": 10**9}, "no text was found of 1000000000 characters"),
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
            "requires more of the same",
        ),
    ],
)
def test_an_unsatisfiable_schema_is_told(schema: Any, why: str) -> None:
    """A schema that takes nothing raises at once, with the part that is at fault and why."""
    with pytest.raises(Unsatisfiable, match=why):
        from_schema(schema)


def test_a_broken_schema_is_told() -> None:
    """What is no schema raises as a contract of it does."""
    with pytest.raises(fieldbound.BrokenContract):
        from_schema({"type": "wat"})


def test_references_lead_to_resources() -> None:
    """What a schema refers to is given, and formats are asserted or not."""
    schema = {"$ref": "https://example.com/name"}
    resources = {"https://example.com/name": {"type": "string", "maxLength": 2}}
    assert all(len(each) <= 2 for each in drawn(from_schema(schema, resources=resources), 30))
    free = from_schema({"type": "string", "format": "uuid"}, formats="annotate")
    assert any(len(each) != 36 for each in drawn(free, 30))


def test_recursion_ends() -> None:
    """A schema that refers to itself gives instances of some depth, and shrinks to the least."""
    schema = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
        "additionalProperties": False,
    }
    found = drawn(from_schema(schema), 100)
    assert any(each.get("children") and each["children"][0].get("children") for each in found)
    assert smallest(from_schema(schema), lambda _: True) == {}


@pytest.mark.parametrize(
    ("schema", "least"),
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
def test_instances_shrink_to_the_simplest(schema: Any, least: Any) -> None:
    """The simplest value a schema takes is what everything shrinks to."""
    assert smallest(from_schema(schema), lambda _: True) == least


def test_lists_shrink_to_the_item_that_matters() -> None:
    """Items that are not needed for a failure are gone."""
    strategy = from_schema({"type": "array", "items": {"type": "integer", "minimum": 0}})
    (item,) = smallest(strategy, lambda each: any(item >= 1000 for item in each))
    assert 1000 <= item <= 1024


def test_values_that_are_drawn_are_the_users_own() -> None:
    """An instance may be changed without changing the next one."""
    strategy = from_schema({"enum": [{"a": [1]}, [1, 2]]})
    for instance in drawn(strategy, 20):
        instance.clear()
    assert smallest(strategy, lambda _: True) in ({"a": [1]}, [1, 2])


def test_strategies_compose() -> None:
    """They are used as any strategy is: mapped, filtered, combined, drawn in a test."""
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
    """What only values between the bounds show is found, and a bound shrinks to what shows it."""
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
def test_what_leads_back_to_itself_is_made_and_broken(schema: dict[str, Any]) -> None:
    """Instances, breaches and cases of a schema that refers to itself are made, and end."""
    contract = Contract(schema)
    assert all(contract.is_valid(each) for each in drawn(valid(contract), 50))
    assert not any(contract.is_valid(each.instance) for each in drawn(invalid(contract), 20))
    assert fieldbound.cases(contract)


@pytest.mark.parametrize(
    "schema",
    [
        {"minItems": 100, "items": {"type": "string", "pattern": "^[A-Z]{2}[0-9]$"}},
        {"minItems": 50, "items": {"type": "integer", "minimum": 1, "maximum": 50}},
        {"minItems": 30, "items": {"type": "object", "properties": {"id": {"type": "integer"}},
                                   "required": ["id"], "additionalProperties": False}},
        {"minItems": 3, "maxItems": 3, "items": {"enum": [1, 2, 3]}},
    ],
    ids=["texts", "numbers", "objects", "members"],
)  # fmt: skip
def test_items_differ_where_they_must(schema: dict[str, Any]) -> None:
    """However many items have to differ, they do, as long as there are as many values."""
    contract = Contract({"type": "array", "uniqueItems": True, **schema})
    assert all(contract.is_valid(each) for each in drawn(valid(contract), 20))


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*b$"])
def test_no_pattern_keeps_the_reference_busy(pattern: str) -> None:
    """Where Python's patterns would step back without end, the engine judges the text."""
    contract = Contract({"type": "string", "pattern": pattern, "minLength": 40})
    assert {each.reason for each in fieldbound.cases(contract)} == {None}


def test_the_limit_that_is_given_is_broken() -> None:
    """Of two limits that share an id, as two patterns on one value do, the one given is meant."""
    contract = Contract({"allOf": [{"pattern": "^[a-z]"}, {"pattern": "[0-9]$"}], "type": "string"})
    for limit in contract.limits:
        if limit.keyword == "pattern":
            assert smallest(invalid(contract, limit), lambda _: True).limit == limit


def test_stateful_tests_may_use_them() -> None:
    """The simplest instance takes next to nothing, so a machine with many steps is no problem."""

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
def test_formats_go_with_patterns(format: str, pattern: str) -> None:  # noqa: A002
    """A format whose plain texts do not match a pattern has others that do."""
    contract = Contract({"type": "string", "format": format, "pattern": pattern})
    assert all(contract.is_valid(each) for each in drawn(valid(contract), 20))


def test_the_first_text_is_no_slow_draw(tmp_path: Path) -> None:
    """Where Hypothesis has no table of characters yet, none is made while a value is drawn."""
    code = "from fieldbound.strategies import from_schema; from_schema({'type': 'string'})"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert list(tmp_path.glob(".hypothesis/unicode_data/*"))
