"""Many records in, one BulkReport out: a file, a stream, or values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from fieldbound.model import (
        BulkReport as BulkReport,
        Duplicate as Duplicate,
        Duplicates as Duplicates,
        Lengths as Lengths,
        LimitTally as LimitTally,
        Sample as Sample,
    )

    from .check_records import check as check, render as render
    from .inputs.detection import holds_array as holds_array, is_records as is_records
    from .run import Options as Options, Run as Run

__getattr__, __all__ = lazy(
    __name__,
    {
        "..model": "BulkReport Duplicate Duplicates Lengths LimitTally Sample",
        ".check_records": "check render",
        ".inputs.detection": "holds_array is_records",
        ".run": "Options Run",
    },
)
