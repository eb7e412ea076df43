"""Bracket notation of nested form and query names, such as `items[0][price]`.

OpenAPI leaves nested deepObject values undefined. As in Rack, PHP and qs, `[price]` is a property,
`[0]` and `[]` are array items unless the schema asks for an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fieldbound.validation import Coercion

Keys = tuple[str, ...]

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_MAX_DEPTH: Final = 32


def split_brackets(name: str) -> tuple[str, Keys]:
    """Split a name into what precedes the brackets, and the keys in them."""
    found = _NAME.fullmatch(name)
    keys = tuple(found[2][1:-1].split("][")) if found else ()
    return (found[1], keys) if found and len(keys) <= _MAX_DEPTH else (name, ())


def keys_after(name: str, key: str) -> Keys | None:
    """Return the bracketed keys in *key* after *name*; None if *key* has no such form."""
    if key == name:
        return ()
    if not key.startswith(f"{name}["):
        return None
    return split_brackets(f"_{key.removeprefix(name)}")[1] or None


def assemble(pairs: Sequence[tuple[Keys, str]], coercion: Coercion) -> Any:
    """Return the nested value of pairs of keys and text.

    What is contradictory, such as a repeated name that is no array, becomes a list of all values.
    """
    plain = [text for keys, text in pairs if not keys]
    nested: dict[str, list[tuple[Keys, str]]] = {}
    for keys, text in pairs:
        if keys:
            nested.setdefault(keys[0], []).append((keys[1:], text))
    if not nested:
        several = len(plain) > 1 or coercion.structure == "array"
        return coercion.cast(plain if several else plain[0])
    value = _array(nested, coercion) if _is_array(nested, coercion) else _object(nested, coercion)
    return [*plain, value] if plain else value


def _is_array(nested: dict[str, list[tuple[Keys, str]]], coercion: Coercion) -> bool:
    indexed = all(key == "" or (key.isdecimal() and key.isascii()) for key in nested)
    return indexed and coercion.structure != "object"


def _array(nested: dict[str, list[tuple[Keys, str]]], coercion: Coercion) -> list[Any]:
    items = coercion.items or Coercion()
    indexes = sorted((key for key in nested if key), key=lambda key: (len(key), key))
    found = [assemble(nested[index], items) for index in indexes]
    return found + [assemble(item, items) for item in _items(nested.get("", ()))]


def _items(pairs: Sequence[tuple[Keys, str]]) -> Iterator[list[tuple[Keys, str]]]:
    """Yield the pairs under `[]` item by item: a repeated key starts a new item."""
    item: list[tuple[Keys, str]] = []
    seen: set[Keys] = set()
    for keys, text in pairs:
        repeated = keys in seen and keys[-1:] != ("",)
        if item and (repeated or not keys):
            yield item
            item, seen = [], set()
        item.append((keys, text))
        seen.add(keys)
    if item:
        yield item


def _object(nested: dict[str, list[tuple[Keys, str]]], coercion: Coercion) -> dict[str, Any]:
    return {key: assemble(pairs, coercion.of(key)) for key, pairs in nested.items()}


def leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Yield the scalars in a value, each with its keys."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*keys, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*keys, str(index)))
    else:
        yield keys, value


def with_brackets(name: str, keys: Keys) -> str:
    """Return a name followed by keys in brackets."""
    return name + "".join(f"[{key}]" for key in keys)
