"""Which limits a test run reached: counts of values inside, at, and beyond each of them.

Only counts are kept, never an instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError, Limit, Source

from .boundaries import BOUNDS, identity, members

if TYPE_CHECKING:
    from fieldbound.validation import Contract

FORMAT: Final = "fieldbound limit coverage"
VERSION: Final = 1
#: What stands for any contract where names are given.
ANY: Final = "*"
_WHOLE: Final = 100.0
CHOICES: Final = frozenset(("enum", "const"))


@dataclass(eq=False)
class BrokenCoverage(FieldboundError, ValueError):
    """A file that holds no limit coverage: its name, if it has one, and the *reason*."""

    reason: str
    file: str | None = None

    def __str__(self) -> str:
        return self.reason if self.file is None else f"{self.file}: {self.reason}"


@dataclass(slots=True)
class Row:
    """How often values stood *inside*, *at* and *beyond* one limit; *members* are those seen.

    *order* is the place of the limit in its contract.
    """

    limit: Limit
    order: int = 0
    inside: int = 0
    at: int = 0
    beyond: int = 0
    members: set[int] = field(default_factory=set)

    @property
    def choices(self) -> int:
        """How many values an `enum` or a `const` takes; 0 for any other limit."""
        return len(members(self.limit))

    @property
    def reached(self) -> int | None:
        """How often a value stood at the limit, or how many members were seen; None: neither."""
        if self.limit.keyword in CHOICES:
            return len(self.members)
        return self.at if self.limit.keyword in BOUNDS else None

    @property
    def touched(self) -> bool:
        """Whether any value had to do with the limit."""
        return bool(self.inside or self.at or self.beyond)

    @property
    def covered(self) -> bool:
        """Whether a test would have told if the limit were another, or none.

        A bound is covered by a value at it or beyond it, an enumeration by all of its members or
        a value that is none of them. What has no measure is covered by being kept or broken, and
        an exclusive bound, at which nothing valid stands, by being broken.
        """
        keyword = self.limit.keyword
        if keyword in CHOICES:
            return self.beyond > 0 or len(self.members) == self.choices
        if keyword in BOUNDS or keyword.startswith("exclusive"):
            return self.beyond > 0 or self.at > 0
        return self.touched

    def add(self, other: Row) -> None:
        """Count in what another run has seen of the same limit."""
        self.order = min(self.order, other.order)
        self.inside += other.inside
        self.at += other.at
        self.beyond += other.beyond
        self.members |= other.members


class Coverage:
    """Which limits were reached, of the contracts that match *names*: all of them without any."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = tuple(each for each in dict.fromkeys(names) if each != ANY)
        self._rows: dict[str, dict[Any, Row]] = {}

    def takes(self, name: str) -> bool:
        """Return whether a contract counts: one of the names is its own, or begins it up to a /."""
        return not self.names or any(
            name == each or name.startswith(f"{each.rstrip('/')}/") for each in self.names
        )

    def row(self, contract: str, limit: Limit, order: int) -> Row:
        """Return the row of a limit, a new one where there is none yet."""
        rows = self._rows.setdefault(contract, {})
        key = limit.pointer, limit.keyword, identity(limit.value)
        return rows.setdefault(key, Row(limit, order))

    def enter(self, contract: Contract) -> None:
        """Take in every limit of a contract, used or not."""
        for order, limit in enumerate(contract.limits):
            self.row(contract.name, limit, order)

    @property
    def contracts(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each contract, by its name, in the order of its schema."""
        rows = {name: _in_order(each.values()) for name, each in self._rows.items() if each}
        return dict(sorted(rows.items()))

    @property
    def total(self) -> int:
        """How many limits there are."""
        return sum(map(len, self._rows.values()))

    @property
    def covered(self) -> int:
        """How many of them are covered."""
        return sum(row.covered for rows in self._rows.values() for row in rows.values())

    @property
    def percent(self) -> float:
        """The part of the limits that is covered; 0 where there are none: nothing was tested."""
        return _WHOLE * self.covered / self.total if self.total else 0.0

    def merged(self, other: Coverage) -> Coverage:
        """Return what both have seen, of the contracts that count here."""
        whole = Coverage(self.names)
        for each in (self, other):
            for name, rows in each.contracts.items():
                for row in rows if whole.takes(name) else ():
                    whole.row(name, row.limit, row.order).add(row)
        return whole

    def with_earlier(self, other: Coverage) -> tuple[Coverage, int]:
        """Return what both have seen, and how many limits of an earlier run are left out.

        They are those that a contract had then and has no more: it is known here.
        """
        kept, dropped = Coverage(other.names), 0
        for name, rows in other.contracts.items():
            known = {_key(row) for row in self.contracts.get(name, ())}
            for row in rows:
                if known and _key(row) not in known:
                    dropped += 1
                else:
                    kept.row(name, row.limit, row.order).add(row)
        return self.merged(kept), dropped

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON value."""
        contracts = {name: [_told(row) for row in rows] for name, rows in self.contracts.items()}
        summary = {"limits": self.total, "covered": self.covered, "percent": self.percent}
        return {"format": FORMAT, "version": VERSION, **summary, "contracts": contracts}

    @classmethod
    def from_json(cls, value: Any) -> Coverage:
        """Return what `to_json` has made a JSON value of; raises BrokenCoverage for another."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise BrokenCoverage("this is no limit coverage")
        if value.get("version") != VERSION:
            version = value.get("version")
            raise BrokenCoverage(f"this is version {version!r} of limit coverage, not {VERSION}")
        whole = cls()
        try:
            for name, rows in value["contracts"].items():
                for told in rows:
                    row = _row(name, told)
                    whole.row(name, row.limit, row.order).add(row)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BrokenCoverage("this limit coverage is damaged") from error
        return whole


def loaded(file: str) -> Coverage:
    """Return the coverage in a file; raises BrokenCoverage, which names the file and the reason."""
    import json
    from pathlib import Path

    try:
        return Coverage.from_json(json.loads(Path(file).read_bytes()))
    except BrokenCoverage as error:
        raise BrokenCoverage(error.reason, file) from error
    except OSError as error:
        raise BrokenCoverage(error.strerror or str(error), file) from error
    except (ValueError, RecursionError):
        raise BrokenCoverage("this is no JSON", file) from None


# -- as JSON -------------------------------------------------------------------------------------


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows in the order of their schema, the same whatever was seen first."""
    return tuple(sorted(rows, key=lambda row: (row.order, row.limit.id, repr(row.limit.value))))


def _told(row: Row) -> dict[str, Any]:
    limit = asdict(row.limit)
    del limit["contract"]
    seen = {"members": sorted(row.members), "of": row.choices} if row.choices else {}
    counts = {"inside": row.inside, "at": row.reached, "beyond": row.beyond, **seen}
    return {"id": row.limit.id, **limit, "order": row.order, **counts, "covered": row.covered}


def _row(contract: str, told: Mapping[str, Any]) -> Row:
    facts = {each.name: told[each.name] for each in fields(Limit) if each.name != "contract"}
    facts["sources"] = tuple(Source(**each) for each in facts["sources"])
    row = Row(Limit(contract, **facts), _count(told["order"]))
    row.inside, row.beyond = _count(told["inside"]), _count(told["beyond"])
    row.members = {_count(each) for each in told.get("members", ())}
    if row.limit.keyword in BOUNDS:
        row.at = _count(told["at"])
    if not all(isinstance(each, str) for each in (facts["pointer"], facts["keyword"])):
        raise TypeError("a limit has a pointer and a keyword")
    if any(each >= row.choices for each in row.members):
        raise ValueError("no such member")
    return row


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a count is a whole number")
    return value


def _key(row: Row) -> tuple[str, str, str]:
    return row.limit.pointer, row.limit.keyword, repr(row.limit.value)
