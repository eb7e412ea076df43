"""The HTML template and the style sheet of a bulk report."""

from __future__ import annotations

from typing import Final

#: The template; the style sheet has braces, so it is a field as well.
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{patterns}<main>
{body}</main>
<footer>fieldbound {version}</footer>
</body>
</html>
"""

STYLE: Final = """
:root { color-scheme: light dark; --back: #f6f7f8; --card: #fff; --text: #1c2229; --dim: #5a6570;
  --line: #e1e5e9; --rail: #edf0f2; --in: #3f74a8; --part: #a9c4de; --over: #c2503a;
  --at-limit: #b7791f; --ok: #5b9e80; --bad: #b23a26; --warn: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --back: #11151a; --card: #181d24; --text: #e3e8ed;
  --dim: #98a3ae; --line: #2a323b; --rail: #232a32; --in: #6ea3d8; --part: #36516d;
  --over: #e07b64; --at-limit: #deaa45; --ok: #4f8f74; --bad: #f08a74; --warn: #deaa45 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.55 system-ui,
  -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100% }
main, footer { max-width: 58rem; margin: 0 auto; padding: 0 1.25rem }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 2.5rem 0 .5rem; letter-spacing: -.01em }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.5rem 0 .75rem }
h3 { font-size: 1.02rem; line-height: 1.4; margin: 0 }
p { margin: .4rem 0 } .lead { font-size: 1.12rem; margin-bottom: 1.25rem }
code { font: .92em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace }
a { color: inherit; text-decoration-color: var(--dim); text-underline-offset: .2em }
a:hover { text-decoration-color: currentColor }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--in); outline-offset: 3px }
.card, .limit { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.15rem; margin: 0 0 1rem; scroll-margin-top: 1rem }
.limit:target { border-color: var(--in) }
.pair { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr));
  margin-bottom: 1rem } .pair > * { margin: 0; min-width: 0 }
figure { margin: 0 } figcaption { color: var(--dim); font-size: .88rem; margin-top: .4rem }
.card > figcaption:first-child { margin: 0 0 .7rem }
.limit figure { margin-top: 1rem }
svg { display: block; max-width: 100%; overflow: hidden } svg text { fill: var(--dim);
  font-size: 12px; font-family: inherit; font-variant-numeric: tabular-nums }
svg .strong { fill: var(--text); font-weight: 600 } .patterns { position: absolute }
.in { fill: var(--in) } .part { fill: var(--part) } .over { fill: var(--over) }
.at-limit { fill: var(--at-limit) } .ok { fill: var(--ok) } .rail { fill: var(--rail) }
.gap { fill: var(--card); opacity: .45 } .axis { stroke: var(--line) }
line.limit { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 4 3 }
.notes { list-style: none; padding: 0; margin: 0 0 1rem } .notes li { border-left: 3px solid
  var(--line); padding: .1rem 0 .1rem .75rem; margin: .5rem 0; color: var(--dim) }
.notes .bad { border-color: var(--over); color: var(--text) }
.notes .truncation { border-color: var(--at-limit); color: var(--text) }
.bad > b { color: var(--bad) } .truncation > b, .tag { color: var(--warn) }
.tag { font-size: .8rem; font-weight: 600; border: 1px solid; border-radius: 99px;
  padding: 0 .5rem; margin-left: .4rem; white-space: nowrap }
.ranking { list-style: none; padding: 0; margin: .75rem 0 0 }
.ranking li { display: grid; grid-template-columns: 2rem 1fr; padding: .55rem 0;
  border-top: 1px solid var(--line) } .ranking li:first-child { border: 0 }
.ranking li > div { min-width: 0 } .rank { color: var(--dim); font-variant-numeric: tabular-nums }
.ranking svg { margin: .3rem 0 .15rem; border-radius: 4px } .ranking p { margin: 0 }
.small { font-size: .88rem } .dim, footer { color: var(--dim) }
.message { border-left: 3px solid var(--part); padding-left: .75rem; margin: .7rem 0 .4rem }
.legend i { display: inline-block; width: .8em; height: .8em; border-radius: 2px;
  margin: 0 .35em 0 0 } .legend span { margin-right: 1rem; white-space: nowrap }
i.in { background: var(--in) } i.part { background: var(--part) } i.ok { background: var(--ok) }
i.over { background: repeating-linear-gradient(45deg, var(--over) 0 3px, var(--part) 3px 4px) }
i.at-limit { background: repeating-linear-gradient(-45deg, var(--at-limit) 0 3px,
  var(--rail) 3px 4px) }
table { border-collapse: collapse; width: 100%; font-size: .88rem; margin-top: .6rem }
caption { text-align: left; color: var(--dim) }
th { text-align: left; color: var(--dim); font-weight: 600 }
th, td { padding: .3rem .9rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top }
th.n, td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
table.narrow { width: auto } .samples td:last-child { width: 55% }
figcaption .truncation { color: var(--text); margin: .8rem 0 }
details { margin-top: .6rem } summary { cursor: pointer; color: var(--dim); font-size: .88rem }
details .limit { margin-top: 1rem }
footer { padding-top: 1rem; padding-bottom: 2.5rem; font-size: .88rem }
@media (max-width: 40rem) { main, footer { padding-left: .9rem; padding-right: .9rem }
  h1 { margin-top: 1.5rem; font-size: 1.35rem } .card, .limit { padding: .85rem .9rem }
  .samples thead { display: none } .samples tr { display: block; padding: .4rem 0;
    border-top: 1px solid var(--line) }
  .samples td, .samples td:last-child { display: block; border: 0; padding: 0; width: auto }
  .samples td.n { display: inline-block; margin-right: 1rem; white-space: normal }
  .samples td[data-of]::before { content: attr(data-of) " "; color: var(--dim) }
  .samples td:empty { display: none } }
@media print { :root { --back: #fff; --card: #fff; --text: #000; --dim: #444; --line: #ccc;
    --rail: #eee; --in: #3f74a8; --part: #a9c4de; --over: #c2503a; --at-limit: #b7791f;
    --ok: #5b9e80; --bad: #b23a26; --warn: #8a5a00 }
  body { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact }
  .limit, .card, figure, tr { break-inside: avoid } h2, h3 { break-after: avoid } }
"""
