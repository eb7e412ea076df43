"""The limits of a vendor's contracts as JSON, and back: what several of them share is there once.

The limits of a contract are a *row* of numbers: that of a pointer, that of what else a limit has,
and so on. What they are numbers of are three *columns*: pointers, sources, and the rest.
"""

from __future__ import annotations

import json
import marshal
from typing import TYPE_CHECKING, Any

from fieldbound.model import Source, limit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldbound.model import Limit


class LimitRows:
    """Makes a row of the limits of each contract, and the columns of all."""

    def __init__(self) -> None:
        self._pointers: dict[str, int] = {}
        self._sources: dict[Source, int] = {}
        self._rests: dict[str, int] = {}

    def row(self, limits: Iterable[Limit]) -> list[int]:
        """Return the row of the limits of a contract."""
        found: list[int] = []
        for each in limits:
            found += _number(each.pointer, self._pointers), _number(self._rest(each), self._rests)
        return found

    @property
    def columns(self) -> list[list[Any]]:
        """The columns of all rows so far."""
        sources = [[each.key, each.title, each.address, each.read] for each in self._sources]
        return [[*self._pointers], sources, [json.loads(each) for each in self._rests]]

    def _rest(self, limit: Limit) -> str:
        cited = [_number(each, self._sources) for each in limit.sources]
        more = limit.note, limit.sensitive, limit.condition, limit.title
        return json.dumps([limit.keyword, limit.value, limit.location, limit.says, cited, *more])


def _number(key: Any, numbers: dict[Any, int]) -> int:
    return numbers.setdefault(key, len(numbers))


class LimitTable:
    """Makes the limits of each contract of its row; *columns* are those of all."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self._pointers, sources, self._rests = columns
        made = [Source(*each) for each in sources]
        for rest in self._rests:
            rest[4] = tuple([made[number] for number in rest[4]])

    def limits(self, contract: str, row: Sequence[int]) -> tuple[Limit, ...]:
        """Return the limits of a contract, whose values are its own."""
        pointers, rests = self._pointers, self._rests
        found = []
        for at, number in zip(row[::2], row[1::2], strict=True):
            keyword, value, *more = rests[number]
            if value.__class__ is list or value.__class__ is dict:
                value = marshal.loads(marshal.dumps(value))  # noqa: S302 - the quickest copy
            found.append(limit_of(contract, pointers[at], keyword, value, *more))
        return tuple(found)
