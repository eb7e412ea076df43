"""A text that matches is JSON, and valid: as the strict parser and the contract say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound import Contract
from fieldbound.bulk.check_settings import CheckSettings
from fieldbound.bulk.texts.layouts import LINES
from fieldbound.bulk.texts.observed_names import ObservedNames
from fieldbound.bulk.texts.valid_texts import ValidTexts
from fieldbound.documents import parse
from support.effort import examples
from support.record_texts import KNOWN, TEXTS, UNKNOWN, contract_of, few_steps, record
from support.tables import table

pytest.importorskip("pcre2")


def proven(contract: Contract, samples: list[str], texts: list[str]) -> set[str]:
    """Return the records that are certainly valid, given *samples* of others."""
    names = ObservedNames()
    for each in samples:
        names.add(json.loads(each))
    found = ValidTexts(CheckSettings(contract, None, 5, False, None), names, LINES)
    lines = [each.encode("utf-8", "surrogatepass") + b"\n" for each in texts]
    proof = found.prove(b"".join(lines))
    if proof is None:
        return set()
    doubtful = {index for index, _ in proof.doubtful}
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


@table(
    ("schema", "value"),
    [
        ({"type": "string"}, "a"),
        ({"type": "string", "maxLength": 9}, "a"),
        ({"type": "string", "maxLength": 100}, "a"),
        ({"type": ["string", "integer", "null"]}, 1),
        ({}, 1),
        ({"enum": ["a", "a", "ab", 1, 12]}, "a"),
        ({"type": "array", "items": {"type": "string"}}, ["a", "b"]),
        ({"type": "object", "properties": {"a": {}}, "required": ["a"]}, {"a": "b"}),
    ],
)
def test_a_record_that_is_invalid_at_its_end_takes_few_steps(schema: Any, value: Any) -> None:
    """What matched of a record is not matched in other ways, of which many values had many."""
    names = [f"n{index}" for index in range(20)]
    schema = {
        "type": "object",
        "properties": {**dict.fromkeys(names, schema), "last": {"type": "integer", "maximum": 9}},
        "required": names,
    }
    contract = Contract(schema, name="acme/thing")
    first = dict.fromkeys(names, value)
    known = json.dumps({**first, "last": 9})
    others = [json.dumps({**first, "last": 10}), json.dumps({**first, "z": 1}), known[:-1]]
    with few_steps():
        assert proven(contract, [known], [known, *others]) == {known}


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
