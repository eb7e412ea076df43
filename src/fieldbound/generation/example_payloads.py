"""Example payloads of a contract, as a person would write them: valid, and the same each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any, Final
from zlib import crc32

from fieldbound.algebra import RandomSource, SeededSource, SimplestSource
from fieldbound.catalog import as_contract
from fieldbound.model import Field, Unsatisfiable, tokens_of
from fieldbound.validation import Contract, checker_of

from .certified_cases import cases
from .certify import certifier_of

_SEEDS: Final = 64
#: Values of formats, in the order of samples.
_OF_FORMAT: Final = {
    "date-time": "2026-01-{:02}T09:30:00Z",
    "date": "2026-01-{:02}",
    "time": "09:{:02}:00Z",
    "email": "name{}@example.com",
    "uri": "https://example.com/{}",
    "uuid": "00000000-0000-4000-8000-{:012}",
    "ipv4": "192.0.2.{}",
    "hostname": "host{}.example.com",
}
#: How many numbers are tried for one more sample: the same may come again.
_MOST_REPEATED: Final = 50
_MAX_DAYS: Final = 28
#: How often properties are removed from a sample until it is valid.
_MOST_PRUNED: Final = 20


def samples(contract: Contract | str) -> Iterator[Any]:
    """Yield example payloads of a contract, or of the one of that name, all different.

    The first has every value that it may have, the second those that are required, and others some
    of the rest. They are the same on every machine. Raises Unsatisfiable if no instance is valid,
    Unspecified if there is no documented schema.
    """
    contract = as_contract(contract)
    is_valid = checker_of(contract).is_valid
    basis = _basis(contract)
    made, seen, number, repeated = _Samples(contract), set[str](), 0, 0
    while repeated < _MOST_REPEATED:
        number += 1
        found = _pruned(contract, made.sample(number))
        if not is_valid(found):
            found = made.improved(basis, number)
        key = json.dumps(found, sort_keys=True)
        if key in seen:
            repeated += 1
            continue
        seen.add(key)
        repeated = 0
        yield found


def samples_at_limits(contract: Contract | str) -> Iterator[Any]:
    """Yield a payload for each limit that is at it, all different: the valid ones of `cases`."""
    seen = set[str]()
    at = set[str]()
    for case in cases(contract):
        key = json.dumps(case.valid, sort_keys=True)
        if case.has_valid and case.limit.id not in at and key not in seen:
            seen.add(key)
            at.add(case.limit.id)
            yield case.valid


def _basis(contract: Contract) -> Any:
    """Return the simplest valid instance."""
    checker, generator = checker_of(contract), certifier_of(contract).generator
    checker.is_valid(None)  # raises Unspecified
    sources: tuple[RandomSource, ...] = (
        SimplestSource(),
        *(SeededSource(Random(seed)) for seed in range(_SEEDS)),  # noqa: S311 - no cryptography
    )
    for source in sources:
        found = generator.draw(source)
        if checker.is_valid(found):
            return found
    raise Unsatisfiable(contract.name, f"none of {len(sources)} candidates is valid")


def _pruned(contract: Contract, instance: Any) -> Any:
    """Return an instance without the properties that break a limit, as far as that is possible."""
    for _ in range(_MOST_PRUNED):
        removed = [_remove(instance, each.pointer) for each in contract.check(instance).violations]
        if not any(removed):
            break
    return instance


def _remove(instance: Any, pointer: str) -> bool:
    *above, name = tokens_of(pointer) or ("",)
    for each in above:
        inner = instance[int(each)] if isinstance(instance, list) else instance.get(each)
        if not isinstance(inner, (dict, list)):
            return False
        instance = inner
    return isinstance(instance, dict) and instance.pop(name, instance) is not instance


class _Samples:
    """Makes samples of the fields of a contract."""

    def __init__(self, contract: Contract) -> None:
        self._is_valid = checker_of(contract).is_valid
        self._fields = {tokens_of(each.pointer): each for each in contract.fields}
        self._examples = _examples(contract)
        self._children: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for tokens, each in self._fields.items():
            if tokens and not _is_forbidden(each):
                self._children.setdefault(tokens[:-1], []).append(tokens)

    def sample(self, number: int) -> Any:
        """Return a payload that need not be valid: conditions are not known to it."""
        return self._value((), number)

    def improved(self, instance: Any, number: int) -> Any:
        """Return a valid instance with values as a sample has them, where it stays valid."""
        found = deepcopy(instance)
        sample = self.sample(number)
        if not isinstance(found, dict) or not isinstance(sample, dict):
            return found
        for name, value in sample.items():
            changed = {**found, name: value}
            if self._is_valid(changed):
                found = changed
        return found

    def _value(self, tokens: tuple[str, ...], number: int) -> Any:
        field = self._fields[tokens]
        for each in self._known(tokens, field, number):
            return deepcopy(each)
        children = self._children.get(tokens, ())
        named = [each for each in children if each[-1] != "*"]
        if named or "object" in field.types:
            return {
                each[-1]: self._value(each, number)
                for each in named
                if self._is_taken(each, number)
            }
        if "array" in field.types:
            item = (*tokens, "*")
            return [self._value(item, number)] if item in children else []
        return _scalar(field, number)

    def _known(self, tokens: tuple[str, ...], field: Field, number: int) -> Iterator[Any]:
        """Yield what the schema has as an example, a default or a choice."""
        limits = {each.keyword: each.value for each in field.limits if each.condition is None}
        examples = [each for each in self._examples.get(tokens, ()) if not isinstance(each, dict)]
        if "const" in limits:
            yield limits["const"]
        if examples:
            yield examples[(number - 1) % len(examples)]
        if field.has_default and field.default is not None:
            yield field.default
        choices = [each for each in limits.get("enum", ()) if each is not None]
        if choices:
            yield choices[(number - 1) % len(choices)]

    def _is_taken(self, tokens: tuple[str, ...], number: int) -> bool:
        if number == 1 or self._fields[tokens].required:
            return True
        return number > 2 and crc32(f"{number} {tokens}".encode()) % 2 == 0  # noqa: PLR2004


def _is_forbidden(field: Field) -> bool:
    forbidding = ("readOnly", "writeOnly", "not")
    return any(each.keyword in forbidding and each.condition is None for each in field.limits)


def _scalar(field: Field, number: int) -> Any:
    limits = {each.keyword: each.value for each in field.limits if each.condition is None}
    types = [each for each in field.types if each != "null"] or ["string"]
    if types[0] in ("integer", "number"):
        return _number(limits, number)
    if types[0] == "boolean":
        return number % 2 == 1
    if field.types == ("null",):
        return None
    if (format_ := limits.get("format")) in _OF_FORMAT:
        return _OF_FORMAT[str(format_)].format((number - 1) % _MAX_DAYS + 1)
    text = field.title or field.name.replace("*", "") or "text"
    suffix = f" {number}" if number > 1 else ""
    most = int(limits.get("maxLength", len(text) + len(suffix)))
    text = f"{text[: max(most - len(suffix), 0)]}{suffix}"[:most]
    return text.ljust(int(limits.get("minLength", 0)), "x")


def _number(limits: dict[str, Any], number: int) -> float:
    step = limits.get("multipleOf", 1)
    value = step * number
    if "minimum" in limits:
        value = max(value, limits["minimum"])
    if "exclusiveMinimum" in limits and value <= limits["exclusiveMinimum"]:
        value = limits["exclusiveMinimum"] + step
    return (
        float(value) if isinstance(value, float) else int(min(value, limits.get("maximum", value)))
    )


def _examples(contract: Contract) -> dict[tuple[str, ...], Sequence[Any]]:
    """Return the examples of each field."""
    found: dict[tuple[str, ...], Sequence[Any]] = {}
    for trail in checker_of(contract).compiled.limits.trails():
        schema = trail.node.schema
        listed = schema.get("examples") if isinstance(schema, dict) else None
        if isinstance(listed, list) and listed:
            found.setdefault(tokens_of(trail.pointer), listed)
    return found
