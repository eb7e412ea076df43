"""The profiles of the project's own tests, and the marks of what they run.

    pytest                                  quick: each property with a fifth of its examples, or 60
    pytest --hypothesis-profile=thorough    all examples, and the tests marked `thorough`
    pytest --hypothesis-profile=explore     the same, with new examples in every run

`-m scaled` selects the tests whose examples the profile scales. No profile has a deadline, and the
first two draw the same examples in every run: no test depends on the machine's speed or on chance.
"""

from __future__ import annotations

import gc
import inspect
import os
from functools import cache
from types import FunctionType
from typing import Any

import pytest
from hypothesis import Phase, settings

from support.effort import PROFILES, is_thorough

#: Names that a test module imports where it scales what it tries.
_SCALING = frozenset(("examples", "sampled", "is_thorough"))

for _name, _examples in PROFILES.items():
    settings.register_profile(
        _name,
        max_examples=_examples,
        # all but explaining, which takes as long as shrinking does
        phases=tuple(each for each in Phase if each is not Phase.explain),
        deadline=None,
        database=None,
        derandomize=_name != "explore",
    )
settings.load_profile("quick")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, collect garbage rarely, and write nothing to the summary of a CI job."""
    gc.set_threshold(50_000, 20, 20)  # next to nothing is garbage, and looking for it takes long
    os.environ.pop("GITHUB_STEP_SUMMARY", None)
    config.addinivalue_line("markers", "thorough: runs with --hypothesis-profile=thorough only")
    config.addinivalue_line("markers", "scaled: tries as many examples as the profile says")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is scaled, and skip what is marked `thorough` in a quick run."""
    skip = pytest.mark.skip(reason="runs with --hypothesis-profile=thorough")
    for item in items:
        if _is_scaled(item):
            item.add_marker("scaled")
        if item.get_closest_marker("thorough") and not is_thorough():
            item.add_marker(skip)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected, which stays, out of every garbage collection."""
    gc.collect()
    gc.freeze()


def _is_scaled(item: pytest.Item) -> bool:
    function = getattr(item, "function", None)
    if function is None:
        return False
    thorough = item.get_closest_marker("thorough") is not None
    is_property = getattr(function, "is_hypothesis_test", False)
    return thorough or is_property or _is_scaling(function)


@cache
def _is_scaling(function: FunctionType) -> bool:
    """Return whether a function, of one test or of many, scales what it tries."""
    return _scales(function, set())


def _scales(function: Any, seen: set[str]) -> bool:
    """Return whether a function scales what it tries, itself or in functions that it calls."""
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    names = {*code.co_names} - seen if code is not None else set[str]()
    seen |= names
    return not _SCALING.isdisjoint(names) or any(
        _scales(function.__globals__[name], seen)
        for name in names
        if isinstance(function.__globals__.get(name), FunctionType)
    )
