"""Positions in a text: offsets of values and keys by path, and offsets as lines and columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fieldbound.model import Place

_CONTINUATION_BYTES: Final = bytes(range(0x80, 0xC0))  # of UTF-8: they begin no character


class PositionTree:
    """A tree of the paths to locate, into which a parser enters the offsets it finds."""

    __slots__ = ("children", "key_offset", "value_offset")

    def __init__(self) -> None:
        self.value_offset = self.key_offset = -1
        self.children: dict[str | int, PositionTree] = {}

    def add(self, path: Iterable[str | int]) -> None:
        """Add *path*, and so every value on the way."""
        node = self
        for step in path:
            node = node.children.setdefault(step, PositionTree())

    @property
    def goes_on(self) -> bool:
        """Whether a value within this one is to be located."""
        return bool(self.children)

    def wants(self, steps: Iterable[str | int]) -> bool:
        """Return whether a value under one of some keys or indices is to be located."""
        return not self.children.keys().isdisjoint(steps)

    def child(self, step: str | int, key_offset: int = -1) -> PositionTree | None:
        """Return the subtree under a key or index and enter the offset of its key, or None."""
        node = self.children.get(step)
        if node is not None:
            node.key_offset = key_offset
        return node

    def offset(self, path: Iterable[str | int], of_key: bool) -> int:
        """Return the offset of the value or key at *path*, or of its nearest ancestor that exists.

        Of duplicate keys the last one counts: a child that was found before its parent's value
        belongs to an earlier one.
        """
        node = self
        for step in path:
            child = node.children.get(step)
            if child is None or child.value_offset < node.value_offset:
                return node.value_offset
            node = child
        return node.key_offset if of_key and node.key_offset >= 0 else node.value_offset


class EveryPosition(PositionTree):
    """A tree into which a parser enters all values right within one, if *deep* those in them too.

    Of duplicate keys the last one replaces the others.
    """

    __slots__ = ("_deep",)

    def __init__(self, *, deep: bool) -> None:
        super().__init__()
        self._deep = deep

    @property
    def goes_on(self) -> bool:
        """Whether a value within this one is to be located: always."""
        return True

    def wants(self, steps: Iterable[str | int]) -> bool:  # noqa: ARG002 - it wants each
        """Return whether a value under one of some keys or indices is to be located: always."""
        return True

    def child(self, step: str | int, key_offset: int = -1) -> PositionTree:
        """Return a new subtree for a key or index, with the offset of its key."""
        node = EveryPosition(deep=True) if self._deep else PositionTree()
        node.key_offset = key_offset
        self.children[step] = node
        return node


def places_at(text: bytes | str, offsets: Iterable[int]) -> dict[int, Place]:
    """Return the places of offsets, found in one pass; columns are code points, also in bytes."""
    from fieldbound.model import Place  # slow to import

    places, last, line, column = {}, 0, 1, 1
    for offset in sorted(set(offsets)):
        line, column = place_after(line, column, text[last:offset])
        places[offset], last = Place(line, column), offset
    return places


def place_after(line: int, column: int, part: Any) -> tuple[int, int]:
    """Return the line and column behind a part of a text, bytes or str, that begins at these."""
    is_bytes = isinstance(part, bytes)
    newline: Any = b"\n" if is_bytes else "\n"
    if breaks := part.count(newline):
        line, column = line + breaks, 1
        part = part[part.rindex(newline) + 1 :]
    is_longer = is_bytes and not part.isascii()  # in bytes than in characters
    return line, column + len(part.translate(None, _CONTINUATION_BYTES) if is_longer else part)
