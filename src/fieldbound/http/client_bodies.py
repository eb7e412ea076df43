"""The bodies of the requests and responses of clients and servers, without consuming a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

#: A body, and the reason why it was not read.
ReadBody: TypeAlias = "tuple[Any, str | None]"

_STREAMED: Final = "it is a stream, which is not read"
_ALREADY_PARSED: Final = "it was already parsed as a form, and is no longer available"
_ALREADY_READ: Final = "its stream was already read, and is no longer available"
_NOT_AWAITED: Final = "it was not read yet: await request.body() before the check"
_NOT_REWOUND: Final = "one of its files cannot be rewound, so it is not read"
_INPUT: Final = (
    "wsgi.input cannot be rewound, so it is not read: put io.BytesIO of the body in its place"
)
_MAX_MULTIPART_BYTES: Final = 1 << 26
_TOO_LARGE: Final = f"it is larger than {_MAX_MULTIPART_BYTES >> 20} MiB"


def request_body(request: Any) -> ReadBody:
    """Return the body of a request of httpx, requests, starlette, or one with a `body`."""
    if hasattr(request, "stream") and hasattr(request, "read"):
        return _httpx_body(request)
    if hasattr(request, "scope") and hasattr(request, "receive"):
        return _asgi_body(request)
    body = getattr(request, "body", None)
    if isinstance(body, (bytes, str)):
        return body, None
    if isinstance(body, (bytearray, memoryview)):
        return bytes(body), None
    if body is not None:
        return None, _STREAMED
    if hasattr(request, "body") or not _announces_body(request.headers):
        return None, None
    kind = f"{type(request).__module__.partition('.')[0]}.{type(request).__name__}"
    return None, f"the body of {kind} is not supported: pass a fieldbound.Message"


def _httpx_body(request: Any) -> ReadBody:
    try:
        return request.content, None
    except RuntimeError:
        kind = type(request.stream).__name__
    if kind == "ByteStream":  # the body of a redirect is a stream, too, but in memory
        return b"".join(request.stream), None
    return _multipart_body(request.stream) if kind == "MultipartStream" else (None, _STREAMED)


def _multipart_body(stream: Any) -> ReadBody:
    """Return a body with files as httpx will send it, if these can be read twice."""
    files = [getattr(each, "file", b"") for each in stream.fields]
    files = [each for each in files if not isinstance(each, (bytes, str))]
    if not all(map(_is_seekable, files)):
        return None, _NOT_REWOUND
    chunks, size = [], 0
    with _rewound(files):
        for chunk in stream:
            chunks.append(chunk)
            size += len(chunk)
            if size > _MAX_MULTIPART_BYTES:
                return None, _TOO_LARGE
    return b"".join(chunks), None


@contextmanager
def _rewound(files: list[Any]) -> Iterator[None]:
    """Restore the positions of files."""
    positions = [each.tell() for each in files]
    try:
        yield
    finally:
        for each, position in zip(files, positions, strict=True):
            each.seek(position)


def _is_seekable(file: Any) -> bool:
    try:
        return bool(file.seekable())
    except (AttributeError, OSError, ValueError):
        return False


def _asgi_body(request: Any) -> ReadBody:
    """Return the body of a request of starlette, which can only be awaited."""
    known = vars(request)
    if isinstance(known.get("_body"), bytes):
        return known["_body"], None
    if known.get("_form") is not None:
        return None, _ALREADY_PARSED
    version = str(request.scope.get("http_version", "1.1"))
    if version.startswith("1") and not _announces_body(request.headers):
        return None, None
    return None, _ALREADY_READ if known.get("_stream_consumed") else _NOT_AWAITED


def _announces_body(headers: Mapping[str, str]) -> bool:
    """Return whether the headers of a request say that it has a body, as in HTTP/1.1."""
    found = {str(name).lower(): str(value).strip() for name, value in headers.items()}
    return "transfer-encoding" in found or found.get("content-length", "0") != "0"


def response_body(response: Any) -> ReadBody:
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
    if not hasattr(type(response), "content") and isinstance(
        getattr(response, "body", None), bytes
    ):
        return response.body, None  # starlette
    try:
        return response.content, None
    except (AttributeError, RuntimeError):  # httpx, before anything is read
        return None, _STREAMED


def werkzeug_body(request: Any) -> ReadBody:
    """Return the body of a request of werkzeug, which keeps it for the application."""
    known = vars(request)
    announced = request.content_length or "HTTP_TRANSFER_ENCODING" in request.environ
    if announced and getattr(request, "_cached_data", None) is None:
        if "form" in known:
            return None, _ALREADY_PARSED
        _, unread = environ_body(request.environ)
        if "stream" in known or unread == _ALREADY_READ:
            return None, _ALREADY_READ
    return request.get_data(), None


def environ_body(environ: Mapping[str, Any]) -> ReadBody:
    """Return the body of a WSGI environ, leaving its input to the application."""
    length, stream = str(environ.get("CONTENT_LENGTH") or ""), environ.get("wsgi.input")
    if stream is None or (length.isdecimal() and not int(length)):
        return None, None
    if not length.isdecimal():
        return None, _INPUT if "HTTP_TRANSFER_ENCODING" in environ else None
    try:
        start = stream.tell()
        if hasattr(stream, "seekable") and not stream.seekable():
            return None, _INPUT
        data = stream.read(int(length))
        stream.seek(start)
    except (AttributeError, OSError, ValueError):
        return None, _INPUT
    return (data, None) if len(data) == int(length) else (None, _ALREADY_READ)
