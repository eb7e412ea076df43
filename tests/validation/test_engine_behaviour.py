"""What is relied on of jsonschema-rs beyond its documentation: run this first on a new one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from jsonschema_rs import ValidationError, ValidationErrorKind as Kind, canonical

BASE = "https://example.invalid/schema"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def errors(schema: Any, instance: Any, **options: Any) -> list[ValidationError]:
    """Return the engine's errors, compiled as fieldbound compiles."""
    validator = jsonschema_rs.validator_for(schema, offline=True, base_uri=BASE, **options)
    return list(validator.iter_errors(instance))


def error(schema: Any, instance: Any, **options: Any) -> ValidationError:
    """Return the only error."""
    (only,) = errors(schema, instance, **options)
    return only


def test_a_name_of_digits_is_a_number_in_paths() -> None:
    """`explain` reads such names from the verbose message instead."""
    found = error({"properties": {"1": {"type": "string"}}}, {"1": 1})
    assert (found.instance_path, found.evaluation_path) == ([1], ["properties", 1, "type"])


def test_an_empty_name_is_missing_in_paths() -> None:
    """The verbose message and the keyword location have it."""
    found = error({"properties": {"": {"type": "string"}}}, {"": 1})
    assert (found.instance_path, found.evaluation_path) == ([], ["properties", "type"])
    assert found.verbose_message.rpartition("\n\nOn instance")[2].startswith('[""]:\n')
    assert found.absolute_keyword_location == f"{BASE}#/properties//type"


def test_unevaluated_items_are_named_by_their_json() -> None:
    """`explain` finds their indices by comparing compact JSON."""
    found = error({"unevaluatedItems": False}, [1, {"a": "x y"}])
    assert found.kind.unexpected == ["1", '{"a":"x y"}']  # type: ignore[attr-defined]


def test_additional_names_and_items() -> None:
    """One error has all unexpected names; of items it has the number of those allowed."""
    found = error({"additionalProperties": False, "properties": {"z": {}}}, {"a": 1, "b": 2})
    assert sorted(found.kind.unexpected) == ["a", "b"]  # type: ignore[attr-defined]
    schema = {"$schema": DRAFT_7, "items": [{}], "additionalItems": False}
    assert error(schema, [1, 2, 3]).kind.limit == 1  # type: ignore[attr-defined]


def test_each_missing_name_is_an_error() -> None:
    """`required` gives one error for each name."""
    found = errors({"required": ["a", "b"]}, {})
    assert [each.kind.property for each in found] == ["a", "b"]  # type: ignore[attr-defined]


def test_a_wrong_name_has_the_error_of_the_name() -> None:
    """`propertyNames` gives an error for each name, with the inner one and its path."""
    found = errors({"propertyNames": {"maxLength": 1}}, {"ab": 1, "cd": 2})
    inner = [each.kind.error for each in found]  # type: ignore[attr-defined]
    assert [each.instance for each in inner] == ["ab", "cd"]
    assert {tuple(each.evaluation_path) for each in inner} == {("propertyNames", "maxLength")}


def test_alternatives_have_the_errors_of_each_branch() -> None:
    """The context of `anyOf` and `oneOf` has a list for each branch, empty where it matches."""
    found = error({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1)
    assert isinstance(found.kind, Kind.AnyOf)
    assert [len(each) for each in found.kind.context] == [1, 1]
    found = error({"oneOf": [{}, {}, {"type": "null"}]}, 1)
    assert isinstance(found.kind, Kind.OneOfMultipleValid)
    assert [len(each) for each in found.kind.context] == [0, 0, 1]


def test_a_pattern_that_backtracks_too_much_is_an_error_of_its_own() -> None:
    """The limit of backtracking counts steps; an exceeded one does not match."""
    options = jsonschema_rs.FancyRegexOptions(backtrack_limit=1_000)
    found = errors({"pattern": "^(?=a)(a|aa)+(?!b)$"}, "a" * 60 + "c", pattern_options=options)
    assert [type(each.kind) for each in found] == [Kind.BacktrackLimitExceeded]


def test_a_false_schema_is_told_by_its_way() -> None:
    """The evaluation path ends at the keyword whose schema is false."""
    found = errors({"prefixItems": [{}], "items": False}, [1, 2, 3])
    assert [type(each.kind) for each in found] == [Kind.FalseSchema] * 2
    assert {tuple(each.evaluation_path) for each in found} == {("items",)}


def test_the_first_invalid_item_is_the_first_error() -> None:
    """`Batch` asks about many instances as one array, and goes on behind the first error."""
    validator = jsonschema_rs.validator_for({"items": {"type": "integer"}}, offline=True)
    with pytest.raises(ValidationError) as raised:
        validator.validate([1, "a", 2, "b"])
    assert raised.value.instance_path == [1]


@pytest.mark.parametrize("value", [object(), {1: 2}])
def test_what_is_not_json_is_a_value_error(value: Any) -> None:
    """`Contract` then makes a JSON value of it, or says what is wrong with it."""
    with pytest.raises(ValueError):  # noqa: PT011 - the engine's own, of any words
        jsonschema_rs.validator_for({"type": "object"}, offline=True).is_valid(value)


@pytest.mark.parametrize("dialect", [DRAFT_7, "https://json-schema.org/draft/2020-12/schema"])
def test_an_integer_of_too_many_digits_is_no_number(dialect: str) -> None:
    """`closed` finds such integers by that; of a list of types the engine asks otherwise."""

    def accepts(schema: Any, value: int) -> bool:
        validator = jsonschema_rs.validator_for({"$schema": dialect, **schema}, offline=True)
        return validator.is_valid(value)

    number = {"type": "number"}
    either = {"anyOf": [number, {"type": ["string", "null"]}]}
    assert [accepts(each, 10**4000) for each in (number, either)] == [True, True]
    assert [accepts(each, 10**5000) for each in (number, either)] == [False, False]
    assert accepts({"type": "integer"}, 10**5000)


def test_a_decimal_is_a_number() -> None:
    """Instances may have decimals."""
    assert jsonschema_rs.validator_for({"type": "number"}).is_valid(Decimal("1.5"))


@pytest.mark.parametrize("reference", ["#/nope", "https://example.invalid/other"])
def test_an_unresolved_reference_is_told_as_such(reference: str) -> None:
    """Compiling fails with an error of the kind `$ref`, and nothing is fetched."""
    with pytest.raises(ValidationError) as raised:
        jsonschema_rs.validator_for({"$ref": reference}, offline=True, base_uri=BASE)
    assert raised.value.kind.name == "$ref"


def test_the_canonical_form_is_a_set() -> None:
    """`algebra` reckons with it: kinds, containment, differences, and back to a schema."""
    short, long = (
        jsonschema_rs.canonicalize({"type": "string", "maxLength": most}, offline=True)
        for most in (30, 35)
    )
    assert long.covers(short) == canonical.Containment.YES
    assert jsonschema_rs.canonicalize(False).kind == canonical.CanonicalKind.FALSE
    between = long.subtract(short).to_json_schema()
    assert {name: between[name] for name in ("type", "minLength", "maxLength")} == {
        "type": "string",
        "minLength": 31,
        "maxLength": 35,
    }
    assert canonical.json.to_string({"b": 1.0, "a": [1]}) == '{"a":[1],"b":1}'


class _Refusing:
    """A keyword that refuses every string."""

    def __init__(self, parent: Any, value: Any, path: Any) -> None:
        pass

    def validate(self, instance: Any) -> None:
        """Refuse a string."""
        if isinstance(instance, str):
            raise ValueError("refused")


def test_a_keyword_of_ours_has_the_path_within_its_resource() -> None:
    """`explain` finds the limit by the keyword location, which is right behind a reference, too."""
    schema = {"$defs": {"a": {"x-ours": 1}}, "properties": {"q": {"$ref": "#/$defs/a"}}}
    found = error(schema, {"q": "b"}, keywords={"x-ours": _Refusing})
    assert isinstance(found.kind, Kind.Custom)
    assert found.instance_path == ["q"]
    assert found.evaluation_path == ["$defs", "a", "x-ours"]
    assert found.absolute_keyword_location == f"{BASE}#/$defs/a/x-ours"
    named = error({"propertyNames": {"x-ours": 1}}, {"q": 1}, keywords={"x-ours": _Refusing})
    assert isinstance(named.kind, Kind.PropertyNames)
    assert named.evaluation_path == ["propertyNames", "x-ours"]


def test_a_refused_pattern_is_what_the_error_is_about() -> None:
    """A pattern without its end is refused, and the error has it: also as the name of a schema."""
    for schema, path in (
        ({"pattern": "(ours: a"}, ["pattern"]),
        ({"patternProperties": {"(ours: a": {}}}, ["patternProperties"]),
    ):
        with pytest.raises(ValidationError) as raised:
            jsonschema_rs.validator_for(schema, offline=True)
        assert raised.value.instance == "(ours: a"
        assert raised.value.instance_path[: len(path)] == path


def test_the_linear_engine_knows_boundaries_of_ascii_words() -> None:
    """`Pattern` writes a word boundary so, where no lookaround is needed."""
    options = jsonschema_rs.RegexOptions()
    for pattern, text, expected in ((r"a(?-u:\b)", "aé", True), (r"a(?-u:\B)", "aé", False)):
        validator = jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=options)
        assert validator.is_valid(text) is expected
