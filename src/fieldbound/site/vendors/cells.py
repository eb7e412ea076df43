"""Tables in Markdown: cells, and citations as links to the sources of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fieldbound.model import Limit, escaped


def cell(text: str) -> str:
    """Return a text as the content of a cell: nothing in it is Markdown, and it is one line."""
    text = " ".join(escaped(text).split())
    for character in "\\`*_[]<>|~":
        text = text.replace(character, f"\\{character}")
    return text


def code(text: str) -> str:
    """Return a text as code in a cell; one with a grave accent as text."""
    text = " ".join(escaped(text).split())
    return cell(text) if "`" in text else f"`{text.replace('|', chr(92) + '|')}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a column without text is left out, and so is one without rows."""
    every = [tuple(row) for row in rows]
    kept = [index for index in range(len(head)) if any(row[index] for row in every)]
    if not kept:
        return ""
    lines = [[head[index] for index in kept], ["---"] * len(kept)]
    lines += ([row[index] for index in kept] for row in every)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def citation(limits: Sequence[Limit]) -> str:
    """Return the evidence of some limits: of each by name, where it is not the same for all."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in limits:
        if each.says is not None:
            keys = tuple(source.key for source in each.sources)
            groups.setdefault((each.says, keys), []).append(each.keyword)
    return "; ".join(
        f"{says}{f' ({cell(chr(44).join(dict.fromkeys(words)))})' if len(groups) > 1 else ''} "
        + keys_text(keys)
        for (says, keys), words in groups.items()
    ).strip()


def keys_text(keys: Iterable[str]) -> str:
    """Return the keys of sources, each a link where the source has an address."""
    return " ".join(f"[{key}]" for key in keys)
