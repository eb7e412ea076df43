"""Requests and responses go in as they pass; an exception, a warning or a record comes out."""

from __future__ import annotations

import warnings
from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, Final, Literal

from .hosts import Hosts, host_of
from .http import API, api
from .messages import request_of, response_of
from .model import Invalid, Message, Report

Mode = Literal["raise", "warn", "record"] | None

MODES: Final = ("raise", "warn", "record")
#: Reports that are kept, the latest.
KEPT: Final = 1_000


class ContractWarning(UserWarning):
    """A message breaks its contract; what is warned of is the report."""


class Guard:
    """Checks every message it is shown, by one API or the one of several that it belongs to.

    *apis* are APIs or names of them, or `Hosts`. *request* and *response* are what is done about
    an invalid message: "raise" Invalid, "warn" with a ContractWarning, or "record" it and no more;
    None leaves messages of that direction unchecked. All that is told is recorded in any mode.

    *reports* has what was invalid or not judged as a whole, the latest thousand; *checked* counts
    the messages judged, by the names of their operations, *uncovered* those that no API is for, by
    host. A guard of one API takes every message for one of that API.

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
        if isinstance(given, Hosts):
            self.hosts = given
        else:
            self.hosts = Hosts({}, [each if isinstance(each, API) else api(each) for each in given])
        self._only = self._alone()
        self.reports: deque[Report] = deque(maxlen=KEPT)
        self.checked: Counter[str] = Counter()
        self.uncovered: Counter[str] = Counter()

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
            self.uncovered[host_of(message.url)] += 1
            return None
        return self._told(judge.check_request(message), self._request)

    def answered(self, response: Any, request: Any = None) -> Report | None:
        """Check a response, and return its report; None if it is not checked.

        One to a request that is of no operation is not: that was told of the request. Raises
        Invalid where that is asked for.
        """
        if self._response is None:
            return None
        message = response_of(response, request)
        asked = Message(message.method, message.url)
        judge = self.api_of(asked)
        if judge is None:
            if self._request is None:
                self.uncovered[host_of(message.url)] += 1
            return None
        if self._request is not None and judge.operation_of(asked) is None:
            return None
        return self._told(judge.check_response(message), self._response)

    def _told(self, report: Report, mode: Mode) -> Report:
        self.checked[report.contract] += 1
        if not report.ok or report.unjudged:
            self.reports.append(report)
        if not report.ok and mode == "raise":
            raise Invalid(report)
        if not report.ok and mode == "warn":
            from .render.brief import brief

            warnings.warn(ContractWarning(brief(report)), stacklevel=2)
        return report
