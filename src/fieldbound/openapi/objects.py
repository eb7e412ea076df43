"""The objects of an OpenAPI document and of the files it refers to, each read as its kind.

A `$ref` is followed wherever an object, or a list or map of objects, may stand. In a document of
somebody else's, what cannot be read is replaced by an object that accepts everything and says why
it is not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

from fieldbound.model import NOT_CHECKED, BrokenContract

from .node import METHODS, PointerTokens, SpecNode
from .structure import STYLES, field_errors, structure_error

_ANYTHING: Final = "*/*"


class Resolver(Protocol):
    """The files that a document and its references are in."""

    def resolve(self, node: SpecNode, reference: str) -> SpecNode:
        """Return the target of a reference in a node. Raises BrokenContract if unresolved."""

    def error_at(self, node: SpecNode, reason: str) -> BrokenContract:
        """Return the exception for an error at a node."""

    def replace(self, node: SpecNode, value: Any) -> None:
        """Replace the value at a node, as long as the files are in memory."""

    def upgrade(self, schema: SpecNode) -> None:
        """Rewrite a schema of OpenAPI 3.0, in place, as one of JSON Schema 2020-12."""


class Objects:
    """Finds objects by their kind. Raises BrokenContract unless it is *lenient*."""

    def __init__(self, resolver: Resolver, *, lenient: bool) -> None:
        self._resolver = resolver
        self._lenient = lenient
        #: What could not be read, in the order of its finding.
        self.errors: list[BrokenContract] = []
        self._unread: set[tuple[str, PointerTokens]] = set()

    def error(self, node: SpecNode, reason: str) -> BrokenContract:
        """Return the exception for an error at a node."""
        return self._resolver.error_at(node, reason)

    def refuse(self, node: SpecNode, reason: str) -> str:
        """Raise the error at a node, or if lenient, return why something is not checked."""
        error = self.error(node, reason)
        if not self._lenient:
            raise error
        return str(error)

    def is_unread(self, node: SpecNode) -> bool:
        """Return whether an object, or one that it is in, stands for one that cannot be read."""
        uri, tokens = node.uri, node.tokens
        return any((uri, tokens[:length]) in self._unread for length in range(len(tokens) + 1))

    def find(self, node: SpecNode | None, kind: str) -> SpecNode | None:
        """Return the object of a kind at a node, with references resolved."""
        return self.chain(node, kind)[-1] if node is not None else None

    def chain(self, node: SpecNode, kind: str) -> list[SpecNode]:
        """Return the objects on the way from a node to where its references end."""
        try:
            found = self._follow(node, kind)
            self._check(node, found[-1], kind)
        except BrokenContract as error:
            if not self._lenient:
                raise
            self.errors.append(error)
            self._unread.add((node.uri, node.tokens))
            value = _placeholder(kind, found_value(node), str(error))
            self._resolver.replace(node, value)
            return [node._replace(value=value)]
        return [*found[:-1], self._without_errors(found[-1], kind)]

    def schema(self, holder: SpecNode | None) -> SpecNode | None:
        """Return the schema of an object, if it has one."""
        found = holder.get("schema") if holder is not None else None
        if found is not None:
            self._resolver.upgrade(found)
        return found

    def target(self, node: SpecNode | None) -> SpecNode | None:
        """Return where the references of a node end, or None where they are broken."""
        try:
            return node and self._follow(node, "schema")[-1]
        except BrokenContract:
            return None  # reported with the schema that has the reference

    def members(self, holder: SpecNode | None, field: str, kind: str) -> Iterator[Any]:
        """Yield token and node of each object in a list or map, which may be a $ref itself."""
        found = self.whole(holder, field, kind)
        if found is not None:
            yield from found.children()

    def whole(self, holder: SpecNode | None, field: str, kind: str) -> SpecNode | None:
        """Return a list or map of objects, which may be a $ref."""
        found = holder.get(field) if holder is not None else None
        is_elsewhere = found is not None and _is_reference(found)
        return self.find(found, f"{kind} list") if is_elsewhere else found

    def _follow(self, node: SpecNode, kind: str) -> list[SpecNode]:
        found, seen = [node], set[tuple[str, PointerTokens]]()
        while _is_reference(found[-1]):
            last = found[-1]
            if (last.uri, last.tokens) in seen:
                raise self.error(node.get("$ref") or node, "circular $ref")
            seen.add((last.uri, last.tokens))
            found.append(self._resolver.resolve(last, last.value["$ref"]))
        if len(found) > 1 and (reason := _wrong_target(found, kind)):
            raise self.error(node.get("$ref") or node, reason)
        return found

    def _check(self, node: SpecNode, found: SpecNode, kind: str) -> None:
        is_placeholder = NOT_CHECKED in found_value(found)
        error = None if is_placeholder else structure_error(kind, found.value)
        if error is None:
            return
        reason, key = error
        if key is None and found is not node:
            reason = f"the $ref target is not a {kind}: {reason}"
            raise self.error(node.get("$ref") or node, reason)
        raise self.error((key and found.get(key)) or found, reason)

    def _without_errors(self, node: SpecNode, kind: str) -> SpecNode:
        """Return an object without the fields that are not of their type."""
        errors = dict(field_errors(kind, node.value))
        if not errors:
            return node
        messages = []
        for field, reason in errors.items():
            error = self.error(node.get(field) or node, reason)
            if not self._lenient:
                raise error
            self.errors.append(error)
            messages.append(str(error))
        value = {key: each for key, each in node.value.items() if key not in errors}
        value.update(_field_placeholders(errors, messages))
        value[NOT_CHECKED] = [*node.value.get(NOT_CHECKED, ()), *messages]
        self._resolver.replace(node, value)
        return node._replace(value=value)


def found_value(node: SpecNode) -> dict[str, Any]:
    """Return the value of a node that is an object; {} for any other."""
    return node.value if isinstance(node.value, dict) else {}


def not_checked(*nodes: SpecNode | None) -> tuple[str, ...]:
    """Return the reasons why something of these objects is not checked."""
    reasons = [each for node in nodes if node for each in found_value(node).get(NOT_CHECKED, ())]
    return tuple(dict.fromkeys(map(str, reasons)))


def _is_reference(node: SpecNode) -> bool:
    return isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str)


def _wrong_target(found: list[SpecNode], kind: str) -> str | None:
    """Return why references cannot lead to an object of a kind, by where they end."""
    *nodes, target = found
    is_list = kind.endswith(" list")
    holder = target.tokens[-1:] if is_list else target.tokens[-2:-1]
    if kind != "schema" and holder == ("schemas",):
        return f"the $ref target is {'schemas' if is_list else 'a schema'}, but must be a {kind}"
    holds_it = any(
        (each.uri, each.tokens[: len(target.tokens)]) == (target.uri, target.tokens)
        for each in nodes
    )
    return f"the $ref target is not a {kind}: it holds the $ref" if is_list and holds_it else None


# -- what stands for an object that cannot be read -----------------------------------------------


def _placeholder(kind: str, value: dict[str, Any], reason: str) -> Any:
    """Return an object of a kind that accepts everything, for the given reason."""
    unread = {NOT_CHECKED: [reason]}
    media_type = {"schema": unread}
    content = {_ANYTHING: media_type}
    if kind == "parameter":
        name, location = value.get("name"), value.get("in")
        if isinstance(name, str) and isinstance(location, str) and location in STYLES:
            is_required = value.get("required") is True
            return {"name": name, "in": location, "required": is_required, "schema": unread}
        return unread
    whole: dict[str, Any] = {
        "header": media_type,
        "media type": media_type,
        "media type list": content,
        "request body": {"content": content},
        "response": {"content": content},
        "response list": {"default": {"content": content}},
        "parameter list": [unread],
        "operation": _unread_operation(content, unread),
        "path item": dict.fromkeys(METHODS, _unread_operation(content, unread)),
    }
    return whole.get(kind, {} if kind.endswith(" list") else unread)


def _unread_operation(content: dict[str, Any], unread: dict[str, Any]) -> dict[str, Any]:
    return {
        "parameters": [unread],
        "requestBody": {"content": content},
        "responses": {"default": {"content": content}},
        **unread,
    }


def _field_placeholders(errors: dict[str, str], messages: list[str]) -> dict[str, Any]:
    lists = {"parameters": "parameter list", "content": "media type list"}
    return {
        field: _placeholder(lists[field], {}, message)
        for field, message in zip(errors, messages, strict=True)
        if field in lists
    }
