"""Checked clients, over real sockets against a server that plays vendors."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpx
import jsonschema_rs
import pytest
import requests
import responses
import respx

import fieldbound
from fieldbound.http.clients import (
    ContractWarning,
    Guard,
    adapter,
    async_transport,
    event_hooks,
    transport,
)
from support.vendor_server import (
    ID,
    VENDORS,
    CannedRequest,
    CannedResponse,
    Server,
    Vendor,
    serving,
)

Send = Callable[..., Any]
AXIM = next(each for each in VENDORS if each.name == "axim-commerce")
CREATE, CREATED = AXIM.exchanges[0]
FETCH, FETCHED = AXIM.exchanges[1]
WRONG = {"success": True, "data": {"_id": 4711}}
#: The API of a vendor: what it compiles of an operation serves all tests.
vendor_api = cache(fieldbound.api)


@pytest.fixture(scope="module", autouse=True)
def _one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let httpx load one certificate for each client, not all: no test uses TLS."""
    end = "-----END CERTIFICATE-----\n"
    first, _, _ = Path(certifi.where()).read_text("utf-8").partition(end)
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(first + end, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield


# -- one interface to all clients ----------------------------------------------------------------


@contextmanager
def _sync(client: Any) -> Iterator[Send]:
    with client:
        yield client.request


@contextmanager
def _async(client: httpx.AsyncClient) -> Iterator[Send]:
    loop = asyncio.new_event_loop()
    try:
        yield lambda *args, **kwargs: loop.run_until_complete(client.request(*args, **kwargs))
    finally:
        loop.run_until_complete(client.aclose())
        loop.close()


@contextmanager
def _requests(guard: Any) -> Iterator[Send]:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", adapter(guard))

        def send(*args: Any, follow_redirects: bool = False, **kwargs: Any) -> Any:
            if "content" in kwargs:
                kwargs["data"] = kwargs.pop("content")
            return session.request(*args, allow_redirects=follow_redirects, **kwargs)

        yield send


CLIENTS: dict[str, Callable[[Any], Any]] = {
    "httpx hooks": lambda guard: _sync(httpx.Client(event_hooks=event_hooks(guard))),
    "httpx transport": lambda guard: _sync(httpx.Client(transport=transport(guard))),
    "async httpx hooks": lambda guard: _async(httpx.AsyncClient(event_hooks=event_hooks(guard))),
    "async httpx transport": lambda guard: _async(
        httpx.AsyncClient(transport=async_transport(guard))
    ),
    "requests adapter": _requests,
}
each_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
each_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)


def send_request(
    send: Send, server: Server, request: CannedRequest = CREATE, **options: Any
) -> Any:
    """Send a valid request, with some options changed."""
    arguments = {"json": request.body} if request.body is not None else {}
    arguments |= {"headers": request.headers, **options}
    return send(request.method, server.url + request.path, **arguments)


def pointers(report: fieldbound.Report) -> list[str]:
    """Return the pointers of the violations."""
    return [each.pointer for each in report]


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve Axim Commerce."""
    with serving(AXIM) as server:
        yield server


# -- valid exchanges -----------------------------------------------------------------------------


@each_client
@each_vendor
def test_valid_exchanges_pass(client: Any, vendor: Vendor) -> None:
    """Valid exchanges with each vendor pass through each client unchanged, and are counted."""
    guard = Guard(vendor_api(vendor.name))
    with serving(vendor) as server, client(guard) as send:
        for request, expected in vendor.exchanges:
            response = send_request(send, server, request)
            assert response.status_code == expected.status
            assert response.content == expected.content
    assert guard.checked.total() == 2 * len(vendor.exchanges)
    assert not guard.reports


@each_client
def test_connections_are_kept(client: Any, server: Server) -> None:
    """A checked exchange leaves its connection to the next one, valid or invalid."""
    with client(Guard(vendor_api(AXIM.name))) as send:
        send_request(send, server)
        server.queue.append(CannedResponse(200, WRONG))
        with pytest.raises(fieldbound.Invalid):
            send_request(send, server, FETCH)
        send_request(send, server, FETCH)
    assert len(server.received) == 3
    assert len(server.connections) == 1


@each_client
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("gzipped", [False, True])
def test_a_body_is_checked_after_decompression(
    client: Any, server: Server, gzipped: bool, chunked: bool
) -> None:
    """A body is checked decompressed and complete, whatever its transfer encoding."""
    guard = Guard(vendor_api(AXIM.name))
    server.queue.append(CannedResponse(200, FETCHED.body, gzipped=gzipped, chunked=chunked))
    server.queue.append(CannedResponse(200, WRONG, gzipped=gzipped, chunked=chunked))
    with client(guard) as send:
        assert send_request(send, server, FETCH).json() == FETCHED.body
        with pytest.raises(fieldbound.Invalid) as raised:
            send_request(send, server, FETCH)
    assert "/body/data/_id" in pointers(raised.value.report)
    assert list(guard.reports) == [raised.value.report]


HEADED = {
    "openapi": "3.1.0",
    "info": {"title": "headed", "version": "1"},
    "paths": {
        "/thing": {
            "head": {
                "operationId": "head",
                "responses": {
                    "200": {
                        "description": "there",
                        "headers": {"ETag": {"required": True, "schema": {"maxLength": 3}}},
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            }
        }
    },
}


@each_client
@pytest.mark.parametrize(("etag", "ok"), [("abc", True), ("abcd", False)])
def test_a_response_to_head_needs_no_body(client: Any, tmp_path: Path, etag: str, ok: bool) -> None:
    """The headers of a response to HEAD are checked; its missing body is no violation."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(HEADED))
    guard = Guard(str(path), response="record")
    headers = {"ETag": etag, "Content-Type": "application/json"}
    with serving(Vendor("headed", "", [])) as server, client(guard) as send:
        server.queue.append(CannedResponse(200, {}, headers))
        send("HEAD", f"{server.url}/thing")
    assert guard.checked.total() == 2
    assert [pointers(each) for each in guard.reports] == ([] if ok else [["/headers/ETag"]])


# -- invalid exchanges ---------------------------------------------------------------------------


@each_client
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"json": {**CREATE.body, "name": 4711}}, "/body/name"),
        ({"headers": {}}, "/headers/accessToken"),
        ({"headers": {"Authorization": "Bearer canary-token"}}, "/headers/accessToken"),
        ({"params": {"limit": "many"}}, "/query/limit"),
    ],
)
def test_an_invalid_request_is_not_sent(
    client: Any, server: Server, change: dict[str, Any], pointer: str
) -> None:
    """An invalid request raises before any socket is opened."""
    with client(Guard(vendor_api(AXIM.name))) as send:
        with pytest.raises(fieldbound.Invalid) as raised:
            send_request(send, server, **change)
        assert pointer in pointers(raised.value.report)
        assert not server.connections
        send_request(send, server)
    assert len(server.received) == 1


@each_client
@pytest.mark.parametrize(
    ("response", "pointer"),
    [
        (CannedResponse(418, {}), "/status"),
        (
            CannedResponse(200, b"<p>Down</p>", {"Content-Type": "text/html"}),
            "/headers/Content-Type",
        ),
        (CannedResponse(200, WRONG), "/body/data/_id"),
        (CannedResponse(200, b'{"success": tru'), "/body/success"),
        (CannedResponse(200), "/body"),
    ],
)
def test_an_invalid_response_is_raised_by_the_call(
    client: Any, server: Server, response: CannedResponse, pointer: str
) -> None:
    """An invalid response raises from the call, once; the next call works."""
    guard = Guard(vendor_api(AXIM.name), undocumented="fail")
    server.queue.append(response)
    with client(guard) as send:
        with pytest.raises(fieldbound.Invalid) as raised:
            send_request(send, server, FETCH)
        assert pointer in pointers(raised.value.report)
        assert list(guard.reports) == [raised.value.report]
        assert send_request(send, server, FETCH).status_code == 200


@each_client
def test_mode_warn(client: Any, server: Server) -> None:
    """In mode warn an invalid message is warned of, recorded, and passes."""
    guard = Guard(vendor_api(AXIM.name), request="warn", response="warn", undocumented="fail")
    server.queue.append(CannedResponse(418, {}))
    with client(guard) as send, pytest.warns(ContractWarning) as warned:
        assert send_request(send, server, headers={}).status_code == 418
    texts = [str(each.message) for each in warned]
    assert ["/headers/accessToken" in texts[0], "/status" in texts[1]] == [True, True]
    assert len(texts) == 2
    assert len(guard.reports) == 2


def test_the_location_of_a_warning() -> None:
    """A warning is at the line that called the client, not inside the client."""
    mock = httpx.MockTransport(lambda _: httpx.Response(200, json=FETCHED.body))
    guard = Guard(vendor_api(AXIM.name), request="warn")
    url = f"https://shop.example.com{FETCH.path}"

    async def run() -> None:
        async with httpx.AsyncClient(transport=async_transport(guard, mock)) as client:
            await client.get(url)

    with pytest.warns(ContractWarning) as warned:
        asyncio.run(run())
    assert [each.filename for each in warned] == [__file__]
    client = httpx.Client(transport=mock, event_hooks=event_hooks(guard))
    with client, pytest.warns(ContractWarning) as warned:
        client.get(url)
    assert [each.filename for each in warned] == [__file__]


@each_client
def test_mode_record(client: Any, server: Server) -> None:
    """In mode record everything passes, with one report for each invalid message."""
    guard = Guard(vendor_api(AXIM.name), request="record", response="record")
    server.queue.append(CannedResponse(200, WRONG, {"Content-Type": "text/json"}))
    with client(guard) as send:
        assert send_request(send, server, FETCH, headers={}).json() == WRONG
    of_request, of_response = guard.reports
    assert pointers(of_request) == ["/headers/accessToken"]
    assert {"/headers/Content-Type", "/body/data/_id"} <= set(pointers(of_response))


@each_client
def test_mode_none(client: Any, server: Server) -> None:
    """A direction with mode None is not checked, and not counted."""
    server.queue += [CannedResponse(418, {}), CannedResponse(418, {})]
    for modes in ({"request": None}, {"response": None}):
        guard = Guard(
            vendor_api(AXIM.name), **({"request": "record", "response": "record"} | modes)
        )
        with client(guard) as send:
            assert send_request(send, server, FETCH, headers={}).status_code == 418
        assert guard.checked.total() == len(guard.reports) == 1


@each_client
@pytest.mark.parametrize("given", [lambda: "axim-commerce", lambda: fieldbound.api(AXIM.name)])
def test_a_name_or_an_api_instead_of_a_guard(client: Any, server: Server, given: Any) -> None:
    """An API or its name may be given instead of a guard: invalid messages raise."""
    with client(given()) as send:
        assert send_request(send, server).status_code == 200
        with pytest.raises(fieldbound.Invalid):
            send_request(send, server, headers={})


# -- redirects -----------------------------------------------------------------------------------


@each_client
def test_each_step_of_a_redirect_is_checked(client: Any, server: Server) -> None:
    """Each request and response of a redirect is checked."""
    guard = Guard(vendor_api(AXIM.name), response="record", undocumented="fail")
    server.queue.append(CannedResponse(307, None, {"Location": f"/companyGroup/{ID}"}))
    with client(guard) as send:
        response = send_request(send, server, FETCH, follow_redirects=True)
    assert [response.status_code, len(response.history)] == [200, 1]
    assert guard.checked.total() == 4
    assert [pointers(each) for each in guard.reports] == [["/status"]]


@each_client
def test_a_body_repeated_by_a_redirect_is_checked(client: Any, server: Server) -> None:
    """The request that follows a redirect is checked with its body."""
    guard = Guard(vendor_api(AXIM.name), response="record")
    server.queue.append(CannedResponse(307, None, {"Location": CREATE.path}))
    with client(guard) as send:
        send_request(send, server, follow_redirects=True)
    assert [json.loads(body) for _, _, body in server.received] == [CREATE.body, CREATE.body]
    assert not [each for each in guard.reports if each.not_checked.keys() - {"/status"}]


@each_client
def test_a_redirect_to_an_unknown_operation_is_not_followed(client: Any, server: Server) -> None:
    """The request that follows a redirect raises before it is sent, if it is invalid."""
    guard = Guard(vendor_api(AXIM.name), response="record")
    server.queue.append(CannedResponse(302, None, {"Location": "/login"}))
    with client(guard) as send, pytest.raises(fieldbound.Invalid) as raised:
        send_request(send, server, FETCH, follow_redirects=True)
    assert pointers(raised.value.report) == ["/url"]
    assert len(server.received) == 1


# -- a server that closes early ------------------------------------------------------------------


@each_client
@pytest.mark.parametrize("mode", ["raise", "warn", "record"])
@pytest.mark.parametrize("chunked", [False, True])
def test_the_exception_of_the_client_is_raised(
    client: Any, server: Server, mode: Any, chunked: bool
) -> None:
    """For a truncated response the client's exception is raised, and the body is not checked."""
    guard = Guard(vendor_api(AXIM.name), response=mode)
    server.queue.append(CannedResponse(200, FETCHED.body, chunked=chunked, cut=20))
    with client(guard) as send:
        with pytest.raises((httpx.RemoteProtocolError, requests.exceptions.ChunkedEncodingError)):
            send_request(send, server, FETCH)
        (report,) = guard.reports
        assert report.ok
        assert report.not_checked == {"/body": "the connection failed before the end"}
        assert send_request(send, server, FETCH).status_code == 200


@each_client
def test_no_response(client: Any, server: Server) -> None:
    """Without a response the client's exception is raised, and no response is counted."""
    guard = Guard(vendor_api(AXIM.name))
    server.queue.append(CannedResponse(cut=-1))
    gone = (httpx.RemoteProtocolError, requests.exceptions.ConnectionError)
    with client(guard) as send, pytest.raises(gone):
        send_request(send, server)
    assert list(guard.checked) == ["axim-commerce/create-company-group"]


@each_client
def test_no_connection(client: Any) -> None:
    """Without a connection the client's exception is raised."""
    with serving(AXIM) as server:
        closed = server.url
    gone = (httpx.ConnectError, requests.exceptions.ConnectionError)
    with client(Guard(vendor_api(AXIM.name))) as send, pytest.raises(gone):
        send_request(send, SimpleNamespace(url=closed))


# -- streams -------------------------------------------------------------------------------------

TEXT = json.dumps(CREATE.body).encode()
JSON = {**CREATE.headers, "Content-Type": "application/json"}


async def _slowly() -> AsyncIterator[bytes]:
    yield TEXT[:9]
    yield TEXT[9:]


@each_client
def test_a_streamed_request_is_not_read(client: Any, server: Server) -> None:
    """The body of a streamed request is not consumed, and reported as not checked."""
    guard = Guard(vendor_api(AXIM.name))
    body = _slowly() if "async" in _name(client) else iter([TEXT[:9], TEXT[9:]])
    with client(guard) as send:
        response = send("POST", f"{server.url}/companyGroup/create", content=body, headers=JSON)
    assert response.status_code == 200
    assert server.received[0][2] == TEXT
    (report,) = guard.reports
    assert report.ok
    assert list(report.not_checked) == ["/body"]


@each_client
def test_the_headers_of_a_streamed_request_are_checked(client: Any, server: Server) -> None:
    """A streamed request with invalid headers raises, and its stream is not consumed."""
    async_body, body = _slowly(), iter([TEXT])
    stream = async_body if "async" in _name(client) else body
    with client(Guard(vendor_api(AXIM.name))) as send, pytest.raises(fieldbound.Invalid) as raised:
        send("POST", f"{server.url}/companyGroup/create", content=stream, headers={})
    assert "/headers/accessToken" in pointers(raised.value.report)
    assert next(body) == TEXT
    assert not server.connections


def _name(client: Any) -> str:
    return next(name for name, each in CLIENTS.items() if each is client)


def streaming(guard: Guard, kind: str, read: Callable[[Any], Any], url: str) -> Any:
    """Stream a response by a sync or async client of httpx, and return what *read* returns."""
    request = ("GET", url)
    hooks = event_hooks(guard)
    if kind == "sync":
        with (
            httpx.Client(event_hooks=hooks, headers=FETCH.headers) as client,
            client.stream(*request) as response,
        ):
            return read(response)

    async def run() -> Any:
        async with (
            httpx.AsyncClient(event_hooks=hooks, headers=FETCH.headers) as client,
            client.stream(*request) as response,
        ):
            return await read(response)

    return asyncio.run(run())


async def _all(chunks: Any) -> bytes:
    return b"".join([chunk async for chunk in chunks])


READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "read": ("sync", lambda response: response.read()),
    "bytes": ("sync", lambda response: b"".join(response.iter_bytes(7))),
    "lines": ("sync", lambda response: "".join(response.iter_lines()).encode()),
    "raw": ("sync", lambda response: gzip.decompress(b"".join(response.iter_raw()))),
    "async read": ("async", lambda response: response.aread()),
    "async bytes": ("async", lambda response: _all(response.aiter_bytes(7))),
}
each_reader = pytest.mark.parametrize(("kind", "read"), READERS.values(), ids=READERS)
each_kind = pytest.mark.parametrize("kind", ["sync", "async"])


@each_reader
def test_a_streamed_response_is_checked_when_it_is_read(
    server: Server, kind: str, read: Any
) -> None:
    """A streamed response is checked when it was read to the end, in any kind."""
    guard = Guard(vendor_api(AXIM.name))
    server.queue += [
        CannedResponse(200, body, gzipped=True, chunked=True) for body in (FETCHED.body, WRONG)
    ]
    url = server.url + FETCH.path
    assert json.loads(streaming(guard, kind, read, url)) == FETCHED.body
    assert not guard.reports
    with pytest.raises(fieldbound.Invalid) as raised:
        streaming(guard, kind, read, url)
    assert "/body/data/_id" in pointers(raised.value.report)
    assert guard.checked["axim-commerce/get-company-group/response.200"] == 2
    assert len(guard.reports) == 1


async def _nothing(_: Any) -> None:
    return None


async def _some(response: Any) -> bytes:
    chunks = response.aiter_raw(5)
    chunk: bytes = await chunks.__anext__()
    await chunks.aclose()
    return chunk


CLOSED_EARLY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "unread": ("sync", lambda _: None),
    "half read": ("sync", lambda response: next(response.iter_raw(5))),
    "async unread": ("async", _nothing),
    "async half read": ("async", _some),
}


@pytest.mark.parametrize(("kind", "read"), CLOSED_EARLY.values(), ids=CLOSED_EARLY)
@pytest.mark.parametrize("mode", ["raise", "warn", "record"])
def test_a_stream_that_is_closed_early_is_not_checked(
    server: Server, kind: str, read: Any, mode: Any
) -> None:
    """The body of a stream that is closed before the end is reported as not checked."""
    guard = Guard(vendor_api(AXIM.name), response=mode)
    server.queue.append(CannedResponse(200, WRONG))
    streaming(guard, kind, read, server.url + FETCH.path)
    (report,) = guard.reports
    assert report.ok
    assert report.not_checked == {"/body": "its stream was closed before the end"}


@each_kind
def test_a_stream_is_rejected_before_it_is_read(server: Server, kind: str) -> None:
    """A streamed response with an invalid status code raises before it is read."""
    guard = Guard(vendor_api(AXIM.name), undocumented="fail")
    server.queue.append(CannedResponse(418, WRONG))
    with pytest.raises(fieldbound.Invalid) as raised:
        streaming(guard, kind, pytest.fail, server.url + FETCH.path)
    assert pointers(raised.value.report) == ["/status"]
    assert list(guard.reports) == [raised.value.report]


@each_kind
def test_a_stream_with_an_invalid_status_is_reported_once(server: Server, kind: str) -> None:
    """In mode warn an invalid stream that is closed early has one report and one warning."""
    guard = Guard(vendor_api(AXIM.name), response="warn", undocumented="fail")
    server.queue.append(CannedResponse(418, WRONG))
    with pytest.warns(ContractWarning) as warned:
        streaming(
            guard, kind, _nothing if kind == "async" else lambda _: None, server.url + FETCH.path
        )
    assert [len(warned), len(guard.reports)] == [1, 1]


def test_a_large_stream_is_not_checked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body beyond the maximum size passes unchanged, and is reported as not checked."""
    monkeypatch.setattr("fieldbound.http.guard.MAX_BODY_BYTES", 30)
    guard = Guard(vendor_api(AXIM.name))
    url = server.url + FETCH.path
    assert streaming(guard, "sync", lambda response: response.read(), url) == FETCHED.content
    (report,) = guard.reports
    assert "it is larger than" in report.not_checked["/body"]


def test_a_decompression_bomb_is_not_checked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body that decompresses to more than the maximum size is reported as not checked."""
    monkeypatch.setattr("fieldbound.http.clients.httpx.MAX_BODY_BYTES", 30)
    guard = Guard(vendor_api(AXIM.name))
    server.queue.append(CannedResponse(200, WRONG, gzipped=True))
    streaming(guard, "sync", lambda response: list(response.iter_raw()), server.url + FETCH.path)
    (report,) = guard.reports
    assert "it decompresses to more than" in report.not_checked["/body"]


def test_a_body_that_cannot_be_decompressed_is_not_checked(server: Server) -> None:
    """For invalid gzip data the client's exception is raised, and there is no violation."""
    guard = Guard(vendor_api(AXIM.name))
    broken = CannedResponse(200, b"\x1f\x8bnone", {"Content-Encoding": "gzip"})
    server.queue += [broken, broken]
    url = server.url + FETCH.path
    raw = streaming(guard, "sync", lambda response: b"".join(response.iter_raw()), url)
    assert raw == broken.content
    with pytest.raises(httpx.DecodingError):
        streaming(guard, "sync", lambda response: response.read(), url)
    assert [each.ok for each in guard.reports] == [True, True]
    assert all(each.not_checked["/body"] for each in guard.reports)


def test_a_streamed_response_of_requests_is_not_read(server: Server) -> None:
    """With stream=True the adapter reads no body, checks the rest, and reports so."""
    guard = Guard(vendor_api(AXIM.name), undocumented="fail")
    server.queue.append(CannedResponse(200, WRONG))
    with requests.Session() as session:
        session.mount("http://", adapter(guard))
        url = server.url + FETCH.path
        with session.get(url, headers=FETCH.headers, stream=True) as response:
            assert response._content_consumed is False
            assert response.json() == WRONG
        server.queue.append(CannedResponse(418, WRONG))
        with pytest.raises(fieldbound.Invalid, match="418"):
            session.get(url, headers=FETCH.headers, stream=True)
    report = guard.reports[0]
    assert report.ok
    assert "stream" in report.not_checked["/body"]


# -- mocks, and other transports -----------------------------------------------------------------


def test_a_response_with_content_is_checked_at_once() -> None:
    """A response of a mock, which has its content, is checked by the same call."""
    guard = Guard(vendor_api(AXIM.name))
    mock = httpx.MockTransport(lambda _: httpx.Response(200, json=WRONG))
    url = f"https://shop.example.com{FETCH.path}"
    for client in (
        httpx.Client(transport=mock, event_hooks=event_hooks(guard)),
        httpx.Client(transport=transport(guard, mock)),
    ):
        with client, pytest.raises(fieldbound.Invalid):
            client.get(url, headers=FETCH.headers)

    async def run() -> None:
        async with httpx.AsyncClient(transport=async_transport(guard, mock)) as client:
            await client.get(url, headers=FETCH.headers)

    with pytest.raises(fieldbound.Invalid):
        asyncio.run(run())
    assert len(guard.reports) == 3


class _Both(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        return iter([json.dumps(WRONG).encode()])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield json.dumps(WRONG).encode()


def test_a_stream_for_sync_and_async_clients() -> None:
    """A stream that can be read by sync and async clients still can when it is checked."""
    headers = {"Content-Type": "application/json"}
    mock = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=_Both()))
    url = f"https://shop.example.com{FETCH.path}"

    async def run() -> None:
        async with httpx.AsyncClient(transport=async_transport("axim-commerce", mock)) as client:
            await client.get(url, headers=FETCH.headers)

    with pytest.raises(fieldbound.Invalid):
        asyncio.run(run())
    client = httpx.Client(transport=transport("axim-commerce", mock))
    with client, pytest.raises(fieldbound.Invalid):
        client.get(url, headers=FETCH.headers)


def test_mocked_exchanges_are_checked() -> None:
    """Exchanges that a library mocks are checked as well."""
    url = f"https://shop.example.com{FETCH.path}"
    with respx.mock:
        respx.get(url).mock(return_value=httpx.Response(200, json=WRONG))
        for options in (
            {"event_hooks": event_hooks("axim-commerce")},
            {"transport": transport("axim-commerce")},
        ):
            with httpx.Client(**options) as client, pytest.raises(fieldbound.Invalid):
                client.get(url, headers=FETCH.headers)
    with responses.RequestsMock() as mocked, requests.Session() as session:
        mocked.get(url, json=WRONG)
        session.mount("https://", adapter("axim-commerce"))
        with pytest.raises(fieldbound.Invalid):
            session.get(url, headers=FETCH.headers)


def test_another_adapter_may_send(server: Server) -> None:
    """A custom adapter sends, with all options of the session."""
    timeouts: list[Any] = []

    class Own(requests.adapters.HTTPAdapter):
        def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
            timeouts.append(kwargs["timeout"])
            return super().send(request, *args, **kwargs)

    with requests.Session() as session:
        session.mount("http://", adapter("axim-commerce", Own(max_retries=2)))
        session.get(server.url + FETCH.path, headers=FETCH.headers, timeout=7)
    assert timeouts == [7]


# -- guards --------------------------------------------------------------------------------------


def test_an_invalid_mode_is_an_error() -> None:
    """An invalid mode raises ValueError with the valid ones."""
    with pytest.raises(
        ValueError, match=r"invalid mode 'shout' \(choose from raise, warn, record\)"
    ):
        Guard("axim-commerce", response="shout")  # type: ignore[arg-type]


@each_client
def test_a_guard_of_several_apis(client: Any) -> None:
    """A message is checked by the API it belongs to; hosts without an API are counted."""
    guard = Guard([vendor_api(vendor.name) for vendor in VENDORS])
    with client(guard) as send:
        for vendor in VENDORS:
            with serving(vendor) as server:
                send_request(send, server, vendor.exchanges[0][0])
        with serving(AXIM) as server:
            server.queue.append(CannedResponse(418, {}))
            assert send("GET", f"{server.url}/elsewhere").status_code == 418
    assert guard.checked.total() == 6
    assert guard.uncovered == {urlsplit(server.url).netloc: 1}


def test_threads_may_share_a_guard(server: Server) -> None:
    """Counts are complete when threads share a guard from its first message on."""
    guard = Guard(AXIM.name, request="record")
    with httpx.Client(event_hooks=event_hooks(guard)) as client:

        def one(number: int) -> int:
            headers = FETCH.headers if number % 2 else {}
            status: int = client.get(server.url + FETCH.path, headers=headers).status_code
            return status

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(one, range(200))) == {200}
    assert guard.checked == {
        "axim-commerce/get-company-group": 200,
        "axim-commerce/get-company-group/response.200": 200,
    }
    assert len(guard.reports) == 100


@each_vendor
def test_the_second_exchange_compiles_nothing(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schemas are compiled once, for the first exchange that needs them."""
    compiled: list[Any] = []
    original = jsonschema_rs.validator_for

    def counted(*args: Any, **kwargs: Any) -> Any:
        compiled.append(args)
        return original(*args, **kwargs)

    monkeypatch.setattr(jsonschema_rs, "validator_for", counted)
    guard = Guard(vendor.name, request="record", response="record")
    with serving(vendor) as server, httpx.Client(event_hooks=event_hooks(guard)) as client:

        def exchanges() -> None:
            for request, response in vendor.exchanges:
                send_request(client.request, server, request)
                send_request(client.request, server, request, headers={})
                status = 400 if response.status == 204 else response.status
                server.queue.append(CannedResponse(status, b"[", {"Content-Type": "text/html"}))
                send_request(client.request, server, request)
                server.queue.append(CannedResponse(418))
                send_request(client.request, server, request)

        exchanges()
        once = len(compiled)
        exchanges()
    assert once
    assert len(compiled) == once


# -- secrets -------------------------------------------------------------------------------------

CANARY = "canary-5e1f"


def _texts(error: BaseException) -> Iterator[str]:
    """Yield all texts of an exception and those it is chained to."""
    each: BaseException | None = error
    while each is not None:
        yield from (str(each), repr(each), *map(repr, each.args), *getattr(each, "__notes__", ()))
        each = each.__cause__ or each.__context__
    yield from traceback.format_exception(error)


def _raised(call: Callable[[str], Any], url: str) -> list[str]:
    try:
        call(url)
    except fieldbound.Invalid as error:
        return list(_texts(error))
    return []


@each_client
def test_no_secret_is_shown(client: Any, server: Server) -> None:
    """No credential of a message is in exceptions, reports or reprs."""
    headers = {
        "accessToken": CANARY,
        "Authorization": f"Bearer {CANARY}",
        "Cookie": f"sid={CANARY}",
        "X-Api-Key": CANARY,
    }
    cookie = {"Set-Cookie": f"sid={CANARY}"}
    url = server.url.replace("//", f"//user:{CANARY}@")
    texts: list[str] = []
    server.queue += [
        CannedResponse(418, {"token": CANARY}, cookie),
        CannedResponse(200, WRONG, cookie),
    ] * 2
    for response in ("raise", "record"):
        guard = Guard(vendor_api(AXIM.name), request="record", response=response)  # type: ignore[arg-type]
        with client(guard) as send:
            for path in (f"/nowhere?accessToken={CANARY}", f"{FETCH.path}?accessToken={CANARY}"):
                texts += _raised(lambda at: send("GET", at, headers=headers), url + path)
        texts += [text for each in guard.reports for text in (str(each), repr(each))]
        texts += [repr(guard), repr(guard.checked), repr(guard.uncovered)]
    assert len(texts) > 20
    assert not [text for text in texts if CANARY in text]


# -- httpx2 --------------------------------------------------------------------------------------

#: httpx, and httpx2 where it can be installed: it needs Python 3.11.
LIBRARIES = [import_module(name) for name in ("httpx", "httpx2") if find_spec(name)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("how", ["hooks", "transport"])
@pytest.mark.parametrize("coding", [None, "gzip"])
def test_httpx2_is_checked_as_httpx_is(library: Any, how: str, coding: str | None) -> None:
    """Hooks and transports check the streams of sync and async clients of both libraries."""
    content = json.dumps(WRONG).encode()
    content = gzip.compress(content) if coding else content
    headers = {
        "Content-Type": "application/json",
        **({"Content-Encoding": coding} if coding else {}),
    }

    class Stream(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            yield content

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield content

    mock = library.MockTransport(lambda _: library.Response(200, headers=headers, stream=Stream()))
    guard = Guard(vendor_api(AXIM.name), response="record")
    url = f"https://shop.example.com{FETCH.path}"
    hooks: Any = {"transport": mock, "event_hooks": event_hooks(guard)}
    given = hooks if how == "hooks" else {"transport": transport(guard, mock)}
    with library.Client(**given) as client:
        assert client.get(url, headers=FETCH.headers).json() == WRONG

    async def run() -> None:
        given = hooks if how == "hooks" else {"transport": async_transport(guard, mock)}
        async with library.AsyncClient(**given) as client:
            assert (await client.get(url, headers=FETCH.headers)).json() == WRONG

    asyncio.run(run())
    assert [pointers(each) for each in guard.reports] == [["/body/data/_id"]] * 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_transport_sends_by_its_client(library: Any, server: Server) -> None:
    """Without an inner transport, that of the client whose request it is sends."""
    with library.Client(transport=transport("axim-commerce")) as client:
        found = client.get(server.url + FETCH.path, headers=FETCH.headers)
    assert found.json() == FETCHED.body
    with library.Client(transport=transport("axim-commerce")):
        pass  # closes what was never used


# -- imports -------------------------------------------------------------------------------------


def test_clients_are_imported_lazily() -> None:
    """fieldbound.clients can be imported if neither httpx nor requests is installed."""
    code = (
        "import sys; sys.modules['httpx'] = sys.modules['requests'] = None; "
        "from fieldbound.clients import Guard, adapter; "
        "print(Guard('axim-commerce').hosts.apis); adapter('axim-commerce')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "[API('axim-commerce')]\n"
    assert "ModuleNotFoundError: import of requests" in done.stderr
