"""Whole messages that are drawn: valid, written as the document asks for, broken in one limit."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests as requests_client
from hypothesis import find, settings, strategies as st

import fieldbound
from fieldbound import API, Message, UnknownName, Unsatisfiable
from fieldbound.coverage.limit_coverage import Coverage
from fieldbound.coverage.recorder import Recorder
from fieldbound.generation.http_strategies import Parts
from fieldbound.http.adapters import headers_of
from fieldbound.http.exchange import NamedSet, Texts
from fieldbound.http.serialize import Unwritable, write_set
from fieldbound.strategies import invalid_requests, requests, responses
from support.apis import described, with_paths
from support.examples import drawn
from support.parameter_styles import document as styles, parameters

VENDORS = ("axim-commerce", "fortellis", "oracle-cx-sales")
CREATE = "create-product-group"


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """Return what Hypothesis shrinks an example to."""
    return find(strategy, condition, settings=settings(database=None, derandomize=True))


def api_with(folder: Path, operation: dict[str, Any], path: str = "/things", **more: Any) -> API:
    """Return the API of a document with one operation, `do`."""
    responses = {"204": {"description": "Done"}}
    whole = {"operationId": "do", "responses": responses, **operation}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return described(folder, {**head, "paths": {path: {"post": whole}}, **more})


# -- valid -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", VENDORS)
def test_requests_are_valid_and_of_their_operation(vendor: str) -> None:
    """Every request that is drawn for an operation is one of it, and valid."""
    api = fieldbound.api(vendor)
    for operation in with_paths(vendor):
        for message in drawn(requests(api, operation), 10):
            assert message.status is None
            assert api.operation_of(message) == operation
            assert api.check_request(message).ok


@pytest.mark.parametrize("vendor", VENDORS)
def test_responses_are_valid(vendor: str) -> None:
    """Every response that is drawn for a status has that status, and is valid."""
    api = fieldbound.api(vendor)
    for operation in with_paths(vendor):
        statuses = api.statuses(operation)
        for status in statuses if vendor != "oracle-cx-sales" else statuses[:2]:
            for message in drawn(responses(api, operation, int(status)), 5):
                assert message.status == int(status)
                assert api.operation_of(message) == operation
                assert api.check_response(message).ok


def test_requests_reach_the_limits_of_each_part() -> None:
    """Of a hundred requests some stand at a limit of the body, of a header and of a parameter."""
    api = fieldbound.api("oracle-cx-sales")
    found = drawn(requests(api, CREATE))
    bodies = [json.loads(each.body) for each in found if each.body is not None]
    assert {0, 150} <= {len(each["InternalName"]) for each in bodies}
    sent = {headers_of(each.headers).get("upsert-mode") for each in found}
    assert sent == {None, "true", "false"}
    asked = [each.url for each in drawn(requests(api, "get-product-group"))]
    assert any("onlyData=true" in each for each in asked)
    assert any("onlyData=false" in each for each in asked)
    assert any("?" not in each for each in asked)
    numbers = {re.findall(r"setupSalesCatalogs/(-?\d+)", each)[0] for each in asked}
    assert {str(2**63 - 1), "0"} <= numbers


def test_requests_shrink_to_what_is_required() -> None:
    """The smallest request has nothing that is optional, and the simplest values."""
    api = fieldbound.api("oracle-cx-sales")
    found = smallest(requests(api, CREATE), lambda _: True)
    assert dict(found.headers).keys() == {"Authorization", "Content-Type"}
    assert json.loads(found.body) == {"ProdGroupName": "", "InternalName": ""}
    assert found.url == (
        "https://servername.fa.us2.oraclecloud.com/crmRestApi/resources/11.13.18.05/"
        "setupSalesCatalogs"
    )


@pytest.mark.parametrize("name", [name for name, _ in parameters()])
def test_every_style_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    """In each style values are drawn with their bounds, and are read as the values they are."""
    api = described(tmp_path, styles())
    found = drawn(requests(api, name), 60)
    (named,) = api.request_side(name).sets.values()
    values = [_read(api, name, named, each)["v"] for each in found]
    kind = name.rpartition("-")[2]
    if kind in ("integers", "texts"):
        assert {1, 3} <= set(map(len, values))
        kinds = {type(item) for each in values for item in each}
        assert kinds == {int if kind == "integers" else str}
    elif kind in ("object", "json"):
        assert 255 in {each.get("R") for each in values}
        assert {True, False} <= {each.get("on") for each in values}
        assert 4 in {len(each.get("name", "")) for each in values}
    elif kind == "text":
        assert {7, 1 if "path" in name else 0} <= set(map(len, values))
    else:
        assert {"integer": {-3, 0, 3}, "boolean": {True, False}}[kind] <= set(values)


def test_every_client_can_send_what_is_drawn(tmp_path: Path) -> None:
    """What httpx and requests make of a request that is drawn is the same request, and valid."""
    apis = [(described(tmp_path, styles()), [name for name, _ in parameters()])]
    apis += [(fieldbound.api(vendor), with_paths(vendor)) for vendor in VENDORS[:2]]
    for api, names in apis:
        for name in names:
            for each in drawn(requests(api, name), 5):
                body = each.body or None
                made = httpx.Request(each.method, each.url, headers=each.headers, content=body)
                assert api.check_request(made).ok, made.url
                asked = requests_client.Request(
                    each.method, each.url, headers=dict(each.headers), data=body
                )
                assert api.check_request(asked.prepare()).ok, asked.url


def test_a_path_that_is_another_operations_is_not_drawn(tmp_path: Path) -> None:
    """A parameter is never the name under which the path is that of another operation."""
    done = {"responses": {"204": {"description": "Done"}}}
    one = {"name": "id", "in": "path", "required": True, "schema": {"enum": ["all", "one"]}}
    api = described(
        tmp_path,
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {
                "/a/all": {"get": {"operationId": "all", **done}},
                "/a/{id}": {"get": {"operationId": "one", "parameters": [one], **done}},
            },
        },
    )
    assert {each.url for each in drawn(requests(api, "one"), 30)} == {"https://host.invalid/a/one"}


@pytest.mark.parametrize(
    ("servers", "start"),
    [
        ([{"url": "/v2/"}], "https://host.invalid/v2/things"),
        ([{"url": "//h.invalid:81/{x}"}], "https://h.invalid:81/x/things"),
        (
            [{"url": "{base}/v1", "variables": {"base": {"default": "http://a.invalid/b/"}}}],
            "http://a.invalid/b/v1/things",
        ),
        ([], "https://host.invalid/things"),
    ],
)
def test_the_url_is_of_the_first_server(servers: Any, start: str, tmp_path: Path) -> None:
    """The URL begins as the first server's, its variables at their defaults."""
    variables = {"variables": {"x": {"default": "x"}}}
    given = [each if "variables" in each else {**each, **variables} for each in servers]
    api = api_with(tmp_path, {}, servers=given)
    assert {each.url for each in drawn(requests(api, "do"), 5)} == {start}


# -- bodies ----------------------------------------------------------------------------------------

FORM = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 4},
        "size": {"type": "integer", "maximum": 9},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
    "additionalProperties": False,
}


KINDS = (
    "application/json",
    "application/x+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "*/*",
    "application/*",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("required", [True, False])
def test_a_body_is_of_a_documented_media_type(kind: str, required: bool, tmp_path: Path) -> None:
    """A body is valid in each media type; one that is optional is there, and is not."""
    body = {"required": required, "content": {kind: {"schema": FORM}}}
    api = api_with(tmp_path, {"requestBody": body})
    found = drawn(requests(api, "do"), 60)
    assert all(not api.check_request(each).not_checked for each in found)
    assert any(each.body is None for each in found) is not required
    types = {headers_of(each.headers)["content-type"] for each in found if each.body}
    concrete = kind if "*" not in kind else "application/json"
    assert {each.partition(";")[0] for each in types} == {concrete}
    if concrete.endswith("json"):
        named = [json.loads(each.body) for each in found if each.body]
        assert {0, 4} <= {len(each["name"]) for each in named}
        assert {None, 0, 2} <= {len(each["tags"]) if "tags" in each else None for each in named}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        ("text/plain", {"type": "string", "maxLength": 3}),
        ("text/*", {"type": "integer", "maximum": 9}),
        ("application/octet-stream", {}),
        ("application/pdf", None),
    ],
)
def test_a_body_that_is_no_json_is_drawn(kind: str, schema: Any, tmp_path: Path) -> None:
    """A text keeps its schema; what is not read here is of any bytes."""
    media = {} if schema is None else {"schema": schema}
    api = api_with(tmp_path, {"requestBody": {"required": True, "content": {kind: media}}})
    found = drawn(requests(api, "do"), 40)
    assert all(each.body for each in found)
    texts = [each.body.decode() for each in found] if kind.startswith("text") else []
    if kind == "text/plain":
        assert set(map(len, texts)) == {1, 2, 3}
    elif texts:
        assert "9" in texts


def test_a_body_that_is_not_documented_is_any_object() -> None:
    """Where the vendor does not document the body, it is some object, and that is said."""
    api = fieldbound.api("fortellis")
    found = [each for each in drawn(requests(api, "create-parts-groups"), 30) if each.body]
    assert found
    for each in found:
        assert isinstance(json.loads(each.body), dict)
        assert api.check_request(each).unspecified.keys() == {"/body"}


def test_several_media_types_are_all_drawn(tmp_path: Path) -> None:
    """Of several media types each is drawn."""
    content = {kind: {"schema": FORM} for kind in ("application/json", "multipart/form-data")}
    api = api_with(tmp_path, {"requestBody": {"required": True, "content": content}})
    found = drawn(requests(api, "do"), 30)
    kinds = {headers_of(each.headers)["content-type"].partition(";")[0] for each in found}
    assert kinds == content.keys()


# -- statuses --------------------------------------------------------------------------------------


def answering(folder: Path) -> API:
    """Return an API whose responses are named by a status, by a range, and by neither."""
    made = {"description": "Made", "content": {"application/json": {"schema": FORM}}}
    headers = {"X-Count": {"required": True, "schema": {"type": "integer", "maximum": 7}}}
    named = {"201": made, "2XX": {"description": "Fine", "headers": headers}, "304": made}
    return api_with(folder, {"responses": {**named, "default": {"description": "Else"}}})


@pytest.mark.parametrize(
    ("status", "expected"),
    [(201, {201}), (204, {204}), (299, {299}), (404, {404}), ("201", {201}), (304, {304})],
)
def test_a_status_is_found_as_the_document_names_it(
    status: int | str, expected: set[int], tmp_path: Path
) -> None:
    """A status is one that is named, or in a range, or none of those."""
    api = answering(tmp_path)
    found = drawn(responses(api, "do", status), 20)
    assert {each.status for each in found} == expected
    assert all(api.check_response(each).ok for each in found)
    assert all(bool(each.body) is (status in (201, "201")) for each in found)


def test_a_range_is_drawn_from(tmp_path: Path) -> None:
    """The name of a range stands for its statuses, but for those with a response of their own."""
    api = answering(tmp_path)
    ranged = {each.status for each in drawn(responses(api, "do", "2XX"), 60)}
    assert len(ranged) > 5
    assert ranged <= {*range(200, 300)} - {201}
    others = {each.status for each in drawn(responses(api, "do", "default"), 60)}
    assert others.isdisjoint({*range(200, 300), 304})


def test_headers_of_responses_reach_their_limits(tmp_path: Path) -> None:
    """Headers of responses are drawn as those of requests are."""
    found = drawn(responses(answering(tmp_path), "do", 200), 40)
    assert {"0", "7"} <= {headers_of(each.headers)["x-count"] for each in found}


# -- what cannot be --------------------------------------------------------------------------------


def test_what_is_not_there_is_told() -> None:
    """An operation or a status that is not there is told with the closest; so is what is no API."""
    api = fieldbound.api("axim-commerce")
    with pytest.raises(UnknownName, match="named 'createCompani'; the closest: create-company"):
        requests(api, "createCompani")
    with pytest.raises(UnknownName, match="create-company has no response of status 201"):
        responses(api, "createCompany", 201)
    with pytest.raises(TypeError, match="api is a str, but must be an API"):
        requests("axim-commerce", "create-company")  # type: ignore[arg-type]


def test_an_operation_without_a_path_has_no_messages() -> None:
    """Of an operation whose path is not documented no message can be made, and that is said."""
    api = fieldbound.api("fortellis")
    for make in (requests, invalid_requests, lambda *given: responses(*given, 200)):
        with pytest.raises(ValueError, match="of delete-parts-group can be made: its path is not"):
            make(api, "delete-parts-group")


@pytest.mark.parametrize(
    ("place", "schema"),
    [("header", {"enum": ["é"]}), ("header", {"const": " x"}), ("path", {"maxLength": 0})],
)
def test_what_cannot_be_written_is_told(place: str, schema: Any, tmp_path: Path) -> None:
    """Where no value of a parameter can be written, the strategy says so at once."""
    named = {"name": "v", "in": place, "required": True, "schema": {"type": "string", **schema}}
    path = "/things/{v}" if place == "path" else "/things"
    api = api_with(tmp_path, {"parameters": [named]}, path)
    with pytest.raises(Unsatisfiable, match="nothing that it takes can be written as a text"):
        requests(api, "do")


def test_what_is_drawn_is_not_counted() -> None:
    """A message that is drawn reaches no limit of the user's tests, until they check it."""
    coverage = Coverage()
    recorder = Recorder(coverage)
    api = fieldbound.api("axim-commerce")
    strategy = requests(api, "create-company")
    recorder.install()
    try:
        found = drawn(strategy, 5)
        before = coverage.total
        api.check_request(found[-1])
    finally:
        recorder.uninstall()
    assert before == 0
    assert coverage.total > 0
    assert not recorder.failures


# -- one limit broken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "operation", "parts"),
    [
        ("oracle-cx-sales", "update-product-group", {"headers", "path", "body"}),
        ("oracle-cx-sales", "list-product-groups", {"headers", "query"}),
        ("axim-commerce", "list-company-groups", {"headers", "query"}),
        ("fortellis", "query-parts-groups", {"headers", "query"}),
    ],
)
def test_a_breach_is_of_one_limit(vendor: str, operation: str, parts: set[str]) -> None:
    """An invalid request breaks one limit and no other, in any of its parts."""
    api = fieldbound.api(vendor)
    found = drawn(invalid_requests(api, operation), 60)
    for each in found:
        (violation,) = api.check_request(each.instance)
        assert violation == each.violation
        assert violation.limit == each.limit
        assert api.operation_of(each.instance) == operation
    assert {each.violation.pointer.split("/")[1] for each in found} == parts


def test_what_no_text_breaks_is_told(tmp_path: Path) -> None:
    """Where no limit of a request can be broken by what can be written, that is said."""
    named = {"name": "v", "in": "path", "required": True, "schema": {"type": "string"}}
    api = api_with(tmp_path, {"parameters": [named]}, "/things/{v}")
    with pytest.raises(Unsatisfiable, match="no limit was found that a text breaks"):
        drawn(invalid_requests(api, "do"), 5)
    with pytest.raises(Unsatisfiable, match="it has no limit that could be broken"):
        invalid_requests(api_with(tmp_path, {}), "do")


def _texts(api: API, operation: str, message: Message) -> Texts:
    """Return what a message says beside its body."""
    names = re.findall(r"{([^{}]*)}", api.address(operation))
    path, _, query = message.url.partition("?")
    pattern = re.sub(r"\\{[^{}]*\\}", "([^/]*)", re.escape(api.address(operation)))
    found = re.fullmatch(pattern, path)
    assert found is not None
    values = dict(zip(names, found.groups(), strict=True))
    return Texts(headers_of(message.headers), message.headers, query, values)


def _read(api: API, operation: str, named: NamedSet, message: Message) -> Any:
    return named.read(_texts(api, operation, message))


def _put(api: API, operation: str, base: Message, named: NamedSet, instance: Any) -> Message:
    """Return a message with other headers, cookies or parameters. Raises Unwritable."""
    pairs = write_set(named.parameters, named.place, instance)
    if named.place in ("header", "cookie"):
        known = named.known if named.place == "header" else {"cookie"}
        kept = [pair for pair in base.headers if pair[0].lower() not in known]
        cookie = "; ".join(f"{name}={text}" for name, text in pairs)
        new = pairs if named.place == "header" else [("Cookie", cookie)] if pairs else []
        return replace(base, headers=[*kept, *new])
    path, _, query = base.url.partition("?")
    if named.place == "query":
        query = "&".join(f"{name}={text}" for name, text in pairs)
    else:
        path = re.sub(r"{([^{}]*)}", lambda name: dict(pairs)[name[1]], api.address(operation))
    return replace(base, url=f"{path}?{query}" if query else path)


def _broken(api: API, operations: list[str]) -> Iterator[str | None]:
    """Yield of each certified breach of a set of names why it cannot be sent, None where it can.

    Asserts of the others that they are refused for their limit alone, at their place.
    """
    seen = set()
    for operation in operations:
        base = drawn(requests(api, operation), 1)[0]
        side = api.request_side(operation)
        simple = drawn(st.fixed_dictionaries(Parts(side).sets), 1)[0]
        for at, named in side.sets.items():
            alike = (at, tuple((each.name, each.shape.kinds) for each in named.parameters))
            if alike in seen and named.contract.name.startswith("oracle"):
                continue
            seen.add(alike)
            for case in fieldbound.cases(named.contract):
                yield _sent(api, operation, (at, named, simple[at]), base, case)


def _sent(api: API, operation: str, part: Any, base: Message, case: Any) -> str | None:
    at, named, simple = part
    if case.violation is None:
        return f"{case.limit.keyword}: none is certified"
    broken = case.invalid
    if isinstance(broken, dict):  # beside what is broken stands what can be written
        wrong = case.violation.pointer.split("/")[1] if case.violation.pointer else None
        others = {name: value for name, value in simple.items() if name != wrong}
        added = {name: broken[name] for name in broken if name == wrong or name not in simple}
        broken = {**others, **added} if wrong else broken
    try:
        message = _put(api, operation, base, named, broken)
    except Unwritable as error:
        return f"{case.limit.keyword}: {error}"
    read = _read(api, operation, named, message)
    if (
        named.contract.is_valid(read)
        or named.contract.check(read).violations[0].limit != case.limit
    ):
        return f"{case.limit.keyword}: a text has no type of its own"
    (violation,) = api.check_request(message)
    assert case.limit in (violation.limit, *violation.also), case
    assert violation.pointer == at + case.violation.pointer
    return None


#: How many certified breaches are sent and refused, and why others cannot be sent: they break a
#: limit as values, but stand for nothing that a URL or a header can hold.
_NO_TYPE = "type: a text has no type of its own"  # "5" for a string, which a text is anyway
_NO_SET = "type: names have values"  # null in place of all headers
_ANOTHER = "type: it would be read as another value"  # a list where a text is read as it is
_NO_PARTS = "type: it has parts within parts"
_TEMPLATE = "a path has the parameters of its template, all of them"
_NO_PATH = "type: a path has no such text"  # none at all
_NO_HEADER = "a header has no such text"  # letters that are not of ASCII, blanks around it
SENT: dict[str, dict[str | None, int]] = {
    "axim-commerce": {
        None: 102,
        _NO_TYPE: 78,
        _NO_SET: 90,
        _ANOTHER: 32,
        _NO_PATH: 10,
        f"pattern: {_NO_HEADER}": 20,
        f"additionalProperties: {_TEMPLATE}": 23,
        f"required: {_TEMPLATE}": 5,
    },
    "fortellis": {None: 74, _NO_TYPE: 102, _NO_SET: 24, _ANOTHER: 54},
    "oracle-cx-sales": {
        None: 406,
        _NO_TYPE: 120,
        _NO_SET: 78,
        _ANOTHER: 58,
        _NO_PATH: 34,
        f"enum: {_NO_HEADER}": 4,
        f"pattern: {_NO_HEADER}": 15,
        f"additionalProperties: {_TEMPLATE}": 58,
        f"required: {_TEMPLATE}": 17,
    },
    "styles": {
        None: 1787,
        _NO_TYPE: 203,
        _NO_SET: 498,
        _ANOTHER: 240,
        _NO_PARTS: 140,
        _NO_PATH: 52,
        f"maxLength: {_NO_HEADER}": 48,
        "maxLength: a cookie has no such text": 48,
        "maxLength: it would be read as another value": 2,  # a space or a bar that parts items
        "additionalProperties: it would be read as another value": 14,  # spread, it stands alone
        f"additionalProperties: {_TEMPLATE}": 175,
        f"required: {_TEMPLATE}": 37,
    },
}


@pytest.mark.parametrize("vendor", SENT)
def test_every_certified_breach_is_refused_at_its_place(vendor: str, tmp_path: Path) -> None:
    """Each breach of a header, a parameter or a cookie is refused and where, or cannot be sent."""
    if vendor == "styles":
        api, operations = described(tmp_path, styles()), [name for name, _ in parameters()]
    else:
        api, operations = fieldbound.api(vendor), with_paths(vendor)
    assert Counter(_broken(api, operations)) == SENT[vendor]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_undocumented_status_is_refused(vendor: str) -> None:
    """A status that is not documented is refused at /status, whatever comes with it."""
    api = fieldbound.api(vendor)
    for operation in with_paths(vendor)[:12]:
        statuses = api.statuses(operation)
        answer = drawn(responses(api, operation, int(statuses[0])), 1)[0]
        for status in {*range(200, 210), *range(400, 420), 302, 500, 503} - {*map(int, statuses)}:
            (violation,) = api.check_response(replace(answer, status=status))
            assert (violation.pointer, violation.code) == ("/status", "enum")
            assert violation.limit.value == [int(each) for each in statuses]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "text/html; charset=utf-8", "application/xml", None]
)
def test_every_wrong_media_type_is_refused(vendor: str, kind: str | None) -> None:
    """A body under another media type, or none, is refused at /headers/Content-Type, once."""
    api = fieldbound.api(vendor)
    for operation in with_paths(vendor):
        asked = drawn(requests(api, operation), 5)
        message = next((each for each in asked if each.body), None)
        others = [each for each in message.headers if each[0] != "Content-Type"] if message else []
        if message is not None:
            headers = [*others, *([("Content-Type", kind)] if kind else [])]
            (violation,) = api.check_request(replace(message, headers=headers))
            assert violation.pointer == "/headers/Content-Type"
            assert violation.code == ("enum" if kind else "required")


@pytest.mark.parametrize("vendor", VENDORS)
def test_certified_breaches_of_the_headers_of_responses(vendor: str) -> None:
    """A header of a response that is wrong or not there is refused at its place."""
    api = fieldbound.api(vendor)
    count = 0
    for operation in with_paths(vendor)[:4]:
        for status in api.statuses(operation)[:2]:
            side, _, _ = api.response_side(operation, status)
            named = side.sets.get("/headers")
            answer = drawn(responses(api, operation, int(status)), 1)[0]
            for case in fieldbound.cases(named.contract) if named else ():
                with suppress(Unwritable):
                    message = _put(api, operation, answer, named, case.invalid)
                    report = api.check_response(message)
                    if not named.contract.is_valid(named.read(Texts(headers_of(message.headers)))):
                        assert [each.pointer for each in report] == [
                            f"/headers{case.violation.pointer}"
                        ]
                        count += 1
    assert (count > 0) is (vendor == "oracle-cx-sales")
