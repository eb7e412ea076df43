"""The limits of a schema: the one module that knows which keywords are limits.

A limit is found in two ways that agree: by walking the whole schema, and by following the
evaluation path of one error to the keyword it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from fieldbound.algebra import engine_location, original_keyword, original_name
from fieldbound.model import (
    LIST_KEYWORDS,
    SCHEMA_KEYWORDS,
    Limit,
    Node,
    Path,
    Schema,
    SchemaRegistry,
    escape_token,
    members,
    percent_decoded,
    tokens_of,
)

from .conditions import CONDITIONAL, Condition, Conditions, joined
from .keywords import (
    ANY_NAME,
    APPLIED,
    BESIDE_REF,
    CLOSED,
    CLOSERS,
    LIMITS,
    MOST_LOCATIONS,
    MOST_PATHS,
    MOST_REPEATS,
    NAMED,
    OLD_LIMITS,
    REFERENCES,
)
from .schema.evidence import Evidence
from .schema.formats import formats_of
from .trail import Trail, direction_of, enter, follow, leads_to, repeats, starts_with, title_of


class Limits:
    """The limits of one contract: its schema, and the resources it refers to by URI."""

    def __init__(
        self,
        contract: str,
        schema: Schema,
        uri: str,
        resources: Mapping[str, Schema],
        formats: str = "assert",
    ) -> None:
        self._contract = contract
        self.formats = formats
        self.references = SchemaRegistry(schema, uri, resources)
        self._root = self.references.root
        table = schema.get("x-sources") if isinstance(schema, dict) else None
        self._evidence = Evidence(table, self.references.resource)
        #: The conditions of limits, in words.
        self.conditions = Conditions(
            self.references, self._is_sensitive, lambda pointer: pointer in self._required
        )
        self._ways: dict[tuple[str, str], list[tuple[Condition, ...]]] = {}
        self.truncated = False  # whether a walk has left places out
        #: Evaluation paths that are known to resolve.
        self.paths: set[tuple[str | int, ...]] = set()
        #: The limits that were found, by evaluation path and, where one is required, name.
        self.by_path: dict[tuple[str | int, ...], Limit] = {}
        self._names_at: dict[tuple[str | int, ...], dict[str, bool]] = {}
        self._found: dict[tuple[str | int, ...], tuple[Trail | None, str | None]] = {}
        self._found_by_location: dict[Path, tuple[Trail, str | None]] = {}

    # -- one error's limit -------------------------------------------------------------------

    def limit_at(self, path: tuple[str | int, ...], name: str | None = None) -> Limit:
        """Return the limit that an evaluation path ends at; *name* is the required property."""
        key = path if name is None else (*path, name)
        found = self.by_path.get(key)
        if found is None:
            found = self.by_path[key] = self._limit(path, name)
        return found

    def resolves(self, path: tuple[str | int, ...]) -> bool:
        """Return whether an evaluation path resolves in this schema."""
        trail, keyword = self._follow(path)
        if trail is None or keyword in ("properties", "patternProperties"):
            return False
        self.paths.add(path)
        return True

    def path_to(self, location: str, instance_path: Sequence[str | int]) -> Path | None:
        """Return a path to the keyword at an absolute location; None if it is in no schema.

        It serves as an evaluation path where the engine's does not resolve: it omits steps. Of
        several ways to the keyword, that is taken which leads to the instance's path.
        """
        location = percent_decoded(location)
        holder, _, keyword = location.rpartition("/")
        keyword = original_keyword(keyword) or keyword
        ways: list[tuple[Trail, str | None]] = [
            (trail, keyword)
            for trail in self._by_location.get(holder, ())
            if isinstance(trail.node.schema, dict) and keyword in trail.node.schema
        ]
        ways += [
            (trail, None)
            for trail in self._by_location.get(location, ())
            if trail.node.schema is False
        ]
        leading = (way for way in ways if leads_to(way[0].pointer, instance_path))
        found = next(leading, ways[0] if ways else None)
        if found is None:
            return None
        path = ("#", location, found[0].pointer)
        self._found_by_location[path] = found
        return path

    @cached_property
    def _by_location(self) -> Mapping[str, list[Trail]]:
        """Every way to each subschema, by its location as the engine names it."""
        found: dict[str, list[Trail]] = {}
        for trail in self.trails(include_conditions=True):
            at = engine_location(percent_decoded(trail.node.location))
            found.setdefault(at, []).append(trail)
        return found

    def known_names(self, path: tuple[str | int, ...]) -> Mapping[str, bool]:
        """Return the names that the schema with the keyword at *path* documents: if always."""
        if path not in self._names_at:
            trail, _ = self._follow(path)
            found = self._names_at[path] = {}
            for name, always in self._property_names(Trail(trail.node), ()) if trail else ():
                found[name] = always or found.get(name, False)
        return self._names_at[path]

    def node_at(self, path: tuple[str | int, ...], keyword: str | None = None) -> Node | None:
        """Return the value of the last keyword of *path*, or of another one beside it."""
        trail, last = self._follow(path)
        keyword = keyword or last or ""
        schema = trail and trail.node.schema
        if trail is None or not isinstance(schema, dict) or keyword not in schema:
            return None
        return self.references.child(trail.node, keyword)

    def schema_with(self, limit: Limit) -> Mapping[str, Any] | None:
        """Return the schema that a limit is a keyword of, None if it is not where it says."""
        holder, _, keyword = limit.location.rpartition("/")
        try:
            schema = self.references.resolve(self._root, holder).schema
        except (KeyError, IndexError, TypeError, ValueError):
            return None
        return schema if isinstance(schema, dict) and keyword in schema else None

    def _limit(self, path: tuple[str | int, ...], name: str | None) -> Limit:
        trail, keyword = self._follow(path)
        if trail is None:  # a path that only the engine can follow: the keyword is known at least
            words = [step for step in path if isinstance(step, str)]
            return Limit(self._contract, "", words[-1] if words else "not", None, self._root.uri)
        return self._make(trail, keyword or "not", name)

    def _follow(self, path: tuple[str | int, ...]) -> tuple[Trail | None, str | None]:
        """Follow an evaluation path to the subschema that holds its last keyword, and return both.

        The keyword is None where the path ends at a subschema: one that is false.
        """
        found = self._found_by_location.get(path) or self._found.get(path)
        if found is None:
            if len(self._found) >= MOST_PATHS:
                for each in (self._found, self._names_at, self.by_path, self.paths):
                    each.clear()
            found = self._found[path] = self._find(path)
        return found

    def _find(self, path: tuple[str | int, ...]) -> tuple[Trail | None, str | None]:
        trail, steps = self._start(), list(path)
        try:
            while len(steps) > 1 or (steps and steps[0] in CLOSED):
                trail = self._step(trail, str(steps.pop(0)), steps)
        except (KeyError, IndexError, TypeError, ValueError):
            return None, None
        return trail, original_keyword(str(steps[0])) if steps else None

    def _start(self) -> Trail:
        return enter(Trail(self._root, entered=(self._root.location,), entered_at=("",)))

    def _step(self, trail: Trail, keyword: str, steps: list[str | int]) -> Trail:
        if keyword in REFERENCES:
            return self._follow_reference(trail, keyword)
        node = self.references.child(trail.node, keyword)
        if keyword in NAMED or (keyword in LIST_KEYWORDS and isinstance(node.schema, list)):
            token = str(steps.pop(0))
            if keyword == "patternProperties":
                token = original_name(node.schema, token)
            return self._descend(trail, keyword, self.references.child(node, token), token)
        return self._descend(trail, keyword, node)

    def _follow_reference(self, trail: Trail, keyword: str) -> Trail:
        return follow(trail, self.references.resolve(trail.node, trail.node.schema[keyword]))

    def _descend(self, trail: Trail, keyword: str, node: Node, token: str | None = None) -> Trail:
        at = None
        if keyword in CONDITIONAL:
            condition = Condition(keyword, trail.node, trail.pointer, token)
            trail = trail._replace(conditions=(*trail.conditions, condition))
        if keyword in {"properties", "prefixItems"} or (keyword == "items" and token):
            at = escape_token(token or "")
        elif keyword in ANY_NAME:
            at = "*"
        if at is None:
            return enter(trail._replace(node=node))
        pointer = f"{trail.pointer}/{at}"
        return enter(trail._replace(node=node, pointer=pointer, uses=(), title=None))

    # -- all limits --------------------------------------------------------------------------

    def all(self) -> tuple[Limit, ...]:
        """Return every limit, parents before their properties, each once where it is written."""
        return self._all

    @cached_property
    def _all(self) -> tuple[Limit, ...]:
        limits: dict[tuple[str, str], Limit] = {}
        for trail in self.trails():
            for keyword, name in self.keywords_of(trail.node):
                limit = self._make(trail, keyword, name)
                self._ways.setdefault((limit.id, limit.location), []).append(trail.conditions)
                other = limits.setdefault((limit.id, limit.location), limit)
                if other.condition != limit.condition:
                    either = joined(other.condition, limit.condition)
                    limits[limit.id, limit.location] = replace(other, condition=either)
        return tuple(limits.values())

    def ways_to(self, limit: Limit) -> Sequence[tuple[Condition, ...]]:
        """Return the conditions on each way to a limit."""
        self.all()  # which finds the ways
        return self._ways.get((limit.id, limit.location), ((),))

    def trails(self, include_conditions: bool = False) -> Iterator[Trail]:
        """Yield every subschema by every way to it, each reference within itself once.

        *include_conditions* yields those as well that only select or reject (`if`, `not`, ...).
        """
        stack, seen, count = [self._start()], set[str](), 0
        while stack:
            trail = stack.pop()
            location, count = trail.node.location, count + 1
            if count > MOST_LOCATIONS and location in seen:
                self.truncated = True
                continue
            seen.add(location)
            yield trail
            stack += [
                child
                for child in reversed(list(self._subtrails(trail, include_conditions)))
                if repeats(child) <= MOST_REPEATS
            ]

    def _subtrails(self, trail: Trail, include_conditions: bool = False) -> Iterator[Trail]:
        """Yield the subschemas that apply where *trail* does."""
        schema = trail.node.schema
        if not isinstance(schema, dict):
            return
        for keyword in REFERENCES:
            if isinstance(schema.get(keyword), str):
                try:
                    yield self._follow_reference(trail, keyword)
                except (KeyError, IndexError, TypeError, ValueError):
                    continue  # reported by the engine already
        if trail.node.draft and "$ref" in schema:
            return
        for keyword in schema:
            if keyword in ("then", "else") and "if" not in schema:
                continue  # ignored without `if`
            if keyword in APPLIED or (include_conditions and keyword in SCHEMA_KEYWORDS):
                yield from self._apply(trail, keyword)

    def _apply(self, trail: Trail, keyword: str) -> Iterator[Trail]:
        """Yield the subschemas under one keyword."""
        node = self.references.child(trail.node, keyword)
        if (keyword in NAMED and isinstance(node.schema, dict)) or (
            keyword in LIST_KEYWORDS and isinstance(node.schema, list)
        ):
            for token, _ in members(node.schema):
                yield self._descend(trail, keyword, self.references.child(node, token), token)
        elif (keyword in SCHEMA_KEYWORDS and isinstance(node.schema, dict)) or (
            keyword in CLOSED and node.schema is False
        ):
            yield self._descend(trail, keyword, node)

    def _property_names(self, trail: Trail, above: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
        """Yield the names that a schema documents, itself or by references: if on no condition."""
        node, schema, location = trail.node, trail.node.schema, trail.node.location
        if not isinstance(schema, dict) or location in above:
            return
        properties = schema.get("properties", {})
        for name in properties if isinstance(properties, dict) else ():
            if not self._is_forbidden(self.references.child(node, "properties"), name):
                yield name, not trail.conditions
        for each in self._subtrails(trail):
            if each.pointer == "":
                yield from self._property_names(each, (*above, location))

    def _is_forbidden(self, properties: Node, name: str) -> bool:
        """Return whether a property's schema rejects every value, itself or by its references."""
        node = self.references.child(properties, name)
        seen: set[str] = set()
        try:
            while (
                isinstance(node.schema, dict)
                and node.schema.keys() <= BESIDE_REF
                and node.location not in seen
            ):
                seen.add(node.location)
                node = self.references.resolve(node, node.schema["$ref"])
        except (KeyError, IndexError, TypeError, ValueError):
            return False
        return node.schema is False or (
            isinstance(node.schema, dict) and node.schema.get("not") == {}
        )

    # -- making one --------------------------------------------------------------------------

    def keywords_of(self, node: Node) -> Iterator[tuple[str, str | None]]:
        """Yield the limits of one subschema as keyword and, where it requires one, a name."""
        if node.schema is False:
            yield "not", None
        if not isinstance(node.schema, dict) or (node.draft and "$ref" in node.schema):
            return
        for keyword, value in node.schema.items():
            if keyword == "required" and isinstance(value, list):
                yield from ((keyword, str(name)) for name in value)
            elif keyword in ("dependentRequired", "dependencies") and isinstance(value, dict):
                names = [name for each in value.values() if isinstance(each, list) for name in each]
                yield from ((keyword, str(name)) for name in dict.fromkeys(names))
            elif self._is_limit(keyword, value, node.draft):
                yield keyword, None

    def _is_limit(self, keyword: str, value: Any, draft: int) -> bool:
        if keyword == "format":
            return value in formats_of(draft, self.formats)
        if keyword in CLOSERS:  # what unevaluated ones reject is reported as a whole
            return value is False or (keyword.startswith("unevaluated") and value is not True)
        return keyword in LIMITS or (draft > 0 and keyword in OLD_LIMITS)

    def _make(self, trail: Trail, keyword: str, name: str | None) -> Limit:
        schema, tokens = trail.node.schema, trail.node.tokens
        value = schema.get(keyword) if isinstance(schema, dict) else schema
        if keyword == "not" and (direction := direction_of(schema)) is not None:
            keyword, value = direction, True
        if isinstance(schema, dict):
            tokens = (*tokens, keyword)
        own = schema.get("x-source") if isinstance(schema, dict) else None
        pointer = trail.pointer if name is None else f"{trail.pointer}/{escape_token(name)}"
        conditions = trail.conditions
        if keyword in ("dependentRequired", "dependencies"):
            condition = Condition("dependentRequired", trail.node, trail.pointer, name)
            conditions = (*conditions, condition)
        location, given = trail.node._replace(tokens=tokens).location, (*trail.uses, own)
        at, says, sources, note = self._evidence.of(given, keyword, name, location)
        return Limit(
            contract=self._contract,
            pointer=pointer,
            keyword=keyword,
            value=value if name is None else True,
            location=at or location,
            says=says,
            sources=sources,
            note=note,
            sensitive=trail.sensitive,
            condition=self.conditions.text(conditions, pointer, keyword) if conditions else None,
            title=trail.title if name is None else title_of(schema, name),
        )

    def _is_sensitive(self, pointer: str) -> bool:
        """Return whether no output may show the value at a pointer."""
        path = tokens_of(pointer)
        return any(starts_with(path, each) for each in self._sensitive)

    @cached_property
    def _required(self) -> frozenset[str]:
        """The pointers of the values that there must be, without a condition."""
        return frozenset(
            f"{trail.pointer}/{escape_token(name)}"
            for trail in self.trails()
            for keyword, name in (() if trail.conditions else self.keywords_of(trail.node))
            if keyword == "required" and name is not None
        )

    @cached_property
    def _sensitive(self) -> frozenset[tuple[str, ...]]:
        trails = self.trails(include_conditions=True)
        return frozenset(tokens_of(trail.pointer) for trail in trails if trail.sensitive)
