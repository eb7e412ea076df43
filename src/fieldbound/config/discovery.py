"""Finding and reading the configuration: the nearest file, or the one of FIELDBOUND_CONFIG."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .settings import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .errors import BrokenConfig

#: The environment variable that names the configuration, and its value for none.
_VARIABLE: Final = "FIELDBOUND_CONFIG"
_NONE: Final = "none"
_PYPROJECT: Final = "pyproject.toml"
#: The files of a folder that are looked for, the one that counts first.
_NAMES: Final = ("fieldbound.toml", _PYPROJECT)
#: What precedes each setting in a pyproject.toml.
_PREFIX: Final = "tool.fieldbound."


def load(start: str | os.PathLike[str] | None = None) -> Config:
    """Return the settings of the nearest configuration, or of the one that FIELDBOUND_CONFIG names.

    It is searched for from *start*, the working directory by default, upward. Without one, all
    settings have their defaults. Raises `BrokenConfig` for a file that cannot be read, is invalid
    TOML, or has unknown keys or invalid values.
    """
    root = _working_directory() if start is None else os.fspath(start)
    named = os.environ.get(_VARIABLE)
    if named == _NONE:
        return Config(root)
    if named:
        return _named(named)
    for folder in _upward(root):
        for name in _NAMES:
            file = os.path.join(folder, name)
            found = _config_of(file) if os.path.isfile(file) else None
            if found is not None:
                return found
    return Config(root)


def _upward(folder: str) -> Iterator[str]:
    """Yield a folder and those above it."""
    below = None
    while folder != below:
        yield folder
        below, folder = folder, os.path.dirname(folder)


def _broken(file: str, reason: str) -> BrokenConfig:
    from .errors import BrokenConfig  # slow to import

    return BrokenConfig(file, reason)


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        raise _broken("the working directory", f"cannot be read: {error.strerror}") from None


def _named(name: str) -> Config:
    from pathlib import Path  # slow to import

    from .errors import BrokenConfig

    file = Path(name)
    try:
        found = _config_of(str(file.absolute()))
    except BrokenConfig as error:
        if file.is_file():
            raise
        reason = f"{error.reason} (the environment variable {_VARIABLE} names it)"
        raise _broken(error.file, reason) from None
    if found is None:
        raise _broken(str(file), f"has no [{_PREFIX[:-1]}], and {_VARIABLE} names it")
    return found


def _config_of(file: str) -> Config | None:
    """Return the settings of a file; None for a pyproject.toml without any."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise _broken(os.path.relpath(file), reason) from None
    return parse_settings(data, file)


def parse_settings(data: bytes, file: str | os.PathLike[str]) -> Config | None:
    """Return the settings that a file has or would have; None for a pyproject.toml without any.

    Raises BrokenConfig for invalid TOML, unknown keys and invalid values.
    """
    name = os.path.relpath(file)
    try:
        document = _toml(data)
    except UnicodeDecodeError:
        raise _broken(name, "invalid TOML: not UTF-8") from None
    except ValueError as error:
        raise _broken(name, f"invalid TOML: {error}") from None
    except RecursionError:
        raise _broken(name, "invalid TOML: nested too deep") from None
    folder, own_name = os.path.split(file)
    own = own_name == _NAMES[0] or (own_name != _PYPROJECT and "tool" not in document)
    tool = document.get("tool")
    table = document if own else tool.get("fieldbound") if isinstance(tool, dict) else None
    if table is None:
        return None
    from .parse import parse  # slow to import

    return parse(table, folder, name, "" if own else _PREFIX)


@lru_cache(maxsize=16)
def _toml(data: bytes) -> dict[str, Any]:
    """Return a TOML document: contracts are often looked up, and it seldom changes."""
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(data.decode())
