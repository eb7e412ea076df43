"""Fingerprints: what tells a violation from others in the next run, on whatever line it is then."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256


class Fingerprints:
    """Makes fingerprints that are unique in a run."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, *parts: str) -> str:
        """Return the fingerprint of what *parts* say of a violation; equal ones are numbered."""
        key = "\0".join(parts)
        self._seen[key] += 1
        numbered = f"{key}\0{self._seen[key]}"
        return sha256(numbered.encode("utf-8", "surrogatepass")).hexdigest()[:32]
