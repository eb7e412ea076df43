"""Texts of records that are certainly valid, so that they need not be parsed.

A regular expression says so of many records at once. Compiled to machine code, as PCRE2 does if
that is installed, it takes a fifth of the time that it takes to parse them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from fieldbound.bulk.inputs.blocks import is_utf8

from .observed_names import ObservedNames
from .text_patterns import DEFINITIONS, TextPatterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldbound.bulk.check_settings import CheckSettings

#: With fewer than one record in so many valid, it takes no more time to parse all.
_MIN_VALID: Final = 4
#: After records too many of which are in doubt, those of so many chunks are parsed.
_PATIENCE: Final = 15
#: The names of so many records are observed, of so many chunks at first, and of one more whenever
#: too many records are in doubt.
_MOST_RECORDS: Final = 200
_FIRST_OBSERVED: Final = 4
_MOST_OBSERVED: Final = 16


#: Texts of records, by their indices.
Texts: TypeAlias = "list[tuple[int, bytes]]"
#: How the rest of a flat item is written, without its first bracket, and what is after it.
_ITEM: Final = re.compile(rb"([^}]*\})[ \t\r\n]*(,?)[ \t\r\n]*")


class Layout(NamedTuple):
    """How the texts of records follow each other.

    What may be *blank* between tokens, and what is *before* and *after* a record, are regular
    expressions. With a *mark* instead of some records, a text is *split* into the number of all
    records and the texts of the others; None where that is in doubt.
    """

    blank: bytes
    before: bytes
    after: bytes
    mark: bytes
    split: Callable[[bytes], tuple[int, Texts] | None]


def _lines(raw: bytes) -> tuple[int, Texts] | None:
    """Split lines, each of them with a line end."""
    lines = raw.split(b"\n")
    if lines.pop():
        return None
    texts = [(at, line) for at, line in enumerate(lines) if line]
    return None if any(line.isspace() for _, line in texts) else (len(lines), texts)


def _items(raw: bytes) -> tuple[int, Texts] | None:
    """Split items of an array, all of whose brackets are those around the items."""
    first, *items = raw.split(b"{")
    texts = []
    for at, item in enumerate(items):
        if item:
            found = _ITEM.fullmatch(item)
            if found is None or (at + 1 < len(items)) != bool(found[2]):
                return None
            texts.append((at, b"{" + found[1]))
    return None if first else (len(items), texts)


LINES: Final = Layout(b" ?+", rb"(?<![^\n])", rb"\r?+\n", b"\n", _lines)
FLAT_ITEMS: Final = Layout(rb"[ \t\r\n]*+", b"", rb"(?:[ \t\r\n]*+,[ \t\r\n]*+|\z)", b"{", _items)


class ValidTexts:
    """Finds the records that are not certainly valid by their text.

    Those that are have the names of their properties in the order in which others have them.
    """

    def __init__(self, settings: CheckSettings, layout: Layout) -> None:
        self._settings, self._layout = settings, layout
        self._names = ObservedNames()
        self._observed, self._observable = 0, _FIRST_OBSERVED
        self._patience = 0
        self._replace: Any = None

    @cached_property
    def _patterns(self) -> TextPatterns | None:
        """What writes patterns of records; None if more is counted of them than their number."""
        settings, undocumented = self._settings, self._settings.undocumented
        is_counted = settings.split or settings.key_extractor is not None
        if is_counted or undocumented.first_names is None or settings.checker.members is None:
            return None
        return TextPatterns(self._layout.blank, undocumented.may_be_at)

    @cached_property
    def _compiled(self) -> Callable[[bytes], Any] | None:
        return _compiler()

    def observe(self, values: Sequence[Any]) -> None:
        """Observe the names that records have, and their order."""
        if self._observed >= self._observable or not (self._patterns and self._compiled):
            return
        self._observed += 1
        changes = [self._names.add(each) for each in values[:_MOST_RECORDS]]
        if any(changes):
            members: Any = self._settings.checker.members
            record = self._patterns.of_object(members, self._names)
            self._replace = record and self._compiled(
                b"%b%b(?:%b)%b" % (DEFINITIONS, self._layout.before, record, self._layout.after)
            )

    def others(self, raw: bytes) -> tuple[int, Texts] | None:
        """Return the number of records, and the texts of those that are not certainly valid.

        Return None if these are most, or not known.
        """
        if self._replace is None or not is_utf8(raw):
            return None
        if self._patience:
            self._patience -= 1
            return None
        left, valid = self._replace(self._layout.mark, raw)
        if valid * _MIN_VALID < left.count(self._layout.mark):
            self._patience = _PATIENCE
            self._observable = min(self._observed + 1, _MOST_OBSERVED)
            return None
        found = self._layout.split(left)
        # what is not replaced, and empty, is no record
        return None if found is None or valid + len(found[1]) != found[0] else found


def _compiler() -> Callable[[bytes], Any] | None:
    """Return what compiles a pattern to a function that searches, None if it is not installed."""
    try:
        import pcre2
    except ImportError:
        return None

    def compiled(pattern: bytes) -> Any:
        try:
            replace = pcre2.compile(pattern).subn
        except (pcre2.PatternError, pcre2.LibraryError):  # too large, or no code may be made
            return None

        def replaced(mark: bytes, raw: bytes) -> tuple[bytes, int]:
            try:
                return replace(mark, raw)  # type: ignore[no-any-return]
            except pcre2.LibraryError:  # it takes too much memory
                return raw, 0

        return replaced

    return compiled
