"""A server on the loopback that plays a vendor: its statuses, headers and bodies, and its moods."""

from __future__ import annotations

import gzip
import json
import socket
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from support.paths import CASES

ID = "65a1b2c3d4e5f60718293a4b"


def case(name: str) -> Any:
    """Return the valid instance of a case: vendor, operation, part and name of the file."""
    folder, _, file = name.rpartition("/")
    return json.loads((CASES / folder / "valid" / f"{file}.json").read_text("utf-8"))


@dataclass
class Answer:
    """What is answered, and how.

    *cut* is after how many bytes of the body the connection is closed; below zero, nothing is
    answered at all.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    packed: bool = False
    chunked: bool = False
    cut: int | None = None

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        text = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        text = b"" if self.body is None else text
        return gzip.compress(text) if self.packed else text


@dataclass(frozen=True)
class Ask:
    """A request that the vendor takes."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True)
class Vendor:
    """A vendor: where its API begins, and what it answers to which request."""

    name: str
    base: str
    plays: list[tuple[Ask, Answer]]


_ORACLE = {"Authorization": "Basic c2FsZXM6c2FsZXM=", "REST-Framework-Version": "8"}
_AXIM = {"accessToken": "canary-token"}
_FORTELLIS = case("fortellis/create-parts-groups/request.headers/required-headers")
_VERSION = {"REST-Framework-Version": "8"}
_GROUP = case("oracle-cx-sales/create-product-group/response.201/recorded-answer")

VENDORS = (
    Vendor(
        "oracle-cx-sales",
        "/crmRestApi/resources/11.13.18.05",
        [
            (
                Ask(
                    "POST",
                    "/setupSalesCatalogs",
                    _ORACLE,
                    case("oracle-cx-sales/create-product-group/request/documented-example"),
                ),
                Answer(201, _GROUP, _VERSION),
            ),
            (
                Ask("GET", "/setupSalesCatalogs?limit=25", _ORACLE),
                Answer(
                    200,
                    case("oracle-cx-sales/list-product-groups/response.200/recorded-page"),
                    _VERSION,
                ),
            ),
            (
                Ask("PATCH", "/setupSalesCatalogs/4711", _ORACLE, {"ActiveFlag": "N"}),
                Answer(200, _GROUP, _VERSION),
            ),
            (Ask("DELETE", "/setupSalesCatalogs/4711", _ORACLE), Answer(204, None, _VERSION)),
        ],
    ),
    Vendor(
        "fortellis",
        "/service/reference/v4/parts-groups",
        [
            (
                Ask("GET", "/?page=2&pageSize=25", _FORTELLIS),
                Answer(
                    200,
                    case("fortellis/query-parts-groups/response.200/totals-as-text"),
                    {"Request-Id": "4711"},
                ),
            ),
            (
                Ask("POST", "/", _FORTELLIS, {"groupCode": "B"}),
                Answer(201, {"groupCode": "B"}, {"Location": "/B", "Request-Id": "4711"}),
            ),
            (
                Ask("GET", "/ping", {"Subscription-Id": "test", "Authorization": "Bearer token"}),
                Answer(200, {}),
            ),
        ],
    ),
    Vendor(
        "axim-commerce",
        "",
        [
            (
                Ask(
                    "POST",
                    "/companyGroup/create",
                    _AXIM,
                    case("axim-commerce/create-company-group/request/documented-example"),
                ),
                Answer(
                    200, case("axim-commerce/create-company-group/response.200/data-of-any-form")
                ),
            ),
            (
                Ask("GET", f"/companyGroup/{ID}", _AXIM),
                Answer(200, case("axim-commerce/get-company-group/response.200/no-price-list")),
            ),
            (
                Ask("GET", "/companyGroup/all?limit=25&page=1", _AXIM),
                Answer(
                    200, case("axim-commerce/list-company-groups/response.200/documented-example")
                ),
            ),
        ],
    ),
)


class Server(ThreadingHTTPServer):
    """A vendor that listens: *moods* come instead of the next answers, one each."""

    daemon_threads = False

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vendor = vendor
        self.moods: deque[Answer] = deque()
        self.seen: list[tuple[str, str, bytes]] = []
        self.connections: list[socket.socket] = []
        self.lock = Lock()

    @property
    def url(self) -> str:
        """Where the vendor's API begins."""
        return f"http://127.0.0.1:{self.server_address[1]}{self.vendor.base}"

    def answer(self, method: str, path: str) -> Answer:
        """Return what is to be answered to a request."""
        with self.lock:
            if self.moods:
                return self.moods.popleft()
        for ask, answer in self.vendor.plays:
            at = f"{self.vendor.base}{ask.path}".partition("?")[0]
            if ask.method == method and at == path.partition("?")[0]:
                return answer
        return Answer(404, {"message": "there is nothing"})

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that go away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def _play(self) -> None:
        body = self._body()
        self.server.seen.append((self.command, self.path, body))
        answer = self.server.answer(self.command, self.path)
        if answer.cut is not None and answer.cut < 0:
            self.close_connection = True
            return
        content = answer.content
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json"} if content else {}
        headers |= answer.headers
        if answer.packed:
            headers["Content-Encoding"] = "gzip"
        if answer.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif answer.status != 204:
            headers["Content-Length"] = str(len(content))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send(answer, content)

    def _send(self, answer: Answer, content: bytes) -> None:
        sent = content[: answer.cut]
        if answer.chunked:
            for start in range(0, len(sent), 16):
                piece = sent[start : start + 16]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        else:
            self.wfile.write(sent)
        if answer.cut is not None:
            self.close_connection = True
        elif answer.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _play  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Keep no log."""


@contextmanager
def serving(vendor: Vendor | str) -> Iterator[Server]:
    """Play a vendor, until the end of the block."""
    played = vendor
    if isinstance(played, str):
        played = next(each for each in VENDORS if each.name == vendor)
    server = Server(played)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        for connection in server.connections:
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()
