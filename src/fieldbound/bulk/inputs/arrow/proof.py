"""Columns of Arrow tables: which of their values are certainly valid, without a look at each.

What is asked of each value by itself takes more time than to check NDJSON. So a column is asked as
a whole: for the lengths of its strings, its extremes, its distinct values. What these mean by the
schema is for the engine to say, as for any value; a value that is not certainly valid is in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from fieldbound.bulk.inputs.valid_values import OF_LENGTHS, AreValid

from .arrays import is_text, rows_of
from .doubtful_objects import ProofOf, proof_of_arrays, proof_of_objects
from .doubtful_strings import (
    DATES,
    FixedStrings,
    RepeatedStrings,
    StringsByLength,
    Words,
    proof_of_dates,
)
from .doubtful_values import Doubtful, Proof, Values
from .values import reader_of

if TYPE_CHECKING:
    import pyarrow

    from fieldbound.validation import Members

#: Keywords by which a number is valid if one below and one above it are.
_RANGES: Final = frozenset(
    "type minimum maximum exclusiveMinimum exclusiveMaximum multipleOf format".split()
)
_FIXED: Final = ("enum", "const")
_NOTHING: Final[dict[str, Any]] = {"not": {}}


def proof_of(kind: pyarrow.DataType, name: str, schema: Any, members: Members) -> Proof:
    """Return what finds the doubtful values of arrays of a type, by the schema of the values.

    It is that of a name in *members*, or within them.
    """
    from pyarrow import types

    compile_ = members.are_valid
    if types.is_dictionary(kind) and not types.is_nested(kind.value_type):
        words = Values(reader_of(kind.value_type, (name,)), compile_(schema))
        return Words(proof_of(kind.value_type, name, schema, members), words).find
    if schema in (False, _NOTHING):
        return all_doubtful
    if types.is_nested(getattr(kind, "storage_type", kind)) or types.is_dictionary(kind):
        return _proof_of_nested(kind, name, schema, members) or all_doubtful
    known = schema if isinstance(schema, dict) else {}
    values = Values(reader_of(kind, (name,)), compile_(schema))
    if types.is_boolean(kind):
        return values.find_distinct
    if is_text(kind):
        return _proof_of_strings(kind, known, values)
    return values.find_by_extremes if has_range(kind, known) else values.find


def is_exact(kind: pyarrow.DataType) -> bool:
    """Return whether all values of a type are ones that the engine takes as they are."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return is_exact(kind.value_type)
    short = types.is_integer(kind) and not types.is_uint64(kind)
    return short or is_text(kind) or bool(types.is_boolean(kind))


def all_doubtful(array: pyarrow.Array) -> Doubtful:
    """Find all values doubtful."""
    return rows_of(array.is_valid())


def _proof_of_nested(
    kind: pyarrow.DataType, name: str, schema: Any, members: Members
) -> Proof | None:
    from pyarrow import types

    if not _is_plain(kind):
        return None
    if types.is_struct(kind):
        inner = members.inner(schema)
        return None if inner is None else proof_of_objects(kind, inner, _proof_in(inner))
    known = {} if schema is True else schema
    return proof_of_arrays(kind, name, known, members.are_valid, _proof_in(members))


def _proof_in(members: Members) -> ProofOf:
    return lambda kind, name, schema: proof_of(kind, name, schema, members)


def _is_plain(kind: pyarrow.DataType) -> bool:
    """Return whether a type has no values within it that are encoded, or of another type."""
    from pyarrow import types

    if kind.num_fields:
        return all(_is_plain(kind.field(at).type) for at in range(kind.num_fields))
    tests = types.is_dictionary, types.is_string_view, types.is_binary_view
    return not (hasattr(kind, "storage_type") or any(test(kind) for test in tests))


def may_have(kind: pyarrow.DataType, path: Sequence[str]) -> bool:
    """Return whether a value of a type may have something at a path, `*` being any name."""
    from pyarrow import types

    if not path:
        return True
    if types.is_struct(kind):
        fields = [kind.field(at) for at in range(kind.num_fields)]
        return any(path[0] in ("*", each.name) and may_have(each.type, path[1:]) for each in fields)
    if types.is_list(kind) or types.is_large_list(kind):
        return may_have(kind.value_type, path[1:])
    return bool(kind.num_fields) or hasattr(kind, "value_type") or hasattr(kind, "storage_type")


def _proof_of_strings(kind: Any, schema: Mapping[str, Any], values: Values) -> Proof:
    if not schema.keys().isdisjoint(_FIXED):
        return FixedStrings(kind, _allowed(schema, values.are_valid)).find
    if schema.keys() <= OF_LENGTHS:
        return StringsByLength(values).find
    proof = None
    if schema.keys() <= {*OF_LENGTHS, "format"} and schema["format"] in DATES:
        proof = proof_of_dates(schema["format"], values)
    return proof or RepeatedStrings(values).find


def _allowed(schema: Mapping[str, Any], are_valid: AreValid) -> list[str]:
    """Return the valid strings where a schema lists its values."""
    listed = schema.get("enum", [schema.get("const")])
    return [each for each in listed if isinstance(each, str) and are_valid([each])]


def has_range(kind: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a number of a type is valid if one below and one above it are."""
    import pyarrow
    from pyarrow import types

    if not schema.keys() <= _RANGES:
        return False
    if types.is_integer(kind):
        return bool(schema.get("multipleOf", 1) == 1)
    any_number = "type" not in schema or "number" in schema["type"]
    return bool(kind == pyarrow.float64()) and any_number and "multipleOf" not in schema
