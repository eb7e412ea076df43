"""A request or response of any client or server goes in; the Message it is comes out.

They are told by what they have, so that no client is imported. Nothing is taken from a stream that
somebody else is to read: a body that is one is `unread`, with the reason.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from .message import Message

_STREAM: Final = "it is a stream, which is left to who reads it"
_PARSED: Final = "it was parsed as a form before, and is not there any more"
_GZIP: Final = b"\x1f\x8b"
_LARGEST: Final = 1 << 26  # bytes of a body that is unpacked
_UNPACKED: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_EXPECTED: Final = "of httpx, requests or werkzeug, or a fieldbound.Message"


def request_of(given: Any) -> Message:
    """Return a request as a Message. Raises TypeError for what is none."""
    if isinstance(given, Message):
        return given
    if isinstance(given, Mapping) and "REQUEST_METHOD" in given:
        return _of_environ(given)
    if hasattr(given, "prepare") and not hasattr(given, "prepare_url"):  # of requests
        given = given.prepare()
    if hasattr(given, "environ") and hasattr(given, "get_data"):
        data, unread = _of_werkzeug(given)
        return Message(given.method, given.url, list(given.headers.items()), data, None, unread)
    if not (hasattr(given, "method") and hasattr(given, "url") and hasattr(given, "headers")):
        kind = type(given).__name__
        raise TypeError(f"a request is one {_EXPECTED}, or a WSGI environ; this is a {kind}")
    headers = given.headers
    pairs = headers.raw if hasattr(headers, "raw") else list(headers.items())
    data, unread = _sent(given)
    return Message(given.method, str(given.url), pairs, data, None, unread)


def response_of(given: Any, request: Any = None) -> Message:
    """Return a response, with the method and URL of its request, as a Message.

    Raises TypeError for what is none, or where the request is not known.
    """
    if isinstance(given, Message):
        if given.status is None:
            raise TypeError("this Message is a request: a response has a status")
        return given
    if not (hasattr(given, "status_code") and hasattr(given, "headers")):
        kind = type(given).__name__
        raise TypeError(f"a response is one {_EXPECTED} with a status; this is a {kind}")
    asked = request_of(_request_of(given) if request is None else request)
    headers = given.headers
    pairs = headers.raw if hasattr(headers, "raw") else list(headers.items())
    data, unread = _answered(given)
    return Message(asked.method, asked.url, pairs, data, int(given.status_code), unread)


def _request_of(response: Any) -> Any:
    try:
        request = response.request
    except (AttributeError, RuntimeError):
        request = None
    if request is None:
        raise TypeError("give the request of this response as well: check_response(…, request)")
    return request


# -- bodies, as clients and servers keep them ----------------------------------------------------


def _sent(request: Any) -> tuple[Any, str | None]:
    """Return the body of a request of httpx or requests, or why it is not known."""
    if hasattr(request, "stream") and hasattr(request, "read"):  # httpx
        try:
            return request.content, None
        except RuntimeError:  # it is streamed, or in the memory of a redirect that repeats it
            is_whole = type(request.stream).__name__ == "ByteStream"
            return (b"".join(request.stream), None) if is_whole else (None, _STREAM)
    body = getattr(request, "body", None)
    if body is None or isinstance(body, (bytes, str)):
        return body, None
    return (bytes(body), None) if isinstance(body, (bytearray, memoryview)) else (None, _STREAM)


def _answered(response: Any) -> tuple[Any, str | None]:
    """Return the body of a response, or why it is not known."""
    if hasattr(response, "get_data"):  # werkzeug
        is_streamed = response.is_streamed and not hasattr(response, "request")  # else of a test
        if getattr(response, "direct_passthrough", False) or is_streamed:
            return None, _STREAM
        return response.get_data(), None
    if getattr(response, "_content", None) is False:  # requests, before anything is read
        return None, _STREAM
    try:
        return response.content, None
    except RuntimeError:  # httpx, before anything is read
        return None, _STREAM


def _of_werkzeug(request: Any) -> tuple[Any, str | None]:
    parsed = "form" in vars(request) and getattr(request, "_cached_data", None) is None
    return (None, _PARSED) if parsed and request.content_length else (request.get_data(), None)


def _of_environ(environ: Mapping[str, Any]) -> Message:
    """Return the request of a WSGI environ, its input still to be read by the application."""
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
    data, unread = _of_input(environ)
    return Message(environ["REQUEST_METHOD"], _url_of(environ), headers, data, None, unread)


def _of_input(environ: Mapping[str, Any]) -> tuple[bytes | None, str | None]:
    length, stream = str(environ.get("CONTENT_LENGTH") or ""), environ.get("wsgi.input")
    if stream is None or (length.isdecimal() and not int(length)):
        return None, None
    if not length.isdecimal():
        return None, _STREAM if "HTTP_TRANSFER_ENCODING" in environ else None
    try:
        start = stream.tell()
        data = stream.read(int(length))
        stream.seek(start)
    except (AttributeError, OSError, ValueError):
        return None, _STREAM
    return data, None


def _url_of(environ: Mapping[str, Any]) -> str:
    from urllib.parse import quote

    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "localhost")
    written = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    path = quote(written.encode("latin-1", "replace"), safe="/~!$&'()*+,;=:@-._")
    query = environ.get("QUERY_STRING", "")
    url = f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path or '/'}"
    return f"{url}?{query}" if query else url


# -- bodies, as they are judged ------------------------------------------------------------------


class Body(NamedTuple):
    """A body: its bytes, or a value that is JSON already; or why it is not known."""

    data: bytes | None = None
    value: Any = None
    unread: str | None = None

    @property
    def absent(self) -> bool:
        """Whether there is none."""
        return not self.data and self.value is None and self.unread is None


def path_of(url: str) -> str:
    """Return the path of a URL as it is written; that of a URL without one is "/"."""
    return urlsplit(url).path or "/"


def headers_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name in lower case; one that is there several times is one list."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        text = value.strip(" \t")
        between = "; " if key == "cookie" else ", "
        found[key] = f"{found[key]}{between}{text}" if key in found else text
    return found


def body_of(message: Message, headers: Mapping[str, str]) -> Body:
    """Return the body of a message, unpacked where it is packed."""
    given = message.body
    if message.unread is not None:
        return Body(unread=message.unread)
    if isinstance(given, str):
        given = given.encode(errors="surrogatepass")
    if given is None or isinstance(given, (bytes, bytearray, memoryview)):
        data = bytes(given or b"")
        return _unpacked(data, headers.get("content-encoding", ""))
    return Body(value=given)


def _unpacked(data: bytes, encoding: str) -> Body:
    """Return what was packed; clients name the packing of what they have unpacked already, too."""
    kind = encoding.strip().lower()
    if kind in _UNPACKED and data and (data.startswith(_GZIP) or kind == "deflate"):
        unpacker = zlib.decompressobj(_UNPACKED[kind])
        try:
            data = unpacker.decompress(data, _LARGEST)
        except zlib.error:
            return Body(unread=f"it is not packed as {kind}, as its headers say")
        if unpacker.unconsumed_tail:
            return Body(unread=f"it unpacks to more than {_LARGEST >> 20} MiB")
        return Body(data)
    if kind not in ("", "identity") and not _is_text(data):
        return Body(unread=f"it is packed as {kind[:20]}, which is not unpacked here")
    return Body(data)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
