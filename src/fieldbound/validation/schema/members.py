"""The members of an object, each by its name: what a schema says of one, whatever the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fieldbound.model import type_names

#: The keywords that the schema of such an object may have: all are about one member by itself.
OF_MEMBERS: Final = frozenset(
    "$schema type properties required additionalProperties patternProperties".split()
)

#: Whether a value is valid.
Valid = Callable[[Any], bool]


class Members:
    """What makes an object valid: that each member is, and that those *required* are there.

    *schema* has no references, and *compiled* returns the verdict of a part of it.
    """

    def __init__(self, schema: Mapping[str, Any], compiled: Callable[[Any], Valid]) -> None:
        self._schema, self._compiled = schema, compiled
        self.required = frozenset(schema.get("required", ()))

    def schema_of(self, name: str) -> Any:
        """Return the schema of the value of this name: an object, or True or False."""
        found = [
            part
            for pattern, part in self._schema.get("patternProperties", {}).items()
            if not self._compiled({"patternProperties": {pattern: False}})({name: None})
        ]
        properties = self._schema.get("properties", {})
        if name in properties:
            found.append(properties[name])
        if not found:
            found.append(self._schema.get("additionalProperties", True))
        return found[0] if len(found) == 1 else {"allOf": found}

    def inner(self, schema: Any) -> Members | None:
        """Return the Members of the schema of a value, None where it says more than that."""
        return members_of({} if schema is True else schema, self._compiled)

    def are_valid(self, schema: Any) -> Valid:
        """Return what says of a list whether all its values are valid by a schema."""
        return self._compiled({"items": schema})


def members_of(schema: Any, compiled: Callable[[Any], Valid]) -> Members | None:
    """Return the Members of a schema without references, None where it says more than that."""
    if not isinstance(schema, dict) or not schema.keys() <= OF_MEMBERS:
        return None
    types = type_names(schema)
    return None if types and "object" not in types else Members(schema, compiled)
