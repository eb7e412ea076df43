"""A contract's schema for other tools: one document, without extensions, of draft 2020-12 or 7."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.model import (
    FieldboundError,
    Node,
    SchemaRegistry,
    child_schemas,
    pointer_of,
    put_subschema,
    resolve_uri,
)
from fieldbound.validation import FORMATS, KEYWORDS, OPENAPI_FORMATS, Contract, base_uri, checker_of

from .draft_7 import as_draft_7

DRAFTS: Final = ("2020-12", "7")
_META_SCHEMAS: Final = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "7": "http://json-schema.org/draft-07/schema#",
}
#: Keywords that name places, which one document without references elsewhere does not need, and
#: those of OpenAPI, which limit nothing.
_DROPPED: Final = frozenset(
    "$schema $id id $anchor $dynamicAnchor $recursiveAnchor $vocabulary $defs definitions "
    "$dynamicRef $recursiveRef discriminator xml externalDocs example".split()
)
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_FORMATS_LOST: Final = "Formats are limits: have your validator assert them."
_ANY_CASE_LOST: Final = "Names match in any case, which JSON Schema cannot say: send them as here."
_CONTENT_LOST: Final = "contentEncoding and contentMediaType are limits: check them yourself."


def plain_schema(contract: Contract, draft: str = "2020-12") -> dict[str, Any]:
    """Return the schema of a contract as one document without extensions, of a draft of `DRAFTS`.

    What is lost by that is in its `$comment`. Raises FieldboundError for what the draft cannot say.
    """
    made = _Plain(contract).schema()
    if draft == "7":
        made = as_draft_7(made, contract.name)
    return {"$schema": _META_SCHEMAS[draft], "title": contract.name, **made}


class _Plain:
    """Makes the schema: what is referred to becomes a definition, under a short name."""

    def __init__(self, contract: Contract) -> None:
        schema = contract.schema
        uri = base_uri(schema, contract.name)
        self._name = contract.name
        self._registry = SchemaRegistry(schema, uri, checker_of(contract).compiled.resources or {})
        self._names: dict[tuple[str, tuple[str, ...]], str] = {}
        self._pending: list[tuple[str, Node]] = []
        self._lost: dict[str, None] = {}
        for pointer, reason in contract.unspecified.items():
            self._lost[f"Not documented: {pointer or 'all of it'} ({reason})."] = None
        for pointer, reason in contract.not_checked.items():
            self._lost[f"Not checked: {pointer or 'all of it'} ({reason})."] = None

    def schema(self) -> dict[str, Any]:
        """Return the schema, with its definitions."""
        root = self._registry.root
        while isinstance(root.schema, dict) and isinstance(root.schema.get("$ref"), str):
            if not root.schema.keys() <= _DROPPED | {"$ref", "title", "$comment", "x-sources"}:
                break
            root = self._target(root, root.schema["$ref"])
            if _place(root) in self._names:
                raise FieldboundError(f"{self._name}: circular $ref")
            self._names[_place(root)] = "#"
        self._names[_place(root)] = "#"
        made = self._plain(root)
        definitions: dict[str, Any] = {}
        while self._pending:
            name, node = self._pending.pop()
            definitions[name] = self._plain(node)
        whole = made if isinstance(made, dict) else {} if made else {"not": {}}
        comment = " ".join([*self._lost, *filter(None, [whole.pop("$comment", "")])])
        whole.pop("title", None)
        return {
            **({"$comment": comment} if comment else {}),
            **whole,
            **({"$defs": dict(sorted(definitions.items()))} if definitions else {}),
        }

    def _plain(self, node: Node) -> Any:
        schema = node.schema
        if not isinstance(schema, dict):
            return schema
        if node.draft and isinstance(schema.get("$ref"), str):
            return {"$ref": self._reference(node, schema["$ref"])}
        found = {each: schema[each] for each in schema if each in KEYWORDS - _DROPPED}
        for at, _ in child_schemas(schema):
            holder = self._registry.child(node, at[0]) if len(at) > 1 else node
            plain = self._plain(self._registry.child(holder, at[-1]))
            if at[0] in found:
                put_subschema(found, schema, at, plain)
        _rename(found)
        for keyword in _REFERENCES:
            if isinstance(schema.get(keyword), str):
                found["$ref"] = self._reference(node, schema[keyword], keyword)
        self._note(found, schema, node.draft)
        return found

    def _reference(self, node: Node, reference: str, keyword: str = "$ref") -> str:
        if "json-schema.org/" in resolve_uri(node.uri, reference):
            return reference
        target = self._target(node, reference)
        marks = target.schema if isinstance(target.schema, dict) else {}
        if keyword != "$ref" and ("$dynamicAnchor" in marks or marks.get("$recursiveAnchor")):
            at = pointer_of((*node.tokens, keyword))
            raise FieldboundError(f"{self._name}: {keyword} at {at} depends on who refers to it")
        name = self._names.get(_place(target))
        if name is None:
            name = self._names[_place(target)] = f"#/$defs/{self._unused_name(target)}"
            self._pending.append((name.rpartition("/")[2], target))
        return name

    def _target(self, node: Node, reference: str) -> Node:
        try:
            return self._registry.resolve(node, reference)
        except (KeyError, IndexError, TypeError, ValueError):
            raise FieldboundError(f"{self._name}: unresolved $ref {reference!r}") from None

    def _unused_name(self, node: Node) -> str:
        """Return a short name: that of the schema where it has one, else that of its file."""
        words = node.tokens or (node.uri.rpartition("/")[2].partition(".")[0],)
        name = "".join(char if char.isalnum() else "-" for char in words[-1]).strip("-") or "schema"
        used = {each.rpartition("/")[2] for each in self._names.values()}
        return next(each for each in _numbered(name) if each not in used)

    def _note(self, found: dict[str, Any], schema: Mapping[str, Any], draft: int) -> None:
        """Note what is lost: in the schema itself, or once for all of it."""
        name = found.get("format")
        if isinstance(name, str) and name not in FORMATS:
            del found["format"]
            if name in OPENAPI_FORMATS:  # what it limits is written out
                return
            found["$comment"] = " ".join(filter(None, [found.get("$comment"), f"format: {name}"]))
        elif name is not None:
            self._lost[_FORMATS_LOST] = None
        if schema.get("x-any-case"):
            self._lost[_ANY_CASE_LOST] = None
        if draft and ("contentEncoding" in schema or "contentMediaType" in schema):
            self._lost[_CONTENT_LOST] = None


def _place(node: Node) -> tuple[str, tuple[str, ...]]:
    return node.uri, node.tokens


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def _rename(found: dict[str, Any]) -> None:
    """Write the keywords of older drafts as 2020-12 has them."""
    if isinstance(found.get("items"), list):
        found["prefixItems"] = found.pop("items")
        if "additionalItems" in found:
            found["items"] = found["additionalItems"]
    found.pop("additionalItems", None)
    for name, each in found.pop("dependencies", {}).items():
        keyword = "dependentRequired" if isinstance(each, list) else "dependentSchemas"
        found[keyword] = {**found.get(keyword, {}), name: each}
    for exclusive, bound in _BOUNDS.items():
        if isinstance(found.get(exclusive), bool):
            is_exclusive = found.pop(exclusive)
            if is_exclusive and bound in found:
                found[exclusive] = found.pop(bound)
