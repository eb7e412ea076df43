"""A set of named values goes in, such as headers or parameters; the schema of the set comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fieldbound.model import Node

from .operations import PLACES, Named, Part, reference_to

#: Names under which credentials travel: their values are shown in no output, marked or not.
_CREDENTIALS: Final = frozenset(
    "authorization proxy-authorization cookie set-cookie accesstoken access-token x-access-token "
    "auth-token x-auth-token token x-token api-key apikey x-api-key x-apikey client-secret "
    "x-client-secret password passwd secret signature sig x-csrf-token x-amz-security-token "
    "x-amz-signature x-goog-signature id-token refresh-token session-id sessionid".split()
)
_SET: Final = {"of": "type", "says": "stated", "note": "names with their values"}
_CLOSED: Final = {
    "of": "additionalProperties",
    "says": "inferred",
    "note": "no other name is documented",
}


def is_credential(name: str) -> bool:
    """Return whether a header, parameter or cookie of this name carries what no output may show."""
    return name.lower().replace("_", "-") in _CREDENTIALS


def names_schema(part: Part) -> dict[str, Any]:
    """Return the schema of a set of names: headers, query or path parameters, or cookies.

    The schemas of their values are referred to, not copied.
    """
    said: list[dict[str, Any]] = [_SET]
    for each in part.names:
        if each.required:
            tokens = (
                each.at.tokens if each.at.get("required") is None else (*each.at.tokens, "required")
            )
            at = Node(True, each.at.uri, tokens).location
            said.append(
                {**entry_of(each.at.value, "required"), "of": f"required/{each.name}", "at": at}
            )
    secret = part.name == PLACES["cookie"]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {each.name: _named(each, secret or each.secret) for each in part.names},
        "required": [each.name for each in part.names if each.required],
        "x-source": said,
    }
    if part.name.endswith("headers"):
        return {**schema, "x-any-case": True}
    if part.name in (PLACES["query"], PLACES["path"]):
        said.append(_CLOSED)
        return {**schema, "additionalProperties": False}
    return schema


def _named(named: Named, secret: bool) -> dict[str, Any]:
    schema = named.schema
    found: dict[str, Any] = {"$ref": reference_to(schema)} if schema else {}
    if named.secret and not schema:
        found = {"type": "string"}
    if secret or is_credential(named.name):
        found["x-sensitive"] = True
    said = named.at.value.get("x-source")
    return found if said is None else {**found, "x-source": said}


def entry_of(said_of: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    """Return what a part of a document says of the source of a keyword in it."""
    said = said_of.get("x-source", [])
    entries: Sequence[Any] = said if isinstance(said, list) else [said]
    for entry in entries:
        words = entry.get("of", [])
        if keyword in (words if isinstance(words, list) else [words]):
            return dict(entry)
    return next((dict(entry) for entry in entries if "of" not in entry), {})
