"""The files of the repository that GitHub reads: valid, and in step with the package."""

from __future__ import annotations

import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.paths import ROOT, SOURCE

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GITHUB = SOURCE / ".github"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

pytestmark = pytest.mark.skipif(not GITHUB.is_dir(), reason="there is no checkout of the source")


def parsed(path: Path) -> dict[str, Any]:
    """Return the YAML of a file."""
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def test_the_gate_runs_on_every_version() -> None:
    """The workflow runs the gate on every version of Python that the package names."""
    jobs = parsed(GITHUB / "workflows" / "gate.yml")["jobs"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert jobs["gate"]["strategy"]["matrix"]["python"] == named
    runs = [step["run"] for step in jobs["gate"]["steps"] if "run" in step]
    assert runs == [".ci/run"]
    assert (SOURCE / ".ci" / "run").is_file()


def test_what_is_published_has_passed_the_gate() -> None:
    """Only a tag is built, after the gate; publishing has the one permission that it needs."""
    workflow = parsed(GITHUB / "workflows" / "gate.yml")
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert (jobs["build"]["needs"], jobs["publish"]["needs"]) == ("gate", "build")
    assert jobs["build"]["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}


def test_the_tag_is_compared_with_the_version() -> None:
    """The line that the workflow looks for is the one that pyproject.toml has."""
    steps = parsed(GITHUB / "workflows" / "gate.yml")["jobs"]["build"]["steps"]
    (command,) = (each["run"] for each in steps if each.get("name") == "the tag is the version")
    looked_for = re.findall(r'"(.*)"', command)[0].replace('\\"', '"')
    line = looked_for.replace("${GITHUB_REF_NAME#v}", PROJECT["version"])
    assert f"\n{line}\n" in (ROOT / "pyproject.toml").read_text("utf-8")


@pytest.mark.parametrize("name", ["bug.yml", "feature.yml", "wrong-limit.yml"])
def test_issue_forms(name: str) -> None:
    """An issue form has what GitHub demands: a name, a description, and elements with labels."""
    form = parsed(GITHUB / "ISSUE_TEMPLATE" / name)
    assert {"name", "description", "body"} <= form.keys()
    assert form.keys() <= {"name", "description", "title", "labels", "body"}
    ids = [each["id"] for each in form["body"]]
    assert len(ids) == len({*ids})
    for each in form["body"]:
        assert each["type"] in ("checkboxes", "dropdown", "input", "textarea")
        assert each["attributes"]["label"]
        assert each.keys() <= {"type", "id", "attributes", "validations"}
        assert (each["type"] == "checkboxes") == ("options" in each["attributes"])


def test_links_of_the_texts() -> None:
    """A relative link leads to a file of the repository."""
    for path in GITHUB.glob("*.md"):
        for target in re.findall(r"\]\((?!https://)([^)#]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).is_file(), target


def test_benchmarks_that_guides_name_exist() -> None:
    """A benchmark that a guide names is there, in a command, too."""
    texts = sorted(files("fieldbound").joinpath("guides").iterdir(), key=lambda each: each.name)
    assert len(texts) > 10
    for text in texts:
        for path in re.findall(r"\btests/bench\b[\w./-]*", text.read_text("utf-8")):
            assert (SOURCE / path).exists(), f"{text.name}: {path}"


def test_the_changelog_has_the_version() -> None:
    """The changelog begins with the version of the package."""
    from fieldbound.site import guide

    assert re.findall(r"^## (\S+)", guide("changelog").text, re.MULTILINE)[0] == PROJECT["version"]
