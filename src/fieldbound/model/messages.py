"""The message of a violation: one sentence, the same in every output."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from .facts import ViolationFacts
from .limits import ALTERNATIVE, Limit
from .pointers import pointer_of, tokens_of

TYPE_PHRASES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_FORMAT_PHRASES: Final = {
    "date-time": "a date and time with its offset, such as 2024-01-31T09:30:00+00:00",
    "date": "a date, such as 2024-01-31",
    "time": "a time with its offset, such as 09:30:00Z",
    "email": "an e-mail address",
    "uri": "an absolute URI",
    "uuid": "a UUID",
}
#: What is counted by a keyword, by the end of its name: one of it, and several.
UNITS: Final = {
    "Length": ("character", "characters"),
    "Items": ("item", "items"),
    "Properties": ("property", "properties"),
}
#: What properties are in the contract of a part of a message, by the end of its name.
_NAMES_BY_PART: Final = {
    "headers": "header",
    "query": "query parameter",
    "path": "path parameter",
    "cookies": "cookie",
}
_SYNTAX_MESSAGES: Final = {
    "syntax": "syntax error",
    "encoding": "the text is not valid UTF-8",
    "byteOrderMark": "the text starts with a byte order mark (BOM)",
    "duplicateKey": "duplicate key {at}",
    "nonFinite": "{at} is not a finite number (JSON has no NaN and no Infinity)",
    "loneSurrogate": "{at} contains a lone surrogate, which is not a character",
    "trailingData": "extra data after the end of the document",
    "depth": "values are nested too deeply",
}
#: The prefix of pointers into the body of an HTTP message.
_BODY_PREFIX: Final = "/body/"
#: The detail of a violation of a pattern by a string that has no wrong character, but too few; else
#: it is the number of the first wrong one.
ENDS_TOO_EARLY: Final = "ends too early"
#: The detail of a violation inside a sensitive value, which is reported for the value itself.
INSIDE_SENSITIVE: Final = "within"
#: The detail of a violation by a path that is not documented; *known* are the nearest ones.
DOCUMENTED_PATHS: Final = "paths"
#: The detail of a violation of the limits of several branches, any of which would be enough.
ALTERNATIVES: Final = "alternatives"
#: The detail of a violation by one of several branches that are equally close.
EQUAL: Final = "equal"
_CLOSED: Final = frozenset(("additionalProperties", "unevaluatedProperties"))
_MAX_CHOICES: Final = 8
_MAX_POINTER: Final = 200
_MAX_EXACT_FLOAT: Final = 1e15  # below it, a whole float is shown as an integer


# -- messages ------------------------------------------------------------------------------------


def message(violation: ViolationFacts) -> str:
    """Return one sentence that says what was found and what the contract allows."""
    at = _shorten(violation.pointer) or "the document"
    limit = violation.limit
    if limit is None:
        text = violation.detail or _SYNTAX_MESSAGES.get(violation.code, violation.code).format(
            at=at
        )
        # a document shows the place; a body, and a value without a text, have the pointer alone
        is_placed = violation.place is not None and not f"{at}/".startswith(_BODY_PREFIX)
        names_it = is_placed or not violation.detail or not violation.pointer
        return text if names_it else f"{at}: {text}"
    if violation.detail == INSIDE_SENSITIVE:
        return f"{at} is sensitive, and a value inside it violates {violation.code}"
    if violation.detail == EQUAL:
        return f"{message(replace(violation, detail=None))} (another alternative is as close)"
    describe = _MESSAGES.get(violation.code)
    text = describe(at, violation, limit) if describe else f"{at} violates {violation.code}"
    return text + _where(violation, limit)


def _where(violation: ViolationFacts, limit: Limit) -> str:
    """Return where the limit applies, unless that is in a branch that no value selects."""
    condition = limit.condition
    if condition is None or condition.startswith(ALTERNATIVE):
        return ""
    required = violation.code in ("required", "dependentRequired", "dependencies")
    where = f"where {_here(condition, violation)}"
    return f": required {where}" if required and violation.detail is None else f" ({where})"


def _here(text: str, violation: ViolationFacts) -> str:
    """Return pointers of the contract as they are in the instance: `*` as the index or the name."""
    of_limit = tokens_of(violation.limit.pointer) if violation.limit else ()
    tokens = tokens_of(violation.pointer)
    # a limit within itself has the pointer one step in: the last steps are the same
    above = 0 if _is_of(of_limit, tokens) else len(tokens) - len(of_limit)
    if above and not _is_of(of_limit, tokens[above:]):
        return text
    for end in range(len(of_limit), 0, -1):
        if of_limit[end - 1] == "*":
            general, own = pointer_of(of_limit[:end]), pointer_of(tokens[: above + end])
            place = rf"(?<![^ (]){re.escape(general)}(?=[/ ),]|$)"
            text = re.sub(place, own.replace("\\", r"\\"), text)
    return text


def _is_of(limit: Sequence[str], tokens: Sequence[str]) -> bool:
    """Return whether a path starts with that of a limit, in which `*` is any token."""
    return len(tokens) >= len(limit) and all(
        own in ("*", token) for own, token in zip(limit, tokens, strict=False)
    )


def _shorten(pointer: str) -> str:
    """Return a pointer, of a long one the start and the end."""
    if len(pointer) <= _MAX_POINTER:
        return pointer
    return f"{pointer[: _MAX_POINTER // 2]}…{pointer[-_MAX_POINTER // 2 :]}"


def _actual(at: str, violation: ViolationFacts) -> str:
    return f"{at} is {_describe_value(violation)}"


def _describe_value(violation: ViolationFacts) -> str:
    """Return the value as JSON if it may be shown, else its type."""
    kind, actual = violation.kind or "null", violation.actual
    if kind == "null":
        return "null"
    if actual is None:
        return "a boolean" if kind == "boolean" else TYPE_PHRASES[kind]
    if kind in ("integer", "number") and isinstance(actual, str):
        return actual
    if violation.code == "type" and isinstance(actual, float):  # 1.0 is no integer of draft 4
        return violation.text or str(actual)
    return to_json(actual)


def _size(at: str, violation: ViolationFacts, limit: Limit) -> str:
    least = limit.keyword.startswith("min")
    one, several = UNITS[limit.keyword[3:]]
    if violation.actual is None:
        return f"{at} has too {'few' if least else 'many'} {several}, the limit is {limit.value}"
    bound = f"but needs at least {limit.value}" if least else f"the limit is {limit.value}"
    return f"{at} has {violation.actual} {one if violation.actual == 1 else several}, {bound}"


def _type_or_enum(at: str, violation: ViolationFacts, limit: Limit) -> str:
    is_string = violation.kind == "string" and violation.code == "type"
    note = " (a string)" if is_string and violation.actual is not None else ""
    if violation.detail == DOCUMENTED_PATHS and len(limit.value) > _MAX_CHOICES:
        return f"{_actual(at, violation)}, which is none of the {len(limit.value)} documented paths"
    expected = _expected((limit, *violation.also), violation.detail == ALTERNATIVES)
    return f"{_actual(at, violation)}{note}, {expected}"


def _expected(limits: Sequence[Limit], alternatives: bool) -> str:
    """Return the values and types that limits allow together.

    The type of enumerated values is implied; but of *alternatives* (anyOf, oneOf), another one may
    allow every value of a type.
    """
    enums = [limit for limit in limits if limit.keyword in ("enum", "const")]
    schemas = {limit.location.rpartition("/")[0] for limit in enums}
    if enums and alternatives:
        limits = [limit for limit in limits if limit.location.rpartition("/")[0] not in schemas]
    types = [] if enums and not alternatives else allowed_types(limits)
    values = [to_json(value) for value in allowed_values(enums)]
    types = [TYPE_PHRASES.get(name, name) for name in dict.fromkeys(types)]
    if len(values) > _MAX_CHOICES:
        values = [f"one of {len(values)} values, such as {', '.join(values[:4])}"]
    phrases = [*values, *types]
    return f"but must be {join_or(phrases)}" if phrases else "but no value is allowed"


def allowed_values(limits: Iterable[Limit]) -> list[Any]:
    """Return the values that `enum` and `const` limits allow, each once; false is not 0."""
    values: dict[str, Any] = {}
    for limit in limits:
        if limit.keyword in ("enum", "const"):
            for each in limit.value if limit.keyword == "enum" else (limit.value,):
                values.setdefault(to_json(each), each)
    return list(values.values())


def allowed_types(limits: Iterable[Limit]) -> list[str]:
    """Return the types that `type` limits allow."""
    types = []
    for limit in limits:
        if limit.keyword == "type":
            types += limit.value if isinstance(limit.value, list) else [limit.value]
    return types


def join_or(words: Iterable[str]) -> str:
    """Return words as a list that ends in "or": `a, b or c`."""
    *others, last = list(words) or [""]
    return f"{', '.join(others)} or {last}" if others else last


def _pattern(at: str, violation: ViolationFacts, limit: Limit) -> str:
    text = f"{_actual(at, violation)}, but must match {limit.value}"
    found, actual = violation.detail or "", violation.actual
    if found == ENDS_TOO_EARLY:
        return f"{text}: it ends too early"
    if not found.isdecimal():
        return text
    char = actual[int(found) - 1 : int(found)] if isinstance(actual, str) else ""
    is_shown = char and not (int(found) == len(actual) and char == "…")
    which = f"{found}, {to_json(char)}," if is_shown else found
    return f"{text}: character {which} does not fit"


def _format(at: str, violation: ViolationFacts, limit: Limit) -> str:
    expected = _FORMAT_PHRASES.get(limit.value, f"a valid {limit.value}")
    return f"{_actual(at, violation)}, but must be {expected}"


def _bound(at: str, violation: ViolationFacts, limit: Limit) -> str:
    most, value = limit.keyword in ("maximum", "exclusiveMaximum"), to_json(limit.value)
    if limit.value is True:  # draft 4, in which `maximum` or `minimum` is the bound
        return f"{_actual(at, violation)}, but must be {'less' if most else 'more'} than the bound"
    if limit.keyword.startswith("exclusive"):
        return f"{_actual(at, violation)}, but must be {'less' if most else 'more'} than {value}"
    return f"{_actual(at, violation)}, but must be at {'most' if most else 'least'} {value}"


def _multiple(at: str, violation: ViolationFacts, limit: Limit) -> str:
    of = "a whole number" if limit.value == 1 else f"a multiple of {to_json(limit.value)}"
    return f"{_actual(at, violation)}, but must be {of}"


def _missing(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    others = _other_required(violation)
    if is_misnamed(violation):
        return f"{at} is missing: it was sent as {_shorten(str(violation.detail))}"
    return f"{at} is missing" + (f", or {join_or(others)} instead" if others else "")


def is_misnamed(violation: ViolationFacts) -> bool:
    """Return whether a missing value was sent at another pointer, which is the detail."""
    return (violation.detail or "").startswith("/")


def _undocumented(at: str, violation: ViolationFacts, limit: Limit) -> str:
    others = _other_required(violation)
    if limit.value is not False and limit.keyword == "unevaluatedProperties":
        return f"{at} does not match the schema for other properties"
    patterns = "" if violation.detail is None else f" and does not match {violation.detail}"
    return f"{at} is not a documented {_noun(limit)}{patterns}" + (
        f", and {join_or(others)} is missing" if others else ""
    )


def _noun(limit: Limit) -> str:
    """Return what a property of the contract's part of a message is called."""
    return _NAMES_BY_PART.get(limit.contract.rpartition("/")[2].rpartition(".")[2], "property")


def _other_required(violation: ViolationFacts) -> list[str]:
    """Return the pointers of the other required properties, as they are in the instance."""
    at = violation.limit.pointer if violation.limit else ""
    holder = at if violation.code in _CLOSED else at.rpartition("/")[0]  # of the limit
    parent = violation.pointer.rpartition("/")[0]
    required = {each.pointer: None for each in violation.also if each.keyword == "required"}
    return [
        f"{parent}{each.removeprefix(holder)}" if each.startswith(f"{holder}/") else each
        for each in required
        if each != at
    ]


def _not(at: str, violation: ViolationFacts, limit: Limit) -> str:
    if limit.value in ({}, True, False):
        return f"{at} is not allowed here"
    reason = violation.detail
    if reason is None or reason.startswith("it "):
        why = "" if reason is None else f" ({reason})"
        return f"{_actual(at, violation)}, which is not allowed{why}"
    return reason


def _property_name(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    why = "no name is allowed" if violation.detail is None else f"it violates {violation.detail}"
    return f"{at} is not a valid property name: {why}"


def _alternatives(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    if violation.detail is None:
        return f"{at} matches none of the alternatives"
    if violation.detail.startswith("/"):  # names that exclude each other
        return violation.detail
    return f"{at} matches {violation.detail} alternatives, but must match exactly one"


def _content(at: str, violation: ViolationFacts, limit: Limit) -> str:  # noqa: ARG001
    return f"{at} is not valid {limit.value}"


def _constant(words: str) -> Callable[[str, ViolationFacts, Limit], str]:
    return lambda at, violation, limit: f"{at} {words}"  # noqa: ARG005


_ADDITIONAL_ITEM = _constant("is an additional item, which is not allowed")
_MESSAGES: Final[dict[str, Callable[[str, ViolationFacts, Limit], str]]] = {
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems"), _size),
    **dict.fromkeys(("maxProperties", "minProperties"), _size),
    **dict.fromkeys(("type", "enum", "const"), _type_or_enum),
    **dict.fromkeys(("required", "dependentRequired", "dependencies"), _missing),
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), _bound),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), _undocumented),
    **dict.fromkeys(("items", "additionalItems", "unevaluatedItems"), _ADDITIONAL_ITEM),
    **dict.fromkeys(("anyOf", "oneOf"), _alternatives),
    "multipleOf": _multiple,
    "pattern": _pattern,
    "format": _format,
    "not": _not,
    "propertyNames": _property_name,
    "readOnly": _constant("is read-only (set by the server) and not allowed in a request"),
    "writeOnly": _constant("is write-only and not allowed in a response"),
    "uniqueItems": _constant("has duplicate items"),
    "contains": _constant("has no item that matches `contains`"),
    "minContains": _constant("has too few items that match `contains`"),
    "maxContains": _constant("has too many items that match `contains`"),
    **dict.fromkeys(("contentEncoding", "contentMediaType"), _content),
}


# -- words ---------------------------------------------------------------------------------------


def pluralize(number: int, unit: str) -> str:
    """Return a number with its unit, such as `1 character` or `151 characters`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def to_json(value: Any, *, compact: bool = False) -> str:
    """Return a value as JSON, or its str if it has none; *compact* is without spaces."""
    import json

    if (
        not compact
        and isinstance(value, float)
        and value.is_integer()
        and abs(value) < _MAX_EXACT_FLOAT
    ):
        value = int(value)
    try:
        separators = (",", ":") if compact else None
        return json.dumps(value, ensure_ascii=False, separators=separators)
    except (TypeError, ValueError):
        return str(value)
