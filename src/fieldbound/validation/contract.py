"""A schema goes in, a Contract comes out: it judges instances and knows its limits."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Literal

from fieldbound.documents import Document
from fieldbound.model import (
    INSIDE_SENSITIVE,
    MAX_DEPTH,
    FieldboundError,
    Invalid,
    Limit,
    Place,
    References,
    Report,
    Unspecified,
    Violation,
    is_too_deep,
    pointer_of,
    to_json_value,
    tokens_of,
)

from .engine import compiled, in_dialect, uri_of
from .header_case import AnyCase
from .inline import inlined
from .limits import Limits, Survey
from .ordering import in_order

if TYPE_CHECKING:
    from jsonschema.protocols import Validator as ReferenceValidator
    from jsonschema_rs import ValidationError

    from fieldbound.algebra import Algebra

    from .batch import Batch
    from .explain import Mistake

_NOTHING: Final[Mapping[str, str]] = {}


class Contract:
    """What one vendor demands of one body, header set or query: a JSON Schema with a name.

    *schema* is any JSON Schema of draft 4 to 2020-12, *resources* maps URIs to what it refers to
    (nothing is fetched), *formats* is "assert" or "annotate". In the schema, `x-source` says where
    a limit is documented, `x-unspecified` what is not, `x-sensitive` which values no output shows,
    and `x-any-case` that names count in any case, as those of headers do.

    Raises BrokenContract where the schema is none, or refers to what is not there.
    """

    def __init__(
        self,
        schema: Mapping[str, Any] | bool,
        *,
        name: str = "schema",
        resources: Mapping[str, Any] | None = None,
        formats: Literal["assert", "annotate"] = "assert",
    ) -> None:
        if formats not in ("assert", "annotate"):
            raise ValueError(f"formats is {formats!r}, but must be 'assert' or 'annotate'")
        schema = _copied(schema)
        self.name = name
        self.schema: Any = schema
        dialect = schema.get("$schema") if isinstance(schema, dict) else None
        self._resources = {
            uri: in_dialect(each, dialect) for uri, each in (resources or {}).items()
        }
        self._formats = formats
        self._uri = uri_of(schema, name)
        self._engine = compiled(schema, self._uri, self._resources, formats)
        self._judge: Callable[[Any], bool] = self._first_judge
        self._quick: Callable[[Any], bool] = self._first_quick

    def __repr__(self) -> str:
        return f"Contract({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.schema, self.name, self._resources, self._formats)

    # -- judging -------------------------------------------------------------------------------

    def is_valid(self, instance: Any) -> bool:
        """Return whether *instance*, a JSON value or a Document, keeps every limit.

        Raises NotJSON for an object that is no JSON value, Unspecified where the vendor documents
        nothing to judge by.
        """
        try:
            return self._quick(instance)
        except ValueError:
            return self.unrecorded_check(instance).ok

    def check(self, instance: Any) -> Report:
        """Return the Report of *instance*, a JSON value or a Document, which gives places too.

        Raises NotJSON for an object that is no JSON value, Unspecified where the vendor documents
        nothing to judge by.
        """
        if isinstance(instance, Document):
            return self._check_document(instance)
        errors: Sequence[ValidationError] | None
        try:
            errors = () if self._judge(instance) else self._errors(instance)
        except ValueError:  # an instance that the engine cannot take as it is
            errors = None
        if errors is None:
            return self._report(instance, self._strange(instance))
        return self._report(instance, self._violations(errors, instance) if errors else ())

    #: The same, for those who try instances of their own making: nobody counts these.
    unrecorded_is_valid, unrecorded_check = is_valid, check

    def validate(self, instance: Any) -> None:
        """Raise Invalid, which has the Report, if *instance* breaks a limit."""
        report = self.check(instance)
        if not report.ok:
            raise Invalid(report)

    def jsonschema_validator(self) -> ReferenceValidator:
        """Return a validator of the jsonschema package for the same schema and resources."""
        return self.reference(careful=False)

    def reference(self, *, careful: bool = True) -> ReferenceValidator:
        """Return the same, *careful* of patterns by which Python's own might never end."""
        from .reference import reference

        return reference(self.schema, self._uri, self._resources, self._formats, careful=careful)

    def algebra(self, without: Limit | None = None) -> Algebra | None:
        """Return what the contract takes as a set, *without* a limit if that can be taken out."""
        from fieldbound.algebra import Algebra

        from .without_limit import loosened

        held: tuple[Any, dict[str, Any]] | None = self.schema, self._resources
        if without is not None:
            held = loosened(self.schema, self._uri, self._resources, without)
        return held and Algebra(held[0], self._uri, held[1], self._formats)

    def batch(self) -> Batch:
        """Return what judges many instances at once, by the same limits."""
        return self._batch

    @cached_property
    def _batch(self) -> Batch:
        from .batch import Batch

        simple = self._names is None and not (self._survey.recursive or self._survey.silent)
        return Batch(
            self._limits,
            self._uri,
            self._resources,
            self._formats,
            simple=simple,
            telling=not self._sensitive,
        )

    # -- what the contract says ----------------------------------------------------------------

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Every limit, in the order of the schema."""
        return self._limits.all()

    @cached_property
    def unspecified(self) -> Mapping[str, str]:
        """Pointer and reason of what the vendor does not document and nobody judges."""
        return self._survey.unspecified

    @property
    def references(self) -> References:
        """Every subschema at its place, and what each reference leads to."""
        return self._limits.references

    @cached_property
    def _limits(self) -> Limits:
        return Limits(self.name, self.schema, self._uri, self._resources, self._formats)

    @cached_property
    def _explain(self) -> Callable[..., list[Mistake]]:
        """What tells mistakes from the engine's errors, imported when something is invalid."""
        from .explain import mistakes

        return mistakes

    def _report(self, instance: Any, violations: tuple[Violation, ...]) -> Report:
        return Report(self.name, violations, None, self.undocumented(instance))

    def undocumented(self, instance: Any) -> Mapping[str, str]:
        """Return what the vendor does not document of what is there in an instance."""
        firsts = self.first_undocumented
        if firsts is not None and (not isinstance(instance, dict) or firsts.isdisjoint(instance)):
            return _NOTHING
        return {
            pointer: reason
            for pointer, names, reason in self._undocumented
            if _has(instance, names)
        }

    @cached_property
    def first_undocumented(self) -> frozenset[str] | None:
        """The names under which something is not documented; None: it may be under any."""
        firsts = [names[:1] for _, names, _ in self._undocumented]
        anywhere = () in firsts or ("*",) in firsts
        return None if anywhere else frozenset(name for first in firsts for name in first)

    @cached_property
    def _undocumented(self) -> list[tuple[str, tuple[str, ...], str]]:
        return [
            (pointer, tokens_of(pointer), reason) for pointer, reason in self.unspecified.items()
        ]

    @cached_property
    def _survey(self) -> Survey:
        return self._limits.survey()

    @cached_property
    def _sensitive(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tokens_of(at) for at in self._survey.sensitive)

    @cached_property
    def _names(self) -> AnyCase | None:
        """The names whose case does not count, or None where case counts."""
        anywhere = isinstance(self.schema, dict) and self.schema.get("x-any-case") is True
        return AnyCase(self.schema.get("properties", ())) if anywhere else None

    # -- the ways of judging -------------------------------------------------------------------

    def _first_judge(self, instance: Any) -> bool:
        """Choose the way of judging that this schema needs, once, and judge."""
        judge: Callable[[Any], bool] = self._engine.is_valid
        if self._names is not None:
            judge = self._judge_any_case
        elif self._survey.recursive:
            judge = self._judge_shallow
        elif self._survey.silent and "" in self.unspecified:
            judge = partial(_refuse, self.name, self.unspecified[""])
        self._judge = judge
        return judge(instance)

    def _first_quick(self, instance: Any) -> bool:
        """Choose the quickest way to a mere yes or no, once, and judge.

        It takes a second compilation, which a single check of a file does without.
        """
        valid = self._judge(instance)
        self._quick = self._judge
        if self._judge == self._engine.is_valid and not self._resources:
            schema = inlined(self._limits.references)
            if schema is not None:
                self._quick = compiled(schema, self._uri, {}, self._formats).is_valid
        return valid

    def _judge_any_case(self, instance: Any) -> bool:
        return self._engine.is_valid(self._in_our_case(instance))

    def _judge_shallow(self, instance: Any) -> bool:
        """Keep the engine, which recurses with a schema that does, from a bottomless instance."""
        if is_too_deep(instance):
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        return self._engine.is_valid(instance)

    def _in_our_case(self, instance: Any) -> Any:
        return instance if self._names is None else self._names.ours(instance)

    # -- explaining ----------------------------------------------------------------------------

    def _errors(self, instance: Any) -> Sequence[ValidationError]:
        """Return the engine's errors in an instance that it has refused."""
        errors = list(self._engine.iter_errors(self._in_our_case(instance)))
        if not errors:
            raise FieldboundError(f"{self.name}: the engine refuses what it finds no fault with")
        return errors

    def _violations(
        self, errors: Sequence[ValidationError], instance: Any
    ) -> tuple[Violation, ...]:
        instance = self._in_our_case(instance)
        found = self._explain(errors, instance, self._limits)
        if len(found) > 1:
            found = in_order(instance, found)
        if self._sensitive:
            return _once([self._discreet(each).violation() for each in found])
        return tuple([each.violation() for each in found])

    def _strange(self, instance: Any) -> tuple[Violation, ...]:
        """Explain an instance that the engine cannot take as it is."""
        value, fault = to_json_value(instance)
        if fault is None:
            fault = self._repeated(value)
        if fault is not None:
            return (fault,)
        return () if self._judge(value) else self._violations(self._errors(value), value)

    def _repeated(self, instance: Any) -> Violation | None:
        return None if self._names is None else self._names.repeated(instance)

    def _check_document(self, document: Document) -> Report:
        found = tuple(self._discreet_fault(fault) for fault in document.faults)
        if document.readable and (repeated := self._repeated(document.value)) is not None:
            at = (tokens_of(repeated.pointer), True)
            found = (*found, replace(repeated, place=document.places([at])[at]))
        elif document.readable and not self._judge(document.value):
            found = (*found, *self._placed(document))
        found = tuple(sorted(found, key=lambda each: each.place or Place(1, 1)))
        numbers = {each.place.line for each in found if each.place is not None}
        lines = document.lines(numbers) if numbers and not self._sensitive else {}
        return Report(self.name, found, document.name, self.undocumented(document.value), lines)

    def _placed(self, document: Document) -> tuple[Violation, ...]:
        instance = self._in_our_case(document.value)
        found = self._explain(self._errors(document.value), instance, self._limits)
        if self._sensitive and len(found) > 1:  # of those that are told alike, the first is kept
            found = in_order(instance, found)
        theirs = {} if self._names is None else self._names.theirs(document.value)
        wanted = [
            ((*(theirs.get(name, name) for name in each.place[:1]), *each.place[1:]), each.of_name)
            for each in found
        ]
        places = document.places(wanted)
        if self._sensitive:
            found = [self._discreet(each) for each in found]
        return _once(each.violation(places[at]) for each, at in zip(found, wanted, strict=True))

    # -- what no output may show ---------------------------------------------------------------

    def hides(self, names: tuple[str, ...]) -> bool:
        """Return whether no output may show what is at a path, or within it."""
        ours = self._in_our_case(dict.fromkeys(names[:1]))
        return self._secret((*ours, *names[1:])) is not None

    def _secret(self, names: tuple[str, ...]) -> int | None:
        """Return how much of a path leads to a sensitive value, itself or within; None: not."""
        for at in self._sensitive:
            shared = all(a in ("*", b) for a, b in zip(at, names, strict=False))
            if shared:
                return min(len(at), len(names))
        return None

    def _discreet(self, mistake: Mistake) -> Mistake:
        """Return a mistake without its value, and without names inside what is sensitive."""
        names = tuple(str(each) for each in mistake.path)
        kept = self._secret(names)
        if kept is None:
            return mistake
        if kept < len(names):
            return mistake._replace(
                path=mistake.path[:kept], actual=None, known=(), detail=INSIDE_SENSITIVE
            )
        return mistake._replace(actual=None, detail=None)

    def _discreet_fault(self, fault: Violation) -> Violation:
        """Return a fault of a text of which nothing may be shown."""
        names = tokens_of(fault.pointer)
        kept = self._secret(names) if self._sensitive else None
        if not self._sensitive:
            return fault
        pointer = fault.pointer if kept is None else pointer_of(names[:kept])
        return replace(fault, pointer=pointer, actual=None, detail=None)


def _once(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Return violations, of those that are told alike the first."""
    told: dict[Any, Violation] = {}
    for each in violations:
        told.setdefault((each.pointer, each.code, each.limit and each.limit.location), each)
    return tuple(told.values())


def _copied(schema: Any) -> Any:
    """Return a copy of a schema, which its giver may go on changing."""
    try:
        return marshal.loads(marshal.dumps(schema))  # noqa: S302 - by far the quickest copy
    except ValueError:
        return deepcopy(schema)


def _rebuilt(schema: Any, name: str, resources: Any, formats: Any) -> Contract:
    return Contract(schema, name=name, resources=resources, formats=formats)


def _refuse(name: str, reason: str, instance: Any) -> bool:  # noqa: ARG001
    raise Unspecified(name, reason)


def _has(instance: Any, names: tuple[str, ...]) -> bool:
    """Return whether an instance has something at a path, `*` being any item or other name."""
    if not names:
        return True
    name = names[0]
    if isinstance(instance, dict):
        if name != "*":
            return name in instance and _has(instance[name], names[1:])
        return any(_has(part, names[1:]) for part in instance.values())
    return isinstance(instance, (list, tuple)) and any(_has(part, names[1:]) for part in instance)
