"""Operations of an OpenAPI document, and the parts of each that are contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Protocol

from fieldbound.model import OPERATIONS_WITHOUT_PATH
from fieldbound.validation import is_sensitive

from .media_types import default_media_type, is_form, is_json, is_text
from .node import METHODS, PointerTokens, SpecNode
from .operation_names import OperationNames
from .servers import default_server_url, server_urls
from .structure import structure_error

#: The locations of parameters ("in"), and the part of an operation for each.
PARAMETER_PARTS: Final = {
    "header": "request.headers",
    "query": "request.query",
    "path": "request.path",
    "cookie": "request.cookies",
}


class ParameterObject(NamedTuple):
    """A Parameter Object or Header Object, or the parameter that a security scheme needs.

    It is *secret* where a security scheme says that it carries a credential. *others* are further
    declarations of the same header, in other cases: all of them hold.
    """

    name: str
    node: SpecNode
    required: bool
    secret: bool = False
    others: tuple[SpecNode, ...] = ()

    @property
    def schema(self) -> SpecNode | None:
        """The schema of the value: its own, or that of its media type."""
        return _value_schema(self.node)

    @property
    def schemas(self) -> list[SpecNode]:
        """The schemas of the value, one of each declaration that has any."""
        found = map(_value_schema, (self.node, *self.others))
        return [each for each in found if each is not None]

    def merged(self, other: ParameterObject) -> ParameterObject:
        """Return one parameter for two declarations of it."""
        required = self.required or other.required
        return self._replace(required=required, others=(*self.others, other.node, *other.others))


class OperationPart(NamedTuple):
    """A part of an operation that is a contract: the schema of a body, or parameters."""

    name: str  # "" for the request body, "request.headers", "response.201", …
    body: SpecNode | None = None
    parameters: tuple[ParameterObject, ...] = ()

    @property
    def is_request(self) -> bool:
        """Whether this is part of the request."""
        return not self.name.startswith("response")


class Operation(NamedTuple):
    """An Operation Object, with method, path and servers where the vendor documents them."""

    node: SpecNode
    path_item: SpecNode | None = None
    method: str = ""
    path: str = ""
    servers: tuple[str, ...] = ()

    @property
    def fallback_name(self) -> str:
        """The name of an operation without operationId."""
        return f"{self.method} {self.path}"


class Resolver(Protocol):
    """The files that a document and its references are in."""

    def resolve(self, node: SpecNode, reference: str) -> SpecNode:
        """Return the target of a reference in a node. Raises BrokenContract if unresolved."""

    def error_at(self, node: SpecNode, reason: str) -> Exception:
        """Return the exception for an error at a node."""


class OpenAPI:
    """The operations of one document.

    Where *strict*, two operationIds that are the same in kebab-case are an error. Raises
    BrokenContract.
    """

    def __init__(self, root: SpecNode, resolver: Resolver, *, strict: bool = False) -> None:
        self.root = root
        self._resolver = resolver
        found = list(self._find_operations())
        self._names = OperationNames(operation_id for operation_id, _ in found)
        self.operations: dict[str, Operation] = {}
        for operation_id, operation in found:
            node, fallback = operation.node, operation.fallback_name
            try:
                name = self._names.add(operation_id, fallback, node[1:], strict=strict)
            except ValueError as error:
                raise self._error(node.get("operationId") or node, str(error)) from None
            self.operations[name] = operation

    # -- operations ------------------------------------------------------------------------------

    def name_of(self, operation: str) -> str | None:
        """Return the name of an operation, given by its name or its operationId."""
        return self._names.find(operation)

    def _find_operations(self) -> Iterator[tuple[str, Operation]]:
        """Yield the operations with their operationIds, "" for one without."""
        for path, node in self.root.children("paths"):
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                raise self._error(node, f"a path must start with a slash: write {'/' + path!r}")
            path_item = self._resolve(node, "path item")
            for method, operation in _operations_of(path_item) if path_item else ():
                if not isinstance(operation.value, dict):
                    raise self._error(operation, "an operation must be an object")
                servers = server_urls(operation, path_item, self.root)
                found = Operation(operation, path_item, method.upper(), path, servers)
                yield str(operation.value.get("operationId", "")), found
        for name, operation in self.root.children(OPERATIONS_WITHOUT_PATH):
            yield name, Operation(operation)

    def url_of(self, operation: str) -> str:
        """Return the URL of an operation at its first server, the path still a template.

        Server variables have their defaults; a relative server URL is on `host.invalid`.
        """
        found = self.operations[operation]
        return default_server_url(found.node, found.path_item, self.root) + found.path

    def request_body(self, operation: str) -> SpecNode | None:
        """Return the Request Body Object of an operation, or None without one."""
        return self._resolve(self.operations[operation].node.get("requestBody"), "request body")

    def responses(self, operation: str) -> dict[str, SpecNode]:
        """Return the responses of an operation by status code, range such as 2XX, or "default"."""
        found = {
            status: self._resolve(node, "response")
            for status, node in self.operations[operation].node.children("responses")
            if not status.startswith("x-")
        }
        return {status: node for status, node in found.items() if node is not None}

    def content(self, message: SpecNode | None) -> dict[str, SpecNode | None]:
        """Return the schema of each media type of a body, None for one without schema."""
        found = {}
        for media_type, node in message.children("content") if message else ():
            media_type_object = self._resolve(node, "media type")
            found[media_type] = media_type_object.get("schema") if media_type_object else None
        return found

    # -- parts -----------------------------------------------------------------------------------

    def parts(self, operation: str) -> dict[str, OperationPart]:
        """Return the parts of an operation by name."""
        found = [*self._request_parts(operation), *self._response_parts(operation)]
        return {part.name: part for part in found}

    def _request_parts(self, operation: str) -> Iterator[OperationPart]:
        yield from self._body_parts(self.request_body(operation), "", "request")
        by_location = self.parameters(operation)
        for location, name in PARAMETER_PARTS.items():
            if location in by_location:
                yield OperationPart(name, parameters=tuple(by_location[location]))
        body = self.request_body(operation)
        for media_type in self.content(body):
            for field, encoding in self.encodings(body, media_type).items():
                if headers := self.headers(encoding):
                    name = f"request.{media_type}.{field}.headers"
                    yield OperationPart(name, parameters=headers)

    def _response_parts(self, operation: str) -> Iterator[OperationPart]:
        for status, response in self.responses(operation).items():
            yield from self._body_parts(response, f"response.{status}", f"response.{status}")
            headers = self.headers(response)
            if headers:
                yield OperationPart(f"response.{status}.headers", parameters=headers)

    def encodings(self, body: SpecNode | None, media_type: str) -> dict[str, SpecNode]:
        """Return the Encoding Objects of the fields of a multipart body, by name."""
        found = body.get("content", media_type) if body else None
        media_type_object = self._resolve(found, "media type")
        if media_type_object is None or not media_type.lower().startswith("multipart/"):
            return {}
        children = media_type_object.children("encoding")
        return {name: node for name, node in children if isinstance(node.value, dict)}

    def headers(self, holder: SpecNode) -> tuple[ParameterObject, ...]:
        """Return the headers of a response or part, but Content-Type, which others document."""
        found: dict[str, ParameterObject] = {}
        for name, each in holder.children("headers"):
            node, key = self._resolve(each, "header"), name.lower()
            if node is not None and key != "content-type":
                header = _parameter(name, node)
                found[key] = found[key].merged(header) if key in found else header
        return tuple(found.values())

    def _body_parts(
        self, message: SpecNode | None, name: str, prefix: str
    ) -> Iterator[OperationPart]:
        """Yield the JSON body, then each other media type that has a schema of its own."""
        content = {kind: node for kind, node in self.content(message).items() if node is not None}
        default = default_media_type(content)
        if default is not None:
            yield OperationPart(name, content[default])
        for media_type, schema in content.items():
            is_other = default is None or schema.value != content[default].value
            if is_other and (is_json(media_type) or is_form(media_type) or is_text(media_type)):
                yield OperationPart(f"{prefix}.{media_type}", schema)

    def parameters(self, operation: str) -> dict[str, list[ParameterObject]]:
        """Return the parameters of an operation by location: header, query, path, cookie.

        Those of the path item come first, then those of the operation, which override them.
        """
        found = self.operations[operation]
        by_key: dict[tuple[Any, str], ParameterObject] = {}
        for holder in (found.path_item, found.node):
            by_key.update(self._own_parameters(holder))
        for location, credential in self._credentials(found):
            key = _key(location, credential.name)
            documented = by_key.get(key)
            by_key[key] = documented._replace(secret=True) if documented else credential
        by_location: dict[str, list[ParameterObject]] = {}
        for (location, _), parameter in by_key.items():
            by_location.setdefault(str(location), []).append(parameter)
        return by_location

    def _own_parameters(self, holder: SpecNode | None) -> dict[tuple[Any, str], ParameterObject]:
        """Return the parameters of a path item or an operation, by key."""
        found: dict[tuple[Any, str], ParameterObject] = {}
        for _, each in holder.children("parameters") if holder else ():
            node = self._resolve(each, "parameter")
            if node is not None:
                parameter = _parameter(node.value["name"], node)
                key = _key(node.value.get("in"), parameter.name)
                is_declared = key in found and key[0] == "header"
                found[key] = found[key].merged(parameter) if is_declared else parameter
        return found

    def _credentials(self, operation: Operation) -> Iterator[tuple[str, ParameterObject]]:
        """Yield the parameters that the security requirements of an operation need.

        One that is part of every alternative is required.
        """
        security = operation.node.get("security") or self.root.get("security")
        schemes = {
            name: self._resolve(node, "security scheme")
            for name, node in self.root.children("components", "securitySchemes")
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

    def is_sensitive(self, schema: SpecNode | None) -> bool:
        """Return whether a schema, or its $ref target, marks its value as never shown."""
        found = self._resolve(schema, "schema")
        return found is not None and isinstance(found.value, dict) and is_sensitive(found.value)

    # -- references and errors -------------------------------------------------------------------

    def _resolve(self, node: SpecNode | None, kind: str) -> SpecNode | None:
        """Return the object of a kind at a node, with references resolved.

        Raises BrokenContract.
        """
        if node is None:
            return None
        found, seen = node, set[tuple[str, PointerTokens]]()
        reference = node.get("$ref") or node
        while isinstance(found.value, dict) and isinstance(found.value.get("$ref"), str):
            if (found.uri, found.tokens) in seen:
                raise self._error(reference, "circular $ref")
            seen.add((found.uri, found.tokens))
            found = self._resolver.resolve(found, found.value["$ref"])
        if found is not node and kind != "schema" and found.tokens[-2:-1] == ("schemas",):
            raise self._error(reference, f"the $ref target is a schema, but must be a {kind}")
        error = structure_error(kind, found.value)
        if error is None:
            return found
        reason, key = error
        if key is None and found is not node:
            raise self._error(reference, f"the $ref target is not a {kind}: {reason}")
        raise self._error((key and found.get(key)) or found, reason)

    def _error(self, node: SpecNode, reason: str) -> Exception:
        return self._resolver.error_at(node, reason)


def _value_schema(node: SpecNode) -> SpecNode | None:
    own = node.get("schema")
    return own or next((each.get("schema") for _, each in node.children("content")), None)


def _parameter(name: str, node: SpecNode) -> ParameterObject:
    return ParameterObject(name, node, node.value.get("required") is True)


def _credential_parameter(scheme: SpecNode) -> tuple[str, str] | None:
    """Return location and name of the parameter of a security scheme, or None for other kinds."""
    kind, name = scheme.value.get("type"), scheme.value.get("name")
    if kind == "apiKey" and isinstance(name, str):
        return str(scheme.value.get("in")), name
    return ("header", "Authorization") if kind in ("http", "oauth2", "openIdConnect") else None


def _key(location: Any, name: str) -> tuple[Any, str]:
    """Return what identifies a parameter; header names are case-insensitive."""
    return location, name.lower() if location == "header" else name


def _operations_of(path_item: SpecNode) -> Iterator[tuple[str, SpecNode]]:
    for field, operation in path_item.children():
        if field in METHODS:
            yield field, operation
    yield from path_item.children("additionalOperations")
