"""A worker of xdist that ends goes in; what it has counted comes out, or that it is lost."""

from __future__ import annotations

from typing import Any

import pytest


class FromWorkers:
    """What the workers of a run have counted, each by its name: they hand it over under a *key*."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._notes: list[str] = []
        self._parts: dict[str, Any] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take in what a worker has counted."""
        part = getattr(node, "workeroutput", {}).get(self._key)
        if part is None:
            self._notes.append(f"the counts of {node.gateway.id} are lost: {error or 'it crashed'}")
        else:
            self._parts[node.gateway.id] = part
