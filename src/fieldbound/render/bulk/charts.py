"""Charts of bulk reports: of characters for a terminal, and as SVG for HTML.

Horizontal SVG coordinates are in percent and vertical ones in pixels, so that a chart has any width
and its text a constant size. Each has a title and a description for screen readers.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from fieldbound.model import escaped, percentage, pluralize_large

from .messages import length_ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.model import BulkReport, Lengths, LimitTally

#: The cells of a bar in text.
CELLS: Final = 24

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_HEIGHTS: Final = " ▁▂▃▄▅▆▇█"
_PLAIN: Final = " .:-=+*%#"
#: The characters that an output must be able to encode, unless charts are drawn in ASCII.
BLOCKS: Final = _EIGHTHS + _HEIGHTS

#: The smallest visible width and height, in percent and pixels.
_MIN_WIDTH: Final = 0.7
_MIN_HEIGHT: Final = 3
_HEIGHT: Final = 110
_TOP: Final = 22
_FOOT: Final = 20
_BAR_HEIGHT: Final = 14

#: Hatch patterns that distinguish parts of a chart without color, once per page.
PATTERNS: Final = """<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch-over" width="6" height="6" patternUnits="userSpaceOnUse" \
patternTransform="rotate(45)"><rect class="over" width="6" height="6"/>\
<rect class="gap" width="1.6" height="6"/></pattern>
<pattern id="hatch-at-limit" width="6" height="6" patternUnits="userSpaceOnUse" \
patternTransform="rotate(-45)"><rect class="at-limit" width="6" height="6"/>\
<rect class="gap" width="1.6" height="6"/></pattern>
</defs></svg>
"""


# -- text ----------------------------------------------------------------------------------------


def bar(part: int, whole: int, *, ascii: bool = False) -> str:  # noqa: A002
    """Return a bar of a part of a whole: only 0 is empty, and only the whole is full."""
    if ascii:
        full = _steps(part, whole, CELLS)
        return f"[{'#' * full}{'.' * (CELLS - full)}]"
    eighths = _steps(part, whole, 8 * CELLS)
    full, rest = divmod(eighths, 8)
    return ("█" * full + _EIGHTHS[rest] * (rest > 0)).ljust(CELLS)


def sparkline(lengths: Lengths, *, ascii: bool = False) -> str:  # noqa: A002
    """Return the distribution of string lengths, those over the limit after a `|`."""
    levels = _PLAIN if ascii else _HEIGHTS
    most = max((*lengths.parts, *lengths.beyond))

    def line(counts: Sequence[int]) -> str:
        return "".join(levels[_steps(count, most, 8)] for count in counts)

    return f"{line(lengths.parts)}|{line(lengths.beyond)}"


def _steps(part: int, whole: int, steps: int) -> int:
    if part in (0, whole):
        return steps if part else 0
    return min(steps - 1, max(1, round(steps * part / whole)))


# -- SVG -----------------------------------------------------------------------------------------


def valid_and_invalid(report: BulkReport) -> str:
    """Return a bar of valid and invalid records."""
    name = f"{percentage(report.invalid, report.records)} of the records are invalid"
    description = f"{report.valid:,} valid, {report.invalid:,} invalid"
    wide = _wide(report.invalid, report.records)
    return _svg(
        name,
        description,
        28,
        _rect("ok", 0, 100 - wide, 0, 28) + _rect("over", 100 - wide, wide, 0, 28, hatched=True),
    )


def limit_share(tally: LimitTally, invalid: int) -> str:
    """Return a bar of the invalid records with an error, first those with only this error."""
    name = f"{percentage(tally.records, invalid)} of the invalid records"
    description = f"{pluralize_large(tally.records, 'record')}, the only error in {tally.alone:,}"
    wide = _wide(tally.records, invalid)
    alone = min(wide, _wide(tally.alone, invalid))
    drawn = _rect("rail", 0, 100, 0, _BAR_HEIGHT) + _rect("part", 0, wide, 0, _BAR_HEIGHT)
    return _svg(name, description, _BAR_HEIGHT, drawn + _rect("in", 0, alone, 0, _BAR_HEIGHT))


def violation_counts(rows: Sequence[tuple[str, int]]) -> str:
    """Return a bar for the records with one violation, with two, and so on."""
    most = max(count for _, count in rows)
    drawn = ""
    for row, (word, count) in enumerate(rows):
        top, wide = 24 * row, 0.28 * _wide(count, most)
        drawn += _word(0, 0, top + 15, "start", word)
        drawn += _rect("in" if row == 0 else "part", 36, wide, top + 3, 16)
        drawn += _word(36 + wide, 6, top + 15, "start", f"{count:,}")
    description = ", ".join(f"{word}: {count:,}" for word, count in rows)
    return _svg("Errors per invalid record", description, 24 * len(rows), drawn)


def histogram(lengths: Lengths) -> str:
    """Return a histogram of string lengths, with a line at the limit."""
    parts = list(length_ranges(lengths))
    inner, outer = parts[: len(lengths.parts)], parts[len(lengths.parts) :]
    while len(outer) > 1 and not outer[-1][-1]:
        outer.pop()
    step = 100 / (len(inner) + len(outer))
    most = max(count for *_, count in parts)
    drawn = "".join(_columns(lengths, [count for *_, count in (*inner, *outer)], step, most))
    at, low = step * len(inner), _TOP + _HEIGHT
    drawn += f'<line class="axis" x1="0" x2="100%" y1="{low}" y2="{low}"/>'
    drawn += f'<line class="limit" x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="{low}"/>'
    drawn += _word(at, -6, 12, "end", f"limit {lengths.limit.value:,}", "strong")
    drawn += _word(0, 0, low + 15, "start", "0")
    end = (100, lengths.longest or 0) if lengths.over else (at, lengths.limit.value)
    drawn += _word(end[0], 0, low + 15, "end", f"{end[1]:,}")
    return _svg(f"Lengths at {lengths.limit.pointer}", describe(lengths), low + _FOOT, drawn)


def near_limit(lengths: Lengths) -> str:
    """Return a histogram of the lengths just below the limit, and of the limit."""
    counts, limit = (*lengths.near, lengths.at), int(lengths.limit.value)
    step, most, low = 100 / len(counts), max(1, *counts), _TOP + _HEIGHT
    drawn = f'<line class="axis" x1="0" x2="100%" y1="{low}" y2="{low}"/>'
    for number, count in enumerate(counts):
        high = max(_MIN_HEIGHT, _HEIGHT * count / most) if count else 0
        kind = "in" if number < len(lengths.near) else "at-limit"
        left, wide = step * number + 0.08 * step, 0.84 * step
        drawn += _rect(kind, left, wide, low - high, high, hatched=kind == "at-limit")
    drawn += _word(0, 0, low + 15, "start", f"{limit - len(lengths.near):,}")
    drawn += _word(100, 0, low + 15, "end", f"{limit:,} (limit)")
    drawn += _word(100, 0, 12, "end", f"{lengths.at:,}", "strong")
    description = ", ".join(
        f"{limit - len(lengths.near) + at:,}: {n:,}" for at, n in enumerate(counts)
    )
    return _svg("Lengths just below the limit and at it", description, low + _FOOT, drawn)


def describe(lengths: Lengths) -> str:
    """Return a description of the lengths."""
    strings = pluralize_large(lengths.measured, "string")
    limit = f"limit {lengths.limit.value:,}"
    return f"{strings} of {length_range(lengths)}, {limit}; {over_limit(lengths)}"


def length_range(lengths: Lengths) -> str:
    """Return the shortest and the longest length."""
    least, most = lengths.shortest or 0, lengths.longest or 0
    return (
        pluralize_large(most, "character")
        if least == most
        else f"{least:,} to {pluralize_large(most, 'character')}"
    )


def over_limit(lengths: Lengths) -> str:
    """Return how many strings are over the limit, and how many at it."""
    over = f"{lengths.over:,}" if lengths.over else "none"
    return f"{over} over the limit, {lengths.at:,} exactly at it"


def _columns(lengths: Lengths, counts: Sequence[int], step: float, most: int) -> Iterator[str]:
    inner = len(lengths.parts)
    for number, count in enumerate(counts):
        if not count:
            continue
        high = max(_MIN_HEIGHT, _HEIGHT * count / most)
        left, wide, top = step * number + 0.08 * step, 0.84 * step, _TOP + _HEIGHT - high
        if number >= inner:
            yield _rect("over", left, wide, top, high, hatched=True)
            continue
        # the strings exactly at the limit are a part of the last column within it
        part = (
            high * min(1, lengths.at / count)
            if lengths.possible_truncation and number == inner - 1
            else 0
        )
        yield _rect("in", left, wide, top + part, high - part)
        yield _rect("at-limit", left, wide, top, part, hatched=True)


def _wide(part: int, whole: int) -> float:
    """Return a part in percent; it and the rest are visible unless they are empty."""
    if part in (0, whole):
        return 100.0 if part else 0.0
    return min(100 - _MIN_WIDTH, max(_MIN_WIDTH, 100 * part / whole))


def _rect(
    kind: str, left: float, wide: float, top: float, high: float, *, hatched: bool = False
) -> str:
    if not wide or not high:
        return ""
    look = f'fill="url(#hatch-{kind})"' if hatched else f'class="{kind}"'
    return f'<rect {look} x="{left:.2f}%" width="{wide:.2f}%" y="{top:.1f}" height="{high:.1f}"/>'


def _word(left: float, right: int, down: float, anchor: str, text: str, kind: str = "") -> str:
    look = f' class="{kind}"' if kind else ""
    at = f'x="{left:.2f}%" dx="{right}" y="{down:g}" text-anchor="{anchor}"'
    return f"<text{look} {at}>{_shown(text)}</text>"


def _svg(name: str, description: str, high: float, drawn: str) -> str:
    words = f"<title>{_shown(name)}</title><desc>{_shown(description)}</desc>"
    return f'<svg role="img" width="100%" height="{high:g}">{words}{drawn}</svg>\n'


def _shown(text: str) -> str:
    return escape(escaped(text))
