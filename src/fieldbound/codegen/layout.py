"""Python source as formatters write it: 88 columns, trailing commas, double quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any, Final, NamedTuple

from fieldbound.model import escaped

WIDTH: Final = 88
_INDENT: Final = "    "


class Call(NamedTuple):
    """A call or a subscript, by its brackets: it is written on one line, or an argument a line."""

    head: str
    arguments: tuple[Expression, ...]
    brackets: str = "()"

    def __str__(self) -> str:
        inside = ", ".join(map(str, self.arguments))
        return f"{self.head}{self.brackets[0]}{inside}{self.brackets[1]}"


Expression = str | Call


def statement(before: str, value: Expression, after: str = "", indent: str = "") -> list[str]:
    """Return the lines of a statement: *value* between two texts."""
    line = f"{indent}{before}{value}{after}"
    if len(line) <= WIDTH:
        return [line]
    if isinstance(value, str) or not value.arguments:
        if not after.startswith(" = "):
            return [line]
        return [f"{indent}{before}{value} = (", f"{indent}{_INDENT}{after[3:]}", f"{indent})"]
    inner = [each for argument in value.arguments for each in _argument(argument, indent + _INDENT)]
    first = f"{indent}{before}{value.head}{value.brackets[0]}"
    return [first, *inner, f"{indent}{value.brackets[1]}{after}"]


def _argument(value: Expression, indent: str) -> list[str]:
    return statement("", value, ",", indent)


def literal(value: Any) -> str:
    """Return a JSON value as Python writes it, strings in double quotes."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(key)}: {literal(each)}' for key, each in value.items())}}}"
    return repr(value)


def quoted(text: str) -> str:
    """Return a string literal in double quotes, in single ones where that needs fewer escapes."""
    body = repr("'\"" + text)[4:-1].replace("\\'", "'")
    if text.count('"') > text.count("'"):
        body = body.replace("'", "\\'")
        return f"'{body}'"
    return '"' + body.replace('"', '\\"') + '"'


def docstring(paragraphs: Sequence[str], indent: str = "") -> list[str]:
    """Return the lines of a docstring; lines of a list begin with "- "."""
    lines = [each for text in paragraphs for each in _wrapped(text, indent)]
    if len(lines) == 1 and len(indent) + len(lines[0]) + 6 <= WIDTH:
        return [f'{indent}"""{lines[0]}"""']
    rest = [f"{indent}{each}".rstrip() for each in lines[1:]]
    return [f'{indent}"""{lines[0]}', *rest, f'{indent}"""']


def _wrapped(text: str, indent: str) -> Iterator[str]:
    safe = escaped(text).replace("\\", "\\\\").replace('"""', "'''")
    safe = f"{safe[:-1]}'" if safe.endswith('"') else safe
    hanging = "  " if text.startswith("- ") else ""
    yield from wrap(
        safe,
        WIDTH - len(indent) - 3,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def comments(text: str) -> list[str]:
    """Return the lines of a comment."""
    safe = escaped(text)
    found = wrap(
        safe,
        WIDTH - 2,
        subsequent_indent="  " if text.startswith("- ") else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [f"# {each}" for each in found]
