"""Regular expressions and examples of string formats and content encodings."""

from __future__ import annotations

from typing import Final

_DATE: Final = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_ANY_DATE: Final = (
    "([1-9][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|(19|20)([02468][48]|[13579][26]|[2468]0)-02-29)"
)
_TIME: Final = (
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_BYTE: Final = "(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_DOMAIN: Final = r"[a-z]{1,60}(\.[a-z]{1,60}){0,3}"
_LABEL: Final = "[a-zA-Z0-9]{1,20}(-[a-zA-Z0-9]{1,20}){0,2}"
_ANY_DOMAIN: Final = rf"{_LABEL}(\.{_LABEL}){{0,4}}"
_MAIL: Final = rf"^[a-z0-9]{{1,60}}@{_DOMAIN}\.[a-z]{{2,6}}$"
_ANY_MAIL: Final = rf"^[a-zA-Z0-9_+-]+(\.[a-zA-Z0-9_+-]+)*@{_LABEL}(\.{_LABEL})+$"
_URI: Final = rf"^https://{_DOMAIN}(/[a-zA-Z0-9._~-]+)*$"
_ANY_URI: Final = (
    "^[a-z][a-z0-9+.-]*:(//[a-zA-Z0-9.-]+(:[0-9]{1,4})?)?(/[a-zA-Z0-9._~-]*)*"
    r"(\?[a-zA-Z0-9=&._~-]*)?(#[a-zA-Z0-9._~-]*)?$"
)
_PATH: Final = "^(/[a-z0-9._~-]+)*$"
_ANY_PATH: Final = r"^[a-zA-Z0-9/._~-]*(\?[a-zA-Z0-9=&._~-]*)?(#[a-zA-Z0-9._~-]*)?$"
_HEX: Final = "[0-9a-fA-F]"
#: For each format: a simple pattern whose matches all have the format, a wider one that is used if
#: a schema has patterns, too, and examples that often cause bugs.
_FORMATS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "date": (f"^{_DATE}$", f"^{_ANY_DATE}$", ("2024-02-29", "1970-01-01", "9999-12-31")),
    "time": (f"^{_TIME}$", f"^{_TIME}$", ("00:00:00Z", "23:59:59.999+14:00")),
    "date-time": (
        f"^{_DATE}T{_TIME}$",
        f"^{_ANY_DATE}T{_TIME}$",
        (
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.123+05:30",
            "4712-12-31T00:00:00+00:00",
            "9999-12-31T23:59:59-08:00",
        ),
    ),
    "duration": (
        "^P([0-9]{1,4}[YMWD]|T[0-9]{1,4}[HMS]|[0-9]{1,3}DT[0-9]{1,3}H)$",
        "^P(([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)"
        "(T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))?"
        "|T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S)|[0-9]+W)$",
        ("P1D", "PT36H", "P1Y2M3DT4H5M6S"),
    ),
    "email": (_MAIL, _ANY_MAIL, ("a@example.com", "first.last+tag@example.co.uk")),
    "idn-email": (_MAIL, _ANY_MAIL, ("a@example.com", "müller@example.com")),
    "hostname": (f"^{_DOMAIN}$", f"^{_ANY_DOMAIN}$", ("a", "a-1.example.com")),
    "idn-hostname": (f"^{_DOMAIN}$", f"^{_ANY_DOMAIN}$", ("a", "bücher.example")),
    "ipv4": (
        rf"^{_BYTE}(\.{_BYTE}){{3}}$",
        rf"^{_BYTE}(\.{_BYTE}){{3}}$",
        ("0.0.0.0", "255.255.255.255"),  # noqa: S104
    ),
    "ipv6": (
        "^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$",
        f"^(({_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}|{_HEX}{{1,4}}(:{_HEX}{{1,4}}){{0,4}}::"
        f"({_HEX}{{1,4}})?|::({_HEX}{{1,4}}:){{0,4}}{_HEX}{{1,4}})$",
        ("::", "2001:db8::ff00:42:8329"),
    ),
    "uri": (_URI, _ANY_URI, ("https://example.com/a%20b?q=1#f", "urn:isbn:0451450523")),
    "uri-reference": (_PATH, _ANY_PATH, ("", "../a?b#c", "https://example.com/")),
    "iri": (_URI, _ANY_URI, ("https://example.com/ä",)),
    "iri-reference": (_PATH, _ANY_PATH, ("", "/ä#ö")),
    "uri-template": (
        r"^[a-z/]*(\{[a-z]+\}[a-z/]*)*$",
        r"^[a-zA-Z0-9/:._-]*(\{[?/#]?[a-zA-Z0-9_]+\*?\}[a-zA-Z0-9/._-]*)*$",
        ("/{id}", "/a{?q*}"),
    ),
    "uuid": (
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$",
        ("00000000-0000-0000-0000-000000000000", "2EB8AA08-AA98-11EA-B4AA-73B441D16380"),
    ),
    "json-pointer": ("^(/[a-z0-9]*)*$", "^(/[a-zA-Z0-9_. -]*)*$", ("", "/a~1b/~0")),
    "relative-json-pointer": (
        "^[0-9](/[a-z0-9]*)*$",
        "^(0|[1-9][0-9]{0,2})(#|(/[a-zA-Z0-9_-]*)*)$",
        ("0", "1/a", "0#"),
    ),
    "regex": ("^[a-z0-9]*$", "^[a-zA-Z0-9 _-]*$", ("", "^a+$", "[0-9]{2}")),
}
_ENCODINGS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "base64": (
        "^([A-Za-z0-9+/]{4})*$",
        "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        ("", "bnVsbA==", "e30="),
    ),
    "application/json": (
        '^([1-9][0-9]*|"[a-z]*")$',
        r'^([1-9][0-9]*|"[a-zA-Z0-9 _.-]*"|\[[1-9]*\])$',
        ("{}", "null", "[1]"),
    ),
}
BASE64_JSON: Final = ("e30=", "bnVsbA==", "MQ==", "W10=")
#: Formats and encodings.
PATTERNS: Final = {**_FORMATS, **_ENCODINGS}
