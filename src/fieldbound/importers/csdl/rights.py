"""Who may send a property, and who has to: what annotations, and the attributes of SAP, say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from fieldbound.importers.csdl.model import DYNAMIC

CORE: Final = "Org.OData.Core.V1"
CAPABILITIES: Final = "Org.OData.Capabilities.V1"
COMMON: Final = "com.sap.vocabularies.Common.v1"
_READ, _WRITE = 1, 2
_PERMISSIONS: Final = {"None": 0, "Read": _READ, "Write": _WRITE, "ReadWrite": _READ | _WRITE}
_FIELD_CONTROL: Final = {"Mandatory": 7, "Optional": 3, "ReadOnly": 1, "Inapplicable": 0}
_MANDATORY: Final = 7


class Rights(NamedTuple):
    """Whether a create and an update accept a property, an answer has it, a create must have it.

    *unknown* are the terms whose value is known in a call alone.
    """

    create: bool = True
    update: bool = True
    response: bool = True
    required: bool = False
    unknown: tuple[str, ...] = ()


class SetRights(NamedTuple):
    """What an entity set says of its entities: whether they are created, updated, and by what."""

    create: bool
    update: bool
    not_in_create: frozenset[str]
    not_in_update: frozenset[str]
    required: frozenset[str]


def set_rights(annotations: Mapping[str, Any]) -> SetRights:
    """Return what the annotations of an entity set say."""
    insert = _record(annotations.get(f"{CAPABILITIES}.InsertRestrictions"))
    update = _record(annotations.get(f"{CAPABILITIES}.UpdateRestrictions"))
    return SetRights(
        insert.get("Insertable") is not False and annotations.get("sap:creatable") != "false",
        update.get("Updatable") is not False and annotations.get("sap:updatable") != "false",
        _paths(insert.get("NonInsertableProperties")),
        _paths(update.get("NonUpdatableProperties")),
        _paths(insert.get("RequiredProperties")),
    )


def rights(name: str, annotations: Mapping[str, Any], of_set: SetRights) -> Rights:
    """Return what is said of a property, by its annotations and by those of its entity set."""
    computed = annotations.get(f"{CORE}.Computed") is True
    permissions = _member(annotations.get(f"{CORE}.Permissions"), _PERMISSIONS)
    control = _member(annotations.get(f"{COMMON}.FieldControl"), _FIELD_CONTROL)
    is_read_only = (
        computed
        or (permissions is not None and not permissions & _WRITE)
        or control in (_FIELD_CONTROL["ReadOnly"], _FIELD_CONTROL["Inapplicable"])
    )
    immutable = annotations.get(f"{CORE}.Immutable") is True
    create = (
        not is_read_only
        and annotations.get("sap:creatable") != "false"
        and name not in of_set.not_in_create
    )
    update = (
        not (is_read_only or immutable)
        and annotations.get("sap:updatable") != "false"
        and name not in of_set.not_in_update
    )
    return Rights(
        create,
        update,
        permissions is None or bool(permissions & _READ),
        create and (control == _MANDATORY or name in of_set.required),
        tuple(_unknown(annotations)),
    )


def _unknown(annotations: Mapping[str, Any]) -> Iterator[str]:
    terms = (f"{CORE}.{each}" for each in ("Computed", "Immutable", "Permissions"))
    for term in (*terms, f"{COMMON}.FieldControl"):
        if annotations.get(term) is DYNAMIC:
            yield term
    if "sap:field-control" in annotations:
        yield "sap:field-control"


def _member(value: Any, numbers: Mapping[str, int]) -> int | None:
    """Return the number of a member of an enumeration, None if the value is no such member."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    words = [each.rpartition("/")[2] for each in value.replace(",", " ").split()]
    if not words or any(each not in numbers for each in words):
        return None
    found = 0
    for each in words:
        found |= numbers[each]
    return found


def _record(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _paths(value: Any) -> frozenset[str]:
    given = value if isinstance(value, list) else []
    return frozenset(each for each in given if isinstance(each, str))
