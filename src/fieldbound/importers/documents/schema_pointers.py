"""Pointers into the files of a folder, and the schemas that they lead through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldbound.importers.evidence import value_at
from fieldbound.model import child_schemas, percent_decoded, tokens_of

Tokens = tuple[str, ...]


def schemas_in(schema: Any, tokens: Tokens) -> Iterator[tuple[Tokens, Any]]:
    """Yield a schema and those within it, each with its pointer."""
    yield tokens, schema
    for at, child in child_schemas(schema):
        yield from schemas_in(child, (*tokens, *at))


def holders_of(schemas: Mapping[Tokens, Any], tokens: Tokens) -> list[Tokens]:
    """Return the schemas that a pointer leads through, the outermost first."""
    return [tokens[:end] for end in range(len(tokens) + 1) if tokens[:end] in schemas]


def local_reference(schema: Any) -> Tokens | None:
    """Return the pointer that a schema refers to in its own file, None if it does not."""
    given = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(given, str) or not given.startswith("#/"):
        return None
    return tokens_of(percent_decoded(given[1:]))


def document_order(tokens: Tokens) -> tuple[tuple[bool, int, str], ...]:
    """Return the key by which later items of a list come after earlier ones."""
    return tuple((each.isdecimal(), int(each) if each.isdecimal() else 0, each) for each in tokens)


def delete(holder: Any, token: str) -> None:
    """Remove the member or the item of a token."""
    if isinstance(holder, list):
        del holder[int(token)]
    elif isinstance(holder, dict):
        holder.pop(token, None)


def set_at(root: Any, tokens: Tokens, value: Any) -> Any:
    """Set what is at a pointer, and return the whole."""
    if not tokens:
        return value
    holder = value_at(root, tokens[:-1], None)
    if isinstance(holder, list):
        holder[int(tokens[-1])] = value
    elif isinstance(holder, dict):
        holder[tokens[-1]] = value
    return root
