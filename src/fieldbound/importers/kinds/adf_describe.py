"""Describe documents of ADF services: Oracle Fusion, CRM On Demand and others of the framework.

    {"Resources": {"accounts": {"attributes": [{"name": "Name", "type": "string", ...}],
                                "children": {"contacts": {"attributes": [...]}}}}}

Documented in "Developing Fusion Web Applications with Oracle ADF" and in the REST API guides of
Oracle Fusion and Oracle CRM On Demand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.draft import Omitted
from fieldbound.importers.folder import Citation, draft_of
from fieldbound.importers.resources import OPERATIONS, Attribute, Evidence, Resource
from fieldbound.importers.values import integer, nullable, number, string, unspecified, whole_number
from fieldbound.model import pointer_of

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

_RESOURCES: Final = "Resources"
_MEDIA_TYPES: Final = ("application/json", "application/vnd.oracle.adf.resourceitem+json")
_DATE_TIMES: Final = frozenset(("datetime", "date-time", "timestamp"))
_ON_CREATE: Final = "Accepted by a create alone: the describe allows changes on create."
_DEFAULTED: Final = "The service has a default, so that a create need not give it."
Path = tuple[str | int, ...]


def matches(document: SourceDocument) -> bool:
    """Return whether a document is a describe of an ADF service."""
    if b'"Resources"' not in document.start:
        return False
    value = document.value
    return isinstance(value, dict) and isinstance(value.get(_RESOURCES), dict)


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the resources of a describe. Raises BrokenSource."""
    value = document.require_value()
    given = value.get(_RESOURCES) if isinstance(value, dict) else None
    if not isinstance(given, dict):
        raise document.error("no describe of an ADF service: it has no object named Resources")
    names = options.resources or tuple(given)
    for name in names:
        if name not in given:
            reason = f"there is no resource {name!r}: must be one of {', '.join(given)}"
            raise document.error(reason, _RESOURCES)
    reader = _Reader(document, is_whole=_is_whole(value))
    resources = [reader.resource(name, given[name], (_RESOURCES, name)) for name in sorted(names)]
    is_named = options.resources or len(names) == 1
    citation = Citation(
        f"describe-{'-'.join(sorted(names))}" if is_named else "describe",
        f"Describe of {', '.join(sorted(names))}",
    )
    return draft_of(document, options, resources, citation, reader.omitted)


def _is_whole(value: Mapping[str, Any]) -> bool:
    """Return whether a describe has all attributes: CRM On Demand gives them page by page."""
    context = value.get("_contextInfo")
    return not (isinstance(context, dict) and context.get("lastpage") is False)


class _Reader:
    """Reads resources, and collects what is omitted."""

    def __init__(self, document: SourceDocument, *, is_whole: bool) -> None:
        self._document = document
        self._is_whole = is_whole
        self.omitted: list[Omitted] = []
        if not is_whole:
            reason = "it is one page of several: unknown attributes are not refused"
            self.omitted.append(Omitted("/_contextInfo/lastpage", reason))

    def resource(self, name: str, given: Any, path: Path, above: str = "") -> Resource:
        """Return a resource with its children."""
        if not isinstance(given, dict):
            raise self._document.error(f"the resource {name} must be an object", *path)
        attributes = given.get("attributes", [])
        if not isinstance(attributes, list):
            raise self._document.error("attributes must be an array", *path, "attributes")
        url = f"{above}/{name}"
        key = f"{name}Id"
        inner = f"{url}/{{{key}}}/child"
        children = given.get("children", {})
        found = tuple(self._attributes(attributes, (*path, "attributes")))
        return Resource(
            name,
            found,
            title=_text(given.get("title")),
            children=tuple(
                self.resource(each, children[each], (*path, "children", each), inner)
                for each in (sorted(children) if isinstance(children, dict) else ())
            ),
            path=url,
            key=key,
            refuses_unknown=self._is_whole,
            operations=OPERATIONS if found else (),
            list_in="items",
            media_types=_MEDIA_TYPES,
        )

    def _attributes(self, given: list[Any], path: Path) -> Iterator[Attribute]:
        seen: set[str] = set()
        for index, each in enumerate(given):
            at = (*path, index)
            name = each.get("name") if isinstance(each, dict) else None
            if not isinstance(name, str) or not name:
                raise self._document.error("an attribute must be an object with a name", *at)
            if name in seen:
                raise self._document.error(f"the attribute {name} is there twice", *at)
            seen.add(name)
            yield self._attribute(name, each, at)

    def _attribute(self, name: str, given: Mapping[str, Any], path: Path) -> Attribute:
        mandatory = given.get("mandatory") is True
        create, update = _accepted(given)
        schema = nullable(self._value(given, path), unless=mandatory)
        if title := _text(given.get("title")):
            schema = {"title": title, **schema}
        default = _default(given)
        is_defaulted = bool(default) or given.get("hasDefaultValueExpression") is True
        evidence = {} if create == update else {"not": Evidence("stated", _ON_CREATE)}
        if mandatory and create and is_defaulted:
            evidence["type"] = Evidence("stated", _DEFAULTED)
        return Attribute(
            name,
            {**schema, **default},
            required=mandatory and create and not is_defaulted,
            create=create,
            update=update,
            evidence=evidence,
        )

    def _value(self, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """Return the schema of a value, {} for a type that is not known."""
        kind = str(given.get("type", "")).lower()
        length = self._size(given, "maxLength", path)
        precision = self._size(given, "precision", path)
        if kind == "string":
            return string(length or precision)
        if kind in ("integer", "long", "int"):
            return integer(precision)
        if kind in ("number", "decimal", "double", "float"):
            return number(precision, self._size(given, "scale", path))
        if kind == "boolean":
            return {"type": "boolean"}
        if kind == "date":
            return {"type": "string", "format": "date"}
        if kind in _DATE_TIMES:
            return {"type": "string", "format": "date-time"}
        if kind in ("array", "object"):
            return {"type": kind}
        reason = f"the type {given.get('type')!r} is not known"
        self.omitted.append(Omitted(pointer_of(path), reason))
        return unspecified(reason)

    def _size(self, given: Mapping[str, Any], word: str, path: Path) -> int | None:
        """Return a length or a number of digits, None where it is 0 or not given."""
        value = given.get(word)
        if value is None or value == "":
            return None
        found = whole_number(value)
        if found is None:
            reason = f"{word} must be a whole number, not {value!r}"
            raise self._document.error(reason, *path, word)
        return found or None


def _default(given: Mapping[str, Any]) -> dict[str, Any]:
    value = given.get("defaultValue")
    return {} if value is None or value == "" else {"default": value}


def _accepted(given: Mapping[str, Any]) -> tuple[bool, bool]:
    """Return whether a create accepts an attribute, and whether an update does."""
    changes = str(given.get("allowChanges", "always" if given.get("updatable", True) else "never"))
    if given.get("updatable") is False or changes.lower() == "never":
        return False, False
    return True, changes.lower() != "oncreate"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
