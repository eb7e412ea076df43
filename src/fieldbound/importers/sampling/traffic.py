"""Recorded traffic as samples: what the JSON bodies of each operation in a HAR have in common."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from fieldbound.documents import parse
from fieldbound.importers.draft import Draft, Omitted
from fieldbound.importers.folder import source_entry
from fieldbound.importers.source import SourceDocument
from fieldbound.openapi import METHODS, is_json, kebab_case, unused_name

from .values import is_data, observed, schema_of

if TYPE_CHECKING:
    from fieldbound.importers.options import Options

#: A segment of a path that a vendor gave; any other may be an id or a token, and is a parameter.
_SEGMENT: Final = re.compile(r"[A-Za-z][A-Za-z_.~-]{0,39}|[A-Za-z_-]{0,20}v?[0-9]{1,2}(\.[0-9]+)*")
_STATUSES: Final = range(200, 300)
_NOTE: Final = "Seen in recorded traffic."
_Operation = tuple[str, str]


def draft_of_traffic(document: SourceDocument, options: Options, entries: list[Any]) -> Draft:
    """Return the draft of the operations of a HAR. Raises BrokenSource if there is none."""
    omitted: list[Omitted] = []
    bodies: dict[_Operation, dict[str, list[Any]]] = {}
    for index, entry in enumerate(entries):
        place = f"/log/entries/{index}"
        operation = _operation(entry)
        if operation is None or (options.resources and not _is_chosen(operation[1], options)):
            if operation is None:
                omitted.append(Omitted(place, "no request with a method and a URL"))
            continue
        for part, value in _bodies(entry):
            bodies.setdefault(operation, {}).setdefault(part, []).append(value)
    if not bodies:
        raise document.error("there is no JSON body of a request or a successful answer", "log")
    key = f"traffic-{kebab_case(options.vendor)}"
    paths: dict[str, Any] = {}
    names: set[str] = set()
    for (method, path), parts in sorted(bodies.items()):
        name = unused_name(kebab_case(f"{method}-{path}") or method, names)
        names.add(name)
        item = paths.setdefault(path, _item(path))
        item[method] = _described(name, parts)
    source = {"says": "observed", "from": key}
    openapi = {
        "openapi": "3.1.0",
        "info": {"title": options.vendor, "version": "1"},
        "x-source": source,
        "paths": paths,
    }
    sources = {key: source_entry(document, f"Recorded traffic of {options.vendor}")}
    files = {"openapi.json": openapi, "sources.json": sources}
    return Draft(options.vendor, key, files, tuple(omitted), document)


def _is_chosen(path: str, options: Options) -> bool:
    return not {*path.split("/")}.isdisjoint(options.resources)


def _operation(entry: Any) -> _Operation | None:
    """Return the method and the path, with parameters for ids, of a recorded request."""
    request = _object(_object(entry).get("request"))
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str) or method.lower() not in METHODS:
        return None
    try:
        segments = urlsplit(url).path.split("/")
    except ValueError:
        return None
    names = (_segment(unquote(each), index) for index, each in enumerate(segments[1:], 1))
    return method.lower(), "/" + "/".join(names)


def _segment(text: str, index: int) -> str:
    if text and (_SEGMENT.fullmatch(text) is None or is_data(text)):
        return f"{{id{index}}}"
    return text


def _bodies(entry: Any) -> Iterator[tuple[str, Any]]:
    """Yield the JSON bodies of a recorded request and its answer, "" for that of the request."""
    posted = _object(_object(entry["request"]).get("postData"))
    yield from _body("", posted)
    response = _object(_object(entry).get("response"))
    status = response.get("status")
    if isinstance(status, int) and status in _STATUSES:
        yield from _body(str(status), _object(response.get("content")))


def _body(part: str, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    text, kind = given.get("text"), given.get("mimeType")
    if not isinstance(text, str) or not text or not isinstance(kind, str) or not is_json(kind):
        return
    data = text.encode("utf-8", "surrogatepass")
    if given.get("encoding") == "base64":
        try:
            data = b64decode(data)
        except (binascii.Error, ValueError):
            return
    found = parse(data, name="body")
    if found.readable:
        yield part, found.value


def _item(path: str) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", path)
    found = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
        for each in names
    ]
    return {"parameters": found} if found else {}


def _described(name: str, parts: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": name}
    responses: dict[str, Any] = {}
    for part, values in sorted(parts.items()):
        schema = schema_of(observed(values)) or {"x-not-checked": ["Always null."]}
        content = {"application/json": {"schema": schema}}
        if part:
            responses[part] = {"description": _NOTE, "content": content}
        else:
            operation["requestBody"] = {"content": content}
    return {**operation, "responses": responses or {"default": {"description": _NOTE}}}


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
