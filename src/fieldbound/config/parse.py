"""Validating the table of a configuration: each key, and each value."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

from fieldbound.model import SAYS, closest_name
from fieldbound.policy import LEVELS, pattern_error

from .errors import BrokenConfig
from .folders import ConfiguredFolder
from .overrides import OVERRIDABLE, Override, split_id
from .settings import Config, relative_to_cwd


def parse(table: Any, root: str, file: str, prefix: str) -> Config:
    """Return the settings of a table. Raises BrokenConfig for an invalid key or value."""
    if not isinstance(table, dict):
        raise BrokenConfig(file, f"{prefix[:-1]} must be a table")
    found: dict[str, Any] = {}
    for key, value in table.items():
        setting = _Setting(root, file, prefix + key)
        if key not in _KEYS:
            _fail_unknown(setting, key)
        name, parse_value = _KEYS[key]
        found[name] = parse_value(setting, value)
    return Config(root, file, **found, prefix=prefix)


class _Setting:
    """The *key* of a setting as the *file* in the folder *root* has it."""

    def __init__(self, root: str, file: str, key: str) -> None:
        self.root, self.file, self.key = root, file, key

    def fail(self, reason: str) -> NoReturn:
        """Raise BrokenConfig about this setting."""
        raise BrokenConfig(self.file, f"{self.key}{reason}")

    def inner(self, key: str) -> _Setting:
        """Return a setting within this one."""
        return _Setting(self.root, self.file, f"{self.key}.{key}")

    def relative(self, path: str) -> str:
        """Return a path relative to the working directory."""
        return os.path.relpath(os.path.join(self.root, path))  # noqa: PTH118


def _fail_unknown(setting: _Setting, key: str) -> NoReturn:
    if setting.key == "tool":
        raise BrokenConfig(setting.file, "unknown key tool: settings are at the top of this file")
    raise BrokenConfig(setting.file, f"unknown key {setting.key}: {_must_be_one_of(key, _KEYS)}")


def _must_be_one_of(given: Any, allowed: Iterable[str]) -> str:
    longer = [each for each in allowed if given and each.startswith(str(given))]
    meant = closest_name(str(given), allowed) or next(iter(longer), None)
    suggestion = f"; did you mean {meant}?" if meant else ""
    return f"must be one of {', '.join(allowed)}{suggestion}"


# -- values --------------------------------------------------------------------------------------


def _strings(setting: _Setting, value: Any, expected: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        setting.fail(f" must be a list of {expected}")
    if "\0" in "".join(value):
        setting.fail(" has a NUL in it")
    return tuple(value)


def _table(setting: _Setting, value: Any, expected: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        setting.fail(f" must be a table of {expected}")
    return value


def _choice(setting: _Setting, value: Any, allowed: Iterable[str]) -> str:
    if value not in allowed:
        setting.fail(f" is {value!r}, but {_must_be_one_of(value, allowed)}")
    return str(value)


def _glob(setting: _Setting, glob: str) -> str:
    """Return a glob, unless it leaves the repository of the folder, or the folder itself."""
    if "\0" in glob:
        setting.fail(f": glob {glob!r} has a NUL")
    root = Path(setting.root)
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    if not Path(os.path.normpath(root / glob)).is_relative_to(os.path.normpath(top)):
        setting.fail(f": glob {glob!r} leaves the project")
    return glob


def _pattern(setting: _Setting, pattern: str) -> str:
    if error := pattern_error(pattern):
        setting.fail(f": {error}")
    return pattern


def _parse_folders(setting: _Setting, value: Any) -> tuple[ConfiguredFolder, ...]:
    return tuple(
        ConfiguredFolder(setting.relative(each), setting.file, setting.key)
        for each in _strings(setting, value, 'folders, such as ["contracts"]')
    )


def _parse_recordings(setting: _Setting, value: Any) -> tuple[str, ...]:
    expected = 'globs, such as ["traffic/*.har"]'
    return tuple(_glob(setting, each) for each in _strings(setting, value, expected))


def _parse_fail_on(setting: _Setting, value: Any) -> str:
    return _choice(setting, value, SAYS)


def _parse_flag(setting: _Setting, value: Any) -> bool:
    if not isinstance(value, bool):
        setting.fail(f" must be true or false, not {value!r}")
    return value


def _parse_files(setting: _Setting, value: Any) -> tuple[tuple[str, str], ...]:
    table = _table(setting, value, "globs, each with the name of a contract")
    for glob, contract in table.items():
        if not isinstance(contract, str) or not contract or "\0" in contract or not glob:
            setting.fail(f": glob {glob!r} must have the name of a contract")
        _glob(setting, glob)
    return tuple(table.items())


def _parse_apis(setting: _Setting, value: Any) -> tuple[str, ...]:
    table = _table(setting, value, "hosts, each with the name of an API")
    for host, name in table.items():
        if not isinstance(name, str) or not name or not host or "=" in host:
            setting.fail(f": host {host!r} must have the name of an API")
    return tuple(f"{host}={relative_to_cwd(setting.root, name)}" for host, name in table.items())


def _parse_ignore(setting: _Setting, value: Any) -> tuple[str, ...]:
    expected = 'limits, such as ["acme/create-order#/gift:enum", "*:maxLength"]'
    return tuple(_pattern(setting, each) for each in _strings(setting, value, expected))


def _parse_file_ignores(setting: _Setting, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    table = _table(setting, value, "globs, each with a list of limits")
    found = []
    for glob, patterns in table.items():
        inner = setting.inner(repr(glob))
        found.append((_glob(setting, glob), _parse_ignore(inner, patterns)))
    return tuple(found)


def _parse_severity(setting: _Setting, value: Any) -> tuple[tuple[str, str], ...]:
    table = _table(setting, value, f"limits or evidence, each with one of {', '.join(LEVELS)}")
    for pattern, level in table.items():
        inner = setting.inner(repr(pattern))
        _pattern(setting, pattern)
        _choice(inner, level, LEVELS)
    return tuple(table.items())


def _parse_baseline(setting: _Setting, value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        setting.fail(' must be a file, such as ".fieldbound-baseline.json"')
    return setting.relative(value)


def _parse_overrides(setting: _Setting, value: Any) -> tuple[Override, ...]:
    table = _table(setting, value, "ids of limits, each with a value or removed = true")
    return tuple(
        _parse_override(setting.inner(repr(name)), name, each) for name, each in table.items()
    )


def _parse_override(setting: _Setting, name: str, value: Any) -> Override:
    parts = split_id(name)
    if parts is None:
        setting.fail(" must be the id of a limit, such as acme/create-order#/gift:maxLength")
    contract, pointer, keyword = parts
    if keyword not in OVERRIDABLE:
        setting.fail(f": {keyword!r} cannot be overridden, {_must_be_one_of(keyword, OVERRIDABLE)}")
    table = _table(setting, value, "the new limit: value = …, or removed = true")
    for key in table:
        if key not in _OVERRIDE_KEYS:
            setting.fail(f": unknown key {key}: {_must_be_one_of(key, _OVERRIDE_KEYS)}")
    if table.get("removed") not in (None, True, False):
        setting.fail(".removed must be true or false")
    if ("value" in table) == (table.get("removed") is True):
        setting.fail(" must have either a value or removed = true")
    if keyword in ("required", "readOnly", "writeOnly") and table.get("value", True) is not True:
        setting.fail(".value must be true, or removed = true instead")
    return Override(
        relative_to_cwd(setting.root, contract),
        pointer,
        keyword,
        table.get("value"),
        "value" not in table,
        _choice(setting.inner("says"), table.get("says", "observed"), SAYS),
        _text(setting, table, "note"),
        _date(setting, table),
        setting.file,
        setting.key,
    )


def _text(setting: _Setting, table: dict[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        setting.fail(f".{key} must be a string")
    return value


def _date(setting: _Setting, table: dict[str, Any]) -> str | None:
    value = table.get("date")
    try:
        return None if value is None else date.fromisoformat(str(value)).isoformat()
    except ValueError:
        setting.fail(f".date must be a date such as 2026-11-20, not {value!r}")


_OVERRIDE_KEYS: Final = ("value", "removed", "says", "note", "date")
#: The attribute of Config of each key, and the function that validates its value.
_KEYS: Final[dict[str, tuple[str, Callable[[_Setting, Any], Any]]]] = {
    "folders": ("folders", _parse_folders),
    "fail-on": ("fail_on", _parse_fail_on),
    "files": ("mapping", _parse_files),
    "recordings": ("recordings", _parse_recordings),
    "apis": ("apis", _parse_apis),
    "ignore": ("ignore", _parse_ignore),
    "per-file-ignores": ("file_ignores", _parse_file_ignores),
    "fail-on-unused-ignores": ("fail_on_unused_ignores", _parse_flag),
    "severity": ("levels", _parse_severity),
    "baseline": ("baseline", _parse_baseline),
    "overrides": ("overrides", _parse_overrides),
}
#: The attribute of Config of each key.
ATTRIBUTES: Final = {key: name for key, (name, _) in _KEYS.items()}
