"""Schema files: the JSON and YAML files below a folder, by URI, and the references among them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fieldbound.documents import SUFFIXES, Document, PlaceIndex, read, why_unreadable
from fieldbound.model import (
    DIALECTS,
    BrokenContract,
    UnreadableContract,
    child_schemas,
    is_openapi_dialect,
    percent_decoded,
    pointer_of,
    resolve_uri,
    tokens_of,
)
from fieldbound.openapi import PointerTokens, SchemaGraph, Subtypes, Upgrade, positions

from .bundled_references import is_bundled, path_of, prepare

#: What a file without $schema in a document of OpenAPI 3.0 is taken for.
_DIALECT_3_0: Final = "https://spec.openapis.org/oas/3.0/dialect/base"
#: The beginning of a reference to a file that comes with fieldbound.
_BUNDLED: Final = b"fieldbound:"


class SchemaFiles:
    """The JSON and YAML files below one folder, each with a URI under *base*.

    References are followed to files in the folders *allowed* alone: by default, in *root*.
    """

    def __init__(self, root: Path, base: str, allowed: tuple[Path, ...] = ()) -> None:
        self.root = root
        self.base = base
        self._allowed = tuple(each.resolve() for each in allowed or (root,))
        self._documents: dict[str, Document] = {}
        self._places: dict[str, PlaceIndex] = {}
        self._paths_by_id: dict[str, Path] = {}
        self._embedded: dict[str, Mapping[str, PointerTokens]] = {}
        self._prefixes_3_0: list[str] = []
        self._is_3_0: dict[str, bool] = {}
        self._upgrade = Upgrade(marks_nullable=True)
        self.graph = SchemaGraph(self.load, self.schema)
        self._subtypes: dict[str, Subtypes] = {}
        #: The schemas in which a lint has found no problem: several contracts may refer to one.
        self.linted: set[tuple[str, PointerTokens]] = set()

    def uri(self, path: Path) -> str:
        """Return the URI of a file; raise ValueError if it is not below the folder."""
        from urllib.parse import quote

        return self.base + quote(path.relative_to(self.root).as_posix())

    def path(self, uri: str) -> Path | None:
        """Return the path of the file with a URI, or None if there is none below the folder."""
        if uri in self._paths_by_id:
            return self._paths_by_id[uri]
        if is_bundled(uri):
            return path_of(uri)
        if not uri.startswith(self.base):
            return None
        return self.root / percent_decoded(uri[len(self.base) :])

    def exists(self, uri: str, referrer: str) -> bool:
        """Return whether there is a file with a URI, or one with that $id beside the referrer."""
        if uri in self._documents:
            return True
        is_known = uri in self._paths_by_id
        if not is_known and not uri.startswith(self.base) and not is_bundled(uri):
            self._index_ids(referrer)
        path = self.path(uri)
        return path is not None and path.is_file()

    def _index_ids(self, uri: str) -> None:
        """Index the files in the folder of a file by their $id."""
        file = self.path(uri)
        for path in sorted(file.parent.iterdir()) if file is not None else ():
            if path.suffix in SUFFIXES and path.is_file() and self._is_allowed(path):
                value = read(path).value
                schema_id = value.get("$id") if isinstance(value, dict) else None
                if isinstance(schema_id, str):
                    self._paths_by_id.setdefault(schema_id.partition("#")[0], path)

    def load(self, uri: str) -> Any:
        """Return the value of a file. Raises BrokenContract if it cannot be read."""
        return self.document(uri).value

    def schema(self, uri: str, tokens: PointerTokens) -> Any:
        """Return the schema at a pointer in a file, one of OpenAPI 3.0 as one of 2020-12.

        Raises LookupError, ValueError or TypeError where there is none.
        """
        found = value_at(self.load(uri), tokens)
        if uri not in self._is_3_0:
            self._is_3_0[uri] = self._is_openapi_3_0(uri)
        if self._is_3_0[uri]:
            self._upgrade.apply(found)
        return found

    def _is_openapi_3_0(self, uri: str) -> bool:
        """Return whether the schemas of a file are of OpenAPI 3.0, by itself or its users."""
        root = self.load(uri)
        version = root.get("openapi") if isinstance(root, dict) else None
        if isinstance(version, str):
            return version.startswith("3.0")
        if not self._prefixes_3_0:
            return False
        if isinstance(root, dict) and not is_openapi_dialect(root.get("$schema", _DIALECT_3_0)):
            return False
        return any(uri.startswith(prefix) for prefix in self._prefixes_3_0)

    def add_openapi_3_0(self, prefix: str) -> None:
        """Read the schemas in all files whose URIs have a prefix as those of OpenAPI 3.0."""
        if prefix not in self._prefixes_3_0:
            self._prefixes_3_0.append(prefix)
            self._is_3_0.clear()

    def replace(self, uri: str, tokens: PointerTokens, value: Any) -> None:
        """Replace what is at a pointer in a file, as long as it is in memory."""
        holder = value_at(self.load(uri), tokens[:-1])
        holder[int(tokens[-1]) if isinstance(holder, list) else tokens[-1]] = value

    def resolve(
        self, uri: str, tokens: PointerTokens, base: str, reference: str
    ) -> tuple[str, PointerTokens]:
        """Return the file and pointer that a reference at a pointer in a file refers to.

        The reference is relative to *base*. Raises BrokenContract if it is unresolved.
        """
        whole = resolve_uri(base, reference)
        target, _, fragment = whole.partition("#")
        embedded = self.embedded(uri) if self.is_openapi(uri) else {}
        if whole in embedded or target in embedded:
            return self._resolve_embedded(uri, tokens, reference, whole)
        if self._leaves(target) or self._climbs(base, reference):
            reason = f"$ref {reference!r} leaves the folder of the file and its repository"
            raise self.error_at(uri, tokens, f"{reason}: it is not followed")
        if not self.exists(target, uri):
            reason = f"file not found for $ref {reference!r} (remote references are never fetched)"
            raise self.error_at(uri, tokens, reason)
        if fragment and not fragment.startswith("/") and self.is_openapi(target):
            return self._resolve_embedded(target, tokens, reference, whole, referrer=uri)
        found = () if not fragment.startswith("/") else tokens_of(percent_decoded(fragment))
        self._require(uri, tokens, reference, (target, found))
        return target, found

    def _resolve_embedded(
        self,
        uri: str,
        tokens: PointerTokens,
        reference: str,
        whole: str,
        referrer: str | None = None,
    ) -> tuple[str, PointerTokens]:
        """Return where the schema with an $id or $anchor is in an OpenAPI document."""
        embedded, (target, _, fragment) = self.embedded(uri), whole.partition("#")
        found = embedded.get(whole)
        if found is None and target in embedded and (not fragment or fragment.startswith("/")):
            found = (*embedded[target], *tokens_of(percent_decoded(fragment)))
        if found is None:
            reason = f"unresolved $ref: there is no $anchor for {reference!r}"
            raise self.error_at(referrer or uri, tokens, reason)
        self._require(referrer or uri, tokens, reference, (uri, found))
        return uri, found

    def _require(
        self, uri: str, tokens: PointerTokens, reference: str, target: tuple[str, PointerTokens]
    ) -> None:
        """Raise BrokenContract if a reference has no target."""
        try:
            value_at(self.load(target[0]), target[1])
        except (KeyError, IndexError, ValueError, TypeError):
            name = percent_decoded(target[0].rpartition("/")[2])
            reason = f"unresolved $ref: {reference!r} is not in {name}"
            raise self.error_at(uri, tokens, reason) from None

    def _leaves(self, uri: str) -> bool:
        """Return whether the file of a URI is outside of the folders that are allowed."""
        if uri in self._documents or uri in self._paths_by_id or is_bundled(uri):
            return False
        path = self.path(uri)
        return path is not None and not self._is_allowed(path)

    def _is_allowed(self, path: Path) -> bool:
        """Return whether a file is in the folders that are allowed, links resolved."""
        real = path.resolve()
        return any(real.is_relative_to(each) for each in self._allowed)

    def _climbs(self, base: str, reference: str) -> bool:
        """Return whether a relative reference goes above the folder that URIs begin at."""
        name = percent_decoded(reference.partition("#")[0])
        if not name or "://" in name or name.startswith("/"):
            return False
        path = self.path(base)
        if path is None or is_bundled(base):  # resolved within these
            return False
        return not Path(os.path.normpath(path.parent / name)).is_relative_to(self.root)

    def document(self, uri: str) -> Document:
        """Return the document of a file. Raises BrokenContract if it cannot be read."""
        if uri not in self._documents:
            path = self.path(uri)
            try:
                document = read(relative_to_cwd(path) if path else uri)
            except (OSError, ValueError) as error:  # ValueError: the name is invalid, as with a NUL
                file = str(relative_to_cwd(path) if path else uri)
                reason = str(error)
                if isinstance(error, OSError):
                    reason = why_unreadable(error, file)
                raise UnreadableContract(reason, file=file) from None
            if document.errors:
                first = document.errors[0]
                raise BrokenContract(first.message, file=document.name, place=first.place)
            if _BUNDLED in document.data or is_bundled(uri):
                prepare(document.value, uri)
            self._documents[uri] = document
        return self._documents[uri]

    def subtypes(self, main: str) -> Subtypes:
        """Return the subtypes of schemas, with the schema names of an OpenAPI document."""
        if main not in self._subtypes:
            self._subtypes[main] = Subtypes(self.graph, self.resolve, main)
        return self._subtypes[main]

    def is_openapi(self, uri: str) -> bool:
        """Return whether a file is an OpenAPI document."""
        root = self.load(uri)
        return isinstance(root, dict) and "openapi" in root

    def embedded(self, uri: str) -> Mapping[str, PointerTokens]:
        """Return the URIs of the embedded resources and the anchors in a file, and where each is.

        Those of a file that is a schema as a whole are within that schema.
        """
        if uri not in self._embedded:
            found: dict[str, PointerTokens] = {}
            root = self.load(uri)
            if self.is_openapi(uri):
                outer: PointerTokens = ("",)
                for each in positions(root):
                    if each.kind == "schema" and each.tokens[: len(outer)] != outer:
                        outer = each.tokens
                        _collect_ids(found, each.value, uri, outer)
            else:
                for at, child in child_schemas(root):
                    _collect_ids(found, child, uri, at)
            self._embedded[uri] = found
        return self._embedded[uri]

    def error_at(self, uri: str, tokens: PointerTokens, reason: str) -> BrokenContract:
        """Return the BrokenContract for an error at a pointer in a file, with its place."""
        document = self.document(uri)
        path, value = [], document.value
        for token in tokens:
            if not has_token(value, token):
                break
            step: str | int = int(token) if isinstance(value, list) else token
            value = value[step]
            path.append(step)
        at_name = bool(path) and isinstance(path[-1], str)
        if uri not in self._places:
            self._places[uri] = PlaceIndex(document)
        place = self._places[uri].place(path, at_name)
        return BrokenContract(reason, document.name, place, pointer_of(tokens))


def dialect_error(dialect: Any) -> str | None:
    """Return the error of a $schema that is not a supported draft, or None."""
    if not isinstance(dialect, str) or dialect.partition("#")[0] in DIALECTS:
        return None
    return f"$schema {dialect!r} is not supported: must be draft 4, 6, 7, 2019-09 or 2020-12"


def relative_to_cwd(path: Path) -> Path:
    """Return a path relative to the working folder, if it is below that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _collect_ids(
    found: dict[str, PointerTokens], schema: Any, base: str, tokens: PointerTokens
) -> None:
    """Collect the URIs of the resources embedded in a schema, and its anchors."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("$id"), str):
        base = resolve_uri(base, schema["$id"]).partition("#")[0]
        found.setdefault(base, tokens)
    for keyword in ("$anchor", "$dynamicAnchor"):
        if isinstance(schema.get(keyword), str):
            found.setdefault(f"{base}#{schema[keyword]}", tokens)
    for at, child in child_schemas(schema):
        _collect_ids(found, child, base, (*tokens, *at))


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
