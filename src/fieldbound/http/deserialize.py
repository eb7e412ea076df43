"""Deserialization of headers, query strings, cookies and path parameters to JSON values.

openapi-core does it, by style and explode. Where it differs from the OpenAPI Specification or is
too lenient, the raw values are normalized before, or not given to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, unquote_plus

from fieldbound.openapi import ParameterObject, default_media_type
from fieldbound.validation import Coercion, json_value

from .bracket_notation import Keys, assemble, keys_after
from .percent_encoding import encoding_error, without_surrogates

if TYPE_CHECKING:
    from openapi_core.casting.schemas.casters import SchemaCaster
    from openapi_core.deserializing.styles.deserializers import StyleDeserializer

_PREFIXED: Final = ("label", "matrix")  # styles whose values begin with a delimiter
_DELIMITERS: Final = {"spaceDelimited": "%20", "pipeDelimited": "|"}


class Parameter:
    """A parameter or header, and how its raw value is deserialized."""

    def __init__(self, definition: ParameterObject, location: str, coercion: Coercion) -> None:
        self.name = definition.name
        self.location = location
        self.coercion = coercion
        stated = definition.node.value
        media_types = [name for name, _ in definition.node.children("content")]
        self.has_content = bool(media_types)
        self.is_json = default_media_type(media_types) is not None
        self.style = str(
            stated.get("style") or ("simple" if location in ("path", "header") else "form")
        )
        self.explode = bool(stated.get("explode", self.style in ("form", "cookie", "deepObject")))
        self._allows_empty = location == "query" and stated.get("allowEmptyValue") is True
        self._key = re.escape(self.name)  # openapi-core uses it as a pattern

    @cached_property
    def _deserializer(self) -> StyleDeserializer:
        """What openapi-core does for arrays and objects, which takes half a second to import."""
        from openapi_core.deserializing.styles import style_deserializers
        from openapi_core.deserializing.styles.deserializers import StyleDeserializer

        return StyleDeserializer(
            self.style,
            self.explode,
            self._key,
            self.coercion.structure,
            cast("SchemaCaster", self),
            style_deserializers.get("form" if self.style == "cookie" else self.style),
        )

    @property
    def is_exploded_object(self) -> bool:
        """Whether each property of the value is a parameter of its own."""
        exploded = self.style == "form" and self.explode and not self.has_content
        return exploded and self.coercion.structure == "object"

    @property
    def is_deep_object(self) -> bool:
        """Whether properties are named in brackets after the parameter's name."""
        return self.style == "deepObject" and not self.has_content

    def is_allowed_empty(self, raw: str) -> bool:
        """Return whether a raw value is empty, and allowEmptyValue makes that no value at all.

        A required parameter is then reported as missing.
        """
        return (
            self._allows_empty and not raw and "string" not in (self.coercion.types or ("string",))
        )

    def cast(self, value: Any) -> Any:
        """Return deserialized strings as values of their types; openapi-core calls this."""
        return self.coercion.cast(self._decode_all(value))

    def parse(self, raw: str) -> Any:
        """Return the value of a raw string; the decoded string if it is malformed."""
        if self.is_json:
            decoded = self._decode(raw)
            return json_value(unquote(decoded) if self.location == "cookie" else decoded)
        if self.has_content or (not self.coercion.structure and self.style not in _PREFIXED):
            return self.coercion.cast(self._decode(raw))
        raw = self._normalized(raw)
        if not self._is_well_formed(raw):
            return self._decode(raw)
        from openapi_core.deserializing.exceptions import DeserializeError

        try:
            return self._deserializer.deserialize(self._lookup_table(raw))
        except (DeserializeError, KeyError, ValueError, TypeError, IndexError):
            return self._decode(raw)

    def parse_repeated(self, raw_values: Sequence[str]) -> Any:
        """Return the value of a parameter that may occur several times."""
        if self.explode and self.coercion.structure == "array" and not self.has_content:
            return self.cast(list(raw_values))
        if len(raw_values) > 1 and self.coercion.structure == "array":  # one violation, not many
            return f"&{self.name}=".join(map(self._decode, raw_values))
        if len(raw_values) == 1:
            return self.parse(raw_values[0])
        return [self.parse(raw) for raw in raw_values]

    def parse_bracketed(self, pairs: Sequence[tuple[Keys, str]]) -> Any:
        """Return the value of raw strings, each with the bracketed keys after the name."""
        decoded = [(keys, self._decode(raw)) for keys, raw in pairs]
        if len(decoded) == 1 and not decoded[0][0]:
            return self.coercion.cast(decoded[0][1])
        return assemble(decoded, self.coercion)

    def _normalized(self, raw: str) -> str:
        """Return a raw value with the delimiters at which openapi-core splits it."""
        if self.style == "spaceDelimited":
            return raw.replace("+", "%20").replace(" ", "%20")
        if self.style == "pipeDelimited":
            return re.sub("%7c", "|", raw, flags=re.IGNORECASE)
        if self.style == "form" and self.location == "query" and "," not in raw:
            # httpx and requests escape the commas of a list that is given as one string
            return re.sub("%2c", ",", raw, flags=re.IGNORECASE)
        return raw

    def _is_well_formed(self, raw: str) -> bool:
        """Return whether a raw value has the prefix of its style, and a value for each property."""
        structure = self.coercion.structure
        if self.style == "label" and not raw.startswith("."):
            return False
        if self.style == "matrix" and structure == "object" and self.explode:
            return raw.startswith(";")
        if self.style == "matrix":
            segments = raw[1:].split(";") if structure == "array" and self.explode else [raw[1:]]
            named = all(each.startswith(f"{self.name}=") for each in segments)
            if not (named and raw.startswith(";")):
                return False
        paired = structure != "object" or self.explode
        return paired or raw.count(_DELIMITERS.get(self.style, ",")) % 2 == 1

    def _lookup_table(self, raw: str) -> dict[str, str]:
        """Return the raw value under each key that openapi-core looks it up by."""
        key = self._key
        return dict.fromkeys((key, f".{key}", f".{key}*", f";{key}", f";{key}*"), raw)

    def _decode_all(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._decode_all(each) for each in value]
        if isinstance(value, dict):
            return {self._decode(name): self._decode(each) for name, each in value.items()}
        return self._decode(value)

    def _decode(self, raw: Any) -> Any:
        if not isinstance(raw, str):
            return raw
        if self.location == "query":
            return unquote_plus(raw) if "%" in raw or "+" in raw else raw
        if self.location == "header":
            return raw.strip(" \t")
        return unquote(raw) if self.location == "path" and "%" in raw else raw


def parse_single(parameters: Iterable[Parameter], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of headers or path parameters, of which each occurs once."""
    return {
        each.name: each.parse(given[key])
        for each in parameters
        if (key := each.name.lower() if each.location == "header" else each.name) in given
    }


def parse_query(parameters: Iterable[Parameter], query: str) -> dict[str, Any]:
    """Return the values of the parameters in a query string, and other ones as strings."""
    given: dict[str, list[str]] = {}
    for name, _, raw in _partitioned(without_surrogates(query)):
        given.setdefault(unquote_plus(name), []).append(raw)
    given.pop("", None)
    return parse_multi(parameters, given)


def undecodable_names(
    parameters: Sequence[Parameter], query: str, path: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Return the parameters of a query or a path that cannot be decoded, each with why."""
    pairs = [(name, "", raw) for name, raw in path.items()]
    if parameters and parameters[0].location == "query":
        pairs = [] if query.isascii() and "%" not in query else _partitioned(query)
    errors = [
        (unquote_plus(name), error)
        for name, _, raw in pairs
        if (error := encoding_error(name) or encoding_error(raw))
    ]
    if not errors:
        return {}
    owners = _owners(parameters)
    deep = _grouped((_root(each.name), each.name) for each in parameters if each.is_deep_object)
    found: dict[str, tuple[str, str]] = {}
    for name, error in errors:
        of_keys = (each for each in deep.get(_root(name), ()) if keys_after(each, name) is not None)
        owner = owners[name] if name in owners else next(of_keys, None)
        if owner is not None:
            found.setdefault(owner, error)
    return found


def _owners(parameters: Sequence[Parameter]) -> dict[str, str]:
    """Return the parameter that is sent under each name, except those with keys in brackets."""
    owners: dict[str, str] = {}
    for each in parameters:
        for name in (each.name, *(each.coercion.named if each.is_exploded_object else ())):
            owners.setdefault(name, each.name)
    return owners


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _root(name: str) -> str:
    """Return what precedes any brackets in a name, by which parameters are looked up."""
    return name.partition("[")[0]


def _partitioned(query: str) -> list[tuple[str, str, str]]:
    return [pair.partition("=") for pair in query.split("&")]


def parse_cookies(parameters: Iterable[Parameter], header: str) -> dict[str, Any]:
    """Return the values of the parameters in a Cookie header."""
    given: dict[str, list[str]] = {}
    for pair in header.split(";"):
        name, _, raw = pair.partition("=")
        raw = raw.strip()
        quoted = raw[:1] == raw[-1:] == '"' and len(raw) > 1
        given.setdefault(name.strip(), []).append(raw[1:-1] if quoted else raw)
    known = list(parameters)
    values = parse_multi(known, given)
    return {each.name: values[each.name] for each in known if each.name in values}


def parse_multi(parameters: Iterable[Parameter], given: dict[str, list[str]]) -> dict[str, Any]:
    """Return the values of parameters that may repeat, and unknown ones as strings."""
    values: dict[str, Any] = {}
    exploded: list[Parameter] = []
    parameters = list(parameters)
    known = {each.name for each in parameters}
    unknown = _grouped((_root(name), name) for name in given if name not in known)
    for each in parameters:
        if each.is_exploded_object:
            exploded.append(each)
        elif each.is_deep_object:
            bracketed = [
                (keys, raw)
                for name in (each.name, *unknown.get(_root(each.name), ()))
                if name in given and (keys := keys_after(each.name, name)) is not None
                for raw in given.pop(name)
            ]
            if bracketed:
                values[each.name] = each.parse_bracketed(bracketed)
        elif each.name in given:
            raw_values = given.pop(each.name)
            if not all(map(each.is_allowed_empty, raw_values)):
                values[each.name] = each.parse_repeated(raw_values)
    positions = {name: position for position, name in enumerate(given)}
    for each in exploded:
        own = given if each.coercion.others else given.keys() & each.coercion.named.keys()
        if names := sorted(own, key=positions.__getitem__):
            values[each.name] = each.cast({name: given.pop(name)[-1] for name in names})
    return {**values, **{name: unquote_plus(raw[-1]) for name, raw in given.items()}}
