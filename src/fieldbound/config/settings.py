"""The settings of a configuration, and what its globs match."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from fieldbound.model import SAYS

from .globs import found_paths, glob_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fieldbound.policy import Severity

    from .folders import ConfiguredFolder
    from .overrides import Override


class _Settings(NamedTuple):
    root: str
    file: str | None = None
    folders: tuple[ConfiguredFolder, ...] = ()
    fail_on: str = SAYS[-1]
    mapping: tuple[tuple[str, str], ...] = ()
    recordings: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()
    file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    baseline: str | None = None
    overrides: tuple[Override, ...] = ()
    fail_on_unused_ignores: bool = False
    prefix: str = "tool.fieldbound."


class Config(_Settings):
    """The settings: *root* is the folder of *file*, the configuration, if there is one.

    *folders* have contracts of one's own. *fail_on* is one of `SAYS`, *levels* pairs patterns of
    limits with what their violations are, one of `LEVELS`. *ignore* are patterns of limits that are
    not enforced, *file_ignores* pairs globs with such patterns, and *fail_on_unused_ignores* is
    whether one that ignores nothing fails; *baseline* is the file of known
    violations, *overrides* are limits that are changed. *mapping* pairs globs with names of
    contracts, *recordings* are globs of recorded traffic, *apis* has `HOST=NAME` for each API. All
    paths but globs are relative to the working directory. *prefix* is what precedes a setting in
    the file: `tool.fieldbound.` or nothing.
    """

    def table(self, key: str) -> str:
        """Return a table of the configuration as it is written, such as `[tool.fieldbound.files]`.

        Without *key* it is that of all settings.
        """
        return f"[{self.prefix}{key}]"

    @property
    def severity(self) -> Severity:
        """Which violations fail."""
        from fieldbound.policy import Severity

        return Severity(self.fail_on, self.levels)

    def contract_for(self, path: str) -> str | None:
        """Return the name of the contract that the first matching glob maps *path* to, or None."""
        for relative in self._relative_to_root(path) if self.mapping else ():
            for glob, contract in self.mapping:
                if glob_pattern(glob).fullmatch(relative):
                    return relative_to_cwd(self.root, contract)
        return None

    def is_recording(self, path: str) -> bool:
        """Return whether *path* matches a glob of recordings, which override the mapping."""
        relatives = [*self._relative_to_root(path)] if self.recordings else []
        return any(
            glob_pattern(glob).fullmatch(relative)
            for relative in relatives
            for glob in self.recordings
        )

    def ignores_for(self, path: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return each glob of *file_ignores* that matches a file, with its patterns."""
        relatives = [*self._relative_to_root(path)] if self.file_ignores else []
        return [
            (glob, patterns)
            for glob, patterns in self.file_ignores
            if any(map(glob_pattern(glob).fullmatch, relatives))
        ]

    def files(self) -> list[tuple[str, str | None]]:
        """Return every file on disk that a glob matches, sorted, with its contract.

        A recording has None.
        """
        result: list[tuple[str, str | None]] = []
        for path in sorted(set().union(*self._files_by_glob.values())):
            contract = self.contract_for(path)
            if self.is_recording(path):
                result.append((path, None))
            elif contract is not None:
                result.append((path, contract))
        return result

    def unmatched_globs(self) -> list[str]:
        """Return the globs that match no file on disk."""
        return [glob for glob, found in self._files_by_glob.items() if not found]

    def matches(self) -> dict[str, int]:
        """Return how many files on disk each glob of the mapping and of recordings matches."""
        return {glob: len(found) for glob, found in self._files_by_glob.items()}

    @cached_property
    def _files_by_glob(self) -> dict[str, set[str]]:
        globs = (*(glob for glob, _ in self.mapping), *self.recordings)
        return {glob: set(self._found(glob)) for glob in globs}

    def _found(self, glob: str) -> Iterator[str]:
        for each in found_paths(os.path.normpath(glob), self.root):
            file = os.path.join(self.root, each)
            if os.path.isfile(file):
                yield os.path.relpath(file)

    def _relative_to_root(self, path: str) -> Iterable[str]:
        """Yield the path of a file relative to the root, as given and with links resolved."""
        absolute = os.path.abspath(path)  # a link keeps its own name
        yield _relative(absolute, self.root)
        folder, name = os.path.split(absolute)
        real = os.path.join(os.path.realpath(folder), name)
        yield _relative(real, os.path.realpath(self.root))


def _relative(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def relative_to_cwd(root: str, contract: str) -> str:
    """Return the name of a contract or an API, a path relative to the working directory."""
    from fieldbound.documents import SUFFIXES

    file, separator, fragment = contract.partition("#")
    if not file.endswith(SUFFIXES):
        return contract
    return os.path.relpath(os.path.join(root, file)) + separator + fragment
