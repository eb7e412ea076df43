"""The exceptions of fieldbound: each has its data as fields, compares by value and pickles."""

from __future__ import annotations

from dataclasses import dataclass

from .base_error import FieldboundError
from .facts import Place
from .limits import Limit
from .reports import Report


@dataclass(eq=False)
class Invalid(FieldboundError, ValueError):
    """An instance is invalid; *report* has every violation."""

    report: Report

    def __str__(self) -> str:
        return str(self.report)


@dataclass(eq=False)
class BrokenContract(FieldboundError):
    """A contract is itself invalid: the *reason*, and the *file*, *place* and *pointer* in it."""

    reason: str
    file: str | None = None
    place: Place | None = None
    pointer: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.place) if part is not None)
        at = f"at {self.pointer}: " if self.pointer else ""
        return f"{where}: {at}{self.reason}" if where else f"{at}{self.reason}"


class UnreadableContract(BrokenContract):
    """The *file* of a contract cannot be read, for a *reason* of the system."""

    def __str__(self) -> str:
        return f"cannot read {self.file}: {self.reason}"


@dataclass(eq=False)
class UnknownName(FieldboundError, LookupError):
    """No contract has this *name*; *closest* are similar names that exist."""

    name: str
    closest: tuple[str, ...] = ()
    reason: str | None = None

    def __str__(self) -> str:
        message = self.reason or f"there is no contract named {self.name!r}"
        if self.closest:
            return f"{message}; did you mean {', '.join(self.closest)}?"
        advice = "run `fieldbound contracts` for a list, or pass a .json, .yaml or .yml file"
        return self.reason or f"{message}: {advice}"


@dataclass(eq=False)
class Unspecified(FieldboundError):
    """The vendor does not document what *contract* names; *reason* says what is missing."""

    contract: str
    reason: str

    def __str__(self) -> str:
        return f"{self.contract}: no documented schema: {self.reason}"


@dataclass(eq=False)
class Unsatisfiable(FieldboundError, ValueError):
    """No instance of *contract* can be generated, valid or invalid; *reason* says why."""

    contract: str
    reason: str

    def __str__(self) -> str:
        return f"{self.contract}: no instance can be generated: {self.reason}"


@dataclass(eq=False)
class Inseparable(FieldboundError, ValueError):
    """A *limit* cannot be broken alone: every such instance breaks one of the limits *by*, too."""

    limit: Limit
    by: tuple[Limit, ...] = ()

    @property
    def reason(self) -> str:
        """Why it cannot be broken alone."""
        if not self.by:
            return "no instance was found that breaks only this limit"
        ids = " or ".join(each.id.partition("#")[2] for each in self.by)
        return f"every instance that breaks it also breaks {ids}"

    def __str__(self) -> str:
        return f"{self.limit.id} cannot be broken alone: {self.reason}"


@dataclass(eq=False)
class NotJSON(FieldboundError, TypeError):
    """A Python object, at *pointer* and of *type*, is not JSON serializable."""

    pointer: str
    type: str
    advice: str = "use str, int, float, bool, None, list or dict"

    def __str__(self) -> str:
        where = self.pointer or "the instance"
        return f"{where} is a Python {self.type}, which is not JSON serializable: {self.advice}"


# Tracebacks show the import path of the README, not that of this module.
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
