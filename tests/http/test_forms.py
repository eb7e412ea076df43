"""Forms and percent-encoding: what cannot be decoded, and the headers of parts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

import fieldbound
from fieldbound import API, Message
from fieldbound.http.form_data import InvalidForm, read_form
from fieldbound.strategies import requests as request_strategy
from support.apis import api_of_document
from support.examples import drawn
from support.tables import table

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
END = b"--b--\r\n"
STRING = {"type": "string", "maxLength": 30}
PROPERTIES = {
    "photo": {"type": "string"},
    "photos": {"type": "array", "items": {"type": "string"}},
    "meta": {"type": "object", "properties": {"a": {"type": "integer"}}},
    "styled": {"type": "string"},
    "note": {"type": "string"},
}
ENCODING: dict[str, Any] = {
    "photo": {
        "contentType": "image/png, image/x-*",
        "headers": {
            "X-Rate": {"required": True, "schema": {"type": "integer"}},
            "Content-Type": {"schema": {"enum": ["ignored"]}},
        },
    },
    "photos": {"contentType": "image/*"},
    "meta": {"contentType": "application/json"},
    "styled": {"contentType": "application/json", "style": "form"},
    "note": {"contentType": "text/plain"},
}


@pytest.fixture(name="api")
def _api(tmp_path: Path) -> API:
    parameters = [
        {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": 3}},
        {"name": "deep", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
        {
            "name": "page",
            "in": "query",
            "schema": {"type": "object", "properties": {"size": {"type": "integer"}}},
        },
    ]
    path = [{"name": "id", "in": "path", "required": True, "schema": STRING}]
    form = {"type": "object", "properties": {"n": STRING, "m": STRING}}
    content = {URLENCODED: {"schema": form}, "text/plain": {"schema": STRING}}
    schema = {"type": "object", "properties": PROPERTIES}
    parts = {"multipart/form-data": {"schema": schema, "encoding": ENCODING}}
    ok = {"200": {"description": ""}}
    return api_of_document(
        tmp_path,
        {
            "openapi": "3.1.0",
            "info": {"title": "a", "version": "1"},
            "paths": {
                "/x": {"get": {"operationId": "x", "parameters": parameters, "responses": ok}},
                "/y/{id}": {"get": {"operationId": "y", "parameters": path, "responses": ok}},
                "/form": {"post": {"requestBody": {"content": content}, "responses": ok}},
                "/parts": {
                    "post": {
                        "operationId": "parts",
                        "requestBody": {"content": parts},
                        "responses": ok,
                    }
                },
            },
        },
    )


def _found(api: API, method: str, path: str, kind: str = "", body: Any = None) -> list[Any]:
    headers = {"Content-Type": kind} if kind else {}
    report = api.check_request(Message(method, f"https://h.invalid{path}", headers, body))
    return [(each.code, each.pointer) for each in report]


def _multipart(body: bytes) -> Message:
    return Message("POST", "https://h.invalid/parts", {"Content-Type": MULTIPART}, body)


# -- percent-encoding ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/x?q=%C3%A9", []),
        ("/x?q=%E9", [("encoding", "/query/q")]),
        ("/x?q=%", [("encoding", "/query/q")]),
        ("/x?q=1%zz4567", [("encoding", "/query/q")]),
        ("/x?q=%c3%28", [("encoding", "/query/q")]),
        ("/x?q=\ud800", [("loneSurrogate", "/query/q")]),
        ("/x?q=a&q=%E9", [("encoding", "/query/q")]),
        ("/x?deep[a]=%E9", [("encoding", "/query/deep")]),
        ("/x?size=%E9", [("encoding", "/query/page")]),
        ("/x?other=%E9", [("additionalProperties", "/query/other")]),
        ("/y/%C3%A9", []),
        ("/y/%E9", [("encoding", "/path/id")]),
        ("/y/%", [("encoding", "/path/id")]),
        ("/y/a%2", [("encoding", "/path/id")]),
        ("/y/a\udfffb", [("loneSurrogate", "/path/id")]),
        ("/%E9", [("enum", "/url")]),
        ("/\ud800", [("enum", "/url")]),
        ("/x?\ud800=1", [("additionalProperties", "/query/…")]),
    ],
)
def test_what_cannot_be_decoded(api: API, path: str, found: list[Any]) -> None:
    """Invalid percent-encoding, or a lone surrogate, is one violation of its parameter."""
    assert _found(api, "GET", path) == found


def test_the_message_says_what_is_invalid(api: API) -> None:
    """The message of invalid percent-encoding names the parameter and the reason, no value."""
    (violation,) = api.check_request(Message("GET", "https://h.invalid/x?q=%E9"))
    assert violation.message == (
        "/query/q: invalid percent-encoding: the bytes are not valid UTF-8"
    )


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        (URLENCODED, b"n=Herr%C3%A9&m=a+b", []),
        (URLENCODED, b"n=Herr%E9&m=1", [("encoding", "/body/n")]),
        (URLENCODED, b"n=Herr\xe9", [("encoding", "/body/n")]),
        (URLENCODED, b"n=100%&m=%zz", [("encoding", "/body/n"), ("encoding", "/body/m")]),
        (f"{URLENCODED}; charset=iso-8859-1", b"n=Herr%E9", []),
        (f"{URLENCODED}; charset=unknown", b"n=Herr%E9", [("encoding", "/body/n")]),
        ("text/plain", b"Herr\xe9", [("encoding", "/body")]),
        ("text/plain; charset=latin-1", b"Herr\xe9", []),
    ],
)
def test_forms_and_texts_that_cannot_be_decoded(
    api: API, kind: str, body: bytes, found: list[Any]
) -> None:
    """A form field or text that is invalid in its charset is a violation, not replaced."""
    assert _found(api, "POST", "/form", kind, body) == found


#: Codecs that Python knows, but that are no charset of a text.
NO_CHARSETS = (
    *("hex", "bz2", "rot13", "zlib", "uu", "base64"),
    *("undefined", "idna", "punycode", "unicode_escape"),
)


@table("charset", NO_CHARSETS)
def test_a_codec_that_is_no_charset_is_unknown(api: API, charset: str) -> None:
    """Where a charset is no charset of a text, the text is read as UTF-8, as of an unknown one."""
    text, form = f"text/plain; charset={charset}", f"{URLENCODED}; charset={charset}"
    assert _found(api, "POST", "/form", text, b"\xff") == [("encoding", "/body")]
    assert _found(api, "POST", "/form", text, "é\\q".encode()) == []
    assert _found(api, "POST", "/form", form, b"n=%E9") == [("encoding", "/body/n")]
    assert _found(api, "POST", "/form", form, b"n=%C3%A9&m=xn--") == []
    part = _part("note", f"Content-Type: {text}\r\n", b"\xff")
    assert _found(api, "POST", "/parts", MULTIPART, part + END) == [("encoding", "/body/note")]
    (field,) = read_form(_disposition(f"name*={charset}''n%C3%A9") + END, MULTIPART)
    assert field.name == "né"
    kind = f"multipart/form-data; boundary*={charset}''%62"
    assert len(read_form(_disposition(f"name=n; filename*={charset}''%FF") + END, kind)) == 1


# -- parts ---------------------------------------------------------------------------------------


def _part(name: str, headers: str, content: bytes = b"x") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    return f"--b\r\n{disposition}\r\n{headers}\r\n".encode() + content + b"\r\n"


def _disposition(parameters: str, headers: str = "", content: bytes = b"x") -> bytes:
    head = f"--b\r\nContent-Disposition: form-data; {parameters}\r\n{headers}\r\n"
    return head.encode() + content + b"\r\n"


@table(
    "parameters",
    ["name*" + "1" * 5000 + "*=q", "name*0=a; name*=b"],
)
def test_a_name_that_cannot_be_read_is_none(api: API, parameters: str) -> None:
    """A part whose name has sections that cannot be joined has no name."""
    (found,) = api.check_request(_multipart(_disposition(parameters) + END))
    assert "a part has no name" in str(found)


def test_a_boundary_that_cannot_be_read_is_none() -> None:
    """A boundary that has sections that cannot be joined is missing."""
    with pytest.raises(InvalidForm, match="no boundary parameter"):
        read_form(END, "multipart/form-data; boundary*" + "1" * 5000 + "*=b")


def _nested(depth: int) -> bytes:
    """Return a multipart body in a multipart body, and so on."""
    starts = [
        f"--{each}\r\nContent-Type: multipart/mixed; boundary={each + 1}\r\n\r\n"
        for each in range(depth)
    ]
    ends = [f"--{each}--\r\n" for each in range(depth)]
    return "".join(starts + ends[::-1]).encode()


@table(
    ("headers", "content"),
    [
        ("Content-Type: message/rfc822\r\n", b"Content-Type: message/rfc822\n\n" * 2000),
        ("Content-Type: multipart/mixed; boundary=0\r\n", _nested(2000)),
        ("Content-Type: multipart/mixed; boundary=0\r\n", _nested(2000)[:9999]),
    ],
)
def test_what_is_nested_in_a_part_is_its_content(headers: str, content: bytes) -> None:
    """A part with a message or a multipart body of any depth is one field, with all its bytes."""
    (field,) = read_form(_disposition("name=photo", headers, content) + END, MULTIPART)
    assert field.name == "photo"
    assert field.text == content.decode()


def test_parts_nested_in_the_body_have_names_of_their_own(api: API) -> None:
    """A multipart body in one that is nested deeply, and has no name, is one violation."""
    body = _nested(2000).replace(b"--0", b"--b")
    (found,) = api.check_request(_multipart(body))
    assert (found.code, found.pointer) == ("syntax", "/body")
    assert "a part has no name" in str(found)


@table(
    ("body", "found"),
    [
        (b"preamble\r\n--b\r\n%s\r\n--b--\r\nepilogue", ["x"]),
        (b"--b\n%s\n--b \t\n--b\n%s\n\n--b--", ["x", "x\n"]),
        (b"--b\r\n%s\r\n--bb\r\n --b--\r\n--b--", ["x\r\n--bb\r\n --b--"]),
        (b"--b--", []),
        (b"--b\r\n%s\r\n--b", "ends early"),
        (b"--b\r\n%s\r\n--b--x", "ends early"),
        (b"preamble\r\n--b--", "does not occur"),
        (b"a--b\r\n%s\r\na--b--", "does not occur"),
        (b"--b\r\n%s\r\n--b\r\n--b--", "no name"),
        (b"--b\r\n\r\n%s\r\n--b--", "no name"),
    ],
)
def test_the_delimiters_of_a_multipart_body(body: bytes, found: list[str] | str) -> None:
    """Parts are what is between lines with the boundary, up to the closing one."""
    body = body.replace(b"%s", b"Content-Disposition: form-data; name=a\r\n\r\nx")
    if isinstance(found, str):
        with pytest.raises(InvalidForm, match=found):
            read_form(body, MULTIPART)
    else:
        assert [each.text for each in read_form(body, MULTIPART)] == found


@table(
    ("coding", "content", "found"),
    [
        ("base64", b"YWJj", "abc"),
        ("quoted-printable", b"=C3=A9", "\u00e9"),
        ("x-uuencode", b"begin 666 f\n#86)C\n \nend\n", "abc"),
        ("x-uuencode", b"begin 666 f\n#\xc3\xa9~\n", "begin 666 f\n#\u00e9~\n"),
        ("uuencode", b"x", "x"),
        ("8bit", "\u00e9".encode(), "\u00e9"),
    ],
)
def test_a_part_is_decoded(coding: str, content: bytes, found: str) -> None:
    """The content of a part is decoded by its Content-Transfer-Encoding, if it is valid."""
    header = f"Content-Transfer-Encoding: {coding}\r\n"
    (field,) = read_form(_disposition("name=a", header, content) + END, MULTIPART)
    assert field.text == found


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([_part("photo", "Content-Type: image/png\r\nX-Rate: 5\r\n")], []),
        ([_part("photo", "Content-Type: image/x-icon\r\nx-rate: 5\r\n")], []),
        (
            [_part("photo", "Content-Type: image/gif\r\nX-Rate: five\r\n")],
            [
                ("enum", "/body/photo/headers/Content-Type"),
                ("type", "/body/photo/headers/X-Rate"),
            ],
        ),
        (
            [_part("photo", "")],
            [
                ("required", "/body/photo/headers/Content-Type"),
                ("required", "/body/photo/headers/X-Rate"),
            ],
        ),
        (
            [
                _part("photos", "Content-Type: image/png\r\n"),
                _part("photos", "Content-Type: text/plain\r\n"),
            ],
            [("enum", "/body/photos/1/headers/Content-Type")],
        ),
        ([_part("meta", "Content-Type: application/json; charset=utf-8\r\n", b'{"a": 1}')], []),
        (
            [_part("meta", "Content-Type: application/json\r\n", b'{"a": "x"}')],
            [("type", "/body/meta/a")],
        ),
        ([_part("meta", "", b"{}")], [("required", "/body/meta/headers/Content-Type")]),
        ([_part("styled", ""), _part("note", ""), _part("other", "")], []),
        ([_part("note", "", b"\xe9")], [("encoding", "/body/note")]),
        ([_part("note", "Content-Type: text/plain; charset=latin-1\r\n", b"\xe9")], []),
    ],
)
def test_the_headers_of_parts(api: API, parts: list[bytes], found: list[Any]) -> None:
    """The contentType and the headers of an Encoding Object are limits of each part."""
    body = b"".join(parts) + b"--b--\r\n"
    assert _found(api, "POST", "/parts", "multipart/form-data; boundary=b", body) == found


def test_the_headers_of_parts_are_a_contract(api: API) -> None:
    """The headers of a part are a contract of their own, by media type and field."""
    name = f"{api.name}#parts/request.multipart/form-data.photo.headers"
    assert [each.pointer for each in fieldbound.contract(name).check({"X-Rate": "a"})] == [
        "/X-Rate"
    ]


def test_parts_are_generated_with_their_media_type(tmp_path: Path) -> None:
    """Generated parts have a documented Content-Type."""
    schema = {"type": "object", "required": ["meta"], "properties": {"meta": {"type": "integer"}}}
    encoding = {"meta": {"contentType": "application/*"}}
    body = {"content": {"multipart/form-data": {"schema": schema, "encoding": encoding}}}
    operation = {"operationId": "do", "requestBody": {**body, "required": True}}
    info = {"title": "a", "version": "1"}
    paths = {"/x": {"post": {**operation, "responses": {"200": {"description": ""}}}}}
    api = api_of_document(tmp_path, {"openapi": "3.1.0", "info": info, "paths": paths})
    for message in drawn(request_strategy(api, "do"), 3):
        assert b"Content-Type: application/plain" in message.body


class Unseekable(io.RawIOBase):
    """A file that can be read once."""

    def __init__(self) -> None:
        super().__init__()
        self._data = io.BytesIO(b"x")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes."""
        return self._data.readinto(buffer)


def test_files_of_clients_are_checked(api: API) -> None:
    """Files of httpx and requests are checked as they are sent, and can be sent afterwards."""
    url, png = "https://h.invalid/parts", io.BytesIO(b"\x89PNG")
    png.seek(1)
    for client in (httpx.Request, requests.Request):
        files: Any = {"photo": ("a.gif", png, "image/gif", {"X-Rate": "5"})}
        request = client("POST", url, files=files)
        pointers = [each.pointer for each in api.check_request(request)]
        assert pointers == ["/body/photo/headers/Content-Type"]
        png.seek(1)
    request = httpx.Request("POST", url, files={"photo": ("a.gif", png, "image/gif")})
    api.check_request(request)
    assert png.tell() == 1
    assert b"\x89PNG" in b"".join(request.stream)  # type: ignore[arg-type]


def test_a_file_that_cannot_be_rewound_is_not_read(api: API) -> None:
    """A file that can be read only once is left to the client, and the report says so."""
    file = Unseekable()
    files: Any = {"photo": ("a.png", file, "image/png")}
    report = api.check_request(httpx.Request("POST", "https://h.invalid/parts", files=files))
    assert "cannot be rewound" in report.not_checked["/body"]
    assert file.read() == b"x"
