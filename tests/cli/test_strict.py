"""`check --strict`: an error in a schema or OpenAPI document itself fails the check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldbound.cli import main

SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "maxLenght": 3}}}
REASON = "c.json:1:59: at /properties/a/maxLenght: unknown keyword 'maxLenght' is not enforced"


@pytest.mark.parametrize("name", ["d.json", "d.ndjson"])
@pytest.mark.parametrize("strict", [False, True])
def test_strict(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    strict: bool,
) -> None:
    """Without it, what is broken is reported as not checked, and all else is checked."""
    monkeypatch.chdir(tmp_path)
    Path("c.json").write_text(json.dumps(SCHEMA))
    Path(name).write_text('{"a": "abcd"}\n')
    code = main(["check", *["--strict"] * strict, "-c", "c.json", name])
    output = "".join(capsys.readouterr())
    assert code == (2 if strict else 0)
    assert REASON in output
    assert ("not checked: /a of c.json" in output) is not strict


@pytest.mark.parametrize("strict", [False, True])
def test_strict_recordings(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    strict: bool,
) -> None:
    """It holds for the documents of APIs, too."""
    monkeypatch.chdir(tmp_path)
    content = {"content": {"application/json": {"schema": SCHEMA}}}
    do: dict[str, Any] = {"requestBody": content, "responses": {"200": {"description": ""}}}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    Path("o.json").write_text(json.dumps({**head, "paths": {"/do": {"post": do}}}))
    request = {
        "method": "POST",
        "url": "https://h/do",
        "headers": {"Content-Type": "application/json"},
        "body": '{"a": "abcd"}',
    }
    Path("log.ndjson").write_text(json.dumps({"request": request}) + "\n")
    code = main(["check", *["--strict"] * strict, "--api", "o.json", "log.ndjson"])
    output = "".join(capsys.readouterr())
    assert code == (2 if strict else 0)
    assert "'maxLenght' is not enforced" in output
