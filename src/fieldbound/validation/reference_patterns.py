"""Patterns of ECMA-262 in the reference: the keywords of the jsonschema package that have any.

That package reads patterns as Python's. Here they are matched step by step, by other code than the
engine's; names that count as evaluated are found by Python, in its own dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jsonschema import ValidationError

from fieldbound.algebra import is_assumed, match_by_steps, pattern_of, python_text
from fieldbound.model import schema_members

#: Strings up to this length are matched once, however often they are checked.
_SHORT: Final = 200
_Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]


def pattern_keywords(original: Mapping[str, _Keyword]) -> dict[str, _Keyword]:
    """Return the keywords of a validator that have to be replaced; *original* are its own."""
    unevaluated = original.get("unevaluatedProperties")
    found: dict[str, _Keyword] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties(original["additionalProperties"]),
    }
    if unevaluated is not None:
        found["unevaluatedProperties"] = _unevaluated_properties(unevaluated)
    return found


class _PythonText(str):
    """A pattern in Python's dialect that knows the *original*, from which it is written."""

    original: str


def _original(pattern: str) -> str:
    return pattern.original if isinstance(pattern, _PythonText) else pattern


def _python_text(pattern: str) -> _PythonText:
    found = _PythonText(python_text(_original(pattern)))
    found.original = _original(pattern)
    return found


def _matches(pattern: str, string: str) -> bool:
    pattern = _original(pattern)
    found = (_decide if len(string) > _SHORT else _decide_once)(pattern, string)
    return is_assumed(pattern) if found is None else found


def _decide(pattern: str, string: str) -> bool | None:
    found = match_by_steps(pattern, string)
    return pattern_of(pattern).matches(string) if found is None else found


_decide_once = lru_cache(maxsize=4096)(_decide)


def _pattern(validator: Any, value: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _matches(value, instance):
        yield ValidationError(f"{instance!r} does not match {value!r}")


def _pattern_properties(
    validator: Any, value: Mapping[str, Any], instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, subschema in value.items():
        for name, each in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(each, subschema, path=name, schema_path=pattern)


def _additional_properties(original: _Keyword) -> _Keyword:
    def keyword(
        validator: Any, value: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        patterns = schema.get("patternProperties")
        if patterns and validator.is_type(instance, "object"):
            others = {
                name: each
                for name, each in instance.items()
                if not any(_matches(pattern, name) for pattern in patterns)
            }
            known = {"properties": schema.get("properties", {})}
            yield from original(validator, value, others, known)
        else:
            yield from original(validator, value, instance, schema) or ()

    return keyword


def _unevaluated_properties(original: _Keyword) -> _Keyword:
    def keyword(
        validator: Any, value: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        yield from original(validator, value, instance, for_python(schema)) or ()

    return keyword


def for_python(part: Any, is_map: bool = False) -> Any:
    """Return a schema with the names of `patternProperties` in Python's dialect."""
    if isinstance(part, list):
        return [for_python(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = dict(part)
    for token, child, child_is_map in schema_members(part, is_map=is_map):
        made = for_python(child, child_is_map)
        if token == "patternProperties" and not is_map and isinstance(made, dict):
            made = {_python_text(name): each for name, each in made.items()}
        found[token] = made
    return found


def without_dialect(part: Any, dialect: str, is_map: bool = False) -> Any:
    """Return a schema that does not name a dialect anew: naming it restores the package's keywords.

    A part in another dialect keeps those, and with them patterns in Python's.
    """
    if isinstance(part, list):
        return [without_dialect(each, dialect) for each in part]
    if not isinstance(part, dict):
        return part
    found = dict(part)
    if not is_map and found.get("$schema") == dialect:
        del found["$schema"]
    for token, child, child_is_map in schema_members(part, is_map=is_map):
        if isinstance(child, (dict, list)):
            found[token] = without_dialect(child, dialect, child_is_map)
    return found
