"""Limits by their id, and where each is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from fieldbound.model import (
    FieldboundError,
    Limit,
    Place,
    UnknownName,
    percent_decoded,
    pointer_of,
    tokens_of,
)
from fieldbound.validation import Contract

from .builder import close_matches
from .bundled_references import reference_to
from .lookup import Folders, contract, contracts, is_path, operations
from .schema_files import SchemaFiles, relative_to_cwd, value_at
from .single_file import files_of

_QUOTES: Final = "'\"`\u2018\u2019\u201c\u201d"
#: A character that a shell needs a backslash for.
_ESCAPED: Final = re.compile(r"\\([#*$&;()|<>?\[\]{}~!'\"` ])")
_MAX_LISTED: Final = 8


class FoundLimits(NamedTuple):
    """A contract, and the limits of it that have one id: several, if written in several places."""

    contract: Contract
    limits: tuple[Limit, ...]


class WrittenAt(NamedTuple):
    """The file that a limit is written in, and the place of its keyword.

    A file that comes with fieldbound is named as a `$ref` has it, and has the pointer of the limit.
    """

    file: str
    place: Place
    pointer: str | None = None

    def __str__(self) -> str:
        if self.pointer is None:
            return f"{self.file}:{self.place}"
        return f"{self.file}#{self.pointer}"


def find_limits(text: str, folders: Folders | None = None) -> FoundLimits:
    """Return the limits with an id, or with the one id that starts with a text.

    Quotes around it, and what a shell needs, do not matter. Raises UnknownName with similar ids.
    """
    wanted = _ESCAPED.sub(r"\1", text.strip().strip(_QUOTES).strip()).replace("%23", "#")
    found = _contract_of(wanted, folders)
    by_id: dict[str, list[Limit]] = {}
    for limit in found.limits:
        by_id.setdefault(limit.id, []).append(limit)
    ids = [wanted] if wanted in by_id else _similar(wanted, list(by_id))
    if len(ids) == 1:
        return FoundLimits(found, tuple(by_id[ids[0]]))
    if ids:
        more = f" and {len(ids) - _MAX_LISTED} more" if len(ids) > _MAX_LISTED else ""
        listed = ", ".join(ids[:_MAX_LISTED])
        raise UnknownName(wanted, reason=f"{wanted!r} is the start of {listed}{more}")
    rests = {each[len(found.name) + 1 :]: each for each in by_id}
    closest = close_matches(wanted[len(found.name) + 1 :], rests)
    reason = f"{found.name} has no limit {wanted[len(found.name) + 1 :]!r}"
    advice = "" if closest else f": run `fieldbound limits {found.name}` for a list"
    raise UnknownName(wanted, tuple(rests[each] for each in closest), reason + advice)


def _similar(wanted: str, ids: list[str]) -> list[str]:
    """Return the ids that are the same in another case, else those that start with a text."""
    lower = wanted.lower()
    same = [each for each in ids if each.lower() == lower]
    return same or [each for each in ids if each.lower().startswith(lower)]


def _contract_of(wanted: str, folders: Folders | None) -> Contract:
    """Return the contract that an id starts with: before one of its number signs."""
    found = [_contract_or_error(name, folders) for name in _beginnings(wanted)]
    for each in found:
        if isinstance(each, Contract):
            return each
    for error in (each for each in found if isinstance(each, FieldboundError)):
        raise error
    known = contracts(folders)
    if wanted in known or is_path(wanted):
        advice = f"run `fieldbound limits {wanted}` for a list"
        raise UnknownName(wanted, reason=f"{wanted!r} is a contract, and no limit: {advice}")
    raise UnknownName(
        wanted,
        close_matches(wanted.partition(":")[0], known),
        f"{wanted!r} is neither the id of a limit, as `fieldbound limits` has it, nor a code",
    )


def _contract_or_error(name: str, folders: Folders | None) -> Contract | FieldboundError:
    try:
        return contract(name, folders)
    except FieldboundError as error:
        return error


def _beginnings(wanted: str) -> Iterator[str]:
    """Yield what is before each number sign, the longest first."""
    for index in reversed(range(len(wanted))):
        if wanted[index] == "#":
            yield wanted[:index]


def written_at(limit: Limit, folders: Folders | None = None) -> WrittenAt | None:
    """Return where a limit of a named contract is written; None if in no file."""
    name = limit.contract
    if is_path(name):
        files, own = files_of(name.partition("#")[0])
    else:
        files, own = operations(name.partition("/")[0], folders).files, None
    uri, _, fragment = limit.location.partition("#")
    path = files.path(uri)
    if path is None or not path.is_file():
        if own is None:
            return None
        uri = own
    tokens = tokens_of(percent_decoded(fragment))
    index = _index_in(files, uri, tokens, limit)
    error = files.error_at(uri, (*tokens, *index), "")
    place, file = error.place or Place(1, 1), files.path(uri)
    if file is not None and (reference := reference_to(file)) is not None:
        return WrittenAt(reference, place, pointer_of(tokens))
    return WrittenAt(str(relative_to_cwd(file)) if file else "", place)


def _index_in(
    files: SchemaFiles, uri: str, tokens: tuple[str, ...], limit: Limit
) -> tuple[str, ...]:
    """Return the index of the name in `required`; nothing for another keyword."""
    try:
        value = value_at(files.load(uri), tokens)
    except (LookupError, ValueError, TypeError):
        return ()
    name = (tokens_of(limit.pointer) or ("",))[-1]
    is_named = isinstance(value, list) and limit.keyword == "required" and name in value
    return (str(value.index(name)),) if is_named else ()
