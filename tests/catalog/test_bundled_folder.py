"""The bundled contracts of a package in a zip archive, as zipapp makes one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

import fieldbound
from fieldbound.catalog.bundled_folder import bundled_folder
from support.paths import CASES

NAME = "oracle-cx-sales/create-product-group"
CASE = CASES / NAME / "request" / "invalid" / "whole-answer-sent-back.json"
#: Arguments of the command, the exit code, and what the output has.
COMMANDS = (
    (("contracts",), 0, NAME),
    (("limits", NAME), 0, "maxLength 150"),
    (("check", "-c", NAME, str(CASE)), 1, "violations in 1 of 1 documents"),
    (("check", "-c", NAME, "--format", "json", str(CASE)), 1, '"ok": false'),
)
#: Runs several commands, and prints a form feed and the exit code after each; the package must be
#: the one in the archive, whatever is installed.
MAIN = """
import json, sys
import fieldbound
from fieldbound.cli import run

assert ("app.pyz" in fieldbound.__file__) is ("app.pyz" in sys.path[1])
for argv in json.loads(sys.argv[1]):
    sys.argv[1:] = argv
    code = run()
    print(chr(12), code)
"""


@pytest.fixture(name="archive", scope="module")
def _archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of the package; beside it is a folder that is none of its own."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "schemas" / "other").mkdir(parents=True)
    (folder / "schemas" / "other" / "openapi.json").write_text("{}")
    archive = folder / "app.pyz"
    files = {  # an installed package has the schemas in it already
        f"{target}/{path.relative_to(root).as_posix()}": path
        for root, target in (
            (Path(fieldbound.__file__).parent, "fieldbound"),
            (bundled_folder(), "fieldbound/schemas"),
        )
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with ZipFile(archive, "w") as zipped:
        for name, path in files.items():
            zipped.write(path, name)
    return archive


def outputs(folder: Path, archive: Path | None = None) -> list[str]:
    """Run the commands of an archive, or of this package, with a temporary folder of its own.

    Return the output of each, its exit code at the end.
    """
    folder.mkdir()
    path = archive or Path(fieldbound.__file__).parents[1]
    env = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(path)}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", MAIN, json.dumps([argv for argv, *_ in COMMANDS])],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=env,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.split("\f")


def test_package_in_an_archive(tmp_path: Path, archive: Path) -> None:
    """A package in an archive does the same as an installed one, and leaves no files behind."""
    found = outputs(tmp_path / "a", archive)
    codes = [each.split("\n")[0] for each in found[1:]]
    assert codes == [f" {code}" for _, code, _ in COMMANDS]
    assert [shown in out for (_, _, shown), out in zip(COMMANDS, found, strict=False)] == [True] * 4
    assert found == outputs(tmp_path / "b")
    assert list((tmp_path / "a").iterdir()) == []


def test_start_needs_no_archive_reader() -> None:
    """An installed package imports nothing for archives when its folder is looked up."""
    code = (
        "import sys; from fieldbound.catalog.bundled_folder import bundled_folder; "
        "bundled_folder(); print(*{'importlib.resources', 'tempfile', 'zipfile'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == ""
