"""The engine's errors explained: one mistake for each thing to fix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from jsonschema_rs import ValidationError, ValidationErrorKind as Kind

from fieldbound.model import (
    Limit,
    Node,
    Path,
    closest_name,
    json_type,
    percent_decoded,
    pointer_of,
    to_json,
    tokens_of,
)

from .branches import Branch, branch_of, exclude_each_other, exclusive_names
from .limits import Limits
from .mistakes import (
    CONTAINERS,
    WHOLE_VALUE,
    Mistake,
    is_meant,
    meant,
    mistakes_of,
    mistakes_of_values,
    other_limits,
    priority,
    with_fault,
)
from .schema.many_names import NAMES, mistake_of_name, mistakes_of_names
from .schema.one_error import keyword_path


def mistakes(errors: Iterable[ValidationError], instance: Any, limits: Limits) -> list[Mistake]:
    """Return the mistakes in *instance* that the engine's errors are about, each once."""
    broken: dict[Path, tuple[Any, list[Limit]]] = {}
    others: list[Mistake] = []
    for error in errors:
        read = ERROR_READERS.get(error.kind.__class__)
        if read is None:  # an error about a value by itself
            path, value = _located(error, instance)
            limit = limits.by_path.get(tuple(error.evaluation_path))
            if limit is None or limit.value is None:
                limit = _limit_of(error, limits)
            broken.setdefault(path, (value, []))[1].append(limit)
        else:
            others += read(error, instance, limits)
    found = mistakes_of_values(broken, limits)
    return _merge([*found, *others]) if others else found


def _limit_of(error: ValidationError, limits: Limits) -> Limit:
    """Return the limit that an error is about; the engine alone knows those of a meta-schema."""
    limit = limits.limit_at(_schema_path(error, limits))
    return limit if limit.value is not None else replace(limit, value=error.kind.value)


def _schema_path(error: ValidationError, limits: Limits) -> tuple[str | int, ...]:
    """Return the evaluation path of an error.

    The engine omits empty names from it. Where it then does not resolve, and no reference was
    followed, the keyword location has all names. It omits steps, too, where a reference leads to
    another one: then the keyword is looked for by its location.
    """
    path = tuple(error.evaluation_path)
    location = error.absolute_keyword_location or ""
    if isinstance(error.kind, Kind.Custom):  # its path is that within the resource
        return limits.path_to(location, error.instance_path) or path
    if path in limits.paths or limits.resolves(path):
        return path
    if "$ref" not in path:
        return tokens_of(percent_decoded(location.partition("#")[2]))
    return limits.path_to(location, error.instance_path) or path


def _located(error: ValidationError, instance: Any) -> tuple[Path, Any]:
    """Return where in the instance an error is, and the value there.

    The engine gives a name of digits as a number, and omits an empty one: where there may be such
    names, they are read from its message, which has them as they are.
    """
    path: Path = tuple(error.instance_path)
    value: Any = instance
    for token in path:
        if value.__class__ is not list and (token.__class__ is int or "" in value):
            return _located_by_message(error, instance)
        value = value[token]  # type: ignore[index]
    if value.__class__ is dict and "" in value:
        return _located_by_message(error, instance)
    return path, value


def _located_by_message(error: ValidationError, instance: Any) -> tuple[Path, Any]:
    path: list[str | int] = []
    value: Any = instance
    where = error.verbose_message.rpartition("\n\nOn instance")[2].partition(":\n")[0]
    for name, index in re.findall(r'\["(.*?)"\](?=\[|$)|\[(\d+)\]', where, re.DOTALL):
        text = index or name.replace("~1", "/").replace("~0", "~")
        token: str | int = int(index) if index and isinstance(value, (list, tuple)) else text
        try:
            value = value[token]
        except (KeyError, IndexError, TypeError):
            break  # a name that reads like a path: its parent is reported
        path.append(token)
    return tuple(path), value


def _read_value(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about a value by itself."""
    return mistakes_of(*_located(error, instance), [_limit_of(error, limits)])


def _read_pattern(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about a pattern that the engine asks about."""
    (mistake,) = _read_value(error, instance, limits)
    return [with_fault(mistake, _located(error, instance)[1], limits)]


def _read_forbidden(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about a property that must not be there, whatever its value."""
    if (at := keyword_path(error, limits)) is not None:
        path, value = _located(error, instance)
        limit = limits.limit_at(at)
        if limit.keyword == NAMES:
            return [*mistakes_of_names(at, path, list(value), limits)]
        return mistakes_of(path, value, [limit])
    limit, (path, value) = limits.limit_at(_schema_path(error, limits)), _located(error, instance)
    if limit.keyword == "additionalProperties":  # no name is documented here
        return _read_additional_properties(error, instance, limits)
    if limit.keyword == "propertyNames":
        return [Mistake((*path, name), limit.keyword, limit, (*path, name), True) for name in value]
    (mistake,) = mistakes_of(path, value, [limit])
    if isinstance(error.kind, Kind.Not):
        ruled_out = limits.node_at(_schema_path(error, limits), "not")
        mistake = mistake._replace(detail=ruled_out and _ruled_out(ruled_out, path, value, limits))
    return [mistake._replace(of_name=bool(path) and isinstance(path[-1], str))]


def _ruled_out(node: Node, path: Path, value: Any, limits: Limits) -> str | None:
    """Return in words what a `not` rules out; None where there are no words for it."""
    branch, schema = branch_of(node, limits.references), node.schema
    if isinstance(schema, dict) and schema.keys() - {"type", "title", "description"} == {
        "required"
    }:
        if len(branch.required) > 1:
            return exclude_each_other(branch.required, path)
        if branch.required:
            return f"{pointer_of((*path, branch.required[0]))} is not allowed here"
    if isinstance(schema, dict) and schema.keys() == {"anyOf"}:
        within = limits.references.child(node, "anyOf")
        branches = [limits.references.child(within, at) for at in range(len(within.schema))]
        met = [each for each in branches if _has_required(each, value, limits)]
        if met:
            return _ruled_out(met[0], path, value, limits)
    at = pointer_of(path)
    clause = limits.conditions.clause(node, at)
    if clause is None or not clause.met:
        return None
    if isinstance(value, (dict, list)):
        return f"{clause.met}, which is not allowed"
    return None if branch.is_value else f"it{clause.met.removeprefix(at or 'the document')}"


def _has_required(node: Node, value: Any, limits: Limits) -> bool:
    """Return whether a branch is no more than names, all of which are there."""
    names = branch_of(node, limits.references).required
    only = isinstance(node.schema, dict) and node.schema.keys() <= {"required", "type"}
    return only and isinstance(value, dict) and bool(names) and value.keys() >= set(names)


def _read_required(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    name: str = error.kind.property  # type: ignore[attr-defined]
    path, _ = _located(error, instance)
    limit = limits.limit_at(_schema_path(error, limits), name)
    return [Mistake((*path, name), limit.keyword, limit, path)]


def _read_additional_properties(
    error: ValidationError, instance: Any, limits: Limits
) -> list[Mistake]:
    at, (path, present) = _schema_path(error, limits), _located(error, instance)
    limit = limits.limit_at(at)
    documented = limits.known_names(at)
    known = tuple([name for name in documented if name not in present])
    taken = tuple([name for name in documented if name in present])
    names: Iterable[str] = getattr(error.kind, "unexpected", present)
    is_unevaluated = limit.keyword == "unevaluatedProperties"
    patterns = limits.node_at(at, "patternProperties")
    detail = " or ".join(patterns.schema) if patterns and patterns.schema else None
    return [
        Mistake(
            (*path, name),
            limit.keyword,
            limit,
            (*path, name),
            True,
            kind=json_type(present[name]),
            known=known,
            detail=detail,
            taken=taken,
            is_consequence=is_unevaluated and documented.get(name, False),
        )
        for name in names
    ]


def _read_unevaluated_items(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about unevaluated items; the engine names them by their JSON alone."""
    limit, (path, items) = limits.limit_at(_schema_path(error, limits)), _located(error, instance)
    unexpected: Counter[str] = Counter(error.kind.unexpected)  # type: ignore[attr-defined]
    found = []
    for index, item in reversed(list(enumerate(items))):
        text = to_json(item, compact=True)
        if unexpected[text]:
            unexpected[text] -= 1
            at = (*path, index)
            found.append(Mistake(at, limit.keyword, limit, at, kind=json_type(item)))
    return found[::-1] or _read_value(error, instance, limits)


def _read_additional_items(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    limit, (path, items) = limits.limit_at(_schema_path(error, limits)), _located(error, instance)
    first: int = error.kind.limit  # type: ignore[attr-defined]
    return [
        Mistake((*path, index), limit.keyword, limit, (*path, index), kind=json_type(items[index]))
        for index in range(first, len(items))
    ]


def _read_property_names(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    inner: ValidationError = error.kind.error  # type: ignore[attr-defined]
    at = _schema_path(inner, limits)
    outer = at if "propertyNames" in at else tuple(error.evaluation_path)
    outer = outer[: len(outer) - outer[::-1].index("propertyNames")]
    limit = limits.limit_at(outer if limits.resolves(outer) else _schema_path(error, limits))
    path = (*_located(error, instance)[0], str(inner.instance))
    return [mistake_of_name(path, limit, limits.limit_at(at))]


def _read_several_match(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    (mistake,) = _read_value(error, instance, limits)
    errors: list[list[Any]] = error.kind.context  # type: ignore[attr-defined]
    path, value = _located(error, instance)
    branches = _branches(error, limits)
    fitting = [index for index, each in enumerate(errors) if not each]
    names = exclusive_names([branches[index] for index in fitting], path, value)
    return [mistake._replace(detail=names or f"{len(fitting)} of {len(errors)}")]


# -- anyOf and oneOf ----------------------------------------------------------------------------


def _read_alternatives(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error of anyOf or oneOf: the mistakes by the branch that was meant."""
    path, value = _located(error, instance)
    context: list[list[ValidationError]] = error.kind.context  # type: ignore[attr-defined]
    selected = _selected(error, value, limits)
    index = selected
    if index is None:
        node = limits.node_at(_schema_path(error, limits))
        index = None if node is None else limits.conditions.tagged_branch(node, value)
    if index is not None and index < len(context):
        own = mistakes(context[index], instance, limits)
        if own and (selected is not None or is_meant(own, path)):
            return own
    found = [mistakes(errors, instance, limits) for errors in context]
    pairs = [each for each in zip(found, _branches(error, limits), strict=True) if each[0]]
    return meant(pairs, path, value) if pairs else _read_value(error, instance, limits)


def _selected(error: ValidationError, value: Any, limits: Limits) -> int | None:
    """Return the index of the branch that a discriminator selects for a value, or None."""
    path = _schema_path(error, limits)
    alternatives, discriminator = limits.node_at(path), limits.node_at(path, "discriminator")
    if alternatives is None or discriminator is None:
        return None
    return limits.conditions.selected_branch(alternatives, discriminator, value)


def _branches(error: ValidationError, limits: Limits) -> Sequence[Branch]:
    """Return what the branches of anyOf or oneOf say; nothing where the keyword is not found."""
    node = limits.node_at(_schema_path(error, limits))
    count = len(error.kind.context)  # type: ignore[attr-defined]
    found = () if node is None else limits.conditions.branches(node)
    return found if len(found) == count else [Branch({}, (), frozenset())] * count


# -- one mistake for one thing to fix ------------------------------------------------------------


def _merge(found: list[Mistake]) -> list[Mistake]:
    """Return one mistake for each value: that of the highest priority, with the other limits."""
    if len(found) == 1:
        return found
    groups: dict[tuple[Path, str], list[Mistake]] = {}
    for each in [each for each in found if not each.is_consequence] or found:
        # one for a scalar, and one for its name; one for each keyword of an object or array
        one = each.code in WHOLE_VALUE or each.kind not in CONTAINERS
        one = one and each.code != "propertyNames"
        groups.setdefault((each.path, "" if one else each.code), []).append(each)
    merged = [group[0] if len(group) == 1 else _merge_group(group) for group in groups.values()]
    return _merge_misspelt(merged) if any(each.known for each in merged) else merged


def _merge_misspelt(found: list[Mistake]) -> list[Mistake]:
    """Merge an undocumented name and the missing one that it misspells into one mistake."""
    missing = {each.path: each for each in found if each.code == "required"}
    merged = []
    for each in found:
        meant = (
            closest_name(str(each.path[-1]), each.known, each.taken)
            if missing and each.known
            else None
        )
        lost = missing.get((*each.path[:-1], meant)) if meant is not None else None
        if lost is not None:
            each = each._replace(also=(*each.also, lost.limit))  # noqa: PLW2901
            del missing[lost.path]
        merged.append(each)
    return [each for each in merged if each.code != "required" or each.path in missing]


def _merge_group(group: list[Mistake]) -> Mistake:
    first = min(group, key=lambda each: priority(each.limit))
    also = [limit for each in group for limit in (each.limit, *each.also)]
    return first._replace(also=other_limits(first.limit, also))


_Reader = Callable[[ValidationError, Any, Limits], list[Mistake]]
#: The readers of errors that are not about a value by itself.
ERROR_READERS: Final[dict[type, _Reader]] = {
    Kind.AdditionalItems: _read_additional_items,
    Kind.AdditionalProperties: _read_additional_properties,
    Kind.AnyOf: _read_alternatives,
    Kind.Custom: _read_pattern,
    Kind.FalseSchema: _read_forbidden,
    Kind.Not: _read_forbidden,
    Kind.OneOfMultipleValid: _read_several_match,
    Kind.OneOfNotValid: _read_alternatives,
    Kind.PropertyNames: _read_property_names,
    Kind.Required: _read_required,
    Kind.UnevaluatedItems: _read_unevaluated_items,
    Kind.UnevaluatedProperties: _read_additional_properties,
}
