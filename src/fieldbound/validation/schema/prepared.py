"""Contracts whose schema has been compiled before: each part is read when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.validation.checker import Checker
from fieldbound.validation.compiled import CompiledSchema
from fieldbound.validation.contract import Contract

from .surveyed import Survey

if TYPE_CHECKING:
    from fieldbound.model import Limit
    from fieldbound.validation.engine import Validator

#: Whether formats are limits in what is prepared.
FORMATS: Final = "assert"


class Prepared(NamedTuple):
    """What is known of a schema, and what reads it, what the engine reads of it, and its limits.

    The engine takes options besides where the second is None; the limits may be None, then they are
    found in the schema.
    """

    facts: Mapping[str, Any]
    schema: Callable[[], Any]
    engine_schema: Callable[[], Any] | None
    limits: Callable[[], tuple[Limit, ...] | None]


def prepared_contract(name: str, prepared: Prepared) -> Contract:
    """Return the contract of a schema, which is not copied, and of which all is known."""
    read = prepared.engine_schema
    compiled = _Surveyed(name, prepared) if read is None else _Compiled(name, prepared, read)
    contract = Contract.__new__(Contract)
    contract.name, contract._checker = name, Checker(compiled)
    return contract


class _Surveyed(CompiledSchema):
    """A schema that needs no looking through: what is known of it is read when it is needed."""

    def __init__(self, name: str, prepared: Prepared) -> None:
        self.name, self.resources, self.formats = name, {}, FORMATS
        self._prepared = prepared
        facts = dict(prepared.facts)
        self.misreads_integers = facts.pop("misreads_integers")
        self.has_any_case = facts.pop("has_any_case")
        self.survey = Survey(**{**facts, "sensitive": tuple(facts["sensitive"])})

    @cached_property
    def schema(self) -> Any:
        return self._prepared.schema()

    @cached_property
    def uri(self) -> str:  # type: ignore[override]
        from .base_uri import base_uri

        return base_uri(self.schema, self.name)

    @cached_property
    def engine(self) -> Validator:  # type: ignore[override]
        from fieldbound.validation.engine import compile_schema

        return compile_schema(self.schema, self.uri, {}, FORMATS)

    @cached_property
    def every_limit(self) -> tuple[Limit, ...]:
        found = self._prepared.limits()
        return super().every_limit if found is None else found


class _Compiled(_Surveyed):
    """One for which the engine takes no options: what it reads has been written before."""

    may_be_undecided = False
    name_patterns: frozenset[str] = frozenset()

    def __init__(self, name: str, prepared: Prepared, read: Callable[[], Any]) -> None:
        super().__init__(name, prepared)
        self._read = read

    @cached_property
    def engine(self) -> Validator:  # type: ignore[override]
        from fieldbound.validation.engine import compile_as_read

        from .base_uri import base_uri

        read = self._read()
        return compile_as_read(read, base_uri(read, self.name), FORMATS)
