"""A table of examples of one rule as one test: cheaper than a test of its own for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from typing import Any, TypeAlias

import pytest

Test: TypeAlias = Callable[..., None]


def table(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Try all rows in one test, as `pytest.mark.parametrize` does in one test each.

    Rows that fail are all in the message of the failure. Use it where a row costs next to nothing,
    and leaves nothing behind: fixtures are shared by all rows.
    """
    columns = (names,) if isinstance(names, str) else names
    listed = [(row,) if isinstance(names, str) else tuple(row) for row in rows]
    assert listed, "a table without rows tests nothing"

    def decorated(test: Test) -> Test:
        @wraps(test)
        def every_row(**fixtures: Any) -> None:
            failed = []
            for row in listed:
                try:
                    test(**dict(zip(columns, row, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001, PERF203
                    failed.append((row, error))
            if failed:
                shown = "\n".join(f"{row!r:.300}:\n  {_lines(error)}" for row, error in failed)
                first = failed[0][1]
                raise AssertionError(f"{len(failed)} of {len(listed)} rows:\n{shown}") from first

        taken = signature(test)
        every_row.__signature__ = taken.replace(  # type: ignore[attr-defined]
            parameters=[each for name, each in taken.parameters.items() if name not in columns]
        )
        return every_row

    return decorated


def _lines(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", "\n  ")
