"""Workers that start fast in tests of many records."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.forked import FORK_WITH_THREADS, fork_workers


@pytest.fixture(autouse=True)
def _forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    fork_workers(monkeypatch)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder fork."""
    folder = str(Path(__file__).parent) + os.sep
    for item in items:
        if str(item.path).startswith(folder):
            item.add_marker(FORK_WITH_THREADS)
