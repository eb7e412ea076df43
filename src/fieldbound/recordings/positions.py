"""The places of violations in a recording.

They are at the header, the status code or the URL, and in a body at the character, if the recording
has the body in a form whose positions can be mapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from fieldbound.documents import Document, PositionTree, places_at
from fieldbound.model import Place, Report, Violation, tokens_of

from .formats import Location, Path, RecordedMessage
from .string_positions import find_characters

#: Codes of violations by a name, whatever its value.
NAME_CODES: Final = frozenset(
    "additionalProperties unevaluatedProperties propertyNames readOnly writeOnly".split()
)
_BOM: Final = "\ufeff"


class CheckedMessage(NamedTuple):
    """A report, and its recorded message."""

    report: Report
    recorded: RecordedMessage


class _Target(NamedTuple):
    """What to locate: a value in the recording, and optionally a character in its string."""

    location: Location
    character: int | None = None


def with_places(
    document: Document, line: int, messages: Iterable[CheckedMessage]
) -> Iterator[Report]:
    """Yield the reports of messages in a document that begins at *line*, with places."""
    checked = list(messages)
    targets = [[_target(each, recorded) for each in report] for report, recorded in checked]
    places = _places(document, [target for each in targets for target in each])
    for (report, _), of_report in zip(checked, targets, strict=True):
        if of_report:
            found = [
                replace(each, place=place_in_file(places[target], line))
                for each, target in zip(report, of_report, strict=True)
            ]
            report = replace(report, violations=tuple(found))  # noqa: PLW2901
        yield report


def place_in_file(place: Place | None, line: int) -> Place:
    """Return a place in a text as a place in the file, where the text begins at *line*."""
    place = place or Place(1, 1)
    return replace(place, line=place.line + line - 1)


def _places(document: Document, targets: list[_Target]) -> dict[_Target, Place]:
    """Return the places of all targets, found in one pass over the text."""
    if not targets:
        return {}
    root = PositionTree()
    for target in targets:
        root.add(target.location.path)
    text = document.locate(root)
    offsets = {target: max(root.offset(*target.location), 0) for target in targets}
    characters: dict[Location, list[int]] = {}
    for target in targets:
        if target.character is not None:
            characters.setdefault(target.location, []).append(target.character)
    for location, indexes in characters.items():
        value = _value_at(document.value, location.path)
        found = find_characters(text, offsets[_Target(location, indexes[0])], value, indexes)
        for index, offset in (found or {}).items():
            offsets[_Target(location, index)] = offset
    places = places_at(text, offsets.values())
    return {target: places[offset] for target, offset in offsets.items()}


def _value_at(value: Any, path: Path) -> Any:
    for token in path:
        value = value[token]
    return value


def _target(violation: Violation, recorded: RecordedMessage) -> _Target:
    tokens = tokens_of(violation.pointer)
    locations = recorded.locations
    part, names = (tokens[0], tokens[1:]) if tokens else ("", ())
    if part == "body":
        return _target_in_body(violation, recorded, names)
    if part == "headers":
        sent_as = tokens_of(violation.detail or "")[1:]
        for name in (*names[:1], *sent_as):
            if location := locations.get(f"/headers/{name.lower()}"):
                return _Target(location)
    if part == "cookies" and "/headers/cookie" in locations:
        return _Target(locations["/headers/cookie"])
    if part in ("path", "query"):
        part = "url"
    return _Target(locations.get(f"/{part}", locations[""]))


def _target_in_body(
    violation: Violation, recorded: RecordedMessage, names: tuple[str, ...]
) -> _Target:
    if location := recorded.locations.get("/body/"):
        path = location.path + _existing_path(recorded.message.body, names)
        return _Target(Location(path, violation.code in NAME_CODES))
    location, body = recorded.locations["/body"], recorded.message.body
    if violation.place is None or not isinstance(body, str):
        return _Target(location)
    return _Target(location, _index(body, violation.place))


def _existing_path(value: Any, names: Iterable[str]) -> Path:
    """Return the path of a pointer in a value, as far as it exists."""
    path: list[str | int] = []
    for name in names:
        token: str | int = int(name) if isinstance(value, list) and name.isdecimal() else name
        try:
            value = value[token]
        except (KeyError, IndexError, TypeError):
            break
        path.append(token)
    return tuple(path)


def _index(text: str, place: Place) -> int:
    """Return the index of the character at a place; columns do not count a byte order mark."""
    start = 0
    for _ in range(place.line - 1):
        start = text.find("\n", start) + 1
    if place.line == 1:
        start = len(_BOM) if text.startswith(_BOM) else 0
    return start + place.column - 1
