"""`fieldbound docs`: topics, guides, the pager, and pages."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fieldbound.cli.entry_point import main
from fieldbound.site import TOPICS, guide, markdown as markdown_module, vendor_page
from support.running import Command, Ran

posix = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


@pytest.fixture(name="cli")
def _cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)

    def command(*argv: str) -> Ran:
        code = main(argv)
        return Ran(code, *capsys.readouterr())

    return command


def test_topics_are_listed(cli: Command) -> None:
    """Without a topic every one is listed, with what it is for."""
    ran = cli("docs")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split("  ", 1)[0] for line in ran.out.splitlines()] == [*TOPICS]
    assert all(summary in ran.out for summary in TOPICS.values())


@pytest.mark.parametrize("topic", ["http", "api"])
def test_a_guide_is_printed(topic: str, cli: Command) -> None:
    """Where there is no terminal, a guide is printed as it is."""
    assert cli("docs", topic) == Ran(0, guide(topic).text, "")


def test_unknown_topic(cli: Command) -> None:
    """An unknown topic is a usage error that suggests a similar one."""
    assert cli("docs", "htp") == Ran(
        2, "", "fieldbound: there is no guide 'htp'; did you mean http?\n"
    )


def test_the_page_of_a_vendor(cli: Command) -> None:
    """--vendor prints the page made from its contracts; an unknown vendor is a usage error."""
    assert cli("docs", "--vendor", "axim-commerce") == Ran(0, vendor_page("axim-commerce"), "")
    ran = cli("docs", "--vendor", "axim")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no vendor named 'axim'" in ran.err


def test_topic_or_pages(cli: Command) -> None:
    """A topic, --html and --vendor together are a usage error."""
    assert cli("docs", "http", "--html", "site").code == 2
    assert cli("docs", "--vendor", "fortellis", "--html", "site").code == 2


def test_pages_are_written(cli: Command) -> None:
    """--html writes the pages into a new folder, and says where they begin."""
    pytest.importorskip("markdown_it", reason="the extra docs is not installed")
    ran = cli("docs", "--html", "site")
    assert ran == Ran(0, "", f"fieldbound: wrote {Path('site', 'index.html')}\n")
    assert Path("site", "http.html").is_file()


def test_pages_that_cannot_be_written(cli: Command) -> None:
    """A folder that cannot be made is an error."""
    pytest.importorskip("markdown_it", reason="the extra docs is not installed")
    Path("site").touch()
    ran = cli("docs", "--html", "site")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("fieldbound: cannot write site: ")


def test_without_the_library(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the Markdown library, the error names what to install, and nothing is written."""
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    ran = cli("docs", "--html", "site")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"fieldbound: {markdown_module._MISSING}\n"
    assert "pip install 'fieldbound[docs]'" in ran.err
    assert not Path("site").exists()


def on_terminal(pager: str, *, interrupt: bool = False) -> tuple[int, str]:
    """Run `fieldbound docs api` on a pseudo-terminal; return its exit code, and what it shows."""
    import pty

    shown = b""
    command = [sys.executable, "-m", "fieldbound", "docs", "api"]
    child, terminal = pty.fork()
    if not child:
        os.environ.update(PAGER=pager, TERM="xterm")
        os.execv(sys.executable, command)  # noqa: S606
    try:
        while data := os.read(terminal, 65536):
            shown += data
            if interrupt and b"ready" in shown:
                os.write(terminal, b"\x03")
                interrupt = False
    except OSError:  # the end, on Linux
        pass
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode().replace("\r\n", "\n")


def script(code: str) -> str:
    """Return the command of a pager that is written in Python."""
    return shlex.join([sys.executable, "-c", code])


@posix
@pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")
@pytest.mark.parametrize(
    ("pager", "shown"),
    [
        (script("import sys; print('all of it:', len(sys.stdin.buffer.read()))"), "all of it: "),
        (script("import sys; print(sys.stdin.readline())"), "# API reference\n\n"),
        ("a-pager-that-is-missing --really", "# API reference\n\n"),
        ("'", "# API reference\n\n"),
    ],
    ids=["reads all", "ends early", "missing", "unreadable"],
)
def test_the_pager_shows_a_guide(pager: str, shown: str) -> None:
    """On a terminal the pager of PAGER shows a guide; without one it is printed."""
    code, text = on_terminal(pager)
    assert (code, text[: len(shown)]) == (0, shown)
    assert "Traceback" not in text


@posix
@pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")
def test_interrupted_pager() -> None:
    """Ctrl-C in the pager ends quietly."""
    code, text = on_terminal(
        script(
            "import signal, time; signal.signal(2, signal.SIG_DFL); print('ready', flush=True); "
            "time.sleep(60)"
        ),
        interrupt=True,
    )
    assert code == 0
    assert text.replace("^C", "").strip() == "ready"


@posix
def test_closed_pipe() -> None:
    """A reader that has gone is no error of its own: nothing is printed to stderr."""
    line = f"{shlex.quote(sys.executable)} -m fieldbound docs api | head -n 1"
    ran = subprocess.run(["sh", "-c", line], check=False, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("# API reference\n", "")
