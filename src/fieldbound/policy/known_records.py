"""The violations of records that a baseline has, by limit and by the key of the record.

    "records": {
      "groups.ndjson": {
        "key": "/id",
        "violations": {"acme/create-order#/gift:enum": ["3f9a5c01d27be684"]}
      }
    }

Of a key there is only a digest, 16 hexadecimal digits; of a record that has no key, the digest of
the whole record. Which line the record is on makes no difference, nor how often it breaks a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

#: The digests of the records that break a limit, by what the violation counts as in a baseline.
Digests = Mapping[str, Iterable[int]]
_KEY: Final = "key"
_VIOLATIONS: Final = "violations"
_DIGEST: Final = re.compile("[0-9a-f]{16}")
_MALFORMED: Final = f'"records" must have "{_KEY}" and "{_VIOLATIONS}" by file'


class KnownRecords(NamedTuple):
    """The violations of a file of records whose key is at a *pointer*."""

    pointer: str
    digests: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, pointer: str, found: Digests) -> KnownRecords:
        """Return the violations found."""
        return cls(pointer, {limit: frozenset(each) for limit, each in found.items()})

    @classmethod
    def read(cls, value: Any) -> KnownRecords:
        """Return what `to_json` returned. Raises ValueError for any other value."""
        if not isinstance(value, dict) or not isinstance(value.get(_KEY), str):
            raise ValueError(_MALFORMED)
        found = value.get(_VIOLATIONS)
        if not isinstance(found, dict):
            raise ValueError(_MALFORMED)
        return cls.of(value[_KEY], {limit: _digests(each) for limit, each in found.items()})

    def to_json(self) -> dict[str, Any]:
        """Return the violations as a JSON object, sorted, so that it changes as little as they."""
        found = {
            limit: [f"{each:016x}" for each in sorted(own)]
            for limit, own in sorted(self.digests.items())
            if own
        }
        return {_KEY: self.pointer, _VIOLATIONS: found}

    def without(self, other: Mapping[str, frozenset[int]]) -> KnownRecords:
        """Return the violations that *other* does not have."""
        left = {limit: own - other.get(limit, frozenset()) for limit, own in self.digests.items()}
        return KnownRecords(self.pointer, {limit: own for limit, own in left.items() if own})

    @property
    def counts(self) -> dict[str, int]:
        """How many records break each limit."""
        return {limit: len(own) for limit, own in self.digests.items()}


def _digests(value: Any) -> list[int]:
    if not isinstance(value, list) or not all(
        isinstance(each, str) and _DIGEST.fullmatch(each) for each in value
    ):
        raise ValueError(f'"{_VIOLATIONS}" of records must have lists of digests by limit')
    return [int(each, 16) for each in value]
