"""What is found out of an instance that may break a limit is found out once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from fieldbound import Contract, cases
from fieldbound.generation import attempts
from fieldbound.generation.attempts import Attempt, Replay, breach_of
from fieldbound.generation.certify import certifier_of
from fieldbound.validation import Checker

CODE: dict[str, Any] = {"type": "string", "minLength": 2, "pattern": "^[A-Z]{2}$"}


def test_a_replay_yields_the_same_each_time() -> None:
    """Its source is asked for each item once, and for no more than are wanted."""
    asked = []

    def source() -> Iterator[int]:
        for each in range(3):
            asked.append(each)
            yield each

    replay = Replay(source())
    first = iter(replay)
    assert (next(first), next(first), asked) == (0, 1, [0, 1])
    assert [*replay] == [0, 1, 2]
    assert [*first] == [2]
    assert [*replay] == asked


def test_an_attempt_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its instance has the value at the path, and it knows what that breaks."""
    string = {"type": "string", "maxLength": 1}
    contract = Contract({"type": "object", "properties": {"a": string}})
    attempt = Attempt(contract, certifier_of(contract).generator, ("a",), "xy")
    assert (attempt.is_possible, attempt.instance, attempt.text) == (
        True,
        {"a": "xy"},
        '{"a":"xy"}',
    )
    first = attempt.breach
    monkeypatch.setattr(attempts, "breach_of", None)
    assert attempt.breach is first
    assert [each.code for each in first.violations] == ["maxLength"]
    assert first.broken == (first.violations[0].limit,)


def test_an_attempt_may_be_impossible() -> None:
    """There is no instance where the path leads nowhere."""
    contract = Contract({"type": "string"})
    assert not Attempt(contract, certifier_of(contract).generator, ("a",), 1).is_possible


def test_a_breach_has_what_is_reported_beside() -> None:
    """All limits count that are broken, each once; a valid instance breaks none."""
    contract = Contract({"type": "string", "enum": ["a"], "maxLength": 1})
    assert breach_of(contract, "a") == ((), ())
    violations, broken = breach_of(contract, "xy")
    assert len(violations) == 1
    assert sorted(each.keyword for each in broken) == ["enum", "maxLength"]


def test_the_limits_of_one_definition_are_taken_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many places refer to it, the schema without a limit of it is made once."""
    counts: Counter[Any] = Counter()
    original = Checker.algebra

    def algebra(self: Checker, without: Any = None) -> Any:
        counts[without and without.location] += 1
        return original(self, without)

    monkeypatch.setattr(Checker, "algebra", algebra)
    code = {"properties": {"code": {"$ref": "#/$defs/code"}}}
    places = {"properties": dict.fromkeys("abcd", code), "$defs": {"code": CODE}}
    found = list(cases(Contract(places)))
    blocked = [each for each in found if each.limit.keyword == "minLength"]
    assert {each.limit.pointer for each in blocked} == {f"/{each}/code" for each in "abcd"}
    assert all("/code:pattern" in str(each.reason) for each in blocked)
    assert [*counts.values()] == [1] * len(counts)
    assert [each for each in counts if each and each.endswith("/minLength")]
