"""Ten tasks of a new user, each in an empty folder, by the command in a process of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import fieldbound
from support.forked import forked_command
from support.running import Ran

SCHEMA = {"properties": {"reference": {"maxLength": 12}, "gift": {"enum": ["Y", "N"]}}}
ORDER = {"reference": "PO-2026-000001", "gift": True}
DOCUMENT = """
openapi: 3.1.0
info: {title: Orders, version: '1'}
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        content:
          application/json:
            schema: {properties: {reference: {type: string, maxLength: 12}}}
      responses: {'201': {description: Created}}
"""


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, value: object) -> None:
    """Write a file: a text, or a value as JSON."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")


def fieldbound_(*argv: str, **env: str) -> Ran:
    """Run the command in a process of its own, outside of any CI."""
    outside = {name: "" for name in os.environ if name.startswith("GITHUB_")}
    return forked_command(*argv, env={**outside, "FORCE_COLOR": "", **env})


def configured(more: str = "") -> None:
    """Write an own schema, a payload with two violations, and the configuration of both."""
    write("order.schema.json", SCHEMA)
    write("orders/1.json", ORDER)
    write(
        "pyproject.toml", f'[tool.fieldbound.files]\n"orders/*.json" = "order.schema.json"\n{more}'
    )


def test_own_schema() -> None:
    """Own schema, own payload: place, limit, what was sent, and what to write instead."""
    write("order.schema.json", SCHEMA)
    write("order.json", ORDER)
    ran = fieldbound_("check", "-c", "order.schema.json", "order.json")
    assert ran.code == 1
    assert ran.out.splitlines()[:2] == [
        "order.json:1:15: maxLength: /reference has 14 characters, the limit is 12",
        "    hint: shorten it by 2 characters",
    ]


def test_own_openapi_document() -> None:
    """Own OpenAPI document: its operations are listed, and one checks a payload."""
    write("api.yaml", DOCUMENT)
    write("order.json", ORDER)
    assert "api.yaml#create-order" in fieldbound_("contracts", "api.yaml").out
    ran = fieldbound_("check", "-c", "api.yaml#create-order", "order.json")
    assert (ran.code, "maxLength: /reference has 14" in ran.out) == (1, True)


def test_set_up_and_hook() -> None:
    """`init` writes the configuration and the hook, which checks the mapped files alone."""
    write("payload.json", {"ProdGroupName": "Laptops", "InternalName": "Laptops"})
    assert fieldbound_("init").code == 0
    assert "id: fieldbound" in Path(".pre-commit-config.yaml").read_text("utf-8")
    assert "payload.json" in Path("fieldbound.toml").read_text("utf-8")
    write("other.json", {})
    hook = ("check", "--skip-unmapped", "--")
    assert fieldbound_(*hook, "payload.json", "other.json").code == 0
    write("payload.json", {"ProdGroupName": "Laptops", "InternalName": "L" * 151})
    ran = fieldbound_(*hook, "payload.json", "other.json")
    assert (ran.code, "maxLength: /InternalName has 151" in ran.out) == (1, True)
    assert "skipped (no contract is mapped): other.json" in ran.out + ran.err


def test_github_actions() -> None:
    """In GitHub Actions violations are annotations, and the job has a summary."""
    configured()
    summary = Path("summary.md").absolute()
    ran = fieldbound_("check", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert ran.code == 1
    assert ran.out.startswith("::error file=orders/1.json,line=1,col=15")
    assert "2 violations in 1 of 1 documents" in summary.read_text("utf-8")


def test_ignore_one_limit() -> None:
    """One limit is ignored, by the configuration, and the others still fail."""
    configured('[tool.fieldbound]\nignore = ["order.schema.json#/gift:enum"]\n')
    ran = fieldbound_("check")
    assert (ran.code, "enum" in ran.out, "maxLength" in ran.out) == (1, False, True)
    assert "1 ignored" in ran.out + ran.err


def test_baseline() -> None:
    """What is known passes, what is new fails."""
    configured()
    assert fieldbound_("check", "--write-baseline", "known.json").code == 0
    assert fieldbound_("check", "--baseline", "known.json").code == 0
    write("orders/2.json", {"gift": "yes"})
    ran = fieldbound_("check", "--baseline", "known.json")
    assert (ran.code, "orders/2.json" in ran.out, "orders/1.json" in ran.out) == (1, True, False)


def test_override() -> None:
    """A limit is another one here, and the listing says so, with the documented one."""
    override = '[tool.fieldbound.overrides."order.schema.json#/reference:maxLength"]\nvalue = 20\n'
    configured(override)
    ran = fieldbound_("check")
    assert (ran.code, "maxLength" in ran.out) == (1, False)
    listed = fieldbound_("limits", "order.schema.json").out
    assert "20" in listed
    assert "documented 12" in fieldbound_("limits", "order.schema.json", "--format", "json").out


def test_lint_finds_all_faults() -> None:
    """Five faults in one run, each at its line, with what is meant."""
    write(
        "faulty.schema.json",
        '{"type": "object",\n"properties": {\n'
        '"a": {"type": "str"},\n"b": {"type": "string", "maxLenght": 3},\n'
        '"c": {"type": "string", "pattern": "("},\n'
        '"d": {"type": "integer", "minimum": 3, "maximum": 1}},\n'
        '"additionalProperties": false,\n"required": ["e"]}\n',
    )
    ran = fieldbound_("lint", "faulty.schema.json")
    assert ran.code == 1
    lines = {line.split(":")[1] for line in ran.out.splitlines() if line.startswith("faulty")}
    assert {"3", "4", "5", "6", "8"} <= lines
    assert "did you mean" in ran.out


def test_a_wrong_column_name() -> None:
    """Records whose column has another name: the report says which, and what is meant."""
    write("order.schema.json", {**SCHEMA, "required": ["reference"], "additionalProperties": False})
    write("orders.csv", "Referenz,gift\nA-1,Y\nA-2,N\n")
    ran = fieldbound_("check", "-c", "order.schema.json", "orders.csv")
    assert ran.code == 1
    message = "/Referenz is not a documented property, and /reference is missing"
    assert f"record 1 (line 2, byte 14): {message}" in ran.out
    assert "hint: did you mean reference?" in ran.out


def test_json_text_in_python() -> None:
    """JSON text that is checked as it is has one violation, which says how to read it."""
    contract = fieldbound.Contract({"type": "object", **SCHEMA})
    (violation,) = contract.check(json.dumps(ORDER))
    assert violation.hint == "this looks like JSON text: parse it first, with fieldbound.loads"
    assert len(contract.check(fieldbound.loads(json.dumps(ORDER)))) == 2
