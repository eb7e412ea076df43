"""A schema as OpenAPI means it goes in; one that means the same to JSON Schema 2020-12 comes out.

OpenAPI 3.0 writes some things in its own way: `nullable`, bounds that are excluded by true or
false, and a `$ref` beside which nothing counts. In all versions a `discriminator` tells by the
value of an attribute which of several schemas is meant.
"""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import Node, percent_decoded, resolve_uri, schema_members

from .operations import METHODS

_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_NO_SCHEMA: Final = frozenset((*METHODS, "parameters", "servers"))
_BRANCHED: Final = ("oneOf", "anyOf")


def to_2020_12(whole: Any) -> None:
    """Change every schema of an OpenAPI 3.0 document, in place, to say the same in 2020-12."""
    waiting = [(whole, False)]
    while waiting:
        part, is_named = waiting.pop()
        if isinstance(part, dict) and not is_named:
            _changed(part)
        for _, child, inner in schema_members(part, is_named=is_named):
            if isinstance(child, (dict, list)):
                waiting.append((child, inner))


def _changed(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("$ref"), str) and len(schema) > 1:
        if _NO_SCHEMA.isdisjoint(schema):  # else it is the item of a path
            for keyword in schema.keys() - {"$ref"}:
                del schema[keyword]
        return
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    for exclusive, bound in _BOUNDS.items():
        if isinstance(schema.get(exclusive), bool):
            is_so = schema.pop(exclusive)
            if is_so and bound in schema:
                schema[exclusive] = schema.pop(bound)


def chosen(copy: dict[str, Any], schema: dict[str, Any], uri: str, at: Any) -> dict[str, Any]:
    """Return the *copy* of a schema at a path in a file, its discriminator written as limits.

    Each alternative then demands the values of the attribute by which it is meant.
    """
    said = schema.get("discriminator")
    name = said.get("propertyName") if isinstance(said, dict) else None
    if not isinstance(name, str):
        return copy
    for keyword in _BRANCHED:
        branches = copy.get(keyword)
        if isinstance(branches, list):
            meant = [
                _meant(each, name, said, Node(each, uri, (*at, keyword, str(index))))
                for index, each in enumerate(branches)
            ]
            copy = {**copy, keyword: meant}
    return copy


def _meant(branch: Any, name: str, said: Any, node: Node) -> Any:
    """Return an alternative that demands the values by which it is meant."""
    if not isinstance(branch, dict) or branch.keys() != {"$ref"}:
        return branch
    reference = branch["$ref"]
    mapping = said.get("mapping")
    last = percent_decoded(reference).rpartition("/")[2].partition(".")[0]
    values = [
        value
        for value, target in (mapping.items() if isinstance(mapping, dict) else ())
        if isinstance(target, str)
        and (resolve_uri(node.uri, target) == resolve_uri(node.uri, reference) or target == last)
    ]
    values += [last] if last not in values else []
    written = {"at": node.location}
    tag = {"enum": values, "x-source": {"of": "enum", **written}}
    return {
        **branch,
        "properties": {name: tag},
        "required": [name],
        "x-source": {"of": f"required/{name}", **written},
    }
