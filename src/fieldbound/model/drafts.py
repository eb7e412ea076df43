"""Frozen objects made in number: as objects of a class of the same slots that may be written."""

from __future__ import annotations

from typing import Any


def draft_of(frozen: Any) -> Any:
    """Return a class of the same slots whose objects may be written, and then become frozen.

    A frozen dataclass calls a function for each field, which costs five times as much.
    """
    own = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    slots = {"__slots__": frozen.__dict__["__slots__"]}  # as this version of Python has them
    return type(f"{frozen.__name__}Draft", frozen.__bases__, slots | own)
