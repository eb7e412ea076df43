"""Serialization of JSON values to parameters, headers, cookies and form bodies.

The inverse of `deserialize`, by style and explode. Not every value can be serialized: an empty list
cannot, nor a comma in the item of a header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fieldbound.validation import Coercion

from .bracket_notation import leaves, with_brackets
from .deserialize import Parameter, parse_cookies, parse_query, parse_single
from .form_data import FIELD_DELIMITERS, parse_form, style_and_explode
from .media_types import strip_parameters
from .part_headers import content_types

BOUNDARY: Final = "fieldbound-part"
#: Characters that mean themselves in a header and in a cookie, as parts of a character class.
_HEADER: Final = r" -~"
_COOKIE: Final = r"!#$&-+\--:<-\[\]-~"
_COOKIE_VALUE: Final = f"[{_COOKIE},%]*"
_TOKEN_PATTERN: Final = r"[0-9A-Za-z!#$%&'*+.^_`|~-]+"
_HEADER_VALUE: Final = r"([!-~]([ -~]*[!-~])?)?"
_DELIMITERS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
_SCALARS: Final = ("string", "number", "integer", "boolean")
_DOT_SEGMENTS: Final = (".", "..")
_MAX_DEPTH: Final = 4  # of brackets in generated names


class Unserializable(ValueError):
    """A value that has no serialization which is deserialized to it again."""


# -- parameters ----------------------------------------------------------------------------------


def serialize_parameter(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """Return a value as pairs of names and strings, percent-encoded for their location.

    A header and a path parameter are one pair. Raises Unserializable.
    """
    pairs = _pairs(parameter, value)
    strings = [string for _, string in pairs]
    if parameter.location in ("header", "path") and len(pairs) != 1:
        raise Unserializable(f"a {parameter.location} cannot be repeated")
    if not all(_is_allowed(parameter.location, string) for string in strings):
        raise Unserializable(f"invalid characters in a {parameter.location}")
    if parameter.location == "query":
        parsed = parse_query((parameter,), "&".join(f"{name}={string}" for name, string in pairs))
    elif parameter.location == "cookie":
        parsed = parse_cookies(
            (parameter,), "; ".join(f"{name}={string}" for name, string in pairs)
        )
    else:
        key = parameter.name.lower() if parameter.location == "header" else parameter.name
        parsed = parse_single((parameter,), {key: strings[0]})
    if stringified(parsed) != stringified({parameter.name: value}):
        raise Unserializable("it would be deserialized to another value")
    return pairs


def serialize_parameters(
    parameters: Sequence[Parameter], location: str, values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return the values of one location as pairs of names and strings. Raises Unserializable."""
    known = {each.name: each for each in parameters}
    if not isinstance(values, dict):
        raise Unserializable("not an object")
    if location == "path" and values.keys() != known.keys():
        raise Unserializable("a path has exactly the parameters of its template")
    pairs = []
    for name, value in values.items():
        if name in known:
            pairs += serialize_parameter(known[name], value)
        elif location == "query":
            pairs.append((quote(name, safe=""), _scalar(value, location)))
        elif re.fullmatch(_TOKEN_PATTERN, name) and _is_allowed(location, scalar_text(value)):
            pairs.append((name, scalar_text(value)))
        else:
            raise Unserializable(f"invalid name or value of a {location}")
    return pairs


def _is_allowed(location: str, string: str) -> bool:
    """Return whether a string is allowed in a location, and clients and servers preserve it."""
    if location == "header":
        return re.fullmatch(_HEADER_VALUE, string) is not None
    if location == "cookie":
        return re.fullmatch(_COOKIE_VALUE, string) is not None
    return location == "query" or string not in ("", *_DOT_SEGMENTS)


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """Return a value as pairs, not yet checked to be deserialized to it."""
    name = quote(parameter.name, safe="") if parameter.location == "query" else parameter.name
    if parameter.is_json:
        # JSON has quotes, which no cookie may have
        location = "query" if parameter.location == "cookie" else parameter.location
        return [(name, _escaped(json.dumps(value), location))]
    if parameter.has_content:
        return [(name, _scalar(value, parameter.location))]
    if parameter.style in ("label", "matrix"):
        return [(name, _path_prefixed(parameter, value))]
    if parameter.is_deep_object:
        return [
            (quote(with_brackets(parameter.name, keys), safe=""), _scalar(each, parameter.location))
            for keys, each in leaves(value)
        ]
    if isinstance(value, list):
        items = [_scalar(each, parameter.location) for each in value]
        if parameter.explode and parameter.style != "simple":
            return [(name, each) for each in items]
        return [(name, _DELIMITERS.get(parameter.style, ",").join(items))]
    if isinstance(value, dict):
        return _object_pairs(parameter, name, _serialized_properties(value, parameter.location))
    return [(name, _scalar(value, parameter.location))]


def _object_pairs(
    parameter: Parameter, name: str, pairs: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the properties of an object, each as a pair or all in one."""
    if parameter.explode and parameter.style != "simple":
        return pairs
    if parameter.explode:
        return [(name, ",".join(f"{key}={string}" for key, string in pairs))]
    delimiter = _DELIMITERS.get(parameter.style, ",")
    return [(name, delimiter.join(part for pair in pairs for part in pair))]


def _path_prefixed(parameter: Parameter, value: Any) -> str:
    """Return a path parameter in style label or matrix, whose values begin with a delimiter."""
    name, matrix = parameter.name, parameter.style == "matrix"
    delimiter = (";" if matrix else ".") if parameter.explode else ","
    prefix = f";{name}=" if matrix else "."
    if isinstance(value, list):
        items = [_scalar(each, "path") for each in value]
        repeated = matrix and parameter.explode
        return prefix + (f"{delimiter}{name}=" if repeated else delimiter).join(items)
    if not isinstance(value, dict):
        return prefix + _scalar(value, "path")
    pairs = _serialized_properties(value, "path")
    if parameter.explode:
        return delimiter + delimiter.join(f"{key}={string}" for key, string in pairs)
    return prefix + delimiter.join(part for pair in pairs for part in pair)


def _serialized_properties(value: Mapping[str, Any], location: str) -> list[tuple[str, str]]:
    return [(_escaped(name, location), _scalar(each, location)) for name, each in value.items()]


def _scalar(value: Any, location: str) -> str:
    return _escaped(scalar_text(value), location)


def _escaped(string: str, location: str) -> str:
    return quote(string, safe="") if location in ("query", "path") else string


def scalar_text(value: Any) -> str:
    """Return a scalar as a string. Raises Unserializable for objects and arrays."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise Unserializable("it is nested")
    is_integer = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if is_integer else value)


def stringified(value: Any) -> Any:
    """Return a value with its scalars as strings, for comparison."""
    if isinstance(value, dict):
        return {name: stringified(each) for name, each in value.items()}
    return [stringified(each) for each in value] if isinstance(value, list) else scalar_text(value)


# -- forms ---------------------------------------------------------------------------------------


def serialize_form(
    value: Mapping[str, Any],
    media_type: str,
    coercion: Coercion,
    encoding: Mapping[str, Any],
    part_headers: Mapping[str, Iterable[tuple[str, str]]] | None = None,
) -> tuple[bytes, str]:
    """Return a form body and its media type, with the boundary. Raises Unserializable.

    Fields are serialized by their *encoding* in the document, deepObject in brackets; the parts of
    a multipart body get the *part_headers* of their field.
    """
    if not isinstance(value, dict):
        raise Unserializable("not an object")
    fields = [
        (name, pair)
        for name, each in value.items()
        for pair in _fields(name, each, *style_and_explode(encoding.get(name)))
    ]
    if strip_parameters(media_type) == "application/x-www-form-urlencoded":
        body = "&".join(
            f"{quote(name, safe='')}={quote(string, safe='')}" for _, (name, string) in fields
        )
    else:
        media_type = f"{media_type}; boundary={BOUNDARY}"
        headers = part_headers or {}
        parts = [_part(*pair, encoding.get(at), headers.get(at, ())) for at, pair in fields]
        body = "".join((*parts, f"--{BOUNDARY}--\r\n"))
    data = body.encode()
    if stringified(parse_form(data, media_type, coercion, encoding)) != stringified(value):
        raise Unserializable("it would be deserialized to another value")
    return data, media_type


def _part(name: str, string: str, encoding: Any, headers: Iterable[tuple[str, str]]) -> str:
    """Return a part of a multipart body, with the first media type that is documented for it."""
    documented = content_types(encoding) if isinstance(encoding, dict) else []
    kind = documented[0].replace("*/*", "text/plain").replace("*", "plain") if documented else ""
    sent = [*([("Content-Type", kind)] if kind else []), *headers]
    lines = "".join([f"\r\n{header}: {text}" for header, text in sent])
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{lines}'
    return f"{head}\r\n\r\n{string}\r\n"


def _fields(name: str, value: Any, style: str, explode: bool) -> list[tuple[str, str]]:
    """Return a form field as pairs of names and strings."""
    if style == "deepObject" or _is_nested(value):
        return [(with_brackets(name, keys), scalar_text(each)) for keys, each in leaves(value)]
    if isinstance(value, dict):
        return [(name, json.dumps(value))]
    strings = [scalar_text(each) for each in (value if isinstance(value, list) else [value])]
    if isinstance(value, list) and not explode:
        strings = [FIELD_DELIMITERS[style].join(strings)]
    return [(name, each) for each in strings]


def _is_nested(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value)


# -- schemas of what can be serialized -----------------------------------------------------------


def serializable(parameters: Sequence[Parameter], location: str) -> dict[str, Any]:
    """Return a schema of the parameter values of one location that can be serialized."""
    schema: dict[str, Any] = {"properties": {each.name: _serializable(each) for each in parameters}}
    if location in ("header", "cookie"):  # others are allowed, but undocumented
        schema["additionalProperties"] = False
    return schema


def serializable_form(coercion: Coercion) -> dict[str, Any]:
    """Return a schema of the values that can be serialized as a form."""
    schema = _object_schema(coercion, {})
    if schema["additionalProperties"]:
        schema["propertyNames"] = {"pattern": "^[0-9A-Za-z_.-]+$"}
    return {
        **schema,
        "properties": {name: _field_schema(each) for name, each in coercion.named.items()},
    }


def _field_schema(coercion: Coercion) -> dict[str, Any]:
    if coercion.structure == "array":
        items = _bracketed_schema(coercion.items or Coercion(), {})
        return {"type": "array", "minItems": 1, "items": items}
    return {"type": "object"} if coercion.structure else scalar_schema(coercion, {})


def _bracketed_schema(
    coercion: Coercion, leaf: Mapping[str, Any], depth: int = 0
) -> dict[str, Any]:
    """Return a schema of values in bracket notation, whose strings match *leaf*."""
    if not coercion.structure or depth > _MAX_DEPTH:
        return scalar_schema(coercion, leaf)
    if coercion.structure == "array":
        items = _bracketed_schema(coercion.items or Coercion(), leaf, depth + 1)
        return {"type": "array", "minItems": 1, "items": items}
    found = _object_schema(coercion, leaf)
    nested = {
        name: _bracketed_schema(each, leaf, depth + 1)
        for name, each in coercion.named.items()
        if name in found["properties"]
    }
    return {**found, "properties": nested}


def _serializable(parameter: Parameter) -> dict[str, Any]:
    if parameter.is_json:
        return {}
    leaf = _string_schema(*_character_sets(parameter), parameter.location)
    if parameter.has_content:
        return scalar_schema(parameter.coercion, leaf, not_empty=parameter.location == "path")
    if parameter.is_deep_object:
        return _bracketed_schema(parameter.coercion, leaf)
    exploded = parameter.style in _DELIMITERS and parameter.explode
    if exploded and parameter.coercion.structure == "object":
        return {"not": {}}  # undefined in OpenAPI
    if parameter.coercion.structure == "array":
        items = scalar_schema(parameter.coercion.items or Coercion(), leaf)
        return {"type": "array", "minItems": 1, "items": items}
    if parameter.coercion.structure != "object":
        return scalar_schema(parameter.coercion, leaf, not_empty=parameter.location == "path")
    return _object_schema(parameter.coercion, leaf)


def _object_schema(coercion: Coercion, leaf: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of flat objects, whose names and strings match *leaf*."""
    pattern = re.compile(leaf.get("pattern", ""))
    known = {name: each for name, each in coercion.named.items() if pattern.search(name)}
    found: dict[str, Any] = {
        "type": "object",
        "minProperties": 1,
        "properties": {name: scalar_schema(each, leaf) for name, each in known.items()},
        "additionalProperties": False,
    }
    if coercion.named and coercion.others is None:
        return found
    others = scalar_schema(coercion.others or Coercion(), leaf)
    return {**found, "propertyNames": {**leaf, "minLength": 1}, "additionalProperties": others}


def scalar_schema(
    coercion: Coercion, leaf: Mapping[str, Any], *, not_empty: bool = False
) -> dict[str, Any]:
    """Return a schema of the scalars that a string is deserialized to."""
    types = [each for each in _SCALARS if each in (coercion.types or ("string",))]
    if "null" in (coercion.types or ()) and "string" not in types:
        types.append("null")
    if not types:
        return {"not": {}}
    found = {**(leaf if "string" in types else {}), "type": types}
    return {**found, "minLength": 1} if not_empty else found


def _character_sets(parameter: Parameter) -> tuple[str, str]:
    """Return the characters allowed in a string ("" for all), and exceptions from them."""
    structure = parameter.coercion.structure
    allowed = {"header": _HEADER, "cookie": _COOKIE}.get(parameter.location, "")
    if not structure:
        return allowed, ""
    exploded = parameter.style in ("label", "matrix") and parameter.explode
    delimiters = {"label": ".=" if exploded else "", "spaceDelimited": " ", "pipeDelimited": "|"}
    excluded = delimiters.get(parameter.style, "")
    if parameter.style == "form" and parameter.location == "query" and not parameter.explode:
        excluded = ","  # clients escape all commas, so an escaped one is a delimiter, too
    if allowed:
        excluded += ",=" if structure == "object" and parameter.explode else ","
    return allowed, excluded + ("[]" if parameter.is_deep_object else "")


def _string_schema(allowed: str, excluded: str, location: str) -> dict[str, Any]:
    """Return a schema of strings of these characters; headers have no outer spaces."""
    if not allowed and not excluded:
        return {}
    if not allowed:
        escaped = "".join(f"\\x{ord(each):02x}" for each in excluded)
        return {"pattern": f"^[^{escaped}]*$"}
    inner = _character_class(allowed, excluded)
    if location != "header":
        return {"pattern": f"^[{inner}]*$"}
    outer = _character_class("!-~", excluded)
    return {"pattern": f"^([{outer}]([{inner}]*[{outer}])?)?$"}


def _character_class(allowed: str, excluded: str) -> str:
    """Return the inside of a regex character class, without the excluded characters."""
    kept = [chr(at) for at in range(32, 127) if re.fullmatch(f"[{allowed}]", chr(at))]
    return "".join(f"\\x{ord(each):02x}" for each in kept if each not in excluded)
