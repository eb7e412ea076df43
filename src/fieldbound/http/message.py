"""HTTP requests and responses, independent of client and server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

#: Status codes of responses that never have a body.
BODILESS: Final = (204, 205, 304)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """An HTTP request, or the response to one if it has a *status*.

    *method* and *url* are those of the request, *headers* a mapping or pairs of names and values.
    *body* is bytes, a string, or a JSON value that is not None; None means no body. *unread* is the
    reason why the body was not read, such as that it is a stream. *decoded* is whether a client has
    decoded the body by its Content-Encoding; without it, the bytes decide. No value is in its
    repr.

    Raises TypeError for parts of other types, ValueError for an invalid URL.
    """

    method: str
    url: str
    headers: Any = ()
    body: Any = None
    status: int | None = None
    unread: str | None = None
    decoded: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or not isinstance(self.url, str):
            raise TypeError("method and url must be strings")
        from urllib.parse import urlsplit

        try:
            urlsplit(self.url)
        except ValueError as error:
            raise ValueError(f"invalid url: {error}") from None
        if self.status is not None and type(self.status) is not int:
            raise TypeError(f"status must be an int, not {type(self.status).__name__}")
        given = self.headers.items() if isinstance(self.headers, Mapping) else self.headers or ()
        try:
            pairs = tuple([(_decoded(name), _decoded(value)) for name, value in given])
        except (TypeError, ValueError):
            raise TypeError("headers must be a mapping, or pairs of strings") from None
        object.__setattr__(self, "method", self.method.upper())
        object.__setattr__(self, "headers", pairs)

    def __repr__(self) -> str:
        direction = f"{self.method} request" if self.status is None else f"{self.status} response"
        return f"<Message: {direction}, {len(self.headers)} headers>"


def _decoded(text: Any) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else str(text)
