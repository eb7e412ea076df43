"""URIs and references go in; what they name in the files below a folder comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fieldbound.documents import Document, read
from fieldbound.model import (
    BrokenContract,
    Place,
    percent_decoded,
    pointer_of,
    resolve_uri,
    schema_members,
    tokens_of,
)
from fieldbound.openapi import Family, Subtypes, Tokens, to_2020_12

SUFFIXES: Final = (".json", ".yaml", ".yml")


class Files:
    """The JSON and YAML files below one folder, each known by a URI under *base*."""

    def __init__(self, root: Path, base: str) -> None:
        self.root = root
        self.base = base
        self._read: dict[str, Document] = {}
        self._named: dict[str, Path] = {}
        self._inside: dict[str, frozenset[str]] = {}
        self._older: list[str] = []  # how the URIs begin under which OpenAPI 3.0 is written
        self.left = False  # whether a reference led out of the folder
        self.family = Family(self.load)
        self._subtypes: dict[str, Subtypes] = {}

    def uri(self, path: Path) -> str:
        """Return the URI of a file; ValueError if it is not below the folder."""
        from urllib.parse import quote

        return self.base + quote(path.relative_to(self.root).as_posix())

    def path(self, uri: str) -> Path | None:
        """Return the file of a URI, or None if it names none below the folder."""
        if uri in self._named:
            return self._named[uri]
        if not uri.startswith(self.base):
            return None
        return self.root / percent_decoded(uri[len(self.base) :])

    def has(self, uri: str, near: str) -> bool:
        """Return whether there is such a file: at that place, or by its `$id`, beside *near*."""
        if uri not in self._read and uri not in self._named and not uri.startswith(self.base):
            self._learn(near)
        path = self.path(uri)
        return uri in self._read or (path is not None and path.is_file())

    def _learn(self, near: str) -> None:
        """Learn the names that the files beside one give themselves."""
        beside = self.path(near)
        for path in sorted(beside.parent.iterdir()) if beside is not None else ():
            if path.suffix in SUFFIXES and path.is_file():
                value = read(path).value
                name = value.get("$id") if isinstance(value, dict) else None
                if isinstance(name, str):
                    self._named.setdefault(name.partition("#")[0], path)

    def load(self, uri: str) -> Any:
        """Return the value of a file. Raises BrokenContract where it cannot be read."""
        return self.document(uri).value

    def read_as_older(self, start: str) -> None:
        """Read the schemas of all files whose URIs begin so as OpenAPI 3.0 means them."""
        if start not in self._older:
            self._older.append(start)
            for uri, document in self._read.items():
                if uri.startswith(start):
                    to_2020_12(document.value)

    def follow(self, uri: str, at: Tokens, base: str, reference: str) -> tuple[str, Tokens]:
        """Return the file that a reference at a path of one leads to, and the path in it.

        The reference counts from *base*. Raises BrokenContract where it leads to nothing at hand.
        """
        target, _, fragment = resolve_uri(base, reference).partition("#")
        if not self.has(target, uri):
            self.left |= reference.startswith("..")
            reason = (
                f"the reference {reference!r} leads to no file at hand, and none is ever fetched"
            )
            raise self.broken(uri, at, reason)
        tokens = () if not fragment.startswith("/") else tokens_of(percent_decoded(fragment))
        try:
            descend(self.load(target), tokens)
        except (KeyError, IndexError, ValueError, TypeError):
            name = percent_decoded(target.rpartition("/")[2])
            reason = f"the reference {reference!r} leads to nothing in {name}"
            raise self.broken(uri, at, reason) from None
        return target, tokens

    def document(self, uri: str) -> Document:
        """Return the document of a file. Raises BrokenContract where it cannot be read."""
        if uri not in self._read:
            path = self.path(uri)
            try:
                document = read(_near(path) if path else uri)
            except (OSError, ValueError) as error:  # ValueError: no system has a file of that name
                reason = getattr(error, "strerror", None) or str(error)
                raise BrokenContract(reason, file=str(_near(path) if path else uri)) from None
            if document.faults:
                fault = document.faults[0]
                raise BrokenContract(fault.message, file=document.name, place=fault.place)
            if any(uri.startswith(start) for start in self._older):
                to_2020_12(document.value)
            self._read[uri] = document
        return self._read[uri]

    def subtypes(self, main: str) -> Subtypes:
        """Return the subtypes of schemas, as they have names in an OpenAPI document."""
        if main not in self._subtypes:
            self._subtypes[main] = Subtypes(self.family, self.follow, main)
        return self._subtypes[main]

    def names_inside(self, uri: str) -> frozenset[str]:
        """Return the URIs and anchors that a file gives to parts of itself."""
        if uri not in self._inside:
            self._inside[uri] = frozenset(_names_inside(self.load(uri), uri))
        return self._inside[uri]

    def broken(self, uri: str, tokens: Tokens, reason: str) -> BrokenContract:
        """Return the exception that says what is wrong at a place in a file."""
        document = self.document(uri)
        path, value = [], document.value
        for token in tokens:
            step: str | int = int(token) if isinstance(value, list) else token
            if not has(value, token):
                break
            value = value[step]
            path.append(step)
        of_name = bool(path) and isinstance(path[-1], str)
        at = (tuple(path), of_name)
        place: Place = document.places([at])[at]
        return BrokenContract(reason, document.name, place, pointer_of(tokens))


def _near(path: Path) -> Path:
    """Return a path as it is named from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _names_inside(
    part: Any, base: str, *, outermost: bool = True, is_named: bool = False
) -> Iterator[str]:
    """Yield the URIs of the resources within a schema, and its anchors."""
    if isinstance(part, dict) and not outermost and not is_named:
        for keyword in ("$id", "$anchor", "$dynamicAnchor"):
            name = part.get(keyword)
            if isinstance(name, str):
                base = resolve_uri(base, name).partition("#")[0] if keyword == "$id" else base
                yield base if keyword == "$id" else f"{base}#{name}"
    for _, child, inner in schema_members(part, is_named=is_named):
        if isinstance(child, (dict, list)):
            yield from _names_inside(child, base, outermost=False, is_named=inner)


def descend(part: Any, tokens: Tokens) -> Any:
    """Return what is at a path in a value; raises LookupError, ValueError or TypeError if none."""
    for token in tokens:
        part = part[int(token)] if isinstance(part, list) else part[token]
    return part


def has(part: Any, token: str) -> bool:
    """Return whether there is anything under a token of a value."""
    if isinstance(part, list):
        return token.isdecimal() and int(token) < len(part)
    return isinstance(part, dict) and token in part
