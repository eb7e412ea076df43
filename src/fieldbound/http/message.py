"""A request or a response as fieldbound sees it, whatever client or server it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """An HTTP request, or the response to one if it has a *status*.

    *method* and *url* are those of the request, *headers* a mapping or pairs of names and values.
    *body* is bytes, a text, or a JSON value that is not None; None stands for no body. *unread*
    tells why the body is not known, as that of a stream is not. The repr shows no values.

    Raises TypeError for parts of other types, ValueError for a URL that is none.
    """

    method: str
    url: str
    headers: Any = ()
    body: Any = None
    status: int | None = None
    unread: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or not isinstance(self.url, str):
            raise TypeError("the method and the url of a message are texts")
        from urllib.parse import urlsplit

        try:
            urlsplit(self.url)
        except ValueError as error:
            raise ValueError(f"the url of a message is none: {error}") from None
        if self.status is not None and type(self.status) is not int:
            raise TypeError(f"the status of a message is an int, not {type(self.status).__name__}")
        given = self.headers.items() if isinstance(self.headers, Mapping) else self.headers or ()
        try:
            pairs = tuple([(_latin(name), _latin(value)) for name, value in given])
        except (TypeError, ValueError):
            raise TypeError("the headers of a message are a mapping, or pairs of texts") from None
        object.__setattr__(self, "method", self.method.upper())
        object.__setattr__(self, "headers", pairs)

    def __repr__(self) -> str:
        whole = f"{self.method} request" if self.status is None else f"{self.status} response"
        return f"<Message: {whole}, {len(self.headers)} headers>"


def _latin(text: Any) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else str(text)
