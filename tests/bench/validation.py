"""Benchmark of validation in Python: verdicts and reports, beside the engine and jsonschema."""

from __future__ import annotations

import timeit
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
from rows import Row, at_most

import fieldbound

NAME = "oracle-cx-sales/create-product-group"
EXAMPLE = {
    "ProdGroupName": "Laptops",
    "ProdGroupDescription": "Laptops of all brands",
    "InternalName": "Laptops",
    "StartDate": "2016-12-19T01:00:00-07:00",
    "EndDate": "2017-12-19T01:00:00-07:00",
    "ActiveFlag": "Y",
    "AllowDuplicateContentFlag": "N",
    "UsageRootFlag": "Y",
}
TWO_VIOLATIONS = {**EXAMPLE, "InternalName": "x" * 151, "ActiveFlag": True}
#: Twelve alternatives, of which a property selects one.
TAGGED = {
    "oneOf": [
        {
            "type": "object",
            "properties": {
                "kind": {"const": f"kind-{number}"},
                "name": {"type": "string", "maxLength": 5},
                "count": {"type": "integer", "minimum": number},
            },
            "required": ["kind", "name"],
        }
        for number in range(12)
    ]
}
TOO_LONG = {"kind": "kind-7", "name": "too long", "count": 9}


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of verdicts and reports."""
    rounds = 5 if quick else 15
    yield from verdicts(rounds)
    yield from reports(rounds)


def fastest(rounds: int, number: int, **calls: Callable[[], Any]) -> dict[str, float]:
    """Return the least seconds that one call of each took, timed alternately."""
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            count = max(1, number // 100) if name.startswith("slow") else number
            least[name] = min(least[name], timeit.timeit(call, number=count) / count)
    return least


def sides() -> tuple[fieldbound.Contract, Any, Any]:
    """Return the contract, and its schema as the engine and as jsonschema check it."""
    contract = fieldbound.contract(NAME)
    raw = jsonschema_rs.validator_for(contract.schema, validate_formats=True, offline=True)
    return contract, raw, contract.jsonschema_validator()


def verdicts(rounds: int) -> Iterator[Row]:
    """Compare is_valid with the raw engine and with jsonschema."""
    contract, raw, reference = sides()
    valid = fastest(
        rounds,
        20_000,
        fieldbound=lambda: contract.is_valid(EXAMPLE),
        raw=lambda: raw.is_valid(EXAMPLE),
        slow=lambda: reference.is_valid(EXAMPLE),
    )
    yield at_most("`is_valid`, raw jsonschema-rs", valid["fieldbound"] / valid["raw"], 1.1)
    yield at_most("`is_valid`, jsonschema", valid["fieldbound"] / valid["slow"], 1 / 50)


def reports(rounds: int) -> Iterator[Row]:
    """Compare check with the errors of the raw engine and of jsonschema."""
    contract, raw, reference = sides()
    report = fastest(
        rounds,
        5_000,
        valid=lambda: contract.check(EXAMPLE),
        raw_valid=lambda: list(raw.iter_errors(EXAMPLE)),
        fieldbound=lambda: contract.check(TWO_VIOLATIONS),
        raw=lambda: list(raw.iter_errors(TWO_VIOLATIONS)),
        slow=lambda: list(reference.iter_errors(TWO_VIOLATIONS)),
    )
    what = "`check`, two violations"
    yield at_most("`check`, valid, raw `iter_errors`", report["valid"] / report["raw_valid"], 1.3)
    yield at_most(f"{what}, raw `iter_errors`", report["fieldbound"] / report["raw"], 2)
    yield at_most(f"{what}, jsonschema", report["fieldbound"] / report["slow"], 1 / 3)
    yield at_most("`check`, one of 12 tagged alternatives, raw `iter_errors`", tagged(rounds), 2.5)


def tagged(rounds: int) -> float:
    """Compare check with the raw engine where one of several alternatives is meant."""
    contract = fieldbound.Contract(TAGGED)
    raw = jsonschema_rs.validator_for(TAGGED, validate_formats=True, offline=True)
    report = fastest(
        rounds,
        2_000,
        fieldbound=lambda: contract.check(TOO_LONG),
        raw=lambda: list(raw.iter_errors(TOO_LONG)),
    )
    return report["fieldbound"] / report["raw"]
