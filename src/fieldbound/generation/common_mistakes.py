"""Values that are often sent by mistake: by type, member of an enumeration and format."""

from __future__ import annotations

from typing import Any, Final

#: Common misspellings of members of an enumeration.
MISSPELLINGS: Final[dict[str, tuple[Any, ...]]] = {
    "y": ("Yes", "yes", True),
    "n": ("No", "no", False),
    "true": (True, "True", "TRUE", "1", "Y"),
    "false": (False, "False", "FALSE", "0", "N"),
}
FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
#: Values of each type that are often sent instead of another.
EACH_TYPE: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    "",
    "0",
    "Y",
    "true",
    0,
    1,
    -1,
    1.5,
    [],
    ["0"],
    {},
    {"0": "0"},
)
ANY_VALUES: Final[tuple[Any, ...]] = (
    "0",
    True,
    0,
    None,
    "1970-01-01T00:00:00+00:00",
    [],
    {},
    [{}],
)
MISFORMATTED: Final[dict[str, tuple[str, ...]]] = {
    "date-time": (
        "1970-01-01T00:00:00",
        "1970-01-01",
        "1970-01-01 00:00:00Z",
        "19700101T000000Z",
        "1970-01-01T00:00:00+0000",
        "1970-13-01T00:00:00Z",
        "1970-02-30T00:00:00Z",
        "01/31/1970",
        "1970-01-01T24:00:00Z",
    ),
    "date": ("1970-01-01T00:00:00Z", "1970-1-1", "19700101", "1970-02-30", "31.01.1970"),
    "time": ("00:00", "24:00:00Z", "00:00:00", "12:00 PM"),
    "duration": ("1D", "P", "P1H", "PT", "1 day"),
    "email": ("a", "a@", "@example.com", "a b@example.com", "a@b@c"),
    "hostname": ("-a.example.com", "a_b", "a b", "https://example.com"),
    "ipv4": ("1.2.3", "256.0.0.1", "01.2.3.4", "1.2.3.4/24"),
    "ipv6": ("1.2.3.4", ":::", "12345::", "::1%eth0"),
    "uri": ("example.com/a", "/a", "https://example.com/a b", "//example.com"),
    "uri-reference": ("https://example.com/a b", "\\\\a", "a b"),
    "uuid": ("2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638"),
    "json-pointer": ("a", "/~", "#/a"),
    "relative-json-pointer": ("/a", "-1", "01"),
    "regex": ("(", "[", "a**"),
    "uri-template": ("{", "{a", "a}"),
}
FORMAT_ALIASES: Final = {
    "idn-email": "email",
    "idn-hostname": "hostname",
    "iri": "uri",
    "iri-reference": "uri-reference",
}
