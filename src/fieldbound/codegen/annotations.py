"""The type of a value as an annotation, and the limits that it holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fieldbound.model import Limit, json_type

from .closure import CLOSERS, END_OF_ITEMS
from .layout import Call, Expression, literal, quoted
from .patterns import portable_pattern
from .shapes import Shape

_NAMES: Final = {"string": "str", "integer": "int", "boolean": "bool", "null": "None"}
_LENGTHS: Final = {"minLength": "min_length", "maxLength": "max_length"}
_COUNTS: Final = {"minItems": "min_length", "maxItems": "max_length"}
_NAMES_COUNT: Final = {"minProperties": "min_length", "maxProperties": "max_length"}
_BOUNDS: Final = {
    "minimum": "ge", "exclusiveMinimum": "gt", "maximum": "le", "exclusiveMaximum": "lt"
}  # fmt: skip
_NUMERIC: Final = (*_BOUNDS, "multipleOf")
#: What each type can break.
_OF_TYPE: Final = {
    "string": {*_LENGTHS, "pattern", "format", "contentEncoding", "contentMediaType"},
    "integer": {*_NUMERIC, "format"},
    "number": {*_NUMERIC, "format"},
    "array": {*_COUNTS, "uniqueItems", "contains", "minContains", "maxContains"},
    "object": {"minProperties", "maxProperties", "propertyNames", *CLOSERS},
}
_ELSEWHERE: Final = frozenset("type enum const required not anyOf oneOf".split())
_MOST_INTEGER: Final = 2**63


class Abilities(NamedTuple):
    """What a style can say: *constraint* is the call that holds limits, "" if there is none.

    *tuples* is what is annotated to a tuple, so that it is read from a list.
    """

    constraint: str = ""
    end: str = "$"
    validators: bool = False
    any_size: bool = False
    tuples: tuple[Expression, ...] = ()


class Member(NamedTuple):
    """One member of a union: a type, and what is annotated to it."""

    type: Expression
    extra: tuple[Expression, ...] = ()

    @property
    def expression(self) -> Expression:
        """The annotation."""
        return Call("Annotated", (self.type, *self.extra), "[]") if self.extra else self.type


class Annotations:
    """Writes annotations, and keeps which limits they hold."""

    def __init__(self, abilities: Abilities) -> None:
        self._can = abilities
        self._held: set[tuple[str, str]] = set()

    def hold(self, limits: Iterable[Limit]) -> None:
        """Note that limits are held by the code."""
        self._held.update((each.id, each.location) for each in limits)

    def is_held(self, limit: Limit) -> bool:
        """Return whether the code holds a limit."""
        return (limit.id, limit.location) in self._held

    def members(self, shape: Shape, inner: Sequence[Expression], name: str) -> list[Member]:
        """Return the members of a value's type: *inner* are those in it, *name* is its class."""
        if shape.branches:
            self.hold(shape.limits)
            return [each for branch in shape.branches for each in self.members(branch, (), "")]
        if shape.choices is not None:
            return self._choices(shape)
        types = shape.types or (("object",) if shape.is_object else ())
        if not types:
            return [Member("Any")]
        self.hold(shape.of("type"))
        self._hold_idle(shape, types)
        return [each for type_ in types for each in self._of_type(type_, shape, inner, name)]

    def _of_type(
        self, type_: str, shape: Shape, inner: Sequence[Expression], name: str
    ) -> list[Member]:
        if type_ == "string":
            return [self._string(shape)]
        if type_ in ("integer", "number"):
            kinds = ("int",) if type_ == "integer" else ("int", "float")
            return [self._number(kind, kinds, shape) for kind in kinds]
        if type_ == "array":
            if shape.size:
                self.hold(shape.of(*_COUNTS, *END_OF_ITEMS))
                return [Member(Call("tuple", tuple(inner), "[]"), self._can.tuples)]
            extra = self._constraint(self._tightest(shape, _COUNTS))
            return [Member(Call("list", tuple(inner), "[]"), extra)]
        if type_ == "object" and not name:
            extra = self._constraint(self._tightest(shape, _NAMES_COUNT))
            return [Member(Call("dict", ("str", *inner), "[]"), extra)]
        if type_ == "object":
            return [Member(name)]
        return [Member(_NAMES[type_])]

    def _hold_idle(self, shape: Shape, types: Iterable[str]) -> None:
        """Note the limits that no value of the types can break."""
        possible = set().union(_ELSEWHERE, *(_OF_TYPE.get(each, ()) for each in types))
        self.hold(
            each
            for each in shape.limits
            if each.keyword not in possible and any(each.keyword in of for of in _OF_TYPE.values())
        )

    def _choices(self, shape: Shape) -> list[Member]:
        found = shape.choices or ()
        self.hold(shape.scalar_limits)
        if self._can.constraint == "Meta" and any(isinstance(each, bool) for each in found):
            self._held -= {(each.id, each.location) for each in shape.of("enum", "const")}
            kinds = dict.fromkeys(_NAMES[json_type(each)] for each in found)
            return [Member(name) for name in kinds]
        written = tuple(literal(each) for each in found if each is not None)
        null = [Member("None")] * (None in found)
        members = [*([Member(Call("Literal", written, "[]"))] if written else ()), *null]
        if not self._can.validators or all(isinstance(each, (str, type(None))) for each in found):
            return members
        if any(isinstance(each, bool) for each in found):  # 1 is True to Python
            self._held -= {(each.id, each.location) for each in shape.of("enum", "const", "type")}
            return members
        return [Member(members[0].type, ("NotBool",)), *null]

    # -- limits ------------------------------------------------------------------------------

    def _string(self, shape: Shape) -> Member:
        given = self._tightest(shape, _LENGTHS)
        patterns = shape.of("pattern")
        if self._can.constraint and patterns:
            portable = portable_pattern(str(patterns[0].value), self._can.end)
            if portable is not None:
                given["pattern"] = quoted(portable)
                self.hold(patterns[:1])
        return Member("str", self._constraint(given))

    def _number(self, kind: str, kinds: tuple[str, ...], shape: Shape) -> Member:
        given: dict[str, str] = {}
        for keyword in _BOUNDS:
            limits = shape.of(keyword)
            if not self._can.constraint or not limits:
                continue
            tightest = min if "aximum" in keyword else max
            value = tightest(each.value for each in limits)
            argument, bound = _bound(kind, _BOUNDS[keyword], value)
            if not self._can.any_size and abs(bound) >= _MOST_INTEGER - (bound > 0):
                continue
            given[argument] = literal(bound)
            self.hold(limits)
        return Member(kind, (*self._constraint(given), *self._multiples(kind, kinds, shape)))

    def _multiples(self, kind: str, kinds: tuple[str, ...], shape: Shape) -> tuple[Expression, ...]:
        found: list[Expression] = []
        for each in shape.of("multipleOf"):
            is_whole = each.value == int(each.value)
            if kind == "int" and each.value == 1:
                self.hold([each] * (len(kinds) == 1))
            elif self._can.validators:
                found.append(Call("multiple_of", (quoted(repr(each.value)),)))
                self.hold([each])
            elif kinds == ("int",) and is_whole and self._can.constraint:
                found.append(Call(self._can.constraint, (f"multiple_of={int(each.value)}",)))
                self.hold([each])
        return tuple(found[:1]) if not self._can.validators else tuple(found)

    def _tightest(self, shape: Shape, arguments: Mapping[str, str]) -> dict[str, Any]:
        found = {}
        for keyword, argument in arguments.items():
            if self._can.constraint and (limits := shape.of(keyword)):
                values = [int(each.value) for each in limits]
                found[argument] = literal(max(values) if "min" in keyword else min(values))
                self.hold(limits)
        return found

    def _constraint(self, given: Mapping[str, str]) -> tuple[Expression, ...]:
        if not given:
            return ()
        arguments = tuple(f"{name}={value}" for name, value in given.items())
        return (Call(self._can.constraint, arguments),)


def _bound(kind: str, argument: str, value: float) -> tuple[str, int | float]:
    """Return a bound for values of a kind: no value of it is between the two."""
    if kind == "int":
        if argument == "gt":
            return "ge", math.floor(value) + 1
        if argument == "lt":
            return "le", math.ceil(value) - 1
        return argument, math.ceil(value) if argument == "ge" else math.floor(value)
    near = float(value)
    if near == value:
        return argument, near
    if argument in ("ge", "gt"):
        return "ge", near if near > value else math.nextafter(near, math.inf)
    return "le", near if near < value else math.nextafter(near, -math.inf)
