"""`fieldbound explain`: a limit with all that is known of it, a code with what it means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog import LINT_CODES
from fieldbound.model import CODES
from support.forked import forked
from support.running import Command
from support.tables import table

LIMIT = "fortellis/query-parts-groups/request.query#/page:minimum"
SCHEMA = """\
{"type": "object",
 "properties": {
  "name": {"type": "string", "maxLength": 70, "title": "Name"},
  "either": {"anyOf": [{"maximum": 3, "type": "integer"}, {"maximum": 5.5, "type": "number"}]}},
 "required": ["name"]}
"""


@pytest.fixture(autouse=True)
def _folder(folder: Path) -> None:
    (folder / "own.json").write_text(SCHEMA)


def test_a_limit(cli: Command) -> None:
    """Value, evidence, sources with addresses and dates, note, place, and examples."""
    ran = cli("explain", LIMIT)
    lines = dict(line.strip().split(maxsplit=1) for line in ran.out.splitlines()[1:3])
    assert ran.out.startswith(f"{LIMIT}\n")
    assert lines == {"limit": "minimum 1", "evidence": "inferred: reasoned, as the note says"}
    limit = next(
        each for each in fieldbound.contract(LIMIT.partition("#")[0]).limits if each.id == LIMIT
    )
    for source in limit.sources:
        assert f"{source.title} (read {source.read})" in ran.out
        assert str(source.address) in ran.out
    assert f"note      {limit.note}" in ran.out
    assert "  written   fieldbound:fortellis/openapi.json#/components/parameters/page/" in ran.out
    assert "  valid     1\n  invalid   0\n" in ran.out


def test_a_limit_of_an_own_schema(cli: Command) -> None:
    """A long example is shortened, and its length is said; there are no sources."""
    assert cli("explain", "own.json#/name:maxLength") == (
        0,
        "own.json#/name:maxLength\n"
        "  limit     maxLength 70\n"
        "  title     Name\n"
        "  written   own.json:3:30\n"
        f'  valid     "{"0" * 58}… (70 characters)\n'
        f'  invalid   "{"0" * 58}… (71 characters)\n',
        "",
    )


def test_a_limit_that_is_broken_by_absence(cli: Command) -> None:
    """The examples of what is required are the whole instances."""
    out = cli("explain", "own.json#/name:required").out
    assert out.endswith('  written   own.json:5:15\n  valid     {"name": ""}\n  invalid   {}\n')


def test_each_limit_with_an_id_is_explained(cli: Command) -> None:
    """Two alternatives have the same id, each with where it applies."""
    out = cli("explain", "own.json#/either:maximum").out
    assert [line.split()[1:] for line in out.splitlines() if "limit" in line] == [
        ["maximum", "3"],
        ["maximum", "5.5"],
    ]
    assert out.count("where     alternative") == 2


def test_json(cli: Command) -> None:
    """As JSON it is the limit of a report, with its place and instances."""
    (found,) = json.loads(cli("explain", "own.json#/name:maxLength", "--format", "json").out)
    assert found["id"] == "own.json#/name:maxLength"
    assert found["written"] == {"file": "own.json", "line": 3, "column": 30}
    assert (len(found["valid"]["name"]), len(found["invalid"]["name"])) == (70, 71)


@table("code", [*CODES, *LINT_CODES])
def test_codes(code: str, cli: Command) -> None:
    """Every code of a violation and of the lint is explained, in any case."""
    meaning, mending = {**CODES, **LINT_CODES}[code]
    assert cli("explain", code.upper()) == (0, f"{code}: {meaning}\n{mending}\n", "")
    as_json = json.loads(cli("explain", code, "--format", "json").out)
    assert as_json == {"code": code, "meaning": meaning, "mending": mending}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("maxLenght", "there is no code 'maxLenght'; did you mean maxLength?"),
        ("own.json#/nam:maxLength", "did you mean own.json#/name:maxLength"),
        ("own.json#/name", "is the start of own.json#/name:required, own.json#/name:type"),
        ("missing.json#/a:type", "cannot read missing.json"),
        ("", "'' is neither the id of a limit"),
    ],
)
def test_what_is_unknown(given: str, error: str, cli: Command) -> None:
    """The error says what was probably meant."""
    ran = cli("explain", given)
    assert (ran.code, ran.out) == (2, "")
    assert error in ran.err


def test_examples_need_no_hypothesis() -> None:
    """They are generated without the extra for property tests."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from fieldbound.cli import main\n"
        "sys.exit(main(['explain', 'own.json#/name:maxLength']))"
    )
    ran = forked(code)
    assert (ran.code, "71 characters" in ran.out) == (0, True)
