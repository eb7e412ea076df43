"""The parameters of an operation by location, with those that its security schemes need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from .node import SpecNode
from .objects import Objects, found_value, not_checked
from .parts import Operation, ParameterObject

#: Header parameters that OpenAPI ignores: other fields of a document say what they may be.
_IGNORED_HEADERS: Final = frozenset(("accept", "content-type", "authorization"))
#: Marks a header parameter that is meant, although OpenAPI ignores its name.
ENFORCED: Final = "x-enforced"

_Key = tuple[str, str]  # location and name, that of a header in lower case


class Parameters(NamedTuple):
    """The parameters of an operation *by_location*; *unread* is why some are not among them."""

    by_location: dict[str, list[ParameterObject]]
    unread: tuple[str, ...]


def parameters_of(objects: Objects, root: SpecNode, operation: Operation) -> Parameters:
    """Return the parameters of an operation.

    Those of the path item come first, then those of the operation, which override them. Where one
    list declares a parameter twice, both declarations hold.
    """
    found: dict[_Key, ParameterObject] = {}
    unread: list[str] = []
    for holder in (*reversed(operation.path_items), operation.node):
        own: dict[_Key, ParameterObject] = {}
        for _, each in objects.members(holder, "parameters", "parameter"):
            node = objects.find(each, "parameter")
            if node is not None and "name" not in found_value(node):
                unread += not_checked(node)
            elif node is not None and not is_ignored(node):
                parameter = make_parameter(node.value["name"], node)
                _add(own, str(node.value.get("in")), parameter)
        found |= own
    for location, credential in _credentials(objects, root, operation):
        _add(found, location, credential)
    by_location: dict[str, list[ParameterObject]] = {}
    for (location, _), parameter in found.items():
        by_location.setdefault(location, []).append(parameter)
    if unread:  # any of the query may be one of them
        by_location.setdefault("query", [])
    return Parameters(by_location, tuple(dict.fromkeys(unread)))


def headers_of(objects: Objects, holder: SpecNode) -> tuple[ParameterObject, ...]:
    """Return the headers of a response or part, but Content-Type, which others document."""
    found: dict[_Key, ParameterObject] = {}
    for name, each in objects.members(holder, "headers", "header"):
        node = objects.find(each, "header")
        is_meant = name.lower() != "content-type" or _is_enforced(node)
        if node is not None and is_meant:
            _add(found, "header", make_parameter(name, node))
    return tuple(found.values())


def is_ignored(node: SpecNode) -> bool:
    """Return whether OpenAPI ignores a Parameter Object, and nothing marks it as enforced."""
    is_header = node.value.get("in") == "header"
    name = node.value.get("name")
    is_named = isinstance(name, str) and name.lower() in _IGNORED_HEADERS
    return is_header and is_named and not _is_enforced(node)


def _is_enforced(node: SpecNode | None) -> bool:
    return node is not None and found_value(node).get(ENFORCED) is True


def make_parameter(name: str, node: SpecNode) -> ParameterObject:
    """Return a Parameter Object or Header Object with its name."""
    return ParameterObject(name, node, found_value(node).get("required") is True)


def _add(found: dict[_Key, ParameterObject], location: str, parameter: ParameterObject) -> None:
    """Add a parameter, or one more declaration of it."""
    key = (location, parameter.name.lower() if location == "header" else parameter.name)
    known = found.get(key)
    if known is None:
        found[key] = parameter
    elif parameter.secret:  # a security scheme says nothing of the value
        found[key] = known._replace(secret=True)
    else:
        found[key] = known.merged(parameter)


def _credentials(
    objects: Objects, root: SpecNode, operation: Operation
) -> Iterator[tuple[str, ParameterObject]]:
    """Yield the parameters that the security requirements of an operation need.

    One that is part of every alternative is required.
    """
    security = operation.node.get("security") or root.get("security")
    schemes = {
        name: objects.find(node, "security scheme")
        for name, node in objects.members(root.get("components"), "securitySchemes", "map")
    }
    alternatives = [
        {
            key: scheme
            for name, _ in requirement.children()
            if (scheme := schemes.get(name)) and (key := _credential_parameter(scheme))
        }
        for _, requirement in (security.children() if security else ())
    ]
    for key in dict.fromkeys(key for each in alternatives for key in each):
        scheme = next(each[key] for each in alternatives if key in each)
        is_required = all(key in each for each in alternatives)
        yield key[0], ParameterObject(key[1], scheme, is_required, secret=True)


def _credential_parameter(scheme: SpecNode) -> tuple[str, str] | None:
    """Return location and name of the parameter of a security scheme, or None for other kinds."""
    value: dict[str, Any] = found_value(scheme)
    kind, name = value.get("type"), value.get("name")
    if kind == "apiKey" and isinstance(name, str):
        return str(value.get("in")), name
    return ("header", "Authorization") if kind in ("http", "oauth2", "openIdConnect") else None
