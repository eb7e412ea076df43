"""The hint of a violation: what to write instead, if that is certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from .facts import ViolationFacts
from .limits import Limit
from .messages import (
    INSIDE_SENSITIVE,
    allowed_types,
    allowed_values,
    is_misnamed,
    pluralize,
    to_json,
)

_TRUE_WORDS: Final = frozenset(("true", "yes", "y", "1", "on", "t"))
_FALSE_WORDS: Final = frozenset(("false", "no", "n", "0", "off", "f"))
_DATE_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)? ?(?:([Zz])|([+-]\d\d):?(\d\d))?"
)
_REMOVE: Final = "remove it, unless it is required"
_HINTS: Final = {
    "byteOrderMark": "save the text as UTF-8 without a byte order mark",
    "duplicateKey": "keep one of them",
    "nonFinite": "use null, or remove it",
    "readOnly": "remove it",
    "not": "remove it",
}


def hint(violation: ViolationFacts) -> str | None:
    """Return what to write instead, as JSON or in words; None if that is not certain."""
    limit = violation.limit
    if violation.detail == INSIDE_SENSITIVE:
        return None
    if limit is not None and violation.code == "maxLength" and violation.actual is not None:
        return f"shorten it by {pluralize(violation.actual - limit.value, 'character')}"
    if violation.known:
        name = violation.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        suggested = closest_name(name, violation.known)
        return None if suggested is None else f"did you mean {suggested}?"
    if limit is not None and violation.code in ("type", "enum", "const"):
        return _replacement(violation, (limit, *violation.also))
    if limit is not None and violation.code == "format" and limit.value == "date-time":
        return _fix_date_time(violation.actual)
    if violation.code == "required" and is_misnamed(violation):
        return f"send it as {violation.pointer.rpartition('/')[2]}"
    if violation.code == "not" and limit is not None and limit.value not in ({}, True, False):
        return None
    return _HINTS.get(violation.code)


def _replacement(violation: ViolationFacts, limits: Sequence[Limit]) -> str | None:
    """Return the allowed value that the given one stands for, if that is certain."""
    choices, types, given = allowed_values(limits), allowed_types(limits), violation.actual
    if violation.kind == "null":
        return _REMOVE if violation.pointer else None
    if given is None:
        return None
    if choices:
        return _matching_choice(given, choices)
    for name in types:
        converted = _convert(given, name)
        if converted is not None:
            return converted
    if given == "" and violation.pointer:
        return "null" if "null" in types else _REMOVE
    return None


def _matching_choice(given: Any, choices: Sequence[Any]) -> str | None:
    word = to_json(given).strip('"').strip().lower()
    for words in ({word}, _TRUE_WORDS, _FALSE_WORDS):
        matching = [each for each in choices if to_json(each).strip('"').lower() in words]
        if word in words and len(matching) == 1:
            return to_json(matching[0])
    suggested = closest_name(word, [each for each in choices if isinstance(each, str)])
    return None if suggested is None else to_json(suggested)


def _convert(given: Any, json_type: str) -> str | None:
    """Return *given* as JSON of another type, if the conversion loses nothing."""
    if isinstance(given, str):
        word = given.strip().lower()
        if json_type == "boolean" and word in _TRUE_WORDS | _FALSE_WORDS:
            return "true" if word in _TRUE_WORDS else "false"
        integer = re.fullmatch(r"-?(0|[1-9]\d{0,58})", word)
        if json_type in ("integer", "number") and integer:
            return word
        if json_type == "number" and re.fullmatch(r"-?(0|[1-9]\d*)\.\d+", word):
            return word
    elif json_type == "string" and not isinstance(given, bool) and given - given == 0:  # finite
        return to_json(to_json(given))
    return None


def _fix_date_time(given: Any) -> str | None:
    found = _DATE_TIME.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        return None
    date, minutes, seconds, zulu, hours, rest = found.groups()
    offset = "Z" if zulu else f"{hours}:{rest}" if hours else "+00:00"
    fixed = f"{date}T{minutes or '00:00'}{seconds or ':00'}{offset}"
    if fixed == given or not _is_real_date_time(date, minutes or "00:00", seconds or ":00"):
        return None
    return to_json(fixed) + ("" if zulu or hours else ", with the correct offset")


def _is_real_date_time(date: str, minutes: str, seconds: str) -> bool:
    from datetime import datetime

    try:
        datetime.fromisoformat(f"{date}T{minutes}{seconds[:3]}")
    except ValueError:
        return False
    return True


def closest_name(word: str, names: Iterable[str]) -> str | None:
    """Return the name most similar to a word, ignoring case, or None if none is similar."""
    from difflib import get_close_matches

    by_folded = {name.lower(): name for name in names}
    found = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.75)
    return by_folded[found[0]] if found else None
