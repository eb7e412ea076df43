"""The report does not depend on the order of records, on block sizes or on workers.

The fast parser may read a record in another way than the strict one, such as one with large
numbers, duplicate keys or deep nesting. Such a record counts as the strict parser reads it,
whatever the records around it are, and whatever was counted before it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import example, given, settings, strategies as st

from fieldbound import Contract
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.keys import KeyExtractor
from fieldbound.documents import parse
from fieldbound.model import BulkReport
from support.effort import is_thorough
from support.line_by_line import bare, expected_report
from support.record_texts import LinesBlock

DEEP = b"[" * 210 + b"]" * 210
PLAIN = (
    b'{"id":1,"name":"a"}',
    b'{"id":2,"name":"toolong"}',
    b'{"id":3,"name":"a","flag":"x"}',
    b'{"id":3,"name":1,"flag":true}',
    b'{"id":4,"name":"a","other_c":"b","note":"n"}',
)
INEXACT = (
    b'{"id":5,"name":"a","flag":"x","deep_c":%s}' % DEEP,
    b'{"id":5,"name":"aaaa","note":"n","deep_c":%s}' % DEEP,
    b'{"id":6,"name":"a","big_c":%s}' % (b"1" * 30),
    b'{"id":6,"name":"toolong","big_c":%s}' % (b"1" * 30),
    b'{"id":7,"name":"a","big_c":%s}' % (b"1" * 5000),
    b'{"id":7,"name":"toolong","big_c":%s}' % (b"1" * 5000),
    b'{"id":%s,"name":"a"}' % (b"1" * 30),
    b'{"id":9007199254740993,"name":"toolong"}',
    b'{"id":1,"name":"a","name":"toolong"}',
    b'{"id":1,"name":"toolong","name":"a"}',
    b'{"id":1,"name":"toolong","in_c":{"x:":1,"x:":2}}',
    b'{"id":1.0,"name":"a","flag":"x"}',
    b'{"id":1e0,"name":"toolong"}',
    b'{"id":1.5,"name":"toolong","float_c":0.1}',
    b'{"id":8,"name":"toolong","float_c":1e400}',
    b'{"id":8,"name":"toolong","float_c":NaN}',
    b'{"id":9,"name":"toolong","text_c":"\\ud800"}',
    b'{"id":9,"name":"toolong","in_c":{},"list_c":[]}',
    b'{"id":10,"name":"a","list_c":[1,"b",{"c":[]}],"note":"n"}',
    b'{"id":10,"name":"a","flag":["x"]}',
    b'{"id":11,"name":"a","flag":{"x":1}}',
    b'{"id":12,"name":1E2}',
    b'{"id":12,"name":1.50,"in_c":{"x":1}}',
    b'{"id":12,"name":-0}',
    b'{"id":12,"name":%s,"in_c":{}}' % (b"1" * 120),
)
OPEN: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 4},
        "flag": {"enum": ["Y", "N"]},
        "note": {"x-unspecified": "the vendor says nothing about it"},
    },
    "required": ["name"],
    "patternProperties": {"_c$": {}},
    "additionalProperties": False,
}
CONTRACTS = (
    Contract(OPEN, name="acme/flat"),
    Contract({key: OPEN[key] for key in ("type", "properties", "required")}, name="acme/open"),
    Contract({**OPEN, "properties": {**OPEN["properties"], "flag": {"const": "Y"}}}, name="acme/c"),
)
LINES = st.lists(st.sampled_from(PLAIN) | st.sampled_from(INEXACT), min_size=1, max_size=10)
#: Few of them among valid ones, which are counted before the others are looked at.
FEW = st.builds(
    lambda lines, valid, times: lines + [valid] * times,
    st.lists(st.sampled_from(PLAIN) | st.sampled_from(INEXACT), min_size=1, max_size=4),
    st.sampled_from((PLAIN[0], PLAIN[4])),
    st.integers(8, 30),
)


def split_lines(lines: list[bytes], sizes: list[int]) -> list[LinesBlock]:
    """Return blocks of lines, of so many lines each."""
    found, offset = [], 0
    rest = list(lines)
    while rest:
        size = sizes[len(found) % len(sizes)]
        data = b"".join(line + b"\n" for line in rest[:size])
        found.append(LinesBlock(data, offset))
        offset += len(data)
        del rest[:size]
    return found


def check(
    contract: Contract,
    found: list[LinesBlock],
    random: Random,
    *,
    workers: int = 1,
    samples: int = 0,
    split: bool = False,
) -> tuple[BulkReport, list[tuple[bytes, int]], Counter[bytes]]:
    """Check blocks as workers do; return the report, the keys and what is written of records."""
    checkers = [
        BlockChecker(
            contract, key_extractor=KeyExtractor("/id", contract), samples=samples, split=split
        )
        for _ in range(workers)
    ]
    total = Counts()
    keys: list[tuple[bytes, int]] = []
    written: Counter[bytes] = Counter()
    sampled = [total.fully_sampled(samples)]
    for block in found:
        # a worker may learn late which limits need no more samples
        counts = random.choice(checkers).check(block, random.choice(sampled))
        keys += [(digest, number + total.records) for digest, number, _ in counts.keys]
        written.update(each.members for each in counts.invalid_records)
        written.update(line for each in counts.valid for line in each.splitlines())
        total.merge(counts, samples)
        sampled.append(total.fully_sampled(samples))
    return checkers[0].report(total, None), keys, written


def unordered(report: BulkReport) -> BulkReport:
    """Return a report without samples, which depend on the order of records."""
    return replace(report, tallies=tuple(replace(each, samples=()) for each in report.tallies))


def measured_names(lines: list[bytes]) -> tuple[int, Counter[int]]:
    """Return how many records are measured, and the lengths of their names."""
    values = [document.value for document in map(parse, lines) if document.readable]
    names = [each.get("name") for each in values]
    return len(values), Counter(len(each) for each in names if isinstance(each, str))


OPTIONS = st.fixed_dictionaries(
    {"workers": st.integers(1, 3), "samples": st.integers(0, 2), "split": st.booleans()}
)


@settings(max_examples=200 if is_thorough() else 20, deadline=None)
@given(
    st.sampled_from(CONTRACTS),
    st.builds(list.__mul__, LINES, st.integers(1, 12)) | FEW,
    st.lists(st.integers(1, 40), min_size=1, max_size=4),
    OPTIONS,
    st.randoms(use_true_random=False),
)
@example(
    CONTRACTS[0],
    [PLAIN[2], INEXACT[0]] * 12,
    [40],
    {"workers": 1, "samples": 1, "split": False},
    Random(1),
)
@example(
    CONTRACTS[0],
    [PLAIN[4], INEXACT[1], b"{"] * 2,
    [40, 1],
    {"workers": 2, "samples": 0, "split": True},
    Random(2),
)
@example(
    CONTRACTS[0],
    [PLAIN[0]] * 20 + [INEXACT[9], INEXACT[17]],
    [40],
    {"workers": 1, "samples": 1, "split": False},
    Random(3),
)
def test_the_report_is_the_same_for_any_order_and_workers(
    contract: Contract,
    lines: list[bytes],
    sizes: list[int],
    options: dict[str, Any],
    random: Random,
) -> None:
    """The report of any order, split and number of workers is the sum of the checks."""
    whole = split_lines(lines, [len(lines)])
    first, first_keys, first_written = check(contract, whole, random, split=options["split"])
    for _ in range(2):
        random.shuffle(lines)
        found, keys, written = check(contract, split_lines(lines, sizes), random, **options)
        text = b"\n".join(lines) + b"\n"
        assert bare(found) == expected_report(contract, text, samples=options["samples"], key="/id")
        assert unordered(found) == unordered(first)
        assert written == first_written
        assert [number for _, number in keys] == sorted(number for _, number in keys)
        assert Counter(digest for digest, _ in keys) == Counter(digest for digest, _ in first_keys)
        measured, names = measured_names(lines)
        assert found.measured == measured
        assert sum(each.measured for each in found.lengths) == names.total()
        assert sum(each.over for each in found.lengths) == sum(
            count for length, count in names.items() if length > 4
        )
