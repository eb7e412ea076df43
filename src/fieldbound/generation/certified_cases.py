"""Test cases for each limit of a contract: an instance at it, and one just beyond it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, Final

from fieldbound.algebra import canonical_text
from fieldbound.coverage import boundary_position
from fieldbound.model import Case, Inseparable, Limit, json_type
from fieldbound.validation import Contract, checker_of

from .certify import CertifiedMutation, Certifier, certifier_of

#: Maximum number of cases for one limit, and for one enumeration, which has a case per member.
_MAX_CASES: Final = 12
_MAX_MEMBERS: Final = 300
_MAX_CANDIDATES: Final = 400
#: Maximum number of values per JSON type for a limit on the type.
_MAX_PER_TYPE: Final = 3


def cases(contract: Contract) -> tuple[Case, ...]:
    """Return certified cases for every limit of a contract, in the order of its limits.

    Each is a pair: an instance at the limit, which both validators accept, and one just beyond it,
    which both reject for that limit alone; or the reason why there is none. A limit that can be
    satisfied or broken in several ways has several cases. They are the same on every machine.

    Raises Unsatisfiable if no instance is valid, Unspecified if there is no documented schema.
    """
    checker_of(contract).is_valid(None)
    certifier = certifier_of(contract)
    return tuple(case for limit in contract.limits for case in _cases(certifier, limit))


def _cases(certifier: Certifier, limit: Limit) -> Iterator[Case]:
    valid_instances, mutations = _valid_instances(certifier, limit), _mutations(certifier, limit)
    reason = _reason(certifier, limit, valid_instances, mutations)
    for index in range(max(len(valid_instances), len(mutations), 1)):
        valid = valid_instances[index % len(valid_instances)] if valid_instances else None
        mutation = mutations[index % len(mutations)] if mutations else None
        yield Case(
            limit,
            deepcopy(valid),  # the caller may change it
            None if mutation is None else deepcopy(mutation.instance),
            None if mutation is None else mutation.violation,
            reason,
            bool(valid_instances),
        )


def _valid_instances(certifier: Certifier, limit: Limit) -> list[Any]:
    """Return instances that satisfy a limit, those exactly at it first."""
    max_cases = _MAX_MEMBERS if limit.keyword == "enum" else _MAX_CASES
    found: dict[str, tuple[float, str, Any]] = {}
    for value, instance in islice(certifier.valid_instances(limit), _MAX_CANDIDATES):
        distance = _distance(limit, value)
        found.setdefault(canonical_text(instance), (distance, json_type(value), instance))
    nearest = sorted(found.values(), key=lambda each: each[0])
    if limit.keyword == "type":
        by_type: dict[str, list[tuple[float, str, Any]]] = {}
        for each in nearest:
            by_type.setdefault(each[1], []).append(each)
        nearest = [each for group in by_type.values() for each in group[:_MAX_PER_TYPE]]
    return [instance for _, _, instance in nearest][:max_cases]


def _distance(limit: Limit, value: Any) -> float:
    """Return the distance of a value from its bound, 0 without a bound."""
    if boundary_position(limit, value) != "inside":
        return 0
    size = value if isinstance(value, (int, float)) else len(value) if value is not None else 0
    return abs(size - limit.value) if isinstance(limit.value, (int, float)) else 0


def _mutations(certifier: Certifier, limit: Limit) -> list[CertifiedMutation]:
    """Return mutations of a limit; for a limit on the type one per JSON type."""
    found = certifier.mutations(limit)
    alone = [each for each in found if each.alone] or list(found)
    if limit.keyword == "type":
        by_type: dict[str, CertifiedMutation] = {}
        for each in alone:
            by_type.setdefault(json_type(each.value), each)
        alone = list(by_type.values())
    return alone[:_MAX_CASES]


def _reason(
    certifier: Certifier,
    limit: Limit,
    valid_instances: Sequence[Any],
    mutations: Sequence[CertifiedMutation],
) -> str | None:
    if not mutations or not mutations[0].alone:
        return Inseparable(limit, certifier.blocking_limits(limit)).reason
    return None if valid_instances else "no valid instance was found that has the limited value"
