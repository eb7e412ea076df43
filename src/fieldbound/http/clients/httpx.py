"""Event hooks and transports of httpx that check exchanges by a Guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import Any, Final

import httpx

from fieldbound.http.guard import MAX_BODY_BYTES, Guard, StreamedResponse

_NOT_DECOMPRESSED: Final = "it cannot be decompressed"
_TOO_LARGE: Final = f"it decompresses to more than {MAX_BODY_BYTES >> 20} MiB"


class _Awaitable:
    """The result of a hook: an AsyncClient awaits it, a Client does not."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield  # makes this a generator function, as __await__ needs


_AWAITABLE: Final = _Awaitable()


def hooks(guard: Guard) -> dict[str, list[Callable[..., Any]]]:
    """Return event hooks that fit a Client and an AsyncClient."""

    def on_request(request: httpx.Request) -> _Awaitable:
        guard.check_request(request)
        return _AWAITABLE

    def on_response(response: httpx.Response) -> _Awaitable:
        check_response(guard, response)
        return _AWAITABLE

    return {"request": [on_request], "response": [on_response]}


class Transport(httpx.BaseTransport):
    """Sends by another transport; a guard checks requests and responses."""

    def __init__(self, guard: Guard, inner: httpx.BaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = httpx.HTTPTransport() if inner is None else inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check and send a request; check and return the response."""
        self.guard.check_request(request)
        response = self.inner.handle_request(request)
        try:
            check_response(self.guard, response, request)
        except BaseException:
            response.close()
            raise
        return response

    def close(self) -> None:
        """Close the inner transport."""
        self.inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """Sends by another transport; a guard checks requests and responses."""

    def __init__(self, guard: Guard, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = httpx.AsyncHTTPTransport() if inner is None else inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check and send a request; check and return the response."""
        self.guard.check_request(request)
        response = await self.inner.handle_async_request(request)
        try:
            check_response(self.guard, response, request)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self.inner.aclose()


def check_response(
    guard: Guard, response: httpx.Response, request: httpx.Request | None = None
) -> None:
    """Check a response: at once if its body was read, else at the end of its stream.

    Raises Invalid in mode "raise".
    """
    streamed = guard.check_streamed(response, request)
    if streamed is None:
        return
    stream = response.stream
    stream_type: type[_Stream | _AsyncStream] = _AnyStream
    if not isinstance(stream, httpx.AsyncByteStream):
        stream_type = _Stream
    elif not isinstance(stream, httpx.SyncByteStream):
        stream_type = _AsyncStream
    decompress = partial(_decompressed, response.status_code, response.headers)
    response.stream = stream_type(stream, streamed, decompress)


# -- streams -------------------------------------------------------------------------------------

_Decompress = Callable[[list[bytes]], "bytes | str"]


class _Copied:
    """A stream that is copied for the check while it is read."""

    def __init__(self, inner: Any, response: StreamedResponse, decompress: _Decompress) -> None:
        self._inner, self._response, self._decompress = inner, response, decompress


class _Stream(_Copied, httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._inner:
                self._response.feed(chunk)
                yield chunk
        except Exception:
            self._response.fail()
            raise
        self._response.finish(self._decompress)

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._response.abandon()


class _AsyncStream(_Copied, httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                self._response.feed(chunk)
                yield chunk
        except Exception:
            self._response.fail()
            raise
        self._response.finish(self._decompress)

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._response.abandon()


class _AnyStream(_Stream, _AsyncStream):
    pass


class _Chunks(httpx.SyncByteStream):
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


def _decompressed(status: int, headers: httpx.Headers, chunks: list[bytes]) -> bytes | str:
    """Return a body as httpx decompresses it, or why it is not available."""
    if "content-encoding" not in headers:
        return b"".join(chunks)
    body = bytearray()
    try:
        for chunk in httpx.Response(status, headers=headers, stream=_Chunks(chunks)).iter_bytes():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return _TOO_LARGE
    except httpx.DecodingError:
        return _NOT_DECOMPRESSED
    return bytes(body)
