"""The parameters that the security requirements of an operation need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from .node import SpecNode
from .objects import Objects, found_value, not_checked
from .parts import Operation, ParameterObject

_KIND: Final = "security scheme"
#: The types of a security scheme, and the header that carries the credential of each.
_HEADERS: Final = {
    "http": "Authorization",
    "oauth2": "Authorization",
    "openIdConnect": "Authorization",
    "mutualTLS": None,
}
_LOCATIONS: Final = ("query", "header", "cookie")
#: From this version on, a requirement may name a scheme by a reference.
_WITH_REFERENCES: Final = "3.2"

_Key = tuple[str, str]  # location and name


class Credentials(NamedTuple):
    """Parameters with their locations; *unread* is why some are not among them."""

    parameters: list[tuple[str, ParameterObject]]
    unread: tuple[str, ...]


def credentials_of(objects: Objects, root: SpecNode, operation: Operation) -> Credentials:
    """Return the parameters that the security requirements of an operation need.

    One that is part of every alternative is required.
    """
    security = operation.node.get("security") or root.get("security")
    unread: list[str] = []
    alternatives = [
        dict(_credentials(objects, root, requirement, unread))
        for _, requirement in (security.children() if security else ())
    ]
    schemes: dict[_Key, SpecNode] = {}
    for key, scheme in (each for alternative in alternatives for each in alternative.items()):
        schemes.setdefault(key, scheme)
    found = []
    for (location, name), scheme in schemes.items():
        is_required = all((location, name) in each for each in alternatives)
        found.append((location, ParameterObject(name, scheme, is_required, secret=True)))
    return Credentials(found, tuple(dict.fromkeys(unread)))


def _credentials(
    objects: Objects, root: SpecNode, requirement: SpecNode, unread: list[str]
) -> Iterator[tuple[_Key, SpecNode]]:
    """Yield the parameters of one requirement, each with its scheme; add what is not read."""
    if not isinstance(requirement.value, dict):
        unread.append(objects.refuse(requirement, "a security requirement must be an object"))
        return
    for name, node in requirement.children():
        scheme = _scheme(objects, root, name, node)
        if scheme is None:
            reason = f"there is no security scheme {name!r} in components/securitySchemes"
            unread.append(objects.refuse(node, reason))
        elif reasons := not_checked(scheme):
            unread += reasons
        elif error := _error(found_value(scheme)):
            unread.append(objects.refuse(scheme, error))
        elif key := _parameter(found_value(scheme)):
            yield key, scheme


def _scheme(objects: Objects, root: SpecNode, name: str, node: SpecNode) -> SpecNode | None:
    """Return the security scheme of a name, or in OpenAPI 3.2 at a reference."""
    declared = objects.whole(root.get("components"), "securitySchemes", "map")
    scheme = declared and declared.get(name)
    version = str(found_value(root).get("openapi"))
    is_reference = version.startswith(_WITH_REFERENCES) and ("#" in name or "/" in name)
    if scheme is None and is_reference:
        scheme = node._replace(value={"$ref": name})
    return objects.find(scheme, _KIND)


def _error(scheme: dict[str, Any]) -> str | None:
    """Return what is wrong in a security scheme, or None."""
    kind = scheme.get("type")
    if kind == "apiKey":
        is_named = isinstance(scheme.get("name"), str) and scheme.get("in") in _LOCATIONS
        locations = ", ".join(_LOCATIONS)
        return None if is_named else f"an apiKey must have a name, and in: one of {locations}"
    if isinstance(kind, str) and kind in _HEADERS:
        return None
    types = ", ".join(("apiKey", *_HEADERS))
    return f"the type of a security scheme must be one of {types}, not {kind!r}"


def _parameter(scheme: dict[str, Any]) -> _Key | None:
    """Return location and name of the parameter of a security scheme, or None without one."""
    if scheme["type"] == "apiKey":
        return scheme["in"], scheme["name"]
    header = _HEADERS[scheme["type"]]
    return None if header is None else ("header", header)
