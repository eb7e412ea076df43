"""What is in force: each setting with its value, as the file has it, and what globs match."""

from __future__ import annotations

from typing import Any, NamedTuple

from .overrides import Override
from .parse import ATTRIBUTES
from .settings import Config


class Setting(NamedTuple):
    """The *value* of a *key*, and whether it is the default."""

    key: str
    value: Any
    is_default: bool


def settings_in_force(config: Config) -> list[Setting]:
    """Return every setting of a configuration, those that are set first."""
    defaults = Config(config.root)
    found = []
    for key, name in ATTRIBUTES.items():
        value = getattr(config, name)
        found.append(Setting(key, _plain(value), value == getattr(defaults, name)))
    return sorted(found, key=lambda each: each.is_default)


def _plain(value: Any) -> Any:
    """Return a value as TOML or JSON has it: pairs as a table, paths as texts."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if hasattr(value, "__fspath__"):
        return str(value)
    items = list(value)
    if items and all(isinstance(each, Override) for each in items):
        return {each.id: _override(each) for each in items}
    if items and all(isinstance(each, tuple) for each in items):
        return {str(key): _plain(each) for key, each in items}
    return [_plain(each) for each in items]


def _override(override: Override) -> dict[str, Any]:
    changed = {"removed": True} if override.removed else {"value": override.value}
    evidence = {"says": override.says, "note": override.note, "date": override.date}
    return {**changed, **{key: each for key, each in evidence.items() if each is not None}}
