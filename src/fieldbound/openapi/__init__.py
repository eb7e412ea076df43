"""OpenAPI documents: their operations, and the schemas of each operation's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .composition import SchemaGraph as SchemaGraph, SchemaLocation as SchemaLocation
    from .discriminators import (
        Subtypes as Subtypes,
        apply_discriminator as apply_discriminator,
        discriminator_error as discriminator_error,
    )
    from .media_types import (
        default_media_type as default_media_type,
        is_form as is_form,
        is_json as is_json,
    )
    from .node import (
        METHODS as METHODS,
        PointerTokens as PointerTokens,
        SpecNode as SpecNode,
        is_reference as is_reference,
        reference_to as reference_to,
    )
    from .nullable import (
        MEANT_NULLABLE as MEANT_NULLABLE,
        accepting_null as accepting_null,
        refuses_null as refuses_null,
    )
    from .object_kinds import Position as Position, positions as positions
    from .objects import not_checked as not_checked
    from .operation_names import kebab_case as kebab_case, unused_name as unused_name
    from .operation_parameters import ENFORCED as ENFORCED, is_ignored as is_ignored
    from .operations import OpenAPI as OpenAPI
    from .parameters import (
        is_credential as is_credential,
        parameters_schema as parameters_schema,
        source_entry as source_entry,
    )
    from .parts import (
        PARAMETER_PARTS as PARAMETER_PARTS,
        WEBHOOK as WEBHOOK,
        Operation as Operation,
        OperationPart as OperationPart,
        ParameterObject as ParameterObject,
    )
    from .upgrade import Upgrade as Upgrade

__getattr__, __all__ = lazy(
    __name__,
    {
        ".composition": "SchemaGraph SchemaLocation",
        ".discriminators": "Subtypes apply_discriminator discriminator_error",
        ".media_types": "default_media_type is_form is_json",
        ".node": "METHODS PointerTokens SpecNode is_reference reference_to",
        ".object_kinds": "Position positions",
        ".nullable": "MEANT_NULLABLE accepting_null refuses_null",
        ".objects": "not_checked",
        ".operation_names": "kebab_case unused_name",
        ".operation_parameters": "ENFORCED is_ignored",
        ".operations": "OpenAPI",
        ".parameters": "is_credential parameters_schema source_entry",
        ".parts": "Operation OperationPart PARAMETER_PARTS ParameterObject WEBHOOK",
        ".upgrade": "Upgrade",
    },
)
