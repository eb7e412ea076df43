"""Judges that are wrong in one limit: what is generated exposes every one of them.

`tests/bench/strategies.py` prints the same figure beside those of other generators.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import pytest

import fieldbound
from fieldbound import Contract, Inseparable, Limit
from fieldbound.strategies import invalid, valid
from support.examples import drawn
from support.mutants import Mutant, mutants

#: Contracts of each vendor that together have at least 200 faulty judges.
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
NAMES = [f"{vendor}/{name}" for vendor, names in VENDORS.items() for name in names]
#: Strategies are tried on as many at most, cases on all.
MOST = 220


@cache
def faulty(name: str) -> list[Mutant]:
    """Return the faulty judges of a contract."""
    return mutants(fieldbound.contract(name))


def test_there_are_enough_faulty_judges() -> None:
    """Of each vendor at least 200 are tried."""
    for vendor, names in VENDORS.items():
        assert sum(len(faulty(f"{vendor}/{name}")) for name in names) >= 200, vendor


@pytest.mark.parametrize("name", NAMES)
def test_cases_expose_every_faulty_judge(name: str) -> None:
    """Some case is judged otherwise by each of them."""
    contract = fieldbound.contract(name)
    made: list[tuple[str, Any, bool]] = []
    for each in fieldbound.cases(contract):
        made += [(each.limit.pointer, each.valid, True)] if each.kept else []
        made += [(each.limit.pointer, each.invalid, False)] if each.violation else []
    alive = [
        (mutant.pointer, mutant.fault)
        for mutant in faulty(name)
        if all(
            mutant.is_valid(instance) is verdict
            for _, instance, verdict in sorted(made, key=lambda each: each[0] != mutant.pointer)
        )
    ]
    assert alive == []


class _Breaches:
    """Instances that break the limits at a pointer, drawn once for each limit."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._by_pointer: dict[str, list[Limit]] = defaultdict(list)
        self._drawn: dict[str, list[Any]] = {}
        for limit in contract.limits:
            pointer = limit.pointer
            if limit.keyword in ("required", "dependentRequired"):
                pointer = pointer.rpartition("/")[0]
            self._by_pointer[pointer].append(limit)

    def at(self, pointer: str) -> list[Any]:
        """Return up to a hundred for each limit at a pointer."""
        return [each for limit in self._by_pointer[pointer] for each in self._of(limit)]

    def _of(self, limit: Limit) -> list[Any]:
        if limit.id not in self._drawn:
            try:
                found = drawn(invalid(self._contract, limit, alone=False), 100)
                self._drawn[limit.id] = [each.instance for each in found]
            except Inseparable:
                self._drawn[limit.id] = []  # broken by what breaks the other limits
        return self._drawn[limit.id]


@pytest.mark.parametrize("name", NAMES)
def test_strategies_expose_every_faulty_judge(name: str) -> None:
    """A hundred valid instances, or a hundred that break the limit, tell each of them."""
    contract = fieldbound.contract(name)
    good, bad = drawn(valid(contract), 100), _Breaches(contract)
    every = -(-len(faulty(name)) // MOST)
    alive = [
        (mutant.pointer, mutant.fault)
        for mutant in faulty(name)[::every]
        if all(mutant.is_valid(each) for each in good)
        and not any(mutant.is_valid(each) for each in bad.at(mutant.pointer))
    ]
    assert alive == []
