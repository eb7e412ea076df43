"""Lint of contracts of one's own: all mistakes in one run, each at its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.catalog import LINT_CODES, lint_paths
from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.model import CODES, Diagnostic

OPENAPI = """\
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    post:
      operationId: postA
      requestBody:
        content:
          application/json:
            schema:
              type: object
              nullable: true
              properties:
                a: {type: strng}
                b: {type: integer, format: int32, maxLength: 4}
                c: {$ref: '#/components/schemas/Nowhere'}
      responses:
        '200': {$ref: '#/components/responses/Nowhere'}
    gett: {}
components:
  schemas:
    Unused: {type: string, maxLength: 3, minLength: 5}
    Extended: {type: object, propertis: {a: {type: string}}}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(*paths: str) -> list[Diagnostic]:
    """Return the diagnostics of paths, all of which can be read."""
    result = lint_paths(paths or ["a.json"])
    assert result.errors == ()
    return list(result.diagnostics)


def of_schema(schema: Any, **more: Any) -> list[tuple[str, str, bool]]:
    """Return pointer, code and severity of what is found in a schema."""
    Path("a.json").write_text(json.dumps({**schema, **more}), "utf-8")
    return [(each.pointer, each.code, each.is_error) for each in found()]


def test_all_mistakes_of_a_schema_are_found_in_one_run() -> None:
    """Each has its line and column, its code, and what was meant."""
    Path("a.json").write_text(
        '{"type": "object",\n'
        ' "properties": {"name": {"type": "str", "maxLenght": 5},\n'
        '  "bad": {"type": "string", "pattern": "(("},\n'
        '  "dead": {"type": "string", "minLength": 5, "maxLength": 3},\n'
        '  "gone": {"$ref": "#/$defs/nowhere"}},\n'
        ' "required": ["nmae"], "additionalProperties": false}\n'
    )
    assert [str(each) for each in found()] == [
        'a.json:2:26: unknown-type: unknown type "str"; did you mean string?',
        "a.json:2:41: unknown-keyword: unknown keyword 'maxLenght' is not enforced; did you mean "
        "maxLength?",
        "a.json:3:29: invalid-pattern: not an ECMA-262 pattern: group without its end `(` at "
        "character 2",
        "a.json:4:3: contradiction: no value can satisfy this schema: its limits contradict each "
        "other: maxLength, minLength",
        "a.json:5:12: unresolved-reference: unresolved $ref: '#/$defs/nowhere' is not in a.json",
        "a.json:6:15: impossible-name: 'nmae' is required, but additionalProperties: false rejects "
        "it; did you mean name?",
    ]


def test_alternatives_that_multiply_hide_no_contradiction_beside_them() -> None:
    """What is too much to decide is no mistake, and a contradiction at another place is one."""
    pairs = [{"anyOf": [{"pattern": f"a{at}"}, {"pattern": f"b{at}"}]} for at in range(40)]
    dead = {"type": "string", "minLength": 5, "maxLength": 3}
    properties = {"v": {"allOf": pairs}, "dead": dead}
    assert of_schema({"type": "object", "properties": properties}) == [
        ("/properties/dead", "contradiction", True)
    ]


def test_all_mistakes_of_an_openapi_document_are_found_in_one_run() -> None:
    """Those of its structure, of its references and of every schema, also of unused ones."""
    Path("openapi.yaml").write_text(OPENAPI)
    assert [(str(each.place), each.code) for each in found("openapi.yaml")] == [
        ("14:21", "unknown-type"),
        ("15:51", "unreachable-limit"),
        ("16:21", "unresolved-reference"),
        ("18:17", "invalid-openapi"),
        ("19:5", "invalid-openapi"),
        ("22:5", "contradiction"),
        ("23:30", "unknown-keyword"),
    ]
    assert all(each.is_error for each in found("openapi.yaml"))


def test_an_unknown_key_of_a_foreign_document_is_a_warning() -> None:
    """Unless it is like one that is known, it may be meant as it is."""
    document = OPENAPI[: OPENAPI.index("      requestBody")] + "      responses: {}\n      zzz: 1\n"
    Path("b.yaml").write_text(document)
    assert [(each.code, each.is_error) for each in found("b.yaml")] == [("invalid-openapi", False)]


@pytest.mark.parametrize("vendor", ["fortellis", pytest.param("", marks=pytest.mark.thorough)])
def test_bundled_contracts_have_no_errors(vendor: str) -> None:
    """What is shipped, of a vendor or of all, is as clean as what users are asked for."""
    folder = bundled_folder() / vendor
    result = lint_paths([folder])
    assert result.errors == ()
    assert [each for each in result.diagnostics if each.is_error] == []
    assert result.files == len([*folder.rglob("*.json")])


def vendor(file: str, old: str, new: str) -> None:
    """Copy a vendor's folder, and replace the first occurrence of a text in a file of it."""
    shutil.copytree(bundled_folder() / "fortellis", "contracts/acme")
    path = Path("contracts/acme", file)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("sources.json", '"title"', '"titel"', "invalid-source"),
        ("openapi.json", '"operationId"', '"operationid"', "invalid-openapi"),
        ("openapi.json", '"in": "header"', '"in": "heder"', "invalid-openapi"),
        ("parts-group.json", '"type"', '"typo"', "unknown-keyword"),
        ("parts-group.json", '"says"', '"sayz"', "invalid-source"),
        ("parts-group.json", "{", '{"zzz": 1,', "unknown-keyword"),
        ("parts-group.json", "{", '{"format": "dat",', "format-not-enforced"),
        ("parts-group.json", "{", "{{", "syntax"),
    ],
)
@pytest.mark.parametrize("path", ["contracts", "contracts/acme", "FILE"])
def test_a_vendors_folder_is_held_to_more(
    file: str, old: str, new: str, code: str, path: str
) -> None:
    """Unknown keywords, formats and sources are errors there, whichever path is given."""
    vendor(file, old, new)
    given = f"contracts/acme/{file}" if path == "FILE" else path
    errors = [each for each in found(given) if each.is_error]
    assert code in {each.code for each in errors}
    assert {each.file for each in errors if each.code == code} == {f"contracts/acme/{file}"}


def test_a_contract_without_constraints_is_an_error() -> None:
    """Every document would pass: for a schema, and for each contract of a vendor."""
    assert of_schema({}) == [("", "no-constraints", True)]
    assert of_schema({"$defs": {"a": {"type": "string"}}}) == []
    assert of_schema({"type": "object"}) == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("payload.json", "neither a JSON Schema nor an OpenAPI document"),
        ("", "cannot read '': the path is empty"),
        ("missing.json", "cannot read missing.json: No such file or directory"),
        ("empty", "empty: no JSON Schema and no OpenAPI document in this folder"),
        ("payloads", "payloads: no JSON Schema and no OpenAPI document in this folder"),
    ],
)
def test_what_is_no_contract_is_said(path: str, reason: str) -> None:
    """A payload, a missing file and a folder without contracts cannot be checked."""
    Path("payload.json").write_text('{"name": "a", "type": "card", "title": "t"}')
    Path("empty").mkdir()
    Path("payloads").mkdir()
    Path("payloads/a.json").write_text("[1]")
    result = lint_paths([path])
    assert result.diagnostics == ()
    assert [reason in str(each) for each in result.errors] == [True]


def test_a_folder_of_schemas_is_walked() -> None:
    """Payloads in it are named as skipped; hidden folders are left alone."""
    Path("all/inner").mkdir(parents=True)
    Path("all/.git").mkdir()
    Path("all/inner/a.json").write_text('{"type": "str"}')
    Path("all/.git/b.json").write_text('{"type": "str"}')
    Path("all/payload.yaml").write_text("a: 1\n")
    result = lint_paths(["all"])
    assert [each.file for each in result.diagnostics] == ["all/inner/a.json"]
    assert (result.files, result.skipped) == (1, ("all/payload.yaml",))


def test_a_mistake_in_a_file_that_is_referred_to_is_at_that_file() -> None:
    """It is told once, also where both files are given."""
    Path("a.json").write_text('{"$ref": "b.json"}')
    Path("b.json").write_text('{"type": "object", "properties": {"x": {"type": "int"}}}')
    assert [(each.file, each.code) for each in found("a.json", "b.json")] == [
        ("b.json", "unknown-type")
    ]
    Path("b.json").write_text("{")
    assert {each.file for each in found("a.json")} == {"b.json"}


def test_what_has_no_errors_can_be_opened() -> None:
    """A contract that lint finds no error in is one that `contract` returns."""
    Path("a.json").write_text('{"properties": {"a": {"maxLength": 3, "foo": 1}}}')
    assert not any(each.is_error for each in found("a.json"))
    assert fieldbound.contract("a.json", strict=True).limits


def test_every_code_is_explained() -> None:
    """Each code of the lint is in the table of codes, and no two tables share one."""
    assert not LINT_CODES.keys() & CODES.keys()
    folder = Path(str(fieldbound.catalog.__file__)).parent
    texts = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    used = {code for code in LINT_CODES if f'"{code}"' in texts.replace("linting/codes", "")}
    assert used == LINT_CODES.keys()


def test_a_vendors_folder_is_one_with_sources_or_a_configured_one() -> None:
    """An OpenAPI document beside a project's other files makes no vendor's folder of it."""
    Path("contracts/acme").mkdir(parents=True)
    Path("contracts/acme/openapi.yaml").write_text(
        OPENAPI[: OPENAPI.index("    gett")] + "    zzz: {}\n"
    )
    codes = {(each.code, each.is_error) for each in found("contracts")}
    assert {("invalid-openapi", True), ("invalid-openapi", False)} <= codes
    Path("contracts/acme/common.json").write_text('{"type": "string", "zzz": 1}')
    assert not any(each.is_error for each in found("contracts/acme/common.json"))
    Path("fieldbound.toml").write_text('folders = ["contracts"]\n')
    assert [each.code for each in found("contracts/acme/common.json")] == ["unknown-keyword"]
    assert all(each.is_error for each in found("contracts/acme/common.json"))


def test_swagger_is_not_supported() -> None:
    """That is all that is said: its objects are others."""
    Path("a.json").write_text('{"swagger": "2.0", "paths": {"/a": {"post": {"zzz": 1}}}}')
    assert [each.message for each in found()] == [
        "Swagger 2.0 is not supported: convert the document to OpenAPI 3"
    ]
