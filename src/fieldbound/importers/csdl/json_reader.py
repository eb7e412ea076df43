"""CSDL JSON, of OData 4.01, to what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.importers.csdl.aliases import Aliases
from fieldbound.importers.csdl.annotation_xml import SEPARATOR
from fieldbound.importers.csdl.model import (
    DYNAMIC,
    Csdl,
    EntitySet,
    EnumType,
    Facets,
    Navigation,
    Operation,
    Property,
    StructuredType,
    TypeDefinition,
)
from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument
from fieldbound.importers.values import whole_number

Path = tuple[str | int, ...]
_STRUCTURED: Final = ("EntityType", "ComplexType")
_VERSION: Final = 4
#: Members of an object by which an annotation's value is an expression.
_EXPRESSIONS: Final = "$Path $Apply $If $And $Or $Not $Cast $IsOf $LabeledElement $UrlRef".split()


def is_csdl(value: Any) -> bool:
    """Return whether a JSON value is a CSDL document."""
    return isinstance(value, dict) and isinstance(value.get("$Version"), str)


def read_json(document: SourceDocument) -> Csdl:
    """Return what a CSDL JSON document says. Raises BrokenSource."""
    value = document.require_value()
    if not is_csdl(value):
        raise document.error("no CSDL document: it has no string named $Version")
    schemas = {
        name: given
        for name, given in value.items()
        if not name.startswith("$") and isinstance(given, dict)
    }
    if not schemas:
        raise document.error("the document has no schema")
    return _Reader(document, value, schemas).csdl()


class _Reader:
    def __init__(
        self, document: SourceDocument, value: Mapping[str, Any], schemas: Mapping[str, Any]
    ) -> None:
        self._document, self._value, self._schemas = document, value, schemas
        self._aliases = Aliases([*self._own_aliases(), *self._included()])

    def _own_aliases(self) -> Iterator[tuple[str, str]]:
        for name, schema in self._schemas.items():
            if isinstance(alias := schema.get("$Alias"), str):
                yield alias, name

    def _included(self) -> Iterator[tuple[str, str]]:
        references = self._value.get("$Reference")
        for each in references.values() if isinstance(references, dict) else ():
            for include in _list(each.get("$Include") if isinstance(each, dict) else None):
                alias, name = include.get("$Alias"), include.get("$Namespace")
                if isinstance(alias, str) and isinstance(name, str):
                    yield alias, name

    def csdl(self) -> Csdl:
        """Return what the document says."""
        members = [
            (namespace, name, given)
            for namespace, schema in self._schemas.items()
            for name, given in schema.items()
            if not name.startswith("$") and SEPARATOR not in name
        ]
        types = {
            f"{namespace}.{name}": self._type(f"{namespace}.{name}", given, (namespace, name))
            for namespace, name, given in members
            if isinstance(given, dict)
            and given.get("$Kind") in (*_STRUCTURED, "EnumType", "TypeDefinition")
        }
        containers = [
            (namespace, name, given)
            for namespace, name, given in members
            if isinstance(given, dict) and given.get("$Kind") == "EntityContainer"
        ]
        return Csdl(
            self._document,
            _VERSION,
            containers[0][0] if containers else next(iter(self._schemas)),
            types,
            tuple(each for found in containers for each in self._entity_sets(*found)),
            dict(self._targets()),
            tuple(each for _, name, given in members for each in _operations(name, given)),
        )

    def _error(self, reason: str, path: Path) -> BrokenSource:
        return self._document.error(reason, *path)

    # -- types -------------------------------------------------------------------------------

    def _type(
        self, name: str, given: Mapping[str, Any], path: Path
    ) -> StructuredType | EnumType | TypeDefinition:
        if given["$Kind"] == "EnumType":
            return EnumType(name, tuple(_own(given)), is_flags=given.get("$IsFlags") is True)
        if given["$Kind"] == "TypeDefinition":
            underlying = self._name(given, "$UnderlyingType", path)
            return TypeDefinition(
                name, underlying, self._facets(given, path), self._annotations(given)
            )
        inner = {each: self._object(given[each], (*path, each)) for each in _own(given)}
        navigations = {
            each: self._navigation(each, value, (*path, each))
            for each, value in inner.items()
            if value.get("$Kind") == "NavigationProperty"
        }
        return StructuredType(
            name,
            path,
            is_entity=given["$Kind"] == "EntityType",
            base=self._name(given, "$BaseType", path) if "$BaseType" in given else None,
            is_open=given.get("$OpenType") is True,
            key=tuple(_keys(given.get("$Key"))),
            properties=tuple(
                self._property(each, value, (*path, each))
                for each, value in inner.items()
                if each not in navigations
            ),
            navigations=tuple(navigations.values()),
            annotations=self._annotations(given),
        )

    def _object(self, value: Any, path: Path) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._error(f"{path[-1]} must be an object", path)
        return value

    def _name(
        self, given: Mapping[str, Any], member: str, path: Path, default: str | None = None
    ) -> str:
        value = given.get(member, default)
        if not isinstance(value, str) or not value:
            raise self._error(f"{member} must be the name of a type", path)
        return self._aliases.full(value)

    def _property(self, name: str, given: Mapping[str, Any], path: Path) -> Property:
        return Property(
            name,
            self._name(given, "$Type", path, "Edm.String"),
            path,
            is_collection=given.get("$Collection") is True,
            nullable=given.get("$Nullable") is True,
            facets=self._facets(given, path),
            default=given.get("$DefaultValue"),
            annotations=self._annotations(given),
        )

    def _facets(self, given: Mapping[str, Any], path: Path) -> Facets:
        scale = given.get("$Scale")
        is_word = scale in ("variable", "floating")
        return Facets(
            self._size(given, "$MaxLength", path),
            self._size(given, "$Precision", path),
            scale if is_word else self._size(given, "$Scale", path),
            given.get("$Unicode") is not False,
        )

    def _size(self, given: Mapping[str, Any], facet: str, path: Path) -> int | None:
        value = given.get(facet)
        if value is None:
            return None
        size = None if isinstance(value, str) else whole_number(value)
        if size is None:
            reason = f"{facet} must be a whole number, not {value!r}"
            raise self._error(reason, (*path, facet))
        return size

    def _navigation(self, name: str, given: Mapping[str, Any], path: Path) -> Navigation:
        is_many = given.get("$Collection") is True
        return Navigation(name, path, is_many, nullable=given.get("$Nullable") is True)

    # -- entity sets and annotations ---------------------------------------------------------

    def _entity_sets(
        self, namespace: str, container: str, given: Mapping[str, Any]
    ) -> Iterator[EntitySet]:
        for name in _own(given):
            each, path = given[name], (namespace, container, name)
            if isinstance(each, dict) and "$Type" in each:
                type_ = self._name(each, "$Type", path)
                target = f"{namespace}.{container}/{name}"
                is_singleton = each.get("$Collection") is not True
                annotations = self._annotations(each)
                yield EntitySet(name, type_, path, target, annotations, is_singleton)

    def _annotations(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the annotations of an object, by the full names of their terms."""
        found = {}
        for name, value in given.items():
            if name.startswith("@") and "#" not in name:
                terms = (self._aliases.full(each) for each in name[1:].split("@"))
                found[SEPARATOR.join(terms)] = _constant(value)
        return found

    def _targets(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for schema in self._schemas.values():
            targets = schema.get("$Annotations")
            for target, given in targets.items() if isinstance(targets, dict) else ():
                if isinstance(given, dict):
                    yield self._aliases.full_path(target), self._annotations(given)


def _operations(name: str, given: Any) -> Iterator[Operation]:
    """Yield the overloads of an action or a function."""
    for each in _list(given):
        bound = "bound " if each.get("$IsBound") is True else ""
        yield Operation(name, f"{bound}{str(each.get('$Kind', 'action')).lower()}")


def _own(given: Mapping[str, Any]) -> list[str]:
    """Return the names of an object's members that are neither its own facts nor annotations."""
    return [name for name in given if not name.startswith("$") and SEPARATOR not in name]


def _keys(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from (str(path) for path in each.values())


def _list(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _constant(value: Any) -> Any:
    """Return the value of an annotation, DYNAMIC where it is an expression."""
    if isinstance(value, list):
        return [_constant(each) for each in value]
    if not isinstance(value, dict):
        return value
    if any(name in value for name in _EXPRESSIONS):
        return DYNAMIC
    if isinstance(value.get("$Null"), bool):
        return None
    return {name: _constant(each) for name, each in value.items() if not name.startswith("@")}
