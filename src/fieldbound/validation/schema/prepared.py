"""Contracts whose schema has been compiled before: what was found then, as JSON, and back again."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from fieldbound.validation.checker import Checker
from fieldbound.validation.compiled import CompiledSchema
from fieldbound.validation.contract import Contract, checker_of
from fieldbound.validation.engine import base_uri, compile_as_read

from .surveyed import Survey

_FORMATS: Final = "assert"


class Prepared(NamedTuple):
    """A schema, the same as the engine reads it, and what is known of it: all are JSON."""

    schema: Any
    engine_schema: Any
    facts: dict[str, Any]


def prepared_of(contract: Contract) -> Prepared | None:
    """Return what `prepared_contract` makes the same contract of.

    None where the engine needs more than a schema.
    """
    compiled = checker_of(contract).compiled
    read = compiled.engine_schema
    if read is None or compiled.formats != _FORMATS:
        return None
    facts = {"misreads_integers": compiled.misreads_integers, **compiled.survey._asdict()}
    return Prepared(contract.schema, read, facts)


def prepared_contract(name: str, prepared: Prepared) -> Contract:
    """Return the contract of a schema, which is not copied, and of which all is known."""
    contract = Contract.__new__(Contract)
    contract.name, contract.schema = name, prepared.schema
    contract._checker = Checker(_CompiledBefore(name, prepared))
    return contract


class _CompiledBefore(CompiledSchema):
    """A compiled schema that needs no looking through."""

    may_be_undecided = False
    name_patterns: frozenset[str] = frozenset()

    def __init__(self, name: str, prepared: Prepared) -> None:
        self.name, self.schema, self.resources = name, prepared.schema, {}
        self.formats = _FORMATS
        self.uri = base_uri(prepared.schema, name)
        self.engine = compile_as_read(prepared.engine_schema, self.uri, _FORMATS)
        facts = dict(prepared.facts)
        self.misreads_integers = facts.pop("misreads_integers")
        self.survey = Survey(**{**facts, "sensitive": tuple(facts["sensitive"])})
