"""Parts of instances that are not documented, or not checked: each is reported with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from fieldbound.model import tokens_of

_NOTHING: Final[Mapping[str, str]] = {}
#: A name, not an index, that only an escape sequence of a code point hides in a JSON text.
_PLAIN: Final = re.compile(r"(?!\d+$)[\w .:$@-]+")


class Undocumented:
    """Parts that are not checked: *reasons* by pointer, `*` being any name or index.

    A contract marks what the vendor does not document as `x-unspecified`. What is in *always* is
    reported whatever the instance has.

    *first_names* are the names at the root under which there is any; None: under any name.
    """

    def __init__(self, reasons: Mapping[str, str], always: Mapping[str, str] = _NOTHING) -> None:
        self._always = always
        self._paths = [(pointer, tokens_of(pointer), reason) for pointer, reason in reasons.items()]
        self._names_of_paths = [
            [name.encode() for name in path if name != "*" and _PLAIN.fullmatch(name)]
            for _, path, _ in self._paths
        ]
        firsts = [tokens[:1] for _, tokens, _ in self._paths]
        anywhere = () in firsts or ("*",) in firsts
        self.first_names = None if anywhere else frozenset(name for each in firsts for name in each)

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """The paths of the parts, `*` being any name or index."""
        return [path for _, path, _ in self._paths]

    def may_be_in(self, text: bytes) -> bool:
        """Return whether an instance of a JSON *text* may have an undocumented part.

        It has none where a name does not stand in the text, which has no escaped code points.
        """
        return any(all(name in text for name in names) for names in self._names_of_paths)

    def may_be_at(self, path: tuple[str, ...]) -> bool:
        """Return whether what is at a path may be undocumented, `*` being any name or index."""
        return any(
            len(each) == len(path) and all(map(_may_be, each, path)) for _, each, _ in self._paths
        )

    def within(self, instance: Any) -> Mapping[str, str]:
        """Return pointer and reason of each undocumented part that an instance has."""
        firsts = self.first_names
        if firsts is not None and (not isinstance(instance, dict) or firsts.isdisjoint(instance)):
            return self._always
        found = {pointer: reason for pointer, path, reason in self._paths if _has(instance, path)}
        return joined(self._always, found) if found else self._always


def _may_be(token: str, name: str) -> bool:
    return token in ("*", name) or (name == "*" and token.isdecimal())


def joined(*several: Mapping[str, str]) -> Mapping[str, str]:
    """Return reasons by pointer, those of one pointer joined."""
    found: dict[str, list[str]] = {}
    for reasons in several:
        for pointer, reason in reasons.items():
            found.setdefault(pointer, []).append(reason)
    return {pointer: "; ".join(reasons) for pointer, reasons in found.items()}


def _has(instance: Any, path: tuple[str, ...], depth: int = 0) -> bool:
    """Return whether an instance has something at a path, in which `*` is any name or index."""
    if depth == len(path):
        return True
    name, parts = path[depth], instance
    if isinstance(instance, dict):
        if name != "*":
            return name in instance and _has(instance[name], path, depth + 1)
        parts = instance.values()
    elif not isinstance(instance, (list, tuple)) or not (name == "*" or name.isdecimal()):
        return False
    for part in parts:  # noqa: SIM110 - twice as fast as `any` with a generator
        if _has(part, path, depth + 1):
            return True
    return False
