"""Secrets go in by every door, and nothing that comes out has any of them."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import API, Invalid, Message, Report
from fieldbound.guard import ContractWarning, Guard
from fieldbound.render import FORMATS, Style, render
from fieldbound.render.brief import brief

CANARY = "cAnArY"
PLACES = ("header", "query", "cookie", "path")


def _document() -> dict[str, Any]:
    """Return an API in which secrets may be wrong in every way."""
    secret = {"type": "string", "maxLength": 3, "pattern": "^[0-9]*$", "x-sensitive": True}
    body = {
        "type": "object",
        "properties": {
            "pin": secret,
            "inner": {"type": "object", "x-sensitive": True, "properties": {"a": {"type": "null"}}},
            "list": {"type": "array", "x-sensitive": True, "items": {"enum": ["1"]}},
            "plain": {"type": "integer"},
            "word": {"type": "string", "format": "password", "enum": ["a"]},
            "access_token": {"enum": ["a"]},
        },
        "required": ["other"],
        "additionalProperties": False,
    }
    names = {
        "header": ("Authorization", "accessToken", "X-Api-Key", "X-Own", "X-Scheme"),
        "query": ("access_token", "api_key", "own"),
        "cookie": ("session",),
        "path": ("token",),
    }
    parameters = [
        {
            "name": name,
            "in": place,
            "required": place == "path",
            "schema": secret if name.lower().endswith("own") else {"type": "integer"},
        }
        for place in PLACES
        for name in names[place]
    ]
    content = {"application/json": {"schema": body}}
    response = {
        "description": "",
        "content": content,
        "headers": {"Set-Cookie": {"schema": {"type": "integer"}}, "X-Own": {"schema": secret}},
    }
    operation = {
        "operationId": "send",
        "parameters": parameters,
        "requestBody": {"content": content},
        "responses": {"200": response},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {"/send/{token}": {"post": operation}},
        "security": [{"own": []}, {"key": []}],
        "components": {
            "securitySchemes": {
                "own": {"type": "apiKey", "in": "header", "name": "x-scheme"},
                "key": {"type": "apiKey", "in": "query", "name": "appid"},
            }
        },
    }


@pytest.fixture(name="api")
def _api(tmp_path: Path) -> API:
    (tmp_path / "openapi.json").write_text(json.dumps(_document()))
    return fieldbound.api(str(tmp_path / "openapi.json"))


HEADERS = [
    ("Authorization", f"Bearer {CANARY}"),
    ("accessToken", CANARY),
    ("X-Api-Key", CANARY),
    ("X-Own", CANARY),
    ("X-Scheme", CANARY),
    ("X-Unknown", f"Bearer {CANARY}"),
    ("Cookie", f"session={CANARY}; other={CANARY}"),
    ("Set-Cookie", f"session={CANARY}"),
    ("Content-Type", "application/json"),
]
QUERY = f"access_token={CANARY}&api_key={CANARY}&own={CANARY}&token={CANARY}&unknown={CANARY}"
URLS = (
    f"https://user:{CANARY}@host.example/send/{CANARY}?{QUERY}#{CANARY}",
    f"https://{CANARY}:{CANARY}@host.example/nowhere?{QUERY}#{CANARY}",
    f"https://host.example/send/{CANARY}/?appid={CANARY}&{{{CANARY}}}=1",
    f"https://host.example/send/1?appid={CANARY}&{{{CANARY}}}=1",
)
SECRETS = {"pin": CANARY, "inner": {"a": CANARY, CANARY: 1}, "list": [CANARY], "plain": "x"}
SECRETS |= {"word": CANARY, "access_token": CANARY}
BODIES = (
    json.dumps(SECRETS),
    json.dumps(SECRETS)[:-3],
    json.dumps(SECRETS).replace('"plain"', '"pin"'),
    f"pin={CANARY}",
    f'"{CANARY}"',
    SECRETS,
    None,
)


def _messages() -> Iterator[Message]:
    for url in URLS:
        for body in BODIES:
            for headers in (HEADERS, [*HEADERS[:-1], ("Content-Type", "text/plain")]):
                yield Message("POST", url, headers, body)
                yield Message("POST", url, headers, body, 200)
                yield Message("PATCH", url, headers, body)
                yield Message("POST", url, headers, body, 500)


def _report(api: API, message: Message) -> Report:
    return api.check_request(message) if message.status is None else api.check_response(message)


def test_no_report_has_a_secret_in_any_format(api: API) -> None:
    """What is secret is in no report, in no format, and in no sentence."""
    reports = [_report(api, message) for message in _messages()]
    assert sum(map(len, reports)) > len(reports)
    for name in FORMATS:
        for style in (Style(), Style(color=True, excerpts=True)):
            assert CANARY not in "".join(render(name, reports, style))
    for report in reports:
        assert CANARY not in f"{report}{report!r}{brief(report)}{pickle.dumps(report)!r}"
        assert CANARY not in "".join(f"{each!r}{each.message}{each.hint}" for each in report)


def test_the_secrets_would_be_seen(api: API) -> None:
    """A value that is not secret is shown, so the other tests look at the right places."""
    report = api.check_request(
        Message("POST", f"https://host.example/send/{CANARY}", {"Content-Type": CANARY}, "{}")
    )
    assert CANARY.lower() in str(report).lower()


def test_no_exception_or_warning_has_a_secret(api: API) -> None:
    """What a guard raises or warns of has no secret in it, in no part of it."""
    for message in _messages():
        told = Guard(api).sent if message.status is None else Guard(api, request=None).answered
        with pytest.raises(Invalid) as raised:
            told(message)
        error = raised.value
        assert CANARY not in "".join(traceback.format_exception(error))
        assert CANARY not in f"{error.args!r}{pickle.dumps(error)!r}"
        warning = Guard(api, request="warn")
        if message.status is not None:
            warning = Guard(api, request=None, response="warn")
        with pytest.warns(ContractWarning) as warned:
            (warning.sent if message.status is None else warning.answered)(message)
        assert all(CANARY not in str(each.message) for each in warned)


def test_nothing_is_logged(api: API, caplog: pytest.LogCaptureFixture) -> None:
    """Checking a message writes no log at all."""
    with caplog.at_level(logging.DEBUG):
        for message in _messages():
            _report(api, message)
    assert caplog.text == ""


def test_a_refused_argument_is_not_shown() -> None:
    """What is no message is told by its type."""
    api = fieldbound.api("axim-commerce")
    with pytest.raises(TypeError) as raised:
        api.check_request({"url": CANARY})
    assert CANARY not in str(raised.value)
    with pytest.raises(TypeError) as raised:
        Message("GET", "https://h", [CANARY])
    assert CANARY not in "".join(traceback.format_exception(raised.value))
