"""The line of a violation, cut to the width of the terminal, with its value underlined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fieldbound.model import SYNTAX_CODES, escaped

from .escape import display_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.model import Report, Violation

#: How many terminal cells of a line are shown, unless the terminal says otherwise, and at least.
_WIDTH: Final = 100
_MIN_WIDTH: Final = 20
#: How far the end of an array or object is searched for, in characters.
_MAX_SEARCH: Final = 10_000

#: Values and names that end on their line: quoted, or a JSON number or literal.
_QUOTED: Final = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
_LITERAL: Final = r"(?:-?\d[\d.eE+-]*|true|false|null)(?=\s*(?:[,:\]}#]|$))"
#: A plain scalar of YAML: in a flow collection, it ends before a comma or a bracket, too.
_PLAIN: Final = r"(?:(?!\s+(?:#|$)|:(?:\s|$)).)+"
_PLAIN_IN_FLOW: Final = r"(?:(?!\s+(?:#|$)|:(?:\s|$)|\s*[,\[\]{}]).)+"
#: What a value may begin with that is not on its line in full: a block or an alias of YAML, or a
#: quote within a JSON string.
_UNKNOWN: Final = tuple("\\|>&*!")


def end_column(report: Report, violation: Violation) -> int | None:
    """Return the column after the value or name that a violation is at.

    It is None if the line is not at hand, the value does not end on it, or is sensitive.
    """
    at, line = violation.place, _line(report, violation)
    if at is None or line is None or _has_no_end(violation.code):
        return None
    end = _end(line.rstrip("\r\n"), at.column - 1)
    return None if end is None else end + 1


def excerpt(
    report: Report, violation: Violation, width: int | None = None
) -> tuple[str, str, str] | None:
    """Return the margin before the line of a violation, the line, and what underlines its value.

    Return None if the line is not at hand, or must not be shown. Margin and line together are no
    wider than *width* cells, unless that is very narrow.
    """
    at, line = violation.place, _line(report, violation)
    if at is None or line is None:
        return None
    margin = f"    {at.line} | "
    room = _WIDTH if width is None else max(_MIN_WIDTH, width - len(margin))
    end = end_column(report, violation) or at.column + 1
    return margin, *_cut(line, at.column - 1, end - 1, room)


def _line(report: Report, violation: Violation) -> str | None:
    limit = violation.limit
    if violation.place is None or (limit is not None and limit.sensitive):
        return None
    return report.lines.get(violation.place.line)


def _has_no_end(code: str) -> bool:
    return code in SYNTAX_CODES and code != "duplicateKey"


def _end(line: str, start: int) -> int | None:
    """Return where the value that begins at *start* ends, None if that is not known."""
    first = line[start : start + 1]
    if not first or first in _UNKNOWN:
        return None
    if first in "[{":
        return _end_of_collection(line, start)
    if first in "\"'":
        found = re.compile(_QUOTED).match(line, start)
    else:
        open_ones = [0, *(depth for _, depth in _depths(line[:start]))][-1]
        plain = _PLAIN_IN_FLOW if open_ones > 0 else _PLAIN
        found = re.compile(f"{_LITERAL}|{plain}").match(line, start)
    return None if found is None else found.end()


def _end_of_collection(line: str, start: int) -> int | None:
    part = line[start : start + _MAX_SEARCH]
    return next((start + end for end, depth in _depths(part) if not depth), None)


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Yield the end of each bracket outside of strings, and how many are open after it."""
    depth = 0
    for each in re.finditer(rf"{_QUOTED}|[\[\]{{}}]", text):
        if each[0] in "[]{}":
            depth += 1 if each[0] in "[{" else -1
            yield each.end(), depth


def _cut(line: str, column: int, end: int, room: int) -> tuple[str, str]:
    """Return what is shown of a line around an offset, and its part up to *end* underlined."""
    near = _escaped_line(line[max(0, column - room) : column + room])
    size = room * len(near) // max(1, display_width(near))
    start = max(0, min(column - size // 2, len(line) - size))
    stop = min(len(line), start + size)
    focus = min(end, column + size // 2)  # of a long value, the beginning
    while display_width(shown := _shown(line, start, stop)) > room and stop - start > 1:
        if stop - focus > column - start:
            stop -= 1
        else:
            start += 1
    after = _escaped_line(line[column:stop]) + "…" * (stop < len(line))
    before = shown[: len(shown) - len(after)]
    value = _escaped_line(line[column : min(end, stop)])
    return shown, " " * display_width(before) + "^" * max(1, display_width(value))


def _shown(line: str, start: int, stop: int) -> str:
    return "…" * (start > 0) + _escaped_line(line[start:stop]) + "…" * (stop < len(line))


def _escaped_line(text: str) -> str:
    """Return a part of a line, which is shown after something else."""
    return escaped("|" + text.replace("\t", " ").rstrip("\r\n"))[1:]
