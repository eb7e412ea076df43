"""Operation contracts: the contracts of the operations of one OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fieldbound.model import BrokenContract, ContractEntry, UnknownName, to_json
from fieldbound.openapi import OpenAPI, SpecNode

from .builder import (
    MAX_SUGGESTIONS,
    build_contract,
    close_matches,
    part_schema,
    read_openapi,
    self_contained_schema,
)
from .bundle import Bundle, Options
from .repairs import Repairs
from .schema_files import SchemaFiles

if TYPE_CHECKING:
    from fieldbound.validation import Contract


class OperationContracts:
    """The contracts of the operations of the document at *uri* among *files*.

    *name* is the vendor's, or the document's path; with *separator* it begins each contract's name.
    """

    #: Whether the structure of the document is checked first, and unknown keys are errors.
    strict = False
    #: The URI of the folder whose files are all of the document's version.
    version_folder = ""

    def __init__(
        self, name: str, separator: str, files: SchemaFiles, uri: str, options: Options
    ) -> None:
        self.name = name
        self.separator = separator
        self._files = files
        self._uri = uri
        self._options = options

    @cached_property
    def openapi(self) -> OpenAPI:
        """The operations of the document. Raises BrokenContract."""
        return read_openapi(
            self._files,
            self._uri,
            folder=self.version_folder,
            strict=self.strict,
            lenient=self._options.lenient,
        )

    @property
    def files(self) -> SchemaFiles:
        """The files that the document and its schemas are in."""
        return self._files

    @property
    def sources(self) -> Mapping[str, Any]:
        """The documents that limits may cite as their sources."""
        return {}

    def contract_name(self, operation: str, part: str = "") -> str:
        """Return the name of the contract of a part of an operation."""
        return f"{self.name}{self.separator}{operation}/{part}".rstrip("/")

    @cached_property
    def entries(self) -> tuple[ContractEntry, ...]:
        """The names of all contracts, each with what it is of."""
        return tuple(
            ContractEntry(self.contract_name(name, part), name, part, each.method, each.path)
            for name, each in {**self.openapi.operations, **self.openapi.webhooks}.items()
            for part in self.openapi.parts(name)
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all contracts."""
        return tuple(each.name for each in self.entries)

    def contract(
        self, operation: str, part: str = "", name: str | None = None, *, limited: bool = False
    ) -> Contract | None:
        """Return the contract of a part of an operation, under its own or another *name*.

        None if there is no such part. Raises BrokenContract, where it must be *limited* also if no
        limit is left that can be checked.
        """
        found = part_schema(self._files, self.openapi, operation, part, self._options)
        if found is None:
            return None
        schema, bundle = found
        built = self._build(schema, bundle, name or self.contract_name(operation, part))
        if limited and built.not_checked and not built.limits:
            errors = bundle.repairs.errors or map(BrokenContract, built.not_checked.values())
            raise next(iter(errors))
        return built

    def find_contract(self, name: str, rest: str) -> Contract:
        """Return the contract of a name; *rest* is what follows the document in it.

        Raises UnknownName with the closest names, or BrokenContract.
        """
        operation, part = self.openapi.split_name(rest)
        found = self.contract(operation, part, name, limited=True)
        if found is None:
            suggestions = close_matches(name, self.names) or self.names[:MAX_SUGGESTIONS]
            reason = f"{self.name} is an OpenAPI document: name one of its operations"
            raise UnknownName(name, suggestions, None if rest else reason)
        return found

    def repairs(self) -> Iterator[Repairs]:
        """Yield what is taken out of schemas so that the rest can be checked, once for each schema.

        Raises BrokenContract, where nothing is taken out of a document.
        """
        known = set[Any]()
        for each in self.entries:
            if (key := self.schema_key(each)) not in known:
                known.add(key)
                found = part_schema(
                    self._files, self.openapi, each.operation, each.part, self._options
                )
                if found is not None:
                    self._build(*found, each.name)
                    yield found[1].repairs

    def schema_key(self, entry: ContractEntry) -> Any:
        """Return what is equal for contracts of one schema, such as the answers of one resource.

        They differ in their names alone.
        """
        part = self.openapi.parts(entry.operation)[entry.part]
        if part.body is None:
            return entry.name
        is_webhook = entry.operation in self.openapi.webhooks
        return to_json(part.body.value), part.is_request, is_webhook, part.not_checked

    def envelope_contract(self, name: str, schema: dict[str, Any], node: SpecNode) -> Contract:
        """Return the contract of a message's envelope, which cites the sources of a node."""
        bundle = Bundle(self._files, None, self._options)
        bundle.add_sources(node.value.get("x-source") if isinstance(node.value, dict) else None)

        def compound() -> dict[str, Any]:
            return self_contained_schema(schema, name, bundle, self.sources)

        return build_contract(self._files, node.uri, bundle, compound, name)

    def _build(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        from .bundle_lint import lint_bundle  # slow to import

        lint_bundle(bundle, None)
        return self._compile(schema, bundle, name)

    def _compile(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        def compound() -> dict[str, Any]:
            return self_contained_schema(schema, name, bundle, self.sources)

        return build_contract(self._files, self._uri, bundle, compound, name)
