"""Regular expressions of JSON texts that show what is invalid in a record.

What they capture of a text, together with the names that are there, decides what the record breaks:
so records of which the same is captured break the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .text_patterns import CHARACTER, ESCAPED, OF_ASCII, TextPatterns, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldbound.validation import Members

    from .observed_names import ObservedNames

#: Characters of a string that is captured as a whole.
_SHORT: Final = 25
#: A value that is captured as a whole.
_SHORT_VALUE: Final = (
    rb'true|false|null|-?+(?:0|[1-9][0-9]{0,17}+)(?:\.[0-9]{1,6}+)?+|"%b{0,%d}+"'
    % (OF_ASCII, _SHORT)
)
#: Any other string, after its quotation mark.
_REST: Final = rb'(?:%b++|%b)*+"' % (CHARACTER, ESCAPED)
#: What is captured where a name is missing: a character that no value begins with.
_MISSING: Final = rb"(?=[^:}\n]*+([:}]))"
_OF_LENGTH: Final = frozenset(("type", "maxLength", "$schema"))
#: The greatest length up to which longer strings are known by a pattern.
_LONGEST: Final = 10_000
#: Up to which each character is counted by itself, if it is not of ASCII.
_COUNTED: Final = 300


class InvalidPatterns(TextPatterns):
    """Writes the regular expressions of records in which some values are invalid."""

    def of_invalid(self, members: Members, observed: ObservedNames) -> list[tuple[bytes, int]]:
        """Return patterns of records, and how many groups capture what is invalid in them."""
        orders = [each for each in observed.orders if members.required <= {*each}]
        return [self._of_invalid(each, members, observed) for each in orders]

    def _of_invalid(
        self, order: Sequence[str], members: Members, observed: ObservedNames
    ) -> tuple[bytes, int]:
        """Return the pattern of records with names in an order, and the number of groups."""
        parts: list[bytes] = []
        comma = self._first_or_comma(b"\\{")
        for name in order:
            key, is_required = written(name), name in members.required
            if key is None or self._is_counted((name,)):
                continue
            value = b"(?|%b)" % b"|".join(self._values(name, members, observed))
            member = comma + key + self._colon + value
            # a name that is there is not missing: to try both took exponential time
            either = b"(?>(?|%b|%b))" % (member, _MISSING)
            parts.append(either if is_required else b"(?:%b)?+" % member)
        return b"\\{%b%b\\}" % (b"".join(parts), self._blank), len(parts)

    def _values(self, name: str, members: Members, observed: ObservedNames) -> list[bytes]:
        """Return patterns of values: of valid ones, and of others, captured."""
        end = b"(?=%b[,}])" % self._blank
        schema = members.schema_of(name)
        valid = self._of_value(schema, members, observed.within(name), (name,))
        found = [] if valid is None else [valid + end]
        found.append(b"(%b)%b" % (_SHORT_VALUE, end))
        if schema in (False, {"not": {}}):
            found.append(b'(")' + _REST)
        elif isinstance(schema, dict) and _limits_length(schema):
            one = OF_ASCII if schema["maxLength"] > _COUNTED else b"(?&c)"
            found.append(b'(")%b{%d}+%b' % (one, schema["maxLength"] + 1, _REST))
        return found


def _limits_length(schema: dict[str, Any]) -> bool:
    """Return whether a string breaks its greatest length, if anything."""
    most = schema.get("maxLength")
    is_string = "string" in schema.get("type", "string")
    return schema.keys() <= _OF_LENGTH and is_string and most is not None and most < _LONGEST
