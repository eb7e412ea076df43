"""The pytest plugin, tried as a user does: in a run of its own, of tests of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.running import Run, runs_in

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
TOLD = "maxLength: /InternalName has 151 characters, the limit is 150"


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    """Run pytest in a folder of its own, with the plugin and no other one that is installed."""
    return runs_in(tmp_path, TESTS)


def _table(output: str) -> list[str]:
    """Return what is between the heading of the table and the line of results."""
    lines = output.splitlines()
    start = next(at for at, line in enumerate(lines) if re.fullmatch("=+ limit coverage =+", line))
    return lines[start + 1 : -1]


# -- loading -------------------------------------------------------------------------------------


def test_it_loads_nothing_that_pytest_has_not() -> None:
    """In a project that only has it installed, the plugin brings in nothing but itself."""
    code = (
        "import sys\n"
        "from _pytest.config import get_config\n"
        "get_config()\n"
        "before = set(sys.modules)\n"
        "import fieldbound.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['fieldbound', 'fieldbound.pytest_plugin']"


def test_a_run_that_asks_for_nothing_loads_nothing(run: Run) -> None:
    """A run without an option of it loads nothing more, even if a test fails."""
    tests = (
        "def test_it():\n    assert 1 == 2\n"
        "def test_then():\n    import sys\n"
        "    loaded = {name for name in sys.modules if name.startswith('fieldbound')}\n"
        "    assert loaded == {'fieldbound', 'fieldbound.pytest_plugin'}\n"
        "    assert not {'hypothesis', 'jsonschema_rs', 'jiter'} & set(sys.modules)\n"
    )
    done = run("-W", "error", tests=tests)
    assert "1 failed, 1 passed" in done.stdout
    assert "limit coverage" not in done.stdout


# -- failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["auto", "short", "long", "native"])
def test_a_failed_validate_shows_the_report(run: Run, style: str) -> None:
    """What validate raises is shown with its report and the test's own line, nothing of ours."""
    done = run(f"--tb={style}", tests=FAILING.replace("{}", "contract.validate(BAD)", 1))
    assert done.returncode == 1
    assert TOLD in done.stdout
    assert 'stated in "Create a product group", https://' in done.stdout
    assert "contract.validate(BAD)" in done.stdout
    assert "judge.py" not in done.stdout


def test_a_fixture_that_fails_shows_the_report(run: Run) -> None:
    """It is the same in a fixture."""
    done = run(tests=FAILING.replace("{}", "pass", 1).replace("test_it()", "test_it(broken)"))
    assert TOLD in done.stdout
    assert "judge.py" not in done.stdout


def test_the_whole_traceback_is_there_for_those_who_ask(run: Run) -> None:
    """With --full-trace nothing is left out."""
    done = run("--full-trace", tests=FAILING.replace("{}", "contract.validate(BAD)", 1))
    assert "judge.py" in done.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "assert contract.check(BAD).ok",
        "assert contract.check(BAD)",
        "assert not list(contract.check(BAD))",
        "assert len(contract.check(BAD)) == 0",
        "report, other = contract.check(BAD), contract.check({})\n    assert report.ok",
        "helper(contract.check(BAD))",
    ],
)
@pytest.mark.parametrize("workers", [0, 1])
def test_a_failed_assertion_shows_the_report(run: Run, statement: str, workers: int) -> None:
    """An assertion about a report shows that report, and no other, below the failure."""
    if workers and not find_spec("xdist"):
        pytest.skip("xdist is not installed")
    done = run(tests=FAILING.replace("{}", statement, 1), workers=workers)
    section = done.stdout.partition(" fieldbound -")[2]
    assert TOLD in section
    assert "ProdGroupName is missing" not in section


@pytest.mark.parametrize(
    "statement",
    [
        "report = contract.check(BAD)\n    assert 1 == 2",
        "assert not contract.check({**BAD, 'InternalName': 'L'}).ok",
    ],
)
def test_an_assertion_about_something_else_shows_none(run: Run, statement: str) -> None:
    """No report is shown where the assertion is not about it, or nothing is wrong in it."""
    done = run(tests=FAILING.replace("{}", statement, 1))
    assert done.returncode == 1
    assert " fieldbound -" not in done.stdout


def test_a_long_report_is_cut(run: Run) -> None:
    """Of many violations the first ten are told, and how many more there are."""
    statement = 'contract.validate({**BAD, "ProductGroupProductSetup": [{"InvOrgId": ""}] * 30})'
    done = run("--tb=short", tests=FAILING.replace("{}", statement, 1))
    total = int(re.findall(r"(\d+) violations", done.stdout)[0])
    assert total > 30
    assert len(re.findall(r"^E     \w+: ", done.stdout, re.MULTILINE)) == 10
    assert f"and {total - 10} more" in done.stdout


def test_what_is_raised_is_as_before(run: Run) -> None:
    """Only pytest's own account is short: a test that catches the exception has all of it."""
    statement = (
        'bad = {**BAD, "ProductGroupProductSetup": [{"InventoryItemId": ""}] * 30}\n'
        "    with pytest.raises(fieldbound.Invalid) as caught:\n"
        "        contract.validate(bad)\n"
        "    assert str(caught.value) == str(contract.check(bad))"
    )
    assert run(tests=FAILING.replace("{}", statement, 1)).returncode == 0


# -- limit coverage ------------------------------------------------------------------------------


def test_the_table_is_printed(run: Run) -> None:
    """The table has the limits reached with their counts, and the others with their source."""
    done = run("--limit-coverage")
    assert done.returncode == 0
    lines = [" ".join(line.split()) for line in _table(done.stdout)]
    assert lines[0] == f"{NAME}: 13 of 46 limits (28 %)"
    assert '/name type "string" 4 - 1' in lines
    assert "/name required 5 - 0" in lines
    assert any(re.match('/notes type "string" stated in "Create company"', each) for each in lines)
    assert lines[-1] == "limit coverage: 13 of 46 limits (28 %) in 1 contract"


def test_quiet_is_one_line(run: Run) -> None:
    """With -q there is the summary alone."""
    done = run("-q", "--limit-coverage")
    assert "no test touches" not in done.stdout
    assert "limit coverage: 13 of 46 limits (28 %) in 1 contract" in done.stdout


@pytest.mark.skipif(not find_spec("xdist"), reason="xdist is not installed")
def test_workers_of_xdist_count_together(run: Run, tmp_path: Path) -> None:
    """Spread over workers, a run prints the same table, once, and writes the same file."""
    alone = run("--limit-coverage", "--limit-coverage-json=alone.json")
    spread = run("--limit-coverage", "--limit-coverage-json=spread.json", workers=2)
    tables = [_table(done.stdout) for done in (alone, spread)]
    assert tables[0][:-1] == tables[1][:-1]
    assert spread.stdout.count("limit coverage:") == 1
    files = [(tmp_path / f"{name}.json").read_text("utf-8") for name in ("alone", "spread")]
    assert files[0] == files[1]


@pytest.mark.skipif(not find_spec("xdist"), reason="xdist is not installed")
def test_the_counts_of_a_worker_that_crashed_are_missed(run: Run) -> None:
    """It is said that the counts of a worker are lost, and the run fails as it does anyway."""
    tests = f"{TESTS}\ndef test_crash():\n    import os\n    os._exit(3)\n"
    done = run("--limit-coverage", tests=tests, workers=1)
    assert done.returncode == 1
    assert "the counts of gw0 are lost" in done.stdout


def test_names_choose_and_list_contracts(run: Run) -> None:
    """A contract that is named is listed though nothing was judged by it; no other one is."""
    done = run(f"--limit-coverage={GROUP},fortellis")
    lines = _table(done.stdout)
    assert f"{GROUP}: 0 of 291 limits (0 %)" in lines
    assert any(line.startswith("fortellis/") for line in lines)
    assert not any(line.startswith(NAME) for line in lines)


def test_it_can_be_set(run: Run, tmp_path: Path) -> None:
    """The settings of pytest mean what the options do, and the options take their place."""
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nlimit_coverage = {NAME}\nlimit_coverage_fail_under = 99\n", "utf-8"
    )
    assert run("-q").returncode == 1
    assert run("-q", "--limit-coverage-fail-under=1").returncode == 0
    done = run("-q", f"--limit-coverage={GROUP}", "--limit-coverage-fail-under=0")
    assert re.search(r"limit coverage: 0 of \d+ limits", done.stdout)


def test_the_least_coverage_can_be_set_alone(run: Run, tmp_path: Path) -> None:
    """The setting alone has the run counted and judged, as the option has."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nlimit_coverage_fail_under = 99\n", "utf-8")
    done = run("-q")
    assert done.returncode == 1
    assert "is below the 99 % that is asked for" in done.stdout


def test_an_exception_that_came_of_ours_shows_none_of_our_code(run: Run) -> None:
    """Of what was raised from Invalid, the frames of fieldbound are left out as well."""
    body = """try:
        contract.validate(BAD)
    except fieldbound.Invalid as error:
        raise RuntimeError("refused") from error"""
    done = run("-q", tests=FAILING.replace("{}", body))
    assert TOLD in done.stdout
    assert "judge.py" not in done.stdout


@pytest.mark.parametrize("workers", [0, 2])
def test_too_little_coverage_fails_the_run(run: Run, workers: int) -> None:
    """A run that covers less than is asked for fails, and says so in a line."""
    if workers and not find_spec("xdist"):
        pytest.skip("xdist is not installed")
    done = run("--limit-coverage-fail-under=29", workers=workers)
    assert done.returncode == 1
    line = "FAILED: limit coverage of 28.26 % is below the 29 % that is asked for"
    assert done.stdout.count(line) == 1
    assert run("--limit-coverage-fail-under=28.2", workers=workers).returncode == 0


def test_nothing_judged_is_too_little(run: Run) -> None:
    """A run that judges nothing covers nothing."""
    done = run("--limit-coverage-fail-under=1", tests="def test_it():\n    pass\n")
    assert done.returncode == 1
    assert "no limit of any contract was judged by" in done.stdout


def test_a_run_that_failed_stays_so(run: Run) -> None:
    """The exit status of a run that was stopped is not hidden by one of ours."""
    done = run("--limit-coverage-fail-under=99", tests="import nothing_of_that_name\n")
    assert done.returncode == 2


def test_json_and_html_are_written_and_runs_merged(run: Run, tmp_path: Path) -> None:
    """The JSON of one run is taken in by another: what both reached is reached."""
    first = run("--limit-coverage", "--limit-coverage-json=one.json", "-k", "good")
    assert "limit coverage written to one.json" in first.stdout
    told = json.loads((tmp_path / "one.json").read_text("utf-8"))
    assert (told["limits"], told["covered"]) == (46, 10)
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


def test_a_file_is_written_where_it_was_asked_for(run: Run, tmp_path: Path) -> None:
    """Tests that change folders do not change where a file goes."""
    tests = f"{TESTS}\ndef test_away():\n    import os\n    os.chdir('/')\n"
    assert run("--limit-coverage", "--limit-coverage-json=c.json", tests=tests).returncode == 0
    assert (tmp_path / "c.json").is_file()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--limit-coverage=nowhere/to-be", "there is no contract named 'nowhere/to-be'"),
        ("--limit-coverage=axim-commerce/create-compny", f"the closest: {NAME}"),
        ("--limit-coverage=missing.json", "missing.json: "),
        ("--limit-coverage-fail-under=lots", "'lots' is no percentage"),
        ("--limit-coverage-fail-under=101", "'101' is no percentage"),
        ("--limit-coverage-fail-under=nan", "'nan' is no percentage"),
        ("--limit-coverage-fail-under=", "'' is no percentage"),
        ("--limit-coverage-json=", "no file is named"),
        ("--limit-coverage-json=no/such/file.json", "its folder is not there"),
        ("--limit-coverage-html=.", "it is a folder"),
        ("--limit-coverage-merge=missing.json", "missing.json: No such file"),
        ("--limit-coverage-merge=test_it.py", "test_it.py: this is no JSON"),
    ],
)
def test_what_is_asked_for_amiss_is_refused(run: Run, option: str, said: str) -> None:
    """A wrong name, number or file ends the run before any test, with a sentence."""
    done = run(option)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {option.partition('=')[0]}: " in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_folder_taken_for_a_name_is_explained(run: Run) -> None:
    """Who gives a folder right after the option is told where to write it."""
    done = run("--limit-coverage", ".")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "write `. --limit-coverage` to run the tests in it" in done.stderr


def test_own_contracts_are_found_by_the_configuration(run: Run, tmp_path: Path) -> None:
    """A schema file of one's own is named by its path."""
    (tmp_path / "mine.json").write_text('{"maxLength": 3}', "utf-8")
    tests = "import fieldbound\ndef test_it():\n    fieldbound.contract('mine.json').check('abc')\n"
    done = run("--limit-coverage=mine.json", tests=tests)
    assert "limit coverage: 1 of 1 limit (100 %) in 1 contract" in done.stdout


def test_listing_tests_counts_nothing(run: Run) -> None:
    """--collect-only runs no test, and so fails for no limit."""
    done = run("--collect-only", "--limit-coverage-fail-under=99")
    assert done.returncode == 0
    assert "limit coverage" not in done.stdout
