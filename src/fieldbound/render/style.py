"""How reports are shown: colors, excerpts, and which violations fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fieldbound.policy import Severity

#: How many violations of a document are listed, unless the user says otherwise.
MAX_VIOLATIONS: Final = 100
#: The name of what was read from standard input: no file has it.
STDIN: Final = "stdin"


@dataclass(frozen=True, slots=True)
class Style:
    """How reports are shown. *severity* says which violations fail.

    *color* and *excerpts* (the line with the violation, and its value underlined) apply to the text
    format; *width* is that of the terminal in cells, None if there is none.
    *quiet* omits the summary and what was not checked; *ascii* draws charts without block
    characters. At most *max_violations* of a document are listed, if it is not 0; all are counted.
    """

    severity: Severity = field(default_factory=Severity)
    color: bool = False
    excerpts: bool = False
    quiet: bool = False
    ascii: bool = False
    width: int | None = None
    max_violations: int = MAX_VIOLATIONS
