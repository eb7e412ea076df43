"""A contract goes in, a pair of instances for each limit comes out: at it, and just beyond it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, Final

from fieldbound.algebra import canonical_text
from fieldbound.coverage import reach
from fieldbound.model import Case, Inseparable, Limit, json_type
from fieldbound.validation import Contract

from .certify import Found, Probe, probe

#: Pairs for one limit at most; of an enumeration there is one for each member.
_MOST: Final = 12
_MEMBERS: Final = 300
_LOOKED_AT: Final = 400
#: Values of one JSON type that are told of a limit on the type.
_OF_KIND: Final = 3


def cases(contract: Contract) -> tuple[Case, ...]:
    """Return certified cases for every limit of a contract, in the order of its limits.

    Each is a pair: an instance at the limit, which both engines take, and one just beyond it, which
    both refuse for that limit alone; where there is none, the reason why. A limit that can be kept
    or broken in several ways has several pairs. They are the same on every machine.

    Raises Unsatisfiable where no instance is valid, Unspecified where there is nothing to judge by.
    """
    contract.unrecorded_is_valid(None)
    known = probe(contract)
    return tuple(case for limit in contract.limits for case in _cases(known, limit))


def _cases(known: Probe, limit: Limit) -> Iterator[Case]:
    kept, broken = _kept(known, limit), _broken(known, limit)
    reason = _reason(known, limit, kept, broken)
    for index in range(max(len(kept), len(broken), 1)):
        valid = kept[index % len(kept)] if kept else None
        wrong = broken[index % len(broken)] if broken else None
        yield Case(
            limit,
            deepcopy(valid),  # each is the reader's own
            None if wrong is None else deepcopy(wrong.instance),
            None if wrong is None else wrong.violation,
            reason,
            bool(kept),
        )


def _kept(known: Probe, limit: Limit) -> list[Any]:
    """Return instances that keep a limit, those exactly at it first."""
    most = _MEMBERS if limit.keyword == "enum" else _MOST
    found: dict[str, tuple[float, str, Any]] = {}
    for value, instance in islice(known.kept(limit), _LOOKED_AT):
        far = _distance(limit, value)
        found.setdefault(canonical_text(instance), (far, json_type(value), instance))
    told = sorted(found.values(), key=lambda each: each[0])
    if limit.keyword == "type":
        by_kind: dict[str, list[tuple[float, str, Any]]] = {}
        for each in told:
            by_kind.setdefault(each[1], []).append(each)
        told = [each for some in by_kind.values() for each in some[:_OF_KIND]]
    return [instance for _, _, instance in told][:most]


def _distance(limit: Limit, value: Any) -> float:
    """Return how far a value is from the bound it keeps; what has no bound is at it."""
    if reach(limit, value) != "inside":
        return 0
    size = value if isinstance(value, (int, float)) else len(value) if value is not None else 0
    return abs(size - limit.value) if isinstance(limit.value, (int, float)) else 0


def _broken(known: Probe, limit: Limit) -> list[Found]:
    """Return mistakes with a limit; of those with its type one for each type."""
    mistakes = known.mistakes(limit)
    alone = [each for each in mistakes if each.alone] or list(mistakes)
    if limit.keyword == "type":
        by_kind: dict[str, Found] = {}
        for each in alone:
            by_kind.setdefault(json_type(each.value), each)
        alone = list(by_kind.values())
    return alone[:_MOST]


def _reason(known: Probe, limit: Limit, kept: Sequence[Any], broken: Sequence[Found]) -> str | None:
    if not broken or not broken[0].alone:
        return Inseparable(limit, known.in_the_way(limit)).reason
    return None if kept else "no valid instance was found that has what it is on"
