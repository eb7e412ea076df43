"""Which violations of a record are known: by the limit, and the key of the record."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final

from fieldbound.policy import known_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldbound.model import Limit

    from .keys import KeyExtractor

#: The digests of records that are found to break a limit, one for each violation.
Found = dict[str, "array[int]"]
#: Bytes of a digest.
_SIZE: Final = 8


class KnownViolations:
    """The violations that a baseline has, as *digests* of records by limit."""

    def __init__(self, digests: Mapping[str, frozenset[int]], extractor: KeyExtractor) -> None:
        self.digests, self._extractor = digests, extractor
        # the limits are kept, so that no other one gets the same id
        self._keys: dict[tuple[int, str, str | None], tuple[Limit | None, str | None]] = {}

    def of(self, record: Any) -> KnownOfRecord:
        """Return which violations of a record are known."""
        return KnownOfRecord(self, int.from_bytes(self._extractor.identify(record)[:_SIZE], "big"))

    def key(self, limit: Limit | None, code: str, field: str | None) -> str | None:
        """Return what a violation at a field counts as, or None if it is never known."""
        cached = id(limit), code, field
        if cached not in self._keys:
            self._keys[cached] = limit, known_key(limit, code, field or "")
        return self._keys[cached][1]


class KnownOfRecord:
    """Which violations of one record are known; of one without a value, none."""

    def __init__(self, known: KnownViolations | None, digest: int = 0) -> None:
        self._known, self._digest = known, digest

    def has(self, limit: Limit | None, code: str, field: str | None) -> bool:
        """Return whether a violation is known."""
        if self._known is None:
            return False
        key = self._known.key(limit, code, field)
        return key is not None and self._digest in self._known.digests.get(key, ())

    def add_to(self, found: Found, limit: Limit | None, code: str, field: str | None) -> None:
        """Add a violation of the record to those that are found."""
        key = None if self._known is None else self._known.key(limit, code, field)
        if key is not None:
            found.setdefault(key, array("Q")).append(self._digest)


#: What is known without a baseline, or of a record that could not be read.
NOTHING_KNOWN: Final = KnownOfRecord(None)
