"""The bundled contracts of a package in a zip archive, as zipapp makes one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

import fieldbound
from fieldbound.catalog.bundled_folder import bundled_folder
from support.paths import CASES
from support.running import Ran

NAME = "oracle-cx-sales/create-product-group"
#: Runs the command; the package must be the one in the archive, whatever is installed.
MAIN = """
import sys
import fieldbound
from fieldbound.cli import run

assert ("app.pyz" in fieldbound.__file__) is ("app.pyz" in sys.path[1])
sys.exit(run())
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


def command(folder: Path, *argv: str, archive: Path | None = None) -> Ran:
    """Run the command of an archive, or of this package, with a temporary folder of its own."""
    folder.mkdir()
    path = archive or Path(fieldbound.__file__).parents[1]
    env = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(path)}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", MAIN, *argv],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=env,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    ("argv", "code", "shown"),
    [
        (["contracts"], 0, NAME),
        (["limits", NAME], 0, "maxLength 150"),
        (["check", "-c", NAME, "{case}"], 1, "violations in 1 of 1 documents"),
        (["check", "-c", NAME, "--format", "json", "{case}"], 1, '"ok": false'),
    ],
)
def test_package_in_an_archive(
    tmp_path: Path, archive: Path, argv: list[str], code: int, shown: str
) -> None:
    """A package in an archive does the same as an installed one, and leaves no files behind."""
    case = CASES / NAME / "request" / "invalid" / "whole-answer-sent-back.json"
    argv = [str(case) if each == "{case}" else each for each in argv]
    ran = command(tmp_path / "a", *argv, archive=archive)
    assert ran.code == code
    assert shown in ran.out
    assert ran == command(tmp_path / "b", *argv)
    assert list((tmp_path / "a").iterdir()) == []


def test_start_needs_no_archive_reader() -> None:
    """An installed package imports nothing for archives when its folder is looked up."""
    code = (
        "import sys; from fieldbound.catalog.bundled_folder import bundled_folder; "
        "bundled_folder(); print(*{'importlib.resources', 'tempfile', 'zipfile'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == ""
