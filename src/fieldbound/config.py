"""The nearest `pyproject.toml` goes in, what its `[tool.fieldbound]` sets comes out.

    [tool.fieldbound]
    folders = ["contracts"]     # folders of own contracts
    recordings = ["*.har"]      # recorded traffic, to be judged exchange by exchange
    fail-on = "stated"          # as --fail-on

    [tool.fieldbound.files]     # which contract judges which files
    "payloads/create/*.json" = "oracle-cx-sales/create-product-group"

    [tool.fieldbound.apis]      # which API is at which hosts, by which traffic is checked
    "*.oraclecloud.com" = "oracle-cx-sales"

Paths and globs are relative to the file's folder, with `/` between their parts. In a glob, `*` and
`?` stand for what is inside one name, `[…]` for one character, `**/` for any folders; none of them
stands for a name that starts with a dot. The first glob that matches a file counts.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .model import SAYS, FieldboundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Any number of folders, none of them hidden.
_ANY_FOLDERS: Final = r"(?:(?!\.)[^/]+/)*"


@dataclass(eq=False)
class BrokenConfig(FieldboundError, ValueError):
    """A `[tool.fieldbound]` at fault: the *file* it stands in, and the *reason*."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


@dataclass(frozen=True)
class Config:
    """What `[tool.fieldbound]` sets: *root* is its folder, *file* the pyproject.toml, if any.

    *folders* hold own contracts, *fail_on* is one of `SAYS`, *mapping* pairs globs with names of
    contracts, *recordings* are globs of recorded traffic, *apis* names APIs as `HOST=NAME`. All
    paths given and returned are as seen from the working directory.
    """

    root: Path
    file: str | None = None
    folders: tuple[str, ...] = ()
    fail_on: str = SAYS[-1]
    mapping: tuple[tuple[str, str], ...] = ()
    recordings: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()

    def contract_for(self, path: str) -> str | None:
        """Name the contract that the first matching glob maps *path* to, or None."""
        for seen in self._seen_from_root(path):
            for pattern, contract in self._patterns:
                if pattern.fullmatch(seen):
                    return _located(self.root, contract)
        return None

    def is_recording(self, path: str) -> bool:
        """Tell whether a glob of recordings matches *path*; it is judged as none of the mapping."""
        return any(
            pattern.fullmatch(seen)
            for seen in self._seen_from_root(path)
            for pattern in self._recorded
        )

    def files(self) -> list[tuple[str, str | None]]:
        """List every file on disk that a glob matches, sorted, with its contract.

        A recording has None.
        """
        listed: list[tuple[str, str | None]] = []
        for path in sorted(set().union(*self._found.values())):
            contract = self.contract_for(path)
            if self.is_recording(path):
                listed.append((path, None))
            elif contract is not None:
                listed.append((path, contract))
        return listed

    def idle(self) -> list[str]:
        """List the globs that match no file on disk."""
        return [glob for glob, found in self._found.items() if not found]

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [(_pattern(os.path.normpath(glob)), contract) for glob, contract in self.mapping]

    @cached_property
    def _recorded(self) -> list[re.Pattern[str]]:
        return [_pattern(os.path.normpath(glob)) for glob in self.recordings]

    @cached_property
    def _found(self) -> dict[str, set[str]]:
        globs = (*(glob for glob, _ in self.mapping), *self.recordings)
        return {glob: set(self._matches(glob)) for glob in globs}

    def _matches(self, glob: str) -> Iterator[str]:
        from glob import iglob

        # Not Path.glob: what it takes for hidden, and `**` for, changes between Python versions.
        for each in iglob(os.path.normpath(glob), root_dir=self.root, recursive=True):  # noqa: PTH207
            if (self.root / each).is_file():
                yield os.path.relpath(self.root / each)

    def _seen_from_root(self, path: str) -> Iterable[str]:
        whole = Path(os.path.abspath(path))  # noqa: PTH100 - a link keeps its own name
        yield Path(os.path.relpath(whole, self.root)).as_posix()
        real = whole.parent.resolve() / whole.name
        yield Path(os.path.relpath(real, self.root.resolve())).as_posix()


def _located(root: Path, contract: str) -> str:
    """Return the name of a contract or an API; a path is seen from the working directory."""
    from .catalog import SUFFIXES

    file, mark, rest = contract.partition("#")
    if not file.endswith(SUFFIXES):
        return contract
    return os.path.relpath(root / file) + mark + rest


def load(start: Path | None = None) -> Config:
    """Read the nearest pyproject.toml with a `[tool.fieldbound]`, from *start* upward.

    *start* is the working directory unless given. Without any such file everything is as usual.
    Raises `BrokenConfig` for a file that cannot be read, is not TOML, or sets what is not known.
    """
    start = start or _here()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            shown = os.path.relpath(file)
            table = _table(file, shown)
            if table is not None:
                return _read(table, folder, shown)
    return Config(start)


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise BrokenConfig("the working directory", f"cannot be read: {error.strerror}") from None


def _table(file: Path, shown: str) -> Any:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with file.open("rb") as stream:
            document = tomllib.load(stream)
    except OSError as error:
        raise BrokenConfig(shown, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise BrokenConfig(shown, "is not TOML: it is not UTF-8") from None
    except ValueError as error:
        raise BrokenConfig(shown, f"is not TOML: {error}") from None
    tool = document.get("tool")
    return tool.get("fieldbound") if isinstance(tool, dict) else None


def _read(table: Any, root: Path, file: str) -> Config:
    if not isinstance(table, dict):
        raise BrokenConfig(file, "tool.fieldbound must be a table")
    for key in table:
        if key not in _KEYS:
            raise BrokenConfig(file, f"unknown key {_key(key)}; {_allowed(key, _KEYS)}")
    given = {
        name: read(file, _key(key), table[key])
        for key, (name, read) in _KEYS.items()
        if key in table
    }
    if "folders" in given:
        given["folders"] = tuple(os.path.relpath(root / each) for each in given["folders"])
    if "apis" in given:
        given["apis"] = tuple(f"{host}={_located(root, name)}" for host, name in given["apis"])
    return Config(root, file, **given)


def _folders(file: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise BrokenConfig(file, f'{key} must be a list of folders, such as ["contracts"]')
    return tuple(value)


def _recordings(file: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise BrokenConfig(file, f'{key} must be a list of globs, such as ["traffic/*.har"]')
    return tuple(value)


def _apis(file: str, key: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise BrokenConfig(file, f"{key} must be a table of hosts, each with the name of its API")
    for host, name in value.items():
        if not isinstance(name, str) or not name or not host or "=" in host:
            raise BrokenConfig(file, f"{key}: the host {host!r} must be given the name of an API")
    return tuple(value.items())


def _fail_on(file: str, key: str, value: Any) -> str:
    if value not in SAYS:
        raise BrokenConfig(file, f"{key} is {value!r}; {_allowed(value, SAYS)}")
    return str(value)


def _files(file: str, key: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise BrokenConfig(file, f"{key} must be a table of globs, each with a contract's name")
    for glob, contract in value.items():
        if not isinstance(contract, str) or not contract or not glob:
            raise BrokenConfig(file, f"{key}: {glob!r} must be given a contract's name")
    return tuple(value.items())


_KEYS: Final[dict[str, tuple[str, Any]]] = {
    "folders": ("folders", _folders),
    "fail-on": ("fail_on", _fail_on),
    "files": ("mapping", _files),
    "recordings": ("recordings", _recordings),
    "apis": ("apis", _apis),
}


def _key(key: str) -> str:
    return f"tool.fieldbound.{key}"


def _allowed(given: Any, allowed: Iterable[str]) -> str:
    from .model import closest

    meant = closest(str(given), allowed)
    said = f"did you mean {meant!r}? " if meant else ""
    return f"{said}allowed: {', '.join(allowed)}"


def _pattern(glob: str) -> re.Pattern[str]:
    """Make of *glob* a pattern that matches the files which Python's `glob` finds with it."""
    *folders, last = Path(glob).as_posix().split("/")
    made = "".join(_ANY_FOLDERS if each == "**" else f"{_part(each)}/" for each in folders)
    end = f"{_ANY_FOLDERS}{_part('*')}" if last == "**" else _part(last)
    try:
        return re.compile(made + end, re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")  # a range from high to low, such as [z-a], matches nothing


def _part(part: str) -> str:
    pieces = re.findall(r"\[!?\]?[^\]]*\]|\*+|.", part, re.DOTALL)
    hidden = r"(?!\.)" if pieces and pieces[0][0] in "*?[" else ""
    return hidden + "".join(map(_piece, pieces))


def _piece(piece: str) -> str:
    if piece[0] == "*":
        return "[^/]*"
    if piece == "?":
        return "[^/]"
    if piece[0] == "[" and piece[1:] not in ("", "]", "!]"):
        inside = re.sub(r"([\\\[\]^&~|])", r"\\\1", piece[1:-1])
        return f"(?!/)[^{inside[1:]}]" if inside[0] == "!" else f"(?!/)[{inside}]"
    return re.escape(piece)
