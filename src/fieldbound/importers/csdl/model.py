"""What a CSDL document says, whether it is XML or JSON: types, entity sets, annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument
from fieldbound.model import Place

#: Where something is: a place in the text, or a path into a JSON value.
Where = Place | tuple[str | int, ...]
#: A term and its value; the attributes that SAP adds to version 2 are `sap:NAME`.
Annotations = Mapping[str, Any]
#: Types that build on each other more often than this are taken for a circle.
MAX_DEPTH: Final = 64


class Dynamic:
    """The value of an annotation that is an expression: it is not known before a call."""

    def __repr__(self) -> str:
        return "an expression"


DYNAMIC: Final = Dynamic()


@dataclass(frozen=True)
class Facets:
    """The facets of a type; those not given are None, and *scale* may be a word."""

    max_length: int | None = None
    precision: int | None = None
    scale: int | str | None = None
    unicode: bool = True


@dataclass(frozen=True)
class Property:
    """A structural property; *type* is a qualified name, *default* None where there is none."""

    name: str
    type: str
    where: Where
    is_collection: bool = False
    nullable: bool = True
    facets: Facets = Facets()
    default: Any = None
    annotations: Annotations = field(default_factory=dict)


@dataclass(frozen=True)
class Navigation:
    """A navigation property; *is_collection* is None where the document does not say."""

    name: str
    where: Where
    is_collection: bool | None = None
    nullable: bool = True


@dataclass(frozen=True)
class StructuredType:
    """An entity type or a complex type, with the properties that it adds to those of its *base*."""

    name: str
    where: Where
    is_entity: bool
    base: str | None = None
    is_open: bool = False
    key: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    navigations: tuple[Navigation, ...] = ()
    annotations: Annotations = field(default_factory=dict)


@dataclass(frozen=True)
class EnumType:
    """An enumeration, of which several members are joined by commas if *is_flags*."""

    name: str
    members: tuple[str, ...]
    is_flags: bool = False


@dataclass(frozen=True)
class TypeDefinition:
    """Another name of a primitive type, with its facets."""

    name: str
    underlying: str
    facets: Facets = Facets()
    annotations: Annotations = field(default_factory=dict)


@dataclass(frozen=True)
class EntitySet:
    """A collection of entities that has an address, or the one entity of a singleton.

    *target* is what annotations call it.
    """

    name: str
    type: str
    where: Where
    target: str
    annotations: Annotations = field(default_factory=dict)
    is_singleton: bool = False


@dataclass(frozen=True)
class Operation:
    """An action, a function, or the import of one before OData 4: *kind* is that in words."""

    name: str
    kind: str


@dataclass(frozen=True)
class Csdl:
    """A document: its types by their qualified names, its entity sets, and annotations by target.

    *version* is that of OData, of which only the part before the dot counts. *namespace* is that
    of the entity container, or the first.
    """

    document: SourceDocument
    version: int
    namespace: str
    types: Mapping[str, StructuredType | EnumType | TypeDefinition]
    entity_sets: tuple[EntitySet, ...]
    targets: Mapping[str, Annotations]
    operations: tuple[Operation, ...] = ()

    def error(self, reason: str, where: Where) -> BrokenSource:
        """Return the error about what is there."""
        return error_at(self.document, reason, where)

    def document_error(self, reason: str) -> BrokenSource:
        """Return the error about the whole document."""
        return BrokenSource(reason, self.document.name)

    def lineage(self, name: str, where: Where) -> tuple[StructuredType, ...]:
        """Return a structured type and those it builds on, the first of them first.

        Raises BrokenSource for a type that is not there, or builds on itself.
        """
        found: list[StructuredType] = []
        wanted: str | None = name
        while wanted is not None:
            given = self.types.get(wanted)
            if not isinstance(given, StructuredType):
                raise self.error(f"there is no entity or complex type {wanted}", where)
            if given in found:
                raise self.error(f"the type {name} builds on itself", given.where)
            if len(found) >= MAX_DEPTH:
                reason = f"the type {name} builds on more than {MAX_DEPTH - 1} others"
                raise self.error(reason, given.where)
            found.append(given)
            wanted, where = given.base, given.where
        return tuple(reversed(found))

    def annotations_of(self, own: Annotations, *targets: str) -> dict[str, Any]:
        """Return the annotations of a thing, inline and out of line."""
        found = dict(own)
        for target in targets:
            found.update(self.targets.get(target, {}))
        return found

    def derived(self, name: str) -> Iterator[str]:
        """Yield the names of the types that build on a type."""
        for each in self.types.values():
            if isinstance(each, StructuredType) and each.base == name:
                yield each.name


def error_at(document: SourceDocument, reason: str, where: Where) -> BrokenSource:
    """Return the error about what is at a place, or a path into the JSON value."""
    if isinstance(where, Place):
        return BrokenSource(reason, document.name, where)
    return document.error(reason, *where)
