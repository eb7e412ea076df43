"""Regular expressions of rows of CSV that are certainly valid by a schema, a line each.

They are sufficient conditions, and match bytes of which it is known that they are UTF-8.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import type_names

from .text_patterns import (
    KNOWN,
    MOST_REPEATED,
    STRINGS_OF_FORMATS,
    number_pattern,
    valid_values,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldbound.validation import Members

    from .text_patterns import Path

#: A cell that is in no record may be anything.
_ANY: Final[dict[str, Any]] = {}


class CellPatterns:
    """Writes the regular expressions of rows with a *delimiter*.

    What *is_counted* says of a name is left in doubt.
    """

    def __init__(self, delimiter: str, is_counted: Callable[[Path], bool]) -> None:
        self._delimiter = re.escape(delimiter.encode())
        self._is_counted = is_counted

    def of_row(self, columns: Sequence[tuple[str, Any] | None], members: Members) -> bytes | None:
        """Return the pattern of rows, None if none is valid.

        *columns* has name and conversion of each, None for one that is in no record. Of a single
        column, an empty cell is no row.
        """
        names = {column[0] for column in columns if column}
        if len(columns) == 1 or not members.required <= names:
            return None
        return self._delimiter.join(self._of_cell(column, members) for column in columns)

    def _of_cell(self, column: tuple[str, Any] | None, members: Members) -> bytes:
        """Return the pattern of a cell, which is omitted from the record if it is empty."""
        if column is None:
            texts = self._of_strings(_ANY, members)
        elif self._is_counted(column[:1]):
            texts = []
        else:
            texts = self._of_value(
                members.schema_of(column[0]), members, converted=column[1] is not None
            )
        found = [b"%b(?=%b|\\r?+\\n)" % (text, self._delimiter) for text in texts]
        if column is None or column[0] not in members.required:
            found += [b'""', b""]
        return b"(?>%b)" % b"|".join(found or [b"(?!)"])

    def _of_value(self, schema: Any, members: Members, *, converted: bool) -> list[bytes]:
        """Return patterns of the texts of valid values."""
        known = {} if schema is True else schema
        if known is False or not known.keys() <= {*KNOWN, "enum", "const"}:
            return []
        types = type_names(known)
        if not types and converted:  # numbers alone are limited
            types = ("number",)
        if not converted:
            return self._of_strings(known, members) if not types or "string" in types else []
        if "enum" in known or "const" in known or "string" in types:
            return []
        numbers = number_pattern(known, is_integer="number" not in types)
        found = [numbers] if numbers and not {"number", "integer"}.isdisjoint(types) else []
        found += [b"true|false"] if "boolean" in types else []
        return [text for each in found for text in (b"(?:%b)" % each, b'"(?:%b)"' % each)]

    def _of_strings(self, schema: dict[str, Any], members: Members) -> list[bytes]:
        """Return patterns of strings, without and with quotation marks around them."""
        if "enum" in schema or "const" in schema:
            strings = [each for each in valid_values(schema, members) if isinstance(each, str)]
            plain = [
                each.encode() for each in strings if each and re.fullmatch(r"[\w .:/+-]+", each)
            ]
            texts = [b"(?:%b)" % b"|".join(map(re.escape, plain))] if plain else []
            return [text for each in texts for text in (each, b'"%b"' % each)]
        least, most = max(1, schema.get("minLength", 1)), schema.get("maxLength")
        if "pattern" in schema:
            return []
        if "format" in schema:
            text, longest = STRINGS_OF_FORMATS.get(schema["format"], (b"", 0))
            is_any = longest and least == 1 and (most is None or most >= longest)
            return [text, b'"%b"' % text] if is_any else []
        if most is not None and (least > most or least > MOST_REPEATED):
            return []
        others = b"" if least == 1 else b"\x80-\xff"  # each byte is taken for a character
        limit = b"" if most is None else b"%d" % min(most, MOST_REPEATED)
        return [
            b'[^"\\0\\r\\n%b%b]{%d,%b}+' % (self._delimiter, others, least, limit),
            b'"[^"\\0\\r\\n%b]{%d,%b}+"' % (others, least, limit),
        ]
