"""What is done to a module once it is imported: at once, or when somebody imports it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class WhenImported:
    """Calls *then* with the name of each of these modules that is imported, until it is removed.

    To import a client only to be ready for it takes half of the time at the start of a run.
    """

    def __init__(self, names: Collection[str], then: Callable[[str], None]) -> None:
        self._names, self._then = names, then

    def add(self) -> None:
        """Start: with the modules that are there already."""
        sys.meta_path.insert(0, self)
        for name in self._names:
            if name in sys.modules:
                self._then(name)

    def remove(self) -> None:
        """Stop."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return what the other finders do, with a loader that tells of the import."""
        if name not in self._names:
            return None
        others = (each for each in sys.meta_path if each is not self)
        found = (each.find_spec(name, path, target) for each in others)
        spec = next((each for each in found if each is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._then)  # type: ignore[assignment]
        return spec


class _Loader:
    """Loads a module as another loader does, which it leaves in the module, and tells of it."""

    def __init__(self, inner: Any, then: Callable[[str], None]) -> None:
        self._inner, self._then = inner, then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._inner.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._inner
        if module.__spec__ is not None:
            module.__spec__.loader = self._inner
        self._inner.exec_module(module)
        self._then(module.__name__)
