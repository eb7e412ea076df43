"""Hooks, transports and adapters by which a Guard checks the exchanges of HTTP clients.

    client = httpx.Client(event_hooks=event_hooks(guard))
    client = httpx.AsyncClient(transport=async_transport(guard))
    session.mount("https://", adapter(guard))

The clients are httpx, httpx2 and requests. In mode "raise", an invalid request is not sent. Instead
of a Guard, an API or the name of one may be given: its modes are "raise".

**Streams are never read for you.** The body of a streamed request is not checked. Of a streamed
response of httpx, status code and headers are checked when it is received, and the body once you
have read it to the end, in any way but by `response.stream` itself; it is not checked if the stream
is closed before, fails, or is larger than 16 MiB. With `stream=True` in requests, the body is not
checked. `report.not_checked` has what was not checked, with the reason, and `guard.reports` has the
report, valid or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fieldbound.http.guard import ContractWarning, Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from requests.adapters import BaseAdapter

    from fieldbound.http.vendor_api import API

__all__ = ["ContractWarning", "Guard", "adapter", "async_transport", "event_hooks", "transport"]


def event_hooks(guard: Guard | API | str) -> dict[str, list[Callable[..., Any]]]:
    """Return the event hooks for a Client or AsyncClient of httpx or httpx2.

    Hooks get each request as it is sent, with authentication, and each redirect.
    """
    from .httpx import hooks

    return hooks(_guard(guard))


def transport(
    guard: Guard | API | str, inner: httpx.BaseTransport | None = None
) -> httpx.BaseTransport:
    """Return a transport for a Client of httpx or httpx2 that checks requests and responses.

    *inner* is the transport that sends, by default the client's own HTTPTransport(). As with any
    custom transport, `verify`, `cert` and `http2` are options of *inner*, not of the client.
    """
    from .httpx import Transport

    return cast("httpx.BaseTransport", Transport(_guard(guard), inner))


def async_transport(
    guard: Guard | API | str, inner: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncBaseTransport:
    """Return a transport for an AsyncClient of httpx or httpx2 that checks its exchanges.

    *inner* is the transport that sends, by default the client's own AsyncHTTPTransport().
    """
    from .httpx import AsyncTransport

    return cast("httpx.AsyncBaseTransport", AsyncTransport(_guard(guard), inner))


def adapter(guard: Guard | API | str, inner: BaseAdapter | None = None) -> BaseAdapter:
    """Return an adapter to mount in a requests.Session that checks requests and responses.

    *inner* is the adapter that sends, by default a requests.adapters.HTTPAdapter().
    """
    from .requests import Adapter

    return Adapter(_guard(guard), inner)


def _guard(guard: Guard | API | str) -> Guard:
    return guard if isinstance(guard, Guard) else Guard(guard)
