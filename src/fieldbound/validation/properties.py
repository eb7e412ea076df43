"""The limits that an object breaks, found by checking each property and keyword by itself.

For an error the engine takes ten times as long as for a verdict. So it is asked for verdicts: on
each property, and on each keyword of the properties that are invalid. That finds what the errors
would say, where the schema of the object is no more than its properties, each independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import evidence_rank, pointer_of, shorten_pointer

from .inline import INDEPENDENT
from .mistakes import Mistake, mistakes_of_values, priority
from .schema.members import OF_MEMBERS, Valid

if TYPE_CHECKING:
    from fieldbound.model import Limit, Path

    from .limits import Limits

#: Keywords that are about the property, not its value.
_DIRECTIONS: Final = frozenset(("not", "readOnly", "writeOnly"))
_PARTED: Final = (dict, list)
#: Undocumented names that are remembered.
_MOST_NAMES: Final = 1_000

#: A broken limit, its evidence rank, and the field, as `field_of` returns it.
Mark = tuple["Limit", int, "str | None"]
#: For each keyword, what checks it, and what is broken where that rejects.
Keywords = tuple[tuple[Valid, Mark], ...]


class _Property:
    """How a property is checked: as a whole, and by each keyword that is a limit of it.

    There are no keywords where the broken ones alone do not say what is reported. They are compiled
    when the property is first invalid; *is_valid* compiles the whole.
    """

    def __init__(self, is_valid: Callable[[], Valid], keywords: Callable[[], Keywords]) -> None:
        self.is_valid = is_valid
        self._keywords = keywords
        self._firmer: dict[tuple[int, int], Mark] = {}

    @cached_property
    def keywords(self) -> Keywords:
        """What checks each keyword, the highest priority first."""
        return self._keywords()

    def marks(self, value: Any) -> list[Mark]:
        """Return the mark of each keyword that an invalid value breaks."""
        return [mark for valid, mark in self.keywords if not valid(value)]

    def broken(self, value: Any) -> Mark | None:
        """Return the mark of what an invalid value breaks, None where it is not clear.

        It is that of the first keyword, with the strongest evidence of all.
        """
        if isinstance(value, _PARTED):
            return None
        for valid, mark in self.keywords:
            if not valid(value):
                if mark[1] == self._strongest:  # no other one adds to it
                    return mark
                firm = min(firm for _, firm, _ in self.marks(value))
                return self._firmer.setdefault((id(mark), firm), (mark[0], firm, None))
        return None

    @cached_property
    def _strongest(self) -> int:
        return min(mark[1] for _, mark in self.keywords)


class _Verdicts(dict[str, Valid]):
    """What checks a value of each name, compiled when the name is first there."""

    def __init__(self, properties: Mapping[str, _Property], may_be: Valid) -> None:
        self._properties, self._may_be = properties, may_be

    def __missing__(self, name: str) -> Valid:
        property_ = self._properties.get(name)
        if property_ is None:  # any name: it is not kept
            return lambda value: self._may_be({name: value})
        is_valid = self[name] = property_.is_valid()
        return is_valid


class Properties:
    """Finds the limits that an object breaks by its properties; equal marks are the same object.

    *others* is what an undocumented name breaks, and *may_be* whether a value may have such a name.
    """

    def __init__(
        self,
        properties: Mapping[str, _Property],
        required: Mapping[str, Mark],
        others: Mark | None,
        may_be: Valid,
    ) -> None:
        self._properties, self._required = properties, required
        self._verdicts = _Verdicts(properties, may_be)
        self._others = others
        self._names = required.keys()
        self._marks_of_names: dict[str, Mark] = {}

    def broken(self, value: Any) -> tuple[Mark, ...] | None:
        """Return what an invalid value breaks; None where it is not clear what is reported."""
        if value.__class__ is not dict:
            return None
        found: list[Mark] = []
        missing = not self._names <= value.keys()
        for name in self._invalid(value):
            property_ = self._properties.get(name)
            if property_ is None:
                if self._others is None or missing:  # it may be the missing one, misspelt
                    return None
                found.append(self._undocumented(name, self._others))
            else:
                mark = property_.broken(value[name])
                if mark is None:
                    return None
                found.append(mark)
        if missing:
            found += [mark for name, mark in self._required.items() if name not in value]
        return tuple(found) or None

    def mistakes(self, value: Any, limits: Limits) -> list[Mistake] | None:
        """Return the mistakes in an invalid value, in the order of the document.

        None where something is wrong of which the engine's errors say more.
        """
        if value.__class__ is not dict:
            return None
        values: dict[Path, tuple[Any, list[Limit]]] = {}
        for name in self._invalid(value):
            property_, each = self._properties.get(name), value[name]
            broken = [] if property_ is None else [mark[0] for mark in property_.marks(each)]
            if not broken or broken[0].keyword in _DIRECTIONS or isinstance(each, _PARTED):
                return None
            values[name,] = each, broken
        missing = [
            Mistake((name,), "required", mark[0], ())
            for name, mark in self._required.items()
            if name not in value
        ]
        return missing + mistakes_of_values(values, limits) or None

    def _undocumented(self, name: str, others: Mark) -> Mark:
        mark = self._marks_of_names.get(name)
        if mark is None:
            mark = (*others[:2], shorten_pointer(pointer_of((name,))))
            if len(self._marks_of_names) < _MOST_NAMES:
                self._marks_of_names[name] = mark
        return mark

    def _invalid(self, value: dict[str, Any]) -> list[str]:
        """Return the names of the invalid properties."""
        verdicts = self._verdicts
        return [name for name, each in value.items() if not verdicts[name](each)]


def properties_of(
    schema: Any, limits: Limits, compiled: Callable[[Any], Valid]
) -> Properties | None:
    """Return the Properties of a schema without references, None where they do not apply."""
    if not isinstance(schema, dict) or not schema.keys() <= OF_MEMBERS:
        return None
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        return None
    properties, limiting = schema.get("properties", {}), _limiting_patterns(schema)
    if not compiled({"patternProperties": dict.fromkeys(limiting, False)})(properties):
        return None  # a property may break the limits of a pattern, too
    by_pointer: dict[str, list[Limit]] = {}
    for limit in limits.all():
        by_pointer.setdefault(limit.pointer, []).append(limit)

    def of(name: str, part: Any) -> _Property:
        own = [
            limit
            for limit in by_pointer.get(pointer_of((name,)), ())
            if limit.keyword != "required"
        ]
        return _Property(partial(compiled, part), partial(_keywords, part, own, compiled))

    required = {
        name: _mark(limit)
        for name in schema.get("required", ())
        for limit in by_pointer.get(pointer_of((name,)), ())
        if limit.keyword == "required"
    }
    if len(required) < len(schema.get("required", ())) or not required.keys() <= properties.keys():
        return None  # of a required name without a schema, the engine's errors say more
    closing = [at for at in by_pointer.get("", ()) if at.keyword == "additionalProperties"]
    clear = len(closing) == 1 and not limiting
    return Properties(
        {name: of(name, part) for name, part in properties.items()},
        required,
        _mark(closing[0]) if clear else None,
        compiled({**schema, "properties": {}, "required": []}),
    )


def _limiting_patterns(schema: dict[str, Any]) -> list[str]:
    """Return the patterns of names whose values have limits."""
    patterns: dict[str, Any] = schema.get("patternProperties", {})
    return [pattern for pattern, part in patterns.items() if part not in (True, {})]


def _mark(limit: Limit) -> Mark:
    return limit, evidence_rank(limit.says), None


def _keywords(part: Any, own: list[Limit], compiled: Callable[[Any], Valid]) -> Keywords:
    """Return what checks each keyword of a property, the highest priority first."""
    if not isinstance(part, dict):
        return ()
    forbidden = part.get("not") == {}
    if part.keys() - (INDEPENDENT | {"not"} if forbidden else INDEPENDENT):
        return ()
    if len({limit.keyword for limit in own}) < len(own):
        return ()
    found = []
    for limit in sorted(own, key=priority):
        keyword = "not" if forbidden and limit.keyword not in part else limit.keyword
        if keyword not in part:
            return ()
        found.append((compiled({keyword: part[keyword]}), _mark(limit)))
    return tuple(found)
