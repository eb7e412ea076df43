"""Time strategies side by side with plain ones and schemathesis', and count what each exposes.

The plain strategies are what an engineer writes by hand who has the contract before them: each
attribute by its type, with its bounds. Faulty judges are those of `tests/mutants.py`: a generator
exposes one if some of what it gives is judged otherwise than by the contract. Each has 200 examples
for it: valid ones alone, or half of them invalid.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timezone
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

import fieldbound
from fieldbound.strategies import invalid, valid
from fieldbound.validation.inline import inlined

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.mutants import Mutant, mutants

NAME = "oracle-cx-sales/create-product-group"
KILLED = ("axim-commerce/create-company", "fortellis/query-parts-groups/response.200", NAME)
MOST = 300
EXAMPLES = 100
ROUNDS = 5
Strategy = st.SearchStrategy[Any]


def plain(schema: Any) -> Strategy:
    """Return the strategy one writes by hand for a schema whose references are in place."""
    if schema is True or schema == {} or not isinstance(schema, dict):
        return st.none() | st.booleans() | st.integers() | st.text()
    for inner in schema.get("allOf", ()):
        schema = {**inner, **schema}
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type", "object")
    made = [_typed(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return st.one_of(made)


def _typed(kind: str, schema: dict[str, Any]) -> Strategy:
    if kind == "string":
        return _text(schema)
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
    known = {
        name: plain(inner)
        for name, inner in schema.get("properties", {}).items()
        if inner is not False and "not" not in inner
    }
    return st.fixed_dictionaries(
        {name: each for name, each in known.items() if name in required},
        optional={name: each for name, each in known.items() if name not in required},
    )


def _text(schema: dict[str, Any]) -> Strategy:
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.just(timezone.utc)).map(lambda each: each.isoformat())
    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    return st.text(max_size=schema.get("maxLength"))


def theirs(schema: Any, mode: schemathesis.GenerationMode) -> Strategy:
    """Return schemathesis' strategy for bodies of a schema, by its public interface."""
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


def drawn(strategy: Strategy, count: int, start: int = 0) -> list[Any]:
    """Return the examples of a run."""
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
    """Return examples a second of each, the strategies run in turn."""
    best: dict[str, list[float]] = {name: [] for name in strategies}
    for turn in range(ROUNDS + 1):
        for name, strategy in strategies.items():
            started = time.perf_counter()
            made = len(drawn(strategy, count, turn))
            best[name].append(made / (time.perf_counter() - started))
    return {name: statistics.median(each[1:]) for name, each in best.items()}


def building() -> float:
    """Return the longest that a strategy of any vendor contract takes to build, in milliseconds."""
    longest = 0.0
    gc.disable()  # a collection of what others left is nobody's building
    for name in fieldbound.contracts():
        contract = fieldbound.contract(name)
        for make in (valid, invalid):
            started = time.perf_counter()
            try:
                make(contract)
            except fieldbound.FieldboundError:
                continue  # nothing is known of it, or nothing can be broken
            longest = max(longest, time.perf_counter() - started)
    gc.enable()
    return longest * 1000


def killed(contract: fieldbound.Contract, faulty: list[Mutant], good: list[Any], bad: Any) -> float:
    """Return the share of faulty judges that some example exposes."""
    found = 0
    for mutant in faulty:
        exposed = any(contract.is_valid(each) and not mutant.is_valid(each) for each in good)
        found += exposed or any(
            not contract.is_valid(each) and mutant.is_valid(each) for each in bad(mutant)
        )
    return found / len(faulty)


def _aimed(contract: fieldbound.Contract) -> Callable[[Mutant], list[Any]]:
    """Return what gives breaches of the limits that a faulty judge may have got wrong."""
    made: dict[str, list[Any]] = {}

    def breaches(mutant: Mutant) -> list[Any]:
        if mutant.pointer not in made:
            limits = [each for each in contract.limits if _is_at(each, mutant.pointer)]
            made[mutant.pointer] = [
                each.instance for limit in limits for each in _breaches(contract, limit)
            ]
        return made[mutant.pointer]

    return breaches


def _is_at(limit: fieldbound.Limit, pointer: str) -> bool:
    at = limit.pointer.rpartition("/")[0] if limit.keyword == "required" else limit.pointer
    return at == pointer


def _breaches(contract: fieldbound.Contract, limit: fieldbound.Limit) -> list[Any]:
    try:
        return drawn(invalid(contract, limit, alone=False), EXAMPLES)
    except fieldbound.Inseparable:
        return []


def rates(name: str) -> dict[str, float]:
    """Return the kill rate of each generator for one contract."""
    contract = fieldbound.contract(name)
    schema = inlined(contract._limits.references)
    faulty = mutants(contract, MOST)
    positive, negative = (
        drawn(theirs(schema, mode), EXAMPLES)
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    )
    negative = [each for each in negative if _is_json(each)]
    certified = fieldbound.cases(contract)
    return {
        "fieldbound, strategies": killed(
            contract, faulty, drawn(valid(contract), EXAMPLES), _aimed(contract)
        ),
        "fieldbound, cases": killed(
            contract,
            faulty,
            [each.valid for each in certified if each.kept],
            lambda _: [each.invalid for each in certified if each.violation],
        ),
        "schemathesis, positive and negative": killed(
            contract, faulty, positive, lambda _: negative
        ),
        "plain strategies": killed(
            contract, faulty, drawn(plain(schema), 2 * EXAMPLES), lambda _: []
        ),
    }


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


def importing() -> float:
    """Return what the plugin adds to the start of pytest, in milliseconds of importing it."""
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


def main() -> None:
    """Run everything and print the tables."""
    contract = fieldbound.contract(NAME)
    schema = inlined(contract._limits.references)
    built = building()
    seen = speed(
        {
            "fieldbound": valid(contract),
            "plain": plain(schema),
            "schemathesis": theirs(schema, schemathesis.GenerationMode.POSITIVE),
        }
    )
    out = sys.stdout
    out.write(f"schemathesis {schemathesis.__version__}, {NAME}\n\n")
    out.write("| what | measured | must be |\n|---|---|---|\n")
    for other in ("plain", "schemathesis"):
        ratio = seen["fieldbound"] / seen[other]
        out.write(f"| examples a second, over {other} | {ratio:.2f} x | at least 1 x |\n")
    out.write(f"| building the slowest vendor strategy | {built:.0f} ms | under 50 ms |\n")
    out.write(f"| importing the pytest plugin | {importing():.1f} ms | under 5 ms |\n\n")
    told = {name: rates(name) for name in KILLED}
    out.write("| faulty judges exposed | " + " | ".join(KILLED) + " |\n")
    out.write("|---" * (len(KILLED) + 1) + "|\n")
    for generator in told[NAME]:
        shares = " | ".join(f"{told[name][generator]:.0%}" for name in KILLED)
        out.write(f"| {generator} | {shares} |\n")


if __name__ == "__main__":
    main()
