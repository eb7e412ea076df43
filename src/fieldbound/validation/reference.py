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
_MOST_RESOLVED: Final = 10_000
_DYNAMIC: Final = frozenset(("$dynamicRef", "$recursiveRef"))


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
    if not any(map(_has_dynamic_reference, (schema, *resources.values()))):
        keywords["$ref"] = _reference_keyword(made.VALIDATORS["$ref"])
    made = extend(made, keywords)  # type: ignore[no-untyped-call]
    validator: Validator = made(
        read(_with_known_base(schema, uri)), registry=registry, format_checker=checker
    )
    return validator


def _has_dynamic_reference(schema: Any) -> bool:
    """Return whether a reference may lead elsewhere, by the way to it."""
    if isinstance(schema, dict) and not _DYNAMIC.isdisjoint(schema):
        return True
    return any(_has_dynamic_reference(child) for _, child in child_schemas(schema))


def _reference_keyword(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return what checks a `$ref`, and resolves it once: the package does so for each instance."""
    resolved: dict[int, Any] = {}  # by the schema that has it, which the registry keeps

    def keyword(validator: Any, reference: str, instance: Any, schema: Any) -> Iterator[Any]:
        found = resolved.get(id(schema))
        if found is None or found[0] is not schema:
            try:
                target = validator._resolver.lookup(reference)
            except Exception:  # noqa: BLE001 - an error of the package's own is raised
                yield from original(validator, reference, instance, schema)
                return
            if len(resolved) >= _MOST_RESOLVED:  # schemas that are made anew for each instance
                resolved.clear()
            found = resolved[id(schema)] = schema, target
        target = found[1]
        yield from validator.descend(instance, target.contents, resolver=target.resolver)

    return keyword


def _without_booleans(schema: Any) -> Any:
    """Return a schema without schemas that are true or false, which draft 4 does not have."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    found = dict(schema) if isinstance(schema, dict) else schema
    for (keyword, *at), child in child_schemas(schema):
        if not at:
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
    return (
        not _has_other_tag(validator, schema, instance)
        and next(iter(validator.descend(instance, schema)), None) is None
    )


def _has_other_tag(validator: Any, schema: Any, instance: Any) -> bool:
    """Return whether an object has another text than a branch fixes for a property.

    Most branches are told from the one meant so, and the package need not be asked.
    """
    if not isinstance(schema, dict) or not isinstance(instance, dict) or "$ref" in schema:
        return False
    properties = schema.get("properties")
    for name, part in properties.items() if isinstance(properties, dict) else ():
        text = instance.get(name)
        if isinstance(text, str) and isinstance(part, dict) and "$ref" not in part:
            const = part.get("const", text) if "const" in validator.VALIDATORS else text
            if const != text or text not in part.get("enum", (text,)):
                return True
    return False


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


def _with_known_base(schema: Any, uri: str) -> Any:
    """Return a schema whose references the package resolves as the engine does, from *uri*.

    It knows the base of a schema by its `$id` alone; up to draft 7, what stands beside `$ref`
    counts for nothing, a `$id` included.
    """
    if not isinstance(schema, dict):
        return schema
    draft = draft_of(schema)
    if draft and isinstance(schema.get("$ref"), str):
        return {"$ref": resolve_uri(uri, schema["$ref"])}
    keyword = "id" if draft == DRAFT_4 else "$id"
    identifier = schema.get(keyword)
    if not isinstance(identifier, str):
        return {**schema, keyword: uri}
    if identifier.startswith("#"):  # no base: an anchor, as drafts 4 to 7 write it
        return {"$ref": uri}
    return {**schema, keyword: resolve_uri(uri, identifier)}
