"""An OpenAPI document goes in; its operations come out, each with the parts that are contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from .references import WITHOUT_PATH, Node, joined, pointer_of, tokens_of, unquoted

Tokens = tuple[str, ...]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_PLACES: Final = ("header", "query", "path", "cookie")


class At(NamedTuple):
    """A value in a document, and the path to it."""

    value: Any
    tokens: Tokens = ()

    def get(self, *tokens: str) -> At | None:
        """Return what is further within, or None if there is no such thing."""
        value = self.value
        for token in tokens:
            if not isinstance(value, dict) or token not in value:
                return None
            value = value[token]
        return At(value, (*self.tokens, *tokens))


class Named(NamedTuple):
    """A parameter or header: what a value under *name* must be, and where that is written."""

    name: str
    at: At
    required: bool


class Part(NamedTuple):
    """A part of an operation that is a contract: the schema of a body, or a set of names."""

    name: str  # "" for the request body, "request.headers", "response.201", …
    body: At | None = None
    names: tuple[Named, ...] = ()

    @property
    def is_sent(self) -> bool:
        """Whether this is part of the request."""
        return not self.name.startswith("response")


class AstrayError(ValueError):
    """A reference that is not followed: the path to it, and why."""

    def __init__(self, tokens: Tokens, reason: str) -> None:
        super().__init__(reason)
        self.tokens = tokens


class OpenAPI:
    """The operations of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._whole = At(document)
        self.operations: dict[str, At] = {}
        for name, operation in self._found():
            if name in self.operations:
                raise ValueError(f"two operations are named {name}")
            self.operations[name] = operation

    def parts(self, operation: str) -> dict[str, Part]:
        """Return the parts of an operation by name."""
        at = self.operations[operation]
        parts = [*self._sent(at), *self._answered(at)]
        return {part.name: part for part in parts}

    def _found(self) -> Iterator[tuple[str, At]]:
        paths = self._whole.get("paths")
        for path in paths.value if paths else ():
            item = self._resolved(paths.get(path) if paths else None)
            for method in _METHODS:
                operation = item.get(method) if item else None
                if operation is not None:
                    yield kebab(operation.value.get("operationId", f"{method} {path}")), operation
        lost = self._whole.get(WITHOUT_PATH)
        for name in lost.value if lost else ():
            operation = lost.get(name) if lost else None
            if operation is not None:
                yield kebab(name), operation

    def _sent(self, operation: At) -> Iterator[Part]:
        body = self._resolved(operation.get("requestBody"))
        schema = self._json(body)
        if schema is not None:
            yield Part("", schema)
        parameters = list(self._parameters(operation))
        for place in _PLACES:
            names = tuple(each for where, each in parameters if where == place)
            if names:
                yield Part(
                    f"request.{place if place in ('query', 'path') else place + 's'}", names=names
                )

    def _parameters(self, operation: At) -> Iterator[tuple[str, Named]]:
        """Yield the parameters of an operation with their places, those of its path first."""
        by_key = {}
        for holder in (self._parent(operation), operation):
            listed = holder.get("parameters") if holder else None
            for index, _ in enumerate(listed.value if listed else ()):
                each = At(listed.value[index], (*listed.tokens, str(index))) if listed else None
                at = self._resolved(each)
                if at is not None and isinstance(at.value.get("name"), str):
                    named = Named(at.value["name"], at, at.value.get("required") is True)
                    by_key[at.value.get("in"), named.name] = named
        yield from ((str(place), named) for (place, _), named in by_key.items())

    def _parent(self, operation: At) -> At | None:
        lost = operation.tokens[0] == WITHOUT_PATH
        return None if lost else self._whole.get(*operation.tokens[:-1])

    def _answered(self, operation: At) -> Iterator[Part]:
        responses = operation.get("responses")
        for status in responses.value if responses else ():
            response = self._resolved(responses.get(status) if responses else None)
            schema = self._json(response)
            if schema is not None:
                yield Part(f"response.{status}", schema)
            headers = response.get("headers") if response else None
            names = []
            for name in headers.value if headers else ():
                at = self._resolved(headers.get(name) if headers else None)
                if at is not None:
                    names.append(Named(name, at, at.value.get("required") is True))
            if names:
                yield Part(f"response.{status}.headers", names=tuple(names))

    def _json(self, message: At | None) -> At | None:
        """Return the schema of a message's JSON body: of application/json, if there are several."""
        content = message.get("content") if message else None
        types = [kind for kind in (content.value if content else ()) if _is_json(kind)]
        kind = min(types, key=lambda each: each != "application/json", default=None)
        return content.get(kind, "schema") if content and kind else None

    def _resolved(self, at: At | None) -> At | None:
        """Follow a reference within the document."""
        for _ in range(10):
            reference = at.value.get("$ref") if at and isinstance(at.value, dict) else None
            if at is None or not isinstance(reference, str):
                break
            if not reference.startswith("#/"):
                raise AstrayError(
                    (*at.tokens, "$ref"), "only a schema may be referred to in another document"
                )
            at = self._whole.get(*tokens_of(unquoted(reference[1:])))
        return at if at and isinstance(at.value, dict) else None


def kebab(name: str) -> str:
    """Return an operationId as a contract is named: createProductGroup is create-product-group."""
    written = ""
    for index, letter in enumerate(name):
        before, after = name[index - 1 : index], name[index + 1 : index + 2]
        begins = letter.isupper() and (before.islower() or before.isdigit() or after.islower())
        written += ("-" if begins else "") + (letter.lower() if letter.isalnum() else "-")
    return "-".join(word for word in written.split("-") if word)


def _is_json(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def names_schema(part: Part, uri: str) -> dict[str, Any]:
    """Return the schema of a set of names: headers, query or path parameters, or cookies.

    *uri* is that of the document; its subschemas are referred to, not copied.
    """
    said: list[dict[str, Any]] = [_SET]
    for each in part.names:
        if each.required:
            at = f"{uri}#{pointer_of(each.at.tokens)}/required"
            said.append(
                {**_entry(each.at.value, "required"), "of": f"required/{each.name}", "at": at}
            )
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {each.name: _named(each, uri) for each in part.names},
        "required": [each.name for each in part.names if each.required],
        "x-source": said,
    }
    if part.name.endswith("headers"):
        return {**schema, "x-any-case": True}
    if part.name in ("request.query", "request.path"):
        said.append(_CLOSED)
        return {**schema, "additionalProperties": False}
    return schema


#: Names under which credentials travel: their values are shown in no output, marked or not.
_CREDENTIALS: Final = frozenset(
    "authorization proxy-authorization cookie set-cookie accesstoken access-token x-access-token "
    "auth-token x-auth-token token x-token api-key apikey x-api-key x-apikey client-secret "
    "x-client-secret password x-csrf-token x-amz-security-token".split()
)
_SET: Final = {"of": "type", "says": "stated", "note": "names with their values"}
_CLOSED: Final = {
    "of": "additionalProperties",
    "says": "inferred",
    "note": "no other name is documented",
}


def _named(named: Named, uri: str) -> dict[str, Any]:
    schema = named.at.get("schema")
    found: dict[str, Any] = {"$ref": reference_to(schema, uri)} if schema else {}
    if named.name.lower().replace("_", "-") in _CREDENTIALS:
        found["x-sensitive"] = True
    said = named.at.value.get("x-source")
    return found if said is None else {**found, "x-source": said}


def reference_to(at: At, uri: str) -> str:
    """Return the shortest reference to a schema: what it refers to itself, if it does no more."""
    if isinstance(at.value, dict) and at.value.keys() == {"$ref"}:
        return joined(uri, at.value["$ref"])
    return Node(at.value, uri, at.tokens).location


def _entry(parameter: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    said = parameter.get("x-source", [])
    entries: Sequence[Any] = said if isinstance(said, list) else [said]
    for entry in entries:
        words = entry.get("of", [])
        if keyword in (words if isinstance(words, list) else [words]):
            return dict(entry)
    return next((dict(entry) for entry in entries if "of" not in entry), {})
