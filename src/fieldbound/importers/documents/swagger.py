"""Swagger 2.0 documents rewritten as OpenAPI 3.0 with the same meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.importers.draft import Omitted
from fieldbound.model import child_schemas, pointer_of, put_subschema, tokens_of

from .nullable import NULL
from .swagger_parameters import form_content, header, parameter

Path = tuple[str, ...]

_VERSION: Final = "3.0.3"
_JSON: Final = ("application/json",)
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
#: What stays as it is, of a document and of an operation.
_KEPT: Final = ("info", "tags", "externalDocs", "security")
_OPERATION_KEPT: Final = (
    *("operationId", "summary", "description", "tags", "externalDocs", "deprecated", "security"),
)
#: The flows of OAuth 2, and their names in OpenAPI 3.
_FLOWS: Final = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}


def converted(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Omitted]]:
    """Return a document of Swagger 2.0 as one of OpenAPI 3.0, and what that cannot say."""
    conversion = _Conversion(document)
    return conversion.document(), conversion.omitted


class _Conversion:
    """Rewrites one document, and collects what is omitted."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._root = document
        self.omitted: list[Omitted] = []

    def _omit(self, path: Path, reason: str) -> None:
        self.omitted.append(Omitted(pointer_of(path), reason))

    def document(self) -> dict[str, Any]:
        """Return the document of OpenAPI 3.0."""
        root = self._root
        found: dict[str, Any] = {"openapi": _VERSION, **_kept(root, _KEPT)}
        if servers := self._servers(root):
            found["servers"] = servers
        paths = _object(root.get("paths"))
        found["paths"] = {
            path: item if path.startswith("x-") else self._path_item(item, ("paths", path))
            for path, item in paths.items()
        }
        components: dict[str, Any] = {
            "schemas": {
                name: self._schema(each) for name, each in _object(root.get("definitions")).items()
            }
        }
        if security := _object(root.get("securityDefinitions")):
            components["securitySchemes"] = {
                name: self._security(each, ("securityDefinitions", name))
                for name, each in security.items()
            }
        return {**found, "components": components}

    def _servers(self, given: Mapping[str, Any]) -> list[dict[str, str]]:
        host, base = self._root.get("host"), self._root.get("basePath", "")
        path = base.rstrip("/") if isinstance(base, str) else ""
        if not isinstance(host, str):
            return [{"url": path}] if path else []
        schemes = given.get("schemes", self._root.get("schemes"))
        names = schemes if isinstance(schemes, list) and schemes else ["https", "http"]
        return [{"url": f"{each}://{host}{path}"} for each in names]

    # -- operations --------------------------------------------------------------------------

    def _path_item(self, given: Any, path: Path) -> Any:
        if not isinstance(given, dict):
            return given
        shared = list(self._parameters(given, path))
        found: dict[str, Any] = _kept(given, ("$ref", "summary", "description"))
        if plain := self._plain(shared):
            found["parameters"] = plain
        for method in _METHODS:
            if method in given:
                found[method] = self._operation(given[method], (*path, method), shared)
        for name in given.keys() - {*found, *_METHODS, "parameters"}:
            self._omit((*path, name), f"unknown key {name!r}")
        return found

    def _parameters(
        self, given: Mapping[str, Any], path: Path
    ) -> Iterator[tuple[dict[str, Any], Path]]:
        """Yield the parameters of an operation or a path item, references resolved."""
        each = given.get("parameters")
        for index, one in enumerate(each if isinstance(each, list) else ()):
            at = (*path, "parameters", str(index))
            found = self._target(one, at)
            if isinstance(found, dict) and isinstance(found.get("name"), str) and "in" in found:
                yield found, at
            elif found is not None:
                self._omit(at, "a parameter must be an object with name and in")

    def _target(self, given: Any, path: Path) -> Any:
        """Return an object, or the one that it refers to within the document."""
        for _ in range(10):
            if not isinstance(given, dict) or not isinstance(given.get("$ref"), str):
                return given
            try:
                given = _at(self._root, given["$ref"])
            except (LookupError, ValueError, TypeError):
                break
        reference = given.get("$ref") if isinstance(given, dict) else None
        self._omit(path, f"unresolved $ref {reference!r}")
        return None

    def _plain(self, given: list[tuple[dict[str, Any], Path]]) -> list[dict[str, Any]]:
        """Return the parameters that are no part of a body."""
        return [
            parameter({**each, **self._without_reference(each)}, at, self._omit)
            for each, at in given
            if each["in"] not in ("body", "formData")
        ]

    def _without_reference(self, given: Mapping[str, Any]) -> dict[str, Any]:
        items = given.get("items")
        return {"items": self._schema(items)} if isinstance(items, dict) else {}

    def _operation(self, given: Any, path: Path, shared: list[tuple[dict[str, Any], Path]]) -> Any:
        if not isinstance(given, dict):
            return given
        own = list(self._parameters(given, path))
        found = _kept(given, _OPERATION_KEPT)
        if plain := self._plain(own):
            found["parameters"] = plain
        names = {(each["name"], each["in"]) for each, _ in own}
        inherited = [each for each in shared if (each[0]["name"], each[0]["in"]) not in names]
        body = self._request_body(given, [*own, *inherited])
        if body is not None:
            found["requestBody"] = body
        produces = self._media_types(given, "produces")
        responses = _object(given.get("responses"))
        found["responses"] = {
            status: each
            if status.startswith("x-")
            else self._response(each, produces, (*path, "responses", status))
            for status, each in responses.items()
        }
        if "schemes" in given and (servers := self._servers(given)):
            found["servers"] = servers
        return found

    def _media_types(self, given: Mapping[str, Any], word: str) -> tuple[str, ...]:
        types = given.get(word, self._root.get(word))
        found = [each for each in types if isinstance(each, str)] if isinstance(types, list) else []
        return tuple(found) or _JSON

    def _request_body(
        self, operation: Mapping[str, Any], given: list[tuple[dict[str, Any], Path]]
    ) -> dict[str, Any] | None:
        consumes = self._media_types(operation, "consumes")
        for each, _ in given:
            if each["in"] == "body":
                media = {"schema": self._schema(each["schema"])} if "schema" in each else {}
                content = dict.fromkeys(consumes, media)
                kept = _kept(each, ("description",))
                return {**kept, "required": each.get("required") is True, "content": content}
        fields = [
            ({**each, **self._without_reference(each)}, at)
            for each, at in given
            if each["in"] == "formData"
        ]
        if not fields:
            return None
        is_required = any(each.get("required") is True for each, _ in fields)
        return {"required": is_required, "content": form_content(fields, consumes, self._omit)}

    def _response(self, given: Any, produces: tuple[str, ...], path: Path) -> dict[str, Any]:
        given = self._target(given, path)
        if not isinstance(given, dict):
            return {"description": "", "content": {"*/*": {}}}
        found: dict[str, Any] = {"description": "", **_kept(given, ("description",))}
        if headers := _object(given.get("headers")):
            found["headers"] = {
                name: header(each, (*path, "headers", name), self._omit)
                for name, each in headers.items()
                if isinstance(each, dict)
            }
        if "schema" in given:
            is_file = _object(given["schema"]).get("type") == "file"
            media = {} if is_file else {"schema": self._schema(given["schema"])}
            found["content"] = dict.fromkeys(produces, media)
        return found

    # -- schemas -----------------------------------------------------------------------------

    def _schema(self, given: Any) -> Any:
        """Return a schema, and those within it, as OpenAPI 3.0 has them."""
        if not isinstance(given, dict):
            return given
        if isinstance(given.get("$ref"), str):
            reference = {"$ref": _moved(given["$ref"])}
            return {"anyOf": [reference, NULL]} if given.get("x-nullable") is True else reference
        found = dict(given)
        for at, child in child_schemas(given):
            put_subschema(found, given, at, self._schema(child))
        if isinstance(found.get("discriminator"), str):
            found["discriminator"] = {"propertyName": found["discriminator"]}
        if found.get("type") == "file":
            found.update({"type": "string", "format": "binary"})
        if found.pop("x-nullable", None) is True:
            found["nullable"] = True
            if isinstance(found.get("enum"), list) and None not in found["enum"]:
                found["enum"] = [*found["enum"], None]
        return found

    def _security(self, given: Any, path: Path) -> Any:
        kind = given.get("type") if isinstance(given, dict) else None
        about = _kept(_object(given), ("description",))
        if kind == "basic":
            return {"type": "http", "scheme": "basic", **about}
        if kind == "oauth2" and given.get("flow") in _FLOWS:
            flow = _kept(given, ("authorizationUrl", "tokenUrl"))
            flows = {_FLOWS[given["flow"]]: {**flow, "scopes": _object(given.get("scopes"))}}
            return {"type": "oauth2", "flows": flows, **about}
        if kind != "apiKey":
            self._omit(path, f"the security scheme {kind!r} is not known")
        return given


def _at(root: Any, reference: str) -> Any:
    """Return what a reference within a document leads to. Raises LookupError, ValueError."""
    from fieldbound.model import percent_decoded

    if not reference.startswith("#/"):
        raise LookupError(reference)
    for token in tokens_of(percent_decoded(reference[1:])):
        root = root[int(token)] if isinstance(root, list) else root[token]
    return root


def _moved(reference: str) -> str:
    """Return a reference to a definition as one to a component."""
    before, word = "#/definitions/", "#/components/schemas/"
    return word + reference.removeprefix(before) if reference.startswith(before) else reference


def _kept(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields that stay as they are, extensions among them."""
    return {name: each for name, each in given.items() if name in names or name.startswith("x-")}


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
