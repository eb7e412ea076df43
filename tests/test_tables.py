"""A table of examples as one test fails with all rows that fail, and has its fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.tables import table


def test_every_row_that_fails_is_named() -> None:
    """The message has each failing row with its reason, and no other."""

    @table(("text", "length"), [("a", 1), ("bc", 1), ("", 0), ("def", 2)])
    def lengths(text: str, length: int) -> None:
        assert len(text) == length, f"{len(text)} characters"

    with pytest.raises(AssertionError) as raised:
        lengths()
    first, *rows = str(raised.value).splitlines()
    assert first == "2 of 4 rows:"
    assert [each for each in rows if each.startswith("(")] == ["('bc', 1):", "('def', 2):"]
    assert "3 characters" in str(raised.value)


def test_an_error_that_is_missing_is_a_failure() -> None:
    """A row in which nothing is raised where something should be fails, too."""

    @table("value", [0, 1])
    def divided(value: int) -> None:
        with pytest.raises(ZeroDivisionError):
            1 // value

    with pytest.raises(AssertionError, match="1 of 2 rows"):
        divided()


@table("name", ["a", "b"])
@table("suffix", [".json", ".yaml"])
@pytest.mark.parametrize("folder", ["c", "d"])
def test_tables_may_be_combined(name: str, suffix: str, folder: str, tmp_path: Path) -> None:
    """With another table, with parameters and with fixtures, each row is tried with all others."""
    path = tmp_path / folder / f"{name}{suffix}"
    path.parent.mkdir(exist_ok=True)
    path.touch(exist_ok=False)
    assert len(list(tmp_path.rglob("*.*"))) <= 4
