"""Reports of recorded messages go in, and come out with the places of their violations.

A place is one in the recording: that of the header, the status or the address, and in a body the
very character, as far as the recording quotes the body in a way that can be read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

from fieldbound.documents import Document, PositionTree, places_at
from fieldbound.model import Place, Report, Violation, tokens_of

from .formats import Part, Path, Spot
from .string_positions import found_inside

#: Codes of what is wrong with a name, whatever its value.
OF_NAMES: Final = frozenset(
    "additionalProperties unevaluatedProperties propertyNames readOnly writeOnly".split()
)
_MARK: Final = "\ufeff"


class Judged(NamedTuple):
    """A report, and the message that it is of."""

    report: Report
    part: Part


class _Aim(NamedTuple):
    """What to find: a spot, and in the string there a character, if one is meant."""

    spot: Spot
    character: int | None = None


def placed(document: Document, line: int, judged: Iterable[Judged]) -> Iterator[Report]:
    """Yield the reports of messages in a document, of which the first line is *line*."""
    given = list(judged)
    aims = [[_aim(each, part) for each in report] for report, part in given]
    places = _places(document, [aim for each in aims for aim in each])
    for (report, _), theirs in zip(given, aims, strict=True):
        if theirs:
            found = [
                replace(each, place=place_of(places[aim], line))
                for each, aim in zip(report, theirs, strict=True)
            ]
            report = replace(report, violations=tuple(found))  # noqa: PLW2901
        yield report


def place_of(place: Place | None, line: int) -> Place:
    """Return a place in a text as one in the file where the text begins at a line."""
    place = place or Place(1, 1)
    return replace(place, line=place.line + line - 1)


def _places(document: Document, aims: list[_Aim]) -> dict[_Aim, Place]:
    """Find all of them, in one pass over the text."""
    if not aims:
        return {}
    root = PositionTree()
    for aim in aims:
        root.add(aim.spot.path)
    text = document.locate(root)
    offsets = {aim: max(root.offset(*aim.spot), 0) for aim in aims}
    inside: dict[Spot, list[int]] = {}
    for aim in aims:
        if aim.character is not None:
            inside.setdefault(aim.spot, []).append(aim.character)
    for spot, indexes in inside.items():
        value = _at(document.value, spot.path)
        found = found_inside(text, offsets[_Aim(spot, indexes[0])], value, indexes)
        for index, offset in (found or {}).items():
            offsets[_Aim(spot, index)] = offset
    places = places_at(text, offsets.values())
    return {aim: places[offset] for aim, offset in offsets.items()}


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _aim(violation: Violation, part: Part) -> _Aim:
    tokens = tokens_of(violation.pointer)
    spots = part.spots
    where, names = (tokens[0], tokens[1:]) if tokens else ("", ())
    if where == "body":
        return _in_body(violation, part, names)
    if where == "headers":
        stray = tokens_of(violation.detail or "")[1:]  # the name under which it was sent instead
        for name in (*names[:1], *stray):
            if spot := spots.get(f"/headers/{name.lower()}"):
                return _Aim(spot)
    if where == "cookies" and "/headers/cookie" in spots:
        return _Aim(spots["/headers/cookie"])
    if where in ("path", "query"):
        where = "url"
    return _Aim(spots.get(f"/{where}", spots[""]))


def _in_body(violation: Violation, part: Part, names: tuple[str, ...]) -> _Aim:
    if spot := part.spots.get("/body/"):
        path = spot.path + _steps(part.message.body, names)
        return _Aim(Spot(path, violation.code in OF_NAMES))
    spot, body = part.spots["/body"], part.message.body
    if violation.place is None or not isinstance(body, str):
        return _Aim(spot)
    return _Aim(spot, _index(body, violation.place))


def _steps(value: Any, names: Iterable[str]) -> Path:
    """Return the path that a pointer is in a value, as far as there is something."""
    path: list[str | int] = []
    for name in names:
        step: str | int = int(name) if isinstance(value, list) and name.isdecimal() else name
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        path.append(step)
    return tuple(path)


def _index(text: str, place: Place) -> int:
    """Return the index of the character at a place; a byte order mark has none."""
    start = 0
    for _ in range(place.line - 1):
        start = text.find("\n", start) + 1
    if place.line == 1:
        start = len(_MARK) if text.startswith(_MARK) else 0
    return start + place.column - 1
