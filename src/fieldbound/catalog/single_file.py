"""A path goes in, with an operation or a pointer after a #; the Contract of that file comes out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from fieldbound.model import BrokenContract, UnknownName, percent_decoded
from fieldbound.validation import BASE, Contract, uri_of

from .builder import MOST_OFFERED, contract_of, demanding, embedded, offered
from .bundle import Bundle, dialect_of
from .operation_contracts import Operations
from .schema_files import SUFFIXES, Files


def is_path(name: str) -> bool:
    """Return whether a contract's name is the path of a file."""
    path = name.partition("#")[0]
    return path.endswith(SUFFIXES)


def of_file(name: str) -> Contract:
    """Return the contract of a JSON Schema file, or of one operation of an OpenAPI document."""
    path, _, rest = name.partition("#")
    return _near(path, lambda files, uri: _of_uri(files, uri, name, rest))


def operations_of(path: str) -> Operations:
    """Return the operations of an OpenAPI document."""
    return _near(path, lambda files, uri: _opened(path, files, uri, whole=True))


#: What a reference names, as it is written in a file: the part before its fragment.
_NAMED: Final = re.compile(rb"""\$ref["']?\s*:\s*["']?([^#"'\s,}]+)""")
_Made = TypeVar("_Made")


def _near(path: str, make: Callable[[Files, str], _Made]) -> _Made:
    """Make something of a file among those below the working folder, if that has all it needs."""
    given, here = Path(path).absolute(), Path.cwd()
    if given.is_relative_to(here):
        files = Files(here, BASE)
        try:
            return make(files, files.uri(given))
        except BrokenContract:
            if not files.left:  # else a reference leads above the working folder
                raise
    files = Files(Path(given.anchor), BASE)
    return make(files, files.uri(given))


def _opened(path: str, files: Files, uri: str, *, whole: bool = False) -> Operations:
    operations = Operations(path, "#", files, uri)
    operations.openapi  # noqa: B018 - opening it tells whether it is one
    if whole and files.root == Path.cwd() and _leads_out(files, uri):
        files.left = True
        raise files.broken(uri, (), "it refers to files above the working folder")
    return operations


def _leads_out(files: Files, uri: str) -> bool:
    """Return whether a document refers to files above the folder: its operations are read later."""
    waiting, seen = [Path(str(files.path(uri)))], set[Path]()
    while waiting:
        path = waiting.pop()
        if not path.is_relative_to(files.root):
            return True
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        named = {
            percent_decoded(each.decode(errors="replace"))
            for each in _NAMED.findall(path.read_bytes())
        }
        waiting += [
            Path(os.path.normpath(path.parent / each)) for each in named if "://" not in each
        ]
    return False


def _of_uri(files: Files, uri: str, name: str, rest: str) -> Contract:
    value = files.load(uri)
    if isinstance(value, dict) and ("openapi" in value or "swagger" in value):
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
    path = name.partition("#")[0]
    operations = _opened(path, files, uri)
    operation, _, part = rest.partition("/")
    made = operations.contract(operation, part, name)
    if made is None:
        known = list(operations.names())
        reason = None if rest else f"{path} is an OpenAPI document: name one of its operations"
        raise UnknownName(name, offered(name, known) or tuple(known[:MOST_OFFERED]), reason)
    return made
