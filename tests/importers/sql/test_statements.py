"""The statements of a text in SQL: what is between them is passed over, in linear time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldbound.importers.sql.statements import statements
from support.growth import LINEAR, growth

TABLE = "CREATE TABLE t (a int, b int)"


def texts(text: str, dialect: str = "postgres") -> list[str]:
    """Return the texts of the statements."""
    return [each.text for each in statements(text, dialect)]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("/* ; */ {};", "postgres"),
        ("SELECT 1 /* no end; {}", "postgres"),
        ("SELECT $a$; $b$ {}; $a$;\n{};", "postgres"),
        ("SELECT $x$a$; {}; $a$; {}; /* $b$", "snowflake"),
        ("SELECT 'x\\'; {};'; {};", "mysql"),
        ("SELECT 'no end\\'; {};", "mysql"),
        ("SELECT [;], [no end; SELECT ']\n[;], {}'; {};", "tsql"),
        ("COPY t FROM stdin;\n1\t{};\n\\.\n{};", "postgres"),
        ("COPY s;\nCOPY t FROM stdin;\n{};", "postgres"),
    ],
)
def test_what_is_passed_over(text: str, dialect: str) -> None:
    """A statement within a comment, a text or rows is none; what has no end is passed over."""
    assert texts(text.replace("{}", TABLE), dialect) == [TABLE]


def test_lines() -> None:
    """A statement and its parts have the lines on which they begin; rows of COPY are counted."""
    text = f"COPY t FROM stdin;\n1\n2\n\\.\n-- x\n{TABLE.replace(', ', ',')};\n\n{TABLE}"
    text = text.replace(",", "\n,\n")
    found = [(each.line, [line for _, line in each.parts]) for each in statements(text, "postgres")]
    assert found == [(6, [6, 7]), (10, [10, 11])]


#: What begins again and again, and has no end.
ENDLESS: dict[str, tuple[str, Callable[[int], str]]] = {
    "comments": ("postgres", lambda count: "/* x " * count),
    "quotes": ("mysql", lambda count: "'" + "\\'" * count),
    "brackets": ("tsql", lambda count: "[" * count),
    "tags": ("postgres", lambda count: "".join(f"$a{each}$ " for each in range(count))),
    "rows": ("postgres", lambda count: "COPY t FROM stdin;\n" * count),
    "COPY": ("postgres", lambda count: "COPY t\n" * count),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end(name: str) -> None:
    """Its end is looked for once: 200,000 beginnings would take hours otherwise."""
    dialect, made = ENDLESS[name]
    assert texts(f"{TABLE};\n{made(200_000)}", dialect) == [TABLE]


@pytest.mark.parametrize(
    "text",
    ["/* x ", "$a$ $b$", "[", "'\\'", "\n-- row\n,(2)", "-- x\n", "\n,a int", "COPY t\n;"],
)
@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql"])
def test_growth(text: str, dialect: str) -> None:
    """Twice the text takes about twice the steps."""

    def prepared(size: int) -> Callable[[], Any]:
        given = f"{TABLE};\nCREATE TABLE s (b int {text * size})"
        return lambda: texts(given, dialect)

    assert growth(prepared, 250) <= LINEAR
