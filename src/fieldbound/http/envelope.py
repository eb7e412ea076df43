"""Schemas of the envelope of messages: URL, method, status code, media type, presence of a body.

Each is the schema of an object that stands for a message, so that a violation of the envelope is
one of a limit with its source, as in a body.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from fieldbound.model import Node
from fieldbound.openapi import SpecNode, source_entry

from .parameter_sets import CONTENT_TYPE
from .part_headers import content_types

_INFERRED: Final = {"says": "inferred"}
#: Fields of an Encoding Object beside which its contentType is ignored.
_SERIALIZATION: Final = frozenset(("style", "explode", "allowReserved"))


def url_schema(
    document: SpecNode, templates: Iterable[str], without_path: Iterable[str]
) -> dict[str, Any]:
    """Return the schema of the URLs of an API; some operations are documented *without_path*."""
    note = "no other path is documented"
    names = ", ".join(without_path)
    note += f"; the paths of {names} are not documented" if names else ""
    paths = document.get("paths") or document
    return _object(url=_one_of(templates, paths, note))


def method_schema(document: SpecNode, methods: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the methods at a path."""
    paths = document.get("paths") or document
    return _object(method=_one_of(methods, paths, "no other method is documented for this path"))


def request_schema(
    operation: SpecNode, body: SpecNode | None, media_types: Iterable[str]
) -> dict[str, Any]:
    """Return the schema of the envelope of a request."""
    if body is None:
        source = _source_entry("not", operation, "no body is documented")
        schema = _object(body={"not": {}, "x-source": source})
    else:
        schema = _body_schema(body, media_types)
        if body.value.get("required") is True:
            node = body.get("required") or body
            entry = {
                **source_entry(body.value, "required"),
                "of": "required/body",
                "at": _location(node),
            }
            schema = {**schema, "required": ["body"], "x-source": entry}
    closed = {
        "additionalProperties": False,
        "x-source": _source_entry("additionalProperties", operation, "no parameter is documented"),
    }
    return {**schema, "properties": {**schema["properties"], "query": closed}}


def status_schema(operation: SpecNode, statuses: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the status codes of an operation."""
    values = [int(each) if each.isdecimal() else each for each in statuses]
    responses = operation.get("responses") or operation
    note = "no other status is documented"
    source = {**_source_entry("enum", operation, note), "at": _location(responses)}
    return _object(status={"enum": values, "x-source": source})


def response_schema(response: SpecNode, media_types: list[str]) -> dict[str, Any]:
    """Return the schema of the envelope of one response."""
    if not media_types:
        source = _source_entry("not", response, "no body is documented")
        return _object(body={"not": {}, "x-source": source})
    source = _source_entry("required/body", response, "a body of some media type is documented")
    return {**_body_schema(response, media_types), "required": ["body"], "x-source": source}


def _body_schema(message: SpecNode, media_types: Iterable[str]) -> dict[str, Any]:
    content = message.get("content") or message
    names = list(media_types)
    documented = [_content_source(message, content)]
    inferred = {
        **_INFERRED,
        "of": "required/Content-Type",
        "at": _location(content),
        "note": "a body needs a media type",
    }
    headers = {
        "properties": {"Content-Type": {"enum": names, "x-source": documented}},
        "required": ["Content-Type"] if names else [],
        "x-source": inferred,
    }
    return _object(headers=headers if names else {}, body={})


def part_schema(encoding: SpecNode) -> dict[str, Any] | None:
    """Return the schema of the Content-Type of a part; None if an Encoding Object limits none.

    It does not where it says how the value is serialized.
    """
    names = content_types(encoding.value) if isinstance(encoding.value, dict) else []
    if not names or not _SERIALIZATION.isdisjoint(encoding.value):
        return None
    node = encoding.get("contentType") or encoding
    source = {**_INFERRED, "at": _location(node), "note": "contentType of the encoding"}
    return {
        "properties": {CONTENT_TYPE: {"enum": names, "x-source": {**source, "of": "enum"}}},
        "required": [CONTENT_TYPE],
        "x-source": {**source, "of": f"required/{CONTENT_TYPE}"},
    }


def _content_source(message: SpecNode, content: SpecNode) -> dict[str, Any]:
    """Return the source of the media types: stated only where an entry of x-source says so."""
    value = message.value.get("x-source")
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        keywords = entry.get("of") if isinstance(entry, dict) else None
        if "content" in (keywords if isinstance(keywords, list) else [keywords]):
            return {**entry, "of": "enum", "at": _location(content)}
    return _source_entry("enum", content, "no other media type is documented") | _cited(message)


def _object(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


def _one_of(values: Iterable[Any], node: SpecNode, note: str) -> dict[str, Any]:
    return {"enum": list(values), "x-source": _source_entry("enum", node, note)}


def _source_entry(keyword: str, node: SpecNode, note: str) -> dict[str, Any]:
    return {**_INFERRED, **_cited(node), "of": keyword, "at": _location(node), "note": note}


def _cited(node: SpecNode) -> dict[str, Any]:
    """Return the documents that a node cites: a limit may be inferred from them."""
    stated = node.value.get("x-source") if isinstance(node.value, dict) else None
    entries = stated if isinstance(stated, list) else [stated] if stated else []
    return {"from": entries[0]["from"]} if entries and "from" in entries[0] else {}


def _location(node: SpecNode) -> str:
    return Node(node.value, node.uri, node.tokens).location
