"""An OpenAPI document in, its operations out, each with the schemas of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .composition import Address as Address, Family as Family, Tokens as Tokens
    from .discriminators import Subtypes as Subtypes, fault as fault
    from .operations import (
        METHODS as METHODS,
        PLACES as PLACES,
        At as At,
        Named as Named,
        OpenAPI as OpenAPI,
        Operation as Operation,
        Part as Part,
        is_form as is_form,
        is_json as is_json,
        main_type as main_type,
        reference_to as reference_to,
    )
    from .parameters import (
        entry_of as entry_of,
        is_credential as is_credential,
        names_schema as names_schema,
    )
    from .upgrade import chosen as chosen, to_2020_12 as to_2020_12

__getattr__, __all__ = lazy(
    __name__,
    {
        ".composition": "Address Family Tokens",
        ".discriminators": "Subtypes fault",
        ".operations": (
            "At METHODS Named OpenAPI Operation PLACES Part is_form is_json main_type reference_to"
        ),
        ".parameters": "entry_of is_credential names_schema",
        ".upgrade": "chosen to_2020_12",
    },
)
