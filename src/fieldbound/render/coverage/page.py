"""Limit coverage as an HTML page, self-contained and without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from fieldbound.render.details import limit_text, pointer_text
from fieldbound.render.html import html_text, source_link
from fieldbound.render.product import version

from .status import at_count, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.coverage import Coverage, Row
    from fieldbound.model import Limit

_STYLE: Final = """
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #59636e; --line: #d1d9e0;
  --good: #1a7f37; --half: #8a5a00; --none: #c62828; --bar: #e6eaef }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --dim: #9198a1;
  --line: #3d444d; --good: #3fb950; --half: #d29922; --none: #ff7b72; --bar: #21262d } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--back);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.3rem; line-height: 1.3 } h2 { font-size: 1.1rem; overflow-wrap: anywhere }
meter { width: 100%; height: 1rem }
summary { cursor: pointer; padding: .3rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th { text-align: left; color: var(--dim); font-weight: 600 }
th, td { padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.covered { color: var(--good) } .partial { color: var(--half) } .unreached { color: var(--none) }
code { font-family: ui-monospace, monospace } .dim, footer { color: var(--dim) }
a { color: inherit }
@media (max-width: 40rem) { thead { display: none }
  tr { display: block; border-top: 1px solid var(--line); padding: .4rem 0 }
  td { display: block; border: 0; padding: 0; text-align: left !important }
  td[data-of]::before { content: attr(data-of) " "; color: var(--dim) }
  td.n { display: inline-block; margin-right: 1rem } td:empty { display: none } }
"""
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Limit coverage</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{contracts}<footer>fieldbound {version}</footer>
</body>
</html>
"""
_HEADER: Final = (
    '<thead><tr><th>Field</th><th>Limit</th><th class="n">inside</th><th class="n">at</th>'
    '<th class="n">beyond</th><th>missing</th></tr></thead>'
)


def page(coverage: Coverage, title: str) -> str:
    """Return the page: for each contract, the limits that tests reached, and the others."""
    contracts = "".join(_contract(name, rows) for name, rows in coverage.contracts.items())
    return _PAGE.format(
        style=_STYLE, title=html_text(title), contracts=contracts, version=html_text(version())
    )


def _contract(name: str, rows: Sequence[Row]) -> str:
    covered = sum(row.covered for row in rows)
    reached = [row for row in rows if row.exercised]
    unreached = [row.limit for row in rows if not row.exercised]
    return (
        f"<section>\n<h2>{html_text(name)}</h2>\n<p>{covered} of {len(rows)} limits covered"
        f'<br><meter value="{covered}" max="{len(rows)}">{covered}/{len(rows)}</meter></p>\n'
        f"{''.join(_reached(reached))}{''.join(_unreached(unreached))}</section>\n"
    )


def _reached(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield f"<details open><summary>{len(rows)} reached</summary>\n<table>{_HEADER}<tbody>\n"
    for row in rows:
        numbers = zip(
            ("inside", "at", "beyond"), (row.inside, at_count(row), row.beyond), strict=True
        )
        cells = "".join(f'<td class="n" data-of="{of}">{html_text(n)}</td>' for of, n in numbers)
        state = "covered" if row.covered else "partial"
        cells += f"<td>{html_text(missing(row))}</td>"
        yield f"<tr>{_limit_cells(row.limit, state)}{cells}</tr>\n"
    yield "</tbody></table></details>\n"


def _unreached(limits: Sequence[Limit]) -> Iterator[str]:
    if not limits:
        return
    yield f"<details open><summary>{len(limits)} not reached by any test</summary>\n"
    yield "<table><tbody>\n"
    for limit in limits:
        cells = f'{_limit_cells(limit, "unreached")}<td class="dim">{source_link(limit)}</td>'
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody></table></details>\n"


def _limit_cells(limit: Limit, state: str) -> str:
    pointer = f"<code>{html_text(pointer_text(limit.pointer))}</code>"
    return (
        f'<td id="{escape(limit.id, quote=True)}">{pointer}</td>'
        f'<td class="{state}">{html_text(limit_text(limit))}</td>'
    )
