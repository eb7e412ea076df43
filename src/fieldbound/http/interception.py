"""What httpx and requests exchange, faked or not, goes in; each message comes out to be looked at.

The clients' own methods are wrapped, above what libraries that fake or record traffic put in their
place. No message is changed, no stream is read, and no message is shown twice. What takes the place
of the wrapped methods themselves, and does not call them, shows nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from inspect import unwrap
from typing import Any, Final, NamedTuple, Protocol

from fieldbound.model import FieldboundError


class Watcher(Protocol):
    """Who is shown messages, and returns what is to be raised out of the client's call."""

    def sent(self, request: Any) -> list[Exception]:
        """Look at a request before it is sent, or, if that could not be, after."""

    def answered(self, response: Any, request: Any) -> list[Exception]:
        """Look at a response when the client is done with it."""


class Wiretap:
    """What shows a watcher, from `install` to `uninstall`, every exchange."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._originals: list[tuple[Any, str, Any]] = []
        self._wrapped: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Show all that is exchanged from now on."""
        for module, owner, name, wrap in _METHODS:
            if find_spec(module) is not None:
                at = getattr(import_module(module), owner, None)
                original = getattr(at, name, None)
                if original is not None:
                    wrapped = wrap(self._watcher, original)
                    self._put(at, name, wrapped)
                    self._wrapped.append((at, name, wrapped))
                    kept = sys.modules.get(_KEPT[0])
                    if getattr(kept, _KEPT[1], None) is original:
                        self._put(kept, _KEPT[1], wrapped)

    def _put(self, owner: Any, name: str, wrapped: Any) -> None:
        self._originals.append((owner, name, getattr(owner, name)))
        setattr(owner, name, wrapped)

    def replaced(self) -> list[str]:
        """Return the names of public methods in whose place there is what need not call them."""
        return [
            f"{owner.__module__.partition('.')[0]}.{owner.__name__}.{name}"
            for owner, name, wrapped in self._wrapped
            if not name.startswith("_") and not _leads_to(getattr(owner, name, None), wrapped)
        ]

    def uninstall(self) -> None:
        """Leave the clients as they were."""
        self._wrapped.clear()
        while self._originals:
            setattr(*self._originals.pop())


def _leads_to(method: Any, wrapped: Any) -> bool:
    """Return whether a method says of itself that it wraps another, or is known to call it."""
    try:
        last = unwrap(method, stop=lambda each: each is wrapped)
    except ValueError:  # it goes round
        return False
    return last is wrapped or getattr(method, "__module__", None) == _KEPT[0]


def clients_to_wrap() -> list[str]:
    """Return the names of the clients that are installed."""
    return [each for each in dict.fromkeys(each.module for each in _METHODS) if find_spec(each)]


# -- one call of a client ------------------------------------------------------------------------


class _Call:
    """One call of a client, and those within it: each message is checked once.

    A client may send again, for a redirect or to authenticate; and one may send by another.
    """

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._sent: list[Any] = []
        self._open: list[Any] = []  # requests that are sent, and not answered
        self._came: list[Any] = []
        self._due: list[Any] = []

    def __enter__(self) -> _Call:
        self._before = _NOW.get()
        outer = self._before
        self._call = self if outer is None or outer._watcher is not self._watcher else outer
        _NOW.set(self._call)
        return self._call

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        _NOW.set(self._before)  # no reset: a coroutine may be closed in another context
        if error is not None:
            raised = self._call._judged()
            if raised and not isinstance(error, FieldboundError):
                raise raised[0]

    def sent(self, request: Any) -> None:
        """Check a request, unless it is sent on; one that was answered may be sent again."""
        if not _among(request, self._open):
            self._open.append(request)
            self._sent.append(request)
            for error in self._watcher.sent(request):
                raise error

    def came(self, *responses: Any) -> None:
        """Take responses in, to be judged when the client is done with them."""
        for each in responses:
            if not _among(each, self._came):
                self._came.append(each)
                self._due.append(each)
                request = self._request_of(each)
                self._open = [other for other in self._open if other is not request]

    def done(self, response: Any) -> None:
        """Check the responses that came, this one the last."""
        self.came(*getattr(response, "history", ()), response)
        for error in self._judged():
            raise error

    def _judged(self) -> list[Exception]:
        errors: list[Exception] = []
        while self._due:
            response = self._due.pop(0)
            request = self._request_of(response)
            if not _among(request, self._sent):
                self._sent.append(request)
                errors += self._watcher.sent(request)
            errors += self._watcher.answered(response, request)
        return errors

    def _request_of(self, response: Any) -> Any:
        try:
            request = response.request
        except (AttributeError, RuntimeError):
            request = None
        last = self._sent[-1] if self._sent else request
        # What fakes answers may have put a likeness in its place.
        return request if isinstance(request, type(last)) else last


def _among(one: Any, others: list[Any]) -> bool:
    return any(one is each for each in others)


_NOW: ContextVar[_Call | None] = ContextVar("_NOW", default=None)


def _done(call: _Call, response: Any) -> None:
    """End a call; a response that is refused is closed."""
    __tracebackhide__ = True
    try:
        call.done(response)
    except BaseException:
        response.close()
        raise


def _call(watcher: Watcher, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap httpx.Client.send."""

    @wraps(original)
    def send(client: Any, request: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        with _Call(watcher) as call:
            response = original(client, request, **given)
            _done(call, response)
        return response

    return send


def _async_call(watcher: Watcher, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap httpx.AsyncClient.send."""

    @wraps(original)
    async def send(client: Any, request: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        with _Call(watcher) as call:
            response = await original(client, request, **given)
            try:
                call.done(response)
            except BaseException:
                await response.aclose()
                raise
        return response

    return send


def _one(watcher: Watcher, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap what sends one request of a call, signed and as it leaves httpx.Client."""

    @wraps(original)
    def send(client: Any, request: Any) -> Any:
        __tracebackhide__ = True
        with _Call(watcher) as call:
            call.sent(request)
            response = original(client, request)
            call.came(response)
        return response

    return send


def _async_one(watcher: Watcher, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap what sends one request of a call, signed and as it leaves httpx.AsyncClient."""

    @wraps(original)
    async def send(client: Any, request: Any) -> Any:
        __tracebackhide__ = True
        with _Call(watcher) as call:
            call.sent(request)
            response = await original(client, request)
            call.came(response)
        return response

    return send


def _session_call(watcher: Watcher, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap requests.Session.send, which calls itself for each redirect."""

    @wraps(original)
    def send(session: Any, request: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        with _Call(watcher) as call:
            call.sent(request)
            before = getattr(request, "hooks", None)
            if isinstance(before, dict):  # another hook may raise, and this is all there is then
                others = before.get("response") or []
                others = [others] if callable(others) else others
                if _came in others:  # a redirect is made of the request before
                    others = [each for each in others if each is not _came]
                    before = {**before, "response": others}
                request.hooks = {**before, "response": [_came, *others]}
            try:
                response = original(session, request, **given)
            finally:
                if before is not None:
                    request.hooks = before
            _done(call, response)
        return response

    return send


def _came(response: Any, *_: Any, **__: Any) -> None:
    """Take a response in, as a hook of requests: one that pickles, as what it is in may be."""
    call = _NOW.get()
    if call is not None:
        call.came(response)


class _Method(NamedTuple):
    """A method of a client's class, and what wraps it."""

    module: str
    owner: str
    name: str
    wrap: Callable[[Watcher, Callable[..., Any]], Callable[..., Any]]


#: httpx tells nobody else of a request once it is signed, nor of a response that a hook refuses.
#: Where its private methods are not there, or not called, `send` has what it returns checked.
_METHODS: Final = (
    _Method("httpx", "Client", "send", _call),
    _Method("httpx", "Client", "_send_single_request", _one),
    _Method("httpx", "AsyncClient", "send", _async_call),
    _Method("httpx", "AsyncClient", "_send_single_request", _async_one),
    _Method("requests", "Session", "send", _session_call),
)
#: What keeps a method as it found it when it was imported, and calls that.
_KEPT: Final = ("requests_mock.mocker", "_original_send")
