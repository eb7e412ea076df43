"""Hypothesis strategies for the bodies of HTTP messages, serialized by their media type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from hypothesis import strategies as st

from fieldbound.http import (
    MessageSpec,
    ParameterSet,
    Unserializable,
    parse_form,
    scalar_schema,
    serializable,
    serializable_form,
    serialize_form,
    serialize_parameters,
    strip_parameters,
)
from fieldbound.model import Unsatisfiable, Unspecified
from fieldbound.openapi import is_form, is_json
from fieldbound.validation import Coercion, Contract, checker_of, coercion_of

from .strategies import valid

_CONCRETE_MEDIA_TYPES: Final = {
    "*/*": "application/json",
    "application/*": "application/json",
    "text/*": "text/plain",
}
_ANY_OBJECT: Final = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    max_size=3,
)


class SerializedBody(NamedTuple):
    """A serialized body, and its media type."""

    data: bytes
    media_type: str


#: By contract, those that accept serializable values only, by what restricts them.
_RESTRICTED: WeakKeyDictionary[Contract, dict[str, Contract]] = WeakKeyDictionary()
#: The values of the documented headers of the parts of a multipart body, by field.
PartValues = Mapping[str, Mapping[str, Any]]


def concrete_media_type(media_type: str) -> str:
    """Return a media type within a media type range, or the media type itself."""
    return _CONCRETE_MEDIA_TYPES.get(strip_parameters(media_type), media_type)


def bodies(spec: MessageSpec, media_type: str) -> st.SearchStrategy[SerializedBody | None]:
    """Return a strategy for bodies of one media type; it draws None if one cannot be serialized."""
    contract, concrete = spec.body_contract(media_type), concrete_media_type(media_type)
    try:
        if contract is not None:
            checker_of(contract).is_valid(None)
    except Unspecified:
        contract = None
    if is_json(concrete):
        instances = _ANY_OBJECT if contract is None else valid(contract)
        return instances.map(lambda instance: json_body(instance, concrete))
    if contract is None:
        return st.binary(min_size=1, max_size=40).map(lambda data: SerializedBody(data, concrete))
    if is_form(concrete):
        form = Form(spec, media_type, contract)
        instances = valid(restrict(contract, serializable_form(form.coercion)))
        return st.builds(form.serialize, instances, form.part_values)
    scalars = valid(restrict(contract, scalar_schema(_coercion(contract), {}, not_empty=True)))
    return scalars.map(lambda scalar: SerializedBody(str(scalar).encode(), concrete))


class Form:
    """How forms of one media type are serialized; *part_values* draws the headers of the parts."""

    def __init__(self, spec: MessageSpec, media_type: str, contract: Contract) -> None:
        self.coercion = _coercion(contract)
        self._media_type = concrete_media_type(media_type)
        self._encoding = spec.encoding(media_type)
        self._headers: Mapping[str, ParameterSet] = {}
        if strip_parameters(self._media_type).startswith("multipart/"):
            self._headers = spec.part_headers(media_type)
        self.part_values: st.SearchStrategy[PartValues] = st.fixed_dictionaries(
            {
                name: valid(restrict(each.contract, serializable(each.parameters, each.location)))
                for name, each in self._headers.items()
            }
        )

    def serialize(self, instance: Any, values: PartValues) -> SerializedBody | None:
        """Return a form with the headers of its parts, None if it cannot be serialized."""
        try:
            headers = {
                name: serialize_parameters(each.parameters, each.location, values[name])
                for name, each in self._headers.items()
            }
            data, media_type = serialize_form(
                instance, self._media_type, self.coercion, self._encoding, headers
            )
        except Unserializable:
            return None
        return SerializedBody(data, media_type)

    def round_trip(self, instance: Any) -> Any:
        """Return a form serialized and parsed again. Raises Unserializable."""
        body = serialize_form(instance, self._media_type, self.coercion, self._encoding)
        return parse_form(*body, self.coercion, self._encoding)


def json_body(instance: Any, media_type: str) -> SerializedBody:
    """Return a body of JSON."""
    text = json.dumps(instance, ensure_ascii=False, allow_nan=False)
    return SerializedBody(text.encode(), media_type)


def _coercion(contract: Contract) -> Coercion:
    references = checker_of(contract).references
    return coercion_of(references, references.root)


def restrict(contract: Contract, restriction: dict[str, Any]) -> Contract:
    """Return a contract that accepts serializable values only. Raises Unsatisfiable.

    It is compiled once for a contract, however many strategies draw from it.
    """
    found = _RESTRICTED.setdefault(contract, {})
    key = json.dumps(restriction)
    if key not in found:
        found[key] = _restricted(contract, restriction)
    return found[key]


def _restricted(contract: Contract, restriction: dict[str, Any]) -> Contract:
    schema = contract.schema
    restricted = Contract(
        {**schema, "allOf": [*schema.get("allOf", ()), restriction]}, name=contract.name
    )
    try:
        valid(restricted)
    except Unsatisfiable as error:
        reason = f"no valid value can be serialized: {error.reason}"
        raise Unsatisfiable(contract.name, reason) from None
    return restricted
