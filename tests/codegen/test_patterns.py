"""Patterns that mean the same everywhere."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from fieldbound import Contract
from fieldbound.codegen.patterns import portable_pattern
from support.tables import table

SAME = (
    "_c$", "^[A-Z]{2,5}$", r"^\d+\.\d{1,2}$", "a|b", r"^(?:a|b)+$", r"^[^\d,]*$", r"^\w+@x\/y$",
    "a.c",
)  # fmt: skip


@table(
    "pattern",
    [*(r"(?=a)b", r"(?!a)", r"\s", r"\p{L}", r"\bx", r"(a)\1", "[a&&b]", "(ab){3}",
     "a{1,5000}", "[a--b]", "(?i)a", r"\u0041", "[[a]]", "é")],
)  # fmt: skip
def test_not_portable(pattern: str) -> None:
    """What some engine reads otherwise is not taken."""
    assert portable_pattern(pattern) is None


@given(st.sampled_from(SAME), st.text("ab_cAZ09.,@x/y\n\r\u0660\u2028", max_size=8))
def test_same(pattern: str, text: str) -> None:
    """A portable pattern matches in Python what it matches in ECMA-262."""
    portable = portable_pattern(pattern, r"\Z")
    assert portable is not None
    matches = Contract({"pattern": pattern}, name="x").check(text).ok
    assert (re.search(portable, text) is not None) == matches
