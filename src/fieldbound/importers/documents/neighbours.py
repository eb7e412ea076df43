"""The files that an OpenAPI document refers to, brought into its folder of contracts.

What a file has of a document becomes a component; a schema with a dialect or an address of its own
stays a file. Every limit cites the file that it is in. Only files below the document's own folder
are read.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from fieldbound.catalog import files_of
from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.evidence import cite, value_at
from fieldbound.importers.source import MAX_BYTES, SourceDocument
from fieldbound.model import (
    BrokenContract,
    child_schemas,
    percent_decoded,
    pointer_of,
    resolve_uri,
    tokens_of,
)
from fieldbound.openapi import (
    PointerTokens,
    Position,
    Upgrade,
    kebab_case,
    positions,
    unused_name,
)

from .nullable import accept_nulls

OPENAPI_FILE: Final = "openapi.json"
_MAX_FILES: Final = 1000
_SCHEME: Final = "security scheme"
#: Where components of each kind are.
_SECTIONS: Final = {
    "schema": "schemas",
    "response": "responses",
    "parameter": "parameters",
    "request body": "requestBodies",
    "header": "headers",
    "callback": "callbacks",
    "path item": "pathItems",
    "media type": "mediaTypes",
    _SCHEME: "securitySchemes",
}
#: Kinds of objects that have evidence of their own.
_CITING: Final = frozenset(("parameter", "header", "operation", "response", "request body"))
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Neighbours(NamedTuple):
    """A document with what it refers to: *files* by name, and their *sources* by key.

    *nulls* are the pointers to what was written otherwise so that null is accepted.
    """

    files: dict[str, Any]
    sources: dict[str, SourceDocument]
    nulls: list[str]


def with_neighbours(document: SourceDocument, value: dict[str, Any]) -> Neighbours:
    """Return the files of a folder for an OpenAPI document of that value.

    A reference that leads nowhere stays as it is. Raises BrokenSource if the files are too many.
    """
    if document.folder is None or not any(map(_leads_out, positions(value))):
        return Neighbours({OPENAPI_FILE: value}, {}, [])
    found = _Bundler(document, copy.deepcopy(value))
    found.run()
    nulls = accept_nulls(found.files[OPENAPI_FILE])  # before what it writes anew is cited
    found.cite()
    return Neighbours(found.files, found.sources, nulls)


def _leads_out(position: Position) -> bool:
    is_reference = any(not each.startswith("#") for _, _, each in _references(position))
    return is_reference or any(_schemes_of(position))


def _schemes_of(position: Position) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the security schemes that are named by their address, as OpenAPI 3.2 allows."""
    value = position.value
    is_holder = position.kind in ("document", "operation") and isinstance(value, dict)
    given = value.get("security") if is_holder else None
    for each in given if isinstance(given, list) else ():
        for name in [*each] if isinstance(each, dict) else ():
            if "/" in name:
                yield each, name


def _references(position: Position) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yield the references of an object, each with what holds it and its name there."""
    kind, _, value = position
    if not isinstance(value, dict):
        return
    if isinstance(value.get("$ref"), str):
        yield value, "$ref", value["$ref"]
    discriminator = value.get("discriminator") if kind == "schema" else None
    mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
    if isinstance(mapping, dict):
        for name, each in mapping.items():
            if isinstance(each, str) and ("/" in each or "." in each):
                yield mapping, name, each


class _Bundler:
    """Collects what a document refers to, each once."""

    def __init__(self, document: SourceDocument, value: dict[str, Any]) -> None:
        self._files, self._main = files_of(document.name)
        self._document = document
        self._above = Path(str(document.folder)).resolve()
        self._openapi = value
        self._has_addresses = not str(value.get("openapi")).startswith(("3.0", "3.1"))
        self.files: dict[str, Any] = {OPENAPI_FILE: value}
        self.sources: dict[str, SourceDocument] = {}
        self._keys: dict[str, str] = {}
        self._sizes: dict[Path, int] = {}
        #: The references to what was taken, by the kind of object, the file, and the pointer.
        self._taken: dict[tuple[str, str, PointerTokens], str] = {}
        self._pending: list[tuple[list[Position], str, str]] = []
        #: The components that were taken, and the document itself, each with the URI of its file.
        self._parts: list[tuple[dict[str, Any], str]] = []

    def run(self) -> None:
        """Take all that the document refers to, and all that this refers to."""
        self._add_part(self._openapi, self._main)
        while self._pending:
            part, uri, file = self._pending.pop()
            for each in part:
                for holder, name, reference in _references(each):
                    holder[name] = self._redirected(each.kind, reference, uri, file)
                for holder, name in [*_schemes_of(each)] if self._has_addresses else ():
                    found = self._redirected(_SCHEME, name, uri, file)
                    if found.startswith("#/components/securitySchemes/"):
                        holder[tokens_of(percent_decoded(found[1:]))[-1]] = holder.pop(name)
        if len({self._is_older(uri) for _, uri in self._parts}) > 1:
            self._upgrade()

    def cite(self) -> None:
        """Add to all that was taken which file it is from."""
        for part, uri in self._parts:
            if uri != self._main:
                _cite(positions(part), self._entry(uri))

    def _add_part(self, part: dict[str, Any], uri: str) -> None:
        self._parts.append((part, uri))
        self._pending.append((list(positions(part)), uri, OPENAPI_FILE))

    def _upgrade(self) -> None:
        """Make a document of OpenAPI 3.0, or files of that, one with those of a later version."""
        upgrade = Upgrade()
        for part, uri in self._parts:
            for each in positions(part) if self._is_older(uri) else ():
                if each.kind == "schema":
                    upgrade.apply(each.value)
        if self._is_older(self._main):
            self._openapi["openapi"] = "3.1.0"

    def _is_older(self, uri: str) -> bool:
        """Return whether a file is of OpenAPI 3.0: by itself, or as the document is."""
        root = self._files.load(uri)
        version = root.get("openapi") if isinstance(root, dict) else None
        if not isinstance(version, str):
            version = self._files.load(self._main)["openapi"]
        return str(version).startswith("3.0")

    def _redirected(self, kind: str, reference: str, uri: str, file: str) -> str:
        """Return a reference in the file at a URI as it is in a *file* of the folder."""
        is_local = reference.startswith("#")
        if is_local and (uri == self._main or file != OPENAPI_FILE):
            return reference
        try:
            if not is_local and not self._is_below(resolve_uri(uri, reference)):
                return reference
            target, tokens = self._files.resolve(uri, (), uri, reference)
        except BrokenContract:  # which is told where the folder is read
            return f"{quote(self._path_of(uri))}{reference}" if is_local else reference
        found = self._target(kind, target, tokens)
        return found.removeprefix(file)

    def _is_below(self, uri: str) -> bool:
        """Return whether a file is one that the document may refer to. Raises BrokenSource."""
        path = self._files.path(uri.partition("#")[0])
        if path is None or not path.is_file():
            return path is None  # the file with that $id, maybe
        self._sizes[path] = path.stat().st_size
        if sum(self._sizes.values()) > MAX_BYTES or len(self._sizes) > _MAX_FILES:
            most = f"{_MAX_FILES} files, {MAX_BYTES // 2**20} MiB in all"
            reason = f"refers to more files than are read: at most {most}"
            raise BrokenSource(reason, self._document.name)
        return path.resolve().is_relative_to(self._above)

    def _target(self, kind: str, uri: str, tokens: PointerTokens) -> str:
        """Take what is at a pointer in a file; return the reference to it in the folder."""
        if uri == self._main:
            return f"{OPENAPI_FILE}#{_fragment(tokens)}"
        root = self._files.load(uri)
        if isinstance(root, dict) and not root.keys().isdisjoint(("$schema", "$id", "id")):
            file = self._taken.get(("", uri, ())) or self._add_file(uri, root)
            return f"{file}#{_fragment(tokens)}" if tokens else file
        found = self._taken.get((kind, uri, tokens))
        return found or self._add_component(kind, uri, tokens)

    def _add_file(self, uri: str, root: Any) -> str:
        """Add a schema that stays a file; return its name."""
        taken = {each.removesuffix(".json") for each in (*self.files, "sources.json")}
        name = f"{unused_name(kebab_case(_stem(uri)) or 'schema', taken)}.json"
        self._taken["", uri, ()] = name
        self.files[name] = {**copy.deepcopy(root), "x-source": self._entry(uri)}
        self._pending.append((list(_schemas_in(self.files[name])), uri, name))
        return name

    def _add_component(self, kind: str, uri: str, tokens: PointerTokens) -> str:
        """Add what becomes a component; return the reference to it."""
        section = self._openapi.setdefault("components", {}).setdefault(_SECTIONS[kind], {})
        wanted = _NO_NAME.sub("-", tokens[-1] if tokens else _stem(uri)).strip("-") or "part"
        name = unused_name(wanted, section)
        at = ("components", _SECTIONS[kind], name)
        self._taken[kind, uri, tokens] = f"{OPENAPI_FILE}#{_fragment(at)}"
        section[name] = copy.deepcopy(value_at(self._files.load(uri), tokens))
        self._add_part({at[0]: {at[1]: {name: section[name]}}}, uri)
        return self._taken[kind, uri, tokens]

    def _entry(self, uri: str) -> dict[str, Any]:
        if uri not in self._keys:
            path = self._path_of(uri)
            self._keys[uri] = unused_name(f"file-{kebab_case(path)}", self.sources)
            data = Path(self._above, path).read_bytes()
            self.sources[self._keys[uri]] = SourceDocument(path, data, read=self._document.read)
        return {"says": "stated", "from": self._keys[uri]}

    def _path_of(self, uri: str) -> str:
        """Return the path of a file from the folder of the document."""
        path = self._files.path(uri)
        return os.path.relpath(path.resolve(), self._above) if path else uri


def _cite(part: Iterable[Position], entry: dict[str, Any]) -> None:
    """Add to each object which file it is from."""
    for kind, _, value in part:
        if kind == "schema" and isinstance(value, dict):
            cite(value, entry)
        elif kind in _CITING and isinstance(value, dict) and "$ref" not in value:
            value.setdefault("x-source", dict(entry))


def _schemas_in(schema: Any) -> Iterator[Position]:
    """Yield a schema and those within it, but for those whose references begin elsewhere."""
    pending = [schema]
    while pending:
        each = pending.pop()
        yield Position("schema", (), each)
        inner = (child for _, child in child_schemas(each))
        pending += [child for child in inner if not (isinstance(child, dict) and "$id" in child)]


def _stem(uri: str) -> str:
    return percent_decoded(uri.rpartition("/")[2]).rpartition(".")[0]


def _fragment(tokens: PointerTokens) -> str:
    return quote(pointer_of(tokens), safe="/~")
