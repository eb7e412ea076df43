"""The path to a value within an instance, through the value sets of its contract."""

from __future__ import annotations

from typing import Any, NamedTuple


class Branch(NamedTuple):
    """A step of a path: one branch of a union or an intersection."""

    number: int


class Chosen(NamedTuple):
    """A step of a path that stays where it is: the object there has a *value* of that *name*."""

    name: str
    value: Any


#: The path to a value: names, indices, branches and what is chosen on the way.
ValuePath = tuple["str | int | Branch | Chosen", ...]
