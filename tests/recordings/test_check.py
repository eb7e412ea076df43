"""Checking recordings: violations with places, skipped exchanges with reasons."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import requests
import vcr
import yaml
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from fieldbound.cli.entry_point import main
from fieldbound.render import FORMATS

API = "axim-commerce"
URL = "https://tenant.example/companyGroup/create"
SENT = {
    "name": "Gr\u00f6\u00dfe \U0001f600",
    "company": [],
    "status": True,
    "productGroups": {"type": "include", "productGroups": []},
    "zzz": 1,
}
#: The only violation of SENT.
KNOWN = "additionalProperties: /body/zzz is not a documented property"
JSON = {"Content-Type": "application/json"}
SECRET = "canary-5f2e"


class Ran(NamedTuple):
    """A run of the command: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines with violations."""
        return [line for line in self.out.splitlines() if " (in exchange " in line]

    @property
    def places(self) -> list[tuple[int, int, str]]:
        """The line, column and message of each violation."""
        parts = [line.split(":", 3) for line in self.lines]
        return [(int(line), int(column), text.strip()) for _, line, column, text in parts]


Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture(name="check")
def _check(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*argv: str, api: str | None = API) -> Ran:
        code = main(["check", *argv, *(["--api", api] if api else [])])
        return Ran(code, *capsys.readouterr())

    return command


def at(file: str, line: int, column: int, size: int = 5) -> str:
    """Return the text at a place in a file."""
    return Path(file).read_text("utf-8-sig").split("\n")[line - 1][column - 1 :][:size]


def configure(text: str) -> None:
    """Write a pyproject.toml with a table [tool.fieldbound]."""
    Path("pyproject.toml").write_text(f"[tool.fieldbound]\n{text}", encoding="utf-8")


# -- recordings ------------------------------------------------------------------------------------


def listed(headers: dict[str, str]) -> list[dict[str, str]]:
    """Return headers in the form of a HAR."""
    return [{"name": name, "value": value} for name, value in headers.items()]


def entry(url: str = URL, body: Any = SENT, **more: Any) -> dict[str, Any]:
    """Return an entry of a HAR as exported by Chrome."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    headers = {
        ":authority": "tenant.example",
        ":method": "POST",
        "content-type": "application/json",
    }
    request = {
        "method": "POST",
        "url": url,
        "httpVersion": "http/2.0",
        "headers": listed({**headers, "accesstoken": SECRET}),
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": len(text),
        "postData": {"mimeType": "application/json", "text": text},
    }
    response = {
        "status": 200,
        "statusText": "",
        "httpVersion": "http/2.0",
        "headers": listed({"content-type": "application/json"}),
        "cookies": [],
        "content": {"size": 12, "mimeType": "application/json", "text": '{"status": 1}'},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
    return {
        "_resourceType": "xhr",
        "startedDateTime": "2026-01-01T00:00:00.000Z",
        "time": 1.5,
        "request": {**request, **more.pop("request", {})},
        "response": {**response, **more.pop("response", {})},
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0.5},
        **more,
    }


def har(*entries: Any, file: str = "traffic.har", indent: int | None = 2) -> str:
    """Write a HAR."""
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": []}
    text = json.dumps({"log": {**log, "entries": entries}}, indent=indent, ensure_ascii=False)
    Path(file).write_text(text, encoding="utf-8")
    return file


def logged(body: Any = SENT, url: str = URL, **more: Any) -> dict[str, Any]:
    """Return an exchange of a log."""
    headers = {**JSON, "accessToken": SECRET}
    return {"request": {"method": "POST", "url": url, "headers": headers, "body": body}, **more}


def log(*lines: Any, file: str = "traffic.ndjson") -> str:
    """Write a log with one exchange, or one literal string, per line."""
    strings = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    Path(file).write_text("\n".join(strings) + "\n", encoding="utf-8")
    return file


@pytest.fixture(name="server")
def _server() -> Iterator[str]:
    """Serve an invalid response, with a body that YAML folds over lines."""

    @Request.application
    def app(_: Request) -> Response:
        body = {"data": "one", "message": "it's \u00e9 \\ " + "long " * 40, "other": [1]}
        return Response(json.dumps(body, indent=1), content_type="application/json")

    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


# -- places ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_places_in_a_har(indent: int | None, ascii_only: bool, check: Command) -> None:
    """A violation in a body is at its character in the HAR, whatever is escaped."""
    har(entry(body=json.dumps(SENT, ensure_ascii=ascii_only, indent=indent)), indent=indent)
    ran = check("traffic.har")
    assert ran.code == 1
    ((line, column, text),) = ran.places
    assert text == f"{KNOWN} (in exchange 1, POST /companyGroup/create)"
    assert at("traffic.har", line, column, 7) == '\\"zzz\\"'


def test_har_with_a_byte_order_mark(check: Command) -> None:
    """Columns do not count a byte order mark at the beginning of a HAR."""
    har(entry(), indent=None)
    Path("traffic.har").write_bytes(b"\xef\xbb\xbf" + Path("traffic.har").read_bytes())
    ((line, column, _),) = check("traffic.har").places
    assert at("traffic.har", line, column, 7) == '\\"zzz\\"'


def test_places_around_the_body(check: Command) -> None:
    """Violations of headers, status codes, methods and URLs are at their own places."""
    token = {"content-type": "text/plain", "Authorization": SECRET}
    har(
        entry(request={"headers": listed(token)}, body={**SENT, "zzz": None}),
        entry(response={"status": 418}, body="{}"),
        entry(request={"method": "PATCH"}),
        entry(url=f"https://me:{SECRET}@tenant.example/nothing/here?accessToken={SECRET}"),
        entry(url=f"{URL}?page=1", request={"headers": []}),
    )
    places = check("traffic.har", "--fail-on-undocumented").places
    by_text = {
        text.partition(" (")[0].partition(" is ")[0]: (line, column)
        for line, column, text in places
    }
    seen = {text: at("traffic.har", *place, 24).strip() for text, place in by_text.items()}
    assert seen["enum: /status"] == "418,"
    assert seen["enum: /method"] == '"PATCH",'
    assert seen["enum: /url"] == f'"https://me:{SECRET}@'
    assert seen["additionalProperties: /query/page"].startswith('"https://tenant.example')
    missing = by_text["required: /headers/accessToken"]
    wrong = by_text["enum: /headers/Content-Type"]
    assert '"Authorization"' in Path("traffic.har").read_text("utf-8").split("\n")[missing[0]]
    assert '"content-type"' in Path("traffic.har").read_text("utf-8").split("\n")[wrong[0]]


def test_syntax_error_in_a_body(check: Command) -> None:
    """A JSON syntax error in a body is at its place inside the string."""
    har(entry(body='{\n  "name": "x",,\n}'))
    ((line, column, text),) = check("traffic.har").places
    assert text.startswith("syntax: /body")
    assert at("traffic.har", line, column, 4) == ",\\n}"


def test_truncated_body(check: Command) -> None:
    """A syntax error at the end of a body is at the end of the string."""
    har(entry(body='{"name": "x"'))
    ((line, column, _),) = check("traffic.har").places
    assert at("traffic.har", line, column, 2).startswith('"')


@pytest.mark.parametrize("serializer", ["yaml", "json"])
def test_cassettes_of_vcrpy(serializer: str, server: str, check: Command) -> None:
    """Cassettes written by vcrpy are checked, in YAML and in JSON, with places."""
    file, url = f"cassette.{serializer}", f"{server}/companyGroup/create"
    body = {**SENT, "name": "it's " + "very " * 30, "zzz": "x"}
    with vcr.use_cassette(file, serializer=serializer, filter_headers=["accesstoken"]):
        httpx.post(url, json=body, headers={"accessToken": SECRET})
        data = json.dumps(body, ensure_ascii=False, indent=2).encode()
        requests.post(url, data=data, headers={**JSON, "accessToken": SECRET}, timeout=5)
    ran = check(file)
    assert ran.code == 1
    unknown = [place for place in ran.places if KNOWN in place[2]]
    assert ["exchange 1" in text for *_, text in unknown] == [True, False]
    assert all("zzz" in at(file, line, column, 7) for line, column, _ in unknown)
    status = [place for place in ran.places if "/body/data" in place[2]]
    assert len(status) == 2
    assert all("one" in at(file, line, column, 7) for line, column, _ in status)
    assert (
        "not checked: /headers/accessToken of axim-commerce/create-company-group, 2 times"
        in ran.out
    )


@pytest.mark.parametrize("style", [None, "'", '"', "|", ">"])
def test_places_in_yaml(style: str | None, check: Command) -> None:
    """A violation in a body is at its character, in every style of YAML scalars."""
    # PyYAML writes indented lines of folded blocks wrongly.
    body = json.dumps({**SENT, "name": "it's " + "long " * 40}, indent=None if style == ">" else 1)
    request = {
        "method": "POST",
        "uri": URL,
        "body": body,
        "headers": {"Content-Type": [*JSON.values()]},
    }
    interaction = {"request": request, "response": {"status": {"code": 200}, "headers": {}}}
    text = yaml.dump({"interactions": [interaction], "version": 1}, default_style=style)
    Path("cassette.yaml").write_text(text, encoding="utf-8")
    ((line, column, _),) = [each for each in check("cassette.yaml").places if KNOWN in each[2]]
    assert "zzz" in at("cassette.yaml", line, column, 6)


def test_log_places(check: Command) -> None:
    """In a log the line is that of the exchange; a body may be a JSON value."""
    log(
        logged({**SENT, "zzz": 0, "company": ["65a1b2c3d4e5f60718293a4b", 5]}),
        "",
        logged(json.dumps(SENT)),
    )
    places = check("traffic.ndjson").places
    assert [(line, text.partition(" is ")[0]) for line, _, text in places] == [
        (1, "type: /body/company/1"),
        (1, "additionalProperties: /body/zzz"),
        (3, "additionalProperties: /body/zzz"),
    ]
    assert [at("traffic.ndjson", line, column, 6) for line, column, _ in places] == [
        '5], "s',
        '"zzz":',
        '\\"zzz\\',
    ]


@pytest.mark.parametrize("compressed", [False, True])
def test_body_in_base64(compressed: bool, check: Command) -> None:
    """A body in base64 is decoded and decompressed; its violations are at the string."""
    data = b'{"data": "one"}'
    data = gzip.compress(data) if compressed else data
    headers = {**JSON, **({"content-encoding": "gzip"} if compressed else {})}
    text = base64.b64encode(data).decode()
    content = {"size": 17, "mimeType": "application/json", "text": text, "encoding": "base64"}
    har(entry(body={**SENT, "zzz": 1}, response={"headers": listed(headers), "content": content}))
    (violation,) = [each for each in check("traffic.har").places if "/body/data" in each[2]]
    assert at("traffic.har", *violation[:2], 9) == f'"{text}'[:9]


# -- formats ---------------------------------------------------------------------------------------

_OLD = {"protocol": "https", "host": "tenant.example", "port": 443, "path": "/companyGroup/create"}
_TEXT = json.dumps(SENT)
_DATA = base64.b64encode(_TEXT.encode()).decode()


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (
            {
                "uri": URL,
                "body": {"string": _TEXT},
                "headers": {"Content-Type": ["application/json"]},
            },
            {},
        ),
        ({"uri": URL, "body": {"base64_string": _DATA}, "headers": JSON}, {}),
        ({"uri": URL, "body": {"encoding": "UTF-8", "string": _TEXT}, "headers": JSON}, {}),
        ({"url": URL, "body": _TEXT, "headers": [["Content-Type", "application/json"]]}, {}),
        ({**_OLD, "body": _TEXT, "headers": JSON}, {"headers": ["Content-Type: text/html\r\n"]}),
        ({"uri": URL, "body": {"state": [_TEXT, 0, None]}, "headers": JSON}, {}),
        ({"uri": URL, "body": {"args": [[_TEXT[:9], _TEXT[9:]]]}, "headers": JSON}, {}),
    ],
)
@pytest.mark.parametrize("name", ["interactions", "http_interactions", None])
def test_formats_of_cassettes(
    request_: dict[str, Any], response: dict[str, Any], name: str | None, check: Command
) -> None:
    """Cassettes of all versions of vcrpy and Ruby's VCR are read."""
    given = {
        "request": {"method": "post", **request_},
        "response": {"status": {"code": 200}, **response},
    }
    if name is None and "protocol" not in request_:
        name = "interactions"
    whole = [given] if name is None else {name: [given]}
    Path("cassette.json").write_text(json.dumps(whole), encoding="utf-8")
    ran = check("cassette.json")
    assert [each for each in ran.lines if "POST /companyGroup" in each and KNOWN in each], ran


def test_tags_of_cassettes(check: Command) -> None:
    """YAML tags for bytes, and for the Python objects of old cassettes, are supported."""
    Path("cassette.yml").write_text(
        f"""\
- request: !!python/object:vcr.request.Request
    method: POST
    protocol: https
    host: tenant.example
    port: 443
    path: /companyGroup/create
    body: !!binary |
      {_DATA}
    headers: !!python/object/apply:__builtin__.frozenset
    - - !!python/tuple [Content-Type, application/json]
      - !!python/tuple [accesstoken, {SECRET}]
  response:
    status: {{code: 418, message: I'm a teapot}}
    headers: []
    body: {{string: !!python/unicode '{{}}'}}
""",
        encoding="utf-8",
    )
    ran = check("cassette.yml", "--fail-on-undocumented")
    assert [(line, text.partition(" is ")[0]) for line, _, text in ran.places] == [
        (7, "additionalProperties: /body/zzz"),
        (13, "enum: /status"),
    ]
    assert ran.err == ""


@pytest.mark.parametrize(
    "exchange",
    [
        logged(response={"status_code": 418}),
        logged(response={"status": "418", "headers": [["A", "b"]]}),
        {
            "request": {"method": "POST", "uri": URL, "headers": JSON, "body": SENT},
            "response": {"code": 418},
        },
        entry(response={"status": 418}),
    ],
)
def test_formats_of_logs(exchange: Any, check: Command) -> None:
    """Logs may use the names of other formats; HAR entries may be lines of a log."""
    log(exchange)
    texts = [
        text.partition(" is ")[0]
        for _, _, text in check("traffic.ndjson", "--fail-on-undocumented").places
    ]
    assert texts == ["additionalProperties: /body/zzz", "enum: /status"]


@pytest.mark.parametrize("file", ["one.json", "several.log", "lines.json"])
def test_a_log_is_recognized_by_its_content(file: str, check: Command) -> None:
    """A single exchange is a log, and so is one exchange per line, whatever the file name."""
    log(*[logged()] * (1 + (file != "one.json")), file=file)
    assert len(check(file).lines) == 1 + (file != "one.json")


def test_exchanges_are_numbered(check: Command) -> None:
    """Exchanges are numbered, also if a line of a log has several."""
    log([logged(), logged()], logged(), "oops", [logged()])
    ran = check("traffic.ndjson")
    assert [line.split("(in exchange ")[1][:1] for line in ran.lines] == ["1", "2", "3", "4"]


def test_form_fields_of_a_har(check: Command) -> None:
    """A form body is built from the fields in a HAR."""
    Path("api.json").write_text(json.dumps(_FORM), encoding="utf-8")
    params = [{"name": "amount", "value": "a lot"}, {"name": "note", "value": "a&b=\u00e9"}]
    post = {"mimeType": "application/x-www-form-urlencoded", "params": params}
    har(entry("https://x.example/form", request={"headers": [], "postData": post}))
    ran = check("traffic.har", api="api.json")
    assert [text.partition(" is ")[0] for _, _, text in ran.places] == ["type: /body/amount"]


_FORM: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Forms", "version": "1"},
    "paths": {
        "/form": {
            "post": {
                "parameters": [
                    {
                        "name": "X-Own",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string", "pattern": "^k-", "x-sensitive": True},
                    }
                ],
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "amount": {"type": "integer"},
                                    "note": {"const": "a&b=\u00e9"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "ok", "content": {"application/json": {}}}},
            }
        }
    },
}


# -- not checked -----------------------------------------------------------------------------------


def test_skipped_exchanges_are_counted(check: Command) -> None:
    """Skipped exchanges are counted by reason and host."""
    preflight = {"method": "OPTIONS", "headers": listed({"Access-Control-Request-Method": "POST"})}
    har(
        entry(),
        entry(f"https://me:{SECRET}@Other.example:8443/x?token={SECRET}"),
        entry("https://other.example/y"),
        entry("https://other.example/z"),
        entry("wss://tenant.example/companyGroup/create"),
        entry("data:text/plain,hello"),
        entry("blob:https://tenant.example/1-2"),
        entry("https://tenant.example:443", request={"method": "CONNECT"}),
        entry(response={"status": 0, "_error": "net::ERR_BLOCKED_BY_CLIENT"}),
        entry(request=preflight),
        {"request": entry()["request"], "response": None},
    )
    ran = check("traffic.har")
    assert ran.err == (
        "fieldbound: traffic.har: 2 of 11 exchanges checked; "
        "3 to hosts without an API (other.example 2, other.example:8443 1); "
        "3 not HTTP; 1 CONNECT (a tunnel); 1 failed without a response; "
        "1 CORS preflight; 1 without a response (only the request is checked)\n"
    )
    assert len(ran.lines) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"_resourceType": "websocket"},
        {"_webSocketMessages": []},
        {"response": {"headers": listed({"Upgrade": "WebSocket", "Connection": "Upgrade"})}},
        {"request": {"headers": listed({"upgrade": "websocket"})}},
    ],
)
@pytest.mark.parametrize("scheme", ["https", "wss"])
def test_websockets_are_skipped(more: dict[str, Any], scheme: str, check: Command) -> None:
    """WebSockets are skipped, also if their URL is of HTTP."""
    more = dict(more)  # shared by all runs of this case
    request = {"method": "GET", "postData": None, **more.pop("request", {})}
    response = {"status": 101, **more.pop("response", {})}
    url = f"{scheme}://tenant.example/socket"
    har(entry(url, request=request, response=response, **more), entry())
    ran = check("traffic.har")
    assert len(ran.lines) == 1
    assert ran.err == "fieldbound: traffic.har: 1 of 2 exchanges checked; 1 not HTTP\n"


def test_status_101_without_a_websocket_is_checked(check: Command) -> None:
    """Without a WebSocket 101 is an ordinary status code."""
    har(entry(response={"status": 101}))
    assert any(
        "enum: /status is 101" in line
        for line in check("traffic.har", "--fail-on-undocumented").lines
    )


def test_omitted_response_bodies_of_a_har(check: Command) -> None:
    """A body that is omitted in a HAR is reported as not checked, not as missing."""
    har(
        entry(response={"content": {"size": 99, "mimeType": "application/json"}}),
        entry(
            response={"content": {"size": -1, "mimeType": "application/json", "_file": "x.json"}}
        ),
        entry(request={"postData": None, "bodySize": 7}),
    )
    ran = check("traffic.har")
    assert all(KNOWN in line for line in ran.lines)
    omitted = "(it is missing in the recording)"
    assert f"/body of {API}/create-company-group/response.200, 2 times {omitted}" in ran.out
    assert f"/body of {API}/create-company-group {omitted}" in ran.out


@pytest.mark.parametrize(
    "body",
    [
        {"bodySize": 120, "postData": {"mimeType": "application/json", "text": "", "params": []}},
        {"bodySize": -1, "postData": None, "headers": listed({"Content-Length": "120"})},
        {"bodySize": -1, "postData": None, "headers": listed({"Transfer-Encoding": "chunked"})},
        {"bodySize": 0, "postData": {"mimeType": "application/json", "comment": "discarded"}},
        {"bodySize": -1, "postData": {"mimeType": "application/json", "_file": "x.json"}},
    ],
)
def test_omitted_request_bodies_of_a_har(body: dict[str, Any], check: Command) -> None:
    """A body that was sent, by the sizes in a HAR, is reported as not checked."""
    har(entry(request=body))
    ran = check("traffic.har")
    assert "/body is missing" not in ran.out
    assert f"/body of {API}/create-company-group (it is missing in the recording)" in ran.out


@pytest.mark.parametrize("size", [-1, 0])
def test_requests_without_a_body(size: int, check: Command) -> None:
    """A request without any sign of a body had none, even if its size is unknown."""
    nothing = {"bodySize": size, "postData": None}
    har(
        entry(request={**nothing, "headers": listed({**JSON, "Content-Length": "0"})}),
        entry(
            "https://tenant.example/companies/65a1b2c3d4e5f60718293a4b",
            request={**nothing, "method": "GET", "headers": listed({"accessToken": SECRET})},
        ),
    )
    ran = check("traffic.har")
    assert [text.partition(" (")[0] for *_, text in ran.places] == ["required: /body is missing"]
    assert "/body of " not in ran.out


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"request": {"postData": _TEXT}}, "postData must be an object with a text"),
        ({"request": {"postData": [_TEXT]}}, "postData must be an object with a text"),
        ({"request": {"postData": {"text": SENT}}}, "the text of the body must be a string"),
        ({"response": {"content": {"text": SENT}}}, "the text of the body must be a string"),
    ],
)
def test_invalid_bodies_of_a_har(part: dict[str, Any], message: str, check: Command) -> None:
    """A body that is no string in a HAR is an error with its place."""
    har(entry(**part), entry())
    ran = check("traffic.har")
    assert (ran.code, len(ran.lines)) == (2, 1)
    (line,) = [line for line in ran.err.splitlines() if message in line]
    assert int(line.split(":")[2]) > 1
    assert "/body is missing" not in ran.out


def test_bodies_that_were_iterators(check: Command) -> None:
    """A body that was an iterator is read as vcrpy writes it, unless it was exhausted."""
    Path("cassette.yaml").write_text(
        "interactions:\n"
        + "".join(
            f"""\
- request:
    method: POST
    uri: {URL}
    headers: {{Content-Type: [application/json], accessToken: [REDACTED]}}
    body: !!python/object/apply:builtins.iter
      args:
      - {pieces}
{state}\
  response: {{status: {{code: 418, message: no}}, headers: {{}}, body: {{string: ''}}}}
"""
            for pieces, state in (
                (f"[!!binary {_DATA[:40]}, !!binary {_DATA[40:]}]", "      state: 0\n"),
                ("!!python/tuple []", ""),
            )
        ),
        encoding="utf-8",
    )
    ran = check("cassette.yaml", "--fail-on-undocumented")
    assert [text.partition(" is ")[0] for *_, text in ran.places] == [
        "additionalProperties: /body/zzz",
        "enum: /status",
        "enum: /status",
    ]
    assert "its format in the recording is not supported" in ran.out


@pytest.mark.parametrize(
    "value",
    [
        *(None, "REDACTED", "[FILTERED]", "Bearer xxxx", "***", "<TOKEN>", "", "__TOKEN__"),
        *("fake-token", "YOUR_API_KEY", "redacted-by-vcr", "x" * 99),
    ],
)
def test_redacted_credentials(value: str | None, check: Command) -> None:
    """A credential that is removed or masked in the recording is not checked."""
    Path("api.json").write_text(json.dumps(_FORM), encoding="utf-8")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    headers = {**form, **({} if value is None else {"x-own": value})}
    log(
        {
            "request": {
                "method": "POST",
                "url": "https://x.example/form",
                "headers": headers,
                "body": "amount=1",
            }
        }
    )
    ran = check("traffic.ndjson", api="api.json")
    assert (ran.code, ran.lines) == (0, [])
    assert "not checked: /headers/X-Own of " in ran.out


_PIN = {"type": "string", "pattern": "^[0-9]{4}$"}
_SECRETS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Secrets", "version": "1"},
    "paths": {
        "/u/{pwd}": {
            "post": {
                "parameters": [
                    {
                        "name": name,
                        "in": place,
                        "required": True,
                        "schema": {**_PIN, "x-sensitive": name not in ("api_key", "sid")},
                    }
                    for name, place in (
                        ("X-Pin", "header"),
                        ("pin", "query"),
                        ("api_key", "query"),
                        ("sid", "cookie"),
                        ("pwd", "path"),
                    )
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        kind: {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "pins": {
                                        "type": "array",
                                        "items": {**_PIN, "x-sensitive": True},
                                    },
                                    "code": {**_PIN, "x-sensitive": True},
                                    "note": _PIN,
                                },
                                "required": ["code", "note"],
                            }
                        }
                        for kind in ("application/json", "application/x-www-form-urlencoded")
                    },
                },
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}
_PLACES = "/headers/X-Pin /query/pin /query/api_key /cookies/sid /path/pwd /body/code".split()


def _secrets(secret: str, body: Any, kind: str = "application/json") -> None:
    quoted = secret.replace("*", "%2A")
    request = {
        "method": "POST",
        "url": f"https://x.example/u/{quoted}?pin={quoted}&api_key={quoted}",
        "headers": {"Content-Type": kind, "X-Pin": secret, "Cookie": f"a=1; sid={secret}"},
        "body": body,
    }
    Path("api.json").write_text(json.dumps(_SECRETS), encoding="utf-8")
    log({"request": request})


@pytest.mark.parametrize(
    ("mask", "body", "kind"),
    [
        ("REDACTED", {"code": "REDACTED", "note": "1234"}, "application/json"),
        ("__TOKEN__", '{"code": "[gone]", "note": "1234"}', "application/json"),
        ("***", "code=***&note=1234", "application/x-www-form-urlencoded"),
        ("XXXX", {"note": "1234"}, "application/json"),
        ("XXXX", "note=1234", "application/x-www-form-urlencoded"),
    ],
)
def test_redacted_secrets_in_any_part(mask: str, body: Any, kind: str, check: Command) -> None:
    """Masked secrets in paths, queries, cookies and bodies are not checked either."""
    _secrets(mask, body, kind)
    ran = check("traffic.ndjson", api="api.json")
    assert (ran.code, ran.lines) == (0, [])
    pointers = {
        line.split()[2] for line in ran.out.splitlines() if line.startswith("not checked: ")
    }
    assert pointers == {*_PLACES}


def test_masks_of_a_list(check: Command) -> None:
    """A masked item of a list is not checked, other items are."""
    _secrets("1234", {"code": "1234", "note": "1234", "pins": ["REDACTED", SECRET]})
    ran = check("traffic.ndjson", api="api.json")
    assert [text.split()[1] for *_, text in ran.places] == ["/body/pins/1"]
    assert "not checked: /body/pins/0" in ran.out


def test_invalid_secrets(check: Command) -> None:
    """Secrets that are not masked are checked, and so are masks of what is no secret."""
    _secrets(SECRET, {"code": SECRET, "note": "REDACTED"})
    ran = check("traffic.ndjson", api="api.json")
    assert sorted(text.split()[1] for *_, text in ran.places) == sorted([*_PLACES, "/body/note"])
    assert SECRET not in ran.out + ran.err
    _secrets("1234", {"code": "1234"})
    ran = check("traffic.ndjson", api="api.json")
    assert [text.split()[1] for *_, text in ran.places] == ["/body/note"]


def test_a_masked_unknown_parameter(check: Command) -> None:
    """An undocumented parameter is a violation, even if its value is masked."""
    har(entry(f"{URL}?api_key=REDACTED"))
    texts = [text.partition(" is ")[0] for *_, text in check("traffic.har").places]
    assert "additionalProperties: /query/api_key" in texts


def test_invalid_credentials(check: Command) -> None:
    """A credential that is not masked is checked, and its value is not shown."""
    Path("api.json").write_text(json.dumps(_FORM), encoding="utf-8")
    form = {"Content-Type": "application/x-www-form-urlencoded", "x-own": SECRET}
    log(
        {
            "request": {
                "method": "POST",
                "url": "https://x.example/form",
                "headers": form,
                "body": "amount=1",
            }
        }
    )
    ran = check("traffic.ndjson", api="api.json")
    assert [text.partition(" ")[0] for _, _, text in ran.places] == ["pattern:"]
    assert SECRET not in ran.out + ran.err


def test_other_missing_headers(check: Command) -> None:
    """A missing header that is no secret is a violation at the headers of the message."""
    har(entry(request={"headers": listed({"accesstoken": SECRET}), "postData": {"text": _TEXT}}))
    (violation,) = [each for each in check("traffic.har").places if "/headers/" in each[2]]
    assert "/headers/Content-Type is missing" in violation[2]
    assert at("traffic.har", *violation[:2], 1) == "["


# -- APIs ------------------------------------------------------------------------------------------


def test_hosts_are_learned(check: Command) -> None:
    """At the host of an API, an unknown path is a violation, in any order."""
    typo = "https://tenant.example/companieGroup/create"
    har(entry(typo), entry("https://other.example/companieGroup/create"), entry(), entry(typo))
    ran = check("traffic.har")
    texts = [text.partition(" is ")[0] for _, _, text in ran.places]
    assert texts == ["enum: /url", "additionalProperties: /body/zzz", "enum: /url"]
    assert "1 to hosts without an API (other.example 1)" in ran.err


@pytest.mark.parametrize("order", [1, -1])
def test_several_apis_at_a_host(order: int, check: Command) -> None:
    """Among the APIs of one host, each has the exchanges with its paths."""
    har(entry(), entry("https://tenant.example/companieGroup/create"))
    apis = [f"tenant.example={API}", "Tenant.example=fortellis"][::order]
    ran = check("traffic.har", "--api", apis[0], api=apis[1])
    assert any(KNOWN in line for line in ran.lines)
    assert any("enum: /url" in line for line in ran.lines)


def test_api_at_a_host(check: Command) -> None:
    """With HOST=NAME an API has all exchanges with that host, and no others."""
    har(entry(), entry("https://shop.example/what"))
    ran = check("traffic.har", api=f"*.shop.example={API}")
    assert ran.code == 2
    assert "nothing was checked: 0 of 2 exchanges checked" in ran.err
    ran = check("traffic.har", api=f"shop.example={API}")
    assert [text.partition(" is ")[0] for _, _, text in ran.places] == ["enum: /url"]


@pytest.mark.parametrize("api", ["", "host=", f"={API}"])
def test_api_with_an_empty_name(api: str, check: Command) -> None:
    """Neither the name nor the host of --api may be empty."""
    ran = check("traffic.har", "--api", api, api=None)
    assert (ran.code, ran.out) == (2, "")
    assert "must be NAME or HOST=NAME, not" in ran.err


def test_unknown_api(check: Command) -> None:
    """An unknown API is an error with suggestions."""
    ran = check(har(entry()), api="axim-comerce")
    assert ran.code == 2
    assert "did you mean axim-commerce?" in ran.err


def test_apis_of_the_configuration(check: Command) -> None:
    """Without --api the APIs of the configuration are used; having none is an error."""
    har(entry())
    ran = check("traffic.har", api=None)
    assert (ran.code, ran.out) == (2, "")
    assert "traffic.har is a recording and no API is named for it: pass --api, or set" in ran.err
    configure(f'[tool.fieldbound.apis]\n"tenant.example" = "{API}"\n')
    assert len(check("traffic.har", api=None).lines) == 1


# -- files -----------------------------------------------------------------------------------------


def test_recordings_of_the_configuration(check: Command) -> None:
    """Without FILE all recordings are checked, and mapped files, but no file as both."""
    schema, tapes = Path("contracts/group.json"), Path("tapes")
    schema.parent.mkdir()
    tapes.mkdir()
    schema.write_text('{"properties": {"Name": {"maxLength": 5}}}', encoding="utf-8")
    Path("bad.json").write_text('{"Name": "too long"}', encoding="utf-8")
    log(logged(), file="tapes/one.json")
    log(logged(url="https://other.example/x"), file="tapes/two.json")
    configure(
        f'recordings = ["tapes/*.json"]\n[tool.fieldbound.apis]\n"tenant.example" = "{API}"\n'
        '[tool.fieldbound.files]\n"*.json" = "contracts/group.json"\n'
        '"tapes/*" = "contracts/group.json"\n'
    )
    ran = check(api=None)
    assert ran.code == 1
    assert "bad.json:1:10: maxLength: " in ran.out
    assert len(ran.lines) == 1
    assert "tapes/two.json: nothing was checked: 0 of 1 exchanges checked" in ran.err
    assert len(check("tapes/one.json", api=None).lines) == 1
    (tapes / "one.json").unlink()
    Path("bad.json").write_text("{}", encoding="utf-8")
    ran = check(api=None)
    assert ran.code == 2
    assert "no exchange in 1 recording belongs to a known API" in ran.err


def test_recordings_that_match_no_file(check: Command) -> None:
    """A glob of recordings that matches no file is an error."""
    configure(f'recordings = ["*.har"]\n[tool.fieldbound.apis]\n"*" = "{API}"\n')
    ran = check(api=None)
    assert ran.code == 2
    assert "no file matches '*.har'" in ran.err


def test_recordings_without_apis(check: Command) -> None:
    """Recordings in the configuration need APIs there, or --api."""
    configure('recordings = ["*.har"]\n')
    har(entry())
    ran = check(api=None)
    assert (ran.code, ran.out) == (2, "")
    assert "lists recordings and no API is named for them: pass --api" in ran.err
    assert len(check().lines) == 1


@pytest.mark.parametrize("api", [API, None])
def test_contract_for_a_recording(api: str | None, check: Command) -> None:
    """-c is an error for a recording; the message names --api."""
    har(entry())
    ran = check("-c", f"{API}/create-company-group", "traffic.har", api=api)
    assert (ran.code, ran.out) == (2, "")
    assert "--api" in ran.err


def test_hook_skips_what_is_not_mapped(check: Command) -> None:
    """With --skip-unmapped a HAR without any API or checked exchange passes."""
    har(entry("https://other.example/x"))
    configure('recordings = []\n[tool.fieldbound.files]\n"p*.json" = "x.json"\n')
    Path("pay.json").write_text("{}", encoding="utf-8")
    ran = check("--skip-unmapped", "traffic.har", api=None)
    assert (ran.code, "skipped (no contract is mapped): traffic.har" in ran.err) == (0, True)
    ran = check("--skip-unmapped", "traffic.har")
    assert (ran.code, "nothing was checked: 0 of 1 exchanges checked" in ran.err) == (0, True)


def test_standard_input(monkeypatch: pytest.MonkeyPatch, check: Command) -> None:
    """With --api standard input is a recording, whose content decides the format."""
    files = [har(entry()), log(logged(), logged())]
    for file, count in zip(files, (1, 2), strict=True):
        with Path(file).open("rb") as stream, monkeypatch.context() as patch:
            patch.setattr("sys.stdin", type("Stdin", (), {"buffer": stream}))
            ran = check("-")
        assert len(ran.lines) == count
        assert all(line.startswith("stdin:") for line in ran.lines)


# -- invalid recordings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", 'not a HAR: "log.entries" must be an array'),
        ('{"log": {"version": "1.2"}}', 'not a HAR: "log.entries" must be an array'),
        ('{"interactions": []}', 'not a HAR: "log.entries" must be an array'),
        ('{"log": {"entries": []}}', "nothing was checked: no exchanges"),
        ('{"log": {"entries": [}}', ":1:22: syntax: "),
        ('{"log": {"entries": []}}\n{}', ":2:1: trailingData: "),
        ("", ":1:1: syntax: the document is empty"),
        ('{"log": {"entries": [7]}}', ":1:22: the exchange has no request"),
        ('{"log": {"entries": [{"request": {"url": "x"}}]}}', ":1:34: the request has no method"),
        ('{"log": {"entries": [{"request": {"method": "GET"}}]}}', ":1:34: the request has no url"),
        (
            '{"log": {"entries": [{"request": {"method": "GET", "url": "http://[x"}}]}}',
            ":1:59: invalid url",
        ),
    ],
)
def test_invalid_hars(text: str, message: str, check: Command) -> None:
    """An invalid HAR is an error with its place, and what is expected."""
    Path("traffic.har").write_text(text, encoding="utf-8")
    ran = check("traffic.har")
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.startswith("fieldbound: traffic.har:")


def test_invalid_cassettes(check: Command) -> None:
    """A YAML file that is no cassette is an error, and so is invalid YAML."""
    for text, message in (("a: 1", "not a recording: "), ("a: [", "cassette.yaml:1:")):
        Path("cassette.yaml").write_text(text, encoding="utf-8")
        ran = check("cassette.yaml")
        assert ran.code == 2
        assert message in ran.err


def test_invalid_lines_of_a_log(check: Command) -> None:
    """An invalid line is an error with its place; the other lines are checked."""
    log(logged(), "oops", '{"a": 1}', {**logged(), "response": {"status": "fine"}}, logged())
    ran = check("traffic.ndjson")
    assert ran.code == 2
    assert [line for line, _, _ in ran.places] == [1, 5]
    assert "fieldbound: traffic.ndjson:2:1: syntax: " in ran.err
    assert "fieldbound: traffic.ndjson:3:1: not a recording: " in ran.err
    (line,) = [line for line in ran.err.splitlines() if ":4:" in line]
    assert line.endswith(": the status must be a number")
    assert at("traffic.ndjson", 4, int(line.split(":")[3]), 6) == '"fine"'


def test_many_invalid_lines(check: Command) -> None:
    """Of many invalid lines the first are reported, and the number of the others."""
    log(*["oops"] * 100, logged())
    ran = check("traffic.ndjson")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert ran.err.count("syntax") == 20
    assert "traffic.ndjson: 80 more errors, not shown" in ran.err


def test_duplicate_keys(check: Command) -> None:
    """A duplicate key in a recording is an error, as only the last value is checked."""
    text = json.dumps(logged()).replace('"accessToken"', '"X": "a", "X": "b", "accessToken"')
    log(text)
    ran = check("traffic.ndjson")
    assert (ran.code, len(ran.lines)) == (2, 1)
    assert "traffic.ndjson:1:" in ran.err
    assert "duplicateKey" in ran.err


# -- output ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_no_secret_is_shown(format: str, check: Command) -> None:  # noqa: A002
    """No format shows a credential, a userinfo, a query string or a line of the recording."""
    headers = listed(
        {"Authorization": f"Basic {SECRET}", "Cookie": f"sid={SECRET}", "accesstoken": SECRET}
    )
    har(
        entry(
            f"https://me:{SECRET}@tenant.example/companyGroup/create?key={SECRET}&accessToken={SECRET}"
        ),
        entry(
            f"https://me:{SECRET}@tenant.example/nothing?key={SECRET}", request={"headers": headers}
        ),
        entry(f"https://me:{SECRET}@other.example/nothing?key={SECRET}"),
        entry(body=SECRET, request={"headers": headers}),
        {"request": {"method": "GET", "url": f"https://{SECRET}@[x?{SECRET}"}},
        indent=None,
    )
    Path("traffic.har").write_text(Path("traffic.har").read_text("utf-8") + "\n", encoding="utf-8")
    ran = check("traffic.har", "--format", format, "--color", "always")
    assert ran.code == 2
    assert "/query/key" in ran.out
    assert SECRET not in ran.out + ran.err


def test_formats_name_the_exchange(check: Command) -> None:
    """Every format has the exchange and the recording of a violation."""
    har(entry(), entry())
    for format_ in FORMATS:
        ran = check("traffic.har", "--format", format_)
        assert ran.code == 1
        assert "exchange 2, POST /companyGroup/create" in ran.out
        assert "traffic.har" in ran.out


def test_undocumented_responses_are_reported(check: Command) -> None:
    """What the vendor does not document of a response is counted, and fails only if asked for."""
    sent = {name: value for name, value in SENT.items() if name != "zzz"}
    har(*(entry(body=json.dumps(sent), response={"status": each}) for each in (429, 503)))
    ran = check("traffic.har")
    assert ran.code == 0
    assert "(status 429 is not documented)" in ran.out
    assert "2 not fully documented" in ran.out
    assert "2 with a response that is not fully documented" in ran.err
    failed = check("traffic.har", "--fail-on-undocumented")
    assert failed.code == 1
    assert [text.partition(",")[0] for *_, text in failed.places] == [
        "enum: /status is 429",
        "enum: /status is 503",
    ]


def test_templates_that_match_the_same_paths_are_noted(check: Command) -> None:
    """Opening a document with two templates for the same paths says so, once."""
    responses = {"responses": {"200": {"description": ""}}}
    paths = {
        f"/o/{{{name}}}": {
            "get": {
                "operationId": name,
                "parameters": [{"name": name, "in": "path", "required": True, "schema": schema}],
                **responses,
            }
        }
        for name, schema in (("id", {"format": "uuid"}), ("number", {"pattern": "^PO-"}))
    }
    document = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}
    Path("two.json").write_text(json.dumps(document), "utf-8")
    log({"request": {"method": "GET", "url": "https://h.invalid/o/PO-1"}})
    ran = check("traffic.ndjson", "--api", "two.json")
    assert ran.code == 0
    assert ran.err.count("/o/{id} and /o/{number} match the same requests") == 1
