"""Names with brackets go in, such as `items[0][price]`; the objects and arrays they tell come out.

No specification says how objects within objects are written. As all do who read such names,
`[price]` is an attribute, `[0]` and `[]` are items where an object is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fieldbound.validation import Shape

Keys = tuple[str, ...]

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_DEEPEST: Final = 32  # keys within keys


def keys_of(name: str) -> tuple[str, Keys]:
    """Return the name before the brackets, and the keys in them; without any it is the name."""
    found = _NAME.fullmatch(name)
    keys = tuple(found[2][1:-1].split("][")) if found else ()
    return (found[1], keys) if found and len(keys) <= _DEEPEST else (name, ())


def keys_behind(name: str, given: str) -> Keys | None:
    """Return the keys in brackets behind a name; None where what is given does not begin so."""
    if given == name:
        return ()
    return keys_of(f"_{given.removeprefix(name)}")[1] or None if given.startswith(name) else None


def gathered(texts: Sequence[tuple[Keys, str]], shape: Shape) -> Any:
    """Return the value of texts, each under its keys.

    What contradicts itself, as a name that is there twice and is no array, is a list of all of it.
    """
    plain = [text for keys, text in texts if not keys]
    within: dict[str, list[tuple[Keys, str]]] = {}
    for keys, text in texts:
        if keys:
            within.setdefault(keys[0], []).append((keys[1:], text))
    if not within:
        several = len(plain) > 1 or shape.structure == "array"
        return shape.cast(plain if several else plain[0])
    value = _array(within, shape) if _is_array(within, shape) else _object(within, shape)
    return [*plain, value] if plain else value


def _is_array(within: dict[str, list[tuple[Keys, str]]], shape: Shape) -> bool:
    numbered = all(key == "" or (key.isdecimal() and key.isascii()) for key in within)
    return numbered and shape.structure != "object"


def _array(within: dict[str, list[tuple[Keys, str]]], shape: Shape) -> list[Any]:
    each = shape.items or Shape()
    numbers = sorted((key for key in within if key), key=lambda key: (len(key), key))
    found = [gathered(within[number], each) for number in numbers]
    return found + [gathered(item, each) for item in _items(within.get("", ()))]


def _items(texts: Sequence[tuple[Keys, str]]) -> Iterator[list[tuple[Keys, str]]]:
    """Yield the texts under `[]`, item by item: one begins with each key that is there again."""
    item: list[tuple[Keys, str]] = []
    there: set[Keys] = set()
    for keys, text in texts:
        again = keys in there and keys[-1:] != ("",)
        if item and (again or not keys):
            yield item
            item, there = [], set()
        item.append((keys, text))
        there.add(keys)
    if item:
        yield item


def _object(within: dict[str, list[tuple[Keys, str]]], shape: Shape) -> dict[str, Any]:
    return {key: gathered(texts, shape.of(key)) for key, texts in within.items()}


def leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Yield what has no parts in a value, each under its keys."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*keys, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, (*keys, str(index)))
    else:
        yield keys, value


def written(name: str, keys: Keys) -> str:
    """Return a name with keys in brackets behind it."""
    return name + "".join(f"[{key}]" for key in keys)
