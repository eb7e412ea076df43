"""Overrides: contracts with other limits than those documented, as the configuration says.

The schema is copied along the way to the value of each limit, so that no other use of the same
subschema changes; but a schema that refers to its own root refers to the changed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from fieldbound.config import Override
from fieldbound.model import (
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    NOT_CHECKED,
    SCHEMA_KEYWORDS,
    BrokenContract,
    Limit,
    Node,
    SchemaRegistry,
    citation,
    closest_name,
    resolve_uri,
    to_json,
    tokens_of,
)
from fieldbound.validation import BESIDE_REF, Contract, checker_of

#: Keywords whose subschemas apply to the same value, whatever it is.
_IN_PLACE: Final = frozenset(("allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas"))
#: Keywords whose subschemas apply to values that a pointer has `*` for.
_ANY: Final = frozenset(
    "patternProperties additionalProperties unevaluatedProperties items additionalItems "
    "unevaluatedItems".split()
)
#: Keywords that name a subschema, and may do so once.
_NAMES: Final = ("$id", "id", "$anchor", "$dynamicAnchor", "$schema")
#: The limits that are written as `not` beside a mark.
_DIRECTIONS: Final = frozenset(("readOnly", "writeOnly"))
_Edit = Callable[[dict[str, Any]], None]


def with_overrides(contract: Contract, overrides: Iterable[Override]) -> Contract:
    """Return a contract with the overrides that name it; itself if none does.

    Raises BrokenConfig for an override of a limit that the contract does not have, where there is
    no value at its pointer, or whose value is none for its keyword.
    """
    for each in overrides:
        if each.contract == contract.name:
            contract = _overridden(contract, each)
    return contract


def _overridden(contract: Contract, override: Override) -> Contract:
    documented = [each for each in contract.limits if each.id == override.id]
    if override.removed and not documented:
        raise override.broken(f"there is no limit {override.id}{_closest(contract, override.id)}")
    compiled = checker_of(contract).compiled
    references = SchemaRegistry(compiled.schema, compiled.uri, compiled.resources)
    editor = _Editor(override, documented)
    tokens, name = tokens_of(override.pointer), None
    if override.keyword == "required":
        tokens, name = tokens[:-1], tokens[-1] if tokens else ""
    copier = _Copier(references, editor.edit(name))
    schema = copier.copy(references.root, tokens)
    if not editor.count and not override.removed:
        copier = _Copier(references, editor.add(name))
        schema = copier.copy(references.root, tokens)
    if not editor.count:
        raise override.broken(f"{contract.name} has no value at {override.pointer or 'its root'}")
    schema = editor.explained(schema)
    try:
        return Contract(
            schema,
            name=contract.name,
            resources=compiled.resources,
            formats=compiled.formats,  # type: ignore[arg-type]
        )
    except BrokenContract as error:
        raise override.broken(f"the contract is invalid with it: {error}") from None


def _closest(contract: Contract, wanted: str) -> str:
    meant = closest_name(wanted, [each.id for each in contract.limits])
    return f"; did you mean {meant}?" if meant else ""


class _Editor:
    """Changes one limit where it is written, and says so there; *count* is how often."""

    def __init__(self, override: Override, documented: Iterable[Limit]) -> None:
        self._override = override
        self._documented = next(iter(documented), None)
        self.count = 0

    def edit(self, name: str | None) -> _Edit:
        """Return a function that changes the limit in a subschema that has it."""
        keyword = self._override.keyword

        def change(schema: dict[str, Any]) -> None:
            if name is not None:
                if name in schema.get("required", ()):
                    self._require(schema, name)
            elif keyword in _DIRECTIONS:
                if schema.get(keyword) is True and schema.get("not") == {}:
                    self._set(schema, "not", keyword)
            elif keyword in schema:
                self._set(schema, keyword, keyword)

        return change

    def add(self, name: str | None) -> _Edit:
        """Return a function that adds the limit to the first subschema of the value."""
        keyword = self._override.keyword

        def change(schema: dict[str, Any]) -> None:
            if self.count:
                return
            if name is not None:
                self._require(schema, name)
            elif keyword in _DIRECTIONS:
                schema[keyword] = True
                self._set(schema, "not", keyword)
            else:
                self._set(schema, keyword, keyword)

        return change

    def explained(self, schema: Any) -> Any:
        """Return the whole schema with the override among its sources."""
        override = self._override
        source = {"title": f"override in {override.file}", "read": override.date}
        return {**schema, "x-sources": {**schema.get("x-sources", {}), _key(override): source}}

    def _require(self, schema: dict[str, Any], name: str) -> None:
        self.count += 1
        names = [each for each in schema.get("required", ()) if each != name]
        names += [] if self._override.removed else [name]
        schema.pop("required", None)
        if names:
            schema["required"] = names
        self._cite(schema, f"required/{name}")

    def _set(self, schema: dict[str, Any], key: str, keyword: str) -> None:
        self.count += 1
        if self._override.removed:
            del schema[key]
            schema.pop(keyword, None)
        else:
            schema[key] = {} if keyword in _DIRECTIONS else self._override.value
        self._cite(schema, keyword)

    def _cite(self, schema: dict[str, Any], keyword: str) -> None:
        """Say in a subschema that its limit is overridden: as its evidence, or as not checked."""
        override, note = self._override, self._override.note
        if override.removed:
            reason = f"{keyword} is removed in {override.file}; {self._documented_as()}"
            reason += f": {note}" if note else ""
            schema[NOT_CHECKED] = [*schema.get(NOT_CHECKED, ()), reason]
            return
        own = schema.get("x-source", [])
        text = f"overridden here; {self._documented_as()}" + (f": {note}" if note else "")
        evidence = {"of": [keyword], "says": override.says, "from": [_key(override)], "note": text}
        schema["x-source"] = [evidence, *(own if isinstance(own, list) else [own])]

    def _documented_as(self) -> str:
        if self._documented is None:
            return "not documented"
        source = citation(self._documented, address=False)
        return f"documented {to_json(self._documented.value)}" + (f", {source}" if source else "")


def _key(override: Override) -> str:
    return f"override of {override.pointer}:{override.keyword}"


class _Copier:
    """Copies a schema along the ways to a pointer, and edits what is at it."""

    def __init__(self, references: SchemaRegistry, edit: _Edit) -> None:
        self._references = references
        self._edit = edit
        self._above: list[str] = []

    def copy(self, node: Node, tokens: tuple[str, ...], uses: tuple[Any, ...] = ()) -> Any:
        """Return a copy of a schema with absolute references, in which the value is edited."""
        schema = node.schema
        if not isinstance(schema, dict) or self._above.count(node.location) > 1:
            return schema
        self._above.append(node.location)
        is_root = node is self._references.root
        found = dict(schema) if is_root else self._absolute(node)
        if uses:
            found["x-source"] = _merged(uses, found.get("x-source"))
        for path, child, rest in self._ways(node, tokens):
            holder = found
            for token in path[:-1]:
                copied = holder[token]
                copied = list(copied) if isinstance(copied, list) else dict(copied)
                holder[token] = holder = copied  # type: ignore[assignment]
            last: Any = int(path[-1]) if isinstance(holder, list) else path[-1]
            holder[last] = self.copy(child, rest)
        refers = isinstance(schema.get("$ref"), str)
        if not tokens and not (refers and (node.draft or not schema.keys() - BESIDE_REF)):
            self._edit(found)
        if refers:
            found = self._with_target(node, found, tokens)
        self._above.pop()
        return found

    def _with_target(
        self, node: Node, found: dict[str, Any], tokens: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return a schema with a copy of what it refers to in place of the reference."""
        target = self._references.resolve(node, node.schema["$ref"])
        own = found.get("x-source")
        copied = self.copy(target, tokens, () if own is None else (own,))
        rest = {key: each for key, each in found.items() if key != "$ref"}
        if node.draft or not isinstance(copied, dict) or not rest.keys() - {"x-source"}:
            return copied if isinstance(copied, dict) else {**rest, "allOf": [copied]}
        return {**rest, "allOf": [copied, *rest.get("allOf", ())]}

    def _ways(
        self, node: Node, tokens: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], Node, tuple[str, ...]]]:
        """Yield the subschemas on the way: path, subschema, and the rest of the pointer."""
        if node.draft and "$ref" in node.schema:
            return
        for keyword, part in node.schema.items():
            inner = self._references.child(node, keyword)
            if keyword in _IN_PLACE:
                for path in _paths(keyword, part):
                    yield path, self._at(inner, path[1:]), tokens
            elif tokens and keyword in ("properties", "prefixItems", "items"):
                is_named = isinstance(part, list) or keyword == "properties"
                if is_named and _has(part, tokens[0]):
                    path = (keyword, tokens[0])
                    yield path, self._at(inner, path[1:]), tokens[1:]
            if tokens and tokens[0] == "*" and keyword in _ANY and not isinstance(part, list):
                for path in _paths(keyword, part):
                    yield path, self._at(inner, path[1:]), tokens[1:]

    def _at(self, node: Node, path: tuple[str, ...]) -> Node:
        return self._references.child(node, path[0]) if path else node

    def _absolute(self, node: Node) -> dict[str, Any]:
        """Return a copy of a subschema that means the same elsewhere: its references absolute."""
        found = self._relocated(node)
        return {key: each for key, each in found.items() if key not in _NAMES}

    def _relocated(self, node: Node) -> Any:
        if not isinstance(node.schema, dict):
            return node.schema
        found: dict[str, Any] = {}
        for keyword, part in node.schema.items():
            if keyword == "$ref" and isinstance(part, str):
                found[keyword] = resolve_uri(node.uri, part)
            elif keyword in MAP_KEYWORDS and isinstance(part, dict):
                inner = self._references.child(node, keyword)
                found[keyword] = {
                    name: self._relocated(self._references.child(inner, name)) for name in part
                }
            elif keyword in LIST_KEYWORDS and isinstance(part, list):
                inner = self._references.child(node, keyword)
                found[keyword] = [
                    self._relocated(self._references.child(inner, index))
                    for index in range(len(part))
                ]
            elif keyword in SCHEMA_KEYWORDS and isinstance(part, dict):
                found[keyword] = self._relocated(self._references.child(node, keyword))
            else:
                found[keyword] = part
        return found


def _paths(keyword: str, part: Any) -> list[tuple[str, ...]]:
    if keyword in MAP_KEYWORDS and isinstance(part, dict):
        return [(keyword, name) for name in part]
    if isinstance(part, list):
        return [(keyword, str(index)) for index in range(len(part))]
    return [(keyword,)] if isinstance(part, dict) else []


def _has(part: Any, token: str) -> bool:
    if isinstance(part, list):
        return token.isdecimal() and int(token) < len(part)
    return isinstance(part, dict) and token in part


def _merged(uses: tuple[Any, ...], own: Any) -> list[Any]:
    """Return the `x-source` of a schema after those of the references to it, the outer first."""
    found: list[Any] = []
    for each in (*uses, own):
        entries = each if isinstance(each, list) else [] if each is None else [each]
        found += entries
        if any(isinstance(entry, Mapping) and "of" not in entry for entry in entries):
            break  # it is of all limits: what follows is never asked
    return found
