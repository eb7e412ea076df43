"""The state of a run as JSON: what a checkpoint keeps of its Counts and positions.

Only data are read back: a value of JSON is itself, any other one a JSON array that begins with the
name of its type, one of those listed here.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

from fieldbound.model import Limit, Place, Sample, Source, Violation

from .counts import Counts, LimitCount, LimitKey
from .lengths import LengthCounts

_Value = TypeVar("_Value")
_DATACLASSES: Final = {each.__name__: each for each in (Limit, Place, Sample, Source, Violation)}
#: Integers that every JSON parser reads, and Python whatever its limit of digits is.
_LARGEST: Final = 2**63


class State(NamedTuple):
    """The state of a run after *blocks*: positions in its output files, and its Counts."""

    blocks: int
    positions: tuple[int, ...] | None
    counts: Counts


def dump_state(state: State) -> bytes:
    """Return a state as JSON."""
    counts, lengths = state.counts, state.counts.lengths
    whole = {
        "blocks": state.blocks,
        "positions": state.positions,
        "records": counts.records,
        "invalid": counts.invalid,
        "blank": counts.blank,
        "lines": counts.lines,
        "missing_keys": counts.missing_keys,
        "truncated_at": counts.truncated_at,
        "violation_counts": list(counts.violation_counts.items()),
        "unspecified": list(counts.unspecified.items()),
        "not_checked": list(counts.not_checked.items()),
        "ignored": list(counts.ignored.items()),
        "found": [(key, digests.tolist()) for key, digests in counts.found.items()],
        "limits": [(key, _dump_limit(limit)) for key, limit in counts.limits.items()],
        "measured": lengths.records,
        "lengths": [(at, list(each.items())) for at, each in lengths.counts.items()],
        "extremes": list(lengths.extremes.items()),
    }
    return json.dumps(whole).encode()


def load_state(data: bytes) -> State:
    """Return the state that `dump_state` has written. Raises ValueError for any other text."""
    try:
        whole = json.loads(data)
        counts = Counts(
            records=_integer(whole["records"]),
            invalid=_integer(whole["invalid"]),
            blank=_integer(whole["blank"]),
            lines=_integer(whole["lines"]),
            missing_keys=_integer(whole["missing_keys"]),
            truncated_at=_optional(whole["truncated_at"], _integer),
            limits=dict(_load_limit(*each) for each in whole["limits"]),
            violation_counts=_counter(whole["violation_counts"], _integer),
            unspecified=_counter(whole["unspecified"], _text),
            not_checked=_counter(whole["not_checked"], _text),
            ignored=_counter(whole["ignored"], _text),
            found={_text(key): array("Q", digests) for key, digests in whole["found"]},
        )
        counts.lengths = LengthCounts()
        counts.lengths.records = _integer(whole["measured"])
        for at, each in whole["lengths"]:
            counts.lengths.counts[_integer(at)] = _counter(each, _integer)
        for at, (least, most) in whole["extremes"]:
            counts.lengths.extremes[_integer(at)] = _integer(least), _integer(most)
        return State(
            _integer(whole["blocks"]),
            _optional(whole["positions"], lambda each: tuple(map(_integer, each))),
            counts,
        )
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"no state of a run: {error!r}") from None


def _dump_limit(count: LimitCount) -> dict[str, Any]:
    return {
        "code": count.code,
        "limit": _dump(count.limit),
        "evidence_rank": count.evidence_rank,
        "violations": count.violations,
        "records": count.records,
        "alone": count.alone,
        "known": count.known,
        "samples": [_dump(each) for each in count.samples],
        "fields": list(count.fields.items()),
    }


def _load_limit(key: Any, saved: Any) -> tuple[LimitKey, LimitCount]:
    limit = _optional(_load(saved["limit"]), lambda each: _instance(each, Limit))
    count = LimitCount(_text(saved["code"]), limit)
    for name in ("evidence_rank", "violations", "records", "alone", "known"):
        setattr(count, name, _integer(saved[name]))
    count.samples = [_instance(_load(each), Sample) for each in saved["samples"]]
    count.fields = dict(_counter(saved["fields"], _text))
    identifier, location = map(_text, key)
    return (identifier, location), count


def _dump(value: Any) -> Any:
    """Return a value as JSON values, with the names of types that JSON does not have."""
    name = type(value).__name__
    if value is None or isinstance(value, (bool, str, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else ["int", hex(value)]
    if isinstance(value, Decimal):
        return ["Decimal", str(value)]
    if isinstance(value, dict):
        return {str(key): _dump(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return ["list" if isinstance(value, list) else "tuple", *map(_dump, value)]
    if name not in _DATACLASSES:
        raise TypeError(f"a value of type {name} is not part of the state of a run")
    return [name, *(_dump(getattr(value, each.name)) for each in fields(value))]


def _load(saved: Any) -> Any:
    """Return the value of which `_dump` returned these JSON values."""
    if isinstance(saved, dict):
        return {key: _load(each) for key, each in saved.items()}
    return _TYPES[saved[0]](*saved[1:]) if isinstance(saved, list) else saved


def _dataclass(cls: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *parts: cls(*map(_load, parts))


#: What makes a value of its parts, by the name of its type.
_TYPES: Final[dict[str, Callable[..., Any]]] = {
    "int": lambda digits: int(digits, 16),
    "Decimal": Decimal,
    "list": lambda *parts: [*map(_load, parts)],
    "tuple": lambda *parts: tuple(map(_load, parts)),
    **{name: _dataclass(cls) for name, cls in _DATACLASSES.items()},
}


def _instance(value: Any, cls: type[_Value]) -> _Value:
    if not isinstance(value, cls):
        raise TypeError(f"a {type(value).__name__}, but must be a {cls.__name__}")
    return value


def _integer(value: Any) -> int:
    return _instance(value, int)


def _text(value: Any) -> str:
    return _instance(value, str)


def _optional(value: Any, read: Callable[[Any], _Value]) -> _Value | None:
    return None if value is None else read(value)


def _counter(pairs: Any, read: Callable[[Any], _Value]) -> Counter[_Value]:
    return Counter({read(each): _integer(number) for each, number in pairs})
