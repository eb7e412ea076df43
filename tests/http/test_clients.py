"""The clients that are checked, driven over real sockets against a server that plays vendors."""

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
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

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
from support.vendor_server import ID, VENDORS, Answer, Ask, Server, Vendor, serving

Send = Callable[..., Any]
AXIM = next(each for each in VENDORS if each.name == "axim-commerce")
CREATE, CREATED = AXIM.plays[0]
FETCH, FETCHED = AXIM.plays[1]
WRONG = {"success": True, "data": {"_id": 4711}}


# -- one way to drive them all -------------------------------------------------------------------


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


def ask(send: Send, server: Server, asked: Ask = CREATE, **options: Any) -> Any:
    """Send a request as the vendor wants it, but for the options."""
    given = {"json": asked.body} if asked.body is not None else {}
    given |= {"headers": asked.headers, **options}
    return send(asked.method, server.url + asked.path, **given)


def pointers(report: fieldbound.Report) -> list[str]:
    """Return where the violations are."""
    return [each.pointer for each in report]


@pytest.fixture
def server() -> Iterator[Server]:
    """Play Axim Commerce."""
    with serving(AXIM) as server:
        yield server


# -- what is valid passes ------------------------------------------------------------------------


@each_client
@each_vendor
def test_valid_exchanges_pass(client: Any, vendor: Vendor) -> None:
    """What each vendor documents passes through each client unchanged, and each is counted."""
    guard = Guard(vendor.name)
    with serving(vendor) as server, client(guard) as send:
        for asked, answer in vendor.plays:
            response = ask(send, server, asked)
            assert response.status_code == answer.status
            assert response.content == answer.content
    assert guard.checked.total() == 2 * len(vendor.plays)
    assert not guard.reports


@each_client
def test_connections_are_kept(client: Any, server: Server) -> None:
    """A checked exchange leaves its connection to the next one, refused or not."""
    with client(Guard("axim-commerce")) as send:
        ask(send, server)
        server.moods.append(Answer(200, WRONG))
        with pytest.raises(fieldbound.Invalid):
            ask(send, server, FETCH)
        ask(send, server, FETCH)
    assert len(server.seen) == 3
    assert len(server.connections) == 1


@each_client
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_a_body_is_judged_as_its_reader_sees_it(
    client: Any, server: Server, packed: bool, chunked: bool
) -> None:
    """A body is judged unpacked and whole, however it travels."""
    guard = Guard("axim-commerce")
    server.moods.append(Answer(200, FETCHED.body, packed=packed, chunked=chunked))
    server.moods.append(Answer(200, WRONG, packed=packed, chunked=chunked))
    with client(guard) as send:
        assert ask(send, server, FETCH).json() == FETCHED.body
        with pytest.raises(fieldbound.Invalid) as refused:
            ask(send, server, FETCH)
    assert "/body/data/_id" in pointers(refused.value.report)
    assert list(guard.reports) == [refused.value.report]


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
def test_a_response_to_head_has_no_body_to_judge(
    client: Any, tmp_path: Path, etag: str, ok: bool
) -> None:
    """Of a response to HEAD the headers are judged; that there is no body is no violation."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(HEADED))
    guard = Guard(str(path), response="record")
    headers = {"ETag": etag, "Content-Type": "application/json"}
    with serving(Vendor("headed", "", [])) as server, client(guard) as send:
        server.moods.append(Answer(200, {}, headers))
        send("HEAD", f"{server.url}/thing")
    assert guard.checked.total() == 2
    assert [pointers(each) for each in guard.reports] == ([] if ok else [["/headers/ETag"]])


# -- what is invalid is stopped ------------------------------------------------------------------


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
def test_an_invalid_request_never_leaves(
    client: Any, server: Server, change: dict[str, Any], pointer: str
) -> None:
    """A request that breaks the contract is refused before any socket is opened."""
    with client(Guard("axim-commerce")) as send:
        with pytest.raises(fieldbound.Invalid) as refused:
            ask(send, server, **change)
        assert pointer in pointers(refused.value.report)
        assert not server.connections
        ask(send, server)
    assert len(server.seen) == 1


@each_client
@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        (Answer(418, {}), "/status"),
        (Answer(200, b"<p>Down</p>", {"Content-Type": "text/html"}), "/headers/Content-Type"),
        (Answer(200, WRONG), "/body/data/_id"),
        (Answer(200, b'{"success": tru'), "/body/success"),
        (Answer(200), "/body"),
    ],
)
def test_an_invalid_response_is_raised_by_the_call(
    client: Any, server: Server, answer: Answer, pointer: str
) -> None:
    """A response that breaks the contract is raised out of the call, once, and the next is well."""
    guard = Guard("axim-commerce")
    server.moods.append(answer)
    with client(guard) as send:
        with pytest.raises(fieldbound.Invalid) as refused:
            ask(send, server, FETCH)
        assert pointer in pointers(refused.value.report)
        assert list(guard.reports) == [refused.value.report]
        assert ask(send, server, FETCH).status_code == 200


@each_client
def test_a_mode_may_warn(client: Any, server: Server) -> None:
    """Asked to warn, a guard warns of what is invalid, records it, and lets it pass."""
    guard = Guard("axim-commerce", request="warn", response="warn")
    server.moods.append(Answer(418, {}))
    with client(guard) as send, pytest.warns(ContractWarning) as warned:
        assert ask(send, server, headers={}).status_code == 418
    told = [str(each.message) for each in warned]
    assert ["/headers/accessToken" in told[0], "/status" in told[1], len(told)] == [True, True, 2]
    assert len(guard.reports) == 2


def test_a_warning_names_the_line_that_called() -> None:
    """A warning is of the line that called the client, not of one within the client."""
    mock = httpx.MockTransport(lambda _: httpx.Response(200, json=FETCHED.body))
    guard = Guard("axim-commerce", request="warn")
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
def test_a_mode_may_record(client: Any, server: Server) -> None:
    """Asked to record, a guard lets everything pass, and tells each message in one report."""
    guard = Guard("axim-commerce", request="record", response="record")
    server.moods.append(Answer(200, WRONG, {"Content-Type": "text/json"}))
    with client(guard) as send:
        assert ask(send, server, FETCH, headers={}).json() == WRONG
    asked, answered = guard.reports
    assert pointers(asked) == ["/headers/accessToken"]
    assert {"/headers/Content-Type", "/body/data/_id"} <= set(pointers(answered))


@each_client
def test_a_direction_may_be_left_out(client: Any, server: Server) -> None:
    """A direction without a mode is not checked, and not counted."""
    server.moods += [Answer(418, {}), Answer(418, {})]
    for modes in ({"request": None}, {"response": None}):
        guard = Guard("axim-commerce", **({"request": "record", "response": "record"} | modes))
        with client(guard) as send:
            assert ask(send, server, FETCH, headers={}).status_code == 418
        assert guard.checked.total() == len(guard.reports) == 1


@each_client
@pytest.mark.parametrize("given", [lambda: "axim-commerce", lambda: fieldbound.api(AXIM.name)])
def test_a_name_or_an_api_stands_for_its_guard(client: Any, server: Server, given: Any) -> None:
    """Where a guard is expected, an API or its name does: what is invalid is raised."""
    with client(given()) as send:
        assert ask(send, server).status_code == 200
        with pytest.raises(fieldbound.Invalid):
            ask(send, server, headers={})


# -- redirects -----------------------------------------------------------------------------------


@each_client
def test_each_step_of_a_redirect_is_checked(client: Any, server: Server) -> None:
    """A redirect is followed as ever, each of its requests and responses checked."""
    guard = Guard("axim-commerce", response="record")
    server.moods.append(Answer(307, None, {"Location": f"/companyGroup/{ID}"}))
    with client(guard) as send:
        response = ask(send, server, FETCH, follow_redirects=True)
    assert [response.status_code, len(response.history)] == [200, 1]
    assert guard.checked.total() == 4
    assert [pointers(each) for each in guard.reports] == [["/status"]]


@each_client
def test_a_body_that_a_redirect_repeats_is_judged(client: Any, server: Server) -> None:
    """What is sent again, to where a redirect leads, is judged with its body."""
    guard = Guard("axim-commerce", response="record")
    server.moods.append(Answer(307, None, {"Location": CREATE.path}))
    with client(guard) as send:
        ask(send, server, follow_redirects=True)
    assert [json.loads(body) for _, _, body in server.seen] == [CREATE.body, CREATE.body]
    assert not [each for each in guard.reports if each.not_checked]


@each_client
def test_a_redirect_to_what_is_no_operation_is_stopped(client: Any, server: Server) -> None:
    """The request that a redirect leads to is refused as any other, before it is sent."""
    guard = Guard("axim-commerce", response="record")
    server.moods.append(Answer(302, None, {"Location": "/login"}))
    with client(guard) as send, pytest.raises(fieldbound.Invalid) as refused:
        ask(send, server, FETCH, follow_redirects=True)
    assert pointers(refused.value.report) == ["/url"]
    assert len(server.seen) == 1


# -- a server that closes early ------------------------------------------------------------------


@each_client
@pytest.mark.parametrize("mode", ["raise", "warn", "record"])
@pytest.mark.parametrize("chunked", [False, True])
def test_the_clients_own_exception_comes_through(
    client: Any, server: Server, mode: Any, chunked: bool
) -> None:
    """Of a response that is cut off, the client's exception is raised, and the report says so."""
    guard = Guard("axim-commerce", response=mode)
    server.moods.append(Answer(200, FETCHED.body, chunked=chunked, cut=20))
    with client(guard) as send:
        with pytest.raises((httpx.RemoteProtocolError, requests.exceptions.ChunkedEncodingError)):
            ask(send, server, FETCH)
        (report,) = guard.reports
        assert report.ok
        assert report.not_checked == {"/body": "the connection failed before its end"}
        assert ask(send, server, FETCH).status_code == 200


@each_client
def test_no_answer_is_no_response(client: Any, server: Server) -> None:
    """Where nothing is answered, the client's exception is raised, and no response is counted."""
    guard = Guard("axim-commerce")
    server.moods.append(Answer(cut=-1))
    gone = (httpx.RemoteProtocolError, requests.exceptions.ConnectionError)
    with client(guard) as send, pytest.raises(gone):
        ask(send, server)
    assert list(guard.checked) == ["axim-commerce/create-company-group"]


@each_client
def test_a_server_that_is_away_is_told_by_the_client(client: Any) -> None:
    """Where nobody listens, the client's own exception is raised."""
    with serving(AXIM) as server:
        away = server.url
    gone = (httpx.ConnectError, requests.exceptions.ConnectionError)
    with client(Guard("axim-commerce")) as send, pytest.raises(gone):
        ask(send, SimpleNamespace(url=away))


# -- streams -------------------------------------------------------------------------------------

TEXT = json.dumps(CREATE.body).encode()
JSON = {**CREATE.headers, "Content-Type": "application/json"}


async def _slowly() -> AsyncIterator[bytes]:
    yield TEXT[:9]
    yield TEXT[9:]


@each_client
def test_a_streamed_request_is_not_read(client: Any, server: Server) -> None:
    """The body of a request that is a stream is not consumed, and said not to be judged."""
    guard = Guard("axim-commerce")
    body = _slowly() if "async" in _name(client) else iter([TEXT[:9], TEXT[9:]])
    with client(guard) as send:
        response = send("POST", f"{server.url}/companyGroup/create", content=body, headers=JSON)
    assert response.status_code == 200
    assert server.seen[0][2] == TEXT
    (report,) = guard.reports
    assert report.ok
    assert list(report.not_checked) == ["/body"]


@each_client
def test_a_streamed_request_is_still_stopped_by_its_headers(client: Any, server: Server) -> None:
    """A request whose headers break the contract is refused with its stream untouched."""
    async_body, body = _slowly(), iter([TEXT])
    given = async_body if "async" in _name(client) else body
    with client(Guard("axim-commerce")) as send, pytest.raises(fieldbound.Invalid) as refused:
        send("POST", f"{server.url}/companyGroup/create", content=given, headers={})
    assert "/headers/accessToken" in pointers(refused.value.report)
    assert next(body) == TEXT
    assert not server.connections


def _name(client: Any) -> str:
    return next(name for name, each in CLIENTS.items() if each is client)


def streaming(guard: Guard, way: str, read: Callable[[Any], Any], url: str) -> Any:
    """Stream a response by httpx, one way or the other, and return what the reader makes of it."""
    asked = ("GET", url)
    hooks = event_hooks(guard)
    if way == "sync":
        with (
            httpx.Client(event_hooks=hooks, headers=FETCH.headers) as client,
            client.stream(*asked) as response,
        ):
            return read(response)

    async def run() -> Any:
        async with (
            httpx.AsyncClient(event_hooks=hooks, headers=FETCH.headers) as client,
            client.stream(*asked) as response,
        ):
            return await read(response)

    return asyncio.run(run())


async def _all(pieces: Any) -> bytes:
    return b"".join([piece async for piece in pieces])


READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "read": ("sync", lambda response: response.read()),
    "bytes": ("sync", lambda response: b"".join(response.iter_bytes(7))),
    "lines": ("sync", lambda response: "".join(response.iter_lines()).encode()),
    "raw": ("sync", lambda response: gzip.decompress(b"".join(response.iter_raw()))),
    "async read": ("async", lambda response: response.aread()),
    "async bytes": ("async", lambda response: _all(response.aiter_bytes(7))),
}
each_reader = pytest.mark.parametrize(("way", "read"), READERS.values(), ids=READERS)
each_way = pytest.mark.parametrize("way", ["sync", "async"])


@each_reader
def test_a_streamed_response_is_judged_when_it_is_read(server: Server, way: str, read: Any) -> None:
    """A streamed response is judged when its reader has all of it, however it is read."""
    guard = Guard("axim-commerce")
    server.moods += [Answer(200, body, packed=True, chunked=True) for body in (FETCHED.body, WRONG)]
    url = server.url + FETCH.path
    assert json.loads(streaming(guard, way, read, url)) == FETCHED.body
    assert not guard.reports
    with pytest.raises(fieldbound.Invalid) as refused:
        streaming(guard, way, read, url)
    assert "/body/data/_id" in pointers(refused.value.report)
    assert guard.checked["axim-commerce/get-company-group/response.200"] == 2
    assert len(guard.reports) == 1


async def _nothing(_: Any) -> None:
    return None


async def _some(response: Any) -> bytes:
    pieces = response.aiter_raw(5)
    piece: bytes = await pieces.__anext__()
    await pieces.aclose()
    return piece


LEFT: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "unread": ("sync", lambda _: None),
    "half read": ("sync", lambda response: next(response.iter_raw(5))),
    "async unread": ("async", _nothing),
    "async half read": ("async", _some),
}


@pytest.mark.parametrize(("way", "read"), LEFT.values(), ids=LEFT)
@pytest.mark.parametrize("mode", ["raise", "warn", "record"])
def test_a_stream_that_is_left_is_said_not_to_be_judged(
    server: Server, way: str, read: Any, mode: Any
) -> None:
    """Of a stream that is closed before its end the report says that its body was not judged."""
    guard = Guard("axim-commerce", response=mode)
    server.moods.append(Answer(200, WRONG))
    streaming(guard, way, read, server.url + FETCH.path)
    (report,) = guard.reports
    assert report.ok
    assert report.not_checked == {"/body": "its stream was closed before its end"}


@each_way
def test_a_stream_is_refused_before_it_is_read(server: Server, way: str) -> None:
    """A streamed response whose status is invalid is raised when it comes, with nothing read."""
    guard = Guard("axim-commerce")
    server.moods.append(Answer(418, WRONG))
    with pytest.raises(fieldbound.Invalid) as refused:
        streaming(guard, way, pytest.fail, server.url + FETCH.path)
    assert pointers(refused.value.report) == ["/status"]
    assert list(guard.reports) == [refused.value.report]


@each_way
def test_a_stream_with_a_wrong_status_is_told_once(server: Server, way: str) -> None:
    """Asked to warn, a guard tells of a stream that is left in one report and one warning."""
    guard = Guard("axim-commerce", response="warn")
    server.moods.append(Answer(418, WRONG))
    with pytest.warns(ContractWarning) as warned:
        streaming(
            guard, way, _nothing if way == "async" else lambda _: None, server.url + FETCH.path
        )
    assert [len(warned), len(guard.reports)] == [1, 1]


def test_a_large_stream_is_not_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body beyond the bound passes whole to its reader, and is said not to be judged."""
    monkeypatch.setattr("fieldbound.http.guard.LARGEST", 30)
    guard = Guard("axim-commerce")
    url = server.url + FETCH.path
    assert streaming(guard, "sync", lambda response: response.read(), url) == FETCHED.content
    (report,) = guard.reports
    assert "it is larger than" in report.not_checked["/body"]


def test_a_bomb_is_not_unpacked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that unpacks to more than the bound is said not to be judged."""
    monkeypatch.setattr("fieldbound.http.clients.httpx.LARGEST", 30)
    guard = Guard("axim-commerce")
    server.moods.append(Answer(200, WRONG, packed=True))
    streaming(guard, "sync", lambda response: list(response.iter_raw()), server.url + FETCH.path)
    (report,) = guard.reports
    assert "it unpacks to more than" in report.not_checked["/body"]


def test_a_body_that_cannot_be_unpacked_is_not_judged(server: Server) -> None:
    """Who reads a broken packing gets the client's exception, or its bytes, and no violation."""
    guard = Guard("axim-commerce")
    broken = Answer(200, b"\x1f\x8bnone", {"Content-Encoding": "gzip"})
    server.moods += [broken, broken]
    url = server.url + FETCH.path
    raw = streaming(guard, "sync", lambda response: b"".join(response.iter_raw()), url)
    assert raw == broken.content
    with pytest.raises(httpx.DecodingError):
        streaming(guard, "sync", lambda response: response.read(), url)
    assert [each.ok for each in guard.reports] == [True, True]
    assert all(each.not_checked["/body"] for each in guard.reports)


def test_a_stream_of_requests_is_left_to_its_reader(server: Server) -> None:
    """Asked to stream, the adapter reads nothing, judges the rest, and says so."""
    guard = Guard("axim-commerce")
    server.moods.append(Answer(200, WRONG))
    with requests.Session() as session:
        session.mount("http://", adapter(guard))
        url = server.url + FETCH.path
        with session.get(url, headers=FETCH.headers, stream=True) as response:
            assert response._content_consumed is False
            assert response.json() == WRONG
        server.moods.append(Answer(418, WRONG))
        with pytest.raises(fieldbound.Invalid, match="418"):
            session.get(url, headers=FETCH.headers, stream=True)
    report = guard.reports[0]
    assert report.ok
    assert "stream" in report.not_checked["/body"]


# -- what is mocked, and what others bring -------------------------------------------------------


def test_a_response_that_is_there_is_judged_at_once() -> None:
    """A response of a mock, which has its content already, is judged by the same call."""
    guard = Guard("axim-commerce")
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


def test_a_stream_for_both_kinds_of_clients_stays_one() -> None:
    """A stream that may be read in either way may be so when it is watched."""
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


def test_what_fakes_responses_is_checked_as_well() -> None:
    """Where a library answers in the place of a server, exchanges are checked all the same."""
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
    """An adapter of one's own sends, with all the options of the session."""
    given: list[Any] = []

    class Own(requests.adapters.HTTPAdapter):
        def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
            given.append(kwargs["timeout"])
            return super().send(request, *args, **kwargs)

    with requests.Session() as session:
        session.mount("http://", adapter("axim-commerce", Own(max_retries=2)))
        session.get(server.url + FETCH.path, headers=FETCH.headers, timeout=7)
    assert given == [7]


# -- guards --------------------------------------------------------------------------------------


def test_an_unknown_mode_is_refused() -> None:
    """A mode that is none is a ValueError that names those there are."""
    with pytest.raises(ValueError, match="'shout', but must be one of raise, warn, record"):
        Guard("axim-commerce", response="shout")  # type: ignore[arg-type]


@each_client
def test_a_guard_of_several_apis_picks_one_and_counts_the_rest(client: Any) -> None:
    """Of several APIs a message is checked by its own; a host that none covers is counted."""
    guard = Guard([vendor.name for vendor in VENDORS])
    with client(guard) as send:
        for vendor in VENDORS:
            with serving(vendor) as server:
                ask(send, server, vendor.plays[0][0])
        with serving(AXIM) as server:
            server.moods.append(Answer(418, {}))
            assert send("GET", f"{server.url}/elsewhere").status_code == 418
    assert guard.checked.total() == 6
    assert guard.uncovered == {urlsplit(server.url).netloc: 1}


def test_threads_may_share_a_guard(server: Server) -> None:
    """Nothing is lost or raised where threads share a guard from its first message on."""
    guard = Guard("axim-commerce", request="record")
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
    """Whatever an exchange needs is compiled once: a second such one compiles nothing."""
    made: list[Any] = []
    compile_ = jsonschema_rs.validator_for

    def counted(*args: Any, **kwargs: Any) -> Any:
        made.append(args)
        return compile_(*args, **kwargs)

    monkeypatch.setattr(jsonschema_rs, "validator_for", counted)
    guard = Guard(vendor.name, request="record", response="record")
    with serving(vendor) as server, httpx.Client(event_hooks=event_hooks(guard)) as client:

        def exchanges() -> None:
            for asked, answer in vendor.plays:
                ask(client.request, server, asked)
                ask(client.request, server, asked, headers={})
                status = 400 if answer.status == 204 else answer.status
                server.moods.append(Answer(status, b"[", {"Content-Type": "text/html"}))
                ask(client.request, server, asked)
                server.moods.append(Answer(418))
                ask(client.request, server, asked)

        exchanges()
        once = len(made)
        exchanges()
    assert once
    assert len(made) == once


# -- what is never shown -------------------------------------------------------------------------

CANARY = "canary-5e1f"


def _told(error: BaseException) -> Iterator[str]:
    """Yield all that an exception and those it is chained to say."""
    seen: BaseException | None = error
    while seen is not None:
        yield from (str(seen), repr(seen), *map(repr, seen.args), *getattr(seen, "__notes__", ()))
        seen = seen.__cause__ or seen.__context__
    yield from traceback.format_exception(error)


def _raised(call: Callable[[str], Any], url: str) -> list[str]:
    try:
        call(url)
    except fieldbound.Invalid as error:
        return list(_told(error))
    return []


@each_client
def test_no_secret_is_told(client: Any, server: Server) -> None:
    """No credential of a request or response is in what is raised, warned, recorded or shown."""
    headers = {
        "accessToken": CANARY,
        "Authorization": f"Bearer {CANARY}",
        "Cookie": f"sid={CANARY}",
        "X-Api-Key": CANARY,
    }
    cookie = {"Set-Cookie": f"sid={CANARY}"}
    url = server.url.replace("//", f"//user:{CANARY}@")
    told: list[str] = []
    server.moods += [Answer(418, {"token": CANARY}, cookie), Answer(200, WRONG, cookie)] * 2
    for response in ("raise", "record"):
        guard = Guard("axim-commerce", request="record", response=response)  # type: ignore[arg-type]
        with client(guard) as send:
            for path in (f"/nowhere?accessToken={CANARY}", f"{FETCH.path}?accessToken={CANARY}"):
                told += _raised(lambda at: send("GET", at, headers=headers), url + path)
        told += [text for each in guard.reports for text in (str(each), repr(each))]
        told += [repr(guard), repr(guard.checked), repr(guard.uncovered)]
    assert len(told) > 20
    assert not [text for text in told if CANARY in text]


# -- what is imported ----------------------------------------------------------------------------


def test_no_client_is_needed_before_it_is_used() -> None:
    """The room can be imported where neither httpx nor requests is installed."""
    code = (
        "import sys; sys.modules['httpx'] = sys.modules['requests'] = None; "
        "from fieldbound.clients import Guard, adapter; "
        "print(Guard('axim-commerce').hosts.apis); adapter('axim-commerce')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "[API('axim-commerce')]\n"
    assert "ModuleNotFoundError: import of requests" in done.stderr
