"""Conversion of requests and responses of all clients and servers to messages."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import threading
import zlib
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
import requests
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response as StarletteResponse, StreamingResponse
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request as WerkzeugRequest, Response as WerkzeugResponse

import fieldbound
from fieldbound import Message
from fieldbound.http.adapters import body_of, headers_of, request_of, response_of

URL = "https://store.example.com/companies?a=1"
BODY = {"name": "x"}


def _environ(data: bytes = json.dumps(BODY).encode()) -> dict[str, Any]:
    return EnvironBuilder(
        path="/companies",
        query_string="a=1",
        base_url="https://store.example.com",
        method="POST",
        headers={"accessToken": "t"},
        data=data,
        content_type="application/json",
    ).get_environ()


def _equal_requests() -> dict[str, Any]:
    headers = {"accessToken": "t"}
    return {
        "httpx": httpx.Request("POST", URL, headers=headers, json=BODY),
        "requests": requests.Request("POST", URL, headers=headers, json=BODY),
        "requests, prepared": requests.Request("POST", URL, headers=headers, json=BODY).prepare(),
        "werkzeug": WerkzeugRequest(_environ()),
        "WSGI": _environ(),
        "Message": Message(
            "post", URL, {**headers, "Content-Type": "application/json"}, json.dumps(BODY)
        ),
    }


@pytest.mark.parametrize("client", list(_equal_requests()))
def test_requests_of_all_clients_are_converted_alike(client: str) -> None:
    """Method, URL, headers and body are the same for every client."""
    message = request_of(_equal_requests()[client])
    headers = headers_of(message.headers)
    assert (message.method, message.url) == ("POST", URL)
    assert headers["accesstoken"] == "t"
    assert headers["content-type"] == "application/json"
    assert json.loads(body_of(message, headers).data or b"") == BODY


@pytest.mark.parametrize("client", list(_equal_requests()))
def test_requests_of_all_clients_are_checked_alike(client: str) -> None:
    """The report of a request is the same for every client."""
    report = fieldbound.api("axim-commerce").check_request(_equal_requests()[client])
    assert "/query/a" in [each.pointer for each in report]
    assert {each.pointer.split("/")[1] for each in report} == {"query", "body"}


def _equal_responses() -> dict[str, Any]:
    of_requests = requests.Response()
    of_requests.status_code, of_requests.request = 200, _equal_requests()["requests, prepared"]
    of_requests.headers["Content-Type"] = "application/json"
    of_requests._content = b"[]"  # the body was read
    return {
        "httpx": httpx.Response(200, json=[], request=_equal_requests()["httpx"]),
        "requests": of_requests,
        "werkzeug": Client(WerkzeugResponse("[]", 200, mimetype="application/json")).post(
            "/companies", base_url="https://store.example.com"
        ),
        "Message": Message("POST", URL, {"Content-Type": "application/json"}, "[]", 200),
    }


@pytest.mark.parametrize("client", list(_equal_responses()))
def test_responses_of_all_clients_are_checked_alike(client: str) -> None:
    """A response that knows its request needs no second argument, for every client."""
    report = fieldbound.api("axim-commerce").check_response(_equal_responses()[client])
    assert [(each.code, each.pointer) for each in report] == [("type", "/body")]


def test_a_response_may_need_its_request() -> None:
    """A response that does not know its request must be given it."""
    api = fieldbound.api("axim-commerce")
    response = WerkzeugResponse("[]", 200, mimetype="application/json")
    with pytest.raises(TypeError, match="pass it as the second argument"):
        api.check_response(response)
    assert not api.check_response(response, _equal_requests()["WSGI"]).ok


@pytest.mark.parametrize("given", [None, 5, "GET /", {"a": 1}, object()])
def test_other_types_are_rejected(given: Any) -> None:
    """What is no request or response raises TypeError with the accepted types, not the value."""
    api = fieldbound.api("axim-commerce")
    with pytest.raises(
        TypeError, match=r"the request must be a request of httpx, requests or werkzeug"
    ):
        api.check_request(given)
    with pytest.raises(
        TypeError, match=r"the response must be a response of httpx, requests or werkzeug"
    ):
        api.check_response(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((5, URL), "must be strings"),
        (("GET", None), "must be strings"),
        (("GET", URL, [1]), "headers"),
        (("GET", URL, {}, None, "200"), "an int, not str"),
    ],
)
def test_a_message_validates_its_types(given: tuple[Any, ...], message: str) -> None:
    """A Message with parts of other types raises when it is constructed."""
    with pytest.raises(TypeError, match=message):
        Message(*given)


def _chunks() -> Iterator[bytes]:
    yield b"{}"


@pytest.mark.parametrize(
    "request_",
    [
        httpx.Request("POST", URL, content=_chunks()),
        requests.Request("POST", URL, data=_chunks()).prepare(),
        requests.Request("POST", URL, data=io.BytesIO(b"{}")).prepare(),
    ],
    ids=["httpx", "requests", "requests, a file"],
)
def test_a_streamed_request_is_not_read(request_: Any) -> None:
    """A streamed body is not consumed, and reported as not checked."""
    report = fieldbound.api("axim-commerce").check_request(request_)
    assert report.not_checked == {"/body": "it is a stream, which is not read"}
    stream = getattr(request_, "stream", None) or request_.body
    assert b"".join(stream) == b"{}"


def test_a_streamed_response_is_not_read() -> None:
    """A response that was not read yet is checked without its body."""
    response = httpx.Response(200, content=_chunks(), request=httpx.Request("POST", URL))
    report = fieldbound.api("axim-commerce").check_response(response)
    assert "/body" in report.not_checked
    assert response.read() == b"{}"


def test_the_input_of_a_wsgi_environ_is_rewound() -> None:
    """The application can read the input of a WSGI environ afterwards."""
    given = _environ(b'{"a": 1}')
    request_of(given)
    assert given["wsgi.input"].read() == b'{"a": 1}'


class Socket:
    """A stream that cannot be rewound."""

    def read(self, _: int = -1) -> bytes:
        """Fail."""
        raise AssertionError("the stream was read")


def test_an_input_that_cannot_be_rewound_is_not_read() -> None:
    """A WSGI input without seek is left to the application."""
    given = {**_environ(), "wsgi.input": Socket()}
    message = request_of(given)
    assert message.unread is not None


def test_a_parsed_form_is_not_available() -> None:
    """A werkzeug request whose form was parsed before has an unread body, not none."""
    request = WerkzeugRequest(
        EnvironBuilder(path="/companies", method="POST", data={"a": "1"}).get_environ()
    )
    assert request.form["a"] == "1"
    assert "parsed as a form" in str(request_of(request).unread)


def test_a_werkzeug_stream_is_not_read() -> None:
    """A streamed werkzeug response is not consumed."""
    response = WerkzeugResponse(_chunks(), 200)
    message = response_of(response, _environ())
    assert message.unread is not None
    assert b"".join(response.response) == b"{}"


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("gzip", bytes),  # decompressed by the client
        ("br", bytes),
        ("identity", bytes),
    ],
)
def test_a_body_is_decompressed(encoding: str, compress: Any) -> None:
    """A body is decompressed by its Content-Encoding, unless the client did it."""
    message = Message("POST", URL, {"Content-Encoding": encoding}, compress(b'{"a": 1}'))
    assert body_of(message, headers_of(message.headers)).data == b'{"a": 1}'


def test_a_body_that_cannot_be_decompressed_is_unread() -> None:
    """Unsupported and invalid encodings, and decompression bombs, are not checked."""
    unknown = Message("POST", URL, {"Content-Encoding": "br"}, b"\xff\xfe")
    assert "Content-Encoding br is not supported" in str(
        body_of(unknown, headers_of(unknown.headers)).unread
    )
    corrupt = Message("POST", URL, {"Content-Encoding": "gzip"}, b"\x1f\x8bnothing")
    assert "not valid gzip" in str(body_of(corrupt, headers_of(corrupt.headers)).unread)
    bomb = gzip.compress(bytes(1 << 27), mtime=0)
    large = Message("POST", URL, {"Content-Encoding": "gzip"}, bomb)
    assert "64 MiB" in str(body_of(large, headers_of(large.headers)).unread)


def test_a_body_that_is_compressed_repeatedly_is_unread() -> None:
    """A body that expands by more than one compression can explain is not checked."""
    data = b"[" + b"{}," * (1 << 20) + b"0]"
    once = gzip.compress(data, mtime=0)
    for coding, sent in (("gzip", once), ("gzip, deflate", zlib.compress(once))):
        message = Message("POST", URL, {"Content-Encoding": coding}, sent)
        body = body_of(message, headers_of(message.headers))
        if coding == "gzip":
            assert body.data == data
        else:
            assert body.unread == "it decompresses to more than 1032 times its size"


RAW_DEFLATE = zlib.compressobj(wbits=-15)
RAW = RAW_DEFLATE.compress('{"a": "\u00e9"}'.encode()) + RAW_DEFLATE.flush()


@pytest.mark.parametrize(
    ("encoding", "data", "decoded", "found"),
    [
        ("deflate", b'{"a": 1}', False, b'{"a": 1}'),
        ("deflate", RAW, False, '{"a": "\u00e9"}'.encode()),
        ("gzip", b"\x89PNG\xff", True, b"\x89PNG\xff"),
        ("deflate", b"x\xff", True, b"x\xff"),
        ("deflate, gzip", gzip.compress(zlib.compress(b"{}"), mtime=0), False, b"{}"),
        ("gzip", gzip.compress(b"{", mtime=0) + gzip.compress(b"}", mtime=0), False, b"{}"),
        ("gzip", gzip.compress(b"{}" * 99, mtime=0)[:-12], False, "its gzip data ends early"),
        ("deflate", zlib.compress(b"{}" * 99)[:-6], False, "its deflate data ends early"),
        ("gzip", b"\xff\xfe", False, "it is not valid gzip, though Content-Encoding says so"),
        ("br", b"\xff\xfe", True, "Content-Encoding br is not supported"),
    ],
)
def test_codings_that_a_client_may_have_decoded(
    encoding: str, data: bytes, decoded: bool, found: bytes | str
) -> None:
    """A body is decoded once, whether or not the client did it; else the true reason is given."""
    message = Message("GET", URL, {"Content-Encoding": encoding}, data, 200, None, decoded)
    body = body_of(message, headers_of(message.headers))
    assert (body.unread if isinstance(found, str) else body.data) == found


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_clients_decode_their_responses(compress: Any) -> None:
    """The content of a response of httpx is decoded, though it still has its header."""
    coding = "gzip" if compress is gzip.compress else "deflate"
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    request = httpx.Request("POST", URL)
    response = httpx.Response(200, headers=headers, content=compress(b"[]"), request=request)
    report = fieldbound.api("axim-commerce").check_response(response)
    assert [(each.code, each.pointer) for each in report] == [("type", "/body")]


# -- servers -------------------------------------------------------------------------------------


def _starlette(body: bytes = b"[]", **scope: Any) -> StarletteRequest:
    headers = [(b"content-type", b"application/json"), (b"accesstoken", b"t")]
    length = [(b"content-length", str(len(body)).encode())] if body else []
    given = {
        "type": "http",
        "method": "POST",
        "scheme": "https",
        "server": ("store.example.com", 443),
        "path": "/companies",
        "query_string": b"",
        "headers": headers + length,
        **scope,
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return StarletteRequest(given, receive)


def test_a_request_of_starlette_is_checked_once_it_is_read() -> None:
    """The body of a starlette or FastAPI request is checked if it was awaited, else reported."""
    api = fieldbound.api("axim-commerce")
    request = _starlette()
    report = api.check_request(request)
    assert "await request.body()" in report.not_checked["/body"]
    assert "not checked in full" in str(report)
    assert not report.is_complete
    asyncio.run(request.body())
    report = api.check_request(request)
    assert [(each.code, each.pointer) for each in report] == [("type", "/body")]
    assert not report.not_checked
    assert report.is_complete


def test_a_request_of_starlette_that_was_consumed() -> None:
    """A stream that was read elsewhere is gone, and a request may have no body at all."""

    async def consumed(request: StarletteRequest) -> None:
        async for _ in request.stream():
            pass

    api, request = fieldbound.api("axim-commerce"), _starlette()
    asyncio.run(consumed(request))
    assert "was already read" in api.check_request(request).not_checked["/body"]
    assert [each.pointer for each in api.check_request(_starlette(b""))] == ["/body"]
    unknown = _starlette(b"", http_version="2")  # has no need of a Content-Length
    assert "await" in api.check_request(unknown).not_checked["/body"]


def test_responses_of_starlette() -> None:
    """The body of a starlette response is checked, that of a stream is not read."""
    api, request = fieldbound.api("axim-commerce"), _equal_requests()["WSGI"]
    response = StarletteResponse("[]", media_type="application/json")
    assert [each.pointer for each in api.check_response(response, request)] == ["/body"]
    streamed = StreamingResponse(_chunks(), media_type="application/json")
    assert "stream" in api.check_response(streamed, request).not_checked["/body"]


class Foreign:
    """A request of a server that is not known."""

    method, url = "POST", URL

    def __init__(self, **headers: str) -> None:
        self.headers = headers


def test_a_request_whose_body_is_unknown() -> None:
    """A request without a `body` is not taken for one without a body where it announces one."""
    api = fieldbound.api("axim-commerce")
    for headers in ({"Content-Length": "2"}, {"Transfer-Encoding": "chunked"}):
        report = api.check_request(Foreign(**headers))
        assert "Foreign is not supported" in report.not_checked["/body"]
    assert "/body" in [each.pointer for each in api.check_request(Foreign())]


def test_the_environ_of_a_real_server() -> None:
    """The input of a real server is a socket: not read, which is reported, with what to do."""
    found: list[Any] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        report = fieldbound.api("axim-commerce").check_request(environ)
        found.append(report.not_checked.get("/body"))
        data = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(data)
        report = fieldbound.api("axim-commerce").check_request(environ)
        found.append([each.pointer for each in report])
        environ["wsgi.input"].read()
        found.append(fieldbound.api("axim-commerce").check_request(environ).not_checked["/body"])
        start_response("204 No Content", [])
        return []

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/companies"
        requests.post(url, json=[], headers={"accessToken": "t"}, timeout=10)
        thread.join()
    assert found == [
        "wsgi.input cannot be rewound, so it is not read: put io.BytesIO of the body in its place",
        ["/body"],
        "its stream was already read, and is no longer available",
    ]


def test_a_werkzeug_request_that_was_read() -> None:
    """A werkzeug request whose stream was read has an unread body, not none."""
    request = WerkzeugRequest(_environ())
    assert request.stream.read()
    assert "was already read" in str(request_of(request).unread)
    environ = _environ()
    environ["wsgi.input"].read()
    assert "was already read" in str(request_of(WerkzeugRequest(environ)).unread)


def test_the_repr_of_a_message_has_no_values() -> None:
    """The repr of a Message contains nothing of URL, headers and body."""
    message = Message("POST", "https://u:canary@h/?canary", {"accessToken": "canary"}, "canary")
    assert "canary" not in repr(message)
