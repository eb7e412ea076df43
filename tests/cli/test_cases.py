"""The command `cases`: its files, its lines, and its errors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import fieldbound
from fieldbound import Case
from fieldbound.cli.entry_point import main

NAME = "axim-commerce/create-company-group"
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"Name": {"type": "string", "maxLength": 3}, "Flag": {"enum": ["Y", "N"]}},
    "required": ["Name"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("schema.json").write_text(json.dumps(SCHEMA))


def test_files_are_valid_and_invalid(capsys: pytest.CaptureFixture[str]) -> None:
    """Files under valid are valid, files under invalid are not, and the index has each limit."""
    assert main(["cases", "schema.json", "--out", "out"]) == 0
    folder = Path("out/schema.json")
    validator = Draft202012Validator(SCHEMA)
    for path in folder.glob("*/*.json"):
        assert validator.is_valid(json.loads(path.read_text())) is (path.parent.name == "valid"), (
            path
        )
    index = json.loads((folder / "index.json").read_text())
    contract = fieldbound.contract("schema.json")
    assert {each["limit"] for each in index["cases"]} == {each.id for each in contract.limits}
    for each in index["cases"]:
        assert all((folder / each[kind]).is_file() for kind in ("valid", "invalid"))
        report = contract.check(json.loads((folder / each["invalid"]).read_text()))
        assert [violation.limit.id for violation in report if violation.limit] == [each["limit"]]
    assert f"out{os.sep}schema.json: " in capsys.readouterr().err


def test_each_instance_is_written_once() -> None:
    """Valid and invalid files are each distinct, and all are in the index."""
    main(["cases", "schema.json", "--out", "out"])
    folder = Path("out/schema.json")
    index = json.loads((folder / "index.json").read_text())["cases"]
    for kind in ("valid", "invalid"):
        texts = [path.read_text() for path in (folder / kind).iterdir()]
        assert len(set(texts)) == len(texts) == len({each[kind] for each in index})


def test_lines_are_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    """As NDJSON each line is a pair; standard output and the file are the same."""
    assert main(["cases", "schema.json", "--format", "ndjson"]) == 0
    out = capsys.readouterr().out
    assert main(["cases", "schema.json", "--format", "ndjson", "--out", "out"]) == 0
    assert Path("out/schema.json/cases.ndjson").read_text() == out
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == len(list(fieldbound.cases(fieldbound.contract("schema.json"))))
    assert {"limit", "keyword", "pointer", "value", "valid", "invalid", "violation"} <= set(rows[0])


def test_an_interrupted_run_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written by a run that ends early, and the files of an earlier one stay."""

    def interrupted(_contract: Any) -> Iterator[Case]:
        yield first
        raise KeyboardInterrupt

    first = next(fieldbound.cases(fieldbound.contract("schema.json")))
    monkeypatch.setattr("fieldbound.generation.cases", interrupted)
    for format_ in ("json", "ndjson"):
        with pytest.raises(KeyboardInterrupt):
            main(["cases", "schema.json", "--out", "out", "--format", format_])
        assert not [path for path in Path("out").rglob("*") if path.is_file()]


def test_lines_are_written_as_they_are_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is on standard output before the next case is made."""
    made = fieldbound.cases(fieldbound.contract("schema.json"))
    written = []

    def watched(_contract: Any) -> Iterator[Case]:
        for each in made:
            yield each
            written.append(len(capsys.readouterr().out.splitlines()))

    monkeypatch.setattr("fieldbound.generation.cases", watched)
    assert main(["cases", "schema.json", "--format", "ndjson"]) == 0
    assert set(written) == {1}


def test_second_run_writes_the_same() -> None:
    """A second run overwrites the cases of the first with the same ones."""

    def written() -> dict[str, str]:
        main(["cases", NAME, "--out", "out"])
        return {str(path): path.read_text() for path in Path("out").rglob("*.json")}

    assert written() == written()


def test_without_out_pairs_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out there is a line for each contract, and why a limit has no case."""
    flag = {"type": "string", "enum": ["Y", "N"]}
    Path("own.json").write_text(json.dumps({**SCHEMA, "properties": {"Name": {}, "Flag": flag}}))
    assert main(["cases", "own.json"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("own.json: ")
    assert any("/Flag:type" in line and "/Flag:enum" in line for line in rest)


def test_all_contracts_of_an_operation(capsys: pytest.CaptureFixture[str]) -> None:
    """A contract without cases is an error if it is named, and a note if a beginning matches it."""
    assert main(["cases", "fortellis/create-parts-groups", "fortellis/ping", "--out", "out"]) == 2
    assert "no documented schema" in capsys.readouterr().err
    assert main(["cases", "fortellis/ping", "--out", "out"]) == 0
    assert "fortellis/ping/response.200: " in capsys.readouterr().err
    assert (Path("out") / "fortellis" / "ping" / "request.headers" / "index.json").is_file()


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "string", "minLength": 5, "maxLength": 3}, "contradict each other"),
        ({"type": "wat"}, "wat"),
        (
            {"type": "string", "pattern": "^ab$", "minLength": 3},
            "no instance can be generated",
        ),
    ],
)
def test_contract_without_cases_is_an_error(
    schema: Any, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A contract that is broken or unsatisfiable is an error with the reason."""
    Path("bad.json").write_text(json.dumps(schema))
    assert main(["cases", "bad.json"]) == 2
    assert message in capsys.readouterr().err


def test_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown name is an error that suggests similar names, and nothing is written."""
    assert main(["cases", NAME[:-1], "--out", "out"]) == 2
    assert NAME in capsys.readouterr().err
    assert not Path("out").exists()


def test_unwritable_folder_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the place of a folder is an error with the reason of the system."""
    Path("taken").write_text("mine")
    assert main(["cases", "schema.json", "--out", "taken"]) == 2
    assert "cannot write to taken" in capsys.readouterr().err
    assert Path("taken").read_text() == "mine"


def test_file_names_are_safe(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a property is called, its cases are in the folder, with portable names."""
    names = ["../../up", "a/b", "con:*?", "é" * 300, "", "A", "a"]
    properties = {name: {"type": "string", "maxLength": 2} for name in names}
    Path("odd.json").write_text(json.dumps({"type": "object", "properties": properties}))
    assert main(["cases", "odd.json", "--out", "out"]) == 0
    assert capsys.readouterr().err.count("\n") == 1
    paths = [path for path in Path().rglob("*") if path.is_file()]
    inside = [path for path in paths if path.parts[0] == "out"]
    assert {path.name for path in paths} - {path.name for path in inside} == {
        "odd.json",
        "schema.json",
    }
    for path in inside:
        assert path.name.isascii()
        assert len(path.name) < 130
    folded = [str(path).lower() for path in inside]
    assert len(set(folded)) == len(folded)


def test_stale_files_are_deleted() -> None:
    """Files of an earlier run that are not in the new index are deleted; others are kept."""
    main(["cases", "schema.json", "--out", "out"])
    mine = Path("out/schema.json/valid/mine.json")
    mine.write_text("1")
    Path("schema.json").write_text(json.dumps({**SCHEMA, "properties": {"Name": {"const": "a"}}}))
    assert main(["cases", "schema.json", "--out", "out"]) == 0
    validator = Draft202012Validator(json.loads(Path("schema.json").read_text()))
    for path in Path("out/schema.json/valid").iterdir():
        assert path == mine or validator.is_valid(json.loads(path.read_text())), path
    assert mine.exists()


def test_contracts_with_similar_names_are_not_mixed(capsys: pytest.CaptureFixture[str]) -> None:
    """Cases of one contract never overwrite those of another."""
    for name in ("a b.json", "a.b.json"):
        Path(name).write_text(json.dumps(SCHEMA))
    assert main(["cases", "a b.json", "--out", "out"]) == 0
    assert main(["cases", "a.b.json", "--out", "out"]) == 2
    assert "it has the cases of 'a b.json'" in capsys.readouterr().err
