"""An OpenAPI document among its files goes in; contracts of its operations' parts come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from fieldbound.openapi import At, OpenAPI
from fieldbound.validation import Contract

from .builder import api_of, contract_of, operation_of, self_contained
from .bundle import Bundle
from .schema_files import Files


class Operations:
    """The operations of one document, which is at *uri* among *files*.

    *name* is the vendor's, or the document's path; it and *mark* begin the name of each contract.
    """

    #: How closely the document is looked at: strictly, in passing, or not at all.
    strict: bool | None = False

    def __init__(self, name: str, mark: str, files: Files, uri: str) -> None:
        self.name = name
        self.mark = mark
        self._files = files
        self._uri = uri

    @cached_property
    def openapi(self) -> OpenAPI:
        """The document, read. Raises BrokenContract."""
        return api_of(self._files, self._uri, strict=self.strict)

    @property
    def sources(self) -> Mapping[str, Any]:
        """The documents that limits may name as their sources."""
        return {}

    def named(self, operation: str, part: str = "") -> str:
        """Return the name of a contract."""
        return f"{self.name}{self.mark}{operation}/{part}".rstrip("/")

    def names(self) -> Iterator[str]:
        """Yield the names of all contracts."""
        for operation in self.openapi.operations:
            for part in self.openapi.parts(operation):
                yield self.named(operation, part)

    def contract(self, operation: str, part: str = "", name: str | None = None) -> Contract | None:
        """Return the contract of a part of an operation, under its own or another *name*.

        None: there is no such part. Raises BrokenContract, with the place of what is wrong.
        """
        built = operation_of(self._files, self.openapi, operation, part)
        if built is None:
            return None
        schema, bundle = built
        return self._made(schema, bundle, name or self.named(operation, part))

    def framed(self, name: str, schema: dict[str, Any], about: At) -> Contract:
        """Return the contract of what surrounds bodies, as *about* in the document says of it."""
        bundle = Bundle(self._files, None)
        bundle.cite(about.value.get("x-source") if isinstance(about.value, dict) else None)
        whole = self_contained(schema, name, bundle, self.sources)
        return contract_of(self._files, about.uri, bundle, whole, name)

    def _made(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        bundle.proofread(None)
        whole = self_contained(schema, name, bundle, self.sources)
        return contract_of(self._files, self._uri, bundle, whole, name)
