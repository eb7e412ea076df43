"""Which contract a payload is most likely meant for: the one that it fits, or nearly."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from fieldbound.model import FieldboundError, tokens_of
from fieldbound.validation import Contract

from .lookup import contract

#: The least share of a payload's properties that the contract knows, and the least number.
_LEAST_SHARE: Final = 0.6
_LEAST_NAMES: Final = 2


class PayloadMatch(NamedTuple):
    """The *name* of a contract that a payload fits, or breaks in some *violations*."""

    name: str
    violations: int


def match_payload(
    value: Any, names: Iterable[str], folders: Iterable[str] = ()
) -> PayloadMatch | None:
    """Return which of the contracts of some names a payload is most likely meant for, or None.

    That is the one that knows the most of its properties, and of those the one that it breaks
    least.
    """
    ranked: list[tuple[float, int, int, str]] = []
    for order, name in enumerate(names):
        found = _contract(name, tuple(folders), Path.cwd())
        share = 0.0 if found is None else _share(value, found)
        if found is not None and share >= _LEAST_SHARE:
            ranked.append((-share, len(found.check(value).violations), order, name))
    if not ranked:
        return None
    _, violations, _, name = min(ranked)
    return PayloadMatch(name, violations)


@lru_cache(maxsize=1024)
def _contract(name: str, folders: tuple[str, ...], _cwd: Path) -> Contract | None:
    """Return the contract of a name, which may be a path from the working directory."""
    try:
        return contract(name, folders)
    except FieldboundError:
        return None


@lru_cache(maxsize=1024)
def _names(found: Contract) -> frozenset[str]:
    """Return the names of the properties that a contract describes at its root."""
    pointers = (tokens_of(each.pointer) for each in found.fields)
    return frozenset(tokens[0] for tokens in pointers if len(tokens) == 1)


def _share(value: Any, found: Contract) -> float:
    """Return the share of the properties of a payload that a contract knows."""
    known = _names(found)
    if not isinstance(value, dict) or len(known & value.keys()) < _LEAST_NAMES:
        return 0
    return len(known & value.keys()) / len(value)
