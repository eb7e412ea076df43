"""The places in one document, for many questions one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound.documents import Document, PlaceIndex, json_text, parse
from fieldbound.model import Place
from support.effort import examples
from support.growth import LINEAR, growth
from support.tables import table

KEYS = st.text("ab\u00e9\U0001f600\n", max_size=2)
SCALARS = st.none() | st.integers(0, 99) | st.sampled_from(["", "x", "\u00e9", "\U0001f600\n"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
#: Texts of either format in which a key is there twice.
REPEATED = ['{"a": {"x": 1, "y": [1]}, "b": 1, "a": {"x": 2}}', '{"a": {"x": 1}, "a": 2}']
ALIASES = "a: &a\n  x: [1, {y: 2}]\nb: *a\nc: !!str\n  1\n"


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of everything in a value, and some that lead nowhere."""
    found = [path, (*path, "none"), (*path, 99, "none")]
    items = value.items() if isinstance(value, dict) else ()
    for step, each in enumerate(value) if isinstance(value, list) else items:
        found += paths_in(each, (*path, step))
    return found


def assert_same(document: Document) -> None:
    """Assert that all places are those of `Document.places`, in whatever order they are asked."""
    targets = [(path, of_key) for path in paths_in(document.value) for of_key in (True, False)]
    expected = document.places(targets)
    for order in (targets, targets[::-1]):
        index = PlaceIndex(document)
        assert {each: index.place(*each) for each in order} == expected
    alone = targets[len(targets) // 2]
    assert PlaceIndex(document).place(*alone) == expected[alone]


@settings(max_examples=examples(200))
@given(VALUES, st.booleans(), st.sampled_from([None, 1]), st.sampled_from(["", "\ufeff", " \n"]))
def test_every_place(value: Any, ascii_: bool, indent: int | None, before: str) -> None:
    """A place is the one that the document returns for it, in JSON and in YAML."""
    text = before + json.dumps(value, ensure_ascii=ascii_, indent=indent)
    assert_same(parse(text))
    as_yaml = parse(text, format="yaml")
    if as_yaml.readable:
        assert_same(as_yaml)


@table("text", [*REPEATED, ALIASES])
def test_what_is_there_twice(text: str) -> None:
    """The last of duplicate keys counts; what is within an alias has the place of the alias."""
    as_yaml = parse(text, format="yaml")
    assert as_yaml.readable
    assert_same(as_yaml)
    if text != ALIASES:
        assert_same(parse(text))


def test_an_unreadable_document() -> None:
    """All its places are its start."""
    assert PlaceIndex(parse("[1")).place((0,), False) == Place(1, 1)


@table(
    ("separator", "character"),
    [(",", "x"), (",\n", "x"), (",\r\n", "\u00e9"), (", ", "\U0001f600"), (",", "\u20ac")],
)
def test_far_into_a_text(separator: str, character: str) -> None:
    """A place is exact, however long the text, its lines and its characters are."""
    items = separator.join(json.dumps(character * 50, ensure_ascii=False) for _ in range(900))
    document = parse(f"[{items}]")
    index = PlaceIndex(document)
    targets = [((at,), False) for at in range(900)]
    assert {each: index.place(*each) for each in targets} == document.places(targets)


def test_what_is_beside_the_way_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of JSON, only what a path leads through is read, and that once."""
    read = []
    original = json_text.locate

    def locate(data: bytes, positions: Any, start: int = 0) -> None:
        read.append(start)
        original(data, positions, start)

    monkeypatch.setattr(json_text, "locate", locate)
    index = PlaceIndex(parse('{"a": {"x": [1, 2]}, "b": {"y": {}}}'))
    for _ in range(3):
        index.place(("a", "x"), True)
        index.place(("a", "x", 1), False)
    assert read == [0, 6, 12]


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_growth(format_: str) -> None:
    """Twice the places in a text of twice the length take about twice the work."""

    def prepared(count: int) -> Callable[[], object]:
        value = {f"p{at}": {"a": {"b": at}} for at in range(count)}
        document = parse(json.dumps(value), format=format_)

        def ask() -> None:
            index = PlaceIndex(document)
            for key in value:
                index.place((key, "a", "b"), True)

        return ask

    assert growth(prepared, 100) <= LINEAR
