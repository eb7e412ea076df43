"""What an API says around bodies goes in: paths, methods, statuses, media types; schemas come out.

Each is of an object that stands for a whole message, so that what is wrong with a message is told
as what is wrong with a body is: as a limit with its source.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from fieldbound.model import Node
from fieldbound.openapi import At, entry_of

_INFERRED: Final = {"says": "inferred"}


def api_frame(whole: At, templates: Iterable[str], lost: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the URLs of an API; *lost* are operations whose path is not known."""
    note = "no other path is documented"
    others = ", ".join(lost)
    note += f"; those of {others} are not documented at all" if others else ""
    paths = whole.get("paths") or whole
    return _object(url=_one_of(templates, paths, note))


def path_frame(whole: At, methods: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the methods at a path."""
    paths = whole.get("paths") or whole
    return _object(method=_one_of(methods, paths, "no other method is documented for this path"))


def request_frame(operation: At, body: At | None, media_types: Iterable[str]) -> dict[str, Any]:
    """Return the schema of what surrounds the body of a request."""
    if body is None:
        said = _said("not", operation, "no body is documented")
        frame = _object(body={"not": {}, "x-source": said})
    else:
        frame = _with_body(body, media_types)
        if body.value.get("required") is True:
            at = body.get("required") or body
            entry = {**entry_of(body.value, "required"), "of": "required/body", "at": _place(at)}
            frame = {**frame, "required": ["body"], "x-source": entry}
    closed = {
        "additionalProperties": False,
        "x-source": _said("additionalProperties", operation, "no parameter is documented"),
    }
    return {**frame, "properties": {**frame["properties"], "query": closed}}


def response_frame(operation: At, statuses: Iterable[str]) -> dict[str, Any]:
    """Return the schema of the statuses of an operation's responses."""
    values = [int(each) if each.isdecimal() else each for each in statuses]
    responses = operation.get("responses") or operation
    note = "no other status is documented"
    said = {**_said("enum", operation, note), "at": _place(responses)}
    return _object(status={"enum": values, "x-source": said})


def answer_frame(response: At, media_types: list[str]) -> dict[str, Any]:
    """Return the schema of what surrounds the body of one response."""
    if not media_types:
        said = _said("not", response, "no body is documented")
        return _object(body={"not": {}, "x-source": said})
    said = _said("required/body", response, "a body of some media type is documented")
    return {**_with_body(response, media_types), "required": ["body"], "x-source": said}


def _with_body(message: At, media_types: Iterable[str]) -> dict[str, Any]:
    content = message.get("content") or message
    kinds = list(media_types)
    said = [entry_of(message.value, "content") or dict(_INFERRED)]
    written = [
        {**said[0], "of": "enum", "at": _place(content)},
    ]
    missing = {
        **_INFERRED,
        "of": "required/Content-Type",
        "at": _place(content),
        "note": "a body comes with its media type",
    }
    headers = {
        "properties": {"Content-Type": {"enum": kinds, "x-source": written}},
        "required": ["Content-Type"] if kinds else [],
        "x-source": missing,
    }
    return _object(headers=headers if kinds else {}, body={})


def _object(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


def _one_of(values: Iterable[Any], at: At, note: str) -> dict[str, Any]:
    return {"enum": list(values), "x-source": _said("enum", at, note)}


def _said(word: str, at: At, note: str) -> dict[str, Any]:
    said = at.value.get("x-source") if isinstance(at.value, dict) else None
    entries = said if isinstance(said, list) else [said] if said else []
    sources = {"from": entries[0]["from"]} if entries and "from" in entries[0] else {}
    return {**_INFERRED, **sources, "of": word, "at": _place(at), "note": note}


def _place(at: At) -> str:
    return Node(at.value, at.uri, at.tokens).location
