"""The pytest plugin: readable failures and limit coverage, in runs of pytest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import fieldbound
from support.hostile_text import COMMANDS, commands
from support.pytest_runs import Run, pytest_runner

NAME = "axim-commerce/create-company"
GROUP = "oracle-cx-sales/create-product-group"
TESTS = f"""
import fieldbound
import pytest

contract = fieldbound.contract("{NAME}")
GOOD = {{"name": "Acme", "email": "a@example.com", "phoneNumber": "1", "status": "ACTIVE"}}

def test_good():
    assert contract.check(GOOD).ok

@pytest.mark.parametrize("extra", range(3))
def test_addresses(extra):
    assert contract.is_valid({{**GOOD, "shippingAddress": [{{"city": "x"}}] * extra}})

def test_bad():
    with pytest.raises(fieldbound.Invalid):
        contract.validate({{**GOOD, "name": 1}})
"""
FAILING = f"""
import fieldbound
import pytest

contract = fieldbound.contract("{GROUP}")
BAD = {{"ProdGroupName": "L", "InternalName": "L" * 151, "ActiveFlag": "Y"}}

def test_it():
    {{}}

@pytest.fixture
def broken():
    contract.validate(BAD)

def helper(report):
    assert report.ok
"""
VIOLATION = "maxLength: /InternalName has 151 characters, the limit is 150"


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    """Run pytest in a temporary folder, with the plugin and no other installed ones."""
    return pytest_runner(tmp_path, TESTS)


def _table(output: str) -> list[str]:
    """Return the lines between the heading of limit coverage and the results."""
    lines = output.splitlines()
    start = next(at for at, line in enumerate(lines) if re.fullmatch("=+ limit coverage =+", line))
    return lines[start + 1 : -1]


# -- loading -------------------------------------------------------------------------------------


#: What is imported with the plugin alone: itself, and the package, which hands in what renders.
PLUGIN_ALONE = ["fieldbound", "fieldbound._rendering", "fieldbound.pytest_plugin"]


def test_the_plugin_imports_only_what_pytest_imports() -> None:
    """In a project that has fieldbound only installed, nothing but the plugin is imported."""
    code = (
        "import sys\n"
        "from _pytest.config import get_config\n"
        "get_config()\n"
        "before = set(sys.modules)\n"
        "import fieldbound.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(PLUGIN_ALONE)


def test_a_run_without_options_imports_nothing_more(run: Run) -> None:
    """A run without options of the plugin imports nothing more, even if a test fails."""
    tests = (
        "def test_it():\n    assert 1 == 2\n"
        "def test_then():\n    import sys\n"
        "    loaded = [name for name in sys.modules if name.startswith('fieldbound')]\n"
        f"    assert sorted(loaded) == {PLUGIN_ALONE}\n"
        "    assert not {'hypothesis', 'jsonschema_rs', 'jiter'} & set(sys.modules)\n"
    )
    done = run("-W", "error", tests=tests, workers=1)  # without what the tests' server preloads
    assert "1 failed, 1 passed" in done.stdout
    assert "limit coverage" not in done.stdout


# -- failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["auto", "short", "long", "native"])
def test_a_failed_validate_shows_the_report(run: Run, style: str) -> None:
    """A failed validate shows the report and the line of the test, no frames of fieldbound."""
    done = run(f"--tb={style}", tests=FAILING.replace("{}", "contract.validate(BAD)", 1))
    assert done.returncode == 1
    assert VIOLATION in done.stdout
    assert 'stated in "Create a product group", https://' in done.stdout
    assert "contract.validate(BAD)" in done.stdout
    assert "contract.py" not in done.stdout


def test_a_fixture_that_fails_shows_the_report(run: Run) -> None:
    """The same in a fixture."""
    done = run(tests=FAILING.replace("{}", "pass", 1).replace("test_it()", "test_it(broken)"))
    assert VIOLATION in done.stdout
    assert "contract.py" not in done.stdout


def test_full_trace(run: Run) -> None:
    """With --full-trace the frames of fieldbound are shown."""
    done = run("--full-trace", tests=FAILING.replace("{}", "contract.validate(BAD)", 1))
    assert "contract.py" in done.stdout


ASSERTIONS = (
    "assert contract.check(BAD).ok",
    "assert contract.check(BAD)",
    "assert not list(contract.check(BAD))",
    "assert len(contract.check(BAD)) == 0",
    "report, other = contract.check(BAD), contract.check({})\n    assert report.ok",
    "helper(contract.check(BAD))",
)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_failed_assertion_shows_the_report(run: Run, workers: int) -> None:
    """A failed assertion about a report shows that report, and no other."""
    if workers and not find_spec("xdist"):
        pytest.skip("xdist is not installed")
    tests = [f"def test_{at}():\n    {each}\n" for at, each in enumerate(ASSERTIONS)]
    done = run(tests="\n".join([FAILING.replace("{}", "pass", 1), *tests]), workers=workers)
    _, *failures = re.split(r"^_+ test_\d _+$", done.stdout, flags=re.MULTILINE)
    assert len(failures) == len(ASSERTIONS)
    for failure in failures:
        section = failure.partition(" fieldbound -")[2]
        assert VIOLATION in section
        assert "ProdGroupName is missing" not in section


@pytest.mark.parametrize(
    "statement",
    [
        "report = contract.check(BAD)\n    assert 1 == 2",
        "assert not contract.check({**BAD, 'InternalName': 'L'}).ok",
    ],
)
def test_an_assertion_about_something_else_shows_none(run: Run, statement: str) -> None:
    """No report is shown if the assertion is not about it, or it is valid."""
    done = run(tests=FAILING.replace("{}", statement, 1))
    assert done.returncode == 1
    assert " fieldbound -" not in done.stdout


def test_a_long_report_is_shortened(run: Run) -> None:
    """Of many violations the first ten are shown, and the number of the others."""
    statement = 'contract.validate({**BAD, "ProductGroupProductSetup": [{"InvOrgId": ""}] * 30})'
    done = run("--tb=short", tests=FAILING.replace("{}", statement, 1))
    total = int(re.findall(r"(\d+) violations", done.stdout)[0])
    assert total > 30
    assert len(re.findall(r"^E     \w+: ", done.stdout, re.MULTILINE)) == 10
    assert f"and {total - 10} more" in done.stdout


def test_the_exception_itself_is_not_shortened(run: Run) -> None:
    """A test that catches the exception gets the complete message."""
    statement = (
        'bad = {**BAD, "ProductGroupProductSetup": [{"InventoryItemId": ""}] * 30}\n'
        "    with pytest.raises(fieldbound.Invalid) as caught:\n"
        "        contract.validate(bad)\n"
        "    assert str(caught.value) == str(contract.check(bad))"
    )
    assert run(tests=FAILING.replace("{}", statement, 1)).returncode == 0


# -- limit coverage ------------------------------------------------------------------------------


def test_the_table(run: Run) -> None:
    """The table has the limits reached with counts, and the others with their source."""
    done = run("--limit-coverage")
    assert done.returncode == 0
    lines = [" ".join(line.split()) for line in _table(done.stdout)]
    assert lines[0] == f"{NAME}: 13 of 46 limits (28 %)"
    assert '/name type "string" 4 - 1' in lines
    assert "/name required 5 - 0" in lines
    assert any(re.match('/notes type "string" stated in "Create company"', each) for each in lines)
    assert lines[-1] == "limit coverage: 13 of 46 limits (28 %) in 1 contract"


def test_quiet(run: Run) -> None:
    """With -q only the totals are printed."""
    done = run("-q", "--limit-coverage")
    assert "not reached by any test" not in done.stdout
    assert "limit coverage: 13 of 46 limits (28 %) in 1 contract" in done.stdout


@pytest.mark.skipif(not find_spec("xdist"), reason="xdist is not installed")
def test_xdist(run: Run, tmp_path: Path) -> None:
    """With xdist workers the table and the JSON report are the same."""
    alone = run("--limit-coverage", "--limit-coverage-json=alone.json")
    spread = run("--limit-coverage", "--limit-coverage-json=spread.json", workers=2)
    tables = [_table(done.stdout) for done in (alone, spread)]
    assert tables[0][:-1] == tables[1][:-1]
    assert spread.stdout.count("limit coverage:") == 1
    files = [(tmp_path / f"{name}.json").read_text("utf-8") for name in ("alone", "spread")]
    assert files[0] == files[1]


@pytest.mark.skipif(not find_spec("xdist"), reason="xdist is not installed")
def test_a_crashed_worker_is_reported(run: Run) -> None:
    """The missing results of a crashed worker are reported."""
    tests = f"{TESTS}\ndef test_crash():\n    import os\n    os._exit(3)\n"
    done = run("--limit-coverage", tests=tests, workers=1)
    assert done.returncode == 1
    assert "no results from worker gw0" in done.stdout


def test_names_select_contracts(run: Run) -> None:
    """Named contracts are listed, even if not used; no others are."""
    done = run(f"--limit-coverage={GROUP},fortellis")
    lines = _table(done.stdout)
    number = len(fieldbound.contract(GROUP).limits)
    assert f"{GROUP}: 0 of {number} limits (0 %)" in lines
    assert any(line.startswith("fortellis/") for line in lines)
    assert not any(line.startswith(NAME) for line in lines)


def test_ini_options(run: Run, tmp_path: Path) -> None:
    """The ini-options are the defaults of the options."""
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nlimit_coverage = {NAME}\nlimit_coverage_fail_under = 99\n", "utf-8"
    )
    assert run("-q").returncode == 1
    assert run("-q", "--limit-coverage-fail-under=1").returncode == 0
    done = run("-q", f"--limit-coverage={GROUP}", "--limit-coverage-fail-under=0")
    assert re.search(r"limit coverage: 0 of \d+ limits", done.stdout)


def test_the_minimum_as_only_ini_option(run: Run, tmp_path: Path) -> None:
    """The minimum as the only ini-option enables limit coverage."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nlimit_coverage_fail_under = 99\n", "utf-8")
    done = run("-q")
    assert done.returncode == 1
    assert "is below the minimum of 99 %" in done.stdout


def test_an_exception_raised_from_invalid(run: Run) -> None:
    """The frames of fieldbound are omitted in an exception raised from Invalid, too."""
    body = """try:
        contract.validate(BAD)
    except fieldbound.Invalid as error:
        raise RuntimeError("rejected") from error"""
    done = run("-q", tests=FAILING.replace("{}", body))
    assert VIOLATION in done.stdout
    assert "contract.py" not in done.stdout


@pytest.mark.parametrize("workers", [0, 2])
def test_too_little_coverage_fails_the_run(run: Run, workers: int) -> None:
    """A run that covers less than the minimum fails, with a message."""
    if workers and not find_spec("xdist"):
        pytest.skip("xdist is not installed")
    done = run("--limit-coverage-fail-under=29", workers=workers)
    assert done.returncode == 1
    line = "FAILED: limit coverage of 28.26 % is below the minimum of 29 %"
    assert done.stdout.count(line) == 1
    assert run("--limit-coverage-fail-under=28.2", workers=workers).returncode == 0


def test_nothing_checked_is_below_the_minimum(run: Run) -> None:
    """A run that checks nothing fails the minimum."""
    done = run("--limit-coverage-fail-under=1", tests="def test_it():\n    pass\n")
    assert done.returncode == 1
    assert "limit coverage: no limits checked" in done.stdout


def test_a_run_that_failed_stays_so(run: Run) -> None:
    """The exit status of an interrupted run is kept."""
    done = run("--limit-coverage-fail-under=99", tests="import nothing_of_that_name\n")
    assert done.returncode == 2


def test_json_and_html_are_written_and_runs_merged(run: Run, tmp_path: Path) -> None:
    """Merging the JSON report of an earlier run gives the coverage of both."""
    first = run("--limit-coverage", "--limit-coverage-json=one.json", "-k", "good")
    assert "limit coverage written to one.json" in first.stdout
    report = json.loads((tmp_path / "one.json").read_text("utf-8"))
    assert (report["limits"], report["covered"]) == (46, 10)
    second = run(
        "--limit-coverage-merge=one.json",
        "--limit-coverage-json=two.json",
        "--limit-coverage-html=two.html",
        "-k",
        "not good",
    )
    whole = run("--limit-coverage", "--limit-coverage-json=whole.json")
    assert second.returncode == whole.returncode == 0
    texts = [(tmp_path / f"{name}.json").read_text("utf-8") for name in ("two", "whole")]
    assert texts[0] == texts[1]
    assert (tmp_path / "two.html").read_text("utf-8").startswith("<!doctype html>")


def test_output_paths_are_relative_to_the_start(run: Run, tmp_path: Path) -> None:
    """Tests that change the working directory do not change where reports are written."""
    tests = f"{TESTS}\ndef test_away():\n    import os\n    os.chdir('/')\n"
    assert run("--limit-coverage", "--limit-coverage-json=c.json", tests=tests).returncode == 0
    assert (tmp_path / "c.json").is_file()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--limit-coverage=nowhere/to-be", "there is no contract named 'nowhere/to-be'"),
        ("--limit-coverage=axim-commerce/create-compny", f"did you mean {NAME}, "),
        ("--limit-coverage=missing.json", "missing.json: "),
        ("--limit-coverage-fail-under=lots", "must be a number from 0 to 100, not 'lots'"),
        ("--limit-coverage-fail-under=101", "must be a number from 0 to 100, not '101'"),
        ("--limit-coverage-fail-under=nan", "must be a number from 0 to 100, not 'nan'"),
        ("--limit-coverage-fail-under=", "must be a number from 0 to 100, not ''"),
        ("--limit-coverage-json=", "expected a file name"),
        ("--limit-coverage-json=no/such/file.json", "its folder does not exist"),
        ("--limit-coverage-html=.", "it is a folder"),
        ("--limit-coverage-merge=missing.json", "missing.json: No such file"),
        ("--limit-coverage-merge=test_it.py", "test_it.py: invalid JSON"),
    ],
)
def test_invalid_options(run: Run, option: str, message: str) -> None:
    """An invalid option is a usage error before any test runs."""
    done = run(option)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {option.partition('=')[0]}: " in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_folder_as_name_is_explained(run: Run) -> None:
    """If a folder follows the option, the message says where to write it."""
    done = run("--limit-coverage", ".")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "to run its tests, write `. --limit-coverage`" in done.stderr


def test_a_schema_file(run: Run, tmp_path: Path) -> None:
    """A schema file is named by its path."""
    (tmp_path / "mine.json").write_text('{"maxLength": 3}', "utf-8")
    tests = "import fieldbound\ndef test_it():\n    fieldbound.contract('mine.json').check('abc')\n"
    done = run("--limit-coverage=mine.json", tests=tests)
    assert "limit coverage: 1 of 1 limit (100 %) in 1 contract" in done.stdout


def test_no_output_is_a_command(run: Run, tmp_path: Path) -> None:
    """Nothing in a contract or an instance is a command to the runner of a CI job."""
    limits = {text: {"maxLength": 1} for text in COMMANDS}
    source = {"says": "stated", "from": ["page"], "note": COMMANDS[0]}
    schema = {"properties": limits, "x-source": source, "x-sources": {"page": {"title": "\n::a::"}}}
    (tmp_path / "::a::.json").write_text(json.dumps(schema), "utf-8")
    (tmp_path / "payload.json").write_text(json.dumps(dict.fromkeys(COMMANDS, "ab")), "utf-8")
    tests = """
import json, pathlib
import fieldbound

contract = fieldbound.contract("::a::.json")
payload = json.loads(pathlib.Path("payload.json").read_text("utf-8"))

def test_report():
    report = contract.check(payload)
    assert report.ok

def test_exception():
    contract.validate(payload)
"""
    done = run("--limit-coverage=::a::.json", "--limit-coverage-fail-under=100", tests=tests)
    assert done.stdout.count("has 2 characters, the limit is 1") >= 2 * len(COMMANDS)
    assert r"\x3a:a::.json: 10 of 10 limits (100 %)" in done.stdout
    assert commands(done.stdout + done.stderr) == []


def test_collect_only(run: Run) -> None:
    """With --collect-only there is no limit coverage."""
    done = run("--collect-only", "--limit-coverage-fail-under=99")
    assert done.returncode == 0
    assert "limit coverage" not in done.stdout
