"""A schema in, a Contract out, and from it the Report of an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .batch import VALID as VALID, Batch as Batch, Verdict as Verdict
    from .coercion import Shape as Shape, json_of as json_of, shape as shape
    from .contract import Contract as Contract
    from .engine import BASE as BASE, uri_of as uri_of
    from .header_case import AnyCase as AnyCase
    from .limits import FORMATS as FORMATS, LIMITS as LIMITS, is_sensitive as is_sensitive

__getattr__, __all__ = lazy(
    __name__,
    {
        ".batch": "Batch VALID Verdict",
        ".coercion": "Shape json_of shape",
        ".contract": "Contract",
        ".engine": "BASE uri_of",
        ".header_case": "AnyCase",
        ".limits": "FORMATS LIMITS is_sensitive",
    },
)
