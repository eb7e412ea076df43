"""Event hooks and transports of httpx and httpx2 that check exchanges by a Guard.

Which of the two a message is of is known from its class.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from fieldbound.http.guard import MAX_BODY_BYTES, Guard, StreamedResponse

if TYPE_CHECKING:
    import httpx

_CLIENTS: Final = ("httpx", "httpx2")

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


class Transport:
    """Sends by another transport; a guard checks requests and responses."""

    def __init__(self, guard: Guard, inner: httpx.BaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check and send a request; check and return the response."""
        self.guard.check_request(request)
        if self.inner is None:
            self.inner = _client_of(request).HTTPTransport()
        response = self.inner.handle_request(request)
        try:
            check_response(self.guard, response, request)
        except BaseException:
            response.close()
            raise
        return response

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the inner transport."""
        if self.inner is not None:
            self.inner.close()


class AsyncTransport:
    """Sends by another transport; a guard checks requests and responses."""

    def __init__(self, guard: Guard, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check and send a request; check and return the response."""
        self.guard.check_request(request)
        if self.inner is None:
            self.inner = _client_of(request).AsyncHTTPTransport()
        response = await self.inner.handle_async_request(request)
        try:
            check_response(self.guard, response, request)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def __aenter__(self) -> AsyncTransport:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the inner transport."""
        if self.inner is not None:
            await self.inner.aclose()


def _client_of(message: Any) -> ModuleType:
    """Return the client that a message is of; one that is installed, if its class is another's."""
    names = [each.__module__.partition(".")[0] for each in type(message).__mro__]
    found = next((name for name in names if name in _CLIENTS), None)
    return import_module(found or next(name for name in _CLIENTS if find_spec(name)))


def check_response(
    guard: Guard, response: httpx.Response, request: httpx.Request | None = None
) -> None:
    """Check a response: at once if its body was read, else at the end of its stream.

    Raises Invalid in mode "raise".
    """
    streamed = guard.check_streamed(response, request)
    if streamed is None:
        return
    client, stream = _client_of(response), response.stream
    is_async = isinstance(stream, client.AsyncByteStream)
    is_sync = not is_async or isinstance(stream, client.SyncByteStream)
    decompress = partial(_decompressed, client, response.status_code, response.headers)
    response.stream = _stream_type(client, is_sync, is_async)(stream, streamed, decompress)


# -- streams -------------------------------------------------------------------------------------

_Decompress = Callable[[list[bytes]], "bytes | str"]


class _Copied:
    """A stream that is copied for the check while it is read."""

    def __init__(self, inner: Any, response: StreamedResponse, decompress: _Decompress) -> None:
        self._inner, self._response, self._decompress = inner, response, decompress


class _Stream(_Copied):
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


class _AsyncStream(_Copied):
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


class _Chunks:
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


@cache
def _stream_type(client: ModuleType, is_sync: bool, is_async: bool) -> Any:
    """Return the class of a copied stream that a client takes for one of its own."""
    bases = [*([_Stream] * is_sync), *([_AsyncStream] * is_async)]
    bases += [*([client.SyncByteStream] * is_sync), *([client.AsyncByteStream] * is_async)]
    return type("_CopiedStream", tuple(bases), {})


@cache
def _chunks_type(client: ModuleType) -> Any:
    return type("_CopiedChunks", (_Chunks, client.SyncByteStream), {})


def _decompressed(
    client: ModuleType, status: int, headers: httpx.Headers, chunks: list[bytes]
) -> bytes | str:
    """Return a body as the client decompresses it, or why it is not available."""
    if "content-encoding" not in headers:
        return b"".join(chunks)
    body = bytearray()
    try:
        copy = client.Response(status, headers=headers, stream=_chunks_type(client)(chunks))
        for chunk in copy.iter_bytes():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return _TOO_LARGE
    except client.DecodingError:
        return _NOT_DECOMPRESSED
    return bytes(body)
