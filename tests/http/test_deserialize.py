"""Texts of messages: which operation a path is of, and what parameters and forms stand for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests as requests_client

from fieldbound import API, Message, Report, Unsatisfiable
from fieldbound.http.form_data import read_form
from fieldbound.http.routing import Paths
from fieldbound.openapi.operations import Operation
from fieldbound.strategies import requests
from fieldbound.validation.coercion import Shape
from support.apis import described
from support.examples import drawn

INTEGER = {"type": "integer"}
TEXT = {"type": "string"}
INTEGERS = {"type": "array", "items": INTEGER}
PAIR = {"type": "object", "properties": {"a": INTEGER, "b": TEXT}, "additionalProperties": False}
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


def _document(path: str, operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    done = {"operationId": "do", "responses": {"200": {"description": "Done"}}, **operation}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return {**head, "paths": {path: {"get": done, "post": {**done, "operationId": "send"}}}, **more}


def _with(folder: Path, place: str, name: str = "p", path: str = "/x", **said: Any) -> API:
    """Return an API with one parameter."""
    required = {"required": True} if place == "path" else {}
    parameter = {"name": name, "in": place, **required, **said}
    return described(folder, _document(path, {"parameters": [parameter]}))


def _get(api: API, address: str, **headers: str) -> Report:
    return api.check_request(Message("GET", f"https://h.invalid{address}", headers))


def _told(report: Report) -> list[tuple[str, str]]:
    return [(each.code, each.pointer) for each in report]


# -- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["user.id", "0", "id:int", "a!r", "a b", "a[0]", "+p", "p*", "a$", "2fa", "{a"]
)
def test_a_path_parameter_has_any_name(name: str, tmp_path: Path) -> None:
    """Whatever letters are in a parameter's name, its value is found and judged."""
    api = _with(tmp_path, "path", name.strip("{"), f"/x/{{{name.strip('{')}}}", schema=INTEGER)
    assert _get(api, "/x/5").ok
    (violation,) = _get(api, "/x/five")
    assert (violation.code, violation.actual) == ("type", "five")


def test_a_brace_that_opens_nothing_is_a_letter(tmp_path: Path) -> None:
    """A template with a brace that is not closed is a path with that brace."""
    api = described(tmp_path, _document("/x{y", {}))
    assert api.operation_of(Message("GET", "https://h.invalid/x%7By")) == "do"
    assert api.operation_of(Message("GET", "https://h.invalid/x")) is None


def test_a_template_sent_as_it_stands_has_a_value(tmp_path: Path) -> None:
    """A request for the template itself, nothing filled in, has its braces as a value."""
    api = _with(tmp_path, "path", "id", "/x/{id}", schema=INTEGER)
    (violation,) = _get(api, "/x/{id}")
    assert (violation.pointer, violation.actual) == ("/path/id", "{id}")


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/{a}-{b}", "/1-2", {"a": "1", "b": "2"}),
        ("/{a}-{b}", "/1-2-3", {"a": "1-2", "b": "3"}),
        ("/{a}{b}", "/12", {"a": "12", "b": ""}),
        ("/v{a}.{b}.json", "/v1.2.json", {"a": "1", "b": "2"}),
        ("/v{a}.{b}.json", "/v1.json", None),
        ("/a{b}a", "/a", None),
        ("/{a}-{b}-{c}-{d}.json", "/" + "-" * 100_000, None),
        ("/{a}-{b}.{c}-{d}.json", "/x-y.-" + "-" * 50_000 + ".json", {"a": "x"}),
    ],
)
def test_several_parameters_in_one_name(
    template: str, path: str, values: dict[str, str] | None
) -> None:
    """The first parameter is as long as can be, and no path takes long to be told apart."""
    found = Paths({"do": Operation(None, None, "GET", template, ("/",))}).find("GET", path)
    if values is None:
        assert found is None
    else:
        assert found is not None
        assert found.values.items() >= values.items()


_BASE = {"url": "https://h.invalid/{b}"}
_ONE_OF = {**_BASE, "variables": {"b": {"default": "v1", "enum": ["v1", "v2"]}}}


@pytest.mark.parametrize(
    ("server", "taken", "refused"),
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
    server: Any, taken: list[str], refused: list[str], tmp_path: Path
) -> None:
    """A relative server is at the root of a host; a variable has the values that are listed."""
    api = described(tmp_path, _document("/x", {}, servers=[server]))
    assert all(_get(api, each).ok for each in taken)
    assert all(_told(_get(api, each)) == [("enum", "/url")] for each in refused)


def test_a_variable_of_a_host_is_any_name(tmp_path: Path) -> None:
    """What is listed of a variable in a host is no limit: a tenant may have a host of its own."""
    said = {"variables": {"t": {"default": "a", "enum": ["a", "b"]}}}
    server = {"url": "https://{t}.h.invalid/v1", **said}
    api = described(tmp_path, _document("/x", {}, servers=[server]))
    assert _get(api, "/v1/x").ok
    assert api.is_at("c.h.invalid")


# -- parameters ----------------------------------------------------------------------------------


@pytest.mark.parametrize("client", [httpx.Request, requests_client.Request])
def test_a_list_with_commas_as_clients_send_it(client: Any, tmp_path: Path) -> None:
    """The clients escape the commas of a list that is given as a text; it is that list still."""
    api = _with(tmp_path, "query", schema=INTEGERS, explode=False)
    for text, pointers in (("1,2", []), ("1,x", ["/query/p/1"])):
        report = api.check_request(client("GET", "https://h.invalid/x", params={"p": text}))
        assert [each.pointer for each in report] == pointers


def test_an_escaped_comma_is_none_beside_a_plain_one(tmp_path: Path) -> None:
    """Where items are parted by commas, an escaped one is in an item."""
    texts = {"type": "array", "items": {"enum": ["a,b", "c"]}}
    api = _with(tmp_path, "query", schema=texts, explode=False)
    assert _get(api, "/x?p=a%2Cb,c").ok
    assert not _get(api, "/x?p=a,b,c").ok


def test_a_list_that_is_sent_in_another_style_is_one_mistake(tmp_path: Path) -> None:
    """A list of one text that is there twice is told once, for the whole parameter."""
    api = _with(tmp_path, "query", schema=INTEGERS, explode=False)
    (violation,) = _get(api, "/x?p=1&p=2")
    assert (violation.code, violation.pointer) == ("type", "/query/p")
    assert violation.actual == "1&p=2"


@pytest.mark.parametrize("place", ["query", "header"])
def test_a_text_in_a_media_type_is_no_json(place: str, tmp_path: Path) -> None:
    """A parameter whose content is text/plain is a text; only one in JSON is read as JSON."""
    plain = _with(tmp_path, place, content={"text/plain": {"schema": TEXT}})
    assert _get(plain, "/x?p=5" if place == "query" else "/x", p="5").ok
    assert drawn(requests(plain, "do"), 3)
    coded = _with(tmp_path, place, content={"application/json": {"schema": TEXT}})
    assert not _get(coded, "/x?p=5" if place == "query" else "/x", p="5").ok


@pytest.mark.parametrize(
    ("style", "explode", "schema", "taken", "refused"),
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
def test_a_value_in_a_path_has_the_marks_of_its_style(
    style: str, explode: bool, schema: Any, taken: list[str], refused: list[str], tmp_path: Path
) -> None:
    """Without the mark before it, or with a name that has no value, a text is of the wrong type."""
    said = {"schema": schema, "style": style, "explode": explode}
    api = _with(tmp_path, "path", path="/x/{p}", **said)
    assert all(_get(api, f"/x/{each}").ok for each in taken)
    assert all(_told(_get(api, f"/x/{each}")) == [("type", "/path/p")] for each in refused)


def test_a_name_without_a_value_is_told_in_a_query(tmp_path: Path) -> None:
    """An object in one text has a value for each name: none is dropped."""
    api = _with(tmp_path, "query", schema=PAIR, explode=False)
    assert _get(api, "/x?p=a,1,b,x").ok
    assert _told(_get(api, "/x?p=a,1,b")) == [("type", "/query/p")]


@pytest.mark.parametrize("schema", [INTEGER, {"type": "boolean"}, INTEGERS])
def test_a_value_that_may_be_empty(schema: Any, tmp_path: Path) -> None:
    """With allowEmptyValue a parameter without a text is no mistake; without it is one."""
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
def test_brackets_behind_a_parameter(
    schema: Any, query: str, pointers: list[str], tmp_path: Path
) -> None:
    """Names in brackets are attributes, numbers and nothing are items, as deep as they go."""
    api = _with(tmp_path, "query", schema=schema, **DEEP)
    assert [each.pointer for each in _get(api, f"/x?{query}")] == pointers


def test_brackets_that_are_in_a_name_that_is_documented(tmp_path: Path) -> None:
    """A parameter named with brackets is itself, whatever is documented beside it."""
    named = {"name": "p[]", "in": "query", "schema": INTEGERS}
    deep = {"name": "p", "in": "query", "schema": PAIR, **DEEP}
    api = described(tmp_path, _document("/x", {"parameters": [deep, named]}))
    assert _get(api, "/x?p[]=1&p[]=2&p[a]=3").ok
    assert [each.pointer for each in _get(api, "/x?p[]=x")] == ["/query/p[]/0"]


@pytest.mark.parametrize("schema", [INTEGERS, NESTED])
def test_brackets_are_drawn(schema: Any, tmp_path: Path) -> None:
    """What is drawn for a parameter with brackets has objects and arrays in it, and is valid."""
    parameter = {"name": "p", "in": "query", "required": True, "schema": schema, **DEEP}
    api = described(tmp_path, _document("/x", {"parameters": [parameter]}))
    found = drawn(requests(api, "do"), 60)
    assert all(api.check_request(each).ok for each in found)
    assert any("%5B1%5D" in each.url for each in found)


@pytest.mark.parametrize("style", ["spaceDelimited", "pipeDelimited"])
def test_a_style_that_is_not_defined_is_told(style: str, tmp_path: Path) -> None:
    """Where OpenAPI does not say how a value is written, no message can be drawn: it is said so."""
    said = {"required": True, "schema": PAIR, "style": style, "explode": True}
    parameter = {"name": "p", "in": "query", **said}
    api = described(tmp_path, _document("/x", {"parameters": [parameter]}))
    with pytest.raises(Unsatisfiable, match="nothing that it takes can be written as a text"):
        requests(api, "do")


# -- forms ---------------------------------------------------------------------------------------

CHARGE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "amount": INTEGER,
        "expand": {"type": "array", "items": TEXT},
        "metadata": {
            "anyOf": [
                {"type": "object", "additionalProperties": TEXT},
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
    answer = {"200": {"description": "Done", "content": body["content"]}}
    return described(folder, _document("/x", {"requestBody": body, "responses": answer}))


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
    """A form has objects and arrays in brackets, whether its encoding says so or its schema."""
    api = _sending(tmp_path, FORM, CHARGE, encoding=encoding)
    assert [each.pointer for each in _post(api, FORM, body)] == pointers


@pytest.mark.parametrize("kind", [FORM, PARTS])
def test_forms_with_brackets_are_drawn(kind: str, tmp_path: Path) -> None:
    """Forms that are drawn use brackets, are valid, and are what clients could send."""
    api = _sending(tmp_path, kind, CHARGE, encoding=ENCODING)
    found = drawn(requests(api, "send"), 60)
    assert all(api.check_request(each).ok for each in found)
    bodies = b"".join(each.body or b"" for each in found)
    assert (b"items%5B0%5D%5Ba%5D" if kind == FORM else b"items[0][a]") in bodies


def test_brackets_within_brackets_have_an_end() -> None:
    """A name with thousands of brackets is a name like any other."""
    name = "a" + "[b]" * 5000
    shape = Shape(named={"a": Shape()}, others=Shape())
    assert read_form(f"{name}=1".encode(), FORM, shape) == {name: "1"}


PART = '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n{}\r\n--XX--\r\n'
SCHEMA = {"type": "object", "properties": {"a": INTEGER, "é": TEXT}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (PARTS, PART.format(1), "no boundary"),
        (f"{PARTS}; boundary=", PART.format(1), "no boundary"),
        (f"{PARTS}; boundary=YY", PART.format(1), "none begins with the boundary"),
        (f"{PARTS}; boundary=XX", "garbage", "none begins with the boundary"),
        (f"{PARTS}; boundary=XX", PART.format(1)[:-8], "boundary that ends them is missing"),
        (f"{PARTS}; boundary=XX", PART.format(1).replace("name", "nam"), "part .* has no name"),
    ],
)
def test_parts_that_cannot_be_told_apart(kind: str, body: str, words: str, tmp_path: Path) -> None:
    """A body that is not in the parts that its media type says is one violation, at /body."""
    api = _sending(tmp_path, PARTS, SCHEMA)
    (violation,) = _post(api, kind, body)
    assert (violation.code, violation.pointer, violation.limit) == ("syntax", "/body", None)
    assert re.search(words, violation.message)
    headers = {"Content-Type": kind}
    answer = Message("POST", "https://h.invalid/x", headers, body, status=200)
    assert _told(api.check_response(answer)) == [("syntax", "/body")]


def test_a_boundary_that_a_client_was_kept_from_writing(tmp_path: Path) -> None:
    """Parts that requests sends under a Content-Type of one's own have no boundary: it is told."""
    api = _sending(tmp_path, PARTS, SCHEMA)
    asked = requests_client.Request("POST", "https://h.invalid/x", files={"a": (None, "1")})
    assert api.check_request(asked).ok
    asked.headers = {"Content-Type": PARTS}
    (violation,) = api.check_request(asked)
    assert "left to write the Content-Type itself" in violation.message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (PART.format(1), []),
        (PART.format("x"), [("type", "/body/a")]),
        (PART.format("x").replace('"a"', '"é"'), []),
        (PART.format("x").replace('name="a"', "name*=utf-8''%C3%A9"), []),
        ("--XX--\r\n", []),
    ],
)
def test_parts_are_read(body: str, told: list[tuple[str, str]], tmp_path: Path) -> None:
    """A part is named in any letters, and there may be none at all."""
    api = _sending(tmp_path, PARTS, SCHEMA)
    assert _told(_post(api, f'{PARTS}; boundary="XX"', body.encode())) == told
