"""A local HTTP server that plays a vendor: canned responses, and unusual ones on demand."""

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
    """Return a valid case: vendor, operation, part and name of the file."""
    folder, _, file = name.rpartition("/")
    return json.loads((CASES / folder / "valid" / f"{file}.json").read_text("utf-8"))


@dataclass
class CannedResponse:
    """A response of the server.

    *cut* is the number of bytes of the body after which the connection is closed; if negative,
    nothing is sent at all.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    gzipped: bool = False
    chunked: bool = False
    cut: int | None = None

    @property
    def content(self) -> bytes:
        """The body as it is sent, compressed if *gzipped*."""
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        data = b"" if self.body is None else data
        return gzip.compress(data) if self.gzipped else data


@dataclass(frozen=True)
class CannedRequest:
    """A valid request to the vendor."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True)
class Vendor:
    """A vendor: the base path of its API, and its valid exchanges."""

    name: str
    base: str
    exchanges: list[tuple[CannedRequest, CannedResponse]]


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
                CannedRequest(
                    "POST",
                    "/setupSalesCatalogs",
                    _ORACLE,
                    case("oracle-cx-sales/create-product-group/request/documented-example"),
                ),
                CannedResponse(201, _GROUP, _VERSION),
            ),
            (
                CannedRequest("GET", "/setupSalesCatalogs?limit=25", _ORACLE),
                CannedResponse(
                    200,
                    case("oracle-cx-sales/list-product-groups/response.200/recorded-page"),
                    _VERSION,
                ),
            ),
            (
                CannedRequest("PATCH", "/setupSalesCatalogs/4711", _ORACLE, {"ActiveFlag": "N"}),
                CannedResponse(200, _GROUP, _VERSION),
            ),
            (
                CannedRequest("DELETE", "/setupSalesCatalogs/4711", _ORACLE),
                CannedResponse(204, None, _VERSION),
            ),
        ],
    ),
    Vendor(
        "fortellis",
        "/service/reference/v4/parts-groups",
        [
            (
                CannedRequest("GET", "/?page=2&pageSize=25", _FORTELLIS),
                CannedResponse(
                    200,
                    case("fortellis/query-parts-groups/response.200/totals-as-text"),
                    {"Request-Id": "4711"},
                ),
            ),
            (
                CannedRequest("POST", "/", _FORTELLIS, {"groupCode": "B"}),
                CannedResponse(201, {"groupCode": "B"}, {"Location": "/B", "Request-Id": "4711"}),
            ),
            (
                CannedRequest(
                    "GET", "/ping", {"Subscription-Id": "test", "Authorization": "Bearer token"}
                ),
                CannedResponse(200, {}),
            ),
        ],
    ),
    Vendor(
        "axim-commerce",
        "",
        [
            (
                CannedRequest(
                    "POST",
                    "/companyGroup/create",
                    _AXIM,
                    case("axim-commerce/create-company-group/request/documented-example"),
                ),
                CannedResponse(
                    200, case("axim-commerce/create-company-group/response.200/data-of-any-form")
                ),
            ),
            (
                CannedRequest("GET", f"/companyGroup/{ID}", _AXIM),
                CannedResponse(
                    200, case("axim-commerce/get-company-group/response.200/no-price-list")
                ),
            ),
            (
                CannedRequest("GET", "/companyGroup/all?limit=25&page=1", _AXIM),
                CannedResponse(
                    200, case("axim-commerce/list-company-groups/response.200/documented-example")
                ),
            ),
        ],
    ),
)


class Server(ThreadingHTTPServer):
    """The server of a vendor; responses in *queue* are sent first."""

    daemon_threads = False

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.vendor = vendor
        self.queue: deque[CannedResponse] = deque()
        self.received: list[tuple[str, str, bytes]] = []
        self.connections: list[socket.socket] = []
        self.lock = Lock()

    @property
    def url(self) -> str:
        """The base URL of the vendor's API."""
        return f"http://127.0.0.1:{self.server_address[1]}{self.vendor.base}"

    def response_to(self, method: str, path: str) -> CannedResponse:
        """Return the response to a request."""
        with self.lock:
            if self.queue:
                return self.queue.popleft()
        for request, response in self.vendor.exchanges:
            known = f"{self.vendor.base}{request.path}".partition("?")[0]
            if request.method == method and known == path.partition("?")[0]:
                return response
        return CannedResponse(404, {"message": "not found"})

    def handle_error(self, *_: Any) -> None:
        """Do not print a traceback when a client disconnects."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def _respond(self) -> None:
        body = self._body()
        self.server.received.append((self.command, self.path, body))
        response = self.server.response_to(self.command, self.path)
        if response.cut is not None and response.cut < 0:
            self.close_connection = True
            return
        content = response.content
        self.send_response(response.status)
        headers = {"Content-Type": "application/json"} if content else {}
        headers |= response.headers
        if response.gzipped:
            headers["Content-Encoding"] = "gzip"
        if response.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif response.status != 204:
            headers["Content-Length"] = str(len(content))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send(response, content)

    def _send(self, response: CannedResponse, content: bytes) -> None:
        sent = content[: response.cut]
        if response.chunked:
            for start in range(0, len(sent), 16):
                chunk = sent[start : start + 16]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        else:
            self.wfile.write(sent)
        if response.cut is not None:
            self.close_connection = True
        elif response.chunked:
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

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _respond  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Do not log requests."""


@contextmanager
def serving(vendor: Vendor | str) -> Iterator[Server]:
    """Serve a vendor, until the end of the block."""
    if isinstance(vendor, str):
        vendor = next(each for each in VENDORS if each.name == vendor)
    server = Server(vendor)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        for connection in server.connections:
            with suppress(OSError):  # it is already closed
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()
