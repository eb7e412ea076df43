"""The bytes of a recording go in: a HAR, a cassette or a log of exchanges; their Reports come out.

An exchange is judged by the API that its request belongs to, and each violation has its place in
the recording. What is skipped is counted, by the reason.
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

from .formats import Exchange, Part, Unreadable, read_exchange, shape_of
from .positions import Judged, place_of, placed
from .redaction import without_masked

_HAR: Final = ".har"
_YAML: Final = (".yaml", ".yml")
_LINES: Final = (".ndjson", ".jsonl", ".log")
_EXPECTED: Final = {
    True: 'it has no "log" with a list of "entries", as browsers export it',
    False: "it is no HAR, no cassette of VCR, and no log of exchanges, each an object with a "
    '"request" and a "response"',
}
#: Faults of a recording that are told one by one, and hosts that are named.
_TOLD: Final = 20
_HOSTS_TOLD: Final = 5

_PREFLIGHT: Final = "asked by a browser for itself (CORS preflight)"
_UNANSWERED: Final = "without a response: the request alone is judged"

_Tell = Callable[[str], None]


class _Chunk(NamedTuple):
    """A document with exchanges in it, and the line of the recording that it begins at."""

    document: Document
    line: int
    exchanges: list[Exchange | Unreadable]


class Recording:
    """A recording: its *name*, which tells what is expected of it, and its *data*.

    What has no name that tells is what it looks like; *format* "yaml" says that it is a cassette.
    """

    def __init__(self, name: str, data: bytes, format: str = "json") -> None:  # noqa: A002
        lower = name.lower()
        self.name, self._data = name, data
        self._format = "cassette" if format == "yaml" or lower.endswith(_YAML) else "json"
        self._is_har = lower.endswith(_HAR)
        self._whole = None if lower.endswith(_LINES) else self._read()

    def _read(self) -> Document | None:
        """Read it as one document; None if it is lines, of which the first is one already."""
        whole = parse(self._data, name=self.name, format=self._format)
        last = whole.faults[-1] if whole.faults else None
        if self._format != "json" or self._is_har or last is None or last.code != "trailingData":
            return whole
        return None if last.place and last.place.line > 1 else whole

    def chunks(self, tell: _Tell) -> Iterator[_Chunk]:
        """Yield what exchanges are in, and *tell* what cannot be read."""
        if self._whole is not None:
            yield from self._chunk(self._whole, 1, 1, tell)
            return
        number = 1
        for line, data in enumerate(BytesIO(self._data), 1):
            if data.strip():
                for chunk in self._chunk(parse(data, name=self.name), line, number, tell):
                    number += len(chunk.exchanges)
                    yield chunk

    def _chunk(self, document: Document, line: int, number: int, tell: _Tell) -> Iterator[_Chunk]:
        for fault in document.faults:
            if fault.code not in NON_FATAL or fault.code == "duplicateKey":
                said = f"{fault.code}: {fault.message}"
                tell(f"{self.name}:{place_of(fault.place, line)}: {said}")
        if not document.readable:
            return
        shape = shape_of(document.value, is_har=self._is_har)
        if shape is None:
            where = self.name if self._whole is not None else f"{self.name}:{line}:1"
            kind = "HAR" if self._is_har else "recording"
            tell(f"{where}: this is no {kind}: {_EXPECTED[self._is_har]}")
            return
        read: list[Exchange | Unreadable] = []
        for index, each in enumerate(shape.exchanges):
            path = (*shape.path, index) if isinstance(document.value, list) or shape.path else ()
            try:
                read.append(read_exchange(each, path, number + index, wrapped=shape.wrapped))
            except Unreadable as error:
                read.append(error)
        yield _Chunk(document, line, read)


class _Told:
    """Tells one thing after the other, and counts what is *more* than anybody reads."""

    def __init__(self, tell: _Tell) -> None:
        self._tell, self._number = tell, 0

    def __call__(self, text: str) -> None:
        self._number += 1
        if not self.more:
            self._tell(text)

    @property
    def more(self) -> int:
        return max(self._number - _TOLD, 0)


class Traffic:
    """Judges the exchanges of recordings by the APIs of *hosts*; counts what it skips.

    Whatever keeps something from being judged is told: *tell* is called with a sentence.
    """

    def __init__(self, hosts: Hosts, tell: _Tell) -> None:
        self._hosts, self._tell = hosts, tell
        self._learned: dict[str, API] = {}
        self._broken: set[str] = set()
        self.found = self.judged = 0
        self.uncovered: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()

    def reports(self, recording: Recording) -> Iterator[Report]:
        """Yield the Reports of a recording, of requests and responses in turn."""
        told = _Told(self._tell)
        self._learned = {}
        if self._hosts.others:
            self._learn(recording)
        for document, line, exchanges in recording.chunks(told):
            judged: list[Judged] = []
            for each in exchanges:
                self.found += 1
                if isinstance(each, Unreadable):
                    at = (each.path, False)
                    where = place_of(document.places([at])[at], line)
                    told(f"{recording.name}:{where}: {each}")
                else:
                    judged += self._judge(each)
            for report in placed(document, line, judged):
                yield replace(report, name=recording.name)
        if told.more:
            self._tell(f"{recording.name}: {told.more} more of such faults are not told one by one")

    def _learn(self, recording: Recording) -> None:
        """Learn at which hosts APIs are, from the exchanges whose paths are of them."""
        for chunk in recording.chunks(lambda _: None):
            for each in chunk.exchanges:
                if not isinstance(each, Unreadable) and each.request and not each.skipped:
                    message = each.request.message
                    host = host_of(message.url)
                    if host and host not in self._learned:
                        judge = self._hosts.api_of(message)
                        if judge is not None and judge.operation_of(message) is not None:
                            self._learned[host] = judge

    def _judge(self, exchange: Exchange) -> Iterator[Judged]:
        if exchange.skipped or exchange.request is None:
            self.skipped[exchange.skipped or _UNANSWERED] += 1
            return
        message = exchange.request.message
        host = host_of(message.url)
        judge = self._hosts.api_of(message) or self._learned.get(host)
        if judge is None:
            self.uncovered[host or "no host"] += 1
            return
        operation = judge.operation_of(message)
        if operation is None and _is_preflight(message):
            self.skipped[_PREFLIGHT] += 1
            return
        self.judged += 1
        yield from self._checked(exchange.number, exchange.request, judge.check_request, judge)
        if exchange.response is None:
            self.skipped[_UNANSWERED] += 1
        elif operation is not None:  # else it was told of the request
            check = judge.check_response
            yield from self._checked(exchange.number, exchange.response, check, judge)

    def _checked(
        self, number: int, part: Part, check: Callable[[Message], Report], judge: API
    ) -> Iterator[Judged]:
        try:
            report = check(part.message)
        except FieldboundError as error:
            if str(error) not in self._broken:
                self._broken.add(str(error))
                self._tell(str(error))
            return
        report = without_masked(report, part.message, judge)
        yield Judged(replace(report, about=f"exchange {number}, {report.about}"), part)

    def summary(self) -> str:
        """Say what was skipped, and why, without the name of the recording; "" for nothing."""
        said = []
        if self.uncovered:
            hosts = [f"{host} {number}" for host, number in self.uncovered.most_common(_HOSTS_TOLD)]
            more = len(self.uncovered) - len(hosts)
            also = f" and {more} more hosts" if more else ""
            total = sum(self.uncovered.values())
            said.append(f"{total} to hosts no API covers ({', '.join(hosts)}{also})")
        said += [f"{number} {reason}" for reason, number in self.skipped.items()]
        return "; ".join([f"{self.judged} of {self.found} exchanges judged", *said]) if said else ""


def _is_preflight(message: Message) -> bool:
    names = {name.lower() for name, _ in message.headers}
    return message.method == "OPTIONS" and "access-control-request-method" in names
