"""Statements to what sqlglot reads of them, without what it does not know and no limit is in."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

import sqlglot
from sqlglot.errors import SqlglotError

from fieldbound.importers.draft import Omitted
from fieldbound.importers.errors import BrokenSource
from fieldbound.model import Place

from .statements import Statement

if TYPE_CHECKING:
    from fieldbound.importers.source import SourceDocument

#: What dumps write of a column that says nothing of its values.
_STORED: Final = re.compile(
    r"\b(?:rowguidcol|sparse|not\s+for\s+replication|(?:enable|disable)(?:\s+(?:no)?validate)?|"
    r"(?:minvalue|maxvalue|increment\s+by|start\s+with|cache)\s+-?\d+|"
    r"virtual|nominvalue|nomaxvalue|nocache|noorder|order|nocycle|cycle|nokeep|noscale)\b",
    re.IGNORECASE,
)
_CONSTRAINT: Final = re.compile(
    r"\s*(?:constraint|primary|unique|foreign|check|key|index|fulltext|spatial|exclude|period|"
    r"supplemental|like)\b",
    re.IGNORECASE,
)
_CHECK: Final = re.compile(r"\bcheck\s*\(", re.IGNORECASE)
_MAX_SHOWN: Final = 80


class Parser:
    """Parses the statements of a document; *omitted* gets the constraints that are not read."""

    def __init__(self, dialect: str, document: SourceDocument, omitted: list[Omitted]) -> None:
        self._dialect, self._document, self._omitted = dialect, document, omitted

    def parsed(self, statement: Statement) -> Any:
        """Return the statement, None if it creates and alters nothing that is known.

        Raises BrokenSource with the place in a CREATE TABLE that is broken.
        """
        found = self._parsed(statement.text)
        if not isinstance(found, BrokenSource):
            return found
        if re.match(r"alter\b|create\s+(?:or\s+replace\s+)?type\b", statement.text, re.IGNORECASE):
            return None
        if not statement.parts:
            raise self._placed(found, statement.text, statement.line)
        kept = [each for each in statement.parts if self._is_read(*each)]
        texts = ", ".join(_STORED.sub("", text) for text, _ in kept)
        found = self._parsed(f"{statement.text.partition('(')[0]}({texts})")
        if isinstance(found, BrokenSource):
            raise self._placed(found, statement.text, statement.line)
        return found

    def _is_read(self, text: str, line: int) -> bool:
        """Return whether a column or a constraint is read; raise if it is a broken column."""
        found = self._parsed(f"CREATE TABLE t ({_STORED.sub('', text)})")
        if isinstance(found, BrokenSource) and not _CONSTRAINT.match(text):
            raise self._placed(found, text, line)
        if isinstance(found, BrokenSource) and _CHECK.search(text):
            shown = " ".join(text.split())[:_MAX_SHOWN]
            where = f"line {_first_line(text, line)}: {shown}"
            self._omitted.append(Omitted(where, "the condition is not read"))
        return not isinstance(found, BrokenSource)

    def _placed(self, error: BrokenSource, text: str, line: int) -> BrokenSource:
        at = error.place
        place = Place(at.line + line - 1, at.column) if isinstance(at, Place) else None
        where = place or f"line {_first_line(text, line)}"
        return BrokenSource(error.reason, self._document.name, where)

    def _parsed(self, text: str) -> Any:
        """Return what a text is, or the error in it, with its place there."""
        log = logging.getLogger("sqlglot")
        level = log.level
        log.setLevel(logging.CRITICAL)  # what it does not know is no table
        try:
            return sqlglot.parse_one(text, read=self._dialect)
        except SqlglotError as error:
            found = (getattr(error, "errors", None) or [{}])[0]
            place = Place(found["line"], found["col"]) if found.get("line") else None
            reason = found.get("description") or str(error).partition("\n")[0]
            other = "another dialect is named in the first line, as -- dialect: oracle"
            return BrokenSource(f"not SQL of {self._dialect}: {reason}; {other}", "", place)
        except RecursionError:
            return BrokenSource("nested too deeply", "")
        finally:
            log.setLevel(level)


def _first_line(text: str, line: int) -> int:
    """Return on which line a text that begins on a *line* has its first word."""
    return line + text.count("\n", 0, len(text) - len(text.lstrip()))
