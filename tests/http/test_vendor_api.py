"""Checking whole requests and responses: their operation, and their violations."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import API, BrokenContract, Message, Report, UnknownName

ORACLE = "https://acme.fa.us2.oraclecloud.com/crmRestApi/resources/11.13.18.05/setupSalesCatalogs"
FORTELLIS = "https://api.fortellis.io/service/reference/v4/parts-groups"
AXIM = "https://store.example.com"
GROUP = {"ProdGroupName": "Laptops", "InternalName": "Laptops"}
JSON = {"Content-Type": "application/json"}
AUTHORIZED = {**JSON, "Authorization": "Basic YTpi"}


def _oracle(headers: Any = AUTHORIZED, body: Any = GROUP, url: str = ORACLE) -> Report:
    text = json.dumps(body) if isinstance(body, dict) else body
    return fieldbound.api("oracle-cx-sales").check_request(Message("POST", url, headers, text))


def _axim(method: str, path: str, headers: Any = (), body: Any = None) -> Report:
    return fieldbound.api("axim-commerce").check_request(
        Message(method, AXIM + path, headers, body)
    )


def _violations(report: Report) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in report]


# -- vendors -------------------------------------------------------------------------------------


def test_a_valid_request_has_an_empty_report() -> None:
    """The report of a valid request is empty, and names its operation."""
    report = _oracle()
    assert report.ok
    assert report.contract == "oracle-cx-sales/create-product-group"
    assert report.about == "POST /setupSalesCatalogs"


def test_a_missing_header_is_a_violation_with_its_source() -> None:
    """A missing header is a violation at its name, with the source of the limit."""
    report = fieldbound.api("fortellis").check_request(
        Message("GET", FORTELLIS, {"Authorization": "Bearer x"})
    )
    (violation,) = [each for each in report if each.pointer == "/headers/Subscription-Id"]
    assert violation.code == "required"
    assert violation.message == "/headers/Subscription-Id is missing"
    assert violation.limit is not None
    assert (
        violation.limit.id
        == "fortellis/query-parts-groups/request.headers#/Subscription-Id:required"
    )
    assert violation.limit.source is not None


@pytest.mark.parametrize(
    ("headers", "pointer", "message", "hint"),
    [
        ({"Upsert-Mode": "TRUE"}, "/headers/Upsert-Mode", '"true" or "false"', '"true"'),
        ({"REST-Framework-Version": "four"}, "/headers/REST-Framework-Version", '"four"', None),
        ({"Content-Type": "text/plain"}, "/headers/Content-Type", '"application/json"', None),
        ({"Content-Type": ""}, "/headers/Content-Type", "is missing", None),
    ],
)
def test_an_invalid_header_is_one_violation(
    headers: dict[str, str], pointer: str, message: str, hint: str | None
) -> None:
    """An invalid header is one violation, with the same message as anywhere."""
    (violation,) = _oracle({**AUTHORIZED, **headers})
    assert violation.pointer == pointer
    assert message in violation.message
    assert violation.hint == hint


@pytest.mark.parametrize(
    ("path", "headers", "sent_as"),
    [
        ("/companyGroup/all", {"Authorization": "Bearer x"}, "/headers/Authorization"),
        ("/companyGroup/all", {"Access-Token": "x"}, "/headers/Access-Token"),
        ("/companyGroup/all?accessToken=x", {}, "/query/accessToken"),
    ],
)
def test_a_misplaced_credential_is_one_violation(
    path: str, headers: dict[str, str], sent_as: str
) -> None:
    """A token under another name is reported as missing, with that name."""
    (violation,) = _axim("GET", path, headers)
    assert (violation.code, violation.pointer) == ("required", "/headers/accessToken")
    assert violation.message == f"/headers/accessToken is missing: it was sent as {sent_as}"
    assert violation.hint == "send it as accessToken"


@pytest.mark.parametrize(
    ("method", "path", "pointer", "found"),
    [
        ("GET", "/companyGroups/all", "/url", '"/companyGroups/all"'),
        ("GET", "/", "/url", '"/"'),
        ("PATCH", "/companyGroup/all", "/method", '"PATCH", but must be "GET" or "DELETE"'),
    ],
)
def test_an_unknown_operation_is_a_violation(
    method: str, path: str, pointer: str, found: str
) -> None:
    """An unknown path or method is a violation, with the documented ones."""
    (violation,) = _axim(method, path, {"accessToken": "x"})
    assert violation.pointer == pointer
    assert found in violation.message
    assert violation.limit is not None
    assert violation.limit.id == f"axim-commerce#{pointer}:enum"


def test_an_unknown_path_suggests_the_closest() -> None:
    """The hint for a misspelt path is the closest documented one."""
    (violation,) = _axim("POST", "/companyGroup/crate", {"accessToken": "x"})
    assert violation.pointer == "/method"  # "crate" matches {id}
    (violation,) = _axim("POST", "/companyGroups/create", {"accessToken": "x"})
    assert violation.hint == "did you mean /companyGroup/create?"


def test_operations_without_a_path_are_named() -> None:
    """If the paths of some operations are not documented, the note names these."""
    api = fieldbound.api("fortellis")
    (violation,) = api.check_request(Message("GET", f"{FORTELLIS}/5"))
    assert violation.limit is not None
    assert "query-parts-group-by-id" in (violation.limit.note or "")


@pytest.mark.parametrize(
    ("query", "pointer", "found"),
    [
        ("limit=ten", "/query/limit", '"ten" (a string), but must be an integer'),
        ("limit=1_0", "/query/limit", "an integer"),
        ("limit=+5", "/query/limit", "an integer"),
        ("limit=", "/query/limit", "an integer"),
        ("limit=1&limit=2", "/query/limit", "an integer"),
        ("limt=5", "/query/limt", "is not a documented query parameter"),
    ],
)
def test_query_parameters_are_checked_strictly(query: str, pointer: str, found: str) -> None:
    """Parameters are deserialized strictly; an undocumented one is a violation."""
    (violation,) = _axim("GET", f"/companyGroup/all?{query}", {"accessToken": "x"})
    assert violation.pointer == pointer
    assert found in violation.message


def test_a_path_parameter_is_checked() -> None:
    """A path parameter is decoded and checked."""
    api = fieldbound.api("oracle-cx-sales")
    (violation,) = api.check_request(Message("GET", f"{ORACLE}/30x%20", AUTHORIZED))
    assert violation.pointer == "/path/ProdGroupId"
    assert '"30x "' in violation.message


@pytest.mark.parametrize(
    "url",
    [
        ORACLE.replace("acme.fa.us2.oraclecloud.com", "localhost:8080"),
        ORACLE.replace("11.13.18.05", "11.13.17.11"),
        ORACLE.replace("https", "http"),
        ORACLE.replace("setupSales", "setup%53ales"),
    ],
)
def test_the_host_may_be_any_tenant(url: str) -> None:
    """An operation is found by its path, at any host, port and scheme."""
    assert _oracle(url=url).ok


@pytest.mark.parametrize("url", [FORTELLIS, f"{FORTELLIS}/"])
def test_the_root_of_an_api_needs_no_slash(url: str) -> None:
    """The path "/" matches the server URL with and without a slash at its end."""
    assert fieldbound.api("fortellis").operation_of(Message("GET", url)) == "query-parts-groups"


def test_header_names_are_case_insensitive() -> None:
    """Header names match in any case, and repeated headers are joined."""
    headers = [
        ("AUTHORIZATION", "x"),
        ("content-TYPE", "application/json"),
        ("upsert-mode", "true"),
    ]
    assert _oracle(headers).ok
    (violation,) = _oracle([*headers, ("Upsert-Mode", "false")])
    assert violation.pointer == "/headers/Upsert-Mode"


def test_all_violations_of_a_request_are_reported() -> None:
    """Headers, query and body are checked, each violation at its part."""
    report = _oracle({"Upsert-Mode": "TRUE"}, {**GROUP, "ActiveFlag": True}, f"{ORACLE}?a=1")
    assert _violations(report) == [
        ("required", "/headers/Authorization"),
        ("enum", "/headers/Upsert-Mode"),
        ("additionalProperties", "/query/a"),
        ("required", "/headers/Content-Type"),
        ("type", "/body/ActiveFlag"),
    ]


def test_violations_in_a_body_have_places() -> None:
    """A violation in a body has its line and column in the text."""
    (violation,) = _oracle(body='{\n "ProdGroupName": "a", "InternalName": 5}')
    assert str(violation.place) == "2:40"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ('{"a": 1', "syntax", "/body: "),
        ('{"InternalName": "a", "InternalName": "b", "ProdGroupName": "c"}', "duplicateKey", ""),
        (b'{"InternalName": "\xff"}', "encoding", "/body/InternalName: "),
        ("", "required", "/body is missing"),
    ],
)
def test_a_body_is_parsed_strictly(body: Any, code: str, message: str) -> None:
    """A body that is invalid JSON, or missing, is one violation at /body."""
    (violation,) = _oracle(body=body)
    assert violation.code == code
    assert violation.pointer.startswith("/body")
    assert violation.message.startswith(message)


def test_a_body_may_be_a_json_value() -> None:
    """The body of a message may be a JSON value instead of its text."""
    api = fieldbound.api("oracle-cx-sales")
    message = Message("POST", ORACLE, AUTHORIZED, {**GROUP, "ActiveFlag": True})
    assert _violations(api.check_request(message)) == [("type", "/body/ActiveFlag")]


def test_an_undocumented_request_body_is_a_violation() -> None:
    """A request body is a violation if none is documented."""
    report = _axim("GET", "/companyGroup/all", {"accessToken": "x", **JSON}, "{}")
    assert _violations(report) == [("not", "/body")]


def test_a_body_without_a_schema_is_unspecified() -> None:
    """If the schema of a body is not documented, the report says so."""
    report = fieldbound.api("fortellis").check_request(
        Message("POST", f"{FORTELLIS}/", {**JSON, "Authorization": "x"}, "{}")
    )
    assert "/body" in report.unspecified


# -- responses -----------------------------------------------------------------------------------


def _response(status: int, body: Any, headers: Any = JSON) -> Report:
    message = Message("POST", f"{AXIM}/companies", headers, body, status)
    return fieldbound.api("axim-commerce").check_response(message)


def test_a_response_is_checked_by_its_status() -> None:
    """The contract of a response is that of its status code, and named in the report."""
    report = _response(200, "[]")
    assert report.contract == "axim-commerce/create-company/response.200"
    assert report.about == "200 to POST /companies"
    assert _violations(report) == [("type", "/body")]


def test_an_undocumented_status_is_reported_but_no_violation() -> None:
    """Vendors list few of the status codes they send: another one is reported as not documented."""
    for status in (200 + 4, 302, 401, 404, 418, 429, 503):
        report = _response(status, "{}")
        assert report.ok
        assert report.not_checked == {"/status": f"status {status} is not documented"}
        assert report.undocumented == ("/status",)


def test_an_undocumented_status_is_a_violation_on_request() -> None:
    """With undocumented="fail" an undocumented status code is one, with the documented ones."""
    api = fieldbound.api("axim-commerce", undocumented="fail")
    (violation,) = api.check_response(Message("POST", f"{AXIM}/companies", JSON, "{}", 418))
    assert violation.message == "/status is 418, but must be 200"
    assert violation.says == "inferred"
    with pytest.raises(ValueError, match=r"invalid undocumented 'no' \(choose from report, fail\)"):
        fieldbound.api("axim-commerce", undocumented="no")  # type: ignore[arg-type]


def test_an_unknown_media_type_is_a_violation() -> None:
    """An undocumented media type is a violation, and the body is not checked."""
    report = _response(200, "<html>", {"Content-Type": "text/html; charset=utf-8"})
    assert _violations(report) == [("enum", "/headers/Content-Type")]
    assert report.not_checked == {"/body": "its media type is not documented"}


def test_a_response_to_an_unknown_operation_is_invalid() -> None:
    """A response to an unknown path is a violation at /url."""
    message = Message("GET", f"{AXIM}/nowhere", JSON, "{}", 200)
    assert _violations(fieldbound.api("axim-commerce").check_response(message)) == [
        ("enum", "/url")
    ]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304)])
def test_responses_that_never_have_a_body(folder: Path, method: str, status: int) -> None:
    """The response to HEAD, and one with status code 304, needs no body."""
    api = fieldbound.api(str(folder / "openapi.json"))
    assert api.check_response(Message(method, "http://h/a", {}, None, status)).ok
    assert not api.check_response(Message("GET", "http://h/a", {}, None, 200)).ok


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small API."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    content = {"application/json": {"schema": schema}, "text/plain": {"schema": {"maxLength": 2}}}
    responses = {"200": {"description": "", "content": content}, "304": {"description": ""}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {
            "/a": {
                "get": {"operationId": "a", "responses": responses},
                "head": {"operationId": "b", "responses": responses},
                "post": {
                    "operationId": "c",
                    "requestBody": {"content": {"*/*": {"schema": schema}}},
                    "responses": {"2XX": {"description": ""}, "default": {"description": ""}},
                },
            },
            "/broken": {
                "post": {
                    "operationId": "d",
                    "requestBody": {"content": {"application/json": {"schema": {"type": "a,"}}}},
                    "responses": {"204": {"description": ""}},
                },
            },
        },
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "body", "codes"),
    [
        ("application/json", '{"n": "1"}', ["type"]),
        ("application/json;charset=UTF-8", '{"n": 1}', []),
        ("APPLICATION/JSON", '{"n": 1}', []),
        ("text/plain", "abc", ["maxLength"]),
        ("text/plain; charset=utf-8", "ab", []),
    ],
)
def test_each_media_type_has_its_schema(
    folder: Path, kind: str, body: str, codes: list[str]
) -> None:
    """A body is checked by the schema of its media type."""
    api = fieldbound.api(str(folder / "openapi.json"))
    report = api.check_response(Message("GET", "http://h/a", {"Content-Type": kind}, body, 200))
    assert [each.code for each in report] == codes


@pytest.mark.parametrize(("status", "contract"), [(201, "response.2XX"), (500, "response.default")])
def test_ranges_of_status_codes(folder: Path, status: int, contract: str) -> None:
    """A range or the default matches status codes that are not documented themselves."""
    api = fieldbound.api(str(folder / "openapi.json"))
    report = api.check_response(Message("POST", "http://h/a", {}, None, status))
    assert report.contract.endswith(f"openapi.json#c/{contract}")


def test_ranges_of_media_types(folder: Path) -> None:
    """A body under a range of media types is checked if it is JSON, else not."""
    api = fieldbound.api(str(folder / "openapi.json"))
    post = Message("POST", "http://h/a", JSON, '{"n": "1"}')
    assert _violations(api.check_request(post)) == [("type", "/body/n")]
    other = api.check_request(Message("POST", "http://h/a", {"Content-Type": "a/b"}, b"\xff"))
    assert other.ok
    assert other.not_checked == {"/body": "its media type is not supported"}


def test_an_invalid_operation_leaves_the_others_usable(folder: Path) -> None:
    """Where strict, an invalid schema raises BrokenContract when it is first needed."""
    api = fieldbound.api(str(folder / "openapi.json"), strict=True)
    assert api.check_request(Message("POST", "http://h/a", JSON, "{}")).ok
    with pytest.raises(BrokenContract, match="a,") as raised:
        api.check_request(Message("POST", "http://h/broken", JSON, "{}"))
    assert raised.value.place is not None
    assert raised.value.file is not None


# -- the API itself --------------------------------------------------------------------------------


def test_name_and_operations() -> None:
    """An API has its name and the names of its operations."""
    api = fieldbound.api("axim-commerce")
    assert isinstance(api, API)
    assert repr(api) == "API('axim-commerce')"
    assert "create-company" in api.operations


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("axim", "did you mean axim-commerce?"),
        ("§", "must be one of axim-commerce, fortellis, oracle-cx-sales"),
        ("nowhere.yaml", "nowhere.yaml"),
    ],
)
def test_an_unknown_api_is_an_error(name: str, message: str) -> None:
    """An unknown API is an error with suggestions."""
    with pytest.raises((UnknownName, BrokenContract), match=message):
        fieldbound.api(name)


def test_openapi_core_is_imported_lazily() -> None:
    """openapi-core is imported for parameters that are arrays or objects, and for nothing else."""
    code = (
        "import sys, fieldbound; fieldbound.contract('axim-commerce/create-company').check({});"
        "api = fieldbound.api('oracle-cx-sales');"
        f"message = fieldbound.Message('POST', {ORACLE!r}, {AUTHORIZED!r}, {json.dumps(GROUP)!r});"
        "assert api.check_request(message).ok;"
        "assert not {'httpx', 'jsonschema', 'openapi_core', 'werkzeug'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_second_message_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemas of an operation are compiled once, for its first message."""
    api = fieldbound.api("oracle-cx-sales")
    message = Message("POST", ORACLE, AUTHORIZED, json.dumps(GROUP))
    assert api.check_request(message).ok

    def fail(*_: Any, **__: Any) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr("fieldbound.validation.engine.compile_as_read", fail)
    monkeypatch.setattr("fieldbound.catalog.bundle.Bundle.__init__", fail)
    assert api.check_request(message).ok
    other = Message("POST", ORACLE, AUTHORIZED, json.dumps({**GROUP, "ActiveFlag": 1}))
    assert _violations(api.check_request(other)) == [("type", "/body/ActiveFlag")]


# -- documents of any vendor ---------------------------------------------------------------------


def _api_of(folder: Path, operation: dict[str, Any], **more: Any) -> API:
    """Return an API of one operation, POST /a."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {"/a": {"post": {"responses": {"200": {"description": ""}}, **operation}}},
        **more,
    }
    (folder / "own.json").write_text(json.dumps(document))
    return fieldbound.api(str(folder / "own.json"))


def _post(headers: Any = (), body: Any = None, query: str = "") -> Message:
    return Message("POST", f"https://h.example/a{query}", headers, body)


SCHEMES = {
    "key": {"type": "apiKey", "in": "query", "name": "appid"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Acme"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
}


@pytest.mark.parametrize(
    ("security", "headers", "query", "violations"),
    [
        ([{"key": []}], {}, "?appid=x", []),
        ([{"key": []}], {}, "", [("required", "/query/appid")]),
        ([{"key": []}, {"header": []}], {}, "", []),
        ([{"key": []}, {}], {}, "", []),
        ([{"key": [], "header": []}], {"x-acme": "x"}, "?appid=x", []),
        ([{"header": []}], {}, "", [("required", "/headers/X-Acme")]),
        ([{"bearer": []}, {"basic": []}], {}, "", [("required", "/headers/Authorization")]),
        ([{"bearer": []}], {"Authorization": "Bearer x"}, "", []),
        ([], {}, "", []),
    ],
)
def test_security_schemes_are_documented_parameters(
    tmp_path: Path, security: Any, headers: Any, query: str, violations: Any
) -> None:
    """A credential is documented by its scheme, and required if every alternative has it."""
    for level in ("operation", "document"):
        components = {"components": {"securitySchemes": SCHEMES}}
        own = {"security": security} if level == "operation" else {}
        of_all = {"security": security} if level == "document" else {}
        api = _api_of(tmp_path, own, **components, **of_all)
        assert _violations(api.check_request(_post(headers, None, query))) == violations


@pytest.mark.parametrize(("status", "codes"), [("404", []), ("204", ["not"])])
def test_an_undocumented_response_body(tmp_path: Path, status: str, codes: list[str]) -> None:
    """An undocumented response body is reported, or a violation with status code 204."""
    api = _api_of(tmp_path, {"responses": {status: {"description": ""}}})
    report = api.check_response(Message("POST", "https://h/a", JSON, "{}", int(status)))
    assert [each.code for each in report] == codes
    assert (report.undocumented == ("/body",)) is not bool(codes)


@pytest.mark.parametrize(
    ("name", "value", "codes"),
    [
        ("Content-Type", "application/json; charset=utf-8", []),
        ("Accept", "*/*", []),
        ("Accept", "text/html, */*;q=0.5", []),
        ("Accept", "text/html", ["enum"]),
    ],
)
def test_media_types_in_headers(tmp_path: Path, name: str, value: str, codes: list[str]) -> None:
    """Parameters and ranges of media types do not violate the enum of a header."""
    header = {"name": name, "in": "header", "schema": {"enum": ["application/json"]}}
    header["x-enforced"] = True
    content = {"application/json": {"schema": {"type": "object"}}}
    operation = {"parameters": [header], "requestBody": {"content": content}}
    api = _api_of(tmp_path, operation)
    report = api.check_request(_post({**JSON, name: value}, "{}"))
    assert [each.code for each in report] == codes


def test_json_without_a_media_type_is_checked(tmp_path: Path) -> None:
    """A body without Content-Type is checked if it is JSON."""
    for kind in ("*/*", "application/json"):
        content = {kind: {"schema": {"type": "object"}}}
        api = _api_of(tmp_path, {"requestBody": {"content": content}})
        report = api.check_request(_post((), "[]"))
        assert _violations(report) == [("required", "/headers/Content-Type"), ("type", "/body")]


@pytest.mark.parametrize("body", ['{"a": "b=c"}', "<a>b=c</a>", "", "nothing"])
def test_an_invalid_form_is_one_violation(tmp_path: Path, body: str) -> None:
    """A body that is no form is one violation, whose message does not quote it."""
    kind = "application/x-www-form-urlencoded"
    schema = {"type": "object", "additionalProperties": False}
    api = _api_of(
        tmp_path, {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}
    )
    (violation,) = api.check_request(_post({"Content-Type": kind}, body))
    assert violation.pointer == "/body"
    assert body[:3] not in violation.message or not body


def test_an_api_can_be_pickled() -> None:
    """An API pickles by its name."""
    api = pickle.loads(pickle.dumps(fieldbound.api("axim-commerce")))  # noqa: S301
    assert api.name == "axim-commerce"
    assert not api.check_request(Message("GET", f"{AXIM}/nowhere")).ok


def test_an_invalid_url_is_an_error() -> None:
    """A Message with an invalid URL raises ValueError when it is constructed."""
    with pytest.raises(ValueError, match="invalid url"):
        Message("GET", "http://[bad/p")


@pytest.mark.parametrize("name", ["oracle-cx-sales", "fortellis", "axim-commerce"])
@pytest.mark.parametrize("path", ["/\ud800", "/a/{\udfff}", "/a?q=\ud800", "/companyGroup/\ud800"])
def test_a_lone_surrogate_in_a_url_is_no_crash(name: str, path: str) -> None:
    """It is in no documented path."""
    for start in (
        "https://a.example",
        "https://a.example/crmRestApi/resources/1/setupSalesCatalogs",
    ):
        assert not fieldbound.api(name).check_request(Message("GET", start + path)).ok
