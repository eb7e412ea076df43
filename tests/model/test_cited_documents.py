"""The documents that limits cite: their age, and what a copy of one says."""

from __future__ import annotations

from datetime import date

from fieldbound.model import ChangedLimit, CitedDocument, Verification
from support.tables import table

TODAY = date(2026, 3, 1)


def document(read: date | None, digest: str | None = None) -> CitedDocument:
    """Return a document that was read on a day."""
    return CitedDocument("acme", "page", "A page", None, read, digest, 3)


@table(
    ("read", "age", "is_older"),
    [
        (date(2026, 3, 1), 0, False),
        (date(2026, 2, 27), 2, False),
        (date(2026, 2, 26), 3, True),
        (date(2026, 3, 2), -1, False),  # the day has begun elsewhere
        (date(2026, 3, 3), -2, True),
        (None, None, True),
    ],
)
def test_ages(read: date | None, age: int | None, is_older: bool) -> None:
    """Older than the days allowed is also what has no date, or one that is yet to come."""
    assert document(read).age(TODAY) == age
    assert document(read).is_older(2, TODAY) is is_older


def test_what_is_verified() -> None:
    """A copy is ok by its digest, or by limits that were compared and did not change."""
    recorded = document(TODAY, "sha256:1")
    assert Verification(recorded, "sha256:1").ok
    assert not Verification(recorded, "sha256:2").ok
    assert Verification(recorded, "sha256:2", compared=4).ok
    changed = (ChangedLimit("id", (1,), ()),)
    assert not Verification(recorded, "sha256:2", compared=4, changed=changed).ok
    assert Verification(document(TODAY), "sha256:1").is_same is None
