"""Bundling: schemas of files as resources of one compound schema, which needs no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from fieldbound.model import (
    NOT_CHECKED,
    BrokenContract,
    Node,
    child_schemas,
    draft_of,
    encode_uri,
    is_openapi_dialect,
    put_subschema,
    resolve_uri,
)
from fieldbound.openapi import (
    PointerTokens,
    SchemaLocation,
    apply_discriminator,
    source_entry,
)
from fieldbound.validation import with_format_limits

from .nullable_reading import NullableReading
from .problems import Problem
from .repairs import Repair, Repairs
from .schema_files import SchemaFiles, dialect_error, has_token

if TYPE_CHECKING:
    from fieldbound.config import Override
    from fieldbound.validation import Formats

Direction = Literal["request", "response"] | None

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: The keyword of properties that a message in this direction must not have.
_FORBIDDEN_BY: Final = {"request": "readOnly", "response": "writeOnly"}
#: The annotations that the schema of a forbidden property keeps.
_ANNOTATIONS: Final = ("title", "description", "$comment", "deprecated", "x-sensitive")


class Options(NamedTuple):
    """How contracts are made of documents.

    Where *lenient*, what is wrong in a document is not checked, and all else is. *formats* are
    limits, "assert", or "annotate". *overrides* are limits that the configuration changes.
    """

    lenient: bool = False
    enforce_discriminators: bool = False
    formats: Formats = "assert"
    overrides: tuple[Override, ...] = ()


class Bundle:
    """Subschemas of *files* and all they refer to, as they apply in one *direction*.

    Only what is referred to is included, each subschema at its own pointer, so that locations stay
    those of the files. *main* is the OpenAPI document of the operations, if there is one; then a
    format of OpenAPI becomes the limits that it stands for. In a lenient bundle, what is broken in
    a schema is removed and marked there.

    First everything is found, then `build` copies it.
    """

    def __init__(
        self,
        files: SchemaFiles,
        direction: Direction,
        options: Options,
        main: str | None = None,
    ) -> None:
        self.files = files
        self.options = options
        self.repairs = Repairs()
        self._forbidden_by = _FORBIDDEN_BY.get(direction or "")
        self._has_openapi_formats = main is not None and options.formats == "assert"
        is_enforced = main is not None and options.enforce_discriminators
        self._subtypes = files.subtypes(str(main)) if is_enforced else None
        #: Every subschema that is included, and those that a reference leads to.
        self.schemas: dict[SchemaLocation, Any] = {}
        self.roots: dict[SchemaLocation, None] = {}
        self.references: dict[SchemaLocation, SchemaLocation] = {}
        #: What `add_reference` was given: the contract is of these.
        self.entries: set[SchemaLocation] = set()
        #: Schemas that select a subtype, by the URI of the resource that has the conditions.
        self._conditions: dict[SchemaLocation, str] = {}
        self._conditional: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._relaxed: dict[SchemaLocation, frozenset[str]] = {}
        self._nullable = NullableReading(files.graph, {})
        self.resources: dict[str, Any] = {}
        self.cited: set[str] = set()

    # -- finding -------------------------------------------------------------------------------

    def add_reference(self, uri: str, tokens: PointerTokens, reference: str) -> dict[str, Any]:
        """Include the target of a reference at a pointer in a file, and all that it refers to.

        Return the schema that refers to it. Raises BrokenContract.
        """
        schema: dict[str, Any] = {"$ref": resolve_uri(uri, reference)}
        site = (uri, tokens[:-1] if tokens[-1:] == ("$ref",) else tokens)
        try:
            target = self._resolve(uri, tokens, uri, reference)
        except BrokenContract as error:
            if not self.options.lenient:
                raise
            self.repairs.report(error)
            return {NOT_CHECKED: [str(error)]}
        if target is not None:
            schema["$ref"] = self._reference(schema["$ref"], target)
            self.entries.add(target)
            self._add_reachable([target])
        if tokens[-1:] == ("$ref",):
            self._add_reachable(self._find_conditions(site))
            schema = self._with_conditions(schema, site)
        return schema

    def add_file(self, uri: str, tokens: PointerTokens = ()) -> None:
        """Include a whole file, or the schema at a pointer in it, and all that it refers to.

        Raises BrokenContract.
        """
        self._add_reachable([(uri, tokens)])

    def _add_reachable(self, pending: list[SchemaLocation]) -> None:
        while pending:
            pending += self._include(pending.pop())

    def _include(self, location: SchemaLocation) -> Iterator[SchemaLocation]:
        """Include a subschema, unless it is already; yield the targets of references in it."""
        uri, tokens = location
        root = self.files.load(uri)
        error = dialect_error(dialect_of(root).get("$schema", ""))
        if error is not None:
            broken = self.files.error_at(uri, ("$schema",), error)
            if not self.options.lenient:
                raise broken
            self.repairs.add(location, Repair((), broken))
        if tokens and not self.files.is_openapi(uri) and self.files.embedded(uri):
            tokens = ()
        if (uri, tokens) in self.schemas:
            return
        schema = self.files.schema(uri, tokens)
        self.roots[uri, tokens] = None
        for problem in self._problems(uri, tokens, schema):
            self.take_out(uri, problem)
        yield from self._walk(schema, uri, tokens, uri)

    def _problems(self, uri: str, tokens: PointerTokens, schema: Any) -> list[Problem]:
        if not self.options.lenient:
            return []  # they are raised by `lint_bundle`, with the sources at hand
        from .lint import problems_of

        return problems_of(self.files, (uri, tokens), schema)

    def _walk(
        self, schema: Any, uri: str, tokens: PointerTokens, base: str
    ) -> Iterator[SchemaLocation]:
        """Add a schema and all within it; yield the targets of references in them."""
        location = (uri, tokens)
        schema = self.schemas[location] = self.repairs.apply(location, schema)
        if not isinstance(schema, dict):
            return
        if tokens and isinstance(schema.get("$id"), str):
            base = resolve_uri(base, schema["$id"]).partition("#")[0]
        if isinstance(schema.get("$ref"), str):
            target = self._follow(location, base, schema["$ref"])
            if target is not None:
                self.references[location] = target
                yield target
        yield from self._find_conditions(location)
        for at, child in child_schemas(schema):
            yield from self._walk(child, uri, (*tokens, *at), base)

    def _follow(self, location: SchemaLocation, base: str, reference: str) -> SchemaLocation | None:
        uri, tokens = location
        try:
            return self._resolve(uri, (*tokens, "$ref"), base, reference)
        except BrokenContract as error:
            if not self.options.lenient:
                raise
            self.repairs.add(location, Repair(("$ref",), error))
            return None

    def _resolve(
        self, uri: str, tokens: PointerTokens, base: str, reference: str
    ) -> SchemaLocation | None:
        """Return the target of a reference; None if the engine finds it. Raises BrokenContract."""
        whole = resolve_uri(base, reference)
        target = whole.partition("#")[0]
        in_schema = not self.files.is_openapi(uri) and target in self.files.embedded(uri)
        if "json-schema.org/" in target or in_schema:
            return None
        location = self.files.resolve(uri, tokens, base, reference)
        is_plain = self.files.is_openapi(location[0]) or not self.files.embedded(location[0])
        if is_plain and self.files.graph.is_circular(location):
            raise self.files.error_at(uri, tokens, "circular $ref")
        return location

    def take_out(self, uri: str, problem: Problem, *, error: BrokenContract | None = None) -> bool:
        """Take what a problem is about out of the schemas of a file; return whether that is new."""
        error = error or self.files.error_at(uri, problem.tokens, problem.reason)
        is_new = False
        for removed in problem.removed:
            location, path = self._holder(uri, removed)
            if location is not None:
                repair = Repair(path, error, problem.weakens, problem.is_reported)
                is_new |= self.repairs.add(location, repair)
        return is_new

    def _holder(
        self, uri: str, tokens: PointerTokens
    ) -> tuple[SchemaLocation | None, PointerTokens]:
        """Return the schema that a pointer leads into, and the path from there."""
        from .meta_schema import locate

        above = (tokens[:length] for length in reversed(range(len(tokens) + 1)))
        root = next((each for each in above if (uri, each) in self.roots), None)
        if root is None:
            return None, ()
        at, rest = locate(self.files.schema(uri, root), tokens[len(root) :])
        if not rest and at[-2:-1] == ("patternProperties",):  # its pattern may be what is wrong
            at, rest = at[:-2], at[-2:]
        return (uri, (*root, *at)), rest

    # -- copying -------------------------------------------------------------------------------

    def build(self) -> dict[str, Any]:
        """Return the resources of the compound schema, by URI, as they are after all repairs."""
        self.resources = {}
        if self.repairs:
            self.repairs.decide(self.schemas, self.references)
        self._relax_required()
        if self.options.lenient:
            self._nullable = NullableReading(self.files.graph, self.schemas)
        for uri, tokens in sorted(self.roots, key=lambda each: len(each[1])):
            root = self.files.load(uri)
            copy = self._copy(self.files.schema(uri, tokens), uri, tokens)
            if tokens:
                head = {"$id": uri, **dialect_of(root), **default_source_of(root)}
                self.add_sources(head.get("x-source"))
                _set_at(self.resources.setdefault(uri, head), tokens, copy)
            else:
                self.resources[uri] = {**copy, "$id": uri} if isinstance(copy, dict) else copy
        for uri, (resource, condition) in self._conditional.items():
            self.resources[uri] = {**resource, "allOf": [condition]}
        return self.resources

    def without_conditions(self) -> dict[str, Any]:
        """Return the resources without the conditions that select subtypes.

        Canonicalization would expand them all.
        """
        plain = {uri: resource for uri, (resource, _) in self._conditional.items()}
        return {**self.resources, **plain}

    def _copy(self, schema: Any, uri: str, tokens: PointerTokens) -> Any:
        """Return a schema of a file as it applies in this direction, without what is wrong."""
        location = (uri, tokens)
        schema = self.repairs.apply(location, schema)
        if not isinstance(schema, dict):
            return schema
        self.add_sources(schema.get("x-source"))
        if self._forbidden_by and tokens[-2:-1] == ("properties",):
            marked = self.files.graph.marked_by(location, self._forbidden_by)
            if marked is not None:
                return self._forbidden(schema, marked)
        copy = dict(schema)
        for at, child in child_schemas(schema):
            inner = self._copy(child, uri, (*tokens, *at))
            put_subschema(copy, schema, at, inner)
        return self._adapted(copy, schema, location)

    def _adapted(
        self, copy: dict[str, Any], schema: dict[str, Any], location: SchemaLocation
    ) -> dict[str, Any]:
        uri, tokens = location
        if self._has_openapi_formats and isinstance(schema.get("format"), str):
            copy = with_format_limits(copy)
        if isinstance(copy.get("$ref"), str):
            reference, target = encode_uri(str(copy["$ref"])), self.references.get(location)
            copy["$ref"] = self._reference(reference, target) if target else reference
        if is_openapi_dialect(copy.get("$schema")):
            del copy["$schema"]
        if self.files.is_openapi(uri):  # references are by pointer
            for keyword in ("$id", "$anchor"):
                copy.pop(keyword, None)
        names = self._relaxed.get(location)
        if names:
            copy["required"] = [each for each in copy["required"] if str(each) not in names]
            if not copy["required"]:
                del copy["required"]
        if self._subtypes is not None and "discriminator" in schema:
            copy = apply_discriminator(copy, schema, uri, tokens)
        if "$ref" not in copy:
            copy = self._nullable.apply(copy, location)
        copy = self._with_conditions(self.repairs.finish(location, copy), location)
        return self._nullable.apply(copy, location)  # of a reference, with its conditions

    def _reference(self, reference: str, target: SchemaLocation) -> str:
        """Return a reference to a schema, by its pointer where the document has $id or $anchor."""
        by_name = self.files.is_openapi(target[0]) and self.files.embedded(target[0])
        return Node(None, *target).location if by_name else reference

    def _forbidden(self, schema: Mapping[str, Any], marked: SchemaLocation) -> dict[str, Any]:
        """Return the schema of a property that this direction forbids, where it is *marked* so."""
        keyword = str(self._forbidden_by)
        by = self.files.graph.schema(marked)
        self.add_sources(by.get("x-source"))
        entry = source_entry(schema, keyword) or source_entry(by, keyword)
        location = Node(None, marked[0], (*marked[1], keyword)).location
        annotations = {name: schema[name] for name in _ANNOTATIONS if name in schema}
        source = {**entry, "of": keyword, "at": location}
        return {**annotations, keyword: True, "not": {}, "x-source": source}

    def _relax_required(self) -> None:
        """Find the properties in each `required` that this direction forbids."""
        self._relaxed = {}
        for each in self.schemas if self._forbidden_by else ():
            found = self.files.graph.forbidden_required(each, str(self._forbidden_by))
            for location, names in found:
                self._relaxed[location] = self._relaxed.get(location, frozenset()) | names

    def add_sources(self, x_source: Any) -> None:
        """Add the sources that an x-source names to those cited."""
        for entry in x_source if isinstance(x_source, list) else [x_source]:
            if isinstance(entry, dict):
                keys = entry.get("from", [])
                self.cited.update(str(key) for key in (keys if isinstance(keys, list) else [keys]))

    # -- discriminators that are enforced ------------------------------------------------------

    def _find_conditions(self, site: SchemaLocation) -> list[SchemaLocation]:
        """Return the subtypes that a discriminator selects at a site, which has its conditions."""
        schema = self.files.graph.schema(site)
        is_site = "discriminator" in schema or "$ref" in schema
        if self._subtypes is None or not is_site or draft_of(self.files.load(site[0])):
            return []
        try:
            conditions = self._subtypes.conditions(site)
        except BrokenContract:
            if not self.options.lenient:
                raise
            return []  # a broken mapping, which is reported as such
        if conditions is None:
            return []
        parent = self.files.graph.target(site)
        location = Node(None, *(parent or site)).location
        # A resource of its own, so that a subtype that extends the parent does not select again.
        uri = self._conditions[site] = location.replace("#", "?", 1)
        resource = {"$id": uri, **({"$ref": location} if parent else {})}
        self._conditional.setdefault(uri, (resource, conditions[0]))
        return conditions[1]

    def _with_conditions(self, copy: dict[str, Any], site: SchemaLocation) -> dict[str, Any]:
        """Return the copy of a schema with the conditions by which a discriminator selects."""
        conditional = self._conditions.get(site)
        if conditional is None:
            return copy
        if self.files.graph.target(site) is None:
            return {**copy, "allOf": [*copy.get("allOf", ()), {"$ref": conditional}]}
        return {**copy, "$ref": conditional}


def dialect_of(root: Any) -> dict[str, Any]:
    """Return the $schema of a file as a schema with just that; {} if there is none."""
    has_dialect = has_token(root, "$schema") and not is_openapi_dialect(root["$schema"])
    return {"$schema": root["$schema"]} if has_dialect else {}


def default_source_of(root: Any) -> dict[str, Any]:
    """Return the x-source of a file, which holds for all in it, as a schema; {} if there is none.

    Entries with `of` are about keywords of the root alone.
    """
    given = root.get("x-source") if isinstance(root, dict) else None
    entries = given if isinstance(given, list) else [given]
    found = [each for each in entries if isinstance(each, dict) and "of" not in each]
    return {"x-source": found} if found else {}


def _set_at(root: dict[str, Any], tokens: PointerTokens, part: Any) -> None:
    """Set a value at a pointer; arrays on the way become objects with the indices as names."""
    holder: Any = root
    for token in tokens[:-1]:
        key: Any = int(token) if isinstance(holder, list) else token
        inner = holder[key] if isinstance(holder, list) else holder.get(key, {})
        holder[key] = inner.copy()
        holder = holder[key]
    holder[int(tokens[-1]) if isinstance(holder, list) else tokens[-1]] = part
