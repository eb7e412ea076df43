"""A schema goes in, the reference's validator for it comes out: that of the jsonschema package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import Draft202012Validator, extend, validator_for
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from fieldbound.algebra import is_endless, matches


def reference(
    schema: Any, uri: str, resources: Mapping[str, Any], formats: str, *, careful: bool = False
) -> Validator:
    """Return a validator for a schema that refers to *resources* by URI.

    A *careful* one leaves patterns to the engine by which Python's own might never end.
    """
    registry: Registry[Any] = Registry().with_contents(
        {uri: schema, **resources}.items(), default_specification=DRAFT202012
    )
    registry = registry.crawl()  # now, or it is done anew for every reference followed
    made = validator_for(schema, default=Draft202012Validator)
    checker = made.FORMAT_CHECKER if formats == "assert" else None
    if careful:
        made = extend(made, {"pattern": _careful(made.VALIDATORS["pattern"])})  # type: ignore[no-untyped-call]
    validator: Validator = made(schema, registry=registry, format_checker=checker)
    return validator


def _careful(original: Any) -> Any:
    def pattern(validator: Any, value: str, instance: Any, schema: Any) -> Iterator[Any]:
        if not is_endless(value):
            yield from original(validator, value, instance, schema) or ()
        elif isinstance(instance, str) and not matches(value, instance):
            yield ValidationError(f"it does not match {value!r}")

    return pattern
