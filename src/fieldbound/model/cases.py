"""Instances made at and beyond a limit: what strategies and `cases` return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .limits import Limit
from .violations import Violation


@dataclass(frozen=True, slots=True)
class Breach:
    """An *instance* that breaks one *limit* and no other, and the *violation* it is reported as.

    The value that breaks the limit may break others that the limit makes superfluous, as "Yes"
    breaks the maxLength of a flag beside its enum: `violation.also` has them.
    """

    instance: Any = field(hash=False)
    limit: Limit
    violation: Violation


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of instances for one limit: *valid* is just at it, *invalid* just beyond it.

    Where there is no such instance, or none was found, *reason* tells why. It also tells, of an
    invalid instance that is there, by which other limits it is refused as well, for there is none
    that breaks this limit alone. *violation* is what the invalid one is reported as; it is None
    where there is none. *kept* is whether there is a valid one: null, in Python None, may be.
    """

    limit: Limit
    valid: Any = field(default=None, hash=False)
    invalid: Any = field(default=None, hash=False)
    violation: Violation | None = None
    reason: str | None = None
    kept: bool = True
