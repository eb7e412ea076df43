"""The value sets of a JSON Schema, read from jsonschema-rs's canonical form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import CanonicalSchema, canonical

from fieldbound.model import DIALECTS, DRAFT_4, draft_of, resolve_uri

from .alternatives import is_wide, with_fewer_alternatives, without_keywords
from .containment import unsatisfiable_reason
from .engine_patterns import canonical_schema
from .value_sets import (
    ANYTHING,
    EVERY_TYPE,
    Arrays,
    Contains,
    Empty,
    Enumerated,
    Intersection,
    Numbers,
    Objects,
    Reference,
    Strings,
    Union,
    ValueSet,
)

#: Maximum depth of negations inside negations.
_MAX_NEGATIONS: Final = 4
#: Maximum number of alternatives that are read, negated, and intersected with their siblings.
_MAX_ALTERNATIVES: Final = 512
_MAX_NEGATED: Final = 16
_MAX_INTERSECTED: Final = 64
#: From here on every float is integral.
_INTEGRAL: Final = 1 << 53
#: Maximum nesting of value sets. Deeper ones are not modelled: instances are checked for them.
_MAX_DEPTH: Final = 100
#: What the engine raises where it cannot compute, or where a value set has no canonical node.
_ENGINE_ERRORS: Final = (ValueError, AttributeError, TypeError, RecursionError)
#: Keywords that the canonical form does not model: instances are checked for them.
_UNMODELED: Final = frozenset(("unevaluatedItems", "unevaluatedProperties", "$schema"))
#: Keywords to omit besides, tried in turn until the rest can be modelled.
_OMITTED: Final = (
    frozenset[str](),
    frozenset(("not",)),
    frozenset(("$ref", "$dynamicRef")),
    frozenset(("not", "$ref", "$dynamicRef", "if", "then", "else", "oneOf", "contains")),
)


def canonical_text(value: Any) -> str:
    """Return the canonical JSON of a value: equal exactly for values equal in JSON Schema."""
    return canonical.json.to_string(value)


def _with_absolute_id(schema: Any, uri: str) -> tuple[Any, str]:
    """Return a schema and its URI by its `$id`: the engine resolves no relative one at the root."""
    keyword = "id" if draft_of(schema) == DRAFT_4 else "$id"
    identifier = schema.get(keyword) if isinstance(schema, dict) else None
    if not isinstance(identifier, str) or identifier.startswith("#"):  # an anchor
        return schema, uri
    absolute = resolve_uri(uri, identifier)
    return {**schema, keyword: absolute}, absolute


class Algebra:
    """The value sets of one schema, and set operations on them.

    *resources* has the referenced schemas, by URI; *formats* is "assert" or "annotate".
    """

    def __init__(
        self, schema: Any, uri: str, resources: Mapping[str, Any], formats: str = "assert"
    ) -> None:
        written = canonical_schema([schema, *resources.values()])
        schema, *others = written.schema
        schema, uri = _with_absolute_id(schema, uri)
        resources = dict(zip(resources, others, strict=True))
        #: The patterns of the schema, by how the engine reads them.
        self._patterns = written.patterns
        documents = {**resources, uri: resources.get(uri, schema)} if resources else {}
        self._options: dict[str, Any] = {
            "registry": jsonschema_rs.Registry([*documents.items()]),
            "base_uri": uri,
            "validate_formats": formats == "assert",
            "offline": True,
        }
        self._schema = schema
        self._value_sets: dict[CanonicalSchema, ValueSet] = {}
        self._negations: dict[ValueSet, ValueSet | None] = {}
        self._nots = 0
        self._depth = 0
        self._is_approximate = is_wide(schema, self._options["registry"], uri)
        self.root = self._root(schema)

    def _canonical(self, schema: Any) -> CanonicalSchema:
        return jsonschema_rs.canonicalize(schema, **self._options)

    def _root(self, schema: Any) -> ValueSet:
        """Return the value set of the schema, one around it if it has too many alternatives."""
        if not self._is_approximate:
            return self._value_set(self._canonical(schema))
        fewer = with_fewer_alternatives(
            schema, self._options["registry"], self._options["base_uri"]
        )
        parts = tuple(self._value_set(self._canonical(each)) for each in fewer)
        return Intersection((Union(parts) if parts else ANYTHING,))

    def validator(self, value_set: ValueSet) -> Callable[[Any], bool]:
        """Return a check for membership in a value set, one that accepts everything if need be."""
        try:
            schema = self.resolve(value_set).node.to_json_schema()
            options = {name: each for name, each in self._options.items() if name != "base_uri"}
            return jsonschema_rs.validator_for(schema, **options).is_valid
        except _ENGINE_ERRORS:
            return lambda _: True

    # -- set operations ------------------------------------------------------------------------

    def target(self, reference: Reference) -> ValueSet:
        """Return the target of a reference."""
        if reference.uri == "":
            return EVERY_TYPE
        found = reference.node.definition(reference.uri)
        return ANYTHING if found is None else self._value_set(found)

    def negation(self, value_set: ValueSet) -> ValueSet | None:
        """Return the complement of a value set, None if it cannot be computed."""
        if value_set not in self._negations:
            self._negations[value_set] = self._negation(value_set)
        return self._negations[value_set]

    def _negation(self, value_set: ValueSet) -> ValueSet | None:
        if self._is_wide(value_set):
            return None
        try:
            return self._value_set(self.resolve(value_set).node.negate())
        except _ENGINE_ERRORS:
            return None

    def intersection(self, value_sets: Iterable[ValueSet]) -> ValueSet:
        """Return the intersection of several value sets."""
        narrowing = [each for each in map(self.resolve, value_sets) if each is not EVERY_TYPE]
        if len(narrowing) < 2:  # noqa: PLR2004 - nothing to intersect
            return narrowing[0] if narrowing else ANYTHING
        try:
            node = narrowing[0].node
            for each in narrowing[1:]:
                node = node.intersect(each.node)
        except _ENGINE_ERRORS:
            return Intersection(tuple(narrowing))
        return self._value_set(node)

    def difference(self, value_set: ValueSet, other: ValueSet) -> ValueSet | None:
        """Return the values that are not in *other*, None if that cannot be computed."""
        others = self.negation(other)
        if others is None or self._is_wide(value_set):
            return None
        if value_set in (ANYTHING, EVERY_TYPE):
            return others
        try:
            node = self.resolve(value_set).node
            return self._value_set(node.intersect(self.resolve(others).node))
        except _ENGINE_ERRORS:
            return None

    def _is_wide(self, value_set: ValueSet) -> bool:
        """Return whether a value set has so many alternatives that operations on it are slow."""
        value_set = self.resolve(value_set)
        return isinstance(value_set, Union) and len(value_set.branches) > _MAX_NEGATED

    def resolve(self, value_set: ValueSet) -> ValueSet:
        """Return the target of a reference, or the value set itself."""
        seen = set()
        while isinstance(value_set, Reference) and value_set not in seen:
            seen.add(value_set)
            value_set = self.target(value_set)
        return value_set

    def explain_empty(self) -> str | None:
        """Return which subschema is unsatisfiable, and why; None if the engine does not know."""
        if self._is_approximate:
            return None
        try:
            found = canonical.find_unsatisfiable(self._schema, **self._options)
        except ValueError:
            found = {}
        for pointer, reason in sorted(
            found.items(), key=lambda each: (-each[0].count("/"), each[0])
        ):
            return f"{unsatisfiable_reason(reason)} at {pointer or '(root)'}"
        return None

    # -- reading the canonical form ------------------------------------------------------------

    def _value_set(self, node: CanonicalSchema) -> ValueSet:
        found = self._value_sets.get(node)
        if found is None and self._depth == _MAX_DEPTH:  # possibly an endless recursion
            return Intersection((ANYTHING,), node=node)
        if found is None:
            self._depth += 1
            try:
                found = self._value_sets[node] = self._read(node, node.view())
            finally:
                self._depth -= 1
        return found

    def _read(self, node: CanonicalSchema, view: Any) -> ValueSet:
        match view:
            case canonical.FalseView():
                return Empty(node=node)
            case canonical.TrueView():
                return ANYTHING
            case canonical.ConstView():
                return Enumerated((view.value,), node=node)
            case canonical.EnumView():
                return Enumerated(tuple(view.values), node=node)
            case canonical.ReferenceView(uri):
                return Reference(uri, node=node)
            case canonical.RawView(schema):
                return self._approximate(schema, node)
        return self._read_typed(node, view) or self._read_combined(node, view)

    def _read_typed(self, node: CanonicalSchema, view: Any) -> ValueSet | None:
        match view:
            case canonical.MultiTypeView(types) if len(types) == 1:
                return _all_of_type(types[0], node)
            case canonical.MultiTypeView(types):
                return Union(tuple(self._type(each) for each in types), node=node)
            case canonical.StringView():
                return self._strings(view, node)
            case canonical.IntegerView() | canonical.NumberView():
                return _numbers(view, node)
            case canonical.ArrayView():
                return self._arrays(view, node)
            case canonical.ObjectView():
                return self._objects(view, node)
        return None

    def _type(self, name: str) -> ValueSet:
        dialect = self._schema.get("$schema") if isinstance(self._schema, dict) else None
        named = {"$schema": dialect} if dialect in DIALECTS else {}
        return self._value_set(self._canonical({**named, "type": name}))

    def _read_combined(self, node: CanonicalSchema, view: Any) -> ValueSet:
        match view:
            case canonical.TypedGroupView(name, body):
                return Intersection((self._type(name), self._value_set(body)), node=node)
            case canonical.AnyOfView(branches) | canonical.OneOfView(branches):
                step = -(-len(branches) // _MAX_ALTERNATIVES)  # an even sample of very many
                return Union(tuple(self._value_set(each) for each in branches[::step]), node=node)
            case canonical.AllOfView(branches):
                return self._read_all_of(branches, node)
            case canonical.NotView(schema):
                return self._read_not(self._value_set(schema), node)
        raise TypeError(f"unknown canonical kind: {node.kind}")

    def _read_not(self, inner: ValueSet, node: CanonicalSchema) -> ValueSet:
        """Return the complement of a value set; instances are checked for one that is too deep."""
        self._nots += 1
        try:
            negated = self.negation(inner) if self._nots <= _MAX_NEGATIONS else None
        finally:
            self._nots -= 1
        return negated or Intersection((ANYTHING,), node=node)

    def _read_all_of(self, branches: list[CanonicalSchema], node: CanonicalSchema) -> ValueSet:
        value_sets = [self._value_set(each) for each in branches]
        met = None
        if any(isinstance(each, Reference) for each in value_sets):
            met = self.intersection(value_sets)
        if met is not None and not isinstance(met, Intersection) and met.node != node:
            return met
        chosen = next((each for each in value_sets if isinstance(each, Union)), None)
        if chosen is None or len(value_sets) == 1:
            return Intersection(tuple(value_sets), node=node)
        others = [each for each in value_sets if each is not chosen]
        intersections = tuple(
            self.intersection((*others, each)) for each in chosen.branches[:_MAX_INTERSECTED]
        )
        return Intersection((Union(intersections),), node=node)

    def _approximate(self, schema: Any, node: CanonicalSchema) -> ValueSet:
        """Return a superset of a schema that is not modelled; instances are checked, too."""
        for more in _OMITTED:
            less = without_keywords(schema, _UNMODELED | more)
            if less != schema:
                try:
                    simpler = self._canonical(less)
                except ValueError:
                    continue
                if simpler.kind != canonical.CanonicalKind.RAW:
                    return Intersection((self._value_set(simpler),), node=node)
        return Intersection((ANYTHING,), node=node)

    def _arrays(self, view: Any, node: CanonicalSchema) -> ValueSet:
        distinct = view.distinctness
        return Arrays(
            view.min_items or 0,
            view.max_items,
            distinct == canonical.Distinctness.ALL_DISTINCT,
            distinct == canonical.Distinctness.SOME_REPEATED,
            tuple(self._value_set(each) for each in view.prefix_items),
            self._value_set(view.items) if view.items is not None else ANYTHING,
            tuple(self._contains(each) for each in view.contains),
            node=node,
        )

    def _contains(self, view: Any) -> Contains:
        least = 1 if view.min_contains is None else view.min_contains
        return Contains(self._value_set(view.schema), least, view.max_contains)

    def _objects(self, view: Any, node: CanonicalSchema) -> ValueSet:
        other = view.additional_properties
        return Objects(
            view.min_properties or 0,
            view.max_properties,
            tuple(view.required),
            {name: self._value_set(each) for name, each in view.properties.items()},
            {
                self._pattern(name): self._value_set(each)
                for name, each in view.pattern_properties.items()
            },
            ANYTHING if other is None else self._value_set(other),
            None if view.property_names is None else self._value_set(view.property_names),
            tuple(self._witness(each) for each in view.violations),
            node=node,
        )

    def _witness(self, view: Any) -> tuple[ValueSet, ValueSet]:
        """Return a property that must exist, as the value sets of its name and of its value."""
        match view:
            case canonical.NameFailsView(schema):
                return self._complement(schema), ANYTHING
            case canonical.PatternValueFailsView(pattern, schema):
                return Strings(patterns=(self._pattern(pattern),)), self._complement(schema)
            case canonical.UndeclaredValueFailsView(names, patterns, additional):
                others = tuple([self._pattern(each) for each in patterns])
                name = Strings(excluded_patterns=others, excluded=tuple(names))
                return name, self._complement(additional)
        raise TypeError(f"unknown canonical violation: {type(view).__name__}")

    def _strings(self, view: Any, node: CanonicalSchema) -> Strings:
        return Strings(
            view.min_length or 0,
            view.max_length,
            tuple([self._pattern(each) for each in view.patterns]),
            tuple([self._pattern(each) for each in view.excluded_patterns]),
            tuple(view.formats),
            tuple(view.excluded_formats),
            (*view.content_encodings, *view.content_media_types),
            tuple(view.excluded),
            node=node,
        )

    def _pattern(self, text: str) -> str:
        return self._patterns.get(text, text)

    def _complement(self, node: CanonicalSchema) -> ValueSet:
        return self.negation(self._value_set(node)) or ANYTHING


def _all_of_type(name: str, node: CanonicalSchema) -> ValueSet:
    match name:
        case "null" | "boolean":
            return Enumerated((None,) if name == "null" else (False, True), node=node)
        case "integer" | "number":
            return Numbers(only_integers=name == "integer", node=node)
        case "string":
            return Strings(node=node)
        case "array":
            return Arrays(node=node)
    return Objects(node=node)


def _numbers(view: Any, node: CanonicalSchema) -> Numbers:
    integral = isinstance(view, canonical.IntegerView)
    return Numbers(
        _exact(view.minimum),
        False if integral else view.exclusive_minimum,
        _exact(view.maximum),
        False if integral else view.exclusive_maximum,
        tuple(Fraction(str(each)) for each in view.multiple_of),
        tuple(Fraction(str(each)) for each in view.not_multiple_of),
        integral,
        False if integral else view.excludes_integers,
        node=node,
    )


def _exact(number: Any) -> Fraction | None:
    """Return a bound as the engines compare it: a large float by its exact binary value."""
    return None if number is None else Fraction(number if abs(number) >= _INTEGRAL else str(number))
