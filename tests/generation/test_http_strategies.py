"""Strategies for HTTP messages: valid, serialized as documented, or breaking one limit."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
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
from fieldbound.generation.http_strategies import MessageStrategies
from fieldbound.http.adapters import headers_of
from fieldbound.http.exchange import MessageHead, ParameterSet
from fieldbound.http.serialize import Unserializable, serialize_parameters
from fieldbound.strategies import invalid_requests, requests, responses
from support.apis import api_of_document, operations_with_path
from support.effort import is_thorough, sampled
from support.examples import drawn
from support.parameter_styles import document as styles, parameters

VENDORS = ("axim-commerce", "fortellis", "oracle-cx-sales")
CREATE = "create-product-group"


#: The API of a vendor: what it compiles of an operation serves all tests.
vendor_api = cache(fieldbound.api)


def smallest(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool]) -> Any:
    """Return the example that Hypothesis shrinks to."""
    return find(strategy, condition, settings=settings(database=None, derandomize=True))


def api_with(folder: Path, operation: dict[str, Any], path: str = "/things", **more: Any) -> API:
    """Return an API with one operation, `do`."""
    responses = {"204": {"description": "Done"}}
    full = {"operationId": "do", "responses": responses, **operation}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return api_of_document(folder, {**head, "paths": {path: {"post": full}}, **more})


# -- valid -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", VENDORS)
def test_requests_are_valid_and_of_their_operation(vendor: str) -> None:
    """Every request drawn for an operation is routed to it, and valid."""
    api = vendor_api(vendor)
    for operation in sampled(operations_with_path(vendor)):
        for message in drawn(requests(api, operation), 10):
            assert message.status is None
            assert api.operation_of(message) == operation
            assert api.check_request(message).ok


@pytest.mark.parametrize("vendor", VENDORS)
def test_responses_are_valid(vendor: str) -> None:
    """Every response drawn for a status has that status, and is valid."""
    api = vendor_api(vendor)
    for operation in sampled(operations_with_path(vendor)):
        statuses = api.statuses(operation)
        for status in statuses if vendor != "oracle-cx-sales" else statuses[:2]:
            for message in drawn(responses(api, operation, int(status)), 5):
                assert message.status == int(status)
                assert api.operation_of(message) == operation
                assert api.check_response(message).ok


def test_requests_cover_the_limits_of_each_part() -> None:
    """Some hundred requests cover limits of the body, of a header and of a parameter."""
    api = vendor_api("oracle-cx-sales")
    found = drawn(requests(api, CREATE))
    bodies = [json.loads(each.body) for each in found if each.body is not None]
    assert {0, 150} <= {len(each["InternalName"]) for each in bodies}
    sent = {headers_of(each.headers).get("upsert-mode") for each in found}
    assert sent == {None, "true", "false"}
    urls = [each.url for each in drawn(requests(api, "get-product-group"), 300)]
    assert any("onlyData=true" in each for each in urls)
    assert any("onlyData=false" in each for each in urls)
    assert any("?" not in each for each in urls)
    numbers = {re.findall(r"setupSalesCatalogs/(-?\d+)", each)[0] for each in urls}
    assert {str(10**18 - 1), "0"} <= numbers


def test_requests_shrink_to_the_required_parts() -> None:
    """The smallest request has nothing optional, and the simplest values."""
    api = vendor_api("oracle-cx-sales")
    found = smallest(requests(api, CREATE), lambda _: True)
    assert dict(found.headers).keys() == {"Authorization", "Content-Type"}
    assert json.loads(found.body) == {"ProdGroupName": "", "InternalName": ""}
    assert found.url == (
        "https://servername.fa.us2.oraclecloud.com/crmRestApi/resources/11.13.18.05/"
        "setupSalesCatalogs"
    )


STYLES: dict[str, list[str]] = {}
for _name, _ in parameters():
    STYLES.setdefault(_name.rpartition("-")[0], []).append(_name)
#: One parameter of each style, of another type each time: the others are tried in thorough runs.
QUICK_STYLES = {names[at % len(names)] for at, names in enumerate(STYLES.values())}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK_STYLES else [pytest.mark.thorough])
        for name, _ in parameters()
    ],
)
def test_every_style_is_parsed_as_it_was_serialized(name: str, tmp_path: Path) -> None:
    """In each style the values reach their bounds, and are parsed with their types."""
    api = api_of_document(tmp_path, styles())
    found = drawn(requests(api, name), 60)
    (named,) = api.request_spec(name).parameter_sets.values()
    values = [_parse(api, name, named, each)["v"] for each in found]
    schema_name = name.rpartition("-")[2]
    if schema_name in ("integers", "texts"):
        assert {1, 3} <= set(map(len, values))
        item_types = {type(item) for each in values for item in each}
        assert item_types == {int if schema_name == "integers" else str}
    elif schema_name in ("object", "json"):
        assert 255 in {each.get("R") for each in values}
        assert {True, False} <= {each.get("on") for each in values}
        assert 4 in {len(each.get("name", "")) for each in values}
    elif schema_name == "text":
        assert {7, 1 if "path" in name else 0} <= set(map(len, values))
    else:
        assert {"integer": {-3, 0, 3}, "boolean": {True, False}}[schema_name] <= set(values)


def test_every_client_can_send_the_requests(tmp_path: Path) -> None:
    """A drawn request is still valid when httpx and requests have prepared it."""
    apis = [(api_of_document(tmp_path, styles()), [name for name, _ in parameters()])]
    apis += [(vendor_api(vendor), operations_with_path(vendor)) for vendor in VENDORS[:2]]
    for api, names in apis:
        for name in sampled(names):
            for each in drawn(requests(api, name), 5):
                body = each.body or None
                prepared = httpx.Request(each.method, each.url, headers=each.headers, content=body)
                assert api.check_request(prepared).ok, prepared.url
                request = requests_client.Request(
                    each.method, each.url, headers=dict(each.headers), data=body
                )
                assert api.check_request(request.prepare()).ok, request.url


def test_a_path_of_another_operation_is_not_drawn(tmp_path: Path) -> None:
    """A path parameter never has a value with which the path is that of another operation."""
    done = {"responses": {"204": {"description": "Done"}}}
    one = {"name": "id", "in": "path", "required": True, "schema": {"enum": ["all", "one"]}}
    api = api_of_document(
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
def test_the_url_is_that_of_the_first_server(servers: Any, start: str, tmp_path: Path) -> None:
    """The URL begins with that of the first server, with the defaults of its variables."""
    variables = {"variables": {"x": {"default": "x"}}}
    with_defaults = [each if "variables" in each else {**each, **variables} for each in servers]
    api = api_with(tmp_path, {}, servers=with_defaults)
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


MEDIA_TYPES = (
    "application/json",
    "application/x+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "*/*",
    "application/*",
)


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("required", [pytest.param(True, marks=pytest.mark.thorough), False])
def test_a_body_has_a_documented_media_type(
    media_type: str, required: bool, tmp_path: Path
) -> None:
    """A body is valid in each media type; an optional one is present and absent."""
    body = {"required": required, "content": {media_type: {"schema": FORM}}}
    api = api_with(tmp_path, {"requestBody": body})
    found = drawn(requests(api, "do"), 60 if is_thorough() else 40)
    assert all(not api.check_request(each).not_checked for each in found)
    assert any(each.body is None for each in found) is not required
    types = {headers_of(each.headers)["content-type"] for each in found if each.body}
    concrete = media_type if "*" not in media_type else "application/json"
    assert {each.partition(";")[0] for each in types} == {concrete}
    if concrete.endswith("json"):
        named = [json.loads(each.body) for each in found if each.body]
        assert {0, 4} <= {len(each["name"]) for each in named}
        assert {None, 0, 2} <= {len(each["tags"]) if "tags" in each else None for each in named}


@pytest.mark.parametrize(
    ("media_type", "schema"),
    [
        ("text/plain", {"type": "string", "maxLength": 3}),
        ("text/*", {"type": "integer", "maximum": 9}),
        ("application/octet-stream", {}),
        ("application/pdf", None),
    ],
)
def test_a_body_that_is_not_json_is_drawn(media_type: str, schema: Any, tmp_path: Path) -> None:
    """A text body is valid for its schema; other media types have any bytes."""
    media = {} if schema is None else {"schema": schema}
    api = api_with(tmp_path, {"requestBody": {"required": True, "content": {media_type: media}}})
    found = drawn(requests(api, "do"), 60 if is_thorough() else 40)
    assert all(each.body for each in found)
    texts = [each.body.decode() for each in found] if media_type.startswith("text") else []
    if media_type == "text/plain":
        assert set(map(len, texts)) == {1, 2, 3}
    elif texts:
        assert "9" in texts


def test_an_undocumented_body_is_any_object() -> None:
    """A body that the vendor does not document is an object, and is reported as unspecified."""
    api = fieldbound.api("fortellis")
    found = [each for each in drawn(requests(api, "create-parts-groups"), 30) if each.body]
    assert found
    for each in found:
        assert isinstance(json.loads(each.body), dict)
        assert api.check_request(each).unspecified.keys() == {"/body"}


def test_all_media_types_are_drawn(tmp_path: Path) -> None:
    """Every documented media type is drawn."""
    content = {
        media_type: {"schema": FORM} for media_type in ("application/json", "multipart/form-data")
    }
    api = api_with(tmp_path, {"requestBody": {"required": True, "content": content}})
    found = drawn(requests(api, "do"), 30)
    media_types = {headers_of(each.headers)["content-type"].partition(";")[0] for each in found}
    assert media_types == content.keys()


def with_part_headers(folder: Path) -> API:
    """Return an API whose multipart bodies have parts with headers of their own."""
    headers = {
        "X-Part": {"required": True, "schema": {"enum": ["one", "two"]}},
        "X-Size": {"schema": {"type": "integer", "maximum": 7}},
    }
    encoding = {
        "name": {"contentType": "text/plain", "headers": headers},
        "tags": {"headers": {"X-Tag": {"required": True, "schema": {"maxLength": 3}}}},
    }
    content = {"multipart/form-data": {"schema": FORM, "encoding": encoding}}
    return api_with(folder, {"requestBody": {"required": True, "content": content}})


def test_parts_of_a_multipart_body_have_their_headers(tmp_path: Path) -> None:
    """A part has the headers that the document demands, with each of their values."""
    api = with_part_headers(tmp_path)
    found = drawn(requests(api, "do"), 60)
    assert all(api.check_request(each).ok for each in found)
    texts = [each.body.decode() for each in found]
    assert {text.count("X-Part: ") == text.count('name="name"') for text in texts} == {True}
    assert {text.count("X-Tag: ") == text.count('name="tags"') for text in texts} == {True}
    sent = [re.findall(r"(X-\w+): (.*)\r", text) for text in texts]
    values = {pair for each in sent for pair in each}
    assert {("X-Part", "one"), ("X-Part", "two"), ("X-Size", "7")} <= values
    assert any("X-Size" not in dict(each) for each in sent)


def test_a_multipart_body_breaks_one_limit_beside_its_headers(tmp_path: Path) -> None:
    """The headers of the parts are valid where a field is not."""
    api = with_part_headers(tmp_path)
    for breach in drawn(invalid_requests(api, "do"), 30):
        assert [each.limit for each in api.check_request(breach.instance)] == [breach.limit]


# -- statuses --------------------------------------------------------------------------------------


def answering(folder: Path) -> API:
    """Return an API with responses for a status code, for a range, and by default."""
    created = {"description": "Created", "content": {"application/json": {"schema": FORM}}}
    headers = {"X-Count": {"required": True, "schema": {"type": "integer", "maximum": 7}}}
    named = {"201": created, "2XX": {"description": "Fine", "headers": headers}, "304": created}
    return api_with(folder, {"responses": {**named, "default": {"description": "Else"}}})


@pytest.mark.parametrize(
    ("status", "expected"),
    [(201, {201}), (204, {204}), (299, {299}), (404, {404}), ("201", {201}), (304, {304})],
)
def test_a_status_is_looked_up_by_code_range_and_default(
    status: int | str, expected: set[int], tmp_path: Path
) -> None:
    """A status is documented by itself, by a range, or by default."""
    api = answering(tmp_path)
    found = drawn(responses(api, "do", status), 20)
    assert {each.status for each in found} == expected
    assert all(api.check_response(each).ok for each in found)
    assert all(bool(each.body) is (status in (201, "201")) for each in found)


def test_status_codes_of_a_range_are_drawn(tmp_path: Path) -> None:
    """A range draws its status codes, except those with a response of their own."""
    api = answering(tmp_path)
    ranged = {each.status for each in drawn(responses(api, "do", "2XX"), 60)}
    assert len(ranged) > 5
    assert ranged <= {*range(200, 300)} - {201}
    others = {each.status for each in drawn(responses(api, "do", "default"), 60)}
    assert others.isdisjoint({*range(200, 300), 304})


def test_response_headers_cover_their_limits(tmp_path: Path) -> None:
    """Response headers are drawn like those of requests."""
    found = drawn(responses(answering(tmp_path), "do", 200), 40)
    assert {"0", "7"} <= {headers_of(each.headers)["x-count"] for each in found}


# -- errors ----------------------------------------------------------------------------------------


def test_unknown_names_raise_with_suggestions() -> None:
    """An unknown operation or status raises with suggestions; so does what is not an API."""
    api = fieldbound.api("axim-commerce")
    with pytest.raises(UnknownName, match="'createCompani'; did you mean create-company"):
        requests(api, "createCompani")
    with pytest.raises(UnknownName, match="create-company has no response of status 201"):
        responses(api, "createCompany", 201)
    with pytest.raises(TypeError, match="api is a str, but must be an API"):
        requests("axim-commerce", "create-company")  # type: ignore[arg-type]


def test_an_operation_without_a_path_raises() -> None:
    """An operation with an undocumented path has no messages."""
    api = fieldbound.api("fortellis")
    for make in (requests, invalid_requests, lambda *given: responses(*given, 200)):
        with pytest.raises(ValueError, match="generated for delete-parts-group: undocumented path"):
            make(api, "delete-parts-group")


@pytest.mark.parametrize(
    ("place", "schema"),
    [("header", {"enum": ["é"]}), ("header", {"const": " x"}), ("path", {"maxLength": 0})],
)
def test_an_unserializable_parameter_raises(place: str, schema: Any, tmp_path: Path) -> None:
    """A parameter without any serializable value raises at once."""
    named = {"name": "v", "in": place, "required": True, "schema": {"type": "string", **schema}}
    path = "/things/{v}" if place == "path" else "/things"
    api = api_with(tmp_path, {"parameters": [named]}, path)
    with pytest.raises(Unsatisfiable, match="no valid value can be serialized"):
        requests(api, "do")


def test_drawing_is_not_counted() -> None:
    """Drawing a message does not count for limit coverage; checking it does."""
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


# -- invalid requests ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "operation", "parts"),
    [
        ("oracle-cx-sales", "update-product-group", {"headers", "path", "body"}),
        pytest.param(
            *("oracle-cx-sales", "list-product-groups", {"headers", "query"}),
            marks=pytest.mark.thorough,
        ),
        ("axim-commerce", "list-company-groups", {"headers", "query"}),
        ("fortellis", "query-parts-groups", {"headers", "query"}),
    ],
)
def test_a_breach_breaks_one_limit(vendor: str, operation: str, parts: set[str]) -> None:
    """An invalid request breaks one limit and no other, in any of its parts."""
    api = vendor_api(vendor)
    found = drawn(invalid_requests(api, operation), 60 if is_thorough() else 30)
    for each in found:
        (violation,) = api.check_request(each.instance)
        assert violation == each.violation
        assert violation.limit == each.limit
        assert api.operation_of(each.instance) == operation
    assert {each.violation.pointer.split("/")[1] for each in found} == parts


def test_a_request_without_breakable_limits_raises(tmp_path: Path) -> None:
    """A request whose limits cannot be broken by serialized values, or without limits, raises."""
    named = {"name": "v", "in": "path", "required": True, "schema": {"type": "string"}}
    api = api_with(tmp_path, {"parameters": [named]}, "/things/{v}")
    with pytest.raises(Unsatisfiable, match="no limit can be broken by a serialized value"):
        drawn(invalid_requests(api, "do"), 5)
    with pytest.raises(Unsatisfiable, match="the request has no limits"):
        invalid_requests(api_with(tmp_path, {}), "do")


def _head(api: API, operation: str, message: Message) -> MessageHead:
    """Return the headers, query and path parameters of a message."""
    names = re.findall(r"{([^{}]*)}", api.url_template(operation))
    path, _, query = message.url.partition("?")
    pattern = re.sub(r"\\{[^{}]*\\}", "([^/]*)", re.escape(api.url_template(operation)))
    found = re.fullmatch(pattern, path)
    assert found is not None
    values = dict(zip(names, found.groups(), strict=True))
    return MessageHead(headers_of(message.headers), message.headers, query, values)


def _parse(api: API, operation: str, named: ParameterSet, message: Message) -> Any:
    return named.parse(_head(api, operation, message))


def _with_parameters(
    api: API, operation: str, base: Message, named: ParameterSet, instance: Any
) -> Message:
    """Return a message with other headers, cookies or parameters. Raises Unserializable."""
    pairs = serialize_parameters(named.parameters, named.location, instance)
    if named.location in ("header", "cookie"):
        known = named.known if named.location == "header" else {"cookie"}
        remaining = [pair for pair in base.headers if pair[0].lower() not in known]
        cookie = "; ".join(f"{name}={text}" for name, text in pairs)
        new = pairs if named.location == "header" else [("Cookie", cookie)] if pairs else []
        return replace(base, headers=[*remaining, *new])
    path, _, query = base.url.partition("?")
    if named.location == "query":
        query = "&".join(f"{name}={text}" for name, text in pairs)
    else:
        path = re.sub(r"{([^{}]*)}", lambda name: dict(pairs)[name[1]], api.url_template(operation))
    return replace(base, url=f"{path}?{query}" if query else path)


def _broken(api: API, operations: list[str]) -> Iterator[str | None]:
    """Yield for each case of a set of parameters why it cannot be sent, None if it can.

    Asserts that the ones sent are reported for their limit, at the right pointer.
    """
    seen = set()
    for operation in operations:
        base = drawn(requests(api, operation), 1)[0]
        spec = api.request_spec(operation)
        simple = drawn(st.fixed_dictionaries(MessageStrategies(spec).parameter_sets), 1)[0]
        for at, named in spec.parameter_sets.items():
            key = (at, tuple((each.name, each.coercion.types) for each in named.parameters))
            if key in seen and named.contract.name.startswith("oracle"):
                continue
            seen.add(key)
            for case in fieldbound.cases(named.contract):
                yield _sent(api, operation, (at, named, simple[at]), base, case)


def _sent(api: API, operation: str, part: Any, base: Message, case: Any) -> str | None:
    at, named, simple = part
    if case.violation is None:
        return f"{case.limit.keyword}: no invalid instance"
    broken = case.invalid
    if isinstance(broken, dict):  # the other properties must be serializable
        invalid = case.violation.pointer.split("/")[1] if case.violation.pointer else None
        others = {name: value for name, value in simple.items() if name != invalid}
        added = {name: broken[name] for name in broken if name == invalid or name not in simple}
        broken = {**others, **added} if invalid else broken
    try:
        message = _with_parameters(api, operation, base, named, broken)
    except Unserializable as error:
        return f"{case.limit.keyword}: {error}"
    parsed = _parse(api, operation, named, message)
    if (
        named.contract.is_valid(parsed)
        or named.contract.check(parsed).violations[0].limit != case.limit
    ):
        return f"{case.limit.keyword}: a serialized value has no type"
    (violation,) = api.check_request(message)
    assert case.limit in (violation.limit, *violation.also), case
    assert violation.pointer == at + case.violation.pointer
    return None


#: How many invalid parameters are sent and reported, and why the others cannot be sent: there is
#: no serialization of the invalid value.
_NO_TYPE = "type: a serialized value has no type"  # such as 5 for a string
_NO_SET = "type: not an object"  # null instead of the headers
_ANOTHER = "type: it would be deserialized to another value"  # a list for a string
_NO_PARTS = "type: it is nested"
_TEMPLATE = "a path has exactly the parameters of its template"
_NO_PATH = "type: invalid characters in a path"  # the empty string
_NO_HEADER = "invalid characters in a header"  # not ASCII, or surrounding whitespace
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
        None: 394,
        _NO_TYPE: 120,
        _NO_SET: 78,
        _ANOTHER: 58,
        _NO_PATH: 34,
        f"enum: {_NO_HEADER}": 31,
        "multipleOf: no invalid instance": 145,  # of int64, beside the type integer of a reference
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
        "maxLength: invalid characters in a cookie": 48,
        "maxLength: it would be deserialized to another value": 2,  # a delimiter in an item
        "additionalProperties: it would be deserialized to another value": 14,  # exploded
        f"additionalProperties: {_TEMPLATE}": 175,
        f"required: {_TEMPLATE}": 37,
    },
}


@pytest.mark.parametrize(
    "vendor",
    [
        pytest.param(each, marks=[pytest.mark.thorough] if counts[None] > 200 else [])
        for each, counts in SENT.items()
    ],
)
def test_every_invalid_parameter_is_reported_at_its_pointer(vendor: str, tmp_path: Path) -> None:
    """Each invalid header, parameter or cookie is reported at its pointer, or cannot be sent."""
    if vendor == "styles":
        api, operations = api_of_document(tmp_path, styles()), [name for name, _ in parameters()]
    else:
        api, operations = vendor_api(vendor), operations_with_path(vendor)
    assert Counter(_broken(api, operations)) == SENT[vendor]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_undocumented_status_is_reported(vendor: str) -> None:
    """An undocumented status is a violation if asked for, whatever the rest of the response."""
    api = fieldbound.api(vendor, undocumented="fail")
    for operation in sampled(operations_with_path(vendor)[:12]):
        statuses = api.statuses(operation)
        answer = drawn(responses(api, operation, int(statuses[0])), 1)[0]
        for status in {*range(200, 210), *range(400, 420), 302, 500, 503} - {*map(int, statuses)}:
            (violation,) = api.check_response(replace(answer, status=status))
            assert (violation.pointer, violation.code) == ("/status", "enum")
            assert violation.limit.value == [int(each) for each in statuses]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_wrong_media_type_is_reported(vendor: str) -> None:
    """A body with another media type, or none, is reported once, at /headers/Content-Type."""
    api = vendor_api(vendor)
    with_body = [
        each
        for each in operations_with_path(vendor)
        if api.request_spec(each).has_documented_body and api.request_spec(each).media_types
    ]
    for operation in sampled(with_body):
        message = next(each for each in drawn(requests(api, operation), 20) if each.body)
        others = [each for each in message.headers if each[0] != "Content-Type"]
        for media_type in ("text/plain", "text/html; charset=utf-8", "application/xml", None):
            headers = [*others, *([("Content-Type", media_type)] if media_type else [])]
            (violation,) = api.check_request(replace(message, headers=headers))
            assert violation.pointer == "/headers/Content-Type"
            assert violation.code == ("enum" if media_type else "required")


@pytest.mark.parametrize("vendor", VENDORS)
def test_invalid_response_headers_are_reported(vendor: str) -> None:
    """An invalid or missing response header is reported at its pointer."""
    api = vendor_api(vendor)
    count = 0
    for operation in sampled(operations_with_path(vendor)[:4]):
        for status in api.statuses(operation)[:2]:
            spec, _, _ = api.response_spec(operation, status)
            named = spec.parameter_sets.get("/headers")
            answer = drawn(responses(api, operation, int(status)), 1)[0]
            for case in fieldbound.cases(named.contract) if named else ():
                with suppress(Unserializable):
                    message = _with_parameters(api, operation, answer, named, case.invalid)
                    report = api.check_response(message)
                    if not named.contract.is_valid(
                        named.parse(MessageHead(headers_of(message.headers)))
                    ):
                        assert [each.pointer for each in report] == [
                            f"/headers{case.violation.pointer}"
                        ]
                        count += 1
    assert (count > 0) is (vendor == "oracle-cx-sales")
