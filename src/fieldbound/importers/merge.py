"""A three-way merge of JSON values: what people changed, and what a newer source says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fieldbound.model import pointer_of, uncited

from .evidence import ABSENT, ANNOTATIONS, combined, value_at


class Conflict(NamedTuple):
    """A value that people and the source changed: *kept* is theirs, *imported* the source's.

    *limit* is the file, the pointer to the schema, and the keyword. One that is removed is None,
    and so is null.
    """

    limit: str
    kept: Any
    imported: Any


class Sides(NamedTuple):
    """The three sides of a merge: what the last import wrote, what is there, what is imported.

    Each may be `ABSENT`.
    """

    base: Any
    current: Any
    imported: Any

    def at(self, name: str) -> Sides:
        """Return the sides of a member, of those sides that are objects."""
        found = (each.get(name, ABSENT) if isinstance(each, dict) else ABSENT for each in self)
        return Sides(*found)


@dataclass
class Merge:
    """Collects the conflicts of a merge, and the limits that stay as people changed them.

    *others* are what the last imports of other sources wrote: no change by people.
    """

    others: Sequence[Any] = ()
    conflicts: list[Conflict] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def merged(self, sides: Sides, path: tuple[str, ...]) -> Any:
        """Return the merged value at a path that begins with the file's name."""
        base, current, imported = sides
        if is_equal(current, imported) or is_equal(base, current):
            return imported
        both_are_objects = isinstance(current, dict) and isinstance(imported, dict)
        if both_are_objects and not (path[-1] == "x-source" and base is ABSENT):
            members = {
                name: self.merged(sides.at(name), (*path, name))
                for name in dict.fromkeys((*imported, *current))
            }
            return {name: value for name, value in members.items() if value is not ABSENT}
        if is_equal(base, imported):
            if not self._is_of_others(current, imported, path):
                self.kept.append(limit_id(path))
            return current
        if path[-1] == "required" and isinstance(current, list) and isinstance(imported, list):
            return _merged_names(base if isinstance(base, list) else [], current, imported)
        if base is ABSENT and path[-1] == "x-source" and ABSENT not in (current, imported):
            return combined(current, imported)
        is_same = path[-1] in ANNOTATIONS or is_equal(uncited(current), uncited(imported))
        if base is ABSENT and is_same and ABSENT not in (current, imported):
            return current
        kept, other = (None if each is ABSENT else each for each in (current, imported))
        self.conflicts.append(Conflict(limit_id(path), kept, other))
        return current

    def _is_of_others(self, current: Any, imported: Any, path: tuple[str, ...]) -> bool:
        """Return whether what is there differs by what other sources have."""
        found = [
            each for each in (value_at(other, path) for other in self.others) if each is not ABSENT
        ]
        if path[-1] == "x-source" and found:
            return True
        if isinstance(current, list) and isinstance(imported, list):
            known = [name for each in found if isinstance(each, list) for name in each]
            added = [each for each in current if each not in imported]
            return all(each in current for each in imported) and all(map(known.__contains__, added))
        return any(is_equal(current, each) for each in found)


def _merged_names(base: list[Any], current: list[Any], imported: list[Any]) -> list[Any]:
    """Return a list of names: each is a limit of its own, added or removed by either side."""
    added = [each for each in current if each not in base and each not in imported]
    removed = [each for each in base if each not in current]
    return [*(each for each in imported if each not in removed), *added]


def is_equal(value: Any, other: Any) -> bool:
    """Return whether two JSON values are the same, numbers as they are written."""
    if value is ABSENT or other is ABSENT:
        return value is other
    return json.dumps(value, sort_keys=True) == json.dumps(other, sort_keys=True)


def limit_id(path: Iterable[str]) -> str:
    """Return the id of the limit at a path: the file, the pointer to the schema, the keyword."""
    file, *tokens = path
    if not tokens:
        return file
    *holder, keyword = tokens
    return f"{file}#{pointer_of(holder)}:{keyword}"
