"""Contract: a JSON Schema with a name, that checks instances and knows its limits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .checker import Checker
from .compiled import CompiledSchema
from .undocumented import joined

if TYPE_CHECKING:
    from jsonschema.protocols import Validator as ReferenceValidator

    from fieldbound.model import Field, Limit, Report

    from .schema.formats import Formats


class Contract:
    """What one vendor demands of one body, header set or query: a JSON Schema with a name.

    *schema* is any JSON Schema of draft 4 to 2020-12, *resources* maps URIs to what it refers to
    (nothing is fetched), *formats* is "assert" or "annotate". In the schema, `x-source` says where
    a limit is documented, `x-unspecified` what is not, `x-sensitive` which values no output shows,
    and `x-any-case` that names match in any case, as those of headers do.

    What a schema says in vain, as a misspelt keyword, one that its draft ignores, or a required
    name that no object may have, every report says; where *strict*, it is an error.

    Raises BrokenContract where the schema is not valid, or a reference is unresolved.
    """

    def __init__(
        self,
        schema: Mapping[str, Any] | bool,
        *,
        name: str = "schema",
        resources: Mapping[str, Any] | None = None,
        formats: Formats = "assert",
        strict: bool = False,
    ) -> None:
        if formats not in ("assert", "annotate"):
            raise ValueError(f"formats must be 'assert' or 'annotate', not {formats!r}")
        compiled = CompiledSchema(schema, name, resources, formats)
        if strict:
            from .schema.slips import refuse_slips

            refuse_slips(compiled.schema, compiled.resources)
        self.name = name
        self._checker = Checker(compiled)

    def __repr__(self) -> str:
        return f"Contract({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        compiled = self._checker.compiled
        return _rebuild, (self.schema, self.name, compiled.resources, compiled.formats)

    @property
    def schema(self) -> Any:
        """The JSON Schema, with its references percent-encoded."""
        return self._checker.compiled.schema

    def is_valid(self, instance: Any) -> bool:
        """Return whether *instance*, a JSON value or a Document, breaks no limit.

        Raises NotJSON for an object that is not a JSON value, where the schema says something of
        it; Unspecified where the vendor documents no schema for this part.
        """
        checker = self._checker
        try:  # what `Checker.is_valid` does: each call alone would cost a tenth of the check
            if checker.fast_accepts(instance):
                return True
            return not checker.is_final and checker.accepts_still(instance)
        except ValueError as error:
            return checker.is_valid_despite(error, instance)

    def check(self, instance: Any) -> Report:
        """Return the Report of *instance*, a JSON value or a Document, which gives places too.

        Raises NotJSON for an object that is not a JSON value, where the schema says something of
        it; Unspecified where the vendor documents no schema for this part.
        """
        return self._checker.check(instance)

    def validate(self, instance: Any) -> None:
        """Raise Invalid, which has the Report, if *instance* breaks a limit."""
        report = self.check(instance)
        if not report.ok:
            from fieldbound.model import Invalid

            raise Invalid(report)

    def jsonschema_validator(self) -> ReferenceValidator:
        """Return a validator of the jsonschema package for the same schema and resources."""
        return self._checker.reference()

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Every limit, in the order of the schema."""
        return self._checker.compiled.every_limit

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What the contract says of each value: title, types, default, limits and evidence.

        In the order of the schema, parents before their properties.
        """
        from .schema.fields import fields_of

        return fields_of(self._checker.compiled.limits.trails(), self.limits)

    @property
    def unspecified(self) -> Mapping[str, str]:
        """Pointer and reason of what the vendor does not document, which is not checked."""
        return self._checker.compiled.survey.unspecified

    @property
    def not_checked(self) -> Mapping[str, str]:
        """Pointer and reason of what is not checked: other formats, and what is itself broken."""
        survey = self._checker.compiled.survey
        return joined(survey.broken, survey.not_checked)


def checker_of(contract: Contract) -> Checker:
    """Return what checks a contract's instances, for other packages of fieldbound.

    Its checks are not counted by limit coverage, as those of the contract itself are.
    """
    return contract._checker


def _rebuild(schema: Any, name: str, resources: Any, formats: Any) -> Contract:
    return Contract(schema, name=name, resources=resources, formats=formats)
