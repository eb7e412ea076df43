"""The command: what it judges, what it says where, and its exit codes."""

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
from fieldbound.cli.console import replacing
from fieldbound.cli.entry_point import main, parser_of_commands
from fieldbound.model.limits import SAYS
from fieldbound.render import BULK_FORMATS as RECORDS, FORMATS
from support.running import Command, Ran

#: What no x-source entry of the schema speaks of holds by decree: breaking it always fails.
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
    "x-source": {"says": "stated", "from": []},
}
GOOD, BAD, WARN = '{"Name": "short"}', '{"Name": "too long"}', '{"Name": "a", "Note": "too long"}'
FOLDER = "it is a folder: name files in it, or map globs in [tool.fieldbound.files]"
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
    """Run the command as a process of its own, with *env* added to the environment."""
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
    """Find the parser of each command."""
    actions = parser_of_commands()._actions
    (commands,) = (each for each in actions if isinstance(each, argparse._SubParsersAction))
    return dict(commands.choices)


def choices(command: str, option: str) -> tuple[str, ...]:
    """Find what an option of a command takes."""
    (action,) = (each for each in parsers()[command]._actions if option in each.option_strings)
    return tuple(action.choices or ())


def test_choices_are_those_of_the_library() -> None:
    """--format takes the formats there are, --fail-on how firmly a limit may be known."""
    assert choices("check", "--format") == (*FORMATS, *(set(RECORDS) - set(FORMATS)))
    assert choices("check", "--fail-on") == SAYS


def test_every_option_has_help() -> None:
    """Each command and option says what it does."""
    for parser in (parser_of_commands(), *parsers().values()):
        for action in parser._actions:
            assert action.help or isinstance(action, argparse._SubParsersAction), action


@pytest.mark.parametrize("command", [None, *parsers()])
def test_help_has_an_example_that_parses(command: str | None, cli: Command) -> None:
    """Each help ends with an example, which the parser takes."""
    ran = cli(*filter(None, [command]), "--help")
    assert ran.code == 0
    program, *argv = shlex.split(ran.out.splitlines()[-1].removeprefix("example: "))
    assert program == "fieldbound"
    assert parser_of_commands().parse_args(argv).command is not None


def test_version(cli: Command) -> None:
    """--version tells the version of the package."""
    from importlib.metadata import version

    assert cli("--version") == Ran(0, f"fieldbound {version('fieldbound')}\n", "")


def test_bare_command(cli: Command) -> None:
    """Without a command the help is shown, and nothing passes."""
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
    """Wrong usage ends with 2 and a sentence on stderr, without harm to the terminal."""
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fieldbound: ")
    assert "\x1b" not in ran.err


# -- verdicts --------------------------------------------------------------------------------------


def test_transcript(cli: Command) -> None:
    """A violation is told with its place, its sentence, its source, and counted."""
    ran = cli("check", "-c", "group.json", "good.json", "bad.json")
    assert ran == Ran(
        1,
        "bad.json:1:10: maxLength: /Name has 8 characters, the limit is 5\n"
        "    hint: shorten it by 3 characters\n"
        "1 violation in 1 of 2 documents\n",
        "",
    )


@pytest.mark.parametrize(
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
        (("bad.json", "."), 2),
        ((), 2),
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_exit_codes(argv: tuple[str, ...], code: int, format: str, cli: Command) -> None:  # noqa: A002
    """0 valid, 1 violations that fail, 2 what could not be judged; 2 wins, in every format."""
    assert cli("check", "-c", "group.json", "--format", format, *argv).code == code


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b'{"Name": NaN}', b'{"Name": "a"} x', b"[" * 100_000]
)
def test_text_that_is_no_json(text: bytes, cli: Command) -> None:
    """A file that is no proper JSON is invalid, and told with its place."""
    Path("text.json").write_bytes(text)
    ran = cli("check", "-c", "group.json", "text.json")
    assert ran.code == 1
    assert ran.out.startswith("text.json:1:")
    assert ran.err == ""


def test_yaml(cli: Command) -> None:
    """A YAML file is judged as JSON is."""
    Path("bad.yaml").write_text("# a comment\nName: too long\n", encoding="utf-8")
    ran = cli("check", "-c", "group.json", "bad.yaml")
    assert ran.out.startswith("bad.yaml:2:7: maxLength: /Name has 8 characters")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing.json", "cannot read missing.json: No such file or directory"),
        (".", f"cannot read .: {FOLDER}"),
        ("good.json/x", "cannot read good.json/x: Not a directory"),
        ("a\x1b\n.json", r"cannot read a\x1b\n.json: No such file or directory"),
    ],
)
@posix
def test_unreadable(path: str, reason: str, cli: Command) -> None:
    """What cannot be read is told on stderr, and the rest is judged."""
    ran = cli("check", "-c", "group.json", path, "bad.json")
    assert ran.code == 2
    assert ran.err == f"fieldbound: {reason}\n"
    assert ran.out.endswith("\n1 violation in 1 of 1 documents; 1 could not be judged\n")


@pytest.mark.parametrize("argv", [("-c", "group.json"), (), ("--skip-unmapped",)])
def test_folder(argv: tuple[str, ...], cli: Command) -> None:
    """A folder is no FILE: it is said so, with what to give instead."""
    mapping(**{"in": "group.json"})
    Path("in").mkdir()
    said = f"fieldbound: cannot read in: {FOLDER}\n"
    assert cli("check", *argv, "in") == Ran(2, "", said)


def test_what_could_not_be_judged_is_in_every_format(cli: Command) -> None:
    """What could not be judged is in what is written, for each file, though it is said once."""
    mapping(**{"[bg]*d.json": "group.json", "w*": "broken.json", "o*": "broken.json"})
    Path("other.json").write_text(GOOD, encoding="utf-8")
    argv = ("check", "good.json", "warn.json", "missing.json", "other.json", "bad.json")
    ran = cli(*argv, "--format", "json")
    report = json.loads(ran.out)
    assert (ran.code, report["ok"], report["documents"]) == (2, False, 2)
    unmapped, *broken = report["errors"]
    assert unmapped.startswith("no contract is mapped to missing.json: ")
    assert [each.partition(": ")[0] for each in broken] == ["warn.json", "other.json"]
    assert len({each.partition(": ")[2] for each in broken}) == 1
    assert ran.err.count("broken.json") == 1
    (run,) = json.loads(cli(*argv, "--format", "sarif").out)["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert 'errors="3"' in cli(*argv, "--format", "junit").out
    count = "1 violation in 1 of 2 documents; 3 could not be judged\n"
    for format in ("text", "github"):  # noqa: A001
        assert cli(*argv, "--format", format).out.endswith(f"\n{count}")
    assert cli(*argv, "--output", "report").err.endswith(f"fieldbound: {count}")


def test_fault_after_the_first_report_is_told(cli: Command) -> None:
    """A file that turns out unreadable after others were judged is in the report as well."""
    argv = ("check", "-c", "group.json", "--format", "json", "good.json", "missing.json")
    report = json.loads(cli(*argv).out)
    assert (report["ok"], report["documents"]) == (False, 1)
    assert report["errors"] == ["cannot read missing.json: No such file or directory"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (None, "fieldbound: "),
        ("{", "fieldbound: "),
        ('{"type": "strin"}', "fieldbound: "),
        ('{"$ref": "https://example.com/x.json"}', "fieldbound: "),
    ],
)
def test_broken_contract(schema: str | None, said: str, cli: Command) -> None:
    """A contract that is none, or is not there, is told once, and nothing is shown."""
    if schema is not None:
        Path("broken.json").write_text(schema, encoding="utf-8")
    ran = cli("check", "-c", "broken.json", "good.json", "bad.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)
    assert ran.err.count("\n") == 1


def test_unknown_name(cli: Command) -> None:
    """A contract's name that does not exist is told with the closest that do."""
    ran = cli("check", "-c", EXAMPLE[:-1], "good.json")
    assert ran.code == 2
    assert EXAMPLE in ran.err


def test_unspecified_body(cli: Command) -> None:
    """A contract by which nothing can be judged is an error, told once, never a pass."""
    Path("none.json").write_text('{"x-unspecified": "its page is empty"}', encoding="utf-8")
    ran = cli("check", "-c", "none.json", "good.json", "bad.json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("its page is empty") == 1


def test_unspecified_part(cli: Command) -> None:
    """What a contract leaves open, and is there, is said once, before the count."""
    part = {"properties": {"data": {"x-unspecified": "its page is empty"}}}
    Path("part.json").write_text(json.dumps(part), encoding="utf-8")
    for name in ("one.json", "two.json"):
        Path(name).write_text('{"data": 1}', encoding="utf-8")
    said = "not judged, for the vendor does not document it: /data (its page is empty)\n"
    ran = cli("check", "-c", "part.json", "one.json", "two.json")
    assert ran == Ran(0, f"{said}2 documents valid\n", "")
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
    """- is standard input: JSON, or what --input says it is."""
    ran = process("check", "-c", "group.json", "-", *argv, input=text)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(start)


def test_stdin_needs_a_contract(cli: Command) -> None:
    """Standard input has no name to be mapped by."""
    ran = cli("check", "-", "--skip-unmapped")
    assert (ran.code, ran.out) == (2, "")
    said = (
        "standard input needs a contract: name one with -c, or for a recording its APIs with --api"
    )
    assert ran.err == f"fieldbound: {said}\n"


def test_input_needs_stdin(cli: Command) -> None:
    """--input without - would be of no effect: it is refused."""
    ran = cli("check", "-c", "group.json", "--input", "yaml", "good.json")
    assert ran.code == 2
    assert "--input" in ran.err


@posix
def test_stdin_closed() -> None:
    """A standard input that is closed cannot be read."""
    line = f"{shlex.quote(sys.executable)} -m fieldbound check -c group.json - <&-"
    ran = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("fieldbound: cannot read -: ")


# -- the mapping -----------------------------------------------------------------------------------


def test_mapping_decides(cli: Command) -> None:
    """Without -c each FILE is judged by the contract it is mapped to; -c judges any FILE."""
    mapping(**{"ba*.json": "group.json"})
    assert cli("check", "bad.json").code == 1
    assert cli("check", "-c", "group.json", "good.json").code == 0


def test_no_file_means_all_mapped(cli: Command) -> None:
    """Without a FILE all files of the mapping are judged; a glob that matches none is an error."""
    mapping(**{"good*": "group.json", "bad*": "group.json", "nothing/*": "group.json"})
    ran = cli("check")
    assert ran.code == 2
    assert ran.out.endswith("\n1 violation in 1 of 2 documents; 1 could not be judged\n")
    assert ran.err == "fieldbound: pyproject.toml: no file matches 'nothing/*'\n"
    assert cli("check", "--quiet").err == ran.err
    assert cli("check", "good.json").code == 0


def test_idle_glob_may_be_skipped(cli: Command) -> None:
    """With --skip-unmapped a glob that matches no file is told, unless quiet, and no error."""
    mapping(**{"good*": "group.json", "nothing/*": "group.json"})
    said = "fieldbound: pyproject.toml: no file matches 'nothing/*'\n"
    assert cli("check", "--skip-unmapped") == Ran(0, "1 document valid\n", said)
    assert cli("check", "--skip-unmapped", "--quiet") == Ran(0, "", "")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "give a FILE, or map files in [tool.fieldbound.files] of pyproject.toml"),
        ({}, "give a FILE, or map files in [tool.fieldbound.files] of pyproject.toml"),
        ({"x*": "group.json"}, "no file matches [tool.fieldbound.files] of pyproject.toml"),
    ],
)
@pytest.mark.parametrize("argv", [(), ("--skip-unmapped",), ("--skip-unmapped", "good.json")])
def test_nothing_to_judge(
    files: dict[str, str] | None, said: str, argv: tuple[str, ...], cli: Command
) -> None:
    """Nothing judged is no pass: without any file that the mapping matches, 2."""
    if files is not None:
        mapping(**files)
    ran = cli("check", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f"fieldbound: nothing to judge: {said}\n")


def test_unmapped_file(cli: Command) -> None:
    """A FILE without a contract is an error, while the others are judged."""
    mapping(**{"good*": "group.json"})
    ran = cli("check", "good.json", "other.json")
    assert ran == Ran(
        2,
        "1 document valid; 1 could not be judged\n",
        "fieldbound: no contract is mapped to other.json: name one with -c, or map it in "
        "[tool.fieldbound.files]\n",
    )


def test_skip_unmapped(cli: Command) -> None:
    """With --skip-unmapped such a FILE is skipped and said, and the others decide."""
    mapping(**{"good*": "group.json", "bad*": "group.json"})
    skipped = "fieldbound: skipped, mapped to no contract: other.json\n"
    valid = cli("check", "--skip-unmapped", "good.json", "other.json")
    assert valid == Ran(0, "1 document valid\n", skipped)
    assert cli("check", "--skip-unmapped", "bad.json", "other.json").code == 1
    assert cli("check", "--skip-unmapped", "other.json") == Ran(0, "no document judged\n", skipped)
    many = cli("check", "--skip-unmapped", *(f"{number}.json" for number in range(5)))
    assert many.err.endswith("contract: 0.json, 1.json, 2.json and 2 more\n")


def test_broken_configuration(cli: Command) -> None:
    """A pyproject.toml at fault ends with 2 and says where."""
    Path("pyproject.toml").write_text("[tool.fieldbound]\nfial-on = 1", encoding="utf-8")
    for argv in (("check", "-c", "group.json", "good.json"), ("contracts",), ("limits",)):
        ran = cli(*argv)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(
            "fieldbound: pyproject.toml: unknown key tool.fieldbound.fial-on;"
        )


def test_fail_on_of_configuration(cli: Command) -> None:
    """fail-on of pyproject.toml holds unless --fail-on is given."""
    Path("pyproject.toml").write_text("[tool.fieldbound]\nfail-on = 'stated'", encoding="utf-8")
    assert cli("check", "-c", "group.json", "warn.json").code == 0
    assert cli("check", "-c", "group.json", "warn.json", "--fail-on", "inferred").code == 1


def test_contract_is_loaded_once(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files of one contract are judged by the same object."""
    loaded = []
    load = fieldbound.catalog.contract

    def counting(name: str, *rest: Any) -> Any:
        loaded.append(name)
        return load(name, *rest)

    monkeypatch.setattr("fieldbound.catalog.contract", counting)
    cli("check", "-c", "group.json", "good.json", "bad.json", "warn.json")
    assert loaded == ["group.json"]


# -- output ----------------------------------------------------------------------------------------


def test_default_format(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """In GitHub's Actions the default format on standard output is github, elsewhere text."""
    argv = ("check", "-c", "group.json", "bad.json")
    assert cli(*argv).out.startswith("bad.json:1:10: ")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert cli(*argv).out.startswith("::error file=bad.json,line=1,col=10,")
    assert cli(*argv, "--output", "-").out.startswith("::error file=bad.json,line=1,col=10,")
    assert cli(*argv, "--format", "text").out.startswith("bad.json:1:10: ")
    cli(*argv, "--output", "report")
    assert Path("report").read_text(encoding="utf-8").startswith("bad.json:1:10: ")


@pytest.mark.parametrize("format", FORMATS)
def test_output_file(format: str, cli: Command) -> None:  # noqa: A002
    """--output writes to a file what else stdout would get, and the count to stderr."""
    argv = ("check", "-c", "group.json", "--format", format, "bad.json")
    shown = cli(*argv)
    ran = cli(*argv, "--output", "report")
    assert ran == Ran(1, "", "fieldbound: 1 violation in 1 of 1 documents\n")
    assert Path("report").read_text(encoding="utf-8") == shown.out
    assert cli(*argv, "--output", "report", "--quiet").err == ""


def test_output_to_standard_output(cli: Command) -> None:
    """--output - is standard output, and no file."""
    argv = ("check", "-c", "group.json", "bad.json")
    assert cli(*argv, "--output", "-") == cli(*argv)
    assert not Path("-").exists()


@pytest.mark.parametrize("output", ["bad.json", "./in/../bad.json", "link.json", "hard.json"])
@pytest.mark.parametrize(
    "argv", [("-c", "group.json", "good.json", "bad.json"), ("--skip-unmapped", "bad.json"), ()]
)
def test_output_over_a_file_to_judge(argv: tuple[str, ...], output: str, cli: Command) -> None:
    """An --output that is one of the files to judge, however named, is refused; they stay."""
    mapping(**{"good.json": "group.json", "bad.json": "group.json"})
    Path("in").mkdir()
    Path("link.json").symlink_to("bad.json")
    os.link("bad.json", "hard.json")
    ran = cli("check", "--output", output, *argv)
    said = f"fieldbound: --output {output} is a file to judge: it would be lost\n"
    assert ran == Ran(2, "", said)
    assert Path("bad.json").read_text(encoding="utf-8") == BAD


def test_output_over_a_file_that_is_skipped(cli: Command) -> None:
    """An --output that names a FILE which no contract judges is refused as well."""
    mapping(**{"good.json": "group.json"})
    ran = cli("check", "--skip-unmapped", "good.json", "bad.json", "--output", "bad.json")
    assert (ran.code, ran.out) == (2, "")
    assert Path("bad.json").read_text(encoding="utf-8") == BAD


@pytest.mark.parametrize("argv", [("missing.json",), ("-c", "broken.json", "good.json"), ()])
def test_failure_leaves_the_old_output(argv: tuple[str, ...], cli: Command) -> None:
    """Where nothing could be judged the old output stays, and nothing is left beside it."""
    Path("report").write_text("old", encoding="utf-8")
    before = set(Path().iterdir())
    assert cli("check", "--output", "report", *argv).code == 2
    assert Path("report").read_text(encoding="utf-8") == "old"
    assert set(Path().iterdir()) == before


def test_interrupted_output_leaves_the_old() -> None:
    """Output takes the place of the old only once it is whole, in its mode, through a link."""
    Path("report").write_text("old", encoding="utf-8")
    Path("report").chmod(0o640)
    Path("link").symlink_to("report")
    before = set(Path().iterdir())
    with pytest.raises(KeyboardInterrupt), replacing("link") as stream:  # noqa: PT012
        stream.write("half")
        raise KeyboardInterrupt
    assert Path("report").read_text(encoding="utf-8") == "old"
    with replacing("link") as stream:
        stream.write("new")
    assert Path("report").read_text(encoding="utf-8") == "new"
    assert Path("report").stat().st_mode & 0o777 == 0o640
    assert Path("link").is_symlink()
    assert set(Path().iterdir()) == before


@pytest.mark.parametrize("output", ["missing/report", ".", "good.json/report"])
def test_output_that_cannot_be_written(output: str, cli: Command) -> None:
    """An output that cannot be written ends with 2 and a sentence."""
    ran = cli("check", "-c", "group.json", "good.json", "--output", output)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"fieldbound: cannot write {output}: ")


@posix
def test_output_to_a_pipe() -> None:
    """An output that is a pipe or a device is written to; no file takes its place."""
    os.mkfifo("pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE) as reader:
        ran = process("check", "-c", "group.json", "bad.json", "--output", "pipe")
        out, _ = reader.communicate()
    assert ran.code == 1
    assert out.startswith(b"bad.json:1:10: maxLength: ")
    assert Path("pipe").is_fifo()


def test_quiet(cli: Command) -> None:
    """--quiet shows violations only."""
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
    """Color is as asked for; asked for by nobody, there is none but on a terminal."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in cli("check", "-c", "group.json", "bad.json", *argv).out) == colored


@posix
@pytest.mark.parametrize(
    ("env", "colored"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"NO_COLOR": "1"}, False)],
)
def test_terminal(env: dict[str, str], colored: bool) -> None:
    """On a terminal the offending line is shown, in color unless told not to."""
    import pty

    ours, theirs = pty.openpty()
    process("check", "-c", "group.json", "bad.json", stdout=theirs, env={"TERM": "xterm", **env})
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = terminal.read(65536).decode()
    assert ("\x1b[" in shown) == colored
    assert BAD in shown
    assert "^" in shown


# -- what a system can do --------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "argv",
    [
        ("--help",),
        ("--version",),
        ("limits", "group.json"),
        ("check", "-c", "group.json", "bad.json"),
    ],
)
def test_reader_gone(argv: tuple[str, ...], unbuffered: str) -> None:
    """When nobody reads the output any more the command ends quietly, with 141."""
    ours, theirs = os.pipe()
    os.close(ours)
    env = {"PYTHONUNBUFFERED": unbuffered}
    ran = process(*argv, stdout=theirs, stderr=subprocess.PIPE, env=env)
    os.close(theirs)
    assert ran == Ran(141, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_disk_full() -> None:
    """Output that cannot be written ends with 2 and a sentence, though the file is valid."""
    with Path("/dev/full").open("w") as full:
        ran = process("check", "-c", "group.json", "good.json", stdout=full, stderr=-1)
    assert ran == Ran(2, "", "fieldbound: cannot write the output: No space left on device\n")


@posix
def test_interrupt() -> None:
    """Ctrl-C ends the command quietly, with 130."""
    os.mkfifo("pipe.json")
    argv = [sys.executable, "-m", "fieldbound", "check", "-c", "group.json", "pipe.json"]
    with (
        subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running,
        Path("pipe.json").open("wb"),  # opens once the command reads from it
    ):
        for _ in range(10):  # a signal that comes just before the read waits for the next
            running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                out, err = running.communicate(timeout=3)
                break
    assert (running.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("format", FORMATS)
def test_ascii_output(format: str) -> None:  # noqa: A002
    """Where output can only be ASCII, what is not is escaped, and machines can still read it."""
    Path("ü.json").write_text('{"Name": "größer als fünf", "名": 1}', encoding="utf-8")
    env = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "1"}
    ran = process("check", "-c", "group.json", "--format", format, "ü.json", env=env)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.isascii()
    if format in ("json", "sarif"):
        json.loads(ran.out)


@posix
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "name",
    [b"a b.json", b"a\nb.json", b"\x1b[31m.json", b"\xff.json", b"::error::.json", b"-c.json"],
)
def test_strange_file_names(name: bytes, format: str) -> None:  # noqa: A002
    """A file may have any name that the system allows."""
    Path(os.fsdecode(name)).write_text(BAD, encoding="utf-8")
    ran = process("check", "-c", "group.json", "--format", format, "--", os.fsdecode(name))
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.replace("\n", "").isprintable()


FAULTY = """\
import sys
from fieldbound.cli import entry_point
def main(): raise {error}
entry_point.main = main
sys.exit(entry_point.run())
"""


def faulty(error: str, **env: str) -> Ran:
    """Run a command that ends in an exception nobody expects."""
    line = FAULTY.format(error=error)
    ran = subprocess.run(
        [sys.executable, "-c", line],
        env={**os.environ, "FIELDBOUND_TRACEBACK": "", **env},
        check=False,
        capture_output=True,
        text=True,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("KeyError('a')", "KeyError: 'a'"),
        ("RecursionError('too\\nmuch \\x1b[31m')", r"RecursionError: too\nmuch \x1b[31m"),
        ("ValueError('x' * 1000)", f"ValueError: {'x' * 200}"),
        ("ValueError('\\x1b' * 1000)", "ValueError: " + r"\x1b" * 50),
        ("BaseException('a panic')", "BaseException: a panic"),
    ],
)
def test_own_fault(error: str, said: str) -> None:
    """What nobody expected ends with 2 and one line that says whose fault it is."""
    line = f"fieldbound: this is a fault of fieldbound itself: {said}\n"
    assert faulty(error) == Ran(2, "", line)


def test_own_fault_traced() -> None:
    """With FIELDBOUND_TRACEBACK set the traceback is shown before that line."""
    ran = faulty("KeyError('a')", FIELDBOUND_TRACEBACK="1")
    assert ran.code == 2
    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert ran.err.endswith("\nfieldbound: this is a fault of fieldbound itself: KeyError: 'a'\n")


def test_no_standard_streams() -> None:
    """Without any standard stream the verdict is still the exit code."""
    line = "import sys; sys.stdin = sys.stdout = sys.stderr = None; "
    line += "from fieldbound.cli import run; sys.argv[1:] = {}; sys.exit(run())"
    for argv, code in ((["bad.json"], 1), (["good.json"], 0), (["x.json"], 2), (["-"], 2)):
        words = ["check", "-c", "group.json", *argv]
        ran = subprocess.run([sys.executable, "-c", line.format(words)], check=False)
        assert ran.returncode == code


def test_start_is_light() -> None:
    """To start, the command loads nothing that only some of its work needs."""
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
    """`contracts` lists the names that the catalog knows, as lines or as JSON."""
    names = fieldbound.catalog.contracts()
    assert EXAMPLE in names
    assert cli("contracts") == Ran(0, "".join(f"{name}\n" for name in names), "")
    assert json.loads(cli("contracts", "--format", "json").out) == names


def test_limits(cli: Command) -> None:
    """`limits` lists field, limit, what is said and where, in aligned columns."""
    assert cli("limits", "group.json") == Ran(
        0,
        "group.json\n"
        "FIELD        LIMIT          SOURCE\n"
        '(the whole)  type "object"  stated\n'
        "/Name        required       stated\n"
        '/Name        type "string"  no source\n'
        "/Name        maxLength 5    no source\n"
        "/Note        maxLength 5    inferred: As long as a name.\n",
        "",
    )


def test_limits_as_json(cli: Command) -> None:
    """As JSON a limit is the same object as in the report."""
    file = Path(fieldbound.render.__file__).with_name("report.schema.json")
    schema = json.loads(file.read_text(encoding="utf-8"))
    found = json.loads(cli("limits", "--format", "json", EXAMPLE).out)
    limits = fieldbound.contract(EXAMPLE).limits
    assert [each["id"] for each in found] == [limit.id for limit in limits]
    validator = Draft202012Validator({"$defs": schema["$defs"], "$ref": "#/$defs/limit"})
    assert all(map(validator.is_valid, found))


def test_limits_of_all(cli: Command) -> None:
    """Without a NAME the limits of every contract are listed."""
    out = cli("limits").out
    for name in fieldbound.catalog.contracts():
        assert f"{name}\n" in out


def listed(*beginnings: str) -> list[str]:
    """List the contracts whose names have one of the beginnings, up to a stroke."""
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
    """A NAME stands for the contracts below it as well, each listed once, in the order given.

    Of limits, a name that is a contract's own stands for that one alone.
    """
    assert len(names) > 1 or given == names
    assert cli("contracts", *given).out.splitlines() == names
    shown = cli("limits", *given).out
    blocks = [block.partition("\n")[0] for block in shown.split("\n\n")]
    beginnings = tuple(each for each in given if each not in names)
    assert blocks == [
        name for name in names if name in given or (beginnings and name.startswith(beginnings))
    ]


@pytest.mark.parametrize("command", ["contracts", "limits"])
@pytest.mark.parametrize("name", ["nobody/nothing", "fortelli", EXAMPLE[:-1], "", "missing.json"])
def test_beginning_of_no_name(command: str, name: str, cli: Command) -> None:
    """A NAME that is no contract's, nor the beginning of one's up to a stroke, ends with 2."""
    ran = cli(command, "fortellis", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fieldbound: ")


@posix
def test_limits_fit_the_terminal() -> None:
    """On a terminal no line is wider than it, and what is said of a limit is wrapped."""
    import pty

    ours, theirs = pty.openpty()
    process("limits", "group.json", stdout=theirs, env={"COLUMNS": "52"})
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = terminal.read(65536).decode()
    assert shown.splitlines()[-2:] == [
        "/Note        maxLength 5    inferred: As long as a",
        "                            name.",
    ]
    assert all(len(line) <= 52 for line in shown.splitlines())
