"""Many instances go in; which of them break a limit comes out, and which limits they break.

The engine is asked about many at once: to ask about each takes it longer than to judge it. What
is told of an instance is what `Contract.check` tells; where that takes more than a look at the
engine's errors, it is left to `check`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from jsonschema_rs import ValidationError, ValidationErrorKind as Kind

from fieldbound.model import evidence_rank, field_of, pointer_of

from .engine import BASE, compiled
from .explain import READERS, rank
from .inline import inlined
from .properties import attributes_of

if TYPE_CHECKING:
    from fieldbound.model import Limit

    from .limits import Limits
    from .properties import Mark

#: The whole numbers that every reader of JSON gives alike.
_LARGEST: Final = 2**63
_NUMBERS: Final = {"minimum": -_LARGEST, "maximum": _LARGEST}
#: Neither an object, nor an array, nor a number that some reader may have rounded.
_FLAT: Final = {"type": ["string", "number", "boolean", "null"], **_NUMBERS}
_TEXTS: Final = frozenset(("string", "boolean", "null"))
#: Of so many instances one may be invalid before they are asked about one by one.
_RARE: Final = 16
#: Values in which several things can be wrong at once.
_PARTED: Final = (dict, list)
#: Verdicts that are remembered, if each tells of no more than so many limits and characters.
_KEPT: Final = 10_000
_SHORT: Final = 16, 500
#: Where an array's item stands in an evaluation path that comes by way of the array.
_WAY: Final = 2
#: An attribute that is missing beside an unknown one may be that one, misspelt.
_MISSPELT: Final = frozenset((Kind.Required, Kind.AdditionalProperties))
#: Errors that speak of one limit for sure, though they are not about a value as it stands.
_LOOKED_AT: Final = frozenset((Kind.AdditionalProperties, Kind.FalseSchema, Kind.Not))
#: Keywords that may be broken by several names at once.
_NAMING: Final = frozenset(("additionalProperties", "propertyNames"))


class Verdict:
    """What an instance breaks: *broken* has each limit, how firm what is told is, and the field.

    There is one Verdict for what is broken alike.
    """

    __slots__ = ("broken",)

    def __init__(self, broken: tuple[Mark, ...]) -> None:
        self.broken = broken


#: The verdict on an instance that breaks no limit.
VALID: Final = Verdict(())


class Batch:
    """What judges many instances at once, by the limits of one contract.

    A *simple* contract is one whose engine takes every instance as it is, a *telling* one whose
    errors stand for what is told: nothing of it is sensitive.
    """

    def __init__(
        self,
        limits: Limits,
        uri: str,
        resources: Mapping[str, Any],
        formats: str,
        *,
        simple: bool,
        telling: bool,
    ) -> None:
        schema = limits.references.root.schema
        dialect = schema.get("$schema") if isinstance(schema, dict) else None
        plain = None if resources else inlined(limits.references)
        known = {**resources, uri: schema}

        def of_items(items: Any) -> Any:
            array = {"items": items} if dialect is None else {"$schema": dialect, "items": items}
            return compiled(array, f"{BASE}batch", known, formats)

        self.simple = simple
        self._telling = telling
        self._dense = False
        self._known: dict[tuple[str | int, ...], Verdict] = {}
        self._verdicts: dict[tuple[tuple[int, int, str | None], ...], Verdict] = {}
        self._limits = limits
        self._referring = of_items({"$ref": uri})
        self._all = self._referring if plain is None else of_items(plain)
        self._flat = None if plain is None else of_items(_flattened(plain))

        def of_value(part: Any) -> Any:
            whole = part if dialect is None else {"$schema": dialect, "allOf": [part]}
            return compiled(whole, f"{BASE}attribute", {}, formats).is_valid

        self._attributes = None if plain is None else attributes_of(plain, limits, of_value)

    @property
    def knows_flat(self) -> bool:
        """Whether `unsure` can tell flat objects from others."""
        return self._flat is not None

    def invalid(self, values: Sequence[Any]) -> list[int]:
        """Return which of the values are invalid, by their indices.

        Raises ValueError where one is nothing the engine can take.
        """
        return self._refused(self._all, values)

    def unsure(self, values: Sequence[Any]) -> list[int]:
        """Return which of the values are invalid, or no objects with plain values alone.

        The plain values are texts, words, and numbers that every reader of JSON gives alike.
        """
        return self._refused(self._flat, values)

    def _refused(self, engine: Any, values: Sequence[Any]) -> list[int]:
        """Return the indices of the values that an engine for arrays refuses."""
        found: list[int] = []
        start, most = 0, -1 if self._dense else len(values) // _RARE
        while len(found) <= most:
            first = _first_refused(engine, values[start:] if start else values)
            if first is None:
                return found
            found.append(start + first)
            start = found[-1] + 1
        valid = engine.is_valid
        found += [at for at in range(start, len(values)) if not valid([values[at]])]
        self._dense = len(found) > len(values) // _RARE
        return found

    def broken(self, values: Sequence[Any]) -> list[Verdict | None]:
        """Return what each value breaks, `VALID` for nothing; None where `check` must tell."""
        if not self._telling:
            return [None for _ in values]
        if self._attributes is not None:
            verdicts: list[Verdict | None] = [
                None if marks is None else self._verdict(marks)
                for marks in map(self._attributes.broken, values)
            ]
            rest = [at for at, verdict in enumerate(verdicts) if verdict is None]
            for at, verdict in zip(rest, self._by_errors([values[at] for at in rest]), strict=True):
                verdicts[at] = verdict
            return verdicts
        return self._by_errors(values)

    def _by_errors(self, values: Sequence[Any]) -> list[Verdict | None]:
        """Return the verdict on each value as the engine's errors tell it."""
        errors: list[list[ValidationError]] = [[] for _ in values]
        for error in self._referring.iter_errors(list(values)):
            errors[error.instance_path[0]].append(error)
        return [
            self._one(each[0], value) if len(each) == 1 else self._several(each, value)
            for each, value in zip(errors, values, strict=True)
        ]

    def _one(self, error: ValidationError, value: Any) -> Verdict | None:
        """Return the verdict on a value in which there is one error alone."""
        way = tuple(error.evaluation_path)
        known = self._known.get(way)
        if known is not None:
            return known
        found = self._mark(error, value)
        if found is None:
            return None
        verdict = self._verdict((found[1],))
        limit, _, field = found[1]
        plain = field is None and limit.keyword != "required" and "*" not in limit.pointer
        if verdict is not None and plain:
            self._known[way] = verdict
        return verdict

    def _several(self, errors: list[ValidationError], value: Any) -> Verdict | None:
        """Return the verdict where each place that errors speak of stands for one mistake."""
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
                if isinstance(_at(value, place[1:]), _PARTED):
                    return None
                told = min(other[0], mark[0], key=rank)
                found[place] = told, min(other[1], mark[1]), other[2]
        kinds = {type(error.kind) for error in errors}
        return None if kinds >= _MISSPELT else self._verdict(tuple(found.values()))

    def _verdict(self, broken: tuple[Mark, ...]) -> Verdict | None:
        """Return the Verdict on what is broken, None for one that is not worth its memory."""
        most, longest = _SHORT
        if len(broken) > most or sum(len(field or "") for *_, field in broken) > longest:
            return None
        key = tuple([(id(limit), firm, field) for limit, firm, field in broken])
        verdict = self._verdicts.get(key)
        if verdict is None and len(self._verdicts) < _KEPT:
            verdict = self._verdicts[key] = Verdict(broken)
        return verdict

    def _mark(
        self, error: ValidationError, value: Any
    ) -> tuple[tuple[str | int, ...], Mark] | None:
        """Return the place that an error in a value speaks of, and what is broken there."""
        kind, place = type(error.kind), tuple(error.instance_path)
        limit = self._limit(error, kind)
        if limit is None or not _is_told(place[1:], value):
            return None
        if kind in _MISSPELT:
            place = (*place, _name(error))
        return place, (limit, evidence_rank(limit.says), field_of(limit, pointer_of(place[1:])))

    def _limit(self, error: ValidationError, kind: type) -> Limit | None:
        """Return the limit that an error speaks of, None where that takes more than a look."""
        way = tuple(error.evaluation_path)[_WAY:]
        if kind is Kind.Required:
            return self._limits.at(way, _name(error))
        if kind in READERS and kind not in _LOOKED_AT:
            return None
        known = self._limits.by_way.get(way)
        if known is None and self._limits.has(way):
            known = self._limits.at(way)
        if kind is Kind.AdditionalProperties:
            several = len(error.kind.unexpected) > 1  # type: ignore[attr-defined]
            return None if several else known
        return None if known is not None and known.keyword in _NAMING else known


def _first_refused(engine: Any, values: Sequence[Any]) -> int | None:
    try:
        engine.validate(values)
    except ValidationError as error:
        return int(error.instance_path[0])
    return None


def _name(error: Any) -> str:
    """Return the name that is missing, or the one that is not known."""
    name = getattr(error.kind, "property", None)
    return str(error.kind.unexpected[0] if name is None else name)


def _is_told(path: Sequence[str | int], value: Any) -> bool:
    """Return whether the engine's path is the whole one: it leaves out names that are empty."""
    try:
        for token in path:
            if value.__class__ is dict and "" in value:
                return False
            value = value[token]
    except (KeyError, IndexError, TypeError):  # a name of digits, told as a number
        return False
    return not (value.__class__ is dict and "" in value)


def _at(value: Any, path: Sequence[str | int]) -> Any:
    """Return what is at a path; a container where the engine's path leads nowhere."""
    try:
        for token in path:
            value = value[token]
    except (KeyError, IndexError, TypeError):
        return {}
    return value


def _flattened(schema: Any) -> Any:
    """Return a schema that takes of what *schema* takes only objects with plain values.

    It may take less, never more: it is *schema* with conditions added where they hold for all.
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
            flat[keyword] = {name: _plain(each) for name, each in schema[keyword].items()}
    flat["additionalProperties"] = _plain(schema["additionalProperties"])
    return flat


def _plain(schema: Any) -> Any:
    """Return a schema that takes of what *schema* takes only plain values."""
    if schema is False or schema is True or not isinstance(schema, dict):
        return schema and _FLAT
    kinds = schema.get("type")
    kinds = {kinds} if isinstance(kinds, str) else set(kinds or ())
    if schema.get("not") == {} or (kinds and kinds <= _TEXTS):
        return schema
    bounds = schema.get("minimum"), schema.get("maximum")
    exact = all(type(each) is int and abs(each) <= _LARGEST for each in bounds)
    if kinds and exact and kinds <= {*_TEXTS, "integer", "number"}:
        return schema
    return {"allOf": [schema, _FLAT]}
