"""A violation goes in, its sentence and its hint come out: the same words in every output."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .model import Limit, Report, Violation

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
_UNITS: Final = {"Length": "character", "Items": "item", "Properties": "attribute"}
_TEXTS: Final = {
    "syntax": "the text is not well formed",
    "encoding": "the text is not UTF-8",
    "byteOrderMark": "the text starts with a byte order mark",
    "duplicateKey": "{at} is there more than once",
    "nonFinite": "{at} is no finite number, and JSON has no other",
    "loneSurrogate": "{at} has half of a surrogate pair, which is no character",
    "trailingData": "something follows the end of the document",
    "depth": "the values are nested too deep",
}
_MOST_CHOICES: Final = 8
_LONG_POINTER: Final = 200
_EXACT: Final = 1e15  # below it, every whole float is shown as the integer it is


# -- sentences -----------------------------------------------------------------------------------


def message(violation: Violation) -> str:
    """Say what was found and what the contract takes, in one sentence."""
    at = _shortened(violation.pointer) or "the document"
    limit = violation.limit
    if limit is None:
        return violation.detail or _TEXTS.get(violation.code, violation.code).format(at=at)
    sentence = _SENTENCES.get(violation.code)
    return sentence(at, violation, limit) if sentence else f"{at} breaks {violation.code}"


def _shortened(pointer: str) -> str:
    """Return a pointer of which names of any length leave both ends."""
    if len(pointer) <= _LONG_POINTER:
        return pointer
    return f"{pointer[: _LONG_POINTER // 2]}…{pointer[-_LONG_POINTER // 2 :]}"


def _is(at: str, violation: Violation) -> str:
    return f"{at} is {_found(violation)}"


def _found(violation: Violation) -> str:
    """Return a value as far as it may be shown, else its type."""
    kind, actual = violation.kind or "null", violation.actual
    if kind == "null":
        return "null"
    if actual is None:
        return "a boolean" if kind == "boolean" else _TYPES[kind]
    if kind in ("integer", "number") and isinstance(actual, str):
        return actual
    return quoted(actual)


def _size(at: str, violation: Violation, limit: Limit) -> str:
    least = limit.keyword.startswith("min")
    unit = _UNITS[limit.keyword[3:]]
    if violation.actual is None:
        return f"{at} has too {'few' if least else 'many'} {unit}s, the limit is {limit.value}"
    has = f"{at} has {counted(violation.actual, unit)}"
    return (
        f"{has}, but needs at least {limit.value}"
        if least
        else f"{has}, the limit is {limit.value}"
    )


def _choice(at: str, violation: Violation, limit: Limit) -> str:
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
    types = [] if chosen and not alternatives else _kinds(limits)
    words = [quoted(choice) for choice in _choices(chosen)]
    kinds = [_TYPES.get(kind, kind) for kind in dict.fromkeys(types)]
    if len(words) > _MOST_CHOICES:
        some = f"one of {len(words)} values, such as {', '.join(words[:4])}"
        return _either([some, *kinds])
    return _either([*words, *kinds]) if words or kinds else "one of no values at all"


def _choices(limits: Iterable[Limit]) -> list[Any]:
    choices: list[Any] = []
    for limit in limits:
        if limit.keyword == "enum":
            choices += [each for each in limit.value if each not in choices]
        elif limit.keyword == "const" and limit.value not in choices:
            choices.append(limit.value)
    return choices


def _kinds(limits: Iterable[Limit]) -> list[str]:
    kinds = []
    for limit in limits:
        if limit.keyword == "type":
            kinds += limit.value if isinstance(limit.value, list) else [limit.value]
    return kinds


def _either(words: Iterable[str]) -> str:
    *firsts, last = words
    return f"{', '.join(firsts)} or {last}" if firsts else last


def _pattern(at: str, violation: Violation, limit: Limit) -> str:
    if violation.detail == "undecided":
        return f"{at} takes too long to match against {limit.value}: it counts as not matching"
    return f"{_is(at, violation)}, but must match {limit.value}"


def _format(at: str, violation: Violation, limit: Limit) -> str:
    return (
        f"{_is(at, violation)}, but must be {_FORMATS.get(limit.value, f'a valid {limit.value}')}"
    )


def _bound(at: str, violation: Violation, limit: Limit) -> str:
    most, value = limit.keyword in ("maximum", "exclusiveMaximum"), quoted(limit.value)
    if limit.value is True:  # in draft 4 it is the bound beside it that is excluded
        return f"{_is(at, violation)}, but must be {'less' if most else 'more'} than its bound"
    if limit.keyword.startswith("exclusive"):
        return f"{_is(at, violation)}, but must be {'less' if most else 'more'} than {value}"
    return f"{_is(at, violation)}, but must be at {'most' if most else 'least'} {value}"


def _multiple(at: str, violation: Violation, limit: Limit) -> str:
    of = "a whole number" if limit.value == 1 else f"a multiple of {quoted(limit.value)}"
    return f"{_is(at, violation)}, but must be {of}"


def _missing(at: str, violation: Violation, limit: Limit) -> str:  # noqa: ARG001
    others = _required(violation)
    return f"{at} is missing" + (f", or {_either(others)} in its place" if others else "")


def _unknown(at: str, violation: Violation, limit: Limit) -> str:
    others = _required(violation)
    if limit.value is not False and limit.keyword == "unevaluatedProperties":
        return f"{at} is not what an attribute of any other name must be"
    return f"{at} is not known here" + (f", and {_either(others)} is missing" if others else "")


def _required(violation: Violation) -> list[str]:
    return [each.pointer for each in violation.also if each.keyword == "required"]


def _not(at: str, violation: Violation, limit: Limit) -> str:
    if limit.value in ({}, True, False):
        return f"{at} is not taken here"
    return f"{_is(at, violation)}, which is ruled out"


def _name(at: str, violation: Violation, limit: Limit) -> str:  # noqa: ARG001
    why = "no name is" if violation.detail is None else f"it breaks {violation.detail}"
    return f"{at} is not a name that is taken here: {why}"


def _one_of(at: str, violation: Violation, limit: Limit) -> str:  # noqa: ARG001
    if violation.detail is None:
        return f"{at} fits none of the alternatives"
    return f"{at} fits {violation.detail} alternatives, but must fit exactly one"


def _said(words: str) -> Callable[[str, Violation, Limit], str]:
    return lambda at, violation, limit: f"{at} {words}"  # noqa: ARG005


_SURPLUS = _said("is an item too many")
_SENTENCES: Final[dict[str, Callable[[str, Violation, Limit], str]]] = {
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
    "readOnly": _said("is made by the server and not taken in a request"),
    "writeOnly": _said("is only ever sent, and not part of a response"),
    "uniqueItems": _said("has the same item more than once"),
    "contains": _said("has no item of the kind it needs"),
    "minContains": _said("has too few items of the kind it needs"),
    "maxContains": _said("has too many items of the kind that is counted"),
    "contentEncoding": _said("is not encoded as it should be"),
    "contentMediaType": _said("is not of the media type it should be"),
}


# -- hints ---------------------------------------------------------------------------------------

_YES: Final = frozenset(("true", "yes", "y", "1", "on", "t"))
_NO: Final = frozenset(("false", "no", "n", "0", "off", "f"))
_DATE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)? ?(?:([Zz])|([+-]\d\d):?(\d\d))?"
)
_OUT: Final = "leave it out, unless it is required"
_HINTS: Final = {
    "byteOrderMark": "save the text as UTF-8 without a byte order mark",
    "duplicateKey": "keep one of them",
    "nonFinite": "null, or leave it out",
    "readOnly": "leave it out",
    "not": "leave it out",
}


def hint(violation: Violation) -> str | None:
    """Say what to write instead, as JSON or in words; None where there is no telling."""
    limit = violation.limit
    if limit is not None and violation.code == "maxLength" and violation.actual is not None:
        return f"shorten it by {counted(violation.actual - limit.value, 'character')}"
    if violation.known:
        name = violation.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        meant = closest(name, violation.known)
        return None if meant is None else quoted(meant)
    if limit is not None and violation.code in ("type", "enum", "const"):
        return _instead(violation, (limit, *violation.also))
    if limit is not None and violation.code == "format" and limit.value == "date-time":
        return _date_time(violation.actual)
    if violation.code == "not" and limit is not None and limit.value not in ({}, True, False):
        return None
    return _HINTS.get(violation.code)


def _instead(violation: Violation, limits: Sequence[Limit]) -> str | None:
    """Return the value that was meant, where it can be told from the one that was given."""
    choices, kinds, given = _choices(limits), _kinds(limits), violation.actual
    if violation.kind == "null":
        return _OUT if violation.pointer else None
    if given is None:
        return None
    if choices:
        return _choice_meant(given, choices)
    for kind in kinds:
        meant = _converted(given, kind)
        if meant is not None:
            return meant
    if given == "" and violation.pointer:
        return "null" if "null" in kinds else _OUT
    return None


def _choice_meant(given: Any, choices: Sequence[Any]) -> str | None:
    word = quoted(given).strip('"').strip().lower()
    for words in ({word}, _YES, _NO):
        same = [each for each in choices if str(quoted(each)).strip('"').lower() in words]
        if word in words and len(same) == 1:
            return quoted(same[0])
    meant = closest(word, [each for each in choices if isinstance(each, str)])
    return None if meant is None else quoted(meant)


def _converted(given: Any, kind: str) -> str | None:
    """Return the JSON of *given* as a value of another type, if it says the same."""
    if isinstance(given, str):
        word = given.strip().lower()
        if kind == "boolean" and word in _YES | _NO:
            return "true" if word in _YES else "false"
        whole = re.fullmatch(r"-?(0|[1-9]\d{0,58})", word)
        if kind in ("integer", "number") and whole:
            return word
        if kind == "number" and re.fullmatch(r"-?(0|[1-9]\d*)\.\d+", word):
            return word
    elif kind == "string" and not isinstance(given, bool) and given - given == 0:  # it is finite
        return quoted(quoted(given))
    return None


def _date_time(given: Any) -> str | None:
    found = _DATE.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        return None
    date, minutes, seconds, zulu, hours, rest = found.groups()
    offset = "Z" if zulu else f"{hours}:{rest}" if hours else "+00:00"
    meant = f"{date}T{minutes or '00:00'}{seconds or ':00'}{offset}"
    if meant == given or not _is_moment(date, minutes or "00:00", seconds or ":00"):
        return None
    return quoted(meant) + ("" if zulu or hours else ", with the offset that is meant")


def _is_moment(date: str, minutes: str, seconds: str) -> bool:
    from datetime import datetime

    try:
        datetime.fromisoformat(f"{date}T{minutes}{seconds[:3]}")
    except ValueError:
        return False
    return True


def closest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that was meant by a word, or None if none is near enough."""
    from difflib import get_close_matches

    by_folded = {name.lower(): name for name in names}
    found = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.75)
    return by_folded[found[0]] if found else None


# -- the rest ------------------------------------------------------------------------------------

#: How a sentence goes on from what a source says to the source's title.
_CITING: Final = {
    "stated": "stated in",
    "observed": "observed in",
    "example": "example in",
    "inferred": "inferred from",
}


def origin(limit: Limit, *, address: bool = True) -> str | None:
    """Say who says so, such as `stated in "Create a product group", https://…`, if anyone does."""
    source = limit.source
    if source is None:
        return limit.says
    said = f'{_CITING.get(limit.says or "", "see")} "{source.title}"'
    return f"{said}, {source.address}" if address and source.address else said


def report(report: Report) -> str:
    """Say every violation, a line each, with what to write instead."""
    lines = [f"{report.name or report.contract}: {'valid' if report.ok else 'invalid'}"]
    for violation in report:
        place = f"{violation.place}: " if violation.place else ""
        lines.append(f"  {place}{violation.code}: {violation.message}")
        if violation.limit is not None and (said := origin(violation.limit)):
            lines.append(f"      {said}")
        if violation.hint is not None:
            lines.append(f"      hint: {violation.hint}")
    return "\n".join(lines)


def counted(number: int, unit: str) -> str:
    """Return a number with its unit, such as `1 character` or `151 characters`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def quoted(value: Any, *, compact: bool = False) -> str:
    """Return a value as JSON, *compact* without a space."""
    import json

    if not compact and isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    try:
        separators = (",", ":") if compact else None
        return json.dumps(value, ensure_ascii=False, separators=separators)
    except (TypeError, ValueError):
        return str(value)
