"""A part of an operation, or a schema, with all it refers to goes in; a Contract comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fieldbound.model import DRAFT_4, BrokenContract, draft_of, is_openapi_dialect, tokens_of
from fieldbound.openapi import At, OpenAPI, Part, names_schema, reference_to
from fieldbound.validation import BASE, Contract

from .bundle import DIALECT, Bundle
from .schema_files import Files, descend

MOST_OFFERED: Final = 3
_OLDER: Final = "3.0"
_VERSIONS: Final = (_OLDER, "3.1", "3.2")


def api_of(files: Files, uri: str, *, strict: bool | None) -> OpenAPI:
    """Return the operations of an OpenAPI document.

    Its shape is looked at first: strictly, in passing, or not at all where *strict* is None.
    """
    document = files.document(uri)
    whole = document.value if isinstance(document.value, dict) else {}
    if "swagger" in whole:
        reason = f"this is a Swagger {whole['swagger']} document: convert it to OpenAPI 3"
        raise files.broken(uri, ("swagger",), reason)
    version = whole.get("openapi")
    if "openapi" in whole and not isinstance(version, str):
        number = isinstance(version, (int, float)) and not isinstance(version, bool)
        reason = f'openapi is a text: write "{version if number else "3.1.0"}"'
        raise files.broken(uri, ("openapi",), reason)
    if not isinstance(version, str):
        raise files.broken(uri, (), "this is no OpenAPI document: it has no openapi version")
    if ".".join(version.split(".")[:2]) not in _VERSIONS:
        reason = f"OpenAPI {version} is not known here: 3.0, 3.1 and 3.2 are"
        raise files.broken(uri, ("openapi",), reason)
    dialect = whole.get("jsonSchemaDialect", DIALECT)
    if dialect != DIALECT and not is_openapi_dialect(dialect):
        reason = f"schemas of the dialect {dialect!r} are not judged here: those of 2020-12 are"
        raise files.broken(uri, ("jsonSchemaDialect",), reason)
    if strict is not None:
        from .folder_lint import check_openapi

        check_openapi(document, strict=strict)
    if version.startswith(_OLDER):
        files.read_as_older(uri.rpartition("/")[0] if strict is not False else "")
    api = OpenAPI(At(whole, (), uri), _Source(files), strict=bool(strict))
    if not api.operations:
        only = "webhooks" in whole and not whole.get("paths")
        reason = "it has no operations" + (": its webhooks are not judged here" if only else "")
        raise files.broken(uri, ("webhooks" if only else "paths",), reason)
    return api


class _Source:
    """The files that a document and what it refers to are in."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def follow(self, at: At, reference: str) -> At:
        target, tokens = self._files.follow(at.uri, (*at.tokens, "$ref"), at.uri, reference)
        return At(descend(self._files.load(target), tokens), tokens, target)

    def broken(self, at: At, reason: str) -> BrokenContract:
        return self._files.broken(at.uri, at.tokens, reason)


def operation_of(
    files: Files, api: OpenAPI, operation: str, part: str
) -> tuple[dict[str, Any], Bundle] | None:
    """Return the schema of a part of an operation, and what it refers to; None: no such part."""
    name = api.name_of(operation)
    wanted = "" if part == "request" else part
    found = None if name is None else api.parts(name).get(wanted)
    if found is None:
        return None
    bundle = Bundle(files, "request" if found.is_sent else "response", api.whole.uri)
    return _rooted(found, bundle), bundle


def _rooted(part: Part, bundle: Bundle) -> dict[str, Any]:
    if part.body is not None:
        return bundle.refer(*_way(part.body))
    for each in part.names:
        if each.schema is not None:
            bundle.refer(*_way(each.schema))
        bundle.cite(each.at.value.get("x-source"))
    return names_schema(part)


def _way(schema: At) -> tuple[str, tuple[str, ...], str]:
    """Return where a schema is referred to in a document, and the reference as it is written."""
    if isinstance(schema.value, dict) and schema.value.keys() == {"$ref"}:
        return schema.uri, (*schema.tokens, "$ref"), schema.value["$ref"]
    return schema.uri, schema.tokens, reference_to(schema)


def contract_of(
    files: Files, uri: str, bundle: Bundle, schema: dict[str, Any], name: str
) -> Contract:
    """Return the contract of a bundle; what is broken in it is told in the file it is from."""
    try:
        return Contract(schema, name=name)
    except BrokenContract as error:
        tokens = tokens_of(error.pointer or "")
        if len(tokens) > 1 and tokens[1] in bundle.resources:
            raise files.broken(tokens[1], tokens[2:], error.reason) from None
        raise files.broken(uri, tokens, error.reason) from None


def demanding(made: Contract, file: str, instead: str = "") -> Contract:
    """Return a contract that demands anything, or says why not; else it would pass everything."""
    if made.limits or made.unspecified:
        return made
    reason = f"{made.name} demands nothing, and would pass whatever it is given"
    raise BrokenContract(reason + instead, file=file)


def self_contained(
    schema: dict[str, Any], name: str, bundle: Bundle, sources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a schema with everything in it that it refers to, sources and all."""
    from urllib.parse import quote

    cited = {key: sources[key] for key in sources if key in bundle.cited}
    head: dict[str, Any] = {"$schema": DIALECT, "$id": BASE + quote(name), "title": name}
    return embedded({**head, **schema, **({"x-sources": cited} if cited else {})}, bundle.resources)


def embedded(schema: dict[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with what it refers to inside it, where its draft looks for that."""
    draft = draft_of(schema)
    if draft == DRAFT_4:
        schema = _renamed(schema)
        resources = {uri: _renamed(each) for uri, each in resources.items()}
    under = "definitions" if draft else "$defs"
    return {**schema, under: {**schema.get(under, {}), **resources}} if resources else schema


def _renamed(resource: Any) -> Any:
    """Return a resource with its name under the keyword of draft 4."""
    if not isinstance(resource, dict):
        return resource
    return {"id" if keyword == "$id" else keyword: each for keyword, each in resource.items()}


def offered(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names to offer for one that is not there, the nearest first."""
    from difflib import get_close_matches

    return tuple(get_close_matches(name, list(names), n=MOST_OFFERED, cutoff=0.4))
