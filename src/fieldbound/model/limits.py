"""A limit of a contract, and the source that documents it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from .drafts import draft_of
from .pointers import pointer_of, tokens_of

#: The start of a condition that names no value: the number of a branch of anyOf or oneOf.
ALTERNATIVE: Final = "alternative"
#: The host is there, at most one fragment, and nothing that ends a URL in text.
_WEB_ADDRESS: Final = r'(?i:https?)://[^\s<>"\\#/?][^\s<>"\\#]*(#[^\s<>"\\#]*)?'
#: Characters of a pointer that are kept where violations are counted by pointer.
_MAX_POINTER: Final = 300


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit is documented.

    *key* is the document's short name in the vendor's `sources.json`, *title* its heading,
    *address* its URL, *read* the ISO date on which the contract was last compared with it.
    *address* and *read* are None if unknown.
    """

    key: str
    title: str
    address: str | None = None
    read: str | None = None

    @property
    def link(self) -> str | None:
        """The address where an output may link to it, or None."""
        return self.address if is_web_address(self.address) else None


def is_web_address(text: str | None) -> TypeGuard[str]:
    """Return whether a text is an absolute URL of http or https: no other may become a link."""
    return text is not None and text.isprintable() and bool(re.fullmatch(_WEB_ADDRESS, text))


@dataclass(frozen=True, slots=True)
class Limit:
    """One constraint of a contract, such as `maxLength 150` at `/InternalName`.

    *pointer* is a JSON Pointer into the instance with `*` for any item and any other name, and
    *location* the absolute keyword location in the schemas. *says* is one of `SAYS`, or None in a
    schema without sources. The value at a *sensitive* limit is never shown in any output.
    *condition* says where the limit applies, such as `/country is "US"`, with the pointers of this
    contract's values; it is None where the limit always applies. *title* is the schema's title of
    the value, such as the label that the vendor shows.
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
    condition: str | None = field(default=None, compare=False)
    title: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """Contract, pointer and keyword: the same id in every output."""
        return f"{self.contract}#{self.pointer}:{self.keyword}"

    @property
    def source(self) -> Source | None:
        """The first of the sources, or None."""
        return self.sources[0] if self.sources else None


_LimitDraft: Final = draft_of(Limit)


def limit_of(  # noqa: PLR0913, PLR0917 - the fields
    contract: str,
    pointer: str,
    keyword: str,
    value: Any,
    location: str,
    says: str | None,
    sources: tuple[Source, ...],
    note: str | None,
    sensitive: bool,
    condition: str | None,
    title: str | None,
) -> Limit:
    """Return the Limit of these fields, sooner than it makes itself."""
    made = _LimitDraft()
    made.contract, made.pointer, made.keyword, made.value = contract, pointer, keyword, value
    made.location, made.says, made.sources, made.note = location, says, sources, note
    made.sensitive, made.condition, made.title = sensitive, condition, title
    made.__class__ = Limit
    found: Limit = made
    return found


def shorten_pointer(pointer: str) -> str:
    """Return the start of a pointer that is too long, such as one with a huge property name."""
    return pointer if len(pointer) <= _MAX_POINTER else pointer[: _MAX_POINTER - 1] + "…"


def affected_field(limit: Limit | None, pointer: str) -> str | None:
    """Return the pointer of the field that breaks a limit, or None if it is the limit's own.

    Array items become `*` where the limit's pointer has it.
    """
    if limit is None or pointer == limit.pointer:
        return None if limit is not None else shorten_pointer(pointer) or None
    of_limit = tokens_of(limit.pointer)
    tokens = [
        "*" if token.isdecimal() and of_limit[index : index + 1] == ("*",) else token
        for index, token in enumerate(tokens_of(pointer))
    ]
    field_pointer = pointer_of(tokens)
    return None if field_pointer == limit.pointer else shorten_pointer(field_pointer)
