"""Where a limit is documented: the `x-source` of its keyword, and the sources that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fieldbound.model import SAYS, Source, is_web_address


class Evidence:
    """What the schema says of its limits; *table* is its `x-sources`.

    *root_of* returns the root of the resource with a URI: an entry of its `x-source` without `of`
    is that of all limits in the resource that have none nearer.
    """

    def __init__(self, table: Any, root_of: Callable[[str], Any]) -> None:
        self._table: Mapping[str, Any] = table if isinstance(table, dict) else {}
        self._root_of = root_of
        self._defaults: dict[str, Mapping[str, Any]] = {}

    def of(
        self, given: Iterable[Any], keyword: str, name: str | None, location: str
    ) -> tuple[str | None, str | None, tuple[Source, ...], str | None]:
        """Return `at`, `says`, the sources and the note of a limit; None for what is not given.

        *given* are the `x-source` of the references on the way and of the schema itself; *name* is
        the one that is required, and *location* that of the keyword. Anything that is not as
        documented is ignored.
        """
        entry = _entry(given, keyword, name)
        if "says" not in entry:
            uri = (_text(entry.get("at")) or location).partition("#")[0]
            entry = {**self._default(uri), **entry}
        says = _text(entry.get("says"))
        return (
            _text(entry.get("at")),
            says if says in SAYS else None,
            tuple(self._source(key) for key in _as_list(entry.get("from")) if isinstance(key, str)),
            _text(entry.get("note")),
        )

    def _default(self, uri: str) -> Mapping[str, Any]:
        if uri not in self._defaults:
            root = self._root_of(uri)
            given = root.get("x-source") if isinstance(root, dict) else None
            entries = [each for each in _as_list(given) if isinstance(each, dict)]
            found = [each for each in entries if "of" not in each]
            self._defaults[uri] = found[0] if found else {}
        return self._defaults[uri]

    def _source(self, key: str) -> Source:
        entry = self._table.get(key)
        entry = entry if isinstance(entry, dict) else {}
        fallback = key if is_web_address(key) else None
        return Source(
            key,
            _text(entry.get("title")) or key,
            _text(entry.get("address")) or fallback,
            _text(entry.get("read")),
        )


def _entry(given: Iterable[Any], keyword: str, name: str | None) -> Mapping[str, Any]:
    """Return the `x-source` entry of a keyword: of the nearest reference, or beside it."""
    words = (keyword,) if name is None else (f"{keyword}/{name}", keyword)
    for each in given:
        entries = [entry for entry in _as_list(each) if isinstance(entry, dict)]
        for word in words:
            for entry in entries:
                if word in _as_list(entry.get("of")):
                    return entry
        for entry in entries:
            if "of" not in entry:
                return entry
    return {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else () if value is None else (value,)
