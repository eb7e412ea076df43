"""`fieldbound init`: set up a project, by what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.documents import atomic_write, os_error_reason
from fieldbound.model import FieldboundError, escaped, pluralize

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Set up the project in the working directory, by the payloads that are in it: add
the settings to pyproject.toml, or write a fieldbound.toml, and the hook to
.pre-commit-config.yaml. What is there already stays as it is; for the rest, what
to add is printed. Nothing is asked.
"""
EXAMPLE: Final = "example: fieldbound init --dry-run"
#: No --folder is added.
USES_CONTRACTS: Final = False
_PYPROJECT: Final = Path("pyproject.toml")
_OWN: Final = Path("fieldbound.toml")
_HOOKS: Final = Path(".pre-commit-config.yaml")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be written, and write nothing"
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Set up the project in the working directory."""
    from fieldbound.cli.setup.files import CI_JOB
    from fieldbound.render import version

    try:
        _set_up_configuration(args.dry_run)
        _set_up_hook(args.dry_run)
    except OSError as error:
        console.error(f"cannot write {error.filename}: {os_error_reason(error)}")
        return 2
    write_stdout(f"\nIn CI, run `fieldbound check`, such as\n\n{CI_JOB.format(version=version())}")
    return 0


def _set_up_configuration(dry_run: bool) -> None:
    from fieldbound.cli.setup.files import settings_text
    from fieldbound.cli.setup.survey import survey_of
    from fieldbound.config import load, parse_settings

    config = load()
    if config.file is not None:
        write_stdout(f"{escaped(config.file)} has the settings already: left as it is\n")
        return
    survey = survey_of(Path.cwd())
    target = _PYPROJECT if _PYPROJECT.is_file() else _OWN
    added = settings_text(survey, "tool.fieldbound." if target is _PYPROJECT else "")
    before = _text_of(target) if target is _PYPROJECT else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    parse_settings(
        f"{before}{gap}{added}".encode(), target.absolute()
    )  # raises where the file cannot have a table
    mapped, unknown = len(survey.payloads), len(survey.unknown)
    about = f"{pluralize(mapped, 'payload')} mapped, {unknown} with no contract that fits"
    _write(target, before, gap + added, dry_run, "added to" if before else "wrote", about)


def _set_up_hook(dry_run: bool) -> None:
    from fieldbound.cli.setup.files import HOOK

    if not _HOOKS.exists():
        _write(_HOOKS, "", f"repos:\n{HOOK}", dry_run, "wrote", "the hook")
    elif "fieldbound" in _text_of(_HOOKS):
        write_stdout(f"{_HOOKS} has the hook already: left as it is\n")
    else:
        write_stdout(f"{_HOOKS} is there: add to its `repos`\n\n{HOOK}\n")


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise FieldboundError(f"{path}: not UTF-8") from None


def _write(path: Path, before: str, added: str, dry_run: bool, verb: str, about: str) -> None:
    if "\r\n" in before:
        added = added.replace("\n", "\r\n")
    if dry_run:
        write_stdout(f"would write to {path} ({about}):\n\n{_escaped(added.strip())}\n")
        return
    with atomic_write(str(path)) as stream:
        stream.write(before + added)
    write_stdout(f"{verb} {path}: {about}\n")


def _escaped(text: str) -> str:
    return "".join(f"{escaped(line)}\n" for line in text.splitlines())
