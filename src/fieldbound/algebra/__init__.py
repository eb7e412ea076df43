"""Set algebra on JSON Schemas: which values a schema accepts, and whether there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .canonical import (
        Algebra as Algebra,
        canonical_text as canonical_text,
        is_unsatisfiable as is_unsatisfiable,
        is_within as is_within,
    )
    from .numbers import NumberSampler as NumberSampler, json_number as json_number
    from .random_source import (
        BUDGET as BUDGET,
        FullSource as FullSource,
        RandomSource as RandomSource,
        SeededSource as SeededSource,
        SimplestSource as SimplestSource,
        cycle_of as cycle_of,
    )
    from .regex_parser import may_backtrack_exponentially as may_backtrack_exponentially
    from .strings import (
        StringSampler as StringSampler,
        intersection as intersection,
        matches as matches,
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
        ".canonical": "Algebra canonical_text is_unsatisfiable is_within",
        ".numbers": "NumberSampler json_number",
        ".random_source": "BUDGET FullSource RandomSource SeededSource SimplestSource cycle_of",
        ".regex_parser": "may_backtrack_exponentially",
        ".strings": "StringSampler intersection matches",
        ".value_sets": (
            "ANYTHING Arrays Contains Empty Enumerated Intersection Numbers Objects Reference "
            "Strings Union ValueSet modified"
        ),
    },
)
