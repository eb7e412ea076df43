"""Media types: which are JSON, forms or plain text, and which one is checked by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_JSON: Final = "application/json"
_JSON_RANGES: Final = ("*/*", "application/*")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def _without_parameters(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON."""
    return _without_parameters(media_type).endswith(("/json", "+json"))


def is_form(media_type: str) -> bool:
    """Return whether a media type is that of form data."""
    return _without_parameters(media_type) in _FORMS


def is_text(media_type: str) -> bool:
    """Return whether a media type is plain text, or a range that includes it."""
    return _without_parameters(media_type) in ("text/plain", "text/*")


def default_media_type(content: Iterable[str]) -> str | None:
    """Return the media type that is checked where none is named: JSON, or a range of it."""
    found = [each for each in content if is_json(each) or each in _JSON_RANGES]
    return min(found, key=lambda each: (each in _JSON_RANGES, each != _JSON), default=None)
