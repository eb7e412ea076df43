"""CSDL XML, of OData 2, 3 and 4, to what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.importers.csdl.aliases import Aliases
from fieldbound.importers.csdl.annotation_xml import annotations_in
from fieldbound.importers.csdl.model import (
    Csdl,
    EntitySet,
    EnumType,
    Facets,
    Navigation,
    Operation,
    Property,
    StructuredType,
    TypeDefinition,
    error_at,
)
from fieldbound.importers.csdl.xml_tree import Element, parse
from fieldbound.importers.source import SourceDocument
from fieldbound.importers.values import whole_number

_SAP: Final = "http://www.sap.com/Protocols/SAPData"
_COLLECTION: Final = "Collection("
#: Facets that are words: they limit no length and no digits.
_WORDS: Final = {"maxlength": ("max",), "scale": ("variable", "floating")}
_OPERATIONS: Final = {
    "Action": "action",
    "Function": "function",
    "FunctionImport": "function import",
}


def read_xml(document: SourceDocument) -> Csdl:
    """Return what a CSDL XML document says. Raises BrokenSource."""
    root = parse(document)
    if root.name != "Edmx":
        reason = f"no CSDL document: its root is {root.name}, not Edmx"
        raise error_at(document, reason, root.place)
    version = root.get("Version") or "1.0"
    if version.partition(".")[0] not in ("1", "4"):
        reason = f"the Version {version!r} of Edmx is not known: must be 1.0, 4.0 or 4.01"
        raise error_at(document, reason, root.place)
    services = [each for each in root.children if each.name == "DataServices"]
    schemas = [each for service in services for each in service.all("Schema")]
    if not schemas:
        raise error_at(document, "the document has no Schema in DataServices", root.place)
    return _Reader(document, root, schemas).csdl()


class _Reader:
    def __init__(self, document: SourceDocument, root: Element, schemas: list[Element]) -> None:
        self._document, self._schemas = document, schemas
        self._version = 4 if (root.get("Version") or "").startswith("4") else 2
        pairs = [(each.get("Alias"), each.get("Namespace")) for each in schemas]
        for reference in root.all("Reference"):
            includes = reference.all("Include")
            pairs += [(each.get("Alias"), each.get("Namespace")) for each in includes]
        self._aliases = Aliases(pairs)
        self._associations = dict(self._multiplicities())

    def csdl(self) -> Csdl:
        """Return what the document says."""
        types: dict[str, Any] = {}
        for schema in self._schemas:
            for each in schema.all("EntityType", "ComplexType", "EnumType", "TypeDefinition"):
                name = f"{self._required(schema, 'Namespace')}.{self._required(each, 'Name')}"
                if name in types:
                    raise self._error(f"the type {name} is there twice", each)
                types[name] = self._type(name, each)
        containers = [
            (schema.get("Namespace") or "", each)
            for schema in self._schemas
            for each in schema.all("EntityContainer")
        ]
        first = self._schemas[0].get("Namespace") or ""
        return Csdl(
            self._document,
            self._version,
            containers[0][0] if containers else first,
            types,
            tuple(self._entity_sets(containers)),
            self._targets(),
            tuple(self._operations()),
        )

    def _operations(self) -> Iterator[Operation]:
        for holder in self._containing():
            for each in holder.all(*_OPERATIONS):
                bound = "bound " if _true(each.get("IsBound")) else ""
                yield Operation(each.get("Name") or "", f"{bound}{_OPERATIONS[each.name]}")

    def _containing(self) -> list[Element]:
        """Return what may have actions and functions in it."""
        if self._version == 4:  # noqa: PLR2004 - of OData; imports of functions repeat them
            return self._schemas
        return [each for schema in self._schemas for each in schema.all("EntityContainer")]

    def _error(self, reason: str, element: Element) -> Exception:
        return error_at(self._document, reason, element.place)

    def _required(self, element: Element, name: str) -> str:
        value = element.get(name)
        if not value:
            raise self._error(f"{element.name} must have an attribute {name}", element)
        return value

    # -- types -------------------------------------------------------------------------------

    def _type(self, name: str, element: Element) -> StructuredType | EnumType | TypeDefinition:
        if element.name == "EnumType":
            members = tuple(self._required(each, "Name") for each in element.all("Member"))
            return EnumType(name, members, is_flags=_true(element.get("IsFlags")))
        if element.name == "TypeDefinition":
            underlying = self._aliases.full(self._required(element, "UnderlyingType"))
            annotations = self._annotations(element)
            return TypeDefinition(name, underlying, self._facets(element), annotations)
        base = element.get("BaseType")
        keys = [ref for each in element.all("Key") for ref in each.all("PropertyRef")]
        return StructuredType(
            name,
            element.place,
            is_entity=element.name == "EntityType",
            base=self._aliases.full(base) if base else None,
            is_open=_true(element.get("OpenType")),
            key=tuple(self._required(each, "Name") for each in keys),
            properties=tuple(map(self._property, element.all("Property"))),
            navigations=tuple(map(self._navigation, element.all("NavigationProperty"))),
            annotations=self._annotations(element),
        )

    def _property(self, element: Element) -> Property:
        name, kind = self._required(element, "Name"), self._required(element, "Type")
        is_collection = kind.startswith(_COLLECTION) and kind.endswith(")")
        kind = kind[len(_COLLECTION) : -1] if is_collection else kind
        # In version 3 a collection may be said by an attribute as well.
        is_collection = is_collection or element.get("CollectionKind") in ("List", "Bag")
        sap = {
            f"sap:{each.rpartition(' ')[2]}": value
            for each, value in element.attributes.items()
            if each.startswith(f"{_SAP} ")
        }
        return Property(
            name,
            self._aliases.full(kind),
            element.place,
            is_collection=is_collection,
            nullable=element.get("Nullable") != "false",
            facets=self._facets(element),
            default=element.get("DefaultValue"),
            annotations={**sap, **self._annotations(element)},
        )

    def _facets(self, element: Element) -> Facets:
        return Facets(
            self._size(element, "MaxLength"),
            self._size(element, "Precision"),
            self._word(element, "Scale") or self._size(element, "Scale"),
            element.get("Unicode") != "false",
        )

    def _word(self, element: Element, facet: str) -> str | None:
        value = (element.get(facet) or "").lower()
        return value if value in _WORDS.get(facet.lower(), ()) else None

    def _size(self, element: Element, facet: str) -> int | None:
        value = element.get(facet)
        if value is None or self._word(element, facet) is not None:
            return None
        size = whole_number(value)
        if size is None:
            raise self._error(f"{facet} must be a whole number, not {value!r}", element)
        return size

    def _navigation(self, element: Element) -> Navigation:
        name = self._required(element, "Name")
        kind = element.get("Type")
        if kind is not None:
            is_many: bool | None = kind.startswith(_COLLECTION)
        else:
            end = (self._aliases.full(element.get("Relationship") or ""), element.get("ToRole"))
            multiplicity = self._associations.get(end)
            is_many = None if multiplicity is None else multiplicity == "*"
        return Navigation(name, element.place, is_many, nullable=element.get("Nullable") != "false")

    def _multiplicities(self) -> Iterator[tuple[tuple[str, str | None], str | None]]:
        """Yield the multiplicity at each end of an association, by its name and the role."""
        for schema in self._schemas:
            for each in schema.all("Association"):
                name = f"{schema.get('Namespace')}.{each.get('Name')}"
                for end in each.all("End"):
                    yield (name, end.get("Role")), end.get("Multiplicity")

    # -- entity sets and annotations ---------------------------------------------------------

    def _entity_sets(self, containers: list[tuple[str, Element]]) -> Iterator[EntitySet]:
        for namespace, container in containers:
            for each in container.all("EntitySet", "Singleton"):
                name, is_singleton = self._required(each, "Name"), each.name == "Singleton"
                sap = {
                    f"sap:{key.rpartition(' ')[2]}": value
                    for key, value in each.attributes.items()
                    if key.startswith(f"{_SAP} ")
                }
                yield EntitySet(
                    name,
                    self._aliases.full(
                        self._required(each, "Type" if is_singleton else "EntityType")
                    ),
                    each.place,
                    f"{namespace}.{container.get('Name')}/{name}",
                    {**sap, **self._annotations(each)},
                    is_singleton,
                )

    def _annotations(self, element: Element) -> Mapping[str, Any]:
        return annotations_in(element, self._aliases)

    def _targets(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for schema in self._schemas:
            for each in schema.all("Annotations"):
                if each.get("Qualifier") is None:
                    target = self._aliases.full_path(self._required(each, "Target"))
                    found.setdefault(target, {}).update(self._annotations(each))
        return dict(found)


def _true(value: str | None) -> bool:
    return value is not None and value.strip().lower() in ("true", "1")
