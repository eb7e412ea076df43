"""Counts go in; charts come out, of characters for a terminal and as SVG for a page.

What is across in the SVG is in percent and what is down in pixels, so that a chart takes whatever
width there is and its words keep their size. Each says what it shows to who cannot see it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from fieldbound.model import percentage, pluralize_large
from fieldbound.render.escape import escaped

from .words import spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.model import BulkReport, Lengths, LimitTally

#: The cells of a bar.
CELLS: Final = 24

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
_HEIGHTS: Final = " ▁▂▃▄▅▆▇█"
_PLAIN: Final = " .:-=+*%#"
#: What a stream must be able to take, unless all is drawn in ASCII.
BLOCKS: Final = _EIGHTHS + _HEIGHTS

#: The least width and height in which there is something to see, in percent and pixels.
_THIN: Final = 0.7
_LOW: Final = 3
_TALL: Final = 110
_TOP: Final = 22
_FOOT: Final = 20
_BAR: Final = 14

#: The hatchings that tell parts of a chart apart without a color, once in a page.
PATTERNS: Final = """<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch-over" width="6" height="6" patternUnits="userSpaceOnUse" \
patternTransform="rotate(45)"><rect class="over" width="6" height="6"/>\
<rect class="gap" width="1.6" height="6"/></pattern>
<pattern id="hatch-heap" width="6" height="6" patternUnits="userSpaceOnUse" \
patternTransform="rotate(-45)"><rect class="heap" width="6" height="6"/>\
<rect class="gap" width="1.6" height="6"/></pattern>
</defs></svg>
"""


# -- of characters -------------------------------------------------------------------------------


def bar(part: int, whole: int, *, ascii: bool = False) -> str:  # noqa: A002
    """Draw a part of a whole; what is more than none is always seen, and only all is full."""
    if ascii:
        full = _steps(part, whole, CELLS)
        return f"[{'#' * full}{'.' * (CELLS - full)}]"
    eighths = _steps(part, whole, 8 * CELLS)
    full, rest = divmod(eighths, 8)
    return ("█" * full + _EIGHTHS[rest] * (rest > 0)).ljust(CELLS)


def sparkline(lengths: Lengths, *, ascii: bool = False) -> str:  # noqa: A002
    """Draw how many texts there are of each length, those beyond the limit behind a stroke."""
    levels = _PLAIN if ascii else _HEIGHTS
    most = max((*lengths.parts, *lengths.beyond))

    def drawn(counts: Sequence[int]) -> str:
        return "".join(levels[_steps(count, most, 8)] for count in counts)

    return f"{drawn(lengths.parts)}|{drawn(lengths.beyond)}"


def _steps(part: int, whole: int, steps: int) -> int:
    if part in (0, whole):
        return steps if part else 0
    return min(steps - 1, max(1, round(steps * part / whole)))


# -- of SVG --------------------------------------------------------------------------------------


def split(report: BulkReport) -> str:
    """Draw the records accepted and refused in one bar."""
    name = f"{percentage(report.invalid, report.records)} of the records are refused"
    told = f"{report.valid:,} accepted, {report.invalid:,} refused"
    wide = _wide(report.invalid, report.records)
    return _svg(
        name,
        told,
        28,
        _rect("ok", 0, 100 - wide, 0, 28) + _rect("over", 100 - wide, wide, 0, 28, hatched=True),
    )


def ranked(tally: LimitTally, refused: int) -> str:
    """Draw how many of the refused records break a limit, first those that break it alone."""
    name = f"{percentage(tally.records, refused)} of the refused records"
    told = f"{pluralize_large(tally.records, 'record')}, {tally.alone:,} of them by this alone"
    wide = _wide(tally.records, refused)
    alone = min(wide, _wide(tally.alone, refused))
    drawn = _rect("rail", 0, 100, 0, _BAR) + _rect("part", 0, wide, 0, _BAR)
    return _svg(name, told, _BAR, drawn + _rect("in", 0, alone, 0, _BAR))


def wrong(rows: Sequence[tuple[str, int]]) -> str:
    """Draw how many records have one thing wrong, how many two and so on, a bar each."""
    most = max(count for _, count in rows)
    drawn = ""
    for row, (word, count) in enumerate(rows):
        top, wide = 24 * row, 0.28 * _wide(count, most)
        drawn += _word(0, 0, top + 15, "start", word)
        drawn += _rect("in" if row == 0 else "part", 36, wide, top + 3, 16)
        drawn += _word(36 + wide, 6, top + 15, "start", f"{count:,}")
    told = ", ".join(f"{word}: {count:,}" for word, count in rows)
    return _svg("How many things are wrong in a record", told, 24 * len(rows), drawn)


def histogram(lengths: Lengths) -> str:
    """Draw how many texts there are of each length, and the limit between within and beyond."""
    parts = list(spans(lengths))
    inner, outer = parts[: len(lengths.parts)], parts[len(lengths.parts) :]
    while len(outer) > 1 and not outer[-1][-1]:
        outer.pop()
    step = 100 / (len(inner) + len(outer))
    most = max(count for *_, count in parts)
    drawn = "".join(_columns(lengths, [count for *_, count in (*inner, *outer)], step, most))
    at, low = step * len(inner), _TOP + _TALL
    drawn += f'<line class="axis" x1="0" x2="100%" y1="{low}" y2="{low}"/>'
    drawn += f'<line class="limit" x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="{low}"/>'
    drawn += _word(at, -6, 12, "end", f"limit {lengths.limit.value:,}", "strong")
    drawn += _word(0, 0, low + 15, "start", "0")
    end = (100, lengths.longest or 0) if lengths.over else (at, lengths.limit.value)
    drawn += _word(end[0], 0, low + 15, "end", f"{end[1]:,}")
    return _svg(f"Lengths at {lengths.limit.pointer}", described(lengths), low + _FOOT, drawn)


def close(lengths: Lengths) -> str:
    """Draw how many texts there are of each length just below the limit, and of the limit."""
    counts, limit = (*lengths.near, lengths.at), int(lengths.limit.value)
    step, most, low = 100 / len(counts), max(1, *counts), _TOP + _TALL
    drawn = f'<line class="axis" x1="0" x2="100%" y1="{low}" y2="{low}"/>'
    for number, count in enumerate(counts):
        high = max(_LOW, _TALL * count / most) if count else 0
        kind = "in" if number < len(lengths.near) else "heap"
        left, wide = step * number + 0.08 * step, 0.84 * step
        drawn += _rect(kind, left, wide, low - high, high, hatched=kind == "heap")
    drawn += _word(0, 0, low + 15, "start", f"{limit - len(lengths.near):,}")
    drawn += _word(100, 0, low + 15, "end", f"{limit:,}, the limit")
    drawn += _word(100, 0, 12, "end", f"{lengths.at:,}", "strong")
    told = ", ".join(f"{limit - len(lengths.near) + at:,}: {n:,}" for at, n in enumerate(counts))
    return _svg("Lengths just below the limit and at it", told, low + _FOOT, drawn)


def described(lengths: Lengths) -> str:
    """Say what a chart of lengths shows."""
    texts, limit = pluralize_large(lengths.measured, "text"), f"{lengths.limit.value:,}"
    return f"{texts} of {run(lengths)}, the limit is {limit}; {beyond(lengths)}"


def run(lengths: Lengths) -> str:
    """Say from which length to which the texts are."""
    least, most = lengths.shortest or 0, lengths.longest or 0
    return (
        pluralize_large(most, "character")
        if least == most
        else f"{least:,} to {pluralize_large(most, 'character')}"
    )


def beyond(lengths: Lengths) -> str:
    """Say how many texts are beyond the limit, and how many at it."""
    over = f"{lengths.over:,}" if lengths.over else "none"
    return f"{over} of them longer than it, {lengths.at:,} exactly at it"


def _columns(lengths: Lengths, counts: Sequence[int], step: float, most: int) -> Iterator[str]:
    inner = len(lengths.parts)
    for number, count in enumerate(counts):
        if not count:
            continue
        high = max(_LOW, _TALL * count / most)
        left, wide, top = step * number + 0.08 * step, 0.84 * step, _TOP + _TALL - high
        if number >= inner:
            yield _rect("over", left, wide, top, high, hatched=True)
            continue
        # Those exactly at the limit are a part of the last ones within it.
        part = (
            high * min(1, lengths.at / count)
            if lengths.possible_truncation and number == inner - 1
            else 0
        )
        yield _rect("in", left, wide, top + part, high - part)
        yield _rect("heap", left, wide, top, part, hatched=True)


def _wide(part: int, whole: int) -> float:
    """Return a part in percent that is seen if there is any, and leaves a rest that is seen."""
    if part in (0, whole):
        return 100.0 if part else 0.0
    return min(100 - _THIN, max(_THIN, 100 * part / whole))


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


def _svg(name: str, told: str, high: float, drawn: str) -> str:
    words = f"<title>{_shown(name)}</title><desc>{_shown(told)}</desc>"
    return f'<svg role="img" width="100%" height="{high:g}">{words}{drawn}</svg>\n'


def _shown(text: str) -> str:
    return escape(escaped(text))
