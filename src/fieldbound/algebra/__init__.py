"""Set algebra on JSON Schemas: which values a schema accepts, and whether there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .canonical import Algebra as Algebra, canonical_text as canonical_text
    from .containment import is_unsatisfiable as is_unsatisfiable, is_within as is_within
    from .engine_patterns import (
        EngineSchema as EngineSchema,
        canonical_schema as canonical_schema,
        engine_location as engine_location,
        engine_schema as engine_schema,
        original_error as original_error,
        original_keyword as original_keyword,
        original_name as original_name,
    )
    from .numbers import NumberSampler as NumberSampler, json_number as json_number
    from .patterns import (
        Pattern as Pattern,
        SharingWork as SharingWork,
        Undecided as Undecided,
        Work as Work,
        assuming as assuming,
        first_fault as first_fault,
        is_assumed as is_assumed,
        is_pattern as is_pattern,
        match_by_steps as match_by_steps,
        matches as matches,
        pattern_error as pattern_error,
        pattern_of as pattern_of,
        python_text as python_text,
    )
    from .random_source import (
        BUDGET as BUDGET,
        FullSource as FullSource,
        RandomSource as RandomSource,
        SeededSource as SeededSource,
        SimplestSource as SimplestSource,
        cycle_of as cycle_of,
    )
    from .strings import (
        StringSampler as StringSampler,
        example_string as example_string,
        intersection as intersection,
    )
    from .value_sets import (
        ANYTHING as ANYTHING,
        Arrays as Arrays,
        Contains as Contains,
        Empty as Empty,
        Enumerated as Enumerated,
        Intersection as Intersection,
        Numbers as Numbers,
        Objects as Objects,
        Reference as Reference,
        Strings as Strings,
        Union as Union,
        ValueSet as ValueSet,
        modified as modified,
    )

__getattr__, __all__ = lazy(
    __name__,
    {
        ".canonical": "Algebra canonical_text",
        ".containment": "is_unsatisfiable is_within",
        ".engine_patterns": (
            "EngineSchema canonical_schema engine_location engine_schema original_error "
            "original_keyword original_name"
        ),
        ".numbers": "NumberSampler json_number",
        ".patterns": (
            "Pattern SharingWork Undecided Work assuming first_fault is_assumed is_pattern "
            "match_by_steps matches pattern_error pattern_of python_text"
        ),
        ".random_source": "BUDGET FullSource RandomSource SeededSource SimplestSource cycle_of",
        ".strings": "StringSampler example_string intersection",
        ".value_sets": (
            "ANYTHING Arrays Contains Empty Enumerated Intersection Numbers Objects Reference "
            "Strings Union ValueSet modified"
        ),
    },
)
