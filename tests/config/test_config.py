"""`[tool.fieldbound]`: where it is found, how it is validated, and what its globs match."""

from __future__ import annotations

import os
import pickle
import re
from glob import glob
from pathlib import Path

import pytest

from fieldbound.config import BrokenConfig, Config, found_paths, load
from fieldbound.model.evidence import SAYS
from support.tables import table

CREATE = "oracle-cx-sales/create-product-group"


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, text: str = "{}") -> Path:
    """Write a file, and create its parent folders."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def configure(body: str, folder: str = ".") -> Config:
    """Write pyproject.toml with *body* below [tool.fieldbound] and load it."""
    write(f"{folder}/pyproject.toml", f"[tool.fieldbound]\n{body}")
    return load()


def test_defaults() -> None:
    """Without a [tool.fieldbound] table, all settings have their defaults."""
    write("pyproject.toml", "[project]\nname = 'x'\n")
    config = load()
    assert (config.file, config.folders, config.fail_on, config.mapping) == (
        None,
        (),
        SAYS[-1],
        (),
    )
    assert config.files() == []
    assert config.contract_for("a.json") is None


def test_settings() -> None:
    """Every key is read; folders are relative to the working directory."""
    config = configure(
        'folders = ["contracts", "../more"]\nfail-on = "stated"\n'
        f'[tool.fieldbound.files]\n"*.json" = "{CREATE}"'
    )
    assert config.file == "pyproject.toml"
    assert [each.path for each in config.folders] == ["contracts", str(Path("../more"))]
    assert config.fail_on == "stated"
    assert config.mapping == (("*.json", CREATE),)


def test_nearest_file_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest pyproject.toml with a [tool.fieldbound] table is used, searched upward."""
    configure('folders = ["far"]')
    configure('folders = ["near"]', "a")
    write("a/b/pyproject.toml", "[tool.other]\n")
    Path("a/b/c").mkdir()
    monkeypatch.chdir("a/b/c")
    config = load()
    assert config.file == str(Path("../../pyproject.toml"))
    assert [each.path for each in config.folders] == [str(Path("../../near"))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool.fieldbound", "pyproject.toml: invalid TOML: "),
        ("[tool.fieldbound]\nfolders = 'a", "pyproject.toml: invalid TOML: "),
        ("[tool]\nfieldbound = 1", "pyproject.toml: tool.fieldbound must be a table"),
        (
            "[tool.fieldbound]\nfail_on = 'stated'",
            "pyproject.toml: unknown key tool.fieldbound.fail_on: must be one of folders, fail-on, "
            "files, recordings, apis, ignore, per-file-ignores, fail-on-unused-ignores, severity, "
            "baseline, overrides; did you mean fail-on?",
        ),
        (
            "[tool.fieldbound]\nxyzzy = 1",
            "pyproject.toml: unknown key tool.fieldbound.xyzzy: must be one of folders, fail-on, "
            "files",
        ),
        (
            "[tool.fieldbound]\nfail-on = 'state'",
            "pyproject.toml: tool.fieldbound.fail-on is 'state', but must be one of stated, "
            "observed, example, inferred; did you mean stated?",
        ),
        (
            "[tool.fieldbound]\nfail-on = ['stated']",
            "pyproject.toml: tool.fieldbound.fail-on is ['stated'], but must be one of stated, "
            "observed, example, inferred; did you mean stated?",
        ),
        (
            "[tool.fieldbound]\nfolders = 'contracts'",
            "pyproject.toml: tool.fieldbound.folders must be a list of folders, "
            'such as ["contracts"]',
        ),
        (
            "[tool.fieldbound]\nfolders = [1]",
            "pyproject.toml: tool.fieldbound.folders must be a list of folders, "
            'such as ["contracts"]',
        ),
        (
            "[tool.fieldbound]\nfiles = ['*.json']",
            "pyproject.toml: tool.fieldbound.files must be a table of globs, each with the "
            "name of a contract",
        ),
        (
            "[tool.fieldbound.files]\n'*.json' = 1",
            "pyproject.toml: tool.fieldbound.files: glob '*.json' must have the name of a contract",
        ),
    ],
)
def test_invalid_table_is_an_error(text: str, reason: str) -> None:
    """Invalid TOML, keys and values are errors, with the file, the key and what is allowed."""
    write("pyproject.toml", text)
    with pytest.raises(BrokenConfig) as caught:
        load()
    assert str(caught.value).startswith(reason)
    assert pickle.loads(pickle.dumps(caught.value)) == caught.value  # noqa: S301


def test_invalid_encoding_is_an_error() -> None:
    """A pyproject.toml that is not UTF-8 is an error."""
    Path("pyproject.toml").write_bytes(b"[tool.fieldbound]\nfolders = ['\xff']")
    with pytest.raises(BrokenConfig, match="invalid TOML: not UTF-8"):
        load()


def test_first_matching_glob_is_used() -> None:
    """Of several globs that match a file, the first in pyproject.toml is used."""
    config = configure(
        '[tool.fieldbound.files]\n"p/special.json" = "v/special"\n'
        '"p/*.json" = "v/all"\n"**/*.json" = "v/rest"'
    )
    assert config.contract_for("p/special.json") == "v/special"
    assert config.contract_for("p/other.json") == "v/all"
    assert config.contract_for("other.json") == "v/rest"
    assert config.contract_for("other.yaml") is None


TREE = (
    "a.json",
    "b.yaml",
    "[x].json",
    "a b.json",
    ".hidden.json",
    "p/a.json",
    "p/b1.json",
    "p/q/c.json",
    "p/q/r/d.json",
    "p/.git/e.json",
    "p/dir.json/f.json",
)


@pytest.mark.parametrize(
    "pattern",
    [
        "*.json",
        "./*.json",
        "p/*.json",
        "p/?.json",
        "p/b[0-9].json",
        "p/[!b]*.json",
        "[[]x].json",
        "**/*.json",
        "**",
        "p/**",
        "p/**/*.json",
        "p/**/r/*.json",
        "p**/*.json",
        "**/.git/*.json",
        ".*.json",
        "*",
        "*/*",
        "*/*/*",
        "[z-a].json",
        "[--;]/*.json",
        "[[--c].json",
        "[a&&b].json",
        "[!--b]*",
        "[^a]*.json",
        "[",
        "p/",
        "nothing/*.json",
    ],
)
def test_globs_match_like_python(pattern: str) -> None:
    """A named file is mapped exactly where Python's glob finds it, and folders never are."""
    for path in TREE:
        write(path)
    config = configure(f'[tool.fieldbound.files]\n"{pattern}" = "v/o"')
    found = {str(Path(each)) for each in glob(pattern, recursive=True) if Path(each).is_file()}  # noqa: PTH207
    found.discard("pyproject.toml")
    assert {path for path, _ in config.files()} - {"pyproject.toml"} == found
    assert {path for path in TREE if config.contract_for(path)} == found


@table(
    ("pattern", "path", "matches"),
    [
        ("*a" * 40 + "b", "a" * 2000, False),
        ("*a" * 40 + "b", "a" * 2000 + "b", True),
        ("?*" * 40 + "q", "z" * 2000, False),
        ("**/" * 40 + "x", "a/" * 200 + "a", False),
        ("**/" * 40 + "x", "a/" * 200 + "x", True),
        ("**/a/" * 40 + "x", "a/" * 200 + "a", False),
        ("**/*a*a*a/" * 40 + "x", "aaaaaa/" * 200 + "x", True),
        ("**/*a*a*a/" * 40 + "x", "aaaaaa/" * 200 + "a", False),
        ("**/a/b/**/.c/x", "a/b/a/b/.c/x", True),
        ("**/a/b/**/c/x", "a/b/.a/b/c/x", False),
    ],
)
def test_many_stars_are_matched_in_turn(pattern: str, path: str, matches: bool) -> None:
    """Many stars take no longer than one: what is between them is searched for once."""
    config = Config(".", recordings=(pattern,))
    assert config.is_recording(path) is matches


@table(
    "pattern",
    [
        "**/" * 40 + "c.json",
        "./" + "**/" * 40 + "c.json",
        "**/**",
        "a" + "/**" * 40,
        "**//**/b.json",
        "**/a/**/a/**/c.json",
        "**/.a/**",
        "**/nothing/**",
        "a/**/",
        "**/" * 40,
    ],
)
def test_folders_are_searched_once(pattern: str) -> None:
    """Any folders, and any folders in them, are found as any folders are by Python's glob."""
    for path in ("a/a/a/c.json", "a/a/.a/b.json", "a/b.json", ".a/c.json", "a/a/a/a/a/a/a/c.json"):
        write(path)
    shorter = re.sub(r"(\*\*/+)+(?=\*\*(/|$))", "", pattern)
    found = {each for each in glob(shorter, recursive=True) if os.path.lexists(each)}  # noqa: PTH207
    assert found_paths(pattern) == found


def test_files_are_sorted_with_their_contracts() -> None:
    """The files of the mapping are sorted and unique, each with its first matching glob."""
    for path in ("b.json", "a.json", "c/a.json"):
        write(path)
    config = configure('[tool.fieldbound.files]\n"b*" = "v/b"\n"**/*.json" = "v/o"\n"x" = "v/x"')
    assert config.files() == [
        ("a.json", "v/o"),
        ("b.json", "v/b"),
        (str(Path("c/a.json")), "v/o"),
    ]
    assert config.unmatched_globs() == ["x"]


def test_globs_are_relative_to_the_pyproject(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Globs are relative to the pyproject's folder, for any working directory and path."""
    file = write("p/q/a.json")
    configure('[tool.fieldbound.files]\n"p/q/*.json" = "v/o"')
    monkeypatch.chdir("p")
    config = load()
    assert config.files() == [(str(Path("q/a.json")), "v/o")]
    for path in ("q/a.json", "./q/../q/a.json", "../p/q/a.json", str(tmp_path / file)):
        assert config.contract_for(path) == "v/o"
    assert config.contract_for("a.json") is None


def test_symbolic_links(tmp_path: Path) -> None:
    """A file that is a link has its own name; links to its folders are resolved."""
    write("real/p/a.json")
    write("real/pyproject.toml", '[tool.fieldbound.files]\n"p/*.json" = "v/o"')
    Path("real/p/link.json").symlink_to(tmp_path / "other.txt")
    Path("link").symlink_to("real", target_is_directory=True)
    config = load(Path("real").resolve())
    assert config.contract_for("real/p/link.json") == "v/o"
    assert config.contract_for("link/p/a.json") == "v/o"


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        ("vendor/operation", "vendor/operation"),
        ("vendor/operation/request.headers", "vendor/operation/request.headers"),
        ("schemas/group.json", "../schemas/group.json"),
        ("api.yaml#createGroup/response.201", "../api.yaml#createGroup/response.201"),
    ],
)
def test_contract_file_is_relative_to_the_pyproject(
    contract: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of a contract's file is relative to the pyproject's folder."""
    write("sub/a.json")
    configure(f'[tool.fieldbound.files]\n"sub/*.json" = "{contract}"')
    monkeypatch.chdir("sub")
    assert load().contract_for("a.json") == expected


def test_recordings_override_the_mapping() -> None:
    """A file that matches a glob of recordings is a recording, also if it is in the mapping."""
    config = configure(
        'recordings = ["tapes/**/*.json", "*.har"]\n'
        f'[tool.fieldbound.files]\n"**/*.json" = "{CREATE}"\n'
    )
    for path in ("tapes/a/b.json", "c.json"):
        write(path)
    assert config.is_recording("tapes/a/b.json")
    assert config.is_recording("anywhere.har")
    assert not config.is_recording("c.json")
    assert config.files() == [("c.json", CREATE), (str(Path("tapes/a/b.json")), None)]
    assert config.unmatched_globs() == ["*.har"]


@pytest.mark.parametrize("glob", ["../*.json", "a/../../b.json", "/etc/*", "**/../../x/*.json"])
@pytest.mark.parametrize("table", ["[tool.fieldbound.files]\n{} = 'a.json'", "recordings = [{}]"])
def test_glob_does_not_leave_the_project(
    glob: str, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A glob that leaves the folder of pyproject.toml is an error, unless it is in a repository."""
    project = tmp_path / "project"
    project.mkdir()
    text = "[tool.fieldbound]\n" + table.format(f'"{glob}"')
    (project / "pyproject.toml").write_text(text)
    monkeypatch.chdir(project)
    with pytest.raises(BrokenConfig, match="leaves the project"):
        load()
    (tmp_path / ".git").mkdir()
    if glob.startswith("/"):
        with pytest.raises(BrokenConfig, match="leaves the project"):
            load()
    else:
        load()


@pytest.mark.parametrize(
    "body",
    [
        r'folders = ["a\u0000"]',
        r'recordings = ["a\u0000/*.har"]',
        'baseline = "a\\u0000"',
        '[tool.fieldbound.files]\n"*.json" = "a\\u0000.json"',
        '[tool.fieldbound.files]\n"a\\u0000" = "a.json"',
        f"folders = {'[' * 5000}",
    ],
)
def test_what_no_file_system_takes_is_an_error(body: str) -> None:
    """A NUL in a name, and arrays nested without end, are errors of the file."""
    with pytest.raises(BrokenConfig, match=r"pyproject\.toml"):
        configure(body)


# -- which file ------------------------------------------------------------------------------------


def test_fieldbound_toml() -> None:
    """fieldbound.toml has the settings at its top, and counts before a pyproject.toml beside it."""
    write("pyproject.toml", "[tool.fieldbound]\nfail-on = 'stated'")
    write("fieldbound.toml", "fail-on = 'observed'\n[files]\n'*.json' = 'v/o'")
    config = load()
    assert (config.file, config.fail_on, config.mapping) == (
        "fieldbound.toml",
        "observed",
        (("*.json", "v/o"),),
    )
    assert config.table("files") == "[files]"


def test_the_nearest_folder_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pyproject.toml in a nearer folder counts before a fieldbound.toml."""
    write("fieldbound.toml", "fail-on = 'observed'")
    configure("fail-on = 'stated'", "a")
    monkeypatch.chdir("a")
    assert load().fail_on == "stated"
    assert load().table("files") == "[tool.fieldbound.files]"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fail_on = 'stated'", "unknown key fail_on: must be one of folders, fail-on, "),
        ("fail-on = 'state'", "fail-on is 'state', but must be one of stated, "),
        ("[tool.fieldbound]\n", "unknown key tool: settings are at the top of this file"),
    ],
)
def test_errors_of_fieldbound_toml(text: str, reason: str) -> None:
    """An error in fieldbound.toml names the key as it is written there."""
    write("fieldbound.toml", text)
    with pytest.raises(BrokenConfig) as caught:
        load()
    assert str(caught.value).startswith(f"fieldbound.toml: {reason}")


def test_a_variable_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """FIELDBOUND_CONFIG names another file, whose folder is the root, or none."""
    configure("fail-on = 'stated'")
    write("ci/strict.toml", "folders = ['contracts']")
    write("ci/pyproject.toml", "[tool.fieldbound]\nfail-on = 'example'")
    monkeypatch.setenv("FIELDBOUND_CONFIG", "ci/strict.toml")
    assert [each.path for each in load().folders] == [str(Path("ci/contracts"))]
    assert load().fail_on == SAYS[-1]
    monkeypatch.setenv("FIELDBOUND_CONFIG", "ci/pyproject.toml")
    assert load().fail_on == "example"
    write("ci/other.toml", "[tool.fieldbound]\nfail-on = 'observed'")
    monkeypatch.setenv("FIELDBOUND_CONFIG", "ci/other.toml")
    assert load().fail_on == "observed"
    monkeypatch.setenv("FIELDBOUND_CONFIG", "none")
    assert (load().file, load().fail_on) == (None, SAYS[-1])
    monkeypatch.setenv("FIELDBOUND_CONFIG", "")
    assert load().fail_on == "stated"


def test_a_variable_that_names_no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """FIELDBOUND_CONFIG must name a file that exists and has settings."""
    monkeypatch.setenv("FIELDBOUND_CONFIG", "nope.toml")
    with pytest.raises(BrokenConfig, match=r"nope.toml: cannot be read: .*FIELDBOUND_CONFIG"):
        load()
    write("pyproject.toml", "[project]\nname = 'x'")
    monkeypatch.setenv("FIELDBOUND_CONFIG", "pyproject.toml")
    with pytest.raises(BrokenConfig, match=r"has no \[tool.fieldbound\], and FIELDBOUND_CONFIG"):
        load()


def test_a_changed_file_is_read_again() -> None:
    """A configuration that is written again has its new settings."""
    assert configure("fail-on = 'stated'").fail_on == "stated"
    assert configure("fail-on = 'example'").fail_on == "example"


# -- severity, ignored limits, baseline ------------------------------------------------------------


def test_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Severity, ignored limits and the baseline are read; the baseline is relative to the file."""
    configure(
        'fail-on = "stated"\nignore = ["*:maxLength"]\nbaseline = "known.json"\n'
        '[tool.fieldbound.severity]\n"acme/*:format" = "warning"\ninferred = "off"\n'
        '[tool.fieldbound.per-file-ignores]\n"old/*.json" = ["acme/*", "*:enum"]\n'
    )
    Path("old").mkdir()
    monkeypatch.chdir("old")
    config = load()
    assert config.ignore == ("*:maxLength",)
    assert config.baseline == str(Path("../known.json"))
    assert config.severity.fail_on == "stated"
    assert config.severity.levels == (("acme/*:format", "warning"), ("inferred", "off"))
    assert config.ignores_for("a.json") == [("old/*.json", ("acme/*", "*:enum"))]
    assert config.ignores_for("../a.json") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ignore = '*:enum'", 'ignore must be a list of limits, such as ["acme/create-order#/gift'),
        (
            "ignore = ['enum']",
            "ignore: 'enum' is no limit, such as acme/create-order#/gift:enum or ",
        ),
        ("baseline = 1", 'baseline must be a file, such as ".fieldbound-baseline.json"'),
        ("severity = 'off'", "severity must be a table of limits or evidence, each with one of "),
        (
            "severity = {'*:enum' = 'warn'}",
            "severity.'*:enum' is 'warn', but must be one of error, warning, off; did you mean "
            "warning?",
        ),
        ("severity = {enum = 'off'}", "severity: 'enum' is no limit, such as "),
        ("severity = {infered = 'off'}", "severity: 'infered' is no limit, such as "),
        ("fail-on-unused-ignores = 1", "fail-on-unused-ignores must be true or false, not 1"),
        ("per-file-ignores = ['*']", "per-file-ignores must be a table of globs, each with a list"),
        (
            "per-file-ignores = {'*.json' = 'x'}",
            "per-file-ignores.'*.json' must be a list of limits",
        ),
        ("per-file-ignores = {'../x' = ['*']}", "per-file-ignores: glob '../x' leaves the project"),
        (
            "ignores = []",
            "ignores: must be one of folders, fail-on, files, recordings, apis, ignore",
        ),
    ],
)
def test_invalid_policies_are_errors(text: str, reason: str) -> None:
    """An invalid value of these keys is an error with what is allowed, and what was meant."""
    write("pyproject.toml", f"[tool.fieldbound]\n{text}")
    with pytest.raises(BrokenConfig) as caught:
        load()
    assert f"tool.fieldbound.{reason}" in str(caught.value)
