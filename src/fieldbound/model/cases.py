"""Generated instances at and beyond a limit: what strategies and `cases` return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .limits import Limit
from .violations import Violation


@dataclass(frozen=True, slots=True)
class Breach:
    """An *instance* that breaks one *limit* and no other, and the *violation* it is reported as.

    The value may break further limits that are implied by this one, as "Yes" breaks the maxLength
    of a flag as well as its enum: `violation.also` has them.
    """

    instance: Any = field(hash=False)
    limit: Limit
    violation: Violation


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of instances for one limit: *valid* is just at it, *invalid* just beyond it.

    If one of them does not exist or was not found, *reason* says why. It also says which other
    limits an invalid instance breaks if none breaks this limit alone. *violation* is what the
    invalid instance is reported as, None if there is none. *has_valid* is whether there is a
    valid instance, which may be None (null).
    """

    limit: Limit
    valid: Any = field(default=None, hash=False)
    invalid: Any = field(default=None, hash=False)
    violation: Violation | None = None
    reason: str | None = None
    has_valid: bool = True
