"""Results of pytest-xdist workers, collected by the controller."""

from __future__ import annotations

from typing import Any

import pytest


class WorkerResults:
    """Collects the results that workers leave in their `workeroutput` under a *key*."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._notes: list[str] = []
        self._results: dict[str, Any] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Keep the results of a worker that has finished."""
        result = getattr(node, "workeroutput", {}).get(self._key)
        if result is None:
            self._notes.append(f"no results from worker {node.gateway.id}: {error or 'it crashed'}")
        else:
            self._results[node.gateway.id] = result
