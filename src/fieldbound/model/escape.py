"""Escaping: text that is safe to show on a terminal, in a log, and in the output of a CI job."""

from __future__ import annotations

import re
from typing import Final

#: Not printable in Python's sense, but safe: the joiners of emoji, Indic and Arabic script, and
#: the ideographic space.
_SAFE: Final = "\u200c\u200d\u3000"
#: Printable characters that a comparison of strings by culture ignores, as .NET's does.
_IGNORED: Final = "".join(
    map(
        chr,
        (
            *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200C, 0x200D, 0x3164, 0xFFA0),
            *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
        ),
    )
)
_SPACE: Final = " \u3000"
#: What the runner of GitHub Actions reads as a command: `::name::` at the start of a line, and
#: `##[name]` anywhere; that of Azure Pipelines reads `##vso[name]`, TeamCity `##teamcity[name]`.
_ANYWHERE: Final = rf"#(?=[{_IGNORED}]*#[{_IGNORED}]*(?:vso|teamcity)?\[)"


def escaped(text: str) -> str:
    r"""Return *text* with every unprintable character escaped, such as `\x1b`.

    So is the first character of what a runner of CI jobs would read as a command. This does not
    depend on the environment: a container may not know what runs it, and logs are shown again.
    """
    text = printable(text)
    start = text.lstrip(_IGNORED + _SPACE)
    if start.startswith(":") and start[1:].lstrip(_IGNORED).startswith(":"):
        text = rf"{text[: -len(start)]}\x3a{start[1:]}"
    if "#" in text and "[" in text:  # the pattern is slow to compile
        text = re.sub(_ANYWHERE, r"\\x23", text)
    return text


def printable(text: str) -> str:
    r"""Return *text* with every unprintable character escaped, such as `\x1b`."""
    return text if text.isprintable() else "".join(map(_escape, text))


def _escape(char: str) -> str:
    if char.isprintable() or char in _SAFE:
        return char
    return char.encode("unicode_escape").decode()
