"""Validation of messages by openapi-core, to compare with fieldbound's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.media_types.util import json_loads
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from fieldbound import Message

#: Keywords that identify a file: they are dropped where it becomes a part of another one.
_NAMES = frozenset(("$id", "$schema", "x-source", "x-sources"))


class Request:
    """A request in the protocol of openapi-core."""

    def __init__(self, message: Message) -> None:
        url = urlsplit(message.url)
        self.host_url = f"{url.scheme}://{url.netloc}"
        self.path = unquote(url.path)  # as WSGI servers do
        self.full_url_pattern = self.host_url + self.path
        self.method = message.method.lower()
        headers = Headers(list(message.headers))
        cookies = [each.strip().partition("=") for each in headers.get("Cookie", "").split(";")]
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(url.query, keep_blank_values=True)),
            header=headers,
            cookie=ImmutableMultiDict((name, text) for name, _, text in cookies if name),
        )
        self.content_type = headers.get("Content-Type", "")
        self.body = message.body


class Response:
    """A response in the protocol of openapi-core."""

    def __init__(self, message: Message) -> None:
        self.data = message.body or b""
        self.status_code = message.status
        self.headers = Headers(list(message.headers))
        self.content_type = self.headers.get("Content-Type", "")


def openapi_core_validator(document: Mapping[str, Any]) -> OpenAPI:
    """Return openapi-core's validator of a document, with all JSON media types."""
    kinds = set(_named(document, "content"))
    deserializers = {kind: json_loads for kind in kinds if kind.endswith("+json")}
    return OpenAPI.from_dict(
        dict(document), config=Config(extra_media_type_deserializers=deserializers)
    )


def _named(part: Any, key: str) -> Iterator[str]:
    """Yield the property names of every object under a key."""
    for name, each in part.items() if isinstance(part, dict) else ():
        if name == key and isinstance(each, dict):
            yield from each
        yield from _named(each, key)


def self_contained(path: Path) -> dict[str, Any]:
    """Return a document that contains the files it refers to."""
    whole = json.loads(path.read_text("utf-8"))
    files = {each.name: json.loads(each.read_text("utf-8")) for each in path.parent.glob("*.json")}
    embedded = {name: _embedded(each, name) for name, each in files.items() if name != path.name}
    return {**_embedded(whole, ""), "x-files": embedded}


def _embedded(part: Any, file: str) -> Any:
    """Return a part of a file with its references resolved against the whole document.

    openapi-core ignores siblings of a $ref, unless it is in an allOf.
    """
    if isinstance(part, list):
        return [_embedded(each, file) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _embedded(each, file) for name, each in part.items() if name not in _NAMES}
    reference = kept.pop("$ref", None)
    if not isinstance(reference, str):
        return kept if reference is None else {**kept, "$ref": reference}
    name, _, pointer = reference.partition("#")
    start = f"/x-files/{name or file}" if name or file else ""
    found = {"$ref": f"#{start}{pointer}"}
    others = {name: each for name, each in kept.items() if not name.startswith("x-")}
    return {**kept, "allOf": [found, *kept.get("allOf", ())]} if others else found


def openapi_core_errors(validator: OpenAPI, message: Message) -> str | None:
    """Return openapi-core's errors for a message, or None if it is valid."""
    request: Any = Request(message)
    try:
        if message.status is None:
            validator.validate_request(request)
        else:
            validator.validate_response(request, Response(message))  # type: ignore[arg-type]
    except (OpenAPIError, ValueError) as error:  # a bug at some media types
        return " < ".join(_messages(error))
    return None


def _messages(error: BaseException | None) -> Iterator[str]:
    """Yield the types of an exception and its causes; `str` fails for some of them."""
    while error is not None:
        yield type(error).__name__
        yield from (str(each.message) for each in getattr(error, "schema_errors", ()))
        error = error.__cause__
