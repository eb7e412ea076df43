"""What a Contract says of an instance, and of itself."""

from __future__ import annotations

import datetime
import enum
import math
import pickle
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from fieldbound import BrokenContract, Contract, Invalid, NotJSON, Report, Unspecified, contract
from fieldbound.documents.document import parse
from support.tables import table

CREATE = contract("oracle-cx-sales/create-product-group")
LEAST = {"ProdGroupName": "Laptops", "InternalName": "laptops"}


def broken(schema: Any, instance: Any) -> list[tuple[str, str]]:
    """Return code and pointer of each violation, having asked in every way there is."""
    made = Contract(schema)
    report = made.check(instance)
    assert made.is_valid(instance) is report.ok
    assert bool(report) is report.ok
    assert len(report) == len(report.violations)
    return [(violation.code, violation.pointer) for violation in report]


def test_a_valid_instance_has_the_empty_report() -> None:
    """A valid instance is valid by is_valid, check and validate alike."""
    assert CREATE.is_valid(LEAST)
    assert CREATE.check(LEAST) == Report(CREATE.name)
    CREATE.validate(LEAST)


def test_validate_raises_with_the_report() -> None:
    """Invalid carries the report, prints it, compares by it and survives pickling."""
    with pytest.raises(Invalid, match="/InternalName is missing") as caught:
        CREATE.validate({"ProdGroupName": "Laptops"})
    assert caught.value.report == CREATE.check({"ProdGroupName": "Laptops"})
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value  # noqa: S301


def test_a_contract_checks_the_same_after_pickling() -> None:
    """A contract that was pickled compiles again and checks the same."""
    again = pickle.loads(pickle.dumps(CREATE))  # noqa: S301
    assert again.check({}) == CREATE.check({})
    assert again.limits == CREATE.limits


def test_a_violation_carries_everything() -> None:
    """A violation has its limit with value, source and says, what was measured, and a hint."""
    (violation,) = CREATE.check({**LEAST, "InternalName": "x" * 151})
    limit = violation.limit
    assert limit is not None
    assert (violation.code, violation.pointer, violation.actual) == (
        "maxLength",
        "/InternalName",
        151,
    )
    assert limit.id == "oracle-cx-sales/create-product-group#/InternalName:maxLength"
    assert (limit.value, limit.says) == (150, "stated")
    assert limit.location.endswith("product-group.json#/$defs/InternalName/maxLength")
    assert limit.source is not None
    assert limit.source.address.startswith("https://docs.oracle.com/")
    assert violation.message == "/InternalName has 151 characters, the limit is 150"
    assert limit in CREATE.limits


def test_one_wrong_value_is_one_violation() -> None:
    """A boolean in a Y/N field is one violation, which has the other limits it breaks beside it."""
    (violation,) = CREATE.check({**LEAST, "ActiveFlag": True})
    assert violation.code == "type"
    assert [limit.keyword for limit in violation.also] == ["enum"]


def test_what_a_value_breaks_beside_counts_for_how_firm_it_is() -> None:
    """`Yes` breaks an inferred enum and a stated length: it fails where only stated limits do."""
    report = CREATE.check({**LEAST, "ActiveFlag": "Yes"})
    (violation,) = report
    assert violation.limit is not None
    assert (violation.code, violation.limit.says, violation.says) == ("enum", "inferred", "stated")
    assert report.fails("stated")
    assert not CREATE.check({**LEAST, "ActiveFlag": "y"}).fails("stated")
    assert CREATE.check({**LEAST, "ActiveFlag": "y"}).fails("inferred")


def test_a_limit_without_evidence_always_counts() -> None:
    """A schema of one's own names no source: its violations fail whatever is asked for."""
    assert Contract({"maxLength": 1}).check("ab").fails("stated")


def test_the_order_is_that_of_the_document() -> None:
    """Violations come in the order of the document, not of the schema."""
    instance = {"UsageRootFlag": 1, "ProdGroupName": 2, "ActiveFlag": 3, "InternalName": 4}
    assert [each.pointer for each in CREATE.check(instance)] == [
        "/UsageRootFlag",
        "/ProdGroupName",
        "/ActiveFlag",
        "/InternalName",
    ]


def test_order_holds_in_arrays() -> None:
    """The tenth item comes after the ninth."""
    schema = {"items": {"properties": {"a": {"type": "string"}}}}
    pointers = [pointer for _, pointer in broken(schema, [{"a": 1}] * 12)]
    assert pointers == [f"/{index}/a" for index in range(12)]


@pytest.mark.parametrize(
    ("name", "also"),
    [("InternalNam", {"InternalName"}), ("internalname", {"InternalName"}), ("Foo", set())],
)
def test_a_missing_name_misspelt_is_one_mistake(name: str, also: set[str]) -> None:
    """A required name that is misspelt is one violation; any other name is one beside it."""
    report = CREATE.check({"ProdGroupName": "Laptops", name: "laptops"})
    unknown = next(each for each in report if each.code == "additionalProperties")
    assert {limit.pointer[1:] for limit in unknown.also} == also
    assert len(report) == 2 - len(also)


@table(
    ("schema", "instance", "expected"),
    [
        ({"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}, "abcd", "maxLength"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 5, "type"),
        (
            {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "string"}}]},
            [1],
            "type",
        ),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, "required"),
        ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1, "b": 1}, "oneOf"),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, 3, "const"),
        ({"anyOf": [{"not": {}}, {"type": "string"}]}, 3, "type"),
        ({"anyOf": [{"anyOf": [{"const": 1}, {"const": 2}]}, {"const": 3}]}, 4, "const"),
    ],
)
def test_alternatives_report_the_branch_that_was_meant(
    schema: Any, instance: Any, expected: str
) -> None:
    """One wrong value among alternatives is one violation: what is wrong by the one meant."""
    assert [code for code, _ in broken(schema, instance)] == [expected]


def test_a_constant_selects_the_branch_that_is_reported() -> None:
    """Of two branches with a constant each, the one whose constant matches is reported."""
    schema = {
        "oneOf": [
            {"properties": {"kind": {"const": "a"}, "n": {"type": "integer"}}, "required": ["n"]},
            {"properties": {"kind": {"const": "b"}, "m": {"maxLength": 2}}, "required": ["m"]},
        ]
    }
    assert broken(schema, {"kind": "b", "m": "xxx"}) == [("maxLength", "/m")]
    assert broken(schema, {"kind": "c", "m": "x"}) == [("const", "/kind")]


@table(
    ("schema", "instance", "expected"),
    [
        (False, 1, [("not", "")]),
        ({"properties": {"a": False}}, {"a": 1}, [("not", "/a")]),
        ({"items": False}, [1], [("items", "/0")]),
        ({"prefixItems": [{}], "items": False}, [1, 2, 3], [("items", "/1"), ("items", "/2")]),
        ({"prefixItems": [{}], "unevaluatedItems": False}, [1, 2], [("unevaluatedItems", "/1")]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, [("dependentRequired", "/b")]),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, [("propertyNames", "/ab")]),
        ({"additionalProperties": False}, {"a/b~": 1}, [("additionalProperties", "/a~1b~0")]),
        ({"if": {"type": "string"}, "then": False}, "a", [("not", "")]),
        ({"minItems": 2, "uniqueItems": True}, [], [("minItems", "")]),
        ({"maxItems": 1, "uniqueItems": True}, [1, 1], [("maxItems", ""), ("uniqueItems", "")]),
        ({"readOnly": True, "not": {}}, 1, [("readOnly", "")]),
        (
            {"allOf": [{"properties": {"a": {"type": "string"}}}], "unevaluatedProperties": False},
            {"a": 1, "b": 2},
            [("type", "/a"), ("unevaluatedProperties", "/b")],
        ),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"]}},
            {"a": 1},
            [("dependencies", "/b")],
        ),
        (
            {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "items": [{}],
                "additionalItems": False,
            },
            [1, 2],
            [("additionalItems", "/1")],
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"maxLength": 1}}}, "ab", [("maxLength", "")]),
    ],
)
def test_every_keyword_has_its_code_and_pointer(
    schema: Any, instance: Any, expected: list[tuple[str, str]]
) -> None:
    """A violation's code is the keyword broken; its pointer leads to what has to be fixed."""
    assert broken(schema, instance) == expected
    assert all(each.limit in Contract(schema).limits for each in Contract(schema).check(instance))


def test_no_pattern_backtracks_without_end() -> None:
    """A pattern that would backtrack exponentially is decided all the same."""
    assert broken({"pattern": "^(?=a)(a|aa)+(?!b)$"}, "a" * 60 + "c") == [("pattern", "")]
    assert broken({"pattern": "^(a+)+$"}, "a" * 50_000 + "b") == [("pattern", "")]


class _Text(str):
    __slots__ = ()


class _Flag(str, enum.Enum):
    YES = "Y"


@pytest.mark.parametrize(
    "instance",
    [
        {_Text("ProdGroupName"): _Text("a"), "InternalName": "b"},
        {**LEAST, "ActiveFlag": _Flag.YES},
        {**LEAST, "ProdGroupId": Decimal(5)},
        {**LEAST, "ProductGroupAttachments": ()},
    ],
)
def test_what_json_dumps_accepts_is_checked(instance: Any) -> None:
    """Subclasses of JSON's types stand for what they are."""
    assert CREATE.is_valid(instance)
    assert CREATE.check(instance).ok


@table(
    ("value", "message"),
    [
        (datetime.datetime(2024, 1, 31, tzinfo=datetime.timezone.utc), "datetime.*isoformat"),
        (uuid.UUID(int=1), "UUID"),
        (b"x", "bytes"),
        ({1, 2}, "set.*use a list"),
        (object(), "object"),
    ],
)
def test_a_python_object_is_an_error_with_its_pointer(value: Any, message: str) -> None:
    """An object that is no JSON value is an error that names its pointer, its type, the remedy."""
    for ask in (CREATE.check, CREATE.is_valid, CREATE.validate):
        with pytest.raises(NotJSON, match=f"/StartDate is a Python {message}"):
            ask({**LEAST, "StartDate": value})


def test_a_name_must_be_a_string() -> None:
    """A name that is no string is an error, as JSON has no other."""
    with pytest.raises(NotJSON, match="/5 is a Python int as a key"):
        CREATE.check({5: 1})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_breaks_the_type(value: float) -> None:
    """NaN and Infinity are no numbers of JSON."""
    assert broken({"type": "number"}, value) == [("type", "")]


@pytest.mark.parametrize("whole", [0, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_large_integers_are_checked_exactly(whole: int) -> None:
    """Integers above 2^53 are compared as they are."""
    attachment = {"AttachedDocumentId": whole}
    assert CREATE.is_valid({**LEAST, "ProductGroupAttachments": [attachment]})
    beyond = {"AttachedDocumentId": 2**63}
    assert not CREATE.is_valid({**LEAST, "ProductGroupAttachments": [beyond]})


@pytest.mark.parametrize("depth", [300, 100_000])
def test_an_instance_nested_too_deeply_is_invalid(depth: int) -> None:
    """An instance nested without end has a violation, and crashes nothing."""
    nested: Any = []
    for _ in range(depth):
        nested = {"o:errorDetails": [nested]}
    recursive = contract("oracle-cx-sales/create-product-group/response.400")
    assert [each.code for each in recursive.check(nested)] == ["depth"]
    assert not CREATE.is_valid(nested)
    assert not CREATE.check([nested]).ok


def test_an_instance_that_contains_itself_is_invalid() -> None:
    """A list that contains itself is nested without end."""
    knot: list[Any] = []
    knot.append(knot)
    assert [each.code for each in CREATE.check(knot)] == ["depth"]


def test_a_limit_within_itself_has_one_id() -> None:
    """What a recursive schema demands further in is the limit named one step in."""
    recursive = contract("oracle-cx-sales/create-product-group/response.400")
    inner: Any = {"detail": 5}
    for _ in range(4):
        inner = {"title": "x", "o:errorDetails": [inner]}
    (violation,) = recursive.check(inner)
    assert violation.pointer == "/o:errorDetails/0" * 4 + "/detail"
    assert violation.limit in recursive.limits
    assert violation.limit is not None
    assert violation.limit.pointer == "/o:errorDetails/*/detail"


def test_what_the_vendor_does_not_document_is_never_checked() -> None:
    """A body that no page shows has no verdict, by whichever way it is asked for."""
    bodies = contract("fortellis/create-parts-groups")
    assert list(bodies.unspecified) == [""]
    assert bodies.limits == ()
    for ask in (bodies.check, bodies.is_valid, bodies.validate):
        with pytest.raises(Unspecified, match="no documented schema"):
            ask({})


def test_undocumented_parts_are_reported_as_not_checked() -> None:
    """A report lists what of an instance is not checked, and nothing that is not there."""
    subgroups = {**LEAST, "ProductGroupSubgroupAdministration": [{"StartDate": 5}]}
    pointer = "/ProductGroupSubgroupAdministration/*"
    assert dict(CREATE.check(subgroups).unspecified) == {pointer: CREATE.unspecified[pointer]}
    assert CREATE.check({**LEAST, "ProductGroupSubgroupAdministration": []}).unspecified == {}
    assert CREATE.check(LEAST).unspecified == {}


def test_names_of_headers_count_in_any_case() -> None:
    """A header is known in any case, and violations name it as the vendor does."""
    headers = contract("axim-commerce/create-company-group/request.headers")
    for _ in range(3):  # asked again, it is checked in the fastest way there is
        assert headers.is_valid({"ACCESSTOKEN": "t", "content-type": "application/json"})
    assert [each.pointer for each in headers.check({"content-type": "text/xml"})] == [
        "/accessToken",
        "/Content-Type",
    ]


def test_a_header_twice_in_different_cases_is_a_violation() -> None:
    """Of two headers that differ in case alone none is lost in silence."""
    headers = contract("axim-commerce/create-company-group/request.headers")
    twice = {"accessToken": "t", "AccessToken": "u", "Content-Type": "application/json"}
    assert [each.code for each in headers.check(twice)] == ["duplicateKey"]
    assert not headers.is_valid(twice)
    text = '{"Content-Type": "application/json", "accessToken": "t",\n "AccessToken": "u"}'
    (told_twice,) = headers.check(parse(text))
    assert (told_twice.code, str(told_twice.place)) == ("duplicateKey", "2:2")


def test_sensitive_values_are_in_no_sentence() -> None:
    """A value marked x-sensitive, or within one, is in no message, hint, repr or pickle."""
    schema = {
        "properties": {
            "token": {"x-sensitive": True, "type": "integer"},
            "login": {"x-sensitive": True, "properties": {"password": {"maxLength": 3}}},
        },
        "allOf": [{"properties": {"token": {"enum": [1]}}}],
    }
    report = Contract(schema).check({"token": "5ecret", "login": {"password": "5ecret"}})
    assert len(report) == 2
    assert all(each.actual is None for each in report)
    assert "5ecret" not in repr(report) + str(report) + str(pickle.dumps(report))


def test_a_long_value_is_only_excerpted() -> None:
    """A report keeps at most a short part of a value."""
    (violation,) = Contract({"pattern": "^b"}).check("a" * 5000)
    assert len(violation.actual) <= 60
    assert len(violation.message) < 150
    (violation,) = Contract({"maximum": 5}).check(10**4000)
    assert "about 4001 digits" in violation.message


@table(
    ("schema", "message", "pointer"),
    [
        ({"properties": {"a": {"type": "strin"}}}, "strin", "/properties/a/type"),
        ({"properties": {"a": {"maxLength": -1}}}, "-1", "/properties/a/maxLength"),
        ({"pattern": "(("}, "not an ECMA-262 pattern", "/pattern"),
        ({"$id": "%%%"}, "Invalid URI", None),
        ({"default": {1, 2}}, "Unsupported type", None),
        ({"items": {"$ref": "#/nope"}}, "unresolved \\$ref", "/items/$ref"),
        ({"items": {"$ref": "https://vendor.example/a.json"}}, "never fetched", "/items/$ref"),
        ({"$schema": "https://vendor.example/draft"}, "unknown \\$schema", "/$schema"),
        ("{}", "object or a boolean", None),
        (None, "object or a boolean", None),
        ([], "object or a boolean", None),
    ],
)
def test_a_broken_schema_is_not_a_broken_payload(
    schema: Any, message: str, pointer: str | None
) -> None:
    """A schema that is none, or that refers to nothing, is BrokenContract with its pointer."""
    with pytest.raises(BrokenContract, match=message) as caught:
        Contract(schema)
    assert caught.value.pointer == pointer


def test_a_schema_may_have_whatever_the_standard_allows() -> None:
    """Unknown keywords and schemas that take nothing are right in a schema of one's own."""
    assert Contract({"maxLenght": 3}).is_valid("abcd")
    assert not Contract({"type": "string", "enum": [1]}).is_valid(1)


def test_formats_are_asserted_or_annotate() -> None:
    """Formats are limits unless they annotate; any other word is an error."""
    asserted = Contract({"format": "date-time"})
    annotated = Contract({"format": "date-time"}, formats="annotate")
    assert not asserted.is_valid("yesterday")
    assert annotated.is_valid("yesterday")
    assert [limit.keyword for limit in asserted.limits] == ["format"]
    assert annotated.limits == ()
    with pytest.raises(ValueError, match="must be 'assert' or 'annotate'"):
        Contract({}, formats="ignore")  # type: ignore[arg-type]


def test_resources_are_what_references_lead_to() -> None:
    """A reference resolves to a given resource, in the draft of the schema itself."""
    made = Contract(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": "https://a.example/b.json#/x",
        },
        resources={"https://a.example/b.json": {"x": {"maxLength": 1}}},
    )
    (violation,) = made.check("ab")
    assert violation.limit is not None
    assert violation.limit.location == "https://a.example/b.json#/x/maxLength"
    assert not made.jsonschema_validator().is_valid("ab")


@pytest.mark.parametrize(
    ("bad", "code"),
    [({"enum": []}, "enum"), ({"type": "integer"}, "type"), ({"const": 1}, "const")],
)
def test_a_limit_behind_references_of_references_has_its_sentence(bad: Any, code: str) -> None:
    """The engine's path to it omits steps: it is found by the location of its keyword."""
    here = "#/definitions/update/properties/ignore/items/properties/update-types"
    ignored = {
        "properties": {"update-types": {"$ref": "#/definitions/update-types"}},
        "anyOf": [{"properties": {"update-types": {"$ref": here}}}],
    }
    made = Contract(
        {
            "definitions": {
                "update-types": {"items": bad},
                "update": {"properties": {"ignore": {"items": ignored}}},
            },
            "properties": {"updates": {"items": {"$ref": "#/definitions/update"}}},
        }
    )
    report = made.check({"updates": [{"ignore": [{"update-types": ["bad"]}]}]})
    (violation,) = report
    assert violation.code == code
    assert violation.pointer == "/updates/0/ignore/0/update-types/0"
    assert violation.limit is not None
    assert violation.limit.pointer == "/updates/*/ignore/*/update-types/*"
    assert violation.limit.location.endswith(f"#/definitions/update-types/items/{code}")
    assert violation.message in str(report)
    assert violation.hint is None


@table(
    ("schema", "instance", "pointers"),
    [
        ({"additionalProperties": {"type": "string"}}, {"2024": 5, "01": 1}, ["/2024", "/01"]),
        ({"properties": {"": {"type": "string"}}}, {"": 1}, ["/"]),
        ({"properties": {"": False}}, {"": 1}, ["/"]),
        ({"properties": {"0": {"type": "string"}}}, {"0": 1}, ["/0"]),
        ({"required": ["", "1"]}, {}, ["/", "/1"]),
        (
            {"additionalProperties": {"additionalProperties": {"type": "string"}}},
            {"": {"a": 1}, "/x": {"~": 1, "0": 1}},
            ["//a", "/~1x/~0", "/~1x/0"],
        ),
        ({"items": {"additionalProperties": {"type": "string"}}}, [{"7": 1}], ["/0/7"]),
    ],
)
def test_any_name_has_its_pointer(schema: Any, instance: Any, pointers: list[str]) -> None:
    """Names of digits, empty ones, and ones with slashes are reported as they are."""
    assert [pointer for _, pointer in broken(schema, instance)] == pointers
    assert all(each.limit in Contract(schema).limits for each in Contract(schema).check(instance))


def test_what_is_sensitive_is_hidden_with_all_around_it() -> None:
    """Neither what holds a sensitive value nor what is inside one is shown, by whatever schema."""
    inside = {"p": {"x-sensitive": True, "properties": {"a": {}}, "additionalProperties": False}}
    deep = {"allOf": [{"properties": {"p": {"x-sensitive": True}}}, {"$ref": "#/$defs/more"}]}
    more = {"properties": {"p": {"type": "integer"}, "c": {"$ref": "#/$defs/n"}}}
    for schema, instance in (
        ({"properties": inside, "type": "object"}, "SECRET"),
        ({"properties": inside}, {"p": {"SECRET": 1}}),
        (
            {"properties": {"p": {"x-sensitive": True, "propertyNames": {"maxLength": 1}}}},
            {"p": {"SECRET": 1}},
        ),
        (
            {"$ref": "#/$defs/n", "$defs": {"n": deep, "more": more}},
            {"c": {"c": {"c": {"c": {"p": "SECRET"}}}}},
        ),
        ({"not": {"properties": {"p": {"x-sensitive": True}}}}, "SECRET"),
        ({"properties": {"p": {"x-sensitive": "yes", "type": "integer"}}}, {"p": "SECRET"}),
    ):
        report = Contract(schema).check(instance)
        assert len(report) == 1
        assert "SECRET" not in repr(report) + str(report)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"p": {"SECRET": 1, "SECRET": 2}}', "json"),
        ("p: !SECRET x", "yaml"),
        ('{"p": "SECRET" "SECRET"}', "json"),
        ('{"p": SECRET}', "json"),
    ],
)
def test_a_syntax_error_shows_nothing_sensitive(text: str, form: str) -> None:
    """A syntax error in a text with something sensitive is reported without any of it."""
    made = Contract({"properties": {"p": {"x-sensitive": True}}})
    report = made.check(parse(text, format=form))
    assert report.violations
    assert report.lines == {}
    assert "SECRET" not in repr(report) + str(report)


def test_a_schema_is_the_contract_s_own() -> None:
    """What becomes of the schema that was given changes no verdict."""
    schema = {"properties": {"a": {"type": "string"}}}
    made = Contract(schema)
    schema["properties"]["a"]["type"] = "integer"
    assert [made.is_valid({"a": "x"}) for _ in range(3)] == [True] * 3
    assert made.check({"a": "x"}).ok


def test_the_first_use_may_be_by_many() -> None:
    """Threads that use a contract for the first time at once get the right verdict."""
    barrier = threading.Barrier(8)

    def ask(made: Contract) -> bool:
        barrier.wait()
        return made.is_valid({"ACCESSTOKEN": "t", "content-type": "application/json"})

    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            given = contract("axim-commerce/create-company-group/request.headers")
            made = pickle.loads(pickle.dumps(given))  # noqa: S301
            assert all(pool.map(ask, [made] * 8))


def test_many_violations_of_one_object_are_in_order() -> None:
    """Thousands of violations in one object are put in order in no more than linear time."""
    instance = {f"n{number}": number for number in range(5000)}
    report = Contract({"additionalProperties": {"type": "string"}}).check(instance)
    assert [each.pointer for each in report] == [f"/{name}" for name in instance]


def test_alternatives_are_all_named() -> None:
    """The violation of a value that matches no alternative names all that are allowed."""
    made = Contract({"anyOf": [{"enum": ["Y", "N"]}, {"type": "boolean"}]})
    assert 'must be "Y", "N" or true or false' in made.check(1).violations[0].message


def test_an_empty_enum_has_a_message() -> None:
    """An empty enum, which the standard allows, rejects everything, with a message."""
    (violation,) = Contract({"enum": []}).check(1)
    assert "no value is allowed" in violation.message


@pytest.mark.parametrize("instance", [{"card": {}}, {"card": {"number": "1", "other": 1}}])
def test_a_violation_inside_a_sensitive_value_is_reported_of_the_value(instance: Any) -> None:
    """A violation inside a sensitive value is reported of the value itself, not as its absence."""
    card = {
        "x-sensitive": True,
        "required": ["number"],
        "properties": {"number": {}},
        "additionalProperties": False,
    }
    (violation,) = Contract({"properties": {"card": card}}).check(instance)
    assert violation.pointer == "/card"
    assert violation.message.startswith("/card is sensitive, and a value inside it violates ")
    assert violation.hint is None
