"""The reference resolves what the engine resolves."""

from __future__ import annotations

from typing import Any

import pytest
from referencing import Registry
from referencing.exceptions import Unresolvable

from fieldbound import Contract, cases
from fieldbound.validation import checker_of, reference, reference_patterns
from support.tables import table

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
BASE = "https://fieldbound.invalid/"
STRING = {"type": "string"}


@table(
    ("schema", "resources"),
    [
        (
            {"$schema": DRAFT_7, "$id": "https://a.example/root.json", "$ref": "other.json"},
            {"https://a.example/other.json": STRING},
        ),
        (
            {"$schema": DRAFT_7, "$id": "root.json", "$ref": "other.json"},
            {f"{BASE}other.json": STRING},
        ),
        ({"$id": "root.json", "$ref": "other.json"}, {f"{BASE}other.json": STRING}),
        ({"$schema": DRAFT_7, "$ref": "#/definitions/a", "definitions": {"a": STRING}}, {}),
        (
            {"id": "https://a.example/root.json", "$ref": "other.json"},
            {"https://a.example/other.json": STRING},
        ),
        (
            {"$schema": DRAFT_7, "allOf": [{"$ref": "other.json#/definitions/a"}]},
            {f"{BASE}other.json": {"definitions": {"a": STRING}}},
        ),
    ],
)
def test_both_engines_resolve_a_reference(schema: Any, resources: dict[str, Any]) -> None:
    """A relative `$id` and what stands beside a `$ref` included."""
    contract = Contract(schema, resources=resources)
    for instance, ok in (("a", True), (5, False)):
        assert contract.check(instance).ok == ok
        assert contract.jsonschema_validator().is_valid(instance) == ok
    assert list(cases(contract))


@table(
    ("schema", "resources"),
    [
        ({"$id": "d/root.json", "$ref": "root.json#/$defs/a", "$defs": {"a": STRING}}, {}),
        ({"$id": "d/root.json", "$ref": "/d/root.json#/$defs/a", "$defs": {"a": STRING}}, {}),
        ({"$id": "d/root.json", "$ref": "other.json"}, {f"{BASE}d/other.json": STRING}),
        (
            {"$schema": DRAFT_4, "id": "d/a.json", "items": {}, "allOf": [{"$ref": "b.json"}]},
            {f"{BASE}d/b.json": STRING},
        ),
        ({"id": "d/root.json", "$ref": "other.json"}, {f"{BASE}other.json": STRING}),
    ],
)
def test_a_relative_base_may_be_in_a_folder(schema: Any, resources: dict[str, Any]) -> None:
    """References are relative to it, by the keyword of the draft alone."""
    contract = Contract(schema, resources=resources)
    for instance, ok in (("a", True), (5, False)):
        assert contract.check(instance).ok == ok
        assert contract.jsonschema_validator().is_valid(instance) == ok


def test_an_identifier_of_the_root_may_be_an_anchor() -> None:
    """Up to draft 7; it is no base."""
    part = {"type": ["object", "null"], "properties": {"x": {"$ref": "#a"}}}
    contract = Contract({"$schema": DRAFT_7, "$id": "#a", **part})
    for instance, ok in (({"x": {"x": None}}, True), ({"x": {"x": 5}}, False)):
        assert contract.check(instance).ok == ok
        assert contract.jsonschema_validator().is_valid(instance) == ok


@pytest.mark.parametrize("name", ["A<B>", "ü", "a b", "100%", "{x}|^"])
@pytest.mark.parametrize("dialect", [DRAFT_4, "https://json-schema.org/draft/2020-12/schema"])
def test_a_reference_need_not_be_percent_encoded(name: str, dialect: str) -> None:
    """Generators write names as they are; the engine takes only what RFC 3986 allows."""
    schema = {"$schema": dialect, "$ref": f"#/definitions/{name}", "definitions": {name: STRING}}
    for contract in (
        Contract(schema),
        Contract({"$ref": "a.json"}, resources={f"{BASE}a.json": schema}),
    ):
        assert [each.code for each in contract.check(5)] == ["type"]
        assert not contract.jsonschema_validator().is_valid(5)


def test_a_plain_value_that_looks_like_a_reference_stays() -> None:
    """`const`, `enum` and the names of properties are the author's."""
    given = {"$ref": "a<b"}
    assert Contract({"const": given}).is_valid(given)
    assert (
        Contract({"properties": {"$ref": STRING}}).check({"$ref": 5}).violations[0].code == "type"
    )


@table("draft", [DRAFT_4, DRAFT_7])
@table(
    "schema",
    [
        {"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"type": "object", "required": ["a"]},
        {"type": "object", "dependencies": {"a": ["b"]}},
    ],
)
def test_cases_of_a_draft_that_allows_no_empty_list(schema: Any, draft: str) -> None:
    """A limit is removed with the list that would be empty."""
    assert list(cases(Contract({"$schema": draft, **schema})))


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_a_brief_reference_says_less(keyword: str) -> None:
    """It does not say how a value differs from each alternative."""
    checker = checker_of(Contract({keyword: [{"type": "string"}, {"type": "null"}]}))
    for brief, count in ((True, 0), (False, 2)):
        validator = checker.reference(brief=brief)
        assert [len(each.context or ()) for each in validator.iter_errors(5)] == [count]
        assert validator.is_valid("a")
    (full,) = checker.reference().iter_errors(5)
    assert len(full.context or ()) == 2


TAGS: Any = {
    "properties": {"t": {"const": "a"}, "n": {"type": "integer"}},
    "required": ["n"],
}


@table(
    ("branch", "dialect"),
    [
        (TAGS, ""),
        ({"properties": {"t": {"enum": ["a", "b"]}}, "maxProperties": 1}, ""),
        ({"properties": {"t": {"enum": ["a", 1]}}}, DRAFT_4),
        (TAGS, DRAFT_4),
        ({"properties": {"t": {"$ref": "#/$defs/s", "const": "a"}}}, DRAFT_7),
        ({"properties": {"t": {"$ref": "#/$defs/s", "const": "a"}}}, ""),
        ({"$ref": "#/$defs/t", "properties": {"t": {"const": "a"}}}, DRAFT_7),
        ({"$ref": "#/$defs/t", "properties": {"t": {"const": "a"}}}, ""),
        ({"properties": {"t": True, "n": {"const": 1}}}, ""),
        (True, ""),
        (False, ""),
    ],
)
def test_a_brief_reference_accepts_the_same(branch: Any, dialect: str) -> None:
    """A branch with another tag is told from the one meant by any reference."""
    if dialect == DRAFT_4 and isinstance(branch, bool):
        return
    definitions = {"s": {"type": "string"}, "t": {"required": ["t"]}}
    other = {"properties": {"t": {"enum": ["c"]}}, "required": ["t"]}
    head = {"$schema": dialect} if dialect else {}
    for keyword in ("anyOf", "oneOf"):
        schema = {**head, "$defs": definitions, keyword: [branch, other]}
        checker = checker_of(Contract(schema))
        brief, full = checker.reference(brief=True), checker.reference()
        for instance in (
            *({}, {"t": "a"}, {"t": "b"}, {"t": "c"}, {"t": 1}, {"t": "a", "n": 1}),
            *({"n": 1}, {"n": "1"}, {"t": "c", "n": 1}, {"t": "b", "n": 1}, {"t": None}, "a", []),
        ):
            assert brief.is_valid(instance) == full.is_valid(instance)
            assert brief.is_valid(instance) == checker.is_valid(instance)


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the references that the package has resolved, in a list that grows."""
    found: list[str] = []
    resolver: Any = type(Registry().resolver())
    original = resolver.lookup

    def lookup(self: Any, reference: str) -> Any:
        found.append(reference)
        return original(self, reference)

    monkeypatch.setattr(resolver, "lookup", lookup)
    return found


def test_a_reference_is_resolved_once_where_it_leads_to_one_place(looked_up: list[str]) -> None:
    """The package resolves each `$ref` anew for each instance, which takes most of its time."""
    schema = {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"maxLength": 1}}}
    validator = Contract(schema).jsonschema_validator()
    assert [validator.is_valid(each) for each in (["a", "b"], ["a"], ["ab"])] == [True, True, False]
    assert looked_up == ["#/$defs/a"]


@pytest.mark.parametrize(("most", "expected"), [(3, "abc"), (2, "abcabca")])
def test_so_many_references_are_remembered(
    most: int, expected: str, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When they are more, all are resolved anew."""
    monkeypatch.setattr(reference, "_MOST_RESOLVED", most)
    definitions = {"a": {"maxLength": 1}, "b": {"minLength": 1}, "c": {"pattern": "x"}}
    schema = {"allOf": [{"$ref": f"#/$defs/{name}"} for name in "abc"], "$defs": definitions}
    validator = Contract(schema).jsonschema_validator()
    assert [validator.is_valid(each) for each in ("x", "x", "xx")] == [True, True, False]
    assert "".join(each[-1] for each in looked_up) == expected


def test_a_reference_that_leads_nowhere_is_an_error_of_the_package() -> None:
    """Where the value is checked by it."""
    validator = reference.reference_validator({"items": {"$ref": "#/x"}}, BASE, {}, "assert")
    assert validator.is_valid({})
    with pytest.raises(Unresolvable):
        validator.is_valid([1])


@pytest.mark.parametrize(("length", "count"), [(200, 1), (201, 2)])
def test_a_short_string_is_matched_once(
    length: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is checked."""
    matched = []
    match_by_steps = reference_patterns.match_by_steps
    monkeypatch.setattr(
        reference_patterns,
        "match_by_steps",
        lambda pattern, string: matched.append(string) or match_by_steps(pattern, string),
    )
    validator = Contract({"pattern": f"^a{{{length}}}$"}).jsonschema_validator()
    assert [validator.is_valid("a" * length) for _ in range(2)] == [True, True]
    assert len(matched) == count


@table("schema", [True, False])
def test_a_schema_may_be_a_boolean(schema: bool) -> None:
    """It needs no base."""
    assert Contract(schema).jsonschema_validator().is_valid(5) is schema


def test_a_dynamic_reference_may_lead_elsewhere() -> None:
    """What it leads to is decided by the way to it, each time."""
    tree = {
        "$id": "https://e.test/tree",
        "$dynamicAnchor": "node",
        "properties": {"children": {"items": {"$dynamicRef": "#node"}}},
    }
    strict = {
        "$id": "https://e.test/strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
    }
    schema = {"properties": {"a": {"$ref": "tree"}, "b": {"$ref": "strict"}}}
    schema = {"$id": "https://e.test/all", **schema, "$defs": {"t": tree, "s": strict}}
    contract = Contract(schema)
    misspelt = {"children": [{"chldren": []}]}
    for instance, ok in (
        ({"a": misspelt}, True),
        ({"b": misspelt}, False),
        ({"a": misspelt}, True),
    ):
        assert contract.check(instance).ok is ok
        assert contract.jsonschema_validator().is_valid(instance) is ok


@table(
    ("resource", "valid", "invalid"),
    [
        ({"properties": {"a": True, "b": False}}, [{"a": 1}], [{"b": 1}]),
        ({"items": [True], "additionalItems": False}, [[1]], [[1, 2]]),
        ({"items": True}, [[1]], []),
        ({"items": False}, [[], 5], [[1]]),
        ({"not": True}, [], [5]),
        ({"additionalProperties": False}, [{}], [{"a": 1}]),
        ({"additionalProperties": {"anyOf": [{"items": False}]}}, [{"a": []}], [{"a": [1]}]),
        ({"dependencies": {"a": False}}, [{"b": 1}], [{"a": 1}]),
    ],
)
def test_draft_4_has_no_boolean_schemas(
    resource: Any, valid: list[Any], invalid: list[Any]
) -> None:
    """A resource of draft 4 with `true` for a schema is read as any other one is."""
    schema = {"$schema": DRAFT_4, "properties": {"x": {"$ref": "http://a.example/x"}}}
    contract = Contract(schema, resources={"http://a.example/x": resource})
    for instance, ok in (*((each, True) for each in valid), *((each, False) for each in invalid)):
        assert contract.check({"x": instance}).ok == ok
        assert contract.jsonschema_validator().is_valid({"x": instance}) == ok


@table(
    ("schema", "valid", "invalid"),
    [
        ({"pattern": "^\\d$"}, ["5", 5], ["\u0665", "5\n"]),
        ({"patternProperties": {"^\\d$": STRING}}, [{"5": "x"}, {"\u0665": 1}, 5], [{"5": 1}]),
        (
            {
                "properties": {"a": {}},
                "patternProperties": {"^\\d$": {}},
                "additionalProperties": STRING,
            },
            [{"a": 1, "5": 1, "b": "x"}, 5],
            [{"b": 1}, {"\u0665": 1}],
        ),
        ({"properties": {"a": {}}, "additionalProperties": False}, [{"a": 1}, 5], [{"b": 1}]),
        (
            {
                "patternProperties": {"^[\\d]$": {}},
                "properties": {"patternProperties": {}},
                "unevaluatedProperties": False,
            },
            [{"5": 1, "patternProperties": 1}],
            [{"x": 1}, {"\u0665": 1}],
        ),
        ({"pattern": "^(a+)+$"}, ["a" * 40], ["a" * 40 + "b"]),
        ({"pattern": "^(a|b)*c$"}, ["ab" * 60_000 + "c"], ["ab" * 60_000]),  # by the engine
        ({"pattern": "(?=a)\\w"}, ["a"], ["b"]),
        (
            {"format": "iri"},
            ["http://ü.example/ä", "http://a/\u00a0", 5],
            ["ü", "http://a b", "http://a/\u009f"],
        ),
        ({"format": "iri-reference"}, ["ä", "/ü"], ["\\\\ä"]),
        ({"format": "regex"}, ["^a$", 5], ["("]),
    ],
)
def test_the_reference_reads_patterns_and_formats_as_the_engine(
    schema: Any, valid: list[Any], invalid: list[Any]
) -> None:
    """Patterns are those of ECMA-262, and IRIs are known."""
    contract = Contract(schema)
    for instance, ok in (*((each, True) for each in valid), *((each, False) for each in invalid)):
        assert contract.is_valid(instance) == ok, instance
        assert contract.jsonschema_validator().is_valid(instance) == ok, instance


def test_a_part_may_name_the_dialect_anew() -> None:
    """It is checked like the rest."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    part = {"$schema": dialect, "$id": "part.json", "pattern": "^\\d$"}
    named = {"properties": {"$schema": {"const": dialect}}}
    contract = Contract({"$schema": dialect, "allOf": [part, named]})
    for instance, ok in (
        ("5", True),
        ("\u0665", False),
        ({"$schema": dialect}, True),
        ({"$schema": 1}, False),
    ):
        assert contract.is_valid(instance) == ok
        assert contract.jsonschema_validator().is_valid(instance) == ok


@pytest.mark.parametrize("base", ["a.json", "https://a.example/a.json"])
@pytest.mark.parametrize(("dialect", "keyword"), [(DRAFT_4, "id"), (DRAFT_7, "$id")])
def test_the_base_of_a_schema_is_known_to_both(dialect: str, keyword: str, base: str) -> None:
    """By the keyword of its draft."""
    schema = {"$schema": dialect, keyword: base, "properties": {"x": {"$ref": "b.json"}}}
    at = base.rpartition("/")[0] or BASE.rstrip("/")
    contract = Contract(schema, resources={f"{at}/b.json": STRING})
    assert not contract.is_valid({"x": 5})
    assert not contract.jsonschema_validator().is_valid({"x": 5})
    assert contract.jsonschema_validator().is_valid({"x": "a"})


@table("base", [{}, {"$id": "https://a.example/b"}, {"$id": "urn:uuid:1-2"}])
@table("keyword", ["$ref", "$dynamicRef"])
def test_an_empty_reference_is_one_to_the_whole(base: dict[str, str], keyword: str) -> None:
    """It is resolved like `#`: to the schema itself."""
    contract = Contract({**base, "minimum": 3, "properties": {"a": {keyword: ""}}})
    for instance, ok in (({"a": 3}, True), ({"a": 2}, False), ({"a": {"a": 2}}, False)):
        assert contract.check(instance).ok == ok
        assert contract.is_valid(instance) == ok
        assert contract.jsonschema_validator().is_valid(instance) == ok


@pytest.mark.parametrize(
    "applied",
    [
        {"if": {"patternProperties": {"^[^x]*$": True}}},
        {"anyOf": [{"patternProperties": {"^.$": {"type": "integer"}}, "minProperties": 1}]},
        {"allOf": [{"patternProperties": {r"^\p{L}+$": True}, "unevaluatedProperties": True}]},
    ],
)
def test_patterns_within_what_counts_as_evaluated(applied: dict[str, Any]) -> None:
    """The package finds evaluated names in its own dialect, and checks schemas on the way."""
    contract = Contract({**applied, "unevaluatedProperties": False})
    for instance in ({"a": 1}, {"\U0001f600": 1}, {"ab": 1}, {"x": 1}, {"a": "b"}, {}):
        ok = contract.is_valid(instance)
        assert contract.jsonschema_validator().is_valid(instance) == ok, instance
