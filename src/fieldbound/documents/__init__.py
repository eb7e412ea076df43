"""JSON and YAML text in, a Document out: its value, its syntax errors, and where things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .document import (
        NON_FATAL as NON_FATAL,
        Document as Document,
        has_infinite as has_infinite,
        parse as parse,
        read as read,
    )
    from .files import is_same_file as is_same_file, reason as reason, replacing as replacing
    from .positions import PositionTree as PositionTree, places_at as places_at

__getattr__, __all__ = lazy(
    __name__,
    {
        ".document": "Document NON_FATAL has_infinite parse read",
        ".files": "is_same_file reason replacing",
        ".positions": "PositionTree places_at",
    },
)
