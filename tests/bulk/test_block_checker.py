"""A block of records counts what the checks of each of its records count."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.lengths import FULLY_MEASURED, MEASURED_EVERY
from fieldbound.model.bulk_report import BulkReport
from support.effort import examples, sampled
from support.line_by_line import bare, expected_report, ndjson
from support.paths import CASES
from support.record_texts import LinesBlock
from support.schema_strategies import DEFINITIONS, DIALECTS, OBJECTS, RECORDS, SCHEMAS, made
from support.tables import table


def checked(contract: Contract, data: bytes, *, samples: int = 5, block: int = 0) -> BulkReport:
    """Return the report of lines, split into blocks of so many lines, if any."""
    checker, total = BlockChecker(contract, samples=samples), Counts()
    lines = data.splitlines(keepends=True) if b"\r" not in data else [data]
    offset = 0
    for at in range(0, len(lines), block or len(lines) or 1):
        part = b"".join(lines[at : at + (block or len(lines))])
        total.merge(checker.check(LinesBlock(part, offset), total.fully_sampled(samples)), samples)
        offset += len(part)
    return checker.report(total, None)


# -- vendor contracts ----------------------------------------------------------------------------


def _texts(vendor: str) -> list[bytes]:
    """Return all cases of a vendor as lines, and random edits of each."""
    random = Random(vendor)
    found = []
    for path in sorted((CASES / vendor).rglob("*.json")):
        if path.name.endswith(".expect.json"):
            continue
        data = b" ".join(path.read_bytes().split(b"\n"))
        found.append(data)
        found += [_edited(data, random) for _ in range(3)]
    return found


INSERTED = (
    *(bytes([each]) for each in b'"{}[],:1 \\'),
    b"\xff",
    b"\xef\xbb\xbf",
    b"null",
    b"1e999",
    b"123456789012345678901234567890",
    b'"\\ud800"',
    b"x" * 200,
)


def _edited(data: bytes, random: Random) -> bytes:
    """Return a text in which something is inserted, removed or repeated."""
    at = random.randrange(len(data))
    size = random.randrange(1, 9)
    text = random.choice([*INSERTED, data])
    return data[:at] + random.choice([text, data[at : at + size] * 2]) + data[at + size :]


CONTRACTS = (
    "axim-commerce/create-company",
    "fortellis/create-parts-groups/response.400",
    "fortellis/create-parts-groups/request.headers",
    "oracle-cx-sales/create-product-group",
    "oracle-cx-sales/create-product-group/response.201",
)


@pytest.mark.parametrize("name", CONTRACTS)
def test_edited_records_count_as_they_check(name: str) -> None:
    """The report of all cases of a vendor, and of edits of them, is the sum of their checks."""
    texts = _texts(name.partition("/")[0])
    Random(1).shuffle(texts)
    data = b"\n".join([*sampled(texts)] * 2)
    contract = fieldbound.contract(name)
    for samples, block in ((5, 0), (0, 7), (1, 50)):
        found = checked(contract, data, samples=samples, block=block)
        assert bare(found) == expected_report(contract, data, samples=samples)


@pytest.mark.parametrize("vendor", sorted({each.partition("/")[0] for each in CONTRACTS}))
def test_vendor_contracts_count_as_they_check(vendor: str) -> None:
    """By each contract of a vendor, the report of some cases is the sum of their checks."""
    texts, contracts = _texts(vendor), 0
    names = [each for each in fieldbound.contracts() if each.startswith(f"{vendor}/")]
    for name in sampled(names):
        contract = fieldbound.contract(name)
        if contract.limits:
            contracts += 1
            data = b"\n".join(Random(name).choices(texts, k=12) * 2)
            found = checked(contract, data, samples=1, block=5)
            assert bare(found) == expected_report(contract, data, samples=1), name
    assert contracts


# -- any contract --------------------------------------------------------------------------------


@settings(max_examples=examples(200))
@given(
    st.sampled_from(DIALECTS),
    OBJECTS | SCHEMAS,
    DEFINITIONS,
    st.lists(RECORDS, max_size=12),
    st.integers(0, 2),
)
def test_any_contract_counts_as_it_checks(
    dialect: str | None,
    schema: dict[str, Any],
    definitions: dict[str, Any],
    records: list[Any],
    samples: int,
) -> None:
    """The report of any records by any contract is the sum of their checks."""
    try:
        contract = made(dialect, schema, definitions)
        contract.check({})
    except (fieldbound.Unspecified, fieldbound.BrokenContract):
        return
    data = ndjson(records * 2)
    expected = expected_report(contract, data, samples=samples)
    assert bare(checked(contract, data, samples=samples)) == expected
    assert bare(checked(contract, data, samples=samples, block=3)) == expected


DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Contracts with special cases of counting.
SPECIAL: dict[str, dict[str, Any]] = {
    "headers": {
        "x-any-case": True,
        "properties": {"Accept": {"enum": ["a"]}, "X-Id": {"maxLength": 2}},
        "required": ["Accept"],
    },
    "recursive": {
        "properties": {"in": {"$ref": "#"}, "name": {"maxLength": 2}},
        "additionalProperties": False,
    },
    "sensitive": {
        "properties": {
            "pin": {"type": "string", "maxLength": 2, "x-sensitive": True},
            "list": {"type": "array", "items": {"type": "integer"}, "x-sensitive": True},
            "in": {"x-sensitive": True, "additionalProperties": {"type": "null"}},
        },
        "required": ["pin"],
        "additionalProperties": False,
    },
    "different evidence": {
        "properties": {
            "a": {"maxLength": 2, "x-source": {"says": "inferred", "from": [], "note": "n"}},
        },
        "allOf": [
            {
                "properties": {"a": {"pattern": "^x"}},
                "x-source": {"says": "stated", "from": []},
            }
        ],
    },
    "not documented": {
        "properties": {"a": {"x-unspecified": "why"}, "l": {"items": {"x-unspecified": "so"}}},
        "maxProperties": 2,
    },
    "not documented under any name": {"additionalProperties": {"x-unspecified": "why"}},
    "unusual names": {
        "properties": {"": {"type": "string"}, "x:y": {"maxLength": 2}, "0": {"type": "null"}},
        "additionalProperties": {"type": "integer"},
    },
    "draft 4": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "properties": {"a": {"minimum": 0, "exclusiveMinimum": True}},
    },
    "draft 7": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {"a": {"$ref": "#/definitions/b"}},
        "definitions": {"b": {"type": "string", "maxLength": 2}},
    },
    "names that depend on others": {"dependentRequired": {"a": ["foo", "bar"], "pin": ["list"]}},
    "names that depend on others, draft 7": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "dependencies": {"a": ["foo", "bar"]},
    },
    "a property and a pattern": {
        "type": "object",
        "properties": {"a": {"type": "string", "maxLength": 2}, "pin": {"type": "string"}},
        "patternProperties": {"^[ap]": {"type": "integer"}},
        "additionalProperties": False,
    },
    "resources": {"properties": {"a": {"$ref": "https://acme.example/part#/$defs/name"}}},
    "anything": {},
}
RESOURCES = {"https://acme.example/part": {"$defs": {"name": {"type": "string", "maxLength": 2}}}}
VARIOUS: list[Any] = [
    {},
    {"a": "xx"},
    {"a": "abc"},
    {"a": 0},
    {"a": -1.5},
    {"a": 1, "foo": 1},
    {"a": 1, "bar": 1},
    {"a": "xy", "pin": "xy"},
    {"a": 10**25, "pin": "12"},
    {"pin": "123", "list": ["a", "b", 1], "in": {"x": 1, "y": 2}},
    {"pin": 1, "list": "a", "other": 1},
    {"accept": "a", "X-ID": "123"},
    {"accept": "a", "ACCEPT": "a"},
    {"in": {"in": {"in": {"name": "abc", "x": 1}}}},
    {"": 1, "x:y": "abc", "0": 1, "1": "a"},
    {"": {"": [1]}, "b": "c", "d": [None]},
    {"l": [1, {"a": "b"}], "a": 1, "b": 2},
    [{"a": "abc"}],
    "abc",
    None,
]


@pytest.mark.parametrize("name", SPECIAL)
@table("dialect", [{"$schema": DIALECT}, {}])
@table("samples", [0, 1, 9])
def test_special_contracts_count_as_they_check(
    name: str, dialect: dict[str, str], samples: int
) -> None:
    """Records that cannot be checked together are checked one by one, and count the same."""
    schema = {**dialect, **SPECIAL[name]}
    contract = Contract(schema, name=name, resources=RESOURCES)
    for values in (VARIOUS, [each for each in VARIOUS if isinstance(each, dict)]):
        data = ndjson(values * 4) + b'{"a":1,"a":"abc"}\n{"b":{"x:":1,"x:":2}}\n{"a"\n'
        expected = expected_report(contract, data, samples=samples)
        assert expected.tallies
        assert bare(checked(contract, data, samples=samples)) == expected
        assert bare(checked(contract, data, samples=samples, block=3)) == expected


@table("most", [{}, {"maximum": 5}])
def test_integers_of_more_than_64_bits_are_not_rounded(most: dict[str, int]) -> None:
    """An integer that a parser rounds to the least one of 64 bits is less than that."""
    least = {"type": "integer", "minimum": -(2**63), **most}
    contract = Contract(
        {"type": "object", "properties": {"a": least}, "additionalProperties": False}, name="least"
    )
    data = ndjson([{"a": -(2**63) - 1}, {"a": -(2**63)}, {"a": 1}] * 9)
    assert bare(checked(contract, data)) == expected_report(contract, data)
    assert checked(contract, data).invalid == 9


def test_lengths_are_sampled_in_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengths are measured in the first chunks of a text, and in one of so many later ones."""
    contract = Contract({"properties": {"a": {"maxLength": 3}}})
    line = b'{"a":"xyz"}\n'
    monkeypatch.setattr(blocks, "CHUNK_SIZE", len(line))
    found = checked(contract, line * 400)
    measured = sum(at < FULLY_MEASURED or at % MEASURED_EVERY == 0 for at in range(400))
    assert FULLY_MEASURED < measured < 400
    assert (found.records, found.measured) == (400, measured)
    assert [each.at for each in found.lengths] == [measured]
    monkeypatch.undo()
    assert checked(contract, line * 400).measured == 400


def test_on_invalid_is_called_in_order() -> None:
    """on_invalid is called with number, value and violations of each invalid record, in order."""
    contract = Contract({"properties": {"a": {"maxLength": 1}}, "additionalProperties": False})
    calls: list[Any] = []
    checker = BlockChecker(contract, samples=0, on_invalid=lambda *each: calls.append(each))
    checker.check(LinesBlock(b'{"a":"x"}\n{"a":"xx"}\n{\n{"b":1}\n{"a":1}', 0))
    assert [(number, value, [each.code for each in found]) for number, value, found in calls] == [
        (2, {"a": "xx"}, ["maxLength"]),
        (3, None, ["syntax"]),
        (4, {"b": 1}, ["additionalProperties"]),
    ]
