"""An invalid object goes in; the limits that its attributes break come out, each asked by itself.

For an error the engine takes ten times as long as for a verdict. So it is asked for verdicts: on
each attribute, and on each keyword of the attributes that are invalid. That tells what the errors
would, where the schema of the object is no more than its attributes, and theirs are plain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import evidence_rank, pointer_of, shortened

from .explain import rank
from .inline import LONE

if TYPE_CHECKING:
    from fieldbound.model import Limit

    from .limits import Limits

#: What the schema of such an object may have.
_ROOT: Final = frozenset(
    "$schema type properties required additionalProperties patternProperties".split()
)
_PARTED: Final = (dict, list)

#: Whether a value is valid.
Valid = Callable[[Any], bool]
#: A limit that is broken, how firm what is told of it is, and the field, as `field_of` has it.
Mark = tuple["Limit", int, "str | None"]
#: What judges by a keyword each, and what is broken where that is not valid.
Keywords = tuple[tuple[Valid, Mark], ...]


class _Attribute:
    """How an attribute is judged: as a whole, and by each keyword that is a limit of it.

    There are no keywords where more is to be said of it than which of them it breaks. They are
    compiled once the attribute is invalid.
    """

    def __init__(self, is_valid: Valid, keywords: Callable[[], Keywords]) -> None:
        self.is_valid = is_valid
        self._keywords = keywords

    @cached_property
    def keywords(self) -> Keywords:
        """What judges by each keyword, the most telling first."""
        return self._keywords()


class Attributes:
    """What tells the limits that an object breaks by its attributes.

    *others* is what a name breaks that is none of theirs, and *may_be* whether a value may be
    there by such a name.
    """

    def __init__(
        self,
        attributes: Mapping[str, _Attribute],
        required: Mapping[str, Mark],
        others: Mark | None,
        may_be: Valid,
    ) -> None:
        self._attributes, self._required = attributes, required
        self._others, self._may_be = others, may_be
        self._names = required.keys()

    def broken(self, value: Any) -> tuple[Mark, ...] | None:
        """Return what an invalid value breaks; None where it is not clear what is told."""
        if value.__class__ is not dict:
            return None
        found: list[Mark] = []
        lacking = not self._names <= value.keys()
        for name, each in value.items():
            attribute = self._attributes.get(name)
            if attribute is None:
                if not self._may_be({name: each}):
                    if self._others is None or lacking:  # it may be the one that lacks, misspelt
                        return None
                    found.append((*self._others[:2], shortened(pointer_of((name,)))))
            elif not attribute.is_valid(each):
                if isinstance(each, _PARTED):
                    return None
                marks = [mark for valid, mark in attribute.keywords if not valid(each)]
                if not marks:
                    return None
                found.append(marks[0] if len(marks) == 1 else _together(marks))
        if lacking:
            found += [mark for name, mark in self._required.items() if name not in value]
        return tuple(found) or None


def _together(marks: list[Mark]) -> Mark:
    """Return what is told of limits that one value breaks: the first, as firm as the firmest."""
    return marks[0][0], min(firm for _, firm, _ in marks), None


def attributes_of(
    schema: Any, limits: Limits, compiled: Callable[[Any], Valid]
) -> Attributes | None:
    """Return what tells broken limits of a schema without references, None where nothing can."""
    if not isinstance(schema, dict) or not schema.keys() <= _ROOT:
        return None
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        return None
    by_pointer: dict[str, list[Limit]] = {}
    for limit in limits.all():
        by_pointer.setdefault(limit.pointer, []).append(limit)

    def of(name: str, part: Any) -> _Attribute:
        own = [
            limit
            for limit in by_pointer.get(pointer_of((name,)), ())
            if limit.keyword != "required"
        ]
        return _Attribute(compiled(part), partial(_keywords, part, own, compiled))

    properties = schema.get("properties", {})
    required = {
        name: _mark(limit)
        for name in schema.get("required", ())
        for limit in by_pointer.get(pointer_of((name,)), ())
        if limit.keyword == "required"
    }
    if len(required) < len(schema.get("required", ())) or not required.keys() <= properties.keys():
        return None  # of one that is required but not known, the engine's errors tell more
    closing = [at for at in by_pointer.get("", ()) if at.keyword == "additionalProperties"]
    patterns = schema.get("patternProperties", {})
    clear = len(closing) == 1 and all(part in (True, {}) for part in patterns.values())
    return Attributes(
        {name: of(name, part) for name, part in properties.items()},
        required,
        _mark(closing[0]) if clear else None,
        compiled({"patternProperties": patterns, "additionalProperties": False}),
    )


def _mark(limit: Limit) -> Mark:
    return limit, evidence_rank(limit.says), None


def _keywords(part: Any, own: list[Limit], compiled: Callable[[Any], Valid]) -> Keywords:
    """Return what judges by each keyword of an attribute, the most telling first."""
    if not isinstance(part, dict):
        return ()
    refused = part.get("not") == {}
    if not part.keys() <= (LONE | {"not"} if refused else LONE):
        return ()
    if len({limit.keyword for limit in own}) < len(own):
        return ()
    found = []
    for limit in sorted(own, key=rank):
        keyword = "not" if refused and limit.keyword not in part else limit.keyword
        if keyword not in part:
            return ()
        found.append((compiled({keyword: part[keyword]}), _mark(limit)))
    return tuple(found)
