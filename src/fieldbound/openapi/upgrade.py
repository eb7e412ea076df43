"""OpenAPI schemas rewritten as JSON Schema 2020-12 schemas with the same meaning.

OpenAPI 3.0 differs in `nullable`, in boolean `exclusiveMinimum` and `exclusiveMaximum`, and in
ignoring what is beside a `$ref`. In all versions, a `discriminator` selects by the value of a
property which of several schemas applies.
"""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import Node, percent_decoded, resolve_uri, schema_members

from .node import METHODS, PointerTokens

_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_PATH_ITEM_FIELDS: Final = frozenset((*METHODS, "parameters", "servers"))
_ALTERNATIVES: Final = ("oneOf", "anyOf")


def to_2020_12(document: Any) -> None:
    """Rewrite every schema of an OpenAPI 3.0 document, in place, as one of 2020-12."""
    pending = [(document, False)]
    while pending:
        part, is_map = pending.pop()
        if isinstance(part, dict) and not is_map:
            _upgrade(part)
        for _, child, child_is_map in schema_members(part, is_map=is_map):
            if isinstance(child, (dict, list)):
                pending.append((child, child_is_map))


def _upgrade(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("$ref"), str) and len(schema) > 1:
        if _PATH_ITEM_FIELDS.isdisjoint(schema):  # a path item may have other fields beside $ref
            for keyword in schema.keys() - {"$ref"}:
                del schema[keyword]
        return
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    for exclusive, bound in _BOUNDS.items():
        if isinstance(schema.get(exclusive), bool):
            is_exclusive = schema.pop(exclusive)
            if is_exclusive and bound in schema:
                schema[exclusive] = schema.pop(bound)


def apply_discriminator(
    copy: dict[str, Any], schema: dict[str, Any], uri: str, tokens: PointerTokens
) -> dict[str, Any]:
    """Return the *copy* of a schema with its discriminator written as limits.

    Each alternative of oneOf or anyOf then requires the property values that select it.
    """
    discriminator = schema.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if not isinstance(name, str):
        return copy
    for keyword in _ALTERNATIVES:
        alternatives = copy.get(keyword)
        if isinstance(alternatives, list):
            selected = [
                _selected(each, name, discriminator, Node(each, uri, (*tokens, keyword, str(i))))
                for i, each in enumerate(alternatives)
            ]
            copy = {**copy, keyword: selected}
    return copy


def _selected(alternative: Any, name: str, discriminator: Any, node: Node) -> Any:
    """Return an alternative that requires the property values that select it."""
    if not isinstance(alternative, dict) or alternative.keys() != {"$ref"}:
        return alternative
    reference = alternative["$ref"]
    mapping = discriminator.get("mapping")
    schema_name = percent_decoded(reference).rpartition("/")[2].partition(".")[0]
    values = [
        value
        for value, target in (mapping.items() if isinstance(mapping, dict) else ())
        if isinstance(target, str)
        and (
            resolve_uri(node.uri, target) == resolve_uri(node.uri, reference)
            or target == schema_name
        )
    ]
    values += [schema_name] if schema_name not in values else []
    source = {"at": node.location}
    return {
        **alternative,
        "properties": {name: {"enum": values, "x-source": {"of": "enum", **source}}},
        "required": [name],
        "x-source": {"of": f"required/{name}", **source},
    }
