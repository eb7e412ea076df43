"""The hint of a violation: what to write instead, if that is certain."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from .facts import ViolationFacts
from .limits import Limit
from .messages import (
    DOCUMENTED_PATHS,
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
#: A word of a name, or a number; and how similar a word is to itself misspelt, at least.
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_MIN_SIMILARITY: Final = 0.6
#: Characters of a number that is suggested as a string.
_MAX_NUMBER: Final = 60
_PARSE_FIRST: Final = "this looks like JSON text: parse it first, with fieldbound.loads"
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
    if violation.example is not None:
        return f"such as {to_json(violation.example)}"
    if violation.known or violation.detail == DOCUMENTED_PATHS:
        return _did_you_mean(violation)
    if violation.code == "required" and is_misnamed(violation):
        return f"send it as {violation.pointer.rpartition('/')[2]}"
    return _HINTS.get(violation.code) if limit is None else _hint_by_limit(violation, limit)


def _hint_by_limit(violation: ViolationFacts, limit: Limit) -> str | None:
    """Return what the limit's value says to write instead."""
    if violation.code == "maxLength" and violation.actual is not None:
        return f"shorten it by {pluralize(violation.actual - limit.value, 'character')}"
    if violation.code in ("type", "enum", "const"):
        return _replacement(violation, (limit, *violation.also))
    if violation.code == "format" and limit.value == "date-time":
        return _fix_date_time(violation.actual)
    if violation.code == "not" and limit.value not in ({}, True, False):
        return None
    return _HINTS.get(violation.code)


def _did_you_mean(violation: ViolationFacts) -> str | None:
    """Return the known names that were probably meant; paths are the nearest ones already."""
    if violation.detail == DOCUMENTED_PATHS:
        return f"did you mean {', '.join(violation.known)}?" if violation.known else None
    name = violation.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    suggested = closest_name(name, violation.known, violation.taken)
    return None if suggested is None else f"did you mean {suggested}?"


def _replacement(violation: ViolationFacts, limits: Sequence[Limit]) -> str | None:
    """Return the allowed value that the given one stands for, if that is certain."""
    choices, types, given = allowed_values(limits), allowed_types(limits), violation.actual
    if violation.kind == "null":
        return _REMOVE if violation.pointer else None
    if given is None:
        return None
    if violation.kind in ("integer", "number"):
        return _number_as(_written(violation), choices, types)
    if choices:
        return _matching_choice(given, choices)
    for name in types:
        converted = _convert(given, name)
        if converted is not None:
            return converted
    if _looks_like_json(given, types):
        return _PARSE_FIRST
    if given == "" and violation.pointer:
        return "null" if "null" in types else _REMOVE
    return None


def _written(violation: ViolationFacts) -> str | None:
    """Return a number as it is written, None where that is not known.

    A value alone has lost its zeros, and a float perhaps digits.
    """
    if violation.text is not None:
        return violation.text if len(violation.text) <= _MAX_NUMBER else None
    return str(violation.actual) if type(violation.actual) is int else None


def _number_as(written: str | None, choices: Sequence[Any], types: Sequence[str]) -> str | None:
    """Return the allowed value, or the string, that a number as written stands for."""
    if written is None:
        return None
    if choices:
        words = [{written.lower()}, _TRUE_WORDS, _FALSE_WORDS]
        return _only_match(written.lower(), words, choices)
    return to_json(written) if "string" in types else None


def _looks_like_json(given: Any, types: Sequence[str]) -> bool:
    """Return whether a string is given where its JSON text would have one of these types."""
    starts = {"object": "{", "array": "["}
    first = given.lstrip()[:1] if isinstance(given, str) else ""
    return any(first == starts.get(each) for each in types)


def _matching_choice(given: Any, choices: Sequence[Any]) -> str | None:
    word = to_json(given).strip('"').strip().lower()
    found = _only_match(word, [{word}, _TRUE_WORDS, _FALSE_WORDS], choices)
    if found is not None:
        return found
    if not isinstance(given, str):
        return None
    suggested = closest_name(given.strip(), [each for each in choices if isinstance(each, str)])
    return None if suggested is None else to_json(suggested)


def _only_match(
    word: str, meanings: Iterable[Collection[str]], choices: Sequence[Any]
) -> str | None:
    """Return the only choice that means what a word means, by the first meaning that has one."""
    for words in meanings:
        matching = [each for each in choices if to_json(each).strip('"').lower() in words]
        if word in words and matching:
            return to_json(matching[0]) if len(matching) == 1 else None
    return None


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


def closest_name(word: str, names: Iterable[str], taken: Iterable[str] = ()) -> str | None:
    """Return the name most similar to a word, ignoring case, or None if none is similar.

    That is so, too, where a suggestion would be a guess: if the most similar is one of the names
    *taken*, if two are equally similar, or if they differ by a number or by a whole word.
    """
    from difflib import get_close_matches

    names, folded = dict.fromkeys(names), word.lower()
    every = dict.fromkeys(each.lower() for each in (*names, *taken))
    found = get_close_matches(folded, every, n=2, cutoff=0.75)
    if not found or (found[1:] and _similarity(folded, found[0]) == _similarity(folded, found[1])):
        return None
    meant = [name for name in names if name.lower() == found[0]]
    return meant[0] if len(meant) == 1 and _is_misspelling(word, meant[0]) else None


def _similarity(word: str, name: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, name, word).ratio()


def _is_misspelling(word: str, name: str) -> bool:
    """Return whether two similar names differ neither by a number nor by a whole word."""
    given, known = _WORD.findall(word), _WORD.findall(name)
    numbers = [[each for each in words if each.isdecimal()] for words in (given, known)]
    return numbers[0] == numbers[1] and (
        len(given) != len(known)
        or all(
            _similarity(own.lower(), other.lower()) >= _MIN_SIMILARITY
            for own, other in zip(given, known, strict=True)
        )
    )
