"""The base class of exceptions, apart from those with data: commands that raise none import it."""

from __future__ import annotations

from typing import Any


class FieldboundError(Exception):
    """The base class of all exceptions of fieldbound, which compare, hash and pickle by value."""

    def _field_values(self) -> tuple[Any, ...]:
        if not hasattr(self, "__dataclass_fields__"):
            return self.args
        from dataclasses import fields  # slow to import

        return tuple(getattr(self, each.name) for each in fields(self))  # type: ignore[arg-type]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._field_values()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._field_values() == other._field_values()

    def __hash__(self) -> int:
        return hash((type(self), str(self)))
