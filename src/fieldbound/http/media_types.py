"""Matching of status codes and media types with those of an OpenAPI document."""

from __future__ import annotations

from codecs import lookup
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

_CACHE_SIZE: Final = 1024  # status codes and media types
#: Codecs of Python that convert text, but are no charset of a message.
_NO_CHARSETS: Final = frozenset(
    ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")
)


class Names:
    """The names that are documented."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)

    def __bool__(self) -> bool:
        return bool(self.names)


class StatusCodes(Names):
    """The status codes of an operation, ranges such as "4XX", and "default"."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        self._written = {name.upper() if name != "default" else name: name for name in self.names}
        self.find = lru_cache(_CACHE_SIZE)(self._find)

    def _find(self, status: int) -> str | None:
        """Return the documented name that a status code matches, or None."""
        code = str(status)
        keys = (code, f"{code[0]}XX", "default")
        return next((self._written[key] for key in keys if key in self._written), None)


class MediaTypes(Names):
    """The media types of a body, and ranges such as "text/*"."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        self._written: dict[str, str] = {}
        for name in self.names:
            self._written.setdefault(strip_parameters(name), name)
        self.find = lru_cache(_CACHE_SIZE)(self._find)

    def _find(self, media_type: str) -> str | None:
        """Return the documented name that a media type matches, or None."""
        stripped = strip_parameters(media_type)
        if stripped in self._written or not stripped:
            return self._written.get(stripped)
        ranges = (key for key in self._written if fnmatchcase(stripped, key))
        return next((self._written[key] for key in ranges), None)


def strip_parameters(media_type: str) -> str:
    """Return a media type in lower case, without parameters such as charset."""
    return media_type.partition(";")[0].strip().lower()


def charset_of(media_type: str) -> str:
    """Return the charset parameter of a media type, UTF-8 without one that is known."""
    for each in media_type.split(";")[1:]:
        name, _, value = each.partition("=")
        if name.strip().lower() == "charset":
            return known_charset(value.strip().strip('"')) or "UTF-8"
    return "UTF-8"


def known_charset(name: str) -> str | None:
    """Return the codec of a charset, None of one that is not known."""
    try:
        "".encode(name)  # refuses a codec of bytes, such as hex
        found = lookup(name).name
    except (LookupError, ValueError):  # also of a NUL or a lone surrogate in it
        return None
    return None if found in _NO_CHARSETS else found
