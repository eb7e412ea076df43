"""OpenAPI documents: their operations, and the schemas of each operation's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .composition import SchemaGraph as SchemaGraph, SchemaLocation as SchemaLocation
    from .discriminators import Subtypes as Subtypes, discriminator_error as discriminator_error
    from .media_types import (
        default_media_type as default_media_type,
        is_form as is_form,
        is_json as is_json,
    )
    from .node import (
        METHODS as METHODS,
        PointerTokens as PointerTokens,
        SpecNode as SpecNode,
        reference_to as reference_to,
    )
    from .operations import (
        PARAMETER_PARTS as PARAMETER_PARTS,
        OpenAPI as OpenAPI,
        Operation as Operation,
        OperationPart as OperationPart,
        ParameterObject as ParameterObject,
    )
    from .parameters import (
        is_credential as is_credential,
        parameters_schema as parameters_schema,
        source_entry as source_entry,
    )
    from .upgrade import apply_discriminator as apply_discriminator, to_2020_12 as to_2020_12

__getattr__, __all__ = lazy(
    __name__,
    {
        ".composition": "SchemaGraph SchemaLocation",
        ".discriminators": "Subtypes discriminator_error",
        ".media_types": "default_media_type is_form is_json",
        ".node": "METHODS PointerTokens SpecNode reference_to",
        ".operations": "OpenAPI Operation OperationPart PARAMETER_PARTS ParameterObject",
        ".parameters": "is_credential parameters_schema source_entry",
        ".upgrade": "apply_discriminator to_2020_12",
    },
)
