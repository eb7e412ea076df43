"""The message of a violation: one sentence, the same in every output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from .facts import ViolationFacts
from .limits import Limit

_TYPES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_FORMATS: Final = {
    "date-time": "a date and time with its offset, such as 2024-01-31T09:30:00+00:00",
    "date": "a date, such as 2024-01-31",
    "time": "a time with its offset, such as 09:30:00Z",
    "email": "an e-mail address",
    "uri": "an absolute URI",
    "uuid": "a UUID",
}
_UNITS: Final = {
    "Length": ("character", "characters"),
    "Items": ("item", "items"),
    "Properties": ("property", "properties"),
}
#: What an unknown name is not, by how the name of the contract ends.
_NAMED: Final = {
    "headers": "header",
    "query": "query parameter",
    "path": "path parameter",
    "cookies": "cookie",
}
_TEXTS: Final = {
    "syntax": "syntax error",
    "encoding": "the text is not UTF-8",
    "byteOrderMark": "the text starts with a byte order mark (BOM)",
    "duplicateKey": "duplicate key {at}",
    "nonFinite": "{at} is not a finite number (JSON has no NaN and no Infinity)",
    "loneSurrogate": "{at} contains a lone surrogate, which is not a character",
    "trailingData": "extra data after the end of the document",
    "depth": "values are nested too deeply",
}
#: How pointers into the body of an HTTP message begin.
_BODY: Final = "/body/"
#: The detail of a violation inside a sensitive value, which is reported of the value as a whole.
INSIDE_SENSITIVE: Final = "within"
_MOST_CHOICES: Final = 8
_LONG_POINTER: Final = 200
_EXACT: Final = 1e15  # below it, every whole float is shown as the integer it is


# -- sentences -----------------------------------------------------------------------------------


def message(violation: ViolationFacts) -> str:
    """Say what was found and what the contract takes, in one sentence."""
    at = _shortened(violation.pointer) or "the document"
    limit = violation.limit
    if limit is None:
        text = violation.detail or _TEXTS.get(violation.code, violation.code).format(at=at)
        return f"{at}: {text}" if violation.detail and f"{at}/".startswith(_BODY) else text
    if violation.detail == INSIDE_SENSITIVE:
        return f"{at} is sensitive, and a value inside it breaks {violation.code}"
    sentence = _SENTENCES.get(violation.code)
    return sentence(at, violation, limit) if sentence else f"{at} breaks {violation.code}"


def _shortened(pointer: str) -> str:
    """Return a pointer of which names of any length leave both ends."""
    if len(pointer) <= _LONG_POINTER:
        return pointer
    return f"{pointer[: _LONG_POINTER // 2]}…{pointer[-_LONG_POINTER // 2 :]}"


def _is(at: str, violation: ViolationFacts) -> str:
    return f"{at} is {_found(violation)}"


def _found(violation: ViolationFacts) -> str:
    """Return a value as far as it may be shown, else its type."""
    kind, actual = violation.kind or "null", violation.actual
    if kind == "null":
        return "null"
    if actual is None:
        return "a boolean" if kind == "boolean" else _TYPES[kind]
    if kind in ("integer", "number") and isinstance(actual, str):
        return actual
    return to_json(actual)


def _size(at: str, violation: ViolationFacts, limit: Limit) -> str:
    least = limit.keyword.startswith("min")
    one, several = _UNITS[limit.keyword[3:]]
    if violation.actual is None:
        return f"{at} has too {'few' if least else 'many'} {several}, the limit is {limit.value}"
    bound = f"but needs at least {limit.value}" if least else f"the limit is {limit.value}"
    return f"{at} has {violation.actual} {one if violation.actual == 1 else several}, {bound}"


def _choice(at: str, violation: ViolationFacts, limit: Limit) -> str:
    said = violation.kind == "string" and violation.code == "type" and violation.actual is not None
    expected = _expected((limit, *violation.also), violation.detail == "alternatives")
    return f"{_is(at, violation)}{' (a string)' if said else ''}, but must be {expected}"


def _expected(limits: Sequence[Limit], alternatives: bool) -> str:
    """Return what limits on types and values together take.

    Where a value is chosen from some, its type goes without saying, but for *alternatives*, of
    which another may take any value of a type.
    """
    chosen = [limit for limit in limits if limit.keyword in ("enum", "const")]
    beside = {limit.location.rpartition("/")[0] for limit in chosen}
    if chosen and alternatives:
        limits = [limit for limit in limits if limit.location.rpartition("/")[0] not in beside]
    types = [] if chosen and not alternatives else kinds_of(limits)
    words = [to_json(choice) for choice in choices_of(chosen)]
    kinds = [_TYPES.get(kind, kind) for kind in dict.fromkeys(types)]
    if len(words) > _MOST_CHOICES:
        some = f"one of {len(words)} values, such as {', '.join(words[:4])}"
        return _either([some, *kinds])
    return _either([*words, *kinds]) if words or kinds else "a value that no schema allows"


def choices_of(limits: Iterable[Limit]) -> list[Any]:
    """Return the values that limits choose from."""
    choices: list[Any] = []
    for limit in limits:
        if limit.keyword == "enum":
            choices += [each for each in limit.value if each not in choices]
        elif limit.keyword == "const" and limit.value not in choices:
            choices.append(limit.value)
    return choices


def kinds_of(limits: Iterable[Limit]) -> list[str]:
    """Return the types that limits take."""
    kinds = []
    for limit in limits:
        if limit.keyword == "type":
            kinds += limit.value if isinstance(limit.value, list) else [limit.value]
    return kinds


def _either(words: Iterable[str]) -> str:
    *firsts, last = words
    return f"{', '.join(firsts)} or {last}" if firsts else last


def _pattern(at: str, violation: ViolationFacts, limit: Limit) -> str:
    if violation.detail == "undecided":
        return f"{at} takes too long to match {limit.value}, and counts as not matching"
    return f"{_is(at, violation)}, but must match {limit.value}"


def _format(at: str, violation: ViolationFacts, limit: Limit) -> str:
    wanted = _FORMATS.get(limit.value, f"a valid {limit.value}")
    return f"{_is(at, violation)}, but must be {wanted}"


def _bound(at: str, violation: ViolationFacts, limit: Limit) -> str:
    most, value = limit.keyword in ("maximum", "exclusiveMaximum"), to_json(limit.value)
    if limit.value is True:  # in draft 4 it is the bound beside it that is excluded
        return f"{_is(at, violation)}, but must be {'less' if most else 'more'} than its bound"
    if limit.keyword.startswith("exclusive"):
        return f"{_is(at, violation)}, but must be {'less' if most else 'more'} than {value}"
    return f"{_is(at, violation)}, but must be at {'most' if most else 'least'} {value}"


def _multiple(at: str, violation: ViolationFacts, limit: Limit) -> str:
    of = "a whole number" if limit.value == 1 else f"a multiple of {to_json(limit.value)}"
    return f"{_is(at, violation)}, but must be {of}"


def _missing(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    others = _required(violation)
    if is_elsewhere(violation):
        return f"{at} is missing: it was sent as {_shortened(str(violation.detail))}"
    return f"{at} is missing" + (f", or {_either(others)} in its place" if others else "")


def is_elsewhere(violation: ViolationFacts) -> bool:
    """Return whether what is missing is there under another name, which the detail tells."""
    return (violation.detail or "").startswith("/")


def _unknown(at: str, violation: ViolationFacts, limit: Limit) -> str:
    others = _required(violation)
    if limit.value is not False and limit.keyword == "unevaluatedProperties":
        return f"{at} does not match the schema of undocumented properties"
    return f"{at} is not a documented {_noun(limit)}" + (f", and {_either(others)} is missing" if others else "")


def _noun(limit: Limit) -> str:
    """Return what the names in an instance are, by the part that the contract is of."""
    return _NAMED.get(limit.contract.rpartition("/")[2].rpartition(".")[2], "property")


def _required(violation: ViolationFacts) -> list[str]:
    """Return the names of what is required as well, each as a pointer beside the violation's."""
    at, beside = violation.limit and violation.limit.pointer, violation.pointer.rpartition("/")[0]
    required = {each.pointer: None for each in violation.also if each.keyword == "required"}
    others = [each for each in required if each != at]
    return [
        _moved(each, beside) if each.count("/") == str(at).count("/") else each for each in others
    ]


def _moved(pointer: str, beside: str) -> str:
    return f"{beside}/{pointer.rpartition('/')[2]}"


def _not(at: str, violation: ViolationFacts, limit: Limit) -> str:
    if limit.value in ({}, True, False):
        return f"{at} is not allowed here"
    return f"{_is(at, violation)}, which is not allowed"


def _name(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    why = "no name is allowed" if violation.detail is None else f"it breaks {violation.detail}"
    return f"{at} is not a valid property name: {why}"


def _one_of(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    if violation.detail is None:
        return f"{at} matches none of the alternatives"
    return f"{at} matches {violation.detail} alternatives, but must match exactly one"


def _fixed(words: str) -> Callable[[str, ViolationFacts, Limit], str]:
    return lambda at, violation, limit: f"{at} {words}"  # noqa: ARG005


_SURPLUS = _fixed("is an item too many")
_SENTENCES: Final[dict[str, Callable[[str, ViolationFacts, Limit], str]]] = {
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems"), _size),
    **dict.fromkeys(("maxProperties", "minProperties"), _size),
    **dict.fromkeys(("type", "enum", "const"), _choice),
    **dict.fromkeys(("required", "dependentRequired", "dependencies"), _missing),
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), _bound),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), _unknown),
    **dict.fromkeys(("items", "additionalItems", "unevaluatedItems"), _SURPLUS),
    **dict.fromkeys(("anyOf", "oneOf"), _one_of),
    "multipleOf": _multiple,
    "pattern": _pattern,
    "format": _format,
    "not": _not,
    "propertyNames": _name,
    "readOnly": _fixed("is read-only (set by the server) and not allowed in a request"),
    "writeOnly": _fixed("is write-only and not allowed in a response"),
    "uniqueItems": _fixed("has duplicate items"),
    "contains": _fixed("has no item that matches `contains`"),
    "minContains": _fixed("has too few items that match `contains`"),
    "maxContains": _fixed("has too many items that match `contains`"),
    "contentEncoding": _fixed("does not have the required encoding"),
    "contentMediaType": _fixed("does not have the required media type"),
}


# -- the rest ------------------------------------------------------------------------------------

#: How a sentence goes on from what a source says to the source's title.
_CITING: Final = {
    "stated": "stated in",
    "observed": "observed in",
    "example": "example in",
    "inferred": "inferred from",
}


def citation(limit: Limit, *, address: bool = True) -> str | None:
    """Say who says so, such as `stated in "Create a product group", https://…`, if anyone does."""
    source = limit.source
    if source is None:
        return limit.says
    said = f'{_CITING.get(limit.says or "", "see")} "{source.title}"'
    return f"{said}, {source.address}" if address and source.address else said


def pluralize(number: int, unit: str) -> str:
    """Return a number with its unit, such as `1 character` or `151 characters`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def to_json(value: Any, *, compact: bool = False) -> str:
    """Return a value as JSON, *compact* without a space."""
    import json

    if not compact and isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    try:
        separators = (",", ":") if compact else None
        return json.dumps(value, ensure_ascii=False, separators=separators)
    except (TypeError, ValueError):
        return str(value)
