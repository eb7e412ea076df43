"""Every exception of fieldbound: each has its facts as fields, compares by value and pickles."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from .facts import Place
from .limits import Limit
from .violations import Report


class FieldboundError(Exception):
    """What every exception of fieldbound is: facts that compare, hash and pickle by value."""

    def _facts(self) -> tuple[Any, ...]:
        if not is_dataclass(self):
            return self.args
        return tuple(getattr(self, fact.name) for fact in fields(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._facts()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((type(self), str(self)))


@dataclass(eq=False)
class Invalid(FieldboundError, ValueError):
    """An instance that breaks its contract; *report* has every violation."""

    report: Report

    def __str__(self) -> str:
        return str(self.report)


@dataclass(eq=False)
class BrokenContract(FieldboundError):
    """A contract that is itself at fault: *reason*, and *file*, *place* and *pointer* of it."""

    reason: str
    file: str | None = None
    place: Place | None = None
    pointer: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.place) if part is not None)
        at = f"at {self.pointer}: " if self.pointer else ""
        return f"{where}: {at}{self.reason}" if where else f"{at}{self.reason}"


@dataclass(eq=False)
class UnknownName(FieldboundError, LookupError):
    """No contract has this *name*; *closest* are names that exist."""

    name: str
    closest: tuple[str, ...] = ()
    reason: str | None = None

    def __str__(self) -> str:
        said = self.reason or f"there is no contract named {self.name!r}"
        if self.closest:
            return f"{said}; the closest: {', '.join(self.closest)}"
        lists = "`fieldbound contracts` lists them, the path of a file ends in .json, .yaml or .yml"
        return self.reason or f"{said}: {lists}"


@dataclass(eq=False)
class Unspecified(FieldboundError):
    """Nothing to judge by: the vendor does not document what *contract* names, for *reason*."""

    contract: str
    reason: str

    def __str__(self) -> str:
        return f"{self.contract}: nothing to judge by: {self.reason}"


@dataclass(eq=False)
class Unsatisfiable(FieldboundError, ValueError):
    """No instance of *contract* can be made, for *reason*."""

    contract: str
    reason: str

    def __str__(self) -> str:
        return f"{self.contract}: no instance can be made: {self.reason}"


@dataclass(eq=False)
class Inseparable(FieldboundError, ValueError):
    """A *limit* that cannot be broken alone: the limits *by* which stand in the way."""

    limit: Limit
    by: tuple[Limit, ...] = ()

    @property
    def reason(self) -> str:
        """Why it cannot be broken alone, in a few words."""
        if not self.by:
            return "no instance was found that breaks it and no other limit"
        ids = " and ".join(each.id.partition("#")[2] for each in self.by)
        return f"whatever breaks it is refused by {ids} as well"

    def __str__(self) -> str:
        return f"{self.limit.id} cannot be broken alone: {self.reason}"


@dataclass(eq=False)
class NotJSON(FieldboundError, TypeError):
    """A Python object that is no JSON value, with its *pointer* and *type*."""

    pointer: str
    type: str
    advice: str = "give str, int, float, bool, None, list or dict"

    def __str__(self) -> str:
        where = self.pointer or "the instance"
        return f"{where} is a Python {self.type}, no JSON value: {self.advice}"


# A traceback shows the name that users import, not the module that it is written in.
for _error in (
    FieldboundError,
    Invalid,
    BrokenContract,
    UnknownName,
    Unspecified,
    Unsatisfiable,
    Inseparable,
    NotJSON,
):
    _error.__module__ = "fieldbound"
del _error
