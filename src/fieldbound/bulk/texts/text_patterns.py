"""Regular expressions of JSON texts that are certainly valid by a schema.

They are sufficient conditions: a text that matches is JSON, has no key twice, and is valid; any
other one is in doubt. They match bytes, of which it is known that they are UTF-8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fieldbound.model import type_names

if TYPE_CHECKING:
    from fieldbound.validation import Members

    from .observed_names import ObservedNames

#: The names that lead to a value, `*` being any item.
Path: TypeAlias = "tuple[str, ...]"
#: A character of a string as it is, or any one of ASCII: each byte of others is taken for one.
CHARACTER: Final = rb'[^"\\\x00-\x1f]'
OF_ASCII: Final = rb"[ !#-\[\]-\x7f]"
#: A character that is escaped, without halves of surrogate pairs.
ESCAPED: Final = rb'\\(?:["\\/bfnrt]|u(?:[0-9a-ce-fA-CE-F][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}))'
#: One but a quotation mark.
_ESCAPED_BUT_QUOTES: Final = ESCAPED.replace(b'["', b"[")
#: So many quotation marks may be in a string whose length is limited.
_MOST_QUOTES: Final = 7
#: Of strings of so many characters, each is counted by itself, escaped or not.
_COUNTED: Final = 64
#: What such a character is, to be written once.
DEFINITIONS: Final = b"(?(DEFINE)(?<c>%b|[\xc2-\xf4][\x80-\xbf]++|%b))" % (OF_ASCII, ESCAPED)
#: The greatest number of repetitions that a regular expression can state.
MOST_REPEATED: Final = 65_535
#: Items of an array whose number is limited, each of which is written out.
_MOST_ITEMS: Final = 16
#: The digits of integers, and of other numbers, that every parser reads alike.
_DIGITS: Final = 18
_DIGITS_BEFORE_POINT: Final = 9
_FRACTION: Final = rb"(?:\.[0-9]{1,6}+)?+"
#: The digits of integers that are certainly of a format.
_DIGITS_OF_FORMATS: Final = {"int32": 9, "int64": _DIGITS}

_DATE: Final = (
    rb"[12][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    rb"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_TIME: Final = (
    rb"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9}+)?+"
    rb"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
#: Texts of strings that are certainly of a format, and the greatest length of such a text.
STRINGS_OF_FORMATS: Final = {
    "date": (_DATE, 10),
    "date-time": (_DATE + b"T" + _TIME, 35),
    "uuid": (rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", 36),
}

_OF_STRINGS: Final = frozenset(("minLength", "maxLength", "pattern", "format"))
_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_OF_NUMBERS: Final = frozenset((*_BOUNDS, "multipleOf", "format"))
_OF_ARRAYS: Final = frozenset(("items", "minItems", "maxItems"))
_OF_OBJECTS: Final = frozenset(
    ("properties", "required", "additionalProperties", "patternProperties")
)
KNOWN: Final = frozenset({"$schema", "type", *_OF_STRINGS, *_OF_NUMBERS, *_OF_ARRAYS, *_OF_OBJECTS})
_TYPES: Final = ("string", "integer", "number", "boolean", "null", "array", "object")


class TextPatterns:
    """Writes the regular expressions of texts with some *blank* between their tokens.

    What *is_counted* says of a path, `*` being any item, is left in doubt.
    """

    def __init__(self, blank: bytes, is_counted: Callable[[Path], bool]) -> None:
        self._blank = blank
        self._colon, self._comma = b":" + blank, b"," + blank
        self._is_counted = is_counted

    def of_object(self, members: Members, observed: ObservedNames, at: Path = ()) -> bytes | None:
        """Return the pattern of objects with names in an order observed; None if none is valid."""
        found = [self._of_order(each, members, observed, at) for each in observed.usual_orders]
        patterns = list(filter(None, found))
        return b"(?>%b)" % b"|".join(patterns) if patterns else None

    def _of_order(
        self, order: Sequence[str], members: Members, observed: ObservedNames, at: Path
    ) -> bytes | None:
        """Return the pattern of objects with names in an order; None if none is valid."""
        parts: list[tuple[bytes, bool]] = []
        missing = set(members.required)
        for name in order:
            part = self._of_member(name, members, observed, (*at, name))
            if part is not None:
                parts.append((part, name in missing))
                missing.discard(name)
        if missing:
            return None
        return b"\\{%b%b\\}" % (self._listed(parts), self._blank)

    def _of_member(
        self, name: str, members: Members, observed: ObservedNames, at: Path
    ) -> bytes | None:
        if self._is_counted(at):
            return None
        key = written(name)
        value = self._of_value(members.schema_of(name), members, observed.within(name), at)
        return None if key is None or value is None else key + self._colon + value

    def _listed(self, parts: list[tuple[bytes, bool]]) -> bytes:
        """Return the pattern of members, each of them with whether it is required, in order."""
        comma, written = self._first_or_comma(b"\\{"), []
        for part, is_required in parts:
            written.append(comma + part if is_required else b"(?:%b%b)?+" % (comma, part))
            if is_required:
                comma = self._comma
        return b"".join(written)

    def _first_or_comma(self, opening: bytes) -> bytes:
        """Return the pattern of what is before a part: a comma, unless it is the first one."""
        return b"(?(?<=%b)%b|%b)" % (opening, self._blank, self._comma)

    def _of_value(
        self, schema: Any, members: Members, observed: ObservedNames, at: Path
    ) -> bytes | None:
        """Return the pattern of values that are valid by a schema, None where that is in doubt."""
        if schema is False:
            return None
        known: Mapping[str, Any] = {} if schema is True else schema
        if "enum" in known or "const" in known:
            return _of_listed(known, members)
        if not known.keys() <= KNOWN:
            return None
        found = list(filter(None, self._by_type(known, members, observed, at)))
        # what matches is not matched in another way: with many values, that took exponential time
        return b"(?>%b)" % b"|".join(found) if found else None

    def _by_type(
        self, schema: Mapping[str, Any], members: Members, observed: ObservedNames, at: Path
    ) -> Iterator[bytes | None]:
        types = type_names(schema) or _TYPES
        if "string" in types:
            yield _of_strings(schema)
        if "number" in types or "integer" in types:
            yield number_pattern(schema, is_integer="number" not in types)
        if "boolean" in types:
            yield b"true|false"
        if "null" in types:
            yield b"null"
        if "array" in types and observed.is_array:
            yield self._of_array(schema, members, observed, at)
        if "object" in types and observed.is_object:
            inner = members.inner(
                {name: part for name, part in schema.items() if name in _OF_OBJECTS}
            )
            yield None if inner is None else self.of_object(inner, observed, at)

    def _of_array(
        self, schema: Mapping[str, Any], members: Members, observed: ObservedNames, at: Path
    ) -> bytes | None:
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if most is None and least <= 1:
            times = b"++" if least else b"*+"
        else:
            most = min(_MOST_ITEMS, _MOST_ITEMS if most is None else most)
            times = b"{%d,%d}+" % (least, most)
            if least > most:
                return None
        path = (*at, "*")
        item = (
            None
            if self._is_counted(path)
            else (self._of_value(schema.get("items", True), members, observed.items, path))
        )
        if item is None:
            return None if least else b"\\[%b\\]" % self._blank
        return b"\\[(?:%b%b)%b%b\\]" % (self._first_or_comma(b"\\["), item, times, self._blank)


def _of_listed(schema: Mapping[str, Any], members: Members) -> bytes | None:
    """Return the pattern of the values that a schema lists, each with no other text than one."""
    texts = set(filter(None, map(written, valid_values(schema, members))))
    # the longest first: a number may begin as another one
    longest_first = sorted(texts, key=lambda each: (-len(each), each))
    return b"(?>%b)" % b"|".join(longest_first) if texts else None


def valid_values(schema: Mapping[str, Any], members: Members) -> list[Any]:
    """Return the values that a schema lists, each with no other text than one."""
    listed = schema.get("enum", [schema.get("const")])
    is_valid = members.are_valid(schema)
    return [
        each
        for each in listed
        if isinstance(each, (str, int)) or each is None
        if not isinstance(each, int) or abs(each) < 10**_DIGITS
        if is_valid([each])
    ]


def written(value: Any) -> bytes | None:
    """Return the pattern of a value as it is written, its characters as they are or escaped.

    Return None for one with half a surrogate pair.
    """
    texts = sorted({json.dumps(value), json.dumps(value, ensure_ascii=False)})
    try:
        return b"(?:%b)" % b"|".join(re.escape(each.encode()) for each in texts)
    except UnicodeEncodeError:
        return None


def _of_strings(schema: Mapping[str, Any]) -> bytes | None:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        return None
    if "format" in schema:
        text, longest = STRINGS_OF_FORMATS.get(schema["format"], (b"", 0))
        is_any = longest and least <= 1 and (most is None or most >= longest)
        return b'"%b"' % text if is_any else None
    if most is not None and (least > most or least > MOST_REPEATED):
        return None
    return b'"(?:%b)' % b"|".join(_of_characters(least, most))


def _of_characters(least: int, most: int | None) -> Iterator[bytes]:
    """Yield patterns of so many characters, with the quotation mark after them."""
    limit = b"" if most is None else b"%d" % min(most, MOST_REPEATED)
    one = CHARACTER if least <= 1 else OF_ASCII
    yield b'%b{%d,%b}+"' % (one, least, limit)
    if least > 1:
        return
    if most is None:
        yield b'(?:%b++|%b)%b"' % (CHARACTER, ESCAPED, b"++" if least else b"*+")
        return
    if most <= _COUNTED:
        yield b'(?&c){%d,%d}+"' % (least, most)
        return
    some = b"++" if least else b"*+"
    escaped = b"(?:%b++|%b)%b" % (CHARACTER, _ESCAPED_BUT_QUOTES, some)
    yield b'(?=[^"]{0,%b}+")%b"' % (limit, escaped)
    part = b"%b{0,%d}+" % (CHARACTER, (int(limit) - _MOST_QUOTES) // (_MOST_QUOTES + 1))
    yield b'(?:%b%b){1,%d}+%b"' % (part, ESCAPED, _MOST_QUOTES, part)


def number_pattern(schema: Mapping[str, Any], *, is_integer: bool) -> bytes | None:
    """Return the pattern of numbers with so many digits that they are certainly within bounds."""
    bounds = [schema[keyword] for keyword in _BOUNDS if keyword in schema]
    if schema.get("multipleOf", 1) != 1 or not all(type(each) in (int, float) for each in bounds):
        return None
    is_integer = is_integer or "multipleOf" in schema or "format" in schema
    digits = _DIGITS if is_integer else _DIGITS_BEFORE_POINT
    if "format" in schema:
        digits = _DIGITS_OF_FORMATS.get(schema["format"], 0)

    def fits(number: int) -> bool:
        """Return whether a number is within bounds, as all between two such numbers are."""
        lower, upper = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        within = schema.get("minimum", number) <= number <= schema.get("maximum", number)
        above = lower is None or lower < number
        return bool(within and above and (upper is None or number < upper))

    fraction = b"" if is_integer else _FRACTION
    found = []
    if digits and fits(0) and (is_integer or fits(1)):
        found.append(b"0" + fraction)
    for sign, text in ((1, b""), (-1, b"-")):
        fewest = [n for n in range(1, digits + 1) if fits(sign * 10 ** (n - 1))]
        most = [n for n in range(1, digits + 1) if fits(sign * (10**n - is_integer))]
        if fewest and most and fewest[0] <= most[-1]:
            repeated = fewest[0] - 1, most[-1] - 1
            found.append(b"%b[1-9][0-9]{%d,%d}+%b" % (text, *repeated, fraction))
    return b"|".join(found) or None
