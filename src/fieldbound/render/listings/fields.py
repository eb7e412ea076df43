"""The fields of a contract: as a table, as objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fieldbound.model import to_json
from fieldbound.render.details import limit_text, pointer_text

from .columns import columns

if TYPE_CHECKING:
    from fieldbound.model import Field

_HEAD = ("FIELD", "TITLE", "TYPE", "USE", "DEFAULT", "SAYS", "LIMITS")
#: Limits that other columns tell.
_TOLD = frozenset(("type", "required", "not"))


def fields_table(fields: Sequence[Field], contract: str, width: int | None) -> Iterator[str]:
    """Yield a line for each field of a contract: its root is not titled by the contract's name."""
    rows = [
        (
            pointer_text(each.pointer),
            "" if each.title in (None, contract) else str(each.title),
            " ".join(each.types),
            ", ".join(_uses(each)),
            to_json(each.default) if each.has_default else "",
            each.says or "",
            ", ".join(limit_text(limit) for limit in each.limits if limit.keyword not in _TOLD),
        )
        for each in fields
    ]
    return columns((_HEAD, *rows), width)


def field_object(field: Field, contract: str) -> dict[str, Any]:
    """Return a field of a contract as an object; `default` only where there is one."""
    return {
        "contract": contract,
        "pointer": field.pointer,
        "name": field.name,
        "title": None if field.title == contract else field.title,
        "types": list(field.types),
        "required": field.required,
        "readOnly": field.read_only,
        "writeOnly": field.write_only,
        **({"default": field.default} if field.has_default else {}),
        "says": field.says,
        "limits": [each.id for each in field.limits],
    }


def _uses(field: Field) -> Iterator[str]:
    if field.required:
        yield "required"
    if field.read_only:
        yield "read-only"
    if field.write_only:
        yield "write-only"
