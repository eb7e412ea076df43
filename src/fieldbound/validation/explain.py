"""The engine's errors explained: one mistake for each thing to fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from jsonschema_rs import ValidationError, ValidationErrorKind as Kind

from fieldbound.model import (
    Limit,
    Path,
    Violation,
    closest_name,
    excerpt,
    json_type,
    percent_decoded,
    pointer_of,
    to_json,
    tokens_of,
)

from .limits import Limits


class Mistake(NamedTuple):
    """A violation before its path is a pointer and its place is found.

    *place* is the path of what stands in the text: the object, where a property is missing;
    *of_name* is whether the name is meant there, not the value.
    """

    path: Path
    code: str
    limit: Limit
    place: Path
    of_name: bool = False
    actual: Any = None
    kind: str | None = None
    also: tuple[Limit, ...] = ()
    known: tuple[str, ...] = ()
    detail: str | None = None

    def violation(self, place: Any = None) -> Violation:
        """Return the violation, without its value where that is sensitive."""
        return Violation(
            self.code,
            pointer_of(self.path),
            self.limit,
            None if self.limit.sensitive else self.actual,
            self.kind,
            place,
            self.also,
            self.known,
            self.detail,
        )


#: Of several limits that one value breaks the first of these is reported, the others in `also`.
_PRIORITY: Final = {
    code: rank
    for rank, code in enumerate(
        "readOnly not type const enum maxLength minLength format pattern maximum exclusiveMaximum "
        "minimum exclusiveMinimum multipleOf".split()
    )
}
#: Keywords that reject an object or array as a whole; any other is a mistake of its own.
_WHOLE_VALUE: Final = frozenset(("readOnly", "not", "type", "const", "enum", "anyOf", "oneOf"))
_LENGTHS: Final = frozenset(
    "maxLength minLength maxItems minItems maxProperties minProperties".split()
)
#: Types of which several limits can be broken at once; None: there is no value.
_CONTAINERS: Final = frozenset(("object", "array", None))
_CHOICES: Final = frozenset(("type", "const", "enum"))
#: How much the keyword broken at the root of a branch speaks against that branch.
_MISMATCH: Final = {**dict.fromkeys(_CHOICES, 1), "not": 2, "readOnly": 2}


def mistakes(errors: Iterable[ValidationError], instance: Any, limits: Limits) -> list[Mistake]:
    """Return the mistakes in *instance* that the engine's errors are about, each once."""
    broken: dict[Path, tuple[Any, list[Limit]]] = {}
    others: list[Mistake] = []
    for error in errors:
        read = ERROR_READERS.get(type(error.kind))
        if read is None:  # an error about a value by itself
            path, value = _located(error, instance)
            limit = limits.by_path.get(tuple(error.evaluation_path))
            if limit is None:
                limit = limits.limit_at(_schema_path(error, limits))
            broken.setdefault(path, (value, []))[1].append(limit)
        else:
            others += read(error, instance, limits)
    found = [
        each for path, (value, group) in broken.items() for each in _mistakes_of(path, value, group)
    ]
    return _merge([*found, *others]) if others else found


def _mistakes_of(path: Path, value: Any, group: list[Limit]) -> list[Mistake]:
    """Return the mistakes of the value at *path*: one, or several in a container."""
    kind = json_type(value)
    if len(group) == 1:
        return [_mistake(path, group[0], value, kind)]
    if kind in _CONTAINERS and not any(limit.keyword in _WHOLE_VALUE for limit in group):
        by_keyword = {limit.keyword: limit for limit in reversed(group)}
        return [_mistake(path, limit, value, kind) for limit in reversed(by_keyword.values())]
    group.sort(key=priority)
    also = tuple([limit for limit in group[1:] if limit.location != group[0].location])
    return [_mistake(path, group[0], value, kind, also)]


def _mistake(
    path: Path, limit: Limit, value: Any, kind: str, also: tuple[Limit, ...] = ()
) -> Mistake:
    code = limit.keyword
    actual = len(value) if code in _LENGTHS else excerpt(value, kind)
    return Mistake(path, code, limit, path, False, actual, kind, also)


def priority(limit: Limit) -> int:
    """Return the priority of a limit among several that a value breaks: the lowest is reported."""
    return _PRIORITY.get(limit.keyword, len(_PRIORITY))


def _schema_path(error: ValidationError, limits: Limits) -> tuple[str | int, ...]:
    """Return the evaluation path of an error.

    The engine omits empty names from it. Where it then does not resolve, and no reference was
    followed, the keyword location has all names. It omits steps, too, where a reference leads to
    another one: then the keyword is looked for by its location.
    """
    path = tuple(error.evaluation_path)
    if path in limits.paths or limits.resolves(path):
        return path
    location = error.absolute_keyword_location or ""
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
    return _mistakes_of(*_located(error, instance), [limits.limit_at(_schema_path(error, limits))])


def _read_forbidden(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about a property that must not be there, whatever its value."""
    limit, (path, value) = limits.limit_at(_schema_path(error, limits)), _located(error, instance)
    if limit.keyword == "additionalProperties":  # no name is documented here
        return _read_additional_properties(error, instance, limits)
    if limit.keyword == "propertyNames":
        return [Mistake((*path, name), limit.keyword, limit, (*path, name), True) for name in value]
    (mistake,) = _mistakes_of(path, value, [limit])
    return [mistake._replace(of_name=bool(path) and isinstance(path[-1], str))]


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
    known = tuple(name for name in limits.known_names(at) if name not in present)
    names: Iterable[str] = getattr(error.kind, "unexpected", present)
    return [
        Mistake(
            (*path, name),
            limit.keyword,
            limit,
            (*path, name),
            True,
            kind=json_type(present[name]),
            known=known,
        )
        for name in names
    ]


def _read_unevaluated_items(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about unevaluated items; the engine names them by their JSON alone."""
    limit, (path, items) = limits.limit_at(_schema_path(error, limits)), _located(error, instance)
    unexpected: list[str] = list(error.kind.unexpected)  # type: ignore[attr-defined]
    found = []
    for index, item in reversed(list(enumerate(items))):
        if to_json(item, compact=True) in unexpected:
            unexpected.remove(to_json(item, compact=True))
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
    outer = at[: len(at) - at[::-1].index("propertyNames")] if "propertyNames" in at else ()
    limit = limits.limit_at(outer or _schema_path(error, limits))
    broken = limits.limit_at(at)
    path = (*_located(error, instance)[0], str(inner.instance))
    detail = f"{broken.keyword} {to_json(broken.value)}"
    return [
        Mistake(path, limit.keyword, limit, path, True, inner.instance, "string", detail=detail)
    ]


def _read_several_match(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    (mistake,) = _read_value(error, instance, limits)
    branches: list[list[Any]] = error.kind.context  # type: ignore[attr-defined]
    fitting = sum(not branch for branch in branches)
    return [mistake._replace(detail=f"{fitting} of {len(branches)}")]


def _read_backtracking(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    (mistake,) = _read_value(error, instance, limits)
    return [mistake._replace(detail="undecided")]


# -- anyOf and oneOf ----------------------------------------------------------------------------


def _read_alternatives(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error of anyOf or oneOf: the mistakes by the branch that was meant."""
    base, _ = _located(error, instance)
    context: list[list[ValidationError]] = error.kind.context  # type: ignore[attr-defined]
    branches = [found for errors in context if (found := mistakes(errors, instance, limits))]
    if not branches:
        return _read_value(error, instance, limits)
    meant = min(branches, key=lambda branch: _distance(branch, base))
    for choice in meant:
        rivals = [_competing(choice, branch, base) for branch in branches if branch is not meant]
        if rivals and all(rivals):
            also = (limit for rival in rivals if rival for limit in (rival.limit, *rival.also))
            broken = _other_limits(choice.limit, (*choice.also, *also))
            return [choice._replace(also=broken, detail=choice.detail or "alternatives")]
    return meant


def _distance(branch: Sequence[Mistake], base: Path) -> tuple[int, int, int, int]:
    """Return how far an instance is from a branch: by type, by tag, by number, by depth."""
    whole = max((_MISMATCH.get(each.code, 0) for each in branch if each.path == base), default=0)
    tags = sum(
        len(each.path) == len(base) + 1 and each.code in ("const", "enum") for each in branch
    )
    return whole, tags, len(branch), -max(len(each.path) for each in branch)


def _competing(choice: Mistake, branch: Sequence[Mistake], base: Path) -> Mistake | None:
    """Return the mistake of another branch that asks for a different value where *choice* does."""
    if choice.code in _CHOICES and len(choice.path) <= len(base) + 1:
        return next(
            (each for each in branch if each.path == choice.path and each.code in _CHOICES), None
        )
    if choice.code == "required" and len(branch) == 1:
        return next((each for each in branch if each.code == "required"), None)
    return None


# -- one mistake for one thing to fix ------------------------------------------------------------


def _merge(found: list[Mistake]) -> list[Mistake]:
    """Return one mistake for each value: that of the highest priority, with the other limits."""
    groups: dict[tuple[Path, str], list[Mistake]] = {}
    for each in found:
        # one for a scalar; one for each keyword of an object or array
        one = each.kind not in _CONTAINERS or each.code in _WHOLE_VALUE
        groups.setdefault((each.path, "" if one else each.code), []).append(each)
    merged = [group[0] if len(group) == 1 else _merge_group(group) for group in groups.values()]
    merged = [each for each in merged if not _is_consequence(each)] or merged
    return _merge_misspelt(merged) if any(each.known for each in merged) else merged


def _merge_misspelt(found: list[Mistake]) -> list[Mistake]:
    """Merge an undocumented name and the missing one that it misspells into one mistake."""
    missing = {each.path: each for each in found if each.code == "required"}
    merged = []
    for each in found:
        meant = closest_name(str(each.path[-1]), each.known) if missing and each.known else None
        lost = missing.get((*each.path[:-1], meant)) if meant is not None else None
        if lost is not None:
            each = each._replace(also=(*each.also, lost.limit))  # noqa: PLW2901
            del missing[lost.path]
        merged.append(each)
    return [each for each in merged if each.code != "required" or each.path in missing]


def _is_consequence(mistake: Mistake) -> bool:
    """Return whether a name is unevaluated only because the schema that has it was broken."""
    return mistake.code == "unevaluatedProperties" and mistake.path[-1] in mistake.known


def _merge_group(group: list[Mistake]) -> Mistake:
    first = min(group, key=lambda each: priority(each.limit))
    also = [limit for each in group for limit in (each.limit, *each.also)]
    return first._replace(also=_other_limits(first.limit, also))


def _other_limits(reported: Limit, limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Return the limits other than the one reported, each once."""
    others = {(limit.location, limit.pointer): limit for limit in limits}
    others.pop((reported.location, reported.pointer), None)
    return tuple(others.values())


_Reader = Callable[[ValidationError, Any, Limits], list[Mistake]]
#: The readers of errors that are not about a value by itself.
ERROR_READERS: Final[dict[type, _Reader]] = {
    Kind.AdditionalItems: _read_additional_items,
    Kind.AdditionalProperties: _read_additional_properties,
    Kind.AnyOf: _read_alternatives,
    Kind.BacktrackLimitExceeded: _read_backtracking,
    Kind.FalseSchema: _read_forbidden,
    Kind.Not: _read_forbidden,
    Kind.OneOfMultipleValid: _read_several_match,
    Kind.OneOfNotValid: _read_alternatives,
    Kind.PropertyNames: _read_property_names,
    Kind.Required: _read_required,
    Kind.UnevaluatedItems: _read_unevaluated_items,
    Kind.UnevaluatedProperties: _read_additional_properties,
}
