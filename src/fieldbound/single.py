"""A path goes in, with an operation or a pointer after a #; the Contract of that file comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .build import (
    MOST_OFFERED,
    api_of,
    contract_of,
    demanding,
    embedded,
    offered,
    operation_of,
    parts_of,
    self_contained,
)
from .bundle import SUFFIXES, Bundle, Files, dialect_of
from .engine import BASE, uri_of
from .judge import Contract
from .model import BrokenContract, UnknownName


def is_path(name: str) -> bool:
    """Return whether a contract's name is the path of a file."""
    path = name.partition("#")[0]
    return path.endswith(SUFFIXES)


def of_file(name: str) -> Contract:
    """Return the contract of a JSON Schema file, or of one operation of an OpenAPI document."""
    path, _, rest = name.partition("#")
    given, here = Path(path).absolute(), Path.cwd()
    if given.is_relative_to(here):
        files = Files(here, BASE)
        try:
            return _of_uri(files, files.uri(given), name, rest)
        except BrokenContract:
            if not files.left:  # else a reference leads above the working folder
                raise
    files = Files(Path(given.anchor), BASE)
    return _of_uri(files, files.uri(given), name, rest)


def _of_uri(files: Files, uri: str, name: str, rest: str) -> Contract:
    value = files.load(uri)
    if isinstance(value, dict) and "swagger" in value:
        reason = "this is a Swagger 2.0 document: convert it to OpenAPI 3.1"
        raise files.broken(uri, ("swagger",), reason)
    if isinstance(value, dict) and "openapi" in value:
        return _of_api(files, uri, name, rest)
    if rest and not rest.startswith("/"):
        path = name.partition("#")[0]
        raise UnknownName(name, reason=f"{path} is no OpenAPI document: it has no operations")
    return _of_schema(files, uri, name, rest)


def _of_schema(files: Files, uri: str, name: str, pointer: str) -> Contract:
    """Return the contract of a JSON Schema file, or of the subschema at a pointer in it."""
    bundle = Bundle(files, None)
    if pointer:
        bundle.refer(uri, (), f"#{pointer}")
        schema: dict[str, Any] = {"$id": uri_of(None, name), "$ref": f"{uri}#{pointer}"}
        schema = {**dialect_of(files.load(uri)), **schema}
    else:
        bundle.add(uri)
        schema = {}
    bundle.proofread(None)
    schema = schema or bundle.resources.pop(uri)
    made = contract_of(files, uri, bundle, embedded(schema, bundle.resources), name)
    return demanding(made, name, _definitions(files.load(uri), name))


def _definitions(schema: Any, name: str) -> str:
    found = [
        f"{name}#/{keyword}/{each}"
        for keyword in ("$defs", "definitions")
        if isinstance(schema, dict) and isinstance(schema.get(keyword), dict)
        for each in schema[keyword]
    ]
    return f": name one of its definitions, such as {found[0]}" if found else ""


def _of_api(files: Files, uri: str, name: str, rest: str) -> Contract:
    api = api_of(files, uri, strict=False)
    operation, _, part = rest.partition("/")
    built = operation_of(files, uri, api, operation, part)
    if built is None:
        path = name.partition("#")[0]
        known = [
            f"{path}#{each}/{p}".rstrip("/")
            for each in api.operations
            for p in parts_of(files, uri, api, each)
        ]
        reason = None if rest else f"{path} is an OpenAPI document: name one of its operations"
        raise UnknownName(name, offered(name, known) or tuple(known[:MOST_OFFERED]), reason)
    schema, bundle = built
    bundle.proofread(None)
    return contract_of(files, uri, bundle, self_contained(schema, name, bundle, {}), name)
