"""Guards: check requests and responses as a client sends and receives them."""

from __future__ import annotations

import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Lock
from typing import Any, Final, Literal

from fieldbound.model import SAYS, BrokenContract, Invalid, Report, caller_stacklevel, escaped
from fieldbound.policy import Severity

from .adapters import headers_of, request_of, response_of
from .hosts import Hosts, host_of
from .message import BODILESS, Message
from .report_builder import Undocumented
from .vendor_api import API, api

Mode = Literal["raise", "warn", "record"] | None

MODES: Final = ("raise", "warn", "record")
#: Reports that are kept: the latest ones.
MAX_REPORTS: Final = 1_000
#: Bytes of a streamed body that are buffered to be checked.
MAX_BODY_BYTES: Final = 1 << 24
_TOO_LARGE: Final = f"it is larger than {MAX_BODY_BYTES >> 20} MiB"
_CLOSED_EARLY: Final = "its stream was closed before the end"
_CONNECTION_FAILED: Final = "the connection failed before the end"
_REJECTED: Final = "the response was rejected before it was read"


class ContractWarning(UserWarning):
    """A message violates its contract; the warning is the start of its report."""


class Guard:
    """Checks the messages of a client by one API, or by the one of several that they belong to.

    *apis* are APIs or names of them, or `Hosts`. *request* and *response* are the modes: "raise"
    Invalid for an invalid message, "warn" with a ContractWarning, or only "record" it; None checks
    no messages of that direction. Reports are recorded in every mode.

    *reports* has the latest thousand reports that are invalid or not checked in part; *checked*
    counts checked messages by contract, *uncovered* requests without an API by host. A guard of one
    API checks every message by it, unless `Hosts` say where it is. Threads may share a guard.

    What is not documented of a response is recorded, or a violation with *undocumented* "fail"; by
    default as the API says. A message that only violates limits with weaker evidence than *fail_on*
    is recorded in every mode.

    Raises ValueError for an invalid mode or *fail_on*, and as `fieldbound.api` does.
    """

    def __init__(
        self,
        apis: API | str | Hosts | Iterable[API | str],
        *,
        request: Mode = "raise",
        response: Mode = "raise",
        undocumented: Undocumented | None = None,
        fail_on: str = SAYS[-1],
    ) -> None:
        for mode in (request, response):
            if mode is not None and mode not in MODES:
                raise ValueError(f"invalid mode {mode!r} (choose from {', '.join(MODES)})")
        self._request, self._response = request, response
        self._severity = Severity(fail_on)
        given = [apis] if isinstance(apis, (API, str)) else apis
        self.hosts = given if isinstance(given, Hosts) else Hosts((), map(_as_api, _as_list(given)))
        if undocumented is not None:
            self.hosts = self.hosts.with_undocumented(undocumented)
        self._single = None if isinstance(given, Hosts) else self._single_api()
        self.reports: deque[Report] = deque(maxlen=MAX_REPORTS)
        self.checked: Counter[str] = Counter()
        self.uncovered: Counter[str] = Counter()
        self._lock = Lock()

    def _single_api(self) -> API | None:
        apis = self.hosts.apis
        return apis[0] if len(apis) == 1 and not self.hosts.patterns else None

    def api_of(self, request: Any) -> API | None:
        """Return the API that a request belongs to, or None."""
        return self._single or self.hosts.api_of(request)

    def check_request(self, request: Any) -> Report | None:
        """Check a request before it is sent, and return its report; None if it is not checked.

        Raises Invalid in mode "raise".
        """
        if self._request is None:
            return None
        message = request_of(request)
        owner = self.api_of(message)
        if owner is None:
            self._count(self.uncovered, host_of(message.url))
            return None
        return self._checked(owner, message, self._request)

    def check_response(self, response: Any, request: Any = None) -> Report | None:
        """Check a response, and return its report; None if it is not checked.

        A body that was not read yet is not checked, as the report says. A response to a request
        without an operation is not checked: its request was reported. Raises Invalid in mode
        "raise".
        """
        if self._response is None:
            return None
        message = _response_message(response, request)
        owner = self._api_of_response(message)
        return None if owner is None else self._checked(owner, message, self._response)

    def check_streamed(self, response: Any, request: Any = None) -> StreamedResponse | None:
        """Check a response that may be streamed, and return what its body is to be fed to.

        Returns None if the body was read before: then all is checked. Raises Invalid in mode
        "raise": before the body is read, if the status code or the headers are invalid.
        """
        if self._response is None:
            return None
        message = _response_message(response, request)
        owner = self._api_of_response(message)
        if owner is None:
            return None
        if message.unread is None:
            self._checked(owner, message, self._response)
            return None
        if self._response == "raise":
            report = owner.check_response(replace(message, unread=_REJECTED))
            if self._severity.report_fails(report):
                self._reported(report, "raise")
        return StreamedResponse(self, owner, message)

    def record_failure(self, response: Any, request: Any = None) -> None:
        """Record a response whose body could not be read; the client raises the exception."""
        if self._response is None:
            return
        message = replace(response_of(response, request), body=None, unread=_CONNECTION_FAILED)
        owner = self._api_of_response(message)
        if owner is not None:
            self._checked(owner, message, "record")

    def _api_of_response(self, message: Message) -> API | None:
        """Return the API that a response belongs to, or None if it is not to be checked."""
        request = Message(message.method, message.url)
        owner = self.api_of(request)
        if owner is None:
            if self._request is None:
                self._count(self.uncovered, host_of(message.url))
            return None
        if self._request is not None and owner.operation_of(request) is None:
            return None
        return owner

    def _checked(self, owner: API, message: Message, mode: Mode) -> Report:
        """Check a message, and report it by the mode.

        An invalid operation of the document is raised in mode "raise" only: else the report says
        that the message was not checked, and why.
        """
        check = owner.check_request if message.status is None else owner.check_response
        try:
            report = check(message)
        except BrokenContract as error:
            if mode == "raise":
                raise
            status = "" if message.status is None else f"{message.status} to "
            about = f"{status}{message.method} request"
            report = Report(owner.name, about=about, not_checked={"": str(error)})
        return self._reported(report, mode)

    def _reported(self, report: Report, mode: Mode) -> Report:
        self._count(self.checked, report.contract)
        if not report.ok or report.not_checked:
            self.reports.append(report)
        fails = self._severity.report_fails(report)
        if fails and mode == "raise":
            raise Invalid(report)
        if mode == "warn" and (fails or "" in report.not_checked):
            from fieldbound.render import first_violations

            if not fails:
                text = escaped(f"not checked: {report.not_checked['']}")
            else:
                text = first_violations(report)
            warnings.warn(ContractWarning(text), stacklevel=caller_stacklevel())
        return report

    def __getstate__(self) -> dict[str, Any]:
        return {name: each for name, each in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=Lock())

    def _count(self, counter: Counter[str], name: str) -> None:
        with self._lock:
            counter[name] += 1


def _as_list(apis: Any) -> list[API | str]:
    try:
        return list(apis)
    except TypeError:
        kind = type(apis).__name__
        raise TypeError(
            f"apis must be an API, the name of one, or several of them, not {kind}"
        ) from None


def _as_api(api_or_name: API | str) -> API:
    return api_or_name if isinstance(api_or_name, API) else api(api_or_name)


class StreamedResponse:
    """A response whose body is read from a stream: it is checked once, at the end.

    *feed* gets each chunk; then *finish*, *fail* or *abandon* ends the stream. Later calls of these
    do nothing.
    """

    def __init__(self, guard: Guard, owner: API, message: Message) -> None:
        self._guard, self._api, self._message = guard, owner, message
        self._chunks: list[bytes] | None = []
        self._size = 0
        self._ended = False

    def feed(self, chunk: bytes) -> None:
        """Buffer a chunk of the body, unless the body is too large."""
        self._size += len(chunk)
        if self._size > MAX_BODY_BYTES:
            self._chunks = None
        if self._chunks is not None:
            self._chunks.append(chunk)

    def finish(self, decompress: Callable[[list[bytes]], bytes | str]) -> None:
        """Check the whole response: *decompress* returns the body, or why it is not available.

        Raises Invalid in mode "raise".
        """
        body = _TOO_LARGE if self._chunks is None else decompress(self._chunks)
        if isinstance(body, str):
            self._check(None, body)
        else:
            self._check(body, None)

    def abandon(self) -> None:
        """Check the response without its body: its stream was closed early."""
        self._check(None, _CLOSED_EARLY)

    def fail(self) -> None:
        """Record the response without its body; the client raises the exception."""
        self._check(None, _CONNECTION_FAILED, "record")

    def _check(self, body: bytes | None, unread: str | None, mode: Mode = None) -> None:
        if self._ended:
            return
        self._ended, self._chunks = True, None
        message = replace(self._message, body=body, unread=unread)
        self._guard._checked(self._api, message, mode or self._guard._response)


def _response_message(response: Any, request: Any) -> Message:
    """Return a response as a Message; where there can be no body, it is not unread."""
    message = response_of(response, request)
    if message.unread is None:
        return message
    bodiless = message.method == "HEAD" or message.status in BODILESS
    bodiless = bodiless or headers_of(message.headers).get("content-length") == "0"
    return replace(message, unread=None) if bodiless else message
