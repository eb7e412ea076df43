"""Lint of the discriminators of OpenAPI: their structure, and what their mapping refers to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fieldbound.model import BrokenContract, Node
from fieldbound.openapi import PointerTokens, discriminator_error

from .contradictions import subschemas
from .problems import Problem
from .schema_files import SchemaFiles

_CODE: Final = "discriminator"


def discriminator_problems(files: SchemaFiles, node: Node) -> Iterator[Problem]:
    """Yield what is wrong with the discriminators within a schema."""
    for tokens, schema in subschemas(node.schema, node.tokens, node.draft):
        if not isinstance(schema, dict) or "discriminator" not in schema:
            continue
        discriminator = schema["discriminator"]
        removed = ((*tokens, "discriminator"),)
        error = discriminator_error(discriminator)
        if error is not None:
            at = (*tokens, "discriminator", *error[0])
            yield Problem(at, error[1], False, removed, code=_CODE)
            continue
        for value, target in discriminator.get("mapping", {}).items():
            at = (*tokens, "discriminator", "mapping", value)
            reason = _unresolved(files, node.uri, at, target)
            if reason is not None:
                yield Problem(at, reason, False, (at,), code=_CODE)


def _unresolved(files: SchemaFiles, uri: str, tokens: PointerTokens, target: str) -> str | None:
    """Return why what a mapping names is not there, or None."""
    if target in files.graph.names((uri, ("components", "schemas"))):
        return None
    try:
        files.resolve(uri, tokens, uri, target)
    except BrokenContract as error:
        return error.reason
    return None
