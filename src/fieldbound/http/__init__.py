"""Checking HTTP requests and responses against an API, also as they pass through a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .adapters import body_of as body_of, headers_of as headers_of
    from .exchange import MessageSpec as MessageSpec
    from .form_data import parse_form as parse_form
    from .guard import MODES as MODES, ContractWarning as ContractWarning, Guard as Guard
    from .hosts import (
        Hosts as Hosts,
        host_of as host_of,
        hosts_of as hosts_of,
        split_pattern as split_pattern,
    )
    from .interception import Interceptor as Interceptor, installed_clients as installed_clients
    from .media_types import strip_parameters as strip_parameters
    from .message import BODILESS as BODILESS, Message as Message
    from .parameter_sets import (
        CONTENT_TYPE as CONTENT_TYPE,
        MessageHead as MessageHead,
        ParameterSet as ParameterSet,
    )
    from .report_builder import UNDOCUMENTED as UNDOCUMENTED, Undocumented as Undocumented
    from .serialize import (
        Unserializable as Unserializable,
        scalar_schema as scalar_schema,
        serializable as serializable,
        serializable_form as serializable_form,
        serialize_form as serialize_form,
        serialize_parameters as serialize_parameters,
    )
    from .vendor_api import API as API, api as api

__getattr__, __all__ = lazy(
    __name__,
    {
        ".exchange": "MessageSpec",
        ".form_data": "parse_form",
        ".guard": "ContractWarning Guard MODES",
        ".hosts": "Hosts host_of hosts_of split_pattern",
        ".interception": "Interceptor installed_clients",
        ".media_types": "strip_parameters",
        ".message": "BODILESS Message",
        ".parameter_sets": "CONTENT_TYPE MessageHead ParameterSet",
        ".report_builder": "UNDOCUMENTED Undocumented",
        ".adapters": "body_of headers_of",
        ".vendor_api": "API api",
        ".serialize": (
            "Unserializable scalar_schema serializable serializable_form serialize_form"
            " serialize_parameters"
        ),
    },
)
