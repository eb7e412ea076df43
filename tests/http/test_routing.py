"""Routing: which operation a path belongs to, and what an unknown path is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fieldbound import API, Message
from fieldbound.http import headers_of
from fieldbound.http.routing import Match, Router
from fieldbound.http.unknown_paths import PathSuggestions
from fieldbound.openapi import Operation, SpecNode
from support.apis import api_of_document
from support.growth import LINEAR, steps

INTEGER = {"type": "integer"}
UUID = {"type": "string", "format": "uuid"}
STRING = {"type": "string"}


def _operation(operation_id: str, responses: Any = None, **schemas: Any) -> dict[str, Any]:
    parameters = [
        {"name": each, "in": "path", "required": True, "schema": schema}
        for each, schema in schemas.items()
    ]
    found = responses or {"200": {"description": ""}}
    return {"get": {"operationId": operation_id, "parameters": parameters, "responses": found}}


def _api(folder: Path, **paths: Any) -> API:
    info = {"title": "a", "version": "1"}
    return api_of_document(folder, {"openapi": "3.1.0", "info": info, **paths})


def _get(path: str) -> Message:
    return Message("GET", f"https://h.invalid{path}")


def _names(api: API, *paths: str) -> list[str | None]:
    return [api.operation_of(_get(each)) for each in paths]


# -- several templates ---------------------------------------------------------------------------


def test_the_template_whose_parameters_are_valid(tmp_path: Path) -> None:
    """Of two templates that match one path, the one whose parameters are valid is used."""
    paths = {
        "/o/{id}": _operation("by-id", id=UUID),
        "/o/{number}": _operation("by-number", number={"pattern": "^PO-"}),
    }
    api = _api(tmp_path, paths=paths)
    assert api.check_request(_get("/o/PO-1")).contract.endswith("#by-number")
    assert api.check_request(_get("/o/PO-1")).ok
    assert _names(api, "/o/0b0e0c1e-1c2a-4f0e-9a57-0123456789ab") == ["by-id"]
    (violation,) = api.check_request(_get("/o/x"))
    assert violation.pointer == "/path/id"


def test_opening_notes_templates_that_match_the_same_paths(tmp_path: Path) -> None:
    """The API notes that its document has two templates for the same paths of one method."""
    paths = {
        "/o/{id}": _operation("a", id=STRING),
        "/o/{number}": _operation("b", number=STRING),
        "/o/{id}/x": _operation("c", id=STRING),
        "/p/{id}": _operation("d", id=STRING),
    }
    (note,) = _api(tmp_path, paths=paths).notes
    assert "/o/{id} and /o/{number} match the same requests" in note


def test_each_template_that_fits_is_tried(tmp_path: Path) -> None:
    """Where the parameters of several templates are valid, a message is checked by each."""
    closed = {"200": {"description": "", "content": {"application/json": {"schema": INTEGER}}}}
    other = {"200": {"description": "", "content": {"application/json": {"schema": STRING}}}}
    paths = {
        "/a/{x}/c": _operation("first", closed, x=STRING),
        "/a/b/{y}": _operation("second", other, y=STRING),
    }
    api = _api(tmp_path, paths=paths)
    for body, name in (("5", "first"), ('"s"', "second"), ("[]", "first")):
        headers = {"Content-Type": "application/json"}
        report = api.check_response(Message("GET", "https://h.invalid/a/b/c", headers, body, 200))
        assert report.contract.endswith(f"#{name}/response.200")
        assert report.ok is (body != "[]")


@pytest.mark.parametrize("order", [1, -1])
def test_a_concrete_template_precedes(order: int, tmp_path: Path) -> None:
    """A literal segment precedes a parameter, whatever is documented first, and is not retried."""
    paths = {
        "/u/me": _operation("me"),
        "/u/{id}": _operation("one", id=STRING),
        "/u/x-{n}": _operation("numbered", n=INTEGER),
    }
    api = _api(tmp_path, paths=dict(list(paths.items())[::order]))
    assert _names(api, "/u/me", "/u/you", "/u/x-5", "/u/x-y") == ["me", "one", "numbered", "one"]
    assert not api.check_request(_get("/u/me?unknown=1")).ok


# -- empty segments and slashes ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ((0, 1), (0, 2), True),
        ((0, 1), (0, 1), False),
        ((0, 2), (1, 1), False),
        ((0,), (1, 1), False),
        ((0, 0), (1,), False),
    ],
)
def test_a_match_precedes_one_that_is_less_concrete(
    own: tuple[int, ...], other: tuple[int, ...], expected: bool
) -> None:
    """In some segment, and more so in none; of as many segments."""
    assert Match("a", {}, own).precedes(Match("b", {}, other)) is expected


def test_an_empty_segment_matches_no_parameter(tmp_path: Path) -> None:
    """The value of a path parameter is never empty."""
    api = _api(
        tmp_path,
        paths={
            "/y/{id}": _operation("y", id=STRING),
            "/z/{a}-{b}/x": _operation("z", a=STRING, b=STRING),
        },
    )
    assert _names(api, "/y/", "/y//", "/z/-/x", "/z/1-/x", "/z/-2/x") == [None] * 5
    assert _names(api, "/y/1", "/z/1-2/x", "/z/1--2/x") == ["y", "z", "z"]
    assert [each.pointer for each in api.check_request(_get("/y/"))] == ["/url"]


def test_a_trailing_slash(tmp_path: Path) -> None:
    """A slash at the end makes no other path, unless both paths are documented."""
    one = _operation("one", id=INTEGER)
    api = _api(tmp_path, paths={"/y": _operation("all"), "/y/{id}": one, "/s/": _operation("s")})
    assert _names(api, "/y/", "/y/1/", "/s", "/y//") == ["all", "one", "s", None]
    both = _api(tmp_path, paths={"/y": _operation("a"), "/y/": {"post": {"operationId": "b"}}})
    assert _names(both, "/y") == ["a"]
    assert [each.pointer for each in both.check_request(_get("/y/"))] == ["/method"]


def test_a_parameter_that_spans_segments(tmp_path: Path) -> None:
    """A parameter with x-multi-segment takes slashes, where no other template matches."""
    files = _operation("file", path={"type": "string", "pattern": "^[a-z/.]+$"})
    files["get"]["parameters"][0]["x-multi-segment"] = True
    raw = _operation("raw", path=STRING, name=STRING)
    raw["get"]["parameters"][0]["x-multi-segment"] = True
    api = _api(
        tmp_path,
        paths={
            "/files/{path}": files,
            "/files/{path}/raw/{name}": raw,
            "/files/a/{id}": _operation("id", id=STRING),
        },
    )
    assert _names(api, "/files/x", "/files/a/b", "/files/a/b/c") == ["file", "id", "file"]
    assert api.check_request(_get("/files/a/b/c.txt")).ok
    (violation,) = api.check_request(_get("/files/a/B/c"))
    assert (violation.pointer, violation.actual) == ("/path/path", "a/B/c")
    assert api.check_request(_get("/files/A/b/raw/c")).contract.endswith("#raw")
    assert _names(api, "/files/", "/file/a/b") == [None, None]
    assert api.operation_of(Message("POST", "https://h.invalid/files/a/b/c")) is None


# -- growth --------------------------------------------------------------------------------------


def _routes(count: int) -> dict[str, Operation]:
    return {
        f"o{index}": Operation(SpecNode({}), None, "GET", f"/r{index}/{{id}}/x", ("/",))
        for index in range(count)
    }


def _first_and_second(count: int) -> tuple[int, int]:
    router = Router(_routes(count))
    first = steps(lambda: Router(_routes(count)).find("GET", "/r7/5/x"))
    return first, steps(lambda: router.find("GET", "/r9/5/x"))


def test_the_first_request_is_linear_in_the_paths() -> None:
    """Opening an API of twice the paths takes twice the steps, and a later request no more."""
    (one, later), (two, later_of_two) = _first_and_second(400), _first_and_second(800)
    assert two <= LINEAR * one
    assert later_of_two == later


def test_a_header_that_is_repeated_many_times() -> None:
    """A repeated header is joined once, not value by value: that would copy 100 GB here."""
    long = "v" * 20
    found = headers_of([("X-A", long)] * 100_000)
    assert found == {"x-a": ", ".join([long] * 100_000)}


# -- unknown paths -------------------------------------------------------------------------------

TEMPLATES = [
    "/v1/users",
    "/v1/users/me",
    "/v1/users/{id}",
    "/v1/users/{id}/orders",
    "/v1/users/{id}/orders/{order}",
    "/v1/companies/{id}/invoices",
    *(f"/v1/other{index}/{{id}}" for index in range(300)),
]


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/v1/user", ("/v1/users",)),
        ("/v1/userz/5", ("/v1/users/{id}",)),
        ("/v1/users/5/order", ("/v1/users/{id}/orders",)),
        ("/v1/Users/5/Orders/7", ("/v1/users/{id}/orders/{order}",)),
        ("/v1/company/5/invoices", ("/v1/companies/{id}/invoices",)),
        ("/users/5/orders", ("/v1/users/{id}/orders",)),
        ("/api/v1/users/5/orders", ("/v1/users/{id}/orders",)),
        ("/nothing/here", ()),
        ("/v1/zebras", ()),
        ("/" + "/".join("a" * 5000), ()),
    ],
)
def test_the_nearest_templates(path: str, nearest: tuple[str, ...]) -> None:
    """The suggestions for an unknown path are the nearest templates by segments, or none."""
    assert PathSuggestions(TEMPLATES).nearest(path) == nearest


def test_an_unknown_path_is_suggested_and_shown(tmp_path: Path) -> None:
    """The message has the path, and the hint the nearest templates."""
    paths = {each: _operation(f"o{index}") for index, each in enumerate(TEMPLATES)}
    (violation,) = _api(tmp_path, paths=paths).check_request(_get("/v1/userz/5"))
    assert violation.message == '/url is "/v1/userz/5", which is none of the 306 documented paths'
    assert violation.hint == "did you mean /v1/users/{id}?"
    (violation,) = _api(tmp_path, paths=paths).check_request(_get("/nothing/here"))
    assert violation.hint is None


def test_a_secret_in_an_unknown_path_is_not_shown(tmp_path: Path) -> None:
    """Only the segments of an unknown path that may be secret are left out."""
    paths = {
        "/tokens/{apiKey}/info": _operation("a", apiKey=STRING),
        "/users/{id}": _operation("b", id=STRING),
    }
    api = _api(tmp_path, paths=paths)
    for path, shown in (
        ("/tokens/s3cret/inf", "/tokens/…/…"),
        ("/token/s3cret", "/token/…"),
        ("/v1/tokens/s3cret", "/v1/tokens/…"),
        ("/userz/5/x", "/userz/5/x"),
        ("/x/" + "a1" * 20, "/x/…"),
    ):
        (violation,) = api.check_request(_get(path))
        assert violation.actual == shown
