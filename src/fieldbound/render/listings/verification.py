"""What a fresh copy of a cited document says of its limits: as lines, as an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped, pluralize, to_json

if TYPE_CHECKING:
    from fieldbound.model import Verification

_MAX_VALUE: Final = 100


def verification_text(found: Verification) -> Iterator[str]:
    """Yield what was compared, then a line for each limit that differs."""
    name = f"{found.document.vendor}: {found.document.key}"
    yield escaped(f"{name}: {_digest(found)}") + "\n"
    if found.compared:
        compared = pluralize(found.compared, "limit")
        differ = pluralize(len(found.changed), "limit") if found.changed else "none"
        yield escaped(f"{name}: {compared} compared, {differ} changed") + "\n"
    for each in found.changed:
        yield escaped(f"    {each.limit}: {_text(each.before)} -> {_text(each.after)}") + "\n"
    if found.not_compared:
        yield escaped(f"{name}: limits were not compared: {found.not_compared}") + "\n"


def verification_object(found: Verification) -> dict[str, Any]:
    """Return the same as an object; `same` is null where no digest is recorded."""
    return {
        "vendor": found.document.vendor,
        "key": found.document.key,
        "ok": found.ok,
        "same": found.is_same,
        "digest": found.digest,
        "recorded": found.document.digest,
        "compared": found.compared,
        "changed": [
            {"id": each.limit, "before": list(each.before), "after": list(each.after)}
            for each in found.changed
        ],
        "notCompared": found.not_compared,
    }


def _digest(found: Verification) -> str:
    if found.is_same:
        return "the copy is the file that was read"
    if found.is_same is None:
        return f"no digest is recorded; that of the copy is {found.digest}"
    return f"the copy differs: its digest is {found.digest}, recorded is {found.document.digest}"


def _text(values: tuple[Any, ...]) -> str:
    text = " and ".join(map(to_json, values)) or "no such limit"
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"
