"""Workers that start fast in tests of many records."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.forked import FORK_WITH_THREADS, fork_workers


@pytest.fixture(autouse=True)
def _forked_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    fork_workers(monkeypatch)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder fork."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(FORK_WITH_THREADS)
