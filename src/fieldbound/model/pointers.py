"""JSON Pointers (RFC 6901): from a path of keys and indices, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Path: TypeAlias = Sequence[str | int]


def pointer_of(path: Path) -> str:
    """Return the JSON Pointer of a path of keys and indices."""
    return "".join(["/" + escape_token(token) for token in path])


def tokens_of(pointer: str) -> tuple[str, ...]:
    """Return the unescaped tokens of a JSON Pointer."""
    return tuple([token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]])


def percent_decoded(text: str) -> str:
    """Return a part of a URI without percent-encoding."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def escape_token(token: str | int) -> str:
    """Return a key or an index as one escaped token of a JSON Pointer."""
    text = token if token.__class__ is str else str(token)
    if "~" in text or "/" in text:
        return text.replace("~", "~0").replace("/", "~1")
    return text
