"""Positions in a text: paths that are looked for, and offsets turned into lines and columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from fieldbound.model import Place

_CONTINUATION: Final = bytes(range(0x80, 0xC0))  # bytes that begin no character


class PositionTree:
    """A tree of the paths that are looked for; a walk enters the offsets it finds."""

    __slots__ = ("at", "children", "key_at")

    def __init__(self) -> None:
        self.at = self.key_at = -1
        self.children: dict[str | int, PositionTree] = {}

    def add(self, path: Iterable[str | int]) -> None:
        """Look for *path*, and for every value on the way."""
        node = self
        for step in path:
            node = node.children.setdefault(step, PositionTree())

    def child(self, step: str | int, key_at: int = -1) -> PositionTree | None:
        """Give what is wanted at and below the *step*; None if nothing is."""
        node = self.children.get(step)
        if node is not None:
            node.key_at = key_at
        return node

    def offset(self, path: Iterable[str | int], of_key: bool) -> int:
        """Give the offset of the value or key at *path*, or of the nearest value on the way.

        What was found below the first of two equal keys stands before the value of the second,
        which counts: so it is known to be void.
        """
        node = self
        for step in path:
            child = node.children[step]
            if child.at < node.at:
                return node.at
            node = child
        return node.key_at if of_key and node.key_at >= 0 else node.at


def places_at(text: bytes | str, offsets: Iterable[int]) -> dict[int, Place]:
    """Turn offsets into places in one pass; a column is a code point, whatever its bytes."""
    newline: Any = b"\n" if isinstance(text, bytes) else "\n"
    places, last, line, column = {}, 0, 1, 1
    for offset in sorted(set(offsets)):
        part: Any = text[last:offset]
        if breaks := part.count(newline):
            line, column = line + breaks, 1
            part = part[part.rindex(newline) + 1 :]
        column += len(part.translate(None, _CONTINUATION) if isinstance(part, bytes) else part)
        places[offset], last = Place(line, column), offset
    return places
