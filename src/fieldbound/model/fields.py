"""What a contract says of the values at one pointer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .evidence import SAYS
from .limits import Limit
from .pointers import tokens_of


@dataclass(frozen=True, slots=True)
class Field:
    """What a contract says of the values at a pointer, with `*` for any item and any other name.

    *types* are the JSON types it may have, none if any. *required* says whether it must always be
    there; where it must under a condition, one of its *limits* says so. *default* is a value as the
    schema has it, None also where there is no default: *has_default* tells these apart.
    """

    pointer: str
    title: str | None
    types: tuple[str, ...]
    required: bool
    read_only: bool
    write_only: bool
    has_default: bool
    default: Any = field(hash=False)
    limits: tuple[Limit, ...]

    @property
    def name(self) -> str:
        """The name of the property, `*` for any, or "" for the root."""
        return (tokens_of(self.pointer) or [""])[-1]

    @property
    def says(self) -> str | None:
        """The strongest evidence among its limits, or None."""
        ranks = [SAYS.index(each.says) for each in self.limits if each.says in SAYS]
        return SAYS[min(ranks)] if ranks else None
