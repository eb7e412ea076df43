"""What a new user mistypes on the command line: the message has what was meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.running import Command

MISSING = "No such file or directory"


@pytest.fixture(autouse=True)
def _files(folder: Path) -> None:
    schema = {"properties": {"id": {"type": "string"}, "name": {"maxLength": 3}}}
    folder.joinpath("order.schema.json").write_text(json.dumps(schema), "utf-8")
    folder.joinpath("order.json").write_text('{"name": "abc"}', "utf-8")
    folder.joinpath("page-1.json").write_text("{}", "utf-8")
    folder.joinpath("sub").mkdir()
    folder.joinpath("sub", "records.ndjson").write_text("{}\n", "utf-8")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ("check", "-c", "order.schem.json", "order.json"),
            f"cannot read order.schem.json: {MISSING}; did you mean order.schema.json?",
        ),
        (
            ("check", "-c", "order.schema.json", "odrer.json"),
            f"cannot read odrer.json: {MISSING}; did you mean order.json?",
        ),
        (
            ("check", "-c", "order.schema.json", "sub/record.ndjson"),
            f"cannot read sub/record.ndjson: {MISSING}; did you mean sub/records.ndjson?",
        ),
        (("check", "page-2.json"), f"cannot read page-2.json: {MISSING}"),
        (("check", "none/order.json"), f"cannot read none/order.json: {MISSING}"),
        (
            ("lint", "order.shema.json"),
            f"cannot read order.shema.json: {MISSING}; did you mean order.schema.json?",
        ),
        (
            ("check", "order.schema.json"),
            "no contract is mapped to order.schema.json: pass --contract, or map it in "
            "[tool.fieldbound.files]; if it is the contract itself, pass --contract "
            "order.schema.json",
        ),
        (
            ("check", "order.json"),
            "no contract is mapped to order.json: pass --contract, or map it in "
            "[tool.fieldbound.files]",
        ),
        (
            ("check", "-c", "order.schema.json", "order.json", "--key", "id"),
            "key must be a JSON Pointer such as /id, not 'id'; did you mean /id?",
        ),
        (
            ("check", "-c", "order.schema.json", "order.json", "--key", "/~"),
            "key must be a JSON Pointer such as /id, not '/~'",
        ),
    ],
)
def test_what_was_meant(cli: Command, argv: tuple[str, ...], message: str) -> None:
    """The error names what is close, and nothing that is another file by its number."""
    ran = cli(*argv)
    assert (ran.code, ran.err) == (2, f"fieldbound: {message}\n")


def test_a_baseline_that_is_another_file(cli: Command) -> None:
    """A file that is no baseline is neither read as one, nor overwritten."""
    before = Path("page-1.json").read_bytes()
    for option in ("--baseline", "--write-baseline"):
        ran = cli("check", "-c", "order.schema.json", "order.json", option, "page-1.json")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            "fieldbound: page-1.json: is no baseline of fieldbound: write one with "
            "--write-baseline, to a new file\n"
        )
    assert Path("page-1.json").read_bytes() == before
