"""The statements of a text in SQL that describe tables: a dump has others, and data, between them.

A statement ends at a semicolon, or where a line begins another one: a dump of SQL Server has
batches, and none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

_FLAGS: Final = re.IGNORECASE | re.MULTILINE | re.DOTALL
#: A quote within a text is doubled; some dialects have a backslash before it as well.
_QUOTED: Final = r"'[^']*(?:''[^']*)*'"
_OTHERS: Final = (
    r'--[^\n]*|"[^"]*"|`[^`]*`|[;(),]|^[ \t]*(?=(?:create|alter[ \t]+table)\b)|(?P<opener>/\*'
)
_TAG: Final = r"\$(?=(?P<tag>\w*)\$)"
#: What begins a token that may have no end is an opener: `_Endings` finds the whole token.
_TOKENS: Final = {
    "postgres": re.compile(rf"{_QUOTED}|{_OTHERS}|{_TAG})", _FLAGS),
    "mysql": re.compile(rf"{_OTHERS}|')", _FLAGS),
    "snowflake": re.compile(rf"{_OTHERS}|'|{_TAG})", _FLAGS),
    "tsql": re.compile(rf"{_QUOTED}|{_OTHERS}|\[)", _FLAGS),
}
_ANY: Final = re.compile(rf"{_QUOTED}|{_OTHERS})", _FLAGS)
_WHOLE: Final = {
    "/": re.compile(r"/\*.*?\*/", _FLAGS),
    "'": re.compile(r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'", _FLAGS),
    "$": re.compile(r"(\$\w*\$).*?\1", _FLAGS),
    "[": re.compile(r"\[[^\]\n]*\]", _FLAGS),
}
_TAGS: Final = re.compile(_TAG)
_FILLED: Final = re.compile(r"\S")
#: What is no SQL: the rows of COPY, the commands of psql, and the ends of batches.
_COPY: Final = re.compile(r"^COPY\b", _FLAGS)
_FROM_STDIN: Final = re.compile(r"\bFROM\s+stdin;\n", _FLAGS)
_END_OF_ROWS: Final = re.compile(r"^\\\.$", _FLAGS)
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
        text = _COMMAND.sub("", "".join(_without_rows(text)))
    line, counted = 1, 0
    for start, end, commas in _spans(text, _TOKENS.get(dialect, _ANY)):
        if start >= end or not _KEPT.match(text, start):
            continue
        line, counted = line + text.count("\n", counted, start), start
        yield Statement(text[start:end], line, tuple(_parts(text, start, line, commas)))


def _parts(text: str, start: int, line: int, commas: list[int]) -> Iterator[tuple[str, int]]:
    for comma, until in pairwise(commas):
        line, start = line + text.count("\n", start, comma + 1), comma + 1
        yield text[start:until], line


def _without_rows(text: str) -> Iterator[str]:
    """Yield a text in pieces, with an empty line for each one of the rows of COPY."""
    done = at = 0
    while (copy := _COPY.search(text, at)) and (stop := text.find(";", copy.end())) >= 0:
        at = stop + 1
        if not _FROM_STDIN.search(text, copy.end(), stop + 2):
            continue
        end = _END_OF_ROWS.search(text, stop + 2)
        if end is None:
            break
        yield text[done : copy.start()]
        yield "\n" * text.count("\n", copy.start(), end.end())
        done = at = end.end()
    yield text[done:]


def _spans(text: str, tokens: re.Pattern[str]) -> Iterator[tuple[int, int, list[int]]]:
    """Yield where each statement begins and ends, and where its first brackets and commas are."""
    start, depth, end = 0, 0, None
    filled = _filled(text, start)
    commas: list[int] = []
    for found in _tokens(text, tokens):
        token, at = found[0], found.start()
        if token[:2] in ("--", "/*"):
            if filled >= at:
                start, filled = found.end(), _filled(text, found.end())
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
            yield _span(text, min(filled, at), at, end, commas)
            start, filled = found.end(), _filled(text, found.end())
            depth, end, commas = 0, None, []
    yield _span(text, filled, len(text), end, commas)


def _filled(text: str, start: int) -> int:
    """Return where the first character from a *start* is that is no space."""
    found = _FILLED.search(text, start)
    return found.start() if found else len(text)


def _tokens(text: str, tokens: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield each token; an opener without an end is none."""
    endings = _Endings(text)
    at: int | None = 0
    while at is not None:
        start, at = at, None
        for found in tokens.finditer(text, start):
            if not found.lastgroup:
                yield found
            elif whole := endings.whole(found):
                yield whole
                at = whole.end()
                break


class _Endings:
    """Finds the ends of tokens; where one has none, no end is looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        #: By the first character of an opener, up to where one has no end.
        self._endless: dict[str, int] = {}

    @cached_property
    def _last_tags(self) -> dict[str, int]:
        return {each["tag"].lower(): each.start() for each in _TAGS.finditer(self._text)}

    def whole(self, found: re.Match[str]) -> re.Match[str] | None:
        """Return the token that an opener begins, None if it has no end."""
        kind, at = found["opener"][0], found.start()
        if kind == "$":
            is_endless = self._last_tags[found["tag"].lower()] < found.end("tag") + 1
        else:
            is_endless = at < self._endless.get(kind, 0)
        if is_endless:
            return None
        whole = _WHOLE[kind].match(self._text, at)
        if whole is None and kind != "$":
            line_end = self._text.find("\n", at) if kind == "[" else -1
            self._endless[kind] = line_end if line_end >= 0 else len(self._text)
        return whole


def _span(
    text: str, start: int, at: int, end: int | None, commas: list[int]
) -> tuple[int, int, list[int]]:
    is_created = text[start : start + 6].lower() == "create"
    if end is None or not is_created or " as " in text[start : commas[0]].lower():
        return start, at, commas if end is not None else []
    return start, end, commas
