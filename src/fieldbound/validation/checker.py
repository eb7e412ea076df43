"""How an instance is checked: the engine's verdict, and from its errors to a Report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fieldbound.documents import Document
from fieldbound.model import (
    MAX_DEPTH,
    FieldboundError,
    Report,
    is_too_deep,
    report_of,
    to_json_value,
    tokens_of,
)

from .schema.long_integers import exact, refuse_long_integers
from .undocumented import Undocumented

# What is needed for a violation alone is imported with the first one.

if TYPE_CHECKING:
    from jsonschema.protocols import Validator as ReferenceValidator

    from fieldbound.algebra import Algebra
    from fieldbound.model import Limit, SchemaRegistry, Violation

    from .batch import Batch
    from .compiled import CompiledSchema
    from .header_case import HeaderCase
    from .mistakes import Mistake
    from .properties import Properties
    from .redaction import Redaction
    from .schema.members import Members


#: Checks after which it pays to compile the schema once more, for a faster verdict, and rejections
#: after which it pays to compile each property by itself, to find what is broken without errors.
_OFTEN: Final = 500


class Checker:
    """Checks instances by one compiled schema.

    *accepts* and *fast_accepts* are the verdict alone; both raise ValueError for an instance that
    the engine cannot take as it is. What the latter rejects is for `accepts_still` to decide. The
    first use of each chooses how this schema is checked.
    """

    def __init__(self, compiled: CompiledSchema) -> None:
        self.compiled = compiled
        self.accepts: Callable[[Any], bool] = self._choose
        self.fast_accepts: Callable[[Any], bool] = self._choose_fastest
        self.check: Callable[[Any], Report] = self._choose_check
        self._accepts_sooner: Callable[[Any], bool] = self._count
        self._checks = self._rejections = 0
        self.is_final = True  # whether `fast_accepts` decides alone

    def is_valid(self, instance: Any) -> bool:
        """Return whether an instance, a JSON value or a Document, breaks no limit."""
        try:
            return self.fast_accepts(instance) or self.accepts_still(instance)
        except ValueError as error:
            return self.is_valid_despite(error, instance)

    def is_valid_despite(self, error: ValueError, instance: Any) -> bool:
        """Return whether an instance breaks no limit for which the verdict alone is an error."""
        from .undecided import UndecidedError, check_undecided

        if isinstance(error, UndecidedError):
            return check_undecided(self._check, instance, error.work).ok
        return self.check(instance).ok

    def is_certainly_valid(self, instance: Any) -> bool:
        """Return whether an instance breaks no limit, and no pattern is undecided."""
        try:
            return self.fast_accepts(instance) or self.accepts_still(instance)
        except ValueError as error:
            from .undecided import UndecidedError

            return not isinstance(error, UndecidedError) and self.check(instance).ok

    def _choose_check(self, instance: Any) -> Report:
        """Choose how to make the Report of an instance, a JSON value or a Document, and do so."""
        self.check = self._check
        if self.compiled.may_be_undecided:
            from .undecided import check_undecided

            self.check = partial(check_undecided, self._check)
        return self.check(instance)

    def _check(self, instance: Any) -> Report:
        if isinstance(instance, Document):
            return self._check_document(instance)
        try:
            valid = self._accepts_sooner(instance) or self.accepts(instance)
            violations = () if valid else self._violations(instance)
        except ValueError:  # the engine cannot take it as it is
            violations = self._unserializable(instance)
        names, least = self._names_with_reasons, self._least
        if names is not None and instance.__class__ is dict and names.isdisjoint(instance):
            if not violations:
                return least  # one report serves all instances
            unspecified, not_checked = least.unspecified, least.not_checked
        else:
            unspecified = self.undocumented.within(instance)
            not_checked = self.not_checked.within(instance)
        return report_of(self.compiled.name, violations, unspecified, not_checked)

    @cached_property
    def _least(self) -> Report:
        """The report of a valid instance of which all is checked that can be."""
        reasons = self.undocumented.within(None), self.not_checked.within(None)
        return report_of(self.compiled.name, (), *reasons)

    @cached_property
    def _names_with_reasons(self) -> frozenset[str] | None:
        """The names at the root under which something may be unchecked; None: under any name."""
        first, second = self.undocumented.first_names, self.not_checked.first_names
        return None if first is None or second is None else first | second

    # -- the verdict ---------------------------------------------------------------------------

    def _choose(self, instance: Any) -> bool:
        """Choose how this schema is checked, once, and check."""
        self.accepts = self._exact(self._chosen())
        return self.accepts(instance)

    def _choose_fastest(self, instance: Any) -> bool:
        """Choose the fastest way to a mere verdict, once, and check.

        It may compile the schema again, which a single check of a file does without.
        """
        if self.compiled.may_be_undecided:  # the same strings in the same order as `check`
            from .undecided import deciding

            self.fast_accepts = deciding(self._accepts)
            return self.fast_accepts(instance)
        valid = self.accepts(instance)
        self.is_final = self._fast is None or not self.compiled.misreads_integers
        self.fast_accepts = self._fast or self.accepts
        return valid

    @cached_property
    def _fast(self) -> Callable[[Any], bool] | None:
        """The verdict of the schema compiled once more; what it rejects has to be looked at."""
        is_plain = self._chosen() == self.compiled.engine.is_valid
        return self.compiled.fast_is_valid() if is_plain else None

    def _count(self, instance: Any) -> bool:  # noqa: ARG002
        """Leave the verdict to `accepts`, and choose a faster one when it is asked for often."""
        self._checks += 1
        if self._checks >= _OFTEN:
            fast = None if self.compiled.may_be_undecided else self._fast
            self._accepts_sooner = fast or _leave
        return False

    def accepts_still(self, instance: Any) -> bool:
        """Return whether an instance is valid that `fast_accepts` rejects."""
        if self.is_final or not self.compiled.engine.is_valid(instance):
            return False
        refuse_long_integers(instance)
        return True

    def _accepts(self, instance: Any) -> bool:
        return self.accepts(instance)

    def _exact(self, accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
        """Return a verdict that is right on integers of any length, or raises ValueError."""
        if self.compiled.name_patterns:
            from .undecided import without_long_names

            accepts = without_long_names(accepts, self.compiled.name_patterns)
        return exact(accepts) if self.compiled.misreads_integers else accepts

    def _chosen(self) -> Callable[[Any], bool]:
        survey = self.compiled.survey
        if self.header_case is not None:
            return self._accepts_any_case
        if survey.recursive:
            return self._accepts_shallow
        if survey.unconstrained and "" in survey.unspecified:
            return self._unspecified
        return self.compiled.engine.is_valid

    def _accepts_any_case(self, instance: Any) -> bool:
        return self.compiled.engine.is_valid(self._normalized(instance))

    def _accepts_shallow(self, instance: Any) -> bool:
        """Keep the engine, which recurses with a schema that does, from an endless instance."""
        if is_too_deep(instance):
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        return self.compiled.engine.is_valid(instance)

    def _unspecified(self, instance: Any) -> NoReturn:  # noqa: ARG002
        from fieldbound.model import Unspecified

        raise Unspecified(self.compiled.name, self.compiled.survey.unspecified[""])

    # -- from the engine's errors to violations ------------------------------------------------

    def _violations(self, instance: Any, document: Document | None = None) -> tuple[Violation, ...]:
        """Return the violations of a rejected instance: each stage takes what the last gave."""
        instance = self._normalized(instance)
        ordered = self._mistakes(instance)
        if document is None and not self.redaction:
            return tuple([each.violation() for each in ordered])
        from .places import places_of, with_texts

        ordered = with_texts(ordered, document, self.header_case)
        places = places_of(ordered, document, self.header_case)
        redacted = [self.redaction.mistake(each) for each in ordered]
        return _unique(each.violation(at) for each, at in zip(redacted, places, strict=True))

    def _mistakes(self, instance: Any) -> list[Mistake]:
        """Return the mistakes in a rejected instance, in the order of the document.

        They are found without errors where that is possible: of an error the engine says much.
        """
        self._rejections += 1
        if self._rejections > _OFTEN and self._properties is not None:
            known = self._properties.mistakes(instance, self.compiled.limits)
            if known is not None:
                return known
        errors = list(self.compiled.engine_for(instance).iter_errors(instance))
        errors = errors or list(self.compiled.engine.iter_errors(instance))
        if not errors:
            raise FieldboundError(f"{self.compiled.name}: the engine rejects without an error")
        from fieldbound.algebra import SharingWork

        with SharingWork():
            mistakes = self._explained(errors, instance, self.compiled.limits)
        if len(mistakes) <= 1:
            return mistakes
        from .ordering import in_order

        return in_order(instance, mistakes)

    @cached_property
    def _explained(self) -> Callable[..., list[Mistake]]:
        """The function that explains errors, imported when something is invalid."""
        from .explain import mistakes

        return mistakes

    @cached_property
    def _properties(self) -> Properties | None:
        """What finds the broken limits of an object, where this takes no errors."""
        return None if self.compiled.may_be_undecided else self.compiled.properties

    def _unserializable(self, instance: Any) -> tuple[Violation, ...]:
        """Return the violations of an instance that the engine cannot take as it is."""
        value, fault = to_json_value(instance)
        if fault is None:
            fault = self._duplicate(value)
        if fault is not None:
            return (fault,)
        return () if self.accepts(value) else self._violations(value)

    def _check_document(self, document: Document) -> Report:
        found = [self.redaction.syntax_error(each) for each in document.errors]
        if document.readable:
            found += self._violations_in(document)
        found.sort(key=_place)
        numbers = {each.place.line for each in found if each.place is not None}
        lines = document.lines(numbers) if numbers and not self.redaction else {}
        return Report(
            self.compiled.name,
            tuple(found),
            document.name,
            self.undocumented.within(document.value),
            lines,
            not_checked=self.not_checked.within(document.value),
        )

    def _violations_in(self, document: Document) -> Iterable[Violation]:
        duplicate = self._duplicate(document.value)
        if duplicate is not None:
            at = (tokens_of(duplicate.pointer), True)
            return (replace(duplicate, place=document.places([at])[at]),)
        return () if self.accepts(document.value) else self._violations(document.value, document)

    # -- what the stages need ------------------------------------------------------------------

    @cached_property
    def header_case(self) -> HeaderCase | None:
        """The names that match in any case, or None where case counts."""
        if not self.compiled.has_any_case:
            return None
        from .header_case import HeaderCase

        return HeaderCase(self.compiled.schema.get("properties", ()))

    @cached_property
    def redaction(self) -> Redaction:
        """What no output may show."""
        from .redaction import Redaction

        return Redaction(self.compiled.survey.sensitive)

    @cached_property
    def undocumented(self) -> Undocumented:
        """What the vendor does not document."""
        return Undocumented(self.compiled.survey.unspecified)

    @cached_property
    def not_checked(self) -> Undocumented:
        """What is written in the schema, and not checked."""
        return Undocumented(self.compiled.survey.not_checked, self.compiled.survey.broken)

    def _normalized(self, instance: Any) -> Any:
        return instance if self.header_case is None else self.header_case.normalized(instance)

    def _duplicate(self, instance: Any) -> Violation | None:
        return None if self.header_case is None else self.header_case.duplicate(instance)

    def is_sensitive(self, path: tuple[str, ...]) -> bool:
        """Return whether no output may show what is at a path of the instance, or within it."""
        normalized = self._normalized(dict.fromkeys(path[:1]))
        return self.redaction.covers((*normalized, *path[1:]))

    # -- the same contract in other forms ------------------------------------------------------

    @property
    def references(self) -> SchemaRegistry:
        """Every subschema at its place, and the target of each reference."""
        return self.compiled.limits.references

    @cached_property
    def batch(self) -> Batch:
        """What checks many instances at once, by the same limits."""
        from .batch import Batch

        compiled, survey = self.compiled, self.compiled.survey
        any_names = self.header_case is None and not compiled.name_patterns
        return Batch(
            compiled.limits,
            compiled.uri,
            compiled.resources,
            compiled.formats,
            simple=any_names and not (survey.recursive or survey.unconstrained),
            is_open=not self.redaction,
        )

    @property
    def members(self) -> Members | None:
        """What makes an object valid, where that is a matter of each member by itself.

        None also where the engine does not take every object as it is, or leaves some undecided.
        """
        is_plain = self.batch.simple and not self.compiled.may_be_undecided
        return self.compiled.members if is_plain else None

    def reference(self, *, brief: bool = False) -> ReferenceValidator:
        """Return the validator of the jsonschema package for the same schema and resources.

        One that is *brief* says less of alternatives, sooner.
        """
        from .reference import reference_validator

        compiled = self.compiled
        return reference_validator(
            compiled.schema, compiled.uri, compiled.resources, compiled.formats, brief=brief
        )

    def algebra(self, without: Limit | None = None) -> Algebra | None:
        """Return the set of valid instances, *without* a limit; None if it cannot be removed."""
        from fieldbound.algebra import Algebra

        from .without_limit import without_limit

        compiled = self.compiled
        if without is None:
            return Algebra(compiled.schema, compiled.uri, compiled.resources, compiled.formats)
        given = without_limit(compiled.schema, compiled.uri, compiled.resources, without)
        try:
            return given and Algebra(given[0], compiled.uri, given[1], compiled.formats)
        except ValueError:  # of the engine: a reference leads into what was removed
            return None


def _place(violation: Violation) -> tuple[int, int]:
    at = violation.place
    return (1, 1) if at is None else (at.line, at.column)


def _leave(instance: Any) -> bool:  # noqa: ARG001
    return False


def _unique(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Return violations without those that redaction made the same as an earlier one."""
    unique: dict[Any, Violation] = {}
    for each in violations:
        unique.setdefault((each.pointer, each.code, each.limit and each.limit.location), each)
    return tuple(unique.values())
