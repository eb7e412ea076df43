"""Bundling: schemas of files as resources of one compound schema, which needs no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, Literal

from fieldbound.model import (
    Node,
    draft_of,
    encode_uri,
    is_openapi_dialect,
    resolve_uri,
    schema_members,
)
from fieldbound.openapi import (
    PointerTokens,
    SchemaLocation,
    apply_discriminator,
    discriminator_error,
)
from fieldbound.validation import Formats, with_format_limits

from .schema_files import SchemaFiles, dialect_error, has_token, value_at

Direction = Literal["request", "response"] | None

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: The keyword of properties that a message in this direction must not have.
_FORBIDDEN_BY: Final = {"request": "readOnly", "response": "writeOnly"}
#: The annotations that the schema of a forbidden property keeps.
_ANNOTATIONS: Final = frozenset(("title", "description", "$comment", "x-source", "deprecated"))


class Bundle:
    """Subschemas of *files* and all they refer to, as they apply in one *direction*.

    Only what is referred to is included, each subschema at its own pointer, so that locations stay
    those of the files. *main* is the OpenAPI document of the operations, if there is one; then a
    format of OpenAPI becomes the limits that it stands for, where *formats* are limits.
    """

    def __init__(
        self,
        files: SchemaFiles,
        direction: Direction,
        main: str | None = None,
        formats: Formats = "assert",
    ) -> None:
        self._files = files
        self._has_openapi_formats = main is not None and formats == "assert"
        self._forbidden_by = _FORBIDDEN_BY.get(direction or "")
        self._subtypes = None if main is None else files.subtypes(main)
        self._pending_subtypes: list[SchemaLocation] = []
        #: The resources that select subtypes, without the conditions by which they do.
        self._unconditional: dict[str, Any] = {}
        #: Included schemas whose `required` has not been processed yet.
        self._pending_required: list[SchemaLocation] = []
        #: Schemas that differ from the file: the names removed from `required`, or None for a
        #: forbidden property.
        self._changed: dict[SchemaLocation, frozenset[str] | None] = {}
        self._included: dict[str, list[PointerTokens]] = {}
        self.resources: dict[str, Any] = {}
        self.cited: set[str] = set()

    def add_reference(self, uri: str, tokens: PointerTokens, reference: str) -> dict[str, Any]:
        """Include the target of a reference at a pointer in a file, and all that it refers to.

        Return the schema that refers to it. Raises BrokenContract.
        """
        copy = {"$ref": resolve_uri(uri, reference)}
        if tokens[-1:] == ("$ref",):
            copy = self._with_subtype_conditions(copy, uri, tokens[:-1])
        self._add_reachable(uri, tokens, uri, reference)
        return copy

    def add_file(self, uri: str) -> None:
        """Include a whole file, and all that it refers to. Raises BrokenContract."""
        for found in self._include(uri, ()):
            self._add_reachable(uri, *found)

    def _add_reachable(self, *reference: Any) -> None:
        pending: list[Any] = [reference]
        while pending or self._pending_subtypes:
            pending += self._follow(*pending.pop()) if pending else ()
            while self._pending_subtypes:
                uri, tokens = self._pending_subtypes.pop()
                pending += [(uri, *each) for each in self._include(uri, tokens)]
        self._relax_required()

    def _include(self, uri: str, tokens: PointerTokens) -> list[tuple[PointerTokens, str, str]]:
        """Include a subschema, unless it is already; return the references in it."""
        root = self._files.load(uri)
        error = dialect_error(dialect_of(root).get("$schema", ""))
        if error is not None:
            raise self._files.error_at(uri, ("$schema",), error)
        if tokens and self._files.embedded_ids(uri):
            tokens = ()
        if any(tokens[: len(each)] == each for each in self._included.get(uri, ())):
            return []
        self._included.setdefault(uri, []).append(tokens)
        self._pending_required.append((uri, tokens))
        schema = value_at(root, tokens)
        copy = self._copy(schema, uri, tokens)
        if tokens:
            head = {"$id": uri, **dialect_of(root)}
            _set_at(self.resources.setdefault(uri, head), tokens, copy)
        else:
            self.resources[uri] = {**copy, "$id": uri} if isinstance(copy, dict) else copy
        return list(_references(schema, tokens, uri))

    def _follow(
        self, uri: str, tokens: PointerTokens, base: str, reference: str
    ) -> list[tuple[str, PointerTokens, str, str]]:
        """Include the target of one reference; return the references in that."""
        target = resolve_uri(base, reference).partition("#")[0]
        if "json-schema.org/" in target or target in self._files.embedded_ids(uri):
            return []
        location = self._files.resolve(uri, tokens, base, reference)
        target = location[0]
        if not self._files.embedded_ids(target) and self._files.graph.is_circular(location):
            raise self._files.error_at(uri, tokens, "circular $ref")
        return [(target, *found) for found in self._include(*location)]

    def _copy(self, part: Any, uri: str, tokens: PointerTokens, *, is_map: bool = False) -> Any:
        """Return a part of a file, which is at that pointer, as it applies in this direction."""
        if isinstance(part, list):
            return [self._copy(each, uri, (*tokens, str(i))) for i, each in enumerate(part)]
        if not isinstance(part, dict):
            return part
        schemas = {token: inner for token, _, inner in schema_members(part, is_map=is_map)}
        copy = {
            token: self._copy(each, uri, (*tokens, token), is_map=schemas[token])
            if token in schemas
            else each
            for token, each in part.items()
        }
        if is_map:
            return copy
        if isinstance(part.get("$ref"), str):
            copy["$ref"] = encode_uri(part["$ref"])
        if is_openapi_dialect(part.get("$schema")):
            del copy["$schema"]
        if self._has_openapi_formats and isinstance(part.get("format"), str):
            copy = with_format_limits(copy)
        self.add_sources(part.get("x-source"))
        if "discriminator" in part:
            error = discriminator_error(part["discriminator"])
            if error is not None and self._subtypes is not None:
                raise self._files.error_at(uri, (*tokens, "discriminator", *error[0]), error[1])
            copy = apply_discriminator(copy, part, uri, tokens)
        if "discriminator" in part or "$ref" in part:
            copy = self._with_subtype_conditions(copy, uri, tokens)
        return self._unless_forbidden(copy, part, uri, tokens)

    def _unless_forbidden(
        self, copy: dict[str, Any], part: dict[str, Any], uri: str, tokens: PointerTokens
    ) -> dict[str, Any]:
        """Return a copy, or a schema that rejects everything if this direction forbids it."""
        is_unmarked = part.keys().isdisjoint(("allOf", "$ref")) and self._forbidden_by not in part
        is_only_reference = part.keys() <= _ANNOTATIONS | {"$ref"}
        if self._forbidden_by is None or is_unmarked or is_only_reference:
            return copy
        marked = self._files.graph.marked_by((uri, tokens), self._forbidden_by)
        if marked is None:
            return copy
        self._changed[uri, tokens] = None
        annotations = {name: each for name, each in part.items() if name in _ANNOTATIONS}
        if marked[0] != uri or marked[1][: len(tokens)] != tokens:
            return {**annotations, "$ref": Node(None, *marked).location}
        return {**annotations, self._forbidden_by: True, "not": {}}

    def _with_subtype_conditions(
        self, copy: dict[str, Any], uri: str, tokens: PointerTokens
    ) -> dict[str, Any]:
        """Return the copy of a schema with the conditions by which a discriminator selects."""
        if self._subtypes is None or draft_of(self._files.load(uri)):
            return copy
        conditions = self._subtypes.conditions((uri, tokens))
        if conditions is None:
            return copy
        parent = self._files.graph.target((uri, tokens))
        location = Node(None, *(parent or (uri, tokens))).location
        # A resource of its own, so that a subtype that extends the parent does not select again.
        conditional = location.replace("#", "?", 1)
        if conditional not in self.resources:
            resource = {"$id": conditional, **({"$ref": location} if parent else {})}
            self.resources[conditional] = {**resource, "allOf": [conditions[0]]}
            self._unconditional[conditional] = resource
            self._pending_subtypes += conditions[1]
        if parent is None:
            return {**copy, "allOf": [*copy.get("allOf", ()), {"$ref": conditional}]}
        return {**copy, "$ref": conditional}

    def _relax_required(self) -> None:
        """Remove from `required` the properties that this direction forbids."""
        pending, self._pending_required = self._pending_required, []
        if self._forbidden_by is None:
            return
        graph = self._files.graph
        for uri, tokens in pending:
            for each in _schema_pointers(value_at(self._files.load(uri), tokens), tokens):
                for location, names in graph.forbidden_required((uri, each), self._forbidden_by):
                    before = self._changed.get(location, frozenset())
                    self._changed[location] = None if before is None else before | names
                    _apply_change(self.resources.get(location[0]), location[1], names)

    def _effective_schema(self, uri: str, tokens: PointerTokens) -> Any:
        """Return a schema of a file with the changes for this direction."""
        schema = value_at(self._files.load(uri), tokens)
        changes = {
            pointer[len(tokens) :]: names
            for (changed_uri, pointer), names in self._changed.items()
            if changed_uri == uri and pointer[: len(tokens)] == tokens
        }
        if changes:
            schema = deepcopy(schema)
            for pointer, names in changes.items():
                _apply_change(schema, pointer, names)
        return schema

    def add_sources(self, x_source: Any) -> None:
        """Add the sources that an x-source names to those cited."""
        for entry in x_source if isinstance(x_source, list) else [x_source]:
            if isinstance(entry, dict):
                keys = entry.get("from", [])
                self.cited.update(str(key) for key in (keys if isinstance(keys, list) else [keys]))

    def lint(self, sources: Mapping[str, Any] | None) -> None:
        """Raise BrokenContract for the first error in the schemas that were included.

        *sources* are those that limits may cite; None allows unknown keywords, too.
        """
        from .lint import build_registry, find_conflicts, lint_schema

        included = [
            Node(value_at(root, tokens), uri, tokens, draft_of(root))
            for uri, pointers in self._included.items()
            for root in [self._files.load(uri)]
            for tokens in pointers
        ]
        for node in included:
            self._raise_first(node, lint_schema(node, sources))
        # Without the conditions that select subtypes: canonicalization would expand them all.
        registry = build_registry({**self.resources, **self._unconditional})
        for node in included if registry is not None else ():
            effective = node._replace(schema=self._effective_schema(node.uri, node.tokens))
            self._raise_first(node, find_conflicts(effective, registry))

    def _raise_first(self, node: Node, errors: Iterator[tuple[PointerTokens, str]]) -> None:
        for tokens, reason in errors:
            raise self._files.error_at(node.uri, tokens, reason)


def _schema_pointers(
    part: Any, tokens: PointerTokens, *, is_map: bool = False
) -> Iterator[PointerTokens]:
    """Yield the pointers to the objects in a part of a file that may be schemas."""
    if isinstance(part, dict) and not is_map:
        yield tokens
    for token, child, inner in schema_members(part, is_map=is_map):
        if isinstance(child, (dict, list)):
            yield from _schema_pointers(child, (*tokens, token), is_map=inner)


def _apply_change(root: Any, tokens: PointerTokens, names: frozenset[str] | None) -> None:
    """Remove names from the `required` of the schema at a pointer; None: make it reject all.

    A pointer to nothing is ignored.
    """
    try:
        schema = value_at(root, tokens)
    except (LookupError, ValueError, TypeError):
        return
    if names is None:
        schema.clear()
        schema["not"] = {}
    elif isinstance(schema, dict) and isinstance(schema.get("required"), list):
        schema["required"] = [name for name in schema["required"] if name not in names]
        if not schema["required"]:
            del schema["required"]


def dialect_of(root: Any) -> dict[str, Any]:
    """Return the $schema of a file as a schema with just that; {} if there is none."""
    has_dialect = has_token(root, "$schema") and not is_openapi_dialect(root["$schema"])
    return {"$schema": root["$schema"]} if has_dialect else {}


def _references(
    part: Any, tokens: PointerTokens, base: str, *, is_map: bool = False
) -> Iterator[tuple[PointerTokens, str, str]]:
    """Yield every $ref in a schema: the pointer to it, its base URI, and its value."""
    if tokens and not is_map and isinstance(part, dict) and isinstance(part.get("$id"), str):
        base = resolve_uri(base, part["$id"]).partition("#")[0]
    for name, child, inner in schema_members(part, is_map=is_map):
        if name == "$ref" and isinstance(child, str) and not is_map:
            yield (*tokens, name), base, child
        elif isinstance(child, (dict, list)):
            yield from _references(child, (*tokens, name), base, is_map=inner)


def _set_at(root: dict[str, Any], tokens: PointerTokens, part: Any) -> None:
    """Set a value at a pointer; arrays on the way become objects with the indices as names."""
    for token in tokens[:-1]:
        root = root.setdefault(token, {})
    root[tokens[-1]] = part
