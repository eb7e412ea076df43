"""Convert requests and responses of any client or server to a Message.

They are recognized by their attributes, so that no client is imported. Streams are never read: a
streamed body is `unread`, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from .client_bodies import environ_body, request_body, response_body, werkzeug_body
from .content_encoding import UnsupportedEncoding, decoded_body
from .message import Message

_REQUEST: Final = (
    "a request of httpx, requests or werkzeug, a WSGI environ, a request of starlette or FastAPI, "
    "or a fieldbound.Message"
)
_RESPONSE: Final = (
    "a response of httpx, requests or werkzeug, or a fieldbound.Message with a status"
)


def request_of(request: Any) -> Message:
    """Return a request as a Message. Raises TypeError for anything else."""
    if isinstance(request, Message):
        return request
    if isinstance(request, Mapping) and "REQUEST_METHOD" in request:
        return _environ_message(request)
    if hasattr(request, "prepare") and not hasattr(request, "prepare_url"):  # requests.Request
        request = request.prepare()
    if hasattr(request, "environ") and hasattr(request, "get_data"):
        data, unread = werkzeug_body(request)
        return Message(
            request.method, request.url, list(request.headers.items()), data, None, unread
        )
    if not (hasattr(request, "method") and hasattr(request, "url") and hasattr(request, "headers")):
        kind = type(request).__name__
        raise TypeError(f"the request must be {_REQUEST}, not {kind}")
    headers = request.headers
    pairs = headers.raw if hasattr(headers, "raw") else list(headers.items())
    data, unread = request_body(request)
    return Message(request.method, str(request.url), pairs, data, None, unread)


def response_of(response: Any, request: Any = None) -> Message:
    """Return a response, with the method and URL of its request, as a Message.

    Raises TypeError for anything else, or if the request is not known.
    """
    if isinstance(response, Message):
        if response.status is None:
            raise TypeError(f"the response must be {_RESPONSE}: this Message has none")
        return response
    if not (hasattr(response, "status_code") and hasattr(response, "headers")):
        kind = type(response).__name__
        raise TypeError(f"the response must be {_RESPONSE}, not {kind}")
    sent = request_of(_request_of(response) if request is None else request)
    headers = response.headers
    pairs = headers.raw if hasattr(headers, "raw") else list(headers.items())
    data, unread = response_body(response)
    is_decoded = hasattr(response, "iter_content") or hasattr(response, "iter_bytes")  # by clients
    status = int(response.status_code)
    return Message(sent.method, sent.url, pairs, data, status, unread, is_decoded)


def _request_of(response: Any) -> Any:
    try:
        request = response.request
    except (AttributeError, RuntimeError):
        request = None
    if request is None:
        raise TypeError("this response does not know its request: pass it as the second argument")
    return request


def _environ_message(environ: Mapping[str, Any]) -> Message:
    """Return the request of a WSGI environ, leaving its input to the application."""
    headers = [
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    headers += [
        (name.replace("_", "-").title(), environ[name])
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if environ.get(name)
    ]
    data, unread = environ_body(environ)
    return Message(environ["REQUEST_METHOD"], _environ_url(environ), headers, data, None, unread)


def _environ_url(environ: Mapping[str, Any]) -> str:
    from urllib.parse import quote

    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "localhost")
    path_info = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    path = quote(path_info.encode("latin-1", "replace"), safe="/~!$&'()*+,;=:@-._")
    query = environ.get("QUERY_STRING", "")
    url = f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path or '/'}"
    return f"{url}?{query}" if query else url


# -- bodies of messages --------------------------------------------------------------------------


class Body(NamedTuple):
    """A body: its bytes, or a JSON value; or why it was not read."""

    data: bytes | None = None
    value: Any = None
    unread: str | None = None

    @property
    def is_absent(self) -> bool:
        """Whether the message has no body."""
        return not self.data and self.value is None and self.unread is None


def path_of(url: str) -> str:
    """Return the path of a URL, percent-encoding included; "/" if it has none."""
    return urlsplit(url).path or "/"


def headers_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by lower-case name; the values of repeated headers are joined."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name.lower(), []).append(value.strip(" \t"))
    return {key: ("; " if key == "cookie" else ", ").join(values) for key, values in found.items()}


def body_of(message: Message, headers: Mapping[str, str]) -> Body:
    """Return the body of a message, decompressed by its Content-Encoding."""
    body = message.body
    if message.unread is not None:
        return Body(unread=message.unread)
    if isinstance(body, str):
        body = body.encode(errors="surrogatepass")
    if body is None or isinstance(body, (bytes, bytearray, memoryview)):
        data = bytes(body or b"")
        encoding = headers.get("content-encoding", "")
        try:
            return Body(decoded_body(data, encoding, is_decoded=message.decoded))
        except UnsupportedEncoding as error:
            return Body(unread=str(error))
    return Body(value=body)
