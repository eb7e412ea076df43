"""The rows of a table to attributes: names such as a.b and a[].b are those of objects within."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fieldbound.importers.resources import Attribute
from fieldbound.importers.tables.row_limits import Limits
from fieldbound.importers.values import nullable, unspecified

#: A name within others: `a.b`, `a[].b`, `a[0].b` and `a/b`, from `$.` or `/` or not.
_PATH: Final = re.compile(
    r"(?:\$\.|/)?[^\s./\[\]]+(?:\[[0-9*]*\])?(?:[./][^\s./\[\]]+(?:\[[0-9*]*\])?)*"
)
_STEP: Final = re.compile(r"([^./\[\]]+)(\[[0-9*]*\])?")
_MAX_DEPTH: Final = 20
_ANNOTATIONS: Final = ("title", "description")


def path_of(name: str) -> tuple[tuple[str, bool], ...] | None:
    """Return the names that a name goes through, each with whether it is an array of these.

    A name with blanks is no path. None if it is not clear what the name is.
    """
    if _PATH.fullmatch(name):
        inner = name.removeprefix("$.") if name.startswith("$.") else name.removeprefix("/")
        found = tuple((each[1], each[2] is not None) for each in _STEP.finditer(inner))
        return found if len(found) <= _MAX_DEPTH else None
    is_name = name and not re.search(r"[\n/\[\]]|^\.|\.$|\.\.", name)
    return ((name, False),) if is_name else None


@dataclass
class Node:
    """A name: what a row says of it, and the names within it."""

    limits: Limits | None = None
    is_array: bool = False
    children: dict[str, Node] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Whether a create must have it, where it has what it is within."""
        return self.limits is not None and self.limits.required

    def schema(self, body: str) -> dict[str, Any]:
        """Return the schema in a body; only in that of a create are names within required."""
        limits = self.limits or Limits()
        own = dict(limits.schema)
        found = self._object(body) if self.children else own
        is_array = self.is_array or (bool(self.children) and limits.word == "array")
        if is_array and (self.children or limits.word != "array"):
            inner = {key: each for key, each in found.items() if key not in _ANNOTATIONS}
            found = {"type": "array", "items": inner}
        found |= {key: own[key] for key in _ANNOTATIONS if key in own}
        may_be_null = not limits.required if limits.nullable is None else limits.nullable
        return nullable(found, unless=not may_be_null)

    def _object(self, body: str) -> dict[str, Any]:
        properties = {}
        for name, child in sorted(self.children.items()):
            properties[name] = child.schema(body)
            if child.limits is not None and not child.limits.request:
                properties[name]["readOnly"] = True
            elif child.limits is not None and not child.limits.response:
                properties[name]["writeOnly"] = True
        required = sorted(name for name, child in self.children.items() if child.required)
        needed = {"required": required} if required and body == "create" else {}
        return {"type": "object", "properties": properties, **needed}


class Names:
    """The names of one resource, as rows add them."""

    def __init__(self) -> None:
        self._root = Node()

    def add(self, path: tuple[tuple[str, bool], ...], limits: Limits) -> str | None:
        """Add what a row says; return the reason if another one says otherwise."""
        node = self._root
        for name, is_array in path:
            node = node.children.setdefault(name, Node())
            node.is_array = node.is_array or is_array
        if node.limits is None:
            node.limits = limits
        elif node.limits != limits:
            reason = "there are two rows of it, which say different things: neither is a limit"
            node.limits = Limits(unspecified(reason))
            return reason
        return None

    def conflicts(self) -> Iterator[tuple[str, str]]:
        """Yield the names that have names within them, and are no object by their own row."""
        yield from _conflicts(self._root, "")

    def attributes(self) -> Iterator[Attribute]:
        """Yield the attributes of the resource."""
        for name, node in sorted(self._root.children.items()):
            limits = node.limits or Limits()
            create, update, response = map(node.schema, ("create", "update", "response"))
            yield Attribute(
                name,
                create,
                required=node.required,
                create=limits.request,
                update=limits.request,
                response=limits.response,
                evidence=limits.evidence,
                response_schema=_if_other(response, create),
                update_schema=_if_other(update, create),
            )


def _if_other(schema: dict[str, Any], than: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if schema == than else schema


def _conflicts(node: Node, above: str) -> Iterator[tuple[str, str]]:
    for name, child in sorted(node.children.items()):
        word = child.limits.word if child.limits else ""
        if child.children and word not in ("", "object", "array"):
            reason = f"its type is {word}, but there are names within it: taken for an object"
            yield f"{above}{name}", reason
        yield from _conflicts(child, f"{above}{name}.")
