"""A schema goes in as the set of what it takes: the one room that uses the canonical form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import CanonicalSchema, canonical

from fieldbound.model import DIALECTS

from .value_sets import (
    ANYTHING,
    EVERY_KIND,
    All,
    Arrays,
    Contained,
    Either,
    Form,
    Nothing,
    Numbers,
    Objects,
    Reference,
    Texts,
    Values,
)

#: How deep what is left out is looked for in what is left out.
_MOST_NOTS: Final = 4
#: Alternatives that are told at all, those of which it is reckoned what they leave out, and those
#: that are brought together with what stands beside them.
_MOST_ALTERNATIVES: Final = 512
_MOST_NEGATED: Final = 16
_MOST_BRANCHES: Final = 64
#: From here on every float is whole.
_WHOLE: Final = 1 << 53
#: How deep forms stand in one another; what is deeper is left to be checked.
_DEEPEST: Final = 100
#: What the engine raises where it does not reckon, or we have no form of its own to ask it about.
_UNTOLD: Final = (ValueError, AttributeError, TypeError, RecursionError)
#: What the canonical form does not model, and what is made without it has to be checked for.
_UNMODELED: Final = frozenset(("unevaluatedItems", "unevaluatedProperties", "$schema"))
#: What is left out beside, in turn, until something is left that is modelled.
_LEFT_OUT: Final = (
    frozenset[str](),
    frozenset(("not",)),
    frozenset(("$ref", "$dynamicRef")),
    frozenset(("not", "$ref", "$dynamicRef", "if", "then", "else", "oneOf", "contains")),
)


def takes_nothing(schema: Any, registry: jsonschema_rs.Registry | None = None) -> bool:
    """Return whether no instance can be valid; False where that cannot be told.

    *registry* has what the schema refers to.
    """
    try:
        form = jsonschema_rs.canonicalize(schema, registry=registry, offline=True)
    except ValueError:  # of which all the engine's errors are kinds
        return False  # no schema, or a reference that leads nowhere: others say so, with its place
    return bool(form.kind == canonical.CanonicalKind.FALSE)


def is_within(schema: Any, wider: Any) -> bool:
    """Return whether *wider* takes every value that *schema* takes, as far as is known."""
    try:
        inner, outer = (
            jsonschema_rs.canonicalize(each, offline=True, validate_formats=True)
            for each in (schema, wider)
        )
        return bool(outer.covers(inner) == canonical.Containment.YES)
    except ValueError:
        return False


def canonical_text(value: Any) -> str:
    """Return a text that is the same for values that JSON Schema takes as equal, and no others."""
    return canonical.json.to_string(value)


class Algebra:
    """The forms of one schema, and what can be reckoned with them.

    *resources* has what the schema refers to, by URI; *formats* is "assert" or "annotate".
    """

    def __init__(
        self, schema: Any, uri: str, resources: Mapping[str, Any], formats: str = "assert"
    ) -> None:
        held = [*resources.items()]
        if resources and uri not in resources:
            held.append((uri, schema))
        self._options: dict[str, Any] = {
            "registry": jsonschema_rs.Registry(held),
            "base_uri": uri,
            "validate_formats": formats == "assert",
            "offline": True,
        }
        self._schema = schema
        self._known: dict[CanonicalSchema, Form] = {}
        self._nots = 0
        self._depth = 0
        self.root = self._form(self._canonical(schema))

    def _canonical(self, schema: Any) -> CanonicalSchema:
        return jsonschema_rs.canonicalize(schema, **self._options)

    def judge(self, form: Form) -> Callable[[Any], bool]:
        """Return what tells whether a value is of a form; one that cannot be told is taken."""
        try:
            schema = self._resolved(form).origin.to_json_schema()
            options = {name: each for name, each in self._options.items() if name != "base_uri"}
            return jsonschema_rs.validator_for(schema, **options).is_valid
        except _UNTOLD:
            return lambda _: True

    # -- reckoning -----------------------------------------------------------------------------

    def target(self, reference: Reference) -> Form:
        """Return what a reference leads to."""
        if reference.uri == "":
            return EVERY_KIND
        node: CanonicalSchema = reference.origin
        found = node.definition(reference.uri)
        return ANYTHING if found is None else self._form(found)

    def negation(self, form: Form) -> Form | None:
        """Return the form of every value that *form* leaves out, None if there is no telling."""
        if self._is_wide(form):
            return None
        try:
            return self._form(self._resolved(form).origin.negate())
        except _UNTOLD:
            return None

    def both(self, forms: Iterable[Form]) -> Form:
        """Return the form of the values that are in all of several forms."""
        wanted = [each for each in map(self._resolved, forms) if each is not EVERY_KIND]
        if len(wanted) < 2:  # noqa: PLR2004 - nothing to bring together
            return wanted[0] if wanted else ANYTHING
        try:
            node = wanted[0].origin
            for each in wanted[1:]:
                node = node.intersect(each.origin)
        except _UNTOLD:
            return All(tuple(wanted))
        return self._form(node)

    def without(self, form: Form, other: Form) -> Form | None:
        """Return the form of what is in *form* and not in *other*, None if there is no telling."""
        if self._is_wide(form) or self._is_wide(other):
            return None
        try:
            whole = self._canonical(True) if form in (ANYTHING, EVERY_KIND) else None
            node = whole or self._resolved(form).origin
            return self._form(node.subtract(self._resolved(other).origin))
        except _UNTOLD:
            return None

    def _is_wide(self, form: Form) -> bool:
        """Return whether a form has so many alternatives that to reckon with them takes long."""
        form = self._resolved(form)
        return isinstance(form, Either) and len(form.branches) > _MOST_NEGATED

    def _resolved(self, form: Form) -> Form:
        seen = set()
        while isinstance(form, Reference) and form not in seen:
            seen.add(form)
            form = self.target(form)
        return form

    def why_nothing(self) -> str | None:
        """Say which part of the schema takes nothing, and why; None where that is not told."""
        try:
            found = canonical.find_unsatisfiable(self._schema, **self._options)
        except ValueError:
            found = {}
        inmost = sorted(found.items(), key=lambda each: (-each[0].count("/"), each[0]))
        for pointer, reason in inmost:
            return f"{_why(reason)} at {pointer or 'the root'}"
        return None

    # -- reading the canonical form ------------------------------------------------------------

    def _form(self, node: CanonicalSchema) -> Form:
        found = self._known.get(node)
        if found is None and self._depth == _DEEPEST:  # one that may unfold without end
            return All((ANYTHING,), origin=node)
        if found is None:
            self._depth += 1
            try:
                found = self._known[node] = self._read(node, node.view())
            finally:
                self._depth -= 1
        return found

    def _read(self, node: CanonicalSchema, view: Any) -> Form:
        match view:
            case canonical.FalseView():
                return Nothing(origin=node)
            case canonical.TrueView():
                return ANYTHING
            case canonical.ConstView():
                return Values((view.value,), origin=node)
            case canonical.EnumView():
                return Values(tuple(view.values), origin=node)
            case canonical.ReferenceView(uri):
                return Reference(uri, origin=node)
            case canonical.RawView(schema):
                return self._approximate(schema, node)
        return self._of_type(node, view) or self._combined(node, view)

    def _of_type(self, node: CanonicalSchema, view: Any) -> Form | None:
        match view:
            case canonical.MultiTypeView(types) if len(types) == 1:
                return _of_kind(types[0], node)
            case canonical.MultiTypeView(types):
                return Either(tuple(self._kind(each) for each in types), origin=node)
            case canonical.StringView():
                return _texts(view, node)
            case canonical.IntegerView() | canonical.NumberView():
                return _numbers(view, node)
            case canonical.ArrayView():
                return self._arrays(view, node)
            case canonical.ObjectView():
                return self._objects(view, node)
        return None

    def _kind(self, name: str) -> Form:
        dialect = self._schema.get("$schema") if isinstance(self._schema, dict) else None
        named = {"$schema": dialect} if dialect in DIALECTS else {}
        return self._form(self._canonical({**named, "type": name}))

    def _combined(self, node: CanonicalSchema, view: Any) -> Form:
        match view:
            case canonical.TypedGroupView(name, body):
                return All((self._kind(name), self._form(body)), origin=node)
            case canonical.AnyOfView(branches) | canonical.OneOfView(branches):
                every = -(-len(branches) // _MOST_ALTERNATIVES)  # of very many an even choice
                return Either(tuple(self._form(each) for each in branches[::every]), origin=node)
            case canonical.AllOfView(branches):
                return self._all(branches, node)
            case canonical.NotView(schema):
                return self._not(self._form(schema), node)
        raise TypeError(f"a form of the kind {node.kind} is not known")

    def _not(self, inner: Form, node: CanonicalSchema) -> Form:
        """Return what a form leaves out; one that leads back to itself is left to be checked."""
        self._nots += 1
        try:
            told = self.negation(inner) if self._nots <= _MOST_NOTS else None
        finally:
            self._nots -= 1
        return told or All((ANYTHING,), origin=node)

    def _all(self, branches: list[CanonicalSchema], node: CanonicalSchema) -> Form:
        forms = [self._form(each) for each in branches]
        made = self.both(forms) if any(isinstance(each, Reference) for each in forms) else None
        if made is not None and not isinstance(made, All) and made.origin != node:
            return made
        chosen = next((each for each in forms if isinstance(each, Either)), None)
        if chosen is None or len(forms) == 1:
            return All(tuple(forms), origin=node)
        others = [each for each in forms if each is not chosen]
        each_with = tuple(self.both((*others, each)) for each in chosen.branches[:_MOST_BRANCHES])
        return All((Either(each_with),), origin=node)

    def _approximate(self, schema: Any, node: CanonicalSchema) -> Form:
        """Return the form of a schema less what is not modelled, which is left to be checked."""
        for more in _LEFT_OUT:
            names = _UNMODELED | more
            less = _less(schema, names)
            if less != schema:
                try:
                    made = self._canonical(less)
                except ValueError:
                    continue
                if made.kind != canonical.CanonicalKind.RAW:
                    return All((self._form(made),), origin=node)
        return All((ANYTHING,), origin=node)

    def _arrays(self, view: Any, node: CanonicalSchema) -> Form:
        distinct = view.distinctness
        return Arrays(
            view.min_items or 0,
            view.max_items,
            distinct == canonical.Distinctness.ALL_DISTINCT,
            distinct == canonical.Distinctness.SOME_REPEATED,
            tuple(self._form(each) for each in view.prefix_items),
            self._form(view.items) if view.items is not None else ANYTHING,
            tuple(
                Contained(
                    self._form(each.schema),
                    1 if each.min_contains is None else each.min_contains,
                    each.max_contains,
                )
                for each in view.contains
            ),
            origin=node,
        )

    def _objects(self, view: Any, node: CanonicalSchema) -> Form:
        other = view.additional_properties
        return Objects(
            view.min_properties or 0,
            view.max_properties,
            tuple(view.required),
            {name: self._form(each) for name, each in view.properties.items()},
            {name: self._form(each) for name, each in view.pattern_properties.items()},
            ANYTHING if other is None else self._form(other),
            None if view.property_names is None else self._form(view.property_names),
            tuple(self._breach(each) for each in view.violations),
            origin=node,
        )

    def _breach(self, view: Any) -> tuple[Form, Form]:
        """Return an attribute that must be there, as the form of its name and of its value."""
        match view:
            case canonical.NameFailsView(schema):
                return self.negation(self._form(schema)) or ANYTHING, ANYTHING
            case canonical.PatternValueFailsView(pattern, schema):
                return Texts(patterns=(pattern,)), self.negation(self._form(schema)) or ANYTHING
            case canonical.UndeclaredValueFailsView(names, patterns, additional):
                name = Texts(avoided=tuple(patterns), excluded=tuple(names))
                return name, self.negation(self._form(additional)) or ANYTHING
        raise TypeError(f"{type(view).__name__} is not known")


def _of_kind(kind: str, node: CanonicalSchema) -> Form:
    match kind:
        case "null":
            return Values((None,), origin=node)
        case "boolean":
            return Values((False, True), origin=node)
        case "integer" | "number":
            return Numbers(whole=kind == "integer", origin=node)
        case "string":
            return Texts(origin=node)
        case "array":
            return Arrays(origin=node)
    return Objects(origin=node)


def _texts(view: Any, node: CanonicalSchema) -> Texts:
    return Texts(
        view.min_length or 0,
        view.max_length,
        tuple(view.patterns),
        tuple(view.excluded_patterns),
        tuple(view.formats),
        tuple(view.excluded_formats),
        (*view.content_encodings, *view.content_media_types),
        tuple(view.excluded),
        origin=node,
    )


def _numbers(view: Any, node: CanonicalSchema) -> Numbers:
    whole = isinstance(view, canonical.IntegerView)
    return Numbers(
        _exact(view.minimum),
        False if whole else view.exclusive_minimum,
        _exact(view.maximum),
        False if whole else view.exclusive_maximum,
        tuple(Fraction(str(each)) for each in view.multiple_of),
        tuple(Fraction(str(each)) for each in view.not_multiple_of),
        whole,
        False if whole else view.excludes_integers,
        origin=node,
    )


def _exact(number: Any) -> Fraction | None:
    """Return a bound as the engines compare with it: a large float as what it is in binary."""
    if number is None:
        return None
    return Fraction(number if abs(number) >= _WHOLE else str(number))


def _less(schema: Any, names: frozenset[str]) -> Any:
    if isinstance(schema, dict):
        return {name: _less(each, names) for name, each in schema.items() if name not in names}
    return [_less(each, names) for each in schema] if isinstance(schema, list) else schema


def _why(reason: Any) -> str:
    match reason:
        case canonical.UnsatisfiableReason.Literal():
            return "nothing is taken, for false is written"
        case canonical.UnsatisfiableReason.Empty(cause):
            return f"nothing keeps {_part(cause)}"
        case canonical.UnsatisfiableReason.Conflict(causes):
            return f"nothing keeps {' and '.join(_part(each) for each in causes)} together"
    return "nothing is taken"


def _part(cause: Any) -> str:
    words = ", ".join(cause.keywords) or "the subschema"
    return f"{words} at {cause.pointer}" if cause.pointer else words
