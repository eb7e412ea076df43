"""`pattern` and `patternProperties` by ECMA-262: in every form of a contract, by both engines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from fieldbound import BrokenContract, Contract, bulk
from fieldbound.algebra import patterns
from fieldbound.generation import cases
from fieldbound.validation import checker_of
from support.effort import examples
from support.forked import FORK_WITH_THREADS, fork_workers
from support.patterns import (
    REGULAR,
    TEXTS,
    WITH_LOOKAROUNDS,
    WITH_REFERENCES,
    regress_matches,
)
from support.tables import table

PATTERNS = st.one_of(REGULAR, WITH_LOOKAROUNDS, WITH_REFERENCES)
THOROUGH = pytest.mark.thorough
#: A pattern that takes too long to decide on the text.
ENDLESS, TEXT = r"^(a|b|ab)*\1c$", "ab" * 60
REASON = f"it takes too long to decide whether it matches {ENDLESS}"


#: The ways in which a pattern is used, each with the instance for a text.
USES = (
    lambda pattern, text: ({"pattern": pattern}, text),
    lambda pattern, text: ({"not": {"not": {"pattern": pattern}}}, text),
    lambda pattern, text: ({"$ref": "#/$defs/a", "$defs": {"a": {"pattern": pattern}}}, text),
    lambda pattern, text: ({"propertyNames": {"pattern": pattern}}, {text: 1}),
    lambda pattern, text: (
        {"patternProperties": {pattern: True}, "additionalProperties": False},
        {text: 1},
    ),
    lambda pattern, text: (
        {"patternProperties": {pattern: True}, "unevaluatedProperties": False},
        {text: 1},
    ),
)


@settings(max_examples=examples(600))
@given(PATTERNS, TEXTS, st.sampled_from(USES))
def test_every_check_agrees_with_regress(pattern: str, text: str, use: Any) -> None:
    """A string and a name match by every check exactly where regress finds a match.

    A name is not checked where the engine does not find out, by a pattern with a back reference.
    """
    schema, instance = use(pattern, text)
    expected = regress_matches(pattern, text)
    try:
        contract = Contract(schema)
    except BrokenContract as error:
        assume("not supported" not in error.reason)
        raise
    report = contract.check(instance)
    if report.not_checked:
        assert "\\" in pattern
        assert "whether a property name matches" in report.not_checked[""]
        return
    assert report.ok is expected
    assert contract.is_valid(instance) is expected
    assert contract.is_valid(instance) is expected  # now by the inlined schema
    assert (checker_of(contract).batch.invalid([instance]) == []) is expected
    if "unevaluatedProperties" in schema and re.search(r"\(\?<|\\[12]", pattern):
        return  # these names are found by Python, which does not take each such pattern
    assert contract.jsonschema_validator().is_valid(instance) is expected


@table(
    ("pattern", "valid", "invalid"),
    [
        (r"^(?!.*\<)(?!.*\>).*$", ["hello", ""], ["a<b", "a>b"]),
        (r"^a\<b\>$", ["a<b>"], ["ab", "a b"]),
        ("^.{1,35}$", ["Main St 1"], ["Main St 1\rApt 2", "a\u2028b", "a\u2029b", "a\nb", ""]),
        (r"^\s$", ["\ufeff", "\xa0", "\u2003"], ["\x85", "\u200b", "a"]),
        (r"^\d$", ["1"], ["٣"]),
        (r"^\w$", ["a", "_"], ["é"]),
        (r"a\b", ["aé", "a"], ["ab"]),
        ("a$", ["a"], ["a\n"]),
        (r"^[^\ud800-\udfff]*$", ["a\U0001f600"], []),
        (r"^[\uD800\uDC00-\uDBFF\uDFFF]$", ["\U0001f600"], ["a"]),
        (r"^(?<y>a)\k<y>$", ["aa"], ["a", "ab"]),
        ("^[^]$", ["\n", "a"], ["", "ab"]),
        ("[]", [], ["", "a"]),
        (r"^[\b]\0$", ["\b\0"], ["b0"]),
        ("^[a&&b]$", ["a", "&", "b"], ["c"]),
        ("^[[a]$", ["[", "a"], ["b"]),
        (r"^\p{Lu}\P{L}$", ["A1"], ["a1", "Ab"]),
        ("(?<!x)y", ["ay", "y"], ["xy"]),
        (r"^(?:(?!--)[a-z-])+$", ["a-b"], ["a--b"]),
    ],
)
def test_patterns_mean_what_ecma_262_says(
    pattern: str, valid: list[str], invalid: list[str]
) -> None:
    """The meaning is that of ECMA-262 with the flag u, for both engines and for names as well."""
    contract = Contract({"pattern": pattern})
    names = Contract({"patternProperties": {pattern: {"type": "null"}}})
    reference = contract.jsonschema_validator()
    for text, expected in [*((each, True) for each in valid), *((each, False) for each in invalid)]:
        assert contract.is_valid(text) is expected, text
        assert contract.check(text).ok is expected, text
        assert reference.is_valid(text) is expected, text
        assert names.is_valid({text: 1}) is not expected, text
        assert names.jsonschema_validator().is_valid({text: 1}) is not expected, text


@table(
    "pattern",
    ["a++", "(?i)a", r"\x{41}", r"\pL", "[[:alpha:]]", "((", ")", "?i)", "a)b", ")(", "]+)", "#)"],
)
def test_another_dialect_is_a_broken_contract(pattern: str) -> None:
    """A pattern that ECMA-262 does not have breaks the contract, at its place, with the reason."""
    for schema, pointer in (
        ({"properties": {"x": {"pattern": pattern}}}, "/properties/x/pattern"),
        ({"patternProperties": {r"\-": {}, pattern: {}}}, f"/patternProperties/{pattern}"),
        (
            {"patternProperties": {r"^\-a": {"pattern": pattern}}},
            r"/patternProperties/^\-a/pattern",
        ),
    ):
        with pytest.raises(BrokenContract) as found:
            Contract(schema)
        assert found.value.pointer == pointer
        assert found.value.reason.startswith("not an ECMA-262 pattern: ")


@table(
    "schema",
    [
        {"properties": {"pattern": {"const": "a++"}}},
        {"const": {"pattern": "a++"}},
        {"enum": [{"pattern": "a++"}]},
        {"default": {"pattern": "a++"}, "examples": [{"pattern": "(?i)"}]},
        {"x-note": {"pattern": "a++"}},
    ],
)
def test_a_pattern_is_one_where_the_keyword_stands(schema: dict[str, Any]) -> None:
    """A name or a value that reads `pattern` is no pattern, and stays as it is."""
    assert Contract(schema).schema == schema
    assert Contract({"const": {"pattern": r"\d"}}).is_valid({"pattern": r"\d"})


def test_limits_keep_the_spelling_of_the_schema() -> None:
    """Limits, locations and messages have the patterns as they are written."""
    contract = Contract(
        {
            "patternProperties": {
                r"^\d+$": {"maxLength": 1},
                "^[0-9]+$": {"minLength": 3},
                r"^(?!x-)\D": {"pattern": r"^\w(?=\d)"},
            },
            "additionalProperties": False,
        }
    )
    found = contract.check({"12": "ab", "ab": "a"})
    base = "https://fieldbound.invalid/schema#/patternProperties/"
    assert {(each.code, each.pointer) for each in found} == {
        ("maxLength", "/12"),
        ("pattern", "/ab"),
    }
    locations = {
        limit.location for each in found if each.limit for limit in (each.limit, *each.also)
    }
    assert locations == {
        f"{base}%5E%5Cd+$/maxLength",
        f"{base}%5E%5B0-9%5D+$/minLength",
        f"{base}%5E(%3F!x-)%5CD/pattern",
    }
    assert all(each.limit in contract.limits for each in found)


def test_format_regex_is_ecma_262() -> None:
    """The format takes what is a pattern of ECMA-262, and nothing else."""
    contract = Contract({"format": "regex"})
    for text, expected in (
        (r"\<", True),
        ("[^]", True),
        (r"\0", True),
        ("a++", False),
        ("(", False),
    ):
        assert contract.is_valid(text) is expected
        assert contract.jsonschema_validator().is_valid(text) is expected


@pytest.fixture(name="divisor", params=[10, pytest.param(1, marks=THOROUGH)], ids="steps/{}".format)
def _divisor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return by what the steps of a check are divided: with fewer, less is undecided sooner."""
    divisor: int = request.param
    for name in ("_STEPS_OF_A_CHECK", "_STEPS_OF_THE_ENGINE", "_STEPS_OF_A_MATCH"):
        monkeypatch.setattr(patterns, name, getattr(patterns, name) // divisor)
    return divisor


@pytest.mark.usefixtures("divisor")
@pytest.mark.parametrize(
    ("schema", "instance", "pointer", "codes"),
    [
        ({"pattern": ENDLESS}, TEXT, "", []),
        ({"not": {"pattern": ENDLESS}}, TEXT, "", []),
        ({"anyOf": [{"pattern": ENDLESS}, {"type": "null"}]}, TEXT, "", []),
        ({"properties": {"a": {"pattern": ENDLESS}}}, {"a": TEXT}, "/a", []),
        (
            {"properties": {"a": {"pattern": ENDLESS, "maxLength": 3}, "b": {"type": "null"}}},
            {"a": TEXT, "b": 1},
            "/a",
            [("maxLength", "/a"), ("type", "/b")],
        ),
    ],
)
def test_what_is_undecided_is_not_checked(
    schema: Any, instance: Any, pointer: str, codes: list[tuple[str, str]]
) -> None:
    """A pattern that takes too long counts neither as met nor as broken; all else is checked."""
    contract = Contract(schema)
    report = contract.check(instance)
    assert [(each.code, each.pointer) for each in report] == codes
    assert report.not_checked == {pointer: REASON}
    assert contract.is_valid(instance) is (not codes)


@pytest.mark.parametrize(
    ("divisor", "pattern", "text", "count"),
    [
        (10, r"^(\w+)\s.*\1$", "a b" + "c" * 300, 6_000),
        (10, "^.*a{0,99}b$", "a" * 1_000, 500),
        (10, "^(?:[ab]{0,30}a{0,30}){30}c$", "ab" * 20, 300),
        pytest.param(1, r"^(\w+)\s.*\1$", "a b" + "c" * 300, 6_000, marks=THOROUGH),
        pytest.param(1, "^.*a{0,99}b$", "a" * 1_000, 500, marks=THOROUGH),
        pytest.param(1, "^(?:[ab]{0,50}a{0,50}){50}c$", "ab" * 20, 30, marks=THOROUGH),
    ],
    indirect=["divisor"],
)
def test_all_matches_of_a_check_share_their_steps(
    pattern: str, text: str, count: int, divisor: int
) -> None:
    """What can be decided within the steps of one check is; the rest of it is not checked."""
    count //= divisor
    contract = Contract({"items": {"pattern": pattern}})
    texts = [f"{text}{each:05}" for each in range(count)]
    report = contract.check(texts)
    broken = {each.pointer for each in report}
    assert broken
    assert report.not_checked
    assert broken.isdisjoint(report.not_checked)
    assert {f"/{at}" for at in range(count)} == broken | report.not_checked.keys()
    assert not contract.is_valid(texts)
    assert bulk.check([texts], contract).invalid == 1
    assert [each.ok for each in map(contract.check, ([], texts[-1:]))] == [True, False]


def test_a_record_has_steps_of_its_own(divisor: int) -> None:
    """Records are decided each by itself, however many there are."""
    contract = Contract({"properties": {"a": {"pattern": "^.*a{0,99}b"}}})
    records = [{"a": "a" * 900 + str(each)} for each in range(300 // divisor)]
    found = bulk.check(records, contract)
    assert (found.invalid, found.not_checked) == (len(records), ())
    assert contract.check(records[0]).not_checked == {}


def test_names_that_the_engine_takes_long_for_are_not_checked() -> None:
    """An object with too many characters of names is not checked by a pattern to backtrack for."""
    pattern = "(?!b).*?(?!b).*?c"
    contract = Contract({"patternProperties": {pattern: {"type": "null"}}})
    reason = f"it takes too long to decide whether a property name matches {pattern}"
    assert not contract.is_valid({"ac": 1})
    for names in (["a" * 1_000_000], [f"{each:06}" for each in range(10_000)]):
        instance = dict.fromkeys(names, 1)
        assert contract.is_valid(instance)
        assert contract.check(instance).not_checked == {"": reason}
        assert bulk.check([instance, {"ac": 1}], contract).invalid == 1


def test_names_by_leading_lookaheads_are_decided() -> None:
    """The engine takes such a pattern as it is, for any number of names."""
    contract = Contract({"patternProperties": {"^(?!x-)[a-z]": {"type": "null"}}})
    instance = {f"x-{each}": 1 for each in range(50_000)}
    assert contract.check(instance) == contract.check({})
    assert not contract.is_valid({**instance, "a": 1})


def test_undecided_names_are_not_checked() -> None:
    """Where it takes too long to decide whether a name matches, the object is not checked."""
    pattern = r"(a*)*b(?=c)\1"
    contract = Contract({"patternProperties": {pattern: {"type": "string"}}})
    report = contract.check({"a" * 3_000: 1})
    assert report.ok
    reason = f"it takes too long to decide whether a property name matches {pattern}"
    assert report.not_checked == {"": reason}
    assert contract.check({"abc": 1}).not_checked == {}


@FORK_WITH_THREADS
@pytest.mark.usefixtures("divisor")
@pytest.mark.parametrize("workers", [1, 2])
def test_undecided_records_are_counted_as_not_checked(
    tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that are undecided are counted, in any order, with any number of workers."""
    fork_workers(monkeypatch)
    contract = Contract({"properties": {"a": {"pattern": ENDLESS}, "b": {"type": "null"}}})
    records = [{"a": "aac"}, {"a": TEXT}, {"a": TEXT, "b": 1}, {"a": "x"}]
    file = tmp_path / "records.ndjson"
    for each in (records, records[::-1]):
        file.write_text("".join(f"{json.dumps(record)}\n" for record in each))
        found = bulk.check(file, contract, workers=workers)
        assert (found.records, found.invalid) == (4, 2)
        assert found.not_checked == (("/a", REASON, 2),)
        assert bulk.check(each, contract).not_checked == found.not_checked


@table(
    ("schema", "value", "message", "hint"),
    [
        (
            {"pattern": "^[A-Z]{2}-[0-9]+$"},
            "AB_1",
            'but must match ^[A-Z]{2}-[0-9]+$: character 3, "_", does not fit',
            'such as "AA-0"',
        ),
        ({"pattern": "^[0-9]{4}$"}, "123", "^[0-9]{4}$: it ends too early", 'such as "0000"'),
        (
            {"pattern": "^a*b", "minLength": 3},
            "a" * 90 + "c",
            "^a*b: character 91 does not fit",
            'such as "aab"',
        ),
        ({"pattern": "[0-9]"}, "abc", "but must match [0-9]", 'such as "0"'),
        ({"pattern": r"(a)\1"}, "x", r"but must match (a)\1", None),
        (
            {"pattern": "^[0-9]+$", "minLength": 2.0, "maxLength": 3.0},
            "ab",
            'character 1, "a", does not fit',
            'such as "00"',
        ),
        ({"pattern": "^[0-9]+$", "maxLength": 1e300}, "a", "does not fit", 'such as "0"'),
        ({"pattern": "^a$", "format": "uuid"}, "b", "", None),
    ],
)
def test_a_violation_shows_the_fault_and_an_example(
    schema: Any, value: str, message: str, hint: str | None
) -> None:
    """The message has the first character at fault, the hint a string that the schema takes."""
    (violation,) = Contract(schema).check(value)
    assert violation.message.endswith(message)
    assert violation.hint == hint
    if violation.example is not None:
        assert Contract(schema).is_valid(violation.example)


def test_no_part_of_a_sensitive_value_is_shown() -> None:
    """Of a sensitive value the message has neither a character nor its number."""
    contract = Contract({"properties": {"a": {"pattern": "^[0-9]*$", "x-sensitive": True}}})
    (violation,) = contract.check({"a": "12S"})
    assert violation.message == "/a is a string, but must match ^[0-9]*$"
    assert violation.detail is None


def test_patterns_of_ecma_262_have_cases() -> None:
    """What only ECMA-262 has is generated, too: of each limit a valid and an invalid instance."""
    schema = {
        "type": "object",
        "required": ["a", "b", "c"],
        "properties": {
            "a": {"type": "string", "pattern": r"^[^\ud800-\udfff]{2,5}\<$"},
            "b": {"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]{3,8}$"},
            "c": {"type": "string", "pattern": r"^\p{Lu}[\b]$"},
        },
    }
    contract = Contract(schema)
    found = list(cases(contract))
    assert {each.limit.pointer for each in found if each.limit.keyword == "pattern"} == {
        "/a",
        "/b",
        "/c",
    }
    assert all(
        contract.is_valid(each.valid) and not contract.is_valid(each.invalid) for each in found
    )
