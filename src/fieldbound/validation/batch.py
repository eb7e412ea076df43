"""Many instances checked at once: which are invalid, and which limits they break.

The engine is called once for many: the call takes longer than the check of one. The limits are
those that `Contract.check` reports; where finding them takes more than a look at the engine's
errors, that is left to `check`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jsonschema_rs import ValidationError, ValidationErrorKind as Kind

from fieldbound.algebra import assuming
from fieldbound.model import affected_field, evidence_rank, pointer_of, type_names

from .engine import compile_schema
from .explain import ERROR_READERS
from .inline import inlined
from .mistakes import priority
from .properties import properties_of
from .schema.base_uri import BASE_URI
from .schema.long_integers import may_misread, refuse_long_integers
from .schema.many_names import NAMES, has_many_names
from .schema.multiplied_errors import MultipliedErrors
from .schema.one_error import has_keyword
from .undecided import UndecidedError

if TYPE_CHECKING:
    from fieldbound.model import Limit

    from .limits import Limits
    from .properties import Mark

#: Integers between this and its negative are read alike by every JSON parser. One that is less than
#: the negative may be read as that.
_LARGEST: Final = 2**63
_NUMBERS: Final = {"minimum": 1 - _LARGEST, "maximum": _LARGEST}
#: Neither an object, nor an array, nor a number that a parser may have rounded.
_FLAT: Final = {"type": ["string", "number", "boolean", "null"], **_NUMBERS}
_TEXTS: Final = frozenset(("string", "boolean", "null"))
#: With more than one invalid instance in so many, they are checked one by one.
_MIN_VALID: Final = 16
#: Values of which several limits can be broken at once.
_CONTAINERS: Final = (dict, list)
#: Verdicts that are cached, if each has no more than so many limits and characters.
_MOST_VERDICTS: Final = 10_000
_LONGEST_VERDICT: Final = 16, 500
#: Steps of an evaluation path that belong to the array around the instances.
_ITEM_STEPS: Final = 2
#: A missing property beside an undocumented one may be that one, misspelt.
_NAME_ERRORS: Final = frozenset((Kind.Required, Kind.AdditionalProperties))
#: Errors that are about exactly one limit, though not about a value by itself.
_ONE_LIMIT: Final = frozenset((Kind.AdditionalProperties, Kind.FalseSchema, Kind.Not))
#: Keywords that may be broken by several names at once.
_BY_NAME: Final = frozenset(("additionalProperties", "propertyNames"))


class Verdict:
    """What an instance breaks: *broken* has each limit, its evidence rank, and the field.

    There is one Verdict for what is broken alike.
    """

    __slots__ = ("broken",)

    def __init__(self, broken: tuple[Mark, ...]) -> None:
        self.broken = broken


#: The verdict on a valid instance.
VALID: Final = Verdict(())


class Batch:
    """Checks many instances at once by the limits of one contract.

    A *simple* contract is one whose engine takes every instance as it is, an *open* one has nothing
    sensitive: the engine's errors say what is reported.
    """

    def __init__(
        self,
        limits: Limits,
        uri: str,
        resources: Mapping[str, Any],
        formats: str,
        *,
        simple: bool,
        is_open: bool,
    ) -> None:
        schema = limits.references.root.schema
        dialect = schema.get("$schema") if isinstance(schema, dict) else None
        plain = None if resources else inlined(limits.references)
        known = {**resources, uri: schema}

        def of_items(items: Any) -> Any:
            array = {"items": items} if dialect is None else {"$schema": dialect, "items": items}
            return compile_schema(array, f"{BASE_URI}batch", known, formats)

        self.simple = simple
        self._is_open, self._exact = is_open, not may_misread(limits.references.documents)
        self._has_names = any(has_keyword(each, [NAMES]) for each in limits.references.documents)
        self._multiplied = MultipliedErrors(limits.references)
        self._dense = False
        self._known: dict[tuple[str | int, ...], Verdict] = {}
        self._verdicts: dict[tuple[tuple[int, int, str | None], ...], Verdict] = {}
        self._by_marks: dict[tuple[int, ...], tuple[Verdict, tuple[Mark, ...]]] = {}
        self._limits = limits
        self._referring = of_items({"$ref": uri})
        self._all = self._referring if plain is None else of_items(plain)
        self._flat = None if plain is None else of_items(_only_flat(plain))

        def of_value(part: Any) -> Any:
            whole = part if dialect is None else {"$schema": dialect, "allOf": [part]}
            return compile_schema(whole, f"{BASE_URI}attribute", {}, formats).is_valid

        self._properties = None if plain is None else properties_of(plain, limits, of_value)

    @property
    def knows_flat(self) -> bool:
        """Whether `unsure` can tell flat objects from others."""
        return self._flat is not None

    def invalid(self, values: Sequence[Any], *, may_be_long: bool = True) -> list[int]:
        """Return the indices of the values that are invalid.

        Raises ValueError where the engine cannot take one as it is, such as a long integer; if
        there *may_be_long* ones.
        """
        if may_be_long and not self._exact:
            refuse_long_integers(values)
        return self._rejected(self._all, values)

    def unsure(self, values: Sequence[Any]) -> list[int]:
        """Return the indices of values that are invalid, or not objects of scalars alone.

        The scalars are strings, true, false, null, and numbers that every JSON parser reads alike.
        """
        return self._rejected(self._flat, values)

    def _rejected(self, engine: Any, values: Sequence[Any]) -> list[int]:
        """Return the indices of the values that a validator of arrays rejects.

        Raises UndecidedError, a ValueError, where it takes too long to decide whether one does.
        """
        with assuming(False) as undecided:
            found = self._found(engine, values)
        if undecided:
            raise UndecidedError
        return found

    def _found(self, engine: Any, values: Sequence[Any]) -> list[int]:
        found: list[int] = []
        start, most = 0, -1 if self._dense else len(values) // _MIN_VALID
        while len(found) <= most:
            first = _first_invalid(engine, values[start:] if start else values)
            if first is None:
                return found
            found.append(start + first)
            start = found[-1] + 1
        valid = engine.is_valid
        found += [at for at in range(start, len(values)) if not valid([values[at]])]
        self._dense = len(found) > len(values) // _MIN_VALID
        return found

    def broken(self, values: Sequence[Any]) -> list[Verdict | None]:
        """Return the verdict on each value; None where `check` has to find it.

        Raises UndecidedError as `invalid` does.
        """
        if not self._is_open:
            return [None for _ in values]
        with assuming(False) as undecided:
            found = self._broken(values)
        if undecided:
            raise UndecidedError
        return found

    def verdict_by_properties(self, value: Any) -> Verdict | None:
        """Return the verdict on a value that its properties decide, each by itself, else None.

        Raises ValueError as `invalid` does.
        """
        if not self._is_open or self._properties is None:
            return None
        return self._by_properties(value) if self.invalid([value]) else VALID

    def _broken(self, values: Sequence[Any]) -> list[Verdict | None]:
        if self._properties is not None:
            verdicts = list(map(self._by_properties, values))
            rest = [at for at, verdict in enumerate(verdicts) if verdict is None]
            for at, verdict in zip(rest, self._by_errors([values[at] for at in rest]), strict=True):
                verdicts[at] = verdict
            return verdicts
        return self._by_errors(values)

    def _by_properties(self, value: Any) -> Verdict | None:
        """Return the verdict on a value by its properties, None where the errors say more."""
        properties: Any = self._properties
        marks = properties.broken(value)
        if marks is None:
            return None
        key = tuple(map(id, marks))
        known = self._by_marks.get(key)
        if known is None:
            verdict = self._verdict(marks)
            if verdict is None or len(self._by_marks) >= _MOST_VERDICTS:
                return verdict
            known = self._by_marks[key] = verdict, marks  # which keeps the ids from being reused
        return known[0]

    def _by_errors(self, values: Sequence[Any]) -> list[Verdict | None]:
        """Return the verdict on each value by the engine's errors."""
        if self._has_names and any(map(has_many_names, values)):
            return [None for _ in values]
        if self._multiplied.possible and any(map(self._multiplied.are_many, values)):
            return [None for _ in values]
        errors: list[list[ValidationError]] = [[] for _ in values]
        for error in self._referring.iter_errors(list(values)):
            errors[error.instance_path[0]].append(error)
        return [
            self._one(each[0], value) if len(each) == 1 else self._several(each, value)
            for each, value in zip(errors, values, strict=True)
        ]

    def _one(self, error: ValidationError, value: Any) -> Verdict | None:
        """Return the verdict on a value with a single error."""
        way = tuple(error.evaluation_path)
        known = self._known.get(way)
        if known is not None:
            return known
        found = self._mark(error, value)
        if found is None:
            return None
        verdict = self._verdict((found[1],))
        limit, _, field = found[1]
        by_name = field is not None or isinstance(error.kind, Kind.Required)
        plain = not by_name and "*" not in limit.pointer
        if verdict is not None and plain:
            self._known[way] = verdict
        return verdict

    def _several(self, errors: list[ValidationError], value: Any) -> Verdict | None:
        """Return the verdict where each path of an error is one mistake."""
        if not errors:
            return VALID
        found: dict[tuple[str | int, ...], Mark] = {}
        for error in errors:
            marked = self._mark(error, value)
            if marked is None:
                return None
            place, mark = marked
            other = found.setdefault(place, mark)
            if other is not mark:
                if isinstance(_at(value, place[1:]), _CONTAINERS):
                    return None
                limit, _, field = min(other, mark, key=lambda each: priority(each[0]))
                found[place] = limit, min(other[1], mark[1]), field
        kinds = {type(error.kind) for error in errors}
        return None if kinds >= _NAME_ERRORS else self._verdict(tuple(found.values()))

    def _verdict(self, broken: tuple[Mark, ...]) -> Verdict | None:
        """Return the shared Verdict, None for one too large to be cached."""
        most, longest = _LONGEST_VERDICT
        if len(broken) > most or sum(len(field or "") for *_, field in broken) > longest:
            return None
        key = tuple([(id(limit), firm, field) for limit, firm, field in broken])
        verdict = self._verdicts.get(key)
        if verdict is None and len(self._verdicts) < _MOST_VERDICTS:
            verdict = self._verdicts[key] = Verdict(broken)
        return verdict

    def _mark(
        self, error: ValidationError, value: Any
    ) -> tuple[tuple[str | int, ...], Mark] | None:
        """Return the path that an error is about, and what is broken there."""
        kind, place = type(error.kind), tuple(error.instance_path)
        limit = self._limit(error, kind)
        if limit is None or not _is_whole_path(place[1:], value):
            return None
        if kind in _NAME_ERRORS:
            place = (*place, _name(error))
        return place, (
            limit,
            evidence_rank(limit.says),
            affected_field(limit, pointer_of(place[1:])),
        )

    def _limit(self, error: ValidationError, kind: type) -> Limit | None:
        """Return the limit that an error is about, None where that takes more than a look."""
        way = tuple(error.evaluation_path)[_ITEM_STEPS:]
        if kind is Kind.Required:
            return self._limits.limit_at(way, _name(error))
        if kind in ERROR_READERS and kind not in _ONE_LIMIT:
            return None
        known = self._limits.by_path.get(way)
        if known is None and self._limits.resolves(way):
            known = self._limits.limit_at(way)
        if kind is Kind.AdditionalProperties:
            several = len(error.kind.unexpected) > 1  # type: ignore[attr-defined]
            return None if several else known
        return None if known is not None and known.keyword in _BY_NAME else known


def _first_invalid(engine: Any, values: Sequence[Any]) -> int | None:
    try:
        engine.validate(values)
    except ValidationError as error:
        return int(error.instance_path[0])
    return None


def _name(error: Any) -> str:
    """Return the name that is missing, or the undocumented one."""
    name = getattr(error.kind, "property", None)
    return str(error.kind.unexpected[0] if name is None else name)


def _is_whole_path(path: Sequence[str | int], value: Any) -> bool:
    """Return whether the engine's path is complete: it omits names that are empty."""
    try:
        for token in path:
            if value.__class__ is dict and "" in value:
                return False
            value = value[token]
    except (KeyError, IndexError, TypeError):  # a name of digits, given as a number
        return False
    return not (value.__class__ is dict and "" in value)


def _at(value: Any, path: Sequence[str | int]) -> Any:
    """Return what is at a path; an empty object where the engine's path does not resolve."""
    try:
        for token in path:
            value = value[token]
    except (KeyError, IndexError, TypeError):
        return {}
    return value


def _only_flat(schema: Any) -> Any:
    """Return a schema that accepts, of what *schema* accepts, only objects of scalars.

    It may accept less, never more: it is *schema* with constraints added.
    """
    known = schema if isinstance(schema, dict) else {}
    closed = isinstance(known.get("additionalProperties"), (dict, bool))
    if not closed or known.get("type") != "object":
        dialect = {"$schema": known["$schema"]} if "$schema" in known else {}
        plain = {"type": "object", "additionalProperties": _FLAT}
        return {**dialect, "allOf": [schema, plain]}
    flat = dict(schema)
    for keyword in ("properties", "patternProperties"):
        if isinstance(schema.get(keyword), dict):
            flat[keyword] = {name: _only_scalar(each) for name, each in schema[keyword].items()}
    flat["additionalProperties"] = _only_scalar(schema["additionalProperties"])
    return flat


def _only_scalar(schema: Any) -> Any:
    """Return a schema that accepts, of what *schema* accepts, only scalars."""
    if not isinstance(schema, dict):
        return schema and _FLAT
    kinds = {*type_names(schema)}
    if kinds and kinds <= _TEXTS:
        return schema
    bounds = schema.get("minimum"), schema.get("maximum")
    exact = all(type(each) is int and -_LARGEST < each <= _LARGEST for each in bounds)
    if kinds and exact and kinds <= {*_TEXTS, "integer", "number"}:
        return schema
    return {"allOf": [schema, _FLAT]}
