"""The documents that limits cite, and what a fresh copy of one says."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

#: The day may have begun elsewhere: a date that is further ahead is wrong.
_MOST_AHEAD: Final = 1


class CitedDocument(NamedTuple):
    """A document of a vendor's sources.json, which limits cite by *key*.

    *read* is the date on which the contracts were last compared with it, None if unknown; *digest*
    is that of the file that was imported. *limits* is how many limits cite it, by their ids.
    """

    vendor: str
    key: str
    title: str
    address: str | None
    read: date | None
    digest: str | None
    limits: int

    def age(self, today: date) -> int | None:
        """Return how many days ago it was read, None if unknown."""
        return None if self.read is None else (today - self.read).days

    def is_older(self, days: int, today: date) -> bool:
        """Return whether it was read more than *days* ago, or no true date says when."""
        age = self.age(today)
        return age is None or age > days or age < -_MOST_AHEAD


class ChangedLimit(NamedTuple):
    """A limit that a copy of its document has otherwise: its id, and the values of both.

    One of them is empty where it has no such limit; there are several values where several hold.
    """

    limit: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]


class Verification(NamedTuple):
    """What a copy of a document says of the limits that cite it.

    *digest* is that of the copy. *compared* is how many limits were compared, and *changed* those
    that differ. *not_compared* says why none could be.
    """

    document: CitedDocument
    digest: str
    compared: int = 0
    changed: tuple[ChangedLimit, ...] = ()
    not_compared: str | None = None

    @property
    def is_same(self) -> bool | None:
        """Whether the copy has the digest that is recorded; None if none is."""
        recorded = self.document.digest
        return None if recorded is None else self.digest == recorded

    @property
    def ok(self) -> bool:
        """Whether the copy says what the limits say: by its digest, or by each limit."""
        return bool(self.is_same or (self.compared and not self.changed))
