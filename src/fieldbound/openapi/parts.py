"""What an operation consists of: the operation itself, its parameters, and its parts."""

from __future__ import annotations

from typing import Final, NamedTuple

from .node import SpecNode

#: The locations of parameters ("in"), and the part of an operation for each.
PARAMETER_PARTS: Final = {
    "header": "request.headers",
    "query": "request.query",
    "path": "request.path",
    "cookie": "request.cookies",
}
#: What begins the name of an operation of a webhook or a callback, which the vendor calls.
WEBHOOK: Final = "webhook/"


class ParameterObject(NamedTuple):
    """A Parameter Object or Header Object, or the parameter that a security scheme needs.

    It is *secret* where a security scheme says that it carries a credential. *others* are further
    declarations of the same one, which all hold.
    """

    name: str
    node: SpecNode
    required: bool
    secret: bool = False
    others: tuple[SpecNode, ...] = ()

    @property
    def schema(self) -> SpecNode | None:
        """The schema of the value: its own, or that of its media type."""
        return _schema_of(self.node)

    @property
    def schemas(self) -> tuple[SpecNode, ...]:
        """The schemas of all declarations."""
        found = [_schema_of(node) for node in (self.node, *self.others)]
        return tuple(schema for schema in found if schema is not None)

    def merged(self, other: ParameterObject) -> ParameterObject:
        """Return this parameter with another declaration of it, which holds as well."""
        first, second = (self, other) if self.required or not other.required else (other, self)
        others = (*first.others, second.node, *second.others)
        secret = self.secret or other.secret
        return ParameterObject(self.name, first.node, first.required, secret, others)


def _schema_of(node: SpecNode) -> SpecNode | None:
    own = node.get("schema")
    return own or next((each.get("schema") for _, each in node.children("content")), None)


class OperationPart(NamedTuple):
    """A part of an operation that is a contract: the schema of a body, or parameters.

    *not_checked* has the reasons why some of it cannot be read; names that are not documented may
    then be those of what could not be.
    """

    name: str  # "" for the request body, "request.headers", "response.201", …
    body: SpecNode | None = None
    parameters: tuple[ParameterObject, ...] = ()
    not_checked: tuple[str, ...] = ()

    @property
    def is_request(self) -> bool:
        """Whether this is part of the request."""
        return not self.name.startswith("response")


class Operation(NamedTuple):
    """An Operation Object, with method, path and servers where the vendor documents them.

    *path_items* are the Path Item Objects it is in: one, or several that refer to each other.
    """

    node: SpecNode
    path_items: tuple[SpecNode, ...] = ()
    method: str = ""
    path: str = ""
    servers: tuple[str, ...] = ()

    @property
    def fallback_name(self) -> str:
        """The name of an operation without operationId."""
        return f"{self.method} {self.path}"
