"""Routing of paths, and deserialization of parameters and form bodies."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests as requests_client

from fieldbound import API, Message, Report, Unsatisfiable
from fieldbound.http.form_data import parse_form
from fieldbound.http.routing import Router
from fieldbound.model import SchemaRegistry
from fieldbound.openapi.operations import Operation
from fieldbound.strategies import requests
from fieldbound.validation.coercion import coercion_of
from support.apis import api_of_document
from support.examples import drawn
from support.growth import LINEAR, growth

INTEGER = {"type": "integer"}
STRING = {"type": "string"}
INTEGERS = {"type": "array", "items": INTEGER}
PAIR = {"type": "object", "properties": {"a": INTEGER, "b": STRING}, "additionalProperties": False}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


def _document(path: str, operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    done = {"operationId": "do", "responses": {"200": {"description": "Done"}}, **operation}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return {**head, "paths": {path: {"get": done, "post": {**done, "operationId": "send"}}}, **more}


def _with(folder: Path, location: str, name: str = "p", path: str = "/x", **facts: Any) -> API:
    """Return an API with one parameter."""
    required = {"required": True} if location == "path" else {}
    parameter = {"name": name, "in": location, **required, **facts}
    return api_of_document(folder, _document(path, {"parameters": [parameter]}))


def _get(api: API, address: str, **headers: str) -> Report:
    return api.check_request(Message("GET", f"https://h.invalid{address}", headers))


def _violations(report: Report) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in report]


# -- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["user.id", "0", "id:int", "a!r", "a b", "a[0]", "+p", "p*", "a$", "2fa", "{a"]
)
def test_a_path_parameter_has_any_name(name: str, tmp_path: Path) -> None:
    """Whatever characters are in a parameter's name, its value is checked."""
    api = _with(tmp_path, "path", name.strip("{"), f"/x/{{{name.strip('{')}}}", schema=INTEGER)
    assert _get(api, "/x/5").ok
    (violation,) = _get(api, "/x/five")
    assert (violation.code, violation.actual) == ("type", "five")


def test_an_unclosed_brace_is_literal(tmp_path: Path) -> None:
    """A brace that is not closed in a template is a literal."""
    api = api_of_document(tmp_path, _document("/x{y", {}))
    assert api.operation_of(Message("GET", "https://h.invalid/x%7By")) == "do"
    assert api.operation_of(Message("GET", "https://h.invalid/x")) is None


def test_an_unfilled_template_has_its_placeholder_as_value(tmp_path: Path) -> None:
    """In a request to the template itself, the placeholder is the value."""
    api = _with(tmp_path, "path", "id", "/x/{id}", schema=INTEGER)
    (violation,) = _get(api, "/x/{id}")
    assert (violation.pointer, violation.actual) == ("/path/id", "{id}")


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/{a}-{b}", "/1-2", {"a": "1", "b": "2"}),
        ("/{a}-{b}", "/1-2-3", {"a": "1-2", "b": "3"}),
        ("/{a}{b}", "/12", {"a": "1", "b": "2"}),
        ("/v{a}.{b}.json", "/v1.2.json", {"a": "1", "b": "2"}),
        ("/v{a}.{b}.json", "/v1.json", None),
        ("/a{b}a", "/a", None),
        ("/{a}-{b}-{c}-{d}.json", "/" + "-" * 100_000, None),
        ("/{a}-{b}.{c}-{d}.json", "/x-y.-" + "-" * 50_000 + ".json", {"a": "x"}),
    ],
)
def test_several_parameters_in_one_segment(
    template: str, path: str, values: dict[str, str] | None
) -> None:
    """The first parameter is greedy, and matching is linear."""
    found = Router({"do": Operation(None, None, "GET", template, ("/",))}).find("GET", path)
    if values is None:
        assert found is None
    else:
        assert found is not None
        assert found.values.items() >= values.items()


_BASE = {"url": "https://h.invalid/{b}"}
_ONE_OF = {**_BASE, "variables": {"b": {"default": "v1", "enum": ["v1", "v2"]}}}


@pytest.mark.parametrize(
    ("server", "valid", "invalid"),
    [
        ({"url": "v1"}, ["/v1/x"], ["/x"]),
        ({"url": "./v1"}, ["/v1/x"], ["/x"]),
        ({"url": "../v1/"}, ["/v1/x"], ["/x"]),
        ({"url": ""}, ["/x"], ["/v1/x"]),
        ({"url": "//h.invalid/v1"}, ["/v1/x"], ["/x"]),
        ({"url": "h.invalid:81/v1"}, ["/v1/x"], ["/x"]),
        ({"url": "{base}/v1"}, ["/v1/x"], ["/x"]),
        ({"url": "{scheme}://h.invalid/v1"}, ["/v1/x"], ["/x"]),
        ({**_BASE, "variables": {"b": {"default": ""}}}, ["/x", "/any/x"], ["/a/b/x"]),
        ({**_BASE, "variables": {"b": {"default": "v1"}}}, ["/any/x"], ["/x"]),
        (_ONE_OF, ["/v1/x", "/v2/x"], ["/v9/x", "/x"]),
    ],
)
def test_the_path_of_a_server(
    server: Any, valid: list[str], invalid: list[str], tmp_path: Path
) -> None:
    """Relative servers are resolved against the root; variables have their enum values."""
    api = api_of_document(tmp_path, _document("/x", {}, servers=[server]))
    assert all(_get(api, each).ok for each in valid)
    assert all(_violations(_get(api, each)) == [("enum", "/url")] for each in invalid)


def test_values_of_many_variables_do_not_multiply(tmp_path: Path) -> None:
    """Of 2 ** 60 URLs the first variables have their values, the others any."""
    names = [f"v{at}" for at in range(60)]
    server = {
        "url": "https://h.invalid" + "".join(f"/{{{each}}}" for each in names),
        "variables": {each: {"default": "a", "enum": ["a", "b"]} for each in names},
    }
    api = api_of_document(tmp_path, _document("/x", {}, servers=[server]))
    assert _get(api, "/a" * 60 + "/x").ok
    assert _get(api, "/b" * 60 + "/x").ok
    for path in ("/a" * 59 + "/x", "/c" + "/a" * 59 + "/x"):
        assert _violations(_get(api, path)) == [("enum", "/url")]


def test_a_host_variable_has_any_value(tmp_path: Path) -> None:
    """The enum of a variable in a host is no limit: each tenant may have its own host."""
    variables = {"variables": {"t": {"default": "a", "enum": ["a", "b"]}}}
    server = {"url": "https://{t}.h.invalid/v1", **variables}
    api = api_of_document(tmp_path, _document("/x", {}, servers=[server]))
    assert _get(api, "/v1/x").ok
    assert api.has_host("c.h.invalid")


# -- parameters ----------------------------------------------------------------------------------


@pytest.mark.parametrize("client", [httpx.Request, requests_client.Request])
def test_escaped_commas_of_clients(client: Any, tmp_path: Path) -> None:
    """Clients escape the commas of a list that is given as a string; they still delimit."""
    api = _with(tmp_path, "query", schema=INTEGERS, explode=False)
    for text, pointers in (("1,2", []), ("1,x", ["/query/p/1"])):
        report = api.check_request(client("GET", "https://h.invalid/x", params={"p": text}))
        assert [each.pointer for each in report] == pointers


def test_an_escaped_comma_beside_plain_ones_is_literal(tmp_path: Path) -> None:
    """If there are plain commas, an escaped one is part of an item."""
    strings = {"type": "array", "items": {"enum": ["a,b", "c"]}}
    api = _with(tmp_path, "query", schema=strings, explode=False)
    assert _get(api, "/x?p=a%2Cb,c").ok
    assert not _get(api, "/x?p=a,b,c").ok


def test_a_repeated_parameter_that_is_not_exploded_is_one_violation(tmp_path: Path) -> None:
    """A list that is not exploded, but repeated, is one violation of the parameter."""
    api = _with(tmp_path, "query", schema=INTEGERS, explode=False)
    (violation,) = _get(api, "/x?p=1&p=2")
    assert (violation.code, violation.pointer) == ("type", "/query/p")
    assert violation.actual == "1&p=2"


@pytest.mark.parametrize("location", ["query", "header"])
def test_content_of_a_parameter(location: str, tmp_path: Path) -> None:
    """A parameter with content text/plain is a string; only JSON is parsed as JSON."""
    plain = _with(tmp_path, location, content={"text/plain": {"schema": STRING}})
    assert _get(plain, "/x?p=5" if location == "query" else "/x", p="5").ok
    assert drawn(requests(plain, "do"), 3)
    coded = _with(tmp_path, location, content={"application/json": {"schema": STRING}})
    assert not _get(coded, "/x?p=5" if location == "query" else "/x", p="5").ok


@pytest.mark.parametrize(
    ("style", "explode", "schema", "valid", "invalid"),
    [
        ("label", False, INTEGER, [".5"], ["5", "x5", ";5"]),
        ("label", False, INTEGERS, [".5,6"], ["5,6", "x5,6"]),
        ("label", True, PAIR, [".a=5.b=x"], ["xa=5.b=x"]),
        ("matrix", False, INTEGER, [";p=5"], ["5", ";q=5", "xp=5"]),
        ("matrix", False, INTEGERS, [";p=5,6"], ["xp=5,6", "5,6", ";q=5,6"]),
        ("matrix", True, INTEGERS, [";p=5;p=6"], [";p=5;q=6", "p=5;p=6", "5"]),
        ("matrix", True, PAIR, [";a=5;b=x"], ["xa=5;b=x"]),
        ("matrix", False, PAIR, [";p=a,5,b,x"], [";p=a,5,b", "xp=a,5,b,x"]),
        ("label", False, PAIR, [".a,5,b,x"], [".a,5,b"]),
        ("simple", False, PAIR, ["a,5,b,x"], ["a,5,b", "a"]),
    ],
)
def test_a_malformed_path_parameter_is_of_the_wrong_type(
    style: str, explode: bool, schema: Any, valid: list[str], invalid: list[str], tmp_path: Path
) -> None:
    """A value without its style's prefix, or with a name without a value, is a type violation."""
    facts = {"schema": schema, "style": style, "explode": explode}
    api = _with(tmp_path, "path", path="/x/{p}", **facts)
    assert all(_get(api, f"/x/{each}").ok for each in valid)
    assert all(_violations(_get(api, f"/x/{each}")) == [("type", "/path/p")] for each in invalid)


def test_a_property_without_a_value_is_a_violation(tmp_path: Path) -> None:
    """An object that is not exploded must have a value for each property."""
    api = _with(tmp_path, "query", schema=PAIR, explode=False)
    assert _get(api, "/x?p=a,1,b,x").ok
    assert _violations(_get(api, "/x?p=a,1,b")) == [("type", "/query/p")]


@pytest.mark.parametrize("schema", [INTEGER, {"type": "boolean"}, INTEGERS])
def test_allow_empty_value(schema: Any, tmp_path: Path) -> None:
    """An empty parameter is valid with allowEmptyValue only."""
    api = _with(tmp_path, "query", schema=schema, allowEmptyValue=True)
    assert _get(api, "/x?p").ok
    assert _get(api, "/x?p=").ok
    assert not _get(api, "/x?p=x").ok
    assert not _get(_with(tmp_path, "query", schema=schema), "/x?p").ok


DEEP = {"style": "deepObject", "explode": True}
NESTED = {
    "type": "object",
    "properties": {
        "a": INTEGER,
        "list": INTEGERS,
        "within": {"type": "object", "properties": {"b": INTEGER}, "additionalProperties": False},
        "rows": {"type": "array", "items": PAIR},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "query", "pointers"),
    [
        (INTEGERS, "p[]=1&p[]=2", []),
        (INTEGERS, "p[0]=1&p[1]=x", ["/query/p/1"]),
        (INTEGERS, "p[0]=1&p[0]=2", ["/query/p/0"]),
        (INTEGERS, "p=1", ["/query/p"]),
        ({"anyOf": [NESTED, INTEGER]}, "p=5", []),
        ({"anyOf": [NESTED, INTEGER]}, "p[a]=5", []),
        (NESTED, "p=5", ["/query/p"]),
        (NESTED, "p=5&p[a]=5", ["/query/p"]),
        (NESTED, "p%5Ba%5D=x", ["/query/p/a"]),
        (NESTED, "p[a]=1&p[a]=2", ["/query/p/a"]),
        (NESTED, "p[a][c]=1", ["/query/p/a"]),
        (NESTED, "p[c]=1", ["/query/p/c"]),
        (NESTED, "p[within][b]=1", []),
        (NESTED, "p[within][b]=x", ["/query/p/within/b"]),
        (NESTED, "p[within][c]=x", ["/query/p/within/c"]),
        (NESTED, "p[list][]=1&p[list][]=2", []),
        (NESTED, "p[list]=1&p[list]=2", []),
        (NESTED, "p[rows][0][a]=1&p[rows][0][b]=x&p[rows][1][a]=y", ["/query/p/rows/1/a"]),
        (NESTED, "p[a", ["/query/p[a"]),
    ],
)
def test_brackets_after_a_parameter(
    schema: Any, query: str, pointers: list[str], tmp_path: Path
) -> None:
    """Names in brackets are properties, numbers and empty brackets are items, at any depth."""
    api = _with(tmp_path, "query", schema=schema, **DEEP)
    assert [each.pointer for each in _get(api, f"/x?{query}")] == pointers


def test_brackets_in_a_documented_name(tmp_path: Path) -> None:
    """A documented name with brackets is that parameter, not part of another one."""
    bracketed = {"name": "p[]", "in": "query", "schema": INTEGERS}
    deep = {"name": "p", "in": "query", "schema": PAIR, **DEEP}
    api = api_of_document(tmp_path, _document("/x", {"parameters": [deep, bracketed]}))
    assert _get(api, "/x?p[]=1&p[]=2&p[a]=3").ok
    assert [each.pointer for each in _get(api, "/x?p[]=x")] == ["/query/p[]/0"]


def test_brackets_after_another_name(tmp_path: Path) -> None:
    """A name in brackets is of the parameter before the brackets, not of a shorter one."""
    open_pair = {**PAIR, "additionalProperties": True}
    parameters = [
        {"name": each, "in": "query", "schema": open_pair, **DEEP} for each in ("p", "pq")
    ]
    api = api_of_document(tmp_path, _document("/x", {"parameters": parameters}))
    assert _violations(_get(api, "/x?pq[a]=x")) == [("type", "/query/pq/a")]
    assert _violations(_get(api, "/x?pq[a]=%ff")) == [("encoding", "/query/pq")]
    assert _violations(_get(api, "/x?pr[a]=x")) == [("additionalProperties", "/query/pr[a]")]


@pytest.mark.parametrize("schema", [INTEGERS, NESTED])
def test_generated_brackets(schema: Any, tmp_path: Path) -> None:
    """Generated deepObject parameters have nested objects and arrays, and are valid."""
    parameter = {"name": "p", "in": "query", "required": True, "schema": schema, **DEEP}
    api = api_of_document(tmp_path, _document("/x", {"parameters": [parameter]}))
    generated = drawn(requests(api, "do"), 60)
    assert all(api.check_request(each).ok for each in generated)
    assert any("%5B1%5D" in each.url for each in generated)


@pytest.mark.parametrize("style", ["spaceDelimited", "pipeDelimited"])
def test_an_undefined_style_is_unsatisfiable(style: str, tmp_path: Path) -> None:
    """If OpenAPI does not define a style for a type, no message can be generated."""
    facts = {"required": True, "schema": PAIR, "style": style, "explode": True}
    parameter = {"name": "p", "in": "query", **facts}
    api = api_of_document(tmp_path, _document("/x", {"parameters": [parameter]}))
    with pytest.raises(Unsatisfiable, match="no valid value can be serialized"):
        requests(api, "do")


@pytest.mark.parametrize(
    ("name", "raw", "facts"),
    [("q", "x", {}), ("k", "x", {}), ("q", "%ff", {}), ("q[a]", "x", DEEP), ("q[a]", "%ff", DEEP)],
)
def test_many_parameters(name: str, raw: str, facts: Any, tmp_path: Path) -> None:
    """Twice the objects in a query take about twice the steps, whatever is wrong in them."""

    def prepared(count: int) -> Callable[[], Any]:
        names = [name.replace(name[0], f"{name[0]}{index}_") for index in range(count)]
        parameters = []
        for index in range(count):
            schema = {"type": "object", "properties": {f"k{index}_": INTEGER, "a": INTEGER}}
            parameters.append({"name": f"q{index}_", "in": "query", "schema": schema, **facts})
        api = api_of_document(tmp_path, _document("/x", {"parameters": parameters}))
        address = "/x?" + "&".join(f"{each}={raw}" for each in names)
        assert len(_get(api, address)) == count
        return lambda: _get(api, address)

    assert growth(prepared, 250) <= LINEAR


# -- forms ---------------------------------------------------------------------------------------

CHARGE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "amount": INTEGER,
        "expand": {"type": "array", "items": STRING},
        "metadata": {
            "anyOf": [
                {"type": "object", "additionalProperties": STRING},
                {"type": "string", "enum": [""]},
            ]
        },
        "items": {"type": "array", "items": PAIR},
        "tags": INTEGERS,
        "plain[x]": INTEGER,
        "any": {},
    },
}
ENCODING = {
    "expand": DEEP,
    "metadata": DEEP,
    "items": DEEP,
    "tags": {"style": "form", "explode": False},
}


def _sending(folder: Path, kind: str, schema: Any, **media: Any) -> API:
    body = {"required": True, "content": {kind: {"schema": schema, **media}}}
    responses = {"200": {"description": "Done", "content": body["content"]}}
    return api_of_document(folder, _document("/x", {"requestBody": body, "responses": responses}))


def _post(api: API, kind: str, body: str | bytes) -> Report:
    headers = {"Content-Type": kind}
    return api.check_request(Message("POST", "https://h.invalid/x", headers, body))


@pytest.mark.parametrize("encoding", [ENCODING, {"tags": ENCODING["tags"]}])
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("amount=5&any=x", []),
        ("amount=x", ["/body/amount"]),
        ("amount[a]=1", ["/body/amount[a]"]),
        ("metadata[k]=v&metadata[0]=w", []),
        ("metadata%5Bk%5D=v", []),
        ("metadata=", []),
        ("metadata[k][l]=v", ["/body/metadata/k"]),
        ("expand[]=a&expand[]=b", []),
        ("expand[0]=a", []),
        ("expand=a&expand=b", []),
        ("items[0][a]=1&items[0][b]=x&items[1][a]=2", []),
        ("items[0][a]=x", ["/body/items/0/a"]),
        ("items[][a]=1&items[][b]=x&items[][a]=y", ["/body/items/1/a"]),
        ("items[0][c]=1", ["/body/items/0/c"]),
        ("tags=1,2", []),
        ("tags=1%2Cx", ["/body/tags/1"]),
        ("plain[x]=x", ["/body/plain[x]"]),
        ("other[x]=x", ["/body/other[x]"]),
        ("any[x][y]=x", []),
    ],
)
def test_brackets_in_a_form(body: str, pointers: list[str], encoding: Any, tmp_path: Path) -> None:
    """Forms have nested values in brackets, by encoding or by schema."""
    api = _sending(tmp_path, FORM, CHARGE, encoding=encoding)
    assert [each.pointer for each in _post(api, FORM, body)] == pointers


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
def test_generated_forms(kind: str, tmp_path: Path) -> None:
    """Generated forms use brackets, are valid, and are what clients could send."""
    api = _sending(tmp_path, kind, CHARGE, encoding=ENCODING)
    generated = drawn(requests(api, "send"), 60)
    assert all(api.check_request(each).ok for each in generated)
    bodies = b"".join(each.body or b"" for each in generated)
    assert (b"items%5B0%5D%5Ba%5D" if kind == FORM else b"items[0][a]") in bodies


def test_the_depth_of_brackets_is_limited() -> None:
    """A name with thousands of brackets is an ordinary name."""
    name = "a" + "[b]" * 5000
    schema = {"properties": {"a": {}}, "additionalProperties": {}}
    references = SchemaRegistry(schema, "https://acme.example/form", {})
    coercion = coercion_of(references, references.root)
    assert parse_form(f"{name}=1".encode(), FORM, coercion) == {name: "1"}


PART = '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n{}\r\n--XX--\r\n'
SCHEMA = {
    "type": "object",
    "properties": {"a": INTEGER, "é": STRING},
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (MULTIPART, PART.format(1), "no boundary"),
        (f"{MULTIPART}; boundary=", PART.format(1), "no boundary"),
        (f"{MULTIPART}; boundary=YY", PART.format(1), "boundary of the media type does not occur"),
        (f"{MULTIPART}; boundary=XX", "garbage", "boundary of the media type does not occur"),
        (f"{MULTIPART}; boundary=XX", PART.format(1)[:-8], "closing boundary is missing"),
        (f"{MULTIPART}; boundary=XX", PART.format(1).replace("name", "nam"), "part has no name"),
    ],
)
def test_malformed_multipart_bodies(kind: str, body: str, words: str, tmp_path: Path) -> None:
    """A body that cannot be parsed as multipart is one violation, at /body."""
    api = _sending(tmp_path, MULTIPART, SCHEMA)
    (violation,) = _post(api, kind, body)
    assert (violation.code, violation.pointer, violation.limit) == ("syntax", "/body", None)
    assert re.search(words, violation.message)
    headers = {"Content-Type": kind}
    response = Message("POST", "https://h.invalid/x", headers, body, status=200)
    assert _violations(api.check_response(response)) == [("syntax", "/body")]


def test_a_content_type_that_hides_the_boundary(tmp_path: Path) -> None:
    """With an own Content-Type, requests sends no boundary: the message says so."""
    api = _sending(tmp_path, MULTIPART, SCHEMA)
    request = requests_client.Request("POST", "https://h.invalid/x", files={"a": (None, "1")})
    assert api.check_request(request).ok
    request.headers = {"Content-Type": MULTIPART}
    (violation,) = api.check_request(request)
    assert "unless you set the Content-Type yourself" in violation.message


@pytest.mark.parametrize(
    ("body", "violations"),
    [
        (PART.format(1), []),
        (PART.format("x"), [("type", "/body/a")]),
        (PART.format("x").replace('"a"', '"é"'), []),
        (PART.format("x").replace('name="a"', "name*=utf-8''%C3%A9"), []),
        ("--XX--\r\n", []),
    ],
)
def test_multipart_bodies(body: str, violations: list[tuple[str, str]], tmp_path: Path) -> None:
    """Parts have names in UTF-8 or RFC 2231, and there may be no parts."""
    api = _sending(tmp_path, MULTIPART, SCHEMA)
    assert _violations(_post(api, f'{MULTIPART}; boundary="XX"', body.encode())) == violations
