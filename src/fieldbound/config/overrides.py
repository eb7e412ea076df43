"""Overrides: limits that the configuration changes, by the id of the limit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import BrokenConfig

#: Contract, pointer and keyword of an id; a file's name may have a `#` itself.
_ID: Final = re.compile(r"(?P<contract>.+?)#(?P<pointer>(?:/.*)?):(?P<keyword>\w+)", re.DOTALL)
#: The limits that can be changed: those that one value states.
OVERRIDABLE: Final = (
    *("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum"),
    *("exclusiveMinimum", "maxLength", "minLength", "pattern", "format", "maxItems", "minItems"),
    *("uniqueItems", "maxProperties", "minProperties", "required", "readOnly", "writeOnly"),
)


@dataclass(frozen=True)
class Override:
    """Another *value* for one limit of a contract, or its removal.

    *says*, *note* and *date* are its evidence, as a limit has them. *file* and *key* are where the
    configuration has it.
    """

    contract: str
    pointer: str
    keyword: str
    value: Any = field(hash=False)
    removed: bool
    says: str
    note: str | None
    date: str | None
    file: str
    key: str

    @property
    def id(self) -> str:
        """The id of the limit."""
        return f"{self.contract}#{self.pointer}:{self.keyword}"

    def broken(self, reason: str) -> BrokenConfig:
        """Return the exception for an override that cannot be applied."""
        return BrokenConfig(self.file, f"{self.key}: {reason}")


def split_id(limit: str) -> tuple[str, str, str] | None:
    """Return contract, pointer and keyword of a limit's id, or None if it is none."""
    found = _ID.fullmatch(limit)
    return None if found is None else (found["contract"], found["pointer"], found["keyword"])
