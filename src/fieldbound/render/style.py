"""How reports are shown: colors, excerpts, and which violations fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fieldbound.model import SAYS

#: The name of what was read from standard input: no file has it.
STDIN: Final = "stdin"


@dataclass(frozen=True, slots=True)
class Style:
    """How reports are shown. *fail_on* is the weakest evidence that fails, one of `SAYS`.

    *color* and *excerpts* (the line with the violation, and a caret) apply to the text format;
    *quiet* omits the summary and what was not checked; *ascii* draws charts without block
    characters.
    """

    fail_on: str = SAYS[-1]
    color: bool = False
    excerpts: bool = False
    quiet: bool = False
    ascii: bool = False
