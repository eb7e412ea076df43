"""The pre-commit hooks: valid by pre-commit's schema, and run by pre-commit itself."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import validators

from fieldbound.cli.entry_point import parser_of_commands
from support.paths import ROOT

#: A checkout of the source; the tests may run without one.
SOURCE = Path(os.environ.get("FIELDBOUND_SOURCE", ROOT))
SUITES = os.environ.get("FIELDBOUND_SUITES")
MANIFEST = ROOT / ".pre-commit-hooks.yaml"

#: What the package is built from, and the manifest of the hooks.
BUILT_FROM = (".ci", "src", "schemas", "pyproject.toml", "README.md", "LICENSE", MANIFEST.name)

#: An exchange in a recording, to a path that the vendor does not have.
EXCHANGE: dict[str, Any] = {
    "request": {"method": "GET", "url": "https://shop.example/nothing/here", "headers": []},
    "response": {"status": 200, "headers": [], "content": {"size": 0}},
}


def manifest_hooks() -> list[dict[str, Any]]:
    """Return the hooks of the manifest."""
    hooks: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert [each["id"] for each in hooks] == ["fieldbound", "fieldbound-recordings"]
    return hooks


@pytest.mark.skipif(SUITES is None, reason="FIELDBOUND_SUITES names no folder of public suites")
def test_manifest_is_valid() -> None:
    """The manifest is valid by the schema of .pre-commit-hooks.yaml."""
    schema = json.loads(Path(SUITES or "", "formats", "pre-commit-hooks.json").read_text())
    validator = validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(manifest_hooks())] == []


def test_a_run_has_one_report() -> None:
    """Each hook gets all files of a run at once, and so gives one report."""
    assert all(each["require_serial"] for each in manifest_hooks())


@pytest.mark.parametrize(
    "files",
    [
        ["a.json", "b.yaml"],
        ["-weird.json", "a.json"],
        ["--output=x.json"],
        ["a.json", "--output=x.json", "--", "-c"],
        [],
    ],
)
def test_entry_is_a_command(files: list[str]) -> None:
    """The entry of a hook, its arguments and the files are a command; a file is never an option."""
    for hook in manifest_hooks():
        program, *argv = shlex.split(hook["entry"])
        assert program == "fieldbound"
        args = parser_of_commands().parse_args([*argv, *hook["args"], *files])
        assert args.files == files
        assert args.skip_unmapped
        assert args.output is None


def git(folder: Path, *argv: str) -> None:
    """Run git in a folder, independent of the user's settings."""
    settings = ("user.name=t", "user.email=t@t.invalid", "commit.gpgsign=false")
    options = [word for each in settings for word in ("-c", each)]
    subprocess.run(["git", *options, *argv], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    """Turn a folder into a git repository with all its files committed."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", "all")
    return folder


def head(folder: Path) -> str:
    """Return the revision of a repository."""
    argv = ["git", "rev-parse", "HEAD"]
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout[:40]


@pytest.fixture(name="hooks", scope="module")
def _hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with the hooks and the source of the package."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in BUILT_FROM:
        if (SOURCE / name).is_dir():
            shutil.copytree(
                SOURCE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(SOURCE / name, folder / name)
    return repository(folder)


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    """Return a user's repository: a contract, payloads of each kind, and recordings."""
    project = tmp_path / "project"
    for folder in ("payloads", "tapes"):
        (project / folder).mkdir(parents=True)
    files = {
        "group.schema.json": '{"properties": {"Name": {"maxLength": 5}}}',
        "payloads/good.json": '{"Name": "short"}',
        "payloads/bad.json": '{"Name": "too long"}',
        "--output=x.json": '{"Name": "too long"}',
        "unmapped.yaml": "Name: too long",
        "pyproject.toml": (
            "[tool.fieldbound.files]\n"
            '"payloads/**/*.json" = "group.schema.json"\n'
            '"-*.json" = "group.schema.json"\n'
            '[tool.fieldbound]\nrecordings = ["tapes/*.yaml"]\n'
            '[tool.fieldbound.apis]\n"shop.example" = "axim-commerce"\n'
        ),
        "traffic.har": json.dumps({"log": {"entries": [EXCHANGE]}}),
        "tapes/one.yaml": yaml.safe_dump({"interactions": [EXCHANGE]}),
    }
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    return repository(project)


def local_hooks() -> dict[str, Any]:
    """Return the hooks as those of a repository: run by what is installed here already."""
    hooks = manifest_hooks()
    for hook in hooks:
        hook["language"] = "system"
        hook["entry"] = f"{shlex.quote(sys.executable)} -m {hook['entry']}"
    return {"repo": "local", "hooks": hooks}


def installed_hooks(folder: Path) -> dict[str, Any]:
    """Return the hooks as those of the package, which pre-commit installs from its source.

    Installed once: each `pre-commit try-repo` would install it anew.
    """
    named = [{"id": each["id"]} for each in manifest_hooks()]
    return {"repo": str(folder), "rev": head(folder), "hooks": named}


@pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit is not installed")
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("installs", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_pre_commit_runs_them(
    installs: bool,
    request: pytest.FixtureRequest,
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Run by pre-commit, which may install them, the hooks pass valid files, and no other."""
    if installs and not (SOURCE / "src").is_dir():
        pytest.skip("there is no source to install from")
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env["PRE_COMMIT_HOME"] = str(tmp_path_factory.mktemp("home"))
    env.pop("GITHUB_ACTIONS", None)

    hooks = installed_hooks(request.getfixturevalue("hooks")) if installs else local_hooks()
    config = yaml.safe_dump({"repos": [hooks]})
    (project / ".pre-commit-config.yaml").write_text(config, "utf-8")

    def pre_commit(*args: str) -> subprocess.CompletedProcess[str]:
        argv = ["-m", "pre_commit", "run", *args]
        return subprocess.run(
            [sys.executable, *argv],
            cwd=project,
            env=env,
            check=False,
            capture_output=True,
            text=True,
        )

    good = pre_commit("fieldbound", "--files", "payloads/good.json", "unmapped.yaml")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    bad = pre_commit("--all-files")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    documents, recordings = bad.stdout.split("hook id: fieldbound-recordings")
    assert "\npayloads/bad.json:1:10: maxLength: " in documents
    assert "\n--output=x.json:1:10: maxLength: " in documents
    assert "\ntapes/one.yaml:" in documents
    (skipped,) = (line for line in documents.splitlines() if "no contract is mapped" in line)
    assert "unmapped.yaml" in skipped
    assert "payloads/good.json" not in documents
    assert "\ntraffic.har:1:" in recordings
    assert "enum: /url is " in recordings
    assert "payloads/" not in recordings
