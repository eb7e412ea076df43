"""Build contracts from OpenAPI documents and JSON Schemas, bundled with all they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fieldbound.model import (
    DRAFT_4,
    BrokenContract,
    draft_of,
    is_openapi_dialect,
    tokens_of,
)
from fieldbound.openapi import (
    OpenAPI,
    OperationPart,
    PointerTokens,
    SpecNode,
    parameters_schema,
    reference_to,
)
from fieldbound.validation import BASE_URI, Contract, Formats

from .bundle import DIALECT, Bundle, Direction
from .schema_files import SchemaFiles, value_at

MAX_SUGGESTIONS: Final = 3
_VERSION_3_0: Final = "3.0"
_VERSIONS: Final = (_VERSION_3_0, "3.1", "3.2")


def read_openapi(files: SchemaFiles, uri: str, *, strict: bool | None) -> OpenAPI:
    """Return the operations of an OpenAPI document. Raises BrokenContract.

    Its structure is checked first: unknown keys are errors if *strict*, allowed if not; None skips
    the check.
    """
    document = files.document(uri)
    root = document.value if isinstance(document.value, dict) else {}
    version = _check_version(files, uri, root)
    dialect = root.get("jsonSchemaDialect", DIALECT)
    if dialect != DIALECT and not is_openapi_dialect(dialect):
        reason = f"jsonSchemaDialect {dialect!r} is not supported: must be that of 2020-12"
        raise files.error_at(uri, ("jsonSchemaDialect",), reason)
    if strict is not None:
        from .folder_lint import check_openapi

        check_openapi(document, strict=strict)
    if version.startswith(_VERSION_3_0):
        files.add_openapi_3_0(uri.rpartition("/")[0] if strict is not False else "")
    openapi = OpenAPI(SpecNode(root, (), uri), _FileResolver(files), strict=bool(strict))
    if not openapi.operations:
        only_webhooks = "webhooks" in root and not root.get("paths")
        reason = "no operations" + (": webhooks are not supported" if only_webhooks else "")
        raise files.error_at(uri, ("webhooks" if only_webhooks else "paths",), reason)
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

    def resolve(self, node: SpecNode, reference: str) -> SpecNode:
        uri, tokens = self._files.resolve(node.uri, (*node.tokens, "$ref"), node.uri, reference)
        return SpecNode(value_at(self._files.load(uri), tokens), tokens, uri)

    def error_at(self, node: SpecNode, reason: str) -> BrokenContract:
        return self._files.error_at(node.uri, node.tokens, reason)


def part_schema(
    files: SchemaFiles, openapi: OpenAPI, operation: str, part: str, formats: Formats = "assert"
) -> tuple[dict[str, Any], Bundle] | None:
    """Return the schema of a part of an operation and the bundle it refers to; None if no such."""
    name = openapi.name_of(operation)
    part_name = "" if part == "request" else part
    found = None if name is None else openapi.parts(name).get(part_name)
    if found is None:
        return None
    direction: Direction = "request" if found.is_request else "response"
    bundle = Bundle(files, direction, openapi.root.uri, formats)
    return _bundled_part(found, bundle), bundle


def _bundled_part(part: OperationPart, bundle: Bundle) -> dict[str, Any]:
    if part.body is not None:
        return bundle.add_reference(*_reference_site(part.body))
    for each in part.parameters:
        for schema in each.schemas:
            bundle.add_reference(*_reference_site(schema))
        bundle.add_sources(each.node.value.get("x-source"))
    return parameters_schema(part)


def _reference_site(schema: SpecNode) -> tuple[str, PointerTokens, str]:
    """Return the file and pointer that a schema is referred to at, and the reference."""
    if isinstance(schema.value, dict) and schema.value.keys() == {"$ref"}:
        return schema.uri, (*schema.tokens, "$ref"), schema.value["$ref"]
    return schema.uri, schema.tokens, reference_to(schema)


def build_contract(
    files: SchemaFiles,
    uri: str,
    bundle: Bundle,
    schema: dict[str, Any],
    name: str,
    formats: Formats = "assert",
) -> Contract:
    """Return the contract of a bundled schema. Raises BrokenContract at the file with the error."""
    try:
        return Contract(schema, name=name, formats=formats)
    except BrokenContract as error:
        tokens = tokens_of(error.pointer or "")
        if len(tokens) > 1 and tokens[1] in bundle.resources:
            raise files.error_at(tokens[1], tokens[2:], error.reason) from None
        raise files.error_at(uri, tokens, error.reason) from None


def require_limits(contract: Contract, file: str, advice: str = "") -> Contract:
    """Return a contract that has limits, or a reason for having none; else raise BrokenContract."""
    if contract.limits or contract.unspecified:
        return contract
    reason = f"{contract.name} has no constraints: every document would pass"
    raise BrokenContract(reason + advice, file=file)


def self_contained_schema(
    schema: dict[str, Any], name: str, bundle: Bundle, sources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a schema that includes everything it refers to, and the sources it cites."""
    from urllib.parse import quote

    cited = {key: sources[key] for key in sources if key in bundle.cited}
    head: dict[str, Any] = {"$schema": DIALECT, "$id": BASE_URI + quote(name), "title": name}
    schema = {**head, **schema, **({"x-sources": cited} if cited else {})}
    return embed_resources(schema, bundle.resources)


def embed_resources(schema: dict[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with resources in its $defs, or in definitions for an older draft."""
    draft = draft_of(schema)
    if draft == DRAFT_4:
        schema = _with_draft_4_id(schema)
        resources = {uri: _with_draft_4_id(each) for uri, each in resources.items()}
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
