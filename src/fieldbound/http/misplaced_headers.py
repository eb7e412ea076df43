"""Headers that were sent under another name: one violation, with the name that was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from fieldbound.model import Violation, closest_name, pointer_of
from fieldbound.openapi import is_credential


def merge_misplaced(
    violations: list[Violation], sent: Iterable[str], known: Collection[str]
) -> list[Violation]:
    """Report a missing header that was sent under another name as one violation.

    *sent* are the names of headers, *known* the documented ones, in lower case.
    """
    unknown = list(dict.fromkeys(name for name in sent if name.lower() not in known))
    in_query = {
        each.pointer.rpartition("/")[2].lower(): each.pointer
        for each in violations
        if each.code == "additionalProperties" and each.pointer.startswith("/query/")
    }
    merged, misplaced = [], set[str]()
    for each in violations:
        if each.code == "required" and each.pointer.startswith("/headers/"):
            name = each.pointer.rpartition("/")[2]
            pointer = in_query.get(name.lower()) or _closest_header(name, unknown)
            if pointer is not None:
                misplaced.add(pointer)
                each = replace(each, detail=pointer)  # noqa: PLW2901
        merged.append(each)
    return [each for each in merged if each.pointer not in misplaced]


def _closest_header(name: str, headers: Iterable[str]) -> str | None:
    """Return the pointer of the header that was probably sent instead of *name*, or None."""
    closest = closest_name(name, headers)
    if closest is None and is_credential(name):
        closest = next(
            (each for each in headers if is_credential(each) and "cookie" not in each.lower()), None
        )
    return None if closest is None else "/headers" + pointer_of((closest,))
