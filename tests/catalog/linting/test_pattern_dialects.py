"""Patterns that other dialects of regular expressions read otherwise."""

from __future__ import annotations

from fieldbound import Contract
from fieldbound.catalog.linting.pattern_dialects import dialect_differences
from support.tables import table


@table(
    ("pattern", "part"),
    [
        (r"\<a\<", r"\<"),
        (r"a\>", r"\>"),
        (r"\`a", r"\`"),
        (r"a\'", r"\'"),
        ("a[]", "[]"),
        ("[^]a", "[^]"),
        ("[a-z&&[b]]", "&&["),
    ],
)
def test_part_is_named_once(pattern: str, part: str) -> None:
    """Each part is one that ECMA-262 takes: what it rejects is an error of its own."""
    assert [each for each, _ in dialect_differences(pattern)] == [part]
    assert Contract({"type": "string", "pattern": pattern}).limits


@table("pattern", [r"^\d+$", r"\\<a", "[<>]", r"[\]]", r"a\[]b?", "a&&b", "[a&&b]", r"\w\s\b."])
def test_what_every_dialect_has_is_not_named(pattern: str) -> None:
    """Neither is what differs for rare texts alone."""
    assert list(dialect_differences(pattern)) == []
