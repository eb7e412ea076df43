"""Contracts of single files: a JSON Schema, or an OpenAPI document with an operation after a #."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fieldbound.model import UnknownName
from fieldbound.validation import BASE_URI, Contract, base_uri

from .builder import build_contract, embed_resources, require_limits
from .bundle import Bundle, Options, dialect_of
from .bundle_lint import lint_bundle
from .bundled_references import cited_sources
from .contradictions import impossible_names
from .operation_contracts import OperationContracts
from .schema_files import SchemaFiles

#: What is at the root of a repository or a project, the surest first.
_ROOT_MARKS: Final = (".git", "pyproject.toml")


def contract_of_file(
    name: str, options: Options, opened: dict[str, OperationContracts] | None = None
) -> Contract:
    """Return the contract of a JSON Schema file, or of one operation of an OpenAPI document.

    *opened* are OpenAPI documents that have been read, by their paths, to which this is added.
    """
    path, _, fragment = name.partition("#")
    opened = {} if opened is None else opened
    if path not in opened:
        files, uri = files_of(path)
        value = files.load(uri)
        if not isinstance(value, dict) or not ("openapi" in value or "swagger" in value):
            return _contract_of_schema(files, uri, name, options)
        opened[path] = _operations(path, files, uri, options)
    return opened[path].find_contract(name, fragment)


def _contract_of_schema(files: SchemaFiles, uri: str, name: str, options: Options) -> Contract:
    path, _, fragment = name.partition("#")
    if fragment and not fragment.startswith("/"):
        reason = f"{path} is not an OpenAPI document: it has no operations"
        raise UnknownName(name, reason=reason)
    return _schema_contract(files, uri, name, fragment, options)


def operations_of_file(path: str, options: Options) -> OperationContracts:
    """Return the operations of an OpenAPI document."""
    return _operations(path, *files_of(path), options)


def _operations(path: str, files: SchemaFiles, uri: str, options: Options) -> OperationContracts:
    found = OperationContracts(path, "#", files, uri, options)
    found.openapi  # noqa: B018 - raises BrokenContract for an invalid document
    return found


def files_of(path: str) -> tuple[SchemaFiles, str]:
    """Return the files that a file may refer to, and its own URI among them.

    They are those in its folder, and in the repository or project that it is part of.
    """
    file = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its own name
    allowed = tuple(dict.fromkeys(_folders_of(file)))
    try:
        root = Path(os.path.commonpath([Path.cwd(), *allowed[:1]]))
    except ValueError:  # on another drive
        root = Path(file.anchor)
    files = SchemaFiles(root, BASE_URI, allowed)
    return files, files.uri(file)


def _folders_of(file: Path) -> Iterator[Path]:
    """Yield the outermost folder of a file that is its own, as the path is given and in truth."""
    for each in (file, file.resolve()):
        marked = (
            folder for mark in _ROOT_MARKS for folder in each.parents if (folder / mark).exists()
        )
        yield next(marked, each.parent)


def _schema_contract(
    files: SchemaFiles, uri: str, name: str, pointer: str, options: Options
) -> Contract:
    """Return the contract of a JSON Schema file, or of the subschema at a pointer in it."""
    bundle = Bundle(files, None, options)
    head: dict[str, Any] = {}
    if pointer:
        reference = bundle.add_reference(uri, (), f"#{pointer}")
        if bundle.repairs.errors and "$ref" not in reference:
            raise bundle.repairs.errors[0]
        head = {**dialect_of(files.load(uri)), "$id": base_uri(None, name), **reference}
        (whole,) = bundle.entries
    else:
        whole = (uri, ())
        bundle.add_file(uri)
    for problem in impossible_names(files.schema(*whole), whole[1]):
        raise files.error_at(uri, problem.tokens, problem.reason)
    lint_bundle(bundle, None, whole)

    def compound() -> dict[str, Any]:
        others = {each: bundle.resources[each] for each in bundle.resources if head or each != uri}
        schema = head or bundle.resources[uri]
        if sources := cited_sources(bundle.cited, {}):
            schema = {**schema, "x-sources": {**sources, **schema.get("x-sources", {})}}
        return embed_resources(schema, others)

    contract = build_contract(files, uri, bundle, compound, name)
    return require_limits(contract, name, bundle, _definitions_advice(files.load(uri), name))


def _definitions_advice(schema: Any, name: str) -> str:
    found = [
        f"{name}#/{keyword}/{each}"
        for keyword in ("$defs", "definitions")
        if isinstance(schema, dict) and isinstance(schema.get(keyword), dict)
        for each in schema[keyword]
    ]
    return f"; name one of its definitions, such as {found[0]}" if found else ""
