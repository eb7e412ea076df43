"""What is prepared of a contract: its schema, and what was found out when it was compiled."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from fieldbound.model import Limit, child_schemas, put_subschema
from fieldbound.validation.contract import Contract, checker_of

from .prepared import FORMATS

#: Keywords that say something to people alone; those of extensions do as well.
_ANNOTATIONS: Final = frozenset(
    "title description default example examples deprecated readOnly writeOnly $comment".split()
)
_EXTENSION: Final = "x-"


class Preparation(NamedTuple):
    """A schema, what the engine reads of it, what is known of it, and its limits.

    The second is None where the engine takes options besides.
    """

    schema: Any
    engine_schema: Any
    facts: dict[str, Any]
    limits: tuple[Limit, ...]


def preparation_of(contract: Contract) -> Preparation | None:
    """Return what `prepared_contract` makes the same contract of; all but limits is JSON.

    None where it is made of more than a schema.
    """
    compiled = checker_of(contract).compiled
    if compiled.resources or compiled.formats != FORMATS:
        return None
    read = compiled.engine_schema
    facts = {
        "misreads_integers": compiled.misreads_integers,
        "has_any_case": compiled.has_any_case,
        **compiled.survey._asdict(),
    }
    return Preparation(contract.schema, read and _without_annotations(read), facts, contract.limits)


def _without_annotations(schema: Any) -> Any:
    """Return a schema without what the engine only reads: a quarter is left of most."""
    if not isinstance(schema, dict):
        return schema
    found = {keyword: each for keyword, each in schema.items() if not _is_annotation(keyword)}
    for at, child in list(child_schemas(found)):
        put_subschema(found, schema, at, _without_annotations(child))
    return found


def _is_annotation(keyword: str) -> bool:
    return keyword in _ANNOTATIONS or keyword.startswith(_EXTENSION)
