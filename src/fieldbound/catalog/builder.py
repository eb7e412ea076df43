"""Build contracts from OpenAPI documents and JSON Schemas, bundled with all they refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import (
    DRAFT_4,
    NOT_CHECKED,
    BrokenContract,
    draft_of,
    is_openapi_dialect,
    tokens_of,
)
from fieldbound.openapi import (
    WEBHOOK,
    OpenAPI,
    OperationPart,
    PointerTokens,
    SpecNode,
    is_reference,
    parameters_schema,
    reference_to,
)
from fieldbound.validation import BASE_URI

from .bundle import DIALECT, Bundle, Direction, Options
from .bundled_references import cited_sources
from .problems import Problem
from .schema_files import SchemaFiles, value_at

if TYPE_CHECKING:
    from fieldbound.validation import Contract

MAX_SUGGESTIONS: Final = 3
_VERSION_3_0: Final = "3.0"
_VERSIONS: Final = (_VERSION_3_0, "3.1", "3.2")


def read_openapi(
    files: SchemaFiles, uri: str, *, folder: str = "", strict: bool = False, lenient: bool = False
) -> OpenAPI:
    """Return the operations of an OpenAPI document. Raises BrokenContract.

    Its version is that of the files in a *folder*, given by its URI. If *strict*, its structure is
    checked first, and unknown keys are errors; if *lenient*, what cannot be read is not checked.
    """
    document = files.document(uri)
    root = document.value if isinstance(document.value, dict) else {}
    version = _check_version(files, uri, root)
    dialect = root.get("jsonSchemaDialect", DIALECT)
    if dialect != DIALECT and not is_openapi_dialect(dialect):
        reason = f"jsonSchemaDialect {dialect!r} is not supported: must be that of 2020-12"
        raise files.error_at(uri, ("jsonSchemaDialect",), reason)
    if strict:
        from .folder_lint import check_openapi

        check_openapi(document)
    if version.startswith(_VERSION_3_0):
        files.add_openapi_3_0(folder)
    resolver = _FileResolver(files)
    openapi = OpenAPI(SpecNode(root, (), uri), resolver, strict=strict, lenient=lenient)
    if not openapi.operations and not openapi.webhooks:
        raise files.error_at(uri, ("paths",), "no operations")
    return openapi


def _check_version(files: SchemaFiles, uri: str, root: Mapping[str, Any]) -> str:
    """Return the OpenAPI version of a document. Raises BrokenContract for an unsupported one."""
    if "swagger" in root:
        reason = f"Swagger {root['swagger']} is not supported: convert the document to OpenAPI 3"
        raise files.error_at(uri, ("swagger",), reason)
    version = root.get("openapi")
    if "openapi" in root and not isinstance(version, str):
        is_number = isinstance(version, (int, float)) and not isinstance(version, bool)
        reason = f'openapi must be a string: write "{version if is_number else "3.1.0"}"'
        raise files.error_at(uri, ("openapi",), reason)
    if not isinstance(version, str):
        raise files.error_at(uri, (), "not an OpenAPI document: the openapi version is missing")
    if ".".join(version.split(".")[:2]) not in _VERSIONS:
        reason = f"OpenAPI {version} is not supported: must be one of {', '.join(_VERSIONS)}"
        raise files.error_at(uri, ("openapi",), reason)
    return version


class _FileResolver:
    """Resolve the references of an OpenAPI document among files."""

    def __init__(self, files: SchemaFiles) -> None:
        self._files = files
        self._targets: dict[tuple[str, str], tuple[str, PointerTokens]] = {}

    def resolve(self, node: SpecNode, reference: str) -> SpecNode:
        key = node.uri, reference  # components are referred to from many places of a file
        if key not in self._targets:
            place = (*node.tokens, "$ref")
            self._targets[key] = self._files.resolve(node.uri, place, node.uri, reference)
        uri, tokens = self._targets[key]
        return SpecNode(value_at(self._files.load(uri), tokens), tokens, uri)

    def error_at(self, node: SpecNode, reason: str) -> BrokenContract:
        return self._files.error_at(node.uri, node.tokens, reason)

    def replace(self, node: SpecNode, value: Any) -> None:
        self._files.replace(node.uri, node.tokens, value)

    def upgrade(self, schema: SpecNode) -> None:
        self._files.schema(schema.uri, schema.tokens)


def part_schema(
    files: SchemaFiles, openapi: OpenAPI, operation: str, part: str, options: Options
) -> tuple[dict[str, Any], Bundle] | None:
    """Return the schema of a part of an operation and the bundle it refers to; None if no such."""
    name = openapi.name_of(operation)
    part_name = "" if part == "request" else part
    found = None if name is None else openapi.parts(name).get(part_name)
    if name is None or found is None:
        return None
    # What the vendor sends: the answers to requests, and the requests of its webhooks.
    is_sent_to_vendor = found.is_request != name.startswith(WEBHOOK)
    direction: Direction = "request" if is_sent_to_vendor else "response"
    bundle = Bundle(files, direction, options, openapi.root.uri)
    return _bundled_part(found, bundle), bundle


def _bundled_part(part: OperationPart, bundle: Bundle) -> dict[str, Any]:
    if part.body is not None:
        schema = bundle.add_reference(*_reference_site(part.body))
        if part.not_checked:
            schema[NOT_CHECKED] = [*schema.get(NOT_CHECKED, ()), *part.not_checked]
        return schema
    values = {}
    for each in part.parameters:
        for value in each.schemas:
            values[reference_to(value)] = bundle.add_reference(*_reference_site(value))
        bundle.add_sources(each.node.value.get("x-source"))
    return parameters_schema(part, values)


def _reference_site(schema: SpecNode) -> tuple[str, PointerTokens, str]:
    """Return the file and pointer that a schema is referred to at, and the reference."""
    if is_reference(schema):
        return schema.uri, (*schema.tokens, "$ref"), schema.value["$ref"]
    return schema.uri, schema.tokens, reference_to(schema)


def build_contract(
    files: SchemaFiles, uri: str, bundle: Bundle, compound: Callable[[], dict[str, Any]], name: str
) -> Contract:
    """Return the contract of the *compound* schema of a built bundle.

    What the engine refuses is taken out of a lenient bundle. Raises BrokenContract at the file with
    the error.
    """
    while isinstance(found := _compiled(compound(), name, bundle), BrokenContract):
        file, tokens = uri, tokens_of(found.pointer or "")
        if len(tokens) > 1 and tokens[1] in bundle.resources:
            file, tokens = tokens[1], tokens[2:]
        located = files.error_at(file, tokens, found.reason)
        problem = Problem(tokens, found.reason)
        if not bundle.options.lenient or not bundle.take_out(file, problem, error=located):
            raise located
        bundle.build()
    if not bundle.options.overrides:
        return found
    from .overrides import with_overrides  # slow to import

    return with_overrides(found, bundle.options.overrides)


def _compiled(schema: dict[str, Any], name: str, bundle: Bundle) -> Contract | BrokenContract:
    from fieldbound.validation import Contract  # slow to import

    try:
        return Contract(schema, name=name, formats=bundle.options.formats)
    except BrokenContract as error:
        return error


def require_limits(contract: Contract, file: str, bundle: Bundle, advice: str = "") -> Contract:
    """Return a contract that has limits, or a reason for having none; else raise BrokenContract."""
    if contract.limits or contract.unspecified:
        return contract
    if bundle.repairs.errors:  # there was something to check
        raise bundle.repairs.errors[0]
    if contract.not_checked:  # every report says why
        return contract
    named = "it" if contract.name == file else contract.name
    reason = f"{named} has no constraints: every document would pass"
    raise BrokenContract(reason + advice, file=file)


def self_contained_schema(
    schema: dict[str, Any], name: str, bundle: Bundle, sources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a schema that includes everything it refers to, and the sources it cites."""
    from urllib.parse import quote

    cited = cited_sources(bundle.cited, sources)
    head: dict[str, Any] = {"$schema": DIALECT, "$id": BASE_URI + quote(name), "title": name}
    schema = {**head, **schema, **({"x-sources": cited} if cited else {})}
    return embed_resources(schema, bundle.resources)


def embed_resources(schema: dict[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with resources in its $defs, or in definitions for an older draft."""
    draft = draft_of(schema)
    if draft == DRAFT_4:
        schema = _with_draft_4_id(schema)
    resources = {
        uri: _with_draft_4_id(each) if draft_of(each, draft) == DRAFT_4 else each
        for uri, each in resources.items()
    }
    keyword = "definitions" if draft else "$defs"
    return {**schema, keyword: {**schema.get(keyword, {}), **resources}} if resources else schema


def _with_draft_4_id(resource: Any) -> Any:
    if not isinstance(resource, dict):
        return resource
    return {"id" if keyword == "$id" else keyword: each for keyword, each in resource.items()}


def close_matches(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are closest to an unknown one, the best first."""
    from difflib import get_close_matches

    return tuple(get_close_matches(name, list(names), n=MAX_SUGGESTIONS, cutoff=0.4))
