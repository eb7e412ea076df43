"""Checking the exchanges of a recording: a HAR, a VCR cassette or a log of exchanges.

An exchange is checked by the API that its request belongs to, and each violation has its place in
the recording. Skipped exchanges are counted by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Final, NamedTuple

from fieldbound.documents import NON_FATAL, Document, parse
from fieldbound.http import API, Hosts, Message, host_of
from fieldbound.model import FieldboundError, Report

from .formats import Exchange, RecordedMessage, Unreadable, detect_layout, read_exchange
from .positions import CheckedMessage, place_in_file, with_places
from .redaction import without_redacted

_HAR_SUFFIX: Final = ".har"
_YAML_SUFFIXES: Final = (".yaml", ".yml")
_LOG_SUFFIXES: Final = (".ndjson", ".jsonl", ".log")
_EXPECTED: Final = {
    True: 'not a HAR: "log.entries" must be an array',
    False: "not a recording: expected a HAR, a VCR cassette, or a log of exchanges, each an object "
    'with "request" and "response"',
}
#: Faults of a recording that are reported, and hosts that are named in the summary.
_MAX_FAULTS: Final = 20
_MAX_HOSTS: Final = 5

_PREFLIGHT: Final = "CORS preflight"
_NO_RESPONSE: Final = "without a response (only the request is checked)"

Warn = Callable[[str], None]


class _Chunk(NamedTuple):
    """A document with its exchanges, and the line of the recording where it begins."""

    document: Document
    line: int
    exchanges: list[Exchange | Unreadable]


class Recording:
    """A recording: its *data*, and a *name* whose suffix says its format.

    With another suffix the content decides; *format* "yaml" means a cassette.
    """

    def __init__(self, name: str, data: bytes, format: str = "json") -> None:  # noqa: A002
        lower = name.lower()
        self.name, self._data = name, data
        self._format = "cassette" if format == "yaml" or lower.endswith(_YAML_SUFFIXES) else "json"
        self._is_har = lower.endswith(_HAR_SUFFIX)
        self._whole = None if lower.endswith(_LOG_SUFFIXES) else self._read()

    def _read(self) -> Document | None:
        """Parse it as one document; None if it has one document per line."""
        document = parse(self._data, name=self.name, format=self._format)
        last = document.errors[-1] if document.errors else None
        if self._format != "json" or self._is_har or last is None or last.code != "trailingData":
            return document
        return None if last.place and last.place.line > 1 else document

    def chunks(self, warn: Warn) -> Iterator[_Chunk]:
        """Yield the documents with exchanges, and *warn* of what cannot be parsed."""
        if self._whole is not None:
            yield from self._chunk(self._whole, 1, 1, warn)
            return
        number = 1
        for line, data in enumerate(BytesIO(self._data), 1):
            if data.strip():
                for chunk in self._chunk(parse(data, name=self.name), line, number, warn):
                    number += len(chunk.exchanges)
                    yield chunk

    def _chunk(self, document: Document, line: int, number: int, warn: Warn) -> Iterator[_Chunk]:
        for fault in document.errors:
            if fault.code not in NON_FATAL or fault.code == "duplicateKey":
                place = place_in_file(fault.place, line)
                warn(f"{self.name}:{place}: {fault.code}: {fault.message}")
        if not document.readable:
            return
        layout = detect_layout(document.value, is_har=self._is_har)
        if layout is None:
            where = self.name if self._whole is not None else f"{self.name}:{line}:1"
            warn(f"{where}: {_EXPECTED[self._is_har]}")
            return
        exchanges: list[Exchange | Unreadable] = []
        is_list = isinstance(document.value, list) or bool(layout.path)
        for index, each in enumerate(layout.exchanges):
            path = (*layout.path, index) if is_list else ()
            try:
                exchanges.append(read_exchange(each, path, number + index, wrapped=layout.wrapped))
            except Unreadable as error:
                exchanges.append(error)
        yield _Chunk(document, line, exchanges)


class _Limited:
    """Passes on the first warnings, and counts the *more* that follow."""

    def __init__(self, warn: Warn) -> None:
        self._warn, self._number = warn, 0

    def __call__(self, text: str) -> None:
        self._number += 1
        if not self.more:
            self._warn(text)

    @property
    def more(self) -> int:
        return max(self._number - _MAX_FAULTS, 0)


class Traffic:
    """Checks the exchanges of recordings by the APIs of *hosts*; counts those that are skipped.

    *warn* is called with a message for each fault that prevents a check.
    """

    def __init__(self, hosts: Hosts, warn: Warn) -> None:
        self._hosts, self._warn = hosts, warn
        self._api_by_host: dict[str, API] = {}
        self._errors: set[str] = set()
        self.found = self.checked = self.undocumented = 0
        self.uncovered: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()

    def reports(self, recording: Recording) -> Iterator[Report]:
        """Yield the reports of a recording, of requests and responses in turn."""
        limited = _Limited(self._warn)
        self._api_by_host = {}
        if self._hosts.unmapped:
            self._learn_hosts(recording)
        for document, line, exchanges in recording.chunks(limited):
            checked: list[CheckedMessage] = []
            for each in exchanges:
                self.found += 1
                if isinstance(each, Unreadable):
                    location = (each.path, False)
                    place = place_in_file(document.places([location])[location], line)
                    limited(f"{recording.name}:{place}: {each}")
                else:
                    checked += self._check(each)
            for report in with_places(document, line, checked):
                yield replace(report, name=recording.name)
        if limited.more:
            self._warn(f"{recording.name}: {limited.more} more errors, not shown")

    def _learn_hosts(self, recording: Recording) -> None:
        """Find the hosts of APIs from the exchanges whose operation is documented."""
        for chunk in recording.chunks(lambda _: None):
            for each in chunk.exchanges:
                if not isinstance(each, Unreadable) and each.request and not each.skipped:
                    message = each.request.message
                    host = host_of(message.url)
                    if host and host not in self._api_by_host:
                        api = self._hosts.api_of(message)
                        if api is not None and api.operation_of(message) is not None:
                            self._api_by_host[host] = api

    def _check(self, exchange: Exchange) -> Iterator[CheckedMessage]:
        if exchange.skipped or exchange.request is None:
            self.skipped[exchange.skipped or _NO_RESPONSE] += 1
            return
        message = exchange.request.message
        host = host_of(message.url)
        api = self._hosts.api_of(message) or self._api_by_host.get(host)
        if api is None:
            self.uncovered[host or "no host"] += 1
            return
        operation = api.operation_of(message)
        if operation is None and _is_preflight(message):
            self.skipped[_PREFLIGHT] += 1
            return
        self.checked += 1
        yield from self._checked(exchange.number, exchange.request, api.check_request, api)
        if exchange.response is None:
            self.skipped[_NO_RESPONSE] += 1
        elif operation is not None:  # else it was reported of the request
            check = api.check_response
            yield from self._checked(exchange.number, exchange.response, check, api)

    def _checked(
        self, number: int, recorded: RecordedMessage, check: Callable[[Message], Report], api: API
    ) -> Iterator[CheckedMessage]:
        try:
            report = check(recorded.message)
        except FieldboundError as error:
            if str(error) not in self._errors:
                self._errors.add(str(error))
                self._warn(str(error))
            return
        self.undocumented += bool(report.undocumented)
        report = without_redacted(report, recorded.message, api)
        yield CheckedMessage(replace(report, about=f"exchange {number}, {report.about}"), recorded)

    def summary(self) -> str:
        """Return what was skipped, by reason, or not documented; "" if nothing was."""
        skipped = []
        if self.uncovered:
            hosts = [f"{host} {number}" for host, number in self.uncovered.most_common(_MAX_HOSTS)]
            more = len(self.uncovered) - len(hosts)
            also = f" and {more} more hosts" if more else ""
            total = sum(self.uncovered.values())
            skipped.append(f"{total} to hosts without an API ({', '.join(hosts)}{also})")
        skipped += [f"{number} {reason}" for reason, number in self.skipped.items()]
        if self.undocumented:
            skipped.append(f"{self.undocumented} with a response that is not fully documented")
        return (
            "; ".join([f"{self.checked} of {self.found} exchanges checked", *skipped])
            if skipped
            else ""
        )


def _is_preflight(message: Message) -> bool:
    names = {name.lower() for name, _ in message.headers}
    return message.method == "OPTIONS" and "access-control-request-method" in names
