"""Whole requests and responses: which operation they are of, and what is wrong with them, where."""

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


def _told(report: Report) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in report]


# -- vendors -------------------------------------------------------------------------------------


def test_a_request_that_keeps_every_limit_is_valid() -> None:
    """A valid request gives an empty report that names its operation."""
    report = _oracle()
    assert report.ok
    assert report.contract == "oracle-cx-sales/create-product-group"
    assert report.about == "POST /setupSalesCatalogs"


def test_a_missing_header_is_a_violation_with_its_source() -> None:
    """What no header says is told as a limit broken, under the header's name, with its source."""
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
def test_a_wrong_header_is_told_plainly(
    headers: dict[str, str], pointer: str, message: str, hint: str | None
) -> None:
    """A header that the vendor does not take is one violation, in the words of any other."""
    (violation,) = _oracle({**AUTHORIZED, **headers})
    assert violation.pointer == pointer
    assert message in violation.message
    assert violation.hint == hint


@pytest.mark.parametrize(
    ("path", "headers", "stray"),
    [
        ("/companyGroup/all", {"Authorization": "Bearer x"}, "/headers/Authorization"),
        ("/companyGroup/all", {"Access-Token": "x"}, "/headers/Access-Token"),
        ("/companyGroup/all?accessToken=x", {}, "/query/accessToken"),
    ],
)
def test_a_credential_in_the_wrong_place_is_one_mistake(
    path: str, headers: dict[str, str], stray: str
) -> None:
    """A token under another name is told as missing, and as what it was sent."""
    (violation,) = _axim("GET", path, headers)
    assert (violation.code, violation.pointer) == ("required", "/headers/accessToken")
    assert violation.message == f"/headers/accessToken is missing: it was sent as {stray}"
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
    """An unknown path and an unknown method are told, with what there is."""
    (violation,) = _axim(method, path, {"accessToken": "x"})
    assert violation.pointer == pointer
    assert found in violation.message
    assert violation.limit is not None
    assert violation.limit.id == f"axim-commerce#{pointer}:enum"


def test_an_unknown_path_offers_the_nearest() -> None:
    """What is offered for a misspelt path is the path that was meant."""
    (violation,) = _axim("POST", "/companyGroup/crate", {"accessToken": "x"})
    assert violation.pointer == "/method"  # for it is an id, to the vendor
    (violation,) = _axim("POST", "/companyGroups/create", {"accessToken": "x"})
    assert violation.hint == '"/companyGroup/create"'


def test_paths_that_are_not_documented_are_named() -> None:
    """Where a vendor leaves the paths of operations open, the note of the violation says which."""
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
        ("limt=5", "/query/limt", "is not known here"),
    ],
)
def test_query_parameters_are_judged_as_they_are_written(
    query: str, pointer: str, found: str
) -> None:
    """A parameter is what its text says and no more; one that is not documented is told."""
    (violation,) = _axim("GET", f"/companyGroup/all?{query}", {"accessToken": "x"})
    assert violation.pointer == pointer
    assert found in violation.message


def test_a_path_parameter_is_judged() -> None:
    """What stands in the path is held against its contract, decoded."""
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
    """An operation is known by its path, whatever the host, port and scheme."""
    assert _oracle(url=url).ok


@pytest.mark.parametrize("url", [FORTELLIS, f"{FORTELLIS}/"])
def test_the_root_of_an_api_needs_no_slash(url: str) -> None:
    """The path "/" is that of the server itself, with a slash at its end or without."""
    assert fieldbound.api("fortellis").operation_of(Message("GET", url)) == "query-parts-groups"


def test_header_names_count_in_any_case() -> None:
    """A header is known in whatever case, and several of a name are one list."""
    headers = [
        ("AUTHORIZATION", "x"),
        ("content-TYPE", "application/json"),
        ("upsert-mode", "true"),
    ]
    assert _oracle(headers).ok
    (violation,) = _oracle([*headers, ("Upsert-Mode", "false")])
    assert violation.pointer == "/headers/Upsert-Mode"


def test_all_mistakes_of_a_request_are_told_at_once() -> None:
    """Headers, query and body are judged together, each violation under its part."""
    report = _oracle({"Upsert-Mode": "TRUE"}, {**GROUP, "ActiveFlag": True}, f"{ORACLE}?a=1")
    assert _told(report) == [
        ("required", "/headers/Authorization"),
        ("enum", "/headers/Upsert-Mode"),
        ("additionalProperties", "/query/a"),
        ("required", "/headers/Content-Type"),
        ("type", "/body/ActiveFlag"),
    ]


def test_a_body_has_places() -> None:
    """A violation in the text of a body has its line and column there."""
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
def test_a_body_is_read_strictly(body: Any, code: str, message: str) -> None:
    """A body that is no proper JSON, or not there, is one violation under /body."""
    (violation,) = _oracle(body=body)
    assert violation.code == code
    assert violation.pointer.startswith("/body")
    assert violation.message.startswith(message)


def test_a_body_may_be_a_value() -> None:
    """A message may hold a JSON value in place of its text."""
    api = fieldbound.api("oracle-cx-sales")
    message = Message("POST", ORACLE, AUTHORIZED, {**GROUP, "ActiveFlag": True})
    assert _told(api.check_request(message)) == [("type", "/body/ActiveFlag")]


def test_a_body_that_nobody_takes_is_told() -> None:
    """A body where none is documented is a violation."""
    report = _axim("GET", "/companyGroup/all", {"accessToken": "x", **JSON}, "{}")
    assert _told(report) == [("not", "/body")]


def test_a_body_that_is_not_documented_is_said() -> None:
    """Where a vendor documents nothing of a body, the report says so."""
    report = fieldbound.api("fortellis").check_request(
        Message("POST", f"{FORTELLIS}/", {**JSON, "Authorization": "x"}, "{}")
    )
    assert "/body" in report.unspecified


# -- responses -----------------------------------------------------------------------------------


def _answer(status: int, body: Any, headers: Any = JSON) -> Report:
    message = Message("POST", f"{AXIM}/companies", headers, body, status)
    return fieldbound.api("axim-commerce").check_response(message)


def test_a_response_is_judged_by_its_status() -> None:
    """The contract of a response is that of its status, and is named in the report."""
    report = _answer(200, "[]")
    assert report.contract == "axim-commerce/create-company/response.200"
    assert report.about == "200 to POST /companies"
    assert _told(report) == [("type", "/body")]


def test_an_unknown_status_is_a_violation() -> None:
    """A status that is not documented is told, with those that are."""
    (violation,) = _answer(418, "{}")
    assert violation.message == "/status is 418, but must be 200"
    assert violation.says == "inferred"


def test_a_response_of_another_media_type_is_told() -> None:
    """A response in another media type is a violation, and its body is said not to be judged."""
    report = _answer(200, "<html>", {"Content-Type": "text/html; charset=utf-8"})
    assert _told(report) == [("enum", "/headers/Content-Type")]
    assert report.not_checked == {"/body": "its media type is none that is documented"}


def test_a_response_to_an_unknown_request_is_told() -> None:
    """A response to what is no operation is not valid in silence."""
    message = Message("GET", f"{AXIM}/nowhere", JSON, "{}", 200)
    assert _told(fieldbound.api("axim-commerce").check_response(message)) == [("enum", "/url")]


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304)])
def test_a_response_without_a_body_by_nature_needs_none(
    folder: Path, method: str, status: int
) -> None:
    """The response to HEAD, and one of a status without a body, lacks nothing."""
    api = fieldbound.api(str(folder / "openapi.json"))
    assert api.check_response(Message(method, "http://h/a", {}, None, status)).ok
    assert not api.check_response(Message("GET", "http://h/a", {}, None, 200)).ok


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small API."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    content = {"application/json": {"schema": schema}, "text/plain": {"schema": {"maxLength": 2}}}
    said = {"200": {"description": "", "content": content}, "304": {"description": ""}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {
            "/a": {
                "get": {"operationId": "a", "responses": said},
                "head": {"operationId": "b", "responses": said},
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
def test_each_media_type_has_its_contract(
    folder: Path, kind: str, body: str, codes: list[str]
) -> None:
    """A body is judged by the schema of the media type it is sent as."""
    api = fieldbound.api(str(folder / "openapi.json"))
    report = api.check_response(Message("GET", "http://h/a", {"Content-Type": kind}, body, 200))
    assert [each.code for each in report] == codes


@pytest.mark.parametrize(("status", "contract"), [(201, "response.2XX"), (500, "response.default")])
def test_a_status_may_be_one_of_a_range(folder: Path, status: int, contract: str) -> None:
    """Ranges of statuses, and the default, stand for those that are not named."""
    api = fieldbound.api(str(folder / "openapi.json"))
    report = api.check_response(Message("POST", "http://h/a", {}, None, status))
    assert report.contract.endswith(f"openapi.json#c/{contract}")


def test_a_range_of_media_types_takes_json(folder: Path) -> None:
    """A body under a range of media types is judged where it is JSON, else that is said."""
    api = fieldbound.api(str(folder / "openapi.json"))
    post = Message("POST", "http://h/a", JSON, '{"n": "1"}')
    assert _told(api.check_request(post)) == [("type", "/body/n")]
    other = api.check_request(Message("POST", "http://h/a", {"Content-Type": "a/b"}, b"\xff"))
    assert other.ok
    assert other.not_checked == {"/body": "its media type is none that is read here"}


def test_a_broken_operation_leaves_the_others_usable(folder: Path) -> None:
    """A broken schema is told with its place when it is needed, and not before."""
    api = fieldbound.api(str(folder / "openapi.json"))
    assert api.check_request(Message("POST", "http://h/a", JSON, "{}")).ok
    with pytest.raises(BrokenContract, match="a,") as raised:
        api.check_request(Message("POST", "http://h/broken", JSON, "{}"))
    assert raised.value.place is not None
    assert raised.value.file is not None


# -- the API itself --------------------------------------------------------------------------------


def test_an_api_names_its_operations() -> None:
    """An API knows its name and its operations."""
    api = fieldbound.api("axim-commerce")
    assert isinstance(api, API)
    assert repr(api) == "API('axim-commerce')"
    assert "create-company" in api.operations


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("axim", "the closest: axim-commerce"),
        ("§", "there are axim-commerce, fortellis, oracle-cx-sales"),
        ("nowhere.yaml", "nowhere.yaml"),
    ],
)
def test_an_unknown_api_is_an_error(name: str, message: str) -> None:
    """What is no API is told with what there is."""
    with pytest.raises((UnknownName, BrokenContract), match=message):
        fieldbound.api(name)


def test_what_is_slow_to_import_waits_for_an_api() -> None:
    """Contracts alone do without openapi-core."""
    code = (
        "import sys, fieldbound; fieldbound.contract('axim-commerce/create-company').check({});"
        "assert 'openapi_core' not in sys.modules; fieldbound.api('axim-commerce');"
        "assert 'openapi_core' in sys.modules; assert 'httpx' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_second_message_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed for an operation is made once, with its first message."""
    api = fieldbound.api("oracle-cx-sales")
    message = Message("POST", ORACLE, AUTHORIZED, json.dumps(GROUP))
    assert api.check_request(message).ok

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something is compiled again")

    monkeypatch.setattr("fieldbound.validation.contract.compiled", refuse)
    monkeypatch.setattr("fieldbound.catalog.bundle.Bundle.__init__", refuse)
    assert api.check_request(message).ok
    other = Message("POST", ORACLE, AUTHORIZED, json.dumps({**GROUP, "ActiveFlag": 1}))
    assert _told(api.check_request(other)) == [("type", "/body/ActiveFlag")]


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
    ("security", "headers", "query", "told"),
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
def test_what_security_names_is_documented(
    tmp_path: Path, security: Any, headers: Any, query: str, told: Any
) -> None:
    """A credential is known by its scheme, and required where every alternative sends it."""
    for at in ("operation", "document"):
        components = {"components": {"securitySchemes": SCHEMES}}
        own = {"security": security} if at == "operation" else {}
        of_all = {"security": security} if at == "document" else {}
        api = _api_of(tmp_path, own, **components, **of_all)
        assert _told(api.check_request(_post(headers, None, query))) == told


@pytest.mark.parametrize(("status", "codes"), [("404", []), ("204", ["not"])])
def test_a_body_that_no_response_documents(tmp_path: Path, status: str, codes: list[str]) -> None:
    """A response that documents no body is not judged by it, unless its status has none ever."""
    api = _api_of(tmp_path, {"responses": {status: {"description": ""}}})
    report = api.check_response(Message("POST", "https://h/a", JSON, "{}", int(status)))
    assert [each.code for each in report] == codes
    assert bool(report.unspecified) is not bool(codes)


@pytest.mark.parametrize(
    ("name", "value", "codes"),
    [
        ("Content-Type", "application/json; charset=utf-8", []),
        ("Accept", "*/*", []),
        ("Accept", "text/html, */*;q=0.5", []),
        ("Accept", "text/html", ["enum"]),
    ],
)
def test_a_media_type_in_a_header_is_more_than_a_text(
    tmp_path: Path, name: str, value: str, codes: list[str]
) -> None:
    """A parameter of a media type, and a range of them, do not break a header's enumeration."""
    header = {"name": name, "in": "header", "schema": {"enum": ["application/json"]}}
    content = {"application/json": {"schema": {"type": "object"}}}
    operation = {"parameters": [header], "requestBody": {"content": content}}
    api = _api_of(tmp_path, operation)
    report = api.check_request(_post({**JSON, name: value}, "{}"))
    assert [each.code for each in report] == codes


def test_json_without_its_media_type_is_judged(tmp_path: Path) -> None:
    """A body that lacks its media type is judged as what it looks like, under any range."""
    for kind in ("*/*", "application/json"):
        content = {kind: {"schema": {"type": "object"}}}
        api = _api_of(tmp_path, {"requestBody": {"content": content}})
        report = api.check_request(_post((), "[]"))
        assert _told(report) == [("required", "/headers/Content-Type"), ("type", "/body")]


@pytest.mark.parametrize("body", ['{"a": "b=c"}', "<a>b=c</a>", "", "nothing"])
def test_what_is_no_form_is_told_as_a_whole(tmp_path: Path, body: str) -> None:
    """A body that is no form is one violation, and none of it is shown."""
    kind = "application/x-www-form-urlencoded"
    schema = {"type": "object", "additionalProperties": False}
    api = _api_of(
        tmp_path, {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}
    )
    (violation,) = api.check_request(_post({"Content-Type": kind}, body))
    assert violation.pointer == "/body"
    assert body[:3] not in violation.message or not body


def test_an_api_can_be_sent_to_another_process() -> None:
    """An API pickles by its name."""
    api = pickle.loads(pickle.dumps(fieldbound.api("axim-commerce")))  # noqa: S301
    assert api.name == "axim-commerce"
    assert not api.check_request(Message("GET", f"{AXIM}/nowhere")).ok


def test_a_url_that_is_none_is_an_error() -> None:
    """A message to no URL is refused when it is made."""
    with pytest.raises(ValueError, match="the url of a message is none"):
        Message("GET", "http://[bad/p")
