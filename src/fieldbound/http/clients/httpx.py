"""A Guard goes in, the hooks and transports of httpx that show it every exchange come out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import Any, Final

import httpx

from fieldbound.http.guard import LARGEST, Answer, Guard

_NOT_UNPACKED: Final = "it cannot be unpacked"
_UNPACKS_TO: Final = f"it unpacks to more than {LARGEST >> 20} MiB"


class _Done:
    """What a hook returns: a client may await it, and need not."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield  # what makes this a generator, as awaiting asks for


_DONE: Final = _Done()


def hooks(guard: Guard) -> dict[str, list[Callable[..., Any]]]:
    """Return the event hooks of a client, which may be one or the other."""

    def sent(request: httpx.Request) -> _Done:
        guard.sent(request)
        return _DONE

    def answered(response: httpx.Response) -> _Done:
        watch(guard, response)
        return _DONE

    return {"request": [sent], "response": [answered]}


class Transport(httpx.BaseTransport):
    """Sends by another transport, and shows a guard what is sent and what is answered."""

    def __init__(self, guard: Guard, inner: httpx.BaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = httpx.HTTPTransport() if inner is None else inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request that may be sent, and return the response."""
        self.guard.sent(request)
        response = self.inner.handle_request(request)
        try:
            watch(self.guard, response, request)
        except BaseException:
            response.close()
            raise
        return response

    def close(self) -> None:
        """Close the other transport."""
        self.inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """Sends by another transport, and shows a guard what is sent and what is answered."""

    def __init__(self, guard: Guard, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self.guard = guard
        self.inner = httpx.AsyncHTTPTransport() if inner is None else inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request that may be sent, and return the response."""
        self.guard.sent(request)
        response = await self.inner.handle_async_request(request)
        try:
            watch(self.guard, response, request)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def aclose(self) -> None:
        """Close the other transport."""
        await self.inner.aclose()


def watch(guard: Guard, response: httpx.Response, request: httpx.Request | None = None) -> None:
    """Check a response: now, if its body is there, else when its reader is done with it.

    Raises Invalid where that is asked for.
    """
    answer = guard.answering(response, request)
    if answer is None:
        return
    stream = response.stream
    kind: type[_Stream | _AsyncStream] = _AnyStream
    if not isinstance(stream, httpx.AsyncByteStream):
        kind = _Stream
    elif not isinstance(stream, httpx.SyncByteStream):
        kind = _AsyncStream
    unpack = partial(_unpacked, response.status_code, response.headers)
    response.stream = kind(stream, answer, unpack)


# -- bodies that pass ----------------------------------------------------------------------------

_Unpack = Callable[[list[bytes]], "bytes | str"]


class _Passing:
    """A body on its way to its reader, of which a copy is kept until it is judged."""

    def __init__(self, inner: Any, answer: Answer, unpack: _Unpack) -> None:
        self._inner, self._answer, self._unpack = inner, answer, unpack


class _Stream(_Passing, httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._inner:
                self._answer.take(piece)
                yield piece
        except Exception:
            self._answer.lost()
            raise
        self._answer.ended(self._unpack)

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._answer.left()


class _AsyncStream(_Passing, httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._inner:
                self._answer.take(piece)
                yield piece
        except Exception:
            self._answer.lost()
            raise
        self._answer.ended(self._unpack)

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._answer.left()


class _AnyStream(_Stream, _AsyncStream):
    pass


class _Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def _unpacked(status: int, headers: httpx.Headers, pieces: list[bytes]) -> bytes | str:
    """Return a body as httpx unpacks it, or why it is not to be had."""
    if "content-encoding" not in headers:
        return b"".join(pieces)
    body = bytearray()
    try:
        for piece in httpx.Response(status, headers=headers, stream=_Pieces(pieces)).iter_bytes():
            body += piece
            if len(body) > LARGEST:
                return _UNPACKS_TO
    except httpx.DecodingError:
        return _NOT_UNPACKED
    return bytes(body)
