"""The methods of reports that render them; what renders stands above, and is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_RENDERERS: list[Callable[[Any, str | None], Any]] = []


def use_renderer(render: Callable[[Any, str | None], Any]) -> None:
    """Take a function that returns a report in a format, or as an object if that is None."""
    _RENDERERS[:] = [render]


class Rendered:
    """What every report has: itself as an object, as JSON, and in each output format."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object, as it is in `reports` of the format "json".

        It has all violations. Its properties are described in `report.schema.json`, those of many
        records in `bulk-report.schema.json`.
        """
        found: dict[str, Any] = _RENDERERS[0](self, None)
        return found

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the object of `to_dict` as JSON, in ASCII."""
        import json  # slow to import, and only needed here

        return json.dumps(self.to_dict(), indent=indent)

    def render(self, format: str = "text") -> str:  # noqa: A002 - as the option of the command
        """Return the report in an output format, such as "text", "json", "sarif" or "github".

        The formats are those of `fieldbound check --format`; "html" is for many records, of which
        the formats for single documents have the samples. Raises ValueError for another one.
        """
        text: str = _RENDERERS[0](self, format)
        return text
