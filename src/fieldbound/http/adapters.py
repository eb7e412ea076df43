"""Convert requests and responses of any client or server to a Message.

They are recognized by their attributes, so that no client is imported. Streams are never read: a
streamed body is `unread`, with the reason.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from .message import Message

_STREAMED: Final = "it is a stream, which is not read"
_ALREADY_PARSED: Final = "it was already parsed as a form, and is no longer available"
_GZIP: Final = b"\x1f\x8b"
_MAX_BODY_BYTES: Final = 1 << 26  # of a body after decompression
_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_REQUEST: Final = "a request of httpx, requests or werkzeug, a WSGI environ or a fieldbound.Message"
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
        data, unread = _werkzeug_body(request)
        return Message(
            request.method, request.url, list(request.headers.items()), data, None, unread
        )
    if not (hasattr(request, "method") and hasattr(request, "url") and hasattr(request, "headers")):
        kind = type(request).__name__
        raise TypeError(f"the request must be {_REQUEST}, not {kind}")
    headers = request.headers
    pairs = headers.raw if hasattr(headers, "raw") else list(headers.items())
    data, unread = _request_body(request)
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
    data, unread = _response_body(response)
    return Message(sent.method, sent.url, pairs, data, int(response.status_code), unread)


def _request_of(response: Any) -> Any:
    try:
        request = response.request
    except (AttributeError, RuntimeError):
        request = None
    if request is None:
        raise TypeError("this response does not know its request: pass it as the second argument")
    return request


# -- bodies in clients and servers ---------------------------------------------------------------


def _request_body(request: Any) -> tuple[Any, str | None]:
    """Return the body of a request of httpx or requests, or why it was not read."""
    if hasattr(request, "stream") and hasattr(request, "read"):  # httpx
        try:
            return request.content, None
        except RuntimeError:
            # the body of a redirect is a stream, too, but in memory
            in_memory = type(request.stream).__name__ == "ByteStream"
            return (b"".join(request.stream), None) if in_memory else (None, _STREAMED)
    body = getattr(request, "body", None)
    if body is None or isinstance(body, (bytes, str)):
        return body, None
    return (bytes(body), None) if isinstance(body, (bytearray, memoryview)) else (None, _STREAMED)


def _response_body(response: Any) -> tuple[Any, str | None]:
    """Return the body of a response, or why it was not read."""
    if hasattr(response, "get_data"):  # werkzeug
        is_streamed = response.is_streamed and not hasattr(
            response, "request"
        )  # TestResponse has it
        if getattr(response, "direct_passthrough", False) or is_streamed:
            return None, _STREAMED
        return response.get_data(), None
    if getattr(response, "_content", None) is False:  # requests, before anything is read
        return None, _STREAMED
    try:
        return response.content, None
    except RuntimeError:  # httpx, before anything is read
        return None, _STREAMED


def _werkzeug_body(request: Any) -> tuple[Any, str | None]:
    parsed = "form" in vars(request) and getattr(request, "_cached_data", None) is None
    return (
        (None, _ALREADY_PARSED) if parsed and request.content_length else (request.get_data(), None)
    )


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
    data, unread = _environ_body(environ)
    return Message(environ["REQUEST_METHOD"], _environ_url(environ), headers, data, None, unread)


def _environ_body(environ: Mapping[str, Any]) -> tuple[bytes | None, str | None]:
    length, stream = str(environ.get("CONTENT_LENGTH") or ""), environ.get("wsgi.input")
    if stream is None or (length.isdecimal() and not int(length)):
        return None, None
    if not length.isdecimal():
        return None, _STREAMED if "HTTP_TRANSFER_ENCODING" in environ else None
    try:
        start = stream.tell()
        data = stream.read(int(length))
        stream.seek(start)
    except (AttributeError, OSError, ValueError):
        return None, _STREAMED
    return data, None


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
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        text = value.strip(" \t")
        separator = "; " if key == "cookie" else ", "
        found[key] = f"{found[key]}{separator}{text}" if key in found else text
    return found


def body_of(message: Message, headers: Mapping[str, str]) -> Body:
    """Return the body of a message, decompressed by its Content-Encoding."""
    body = message.body
    if message.unread is not None:
        return Body(unread=message.unread)
    if isinstance(body, str):
        body = body.encode(errors="surrogatepass")
    if body is None or isinstance(body, (bytes, bytearray, memoryview)):
        data = bytes(body or b"")
        return _decompressed(data, headers.get("content-encoding", ""))
    return Body(value=body)


def _decompressed(data: bytes, encoding: str) -> Body:
    """Decompress a body, unless the client did: Content-Encoding is there in both cases."""
    coding = encoding.strip().lower()
    if coding in _WINDOW_BITS and data and (data.startswith(_GZIP) or coding == "deflate"):
        decompressor = zlib.decompressobj(_WINDOW_BITS[coding])
        try:
            data = decompressor.decompress(data, _MAX_BODY_BYTES)
        except zlib.error:
            return Body(unread=f"it is not valid {coding}, though Content-Encoding says so")
        if decompressor.unconsumed_tail:
            return Body(unread=f"it decompresses to more than {_MAX_BODY_BYTES >> 20} MiB")
        return Body(data)
    if coding not in ("", "identity") and not _is_utf8(data):
        return Body(unread=f"Content-Encoding {coding[:20]} is not supported")
    return Body(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
