"""The objects of a vendor's bodies and parameters, each once: a table of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from fieldbound.catalog import OperationContracts
from fieldbound.model import Field, Limit, pluralize, pointer_of, to_json, tokens_of
from fieldbound.validation import Contract

from .cells import cell, citation, code, table

_HEAD: Final = ("Field", "Title", "Type", "Required", "Limits", "Default", "Evidence")
#: Limits that other columns of a table have.
_ELSEWHERE: Final = frozenset(("type", "required", "not", "readOnly", "writeOnly"))
_MAX_USERS: Final = 4
_MAX_VALUE: Final = 120
#: What each part of a request is called.
_PARAMETERS: Final = {
    "request.headers": "Request headers",
    "request.query": "Query parameters",
    "request.path": "Path parameters",
    "request.cookies": "Cookies",
}


@dataclass
class Body:
    """An object: its title, the contracts it is in, and its fields by their relative pointers."""

    title: str
    users: dict[str, None] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)


class Bodies:
    """The objects of all contracts of a vendor, by where each is written."""

    def __init__(self, vendor: OperationContracts) -> None:
        self.contracts: list[Contract] = []
        self._bodies: dict[str, Body] = {}
        self._parameters: dict[str, dict[tuple[str, ...], list[str]]] = {}
        for entry in vendor.entries:
            found = vendor.contract(entry.operation, entry.part, entry.name)
            if found is None:
                continue
            self.contracts.append(found)
            name = entry.name.partition("/")[2]
            if entry.part in _PARAMETERS:
                self._add_parameters(_PARAMETERS[entry.part], found, name)
            elif entry.part.endswith(".headers"):
                self._add_parameters("Response headers", found, name)
            else:
                self._add(found, name)

    def sections(self) -> Iterator[str]:
        """Yield the sections of the objects, and those of the parameters."""
        yield "## Fields"
        for body in self._bodies.values():
            rows = [_row(at, each) for at, each in body.fields.items() if _is_told(at, each)]
            if not rows:
                continue
            yield f"### {body.title}"
            yield f"In {_users(list(body.users))}."
            yield table(_HEAD, rows)
        yield "## Parameters and headers"
        for title, found in self._parameters.items():
            yield f"### {title}"
            rows = [(*row, _users(users)) for row, users in found.items()]
            yield table((*_HEAD, "Of"), rows)

    def _add_parameters(self, title: str, contract: Contract, name: str) -> None:
        rows = self._parameters.setdefault(title, {})
        for each in contract.fields:
            if each.pointer:
                row = _row(each.pointer[1:], each)
                rows.setdefault(row, []).append(name.partition("/")[0])

    def _add(self, contract: Contract, name: str) -> None:
        """Add the objects of a body; each has the fields that are written within it."""
        by_pointer = {each.pointer: each for each in contract.fields}
        owners: dict[str, str] = {}
        added = dict[str, bool]()
        for pointer, each in by_pointer.items():
            owner = _owner(pointer, by_pointer, owners)
            written = _written(by_pointer[owner])
            if owner not in added:
                added[owner] = written not in self._bodies
                title = _title(by_pointer[owner], contract, owner)
                self._bodies.setdefault(written, Body(title)).users.setdefault(name)
            if added[owner]:
                short = pointer_of(tokens_of(pointer)[len(tokens_of(owner)) :])
                self._bodies[written].fields.setdefault(short, each)


def _owner(pointer: str, fields: dict[str, Field], known: dict[str, str]) -> str:
    """Return the pointer of the object whose table has a field: the nearest written elsewhere."""
    if not pointer or pointer.count("/") == 1:
        return known.setdefault(pointer, "")
    if pointer not in known:
        parent = pointer.rpartition("/")[0]
        while parent and (parent not in fields or not fields[parent].limits):
            parent = parent.rpartition("/")[0]
        above = _owner(parent, fields, known) if parent else ""
        outer = _written(fields[above]) if above in fields else ""
        inside = not parent or _written(fields[parent]).startswith(f"{outer}/")
        known[pointer] = above if inside else parent
    return known[pointer]


def _written(found: Field) -> str:
    """Return where the schema of a field is written: the location of its type, or another limit."""
    locations = [each.location for each in found.limits if each.keyword == "type"]
    locations += [each.location for each in found.limits if each.keyword != "required"]
    return locations[0].rpartition("/")[0] if locations else found.pointer


def _title(found: Field, contract: Contract, owner: str) -> str:
    if found.title and found.title != contract.name:
        return found.title
    uri, _, pointer = _written(found).partition("#")
    file = uri.rpartition("/")[2].partition(".")[0]
    return f"{file}: {pointer.rpartition('/')[2] or owner}" if pointer else contract.name


def _is_told(pointer: str, found: Field) -> bool:
    """Return whether a field has a row: not the whole, if all that is said is its type."""
    return bool(pointer) or any(each.keyword not in _ELSEWHERE for each in found.limits)


def _row(pointer: str, found: Field) -> tuple[str, ...]:
    limits = [each for each in found.limits if each.keyword not in _ELSEWHERE]
    return (
        code(pointer.removeprefix("/")) if pointer else "(whole)",
        cell(found.title or "") if pointer else "",
        ", ".join(found.types),
        _required(found),
        ", ".join(code(_text(each)) for each in limits),
        code(to_json(found.default)) if found.has_default else "",
        citation(found.limits),
    )


def _required(found: Field) -> str:
    if found.read_only:
        return "read-only"
    if found.write_only:
        return "write-only"
    if any(each.keyword == "not" for each in found.limits):
        return "not allowed"
    return "yes" if found.required else ""


def _text(limit: Limit) -> str:
    text = limit.keyword if limit.value is True else f"{limit.keyword} {to_json(limit.value)}"
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"


def _users(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    shown = ", ".join(f"`{each}`" for each in names[:_MAX_USERS])
    more = len(names) - _MAX_USERS
    return shown + (f" and {pluralize(more, 'other')}" if more > 0 else "")
