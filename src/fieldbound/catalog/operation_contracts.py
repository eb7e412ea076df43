"""Operation contracts: the contracts of the operations of one OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from fieldbound.openapi import OpenAPI, SpecNode
from fieldbound.validation import Contract

from .builder import build_contract, part_schema, read_openapi, self_contained_schema
from .bundle import Bundle
from .schema_files import SchemaFiles

if TYPE_CHECKING:
    from fieldbound.validation import Formats

_Contracts = TypeVar("_Contracts", bound="OperationContracts")


class OperationContracts:
    """The contracts of the operations of the document at *uri* among *files*.

    *name* is the vendor's, or the document's path; with *separator* it begins each contract's name.
    """

    #: Whether unknown keys in the document are errors; None: its structure is not checked.
    strict: bool | None = False
    #: Whether formats are limits, "assert", or "annotate".
    formats: Formats = "assert"

    def __init__(self, name: str, separator: str, files: SchemaFiles, uri: str) -> None:
        self.name = name
        self.separator = separator
        self._files = files
        self._uri = uri

    def with_formats(self: _Contracts, formats: Formats) -> _Contracts:
        """Return the same contracts with formats that are limits, "assert", or "annotate"."""
        if formats == self.formats:
            return self
        other = copy(self)
        other.formats = formats
        return other

    @cached_property
    def openapi(self) -> OpenAPI:
        """The operations of the document. Raises BrokenContract."""
        return read_openapi(self._files, self._uri, strict=self.strict)

    @property
    def sources(self) -> Mapping[str, Any]:
        """The documents that limits may cite as their sources."""
        return {}

    def contract_name(self, operation: str, part: str = "") -> str:
        """Return the name of the contract of a part of an operation."""
        return f"{self.name}{self.separator}{operation}/{part}".rstrip("/")

    def names(self) -> Iterator[str]:
        """Yield the names of all contracts."""
        for operation in self.openapi.operations:
            for part in self.openapi.parts(operation):
                yield self.contract_name(operation, part)

    def contract(self, operation: str, part: str = "", name: str | None = None) -> Contract | None:
        """Return the contract of a part of an operation, under its own or another *name*.

        None if there is no such part. Raises BrokenContract.
        """
        found = part_schema(self._files, self.openapi, operation, part, self.formats)
        if found is None:
            return None
        schema, bundle = found
        return self._build(schema, bundle, name or self.contract_name(operation, part))

    def envelope_contract(self, name: str, schema: dict[str, Any], node: SpecNode) -> Contract:
        """Return the contract of a message's envelope, which cites the sources of a node."""
        bundle = Bundle(self._files, None)
        bundle.add_sources(node.value.get("x-source") if isinstance(node.value, dict) else None)
        whole = self_contained_schema(schema, name, bundle, self.sources)
        return build_contract(self._files, node.uri, bundle, whole, name, self.formats)

    def _build(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        bundle.lint(None)
        whole = self_contained_schema(schema, name, bundle, self.sources)
        return build_contract(self._files, self._uri, bundle, whole, name, self.formats)
