"""How reports are shown: colors, excerpts, and which violations fail."""

from __future__ import annotations

from typing import Final

from fieldbound.policy import Severity

#: How many violations of a document are listed, unless the user says otherwise.
MAX_VIOLATIONS: Final = 100
#: The name of what was read from standard input: no file has it.
STDIN: Final = "stdin"


class Style:
    """How reports are shown. *severity* says which violations fail.

    *color* and *excerpts* (the line with the violation, and its value underlined) apply to the text
    format; *width* is that of the terminal in cells, None if there is none.
    *quiet* omits the summary and what was not checked; *ascii* draws charts without block
    characters. At most *max_violations* of a document are listed, if it is not 0; all are counted.
    """

    def __init__(  # noqa: PLR0913 - a dataclass would take longer to make than a file to check
        self,
        severity: Severity | None = None,
        *,
        color: bool = False,
        excerpts: bool = False,
        quiet: bool = False,
        ascii: bool = False,  # noqa: A002
        width: int | None = None,
        max_violations: int = MAX_VIOLATIONS,
    ) -> None:
        self.severity = severity or Severity()
        self.color, self.excerpts, self.quiet, self.ascii = color, excerpts, quiet, ascii
        self.width, self.max_violations = width, max_violations
