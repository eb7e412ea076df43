"""A text that matches is JSON, and valid: as the strict parser and the contract say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound import Contract
from fieldbound.bulk.check_settings import CheckSettings
from fieldbound.bulk.texts.valid_texts import LINES, ValidTexts
from fieldbound.documents import parse
from support.effort import examples
from support.tables import table

pytest.importorskip("pcre2")

NULLABLE = ["string", "null"]
#: Schemas of a value, with texts that are known to be valid without parsing them.
KNOWN: tuple[tuple[Any, list[str]], ...] = (
    ({"type": "string"}, ['""', '"a b"', r'"\"\\\/\b\n\u00e9"', '"é照😀"', '"' + "x" * 9000 + '"']),
    ({"type": "string", "maxLength": 5}, ['""', '"abcde"', r'"\"\n\u00e9de"', '"ééééé"', '"照照"']),
    ({"type": "string", "maxLength": 100}, ['"' + "x" * 100 + '"', r'"a\n\u00e9b\"c"', '"照照"']),
    ({"type": "string", "minLength": 1}, ['"a"', r'"\""', '"é"']),
    ({"type": "string", "minLength": 3, "maxLength": 4}, ['"abc"', '"abcd"']),
    ({"type": NULLABLE, "maxLength": 2}, ["null", '"ab"']),
    (
        {"type": "string", "enum": ["Y", "N", "é", 'q"']},
        ['"Y"', '"N"', '"é"', r'"\u00e9"', r'"q\""'],
    ),
    ({"type": "string", "maxLength": 1, "enum": ["Y", "No"]}, ['"Y"']),
    ({"const": 5}, ["5"]),
    ({"enum": [None, True, 0, "0"]}, ["null", "true", "0", '"0"']),
    ({"type": "string", "format": "date"}, ['"2024-01-31"', '"2023-12-29"']),
    ({"type": NULLABLE, "format": "date-time"}, ['"2024-01-31T23:59:59.123+01:00"', "null"]),
    ({"type": "string", "format": "uuid"}, ['"2eb8aa08-aa98-11ea-b4aa-73b441d16380"']),
    ({"type": "integer"}, ["0", "7", "-7", "123456789012345678"]),
    ({"type": "integer", "minimum": 0, "maximum": 999}, ["0", "9", "999"]),
    ({"type": "integer", "minimum": -99, "exclusiveMaximum": 1000}, ["-99", "-1", "0", "999"]),
    ({"type": "integer", "exclusiveMinimum": 0, "maximum": 50}, ["1", "9"]),
    ({"type": "integer", "minimum": 10, "maximum": 5000}, ["10", "99", "100", "999"]),
    ({"type": "integer", "format": "int32"}, ["0", "-999999999", "999999999"]),
    ({"type": ["integer", "null"], "format": "int64", "multipleOf": 1}, ["null", "1234567890"]),
    ({"type": "number"}, ["0", "0.5", "-12.25", "123456789.123456"]),
    ({"type": "number", "minimum": 0, "maximum": 10.5}, ["0", "0.25", "9", "9.75"]),
    ({"type": "number", "exclusiveMinimum": -10.5}, ["0.5", "-9", "99999.5"]),
    ({"type": "boolean"}, ["true", "false"]),
    ({}, ["1", '"a"', "null", "true", "1.5"]),
    (True, ["1", '"a"']),
    ({"type": "array", "items": {"type": "integer"}}, ["[]", "[1]", "[1,2, 3]"]),
    ({"type": "array", "minItems": 1, "items": {"maxLength": 2}}, ['["ab"]', '["a","b"]']),
    ({"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "null"}}, ["[null,null]"]),
    (
        {"type": "object", "properties": {"b": {"type": "integer"}, "c": {"maxLength": 1}}},
        ["{}", '{"b":1}', '{"c":"x"}', '{"b": 1, "c":"x"}'],
    ),
    (
        {
            "type": "object",
            "properties": {"b": {"type": "integer"}, "c": {"type": "string"}},
            "required": ["c"],
            "additionalProperties": False,
        },
        ['{"c":"x"}', '{"b":1,"c":"x"}'],
    ),
    (
        {"type": "array", "items": {"type": "object", "required": ["b"]}},
        ['[{"b":1}]', '[{"b":1,"c":2},{"b":"x"}]'],
    ),
)
#: Schemas by which no text is known to be valid, whatever it is.
UNKNOWN: tuple[Any, ...] = (
    False,
    {"not": {}},
    {"type": "string", "pattern": "^a"},
    {"type": "string", "format": "email"},
    {"type": "string", "minLength": 3, "maxLength": 2},
    {"type": "integer", "multipleOf": 5},
    {"type": "number", "format": "double"},
    {"type": "array", "uniqueItems": True},
    {"type": "array", "prefixItems": [{}]},
    {"anyOf": [{"type": "string"}]},
    {"type": "object", "minProperties": 1},
    {"type": "object", "required": ["z"]},
)
#: Texts of values, some of them no JSON: what is valid by one schema is not by others.
TEXTS = (
    *(text for _, texts in KNOWN for text in texts),
    *('"', "01", "-0", "+1", "1.", ".5", "1e5", "1E400", "1.0", "-1.5", "NaN", "nul", "True", ""),
    *("99999999999999999999", "1234567890123456789", "9223372036854775808", "51", "1000", "5001"),
    *('"abcdef"', '"ab', r'"\x"', r'"\ud800"', r'"\ud83d\ude00"', r'"\u12"', '"a\tb"', '"\x7f"'),
    *(r'"éééééé"', r'"\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"', '"' + "x" * 101 + '"', r'"a\nb\"c"'),
    *(
        '"' + r"\"" * 8 + '"',
        '"' + r"\"" * 99 + '"',
        '"' + r"\n" * 100 + '"',
        '"' + r"\n" * 101 + '"',
    ),
    *('"' + "é" * 100 + '"', '"' + r"\u00e9" * 100 + '"', '"' + "x" * 66000 + '"'),
    *(
        '"2024-02-29"',
        '"2023-02-29"',
        '"2023-02-30"',
        '"2023-04-31"',
        '"2023-13-01"',
        '"0000-01-01"',
    ),
    *('"2016-12-31T23:59:60Z"', '"2016-12-31t23:59:59z"', '"2016-12-31T24:00:00Z"', '"2016-12-31"'),
    *('"2016-12-31 23:59:59Z"', '"2016-12-31T23:59:59"', '"2016-12-31T23:59:59+24:00"', '"y"'),
    *(
        '"2eb8aa08aa9811eab4aa73b441d16380"',
        '"Y "',
        "[1,]",
        "[,1]",
        "[1 2]",
        '["abc"]',
        "[[1]]",
        "[1.5]",
    ),
    *(
        "[null]",
        "[null,null,null,null]",
        '{"b":1,"b":2}',
        '{"c":"x","b":1}',
        '{"b":"x"}',
        '{"b":1,}',
    ),
    *(
        '{,"b":1}',
        '{"b":1 "c":"x"}',
        '{"d":1}',
        '{"b" :1}',
        '{"c":"xy"}',
        '[{"c":1}]',
        '[{"b":1}',
        "[}",
    ),
    *('[{"b":1,"c":2,"b":3}]', '{"b":{"b":1}}', '[{"b":1},]', '{"b":1}}', "[1]]", '"a","z":"b"'),
)


def contract_of(schema: Any) -> Contract:
    """Return the contract of objects with a value of a schema, and others that may be anything."""
    properties = {"first": {"type": "string"}, "value": schema, "last": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Contract(schema, name="acme/thing")


def record(text: str) -> str:
    """Return the text of a record with a value."""
    return f'{{"first":"x","value":{text},"last":1}}'


def proven(contract: Contract, samples: list[str], texts: list[str]) -> set[str]:
    """Return the records that are certainly valid, given *samples* of others."""
    found = ValidTexts(CheckSettings(contract, None, 5, False, None), LINES)
    found.observe(list(map(json.loads, samples)))
    lines = [each.encode("utf-8", "surrogatepass") + b"\n" for each in texts]
    rest = samples[0].encode() + b"\n"  # with most records in doubt, all are parsed
    others = found.others(b"".join(lines) + rest * 4 * len(lines))
    if others is None:
        return set()
    doubtful = {index for index, _ in others[1]}
    return {text for index, text in enumerate(texts) if index not in doubtful}


def is_valid(contract: Contract, text: str) -> bool:
    """Return whether a text is valid by itself."""
    return contract.check(parse(text.encode("utf-8", "surrogatepass"))).ok


@table(("schema", "texts"), KNOWN)
def test_many_valid_texts_are_proven(schema: Any, texts: list[str]) -> None:
    """Usual texts of valid values are proven, and no text that is not valid."""
    contract = contract_of(schema)
    samples = list(map(record, texts))
    assert all(is_valid(contract, each) for each in samples)
    everything = [*samples, *map(record, TEXTS)]
    found = proven(contract, samples, everything)
    assert found >= set(samples)
    assert not [each for each in found if not is_valid(contract, each)]


@table("schema", UNKNOWN)
def test_what_a_pattern_cannot_say_is_not_proven(schema: Any) -> None:
    """By a schema whose keywords a pattern does not state, no value is proven."""
    contract = contract_of(schema)
    samples = [record("1"), record('[{"b":1,"c":2}]'), record('{"b":1}'), record('"a"')]
    found = proven(contract, samples, [record(each) for each in TEXTS if each != "[]"])
    assert not found


@table(
    "text",
    [
        '{"first":"x","last":1,"value":"a"}',
        '{"first":"x","first":"y","value":"a"}',
        '{"value":"a","value":"a"}',
        '{"first":"x","value":"a","other":1}',
        ' {"first":"x","value":"a"}',
        '{"first":"x","value":"a"} {}',
        '{"first":"x",,"value":"a"}',
        '{"first":"x","value":"a",}',
        '{"first" :"x"}',
        '{"first":"x"\r"value":"a"}',
        "[]",
        "null",
        "\ufeff{}",
        '{"FIRST":"x"}',
    ],
)
def test_other_texts_of_records_are_in_doubt(text: str) -> None:
    """Names in another order, twice, or not documented leave a record in doubt, as errors do."""
    contract = contract_of({"type": "string"})
    known = '{"first":"x","value":"a","last":1}'
    assert proven(contract, [known], [known, text]) == {known}


def test_a_carriage_return_ends_a_line() -> None:
    """A line may end with a carriage return and a line feed."""
    contract, known = contract_of({"type": "string"}), record('"a"')
    assert proven(contract, [known], [known + "\r"]) == {known + "\r"}
    assert not proven(contract, [known], [known + "\r\r"])


def test_all_names_may_be_missing() -> None:
    """Any name that is not required may be the first one of an object, or there is none."""
    contract = contract_of({"type": "string"})
    texts = ["{}", '{"value":"a"}', '{"last":1}', '{"first":"x", "last":1}']
    assert proven(contract, [record('"a"')], texts) == set(texts)


def test_a_required_name_that_was_never_seen_leaves_all_in_doubt() -> None:
    """Of a record without a required name, nothing is proven."""
    schema = {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"]}
    contract = Contract(schema, name="acme/thing")
    assert not proven(contract, ['{"a":1}'], ['{"a":1}', '{"a":1,"b":1}'])
    assert proven(contract, ['{"a":1,"b":1}'], ['{"a":1,"b":1}', '{"a":1}']) == {'{"a":1,"b":1}'}


def test_what_is_not_documented_is_in_doubt() -> None:
    """A value that is reported as not documented is in doubt, within arrays, too."""
    undocumented = {"x-unspecified": "the document does not say"}
    item = {"type": "object", "properties": {"a": {}, "b": undocumented}}
    properties = {"a": {}, "b": undocumented, "c": {"type": "array", "items": item}}
    contract = Contract({"type": "object", "properties": properties}, name="acme/thing")
    sure = ['{"a":1}', '{"a":1,"c":[{"a":1}]}', '{"c":[]}']
    unsure = ['{"a":1,"b":1}', '{"a":1,"c":[{"a":1,"b":1}]}', '{"c":[{"b":1}]}']
    assert proven(contract, [*sure, *unsure], [*sure, *unsure]) == set(sure)


@table("name", ["é", 'q"', "a/b~", "x:y", "{", "$1", "\\", "😀", "a\nb", ""])
def test_names_are_matched_as_they_are_written(name: str) -> None:
    """A name is matched as JSON writes it, with its characters as they are or escaped."""
    contract = Contract(
        {"type": "object", "properties": {name: {"type": "integer"}}}, name="acme/thing"
    )
    texts = {json.dumps({name: 1}, ensure_ascii=False), json.dumps({name: 1})}
    assert proven(contract, [json.dumps({name: 1})], sorted(texts)) == texts


INSERTED = ("", *'",:{}[] 0\\')
CHOSEN = st.lists(st.sampled_from(KNOWN), min_size=1, max_size=4)


@settings(max_examples=examples(300))
@given(CHOSEN, st.data())
def test_a_proven_record_is_valid(chosen: list[tuple[Any, list[str]]], data: Any) -> None:
    """Of records with any values, and texts that are cut and joined, those proven are valid."""
    names = [f"n{index}" for index in range(len(chosen))]
    schema = {
        "type": "object",
        "properties": {name: part for name, (part, _) in zip(names, chosen, strict=True)},
        "required": data.draw(st.lists(st.sampled_from(names), unique=True)),
        "additionalProperties": data.draw(st.booleans()),
    }
    contract = Contract(schema, name="acme/thing")

    def text(values: list[str]) -> str:
        parts = (f'"{name}":{value}' for name, value in zip(names, values, strict=True))
        return "{{{}}}".format(data.draw(st.sampled_from([",", ", "])).join(parts))

    samples = [text([each[0] for _, each in chosen]), text([each[-1] for _, each in chosen])]
    texts = [
        text([data.draw(st.sampled_from(TEXTS) | st.sampled_from(each)) for _, each in chosen])
        for _ in range(4)
    ]
    for each in texts[:2]:
        at = data.draw(st.integers(0, len(each)))
        end = data.draw(st.integers(at, len(each)))
        texts.append(each[:at] + data.draw(st.sampled_from(INSERTED)) + each[end:])
    found = proven(contract, samples, [each for each in texts if "\n" not in each])
    assert not [each for each in found if not is_valid(contract, each)]
