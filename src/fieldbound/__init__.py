"""Every limit a vendor documents, enforced before the vendor does it for you.

The packages, the highest first; each imports from those below it alone, by the names that its
`__init__.py` hands on.

    pytest_plugin   the pytest plugin: limit coverage, checked HTTP traffic, short failures
    cli             the command: one module per command, one per kind of input
    site            the guides to text for the terminal, and to pages
    codegen         a contract to typed Python: pydantic, msgspec, dataclasses, TypedDict
    generation      contracts to instances: Hypothesis strategies, cases at and beyond each limit
    importers       what a vendor gives to folders of contracts: one module per kind of source
    recordings      recorded HTTP traffic to reports: HAR, VCR cassettes, logs
    http            HTTP messages to reports; clients, hooks, interception
    bulk            many records to one report: inputs, workers, counts, Spark
    render          reports to text: one module per output format
    catalog         names, files and folders to contracts; the lint of contracts
    config          `[tool.fieldbound]` of the nearest pyproject.toml, or fieldbound.toml
    coverage        which limits a test run reached
    openapi         an OpenAPI document to its operations and their schemas
    policy          which violations fail: severity, ignored limits, a baseline of known ones
    validation      a schema to a Contract, and an instance to a Report
    algebra         schemas as sets of values, patterns as automata: what is possible
    documents       JSON and YAML text to Documents; positions; files
    model           the nouns, their messages and suggestions; pointers, subschemas

`clients`, `spark`, `strategies` and `testing` are public modules that hand on what is in these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._rendering import use_renderer

if TYPE_CHECKING:
    from . import (
        bulk as bulk,
        clients as clients,
        spark as spark,
        strategies as strategies,
        testing as testing,
    )
    from .catalog import check, contract, contracts
    from .documents import Document, loads, read
    from .generation import cases
    from .http import API, Message, api
    from .model import (
        Breach,
        BrokenContract,
        Case,
        Field,
        FieldboundError,
        Inseparable,
        Invalid,
        Limit,
        NotJSON,
        Place,
        Report,
        Source,
        UnknownName,
        Unsatisfiable,
        Unspecified,
        Violation,
    )
    from .validation import Contract

#: The package that each public name comes from: imported when the name is first used.
_PACKAGES = {
    "API": "http",
    "Breach": "model",
    "BrokenContract": "model",
    "Case": "model",
    "Contract": "validation",
    "Document": "documents",
    "Field": "model",
    "FieldboundError": "model",
    "Inseparable": "model",
    "Invalid": "model",
    "Limit": "model",
    "Message": "http",
    "NotJSON": "model",
    "Place": "model",
    "Report": "model",
    "Source": "model",
    "UnknownName": "model",
    "Unsatisfiable": "model",
    "Unspecified": "model",
    "Violation": "model",
    "api": "http",
    "cases": "generation",
    "check": "catalog",
    "contract": "catalog",
    "contracts": "catalog",
    "loads": "documents",
    "read": "documents",
}

#: Public modules.
_MODULES = frozenset(("bulk", "clients", "spark", "strategies", "testing"))

__all__ = [
    "API",
    "Breach",
    "BrokenContract",
    "Case",
    "Contract",
    "Document",
    "Field",
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
    "check",
    "contract",
    "contracts",
    "loads",
    "read",
]


def _render(report: Any, format: str | None) -> Any:  # noqa: A002
    from .render import rendered

    return rendered(report, format)


use_renderer(_render)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("fieldbound")
    if name not in _PACKAGES and name not in _MODULES:
        raise AttributeError(f"module 'fieldbound' has no attribute {name!r}")
    from importlib import import_module

    if name in _MODULES:
        return import_module(f".{name}", __name__)
    value = globals()[name] = getattr(import_module(f".{_PACKAGES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES, "__version__"})
