"""The syntax errors of JSON and YAML text, and the limits that both parsers have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

#: Levels of nesting: the limit of jiter.
MAX_DEPTH: Final = 200
TOO_DEEP: Final = f"nested more than {MAX_DEPTH} levels deep"
TOO_LARGE: Final = "number is too large for a double"
NOT_UTF8: Final = "invalid UTF-8 byte: save the file as UTF-8"
EMPTY: Final = "the document is empty"


class DocumentError(Exception):
    """A syntax error: a code of `SYNTAX_CODES`, the offset, the path there and the message.

    *quoted* is what the message shows of the text, None if it shows nothing.
    """

    def __init__(
        self,
        code: str,
        offset: int,
        path: Iterable[str | int] = (),
        detail: str | None = None,
        quoted: str | None = None,
    ) -> None:
        super().__init__(code, offset)
        self.code, self.offset, self.path = code, offset, tuple(path)
        self.detail, self.quoted = detail, quoted
