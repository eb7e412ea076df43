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
from referencing.jsonschema import DRAFT202012, specification_with

from fieldbound.algebra import is_pattern
from fieldbound.model import DRAFT_4, child_schemas, draft_of, resolve_uri

from .reference_patterns import pattern_keywords, without_dialect
from .schema.formats import formats_of

_FIRST_BEYOND_URI: Final = 0xA0


def reference_validator(
    schema: Any, uri: str, resources: Mapping[str, Any], formats: str, *, brief: bool = False
) -> Validator:
    """Return a validator for a schema that refers to *resources* by URI.

    One that is *brief* does not say of a value that fits no alternative how it differs from each.
    """
    made = validator_for(schema, default=Draft202012Validator)
    dialect = schema.get("$schema", "") if isinstance(schema, dict) else ""

    def read(document: Any) -> Any:
        if draft_of(schema) == DRAFT_4 and draft_of(document, DRAFT_4) == DRAFT_4:
            document = _without_booleans(document)
        return without_dialect(document, dialect)

    registry: Registry[Any] = Registry().with_contents(
        [(at, read(each)) for at, each in {uri: schema, **resources}.items()],
        default_specification=specification_with(dialect, default=DRAFT202012),
    )
    registry = registry.crawl()  # now, or it is done anew for every reference followed
    checker = _format_checker(draft_of(schema), formats) if formats == "assert" else None
    keywords = {**pattern_keywords(made.VALIDATORS), **(_BRIEF if brief else {})}
    made = extend(made, keywords)  # type: ignore[no-untyped-call]
    validator: Validator = made(
        read(_with_known_base(schema, uri, resources)), registry=registry, format_checker=checker
    )
    return validator


def _without_booleans(schema: Any) -> Any:
    """Return a schema without schemas that are true or false, which draft 4 does not have."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    found = dict(schema) if isinstance(schema, dict) else schema
    for (keyword, *at), child in child_schemas(schema):
        if not at:
            if isinstance(child, dict):  # additionalProperties may be true or false
                found[keyword] = _without_booleans(child)
        elif isinstance(found[keyword], list):
            found[keyword] = [_without_booleans(each) for each in schema[keyword]]
        else:
            found[keyword] = {**found[keyword], at[0]: _without_booleans(child)}
    return found


def _any_of(validator: Any, branches: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    if not any(_fits(validator, each, instance) for each in branches):
        yield ValidationError("not valid under any of the given schemas")


def _one_of(validator: Any, branches: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
    if sum(_fits(validator, each, instance) for each in branches) != 1:
        yield ValidationError("not valid under exactly one of the given schemas")


def _fits(validator: Any, schema: Any, instance: Any) -> bool:
    return next(iter(validator.descend(instance, schema)), None) is None


_BRIEF: Final = {"anyOf": _any_of, "oneOf": _one_of}


def _format_checker(draft: int, formats: str) -> FormatChecker:
    """Return what checks the formats of a draft, and no others."""
    known = Draft202012Validator.FORMAT_CHECKER.checkers
    checker = FormatChecker(())
    checker.checkers = {name: known[name] for name in formats_of(draft, formats) if name in known}
    if "regex" in checker.checkers:
        checker.checkers["regex"] = _is_regex, ()
    for name in ("iri", "iri-reference"):  # the package checks none without another one
        if name in formats_of(draft, formats):
            check, raises = known[name.replace("iri", "uri")]
            checker.checkers[name] = partial(_is_iri, check), raises
    return checker


def _is_regex(instance: Any) -> bool:
    return not isinstance(instance, str) or is_pattern(instance)


def _is_iri(is_uri: Callable[[Any], bool], instance: Any) -> bool:
    """Return whether a string is an IRI: a URI once other than ASCII is percent-encoded."""
    if not isinstance(instance, str):
        return True
    return is_uri(
        "".join(quote(each) if ord(each) >= _FIRST_BEYOND_URI else each for each in instance)
    )


def _with_known_base(schema: Any, uri: str, resources: Mapping[str, Any]) -> Any:
    """Return a schema whose references the package resolves as the engine does, from *uri*.

    It knows the base of a schema by its `$id` alone; up to draft 7, what stands beside `$ref`
    counts for nothing, a `$id` included.
    """
    if not isinstance(schema, dict):
        return schema
    draft = draft_of(schema)
    dialect = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    if draft and isinstance(schema.get("$ref"), str):
        return {**dialect, "$ref": resolve_uri(uri, schema["$ref"])}
    identifier = schema.get("id" if draft == DRAFT_4 else "$id") or ""
    has_base = isinstance(identifier, str) and ":" in identifier
    return schema if has_base or not (identifier or resources) else {**dialect, "$ref": uri}
