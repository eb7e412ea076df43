"""Requests and responses go in as they pass; an exception, a warning or a record comes out."""

from __future__ import annotations

import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Lock
from typing import Any, Final, Literal

from fieldbound.model import BrokenContract, Invalid, Report, depth

from .adapters import headers_of, request_of, response_of
from .exchange import BODILESS
from .hosts import Hosts, host_of
from .message import Message
from .vendor_api import API, api

Mode = Literal["raise", "warn", "record"] | None

MODES: Final = ("raise", "warn", "record")
#: Reports that are kept, the latest.
KEPT: Final = 1_000
#: Bytes of a streamed body that are kept until it is judged.
LARGEST: Final = 1 << 24
_TOO_LARGE: Final = f"it is larger than {LARGEST >> 20} MiB"
_LEFT: Final = "its stream was closed before its end"
_LOST: Final = "the connection failed before its end"
_REFUSED: Final = "the response was refused before it was read"


class ContractWarning(UserWarning):
    """A message breaks its contract; what is warned of is the report."""


class Guard:
    """Checks every message it is shown, by one API or the one of several that it belongs to.

    *apis* are APIs or names of them, or `Hosts`. *request* and *response* are what is done about
    an invalid message: "raise" Invalid, "warn" with a ContractWarning, or "record" it and no more;
    None leaves messages of that direction unchecked. All that is told is recorded in any mode.

    *reports* has what was invalid or not judged as a whole, the latest thousand; *checked* counts
    the messages judged, by the names of their operations, *uncovered* those that no API is for, by
    host. A guard of one API takes every message for one of that API, unless `Hosts` say where it
    is. Threads may share a guard.

    Raises ValueError for another mode, and as `fieldbound.api` does.
    """

    def __init__(
        self,
        apis: API | str | Hosts | Iterable[API | str],
        *,
        request: Mode = "raise",
        response: Mode = "raise",
    ) -> None:
        for mode in (request, response):
            if mode is not None and mode not in MODES:
                raise ValueError(f"the mode is {mode!r}, but must be one of {', '.join(MODES)}")
        self._request, self._response = request, response
        given = [apis] if isinstance(apis, (API, str)) else apis
        self.hosts = given if isinstance(given, Hosts) else Hosts((), map(_opened, _listed(given)))
        self._only = None if isinstance(given, Hosts) else self._alone()
        self.reports: deque[Report] = deque(maxlen=KEPT)
        self.checked: Counter[str] = Counter()
        self.uncovered: Counter[str] = Counter()
        self._lock = Lock()

    def _alone(self) -> API | None:
        apis = self.hosts.apis
        return apis[0] if len(apis) == 1 and not self.hosts.named else None

    def api_of(self, request: Any) -> API | None:
        """Return the API that a request belongs to, or None."""
        return self._only or self.hosts.api_of(request)

    def sent(self, request: Any) -> Report | None:
        """Check a request before it is sent, and return its report; None if it is not checked.

        Raises Invalid where that is asked for.
        """
        if self._request is None:
            return None
        message = request_of(request)
        judge = self.api_of(message)
        if judge is None:
            self._count(self.uncovered, host_of(message.url))
            return None
        return self._checked(judge, message, self._request)

    def answered(self, response: Any, request: Any = None) -> Report | None:
        """Check a response, and return its report; None if it is not checked.

        A body that is still to be read is not judged, as the report says. A response to a request
        that is of no operation is not checked: that was told of the request. Raises Invalid where
        that is asked for.
        """
        if self._response is None:
            return None
        message = _answer_of(response, request)
        judge = self._judge_of(message)
        return None if judge is None else self._checked(judge, message, self._response)

    def answering(self, response: Any, request: Any = None) -> Answer | None:
        """Check a response whose body may still be to be read, and return what takes that in.

        None: there is nothing to take in, and all is told. Raises Invalid where that is asked for:
        at once, its body unread, if the status or the headers are invalid already.
        """
        if self._response is None:
            return None
        message = _answer_of(response, request)
        judge = self._judge_of(message)
        if judge is None:
            return None
        if message.unread is None:
            self._checked(judge, message, self._response)
            return None
        if self._response == "raise":
            report = judge.check_response(replace(message, unread=_REFUSED))
            if not report.ok:
                self._told(report, "raise")
        return Answer(self, judge, message)

    def lost(self, response: Any, request: Any = None) -> None:
        """Record a response whose body failed to come: what failed is raised by the client."""
        if self._response is None:
            return
        message = replace(response_of(response, request), body=None, unread=_LOST)
        judge = self._judge_of(message)
        if judge is not None:
            self._checked(judge, message, "record")

    def _judge_of(self, message: Message) -> API | None:
        """Return the API that a response is of, or None where it is not to be checked."""
        asked = Message(message.method, message.url)
        judge = self.api_of(asked)
        if judge is None:
            if self._request is None:
                self._count(self.uncovered, host_of(message.url))
            return None
        if self._request is not None and judge.operation_of(asked) is None:
            return None
        return judge

    def _checked(self, judge: API, message: Message, mode: Mode) -> Report:
        """Check a message, and do what is asked for about it.

        An operation that is broken in its document is raised only where violations are: else the
        report says that nothing of the message was judged, and why.
        """
        check = judge.check_request if message.status is None else judge.check_response
        try:
            report = check(message)
        except BrokenContract as error:
            if mode == "raise":
                raise
            status = "" if message.status is None else f"{message.status} to "
            about = f"{status}{message.method} request"
            report = Report(judge.name, about=about, not_checked={"": str(error)})
        return self._told(report, mode)

    def _told(self, report: Report, mode: Mode) -> Report:
        self._count(self.checked, report.contract)
        if not report.ok or report.not_checked:
            self.reports.append(report)
        if not report.ok and mode == "raise":
            raise Invalid(report)
        if mode == "warn" and (not report.ok or "" in report.not_checked):
            from fieldbound.render import first_violations

            said = (
                first_violations(report)
                if not report.ok
                else f"not judged: {report.not_checked['']}"
            )
            warnings.warn(ContractWarning(said), stacklevel=depth())
        return report

    def __getstate__(self) -> dict[str, Any]:
        return {name: each for name, each in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=Lock())

    def _count(self, counter: Counter[str], name: str) -> None:
        with self._lock:
            counter[name] += 1


def _listed(apis: Any) -> list[API | str]:
    try:
        return list(apis)
    except TypeError:
        kind = type(apis).__name__
        raise TypeError(f"a guard takes an API, the name of one, or several; not {kind}") from None


def _opened(given: API | str) -> API:
    return given if isinstance(given, API) else api(given)


class Answer:
    """A response whose body its reader takes from a stream: told once, when that is over.

    *take* is shown each piece that passes; then *ended*, *lost* or *left* says how it was over,
    and whatever of them comes later does nothing.
    """

    def __init__(self, guard: Guard, judge: API, message: Message) -> None:
        self._guard, self._judge, self._message = guard, judge, message
        self._pieces: list[bytes] | None = []
        self._size = 0
        self._over = False

    def take(self, piece: bytes) -> None:
        """Keep a piece of the body, unless all of it is too much to keep."""
        self._size += len(piece)
        if self._size > LARGEST:
            self._pieces = None
        if self._pieces is not None:
            self._pieces.append(piece)

    def ended(self, unpack: Callable[[list[bytes]], bytes | str]) -> None:
        """Judge the whole: *unpack* gives the body from its pieces, or the reason why it does not.

        Raises Invalid where that is asked for.
        """
        body = _TOO_LARGE if self._pieces is None else unpack(self._pieces)
        if isinstance(body, str):
            self._tell(None, body)
        else:
            self._tell(body, None)

    def left(self) -> None:
        """Tell the response without its body: the reader wants no more of it."""
        self._tell(None, _LEFT)

    def lost(self) -> None:
        """Record the response without its body: what failed is raised by the client."""
        self._tell(None, _LOST, "record")

    def _tell(self, body: bytes | None, unread: str | None, mode: Mode = None) -> None:
        if self._over:
            return
        self._over, self._pieces = True, None
        message = replace(self._message, body=body, unread=unread)
        self._guard._checked(self._judge, message, mode or self._guard._response)


def _answer_of(response: Any, request: Any) -> Message:
    """Return a response as a Message; where there can be no body, there is none to be read."""
    message = response_of(response, request)
    if message.unread is None:
        return message
    bodiless = message.method == "HEAD" or message.status in BODILESS
    bodiless = bodiless or headers_of(message.headers).get("content-length") == "0"
    return replace(message, unread=None) if bodiless else message
