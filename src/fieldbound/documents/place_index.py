"""The places in one document, for many questions one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .positions import EveryPosition, PositionTree, place_after, places_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldbound.model import Place

    from .document import Document

#: How far apart the offsets are whose lines and columns are known.
_STEP: Final = 4096


class PlaceIndex:
    """Finds places in a document, and keeps what it has found on the way to each.

    Of JSON only the arrays and objects are read that a path leads through, each once. YAML is read
    as a whole, since a part of it means nothing by itself.
    """

    def __init__(self, document: Document) -> None:
        self._root: PositionTree = EveryPosition(deep=document.format != "json")
        self._text = document.locate(self._root) if document.readable else b""
        self._passed = {self._root.value_offset}
        self._marks: list[Place] = []

    def place(self, path: Iterable[str | int], of_key: bool) -> Place:
        """Return the place of a value or its key, as `Document.places` does."""
        node, steps = self._root, tuple(path)
        for step in steps:
            self._read(node)
            if step not in node.children:
                break
            node = node.children[step]
        return self._place_at(max(self._root.offset(steps, of_key), 0))

    def _read(self, node: PositionTree) -> None:
        """Find what is right within a value of JSON, unless that is known."""
        if isinstance(self._text, str) or node.value_offset in self._passed:
            return
        from .json_text import locate

        self._passed.add(node.value_offset)
        inner = EveryPosition(deep=False)
        locate(self._text, inner, node.value_offset)
        node.children = inner.children

    def _place_at(self, offset: int) -> Place:
        """Return the place of an offset, counted from the nearest one before it that is known."""
        if not self._marks:
            self._marks = list(places_at(self._text, range(0, len(self._text) + 1, _STEP)).values())
        mark = self._marks[offset // _STEP]
        part = self._text[offset - offset % _STEP : offset]
        return type(mark)(*place_after(mark.line, mark.column, part))
