"""Parameters as one object: the JSON Schema of a part such as request.query or request.headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fieldbound.model import NOT_CHECKED

from .node import SpecNode, reference_to
from .objects import not_checked
from .parts import PARAMETER_PARTS, OperationPart, ParameterObject

#: Names of credentials, in lower case with hyphens: their values are never shown.
_CREDENTIALS: Final = frozenset(
    "authorization proxy-authorization cookie set-cookie accesstoken access-token x-access-token "
    "auth-token x-auth-token token x-token api-key apikey x-api-key x-apikey client-secret "
    "x-client-secret password passwd secret signature sig x-csrf-token x-amz-security-token "
    "x-amz-signature x-goog-signature id-token refresh-token session-id sessionid".split()
)
_OBJECT: Final = {"of": "type", "note": "parameters by name"}
_CLOSED: Final = {
    "of": "additionalProperties",
    "says": "inferred",
    "note": "no other parameter is documented",
}


def is_credential(name: str) -> bool:
    """Return whether a header, parameter or cookie of this name is a credential."""
    return name.lower().replace("_", "-") in _CREDENTIALS


def parameters_schema(part: OperationPart, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object of headers, query parameters, path parameters or cookies.

    The schemas of their values are referenced, not copied: *values* has what stands for each
    reference.
    """
    sources: list[dict[str, Any]] = [{**_OBJECT, "says": _says(part.parameters)}]
    sources += [_required_source(each) for each in part.parameters if each.required]
    are_sensitive = part.name == PARAMETER_PARTS["cookie"]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            each.name: _value_schema(each, values, are_sensitive or each.secret)
            for each in part.parameters
        },
        "required": [each.name for each in part.parameters if each.required],
        "x-source": sources,
    }
    if part.name.endswith("headers"):
        return {**schema, "x-any-case": True}
    if part.not_checked:  # any other parameter may be one that cannot be read
        return {**schema, NOT_CHECKED: list(part.not_checked)}
    if part.name in (PARAMETER_PARTS["query"], PARAMETER_PARTS["path"]):
        sources.append(_CLOSED)
        return {**schema, "additionalProperties": False}
    return schema


def _says(parameters: Sequence[ParameterObject]) -> str:
    """Return the evidence that there are parameters: no better than that of the best of them."""
    found = {source_entry(each.node.value, "required").get("says") for each in parameters}
    return "stated" if not found or found & {None, "stated"} else "inferred"


def _required_source(parameter: ParameterObject) -> dict[str, Any]:
    node = parameter.node
    tokens = node.tokens if node.get("required") is None else (*node.tokens, "required")
    location = SpecNode(True, tokens, node.uri).location
    entry = source_entry(node.value, "required")
    return {**entry, "of": f"required/{parameter.name}", "at": location}


def _value_schema(
    parameter: ParameterObject, values: Mapping[str, Any], is_sensitive: bool
) -> dict[str, Any]:
    references = [values[reference_to(schema)] for schema in parameter.schemas]
    result: dict[str, Any] = dict(references[0]) if references else {}
    if len(references) > 1:
        result = {"allOf": references}
    if parameter.secret and not references:
        result = {"type": "string"}
    if is_sensitive or is_credential(parameter.name):
        result["x-sensitive"] = True
    reasons = not_checked(parameter.node, *parameter.others)
    if reasons:
        result[NOT_CHECKED] = [*result.get(NOT_CHECKED, ()), *reasons]
    source = parameter.node.value.get("x-source")
    return result if source is None else {**result, "x-source": source}


def source_entry(value: Mapping[str, Any], keyword: str) -> dict[str, Any]:
    """Return the entry of the x-source in a value that applies to a keyword; {} if none does."""
    source = value.get("x-source", [])
    given: Sequence[Any] = source if isinstance(source, list) else [source]
    entries = [entry for entry in given if isinstance(entry, dict)]
    for entry in entries:
        keywords = entry.get("of", [])
        if keyword in (keywords if isinstance(keywords, list) else [keywords]):
            return dict(entry)
    return next((dict(entry) for entry in entries if "of" not in entry), {})
