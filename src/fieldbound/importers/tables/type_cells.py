"""Types as tables write them: String(40), VARCHAR2(150 CHAR), Number(18,2), AN..35, Y/N."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from fieldbound.importers.tables.headings import plain
from fieldbound.importers.values import nullable, number

_STRINGS: Final = frozenset(
    "string str text varchar varchar2 nvarchar nvarchar2 char nchar character clob nclob longtext "
    "alphanumeric alphanum alphanumerical alpha alphabetic chars characters textarea texte cadena "
    "alphanumerisch alphanumerique alfanumerico zeichenkette zeichen chaine email phone url uri "
    "guid an".split()
) | {"character varying", "free text", "text area", "chaine de caracteres", "long text"}
_INTEGERS: Final[dict[str, int | None]] = {
    **dict.fromkeys(("integer", "int", "long", "whole number", "ganzzahl", "entier", "entero")),
    "smallint": 16,
    "int16": 16,
    "int32": 32,
    "int64": 64,
    "bigint": 64,
    "int2": 16,
    "int4": 32,
    "int8": 64,  # bytes, or bits: what is certain is that it has no more than these
}
#: Types of SAP, and of databases that have the same names; a byte has no sign in SAP alone.
_SAP: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "int1": ("integer", {"type": "integer", "minimum": -128, "maximum": 255}),
    "numc": ("string", {"type": "string", "pattern": "^[0-9]*$"}),
    "dats": ("digits", {"type": "string", "pattern": "^[0-9]{8}$"}),
    "tims": ("digits", {"type": "string", "pattern": "^[0-9]{6}$"}),
    "cuky": ("string", {"type": "string", "maxLength": 5}),
    **dict.fromkeys(("lang", "unit", "sstring"), ("string", {"type": "string"})),
}
#: Amounts of SAP, which one service writes as numbers and another as text.
_AMOUNTS: Final = ("curr", "quan")
_NUMBERS: Final = frozenset(
    "number numeric decimal float double real currency money amount num dec zahl nombre numero "
    "dezimal decimale numerisch numerique numerico".split()
) | {"decimal number"}
_BOOLEANS: Final = frozenset("boolean bool booleen booleano wahrheitswert".split())
_FLAGS: Final = {"y/n": ("N", "Y"), "j/n": ("J", "N"), "o/n": ("N", "O"), "s/n": ("N", "S")}
_FORMATS: Final[dict[str, str]] = {
    "uuid": "uuid",
    "date-time": "date-time",
    "datetime (iso 8601)": "date-time",
    "string (uuid)": "uuid",
    "string (date-time)": "date-time",
    # As pages made of an OpenAPI document write them.
    **{f"string {each}": each.strip("<>") for each in ("<date>", "<date-time>", "<uuid>")},
    **{f"string(${each})": each for each in ("date", "date-time", "uuid")},
}
_DATES: Final = {
    **dict.fromkeys(("date", "datum", "fecha"), "date"),
    **dict.fromkeys(("datetime", "date time"), "datetime"),
    "timestamp": "timestamp",
}
#: A type that may be null: `string | null`, `nullable string`, `string (nullable)`.
_NULLABLE: Final = re.compile(
    r"(?:nullable |null ?\| ?)(?P<after>.+)|(?P<before>.+?)(?: ?\| ?null|,? \(?nullable\)?)"
)
_LISTS: Final = re.compile(
    r"(?:array|list|collection)\s*(?:of|<|\()\s*(?P<of>[^<>()]{1,60})[>)]?|(?P<item>.{1,60})\[\]"
)
_EDIFACT: Final = re.compile(r"(an|a|n)\s*(\.\.)?\s*([0-9]{1,5})")
_PLAIN: Final = re.compile(r"([^\W\d][^\d()\[\],;:]*?[0-9]{0,2})\s*[\[(]\s*([^()\[\]]*)[\])]\s*")
_SPACED: Final = re.compile(r"([^\W\d][^\d()\[\],;:]*?)[\s,:]+([0-9].*|(?:max|up to|bis).*)")
_SIZE: Final = re.compile(
    r"(?:max(?:imum|imal|\.)?|up to|bis(?: zu)?|<=|≤|jusqu a)?\s*([0-9]{1,9})\s*"
    r"(?:(characters?|chars?|zeichen|caracteres|caracteres?|char|digits?|stellen)|(bytes?))?\.?"
)
_RANGE: Final = re.compile(
    r"(?:(?:from|between|von|de)\s+)?([0-9]{1,9})\s*(?:-|\u2013|\.\.\.?|to|and|bis|a)\s*([0-9]{1,9})\s*"
    r"(?:characters?|chars?|zeichen|caracteres?)?"
)
#: No length has digits after a point.
_THOUSANDS: Final = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:[.,][0-9]{3})+(?![0-9.,])")
_DIGITS: Final = re.compile(r"([0-9]{1,3})\s*[,.]\s*([0-9]{1,3})")


@dataclass(frozen=True)
class Size:
    """A length, or digits: the *least*, the *most*, and those after the point (*scale*)."""

    most: int
    least: int | None = None
    scale: int | None = None
    in_bytes: bool = False


@dataclass(frozen=True)
class CellType:
    """What a cell says of a type: a *word* for it, its schema, and the size that is within it."""

    word: str
    schema: dict[str, Any]
    size: Size | None = None
    nullable: bool | None = None


def size_of(text: str) -> Size | None:
    """Return the size that a text is, such as 40, 1-40 or 18,2; None if it is none."""
    folded = _THOUSANDS.sub(lambda found: re.sub("[.,]", "", found[0]), _folded(text))
    if found := _SIZE.fullmatch(folded):
        return Size(int(found[1]), in_bytes=found[3] is not None)
    if found := _RANGE.fullmatch(folded):
        least, most = int(found[1]), int(found[2])
        return Size(most, least) if least <= most else None
    if found := _DIGITS.fullmatch(folded):
        return Size(int(found[1]), scale=int(found[2]))
    return None


def date_in(text: str) -> str | None:
    """Return the word for a type that is a date or a time: JSON has no one form of these."""
    return _DATES.get(plain(text))


def amount_in(text: str) -> str | None:
    """Return the word for a type that is an amount, a number in one JSON and text in another."""
    return next((word for word, _ in _parts(_folded(text)) if word in _AMOUNTS), None)


def type_of(text: str) -> CellType | None:
    """Return the type that a text is, None if it is not known, or not certain."""
    folded = _folded(text)
    if len(folded) > 200:  # noqa: PLR2004 - prose
        return None
    if found := _NULLABLE.fullmatch(folded):
        inner = type_of(found["after"] or found["before"])
        return inner and replace(inner, nullable=True)
    if folded in _FLAGS:
        return CellType("enum", {"type": "string", "enum": list(_FLAGS[folded])})
    if folded in _FORMATS:
        return CellType("string", {"type": "string", "format": _FORMATS[folded]})
    if found := _LISTS.fullmatch(folded):
        item = type_of(found["of"] or found["item"])
        if item is None and (found["of"] or "").endswith("s"):
            item = type_of(found["of"][:-1])
        return item and CellType("array", {"type": "array", "items": schema_of(item)})
    if found := _EDIFACT.fullmatch(folded):
        return _edifact(found[1], int(found[3]), is_most=found[2] is not None)
    for word, size in _parts(folded):
        base = _base(word)
        if base is not None:
            return CellType(base.word, base.schema, size)
    return None


def schema_of(type_: CellType) -> dict[str, Any]:
    """Return the schema of a type with the size within it."""
    found = sized(type_, type_.size) if type_.size else None
    return nullable(type_.schema if found is None else found, unless=not type_.nullable)


def sized(type_: CellType, size: Size) -> dict[str, Any] | None:
    """Return the schema of a type of this size, None if such a type has none."""
    if type_.word == "digits":  # so many of them, by the type
        return type_.schema
    if type_.word == "string" and not size.scale:
        least = {"minLength": size.least} if size.least else {}
        return {**type_.schema, **({"maxLength": size.most} if size.most else {}), **least}
    if size.least is not None or size.in_bytes or not size.most:
        return None
    if type_.word == "integer" and not size.scale:
        bound = 10 ** min(size.most, 300)
        return {"maximum": bound - 1, "minimum": 1 - bound, **type_.schema}
    if type_.word == "number" and (size.scale or 0) <= size.most:
        return number(size.most, size.scale)
    return None


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _parts(folded: str) -> Iterator[tuple[str, Size | None]]:
    """Yield the word of a type, and the size behind it, in each way in which these are written."""
    yield folded, None
    for pattern in (_PLAIN, _SPACED):
        if found := pattern.fullmatch(folded):
            size = size_of(found[2])
            if size is not None or found[2] == "max":  # as much as there can be
                yield found[1], size


def _base(word: str) -> CellType | None:
    name = plain(word)
    if name in _SAP:
        return CellType(*_SAP[name])
    if name in _STRINGS:
        return CellType("string", {"type": "string"})
    if name in _INTEGERS:
        bits = _INTEGERS[name]
        limits = {"minimum": -(2 ** (bits - 1)), "maximum": 2 ** (bits - 1) - 1} if bits else {}
        return CellType("integer", {"type": "integer", **limits})
    if name in _NUMBERS:
        return CellType("number", {"type": "number"})
    if name in _BOOLEANS:
        return CellType("boolean", {"type": "boolean"})
    if name in ("object", "objekt", "objet", "objeto"):
        return CellType("object", {"type": "object"})
    if name in ("array", "list", "liste", "lista"):
        return CellType("array", {"type": "array"})
    return None


def _edifact(letters: str, length: int, *, is_most: bool) -> CellType | None:
    """Return the type of a data element of UN/EDIFACT: so many characters, or digits, at most.

    A number may be one of JSON, or text: the documents of messages do not say so.
    """
    if not 0 < length <= 300:  # noqa: PLR2004 - more digits limit nothing
        return None
    if letters == "n":
        limits = {"exclusiveMinimum": -(10**length), "exclusiveMaximum": 10**length}
        pattern = rf"^-?[0-9]{{0,{length}}}([.,][0-9]{{0,{length}}})?$"
        return CellType("numeric", {"type": ["number", "string"], **limits, "pattern": pattern})
    least = {} if is_most else {"minLength": length}
    return CellType("string", {"type": "string", "maxLength": length, **least})
