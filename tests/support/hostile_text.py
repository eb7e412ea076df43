"""Strings that would do harm if an output showed them unescaped."""

import re

HOSTILE = (
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b2J",
    "a\nb",
    "a\r\n::error::b",
    "a\x00b",
    "a\u2028b\x85c",
    "\u202egnp.exe",
    "\ud800",
    "\ufffe\uffff",
    "\x7f",
    "]]><a/>&amp;\"'",
    "%0A,file=b::",
)

#: Strings that a runner of CI jobs would read as a command at the start of a line, or anywhere.
COMMANDS = (
    "::stop-commands::x",
    " \u3000::warning file=a::b",
    ":\u200d:error::b",
    "##[add-mask]b",
    "a ##[set-output name=a]b",
    "#\u200d#\ufe0f[error]b",
    "##vso[task.complete result=Succeeded]b",
    "##teamcity[buildStop]b",
    "a\n::error::b",
    "a\r##[error]b",
)
#: What .NET ignores when it compares strings: joiners, variation selectors, controls.
_IGNORED = dict.fromkeys(map(ord, "\u200c\u200d\ufe0f\x00\x1b"))


def commands(output: str) -> list[str]:
    """Return the lines that the runners of GitHub, Azure or TeamCity read as commands."""
    lines = [each.translate(_IGNORED) for each in re.split(r"\r\n|\r|\n", output)]
    return [each for each in lines if re.match(r"\s*::|.*##(vso|teamcity)?\[", each)]
