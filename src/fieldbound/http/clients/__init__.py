"""A client goes in with a Guard; the same client comes out, its exchanges checked as they pass.

    client = httpx.Client(event_hooks=event_hooks(guard))
    client = httpx.AsyncClient(transport=async_transport(guard))
    session.mount("https://", adapter(guard))

A request that breaks the contract is stopped before it leaves the process; what else is done about
it is the Guard's to say, by its modes. Where a Guard is expected, an API or the name of one does as
well: then what is invalid is raised.

**No stream is read behind the back of who reads it.** Of a request whose body is a stream, all but
the body is judged. Of a response of httpx that is streamed, the status and headers are judged when
it comes, and the body when it has been read to its end, in any way but by `response.stream`
itself; not if it is closed before, fails, or is larger than 16 MiB. Of one of requests with
`stream=True`, all but the body is judged. What was not judged, `report.unjudged` says with the
reason, and `guard.reports` has that report, valid or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fieldbound.http.guard import ContractWarning, Guard

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from requests.adapters import BaseAdapter

    from fieldbound.http.vendor_api import API

__all__ = ["ContractWarning", "Guard", "adapter", "async_transport", "event_hooks", "transport"]


def event_hooks(guard: Guard | API | str) -> dict[str, list[Callable[..., Any]]]:
    """Return the event hooks for an httpx.Client or httpx.AsyncClient.

    Hooks see each request as it leaves the client, with its authentication, redirects included.
    """
    from .httpx import hooks

    return hooks(_guard(guard))


def transport(
    guard: Guard | API | str, inner: httpx.BaseTransport | None = None
) -> httpx.BaseTransport:
    """Return the transport for an httpx.Client that checks what goes through it.

    *inner* is the transport that sends; without one, an httpx.HTTPTransport(). As with every
    transport of one's own, `verify`, `cert` and `http2` are options of *inner*, not of the client.
    """
    from .httpx import Transport

    return Transport(_guard(guard), inner)


def async_transport(
    guard: Guard | API | str, inner: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncBaseTransport:
    """Return the transport for an httpx.AsyncClient that checks what goes through it.

    *inner* is the transport that sends; without one, an httpx.AsyncHTTPTransport().
    """
    from .httpx import AsyncTransport

    return AsyncTransport(_guard(guard), inner)


def adapter(guard: Guard | API | str, inner: BaseAdapter | None = None) -> BaseAdapter:
    """Return the adapter to mount in a requests.Session that checks what goes through it.

    *inner* is the adapter that sends; without one, a requests.adapters.HTTPAdapter().
    """
    from .requests import Adapter

    return Adapter(_guard(guard), inner)


def _guard(given: Guard | API | str) -> Guard:
    return given if isinstance(given, Guard) else Guard(given)
