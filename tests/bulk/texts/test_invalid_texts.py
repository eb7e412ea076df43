"""Records that are counted by their text, because others break the same, are counted right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.check_settings import CheckSettings
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.record_checker import RecordChecker
from fieldbound.bulk.texts.invalid_texts import InvalidTexts
from fieldbound.bulk.texts.observed_names import ObservedNames
from support.effort import sampled
from support.line_by_line import bare, expected_report
from support.record_texts import (
    KNOWN,
    TEXTS,
    UNKNOWN,
    LinesBlock,
    contract_of,
    few_steps,
    record,
    small_chunks,
)
from support.tables import table

pytest.importorskip("pcre2")

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 30},
            "long": {"type": "string", "maxLength": 500},
            "flag": {"enum": ["Y", "N"]},
            "code": {"type": "string", "pattern": "^[A-Z]+$", "minLength": 2},
            "inner": {"type": "object", "properties": {"a": {"type": "integer"}}},
            "never": {"not": {}},
        },
        "required": ["name", "flag"],
        "additionalProperties": False,
    },
    name="acme/thing",
)
OBSERVED = {"name": "", "long": "", "flag": "", "code": "", "inner": {"a": 1}, "never": 1, "odd": 1}


def uncounted(
    *texts: str,
    contract: Contract = CONTRACT,
    samples: int = 0,
    observed: dict[str, Any] = OBSERVED,
) -> list[str]:
    """Return the texts that are not counted."""
    names = ObservedNames()
    names.add(observed)
    settings = CheckSettings(contract, None, samples, False, None)
    found = [each.encode() for each in texts]
    broken = InvalidTexts(settings, names)
    return [texts[at] for at in broken.uncounted(found, RecordChecker(settings, frozenset()))]


def test_any_values_are_counted_as_they_check() -> None:
    """By any schema of a value, the report of many texts is the sum of their checks."""
    for schema in sampled([*(schema for schema, _ in KNOWN), *UNKNOWN]):
        _counts_as_it_checks(contract_of(schema))


def _counts_as_it_checks(contract: Contract) -> None:
    lines = [record(each) for each in TEXTS if "\n" not in each]
    data = "\n".join([*[record("1")] * 30, *lines, *lines]).encode("utf-8", "surrogatepass")
    checker, counts = BlockChecker(contract, samples=0), Counts()
    with small_chunks():
        counts.merge(checker.check(LinesBlock(data, 0)), 0)
    assert bare(checker.report(counts, None)) == expected_report(contract, data, samples=0)


@table(
    "text",
    [
        '{"name":"a","flag":true}',
        '{"name":"a","flag":"y"}',
        '{"name":5,"flag":"Y"}',
        '{"name":null,"flag":null}',
        '{"name":"%s","flag":"Y"}' % ("x" * 31),
        '{"name":"%s","flag":"Y"}' % ("\u00e9" * 31),
        '{"name":"%s","flag":"Y"}' % (r"\n" * 31),
        '{"name":"a","long":"%s","flag":"Y"}' % ("x" * 501),
        '{"name":"a","long":-1.5,"flag":"Y"}',
        '{"name":"a","flag":"Y","code":"ab"}',
        '{"name":"a","flag":"Y","code":"AB"}',
        '{"name":"a","flag":"Y","never":"%s"}' % ("x" * 99),
        '{"name":"a","flag":"Y","odd":1}',
        '{"name":"a"}',
        '{"flag":"Y"}',
        "{}",
        '{\r"name": 1,\r"flag": "Y"\r}',
        '{"name":1,"flag":"Y","inner":{"a":1}}',
    ],
)
def test_what_is_invalid_in_short_is_counted(text: str) -> None:
    """Short values, strings that are too long, and names that are missing or odd are counted."""
    assert not uncounted(text)
    assert uncounted(text, samples=1) == ([] if CONTRACT.check(json.loads(text)).ok else [text])


@table(
    "text",
    [
        '{"name":"a","flag":"Y","inner":{"a":"x"}}',
        '{"name":"a","flag":"Y","inner":1.5e3}',
        '{"name":"a","flag":"Y","code":"%s"}' % ("x" * 30),
        '{"name":"a","flag":["Y"]}',
        '{"name":"a","flag":12345678901234567890}',
        '{"flag":"Y","name":1}',
        '{"name":1,"name":2,"flag":"Y"}',
        '{"name":1,"flag":"Y","other":1}',
        '{"name":1,"flag":"Y"',
        '{"name":1,"flag":"Y"}}',
        '{"name":"a","flag":"Y","odd":1} x',
        '{"flag":"Y","odd":"misspelt, or something else"}',
        "[]",
        "",
    ],
)
def test_what_needs_a_look_is_not_counted(text: str) -> None:
    """A record is left where what it breaks depends on more than what is captured of it."""
    assert uncounted('{"name":1,"flag":"Y"}', text) == [text]


def test_a_misspelt_name_is_not_counted() -> None:
    """A missing name beside an odd one may be that one, misspelt: each is looked at."""
    assert uncounted('{"flag":"Y","odd":1}') == ['{"flag":"Y","odd":1}']


def test_a_record_that_cannot_be_counted_takes_few_steps() -> None:
    """A name that is there is not taken for a missing one as well, nor its value read twice."""
    names = [f"n{index}" for index in range(20)]
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in (*names, "last")},
        "required": names,
        "additionalProperties": False,
    }
    first = dict.fromkeys(names, "a")
    texts = [json.dumps({**first, **last}) for last in ({"last": 1}, {"other": 1}, {"last": [1]})]
    contract, observed = Contract(schema, name="acme/thing"), {**first, "last": ""}
    with few_steps():
        assert uncounted(*texts, contract=contract, observed=observed) == texts[1:]


def test_a_missing_name_is_not_taken_for_an_invalid_value() -> None:
    """Before the name "" a name is missing, and not an empty string."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "minLength": 1}, "": {}},
        "required": ["a"],
        "additionalProperties": False,
    }
    contract = Contract(schema, name="acme/thing")
    lines = ['{"a":"b","":1}'] * 200 + ['{"a":"","":1}'] * 200 + ['{"":1}'] * 200
    data = "\n".join(lines).encode()
    checker, counts = BlockChecker(contract, samples=1), Counts()
    with small_chunks():
        counts.merge(checker.check(LinesBlock(data, 0)), 1)
    assert bare(checker.report(counts, None)) == expected_report(contract, data, samples=1)


def test_a_text_that_looks_like_what_is_left_counts_nothing() -> None:
    """A record that begins as what is left of one is never taken for that."""
    texts = ['{"name":1,"flag":"Y"}', "!1"]
    assert uncounted(*texts) == texts


def test_records_are_counted_with_those_that_are_parsed() -> None:
    """What is counted by its text, and what is parsed, adds up to what each record breaks."""
    lines = [
        '{"name":1,"flag":"Y"}',
        '{"name":"a","flag":"y"}',
        '{"name":"a","flag":"Y","inner":{"a":"x"}}',
        '{"name":"a","flag":"Y","odd":1}',
        '{"odd":1}',
        '{"name":"a","flag":"Y"}',
    ]
    data = "\n".join(lines * 300).encode()
    checker, counts = BlockChecker(CONTRACT, samples=2), Counts()
    with small_chunks():
        counts.merge(checker.check(LinesBlock(data, 0)), 2)
    assert bare(checker.report(counts, None)) == expected_report(CONTRACT, data, samples=2)
