"""Cells as tables write them: yes and no, lists of values, numbers, formats."""

from __future__ import annotations

import re
from typing import Any, Final

from fieldbound.algebra import is_pattern

_YES: Final = frozenset(
    "y yes m mandatory required x true 1 always must ja j pflicht muss pflichtfeld oui "
    "1..1 obligatoire requis si sí obligatorio requerido ✓ ✔ ☑ ✅ ✔️ ● •".split()
) | {"is required", "required field"}
_NO: Final = frozenset(
    "n no o 0..1 optional false 0 opt nein kann non facultatif optionnel opcional not ✗ ✘ ☐ ❌ "
    "✖ - \u2013 \u2014".split()
) | {"", "not required", "n/a", "no requerido", "non requis"}
_READ_ONLY: Final = frozenset(("r", "ro", "read", "read only", "read-only", "readonly"))
_BOTH: Final = frozenset(("rw", "r/w", "read/write", "read-write", "read and write", ""))
_WRITE_ONLY: Final = frozenset(("w", "wo", "write", "write only", "write-only", "writeonly"))
_NOTHING: Final = frozenset(("", "-", "\u2013", "\u2014", "n/a", "none", "null", "keine", "aucun"))
_QUOTED: Final = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`\n]*)`|“([^”\n]*)”|„([^“”\n]*)[“”]")
#: What may stand between values that are marked as such, and nothing else.
_BETWEEN: Final = re.compile(
    r"(?:\s|[,;|/]|\bor\b|\band\b|\boder\b|\bou\b|\bund\b)*", re.IGNORECASE
)
_OR: Final = re.compile(r"(?:,\s*|\s+)(?:or|oder|ou|o)\s+", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[^\s,;|/\"'`“”„()\[\]{}<>=:]+")
_SLASHED: Final = re.compile(r"[A-Z0-9_]{1,10}(?:/[A-Z0-9_]{1,10})+")
_PAIRS: Final = frozenset(("true/false", "yes/no", "on/off", "y/n", "include/exclude"))
#: Words by which a text is no list, or not all of one.
_PROSE: Final = frozenset(
    "see any all must etc example examples valid value values such than between from up until list "
    "below above page table free text characters character siehe usw beispiel voir exemple ver "
    "ejemplo default only if when the is are be not max min maximum minimum".split()
)
_RANGE: Final = re.compile(
    r"(-?[0-9]+(?:\.[0-9]+)?)\s*(?:-|\u2013|\.\.\.?|to|bis)\s*(-?[0-9]+(?:\.[0-9]+)?)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?")
#: A decimal comma for certain: no thousands have so many digits behind it, and none begin with 0.
_COMMA: Final = re.compile(r"-?(?:0,[0-9]{1,300}|[0-9]{1,300},(?:[0-9]{1,2}|[0-9]{4,300}))")
_FORMATS: Final = {
    "yyyy-mm-dd": "date",
    "iso 8601 date": "date",
    "date-time": "date-time",
    "rfc 3339": "date-time",
    "rfc3339": "date-time",
    "yyyy-mm-ddthh:mm:ssz": "date-time",
    "uuid": "uuid",
}


def is_yes(text: str) -> bool | None:
    """Return whether a cell says yes, or no; None if it says neither, or on some condition."""
    folded = text.strip().casefold().rstrip("*")
    if folded in _YES:
        return True
    return False if folded in _NO else None


def access_of(text: str) -> tuple[bool, bool] | None:
    """Return whether a request may have an attribute, and whether an answer has it."""
    folded = " ".join(text.casefold().split())
    if folded in _READ_ONLY:
        return False, True
    if folded in _WRITE_ONLY:
        return True, False
    return (True, True) if folded in _BOTH else None


def is_nothing(text: str) -> bool:
    """Return whether a cell says that there is nothing."""
    return text.strip().casefold() in _NOTHING


def number_in(text: str) -> int | float | None:
    """Return the number that a text is, None if it is none for certain: 1,000 may be two."""
    text = text.strip()
    if _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text) if "." in text else int(text)
    return number if abs(number) < 1e300 else None  # noqa: PLR2004


def range_in(text: str) -> tuple[int | float, int | float] | None:
    """Return the bounds in a text such as 1-10, None if it is none."""
    found = _RANGE.fullmatch(text.strip())
    bounds = (number_in(found[1]), number_in(found[2])) if found else (None, None)
    if bounds[0] is None or bounds[1] is None or bounds[0] > bounds[1]:
        return None
    return bounds[0], bounds[1]


def format_in(text: str) -> dict[str, str] | None:
    """Return the format or pattern that a text is, None if it is not known."""
    plain = text.strip().strip("`")
    if (known := _FORMATS.get(" ".join(plain.casefold().split()))) is not None:
        return {"format": known}
    if plain.startswith("/^") and plain.endswith("$/"):
        plain = plain[1:-1]
    if not (plain.startswith("^") and plain.endswith("$")):
        return None
    return {"pattern": plain} if is_pattern(plain) else None


def values_in(text: str) -> list[str] | None:
    """Return the values that a text lists, None if it is not certain that it is such a list."""
    if "…" in text or "..." in text:
        return None  # there are more
    marked = [next(filter(None, each.groups()), "") for each in _QUOTED.finditer(text)]
    if marked:
        rest = _QUOTED.sub("\0", text).split("\0")
        return _unique(marked) if all(map(_BETWEEN.fullmatch, rest)) else None
    for separator in ("\n", "|", ";"):
        if separator in text:
            return _certain(text.split(separator))
    if _SLASHED.fullmatch(text) or text.casefold() in _PAIRS:
        return _certain(text.split("/"))
    if " / " in text:
        return _certain(text.split(" / "))
    if "," in text:
        *first, last = text.split(",")
        return _certain([*first, *_OR.split(f" {last.strip()}".removeprefix(" or "))])
    return _certain(_OR.split(text))


def _certain(parts: list[str]) -> list[str] | None:
    """Return the parts without what is around them, None if one is no value for certain."""
    values = [_coded(each.strip().strip("•*-\u2013").strip()) for each in parts if each.strip()]
    is_certain = len(values) > 1 and all(
        each is not None and _TOKEN.fullmatch(each) and each.casefold() not in _PROSE
        for each in values
    )
    return _unique([each for each in values if each is not None]) if is_certain else None


def _coded(text: str) -> str | None:
    """Return the code in `Y = Yes`, and any other text as it is."""
    code, equals, _ = text.partition("=")
    return code.strip() if equals else text


def _unique(values: list[str]) -> list[str] | None:
    found = [*dict.fromkeys(values)]
    return found if len(found) == len(values) else None


def typed(values: list[str], word: str) -> list[Any] | None:
    """Return values as a type has them, None if one is none of it."""
    if word in ("integer", "number"):
        numbers = [number_in(each) for each in values]
        is_right = all(
            each is not None and (word == "number" or isinstance(each, int)) for each in numbers
        )
        return numbers if is_right else None
    if word == "boolean":
        known = {"true": True, "false": False}
        found = [known.get(each.casefold()) for each in values]
        return None if None in found else found
    return list(values) if word in ("string", "enum") else None
