"""Contracts of single files: a JSON Schema, or an OpenAPI document with an operation after a #."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from fieldbound.model import BrokenContract, UnknownName, percent_decoded
from fieldbound.validation import BASE_URI, Contract, Formats, base_uri

from .builder import (
    MAX_SUGGESTIONS,
    build_contract,
    close_matches,
    embed_resources,
    require_limits,
)
from .bundle import Bundle, dialect_of
from .operation_contracts import OperationContracts
from .schema_files import SUFFIXES, SchemaFiles

#: The file of a $ref, as it is written in JSON or YAML.
_REFERENCED_FILE: Final = re.compile(rb"""\$ref["']?\s*:\s*["']?([^#"'\s,}]+)""")
_Result = TypeVar("_Result")


def is_path(name: str) -> bool:
    """Return whether a contract's name is the path of a file."""
    path = name.partition("#")[0]
    return path.endswith(SUFFIXES)


def contract_of_file(name: str, formats: Formats = "assert") -> Contract:
    """Return the contract of a JSON Schema file, or of one operation of an OpenAPI document."""
    path, _, fragment = name.partition("#")
    return _with_files(path, lambda files, uri: _contract(files, uri, name, fragment, formats))


def operations_of_file(path: str) -> OperationContracts:
    """Return the operations of an OpenAPI document."""
    return _with_files(path, lambda files, uri: _operations(path, files, uri, check_files=True))


def _with_files(path: str, build: Callable[[SchemaFiles, str], _Result]) -> _Result:
    """Return what *build* makes of a file among those below the working folder.

    If a reference leaves the working folder, it is among all files instead.
    """
    file, here = Path(path).absolute(), Path.cwd()
    if file.is_relative_to(here):
        files = SchemaFiles(here, BASE_URI)
        try:
            return build(files, files.uri(file))
        except BrokenContract:
            if not files.has_reference_outside:
                raise
    files = SchemaFiles(Path(file.anchor), BASE_URI)
    return build(files, files.uri(file))


def _operations(
    path: str, files: SchemaFiles, uri: str, *, check_files: bool = False
) -> OperationContracts:
    operations = OperationContracts(path, "#", files, uri)
    operations.openapi  # noqa: B018 - raises BrokenContract for an invalid document
    if check_files and files.root == Path.cwd() and _refers_outside(files, uri):
        files.has_reference_outside = True
        raise files.error_at(uri, (), "it refers to files outside the working folder")
    return operations


def _refers_outside(files: SchemaFiles, uri: str) -> bool:
    """Return whether a document refers to files outside the folder, directly or by others.

    Operations are read later, so that references to resolve are not known yet.
    """
    pending, seen = [Path(str(files.path(uri)))], set[Path]()
    while pending:
        path = pending.pop()
        if not path.is_relative_to(files.root):
            return True
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        names = {
            percent_decoded(each.decode(errors="replace"))
            for each in _REFERENCED_FILE.findall(path.read_bytes())
        }
        pending += [
            Path(os.path.normpath(path.parent / each)) for each in names if "://" not in each
        ]
    return False


def _contract(files: SchemaFiles, uri: str, name: str, fragment: str, formats: Formats) -> Contract:
    value = files.load(uri)
    if isinstance(value, dict) and ("openapi" in value or "swagger" in value):
        return _operation_contract(files, uri, name, fragment, formats)
    if fragment and not fragment.startswith("/"):
        path = name.partition("#")[0]
        reason = f"{path} is not an OpenAPI document: it has no operations"
        raise UnknownName(name, reason=reason)
    return _schema_contract(files, uri, name, fragment, formats)


def _schema_contract(
    files: SchemaFiles, uri: str, name: str, pointer: str, formats: Formats
) -> Contract:
    """Return the contract of a JSON Schema file, or of the subschema at a pointer in it."""
    bundle = Bundle(files, None)
    if pointer:
        bundle.add_reference(uri, (), f"#{pointer}")
        schema: dict[str, Any] = {"$id": base_uri(None, name), "$ref": f"{uri}#{pointer}"}
        schema = {**dialect_of(files.load(uri)), **schema}
    else:
        bundle.add_file(uri)
        schema = {}
    bundle.lint(None)
    schema = schema or bundle.resources.pop(uri)
    whole = embed_resources(schema, bundle.resources)
    contract = build_contract(files, uri, bundle, whole, name, formats)
    return require_limits(contract, name, _definitions_advice(files.load(uri), name))


def _definitions_advice(schema: Any, name: str) -> str:
    found = [
        f"{name}#/{keyword}/{each}"
        for keyword in ("$defs", "definitions")
        if isinstance(schema, dict) and isinstance(schema.get(keyword), dict)
        for each in schema[keyword]
    ]
    return f"; name one of its definitions, such as {found[0]}" if found else ""


def _operation_contract(
    files: SchemaFiles, uri: str, name: str, fragment: str, formats: Formats
) -> Contract:
    path = name.partition("#")[0]
    operations = _operations(path, files, uri).with_formats(formats)
    operation, _, part = fragment.partition("/")
    contract = operations.contract(operation, part, name)
    if contract is None:
        names = list(operations.names())
        suggestions = close_matches(name, names) or tuple(names[:MAX_SUGGESTIONS])
        reason = None if fragment else f"{path} is an OpenAPI document: name one of its operations"
        raise UnknownName(name, suggestions, reason)
    return contract
