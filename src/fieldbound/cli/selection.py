"""The files of a run: those named on the command line, or those of the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from .paths import PAYLOADS, RECORDINGS, below, is_below, matching, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldbound.config import Config

    from .console import Console

STDIN: Final = "-"
FILES_TABLE: Final = "[tool.fieldbound.files]"
_HAR: Final = ".har"
_MAX_LISTED: Final = 3
#: Bytes of the largest file that is looked at for whether it is a contract.
_MAX_SIZE: Final = 2**20


class Selected(NamedTuple):
    """A file to check, and the name of its contract; a recording of HTTP traffic has none."""

    path: str
    contract: str | None


class _Choice(NamedTuple):
    contract: str | None = None
    error: str = ""
    unmapped: bool = False


class Selection:
    """Selects files, and reports each file and glob that cannot be checked.

    *contract* is the value of --contract, *apis* is whether --api was given, so that every file is
    a recording. With *skip_unmapped*, files without a contract and globs without files are skipped.
    """

    def __init__(
        self,
        config: Config,
        console: Console,
        *,
        contract: str | None = None,
        apis: bool = False,
        skip_unmapped: bool = False,
    ) -> None:
        self._config, self._console = config, console
        self._table = config.table("files")
        file = config.file or "pyproject.toml"
        self._name_apis = f"pass --api, or set {config.table('apis')} in {file}"
        self._contract, self._apis, self._skip = contract, apis, skip_unmapped

    def files(self, paths: Sequence[str]) -> list[Selected]:
        """Return the files to check: *paths*, or all of the configuration if it is empty."""
        if self._contract is not None and self._apis:
            self._console.error(
                "--contract is for payloads and --api is for recordings: pass one of them"
            )
            return []
        if not paths and self._contract is None:
            return self._configured()
        if not paths:
            self._console.error("no input files: pass FILE with --contract")
        return self._given(paths)

    def _given(self, paths: Sequence[str]) -> list[Selected]:
        selected, skipped = [], []
        for path in dict.fromkeys(file for each in paths for file in self._expanded(each)):
            choice = self._choice(path)
            if choice.unmapped and self._skip:
                skipped.append(path)
            elif choice.error:
                self._console.error(choice.error)
            else:
                selected.append(Selected(path, choice.contract))
        if skipped and (selected or self._mapped()):
            self._console.note(f"skipped (no contract is mapped): {_first(skipped)}")
        return selected

    def _expanded(self, path: str) -> Iterable[str]:
        """Return the files that a FILE stands for; itself where it is none, to be reported."""
        found = None if path == STDIN else matching(path)
        if found is not None:
            return [file for each in found for file in self._walked(each)] or [path]
        return self._walked(path) or [path]

    def _walked(self, path: str) -> list[str]:
        """Return the files of a folder that are checked, or the file."""
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib is slow to import
            return [path]
        if self._apis:
            return [*below(path, RECORDINGS)]
        if self._contract is not None:
            return [*below(path, PAYLOADS, self._contract.partition("#")[0])]
        return [file for file, _ in self._config.files() if is_below(file, path)]

    def _choice(self, path: str) -> _Choice:
        if path != STDIN and matching(path) is not None:
            return _Choice(error=f"no file matches {path!r}")
        choice = self._chosen(path)
        if choice.error and path != STDIN and (reason := unreadable(path)):
            return _Choice(error=f"cannot read {path}: {reason}")
        return choice

    def _chosen(self, path: str) -> _Choice:
        if path == STDIN:
            if self._contract is None and not self._apis:
                return _Choice(
                    error="standard input needs --contract, or --api if it is a recording"
                )
            return _Choice(self._contract)
        if os.path.isdir(path):  # noqa: PTH112 - nothing in it is checked
            return self._folder(path)
        is_listed = self._config.is_recording(path)
        mapped = None if is_listed else self._config.contract_for(path)
        if self._apis or is_listed or (path.lower().endswith(_HAR) and mapped is None):
            return self._recording(path, is_listed)
        if self._contract is None and mapped is None:
            advice = f"pass --contract, or map it in {self._table}"
            if not self._skip and _is_contract(path):
                advice += f"; if it is the contract itself, pass --contract {path}"
            return _Choice(error=f"no contract is mapped to {path}: {advice}", unmapped=True)
        return _Choice(self._contract or mapped)

    def _folder(self, path: str) -> _Choice:
        if self._apis or self._contract is not None:
            suffixes = ", ".join(RECORDINGS if self._apis else PAYLOADS)
            return _Choice(error=f"no file to check in {path}: none ends in {suffixes}")
        return _Choice(
            error=f"no file in {path} is mapped to a contract: pass --contract, or map globs in "
            f"{self._table}",
            unmapped=True,
        )

    def _recording(self, path: str, is_listed: bool) -> _Choice:
        if self._contract is not None:
            return _Choice(error=f"{path} is a recording: pass --api instead of --contract")
        if not self._apis and not self._config.apis:
            return _Choice(
                error=f"{path} is a recording and no API is named for it: {self._name_apis}",
                unmapped=not is_listed,
            )
        return _Choice()

    def _configured(self) -> list[Selected]:
        report = self._console.note if self._skip else self._console.error
        for glob in self._config.unmatched_globs():
            report(f"{self._config.file}: no file matches {glob!r}")
        return self._mapped()

    def _mapped(self) -> list[Selected]:
        """Return the files of the configuration, and report when there are none."""
        config, console = self._config, self._console
        files = [Selected(*each) for each in config.files()]
        if not config.mapping and not config.recordings:
            console.error(
                f"no input files: pass FILE, or map globs in {self._table} of "
                f"{config.file or 'pyproject.toml'}"
            )
        elif not files:
            where = self._table if config.mapping else "`recordings`"
            console.error(f"no input files: no file matches {where} of {config.file}")
        if not self._apis and not config.apis and any(each.contract is None for each in files):
            console.error(
                f"{config.file} lists recordings and no API is named for them: {self._name_apis}"
            )
            return [each for each in files if each.contract is not None]
        return files


def _is_contract(path: str) -> bool:
    """Return whether a file looks like a JSON Schema or an OpenAPI document."""
    from fieldbound.catalog import kind_of
    from fieldbound.documents import SUFFIXES, read

    try:
        is_document = path.lower().endswith(SUFFIXES) and os.path.getsize(path) <= _MAX_SIZE  # noqa: PTH202
        return is_document and kind_of(read(path).value) != "other"
    except (OSError, ValueError):
        return False


def _first(paths: Sequence[str]) -> str:
    more = len(paths) - _MAX_LISTED
    return ", ".join(paths[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
