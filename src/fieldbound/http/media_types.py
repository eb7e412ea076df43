"""What a document offers goes in, names of statuses or media types; the one of a message comes out.

It is openapi-core that finds the response of a status and the media type of a body.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from jsonschema_path import SchemaPath
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.media_types.finders import MediaTypeFinder
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.templating.responses.finders import ResponseFinder

_KEPT: Final = 1024  # statuses and media types remembered


class Choice:
    """A choice by what a message says: of a response by its status, of a schema by media type."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)

    def __bool__(self) -> bool:
        return bool(self.names)


class Statuses(Choice):
    """The statuses of an operation, ranges of them, and "default"."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        self._ours = {name.upper() if name != "default" else name: name for name in self.names}
        self._finder = ResponseFinder(
            SchemaPath.from_dict({name: {"is": name} for name in self._ours})
        )
        self.find = lru_cache(_KEPT)(self._find)

    def _find(self, status: int) -> str | None:
        """Return which of the names is that of a status."""
        try:
            return self._ours[(self._finder.find(str(status)) / "is").read_str()]
        except ResponseNotFound:
            return None


class MediaTypes(Choice):
    """The media types of a body, and ranges of them."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        ours: dict[str, str] = {}
        for name in self.names:
            ours.setdefault(bare(name), name)
        self._ours = ours
        self._finder = MediaTypeFinder(SchemaPath.from_dict({name: {} for name in ours}))
        self.find = lru_cache(_KEPT)(self._find)

    def _find(self, media_type: str) -> str | None:
        """Return which of the names is that of a media type."""
        kind = bare(media_type)
        if kind in self._ours:
            return self._ours[kind]
        try:
            return self._ours[self._finder.find(kind).mime_type]
        except MediaTypeNotFound:
            return None


def bare(media_type: str) -> str:
    """Return a media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()
