"""A schema of draft 2020-12 written as draft 7, which editors and older tools read."""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import FieldboundError, child_schemas, pointer_of

#: Keywords that apply other schemas to the same value.
_IN_PLACE: Final = frozenset(
    "$ref allOf anyOf oneOf not if then else dependentSchemas dependentRequired".split()
)
_CLOSERS: Final = {
    "unevaluatedProperties": "additionalProperties",
    "unevaluatedItems": "items",  # of 2020-12, which are those after prefixItems
}
#: Formats that draft 7 does not define, as patterns.
_PATTERNS: Final = {"uuid": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"}
_UNDEFINED: Final = ("duration",)
_DROPPED: Final = ("deprecated", "contentSchema")


def as_draft_7(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a schema as draft 7 has it; its references are to its own definitions.

    Raises FieldboundError for what the draft cannot say, in the contract of that *name*.
    """
    made: dict[str, Any] = _written(schema, name, ())
    return made


def _written(schema: Any, name: str, tokens: tuple[str, ...]) -> Any:
    if not isinstance(schema, dict):
        return schema
    found = {keyword: each for keyword, each in schema.items() if keyword not in _DROPPED}
    for at, child in child_schemas(schema):
        if at[0] in found:
            made = _written(child, name, (*tokens, *at))
            if len(at) == 1:
                found[at[0]] = made
                continue
            if found[at[0]] is schema[at[0]]:
                found[at[0]] = found[at[0]].copy()
            found[at[0]][int(at[1]) if isinstance(found[at[0]], list) else at[1]] = made
    _close(found, name, tokens)
    _contain(found, name, tokens)
    _items(found)
    _depend(found)
    _format(found)
    if "$defs" in found:
        found["definitions"] = found.pop("$defs")
    return _refer(found)


def _refuse(keyword: str, name: str, tokens: tuple[str, ...]) -> FieldboundError:
    at = pointer_of((*tokens, keyword))
    return FieldboundError(f"{name}: draft 7 has nothing like {keyword}, which is at {at}")


def _close(found: dict[str, Any], name: str, tokens: tuple[str, ...]) -> None:
    """Write unevaluated properties and items as additional ones, where these are the same."""
    for keyword, same in _CLOSERS.items():
        if keyword not in found:
            continue
        if found[keyword] in (True, {}):
            del found[keyword]
        elif _IN_PLACE.isdisjoint(found) and not (same == "items" and "contains" in found):
            found.setdefault(same, found.pop(keyword))
        else:  # what is evaluated elsewhere is not known here
            raise _refuse(keyword, name, tokens)


def _contain(found: dict[str, Any], name: str, tokens: tuple[str, ...]) -> None:
    if "contains" not in found:
        found.pop("minContains", None)
        found.pop("maxContains", None)
    if "maxContains" in found:
        raise _refuse("maxContains", name, tokens)
    least = found.pop("minContains", 1)
    if least == 0:
        found.pop("contains", None)
    elif least != 1:
        raise _refuse("minContains", name, tokens)


def _items(found: dict[str, Any]) -> None:
    if "prefixItems" in found:
        if "items" in found:
            found["additionalItems"] = found.pop("items")
        found["items"] = found.pop("prefixItems")


def _depend(found: dict[str, Any]) -> None:
    required, schemas = found.pop("dependentRequired", {}), found.pop("dependentSchemas", {})
    if not required and not schemas:
        return
    both = {
        each: {"allOf": [{"required": required[each]}, schemas[each]]}
        for each in required
        if each in schemas
    }
    found["dependencies"] = {**required, **schemas, **both}


def _format(found: dict[str, Any]) -> None:
    name = found.get("format")
    if name in _PATTERNS:
        del found["format"]
        found["allOf"] = [*found.get("allOf", ()), {"pattern": _PATTERNS[str(name)]}]
    elif name in _UNDEFINED:
        del found["format"]
        found["$comment"] = " ".join(filter(None, [found.get("$comment"), f"format: {name}"]))


def _refer(found: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose reference has nothing beside it: draft 7 ignores that."""
    if isinstance(found.get("$ref"), str):
        reference = {"$ref": found["$ref"].replace("#/$defs/", "#/definitions/", 1)}
        rest = {keyword: each for keyword, each in found.items() if keyword != "$ref"}
        return {**rest, "allOf": [reference, *rest.get("allOf", ())]} if rest else reference
    return found
