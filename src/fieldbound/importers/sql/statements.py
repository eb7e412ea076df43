"""The statements of a text in SQL that describe tables: a dump has others, and data, between them.

A statement ends at a semicolon, or where a line begins another one: a dump of SQL Server has
batches, and none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: A quote within a text is doubled; some dialects have a backslash before it as well.
_QUOTED: Final = r"'[^']*(?:''[^']*)*'"
_ESCAPED: Final = r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'"
_OTHERS: Final = r'"[^"]*"|`[^`]*`|[;(),]|^[ \t]*(?=(?:create|alter[ \t]+table)\b)'
_COMMENT: Final = r"(?P<comment>--[^\n]*|/\*.*?\*/)"
_DOLLARS: Final = r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
_FLAGS: Final = re.IGNORECASE | re.MULTILINE | re.DOTALL
_TOKENS: Final = {
    "postgres": re.compile(f"{_COMMENT}|{_QUOTED}|{_DOLLARS}|{_OTHERS}", _FLAGS),
    "mysql": re.compile(f"{_COMMENT}|{_ESCAPED}|{_OTHERS}", _FLAGS),
    "snowflake": re.compile(f"{_COMMENT}|{_ESCAPED}|{_DOLLARS}|{_OTHERS}", _FLAGS),
    "tsql": re.compile(rf"{_COMMENT}|{_QUOTED}|\[[^\]\n]*\]|{_OTHERS}", _FLAGS),
}
_ANY: Final = re.compile(f"{_COMMENT}|{_QUOTED}|{_OTHERS}", _FLAGS)
#: What is no SQL: the rows of COPY, the commands of psql, and the ends of batches.
_ROWS: Final = re.compile(r"^COPY\b[^;]*\bFROM\s+stdin;\n.*?^\\\.$", _FLAGS)
_COMMAND: Final = re.compile(r"^\\\w.*?$", _FLAGS)
_GO: Final = re.compile(r"^[ \t]*go[ \t]*$", re.IGNORECASE | re.MULTILINE)
_KEPT: Final = re.compile(
    r"(?:create\s+(?:or\s+replace\s+)?(?:[a-z]+\s+){0,3}?(?:table|type)|alter\s+table)\b", _FLAGS
)


@dataclass(frozen=True)
class Statement:
    """A statement, and the *line* on which it begins.

    *parts* are what is between the commas of its first brackets, each with its own line. What is
    behind these brackets is left out of a CREATE TABLE: where the rows are, and no limit of them.
    """

    text: str
    line: int
    parts: tuple[tuple[str, int], ...] = ()


def statements(text: str, dialect: str) -> Iterator[Statement]:
    """Yield the statements that create a table or a type, or alter a table."""
    text = _GO.sub(";", text)
    if dialect == "postgres":
        text = _COMMAND.sub("", _ROWS.sub(lambda found: "\n" * found[0].count("\n"), text))
    line, counted = 1, 0
    for start, end, commas in _spans(text, _TOKENS.get(dialect, _ANY)):
        if start >= end or not _KEPT.match(text, start):
            continue
        line, counted = line + text.count("\n", counted, start), start
        bounds = [*zip([at + 1 for at in commas], commas[1:], strict=False)]
        parts = tuple((text[at:until], line + text.count("\n", start, at)) for at, until in bounds)
        yield Statement(text[start:end], line, parts)


def _spans(text: str, tokens: re.Pattern[str]) -> Iterator[tuple[int, int, list[int]]]:
    """Yield where each statement begins and ends, and where its first brackets and commas are."""
    start, depth, end = 0, 0, None
    commas: list[int] = []
    for found in tokens.finditer(text):
        token, at = found[0], found.start()
        if found["comment"] is not None:
            if not text[start:at].strip():
                start = found.end()
        elif token == "(":
            depth += 1
            commas += [at] if depth == 1 and not commas else []
        elif token == ")" and depth:
            depth -= 1
            if depth == 0 and end is None and commas:
                commas.append(at)
                end = found.end()
        elif token == "," and depth == 1 and end is None:
            commas.append(at)
        elif token == ";" or (not token.strip() and depth == 0):
            yield _span(text, start, at, end, commas)
            start, depth, end, commas = found.end(), 0, None, []
    yield _span(text, start, len(text), end, commas)


def _span(
    text: str, start: int, at: int, end: int | None, commas: list[int]
) -> tuple[int, int, list[int]]:
    start += len(text[start:at]) - len(text[start:at].lstrip())
    is_created = text[start : start + 6].lower() == "create"
    if end is None or not is_created or " as " in text[start : commas[0]].lower():
        return start, at, commas if end is not None else []
    return start, end, commas
