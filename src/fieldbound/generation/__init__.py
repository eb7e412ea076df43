"""Generation of instances: Hypothesis strategies, and test cases for each limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .certified_cases import cases as cases, cases_of as cases_of
    from .example_payloads import samples as samples, samples_at_limits as samples_at_limits
    from .http_strategies import (
        invalid_requests as invalid_requests,
        requests as requests,
        responses as responses,
    )
    from .strategies import from_schema as from_schema, invalid as invalid, valid as valid

__getattr__, __all__ = lazy(
    __name__,
    {
        ".certified_cases": "cases cases_of",
        ".example_payloads": "samples samples_at_limits",
        ".http_strategies": "invalid_requests requests responses",
        ".strategies": "from_schema invalid valid",
    },
)
