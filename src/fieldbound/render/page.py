"""Limit coverage goes in, a page comes out that needs nothing beside itself, not even a script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from .coverage_status import reached, still_open
from .details import cited, rule
from .escape import escaped
from .product import version

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
.covered { color: var(--good) } .touched { color: var(--half) } .untouched { color: var(--none) }
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
_HEAD: Final = (
    '<thead><tr><th>Field</th><th>Limit</th><th class="n">inside</th><th class="n">at</th>'
    '<th class="n">beyond</th><th>still open</th></tr></thead>'
)


def page(coverage: Coverage, title: str) -> str:
    """Give the page: for each contract what was touched, and what was not, with its source."""
    contracts = "".join(_contract(name, rows) for name, rows in coverage.contracts.items())
    return _PAGE.format(
        style=_STYLE, title=_shown(title), contracts=contracts, version=_shown(version())
    )


def _contract(name: str, rows: Sequence[Row]) -> str:
    covered = sum(row.covered for row in rows)
    touched = [row for row in rows if row.touched]
    untouched = [row.limit for row in rows if not row.touched]
    return (
        f"<section>\n<h2>{_shown(name)}</h2>\n<p>{covered} of {len(rows)} limits are covered"
        f'<br><meter value="{covered}" max="{len(rows)}">{covered}/{len(rows)}</meter></p>\n'
        f"{''.join(_touched(touched))}{''.join(_untouched(untouched))}</section>\n"
    )


def _touched(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield f"<details open><summary>{len(rows)} touched</summary>\n<table>{_HEAD}<tbody>\n"
    for row in rows:
        numbers = zip(
            ("inside", "at", "beyond"), (row.inside, reached(row), row.beyond), strict=True
        )
        cells = "".join(f'<td class="n" data-of="{of}">{_shown(n)}</td>' for of, n in numbers)
        state = "covered" if row.covered else "touched"
        yield f"<tr>{_named(row.limit, state)}{cells}<td>{_shown(still_open(row))}</td></tr>\n"
    yield "</tbody></table></details>\n"


def _untouched(limits: Sequence[Limit]) -> Iterator[str]:
    if not limits:
        return
    yield f"<details open><summary>{len(limits)} that no test touches</summary>\n<table><tbody>\n"
    for limit in limits:
        yield f'<tr>{_named(limit, "untouched")}<td class="dim">{source_of(limit)}</td></tr>\n'
    yield "</tbody></table></details>\n"


def _named(limit: Limit, state: str) -> str:
    field = _shown(limit.pointer) or "(the whole)"
    anchor = escape(limit.id, quote=True)
    return (
        f'<td id="{anchor}"><code>{field}</code></td><td class="{state}">{_shown(rule(limit))}</td>'
    )


def source_of(limit: Limit) -> str:
    """Say where a limit is documented, as a link to it."""
    said = _shown(cited(limit, address=False) or "no source")
    address = limit.source.address if limit.source else None
    if not address or not address.startswith(("https://", "http://")):
        return said
    return f'<a href="{escape(escaped(address), quote=True)}">{said}</a>'


def _shown(value: Any) -> str:
    return escape(escaped(str(value)))
