"""References into files go in; one schema that needs no file any more comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from .document import Document, read
from .model import BrokenContract, Place
from .references import (
    VALUES,
    Node,
    draft_of,
    items,
    joined,
    pointer_of,
    tokens_of,
    unquoted,
)

Tokens = tuple[str, ...]
Direction = Literal["request", "response"] | None

SUFFIXES: Final = (".json", ".yaml", ".yml")
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: The attribute that a message in this direction does not carry.
_NOT_CARRIED: Final = {"request": "readOnly", "response": "writeOnly"}
#: What a refused attribute keeps of its schema.
_KEPT: Final = frozenset(("title", "description", "$comment", "x-source", "deprecated"))


class Files:
    """The JSON and YAML files below one folder, each known by a URI under *base*."""

    def __init__(self, root: Path, base: str) -> None:
        self.root = root
        self.base = base
        self._read: dict[str, Document] = {}
        self._named: dict[str, Path] = {}
        self._inside: dict[str, frozenset[str]] = {}
        self.left = False  # whether a reference led out of the folder

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
        return self.root / unquoted(uri[len(self.base) :])

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

    def document(self, uri: str) -> Document:
        """Return the document of a file. Raises BrokenContract where it cannot be read."""
        if uri not in self._read:
            path = self.path(uri)
            try:
                document = read(_near(path) if path else uri)
            except OSError as error:
                reason = error.strerror or str(error)
                raise BrokenContract(reason, file=str(_near(path) if path else uri)) from None
            if document.faults:
                fault = document.faults[0]
                raise BrokenContract(fault.message, file=document.name, place=fault.place)
            self._read[uri] = document
        return self._read[uri]

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
            if not _has(value, token):
                break
            value = value[step]
            path.append(step)
        of_name = bool(path) and isinstance(path[-1], str)
        at = (tuple(path), of_name)
        place: Place = document.places([at])[at]
        return BrokenContract(reason, document.name, place, pointer_of(tokens))


class Bundle:
    """Subschemas of *files* with all they refer to, as they count in one *direction*.

    Only what is referred to is taken, each subschema at its own pointer, so that locations stay
    those of the files.
    """

    def __init__(self, files: Files, direction: Direction) -> None:
        self._files = files
        self._refused = _NOT_CARRIED.get(direction or "")
        self._taken: dict[str, list[Tokens]] = {}
        self.resources: dict[str, Any] = {}
        self.cited: set[str] = set()

    def add(self, uri: str, tokens: Tokens) -> str:
        """Take in a subschema and all it refers to; return the URI by which it is referred to."""
        whole = self._files.load(uri)
        if tokens and self._files.names_inside(uri):
            self.add(uri, ())
        elif not any(tokens[: len(taken)] == taken for taken in self._taken.get(uri, ())):
            self._take(uri, tokens, _descend(whole, tokens))
        return Node(None, uri, tokens).location

    def _take(self, uri: str, tokens: Tokens, schema: Any) -> None:
        self._taken.setdefault(uri, []).append(tokens)
        copy = self._copied(schema)
        if tokens:
            head = {"$id": uri, **_dialect(self._files.load(uri))}
            _graft(self.resources.setdefault(uri, head), tokens, copy)
        else:
            self.resources[uri] = {**copy, "$id": uri} if isinstance(copy, dict) else copy
        for at, base, reference in _references(schema, tokens, uri):
            self._follow(uri, at, base, reference)

    def refer(self, uri: str, tokens: Tokens, reference: str) -> None:
        """Take in what a reference leads to that stands at *tokens* in a file."""
        self._follow(uri, tokens, uri, reference)

    def _follow(self, uri: str, at: Tokens, base: str, reference: str) -> None:
        target, _, fragment = joined(base, reference).partition("#")
        if "json-schema.org/" in target or target in self._files.names_inside(uri):
            return
        if not self._files.has(target, uri):
            self._files.left |= reference.startswith("..")
            reason = (
                f"the reference {reference!r} leads to no file at hand, and none is ever fetched"
            )
            raise self._files.broken(uri, at, reason)
        tokens = () if not fragment.startswith("/") else tokens_of(unquoted(fragment))
        try:
            _descend(self._files.load(target), tokens)
        except (KeyError, IndexError, ValueError, TypeError):
            reason = f"the reference {reference!r} leads to nothing in {target.rpartition('/')[2]}"
            raise self._files.broken(uri, at, reason) from None
        self.add(target, tokens)

    def _copied(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._copied(each) for each in part]
        if not isinstance(part, dict):
            return part
        self.cite(part.get("x-source"))
        if self._refused is not None and part.get(self._refused) is True:
            kept = {name: each for name, each in part.items() if name in _KEPT}
            return {**kept, self._refused: True, "not": {}}
        return {name: each if name in VALUES else self._copied(each) for name, each in part.items()}

    def cite(self, said: Any) -> None:
        """Note the sources that a statement names."""
        for entry in said if isinstance(said, list) else [said]:
            if isinstance(entry, dict):
                keys = entry.get("from", [])
                self.cited.update(str(key) for key in (keys if isinstance(keys, list) else [keys]))

    def proofread(self, sources: Mapping[str, Any] | None) -> None:
        """Raise BrokenContract for the first thing that is wrong in what was taken.

        *sources* are those that limits may name; None: keywords of any kind are let pass.
        """
        from .lint import problems

        for uri, taken in self._taken.items():
            whole = self._files.load(uri)
            for tokens in taken:
                node = Node(_descend(whole, tokens), uri, tokens, draft_of(whole))
                for at, reason in problems(node, self.resources, sources):
                    raise self._files.broken(uri, at, reason)


def _dialect(whole: Any) -> dict[str, Any]:
    return {"$schema": whole["$schema"]} if _has(whole, "$schema") else {}


def _near(path: Path) -> Path:
    """Return a path as it is named from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _references(part: Any, tokens: Tokens, base: str) -> Iterator[tuple[Tokens, str, str]]:
    """Yield every reference within a schema, with its path and the URI that it counts from."""
    if tokens and isinstance(part, dict) and isinstance(part.get("$id"), str):
        base = joined(base, part["$id"]).partition("#")[0]
    for name, child in items(part):
        if name == "$ref" and isinstance(child, str):
            yield (*tokens, name), base, child
        elif name not in VALUES and isinstance(child, (dict, list)):
            yield from _references(child, (*tokens, name), base)


def _names_inside(part: Any, base: str, outermost: bool = True) -> Iterator[str]:
    """Yield the URIs of the resources within a schema, and its anchors."""
    if isinstance(part, dict) and not outermost:
        for keyword in ("$id", "$anchor", "$dynamicAnchor"):
            name = part.get(keyword)
            if isinstance(name, str):
                base = joined(base, name).partition("#")[0] if keyword == "$id" else base
                yield base if keyword == "$id" else f"{base}#{name}"
    for token, child in items(part):
        if isinstance(child, (dict, list)) and token not in VALUES:
            yield from _names_inside(child, base, False)


def _descend(part: Any, tokens: Tokens) -> Any:
    for token in tokens:
        part = part[int(token)] if isinstance(part, list) else part[token]
    return part


def _has(part: Any, token: str) -> bool:
    if isinstance(part, list):
        return token.isdecimal() and int(token) < len(part)
    return isinstance(part, dict) and token in part


def _graft(whole: dict[str, Any], tokens: Tokens, part: Any) -> None:
    """Set a part at its pointer; lists on the way become objects with the same tokens."""
    for token in tokens[:-1]:
        whole = whole.setdefault(token, {})
    whole[tokens[-1]] = part
