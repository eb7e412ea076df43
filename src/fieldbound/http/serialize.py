"""Values go in, the texts that are read as them come out: parameters, headers, cookies and forms.

What `reading` takes apart is put together here, by the style that the document asks for. Not every
value can be written as a text: an empty list cannot, nor a comma in the item of a header.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fieldbound.validation import Shape

from .bracket_notation import leaves, written
from .deserialize import Parameter, read_cookies, read_named, read_query
from .form_data import FIELD_DELIMITERS, read_form, style_of
from .media_types import bare

BOUNDARY: Final = "fieldbound-part"
#: What may not stand in a text of some place, as it would be read as something else there.
_HEADER: Final = r" -~"
_COOKIE: Final = r"!#$&-+\--:<-\[\]-~"
_COOKIE_TEXT: Final = f"[{_COOKIE},%]*"
_TOKEN: Final = r"[0-9A-Za-z!#$%&'*+.^_`|~-]+"
_PLAIN: Final = r"([!-~]([ -~]*[!-~])?)?"
_DELIMITERS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
_SCALARS: Final = ("string", "number", "integer", "boolean")
_DOTS: Final = (".", "..")
_DEEP: Final = 4  # brackets behind brackets in what is drawn


class Unwritable(ValueError):
    """A value that cannot be written as a text which is read as this value."""


# -- parameters ----------------------------------------------------------------------------------


def write(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """Return a value as pairs of names and texts, escaped as they stand in a message.

    A header, a cookie and a part of a path is one pair. Raises Unwritable.
    """
    pairs = _pairs(parameter, value)
    texts = [text for _, text in pairs]
    if parameter.place in ("header", "path") and len(pairs) != 1:
        raise Unwritable(f"a {parameter.place} is there once")
    if not all(_fits(parameter.place, text) for text in texts):
        raise Unwritable(f"a {parameter.place} has no such text")
    if parameter.place == "query":
        back = read_query((parameter,), "&".join(f"{name}={text}" for name, text in pairs))
    elif parameter.place == "cookie":
        back = read_cookies((parameter,), "; ".join(f"{name}={text}" for name, text in pairs))
    else:
        key = parameter.name.lower() if parameter.place == "header" else parameter.name
        back = read_named((parameter,), {key: texts[0]})
    if plain(back) != plain({parameter.name: value}):
        raise Unwritable("it would be read as another value")
    return pairs


def write_set(
    parameters: Sequence[Parameter], place: str, values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return named values of one place as pairs of names and texts. Raises Unwritable."""
    known = {each.name: each for each in parameters}
    if not isinstance(values, dict):
        raise Unwritable("names have values")
    if place == "path" and values.keys() != known.keys():
        raise Unwritable("a path has the parameters of its template, all of them")
    pairs = []
    for name, value in values.items():
        if name in known:
            pairs += write(known[name], value)
        elif place == "query":
            pairs.append((quote(name, safe=""), _scalar(value, place)))
        elif re.fullmatch(_TOKEN, name) and _fits(place, text_of(value)):
            pairs.append((name, text_of(value)))
        else:
            raise Unwritable(f"a {place} has no such name or value")
    return pairs


def _fits(place: str, text: str) -> bool:
    """Return whether a text can stand in a place, and comes through all that hand it on."""
    if place == "header":
        return re.fullmatch(_PLAIN, text) is not None
    if place == "cookie":
        return re.fullmatch(_COOKIE_TEXT, text) is not None
    return place == "query" or text not in ("", *_DOTS)


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    name = quote(parameter.name, safe="") if parameter.place == "query" else parameter.name
    if parameter.is_json:
        place = "query" if parameter.place == "cookie" else parameter.place  # it has quotes
        return [(name, _escaped(json.dumps(value), place))]
    if parameter.has_media_type:
        return [(name, _scalar(value, parameter.place))]
    if parameter.style in ("label", "matrix"):
        return [(name, _prefixed(parameter, value))]
    if parameter.deep:
        return [
            (quote(written(parameter.name, keys), safe=""), _scalar(each, parameter.place))
            for keys, each in leaves(value)
        ]
    if isinstance(value, list):
        items = [_scalar(each, parameter.place) for each in value]
        if parameter.explode and parameter.style != "simple":
            return [(name, each) for each in items]
        return [(name, _DELIMITERS.get(parameter.style, ",").join(items))]
    if isinstance(value, dict):
        return _attributes(parameter, name, _members(value, parameter.place))
    return [(name, _scalar(value, parameter.place))]


def _attributes(
    parameter: Parameter, name: str, members: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the attributes of an object, each by itself or all in one text."""
    if parameter.explode and parameter.style != "simple":
        return members
    if parameter.explode:
        return [(name, ",".join(f"{key}={text}" for key, text in members))]
    mark = _DELIMITERS.get(parameter.style, ",")
    return [(name, mark.join(part for member in members for part in member))]


def _prefixed(parameter: Parameter, value: Any) -> str:
    """Return a value in a path, in a style of which the mark stands before it."""
    name, matrix = parameter.name, parameter.style == "matrix"
    mark = (";" if matrix else ".") if parameter.explode else ","
    first = f";{name}=" if matrix else "."
    if isinstance(value, list):
        items = [_scalar(each, "path") for each in value]
        return first + (f"{mark}{name}=" if matrix and parameter.explode else mark).join(items)
    if not isinstance(value, dict):
        return first + _scalar(value, "path")
    members = _members(value, "path")
    if parameter.explode:
        return mark + mark.join(f"{key}={text}" for key, text in members)
    return first + mark.join(part for member in members for part in member)


def _members(value: Mapping[str, Any], place: str) -> list[tuple[str, str]]:
    return [(_escaped(name, place), _scalar(each, place)) for name, each in value.items()]


def _scalar(value: Any, place: str) -> str:
    return _escaped(text_of(value), place)


def _escaped(text: str, place: str) -> str:
    return quote(text, safe="") if place in ("query", "path") else text


def text_of(value: Any) -> str:
    """Return a value that has no parts as a text. Raises Unwritable for any other."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise Unwritable("it has parts within parts")
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value)


def plain(value: Any) -> Any:
    """Return a value in which those are the same that are written as the same text."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else text_of(value)


# -- forms ---------------------------------------------------------------------------------------


def write_form(
    value: Mapping[str, Any], media_type: str, shape: Shape, encoding: Mapping[str, Any]
) -> tuple[bytes, str]:
    """Return the body of a form and its media type, with the boundary. Raises Unwritable.

    Fields are written by the *encoding* that the document names for them, deepObject in brackets.
    """
    if not isinstance(value, dict):
        raise Unwritable("a form has names")
    pairs = [
        pair
        for name, each in value.items()
        for pair in _fields(name, each, style_of(encoding.get(name)))
    ]
    if bare(media_type) == "application/x-www-form-urlencoded":
        body = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs)
    else:
        media_type = f"{media_type}; boundary={BOUNDARY}"
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
        parts = [f'{head}{name}"\r\n\r\n{text}\r\n' for name, text in pairs]
        body = "".join((*parts, f"--{BOUNDARY}--\r\n"))
    data = body.encode()
    if plain(read_form(data, media_type, shape, encoding)) != plain(value):
        raise Unwritable("it would be read as another value")
    return data, media_type


def _fields(name: str, value: Any, said: tuple[str, bool]) -> list[tuple[str, str]]:
    """Return a field of a form as pairs of names and texts."""
    style, explode = said
    if style == "deepObject" or _is_nested(value):
        return [(written(name, keys), text_of(each)) for keys, each in leaves(value)]
    if isinstance(value, dict):
        return [(name, json.dumps(value))]
    texts = [text_of(each) for each in (value if isinstance(value, list) else [value])]
    if isinstance(value, list) and not explode:
        texts = [FIELD_DELIMITERS[style].join(texts)]
    return [(name, each) for each in texts]


def _is_nested(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value)


# -- what can be written -------------------------------------------------------------------------


def writable(parameters: Sequence[Parameter], place: str) -> dict[str, Any]:
    """Return a schema that takes, of sets of named values, those that can be written."""
    schema: dict[str, Any] = {"properties": {each.name: _writable(each) for each in parameters}}
    if place in ("header", "cookie"):  # where others may be there, but nobody knows them
        schema["additionalProperties"] = False
    return schema


def writable_form(shape: Shape) -> dict[str, Any]:
    """Return a schema that takes, of values that are a form, those that can be written."""
    schema = _object(shape, {})
    if schema["additionalProperties"]:
        schema["propertyNames"] = {"pattern": "^[0-9A-Za-z_.-]+$"}
    return {**schema, "properties": {name: _field(each) for name, each in shape.named.items()}}


def _field(shape: Shape) -> dict[str, Any]:
    if shape.structure == "array":
        items = _nested(shape.items or Shape(), {})
        return {"type": "array", "minItems": 1, "items": items}
    return {"type": "object"} if shape.structure else leaf_of(shape, {})


def _nested(shape: Shape, leaf: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Return a schema of what can be written in brackets: objects and arrays, of such texts."""
    if not shape.structure or depth > _DEEP:
        return leaf_of(shape, leaf)
    if shape.structure == "array":
        items = _nested(shape.items or Shape(), leaf, depth + 1)
        return {"type": "array", "minItems": 1, "items": items}
    found = _object(shape, leaf)
    within = {
        name: _nested(each, leaf, depth + 1)
        for name, each in shape.named.items()
        if name in found["properties"]
    }
    return {**found, "properties": within}


def _writable(parameter: Parameter) -> dict[str, Any]:
    if parameter.is_json:
        return {}
    letters, others = _letters(parameter)
    leaf = _pattern(letters, others, parameter.place)
    if parameter.has_media_type:
        return leaf_of(parameter.shape, leaf, least=parameter.place == "path")
    if parameter.deep:
        return _nested(parameter.shape, leaf)
    apart = parameter.style in _DELIMITERS and parameter.explode
    if apart and parameter.shape.structure == "object":
        return {"not": {}}  # OpenAPI does not say how these styles write attributes apart
    if parameter.shape.structure == "array":
        items = leaf_of(parameter.shape.items or Shape(), leaf)
        return {"type": "array", "minItems": 1, "items": items}
    if parameter.shape.structure != "object":
        return leaf_of(parameter.shape, leaf, least=parameter.place == "path")
    return _object(parameter.shape, leaf)


def _object(shape: Shape, leaf: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of objects of such texts: of names that are known, if any are."""
    fits = re.compile(leaf.get("pattern", ""))
    known = {name: each for name, each in shape.named.items() if fits.search(name)}
    found: dict[str, Any] = {
        "type": "object",
        "minProperties": 1,
        "properties": {name: leaf_of(each, leaf) for name, each in known.items()},
        "additionalProperties": False,
    }
    if shape.named and shape.others is None:
        return found
    others = leaf_of(shape.others or Shape(), leaf)
    return {**found, "propertyNames": {**leaf, "minLength": 1}, "additionalProperties": others}


def leaf_of(shape: Shape, leaf: Mapping[str, Any], *, least: bool = False) -> dict[str, Any]:
    """Return a schema of the values without parts that a text is read as."""
    kinds = [each for each in _SCALARS if each in (shape.kinds or ("string",))]
    if "null" in (shape.kinds or ()) and "string" not in kinds:
        kinds.append("null")
    if not kinds:
        return {"not": {}}
    found = {**(leaf if "string" in kinds else {}), "type": kinds}
    return {**found, "minLength": 1} if least else found


def _letters(parameter: Parameter) -> tuple[str, str]:
    """Return the letters that may stand in a text, if not all, and those of them that may not."""
    parts = parameter.shape.structure
    letters = {"header": _HEADER, "cookie": _COOKIE}.get(parameter.place, "")
    if not parts:
        return letters, ""
    apart = parameter.style in ("label", "matrix") and parameter.explode
    others = {"label": ".=" if apart else "", "spaceDelimited": " ", "pipeDelimited": "|"}
    found = others.get(parameter.style, "")
    if parameter.style == "form" and parameter.place == "query" and not parameter.explode:
        found = ","  # in a list of one item, an escaped comma is read as one between items
    if letters:
        found += ",=" if parts == "object" and parameter.explode else ","
    return letters, found + ("[]" if parameter.deep else "")


def _pattern(letters: str, others: str, place: str) -> dict[str, Any]:
    """Return a schema of texts of such letters; a header has no blanks around it."""
    if not letters and not others:
        return {}
    if not letters:
        barred = "".join(f"\\x{ord(each):02x}" for each in others)
        return {"pattern": f"^[^{barred}]*$"}
    inner = _without(letters, others)
    if place != "header":
        return {"pattern": f"^[{inner}]*$"}
    outer = _without("!-~", others)
    return {"pattern": f"^([{outer}]([{inner}]*[{outer}])?)?$"}


def _without(letters: str, others: str) -> str:
    """Return the inside of a character class, without some characters, one by one."""
    kept = [chr(at) for at in range(32, 127) if re.fullmatch(f"[{letters}]", chr(at))]
    return "".join(f"\\x{ord(each):02x}" for each in kept if each not in others)
