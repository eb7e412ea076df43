"""References into files go in; one schema that needs no file any more comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from .document import Document, read
from .model import BrokenContract, Place
from .references import (
    DIALECTS,
    Node,
    draft_of,
    is_openapis,
    joined,
    parts,
    pointer_of,
    tokens_of,
    unquoted,
)
from .upgrade import chosen, upgrade

Tokens = tuple[str, ...]
Direction = Literal["request", "response"] | None

SUFFIXES: Final = (".json", ".yaml", ".yml")
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: The attribute that a message in this direction does not carry.
_NOT_CARRIED: Final = {"request": "readOnly", "response": "writeOnly"}
_MOST_HOPS: Final = 20
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
        self._older: list[str] = []  # how the URIs begin under which OpenAPI 3.0 is written
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

    def read_as_older(self, start: str) -> None:
        """Read the schemas of all files whose URIs begin so as OpenAPI 3.0 means them."""
        if start not in self._older:
            self._older.append(start)
            for uri, document in self._read.items():
                if uri.startswith(start):
                    upgrade(document.value)

    def follow(self, uri: str, at: Tokens, base: str, reference: str) -> tuple[str, Tokens]:
        """Return the file that a reference at a path of one leads to, and the path in it.

        The reference counts from *base*. Raises BrokenContract where it leads to nothing at hand.
        """
        target, _, fragment = joined(base, reference).partition("#")
        if not self.has(target, uri):
            self.left |= reference.startswith("..")
            reason = (
                f"the reference {reference!r} leads to no file at hand, and none is ever fetched"
            )
            raise self.broken(uri, at, reason)
        tokens = () if not fragment.startswith("/") else tokens_of(unquoted(fragment))
        try:
            descend(self.load(target), tokens)
        except (KeyError, IndexError, ValueError, TypeError):
            reason = f"the reference {reference!r} leads to nothing in {target.rpartition('/')[2]}"
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
                upgrade(document.value)
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

    def refer(self, uri: str, at: Tokens, reference: str) -> None:
        """Take in what a reference that stands at a path in a file leads to, and all from there."""
        self._refer(uri, at, uri, reference)

    def _refer(self, *reference: Any) -> None:
        waiting: list[Any] = [reference]
        while waiting:
            waiting += self._followed(*waiting.pop())

    def add(self, uri: str) -> None:
        """Take in a whole file, and all it refers to."""
        for found in self._taken_in(uri, ()):
            self._refer(uri, *found)

    def _taken_in(self, uri: str, tokens: Tokens) -> list[tuple[Tokens, str, str]]:
        """Take in a subschema, if it is not there yet; return the references in it."""
        whole = self._files.load(uri)
        dialect = dialect_of(whole).get("$schema", "")
        if isinstance(dialect, str) and dialect.partition("#")[0] not in DIALECTS:
            reason = f"the meta-schema {dialect!r} is no known draft"
            raise self._files.broken(uri, ("$schema",), reason)
        if tokens and self._files.names_inside(uri):
            tokens = ()
        if any(tokens[: len(taken)] == taken for taken in self._taken.get(uri, ())):
            return []
        self._taken.setdefault(uri, []).append(tokens)
        schema = descend(whole, tokens)
        copy = self._copied(schema, uri, tokens)
        if tokens:
            head = {"$id": uri, **dialect_of(whole)}
            _graft(self.resources.setdefault(uri, head), tokens, copy)
        else:
            self.resources[uri] = {**copy, "$id": uri} if isinstance(copy, dict) else copy
        return list(_references(schema, tokens, uri))

    def _followed(
        self, uri: str, at: Tokens, base: str, reference: str
    ) -> list[tuple[str, Tokens, str, str]]:
        """Take in what one reference leads to; return the references from there."""
        target = joined(base, reference).partition("#")[0]
        if "json-schema.org/" in target or target in self._files.names_inside(uri):
            return []
        target, tokens = self._files.follow(uri, at, base, reference)
        return [(target, *found) for found in self._taken_in(target, tokens)]

    def _copied(self, part: Any, uri: str, at: Tokens, *, is_named: bool = False) -> Any:
        """Return a part of a file, which is at that path there, as it counts in this direction."""
        if isinstance(part, list):
            return [self._copied(each, uri, (*at, str(i))) for i, each in enumerate(part)]
        if not isinstance(part, dict):
            return part
        named = {token: inner for token, _, inner in parts(part, is_named=is_named)}
        copy = {
            token: self._copied(each, uri, (*at, token), is_named=named[token])
            if token in named
            else each
            for token, each in part.items()
        }
        if is_named:
            return copy
        if is_openapis(part.get("$schema")):
            del copy["$schema"]
        self.cite(part.get("x-source"))
        if "discriminator" in part:
            copy = chosen(copy, part, uri, at)
        if self._refused is None:
            return copy
        if part.get(self._refused) is True:
            kept = {name: each for name, each in part.items() if name in _KEPT}
            return {**kept, self._refused: True, "not": {}}
        return self._without_refused(part, copy, uri)

    def _without_refused(self, part: Any, copy: dict[str, Any], uri: str) -> dict[str, Any]:
        """Leave out of what is required the attributes that this direction does not carry."""
        required, properties = part.get("required"), part.get("properties")
        if not isinstance(required, list) or not isinstance(properties, dict):
            return copy
        left = [name for name in required if not self._is_refused(properties.get(name), uri)]
        return copy if len(left) == len(required) else {**copy, "required": left}

    def _is_refused(self, schema: Any, uri: str) -> bool:
        """Return whether an attribute is not carried, by its own schema or one it refers to."""
        for _ in range(_MOST_HOPS):
            if not isinstance(schema, dict) or schema.get(str(self._refused)) is True:
                break
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return False
            uri, _, fragment = joined(uri, reference).partition("#")
            try:
                schema = descend(self._files.load(uri), tokens_of(unquoted(fragment)))
            except (BrokenContract, KeyError, IndexError, ValueError, TypeError):
                return False  # the reference is followed in its turn, and told
        return isinstance(schema, dict) and schema.get(str(self._refused)) is True

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
        from .lint import conflicts, problems, registry_of

        taken = [
            Node(
                descend(self._files.load(uri), tokens),
                uri,
                tokens,
                draft_of(self._files.load(uri)),
            )
            for uri, each in self._taken.items()
            for tokens in each
        ]
        for node in taken:
            self._raise(node, problems(node, sources))
        registry = registry_of(self.resources)
        for node in taken if registry is not None else ():
            self._raise(node, conflicts(node, registry))

    def _raise(self, node: Node, found: Iterator[tuple[Tokens, str]]) -> None:
        for at, reason in found:
            raise self._files.broken(node.uri, at, reason)


def dialect_of(whole: Any) -> dict[str, Any]:
    """Return the draft that a file names, as a part of a schema: nothing, if it names none."""
    named = _has(whole, "$schema") and not is_openapis(whole["$schema"])
    return {"$schema": whole["$schema"]} if named else {}


def _near(path: Path) -> Path:
    """Return a path as it is named from here, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _references(
    part: Any, tokens: Tokens, base: str, *, is_named: bool = False
) -> Iterator[tuple[Tokens, str, str]]:
    """Yield every reference within a schema, with its path and the URI that it counts from."""
    if tokens and not is_named and isinstance(part, dict) and isinstance(part.get("$id"), str):
        base = joined(base, part["$id"]).partition("#")[0]
    for name, child, inner in parts(part, is_named=is_named):
        if name == "$ref" and isinstance(child, str) and not is_named:
            yield (*tokens, name), base, child
        elif isinstance(child, (dict, list)):
            yield from _references(child, (*tokens, name), base, is_named=inner)


def _names_inside(
    part: Any, base: str, *, outermost: bool = True, is_named: bool = False
) -> Iterator[str]:
    """Yield the URIs of the resources within a schema, and its anchors."""
    if isinstance(part, dict) and not outermost and not is_named:
        for keyword in ("$id", "$anchor", "$dynamicAnchor"):
            name = part.get(keyword)
            if isinstance(name, str):
                base = joined(base, name).partition("#")[0] if keyword == "$id" else base
                yield base if keyword == "$id" else f"{base}#{name}"
    for _, child, inner in parts(part, is_named=is_named):
        if isinstance(child, (dict, list)):
            yield from _names_inside(child, base, outermost=False, is_named=inner)


def descend(part: Any, tokens: Tokens) -> Any:
    """Return what is at a path in a value; raises LookupError, ValueError or TypeError if none."""
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
