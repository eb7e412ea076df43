"""JSON and YAML documents: their values, their syntax errors, and the places of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .document import (
        NON_FATAL as NON_FATAL,
        Document as Document,
        has_infinite as has_infinite,
        loads as loads,
        own_value as own_value,
        parse as parse,
        read as read,
    )
    from .files import (
        SUFFIXES as SUFFIXES,
        atomic_write as atomic_write,
        is_same_file as is_same_file,
        os_error_reason as os_error_reason,
        why_unreadable as why_unreadable,
    )
    from .place_index import PlaceIndex as PlaceIndex
    from .positions import (
        PositionTree as PositionTree,
        place_after as place_after,
        places_at as places_at,
    )

__getattr__, __all__ = lazy(
    __name__,
    {
        ".document": "Document NON_FATAL has_infinite loads own_value parse read",
        ".files": "SUFFIXES atomic_write is_same_file os_error_reason why_unreadable",
        ".place_index": "PlaceIndex",
        ".positions": "PositionTree place_after places_at",
    },
)
