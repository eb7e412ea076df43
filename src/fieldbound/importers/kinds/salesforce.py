"""Describe documents of Salesforce: the fields of an sObject, of `…/sobjects/NAME/describe`.

Documented in "REST API Developer Guide", sObject Describe, and in "SOAP API Developer Guide",
DescribeSObjectResult.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.draft import Omitted
from fieldbound.importers.folder import Citation, draft_of
from fieldbound.importers.resources import Attribute, Evidence, Resource
from fieldbound.importers.values import (
    integer,
    nullable,
    number,
    one_of,
    string,
    unspecified,
    whole_number,
)

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

_STRINGS: Final = frozenset(
    "id string email phone url textarea picklist multipicklist combobox reference encryptedstring "
    "datacategorygroupreference".split()
)
_NUMBERS: Final = frozenset(("double", "currency", "percent"))
#: Texts of which a describe states neither a length nor a format.
_UNMEASURED: Final = {
    "base64": "a describe does not limit the size of a binary value in characters",
    "datetime": "the format is not asserted: the service writes offsets without a colon",
    "time": "the format is not asserted: a describe does not state it",
}
_OBJECTS: Final = frozenset(("address", "location", "complexvalue"))
_BY_KEY: Final = Evidence("inferred", "A related record by a key of its own, in place of its id.")
_RECORD_TYPE: Final = Evidence("inferred", "The type of the record and its address.")


def matches(document: SourceDocument) -> bool:
    """Return whether a document is the describe of an sObject."""
    if b'"fields"' not in document.data or b'"createable"' not in document.data:
        return False
    value = document.value
    return isinstance(value, dict) and isinstance(value.get("fields"), list) and "name" in value


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the sObject of a describe. Raises BrokenSource."""
    value = document.require_value()
    if not isinstance(value, dict) or not isinstance(value.get("fields"), list):
        raise document.error("no describe of an sObject: it has no array named fields")
    name = value.get("name")
    if not isinstance(name, str) or not name:
        raise document.error("the describe does not name its sObject: name must be a string")
    if options.resources and options.resources != (name,):
        raise document.error(f"the describe is of {name}, not of {', '.join(options.resources)}")
    reader = _Reader(document)
    attributes = (*reader.attributes(value["fields"]), _record_type())
    urls = value.get("urls")
    path = urls.get("sobject") if isinstance(urls, dict) else None
    resource = Resource(
        name,
        attributes,
        title=_text(value.get("label")),
        path=path if isinstance(path, str) and path.startswith("/") else f"/sobjects/{name}",
        key="Id",
        operations=tuple(_operations(value)),
        answered=("get",),
    )
    return draft_of(
        document,
        options,
        (resource,),
        Citation(f"describe-{name}", f"Describe of {name}"),
        reader.omitted,
    )


def _operations(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield what can be done with a record."""
    if value.get("createable") is not False:
        yield "create"
    yield "get"
    if value.get("updateable") is not False:
        yield "update"


def _record_type() -> Attribute:
    return Attribute("attributes", {"type": "object"}, default_evidence=_RECORD_TYPE)


class _Reader:
    """Reads fields, and collects what is omitted, by the reason."""

    def __init__(self, document: SourceDocument) -> None:
        self._document = document
        self._omitted: dict[str, list[str]] = {}

    @property
    def omitted(self) -> tuple[Omitted, ...]:
        """What no limit was made of: the fields, and the reason."""
        return tuple(Omitted(", ".join(names), why) for why, names in self._omitted.items())

    def _omit(self, name: str, reason: str) -> None:
        self._omitted.setdefault(reason, []).append(name)

    def attributes(self, fields: list[Any]) -> Iterator[Attribute]:
        """Yield the attributes of some fields."""
        seen = {"attributes"}
        for index, each in enumerate(fields):
            name = each.get("name") if isinstance(each, dict) else None
            if not isinstance(name, str) or not name:
                raise self._document.error("a field must be an object with a name", "fields", index)
            if name in seen:
                raise self._document.error(f"the field {name} is there twice", "fields", index)
            seen.add(name)
            yield self._attribute(name, each, index)
            related = each.get("relationshipName")
            if isinstance(related, str) and related and related not in seen:
                seen.add(related)
                yield Attribute(
                    related,
                    {"type": ["object", "null"]},
                    create=each.get("createable") is True,
                    update=each.get("updateable") is True,
                    default_evidence=_BY_KEY,
                )

    def _attribute(self, name: str, given: Mapping[str, Any], index: int) -> Attribute:
        nillable = given.get("nillable") is not False
        create, update = given.get("createable") is True, given.get("updateable") is True
        value, answer = self._value(name, given, index)
        label = {"title": given["label"]} if _text(given.get("label")) else {}
        default = given.get("defaultValue")
        annotations = {} if default is None else {"default": default}
        required = create and not nillable and given.get("defaultedOnCreate") is not True
        if required and _text(given.get("relationshipName")):
            self._omit(name, "required, but a create may name the related record by another key")
            required = False
        return Attribute(
            name,
            {**label, **nullable(value, unless=not nillable), **annotations},
            required=required,
            create=create,
            update=update,
            evidence=self._evidence(given, value, create),
            response_schema=None if answer is None else {**label, **nullable(answer)},
        )

    def _evidence(
        self, given: Mapping[str, Any], value: Mapping[str, Any], create: bool
    ) -> dict[str, Evidence]:
        found = {}
        size = whole_number(given.get("byteLength"))
        if size and "maxLength" in value and size < 4 * value["maxLength"]:  # bytes of a character
            found["maxLength"] = Evidence("stated", f"At most {size} bytes as well: not checked.")
        if create != (given.get("updateable") is True):
            word = "createable" if create else "updateable"
            found["not"] = Evidence("stated", f"{word} alone.")
        return found

    def _value(
        self, name: str, given: Mapping[str, Any], index: int
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Return the schema of a value, and that in an answer where it is another."""
        kind = str(given.get("type", "")).lower()
        if kind in _STRINGS:
            text = string(self._length(given, index))
            values = self._choices(name, given, index, kind)
            return (one_of(values), text) if values else (text, None)
        if kind in ("int", "long"):
            return integer(self._size(given, "digits", index)), None
        if kind in _NUMBERS:
            precision = self._size(given, "precision", index)
            return number(precision, self._size(given, "scale", index)), None
        if kind == "boolean":
            return {"type": "boolean"}, None
        if kind == "date":
            return {"type": "string", "format": "date"}, None
        if kind in _OBJECTS:
            return {"type": "object"}, None
        if kind in _UNMEASURED:
            self._omit(name, _UNMEASURED[kind])
            return {"type": "string"}, None
        reason = f"the type {given.get('type')!r} is not known"
        self._omit(name, reason)
        return unspecified(reason), None

    def _choices(self, name: str, given: Mapping[str, Any], index: int, kind: str) -> list[str]:
        """Return the values of a restricted picklist, none for any other."""
        if given.get("restrictedPicklist") is not True:
            return []
        values = given.get("picklistValues")
        if not isinstance(values, list):
            raise self._document.error("picklistValues must be an array", "fields", index)
        if kind == "multipicklist":
            self._omit(name, "restricted, but several values are joined by semicolons")
            return []
        active = [each for each in values if isinstance(each, dict) and each.get("active", True)]
        return sorted(str(each["value"]) for each in active if each.get("value") is not None)

    def _length(self, given: Mapping[str, Any], index: int) -> int | None:
        """Return the most characters: no more than the bytes, for each has one at least."""
        sizes = (self._size(given, "length", index), self._size(given, "byteLength", index))
        return min(filter(None, sizes), default=None)

    def _size(self, given: Mapping[str, Any], word: str, index: int) -> int | None:
        """Return a length or a number of digits, None where it is 0 or not given."""
        value = given.get(word)
        found = whole_number(value)
        if value is not None and found is None:
            reason = f"{word} must be a whole number, not {value!r}"
            raise self._document.error(reason, "fields", index, word)
        return found or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
