"""A schema's limits: which keywords are limits, their ids and their sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fieldbound import Contract, Limit
from fieldbound.algebra.engine_patterns import PATTERN_KEYWORD
from fieldbound.validation import checker_of, limits as limits_module
from fieldbound.validation.limits import Limits
from fieldbound.validation.schema.formats import FORMATS
from support.growth import LINEAR, growth
from support.tables import table

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def ids(schema: Any, **options: Any) -> list[str]:
    """Return pointer and keyword of each limit."""
    return [f"{limit.pointer}:{limit.keyword}" for limit in Contract(schema, **options).limits]


@table(
    ("schema", "expected"),
    [
        (True, []),
        (False, [":not"]),
        ({"title": "x", "default": 1, "examples": [1], "deprecated": True}, []),
        ({"required": ["a", "b"]}, ["/a:required", "/b:required"]),
        ({"properties": {"a": {"maxLength": 1}}}, ["/a:maxLength"]),
        ({"properties": {"a/b~": {"maxLength": 1}}}, ["/a~1b~0:maxLength"]),
        ({"properties": {"a": False}}, ["/a:not"]),
        ({"items": {"type": "string"}}, ["/*:type"]),
        ({"items": False}, [":items"]),
        ({"prefixItems": [{"type": "string"}], "items": {"minimum": 1}}, ["/0:type", "/*:minimum"]),
        ({"patternProperties": {"^a": {"minimum": 1}}}, ["/*:minimum"]),
        ({"additionalProperties": {"minimum": 1}}, ["/*:minimum"]),
        ({"additionalProperties": False}, [":additionalProperties"]),
        ({"additionalProperties": True, "unevaluatedItems": True}, []),
        ({"dependentRequired": {"a": ["b"]}}, ["/b:dependentRequired"]),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, ["/b:required"]),
        ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, [":minimum", ":maximum"]),
        ({"anyOf": [{"minimum": 1}]}, [":anyOf", ":minimum"]),
        (
            {"if": {"minimum": 1}, "then": {"maximum": 2}, "else": {"const": 0}},
            [":maximum", ":const"],
        ),
        ({"if": {"minimum": 1}, "then": False}, [":not"]),
        ({"if": {"minimum": 1}, "then": True, "else": False}, [":not"]),
        ({"then": False, "else": False}, []),
        ({"$ref": "#/$defs/a", "$defs": {"a": False}}, [":not"]),
        ({"not": {"minimum": 1}}, [":not"]),
        ({"contains": {"minimum": 1}, "minContains": 2}, [":contains", ":minContains"]),
        ({"propertyNames": {"maxLength": 1}}, [":propertyNames"]),
        ({"format": "date-time"}, [":format"]),
        ({"format": "int64"}, []),
        ({"readOnly": True}, []),
        ({"readOnly": True, "not": {}}, [":readOnly"]),
        ({"writeOnly": True, "not": {}}, [":writeOnly"]),
        ({"contentEncoding": "base64"}, []),
        ({"$schema": DRAFT_7, "contentEncoding": "base64"}, [":contentEncoding"]),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"minimum": 1}, "b": {"maximum": 2}}}, [":minimum"]),
        (
            {"properties": {"a": {"$ref": "#x"}}, "$defs": {"b": {"$anchor": "x", "const": 1}}},
            ["/a:const"],
        ),
    ],
)
def test_what_is_a_limit(schema: Any, expected: list[str]) -> None:
    """Every keyword that can reject an instance is a limit where it counts, and nothing else is."""
    assert ids(schema) == expected


def test_beside_a_reference_older_drafts_count_nothing() -> None:
    """Up to draft 7 what stands beside a reference is no limit; from 2019-09 on it is."""
    schema = {"$ref": "#/definitions/a", "minimum": 1, "definitions": {"a": {"maximum": 2}}}
    old = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    assert ids(old) == [":maximum"]
    assert sorted(ids(schema)) == [":maximum", ":minimum"]


def test_a_format_is_a_limit_where_it_is_asserted() -> None:
    """With formats as annotations no format is a limit."""
    for name in FORMATS:
        assert ids({"format": name}) == [":format"]
        assert ids({"format": name}, formats="annotate") == []


def test_several_values_may_share_a_location() -> None:
    """A definition that is used twice is two limits at one location."""
    flag = {"$ref": "#/$defs/flag"}
    made = Contract({"properties": {"a": flag, "b": flag}, "$defs": {"flag": {"enum": ["Y", "N"]}}})
    assert [limit.pointer for limit in made.limits] == ["/a", "/b"]
    assert len({limit.location for limit in made.limits}) == 1


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (None, "inferred"),
        ({"of": "enum", "says": "stated"}, "stated"),
        ([{"of": ["type"], "says": "stated"}], "inferred"),
        ({"says": "observed"}, "observed"),
    ],
)
def test_the_source_at_the_reference_wins(use: Any, says: str) -> None:
    """A statement beside a reference speaks of the limits behind it, for this use."""
    flag = {"enum": ["Y", "N"], "x-source": {"says": "inferred"}}
    reference = {"$ref": "#/$defs/flag", **({"x-source": use} if use else {})}
    made = Contract({"properties": {"a": reference}, "$defs": {"flag": flag}})
    assert [limit.says for limit in made.limits] == [says]


def test_a_statement_speaks_of_the_same_value_only() -> None:
    """A source where an object is referred to is not a source of its properties."""
    inner = {"type": "object", "properties": {"b": {"maxLength": 1}}}
    use = {"$ref": "#/$defs/o", "x-source": {"says": "stated"}}
    made = Contract({"properties": {"a": use}, "$defs": {"o": inner}})
    assert {limit.pointer: limit.says for limit in made.limits} == {"/a": "stated", "/a/b": None}


def test_one_required_name_can_have_its_own_source() -> None:
    """A statement of `required/Name` is about that name, one of `required` about the others."""
    made = Contract(
        {
            "required": ["a", "b"],
            "x-source": [
                {"of": "required", "says": "stated"},
                {"of": "required/b", "says": "inferred", "note": "an example"},
            ],
        }
    )
    assert {limit.pointer: (limit.says, limit.note) for limit in made.limits} == {
        "/a": ("stated", None),
        "/b": ("inferred", "an example"),
    }


def test_the_two_ways_to_a_limit_agree() -> None:
    """The limit at the end of an error's path is the one that a walk of the schema finds."""
    schema = {
        "$defs": {
            "leaf": {"$anchor": "leaf", "type": "string", "maxLength": 1},
            "list": {"items": {"anyOf": [{"$ref": "#leaf"}, {"type": "null"}]}},
        },
        "properties": {
            "a": {"$ref": "#/$defs/list"},
            "b": {"allOf": [{"$ref": "#/$defs/leaf"}, {"pattern": "^x"}]},
            "c": {"if": {"type": "string"}, "then": {"$ref": "#/$defs/leaf"}},
        },
        "additionalProperties": {
            "dependentRequired": {"p": ["q"]},
            "prefixItems": [True, {"minimum": 1}],
        },
        "required": ["d"],
    }
    made = Contract(schema)
    instance = {"a": ["xx", 5], "b": "yy", "c": "zz", "e": {"p": 1}, "f": [0, 0]}
    found = [limit for each in made.check(instance) for limit in (each.limit, *each.also)]
    assert len(found) >= 9
    every = {limit: limit.condition for limit in made.limits}
    assert all(every[limit] == limit.condition for limit in found if limit)


def test_the_ways_to_a_limit_have_their_conditions() -> None:
    """A limit that several branches refer to is reached on each of them."""
    flag = {"properties": {"a": {"$ref": "#/$defs/flag"}}}
    schema = {
        "anyOf": [flag, {"minProperties": 1}, {"if": True, "then": flag}],
        "$defs": {"flag": {"maxLength": 1}},
        "maxProperties": 9,
    }
    made = Contract(schema)
    limits = checker_of(made).compiled.limits

    def ways_to(limit: Limit) -> list[list[tuple[str, str | None]]]:
        return [[(each.keyword, each.token) for each in way] for way in limits.ways_to(limit)]

    assert {limit.keyword: ways_to(limit) for limit in made.limits} == {
        "anyOf": [[]],
        "maxLength": [[("anyOf", "0")], [("anyOf", "2"), ("then", None)]],
        "minProperties": [[("anyOf", "1")]],
        "maxProperties": [[]],
    }
    assert ways_to(replace(made.limits[0], pointer="/b")) == [[]]


def test_each_required_name_is_a_limit_of_its_own() -> None:
    """Also where the same schema requires several."""
    report = Contract({"required": ["a", "b"]}).check({})
    assert [each.limit and each.limit.id for each in report] == [
        "schema#/a:required",
        "schema#/b:required",
    ]


def test_a_limit_is_a_noun() -> None:
    """A limit compares by value, hashes, and has its id from its facts."""
    (one,) = Contract({"enum": [1, [2]]}).limits
    (other,) = Contract({"enum": [1, [2]]}).limits
    assert one == other
    assert len({one, other}) == 1
    assert one.id == "schema#:enum"
    assert isinstance(one, Limit)
    with pytest.raises(AttributeError):
        one.value = 5  # type: ignore[misc]


def test_a_schema_that_unfolds_without_end_has_limits_still() -> None:
    """Schemas that refer to each other in all ways are walked to an end."""
    every = [{"$ref": f"#/$defs/n{number}"} for number in range(12)]
    nodes = {
        f"n{n}": {"properties": {f"p{i}": each for i, each in enumerate(every)}} for n in range(12)
    }
    nodes["n0"]["maxProperties"] = 3  # type: ignore[assignment]
    made = Contract({"$ref": "#/$defs/n1", "$defs": nodes})
    assert any(limit.keyword == "maxProperties" for limit in made.limits)
    assert made.is_valid({"p0": {"p1": {}}})


@table(("count", "truncated"), [(2_499, False), (2_500, True)])
def test_so_many_subschemas_are_visited_by_every_way(count: int, truncated: bool) -> None:
    """After 5,000, those that were visited already are left out, and that is known."""
    schema: Any = {"prefixItems": [{"$ref": "#/$defs/x"}] * count, "$defs": {"x": {}}}
    limits = Limits("c", schema, "s", {})
    assert len([*limits.trails()]) == 2 * count + (not truncated)
    assert limits.truncated is truncated
    last = {**schema, "prefixItems": [*schema["prefixItems"], {"minimum": 1}]}
    assert [each.keyword for each in Limits("c", last, "s", {}).all()] == ["minimum"]


def test_a_reference_that_leads_nowhere_hides_no_other() -> None:
    """It is reported where the schema is compiled."""
    definitions = {"a": {"$dynamicAnchor": "x", "maxLength": 1}}
    schema = {"$ref": "#/nowhere", "$dynamicRef": "#x", "$defs": definitions}
    assert [each.keyword for each in Limits("c", schema, "s", {}).all()] == ["maxLength"]


def test_a_schema_within_itself_is_entered_once_more() -> None:
    """What it says of its value there has the pointer one step in."""
    limits = Limits("c", {"properties": {"a": {"$ref": "#"}, "v": {}}}, "s", {})
    assert [f"{each.pointer} {each.node.location}" for each in limits.trails()] == [
        " s#",
        "/a s#/properties/a",
        "/a s#",
        "/a/a s#/properties/a",
        "/a/v s#/properties/v",
        "/v s#/properties/v",
    ]


@table(("path", "keyword"), [(("$ref", "a", "type"), "type"), ((0, 0), "not"), ((), "not")])
def test_a_limit_that_is_not_in_the_schema_has_its_keyword(path: Any, keyword: str) -> None:
    """Where a path leads out of it, such as into a meta-schema."""
    limits = checker_of(Contract({"maxLength": 1})).compiled.limits
    found = limits.limit_at(path)
    assert (found.keyword, found.pointer, found.value) == (keyword, "", None)


@table("depth", range(5))
def test_a_limit_within_itself_is_named_one_step_in(depth: int) -> None:
    """However far in the value is that breaks it, the limit is one that is listed."""
    made = Contract({"properties": {"a": {"$ref": "#"}, "v": {"maxLength": 1}}})
    value: Any = {"v": "ab"}
    for _ in range(depth):
        value = {"a": value}
    (violation,) = made.check(value)
    assert violation.limit in made.limits
    assert violation.pointer == "/a" * depth + "/v"
    assert violation.limit.pointer == ("/a/v" if depth else "/v")


@table(
    ("at", "is_found"),
    [
        ("/properties/a/minLength", True),
        ("/properties/a/maxLength", False),
        ("/properties/b/minLength", False),
        ("/properties/b", False),
        ("/properties/c", True),
        ("/properties/d/minLength", False),
        (f"/properties/e/{PATTERN_KEYWORD}", True),
        (f"/properties/a/{PATTERN_KEYWORD}", False),
    ],
)
def test_a_keyword_is_found_by_its_location(at: str, is_found: bool) -> None:
    """Only where the schema has it; a schema that is false is found itself."""
    parts = {"a": {"minLength": 1}, "b": True, "c": False, "e": {"pattern": "a"}}
    made = Contract({"properties": parts})
    limits = checker_of(made).compiled.limits
    path = limits.path_to(f"{limits.references.root.location}{at}", ())
    assert (path is not None) is is_found


def test_the_names_that_a_schema_documents() -> None:
    """Those of properties that may be there, each with whether it is documented on no condition."""
    nothing: dict[str, Any] = {"not": {}}
    schema = {
        "properties": {"a": {}, "b": False, "c": nothing, "d": {"$ref": "#/$defs/no"}},
        "anyOf": [{"properties": {"a": True, "e": {"$ref": "#/$defs/yes"}}}],
        "allOf": [True, {"properties": {"f": {"not": {"const": 1}}}}, {"$ref": "#/$defs/more"}],
        "items": {"properties": {"x": {}}},
        "$defs": {"no": nothing, "yes": {"const": 1}, "more": {"properties": {"g": {}, "e": {}}}},
        "additionalProperties": False,
    }
    limits = checker_of(Contract(schema)).compiled.limits
    expected = {"a": True, "e": True, "f": True, "g": True}
    for _ in range(2):
        assert limits.known_names(("additionalProperties",)) == expected
    assert limits.known_names(("anyOf", 0, "properties")) == {"a": True, "e": True}
    del schema["allOf"]
    limits = checker_of(Contract(schema)).compiled.limits
    assert limits.known_names(("additionalProperties",)) == {"a": True, "e": False}
    assert limits.known_names(("nowhere", "x")) == {}


@table(
    ("at", "expected"),
    [
        ("#/properties/a/minLength", {"minLength": 1}),
        ("#/properties/a/maxLength", None),
        ("#/properties/b/minLength", None),
        ("#/properties/d/minLength", None),
        ("#/required/minLength", None),
        ("", None),
    ],
)
def test_the_schema_of_a_limit(at: str, expected: Any) -> None:
    """That which has its keyword; there is none where the limit is not in the schema."""
    made = Contract({"properties": {"a": {"minLength": 1}, "b": True}, "required": ["minLength"]})
    limits = checker_of(made).compiled.limits
    location = f"{limits.references.root.location.partition('#')[0]}{at}"
    assert limits.schema_with(replace(made.limits[0], location=location)) == expected


@pytest.mark.parametrize("keyword", ["then", "else"])
def test_a_consequence_without_a_condition_is_no_limit(keyword: str) -> None:
    """`then` and `else` are ignored without `if`, so nothing under them is a limit."""
    contract = Contract({keyword: {"maxLength": 1}})
    assert contract.limits == ()
    assert contract.is_valid("abc")
    assert ids({keyword: {"maxLength": 1}, "items": {"minLength": 1}}) == ["/*:minLength"]


@pytest.mark.parametrize("link", ["$ref", "allOf"])
def test_growth_with_a_chain_of_references(link: str) -> None:
    """The limits behind twice as many references, one behind the other, take twice the work."""

    def prepared(count: int) -> Callable[[], object]:
        definitions: dict[str, Any] = {f"d{count}": {"maxLength": 1}}
        for at in range(count):
            to = {"$ref": f"#/$defs/d{at + 1}"}
            definitions[f"d{at}"] = to if link == "$ref" else {"allOf": [to], "maxLength": 2}
        schema = {"$ref": "#/$defs/d0", "$defs": definitions}
        return lambda: Contract(schema).limits

    assert growth(prepared, 50) <= LINEAR


def test_few_evaluation_paths_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a recursive schema there is no end of paths: most are forgotten, and found again."""
    schema = {
        "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}, "c": {"maxLength": 1}},
        "additionalProperties": False,
    }
    payloads = []
    for number in range(200):
        payload: Any = {"c": "long", "d": 1}
        for bit in f"{number:08b}":
            payload = {"ab"[int(bit)]: payload}
        payloads.append(payload)
    expected = [Contract(schema).check(each).violations for each in payloads]
    monkeypatch.setattr(limits_module, "MOST_PATHS", 20)
    contract = Contract(schema)
    assert [contract.check(each).violations for each in payloads] == expected
    limits = contract._checker.compiled.limits
    assert max(map(len, (limits._found, limits.by_path, limits.paths, limits._names_at))) <= 20
