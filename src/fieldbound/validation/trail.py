"""A way to a subschema, with the sources and conditions on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fieldbound.model import Node, Schema, tokens_of

if TYPE_CHECKING:
    from .conditions import Condition


class Trail(NamedTuple):
    """A way to a subschema: the pointer it applies to, and what its uses say of its limits."""

    node: Node
    pointer: str = ""
    uses: tuple[Any, ...] = ()
    sensitive: bool = False
    entered: tuple[str, ...] = ()  # the target of each reference followed
    entered_at: tuple[str, ...] = ()  # the pointer of each
    conditions: tuple[Condition, ...] = ()
    title: str | None = None  # of the value: the first on the way


def enter(trail: Trail) -> Trail:
    """Return a trail with what the schema that it has come to says of the value."""
    schema = trail.node.schema
    if not isinstance(schema, dict):
        return trail
    title, sensitive = trail.title or title_of(schema), trail.sensitive or is_sensitive(schema)
    if (title, sensitive) == (trail.title, trail.sensitive):
        return trail
    return trail._replace(title=title, sensitive=sensitive)


def follow(trail: Trail, node: Node) -> Trail:
    """Return a trail that a reference continues at a node.

    A recursive one has the pointer of its first repetition.
    """
    location, entered, pointer = node.location, trail.entered, trail.pointer
    if entered.count(location) > 1:
        pointer = trail.entered_at[entered.index(location, entered.index(location) + 1)]
    given = trail.node.schema.get("x-source")
    return enter(
        trail._replace(
            node=node,
            pointer=pointer,
            uses=trail.uses if given is None else (*trail.uses, given),
            entered=(*entered, location),
            entered_at=(*trail.entered_at, pointer),
        )
    )


def title_of(schema: Any, name: str | None = None) -> str | None:
    """Return the title of a schema, or of its property of a name, or None."""
    if name is not None:
        properties = schema.get("properties") if isinstance(schema, dict) else None
        schema = properties.get(name) if isinstance(properties, dict) else None
    title = schema.get("title") if isinstance(schema, dict) else None
    return title if isinstance(title, str) else None


def is_sensitive(schema: Mapping[str, Any]) -> bool:
    """Return whether a schema marks its value as sensitive."""
    return schema.get("x-sensitive", False) is not False or schema.get("format") == "password"


def starts_with(path: Sequence[str | int], start: Sequence[str]) -> bool:
    """Return whether a path starts with another one, in which `*` is any token."""
    return len(path) >= len(start) and all(
        token in ("*", str(step)) for token, step in zip(start, path, strict=False)
    )


def leads_to(pointer: str, path: Sequence[str | int]) -> bool:
    """Return whether a limit's pointer is that of a path into an instance."""
    tokens = tokens_of(pointer)
    return len(tokens) == len(path) and starts_with(path, tokens)


def repeats(trail: Trail) -> int:
    """Return how often the last reference has been followed on the way."""
    return trail.entered.count(trail.entered[-1])


def direction_of(schema: Schema) -> str | None:
    """Return readOnly or writeOnly where a schema is marked so and rejects every value."""
    if isinstance(schema, dict) and schema.get("not") == {}:
        for keyword in ("readOnly", "writeOnly"):
            if schema.get(keyword) is True:
                return keyword
    return None
