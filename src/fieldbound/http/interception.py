"""Interception of the exchanges of httpx, httpx2 and requests, mocked or not.

The send methods of the clients are wrapped, above the transports that mocking and recording
libraries replace. No message is changed, no stream is read, and each message is checked once. A
replacement of the wrapped methods that does not call them cannot be intercepted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from importlib.util import find_spec
from inspect import unwrap
from typing import Any, Final, NamedTuple, Protocol

from fieldbound.model import FieldboundError

from .clients.import_hook import WhenImported


class MessageChecker(Protocol):
    """Checks messages, and returns the exceptions to raise from the client's call."""

    def check_request(self, request: Any) -> list[Exception]:
        """Check a request before it is sent, or if that was not possible, after."""

    def check_response(self, response: Any, request: Any) -> list[Exception]:
        """Check a response when the client is done with it."""


class Interceptor:
    """Has every exchange checked, from `install` to `uninstall`."""

    def __init__(self, checker: MessageChecker) -> None:
        self._checker = checker
        self._originals: list[tuple[Any, str, Any]] = []
        self._wrapped: list[tuple[Any, str, Any]] = []
        self._when_imported = WhenImported(_CLIENTS, self._wrap)

    def install(self) -> None:
        """Wrap the send methods of the clients: of those that are imported, or will be."""
        self._when_imported.add()

    def _wrap(self, module: str) -> None:
        """Wrap the send methods of a client."""
        for _, owner, name, wrap in (each for each in _METHODS if each.module == module):
            client = getattr(sys.modules[module], owner, None)
            original = getattr(client, name, None)
            is_alias = any(each[:2] == (client, name) for each in self._wrapped)
            if original is not None and not is_alias:
                wrapped = wrap(self._checker, original)
                self._replace(client, name, wrapped)
                self._wrapped.append((client, name, wrapped))
                saved_in = sys.modules.get(_SAVED_SEND[0])
                if getattr(saved_in, _SAVED_SEND[1], None) is original:
                    self._replace(saved_in, _SAVED_SEND[1], wrapped)

    def _replace(self, owner: Any, name: str, wrapped: Any) -> None:
        self._originals.append((owner, name, getattr(owner, name)))
        setattr(owner, name, wrapped)

    def replaced_methods(self) -> list[str]:
        """Return the names of public methods that were replaced by what may not call them."""
        return [
            f"{owner.__module__.partition('.')[0]}.{owner.__name__}.{name}"
            for owner, name, wrapped in self._wrapped
            if not name.startswith("_") and not _wraps(getattr(owner, name, None), wrapped)
        ]

    def uninstall(self) -> None:
        """Restore the clients."""
        self._when_imported.remove()
        self._wrapped.clear()
        while self._originals:
            setattr(*self._originals.pop())


def _wraps(method: Any, wrapped: Any) -> bool:
    """Return whether a method wraps another by `__wrapped__`, or is known to call it."""
    try:
        last = unwrap(method, stop=lambda each: each is wrapped)
    except ValueError:  # a cycle
        return False
    return last is wrapped or getattr(method, "__module__", None) == _SAVED_SEND[0]


def installed_clients() -> list[str]:
    """Return the names of the clients that are installed."""
    return [each for each in _CLIENTS if find_spec(each)]


# -- one call of a client ------------------------------------------------------------------------


class _Call:
    """A call of a client, with nested calls: each message is checked once.

    A client may send several requests, for redirects or authentication, and may use another client.
    """

    def __init__(self, checker: MessageChecker) -> None:
        self._checker = checker
        self._sent: list[Any] = []
        self._pending: list[Any] = []  # requests without a response
        self._received: list[Any] = []
        self._unchecked: list[Any] = []

    def __enter__(self) -> _Call:
        self._before = _CURRENT_CALL.get()
        outer = self._before
        self._call = self if outer is None or outer._checker is not self._checker else outer
        _CURRENT_CALL.set(self._call)
        return self._call

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        _CURRENT_CALL.set(self._before)  # not reset(): a coroutine may be closed in another context
        if error is not None:
            raised = self._call._check_responses()
            if raised and not isinstance(error, FieldboundError):
                raise raised[0]

    def check_request(self, request: Any) -> None:
        """Check a request, unless a nested call sends it on; it may be sent again later."""
        if not _is_in(request, self._pending):
            self._pending.append(request)
            self._sent.append(request)
            for error in self._checker.check_request(request):
                raise error

    def add_responses(self, *responses: Any) -> None:
        """Add received responses, to be checked when the client is done with them."""
        for each in responses:
            if not _is_in(each, self._received):
                self._received.append(each)
                self._unchecked.append(each)
                request = self._request_of(each)
                self._pending = [other for other in self._pending if other is not request]

    def finish(self, response: Any) -> None:
        """Check all responses of the call, this one the last."""
        self.add_responses(*getattr(response, "history", ()), response)
        for error in self._check_responses():
            raise error

    def _check_responses(self) -> list[Exception]:
        """Check the received responses, and requests that were not seen; return exceptions."""
        errors: list[Exception] = []
        while self._unchecked:
            response = self._unchecked.pop(0)
            request = self._request_of(response)
            if not _is_in(request, self._sent):
                self._sent.append(request)
                errors += self._checker.check_request(request)
            errors += self._checker.check_response(response, request)
        return errors

    def _request_of(self, response: Any) -> Any:
        try:
            request = response.request
        except (AttributeError, RuntimeError):
            request = None
        last = self._sent[-1] if self._sent else request
        # Mocks may return a response with a request of their own type.
        return request if isinstance(request, type(last)) else last


def _is_in(one: Any, others: list[Any]) -> bool:
    return any(one is each for each in others)


_CURRENT_CALL: ContextVar[_Call | None] = ContextVar("_CURRENT_CALL", default=None)


def _finish(call: _Call, response: Any) -> None:
    """Finish a call; close the response if it is rejected."""
    __tracebackhide__ = True
    try:
        call.finish(response)
    except BaseException:
        response.close()
        raise


def _wrap_send(checker: MessageChecker, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap httpx.Client.send."""

    @wraps(original)
    def send(client: Any, request: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        with _Call(checker) as call:
            response = original(client, request, **given)
            _finish(call, response)
        return response

    return send


def _wrap_async_send(checker: MessageChecker, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap httpx.AsyncClient.send."""

    @wraps(original)
    async def send(client: Any, request: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        with _Call(checker) as call:
            response = await original(client, request, **given)
            try:
                call.finish(response)
            except BaseException:
                await response.aclose()
                raise
        return response

    return send


def _wrap_single(checker: MessageChecker, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the method of httpx.Client that sends one request, after authentication."""

    @wraps(original)
    def send(client: Any, request: Any) -> Any:
        __tracebackhide__ = True
        with _Call(checker) as call:
            call.check_request(request)
            response = original(client, request)
            call.add_responses(response)
        return response

    return send


def _wrap_async_single(checker: MessageChecker, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the method of httpx.AsyncClient that sends one request, after authentication."""

    @wraps(original)
    async def send(client: Any, request: Any) -> Any:
        __tracebackhide__ = True
        with _Call(checker) as call:
            call.check_request(request)
            response = await original(client, request)
            call.add_responses(response)
        return response

    return send


def _wrap_session_send(checker: MessageChecker, original: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap requests.Session.send, which calls itself for each redirect."""

    @wraps(original)
    def send(session: Any, request: Any, **given: Any) -> Any:
        __tracebackhide__ = True
        with _Call(checker) as call:
            call.check_request(request)
            before = getattr(request, "hooks", None)
            if isinstance(before, dict):  # first, as another hook may raise
                others = before.get("response") or []
                others = [others] if callable(others) else others
                if _response_hook in others:  # copied from the request before a redirect
                    others = [each for each in others if each is not _response_hook]
                    before = {**before, "response": others}
                request.hooks = {**before, "response": [_response_hook, *others]}
            try:
                response = original(session, request, **given)
            finally:
                if before is not None:
                    request.hooks = before
            _finish(call, response)
        return response

    return send


def _response_hook(response: Any, *_: Any, **__: Any) -> None:
    """Add a response, as a hook of requests: a module-level function, so that it pickles."""
    call = _CURRENT_CALL.get()
    if call is not None:
        call.add_responses(response)


class _Method(NamedTuple):
    """A method of a client's class, and what wraps it."""

    module: str
    owner: str
    name: str
    wrap: Callable[[MessageChecker, Callable[..., Any]], Callable[..., Any]]


#: Only private methods of httpx see a request after authentication, and a response that a hook
#: rejects. If they are missing or not called, `send` checks what it returns.
_METHODS: Final = (
    *(
        _Method(client, *method)
        for client in ("httpx", "httpx2")
        for method in (
            ("Client", "send", _wrap_send),
            ("Client", "_send_single_request", _wrap_single),
            ("AsyncClient", "send", _wrap_async_send),
            ("AsyncClient", "_send_single_request", _wrap_async_single),
        )
    ),
    _Method("requests", "Session", "send", _wrap_session_send),
)
_CLIENTS: Final = tuple(dict.fromkeys(each.module for each in _METHODS))
#: requests-mock saves the original method at import, and calls that.
_SAVED_SEND: Final = ("requests_mock.mocker", "_original_send")
