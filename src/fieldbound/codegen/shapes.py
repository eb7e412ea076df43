"""The shape of a contract's values: what types them, by pointer, without conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field as new
from functools import cached_property
from typing import Any, Final

from fieldbound.model import Field, FieldboundError, Limit, json_type, tokens_of
from fieldbound.validation import Contract

from .alternatives import OF_SCALARS, SCALARS, Alternatives
from .closure import CLOSERS, Closures

#: The JSON types, as `type` has them, in the order of a union.
TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
#: Limits that forbid a value.
DIRECTIONS: Final = frozenset(("readOnly", "writeOnly"))


@dataclass(frozen=True, eq=False)
class Shape:
    """What a contract says of the values at a pointer, where no condition is needed for it.

    *name* is that of the property. Of a closed object, *known* are the names that it may have, and
    *names* the patterns of others. *item* is what every item is, or every value of a map, where it
    *is_uniform*; *size* is how many items there are where each has a shape of its own, and *first*
    are those that are known. *same* is the outer shape that it repeats, *left_out* are the
    properties that may have no value, and *branches* the alternatives, each of another type.
    """

    field: Field
    types: tuple[str, ...]
    limits: tuple[Limit, ...]
    closed: bool
    known: frozenset[str]
    names: tuple[str, ...]
    name: str = ""
    is_uniform: bool = False
    size: int = 0
    first: dict[int, Shape] = new(default_factory=dict)
    branches: list[Shape] = new(default_factory=list)
    properties: list[Shape] = new(default_factory=list)
    item: list[Shape] = new(default_factory=list)
    same: list[Shape] = new(default_factory=list)
    left_out: list[Shape] = new(default_factory=list)

    @property
    def required(self) -> bool:
        """Whether there must be a value."""
        return self.field.required

    def of(self, *keywords: str) -> list[Limit]:
        """Return the limits with any of the keywords."""
        return [each for each in self.limits if each.keyword in keywords]

    @cached_property
    def choices(self) -> tuple[Any, ...] | None:
        """The only values, where these are strings, integers, booleans and null; else None."""
        lists = [
            [each.value] if each.keyword == "const" else each.value
            for each in self.of("enum", "const")
        ]
        if not lists or not all(isinstance(each, SCALARS) for each in lists[0]):
            return None
        found = {(json_type(each), each): each for each in lists[0] if self._is_valid(each)}
        return tuple(found.values()) or None

    @cached_property
    def default(self) -> tuple[Any, ...]:
        """The default, if it is a single value that is valid; else nothing."""
        value = self.field.default
        is_known = self.field.has_default and isinstance(value, (*SCALARS, float))
        return (value,) if is_known and self._is_valid(value) else ()

    @property
    def is_nullable(self) -> bool:
        """Whether null is one of its values."""
        if self.branches:
            return any(each.is_nullable for each in self.branches)
        return "null" in self.types if self.choices is None else None in self.choices

    def _is_valid(self, value: Any) -> bool:
        if self.branches:
            return any(each._is_valid(value) for each in self.branches)
        # each limit on its own: a keyword may be there twice
        schema = {"allOf": [{each.keyword: each.value} for each in self.scalar_limits] or [{}]}
        return Contract(schema, name=self.field.pointer or "value").check(value).ok

    @property
    def scalar_limits(self) -> list[Limit]:
        """The limits that a choice of values keeps."""
        return [each for each in self.limits if each.keyword in OF_SCALARS]

    @property
    def is_object(self) -> bool:
        """Whether a class is made of it: an object whose properties are known, or are none."""
        return not self.same and ("object" in self.types or (not self.types and self.has_names))

    @property
    def has_names(self) -> bool:
        """Whether it has properties, or allows some names alone."""
        return bool(self.properties) or self.closed


def shape_of(contract: Contract) -> Shape:
    """Return the shape of a contract's values, with the shapes of what is in them.

    Raises FieldboundError if the vendor documents nothing of them.
    """
    if not contract.limits:
        reason = next(iter(contract.unspecified.values()), "the contract has no limits")
        raise FieldboundError(f"{contract.name}: there is nothing to make a model of: {reason}")
    shapes: dict[tuple[str, ...], Shape] = {}
    closures, alternatives = Closures(contract), Alternatives(contract)
    for each in contract.fields:
        tokens = tokens_of(each.pointer)
        above = shapes.get(tokens[:-1]) if tokens else None
        if tokens and (above is None or above.same):
            continue
        shape = _shape(closures, each)
        shape.branches.extend(_branch(each, limits) for limits in alternatives.of(each))
        if above is None:
            shapes[tokens] = shape
        elif _is_taken(above, shape, tokens[-1]):
            shape.same.extend(_repeated(shape, tokens, shapes))
            shapes[tokens] = shape
    return shapes[()]


def _shape(closures: Closures, field_: Field) -> Shape:
    limits = tuple(each for each in field_.limits if each.condition is None)
    types = _types(limits)
    at = closures.at(field_.pointer, [each for each in limits if each.keyword in CLOSERS])
    name = (tokens_of(field_.pointer) or ("",))[-1]
    is_map = types in (("object",), ("object", "null")) and closures.is_map(field_.pointer)
    is_array = types in (("array",), ("array", "null"))
    size = closures.size_at(field_.pointer, limits) if is_array else 0
    is_list = is_array and not closures.has_first(field_.pointer)
    return Shape(
        field_,
        types,
        limits,
        at.closed,
        at.known,
        at.patterns,
        name,
        is_uniform=is_map or is_list,
        size=size,
    )


def _branch(field_: Field, limits: Sequence[Limit]) -> Shape:
    """Return the shape of one alternative."""
    return Shape(field_, _types(limits), tuple(limits), False, frozenset(), ())


def _types(limits: Iterable[Limit]) -> tuple[str, ...]:
    """Return the types that limits allow, in the order of `TYPES`."""
    sets = [
        {each.value} if isinstance(each.value, str) else {*each.value}
        for each in limits
        if each.keyword == "type"
    ]
    found = [
        name
        for name in TYPES
        if sets and all(name in each or (name == "integer" and "number" in each) for each in sets)
    ]
    if "number" in found:
        found.remove("integer")
    return tuple(found)


def _is_taken(above: Shape, shape: Shape, token: str) -> bool:
    """Add a shape to the one above it, and return whether it is part of its type."""
    if token == "*":
        is_item = above.is_uniform and not above.of("contains")
        above.item.extend([shape] * is_item)
        return is_item
    if "array" in above.types:  # one of the first items
        is_known = token.isdecimal() and int(token) < above.size
        above.first.update({int(token): shape} if is_known else {})
        return is_known
    if shape.of(*DIRECTIONS, "not") or (above.closed and token not in above.known):
        above.left_out.append(shape)
        return False
    above.properties.append(shape)
    return True


def _repeated(
    shape: Shape, tokens: Sequence[str], shapes: dict[tuple[str, ...], Shape]
) -> Iterator[Shape]:
    """Yield the outer shape of the same schemas, if there is one: the schema refers to itself."""
    places = _places(shape)
    for end in range(len(tokens)):
        outer = shapes.get(tuple(tokens[:end]))
        if outer is not None and places and "object" in shape.types and _places(outer) == places:
            yield outer
            return


def _places(shape: Shape) -> frozenset[str]:
    return frozenset(each.location for each in shape.limits if each.keyword != "required")
