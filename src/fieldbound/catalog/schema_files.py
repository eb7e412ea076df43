"""Schema files: the JSON and YAML files below a folder, by URI, and the references among them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fieldbound.documents import Document, read
from fieldbound.model import (
    DIALECTS,
    BrokenContract,
    Place,
    percent_decoded,
    pointer_of,
    resolve_uri,
    schema_members,
    tokens_of,
)
from fieldbound.openapi import PointerTokens, SchemaGraph, Subtypes, to_2020_12

SUFFIXES: Final = (".json", ".yaml", ".yml")


class SchemaFiles:
    """The JSON and YAML files below one folder, each with a URI under *base*."""

    def __init__(self, root: Path, base: str) -> None:
        self.root = root
        self.base = base
        self._documents: dict[str, Document] = {}
        self._paths_by_id: dict[str, Path] = {}
        self._embedded_ids: dict[str, frozenset[str]] = {}
        self._prefixes_3_0: list[str] = []
        self.has_reference_outside = False
        self.graph = SchemaGraph(self.load)
        self._subtypes: dict[str, Subtypes] = {}

    def uri(self, path: Path) -> str:
        """Return the URI of a file; raise ValueError if it is not below the folder."""
        from urllib.parse import quote

        return self.base + quote(path.relative_to(self.root).as_posix())

    def path(self, uri: str) -> Path | None:
        """Return the path of the file with a URI, or None if there is none below the folder."""
        if uri in self._paths_by_id:
            return self._paths_by_id[uri]
        if not uri.startswith(self.base):
            return None
        return self.root / percent_decoded(uri[len(self.base) :])

    def exists(self, uri: str, referrer: str) -> bool:
        """Return whether there is a file with a URI, or one with that $id beside the referrer."""
        is_known = uri in self._documents or uri in self._paths_by_id
        if not is_known and not uri.startswith(self.base):
            self._index_ids(referrer)
        path = self.path(uri)
        return uri in self._documents or (path is not None and path.is_file())

    def _index_ids(self, uri: str) -> None:
        """Index the files in the folder of a file by their $id."""
        file = self.path(uri)
        for path in sorted(file.parent.iterdir()) if file is not None else ():
            if path.suffix in SUFFIXES and path.is_file():
                value = read(path).value
                schema_id = value.get("$id") if isinstance(value, dict) else None
                if isinstance(schema_id, str):
                    self._paths_by_id.setdefault(schema_id.partition("#")[0], path)

    def load(self, uri: str) -> Any:
        """Return the value of a file. Raises BrokenContract if it cannot be read."""
        return self.document(uri).value

    def add_openapi_3_0(self, prefix: str) -> None:
        """Read all files whose URIs have a prefix as OpenAPI 3.0, upgraded to 2020-12."""
        if prefix not in self._prefixes_3_0:
            self._prefixes_3_0.append(prefix)
            for uri, document in self._documents.items():
                if uri.startswith(prefix):
                    to_2020_12(document.value)

    def resolve(
        self, uri: str, tokens: PointerTokens, base: str, reference: str
    ) -> tuple[str, PointerTokens]:
        """Return the file and pointer that a reference at a pointer in a file refers to.

        The reference is relative to *base*. Raises BrokenContract if it is unresolved.
        """
        target, _, fragment = resolve_uri(base, reference).partition("#")
        if not self.exists(target, uri):
            self.has_reference_outside |= reference.startswith("..")
            reason = f"file not found for $ref {reference!r} (remote references are never fetched)"
            raise self.error_at(uri, tokens, reason)
        found = () if not fragment.startswith("/") else tokens_of(percent_decoded(fragment))
        try:
            value_at(self.load(target), found)
        except (KeyError, IndexError, ValueError, TypeError):
            name = percent_decoded(target.rpartition("/")[2])
            reason = f"unresolved $ref: {reference!r} is not in {name}"
            raise self.error_at(uri, tokens, reason) from None
        return target, found

    def document(self, uri: str) -> Document:
        """Return the document of a file. Raises BrokenContract if it cannot be read."""
        if uri not in self._documents:
            path = self.path(uri)
            try:
                document = read(_relative_to_cwd(path) if path else uri)
            except (OSError, ValueError) as error:  # ValueError: the name is invalid, as with a NUL
                reason = getattr(error, "strerror", None) or str(error)
                raise BrokenContract(
                    reason, file=str(_relative_to_cwd(path) if path else uri)
                ) from None
            if document.errors:
                first = document.errors[0]
                raise BrokenContract(first.message, file=document.name, place=first.place)
            if any(uri.startswith(prefix) for prefix in self._prefixes_3_0):
                to_2020_12(document.value)
            self._documents[uri] = document
        return self._documents[uri]

    def subtypes(self, main: str) -> Subtypes:
        """Return the subtypes of schemas, with the schema names of an OpenAPI document."""
        if main not in self._subtypes:
            self._subtypes[main] = Subtypes(self.graph, self.resolve, main)
        return self._subtypes[main]

    def embedded_ids(self, uri: str) -> frozenset[str]:
        """Return the URIs of the embedded resources and the anchors in a file."""
        if uri not in self._embedded_ids:
            self._embedded_ids[uri] = frozenset(_embedded_ids(self.load(uri), uri))
        return self._embedded_ids[uri]

    def error_at(self, uri: str, tokens: PointerTokens, reason: str) -> BrokenContract:
        """Return the BrokenContract for an error at a pointer in a file, with its place."""
        document = self.document(uri)
        path, value = [], document.value
        for token in tokens:
            step: str | int = int(token) if isinstance(value, list) else token
            if not has_token(value, token):
                break
            value = value[step]
            path.append(step)
        at_name = bool(path) and isinstance(path[-1], str)
        key = (tuple(path), at_name)
        place: Place = document.places([key])[key]
        return BrokenContract(reason, document.name, place, pointer_of(tokens))


def dialect_error(dialect: Any) -> str | None:
    """Return the error of a $schema that is not a supported draft, or None."""
    if not isinstance(dialect, str) or dialect.partition("#")[0] in DIALECTS:
        return None
    return f"$schema {dialect!r} is not supported: must be draft 4, 6, 7, 2019-09 or 2020-12"


def _relative_to_cwd(path: Path) -> Path:
    """Return a path relative to the working folder, if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _embedded_ids(
    part: Any, base: str, *, is_root: bool = True, is_map: bool = False
) -> Iterator[str]:
    """Yield the URIs of the resources embedded in a schema, and its anchors."""
    if isinstance(part, dict) and not is_root and not is_map:
        for keyword in ("$id", "$anchor", "$dynamicAnchor"):
            name = part.get(keyword)
            if isinstance(name, str):
                base = resolve_uri(base, name).partition("#")[0] if keyword == "$id" else base
                yield base if keyword == "$id" else f"{base}#{name}"
    for _, child, inner in schema_members(part, is_map=is_map):
        if isinstance(child, (dict, list)):
            yield from _embedded_ids(child, base, is_root=False, is_map=inner)


def value_at(part: Any, tokens: PointerTokens) -> Any:
    """Return the value at a pointer; raise LookupError, ValueError or TypeError if none."""
    for token in tokens:
        part = part[int(token)] if isinstance(part, list) else part[token]
    return part


def has_token(part: Any, token: str) -> bool:
    """Return whether a value has a property or an item of that token."""
    if isinstance(part, list):
        return token.isdecimal() and int(token) < len(part)
    return isinstance(part, dict) and token in part
