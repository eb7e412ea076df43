"""Benchmark of strategies, against plain Hypothesis strategies and schemathesis.

Plain strategies are what an engineer writes by hand from the contract: each property by its type,
with its bounds. Mutants are the validators of `support/mutants.py` that are wrong in one limit: a
generator kills one if the mutant and the contract disagree on one of its examples. Each generator
has 200 examples per mutant: all valid, or half of them invalid.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timezone
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from rows import Row, at_least, at_most

import fieldbound
from fieldbound.strategies import invalid, valid
from fieldbound.validation import checker_of
from fieldbound.validation.inline import inlined

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.mutants import Mutant, mutants

NAME = "oracle-cx-sales/create-product-group"
CONTRACTS = ("axim-commerce/create-company", "fortellis/query-parts-groups/response.200", NAME)
MAX_MUTANTS = 300
EXAMPLES = 100
ROUNDS = 5
Strategy = st.SearchStrategy[Any]


def plain(schema: Any) -> Strategy:
    """Return the strategy one would write by hand for a schema without references."""
    if schema is True or schema == {} or not isinstance(schema, dict):
        return st.none() | st.booleans() | st.integers() | st.text()
    for inner in schema.get("allOf", ()):
        schema = {**inner, **schema}
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type", "object")
    types = [kinds] if isinstance(kinds, str) else kinds
    return st.one_of([_typed(kind, schema) for kind in types])


def _typed(kind: str, schema: dict[str, Any]) -> Strategy:
    if kind == "string":
        return _string(schema)
    match kind:
        case "null" | "boolean":
            return st.none() if kind == "null" else st.booleans()
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "array":
            return st.lists(plain(schema.get("items", True)))
    required = schema.get("required", [])
    properties = {
        name: plain(inner)
        for name, inner in schema.get("properties", {}).items()
        if inner is not False and "not" not in inner
    }
    return st.fixed_dictionaries(
        {name: each for name, each in properties.items() if name in required},
        optional={name: each for name, each in properties.items() if name not in required},
    )


def _string(schema: dict[str, Any]) -> Strategy:
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.just(timezone.utc)).map(lambda each: each.isoformat())
    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    return st.text(max_size=schema.get("maxLength"))


def schemathesis_strategy(schema: Any, mode: schemathesis.GenerationMode) -> Strategy:
    """Return the strategy of schemathesis for bodies of a schema, by its public interface."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation = {"post": {"requestBody": body, "responses": {"200": {"description": "OK"}}}}
    loaded = schemathesis.openapi.from_dict(
        {
            "openapi": "3.1.0",
            "info": {"title": "bench", "version": "1"},
            "servers": [{"url": "http://127.0.0.1"}],
            "paths": {"/bench": operation},
        }
    )
    return loaded["/bench"]["POST"].as_strategy(generation_mode=mode).map(lambda each: each.body)


def examples(strategy: Strategy, count: int, start: int = 0) -> list[Any]:
    """Return the examples of one run."""
    found: list[Any] = []

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(example: Any) -> None:
        found.append(example)

    run()
    return found


def speed(strategies: dict[str, Strategy], count: int = 300) -> dict[str, float]:
    """Return the examples per second of each strategy, run alternately."""
    rates: dict[str, list[float]] = {name: [] for name in strategies}
    for turn in range(ROUNDS + 1):
        for name, strategy in strategies.items():
            started = time.perf_counter()
            number = len(examples(strategy, count, turn))
            rates[name].append(number / (time.perf_counter() - started))
    return {name: statistics.median(each[1:]) for name, each in rates.items()}


def slowest_build() -> float:
    """Return the milliseconds to build the slowest strategy of any vendor contract."""
    longest = 0.0
    valid(fieldbound.contract(NAME))  # what is imported once is not part of the build, either
    gc.disable()  # a collection of earlier garbage is not part of the build
    for name in fieldbound.contracts():
        contract = fieldbound.contract(name)
        for make in (valid, invalid):
            started = time.perf_counter()
            try:
                make(contract)
            except fieldbound.FieldboundError:
                continue  # no documented schema, or no limit that can be broken
            longest = max(longest, time.perf_counter() - started)
    gc.enable()
    return longest * 1000


def kill_rate(
    contract: fieldbound.Contract, mutants_: list[Mutant], good: list[Any], bad: Any
) -> float:
    """Return the share of mutants that some example kills."""
    killed = 0
    for mutant in mutants_:
        is_killed = any(contract.is_valid(each) and not mutant.is_valid(each) for each in good)
        killed += is_killed or any(
            not contract.is_valid(each) and mutant.is_valid(each) for each in bad(mutant)
        )
    return killed / len(mutants_)


def _targeted(contract: fieldbound.Contract) -> Callable[[Mutant], list[Any]]:
    """Return a function that returns breaches of the limits a mutant may be wrong in."""
    cache: dict[str, list[Any]] = {}

    def breaches(mutant: Mutant) -> list[Any]:
        if mutant.pointer not in cache:
            limits = [each for each in contract.limits if _is_at(each, mutant.pointer)]
            cache[mutant.pointer] = [
                each.instance for limit in limits for each in _breaches(contract, limit)
            ]
        return cache[mutant.pointer]

    return breaches


def _is_at(limit: fieldbound.Limit, pointer: str) -> bool:
    at = limit.pointer.rpartition("/")[0] if limit.keyword == "required" else limit.pointer
    return at == pointer


def _breaches(contract: fieldbound.Contract, limit: fieldbound.Limit) -> list[Any]:
    try:
        return examples(invalid(contract, limit, alone=False), EXAMPLES)
    except fieldbound.Inseparable:
        return []


def rates(name: str) -> dict[str, float]:
    """Return the kill rate of each generator for one contract."""
    contract = fieldbound.contract(name)
    schema = inlined(checker_of(contract).references)
    mutants_ = mutants(contract, MAX_MUTANTS)
    positive, negative = (
        examples(schemathesis_strategy(schema, mode), EXAMPLES)
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    )
    negative = [each for each in negative if _is_json(each)]
    cases = list(fieldbound.cases(contract))
    return {
        "fieldbound, strategies": kill_rate(
            contract, mutants_, examples(valid(contract), EXAMPLES), _targeted(contract)
        ),
        "fieldbound, cases": kill_rate(
            contract,
            mutants_,
            [each.valid for each in cases if each.has_valid],
            lambda _: [each.invalid for each in cases if each.violation],
        ),
        "schemathesis, positive and negative": kill_rate(
            contract, mutants_, positive, lambda _: negative
        ),
        "plain strategies": kill_rate(
            contract, mutants_, examples(plain(schema), 2 * EXAMPLES), lambda _: []
        ),
    }


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


def import_time() -> float:
    """Return the milliseconds that importing the pytest plugin takes."""
    code = "import pytest, time; t = time.perf_counter(); import fieldbound.pytest_plugin; "
    code += "print(1000 * (time.perf_counter() - t))"
    environment = {
        key: each for key, each in os.environ.items() if key != "PYTHONPROFILEIMPORTTIME"
    }
    times = [
        float(subprocess.check_output([sys.executable, "-c", code], env=environment))
        for _ in range(ROUNDS)
    ]
    return statistics.median(times)


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of examples, of building strategies, and of mutants that examples find."""
    contract = fieldbound.contract(NAME)
    schema = inlined(checker_of(contract).references)
    build = slowest_build()
    rate = speed(
        {
            "fieldbound": valid(contract),
            "plain": plain(schema),
            "schemathesis": schemathesis_strategy(schema, schemathesis.GenerationMode.POSITIVE),
        },
        100 if quick else 300,
    )
    for other, bound in (("plain", 1.5), ("schemathesis", 1.0)):
        what = f"examples of `valid` per second, {other} strategies of the same fields"
        yield at_least(what, rate["fieldbound"] / rate[other], bound)
    yield at_most("building the slowest strategy of a vendor", build, 50, "ms")
    yield at_most("importing the pytest plugin", import_time(), 5, "ms")
    if quick:
        return
    for name in CONTRACTS:
        for generator, share in rates(name).items():
            yield Row(f"mutants of {name} that {generator} finds", f"{share:.0%}")
