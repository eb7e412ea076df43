"""Objects and arrays of a column that are not certainly valid: by their fields, and their items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from fieldbound.bulk.inputs.valid_values import AreValid

from .arrays import is_in, null_rows, rows_of, take
from .doubtful_values import Doubtful, Proof

#: Keywords of an array of which only the number of its items matters, and those of its items.
_COUNTS: Final = frozenset(("type", "minItems", "maxItems"))
_ARRAY: Final = frozenset(("items", *_COUNTS))
#: The most items of an array that stands for all of its number of items.
_MOST_ITEMS: Final = 10_000

#: Returns what finds the doubtful values of a type and a name, by a schema.
ProofOf: TypeAlias = Callable[[Any, str, Any], Proof]


class Objects:
    """Finds doubtful objects where each field is valid by itself, and the *required* ones exist."""

    def __init__(self, fields: Mapping[str, Proof], required: frozenset[str]) -> None:
        self._fields, self._required = fields, required

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful objects."""
        from pyarrow import compute

        doubtful: set[int] = set()
        valid = array.is_valid() if array.null_count else None
        for (name, proof), field in zip(self._fields.items(), array.flatten(), strict=True):
            if field.null_count < len(field):
                doubtful.update(proof(field))
            if name in self._required and field.null_count:
                missing = field.is_null()
                missing = missing if valid is None else compute.and_(missing, valid)
                doubtful.update(rows_of(missing))
        return doubtful


class Arrays:
    """Finds doubtful arrays where each item is valid by itself, and the number of them."""

    def __init__(self, item: Proof, takes_null: bool, are_valid: AreValid) -> None:
        self._item, self._takes_null, self._are_valid = item, takes_null, are_valid
        self._valid: dict[int, bool] = {}

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful arrays."""
        from pyarrow import compute

        counts = compute.list_value_length(array)
        wrong = [
            each
            for each in counts.unique().to_pylist()
            if each is not None and not self._fits(each)
        ]
        doubtful: set[int] = set()
        if wrong:
            doubtful.update(rows_of(is_in(counts, wrong)))
        items = compute.list_flatten(array)
        found = {*self._item(items)} if items.null_count < len(items) else set()
        if not self._takes_null:
            found.update(null_rows(items))
        if found:
            parents = compute.list_parent_indices(array)
            if len(parents) != len(items):  # a null list may have items that are no values
                return rows_of(array.is_valid())
            doubtful.update(take(parents, [*found]).to_pylist())
        return doubtful

    def _fits(self, count: int) -> bool:
        known = self._valid.get(count)
        if known is None:
            known = count <= _MOST_ITEMS and self._are_valid([[None] * count])
            self._valid[count] = known
        return known


def proof_of_objects(kind: Any, members: Any, proof_of: ProofOf) -> Proof | None:
    """Return what finds the doubtful objects of a struct, None if a required field is not in it.

    *members* are the `Members` of their schema, None if that says more.
    """
    fields = [kind.field(at) for at in range(kind.num_fields)]
    if members is None or not members.required <= {each.name for each in fields}:
        return None
    proofs = {
        each.name: proof_of(each.type, each.name, members.schema_of(each.name)) for each in fields
    }
    return Objects(proofs, members.required).find


def proof_of_arrays(
    kind: Any, name: str, schema: Any, compile_: Callable[[Any], AreValid], proof_of: ProofOf
) -> Proof | None:
    """Return what finds the doubtful arrays of a list, None if their schema says more."""
    from pyarrow import types

    items = schema.get("items", True)
    plain = types.is_list(kind) or types.is_large_list(kind)
    if not plain or not schema.keys() <= _ARRAY or not isinstance(items, (dict, bool)):
        return None
    counts = {keyword: schema[keyword] for keyword in schema.keys() & _COUNTS}
    takes_null = compile_(items)([None])
    return Arrays(proof_of(kind.value_type, name, items), takes_null, compile_(counts)).find
