"""An OpenAPI document goes in; its operations come out, each with the parts that are contracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urljoin

from fieldbound.model import OPERATIONS_WITHOUT_PATH, Node, resolve_uri
from fieldbound.validation import is_sensitive

from .operation_names import Names
from .structure import fault

Tokens = tuple[str, ...]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
#: Where parameters stand, and the part of an operation that has them.
PLACES: Final = {
    "header": "request.headers",
    "query": "request.query",
    "path": "request.path",
    "cookie": "request.cookies",
}
#: Where a server is that does not say so.
_NO_HOST: Final = "https://host.invalid/"
_JSON: Final = "application/json"
_RANGES: Final = ("*/*", "application/*")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class At(NamedTuple):
    """A value in a document, the path to it, and the URI of the document."""

    value: Any
    tokens: Tokens = ()
    uri: str = ""

    def get(self, *tokens: str) -> At | None:
        """Return what is further within, or None if there is no such thing."""
        value = self.value
        for token in tokens:
            if not isinstance(value, dict) or token not in value:
                return None
            value = value[token]
        return At(value, (*self.tokens, *tokens), self.uri)

    def all(self, *tokens: str) -> Iterator[tuple[str, At]]:
        """Yield the members of what is further within, by name or by index."""
        within = self.get(*tokens)
        if within is None:
            return
        value = within.value
        for token in value if isinstance(value, dict) else ():
            yield token, At(value[token], (*within.tokens, token), self.uri)
        for index, each in enumerate(value if isinstance(value, list) else ()):
            yield str(index), At(each, (*within.tokens, str(index)), self.uri)


class Named(NamedTuple):
    """A parameter or header: what a value under *name* must be, and where that is written.

    It is *secret* where the document says that it carries a credential.
    """

    name: str
    at: At
    required: bool
    secret: bool = False

    @property
    def schema(self) -> At | None:
        """The schema of the value: its own, or that of the one media type it is written in."""
        own = self.at.get("schema")
        return own or next((each.get("schema") for _, each in self.at.all("content")), None)


class Part(NamedTuple):
    """A part of an operation that is a contract: the schema of a body, or a set of names."""

    name: str  # "" for the request body, "request.headers", "response.201", …
    body: At | None = None
    names: tuple[Named, ...] = ()

    @property
    def is_sent(self) -> bool:
        """Whether this is part of the request."""
        return not self.name.startswith("response")


class Operation(NamedTuple):
    """An operation: where it stands, and how it is called, which a vendor may leave open."""

    at: At
    item: At | None = None
    method: str = ""
    path: str = ""
    servers: tuple[str, ...] = ()

    @property
    def otherwise(self) -> str:
        """What it is called where it has no operationId."""
        return f"{self.method} {self.path}"


class Source(Protocol):
    """Where a document is from: what leads from a reference to what it names."""

    def follow(self, at: At, reference: str) -> At:
        """Return what a reference leads to. Raises BrokenContract where that is nothing."""

    def broken(self, at: At, reason: str) -> Exception:
        """Return the exception that says what is wrong at a place."""


class OpenAPI:
    """The operations of one document from a *source*.

    operationIds that are alike as names are an error where the document is *strict*. Raises
    BrokenContract.
    """

    def __init__(self, whole: At, source: Source, *, strict: bool = False) -> None:
        self.whole = whole
        self._source = source
        found = list(self._found())
        self._names = Names(written for written, _ in found)
        self.operations: dict[str, Operation] = {}
        for written, each in found:
            try:
                name = self._names.enter(written, each.otherwise, each.at[1:], strict=strict)
            except ValueError as error:
                at = each.at.get("operationId") or each.at
                raise self._source.broken(at, str(error)) from None
            self.operations[name] = each

    # -- operations ------------------------------------------------------------------------------

    def name_of(self, operation: str) -> str | None:
        """Return the name of an operation: it is named so, or has that operationId, as written."""
        return self._names.find(operation)

    def _found(self) -> Iterator[tuple[str, Operation]]:
        """Yield the operations with their operationIds, "" for one that has none."""
        for path, at in self.whole.all("paths"):
            if path.startswith("x-"):
                continue
            if not path.startswith("/"):
                raise self._source.broken(at, f"a path begins with a slash: write {'/' + path!r}")
            item = self._resolved(at, "path item")
            for method, operation in _methods(item) if item else ():
                if not isinstance(operation.value, dict):
                    raise self._source.broken(operation, "an operation is an object")
                servers = _servers(operation, item, self.whole)
                found = Operation(operation, item, method.upper(), path, servers)
                yield str(operation.value.get("operationId", "")), found
        for name, operation in self.whole.all(OPERATIONS_WITHOUT_PATH):
            yield name, Operation(operation)

    def address(self, operation: str) -> str:
        """Return the URL of an operation at the first of its servers, variables at their defaults.

        Its path is still a template. A server that names no host is at one that is none.
        """
        found = self.operations[operation]
        for holder in (found.at, found.item, self.whole):
            for _, each in holder.all("servers") if holder else ():
                if isinstance(each.value, dict) and "url" in each.value:
                    server = urljoin(_NO_HOST, _at_defaults(each.value))
                    return server.rstrip("/") + found.path
        return _NO_HOST.rstrip("/") + found.path

    def body(self, operation: str) -> At | None:
        """Return what is said of the body of a request, if anything is."""
        return self._resolved(self.operations[operation].at.get("requestBody"), "request body")

    def responses(self, operation: str) -> dict[str, At]:
        """Return the responses of an operation: by status, by range of them, or "default"."""
        found = {
            status: self._resolved(at, "response")
            for status, at in self.operations[operation].at.all("responses")
            if not status.startswith("x-")
        }
        return {status: at for status, at in found.items() if at is not None}

    def content(self, message: At | None) -> dict[str, At | None]:
        """Return the schema of each media type in which a body may be written, None without one."""
        found = {}
        for kind, at in message.all("content") if message else ():
            media = self._resolved(at, "media type")
            found[kind] = media.get("schema") if media else None
        return found

    # -- parts -----------------------------------------------------------------------------------

    def parts(self, operation: str) -> dict[str, Part]:
        """Return the parts of an operation by name."""
        found = [*self._sent(operation), *self._answered(operation)]
        return {part.name: part for part in found}

    def _sent(self, operation: str) -> Iterator[Part]:
        yield from self._bodies(self.body(operation), "", "request")
        parameters = list(self._parameters(self.operations[operation]))
        for place, name in PLACES.items():
            names = tuple(each for where, each in parameters if where == place)
            if names:
                yield Part(name, names=names)

    def _answered(self, operation: str) -> Iterator[Part]:
        for status, response in self.responses(operation).items():
            yield from self._bodies(response, f"response.{status}", f"response.{status}")
            names = self.headers(response)
            if names:
                yield Part(f"response.{status}.headers", names=names)

    def headers(self, response: At) -> tuple[Named, ...]:
        """Return the headers of a response; Content-Type is told by its content."""
        found = [(name, self._resolved(at, "header")) for name, at in response.all("headers")]
        return tuple(Named(name, at, at.value.get("required") is True) for name, at in found if at)

    def _bodies(self, message: At | None, name: str, otherwise: str) -> Iterator[Part]:
        """Yield the body as JSON, then the other media types that have a schema of their own."""
        content = {kind: at for kind, at in self.content(message).items() if at is not None}
        main = main_type(content)
        if main is not None:
            yield Part(name, content[main])
        for kind, schema in content.items():
            other = main is None or schema.value != content[main].value
            if other and (is_json(kind) or is_form(kind) or is_text(kind)):
                yield Part(f"{otherwise}.{kind}", schema)

    def parameters(self, operation: str) -> dict[str, list[Named]]:
        """Return the parameters of an operation, by their places: header, query, path, cookie."""
        found: dict[str, list[Named]] = {}
        for place, each in self._parameters(self.operations[operation]):
            found.setdefault(place, []).append(each)
        return found

    def _parameters(self, operation: Operation) -> Iterator[tuple[str, Named]]:
        """Yield the parameters of an operation with their places, those of its path first."""
        by_key = {}
        for holder in (operation.item, operation.at):
            for _, each in holder.all("parameters") if holder else ():
                at = self._resolved(each, "parameter")
                if at is not None:
                    named = Named(at.value["name"], at, at.value.get("required") is True)
                    by_key[at.value.get("in"), named.name] = named
        for place, named in self._credentials(operation):
            given = next((key for key in by_key if _is_same(key, (place, named.name))), None)
            if given is None:
                by_key[place, named.name] = named
            else:
                by_key[given] = by_key[given]._replace(secret=True)
        yield from ((str(place), named) for (place, _), named in by_key.items())

    def _credentials(self, operation: Operation) -> Iterator[tuple[str, Named]]:
        """Yield the names under which credentials travel, by the security of an operation.

        One that is sent whichever alternative is chosen is required.
        """
        said = operation.at.get("security") or self.whole.get("security")
        schemes = {
            name: self._resolved(at, "security scheme")
            for name, at in self.whole.all("components", "securitySchemes")
        }
        carried = [
            {
                key: at
                for name, _ in each.all()
                if (at := schemes.get(name)) and (key := _carried(at))
            }
            for _, each in (said.all() if said else ())
        ]
        for place, name in dict.fromkeys(key for each in carried for key in each):
            at = next(each[place, name] for each in carried if (place, name) in each)
            needed = all((place, name) in each for each in carried)
            yield place, Named(name, at, needed, secret=True)

    def is_sensitive(self, schema: At | None) -> bool:
        """Return whether a schema, or what it refers to, says that its value is never shown."""
        found = self._resolved(schema, "schema")
        said = found.value if found else None
        return isinstance(said, dict) and is_sensitive(said)

    def _resolved(self, at: At | None, kind: str) -> At | None:
        """Follow references, if there are any, to what is of a kind. Raises BrokenContract."""
        if at is None:
            return None
        found, seen = at, set[tuple[str, Tokens]]()
        while isinstance(found.value, dict) and isinstance(found.value.get("$ref"), str):
            if (found.uri, found.tokens) in seen:
                raise self._source.broken(_reference(at), "the reference leads back to itself")
            seen.add((found.uri, found.tokens))
            found = self._source.follow(found, found.value["$ref"])
        if found is not at and kind != "schema" and found.tokens[-2:-1] == ("schemas",):
            leads = f"the reference leads to a schema, but must lead to a {kind}"
            raise self._source.broken(_reference(at), leads)
        wrong = fault(kind, found.value)
        if wrong is None:
            return found
        reason, key = wrong
        if key is None and found is not at:
            raise self._source.broken(_reference(at), f"the reference leads to no {kind}: {reason}")
        raise self._source.broken((key and found.get(key)) or found, reason)


def _reference(at: At) -> At:
    return at.get("$ref") or at


def _carried(scheme: At) -> tuple[str, str] | None:
    """Return where a credential of a security scheme travels, and under which name."""
    kind, name = scheme.value.get("type"), scheme.value.get("name")
    if kind == "apiKey" and isinstance(name, str):
        return str(scheme.value.get("in")), name
    return ("header", "Authorization") if kind in ("http", "oauth2", "openIdConnect") else None


def _is_same(one: tuple[Any, str], other: tuple[str, str]) -> bool:
    """Whether two parameters are one: the names of headers count in any case."""
    if one[0] == "header":
        return one[0] == other[0] and one[1].lower() == other[1].lower()
    return one == other


def _methods(item: At) -> Iterator[tuple[str, At]]:
    for method, operation in item.all():
        if method in METHODS:
            yield method, operation
    yield from item.all("additionalOperations")


def _servers(*holders: At | None) -> tuple[str, ...]:
    """Return the servers that the innermost of the holders names; without any it is "/"."""
    for holder in holders:
        found = [each.value for _, each in (holder.all("servers") if holder else ())]
        named = [each for each in found if isinstance(each, dict)]
        urls = [url for each in named if isinstance(each.get("url"), str) for url in _filled(each)]
        if urls:
            return tuple(dict.fromkeys(urls))
    return ("/",)


def _filled(server: Mapping[str, Any]) -> list[str]:
    """Return the URLs of a server, with each value that a variable in their path may have.

    One that stands for more than one name, as one for a whole address does, has its default.
    """
    urls, variables = [server["url"]], server.get("variables")
    path = urls[0].partition("://")[2].partition("/")[2] if "://" in urls[0] else urls[0]
    for name, each in variables.items() if isinstance(variables, dict) else ():
        mark = f"{{{name}}}"
        if isinstance(each, dict) and mark in urls[0]:
            values = _values(each, mark, in_path=mark in path)
            urls = [url.replace(mark, value) for url in urls for value in values]
    return urls


def _values(variable: Mapping[str, Any], mark: str, *, in_path: bool) -> list[str]:
    listed, default = variable.get("enum"), variable.get("default")
    if in_path and isinstance(listed, list) and listed:
        return [str(each).strip("/") for each in listed]
    if isinstance(default, str) and "/" in default.strip("/"):
        return [default.strip("/")]
    return ["", mark] if in_path and default == "" else [mark]


def _at_defaults(server: Mapping[str, Any]) -> str:
    url, variables = str(server["url"]), server.get("variables")
    for name, each in variables.items() if isinstance(variables, dict) else ():
        default = each.get("default") if isinstance(each, dict) else None
        url = url.replace(f"{{{name}}}", str(default or name).strip("/"))
    return url


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON."""
    return media_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))


def is_form(media_type: str) -> bool:
    """Return whether a media type is that of a form: named values, each a text."""
    return media_type.partition(";")[0].strip().lower() in _FORMS


def is_text(media_type: str) -> bool:
    """Return whether a media type is plain text, or a range that it is in."""
    return media_type.partition(";")[0].strip().lower() in ("text/plain", "text/*")


def main_type(content: Iterable[str]) -> str | None:
    """Return the media type that is judged where none is named: JSON, or a range it is in."""
    found = [each for each in content if is_json(each) or each in _RANGES]
    return min(found, key=lambda each: (each in _RANGES, each != _JSON), default=None)


def reference_to(at: At) -> str:
    """Return the shortest reference to a schema: what it refers to itself, if it does no more."""
    if isinstance(at.value, dict) and at.value.keys() == {"$ref"}:
        return resolve_uri(at.uri, at.value["$ref"])
    return Node(at.value, at.uri, at.tokens).location
