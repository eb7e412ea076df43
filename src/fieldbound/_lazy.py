"""Faces of packages: public names that are imported from their modules when they are first used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from sys import modules
from typing import Any


def lazy(package: str, names: dict[str, str]) -> tuple[Callable[[str], Any], list[str]]:
    """Return `__getattr__` and `__all__` of a package that hands on *names* of its modules.

    *names* maps each module, such as ".contract", to the names it gives, separated by spaces.
    Importing the package imports none of its modules: a command loads only what it uses.
    """
    module_of = {name: module for module, given in names.items() for name in given.split()}

    def getattr_(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(module_of[name], package), name)
        setattr(modules[package], name, value)
        return value

    return getattr_, sorted(module_of)
