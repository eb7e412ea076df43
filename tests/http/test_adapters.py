"""Requests and responses of every client and server are read as what they are, and left as is."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
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


def _same_requests() -> dict[str, Any]:
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


@pytest.mark.parametrize("client", list(_same_requests()))
def test_a_request_is_the_same_of_any_client(client: str) -> None:
    """Method, URL, headers and body are read alike, whoever made the request."""
    message = request_of(_same_requests()[client])
    headers = headers_of(message.headers)
    assert (message.method, message.url) == ("POST", URL)
    assert headers["accesstoken"] == "t"
    assert headers["content-type"] == "application/json"
    assert json.loads(body_of(message, headers).data or b"") == BODY


@pytest.mark.parametrize("client", list(_same_requests()))
def test_a_request_of_any_client_is_judged_alike(client: str) -> None:
    """The report is the same whichever client the request is of."""
    report = fieldbound.api("axim-commerce").check_request(_same_requests()[client])
    assert "/query/a" in [each.pointer for each in report]
    assert {each.pointer.split("/")[1] for each in report} == {"query", "body"}


def _same_responses() -> dict[str, Any]:
    of_requests = requests.Response()
    of_requests.status_code, of_requests.request = 200, _same_requests()["requests, prepared"]
    of_requests.headers["Content-Type"] = "application/json"
    of_requests._content = b"[]"  # as it is once the body has been read
    return {
        "httpx": httpx.Response(200, json=[], request=_same_requests()["httpx"]),
        "requests": of_requests,
        "werkzeug": Client(WerkzeugResponse("[]", 200, mimetype="application/json")).post(
            "/companies", base_url="https://store.example.com"
        ),
        "Message": Message("POST", URL, {"Content-Type": "application/json"}, "[]", 200),
    }


@pytest.mark.parametrize("client", list(_same_responses()))
def test_a_response_is_the_same_of_any_client(client: str) -> None:
    """A response that knows its request is judged by itself, whichever client it is of."""
    report = fieldbound.api("axim-commerce").check_response(_same_responses()[client])
    assert [(each.code, each.pointer) for each in report] == [("type", "/body")]


def test_a_response_may_be_given_its_request() -> None:
    """A response that does not know its request is judged with that."""
    api = fieldbound.api("axim-commerce")
    response = WerkzeugResponse("[]", 200, mimetype="application/json")
    with pytest.raises(TypeError, match="give the request of this response"):
        api.check_response(response)
    assert not api.check_response(response, _same_requests()["WSGI"]).ok


@pytest.mark.parametrize("given", [None, 5, "GET /", {"a": 1}, object()])
def test_what_is_no_message_is_an_error(given: Any) -> None:
    """What is no request or response raises, and says what is taken; its value is not shown."""
    api = fieldbound.api("axim-commerce")
    with pytest.raises(TypeError, match=r"a request is one of httpx, requests or werkzeug"):
        api.check_request(given)
    with pytest.raises(TypeError, match=r"a response is one of httpx, requests or werkzeug"):
        api.check_response(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((5, URL), "texts"),
        (("GET", None), "texts"),
        (("GET", URL, [1]), "headers"),
        (("GET", URL, {}, None, "200"), "an int, not str"),
    ],
)
def test_a_message_has_parts_of_their_types(given: tuple[Any, ...], message: str) -> None:
    """A Message of wrong parts is refused when it is made."""
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
    """The body of a stream is left to who sends it, and said not to be judged."""
    report = fieldbound.api("axim-commerce").check_request(request_)
    assert report.not_checked == {"/body": "it is a stream, which is left to who reads it"}
    stream = getattr(request_, "stream", None) or request_.body
    assert b"".join(stream) == b"{}"


def test_a_streamed_response_is_not_read() -> None:
    """A response that is still to be read is judged without its body."""
    response = httpx.Response(200, content=_chunks(), request=httpx.Request("POST", URL))
    report = fieldbound.api("axim-commerce").check_response(response)
    assert "/body" in report.not_checked
    assert response.read() == b"{}"


def test_the_input_of_a_wsgi_request_is_left_as_it_is() -> None:
    """The input of a WSGI environ is read again by the application."""
    given = _environ(b'{"a": 1}')
    request_of(given)
    assert given["wsgi.input"].read() == b'{"a": 1}'


class Socket:
    """A stream that can be read but once."""

    def read(self, _: int = -1) -> bytes:
        """Fail."""
        raise AssertionError("the stream was read")


def test_the_input_that_can_be_read_once_is_not_read() -> None:
    """A WSGI input that does not turn back is left to the application."""
    given = {**_environ(), "wsgi.input": Socket()}
    message = request_of(given)
    assert message.unread is not None


def test_a_parsed_form_is_said_to_be_gone() -> None:
    """A werkzeug request whose body was parsed before is not judged as if it had none."""
    request = WerkzeugRequest(
        EnvironBuilder(path="/companies", method="POST", data={"a": "1"}).get_environ()
    )
    assert request.form["a"] == "1"
    assert "parsed as a form" in str(request_of(request).unread)


def test_a_werkzeug_stream_is_not_read() -> None:
    """A streamed werkzeug response is left to its server."""
    response = WerkzeugResponse(_chunks(), 200)
    message = response_of(response, _environ())
    assert message.unread is not None
    assert b"".join(response.response) == b"{}"


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("gzip", bytes),  # as clients give it that have unpacked it
        ("br", bytes),
        ("identity", bytes),
    ],
)
def test_a_packed_body_is_unpacked(encoding: str, pack: Any) -> None:
    """A body is judged as it is without its packing, also where the client has undone that."""
    message = Message("POST", URL, {"Content-Encoding": encoding}, pack(b'{"a": 1}'))
    assert body_of(message, headers_of(message.headers)).data == b'{"a": 1}'


def test_a_body_that_cannot_be_unpacked_is_said() -> None:
    """A packing that is not known, or a bomb, is not judged, and that is said."""
    unknown = Message("POST", URL, {"Content-Encoding": "br"}, b"\xff\xfe")
    assert "packed as br" in str(body_of(unknown, headers_of(unknown.headers)).unread)
    corrupt = Message("POST", URL, {"Content-Encoding": "gzip"}, b"\x1f\x8bnothing")
    assert "not packed as gzip" in str(body_of(corrupt, headers_of(corrupt.headers)).unread)
    bomb = gzip.compress(bytes(1 << 27))
    large = Message("POST", URL, {"Content-Encoding": "gzip"}, bomb)
    assert "64 MiB" in str(body_of(large, headers_of(large.headers)).unread)


def test_a_message_shows_nothing_of_what_it_holds() -> None:
    """The repr of a Message has no value in it."""
    message = Message("POST", "https://u:canary@h/?canary", {"accessToken": "canary"}, "canary")
    assert "canary" not in repr(message)
