"""A schema goes in, its limits come out: the one room that knows which keywords are limits.

A limit is found in two ways that agree: by walking the whole schema, and by following the
evaluation path of one error to the keyword it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from fieldbound.model import (
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    SCHEMA_KEYWORDS,
    Limit,
    Node,
    References,
    Schema,
    Source,
    escape_token,
    members,
)

#: Keywords that refuse instances by themselves, each a limit where it stands.
LIMITS: Final = frozenset(
    "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength "
    "minLength pattern format maxItems minItems uniqueItems contains maxContains minContains "
    "maxProperties minProperties required dependentRequired propertyNames not anyOf oneOf".split()
)
#: The formats that are checked; any other is an annotation.
FORMATS: Final = frozenset(
    "date date-time time duration email idn-email hostname idn-hostname ipv4 ipv6 uri "
    "uri-reference iri iri-reference uri-template uuid json-pointer relative-json-pointer "
    "regex".split()
)
#: Keywords that were limits only up to draft 7.
_OLD_LIMITS: Final = frozenset(("contentEncoding", "contentMediaType"))
#: Keywords that refuse instances only when their value is false.
_CLOSERS: Final = frozenset(
    "additionalProperties unevaluatedProperties items additionalItems unevaluatedItems".split()
)
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
#: Of the keywords that hold schemas, those whose limits count; the others only choose, or refuse.
_NAMED: Final = MAP_KEYWORDS - {"$defs", "definitions"}
_SINGLE: Final = SCHEMA_KEYWORDS - {"contains", "not", "if", "propertyNames", "contentSchema"}
#: Beside a reference these demand nothing.
_HOPS: Final = frozenset(("$ref", "x-source", "title", "description", "default"))
_APPLIED: Final = _NAMED | LIST_KEYWORDS | _SINGLE
#: Keywords at which an error ends only where they lead to a schema that takes nothing.
_CLOSED: Final = frozenset(("then", "else", *_REFERENCES))
#: Keywords whose subschemas judge another value than the one they stand at: of any such name.
_ANY: Final = frozenset(_CLOSERS | {"patternProperties", "propertyNames", "contains"})
#: A schema that refers to itself in many ways unfolds without end; each place is then seen once.
_MOST_PLACES: Final = 5_000
_TURNS: Final = 2


class _Trail(NamedTuple):
    """How a subschema was come to: the value it judges, and what its uses say of its limits."""

    node: Node
    pointer: str = ""
    uses: tuple[Any, ...] = ()
    sensitive: bool = False
    entered: tuple[tuple[str, str], ...] = ()  # each reference followed: its target, at a pointer


class Survey(NamedTuple):
    """What is to be known of a whole schema before judging by it.

    Whether it is *recursive*, what is *unspecified* by pointer and reason, the pointers of
    *sensitive* values, and whether it is *silent*: demands nothing at all.
    """

    recursive: bool
    unspecified: Mapping[str, str]
    sensitive: tuple[str, ...]
    silent: bool


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
        self._formats = FORMATS if formats == "assert" else frozenset[str]()
        self.references = References(schema, uri, resources)
        self._root = self.references.root
        table = schema.get("x-sources") if isinstance(schema, dict) else None
        self._sources: Mapping[str, Any] = table if isinstance(table, dict) else {}
        self._cut_short = False  # whether a walk has left places out
        #: Evaluation paths that are known to lead somewhere.
        self.ways: set[tuple[str | int, ...]] = set()
        #: The limits that were found, by evaluation path and, where one is required, name.
        self.by_way: dict[tuple[str | int, ...], Limit] = {}
        self._known: dict[tuple[str | int, ...], tuple[str, ...]] = {}

    # -- one error's limit -------------------------------------------------------------------

    def at(self, path: tuple[str | int, ...], name: str | None = None) -> Limit:
        """Return the limit that an evaluation path ends at; *name* is the attribute required."""
        key = path if name is None else (*path, name)
        found = self.by_way.get(key)
        if found is None:
            found = self.by_way[key] = self._limit(path, name)
        return found

    def has(self, path: tuple[str | int, ...]) -> bool:
        """Return whether an evaluation path leads anywhere in this schema."""
        trail, keyword = self._followed(path)
        if trail is None or keyword in ("properties", "patternProperties"):
            return False
        self.ways.add(path)
        return True

    def known(self, path: tuple[str | int, ...]) -> tuple[str, ...]:
        """Return the names of attributes taken by the schema that holds the keyword at *path*."""
        if path not in self._known:
            trail, _ = self._followed(path)
            names = self._names(trail.node, ()) if trail else ()
            self._known[path] = tuple(dict.fromkeys(names))
        return self._known[path]

    def _limit(self, path: tuple[str | int, ...], name: str | None) -> Limit:
        trail, keyword = self._followed(path)
        if trail is None:  # a path that only the engine can follow: the keyword is known at least
            words = [step for step in path if isinstance(step, str)]
            return Limit(self._contract, "", words[-1] if words else "not", None, self._root.uri)
        return self._made(trail, keyword or "not", name)

    def _followed(self, path: tuple[str | int, ...]) -> tuple[_Trail | None, str | None]:
        """Follow an evaluation path to the subschema that holds its last keyword, and return both.

        The keyword is None where the path ends at a subschema: one that takes nothing.
        """
        trail, steps = self._start(), list(path)
        try:
            while len(steps) > 1 or (steps and steps[0] in _CLOSED):
                trail = self._step(trail, str(steps.pop(0)), steps)
        except (KeyError, IndexError, TypeError, ValueError):
            return None, None
        return trail, str(steps[0]) if steps else None

    def _start(self) -> _Trail:
        return self._entered(_Trail(self._root, entered=((self._root.location, ""),)))

    def _step(self, trail: _Trail, keyword: str, steps: list[str | int]) -> _Trail:
        if keyword in _REFERENCES:
            return self._referred(trail, keyword)
        node = self.references.child(trail.node, keyword)
        if keyword in _NAMED or (keyword in LIST_KEYWORDS and isinstance(node.schema, list)):
            token = str(steps.pop(0))
            return self._descended(trail, keyword, self.references.child(node, token), token)
        return self._descended(trail, keyword, node)

    def _referred(self, trail: _Trail, keyword: str) -> _Trail:
        """Follow a reference; one that leads into itself is named by its first repetition."""
        node = self.references.resolved(trail.node, trail.node.schema[keyword])
        uses = (*trail.uses, trail.node.schema.get("x-source"))
        before = [pointer for target, pointer in trail.entered if target == node.location]
        pointer = before[1] if len(before) > 1 else trail.pointer
        entered = (*trail.entered, (node.location, pointer))
        return self._entered(_Trail(node, pointer, uses, trail.sensitive, entered))

    def _descended(
        self, trail: _Trail, keyword: str, node: Node, token: str | None = None
    ) -> _Trail:
        at = None
        if keyword in {"properties", "prefixItems"} or (keyword == "items" and token):
            at = escape_token(token or "")
        elif keyword in _ANY:
            at = "*"
        if at is None:
            return self._entered(trail._replace(node=node))
        pointer = f"{trail.pointer}/{at}"
        return self._entered(_Trail(node, pointer, (), trail.sensitive, trail.entered))

    def _entered(self, trail: _Trail) -> _Trail:
        schema = trail.node.schema
        if isinstance(schema, dict) and is_sensitive(schema):
            return trail._replace(sensitive=True)
        return trail

    # -- all limits --------------------------------------------------------------------------

    def all(self) -> tuple[Limit, ...]:
        """Return every limit, parents before their attributes, each once where it is written."""
        return self._all

    @cached_property
    def _all(self) -> tuple[Limit, ...]:
        limits: dict[tuple[str, str], Limit] = {}
        for trail in self._trails():
            for keyword, name in self._written(trail.node):
                limit = self._made(trail, keyword, name)
                limits.setdefault((limit.id, limit.location), limit)
        return tuple(limits.values())

    def survey(self) -> Survey:
        """Return what is to be known of the whole schema before judging by it."""
        unspecified: dict[str, str] = {}
        sensitive: dict[str, None] = {}
        recursive, silent = False, True
        for trail in self._trails():
            recursive = recursive or _turns(trail) > 1
            silent = silent and next(self._written(trail.node), None) is None
            if isinstance(trail.node.schema, dict) and "x-unspecified" in trail.node.schema:
                unspecified.setdefault(trail.pointer, str(trail.node.schema["x-unspecified"]))
        if self._is_said(self._root.schema):
            trails = self._trails(everything=True)
            sensitive = {trail.pointer: None for trail in trails if trail.sensitive}
            if recursive or self._cut_short:  # there may be more of them, anywhere
                sensitive = {"": None}
        return Survey(recursive, unspecified, tuple(sensitive), silent)

    def _is_said(self, part: Any) -> bool:
        """Return whether anything within a schema may be sensitive."""
        if isinstance(part, dict) and is_sensitive(part):
            return True
        return any(
            self._is_said(child) for _, child in members(part) if isinstance(child, (dict, list))
        )

    def _trails(self, everything: bool = False) -> Iterator[_Trail]:
        """Yield every subschema by every way to it, each reference within itself once.

        *everything* takes in those as well that only choose what counts, or are there to refuse.
        """
        stack, seen, count = [self._start()], set[str](), 0
        while stack:
            trail = stack.pop()
            location, count = trail.node.location, count + 1
            if count > _MOST_PLACES and location in seen:
                self._cut_short = True
                continue
            seen.add(location)
            yield trail
            stack += [
                child
                for child in reversed(list(self._below(trail, everything)))
                if _turns(child) <= _TURNS
            ]

    def _below(self, trail: _Trail, everything: bool = False) -> Iterator[_Trail]:
        """Yield the subschemas that apply where *trail* does."""
        schema = trail.node.schema
        if not isinstance(schema, dict):
            return
        for keyword in _REFERENCES:
            if isinstance(schema.get(keyword), str):
                try:
                    yield self._referred(trail, keyword)
                except (KeyError, IndexError, TypeError, ValueError):
                    continue  # the engine has said so already, or knows better
        if trail.node.draft and "$ref" in schema:
            return
        for keyword in schema:
            if keyword in _APPLIED or (everything and keyword in SCHEMA_KEYWORDS):
                yield from self._applied(trail, keyword)

    def _applied(self, trail: _Trail, keyword: str) -> Iterator[_Trail]:
        """Yield the subschemas under one keyword."""
        node = self.references.child(trail.node, keyword)
        if (keyword in _NAMED and isinstance(node.schema, dict)) or (
            keyword in LIST_KEYWORDS and isinstance(node.schema, list)
        ):
            for token, _ in members(node.schema):
                yield self._descended(trail, keyword, self.references.child(node, token), token)
        elif (keyword in SCHEMA_KEYWORDS and isinstance(node.schema, dict)) or (
            keyword in _CLOSED and node.schema is False
        ):
            yield self._descended(trail, keyword, node)

    def _names(self, node: Node, above: tuple[str, ...]) -> Iterator[str]:
        """Yield the names of attributes that *node* takes, by itself or by what it refers to."""
        schema, location = node.schema, node.location
        if not isinstance(schema, dict) or location in above:
            return
        properties = schema.get("properties", {})
        for name in properties if isinstance(properties, dict) else ():
            if not self._is_refused(self.references.child(node, "properties"), name):
                yield name
        for trail in self._below(_Trail(node)):
            if trail.pointer == "":
                yield from self._names(trail.node, (*above, location))

    def _is_refused(self, properties: Node, name: str) -> bool:
        """Whether an attribute has a schema that takes nothing, by itself or where it refers to."""
        node = self.references.child(properties, name)
        seen: set[str] = set()
        try:
            while (
                isinstance(node.schema, dict)
                and node.schema.keys() <= _HOPS
                and node.location not in seen
            ):
                seen.add(node.location)
                node = self.references.resolved(node, node.schema["$ref"])
        except (KeyError, IndexError, TypeError, ValueError):
            return False
        return node.schema is False or (
            isinstance(node.schema, dict) and node.schema.get("not") == {}
        )

    # -- making one --------------------------------------------------------------------------

    def _written(self, node: Node) -> Iterator[tuple[str, str | None]]:
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
            return value in self._formats
        if keyword in _CLOSERS:  # what the unevaluated ones refuse is told as unknown as a whole
            return value is False or (keyword.startswith("unevaluated") and value is not True)
        return keyword in LIMITS or (draft > 0 and keyword in _OLD_LIMITS)

    def _made(self, trail: _Trail, keyword: str, name: str | None) -> Limit:
        schema, tokens = trail.node.schema, trail.node.tokens
        value = schema.get(keyword) if isinstance(schema, dict) else schema
        if keyword == "not" and (direction := _one_way(schema)) is not None:
            keyword, value = direction, True
        if isinstance(schema, dict):
            tokens = (*tokens, keyword)
        entry = self._entry(trail, keyword, name)
        return Limit(
            contract=self._contract,
            pointer=trail.pointer if name is None else f"{trail.pointer}/{escape_token(name)}",
            keyword=keyword,
            value=value if name is None else True,
            location=entry.get("at") or trail.node._replace(tokens=tokens).location,
            says=entry.get("says"),
            sources=tuple(self._source(key) for key in _listed(entry.get("from"))),
            note=entry.get("note"),
            sensitive=trail.sensitive,
        )

    def _entry(self, trail: _Trail, keyword: str, name: str | None) -> Mapping[str, Any]:
        """Return what is said of a keyword: at the use nearest to the value, or beside it."""
        own = trail.node.schema.get("x-source") if isinstance(trail.node.schema, dict) else None
        wanted = (keyword,) if name is None else (f"{keyword}/{name}", keyword)
        for said in (*trail.uses, own):
            entries = [entry for entry in _listed(said) if isinstance(entry, dict)]
            for word in wanted:
                for entry in entries:
                    if word in _listed(entry.get("of")):
                        return entry
            for entry in entries:
                if "of" not in entry:
                    return entry
        return {}

    def _source(self, key: Any) -> Source:
        said = self._sources.get(key) if isinstance(key, str) else None
        said = said if isinstance(said, dict) else {}
        fallback = key if str(key).startswith(("https://", "http://")) else None
        return Source(
            str(key), said.get("title", str(key)), said.get("address", fallback), said.get("read")
        )


def is_sensitive(schema: Mapping[str, Any]) -> bool:
    """Return whether a schema says that its value is shown in no output."""
    return schema.get("x-sensitive", False) is not False or schema.get("format") == "password"


def _turns(trail: _Trail) -> int:
    """Return how often the last reference followed has been followed on the way."""
    return sum(target == trail.entered[-1][0] for target, _ in trail.entered)


def _one_way(schema: Schema) -> str | None:
    """Return readOnly or writeOnly where a schema says so of a value, and takes none."""
    if isinstance(schema, dict) and schema.get("not") == {}:
        for keyword in ("readOnly", "writeOnly"):
            if schema.get(keyword) is True:
                return keyword
    return None


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)
