"""`fieldbound lint`: streams, exit codes, and formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.running import Command

WARNING = '{"type": "object", "properties": {"a": {"maxLength": 3}}}'


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ('{"type": "object"}', (), 0),
        ('{"type": "str"}', (), 1),
        (WARNING, (), 0),
        (WARNING, ("--strict",), 1),
        ("", (), 1),
        ('{"a": 1}', (), 2),
    ],
)
def test_exit_codes(
    text: str, options: tuple[str, ...], code: int, cli: Command, folder: Path
) -> None:
    """0 without errors, 1 with them, or with warnings if strict, 2 if there is no contract."""
    (folder / "a.json").write_text(text)
    assert cli("lint", *options, "a.json").code == code


def test_text(cli: Command, folder: Path) -> None:
    """One line for each mistake, and a summary; what cannot be checked is on standard error."""
    (folder / "a.json").write_text('{"type": "object", "required": ["a", "a"]}')
    (folder / "b.json").write_text(WARNING)
    ran = cli("lint", "a.json", "b.json", "missing.json")
    assert ran.out == (
        'a.json:1:38: invalid-keyword: required has "a" more than once\n'
        "b.json:1:41: no-type: maxLength without type limits strings alone: any other value passes "
        "(warning)\n"
        "1 error, 1 warning in 2 files\n"
    )
    assert (ran.code, ran.err) == (
        2,
        "fieldbound: cannot read missing.json: No such file or directory\n",
    )


def test_json(cli: Command, folder: Path) -> None:
    """One object with every diagnostic, and what could not be checked."""
    (folder / "a.json").write_text('{"type": "str"}')
    ran = cli("lint", "--format", "json", "a.json", "missing.json")
    found = json.loads(ran.out)
    assert (found["ok"], found["files"], len(found["errors"])) == (False, 1, 1)
    assert found["diagnostics"] == [
        {
            "file": "a.json",
            "line": 1,
            "column": 2,
            "pointer": "/type",
            "code": "unknown-type",
            "severity": "error",
            "message": 'unknown type "str"; did you mean string?',
        }
    ]


def test_nothing_passes_quietly(cli: Command, folder: Path) -> None:
    """Files of a folder that are no schemas are named, and every file is counted."""
    (folder / "inner").mkdir()
    (folder / "inner/a.json").write_text('{"type": "object"}')
    (folder / "inner/payload.json").write_text('{"a": 1}')
    ran = cli("lint", "inner")
    assert ran.out == "0 errors, 0 warnings in 1 file\n"
    assert ran.err == f"fieldbound: skipped (no schema): {Path('inner/payload.json')}\n"
