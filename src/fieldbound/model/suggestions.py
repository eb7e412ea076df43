"""The suggestion of a violation: what to write instead, where that is certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from .facts import ViolationFacts
from .limits import Limit
from .messages import INSIDE_SENSITIVE, choices_of, is_elsewhere, kinds_of, pluralize, to_json

_YES: Final = frozenset(("true", "yes", "y", "1", "on", "t"))
_NO: Final = frozenset(("false", "no", "n", "0", "off", "f"))
_DATE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)? ?(?:([Zz])|([+-]\d\d):?(\d\d))?"
)
_OUT: Final = "remove it, unless it is required"
_HINTS: Final = {
    "byteOrderMark": "save the text as UTF-8 without a byte order mark",
    "duplicateKey": "keep one of them",
    "nonFinite": "use null, or remove it",
    "readOnly": "remove it",
    "not": "remove it",
}


def hint(violation: ViolationFacts) -> str | None:
    """Say what to write instead, as JSON or in words; None where there is no telling."""
    limit = violation.limit
    if violation.detail == INSIDE_SENSITIVE:
        return None
    if limit is not None and violation.code == "maxLength" and violation.actual is not None:
        return f"shorten it by {pluralize(violation.actual - limit.value, 'character')}"
    if violation.known:
        name = violation.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        meant = closest(name, violation.known)
        return None if meant is None else to_json(meant)
    if limit is not None and violation.code in ("type", "enum", "const"):
        return _instead(violation, (limit, *violation.also))
    if limit is not None and violation.code == "format" and limit.value == "date-time":
        return _date_time(violation.actual)
    if violation.code == "required" and is_elsewhere(violation):
        return f"send it as {violation.pointer.rpartition('/')[2]}"
    if violation.code == "not" and limit is not None and limit.value not in ({}, True, False):
        return None
    return _HINTS.get(violation.code)


def _instead(violation: ViolationFacts, limits: Sequence[Limit]) -> str | None:
    """Return the value that was meant, where it can be told from the one that was given."""
    choices, kinds, given = choices_of(limits), kinds_of(limits), violation.actual
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
    word = to_json(given).strip('"').strip().lower()
    for words in ({word}, _YES, _NO):
        same = [each for each in choices if str(to_json(each)).strip('"').lower() in words]
        if word in words and len(same) == 1:
            return to_json(same[0])
    meant = closest(word, [each for each in choices if isinstance(each, str)])
    return None if meant is None else to_json(meant)


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
        return to_json(to_json(given))
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
    return to_json(meant) + ("" if zulu or hours else ", with the correct offset")


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
