"""Annotations of CSDL XML: each term, and its value where that is a constant."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from fieldbound.importers.csdl.aliases import Aliases
from fieldbound.importers.csdl.model import DYNAMIC
from fieldbound.importers.csdl.xml_tree import Element

#: Constants that are text, and paths to properties, which name them.
_TEXTS: Final = frozenset(
    "String Date DateTimeOffset Duration Guid TimeOfDay Binary PropertyPath "
    "NavigationPropertyPath AnnotationPath EnumMember".split()
)
_NUMBERS: Final = frozenset(("Int", "Float", "Decimal"))
#: The value of an annotation may have annotations itself; they are beside it by such a name.
SEPARATOR: Final = "@"


def annotations_in(element: Element, aliases: Aliases) -> Mapping[str, Any]:
    """Return the annotations among the children of an element, by the full names of their terms.

    An annotation of an annotation is there as well, by both names with an @ between them.
    """
    found: dict[str, Any] = {}
    for each in element.all("Annotation"):
        if each.get("Qualifier") is None and (term := each.get("Term")):
            name = aliases.full(term)
            found[name] = _value(each)
            for inner, value in annotations_in(each, aliases).items():
                found[f"{name}{SEPARATOR}{inner}"] = value
    return found


def _value(element: Element) -> Any:
    """Return the value of an annotation or of a property of a record: true if it has none."""
    for name, text in element.attributes.items():
        if name not in ("Term", "Property", "Qualifier") and " " not in name:
            return _constant(name, text)
    values = [each for each in element.children if each.name not in ("Annotation", "Annotations")]
    return _expression(values[0]) if values else True


def _expression(element: Element) -> Any:
    if element.name == "Collection":
        return [_expression(each) for each in element.children if each.name != "Annotation"]
    if element.name == "Record":
        values = element.all("PropertyValue")
        return {each.get("Property") or "": _value(each) for each in values}
    if element.name == "Null":
        return None
    return _constant(element.name, element.text)


def _constant(kind: str, text: str) -> Any:
    if kind == "Bool":
        return text.strip().lower() in ("true", "1")
    if kind in _NUMBERS:
        return number_of(text)
    return text if kind in _TEXTS else DYNAMIC


def number_of(text: str) -> Any:
    """Return the number that a text is, an integer where it is whole; DYNAMIC if it is none."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return DYNAMIC
    if not number.is_finite() or abs(number.adjusted()) > 300:  # noqa: PLR2004 - of JSON
        return DYNAMIC
    return int(number) if number == number.to_integral_value() else float(number)
