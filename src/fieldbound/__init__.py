"""Every limit a vendor documents, enforced before the vendor does it for you."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import bulk as bulk
    from . import clients as clients
    from . import spark as spark
    from . import strategies as strategies
    from . import testing as testing
    from .catalog import contract, contracts
    from .certified import cases
    from .document import Document, read
    from .http import API, api
    from .judge import Contract
    from .model import (
        Breach,
        BrokenContract,
        Case,
        FieldboundError,
        Inseparable,
        Invalid,
        Limit,
        Message,
        NotJSON,
        Place,
        Report,
        Source,
        UnknownName,
        Unsatisfiable,
        Unspecified,
        Violation,
    )

#: Where each public name lives: a room is imported when a name of it is first used.
_ROOMS = {
    "API": "http",
    "Breach": "model",
    "BrokenContract": "model",
    "Case": "model",
    "Contract": "judge",
    "Document": "document",
    "FieldboundError": "model",
    "Inseparable": "model",
    "Invalid": "model",
    "Limit": "model",
    "Message": "model",
    "NotJSON": "model",
    "Place": "model",
    "Report": "model",
    "Source": "model",
    "UnknownName": "model",
    "Unsatisfiable": "model",
    "Unspecified": "model",
    "Violation": "model",
    "api": "http",
    "cases": "certified",
    "contract": "catalog",
    "contracts": "catalog",
    "read": "document",
}

#: Public modules: those that need an extra are imported when they are used, as all are.
_MODULES = frozenset(("bulk", "clients", "spark", "strategies", "testing"))

__all__ = [
    "API",
    "Breach",
    "BrokenContract",
    "Case",
    "Contract",
    "Document",
    "FieldboundError",
    "Inseparable",
    "Invalid",
    "Limit",
    "Message",
    "NotJSON",
    "Place",
    "Report",
    "Source",
    "UnknownName",
    "Unsatisfiable",
    "Unspecified",
    "Violation",
    "api",
    "cases",
    "contract",
    "contracts",
    "read",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("fieldbound")
    if name not in _ROOMS and name not in _MODULES:
        raise AttributeError(f"module 'fieldbound' has no attribute {name!r}")
    from importlib import import_module

    if name in _MODULES:
        return import_module(f".{name}", __name__)
    value = globals()[name] = getattr(import_module(f".{_ROOMS[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
