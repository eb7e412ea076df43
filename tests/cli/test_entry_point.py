"""The command line: options, exit codes, standard streams, selection of files, and output."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import fieldbound.catalog
import fieldbound.render
from fieldbound.cli.entry_point import main, parser_of_commands
from fieldbound.documents import atomic_write
from fieldbound.model.evidence import SAYS
from fieldbound.render import BULK_FORMATS, FORMATS
from support.forked import forked, forked_command
from support.hostile_text import COMMANDS, commands
from support.running import Command, Ran
from support.tables import table

#: A limit without an x-source entry always fails.
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "Name": {"type": "string", "maxLength": 5},
        "Note": {
            "maxLength": 5,
            "x-source": {"says": "inferred", "from": [], "note": "As long as a name."},
        },
    },
    "required": ["Name"],
    "x-source": {"of": ["type", "required"], "says": "stated", "from": []},
}
GOOD, BAD, WARN = '{"Name": "short"}', '{"Name": "too long"}', '{"Name": "a", "Note": "too long"}'
EXAMPLE = "oracle-cx-sales/create-product-group"

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals, pipes and terminals")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("group.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    for name, text in (("good.json", GOOD), ("bad.json", BAD), ("warn.json", WARN)):
        Path(name).write_text(text, encoding="utf-8")


@pytest.fixture(name="cli")
def _cli(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*argv: str) -> Ran:
        code = main(argv)
        return Ran(code, *capsys.readouterr())

    return command


def process(*argv: str, **more: Any) -> Ran:
    """Run the command in a process of its own, with *env* added to the environment."""
    env = {**os.environ, **more.pop("env", {})}
    ran = subprocess.run(
        [sys.executable, "-m", "fieldbound", *argv],
        env=env,
        check=False,
        encoding="utf-8",
        errors="surrogateescape",
        **{"capture_output": "stdout" not in more, **more},
    )
    return Ran(ran.returncode, ran.stdout or "", ran.stderr or "")


def mapping(**files: str) -> None:
    """Write a pyproject.toml that maps globs to contracts."""
    lines = "".join(f"{json.dumps(glob)} = {json.dumps(name)}\n" for glob, name in files.items())
    Path("pyproject.toml").write_text(f"[tool.fieldbound.files]\n{lines}", encoding="utf-8")


# -- options ---------------------------------------------------------------------------------------


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    actions = parser_of_commands()._actions
    (commands,) = (each for each in actions if isinstance(each, argparse._SubParsersAction))
    for parser in commands.choices.values():
        parser.format_help()  # adds the options of the command
    return dict(commands.choices)


def choices(command: str, option: str) -> tuple[str, ...]:
    """Return the choices of an option of a command."""
    (action,) = (each for each in parsers()[command]._actions if option in each.option_strings)
    return tuple(action.choices or ())


def test_choices_are_those_of_the_library() -> None:
    """--format accepts every output format, --fail-on every level of evidence."""
    assert choices("check", "--format") == (*FORMATS, *(set(BULK_FORMATS) - set(FORMATS)))
    assert choices("check", "--fail-on") == SAYS


def test_every_option_has_help() -> None:
    """Every option of every command has a help text."""
    for parser in (parser_of_commands(), *parsers().values()):
        for action in parser._actions:
            assert action.help or isinstance(action, argparse._SubParsersAction), action


@pytest.mark.parametrize("command", [None, *parsers()])
def test_help_has_an_example_that_parses(command: str | None, cli: Command) -> None:
    """Every help ends with an example, which the parser accepts."""
    ran = cli(*filter(None, [command]), "--help")
    assert ran.code == 0
    program, *argv = shlex.split(ran.out.splitlines()[-1].removeprefix("example: "))
    assert program == "fieldbound"
    assert parser_of_commands().parse_args(argv).command is not None


def test_version(cli: Command) -> None:
    """--version prints the version of the package."""
    from importlib.metadata import version

    assert cli("--version") == Ran(0, f"fieldbound {version('fieldbound')}\n", "")


def test_bare_command(cli: Command) -> None:
    """Without a command the help is printed to stderr, and the exit code is 2."""
    ran = cli()
    assert (ran.code, ran.out) == (2, "")
    assert "usage: fieldbound" in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ("chekc",),
        ("check", "--formt", "json"),
        ("check", "--format", "xml"),
        ("check", "--fail-on", "guessed"),
        ("check", "--form", "json", "good.json"),
        ("check", "\x1b[31m", "--\x1b[31m"),
    ],
)
def test_wrong_usage(argv: tuple[str, ...], cli: Command) -> None:
    """A usage error is exit code 2 and a message on stderr, with control characters escaped."""
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fieldbound: ")
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("option", "suggestion"),
    [
        ("--formt", "; did you mean --format?"),
        ("--formt=json", "; did you mean --format?"),
        ("--xyz", ""),
    ],
)
def test_unknown_option(option: str, suggestion: str, cli: Command) -> None:
    """An unknown option is an error that suggests a similar one, with the usage of the command."""
    ran = cli("check", option)
    assert ran.code == 2
    first, usage = ran.err.splitlines()
    assert first == f"fieldbound: unknown option {option}{suggestion}"
    assert usage == "usage: fieldbound check [OPTION ...] [FILE ...]"


# -- violations and exit codes ---------------------------------------------------------------------


def test_transcript(cli: Command) -> None:
    """A violation is printed with place, code, message and hint, and the summary counts it."""
    ran = cli("check", "-c", "group.json", "good.json", "bad.json")
    assert ran == Ran(
        1,
        "bad.json:1:10: maxLength: /Name has 8 characters, the limit is 5\n"
        "    hint: shorten it by 3 characters\n"
        "1 violation in 1 of 2 documents\n",
        "",
    )


@table(
    ("argv", "code"),
    [
        (("good.json",), 0),
        (("good.json", "good.json"), 0),
        (("bad.json",), 1),
        (("good.json", "bad.json"), 1),
        (("warn.json",), 1),
        (("warn.json", "--fail-on", "inferred"), 1),
        (("warn.json", "--fail-on", "example"), 0),
        (("warn.json", "--fail-on", "stated"), 0),
        (("bad.json", "--fail-on", "stated"), 1),
        (("missing.json",), 2),
        (("missing.json", "good.json"), 2),
        (("missing.json", "bad.json"), 2),
        (("bad.json", "no*.json"), 2),
        ((), 2),
    ],
)
@table("format", FORMATS)
def test_exit_codes(argv: tuple[str, ...], code: int, format: str, cli: Command) -> None:  # noqa: A002
    """0 valid, 1 violations that fail, 2 something not checked: the largest is returned."""
    assert cli("check", "-c", "group.json", "--format", format, *argv).code == code


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b'{"Name": NaN}', b'{"Name": "a"} x', b"[" * 100_000]
)
def test_syntax_error(text: bytes, cli: Command) -> None:
    """A file that is not valid JSON has a violation with its place."""
    Path("text.json").write_bytes(text)
    ran = cli("check", "-c", "group.json", "text.json")
    assert ran.code == 1
    assert ran.out.startswith("text.json:1:")
    assert ran.err == ""


def test_yaml(cli: Command) -> None:
    """A YAML file is checked like JSON."""
    Path("bad.yaml").write_text("# a comment\nName: too long\n", encoding="utf-8")
    ran = cli("check", "-c", "group.json", "bad.yaml")
    assert ran.out.startswith("bad.yaml:2:7: maxLength: /Name has 8 characters")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing.json", "cannot read missing.json: No such file or directory"),
        ("no*.json", "no file matches 'no*.json'"),
        ("good.json/x", "cannot read good.json/x: Not a directory"),
        ("a\x1b\n.json", r"cannot read a\x1b\n.json: No such file or directory"),
    ],
)
@posix
def test_unreadable(path: str, reason: str, cli: Command) -> None:
    """A file that cannot be read is reported on stderr, and the others are checked."""
    ran = cli("check", "-c", "group.json", path, "bad.json")
    assert ran.code == 2
    assert ran.err == f"fieldbound: {reason}\n"
    assert ran.out.endswith("\n1 violation in 1 of 1 documents; 1 could not be checked\n")


def test_every_format_has_what_could_not_be_checked(cli: Command) -> None:
    """The output has an error for each file that could not be checked; stderr has each once."""
    mapping(**{"[bg]*d.json": "group.json", "w*": "broken.json", "o*": "broken.json"})
    Path("other.json").write_text(GOOD, encoding="utf-8")
    argv = ("check", "good.json", "warn.json", "missing.json", "other.json", "bad.json")
    ran = cli(*argv, "--format", "json")
    report = json.loads(ran.out)
    assert (ran.code, report["ok"], report["documents"]) == (2, False, 2)
    unmapped, *broken = report["errors"]
    assert unmapped == "cannot read missing.json: No such file or directory"
    assert [each.partition(": ")[0] for each in broken] == ["warn.json", "other.json"]
    assert len({each.partition(": ")[2] for each in broken}) == 1
    assert ran.err.count("broken.json") == 1
    (run,) = json.loads(cli(*argv, "--format", "sarif").out)["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert 'errors="3"' in cli(*argv, "--format", "junit").out
    count = "1 violation in 1 of 2 documents; 3 could not be checked\n"
    for format in ("text", "github"):  # noqa: A001
        assert cli(*argv, "--format", format).out.endswith(f"\n{count}")
    assert cli(*argv, "--output", "report").err.endswith(f"fieldbound: {count}")


def test_error_after_the_first_report(cli: Command) -> None:
    """A file that cannot be read is in the report, also after others were checked."""
    argv = ("check", "-c", "group.json", "--format", "json", "good.json", "missing.json")
    report = json.loads(cli(*argv).out)
    assert (report["ok"], report["documents"]) == (False, 1)
    assert report["errors"] == ["cannot read missing.json: No such file or directory"]


@pytest.mark.parametrize(
    "schema", [None, "{", '{"type": "strin"}', '{"$ref": "https://example.com/x.json"}']
)
def test_broken_contract(schema: str | None, cli: Command) -> None:
    """A contract that is missing or invalid is one error, and nothing is checked."""
    if schema is not None:
        Path("broken.json").write_text(schema, encoding="utf-8")
    ran = cli("check", "-c", "broken.json", "good.json", "bad.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fieldbound: ")
    assert ran.err.count("\n") == 1


def test_unknown_name(cli: Command) -> None:
    """An unknown name of a contract is an error that suggests similar names."""
    ran = cli("check", "-c", EXAMPLE[:-1], "good.json")
    assert ran.code == 2
    assert EXAMPLE in ran.err


def test_unspecified_body(cli: Command) -> None:
    """A contract without a documented schema is one error, never valid."""
    Path("none.json").write_text('{"x-unspecified": "its page is empty"}', encoding="utf-8")
    ran = cli("check", "-c", "none.json", "good.json", "bad.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("its page is empty") == 1


def test_unspecified_part(cli: Command) -> None:
    """An undocumented part that a document has is reported once, before the summary."""
    part = {"properties": {"data": {"x-unspecified": "its page is empty"}}}
    Path("part.json").write_text(json.dumps(part), encoding="utf-8")
    for name in ("one.json", "two.json"):
        Path(name).write_text('{"data": 1}', encoding="utf-8")
    line = "not checked, the vendor does not document it: /data (its page is empty)\n"
    ran = cli("check", "-c", "part.json", "one.json", "two.json")
    assert ran == Ran(0, f"{line}2 documents valid\n", "")
    assert cli("check", "-c", "part.json", "--quiet", "one.json") == Ran(0, "", "")
    assert cli("check", "-c", "part.json", "good.json") == Ran(0, "1 document valid\n", "")


# -- standard input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "text", "start"),
    [
        ((), BAD, "stdin:1:10: maxLength: "),
        (("--input", "json"), BAD, "stdin:1:10: maxLength: "),
        (("--input", "yaml"), "Name: too long", "stdin:1:7: maxLength: "),
        ((), "Name: x", "stdin:1:1: syntax: "),
        ((), "", "stdin:1:1: syntax: "),
    ],
)
def test_stdin(argv: tuple[str, ...], text: str, start: str) -> None:
    """- is standard input: JSON, or the format of --input."""
    ran = forked_command("check", "-c", "group.json", "-", *argv, stdin=text)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(start)


def test_stdin_needs_a_contract(cli: Command) -> None:
    """Standard input cannot be mapped, so it needs --contract or --api."""
    ran = cli("check", "-", "--skip-unmapped")
    assert (ran.code, ran.out) == (2, "")
    message = "standard input needs --contract, or --api if it is a recording"
    assert ran.err == f"fieldbound: {message}\n"


@posix
def test_stdin_closed() -> None:
    """A closed standard input is an error."""
    line = f"{shlex.quote(sys.executable)} -m fieldbound check -c group.json - <&-"
    ran = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("fieldbound: cannot read stdin: ")


# -- the mapping -----------------------------------------------------------------------------------


def test_mapping_decides(cli: Command) -> None:
    """Without -c a FILE is checked by the contract it is mapped to; with -c by that one."""
    mapping(**{"ba*.json": "group.json"})
    assert cli("check", "bad.json").code == 1
    assert cli("check", "-c", "group.json", "good.json").code == 0


def test_no_file_means_all_mapped(cli: Command) -> None:
    """Without FILE all mapped files are checked; a glob without files is an error."""
    mapping(**{"good*": "group.json", "bad*": "group.json", "nothing/*": "group.json"})
    ran = cli("check")
    assert ran.code == 2
    assert ran.out.endswith("\n1 violation in 1 of 2 documents; 1 could not be checked\n")
    assert ran.err == "fieldbound: pyproject.toml: no file matches 'nothing/*'\n"
    assert cli("check", "--quiet").err == ran.err
    assert cli("check", "good.json").code == 0


def test_skip_unmapped_glob(cli: Command) -> None:
    """With --skip-unmapped a glob without files is a note, unless --quiet, and no error."""
    mapping(**{"good*": "group.json", "nothing/*": "group.json"})
    note = "fieldbound: pyproject.toml: no file matches 'nothing/*'\n"
    assert cli("check", "--skip-unmapped") == Ran(0, "1 document valid\n", note)
    assert cli("check", "--skip-unmapped", "--quiet") == Ran(0, "", "")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, "pass FILE, or map globs in [tool.fieldbound.files] of pyproject.toml"),
        ({}, "pass FILE, or map globs in [tool.fieldbound.files] of pyproject.toml"),
        ({"x*": "group.json"}, "no file matches [tool.fieldbound.files] of pyproject.toml"),
    ],
)
@pytest.mark.parametrize("argv", [(), ("--skip-unmapped",), ("--skip-unmapped", "good.json")])
def test_no_input_files(
    files: dict[str, str] | None, message: str, argv: tuple[str, ...], cli: Command
) -> None:
    """Without any file to check the exit code is 2, also if all are skipped."""
    if files is not None:
        mapping(**files)
    ran = cli("check", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f"fieldbound: no input files: {message}\n")


def test_unmapped_file(cli: Command) -> None:
    """A FILE without a contract is an error, and the others are checked."""
    Path("other.json").write_text(GOOD, encoding="utf-8")
    mapping(**{"good*": "group.json"})
    ran = cli("check", "good.json", "other.json")
    assert ran == Ran(
        2,
        "1 document valid; 1 could not be checked\n",
        "fieldbound: no contract is mapped to other.json: pass --contract, or map it in "
        "[tool.fieldbound.files]\n",
    )


def test_skip_unmapped(cli: Command) -> None:
    """With --skip-unmapped a FILE without a contract is skipped, with a note."""
    for name in ("other", *range(5)):
        Path(f"{name}.json").write_text(GOOD, encoding="utf-8")
    mapping(**{"good*": "group.json", "bad*": "group.json"})
    skipped = "fieldbound: skipped (no contract is mapped): other.json\n"
    valid = cli("check", "--skip-unmapped", "good.json", "other.json")
    assert valid == Ran(0, "1 document valid\n", skipped)
    assert cli("check", "--skip-unmapped", "bad.json", "other.json").code == 1
    assert cli("check", "--skip-unmapped", "other.json") == Ran(
        0, "no documents checked\n", skipped
    )
    many = cli("check", "--skip-unmapped", *(f"{number}.json" for number in range(5)))
    assert many.err.endswith("mapped): 0.json, 1.json, 2.json and 2 more\n")


def test_broken_configuration(cli: Command) -> None:
    """An invalid pyproject.toml is exit code 2 and a message that says where."""
    Path("pyproject.toml").write_text("[tool.fieldbound]\nfial-on = 1", encoding="utf-8")
    for argv in (("check", "-c", "group.json", "good.json"), ("contracts",), ("limits",)):
        ran = cli(*argv)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(
            "fieldbound: pyproject.toml: unknown key tool.fieldbound.fial-on: "
        )


def test_fail_on_of_configuration(cli: Command) -> None:
    """`fail-on` of pyproject.toml applies unless --fail-on is passed."""
    Path("pyproject.toml").write_text("[tool.fieldbound]\nfail-on = 'stated'", encoding="utf-8")
    assert cli("check", "-c", "group.json", "warn.json").code == 0
    assert cli("check", "-c", "group.json", "warn.json", "--fail-on", "inferred").code == 1


def test_contract_is_loaded_once(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files of one contract are checked by the same object."""
    loaded = []
    load = fieldbound.catalog.contract

    def counting(name: str, *rest: Any, **options: Any) -> Any:
        loaded.append(name)
        return load(name, *rest, **options)

    monkeypatch.setattr("fieldbound.catalog.contract", counting)
    cli("check", "-c", "group.json", "good.json", "bad.json", "warn.json")
    assert loaded == ["group.json"]


@pytest.mark.parametrize("name", ["p.json", "p.ndjson"])
def test_formats_that_are_not_checked_are_reported(
    cli: Command, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, of documents and of records; --formats annotate makes all of them so."""
    monkeypatch.chdir(tmp_path)
    types = {"a": {"format": "phone"}, "b": {"format": "date"}, "c": {"type": "string"}}
    Path("schema.json").write_text(json.dumps({"properties": types}), "utf-8")
    Path(name).write_text('{"a": "x", "b": "2024-02-29"}\n', "utf-8")
    ran = cli("check", "-c", "schema.json", name)
    assert 'format "phone": no such format is known' in ran.out + ran.err
    assert "date" not in ran.out + ran.err
    Path(name).write_text('{"a": "x", "b": "y"}\n', "utf-8")
    assert cli("check", "-c", "schema.json", name).code == 1
    ran = cli("check", "-c", "schema.json", "--formats", "annotate", name)
    assert ran.code == 0
    assert 'format "date": formats are annotations here' in ran.out + ran.err
    listed = cli("limits", "schema.json").out
    assert 'not checked: /a (format "phone": no such format is known)' in listed


@pytest.mark.parametrize(
    "argv",
    [
        ("limits", "missing.json"),
        ("cases", "missing.yaml"),
        ("contracts", "missing.json"),
        ("check", "-c", "missing.yaml#create", "good.json"),
        ("check", "--api", "missing.json", "good.json"),
        ("check", "-c", "group.json", "missing.json"),
    ],
)
def test_missing_file_is_named_once(argv: tuple[str, ...], cli: Command) -> None:
    """A contract that cannot be read is reported as a document that cannot be."""
    name = next(each for each in argv if each.startswith("missing")).partition("#")[0]
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"fieldbound: cannot read {name}: No such file or directory\n"


def test_contract_without_limits_is_named_once(cli: Command) -> None:
    """The file of a contract without limits is named once."""
    Path("empty.json").write_text("{}", encoding="utf-8")
    err = "fieldbound: empty.json: it has no constraints: every document would pass\n"
    assert cli("limits", "empty.json") == Ran(2, "", err)


# -- output ----------------------------------------------------------------------------------------


def test_default_format(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """In GitHub Actions the default format on standard output is github, elsewhere text."""
    argv = ("check", "-c", "group.json", "bad.json")
    assert cli(*argv).out.startswith("bad.json:1:10: ")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert cli(*argv).out.startswith("::error file=bad.json,line=1,col=10,")
    assert cli(*argv, "--output", "-").out.startswith("::error file=bad.json,line=1,col=10,")
    assert cli(*argv, "--format", "text").out.startswith("bad.json:1:10: ")
    cli(*argv, "--output", "report")
    assert Path("report").read_text(encoding="utf-8").startswith("bad.json:1:10: ")


def test_max_violations(cli: Command) -> None:
    """--max-violations bounds the violations listed of a document; all are counted, and fail."""
    Path("closed.json").write_text('{"additionalProperties": false}', encoding="utf-8")
    Path("many.json").write_text(json.dumps(dict.fromkeys(map(str, range(150)))), encoding="utf-8")
    argv = ("check", "-c", "closed.json", "many.json")
    for option, listed in (((), 10), (("20",), 2), (("0",), 150), (("150",), 150)):
        ran = cli(*argv, *(f"--max-violations={each}" for each in option))
        assert ran.code == 1
        assert ran.out.count("is not a documented property") == listed
        assert ("… and" in ran.out) == (listed < 150)
        assert "150 violations in 1 of 1 documents" in ran.out
    ran = cli(*argv, "--format", "json", "--max-violations", "1")
    assert json.loads(ran.out)["violations"] == 150
    assert cli(*argv, "--max-violations", "-1").code == 2


@pytest.mark.parametrize("format", FORMATS)
def test_output_file(format: str, cli: Command) -> None:  # noqa: A002
    """--output writes the report to a file, and the summary to stderr."""
    argv = ("check", "-c", "group.json", "--format", format, "bad.json")
    shown = cli(*argv)
    ran = cli(*argv, "--output", "report")
    assert ran == Ran(1, "", "fieldbound: 1 violation in 1 of 1 documents\n")
    assert Path("report").read_text(encoding="utf-8") == shown.out
    assert cli(*argv, "--output", "report", "--quiet").err == ""


def test_output_to_standard_output(cli: Command) -> None:
    """--output - is standard output."""
    argv = ("check", "-c", "group.json", "bad.json")
    assert cli(*argv, "--output", "-") == cli(*argv)
    assert not Path("-").exists()


@pytest.mark.parametrize("output", ["bad.json", "./in/../bad.json", "link.json", "hard.json"])
@pytest.mark.parametrize(
    "argv", [("-c", "group.json", "good.json", "bad.json"), ("--skip-unmapped", "bad.json"), ()]
)
def test_output_over_an_input_file(argv: tuple[str, ...], output: str, cli: Command) -> None:
    """An --output that is an input file, by whatever path, is an error; the file is kept."""
    mapping(**{"good.json": "group.json", "bad.json": "group.json"})
    Path("in").mkdir()
    Path("link.json").symlink_to("bad.json")
    os.link("bad.json", "hard.json")
    ran = cli("check", "--output", output, *argv)
    message = f"fieldbound: --output {output} is an input file and would be overwritten\n"
    assert ran == Ran(2, "", message)
    assert Path("bad.json").read_text(encoding="utf-8") == BAD


def test_output_over_a_skipped_file(cli: Command) -> None:
    """An --output that is a skipped FILE is an error as well."""
    mapping(**{"good.json": "group.json"})
    ran = cli("check", "--skip-unmapped", "good.json", "bad.json", "--output", "bad.json")
    assert (ran.code, ran.out) == (2, "")
    assert Path("bad.json").read_text(encoding="utf-8") == BAD


@pytest.mark.parametrize("argv", [("missing.json",), ("-c", "broken.json", "good.json"), ()])
def test_failure_keeps_the_old_output(argv: tuple[str, ...], cli: Command) -> None:
    """If nothing could be checked the old output is kept, and no temporary file is left."""
    Path("report").write_text("old", encoding="utf-8")
    before = set(Path().iterdir())
    assert cli("check", "--output", "report", *argv).code == 2
    assert Path("report").read_text(encoding="utf-8") == "old"
    assert set(Path().iterdir()) == before


def test_interrupted_output_keeps_the_old() -> None:
    """Output replaces the old one when it is complete, with its mode, through a link."""
    Path("report").write_text("old", encoding="utf-8")
    Path("report").chmod(0o640)
    Path("link").symlink_to("report")
    before = set(Path().iterdir())
    with pytest.raises(KeyboardInterrupt), atomic_write("link") as stream:  # noqa: PT012
        stream.write("half")
        raise KeyboardInterrupt
    assert Path("report").read_text(encoding="utf-8") == "old"
    with atomic_write("link") as stream:
        stream.write("new")
    assert Path("report").read_text(encoding="utf-8") == "new"
    assert Path("report").stat().st_mode & 0o777 == 0o640
    assert Path("link").is_symlink()
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize("output", ["missing/report", ".", "good.json/report"])
def test_unwritable_output(output: str, cli: Command) -> None:
    """An output that cannot be written is exit code 2 and a message."""
    ran = cli("check", "-c", "group.json", "good.json", "--output", output)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"fieldbound: cannot write {output}: ")


@posix
def test_output_to_a_pipe() -> None:
    """An output that is a pipe or a device is written to, not replaced by a file."""
    os.mkfifo("pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as reader:
        ran = forked_command("check", "-c", "group.json", "bad.json", "--output", "pipe")
        out, _ = reader.communicate()
    assert ran.code == 1
    assert out.startswith(b"bad.json:1:10: maxLength: ")
    assert Path("pipe").is_fifo()


def test_quiet(cli: Command) -> None:
    """--quiet prints violations only."""
    assert cli("check", "-c", "group.json", "--quiet", "good.json") == Ran(0, "", "")
    assert "1 violation" not in cli("check", "-c", "group.json", "--quiet", "bad.json").out


@pytest.mark.parametrize(
    ("argv", "env", "colored"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        ((), {"FORCE_COLOR": ""}, False),
    ],
)
def test_color(
    argv: tuple[str, ...],
    env: dict[str, str],
    colored: bool,
    cli: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """--color comes first, then NO_COLOR, FORCE_COLOR, and whether it is a terminal."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in cli("check", "-c", "group.json", "bad.json", *argv).out) == colored


@posix
@pytest.mark.parametrize(
    ("env", "colored"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"NO_COLOR": "1"}, False)],
)
def test_terminal(env: dict[str, str], colored: bool) -> None:
    """On a terminal the line of a violation is shown, in color unless it is disabled."""
    import pty

    parent, child = pty.openpty()
    argv = ("check", "-c", "group.json", "bad.json")
    forked_command(*argv, stdout=child, env={"TERM": "xterm", **env})
    os.close(child)
    with os.fdopen(parent, "rb", buffering=0) as terminal:
        shown = terminal.read(65536).decode()
    assert ("\x1b[" in shown) == colored
    assert BAD in shown
    assert "^" in shown


# -- pipes, signals and encodings ------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("argv", "unbuffered"),
    [
        (("--help",), ""),
        (("limits", "group.json"), "1"),
        (("check", "-c", "group.json", "bad.json"), ""),
        *(
            pytest.param(*each, marks=pytest.mark.thorough)
            for each in (
                (("--help",), "1"),
                (("--version",), ""),
                (("--version",), "1"),
                (("limits", "group.json"), ""),
                (("check", "-c", "group.json", "bad.json"), "1"),
            )
        ),
    ],
)
def test_broken_pipe(argv: tuple[str, ...], unbuffered: str) -> None:
    """A broken pipe ends the command with 141 and without a message."""
    reader, writer = os.pipe()
    os.close(reader)
    env = {"PYTHONUNBUFFERED": unbuffered}
    ran = process(*argv, stdout=writer, stderr=subprocess.PIPE, env=env)
    os.close(writer)
    assert ran == Ran(141, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_disk_full() -> None:
    """A full disk is exit code 2 and a message, though the file is valid."""
    with Path("/dev/full").open("w") as full:
        ran = process("check", "-c", "group.json", "good.json", stdout=full, stderr=-1)
    assert ran == Ran(2, "", "fieldbound: cannot write the output: No space left on device\n")


@posix
def test_interrupt() -> None:
    """Ctrl-C ends the command with 130 and without a message."""
    os.mkfifo("pipe.json")
    argv = [sys.executable, "-m", "fieldbound", "check", "-c", "group.json", "pipe.json"]

    def heed_interrupts() -> None:  # which a shell lets what it runs in the background ignore
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with (
        subprocess.Popen(
            argv,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=heed_interrupts,  # noqa: PLW1509 - no other thread runs
        ) as running,
        Path("pipe.json").open("wb"),  # opens once the command reads from it
    ):
        for _ in range(10):  # a signal that comes just before the read waits for the next
            running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                out, err = running.communicate(timeout=3)
                break
    assert (running.returncode, out, err) == (130, b"", b"")


#: Runs the command with streams whose encoding is ASCII.
ASCII = """\
import sys
from fieldbound.cli import run
for each in (sys.stdin, sys.stdout, sys.stderr): each.reconfigure(encoding="ascii")
sys.exit(run())
"""


@pytest.mark.parametrize("format", FORMATS)
def test_ascii_output(format: str) -> None:  # noqa: A002
    """If the output encoding is ASCII, other characters are escaped, and JSON stays valid."""
    Path("ü.json").write_text('{"Name": "größer als fünf", "名": 1}', encoding="utf-8")
    argv = ("check", "-c", "group.json", "--format", format, "ü.json")
    if format == "text":
        env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "1"}
        ran = process(*argv, env=env)
    else:
        ran = forked(ASCII, *argv)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.isascii()
    if format in ("json", "sarif"):
        json.loads(ran.out)


@posix
@pytest.mark.parametrize("text", COMMANDS, ids=ascii)
def test_no_command_in_actions(text: str, cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """In GitHub Actions nothing from a file is a command: name, keys, values, contract, errors."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    name, contract = f"{text}.json", f"{text.replace('#', '')}.contract.json"
    Path(name).write_text(json.dumps({"Name": text * 5, text: 1}), encoding="utf-8")
    schema = {**SCHEMA, "additionalProperties": False, "x-source": {"note": text, "from": []}}
    Path(contract).write_text(json.dumps(schema), encoding="utf-8")
    for argv, count in (
        (("check", "-c", contract, "--", name, f"{text}/missing.json"), 3),
        (("check", "-c", contract, "--format", "text", "--", name), 0),
        (("check", "-c", contract, "--key", "/Name", "--", name), 2),
        (("check", "-c", text, "--", name), 1),
        (("limits", "--", contract), 0),
        (("contracts", "--", text), 0),
        (("cases", "--format", "ndjson", "--", contract), 0),
        (("check", f"--{text}"), int(" " in text)),  # with a space it is a file
    ):
        ran = cli(*argv)
        own = [line for line in commands(ran.out) if line.startswith("::error ")]
        assert len(own) == count
        assert commands(ran.out) == own
        assert commands(ran.err) == []


@posix
@pytest.mark.parametrize(
    "name",
    [b"a b.json", b"a\nb.json", b"\x1b[31m.json", b"\xff.json", b"::error::.json", b"-c.json"],
)
def test_unusual_file_names(name: bytes, cli: Command) -> None:
    """A file may have any name that the system allows; it is escaped in the output."""
    path = os.fsdecode(name)
    Path(path).write_text(BAD, encoding="utf-8")
    for run, formats in ((cli, FORMATS), (process, ["text"] if name == b"\xff.json" else [])):
        for each in formats:
            ran = run("check", "-c", "group.json", "--format", each, "--", path)
            assert (ran.code, ran.err) == (1, ""), each
            assert ran.out.replace("\n", "").isprintable(), each


FAILING = """\
import sys
from fieldbound.cli import entry_point
def main(): raise {error}
entry_point.main = main
sys.exit(entry_point.run())
"""


def failing(error: str, **env: str) -> Ran:
    """Run a command that raises an unexpected exception."""
    env = {**os.environ, "FIELDBOUND_TRACEBACK": "", **env}
    return forked(FAILING.format(error=error), env=env)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("KeyError('a')", "KeyError: 'a'"),
        ("RecursionError('too\\nmuch \\x1b[31m')", r"RecursionError: too\nmuch \x1b[31m"),
        ("ValueError('x' * 1000)", f"ValueError: {'x' * 200}"),
        ("ValueError('\\x1b' * 1000)", "ValueError: " + r"\x1b" * 50),
        ("BaseException('a panic')", "BaseException: a panic"),
        ("KeyError('##[error]')", r"KeyError: '\x23#[error]'"),
    ],
)
def test_internal_error(error: str, message: str) -> None:
    """An unexpected exception is exit code 2 and one line that calls it an internal error."""
    line = f"fieldbound: internal error: {message} (this is a bug in fieldbound)\n"
    assert failing(error) == Ran(2, "", line)


def test_traceback_of_an_internal_error_has_no_command() -> None:
    """The traceback of an internal error has no command for a runner of CI jobs."""
    ran = failing("ValueError('a\\n::error::b\\n##[error]c')", FIELDBOUND_TRACEBACK="1")
    assert r"\x3a:error::b" in ran.err
    assert commands(ran.err) == []


def test_traceback_of_an_internal_error() -> None:
    """FIELDBOUND_TRACEBACK prints the traceback before that line."""
    ran = failing("KeyError('a')", FIELDBOUND_TRACEBACK="1")
    assert ran.code == 2
    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert ran.err.endswith(
        "\nfieldbound: internal error: KeyError: 'a' (this is a bug in fieldbound)\n"
    )


def test_no_standard_streams() -> None:
    """With all standard streams closed the exit code is still right."""
    line = "import sys; sys.stdin = sys.stdout = sys.stderr = None; "
    line += "from fieldbound.cli import run; sys.argv[1:] = {}; sys.exit(run())"
    for argv, code in ((["bad.json"], 1), (["good.json"], 0), (["x.json"], 2), (["-"], 2)):
        words = ["check", "-c", "group.json", *argv]
        assert forked(line.format(words)) == Ran(code, "", "")


def test_start_is_light() -> None:
    """Importing the command line imports no module that only some commands need."""
    heavy = (
        "importlib.metadata tempfile difflib json shutil pathlib unicodedata tomllib tomli glob "
        "xml.etree hashlib urllib.parse jsonschema jsonschema_rs openapi_core yaml jiter hypothesis"
    )
    line = f"import sys, fieldbound.cli; print(*set(sys.modules) & set({heavy.split()}))"
    # Without site, whose .pth files load what they like.
    path = os.pathsep.join(str(Path(each)) for each in fieldbound.__path__)
    line = f"import sys; sys.path.append({str(Path(path).parent)!r}); {line}"
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", line], check=True, capture_output=True, text=True
    )
    assert ran.stdout.split() == []


# -- contracts and limits --------------------------------------------------------------------------


def test_contracts(cli: Command) -> None:
    """`contracts` lists the names of the catalog, as lines or as JSON."""
    names = fieldbound.catalog.contracts()
    assert EXAMPLE in names
    assert cli("contracts") == Ran(0, "".join(f"{name}\n" for name in names), "")
    objects = json.loads(cli("contracts", "--format", "json").out)
    assert [each["name"] for each in objects] == names


def test_limits(cli: Command) -> None:
    """`limits` lists field, limit and source in aligned columns."""
    assert cli("limits", "group.json") == Ran(
        0,
        "group.json\n"
        "FIELD   LIMIT          SOURCE\n"
        '(root)  type "object"  stated\n'
        "/Name   required       stated\n"
        '/Name   type "string"  no source\n'
        "/Name   maxLength 5    no source\n"
        "/Note   maxLength 5    inferred: As long as a name.\n",
        "",
    )


def test_limits_as_json(cli: Command) -> None:
    """As JSON a limit is the same object as in a report."""
    file = Path(fieldbound.render.__file__).with_name("report.schema.json")
    schema = json.loads(file.read_text(encoding="utf-8"))
    found = json.loads(cli("limits", "--format", "json", EXAMPLE).out)
    limits = fieldbound.contract(EXAMPLE).limits
    assert [each["id"] for each in found] == [limit.id for limit in limits]
    validator = Draft202012Validator({"$defs": schema["$defs"], "$ref": "#/$defs/limit"})
    assert all(map(validator.is_valid, found))


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_limits_of_all(compiled: bool, cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without NAME the limits of every contract are listed."""
    if not compiled:
        small = {"maxLength": 5}
        monkeypatch.setattr(
            "fieldbound.catalog.reader",
            lambda *_: lambda name: fieldbound.Contract(small, name=name),
        )
    blocks = [each.partition("\n")[0] for each in cli("limits", "--each").out.split("\n\n")]
    assert blocks == fieldbound.catalog.contracts()


def listed(*beginnings: str) -> list[str]:
    """Return the contracts whose names begin so, up to a slash."""
    return [
        name
        for each in beginnings
        for name in fieldbound.contracts()
        if f"{name}/".startswith(f"{each}/")
    ]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["fortellis"], listed("fortellis")),
        (["fortellis/"], listed("fortellis")),
        ([EXAMPLE], listed(EXAMPLE)),
        (["fortellis", EXAMPLE], listed("fortellis", EXAMPLE)),
        ([EXAMPLE, EXAMPLE, f"{EXAMPLE}/request.headers"], listed(EXAMPLE)),
        ([f"{EXAMPLE}/request.headers"], [f"{EXAMPLE}/request.headers"]),
        (
            ["group.json", f"{EXAMPLE}/request.headers"],
            ["group.json", f"{EXAMPLE}/request.headers"],
        ),
    ],
)
def test_beginnings_of_names(given: list[str], names: list[str], cli: Command) -> None:
    """A NAME matches itself and the contracts below it, each listed once, in the given order.

    For `limits`, the full name of a contract matches only itself.
    """
    assert len(names) > 1 or given == names
    assert cli("contracts", "--format", "names", *given).out.splitlines() == names
    shown = cli("limits", "--each", *given).out
    blocks = [block.partition("\n")[0] for block in shown.split("\n\n")]
    beginnings = tuple(each for each in given if each not in names)
    assert blocks == [
        name for name in names if name in given or (beginnings and name.startswith(beginnings))
    ]


@pytest.mark.parametrize("command", ["contracts", "limits"])
@pytest.mark.parametrize("name", ["nobody/nothing", "fortelli", EXAMPLE[:-1], "", "missing.json"])
def test_unknown_beginning(command: str, name: str, cli: Command) -> None:
    """A NAME that matches no contract is exit code 2."""
    ran = cli(command, "fortellis", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fieldbound: ")


@posix
def test_limits_fit_the_terminal() -> None:
    """On a terminal no line is wider than it, and sources are wrapped."""
    import pty

    parent, child = pty.openpty()
    forked_command("limits", "group.json", stdout=child, env={"COLUMNS": "47"})
    os.close(child)
    with os.fdopen(parent, "rb", buffering=0) as terminal:
        shown = terminal.read(65536).decode()
    assert shown.splitlines()[-2:] == [
        "/Note   maxLength 5    inferred: As long as a",
        "                       name.",
    ]
    assert all(len(line) <= 47 for line in shown.splitlines())
