"""The charset of a media type."""

from __future__ import annotations

import pytest

from fieldbound.http.media_types import charset_of

#: Codecs that Python knows, but that are no charset of a text.
NO_CHARSETS = (
    *("hex", "bz2", "rot13", "zlib", "uu", "base64", "quopri"),
    *("undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape"),
)


@pytest.mark.parametrize(
    ("media_type", "charset"),
    [
        ("text/plain", "UTF-8"),
        ("text/plain; charset=latin-1", "iso8859-1"),
        ('text/plain; q=1; Charset="UTF-16"', "utf-16"),
        ("text/plain; charset=unheard-of", "UTF-8"),
        ("text/plain; charset=\udced\udca0utf-8", "UTF-8"),
        ("text/plain; charset=utf\x00", "UTF-8"),
        ("text/plain; charset=", "UTF-8"),
        *[(f"text/plain; charset={each}", "UTF-8") for each in NO_CHARSETS],
    ],
)
def test_the_charset_is_one_that_is_known(media_type: str, charset: str) -> None:
    """The charset is that of the parameter, and UTF-8 where it is unknown or no name at all."""
    assert charset_of(media_type) == charset
