"""XML to a tree of elements with their places: no entity is expanded, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument
from fieldbound.model import Place

#: Deeper elements are in no CSDL document.
_MAX_DEPTH: Final = 64


@dataclass(slots=True)
class Element:
    """An element: *name* without its namespace, *attributes* by "namespace name" or name."""

    name: str
    namespace: str
    attributes: dict[str, str]
    place: Place
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str | None:
        """Return the value of an attribute that has no namespace."""
        return self.attributes.get(name)

    def all(self, *names: str) -> Iterator[Element]:
        """Yield the children of these names."""
        return (each for each in self.children if each.name in names)


def parse(document: SourceDocument) -> Element:
    """Return the root of an XML document.

    Raises BrokenSource for a syntax error, a document type declaration (only with one can there be
    entities), and elements that are nested too deep.
    """
    builder = _Builder(document.name)
    try:
        builder.parser.Parse(document.data, True)
    except expat.ExpatError as error:
        place = Place(error.lineno, error.offset + 1)
        raise BrokenSource(expat.ErrorString(error.code), document.name, place) from None
    except BrokenSource:
        raise
    except (LookupError, ValueError) as error:  # an encoding that Python does not have
        raise BrokenSource(f"the encoding cannot be read: {error}", document.name) from None
    return builder.root.children[0]


class _Builder:
    """Builds the tree while expat reads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.root = Element("", "", {}, self._place)
        self._open = [self.root]

    @property
    def _place(self) -> Place:
        return Place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _MAX_DEPTH:
            reason = f"elements are nested more than {_MAX_DEPTH} deep"
            raise BrokenSource(reason, self._name, self._place)
        namespace, _, local = name.rpartition(" ")
        element = Element(local, namespace, attributes, self._place)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        if text.strip():
            self._open[-1].text += text

    def _doctype(self, *_: object) -> None:
        reason = "it has a document type declaration, in which entities are: not read"
        raise BrokenSource(reason, self._name, self._place)
