"""A form of texts goes in, the shortest, the longest, plain, real and odd ones come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import jsonschema_rs

from fieldbound.model import BACKTRACK_LIMIT

from .automaton import Language
from .random_source import Source
from .regex_parser import NotRegular
from .value_sets import Texts

#: How much longer than the shortest a text is made where nothing bounds its length.
_ROOM: Final = 24
_FEW: Final = 12
#: Characters beyond which no text is made.
_LARGEST: Final = 1_000_000
#: What is left of a turn to choose a style by, and what varies a text of a pattern.
_STYLES: Final = 3
_MIXED: Final = 5
_TRIES: Final = 500
#: Alphabets of which a text of any length is made, each character one code point.
_SCRIPTS: Final = (
    "0",
    "aÉñüß",
    "漢字かな",
    "\U0001f600\U0001f44d\U00020bb7",
    "e\u0301n\u0303",
    'O\'Brien & Söhne <b>"x"/\\',
)
_REAL: Final = (
    "a",
    " a ",
    "Ünïcödé",
    "漢字かな",
    "\U0001f600\U0001f44d",
    "e\u0301",
    "O'Brien & Söhne",
    "null",
    "true",
    "-1",
    "مرحبا",
    "a\tb",
)
_DATE: Final = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_ANY_DATE: Final = (
    "([1-9][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|(19|20)([02468][48]|[13579][26]|[2468]0)-02-29)"
)
_TIME: Final = (
    r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_BYTE: Final = "(0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_NAME: Final = r"[a-z]{1,60}(\.[a-z]{1,60}){0,3}"
_LABEL: Final = "[a-zA-Z0-9]{1,20}(-[a-zA-Z0-9]{1,20}){0,2}"
_ANY_NAME: Final = rf"{_LABEL}(\.{_LABEL}){{0,4}}"
_MAIL: Final = rf"^[a-z0-9]{{1,60}}@{_NAME}\.[a-z]{{2,6}}$"
_ANY_MAIL: Final = rf"^[a-zA-Z0-9_+-]+(\.[a-zA-Z0-9_+-]+)*@{_LABEL}(\.{_LABEL})+$"
_URI: Final = rf"^https://{_NAME}(/[a-zA-Z0-9._~-]+)*$"
_ANY_URI: Final = (
    "^[a-z][a-z0-9+.-]*:(//[a-zA-Z0-9.-]+(:[0-9]{1,4})?)?(/[a-zA-Z0-9._~-]*)*"
    r"(\?[a-zA-Z0-9=&._~-]*)?(#[a-zA-Z0-9._~-]*)?$"
)
_PATH: Final = "^(/[a-z0-9._~-]+)*$"
_ANY_PATH: Final = r"^[a-zA-Z0-9/._~-]*(\?[a-zA-Z0-9=&._~-]*)?(#[a-zA-Z0-9._~-]*)?$"
_HEX: Final = "[0-9a-fA-F]"
#: Of each format patterns that only take texts of it, the plain one first and then a wider one that
#: is asked where a schema has patterns of its own, and texts that people stumble over.
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
    "hostname": (f"^{_NAME}$", f"^{_ANY_NAME}$", ("a", "a-1.example.com")),
    "idn-hostname": (f"^{_NAME}$", f"^{_ANY_NAME}$", ("a", "bücher.example")),
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
_CODED: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
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
_BOTH: Final = ("e30=", "bnVsbA==", "MQ==", "W10=")
#: All of these by name.
_KNOWN: Final = {**_FORMATS, **_CODED}


@lru_cache(maxsize=4096)
def matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern, as the engine has it."""
    taken: bool = _judge(Texts(patterns=(pattern,))).is_valid(text)
    return taken


def schema_of(form: Texts) -> dict[str, Any]:
    """Return a schema that takes just the texts of a form."""
    schema: dict[str, Any] = {"type": "string", "minLength": form.least}
    if form.most is not None:
        schema["maxLength"] = form.most
    schema["allOf"] = [
        *({"pattern": each} for each in form.patterns),
        *({"format": each} for each in form.formats),
        *({"not": {"pattern": each}} for each in form.avoided),
        *({"not": {"format": each}} for each in form.avoided_formats),
        *({"not": {"const": each}} for each in form.excluded),
    ]
    for each in form.encodings:
        schema["contentMediaType" if "/" in each else "contentEncoding"] = each
    if form.encodings:
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return {name: each for name, each in schema.items() if each not in ([], 0)}


def _judge(form: Texts) -> Any:
    return jsonschema_rs.validator_for(
        schema_of(form),
        validate_formats=True,
        offline=True,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT),
    )


def meet(one: Texts, other: Texts) -> Texts:
    """Return the form of the texts that are of both forms."""
    bounds = [each for each in (one.most, other.most) if each is not None]
    return Texts(
        max(one.least, other.least),
        min(bounds) if bounds else None,
        tuple(dict.fromkeys((*one.patterns, *other.patterns))),
        tuple(dict.fromkeys((*one.avoided, *other.avoided))),
        (*one.formats, *other.formats),
        (*one.avoided_formats, *other.avoided_formats),
        (*one.encodings, *other.encodings),
        (*one.excluded, *other.excluded),
    )


class Spelling:
    """Texts of one form, by kind and at will.

    *edges* begins with the plainest of the shortest and holds the longest, in several scripts. It
    is empty if none was found: there is none at all where this is *proven*.
    """

    def __init__(self, form: Texts) -> None:
        if form.most is not None and form.most > _LARGEST:
            form = replace(form, most=None)  # nobody gets to that bound
        self._form = form
        self._language, exact = _language(form)
        bound = form.least + _ROOM if form.most is None else form.most
        self.lengths = self._lengths(bound)
        self._takes = _judge(form).is_valid if self._is_checked() else None
        self.edges = self._edges()
        #: The shortest, the longest of many scripts, and such as people write: several of a kind.
        self.bounds = self._bounds()
        self.proven = (exact and form.least <= _LARGEST) or bool(self.edges)

    def _is_checked(self) -> bool:
        form = self._form
        return bool(
            form.patterns or form.formats or form.avoided or form.avoided_formats
            or form.excluded or form.encodings
        )  # fmt: skip

    def _lengths(self, bound: int) -> list[int]:
        form = self._form
        if form.least > _LARGEST:
            return []
        if self._language is not None:
            return self._language.lengths(form.least, form.most)
        near = range(form.least, min(form.least + _ROOM, bound) + 1)
        return [*near, *([bound] if near and bound > near[-1] else [])]

    def _edges(self) -> tuple[str, ...]:
        if not self.lengths:
            return ()
        shortest, longest = self.lengths[0], self.lengths[-1]
        found = [self._made(shortest, 0)]
        found += self._made_all(longest if self._form.most is not None else shortest)
        found += self._samples()
        if not self._takes:
            return tuple(dict.fromkeys(found))
        taken = tuple(dict.fromkeys(filter(self._takes, found)))
        return taken or tuple(self._searched())

    def _searched(self) -> Iterator[str]:
        """Yield a text that is taken, of those that may be: some rule cannot be followed."""
        tried = (
            self._counted(length, count)
            for length in self.lengths[:_FEW]
            for count in range(_TRIES)
        )
        yield from islice(filter(self._takes, tried), 1)

    def _bounds(self) -> list[list[str]]:
        most = None if self._form.most is None or not self.lengths else self.lengths[-1]
        longest = [each for each in self.edges if len(each) == most]
        others = [each for each in self.edges[1:] if each not in longest]
        return [each for each in ([*self.edges[:1]], longest, others) if each]

    def near(self, steps: int, turn: int, _toward: str = "") -> str:
        """Return a text so many lengths above the shortest, in a style by turns, if any."""
        if self._language is None:
            length = self._form.least + steps
            if self._form.most is not None and length > self._form.most:
                return self.edges[0]
        elif steps < len(self.lengths):
            length = self.lengths[steps]
        else:
            return self.edges[0]
        text = self._made(length, (turn >> _STYLES) % len(_SCRIPTS), turn >> _MIXED)
        return text if not self._takes or self._takes(text) else self.edges[0]

    def inside(self, share: float, turn: int, _toward: str = "") -> str:
        """Return a text at a share of the lengths there are."""
        span = len(self.lengths)
        if self._language is None:
            span = self.lengths[-1] - self._form.least + 1
        return self.near(int(span * share), turn)

    def _made_all(self, length: int) -> list[str]:
        return [self._made(length, style) for style in range(len(_SCRIPTS))]

    def _made(self, length: int, style: int, mixed: int = 0) -> str:
        """Return a text of a length in one of several styles, 0 the plainest; *mixed* varies it."""
        if self._language is None:
            script = _SCRIPTS[style]
            text = (script * (length // len(script) + 1))[:length]
            return text if style < len(_SCRIPTS) - 1 or length < 2 else f" {text[2:]} "  # noqa: PLR2004
        if style == mixed == 0:
            return self._language.text(length, _plainest)

        def choose(at: int, of: int) -> int:
            return (at * (style + 2) + style + mixed * (2 * at + 1)) % of

        return self._language.text(length, choose, real=style < len(_SCRIPTS) - 1)

    def _samples(self) -> Iterator[str]:
        form = self._form
        for name in (*form.formats, *form.encodings):
            yield from _KNOWN.get(name, ("", "", ()))[-1]
        if len(form.encodings) > 1:
            yield from _BOTH
        if not form.formats:
            bound = form.least + _ROOM if form.most is None else form.most
            yield from (each for each in _REAL if form.least <= len(each) <= bound)

    def has(self, text: str) -> bool:
        """Return whether a text is of the form."""
        form = self._form
        bounded = form.least <= len(text) and (form.most is None or len(text) <= form.most)
        return bounded and (self._takes is None or self._takes(text))

    def draw(self, source: Source) -> str:
        """Return a text drawn at will."""
        if self._language is None:
            most = self.lengths[-1] if self.lengths[-1] < self._form.least + _ROOM else None
            text = source.text(self._form.least, most or self._form.least + _ROOM)
        else:
            length = self.lengths[source.integer(0, min(len(self.lengths), _FEW) - 1)]
            drawn = source.bytes(min(length, 32)) or (0,)
            text = self._language.text(
                length,
                lambda at, n: drawn[at % len(drawn)] * n >> 8,
                real=drawn[0] < 200,  # noqa: PLR2004
            )
        return text if not self._takes or self._takes(text) else self.edges[0]

    def several(self, most: int) -> Iterator[str]:
        """Yield different texts, as many as there are up to a number."""
        told: dict[str, None] = dict.fromkeys(self.edges[:most])
        yield from told
        for length in self.lengths:
            for count in range(most * 2):
                if len(told) >= most:
                    return
                text = self._counted(length, count)
                if text not in told and (not self._takes or self._takes(text)):
                    told[text] = None
                    yield text

    def _counted(self, length: int, count: int) -> str:
        left = count

        def choose(_: int, n: int) -> int:
            nonlocal left
            left, digit = divmod(left, n)
            return digit

        if self._language is not None:
            return self._language.text(length, choose)
        return "".join("abcdefghijklmnopqrstuvwxyz"[choose(at, 26)] for at in range(length))


def _plainest(_at: int, _of: int) -> int:
    return 0


@lru_cache(maxsize=1024)
def _followed(
    patterns: tuple[str, ...], avoided: tuple[str, ...], lenient: bool
) -> Language | None:
    try:
        return Language(patterns, avoided, lenient)
    except NotRegular:
        return None


def _language(form: Texts) -> tuple[Language | None, bool]:
    """Return the language of a form's patterns and formats, and whether it is just theirs.

    None: nothing but lengths, or nothing that an automaton can follow.
    """
    names = [name for name in (*form.formats, *form.encodings) if name in _KNOWN]
    exact = not names and not form.encodings and not form.avoided_formats
    if not names and not form.patterns and not form.avoided:
        return None, exact
    for wide in (False, True) if names else (False,):
        patterns = (*form.patterns, *(_KNOWN[name][wide] for name in names))
        found = _followed(patterns, form.avoided, False)
        if found is not None and (wide or not names or found.lengths(form.least, form.most, few=1)):
            return found, exact
    for some, others in ((patterns, form.avoided), (patterns, ()), (form.patterns[:1], ())):
        if (found := _followed(some, others, True)) is not None:
            return found, False
    return None, False
