"""The reference: the jsonschema package's validator for a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from jsonschema import FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import Draft202012Validator, extend, validator_for
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fieldbound.algebra import matches, may_backtrack_exponentially
from fieldbound.model import draft_of, resolve_uri

from .formats import formats_of

_FIRST_BEYOND_URI: Final = 0xA0


def reference_validator(
    schema: Any, uri: str, resources: Mapping[str, Any], formats: str, *, bounded: bool = False
) -> Validator:
    """Return a validator for a schema that refers to *resources* by URI.

    A *bounded* one leaves patterns to the engine by which Python's own might never end.
    """
    registry: Registry[Any] = Registry().with_contents(
        {uri: schema, **resources}.items(), default_specification=DRAFT202012
    )
    registry = registry.crawl()  # now, or it is done anew for every reference followed
    made = validator_for(schema, default=Draft202012Validator)
    checker = _format_checker(draft_of(schema), formats) if formats == "assert" else None
    if bounded:
        made = extend(made, {"pattern": _bounded(made.VALIDATORS["pattern"])})  # type: ignore[no-untyped-call]
    validator: Validator = made(
        _with_known_base(schema, uri), registry=registry, format_checker=checker
    )
    return validator


def _format_checker(draft: int, formats: str) -> FormatChecker:
    """Return what checks the formats of a draft, and no others."""
    known = Draft202012Validator.FORMAT_CHECKER.checkers
    checker = FormatChecker(())
    checker.checkers = {name: known[name] for name in formats_of(draft, formats) if name in known}
    for name in ("iri", "iri-reference"):  # the package checks none without another one
        if name in formats_of(draft, formats):
            check, raises = known[name.replace("iri", "uri")]
            checker.checkers[name] = partial(_is_iri, check), raises
    return checker


def _is_iri(is_uri: Callable[[Any], bool], instance: Any) -> bool:
    """Return whether a string is an IRI: a URI once other than ASCII is percent-encoded."""
    if not isinstance(instance, str):
        return True
    return is_uri(
        "".join(quote(each) if ord(each) >= _FIRST_BEYOND_URI else each for each in instance)
    )


def _with_known_base(schema: Any, uri: str) -> Any:
    """Return a schema whose references the package resolves as the engine does, from *uri*.

    It takes a relative `$id` as it is; up to draft 7, what stands beside `$ref` counts for nothing.
    """
    if not isinstance(schema, dict):
        return schema
    dialect = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    reference, identifier = schema.get("$ref"), schema.get("$id", "")
    if draft_of(schema) and isinstance(reference, str):
        return {**dialect, "$ref": resolve_uri(uri, reference)}
    is_relative = isinstance(identifier, str) and identifier and ":" not in identifier
    return {**dialect, "$ref": uri} if is_relative else schema


def _bounded(original: Any) -> Any:
    def pattern(validator: Any, value: str, instance: Any, schema: Any) -> Iterator[Any]:
        if not may_backtrack_exponentially(value):
            yield from original(validator, value, instance, schema) or ()
        elif isinstance(instance, str) and not matches(value, instance):
            yield ValidationError(f"it does not match {value!r}")

    return pattern
