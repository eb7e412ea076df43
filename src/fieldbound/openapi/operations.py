"""Operations of an OpenAPI document, and the parts of each that are contracts."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from fieldbound.model import OPERATIONS_WITHOUT_PATH, BrokenContract
from fieldbound.validation import is_sensitive

from .media_types import default_media_type, is_form, is_json, is_text
from .node import METHODS, SpecNode
from .objects import Objects, Resolver, not_checked
from .operation_names import OperationNames, kebab_case, unused_name
from .operation_parameters import Parameters, headers_of, parameters_of
from .parts import PARAMETER_PARTS, WEBHOOK, Operation, OperationPart, ParameterObject
from .servers import default_server_url, server_urls


class OpenAPI:
    """The operations of one document, and those of its webhooks and callbacks.

    Where *strict*, two operationIds that are the same in kebab-case are an error. Where *lenient*,
    what cannot be read is not checked, and all else is. Raises BrokenContract.
    """

    def __init__(
        self, root: SpecNode, resolver: Resolver, *, strict: bool = False, lenient: bool = False
    ) -> None:
        self.root = root
        self._lenient = lenient
        self._objects = Objects(resolver, lenient=lenient)
        found = list(self._find_operations())
        self._names = OperationNames(operation_id for operation_id, _ in found)
        self.operations: dict[str, Operation] = {}
        for operation_id, operation in found:
            self.operations[self._name(operation_id, operation, strict=strict)] = operation
        #: The operations of webhooks and callbacks, each name with "webhook/" before it.
        self.webhooks: dict[str, Operation] = {}
        self._webhook_aliases: dict[str, str] = {}
        self._webhook_numbers: dict[str, int] = {}
        webhooks: dict[Hashable, tuple[str, Operation]] = {}
        for name, operation in self._find_webhooks():  # several may refer to one callback
            webhooks.setdefault(operation.node[1:], (name, operation))
        for name, operation in webhooks.values():
            self._add_webhook(name, operation)
        known = [*self.operations.values(), *self.webhooks.values()]
        if self._objects.errors and all(self._objects.is_unread(each.node) for each in known):
            raise self._objects.errors[0]

    def _name(self, operation_id: str, operation: Operation, *, strict: bool) -> str:
        node, fallback = operation.node, operation.fallback_name
        try:
            return self._names.add(
                operation_id, fallback, node[1:], strict=strict, unique=not self._lenient
            )
        except ValueError as error:
            raise self._error(node.get("operationId") or node, str(error)) from None

    @property
    def errors(self) -> tuple[BrokenContract, ...]:
        """What could not be read, where lenient, of what was asked for."""
        return tuple(self._objects.errors)

    # -- operations ------------------------------------------------------------------------------

    def name_of(self, operation: str) -> str | None:
        """Return the name of an operation, given by its name or its operationId."""
        if operation in self.webhooks:
            return operation
        return self._names.find(operation) or self._webhook_aliases.get(operation)

    def split_name(self, name: str) -> tuple[str, str]:
        """Return the operation and the part that the name of a contract names."""
        operation, _, part = name.partition("/")
        if f"{operation}/" == WEBHOOK and part:
            webhook, _, rest = part.partition("/")
            known = self._webhook_aliases.get(webhook, WEBHOOK + webhook)
            if known in self.webhooks or operation not in self.operations:
                return known, rest
        return operation, part

    def operation(self, name: str) -> Operation:
        """Return the operation of a name, also that of a webhook; raise KeyError if none."""
        found = self.operations.get(name)
        return self.webhooks[name] if found is None else found

    def _find_operations(self) -> Iterator[tuple[str, Operation]]:
        """Yield the operations with their operationIds, "" for one without."""
        for path, node in self._objects.members(self.root, "paths", "path item"):
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                reason = f"a path must start with a slash: write {'/' + path!r}"
                raise self._error(node, reason)
            for found in self._operations_in(node, path):
                yield _operation_id(found.node), found
        for name, operation in self.root.children(OPERATIONS_WITHOUT_PATH):
            yield name, Operation(operation)

    def _operations_in(self, node: SpecNode, path: str = "") -> Iterator[Operation]:
        """Yield the operations of a path item, also those beside a $ref to another."""
        path_items = tuple(self._objects.chain(node, "path item"))
        methods: dict[str, SpecNode] = {}
        for each in path_items:
            fields = [(field, child) for field, child in each.children() if field in METHODS]
            more = self._objects.members(each, "additionalOperations", "operation")
            for method, operation in (*fields, *more):
                methods.setdefault(method, operation)
        for method, operation in methods.items():
            found = self._objects.find(operation, "operation")
            if found is not None:
                servers = server_urls(found, *path_items, self.root)
                yield Operation(found, path_items, method.upper(), path, servers)

    def _find_webhooks(self) -> Iterator[tuple[str, Operation]]:
        """Yield name and operation of each webhook, and of each callback of an operation."""
        for name, node in self._objects.members(self.root, "webhooks", "path item"):
            for operation in self._operations_in(node):
                yield name, operation
        for caller in list(self.operations.values()):
            for name, each in self._objects.members(caller.node, "callbacks", "callback"):
                callback = self._objects.find(each, "callback")
                for expression, node in callback.children() if callback else ():
                    if not expression.startswith("x-"):
                        yield from ((name, found) for found in self._operations_in(node))

    def _add_webhook(self, name: str, operation: Operation) -> None:
        plain = WEBHOOK + (kebab_case(name) or "unnamed")
        is_other_method = plain in self.webhooks and self._webhook_aliases.get(name) == plain
        wanted = f"{plain}-{operation.method.lower()}" if is_other_method else plain
        key = unused_name(wanted, self.webhooks, self._webhook_numbers)
        self.webhooks[key] = operation
        for alias in (name, key.removeprefix(WEBHOOK), _operation_id(operation.node)):
            if alias:
                self._webhook_aliases.setdefault(alias, key)

    def url_of(self, operation: str) -> str:
        """Return the URL of an operation at its first server, the path still a template.

        Server variables have their defaults; a relative server URL is on `host.invalid`.
        """
        found = self.operations[operation]
        return default_server_url(found.node, *found.path_items, self.root) + found.path

    def request_body(self, operation: str) -> SpecNode | None:
        """Return the Request Body Object of an operation, or None without one."""
        body = self.operation(operation).node.get("requestBody")
        return self._objects.find(body, "request body")

    def responses(self, operation: str) -> dict[str, SpecNode]:
        """Return the responses of an operation by status code, range such as 2XX, or "default"."""
        node = self.operation(operation).node
        found = {
            status: self._objects.find(each, "response")
            for status, each in self._objects.members(node, "responses", "response")
            if not status.startswith("x-")
        }
        return {status: node for status, node in found.items() if node is not None}

    def content(self, message: SpecNode | None) -> dict[str, SpecNode | None]:
        """Return the schema of each media type of a body, None for one without schema."""
        media_types = self._media_types(message).items()
        return {name: self._objects.schema(node) for name, node in media_types}

    def _media_types(self, message: SpecNode | None) -> dict[str, SpecNode | None]:
        return {
            name: self._objects.find(node, "media type")
            for name, node in self._objects.members(message, "content", "media type")
        }

    # -- parts -----------------------------------------------------------------------------------

    def parts(self, operation: str) -> dict[str, OperationPart]:
        """Return the parts of an operation by name."""
        found = [*self._request_parts(operation), *self._response_parts(operation)]
        return {part.name: part for part in found}

    def _request_parts(self, operation: str) -> Iterator[OperationPart]:
        body = self.request_body(operation)
        yield from self._body_parts(body, "", "request")
        for media_type in self.content(body):
            for field, encoding in self.encodings(body, media_type).items():
                if headers := self.headers(encoding):
                    name = f"request.{media_type}.{field}.headers"
                    yield OperationPart(name, parameters=headers)
        by_location, unread = self._parameters(operation)
        for location, name in PARAMETER_PARTS.items():
            if location in by_location:
                reasons = unread.get(location, ())
                yield OperationPart(name, None, tuple(by_location[location]), reasons)

    def _response_parts(self, operation: str) -> Iterator[OperationPart]:
        for status, response in self.responses(operation).items():
            yield from self._body_parts(response, f"response.{status}", f"response.{status}")
            headers = self.headers(response)
            if headers:
                yield OperationPart(f"response.{status}.headers", parameters=headers)

    def encodings(self, body: SpecNode | None, media_type: str) -> dict[str, SpecNode]:
        """Return the Encoding Objects of the fields of a multipart body, by name."""
        found = self._media_types(body).get(media_type)
        if found is None or not media_type.lower().startswith("multipart/"):
            return {}
        children = self._objects.members(found, "encoding", "encoding")
        return {name: node for name, node in children if isinstance(node.value, dict)}

    def headers(self, holder: SpecNode) -> tuple[ParameterObject, ...]:
        """Return the headers of a response or part, but Content-Type, which others document."""
        return headers_of(self._objects, holder)

    def _body_parts(
        self, message: SpecNode | None, name: str, prefix: str
    ) -> Iterator[OperationPart]:
        """Yield the JSON body, then each other media type that has a schema of its own."""
        media_types = self._media_types(message)
        schemas = {kind: self._objects.schema(node) for kind, node in media_types.items()}
        content = {kind: schema for kind, schema in schemas.items() if schema is not None}
        reasons = {kind: not_checked(message, media_types[kind]) for kind in content}
        default = default_media_type(content)
        if default is not None:
            yield OperationPart(name, content[default], not_checked=reasons[default])
        for kind, schema in content.items():
            is_other = default is None or schema.value != content[default].value
            if is_other and (is_json(kind) or is_form(kind) or is_text(kind)):
                yield OperationPart(f"{prefix}.{kind}", schema, not_checked=reasons[kind])

    def parameters(self, operation: str) -> dict[str, list[ParameterObject]]:
        """Return the parameters of an operation by location: header, query, path, cookie."""
        return self._parameters(operation).by_location

    def _parameters(self, operation: str) -> Parameters:
        return parameters_of(self._objects, self.root, self.operation(operation))

    def is_sensitive(self, schema: SpecNode | None) -> bool:
        """Return whether a schema, or its $ref target, marks its value as never shown."""
        found = self._objects.target(schema)
        return found is not None and isinstance(found.value, dict) and is_sensitive(found.value)

    def _error(self, node: SpecNode, reason: str) -> BrokenContract:
        return self._objects.error(node, reason)


def _operation_id(node: SpecNode) -> str:
    value: Any = node.value.get("operationId", "")
    return str(value)
