"""What a vendor does not document of its responses: reported, and a violation only if asked for."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import API, Message, Report
from fieldbound.http.clients import Guard
from support.apis import api_of_document

SCHEMA = {"type": "object", "properties": {"code": {"type": "integer"}}, "required": ["code"]}
CONTENT = {"application/json": {"schema": SCHEMA}}
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture(name="api")
def _api(tmp_path: Path) -> API:
    """Return an API with documented successes and errors."""
    responses = {
        "200": {"description": "", "content": CONTENT},
        "303": {"description": "", "content": CONTENT},
        "400": {"description": "", "content": CONTENT},
        "401": {"description": ""},
        "5XX": {"description": "", "content": CONTENT},
    }
    path_item = {"get": {"operationId": "do", "responses": responses}}
    info = {"title": "a", "version": "1"}
    return api_of_document(
        tmp_path, {"openapi": "3.1.0", "info": info, "paths": {"/x": path_item, "/y": {"get": {}}}}
    )


def _check(api: API, status: int, headers: Any = (), body: Any = None, path: str = "/x") -> Report:
    return api.check_response(Message("GET", f"https://h.invalid{path}", headers, body, status))


@pytest.mark.parametrize("status", [201, 204, 302, 304, 402, 404, 409, 429, 499])
def test_a_status_that_is_not_documented(api: API, status: int) -> None:
    """An undocumented status code is no violation, and the report says what is not documented."""
    report = _check(api, status, HTML, "<p>")
    assert report.ok
    assert report.not_checked == {"/status": f"status {status} is not documented"}
    strict = _check(api.with_undocumented("fail"), status, HTML, "<p>")
    assert [(each.code, each.pointer) for each in strict] == [("enum", "/status")]


def test_no_response_is_documented(api: API) -> None:
    """Where an operation documents no response at all, the status code is reported as such."""
    report = _check(api, 200, JSON, "{}", "/y")
    assert report.ok
    assert report.not_checked == {"/status": "status 200 is not documented"}


@pytest.mark.parametrize("status", [303, 400, 500, 503])
@pytest.mark.parametrize(
    ("headers", "body", "reason", "pointer"),
    [
        (HTML, "<p>", 'media type "text/html" is not documented', "/headers/Content-Type"),
        (
            {"Content-Type": "application/problem+json"},
            "{}",
            'media type "application/problem+json" is not documented',
            "/headers/Content-Type",
        ),
        ({}, "no", "it has no Content-Type", "/headers/Content-Type"),
        ({}, None, "an empty body is not documented", "/body"),
        (JSON, "", "an empty body is not documented", "/body"),
    ],
)
def test_the_body_of_an_error(
    api: API, status: int, headers: Any, body: Any, reason: str, pointer: str
) -> None:
    """An error's media type or empty body that nobody documents is no violation."""
    report = _check(api, status, headers, body)
    assert report.ok
    assert report.not_checked == {"/body": reason}
    assert report.undocumented == ("/body",)
    strict = _check(api.with_undocumented("fail"), status, headers, body)
    assert pointer in [each.pointer for each in strict]


@pytest.mark.parametrize("headers", [JSON, {}])
@pytest.mark.parametrize("status", [200, 400, 503])
def test_a_documented_body_is_checked(api: API, status: int, headers: Any) -> None:
    """The body of an error is checked where it is documented, also without a Content-Type."""
    pointers = [each.pointer for each in _check(api, status, headers, '{"code": "1"}')]
    assert "/body/code" in pointers


def test_an_undocumented_body_of_a_documented_status(api: API) -> None:
    """A body where none is documented is reported, and a violation if asked for."""
    report = _check(api, 401, HTML, "<p>")
    assert report.not_checked == {"/body": "no media type is documented for it"}
    strict = _check(api.with_undocumented("fail"), 401, HTML, "<p>")
    assert [(each.code, each.pointer) for each in strict] == [("not", "/body")]


def test_a_success_is_checked_as_documented(api: API) -> None:
    """The media type of a documented success is a limit, and its body is required."""
    assert [each.pointer for each in _check(api, 200, HTML, "<p>")] == ["/headers/Content-Type"]
    assert [each.pointer for each in _check(api, 200)] == ["/body"]


def test_a_guard_passes_undocumented_responses(api: API) -> None:
    """A guard in mode raise passes them, records them, and raises if it is asked to."""
    message = Message("GET", "https://h.invalid/x", HTML, "<p>", 503)
    guard = Guard(api)
    guard.check_response(message)
    assert [each.undocumented for each in guard.reports] == [("/body",)]
    with pytest.raises(fieldbound.Invalid, match="Content-Type"):
        Guard(api, undocumented="fail").check_response(message)
    with pytest.raises(fieldbound.Invalid):
        Guard([api, "axim-commerce"], undocumented="fail").check_response(message)


def test_the_verdict_is_not_valid_alone(api: API) -> None:
    """The text of a report with parts that were not checked does not say that all is valid."""
    text = str(_check(api, 429))
    assert "valid where checked" in text
    assert "not checked: /status (status 429 is not documented)" in text
    assert "valid where checked" in repr(_check(api, 429))


def test_strictness_survives_a_pickle(api: API) -> None:
    """A copy of an API treats undocumented responses as the API does."""
    strict = api.with_undocumented("fail")
    assert api.with_undocumented("report") is api
    copy = pickle.loads(pickle.dumps(strict))  # noqa: S301
    assert not _check(copy, 429).ok
    assert _check(pickle.loads(pickle.dumps(api)), 429).ok  # noqa: S301


def test_the_evidence_of_a_media_type(tmp_path: Path) -> None:
    """Media types are stated only where a source says so of them, else inferred."""
    stated = {"says": "stated", "from": ["page"], "of": ["content"]}
    for source, says in (({"says": "stated", "from": ["page"]}, "inferred"), ([stated], "stated")):
        response = {"description": "", "content": CONTENT, "x-source": source}
        operation = {"operationId": "do", "responses": {"200": response}}
        document = {
            "openapi": "3.1.0",
            "info": {"title": "a", "version": "1"},
            "paths": {"/x": {"get": operation}},
            "x-sources": {"page": {"title": "Page", "address": "https://h.invalid"}},
        }
        (tmp_path / "a.json").write_text(json.dumps(document))
        (violation,) = _check(fieldbound.api(tmp_path / "a.json"), 200, HTML, "<p>")
        assert violation.says == says
