"""HTTP requests and responses in, Reports out; adapters and hooks for clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .adapters import body_of as body_of, headers_of as headers_of
    from .exchange import (
        BODILESS as BODILESS,
        CONTENT_TYPE as CONTENT_TYPE,
        NamedSet as NamedSet,
        Side as Side,
        Texts as Texts,
    )
    from .form_data import read_form as read_form
    from .guard import MODES as MODES, ContractWarning as ContractWarning, Guard as Guard
    from .hosts import Hosts as Hosts, host_of as host_of, hosts_of as hosts_of, parted as parted
    from .interception import Wiretap as Wiretap, clients_to_wrap as clients_to_wrap
    from .media_types import bare as bare
    from .message import Message as Message
    from .serialize import (
        Unwritable as Unwritable,
        leaf_of as leaf_of,
        writable as writable,
        writable_form as writable_form,
        write_form as write_form,
        write_set as write_set,
    )
    from .vendor_api import API as API, api as api

__getattr__, __all__ = lazy(
    __name__,
    {
        ".exchange": "BODILESS CONTENT_TYPE NamedSet Side Texts",
        ".form_data": "read_form",
        ".guard": "ContractWarning Guard MODES",
        ".hosts": "Hosts host_of hosts_of parted",
        ".interception": "Wiretap clients_to_wrap",
        ".media_types": "bare",
        ".message": "Message",
        ".adapters": "body_of headers_of",
        ".vendor_api": "API api",
        ".serialize": "Unwritable leaf_of writable writable_form write_form write_set",
    },
)
