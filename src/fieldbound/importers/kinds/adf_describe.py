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
_LISTED: Final = "The values are those of the list of values in the describe."
#: Where a list of values has them, if it has them at all.
_VALUES: Final = ("values", "items")
_SCALARS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
}
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
        lists = children if isinstance(children, dict) else {}
        found = tuple(self._attributes(attributes, (*path, "attributes"), lists))
        return Resource(
            name,
            found,
            title=_text(given.get("title")),
            children=tuple(
                self.resource(each, children[each], (*path, "children", each), inner)
                for each in sorted(lists)
                if not _is_list(lists[each])
            ),
            path=url,
            key=key,
            refuses_unknown=self._is_whole,
            operations=OPERATIONS if found else (),
            list_in="items",
            media_types=_MEDIA_TYPES,
        )

    def _attributes(
        self, given: list[Any], path: Path, lists: Mapping[str, Any]
    ) -> Iterator[Attribute]:
        seen: set[str] = set()
        for index, each in enumerate(given):
            at = (*path, index)
            name = each.get("name") if isinstance(each, dict) else None
            if not isinstance(name, str) or not name:
                raise self._document.error("an attribute must be an object with a name", *at)
            if name in seen:
                raise self._document.error(f"the attribute {name} is there twice", *at)
            seen.add(name)
            yield self._attribute(name, each, at, lists)

    def _attribute(
        self, name: str, given: Mapping[str, Any], path: Path, lists: Mapping[str, Any]
    ) -> Attribute:
        mandatory = given.get("mandatory") is True
        create, update = _accepted(given)
        value, evidence = _with_choices(self._value(given, path), name, given.get("lov"), lists)
        schema = nullable(value, unless=mandatory)
        if title := _text(given.get("title")):
            schema = {"title": title, **schema}
        default = _default(given)
        is_defaulted = bool(default) or given.get("hasDefaultValueExpression") is True
        if create != update:
            evidence["not"] = Evidence("stated", _ON_CREATE)
        if mandatory and create and is_defaulted:
            notes = [each.note for word, each in evidence.items() if word == "type" and each.note]
            evidence["type"] = Evidence("stated", " ".join([_DEFAULTED, *notes]))
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


def _with_choices(
    schema: dict[str, Any], name: str, lov: Any, lists: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Evidence]]:
    """Return the schema of an attribute with the values of its list, and the evidence for them.

    Where the list is elsewhere, a note says so.
    """
    if not lov:
        return schema, {}
    given = lov if isinstance(lov, dict) else {"values": lov}
    listed = str(given.get("childRef") or "").lstrip("#")
    found = _values_of(name, given, schema) or _values_of(
        name, {**given, **_object(lists.get(listed))}, schema
    )
    if found:
        kept = {word: each for word, each in schema.items() if word in ("type", "format")}
        return {**kept, "enum": found}, {"enum": Evidence("inferred", _LISTED)}
    where = f" {listed}" if listed else ""
    note = f"A list of values{where} is elsewhere: its values are not in the describe."
    return schema, {"type": Evidence("stated", note)} if "type" in schema else {}


def _values_of(name: str, lov: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Any]:
    """Return the values of a list, if each is known: those that are stored, not those displayed."""
    rows: list[Any] = next((lov[each] for each in _VALUES if isinstance(lov.get(each), list)), [])
    pairs = lov.get("attributeMap")
    sources = [
        str(each.get("source"))
        for each in (pairs if isinstance(pairs, list) else ())
        if isinstance(each, dict) and each.get("target") == name
    ]
    keys = [*sources, "value"]
    found = [
        next((row[each] for each in keys if each in row), None) if isinstance(row, dict) else row
        for row in rows
    ]
    of_type = _SCALARS.get(str(schema.get("type")), ())
    is_known = all(isinstance(each, of_type) and not isinstance(each, bool) for each in found)
    return list(dict.fromkeys(found)) if is_known else []


def _is_list(child: Any) -> bool:
    """Return whether a child is not a resource, but the values of a list."""
    has_values = any(isinstance(_object(child).get(each), list) for each in _VALUES)
    return has_values and "attributes" not in child


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


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
