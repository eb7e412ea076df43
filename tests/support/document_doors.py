"""The doors of JSON and YAML: what must hold of any bytes that are read as such."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fieldbound.documents.document import Document, parse
from fieldbound.documents.errors import MAX_DEPTH
from fieldbound.documents.positions import PositionTree

Path_ = tuple[str | int, ...]
MAX_PATHS = 50
_LONGEST_KEY = 1000  # of YAML without a question mark


class _Members(list[tuple[str, Any]]):
    """The members of an object, also those of duplicate keys."""


def _non_finite(text: str) -> Any:
    raise ValueError(text)


def _is_strict(value: Any, depth: int = 1) -> bool:
    """Return whether a value has what strict parsing takes."""
    if isinstance(value, str):
        return not any("\ud800" <= each <= "\udfff" for each in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        parts = [each for pair in value for each in pair] if type(value) is _Members else value
        return depth <= MAX_DEPTH and all(_is_strict(each, depth + 1) for each in parts)
    return True


def _without_duplicates(value: Any) -> tuple[Any, bool]:
    """Return the value with the last of duplicate keys, and whether there were any."""
    if type(value) is _Members:
        made = {name: _without_duplicates(each) for name, each in value}
        again = len(made) < len(value) or any(_without_duplicates(each)[1] for _, each in value)
        return {name: each for name, (each, _) in made.items()}, again
    if isinstance(value, list):
        items = [_without_duplicates(each) for each in value]
        return [each for each, _ in items], any(again for _, again in items)
    return value, False


def _read_by_python(data: bytes) -> tuple[Any, bool] | None:
    """Return the value and whether it has duplicate keys, by the json module; None if rejected."""
    try:
        value = json.loads(
            data.removeprefix(b"\xef\xbb\xbf").decode(),
            parse_constant=_non_finite,
            object_pairs_hook=_Members,
        )
    except (ValueError, RecursionError):
        return None
    return _without_duplicates(value) if _is_strict(value) else None


def enter_json(data: bytes, folder: Path) -> None:  # noqa: ARG001
    """Check that JSON is taken and rejected as by the json module, and values have their places."""
    document = parse(data)
    expected = _read_by_python(data)
    assert document.readable == (expected is not None), (document.errors, expected)
    _look_at_errors(document)
    if expected is None:
        return
    value, has_duplicates = expected
    assert same(document.value, value)
    codes = {each.code for each in document.errors}
    assert ("duplicateKey" in codes) == has_duplicates
    assert ("byteOrderMark" in codes) == data.startswith(b"\xef\xbb\xbf")
    if not has_duplicates:
        for path, each, text in _located(document):
            assert same(json.JSONDecoder().raw_decode(text)[0], each), path


def enter_yaml(data: bytes, folder: Path) -> None:  # noqa: ARG001
    """Check that YAML that is taken has a JSON value, which is read again from JSON, and places."""
    document = parse(data, format="yaml")
    _look_at_errors(document)
    if not document.readable:
        return
    assert _is_json(document.value)
    written = json.dumps(document.value)
    if "\\ud" not in written and len(written) < _LONGEST_KEY:
        assert same(parse(written, format="yaml").value, document.value)
    for _ in _located(document):
        pass


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, and of the same types."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(each, other[key]) for key, each in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_strict(key) for key in value) and all(
            map(_is_json, value.values())
        )
    if isinstance(value, list):
        return all(map(_is_json, value))
    return isinstance(value, (str, int, float, type(None))) and _is_strict(value)


def _look_at_errors(document: Document) -> None:
    lines = document.data.count(b"\n") + 1
    for each in document.errors:
        assert each.message
        assert each.place is not None
        assert 1 <= each.place.line <= max(lines, document.data.count(b"\r") + lines)
        assert each.hint is None or each.hint


def _paths(value: Any, at: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    yield at, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _paths(each, (*at, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _paths(each, (*at, index))


def _located(document: Document) -> Iterator[tuple[Path_, Any, str]]:
    """Yield the first values with their paths and the text that begins there."""
    found = [pair for pair, _ in zip(_paths(document.value), range(MAX_PATHS), strict=False)]
    root = PositionTree()
    for path, _ in found:
        root.add(path)
    text = document.locate(root)
    for path, value in found:
        at = root.offset(path, of_key=False)
        assert 0 <= at <= len(text), path
        rest: Any = text[at:]
        yield path, value, rest.decode() if isinstance(rest, bytes) else rest
    document.places((path, bool(path)) for path, _ in found)
