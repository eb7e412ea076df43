"""A contract in, Python types of its values out: pydantic, msgspec, dataclasses, TypedDict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .module import model_code as model_code, unenforced as unenforced
    from .styles import STYLES as STYLES

__getattr__, __all__ = lazy(__name__, {".module": "model_code unenforced", ".styles": "STYLES"})
