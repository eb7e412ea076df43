"""Test cases for each limit of a contract: an instance at it, and one just beyond it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from fractions import Fraction
from itertools import chain, islice
from typing import Any, Final

from fieldbound.catalog import as_contract
from fieldbound.coverage import boundary_position
from fieldbound.model import Case, Inseparable, Limit, json_type
from fieldbound.validation import Contract, checker_of

from .certify import CertifiedMutation, Certifier, certifier_of
from .mutations import Mutation

#: Maximum number of cases for one limit, and for one enumeration, which has a case per member.
_MAX_CASES: Final = 12
_MAX_MEMBERS: Final = 300
_MAX_CANDIDATES: Final = 400
#: Maximum number of values per JSON type for a limit on the type.
_MAX_PER_TYPE: Final = 3


def cases(contract: Contract | str) -> Iterator[Case]:
    """Return certified cases for every limit of a contract, or of the one of that name.

    Each is a pair: an instance at the limit, which both validators accept, and one just beyond it,
    which both reject for that limit alone; or the reason why there is none. A limit that can be
    satisfied or broken in several ways has several cases. They are the same on every machine, and
    yielded as they are made, in the order of the limits.

    Raises Unsatisfiable if no instance is valid, Unspecified if there is no documented schema.
    """
    contract = as_contract(contract)
    checker_of(contract).is_valid(None)
    certifier = certifier_of(contract)
    return (case for limit in contract.limits for case in _cases(certifier, limit))


def cases_of(contract: Contract, limit: Limit) -> Iterator[Case]:
    """Yield the cases of one limit of a contract, as `cases` has them."""
    return _cases(certifier_of(contract), limit)


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
    """Return instances that satisfy a limit, those exactly at it first; of a type a few of each."""
    values = list(islice(certifier.valid_values(limit), _MAX_CANDIDATES))
    values.sort(key=lambda each: _distance(limit, each.value))
    if limit.keyword != "type":
        most = _MAX_MEMBERS if limit.keyword == "enum" else _MAX_CASES
        return list(islice(certifier.valid_instances(values), most))
    by_type: dict[str, list[Mutation]] = {}
    for each in values:
        by_type.setdefault(json_type(each.value), []).append(each)
    some = (islice(certifier.valid_instances(group), _MAX_PER_TYPE) for group in by_type.values())
    return list(chain.from_iterable(some))[:_MAX_CASES]


def _distance(limit: Limit, value: Any) -> float | Fraction:
    """Return the distance of a value from its bound, 0 without a bound."""
    if boundary_position(limit, value) != "inside":
        return 0
    size = value if isinstance(value, (int, float)) else len(value) if value is not None else 0
    if not isinstance(limit.value, (int, float)):
        return 0
    return abs(Fraction(size) - Fraction(limit.value))  # of integers that no float can express, too


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
