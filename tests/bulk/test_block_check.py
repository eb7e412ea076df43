"""Many records are judged as each of them would be alone."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.bulk.block_check import EVERY, MEASURED, Judge
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import blocks as pieces
from fieldbound.bulk.inputs.ndjson import Text
from fieldbound.model.bulk_report import BulkReport
from support.line_by_line import account, bare, ndjson
from support.paths import CASES
from support.schema_strategies import DEFINITIONS, DIALECTS, PLAIN, RECORDS, SCHEMAS, made


def judged(contract: Contract, data: bytes, *, samples: int = 5, block: int = 0) -> BulkReport:
    """Return the account of lines; cut into blocks of so many lines, if any."""
    judge, whole = Judge(contract, samples=samples), Counts()
    lines = data.splitlines(keepends=True) if b"\r" not in data else [data]
    offset = 0
    for at in range(0, len(lines), block or len(lines) or 1):
        part = b"".join(lines[at : at + (block or len(lines))])
        whole.merge(judge.block(Text(part, offset), whole.full(samples)), samples)
        offset += len(part)
    return judge.report(whole, None)


# -- our contracts -------------------------------------------------------------------------------


def _texts(vendor: str) -> list[bytes]:
    """Return all cases of a vendor as lines, and each of them damaged in several ways."""
    random = Random(vendor)
    found = []
    for path in sorted((CASES / vendor).rglob("*.json")):
        if path.name.endswith(".expect.json"):
            continue
        data = b" ".join(path.read_bytes().split(b"\n"))
        found.append(data)
        found += [_damaged(data, random) for _ in range(3)]
    return found


PUT = (
    *(bytes([each]) for each in b'"{}[],:1 \\'),
    b"\xff",
    b"\xef\xbb\xbf",
    b"null",
    b"1e999",
    b"123456789012345678901234567890",
    b'"\\ud800"',
    b"x" * 200,
)


def _damaged(data: bytes, random: Random) -> bytes:
    """Return a text in which something was put, taken out or put twice."""
    at = random.randrange(len(data))
    size = random.randrange(1, 9)
    put = random.choice([*PUT, data])
    return data[:at] + random.choice([put, data[at : at + size] * 2]) + data[at + size :]


MAIN = (
    "axim-commerce/create-company",
    "fortellis/create-parts-groups/response.400",
    "fortellis/create-parts-groups/request.headers",
    "oracle-cx-sales/create-product-group",
    "oracle-cx-sales/create-product-group/response.201",
)


@pytest.mark.parametrize("name", MAIN)
def test_damaged_records_count_as_they_check(name: str) -> None:
    """The account of all cases of a vendor, and of what they are damaged to, is what check says."""
    lines = _texts(name.partition("/")[0])
    Random(1).shuffle(lines)
    data = b"\n".join(lines * 2)
    for samples, block in ((5, 0), (0, 7), (1, 50)):
        found = judged(fieldbound.contract(name), data, samples=samples, block=block)
        assert bare(found) == account(fieldbound.contract(name), data, samples=samples)


@pytest.mark.parametrize("vendor", sorted({each.partition("/")[0] for each in MAIN}))
def test_every_vendor_contract_counts_as_it_checks(vendor: str) -> None:
    """By any contract of a vendor, some of the vendor's cases count as check says of each."""
    texts, judged_by = _texts(vendor), 0
    for name in fieldbound.contracts():
        contract = fieldbound.contract(name)
        if name.startswith(f"{vendor}/") and contract.limits:
            judged_by += 1
            data = b"\n".join(Random(name).choices(texts, k=12) * 2)
            found = judged(contract, data, samples=1, block=5)
            assert bare(found) == account(contract, data, samples=1), name
    assert judged_by


# -- any contract --------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(DIALECTS),
    PLAIN | SCHEMAS,
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
    """The account of any records by any contract is the sum of what check says of each."""
    try:
        contract = made(dialect, schema, definitions)
        contract.check({})
    except (fieldbound.Unspecified, fieldbound.BrokenContract):
        return
    data = ndjson(records * 2)
    whole = account(contract, data, samples=samples)
    assert bare(judged(contract, data, samples=samples)) == whole
    assert bare(judged(contract, data, samples=samples, block=3)) == whole


DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Contracts of which something is easily got wrong, each for a reason of its own.
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
    "said differently": {
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
    "named oddly": {
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
    "elsewhere": {"properties": {"a": {"$ref": "https://acme.example/part#/$defs/name"}}},
    "anything": {},
}
RESOURCES = {"https://acme.example/part": {"$defs": {"name": {"type": "string", "maxLength": 2}}}}
VARIOUS: list[Any] = [
    {},
    {"a": "xx"},
    {"a": "abc"},
    {"a": 0},
    {"a": -1.5},
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
@pytest.mark.parametrize("dialect", [{"$schema": DIALECT}, {}])
@pytest.mark.parametrize("samples", [0, 1, 9])
def test_a_contract_of_its_own_kind_counts_as_it_checks(
    name: str, dialect: dict[str, str], samples: int
) -> None:
    """What the engine cannot tell of many at once is told of each, and counts the same."""
    schema = {**dialect, **SPECIAL[name]}
    contract = Contract(schema, name=name, resources=RESOURCES)
    for values in (VARIOUS, [each for each in VARIOUS if isinstance(each, dict)]):
        data = ndjson(values * 4) + b'{"a":1,"a":"abc"}\n{"b":{"x:":1,"x:":2}}\n{"a"\n'
        whole = account(contract, data, samples=samples)
        assert whole.tallies
        assert bare(judged(contract, data, samples=samples)) == whole
        assert bare(judged(contract, data, samples=samples, block=3)) == whole


def test_lengths_are_measured_in_parts_of_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large text, the first windows are measured and one of so many others: it is said."""
    contract = Contract({"properties": {"a": {"maxLength": 3}}})
    line = b'{"a":"xyz"}\n'
    monkeypatch.setattr(pieces, "WINDOW", len(line))
    found = judged(contract, line * 400)
    measured = sum(at < MEASURED or at % EVERY == 0 for at in range(400))
    assert MEASURED < measured < 400
    assert (found.records, found.measured) == (400, measured)
    assert [each.at for each in found.lengths] == [measured]
    monkeypatch.undo()
    assert judged(contract, line * 400).measured == 400


def test_what_is_refused_is_told_as_it_comes() -> None:
    """Whoever asks is told of each refused record, in order: its number, value and violations."""
    contract = Contract({"properties": {"a": {"maxLength": 1}}, "additionalProperties": False})
    told: list[Any] = []
    judge = Judge(contract, samples=0, on_invalid=lambda *each: told.append(each))
    judge.block(Text(b'{"a":"x"}\n{"a":"xx"}\n{\n{"b":1}\n{"a":1}', 0))
    assert [(number, value, [each.code for each in found]) for number, value, found in told] == [
        (2, {"a": "xx"}, ["maxLength"]),
        (3, None, ["syntax"]),
        (4, {"b": 1}, ["additionalProperties"]),
    ]
