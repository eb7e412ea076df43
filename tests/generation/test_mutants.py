"""Mutation tests: what is generated kills every validator that is wrong in one limit.

`tests/bench/strategies.py` prints the same figures for other generators, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

import fieldbound
from fieldbound import Contract, Inseparable, Limit
from fieldbound.strategies import invalid, valid
from support.effort import examples, sampled
from support.examples import drawn
from support.mutants import Mutant, mutants

#: Contracts of each vendor that together have at least 200 mutants.
VENDORS = {
    "oracle-cx-sales": ["create-product-group"],
    "fortellis": [
        "create-parts-groups/request.headers",
        "query-parts-groups/request.headers",
        "query-parts-groups/request.query",
        "query-parts-groups/response.200",
        "create-parts-groups/response.400",
    ],
    "axim-commerce": ["create-company", "create-company-group", "get-company/response.200"],
}
#: Those of them that every run tries.
QUICK = {"fortellis/create-parts-groups/request.headers", "axim-commerce/create-company"}
NAMES = [
    pytest.param(name, marks=[] if name in QUICK else [pytest.mark.thorough])
    for vendor, names in VENDORS.items()
    for name in (f"{vendor}/{each}" for each in names)
]
#: Maximum number of mutants of a contract that are tried.
MAX_MUTANTS = 220


@pytest.mark.thorough
def test_there_are_enough_mutants() -> None:
    """Each vendor has at least 200 mutants."""
    for vendor, names in VENDORS.items():
        assert (
            sum(len(mutants(fieldbound.contract(f"{vendor}/{name}"))) for name in names) >= 200
        ), vendor


@cache
def sample_of(name: str) -> Sequence[Mutant]:
    """Return as many mutants of a contract as this run tries, of each part of it."""
    return sampled(mutants(fieldbound.contract(name), limit=examples(MAX_MUTANTS)))


@pytest.mark.parametrize("name", NAMES)
def test_cases_kill_every_mutant(name: str) -> None:
    """Each mutant is wrong about some case."""
    contract = fieldbound.contract(name)
    instances: list[tuple[str, Any, bool]] = []
    for each in fieldbound.cases(contract):
        instances += [(each.limit.pointer, each.valid, True)] if each.has_valid else []
        instances += [(each.limit.pointer, each.invalid, False)] if each.violation else []
    survivors = [
        (mutant.pointer, mutant.change)
        for mutant in sample_of(name)
        if all(
            mutant.is_valid(instance) is verdict
            for _, instance, verdict in sorted(
                instances, key=lambda each: each[0] != mutant.pointer
            )
        )
    ]
    assert survivors == []


class _Breaches:
    """Instances that break the limits at a pointer, drawn once for each limit."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._by_pointer: dict[str, list[Limit]] = defaultdict(list)
        self._drawn: dict[tuple[str, int], list[Any]] = {}
        for limit in contract.limits:
            pointer = limit.pointer
            if limit.keyword in ("required", "dependentRequired"):
                pointer = pointer.rpartition("/")[0]
            self._by_pointer[pointer].append(limit)

    def of(self, mutant: Mutant) -> Iterator[Any]:
        """Yield up to a hundred instances for each limit at its pointer, of the one changed first.

        They are drawn when asked for: the first ten kill most mutants.
        """
        limits = self._by_pointer[mutant.pointer]
        for count in (10, 100):
            for limit in sorted(limits, key=lambda each: each.keyword not in mutant.keywords):
                yield from self._of(limit, count)

    def _of(self, limit: Limit, count: int) -> list[Any]:
        if (limit.id, count) not in self._drawn:
            try:
                found = drawn(invalid(self._contract, limit, alone=False), count)
                self._drawn[limit.id, count] = [each.instance for each in found]
            except Inseparable:
                self._drawn[limit.id, count] = []  # only broken together with other limits
        return self._drawn[limit.id, count]


@pytest.mark.parametrize("name", NAMES)
def test_strategies_kill_every_mutant(name: str) -> None:
    """A hundred valid instances, or a hundred that break the limit, kill each mutant."""
    contract = fieldbound.contract(name)
    good, bad = drawn(valid(contract), 100), _Breaches(contract)
    survivors = [
        (mutant.pointer, mutant.change)
        for mutant in sample_of(name)
        if all(mutant.is_valid(each) for each in good)
        and not any(mutant.is_valid(each) for each in bad.of(mutant))
    ]
    assert survivors == []
