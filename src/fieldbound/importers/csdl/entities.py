"""Entity sets to resources: what a create and an update of an entity may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.importers.csdl.model import (
    Csdl,
    EntitySet,
    Navigation,
    Property,
    StructuredType,
)
from fieldbound.importers.csdl.rights import Rights, SetRights, rights, set_rights
from fieldbound.importers.csdl.value_schemas import ValueSchemas
from fieldbound.importers.draft import Omitted
from fieldbound.importers.resources import Attribute, Evidence, Resource

#: Names of control information and of annotations, which no document lists.
_CONTROL_OF_4: Final = "@"
_CONTROL_BEFORE: Final = "@|^__metadata$|^odata[.]"
_NOT_IN_UPDATE: Final = Evidence("stated", "The metadata has it accepted by a create alone.")
_NOT_IN_CREATE: Final = Evidence("stated", "The metadata has it accepted by an update alone.")
_BYTES: Final = "At most {} bytes, which base64 has in so many characters."


class Entities:
    """Makes resources of entity sets, and collects what is omitted."""

    def __init__(self, csdl: Csdl) -> None:
        self._csdl = csdl
        self._values = ValueSchemas(csdl)

    @property
    def omitted(self) -> list[Omitted]:
        """What no limit was made of."""
        return self._values.omitted

    def resource(self, entity_set: EntitySet) -> Resource:
        """Return the resource of an entity set."""
        lineage = self._csdl.lineage(entity_set.type, entity_set.where)
        of_set = set_rights(self._csdl.annotations_of(entity_set.annotations, entity_set.target))
        key = next((each.key for each in reversed(lineage) if each.key), ())
        is_closed = self._is_closed(entity_set, lineage)
        name = key[0] if len(key) == 1 and key[0].isidentifier() else f"{entity_set.name}Key"
        path = f"/{entity_set.name}"
        is_4 = self._csdl.version == 4  # noqa: PLR2004 - of OData
        about = self._csdl.annotations_of(lineage[-1].annotations, lineage[-1].name)
        answered = ("list", "get", "create", "update") if is_4 else ()
        attributes = self._attributes(entity_set, lineage, of_set)
        return Resource(
            entity_set.name,
            tuple(attributes),
            title=self._values.titles(about).get("title"),
            path=path,
            key=name,
            item_path=path if entity_set.is_singleton else f"{path}({{{name}}})",
            is_single=entity_set.is_singleton,
            refuses_unknown=is_closed,
            other_names=_CONTROL_OF_4 if is_4 else _CONTROL_BEFORE,
            operations=tuple(
                each
                for each in _operations(of_set, is_4)
                if not entity_set.is_singleton or each in ("get", "update")
            ),
            answered=answered,
            list_in="value",
        )

    def _is_closed(self, entity_set: EntitySet, lineage: tuple[StructuredType, ...]) -> bool:
        """Return whether an entity has no other properties than those of its type."""
        derived = sorted(self._csdl.derived(entity_set.type))
        if derived:
            reason = f"other properties are not refused: types build on it, such as {derived[0]}"
            self._values.omit(entity_set.name, reason)
        return not derived and not any(each.is_open for each in lineage)

    # -- attributes --------------------------------------------------------------------------

    def _attributes(
        self, entity_set: EntitySet, lineage: tuple[StructuredType, ...], of_set: SetRights
    ) -> Iterator[Attribute]:
        properties = {each.name: each for type_ in lineage for each in type_.properties}
        navigations = {each.name: each for type_ in lineage for each in type_.navigations}
        keys = {name for type_ in lineage for name in type_.key}
        undecided, ascii_only = [], []
        for name, given in sorted(properties.items()):
            targets = (f"{each.name}/{name}" for each in lineage)
            annotations = self._csdl.annotations_of(
                given.annotations, *targets, f"{entity_set.target}/{name}"
            )
            found = rights(name, annotations, of_set)
            yield self._attribute(entity_set, given, annotations, found)
            if not given.nullable and found.create and not found.required and name not in keys:
                undecided += [] if given.default is not None or given.is_collection else [name]
            ascii_only += [] if given.facets.unicode else [name]
        for name, navigation in sorted(navigations.items()):
            if name not in properties:
                yield self._navigation(entity_set, navigation)
        reason = "may not be null; whether a create must have it, is not said"
        self._tell(entity_set, undecided, reason)
        reason = "Unicode is false; services that say so accept all characters: not checked"
        self._tell(entity_set, ascii_only, reason)

    def _tell(self, entity_set: EntitySet, names: list[str], reason: str) -> None:
        if names:
            self._values.omit(f"{entity_set.name}: {', '.join(names)}", reason)

    def _attribute(
        self,
        entity_set: EntitySet,
        given: Property,
        annotations: Mapping[str, Any],
        found: Rights,
    ) -> Attribute:
        place = f"{entity_set.name}/{given.name}"
        for term in found.unknown:
            self._values.omit(place, f"{term} depends on the entity")
        schema = self._values.schema(given, annotations, place, ())
        evidence = {}
        if found.create != found.update:
            evidence["not"] = _NOT_IN_UPDATE if found.create else _NOT_IN_CREATE
        if given.type == "Edm.Binary" and given.facets.max_length:
            evidence["maxLength"] = Evidence("stated", _BYTES.format(given.facets.max_length))
        return Attribute(
            given.name,
            self._values.titles(annotations) | schema,
            required=found.required,
            create=found.create,
            update=found.update,
            response=found.response,
            evidence=evidence,
        )

    def _navigation(self, entity_set: EntitySet, given: Navigation) -> Attribute:
        """Return what is related: an entity or several, in full or by reference."""
        place = f"{entity_set.name}/{given.name}"
        if given.is_collection is None:
            self._values.omit(place, "the document does not say whether it is one or several")
            return Attribute(given.name, {"type": ["array", "object", "null"]})
        if self._csdl.version != 4:  # noqa: PLR2004 - of OData
            # Several are an array, or an object with the array `results`.
            types = ["array", "object"] if given.is_collection else ["object", "null"]
            return Attribute(given.name, {"type": types})
        if given.is_collection:
            return Attribute(given.name, {"type": "array", "items": {"type": "object"}})
        return Attribute(given.name, {"type": ["object", "null"]})


def _operations(of_set: SetRights, is_4: bool) -> Iterator[str]:
    if is_4:
        yield from ("list", "get")
    if of_set.create:
        yield "create"
    if of_set.update:
        yield "update"
