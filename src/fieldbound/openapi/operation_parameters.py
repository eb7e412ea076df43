"""The parameters of an operation by location, with those that its security schemes need."""

from __future__ import annotations

from typing import Final, NamedTuple

from .node import SpecNode
from .objects import Objects, found_value, not_checked
from .parts import Operation, ParameterObject
from .security import credentials_of

#: Header parameters that OpenAPI ignores: other fields of a document say what they may be.
_IGNORED_HEADERS: Final = frozenset(("accept", "content-type", "authorization"))
#: Marks a header parameter that is meant, although OpenAPI ignores its name.
ENFORCED: Final = "x-enforced"

_Key = tuple[str, str]  # location and name, that of a header in lower case


class Parameters(NamedTuple):
    """The parameters of an operation *by_location*; *unread* is why some are not among them.

    It has the reasons for each location whose names are then not all known.
    """

    by_location: dict[str, list[ParameterObject]]
    unread: dict[str, tuple[str, ...]]


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
    credentials = credentials_of(objects, root, operation)
    for location, credential in credentials.parameters:
        _add(found, location, credential)
    by_location: dict[str, list[ParameterObject]] = {}
    for (location, _), parameter in found.items():
        by_location.setdefault(location, []).append(parameter)
    reasons = {"query": (*unread, *credentials.unread), "path": tuple(unread)}
    if reasons["query"]:  # any of the query may be one of them
        by_location.setdefault("query", [])
    return Parameters(by_location, {at: tuple(dict.fromkeys(why)) for at, why in reasons.items()})


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
