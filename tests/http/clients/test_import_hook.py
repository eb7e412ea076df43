"""What is done to a module once it is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module, reload
from importlib.util import find_spec
from pathlib import Path

import pytest

from fieldbound.http.clients.import_hook import WhenImported

NAME = "imported_late"


@pytest.fixture(name="seen")
def _seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what the hook is called with, each time with the state of the module."""
    (tmp_path / f"{NAME}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield []
    sys.modules.pop(NAME, None)


def _hook(seen: list[str]) -> WhenImported:
    return WhenImported(
        (NAME, "no_such_module"), lambda name: seen.append(vars(sys.modules[name])["value"])
    )


def test_a_module_that_is_imported_later(seen: list[str]) -> None:
    """It is called once the module has run, and leaves the module as its own loader makes it."""
    before = list(sys.meta_path)
    hook = _hook(seen)
    hook.add()
    assert find_spec(NAME) is not None  # to look for a module imports nothing
    assert seen == []
    module = import_module(NAME)
    assert seen == [1]
    hook.remove()
    assert sys.meta_path == before
    assert type(module.__loader__).__module__ != WhenImported.__module__
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert import_module(NAME) is module
    assert seen == [1]


def test_a_module_that_is_there(seen: list[str]) -> None:
    """It is called at once, and again where the module is made anew."""
    module = import_module(NAME)
    hook = _hook(seen)
    hook.add()
    assert seen == [1]
    reload(module)
    hook.remove()
    assert seen == [1, 1]
    reload(module)
    assert seen == [1, 1]


def test_a_module_that_is_nowhere(seen: list[str]) -> None:
    """A module that is not installed is missing as without the hook."""
    hook = _hook(seen)
    hook.add()
    try:
        with pytest.raises(ModuleNotFoundError, match="no_such_module"):
            import_module("no_such_module")
        assert find_spec("no_such_module") is None
    finally:
        hook.remove()
    assert seen == []
