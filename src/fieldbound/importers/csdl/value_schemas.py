"""The JSON Schemas of properties: their types with facets, and what annotations limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fieldbound.algebra import is_pattern
from fieldbound.importers.csdl.json_forms import primitive
from fieldbound.importers.csdl.model import (
    DYNAMIC,
    MAX_DEPTH,
    Csdl,
    EnumType,
    Facets,
    Property,
    TypeDefinition,
    Where,
)
from fieldbound.importers.csdl.rights import COMMON, CORE, SetRights, rights
from fieldbound.importers.draft import Omitted
from fieldbound.importers.values import nullable, one_of, unspecified

VALIDATION: Final = "Org.OData.Validation.V1"
#: Terms of the vocabulary that limit values, and are limits of a contract.
_HANDLED: Final = ("Minimum", "Maximum", "Exclusive", "Pattern", "AllowedValues", "MultipleOf")
_HANDLED_ITEMS: Final = {"MinItems": "minItems", "MaxItems": "maxItems"}
#: More properties within properties than this are in no document: types that contain each other.
_MAX_INNER: Final = 50_000
_MAX_NESTED: Final = 16
_NO_RIGHTS: Final = SetRights(True, True, frozenset(), frozenset(), frozenset())


class ValueSchemas:
    """Makes schemas, and collects what is omitted."""

    def __init__(self, csdl: Csdl) -> None:
        self._csdl = csdl
        self._inner = 0
        self.omitted: list[Omitted] = []

    def schema(
        self, given: Property, annotations: Mapping[str, Any], place: str, above: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return the schema of a property, which is within the types *above*."""
        item = self._type(given.type, given.facets, given.where, place, above)
        if given.is_collection:
            allowed = self._limited(item, annotations, place)
            items = nullable(allowed, unless=not given.nullable)
            return {"type": "array", "items": items, **_sizes(annotations)}
        found = nullable(self._limited(item, annotations, place), unless=not given.nullable)
        if given.default is not None:
            found |= self._default(given, found, place)
        return found

    def titles(self, annotations: Mapping[str, Any]) -> dict[str, Any]:
        """Return the title and the description that annotations give."""
        label = annotations.get(f"{COMMON}.Label", annotations.get("sap:label"))
        about = annotations.get(f"{CORE}.Description", annotations.get("sap:quickinfo"))
        pairs = (("title", label), ("description", about))
        return {name: text for name, text in pairs if isinstance(text, str) and text.strip()}

    def omit(self, place: str, reason: str) -> None:
        """Note what no limit is made of."""
        self.omitted.append(Omitted(place, reason))

    # -- types -------------------------------------------------------------------------------

    def _type(
        self, name: str, facets: Facets, where: Where, place: str, above: tuple[str, ...]
    ) -> dict[str, Any]:
        if name.startswith("Edm."):
            found = primitive(name, facets, self._csdl.version)
            if "x-unspecified" in found:
                self.omit(place, found["x-unspecified"])
            return found
        type_ = self._csdl.types.get(name)
        if type_ is None:
            reason = f"the type {name} is not in the document"
            self.omit(place, reason)
            return unspecified(reason)
        if isinstance(type_, EnumType):
            return self._enum(type_, place)
        if isinstance(type_, TypeDefinition):
            if not type_.underlying.startswith("Edm.") or len(above) > MAX_DEPTH:
                raise self._csdl.error(f"{name} must be of a primitive type", where)
            joined = _joined(type_.facets, facets)
            inner = self._type(type_.underlying, joined, where, place, above)
            return self._limited(inner, self._csdl.annotations_of(type_.annotations, name), place)
        return self._object(name, where, place, above)

    def _enum(self, type_: EnumType, place: str) -> dict[str, Any]:
        if self._csdl.version != 4:  # noqa: PLR2004 - of OData
            reason = "an enumeration before OData 4: whether it is a name or a number is not said"
            self.omit(place, reason)
            return unspecified(reason)
        names = [each for each in type_.members if each.isidentifier()]
        if not names or len(names) != len(type_.members):
            reason = f"the members of {type_.name} are no names"
            self.omit(place, reason)
            return unspecified(reason)
        if not type_.is_flags:
            return one_of(names)
        one = f"({'|'.join(names)})"
        return {"type": "string", "pattern": f"^(-?[0-9]+|{one}(, ?{one})*)$"}

    def _object(
        self, name: str, where: Where, place: str, above: tuple[str, ...]
    ) -> dict[str, Any]:
        if name in above or len(above) > _MAX_NESTED:
            self.omit(place, f"the type {name} contains itself: not checked from there on")
            return {"type": "object"}
        properties: dict[str, Any] = {}
        for type_ in self._csdl.lineage(name, where):
            for each in type_.properties:
                self._inner += 1
                if self._inner > _MAX_INNER:
                    reason = "its complex types have too many properties within each other"
                    raise self._csdl.error(reason, where)
                properties[each.name] = self._member(each, type_.name, place, (*above, name))
        return {"type": "object", "properties": dict(sorted(properties.items()))}

    def _member(
        self, given: Property, owner: str, place: str, above: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return the schema of a property of a complex type."""
        annotations = self._csdl.annotations_of(given.annotations, f"{owner}/{given.name}")
        schema = self.schema(given, annotations, f"{place}/{given.name}", above)
        found = rights(given.name, annotations, _NO_RIGHTS)
        if not (found.create or found.update):
            schema["readOnly"] = True
        elif not found.response:
            schema["writeOnly"] = True
        return self.titles(annotations) | schema

    # -- annotations -------------------------------------------------------------------------

    def _limited(
        self, schema: dict[str, Any], annotations: Mapping[str, Any], place: str
    ) -> dict[str, Any]:
        """Return a schema with the limits of the vocabulary Validation, and of SAP, in it."""
        found = dict(schema)
        types = found.get("type")
        is_number = types in ("integer", "number") or types == ["number", "string"]
        for term, value in annotations.items():
            word = term.removeprefix(f"{VALIDATION}.")
            if word == term or "@" in term or word in _HANDLED_ITEMS:
                continue
            if value is DYNAMIC or word not in _HANDLED:
                self.omit(place, f"{word} is not made a limit")
            elif word in ("Minimum", "Maximum") and is_number and _is_number(value):
                _narrow(found, word, value, annotations.get(f"{term}@{VALIDATION}.Exclusive"))
            elif word == "Pattern" and types == "string" and isinstance(value, str):
                self._pattern(found, value, place)
            elif word == "AllowedValues" and (values := _allowed(value)):
                found = _without_bounds(found)
                found["enum"] = [each for each in found.get("enum", values) if each in values]
            elif word == "MultipleOf" and is_number and _is_number(value) and value > 0:
                found["multipleOf"] = value
            else:
                self.omit(place, f"{word} {value!r} cannot be a limit of {_kind(found)}")
        if annotations.get("sap:display-format") == "NonNegative":
            self._not_negative(found)
        return found

    def _pattern(self, found: dict[str, Any], value: str, place: str) -> None:
        if "pattern" in found:
            self.omit(place, f"Pattern {value!r}: the type has a pattern already")
        elif not is_pattern(value):
            self.omit(place, f"Pattern {value!r} is no pattern of ECMA-262")
        else:
            found["pattern"] = value

    def _not_negative(self, found: dict[str, Any]) -> None:
        """Limit what SAP stores without a sign: a string is one of digits."""
        if found.get("type") == "integer":
            found["minimum"] = max(0, found.get("minimum", 0))
        elif found.get("type") == "string" and "pattern" not in found:
            found["pattern"] = "^[0-9]*$"

    def _default(self, given: Property, schema: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Return the default value as JSON has it, nothing where that is not known."""
        value = given.default
        types = schema.get("type")
        words = types if isinstance(types, list) else [types]
        if not isinstance(value, str):
            return {"default": value}
        if "boolean" in words and value.lower() in ("true", "false"):
            return {"default": value.lower() == "true"}
        if "integer" in words and value.strip().lstrip("-").isdecimal():
            return {"default": int(value)} if len(value) < _MAX_NESTED + 4 else {}
        if "number" in words and _decimal(value) is not None:
            return {"default": _decimal(value)}
        if "string" in words and value in schema.get("enum", (value,)):
            return {"default": value}
        self.omit(place, f"the default {value!r} is none of its type")
        return {}


def _joined(first: Facets, second: Facets) -> Facets:
    """Return the facets of a type definition, and of the property those that it leaves open."""

    def one(a: Any, b: Any) -> Any:
        return b if a is None else a

    return Facets(
        one(first.max_length, second.max_length),
        one(first.precision, second.precision),
        one(first.scale, second.scale),
        first.unicode and second.unicode,
    )


def _sizes(annotations: Mapping[str, Any]) -> dict[str, int]:
    found = {}
    for term, word in _HANDLED_ITEMS.items():
        value = annotations.get(f"{VALIDATION}.{term}")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            found[word] = value
    return found


def _narrow(found: dict[str, Any], word: str, value: Any, exclusive: Any) -> None:
    """Put a bound into a schema, where it is tighter than that of the type."""
    key, other = word.lower(), f"exclusive{word}"
    is_tighter = max if word == "Minimum" else min
    known = found.get(key)
    if exclusive is True:
        if known is None or is_tighter(known, value) == value:
            found.pop(key, None)
            found[other] = value
    elif known is None or is_tighter(known, value) == value:
        found[key] = value


def _allowed(value: Any) -> list[Any]:
    """Return the allowed values, none if one of them is not a constant."""
    given = value if isinstance(value, list) else []
    found = [each.get("Value") for each in given if isinstance(each, dict)]
    is_constant = len(found) == len(given) and all(
        isinstance(each, (str, int, float, bool)) for each in found
    )
    return list(dict.fromkeys(found)) if is_constant else []


def _without_bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without the bounds of its type: a list of values says more."""
    return {name: value for name, value in schema.items() if name not in ("minimum", "maximum")}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _decimal(value: str) -> Any:
    from fieldbound.importers.csdl.annotation_xml import number_of

    number = number_of(value)
    return None if number is DYNAMIC else number


def _kind(schema: Mapping[str, Any]) -> str:
    types = schema.get("type", "a value of unknown type")
    return " or ".join(types) if isinstance(types, list) else str(types)
