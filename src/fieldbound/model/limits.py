"""A limit of a contract, and the source that documents it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from .pointers import pointer_of, tokens_of

#: The evidence for a limit, the strongest first; `--fail-on` takes one of these.
SAYS: Final = ("stated", "observed", "example", "inferred")
#: Characters of a field's pointer that are kept where violations are counted by field.
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit is documented.

    *key* is the document's short name in the vendor's `sources.json`, *title* its heading,
    *address* where it is read, *read* the ISO date on which the contract was last held against
    it. *address* and *read* are None where they are not known.
    """

    key: str
    title: str
    address: str | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One constraint of a contract, such as `maxLength 150` at `/InternalName`.

    *pointer* is a JSON Pointer into the instance with `*` for any item and any other name, and
    *location* the absolute keyword location: the place in the schemas at which it is written.
    *says* is one of `SAYS`, or None in a schema that names no source. A *sensitive* limit is one
    on a value that no output may show.
    """

    contract: str
    pointer: str
    keyword: str
    value: Any = field(hash=False)
    location: str
    says: str | None = None
    sources: tuple[Source, ...] = ()
    note: str | None = None
    sensitive: bool = False

    @property
    def id(self) -> str:
        """Contract, pointer and keyword: the same name in every output, diff and report."""
        return f"{self.contract}#{self.pointer}:{self.keyword}"

    @property
    def source(self) -> Source | None:
        """The first of the sources: the one to read."""
        return self.sources[0] if self.sources else None


def evidence_rank(says: str | None) -> int:
    """Return the rank of evidence, the strongest the lowest; a limit without any counts as -1.

    A schema that names no sources is taken at its word: its limits outrank those `stated`.
    """
    return SAYS.index(says) if says in SAYS else -1


def shortened(pointer: str) -> str:
    """Return a pointer as it is counted by: of a name without end, the beginning."""
    return pointer if len(pointer) <= _LONGEST else pointer[: _LONGEST - 1] + "…"


def field_of(limit: Limit | None, pointer: str) -> str | None:
    """Return which field was found to break a limit, None where the limit itself tells that.

    Items of an array are one field, `*`, as they are to the limit.
    """
    if limit is None or pointer == limit.pointer:
        return None if limit is not None else shortened(pointer) or None
    of = tokens_of(limit.pointer)
    tokens = [
        "*" if token.isdecimal() and of[at : at + 1] == ("*",) else token
        for at, token in enumerate(tokens_of(pointer))
    ]
    found = pointer_of(tokens)
    return None if found == limit.pointer else shortened(found)
