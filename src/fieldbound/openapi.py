"""An OpenAPI document goes in; its operations come out, each with the parts that are contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin

from .limits import is_sensitive
from .references import WITHOUT_PATH, Node, joined

Tokens = tuple[str, ...]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
#: Where parameters stand, and the part of an operation that has them.
PLACES: Final = {
    "header": "request.headers",
    "query": "request.query",
    "path": "request.path",
    "cookie": "request.cookies",
}
_MOST_HOPS: Final = 10
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


Follow = Callable[[At, str], At]


class OpenAPI:
    """The operations of one document; *follow* leads from a reference to what it names.

    Raises ValueError where two operations have one name.
    """

    def __init__(self, whole: At, follow: Follow) -> None:
        self.whole = whole
        self._follow = follow
        self.operations: dict[str, Operation] = {}
        for name, operation in self._found():
            if name in self.operations and "operationId" in operation.at.value:
                raise ValueError(f"two operations are named {name}")
            self.operations[_free(name, self.operations)] = operation

    # -- operations ------------------------------------------------------------------------------

    def _found(self) -> Iterator[tuple[str, Operation]]:
        for path, at in self.whole.all("paths"):
            item = self._resolved(at) if path.startswith("/") else None
            for method, operation in _methods(item) if item else ():
                if isinstance(operation.value, dict):
                    name = operation.value.get("operationId", f"{method} {path}")
                    servers = _servers(operation, item, self.whole)
                    found = Operation(operation, item, method.upper(), path, servers)
                    yield kebab(str(name)), found
        for name, operation in self.whole.all(WITHOUT_PATH):
            yield kebab(name), Operation(operation)

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
        return self._resolved(self.operations[operation].at.get("requestBody"))

    def responses(self, operation: str) -> dict[str, At]:
        """Return the responses of an operation: by status, by range of them, or "default"."""
        found = {
            status: self._resolved(at)
            for status, at in self.operations[operation].at.all("responses")
            if not status.startswith("x-")
        }
        return {status: at for status, at in found.items() if at is not None}

    def content(self, message: At | None) -> dict[str, At | None]:
        """Return the schema of each media type in which a body may be written, None without one."""
        found = {}
        for kind, at in message.all("content") if message else ():
            media = self._resolved(at)
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
        found = [(name, self._resolved(at)) for name, at in response.all("headers")]
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
                at = self._resolved(each)
                if at is not None and isinstance(at.value.get("name"), str):
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
            name: self._resolved(at) for name, at in self.whole.all("components", "securitySchemes")
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
        found = self._resolved(schema)
        return found is not None and is_sensitive(found.value)

    def _resolved(self, at: At | None) -> At | None:
        """Follow a reference, if there is one."""
        for _ in range(_MOST_HOPS):
            reference = at.value.get("$ref") if at and isinstance(at.value, dict) else None
            if at is None or not isinstance(reference, str):
                break
            at = self._follow(at, reference)
        return at if at and isinstance(at.value, dict) else None


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
    """Return the servers that the innermost of the holders names; without any it is "/".

    A variable that stands for more than one name, as one for a whole address does, has its default.
    """
    for holder in holders:
        found = [each.value for _, each in (holder.all("servers") if holder else ())]
        urls = [_filled(each) for each in found if isinstance(each, dict) and "url" in each]
        if urls:
            return tuple(urls)
    return ("/",)


def _filled(server: Mapping[str, Any]) -> str:
    url, variables = str(server["url"]), server.get("variables")
    for name, each in variables.items() if isinstance(variables, dict) else ():
        default = each.get("default") if isinstance(each, dict) else None
        if isinstance(default, str) and "/" in default.strip("/"):
            url = url.replace(f"{{{name}}}", default.strip("/"))
    return url


def _at_defaults(server: Mapping[str, Any]) -> str:
    url, variables = str(server["url"]), server.get("variables")
    for name, each in variables.items() if isinstance(variables, dict) else ():
        default = each.get("default") if isinstance(each, dict) else None
        url = url.replace(f"{{{name}}}", str(default or name).strip("/"))
    return url


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that is not taken yet."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def kebab(name: str) -> str:
    """Return an operationId as a contract is named: createProductGroup is create-product-group."""
    written = ""
    for index, letter in enumerate(name):
        before, after = name[index - 1 : index], name[index + 1 : index + 2]
        begins = letter.isupper() and (before.islower() or before.isdigit() or after.islower())
        written += ("-" if begins else "") + (letter.lower() if letter.isalnum() else "-")
    return "-".join(word for word in written.split("-") if word)


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
        return joined(at.uri, at.value["$ref"])
    return Node(at.value, at.uri, at.tokens).location
