"""A schema in, the set of values it accepts out: patterns as automata, numbers, strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .canonical import (
        Algebra as Algebra,
        canonical_text as canonical_text,
        is_within as is_within,
        takes_nothing as takes_nothing,
    )
    from .numbers import Amounts as Amounts, plain as plain
    from .random_source import (
        BUDGET as BUDGET,
        Chance as Chance,
        Everything as Everything,
        Simplest as Simplest,
        Source as Source,
        turn_of as turn_of,
    )
    from .regex_parser import is_endless as is_endless
    from .strings import Spelling as Spelling, matches as matches, meet as meet
    from .value_sets import (
        ANYTHING as ANYTHING,
        All as All,
        Arrays as Arrays,
        Contained as Contained,
        Either as Either,
        Form as Form,
        Nothing as Nothing,
        Numbers as Numbers,
        Objects as Objects,
        Reference as Reference,
        Texts as Texts,
        Values as Values,
        varied as varied,
    )

__getattr__, __all__ = lazy(
    __name__,
    {
        ".canonical": "Algebra canonical_text is_within takes_nothing",
        ".numbers": "Amounts plain",
        ".random_source": "BUDGET Chance Everything Simplest Source turn_of",
        ".regex_parser": "is_endless",
        ".strings": "Spelling matches meet",
        ".value_sets": (
            "ANYTHING All Arrays Contained Either Form Nothing Numbers Objects Reference "
            "Texts Values varied"
        ),
    },
)
