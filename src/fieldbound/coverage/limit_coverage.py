"""Limit coverage: counts of values inside, at and beyond each limit in a test run.

Only counts are kept, never instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError, Limit, Source

from .boundaries import INCLUSIVE_BOUNDS, identity, members

if TYPE_CHECKING:
    from fieldbound.validation import Contract

FORMAT: Final = "fieldbound limit coverage"
VERSION: Final = 1
#: The name that matches every contract.
ANY: Final = "*"
_HUNDRED: Final = 100.0
MEMBER_KEYWORDS: Final = frozenset(("enum", "const"))


@dataclass(eq=False)
class BrokenCoverage(FieldboundError, ValueError):
    """A *file* that is not valid limit coverage, with the *reason*."""

    reason: str
    file: str | None = None

    def __str__(self) -> str:
        return self.reason if self.file is None else f"{self.file}: {self.reason}"


@dataclass(slots=True)
class Row:
    """Counts of values *inside*, *at* and *beyond* one limit; *members* are the indices seen.

    *order* is the index of the limit in its contract.
    """

    limit: Limit
    order: int = 0
    inside: int = 0
    at: int = 0
    beyond: int = 0
    members: set[int] = field(default_factory=set)

    @property
    def member_count(self) -> int:
        """The number of members of an `enum` or `const`; 0 for any other limit."""
        return len(members(self.limit))

    @property
    def reached(self) -> int | None:
        """The number of values at the limit, or of members seen; None if the limit has neither."""
        if self.limit.keyword in MEMBER_KEYWORDS:
            return len(self.members)
        return self.at if self.limit.keyword in INCLUSIVE_BOUNDS else None

    @property
    def exercised(self) -> bool:
        """Whether the limit applied to any value."""
        return bool(self.inside or self.at or self.beyond)

    @property
    def covered(self) -> bool:
        """Whether a test would have noticed a different limit, or none.

        A bound is covered by a value at it or beyond it (an exclusive one only beyond it), an
        enumeration by all of its members or a value that is not one. Any other limit is covered by
        any value that it applies to.
        """
        keyword = self.limit.keyword
        if keyword in MEMBER_KEYWORDS:
            return self.beyond > 0 or len(self.members) == self.member_count
        if keyword in INCLUSIVE_BOUNDS or keyword.startswith("exclusive"):
            return self.beyond > 0 or self.at > 0
        return self.exercised

    def add(self, other: Row) -> None:
        """Add the counts of another run for the same limit."""
        self.order = min(self.order, other.order)
        self.inside += other.inside
        self.at += other.at
        self.beyond += other.beyond
        self.members |= other.members


class Coverage:
    """Coverage of the limits of the contracts that match *names*, of all without names."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = tuple(each for each in dict.fromkeys(names) if each != ANY)
        self._rows: dict[str, dict[Any, Row]] = {}

    def includes(self, name: str) -> bool:
        """Return whether a contract is included: by its name, or by a prefix up to a slash."""
        return not self.names or any(
            name == each or name.startswith(f"{each.rstrip('/')}/") for each in self.names
        )

    def row(self, contract: str, limit: Limit, order: int) -> Row:
        """Return the row of a limit, a new one if there is none."""
        rows = self._rows.setdefault(contract, {})
        key = limit.pointer, limit.keyword, identity(limit.value)
        return rows.setdefault(key, Row(limit, order))

    def add_contract(self, contract: Contract) -> None:
        """Add every limit of a contract, used or not."""
        for order, limit in enumerate(contract.limits):
            self.row(contract.name, limit, order)

    @property
    def contracts(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each contract, by its name, in the order of its schema."""
        rows = {name: _in_order(each.values()) for name, each in self._rows.items() if each}
        return dict(sorted(rows.items()))

    @property
    def total(self) -> int:
        """The number of limits."""
        return sum(map(len, self._rows.values()))

    @property
    def covered(self) -> int:
        """The number of covered limits."""
        return sum(row.covered for rows in self._rows.values() for row in rows.values())

    @property
    def percent(self) -> float:
        """The percentage of limits that are covered; 0 without limits."""
        return _HUNDRED * self.covered / self.total if self.total else 0.0

    def merge(self, other: Coverage) -> Coverage:
        """Return the sum of both, of the contracts included here."""
        result = Coverage(self.names)
        for each in (self, other):
            for name, rows in each.contracts.items():
                for row in rows if result.includes(name) else ():
                    result.row(name, row.limit, row.order).add(row)
        return result

    def merge_earlier(self, other: Coverage) -> tuple[Coverage, int]:
        """Return the sum with an earlier run, and the number of its limits that were dropped.

        Dropped are the limits that a contract does not have any more, if it is known here.
        """
        remaining, dropped = Coverage(other.names), 0
        for name, rows in other.contracts.items():
            known = {_key(row) for row in self.contracts.get(name, ())}
            for row in rows:
                if known and _key(row) not in known:
                    dropped += 1
                else:
                    remaining.row(name, row.limit, row.order).add(row)
        return self.merge(remaining), dropped

    def to_json(self) -> dict[str, Any]:
        """Return the coverage as a JSON value."""
        contracts = {
            name: [_row_to_json(row) for row in rows] for name, rows in self.contracts.items()
        }
        summary = {"limits": self.total, "covered": self.covered, "percent": self.percent}
        return {"format": FORMAT, "version": VERSION, **summary, "contracts": contracts}

    @classmethod
    def from_json(cls, value: Any) -> Coverage:
        """Return the coverage from the JSON value of `to_json`; raises BrokenCoverage."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise BrokenCoverage("not limit coverage")
        if value.get("version") != VERSION:
            version = value.get("version")
            raise BrokenCoverage(
                f"limit coverage version {version!r} is not supported: must be {VERSION}"
            )
        result = cls()
        try:
            for name, rows in value["contracts"].items():
                for data in rows:
                    row = _row_from_json(name, data)
                    result.row(name, row.limit, row.order).add(row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BrokenCoverage("corrupt limit coverage") from error
        return result


def load_coverage(file: str) -> Coverage:
    """Read the coverage in a file. Raises BrokenCoverage with the file and the reason."""
    import json
    from pathlib import Path

    try:
        return Coverage.from_json(json.loads(Path(file).read_bytes()))
    except BrokenCoverage as error:
        raise BrokenCoverage(error.reason, file) from error
    except OSError as error:
        raise BrokenCoverage(error.strerror or str(error), file) from error
    except (ValueError, RecursionError):
        raise BrokenCoverage("invalid JSON", file) from None


# -- as JSON -------------------------------------------------------------------------------------


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Sort rows by their order in the schema, whatever was seen first."""
    return tuple(sorted(rows, key=lambda row: (row.order, row.limit.id, repr(row.limit.value))))


def _row_to_json(row: Row) -> dict[str, Any]:
    limit = asdict(row.limit)
    del limit["contract"]
    seen = {"members": sorted(row.members), "of": row.member_count} if row.member_count else {}
    counts = {"inside": row.inside, "at": row.reached, "beyond": row.beyond, **seen}
    return {"id": row.limit.id, **limit, "order": row.order, **counts, "covered": row.covered}


def _row_from_json(contract: str, data: Mapping[str, Any]) -> Row:
    optional = {"contract", "condition"}  # the latter is not in coverage of earlier versions
    values = {each.name: data[each.name] for each in fields(Limit) if each.name not in optional}
    values["condition"] = data.get("condition")
    values["sources"] = tuple(Source(**each) for each in values["sources"])
    row = Row(Limit(contract, **values), _require_count(data["order"]))
    row.inside, row.beyond = _require_count(data["inside"]), _require_count(data["beyond"])
    row.members = {_require_count(each) for each in data.get("members", ())}
    if row.limit.keyword in INCLUSIVE_BOUNDS:
        row.at = _require_count(data["at"])
    if not all(isinstance(each, str) for each in (values["pointer"], values["keyword"])):
        raise TypeError("pointer and keyword must be strings")
    if any(each >= row.member_count for each in row.members):
        raise ValueError("member index out of range")
    return row


def _require_count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a count must be an integer >= 0")
    return value


def _key(row: Row) -> tuple[str, str, str]:
    return row.limit.pointer, row.limit.keyword, repr(row.limit.value)
