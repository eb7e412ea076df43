"""No secret is in any output, whatever input it is in."""

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
import fieldbound.bulk
import fieldbound.bulk.inputs.blocks
import fieldbound.bulk.run
from fieldbound import API, Invalid, Message, Report
from fieldbound.http.guard import ContractWarning, Guard
from fieldbound.render import FORMATS, Style, render
from fieldbound.render.brief import first_violations

CANARY = "cAnArY"
PLACES = ("header", "query", "cookie", "path")


def _document() -> dict[str, Any]:
    """Return an OpenAPI document with secrets in every part of a message."""
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
    """No report has a secret, in any format or message."""
    reports = [_report(api, message) for message in _messages()]
    assert sum(map(len, reports)) > len(reports)
    for name in FORMATS:
        for style in (Style(), Style(color=True, excerpts=True)):
            assert CANARY not in "".join(render(name, reports, style))
    for report in reports:
        assert CANARY not in f"{report}{report!r}{first_violations(report)}{pickle.dumps(report)!r}"
        assert CANARY not in "".join(f"{each!r}{each.message}{each.hint}" for each in report)


def test_values_that_are_not_secret_are_shown(api: API) -> None:
    """A value that is not secret is shown, so the other tests look at the right places."""
    report = api.check_request(
        Message("POST", f"https://host.example/send/{CANARY}", {"Content-Type": CANARY}, "{}")
    )
    assert CANARY.lower() in str(report).lower()


def test_no_exception_or_warning_has_a_secret(api: API) -> None:
    """No exception or warning of a guard has a secret in any part."""
    for message in _messages():
        guard = Guard(api, undocumented="fail")
        if message.status is not None:
            guard = Guard(api, request=None, undocumented="fail")
        check = guard.check_request if message.status is None else guard.check_response
        with pytest.raises(Invalid) as raised:
            check(message)
        error = raised.value
        assert CANARY not in "".join(traceback.format_exception(error))
        assert CANARY not in f"{error.args!r}{pickle.dumps(error)!r}"
        warning = Guard(api, request="warn")
        if message.status is not None:
            warning = Guard(api, request=None, response="warn", undocumented="fail")
        with pytest.warns(ContractWarning) as warned:
            (warning.check_request if message.status is None else warning.check_response)(message)
        assert all(CANARY not in str(each.message) for each in warned)


def test_nothing_is_logged(api: API, caplog: pytest.LogCaptureFixture) -> None:
    """Checking a message logs nothing."""
    with caplog.at_level(logging.DEBUG):
        for message in _messages():
            _report(api, message)
    assert caplog.text == ""


def test_invalid_arguments_are_not_shown() -> None:
    """An argument that is not a message is reported by its type only."""
    api = fieldbound.api("axim-commerce")
    with pytest.raises(TypeError) as raised:
        api.check_request({"url": CANARY})
    assert CANARY not in str(raised.value)
    with pytest.raises(TypeError) as raised:
        Message("GET", "https://h", [CANARY])
    assert CANARY not in "".join(traceback.format_exception(raised.value))


# -- records ---------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "pin": {"type": "string", "maxLength": 3, "pattern": "^[0-9]*$", "x-sensitive": True},
        "inner": {"type": "object", "x-sensitive": True, "properties": {"a": {"type": "null"}}},
        "list": {"type": "array", "x-sensitive": True, "items": {"enum": ["1"]}},
        "word": {"type": "string", "format": "password", "enum": ["a"]},
        "plain": {"type": "integer"},
    },
    "additionalProperties": False,
}
KEYS = ("/pin", "/inner", "/inner/a", "/inner/*", "/list", "/list/0", "/word", "/plain")


def _lines() -> bytes:
    """Return records with secrets, valid and invalid, and some with JSON syntax errors."""
    records: list[Any] = [
        {"pin": CANARY, "inner": {"a": CANARY, CANARY: 1}, "list": [CANARY], "word": CANARY},
        {"pin": [CANARY], "inner": CANARY, "list": {CANARY: CANARY}, "word": {CANARY: 1}},
        {"inner": {CANARY: CANARY, "*": CANARY}, "plain": "x"},
        {"inner": {"*": CANARY, "b": CANARY}},
    ]
    lines = [json.dumps(each) for each in records] * 2
    lines += [
        f'{{"pin":"{CANARY}","pin":"{CANARY}"}}',
        f'{{"inner":{{"{CANARY}":1,"{CANARY}":2}}}}',
    ]
    lines += [f'{{"pin":"{CANARY}', f'{{"pin":"{CANARY}\\ud800"}}', f'"{CANARY}"', f"{CANARY}"]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("key", KEYS)
def test_no_bulk_report_has_a_secret(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No sample, key or checkpoint has a secret, in any format."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fieldbound.bulk.inputs.blocks, "BLOCK_SIZE", 200)
    monkeypatch.setattr(fieldbound.bulk.run, "CHECKPOINT_INTERVAL", 1)
    path = tmp_path / "a.ndjson"
    path.write_bytes(_lines())
    contract = fieldbound.Contract(RECORD)
    run = fieldbound.bulk.run.Run(
        str(path), contract, fieldbound.bulk.run.Options(key=key, samples=50)
    )
    checkpoints: list[bytes] = []

    def keep(*_: int) -> None:
        checkpoints.extend(each.read_bytes() for each in tmp_path.rglob("*.run*"))

    run.on_progress = keep
    report = run.report()
    assert report.invalid > 5
    assert report.duplicates is not None
    assert report.duplicates.keys or key in ("/inner/a", "/plain", "/list/0")
    assert len(checkpoints) > 2
    assert not any(CANARY.encode() in each for each in checkpoints)
    assert CANARY not in f"{report}{report!r}{pickle.dumps(report)!r}"
    for name in ("text", "json", "html"):
        assert CANARY not in fieldbound.bulk.render(report, name)


def test_violations_of_an_invalid_record_have_no_secret(tmp_path: Path) -> None:
    """A line of invalid_out has the record as it is, but no secret in its violations."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(_lines())
    invalid = tmp_path / "invalid"
    fieldbound.bulk.check(path, fieldbound.Contract(RECORD), invalid_out=invalid)
    lines = [json.loads(line) for line in invalid.read_bytes().splitlines()]
    assert len(lines) > 5
    assert all(CANARY not in json.dumps(line["violations"]) for line in lines)


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_secret_header_as_key_is_redacted(name: str) -> None:
    """A secret header is redacted as a key, whatever the case of its name."""
    contract = fieldbound.contract("fortellis/create-parts-groups/request.headers")
    report = fieldbound.bulk.check([{name: CANARY}] * 2, contract, key=f"/{name}")
    assert report.duplicates is not None
    assert [each.key for each in report.duplicates.samples] == [None]
    assert CANARY not in f"{report!r}{fieldbound.bulk.render(report, 'json')}"


def test_key_that_is_not_secret_is_shown(tmp_path: Path) -> None:
    """A key that is not secret is shown, so the other tests look at the right places."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(f'{{"plain":"{CANARY}"}}\n'.encode() * 2)
    report = fieldbound.bulk.check(path, fieldbound.Contract(RECORD), key="/plain")
    for name in ("text", "json", "html"):
        assert CANARY in fieldbound.bulk.render(report, name)
