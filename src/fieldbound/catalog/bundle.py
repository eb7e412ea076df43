"""References into files go in; one schema that needs no file any more comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, Literal

from fieldbound.model import (
    DIALECTS,
    Node,
    draft_of,
    encode_uri,
    is_openapi_dialect,
    resolve_uri,
    schema_members,
)
from fieldbound.openapi import Address, Tokens, chosen, fault

from .schema_files import Files, descend, has

Direction = Literal["request", "response"] | None

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: The attribute that a message in this direction does not carry.
_NOT_CARRIED: Final = {"request": "readOnly", "response": "writeOnly"}
#: What a refused attribute keeps of its schema.
_KEPT: Final = frozenset(("title", "description", "$comment", "x-source", "deprecated"))


class Bundle:
    """Subschemas of *files* with all they refer to, as they count in one *direction*.

    Only what is referred to is taken, each subschema at its own pointer, so that locations stay
    those of the files. *main* is the OpenAPI document whose operations they are of, if any.
    """

    def __init__(self, files: Files, direction: Direction, main: str | None = None) -> None:
        self._files = files
        self._refused = _NOT_CARRIED.get(direction or "")
        self._subtypes = None if main is None else files.subtypes(main)
        self._further: list[Address] = []  # what choices refer to
        self._unchosen: dict[str, Any] = {}  # the resources that choose, as they are without that
        self._unlifted: list[tuple[str, Tokens]] = []  # taken, and not looked through yet
        #: What is not as it is written: the names no longer required, or None for a refusal.
        self._changed: dict[Address, frozenset[str] | None] = {}
        self._taken: dict[str, list[Tokens]] = {}
        self.resources: dict[str, Any] = {}
        self.cited: set[str] = set()

    def refer(self, uri: str, at: Tokens, reference: str) -> dict[str, Any]:
        """Take in what a reference that stands at a path in a file leads to, and all from there.

        Return the schema that refers to it.
        """
        copy = {"$ref": resolve_uri(uri, reference)}
        if at[-1:] == ("$ref",):
            copy = self._chosen(copy, uri, at[:-1])
        self._refer(uri, at, uri, reference)
        return copy

    def _refer(self, *reference: Any) -> None:
        waiting: list[Any] = [reference]
        while waiting or self._further:
            waiting += self._followed(*waiting.pop()) if waiting else ()
            while self._further:
                uri, tokens = self._further.pop()
                waiting += [(uri, *each) for each in self._taken_in(uri, tokens)]
        self._lift()

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
        self._unlifted.append((uri, tokens))
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
        target = resolve_uri(base, reference).partition("#")[0]
        if "json-schema.org/" in target or target in self._files.names_inside(uri):
            return []
        target, tokens = self._files.follow(uri, at, base, reference)
        if not self._files.names_inside(target) and self._files.family.circles((target, tokens)):
            raise self._files.broken(uri, at, "the reference leads back to itself")
        return [(target, *found) for found in self._taken_in(target, tokens)]

    def _copied(self, part: Any, uri: str, at: Tokens, *, is_named: bool = False) -> Any:
        """Return a part of a file, which is at that path there, as it counts in this direction."""
        if isinstance(part, list):
            return [self._copied(each, uri, (*at, str(i))) for i, each in enumerate(part)]
        if not isinstance(part, dict):
            return part
        named = {token: inner for token, _, inner in schema_members(part, is_named=is_named)}
        copy = {
            token: self._copied(each, uri, (*at, token), is_named=named[token])
            if token in named
            else each
            for token, each in part.items()
        }
        if is_named:
            return copy
        if isinstance(part.get("$ref"), str):
            copy["$ref"] = encode_uri(part["$ref"])
        if is_openapi_dialect(part.get("$schema")):
            del copy["$schema"]
        self.cite(part.get("x-source"))
        if "discriminator" in part:
            ill = fault(part["discriminator"])
            if ill is not None and self._subtypes is not None:
                raise self._files.broken(uri, (*at, "discriminator", *ill[0]), ill[1])
            copy = chosen(copy, part, uri, at)
        if "discriminator" in part or "$ref" in part:
            copy = self._chosen(copy, uri, at)
        return self._carried(copy, part, uri, at)

    def _carried(
        self, copy: dict[str, Any], part: dict[str, Any], uri: str, at: Tokens
    ) -> dict[str, Any]:
        """Return a copy, or a schema that takes nothing for what this direction does not carry."""
        alone = part.keys().isdisjoint(("allOf", "$ref")) and self._refused not in part
        if self._refused is None or alone or part.keys() <= _KEPT | {"$ref"}:
            return copy
        refusal = self._files.family.refusal((uri, at), self._refused)
        if refusal is None:
            return copy
        self._changed[uri, at] = None
        kept = {name: each for name, each in part.items() if name in _KEPT}
        if refusal[0] != uri or refusal[1][: len(at)] != at:
            return {**kept, "$ref": Node(None, *refusal).location}
        return {**kept, self._refused: True, "not": {}}

    def _chosen(self, copy: dict[str, Any], uri: str, at: Tokens) -> dict[str, Any]:
        """Return the copy of a schema that demands the subtype that a discriminator chooses."""
        if self._subtypes is None or draft_of(self._files.load(uri)):
            return copy
        demand = self._subtypes.demand((uri, at))
        if demand is None:
            return copy
        parent = self._files.family.target((uri, at))
        location = Node(None, *(parent or (uri, at))).location
        chosen_at = location.replace("#", "?", 1)  # of its own: no child is to choose again
        if chosen_at not in self.resources:
            whole = {"$id": chosen_at, **({"$ref": location} if parent else {})}
            self.resources[chosen_at] = {**whole, "allOf": [demand[0]]}
            self._unchosen[chosen_at] = whole
            self._further += demand[1]
        if parent is None:
            return {**copy, "allOf": [*copy.get("allOf", ()), {"$ref": chosen_at}]}
        return {**copy, "$ref": chosen_at}

    def _lift(self) -> None:
        """Leave out of what is required the attributes that this direction does not carry."""
        new, self._unlifted = self._unlifted, []
        if self._refused is None:
            return
        for uri, tokens in new:
            for at in _schemas(descend(self._files.load(uri), tokens), tokens):
                for (where, within), names in self._files.family.lifted((uri, at), self._refused):
                    before = self._changed.get((where, within), frozenset())
                    self._changed[where, within] = None if before is None else before | names
                    _lift(self.resources.get(where), within, names)

    def _as_judged(self, uri: str, tokens: Tokens) -> Any:
        """Return what was taken as it is written, but for what this direction does not carry."""
        schema = descend(self._files.load(uri), tokens)
        within = {
            at[len(tokens) :]: names
            for (where, at), names in self._changed.items()
            if where == uri and at[: len(tokens)] == tokens
        }
        if within:
            schema = deepcopy(schema)
            for at, names in within.items():
                _lift(schema, at, names)
        return schema

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
            Node(descend(whole, tokens), uri, tokens, draft_of(whole))
            for uri, each in self._taken.items()
            for whole in [self._files.load(uri)]
            for tokens in each
        ]
        for node in taken:
            self._raise(node, problems(node, sources))
        registry = registry_of(
            {**self.resources, **self._unchosen}
        )  # choices would unfold at length
        for node in taken if registry is not None else ():
            judged = node._replace(schema=self._as_judged(node.uri, node.tokens))
            self._raise(node, conflicts(judged, registry))

    def _raise(self, node: Node, found: Iterator[tuple[Tokens, str]]) -> None:
        for at, reason in found:
            raise self._files.broken(node.uri, at, reason)


def _schemas(part: Any, at: Tokens, *, is_named: bool = False) -> Iterator[Tokens]:
    """Yield the paths of the objects within a part that may be schemas."""
    if isinstance(part, dict) and not is_named:
        yield at
    for token, child, inner in schema_members(part, is_named=is_named):
        if isinstance(child, (dict, list)):
            yield from _schemas(child, (*at, token), is_named=inner)


def _lift(whole: Any, at: Tokens, names: frozenset[str] | None) -> None:
    """Require some names no longer in the schema at a path, if it is there; None: refuse it."""
    try:
        schema = descend(whole, at)
    except (LookupError, ValueError, TypeError):
        return
    if names is None:
        schema.clear()
        schema["not"] = {}
    elif isinstance(schema, dict) and isinstance(schema.get("required"), list):
        schema["required"] = [name for name in schema["required"] if name not in names]
        if not schema["required"]:
            del schema["required"]


def dialect_of(whole: Any) -> dict[str, Any]:
    """Return the draft that a file names, as a part of a schema: nothing, if it names none."""
    named = has(whole, "$schema") and not is_openapi_dialect(whole["$schema"])
    return {"$schema": whole["$schema"]} if named else {}


def _references(
    part: Any, tokens: Tokens, base: str, *, is_named: bool = False
) -> Iterator[tuple[Tokens, str, str]]:
    """Yield every reference within a schema, with its path and the URI that it counts from."""
    if tokens and not is_named and isinstance(part, dict) and isinstance(part.get("$id"), str):
        base = resolve_uri(base, part["$id"]).partition("#")[0]
    for name, child, inner in schema_members(part, is_named=is_named):
        if name == "$ref" and isinstance(child, str) and not is_named:
            yield (*tokens, name), base, child
        elif isinstance(child, (dict, list)):
            yield from _references(child, (*tokens, name), base, is_named=inner)


def _graft(whole: dict[str, Any], tokens: Tokens, part: Any) -> None:
    """Set a part at its pointer; lists on the way become objects with the same tokens."""
    for token in tokens[:-1]:
        whole = whole.setdefault(token, {})
    whole[tokens[-1]] = part
