"""Configuration: the `[tool.fieldbound]` table of the nearest `pyproject.toml`.

    [tool.fieldbound]
    folders = ["contracts"]     # folders with contracts of your own
    recordings = ["*.har"]      # recorded traffic, checked exchange by exchange
    fail-on = "stated"          # as --fail-on

    [tool.fieldbound.files]     # which contract checks which files
    "payloads/create/*.json" = "oracle-cx-sales/create-product-group"

    [tool.fieldbound.apis]      # which API checks the traffic of which hosts
    "*.oraclecloud.com" = "oracle-cx-sales"

Paths and globs are relative to the file's folder, with `/` as separator. In a glob, `*` and `?`
match within one name, `[…]` matches one character, `**/` matches any folders; none of them matches
a name that starts with a dot. The first glob that matches a file counts. None may leave the
project: the repository that the file is in, or its folder where it is in none.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .model import SAYS, FieldboundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: A pattern for any number of folders, none of them hidden.
_ANY_FOLDERS: Final = r"(?:(?!\.)[^/]+/)*"


@dataclass(eq=False)
class BrokenConfig(FieldboundError, ValueError):
    """An invalid `[tool.fieldbound]` table: the *file* it is in, and the *reason*."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


@dataclass(frozen=True)
class Config:
    """The settings: *root* is the folder of *file*, the pyproject.toml, if there is one.

    *folders* have contracts of one's own, *fail_on* is one of `SAYS`, *mapping* pairs globs with
    names of contracts, *recordings* are globs of recorded traffic, *apis* has `HOST=NAME` for each
    API. All paths are relative to the working directory.
    """

    root: Path
    file: str | None = None
    folders: tuple[str, ...] = ()
    fail_on: str = SAYS[-1]
    mapping: tuple[tuple[str, str], ...] = ()
    recordings: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()

    def contract_for(self, path: str) -> str | None:
        """Return the name of the contract that the first matching glob maps *path* to, or None."""
        for relative in self._relative_to_root(path):
            for pattern, contract in self._mapping_patterns:
                if pattern.fullmatch(relative):
                    return _relative_to_cwd(self.root, contract)
        return None

    def is_recording(self, path: str) -> bool:
        """Return whether *path* matches a glob of recordings, which override the mapping."""
        return any(
            pattern.fullmatch(relative)
            for relative in self._relative_to_root(path)
            for pattern in self._recording_patterns
        )

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

    @cached_property
    def _mapping_patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [
            (_glob_pattern(os.path.normpath(glob)), contract) for glob, contract in self.mapping
        ]

    @cached_property
    def _recording_patterns(self) -> list[re.Pattern[str]]:
        return [_glob_pattern(os.path.normpath(glob)) for glob in self.recordings]

    @cached_property
    def _files_by_glob(self) -> dict[str, set[str]]:
        globs = (*(glob for glob, _ in self.mapping), *self.recordings)
        return {glob: set(self._matches(glob)) for glob in globs}

    def _matches(self, glob: str) -> Iterator[str]:
        from glob import iglob

        # Not Path.glob: its rules for hidden files and `**` differ between Python versions.
        for each in iglob(os.path.normpath(glob), root_dir=self.root, recursive=True):  # noqa: PTH207
            if (self.root / each).is_file():
                yield os.path.relpath(self.root / each)

    def _relative_to_root(self, path: str) -> Iterable[str]:
        """Yield the path of a file relative to the root, as given and with links resolved."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its own name
        yield Path(os.path.relpath(absolute, self.root)).as_posix()
        real = absolute.parent.resolve() / absolute.name
        yield Path(os.path.relpath(real, self.root.resolve())).as_posix()


def _relative_to_cwd(root: Path, contract: str) -> str:
    """Return the name of a contract or an API, a path relative to the working directory."""
    from .catalog import SUFFIXES

    file, separator, fragment = contract.partition("#")
    if not file.endswith(SUFFIXES):
        return contract
    return os.path.relpath(root / file) + separator + fragment


def load(start: Path | None = None) -> Config:
    """Return the settings of the nearest pyproject.toml with a `[tool.fieldbound]`.

    It is searched for from *start*, the working directory by default, upward. Without one, all
    settings have their defaults. Raises `BrokenConfig` for a file that cannot be read, is invalid
    TOML, or has unknown keys or invalid values.
    """
    start = start or _working_directory()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            name = os.path.relpath(file)
            table = _read_table(file, name)
            if table is not None:
                return _parse(table, folder, name)
    return Config(start)


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise BrokenConfig("the working directory", f"cannot be read: {error.strerror}") from None


def _read_table(file: Path, name: str) -> Any:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with file.open("rb") as stream:
            document = tomllib.load(stream)
    except OSError as error:
        raise BrokenConfig(name, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BrokenConfig(name, "invalid TOML: not UTF-8") from None
    except ValueError as error:
        raise BrokenConfig(name, f"invalid TOML: {error}") from None
    tool = document.get("tool")
    return tool.get("fieldbound") if isinstance(tool, dict) else None


def _parse(table: Any, root: Path, file: str) -> Config:
    if not isinstance(table, dict):
        raise BrokenConfig(file, "tool.fieldbound must be a table")
    for key in table:
        if key not in _KEYS:
            raise BrokenConfig(file, f"unknown key {_key(key)}: {_must_be_one_of(key, _KEYS)}")
    settings = {
        name: parse(file, _key(key), table[key])
        for key, (name, parse) in _KEYS.items()
        if key in table
    }
    for key, name in (("files", "mapping"), ("recordings", "recordings")):
        for entry in settings.get(name, ()):
            _check_glob(root, file, _key(key), entry if isinstance(entry, str) else entry[0])
    if "folders" in settings:
        settings["folders"] = tuple(os.path.relpath(root / each) for each in settings["folders"])
    if "apis" in settings:
        settings["apis"] = tuple(
            f"{host}={_relative_to_cwd(root, name)}" for host, name in settings["apis"]
        )
    return Config(root, file, **settings)


def _check_glob(root: Path, file: str, key: str, glob: str) -> None:
    """Raise BrokenConfig if a glob leaves the repository of a folder, or the folder itself."""
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    names = os.path.normpath(root / glob)
    if not Path(names).is_relative_to(os.path.normpath(top)):
        raise BrokenConfig(file, f"{key}: glob {glob!r} leaves the project")


def _parse_list(expected: str, file: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise BrokenConfig(file, f"{key} must be a list of {expected}")
    return tuple(value)


def _parse_apis(file: str, key: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise BrokenConfig(file, f"{key} must be a table of hosts, each with the name of an API")
    for host, name in value.items():
        if not isinstance(name, str) or not name or not host or "=" in host:
            raise BrokenConfig(file, f"{key}: host {host!r} must have the name of an API")
    return tuple(value.items())


def _parse_fail_on(file: str, key: str, value: Any) -> str:
    if value not in SAYS:
        raise BrokenConfig(file, f"{key} is {value!r}, but {_must_be_one_of(value, SAYS)}")
    return str(value)


def _parse_files(file: str, key: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise BrokenConfig(
            file, f"{key} must be a table of globs, each with the name of a contract"
        )
    for glob, contract in value.items():
        if not isinstance(contract, str) or not contract or not glob:
            raise BrokenConfig(file, f"{key}: glob {glob!r} must have the name of a contract")
    return tuple(value.items())


_KEYS: Final[dict[str, tuple[str, Any]]] = {
    "folders": ("folders", partial(_parse_list, 'folders, such as ["contracts"]')),
    "fail-on": ("fail_on", _parse_fail_on),
    "files": ("mapping", _parse_files),
    "recordings": ("recordings", partial(_parse_list, 'globs, such as ["traffic/*.har"]')),
    "apis": ("apis", _parse_apis),
}


def _key(key: str) -> str:
    return f"tool.fieldbound.{key}"


def _must_be_one_of(given: Any, allowed: Iterable[str]) -> str:
    from .model import closest_name

    meant = closest_name(str(given), allowed)
    suggestion = f"; did you mean {meant}?" if meant else ""
    return f"must be one of {', '.join(allowed)}{suggestion}"


def _glob_pattern(glob: str) -> re.Pattern[str]:
    """Return a pattern that matches the files which Python's `glob` finds."""
    *folders, last = Path(glob).as_posix().split("/")
    start = "".join(_ANY_FOLDERS if each == "**" else f"{_name_regex(each)}/" for each in folders)
    end = f"{_ANY_FOLDERS}{_name_regex('*')}" if last == "**" else _name_regex(last)
    try:
        return re.compile(start + end, re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")  # a reversed range, such as [z-a], matches nothing


def _name_regex(glob: str) -> str:
    """Return a regular expression for one name of a glob, a file's or a folder's."""
    tokens = re.findall(r"\[!?\]?[^\]]*\]|\*+|.", glob, re.DOTALL)
    not_hidden = r"(?!\.)" if tokens and tokens[0][0] in "*?[" else ""
    return not_hidden + "".join(map(_token_regex, tokens))


def _token_regex(token: str) -> str:
    if token[0] == "*":
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if token[0] == "[" and token[1:] not in ("", "]", "!]"):
        characters = re.sub(r"([\\\[\]^&~|])", r"\\\1", token[1:-1])
        is_negated = characters[0] == "!"
        return f"(?!/)[^{characters[1:]}]" if is_negated else f"(?!/)[{characters}]"
    return re.escape(token)
