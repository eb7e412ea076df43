"""The engine, jsonschema-rs: a schema compiled to a validator, or the error in the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import jsonschema_rs

from fieldbound.model import (
    BACKTRACK_LIMIT,
    json_type,
    pointer_of,
)

Validator: TypeAlias = jsonschema_rs.Validator
EngineError: TypeAlias = jsonschema_rs.ValidationError


def compile_schema(schema: Any, uri: str, resources: Mapping[str, Any], formats: str) -> Validator:
    """Compile a schema for the engine.

    Raises BrokenContract, which says what is wrong with it and where.
    """
    from fieldbound.algebra import engine_schema  # slow to import
    from fieldbound.model import DIALECTS, BrokenContract

    if not isinstance(schema, (dict, bool)):
        raise BrokenContract(
            f"a JSON Schema must be an object or a boolean, not {json_type(schema)}"
        )
    dialect = schema.get("$schema", "") if isinstance(schema, dict) else ""
    if isinstance(dialect, str) and dialect.partition("#")[0] not in {*DIALECTS, *resources}:
        reason = (
            f"unknown $schema {dialect!r}: it is not a supported draft, nor one of the resources"
        )
        raise BrokenContract(reason, pointer="/$schema")
    written = engine_schema([schema, *resources.values()])
    read, *others = written.schema
    known = _registered(read, uri, dict(zip(resources, others, strict=True)))
    try:
        return compile_as_read(read, uri, formats, known, written.options)
    except jsonschema_rs.ValidationError as error:
        pointer, reason = _why_broken(error, schema, uri, resources)
        raise BrokenContract(_line(reason), pointer=pointer or None) from None
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        raise BrokenContract(_line(_reason(error))) from None


def compile_as_read(
    schema: Any,
    uri: str,
    formats: str,
    known: Sequence[tuple[str, Any]] = (),
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Validator:
    """Compile a schema as the engine reads it, with *known* resources by URI.

    Raises what the engine does for what is wrong with it.
    """
    return jsonschema_rs.validator_for(
        schema,
        registry=jsonschema_rs.Registry(known),
        base_uri=uri,
        validate_formats=formats == "assert",
        offline=True,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT),
        **options,
    )


def _reason(error: Exception) -> str:
    is_too_long = "large integer" in str(error)
    return "a number has too many digits: it is not supported" if is_too_long else str(error)


def _why_broken(
    error: jsonschema_rs.ValidationError, schema: Any, uri: str, resources: Mapping[str, Any]
) -> tuple[str, str]:
    """Return the pointer to what is wrong in a schema, and what that is."""
    from fieldbound.algebra import original_error

    path, refusal = original_error(schema, error.instance_path, error.instance)
    if refusal is not None:
        return pointer_of(path), refusal
    if error.kind.name == "$ref":
        from fieldbound.model import SchemaRegistry

        found = SchemaRegistry(schema, uri, resources).unresolved_reference()
        return found or ("", error.message)
    return pointer_of(path), error.message


def _registered(schema: Any, uri: str, resources: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the resources, with the schema itself where they may refer back to it."""
    return [*resources.items(), *([(uri, schema)] if resources and uri not in resources else [])]


def in_dialect(resource: Any, dialect: Any) -> Any:
    """Return a resource with the schema's own draft, if it names none itself."""
    if isinstance(resource, dict) and "$schema" not in resource and isinstance(dialect, str):
        return {"$schema": dialect, **resource}
    return resource


def _line(message: str) -> str:
    return " ".join(message.split())
