"""Parts of an HTTP message go in as texts; openapi-core reads them, and values to judge come out.

It is openapi-core that finds the operation of a request, the response of a status, the media type
of a body, and takes parameters apart. Where it is of another mind than the OpenAPI Specification,
or reads more than is written, what it is given here is prepared so that it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast
from urllib.parse import parse_qsl, quote, unquote, unquote_plus

from jsonschema_path import SchemaPath
from openapi_core.casting.schemas.casters import SchemaCaster
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.media_types.util import data_form_loads
from openapi_core.deserializing.styles import style_deserializers
from openapi_core.deserializing.styles.deserializers import StyleDeserializer
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.media_types.finders import MediaTypeFinder
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.templating.responses.finders import ResponseFinder

from .openapi import Named, Operation
from .typed import Shape

Pairs = Sequence[tuple[str, str]]

_KEPT: Final = 1024  # paths, media types and statuses remembered
_DELIMITER: Final = re.compile("(%2[146-9a-c]|%3[abd]|%40)", re.IGNORECASE)
_MARKED: Final = ("label", "matrix")  # styles in which a mark stands before any value
_UNRESERVED: Final = "!$&'()*+,;=:@-._~"


# -- the operation -------------------------------------------------------------------------------


class Match(NamedTuple):
    """The operation of a request, and the values in its path as they are written there."""

    operation: str
    values: Mapping[str, str]


class Paths:
    """The paths of an API: those of its servers, whatever their hosts, with those of operations."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._skeletons: dict[int, dict[str, Any]] = {}
        self._finders: dict[int, APICallPathFinder] = {}
        self.methods: dict[str, None] = {}
        self.hosts = _hosts({server for each in operations.values() for server in each.servers})
        self.templates: dict[str, None] = {}
        for name, each in operations.items():
            for server in each.servers if each.path else ():
                self._enter(name, each, server_path(server))
        self.find = lru_cache(_KEPT)(self._find)

    def _enter(self, name: str, operation: Operation, prefix: str) -> None:
        template = _written(operation.path)
        self.templates[prefix + operation.path] = None
        self.methods[operation.method] = None
        paths = self._skeletons.setdefault((prefix + template).count("/"), {})
        item = paths.setdefault(template, {})
        entered = item.setdefault(operation.method, {"operationId": name, "servers": []})
        entered["servers"].append({"url": _written(prefix) or "/"})

    def _find(self, method: str, path: str) -> Match | None:
        """Return the operation of a method at a path, which is as in a URL; None if none is."""
        # a delimiter that is escaped is no delimiter in a value, but may be one in a template
        for each in dict.fromkeys((_written(path, keep=True), _written(path))):
            found = self._found(method, each)
            if found is None and not each.endswith("/"):
                found = self._found(method, f"{each}/", only="/")
            if found is not None:
                return found
        return None

    def _found(self, method: str, path: str, only: str | None = None) -> Match | None:
        size = path.count("/")
        if size not in self._finders:
            skeleton = {"paths": self._skeletons.get(size, {})}
            self._finders[size] = APICallPathFinder(SchemaPath.from_dict(skeleton))
        try:
            found = self._finders[size].find(method, f"https://host.invalid{path}")
        except PathError:
            return None
        if only is not None and found.path_result.pattern != only:
            return None
        return Match((found.operation / "operationId").read_str(), found.path_result.variables)

    def methods_at(self, path: str) -> list[str]:
        """Return the methods of the operations at a path."""
        return [method for method in self.methods if self.find(method, path)]


def _hosts(servers: Iterable[str]) -> list[re.Pattern[str]]:
    """Return patterns of the hosts that servers name; one that may be any host names none."""
    found = set()
    for url in servers:
        host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
        fixed = re.sub(r"{[^{}]*}", "", host)
        if fixed.strip(".:"):
            found.add("[^.]*".join(map(re.escape, re.split(r"{[^{}]*}", host))))
    return [re.compile(pattern) for pattern in sorted(found)]


def server_path(url: str) -> str:
    """Return the path of a server's URL, without a slash at its end."""
    rest = url.partition("://")[2] if "://" in url else url.removeprefix("//")
    path = url if url.startswith("/") and not url.startswith("//") else f"/{rest.partition('/')[2]}"
    return path.partition("?")[0].rstrip("/")


def _written(path: str, *, keep: bool = False) -> str:
    """Return a path with each of its names escaped in the one way; braces are of templates.

    *keep* the delimiters escaped that are.
    """
    return "/".join(
        [
            each
            if each.replace("-", "").isalnum() and each.isascii()
            else "".join(_each_written(each, keep=keep))
            for each in path.split("/")
        ]
    )


def _each_written(name: str, *, keep: bool) -> Iterator[str]:
    for index, part in enumerate(_DELIMITER.split(name) if keep else [name]):
        yield part.upper() if index % 2 else quote(unquote(part), safe=_UNRESERVED + "{}")


# -- responses and media types -------------------------------------------------------------------


class Choice:
    """A choice by what a message says: of a response by its status, of a schema by media type."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)

    def __bool__(self) -> bool:
        return bool(self.names)


class Statuses(Choice):
    """The statuses of an operation, ranges of them, and "default"."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        self._ours = {name.upper() if name != "default" else name: name for name in self.names}
        self._finder = ResponseFinder(
            SchemaPath.from_dict({name: {"is": name} for name in self._ours})
        )
        self.find = lru_cache(_KEPT)(self._find)

    def _find(self, status: int) -> str | None:
        """Return which of the names is that of a status."""
        try:
            return self._ours[(self._finder.find(str(status)) / "is").read_str()]
        except ResponseNotFound:
            return None


class MediaTypes(Choice):
    """The media types of a body, and ranges of them."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(names)
        ours: dict[str, str] = {}
        for name in self.names:
            ours.setdefault(bare(name), name)
        self._ours = ours
        self._finder = MediaTypeFinder(SchemaPath.from_dict({name: {} for name in ours}))
        self.find = lru_cache(_KEPT)(self._find)

    def _find(self, media_type: str) -> str | None:
        """Return which of the names is that of a media type."""
        kind = bare(media_type)
        if kind in self._ours:
            return self._ours[kind]
        try:
            return self._ours[self._finder.find(kind).mime_type]
        except MediaTypeNotFound:
            return None


def bare(media_type: str) -> str:
    """Return a media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()


# -- parameters ----------------------------------------------------------------------------------


class Parameter:
    """A parameter or header, and how its text is taken apart."""

    def __init__(self, named: Named, place: str, shape: Shape) -> None:
        self.name = named.name
        self.place = place
        self.shape = shape
        self.is_json = named.at.get("content") is not None
        said = named.at.value
        self.style = str(said.get("style") or ("simple" if place in ("path", "header") else "form"))
        self.explode = bool(said.get("explode", self.style in ("form", "cookie", "deepObject")))
        callable_ = style_deserializers.get("form" if self.style == "cookie" else self.style)
        self._reader = StyleDeserializer(
            self.style,
            self.explode,
            self.name,
            shape.structure,
            cast(SchemaCaster, self),
            callable_,
        )

    @property
    def spread(self) -> bool:
        """Whether each attribute of the value is a parameter of its own."""
        own = self.style == "form" and self.explode and not self.is_json
        return own and self.shape.structure == "object"

    @property
    def deep(self) -> bool:
        """Whether attributes are named in brackets behind the parameter's name."""
        return self.style == "deepObject"

    def cast(self, value: Any) -> Any:
        """Return the texts that were taken apart as values; openapi-core calls this."""
        return self.shape.cast(self._unescaped(value))

    def value(self, text: str) -> Any:
        """Return what a text stands for; the text itself, where it cannot be taken apart."""
        if self.is_json:
            plain = self._plain(text)
            return _json(unquote(plain) if self.place == "cookie" else plain)
        if not self.shape.structure and self.style not in _MARKED:
            return self.shape.cast(self._plain(text))
        try:
            return self._reader.deserialize(self._location(text))
        except (DeserializeError, KeyError, ValueError, TypeError, IndexError):
            return self._plain(text)

    def several(self, texts: Sequence[str]) -> Any:
        """Return the value of a parameter that is there several times, or may be."""
        if self.explode and self.shape.structure == "array" and not self.is_json:
            return self.cast(list(texts))
        if len(texts) == 1:
            return self.value(texts[0])
        return [self.value(text) for text in texts]

    def _location(self, text: str) -> dict[str, str]:
        if self.style == "spaceDelimited":
            text = text.replace("+", "%20").replace(" ", "%20")
        if self.style == "pipeDelimited":
            text = re.sub("%7c", "|", text, flags=re.IGNORECASE)
        keys = (self.name, f".{self.name}", f".{self.name}*", f";{self.name}", f";{self.name}*")
        return dict.fromkeys(keys, text)

    def _unescaped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._unescaped(each) for each in value]
        if isinstance(value, dict):
            return {self._plain(name): self._plain(each) for name, each in value.items()}
        return self._plain(value)

    def _plain(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        if self.place == "query":
            return unquote_plus(text) if "%" in text or "+" in text else text
        if self.place == "header":
            return text.strip(" \t")
        return unquote(text) if self.place == "path" and "%" in text else text


def _json(text: str) -> Any:
    from .document import parse

    document = parse(text)
    return document.value if document.readable else text


def read_named(parameters: Iterable[Parameter], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of parameters of which each is there once: headers, or those of a path."""
    return {
        each.name: each.value(given[key])
        for each in parameters
        if (key := each.name.lower() if each.place == "header" else each.name) in given
    }


def read_query(parameters: Iterable[Parameter], query: str) -> dict[str, Any]:
    """Return the values of the parameters in a query, and what else is in it, as texts."""
    given: dict[str, list[str]] = {}
    for pair in query.split("&") if query else ():
        name, _, text = pair.partition("=")
        given.setdefault(unquote_plus(name), []).append(text)
    given.pop("", None)
    return read_pairs(parameters, given)


def read_cookies(parameters: Iterable[Parameter], header: str) -> dict[str, Any]:
    """Return the values of the parameters in a Cookie header."""
    given: dict[str, list[str]] = {}
    for pair in header.split(";"):
        name, _, text = pair.partition("=")
        text = text.strip()
        quoted = text[:1] == text[-1:] == '"' and len(text) > 1
        given.setdefault(name.strip(), []).append(text[1:-1] if quoted else text)
    known = list(parameters)
    read = read_pairs(known, given)
    return {each.name: read[each.name] for each in known if each.name in read}


def read_pairs(parameters: Iterable[Parameter], given: dict[str, list[str]]) -> dict[str, Any]:
    """Return the values of parameters given by name, each perhaps several times, and the others."""
    read: dict[str, Any] = {}
    spread: list[Parameter] = []
    for each in parameters:
        if each.spread:
            spread.append(each)
        elif each.deep:
            inside = {name: given.pop(name)[-1] for name in list(given) if _within(each.name, name)}
            if inside:
                read[each.name] = each.cast(
                    {_within(each.name, name): text for name, text in inside.items()}
                )
        elif each.name in given:
            read[each.name] = each.several(given.pop(each.name))
    for each in spread:
        names = [name for name in given if name in each.shape.named or each.shape.others]
        if names:
            read[each.name] = each.cast({name: given.pop(name)[-1] for name in names})
    return {**read, **{name: unquote_plus(texts[-1]) for name, texts in given.items()}}


def _within(name: str, given: str) -> str | None:
    """Return the attribute that `name[attribute]` is of, if it is such."""
    if given.startswith(f"{name}[") and given.endswith("]"):
        return given[len(name) + 1 : -1]
    return None


# -- bodies that are forms -----------------------------------------------------------------------


def read_form(body: bytes, media_type: str, shape: Shape) -> dict[str, Any]:
    """Return the values in the body of a form, urlencoded or in parts."""
    return {
        name: _field(shape.named.get(name) or shape.others or Shape(), texts)
        for name, texts in _fields(body, media_type)
    }


def _field(shape: Shape, texts: list[str]) -> Any:
    if shape.structure == "array" or len(texts) > 1:
        return shape.cast(texts)
    return _json(texts[0]) if shape.structure == "object" else shape.cast(texts[0])


def _fields(body: bytes, media_type: str) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    if bare(media_type) == "application/x-www-form-urlencoded":
        for name, text in parse_qsl(body.decode(errors="replace"), keep_blank_values=True):
            found.setdefault(name, []).append(text)
    else:
        boundary = re.search(r'boundary="?([^";]+)', media_type)
        parts: Any = data_form_loads(body, boundary=boundary[1] if boundary else "")
        for name, content in parts.items(multi=True):
            found.setdefault(name, []).append(content.decode(errors="replace"))
    yield from found.items()
