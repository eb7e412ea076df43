"""The engine's errors go in, one mistake for each thing to mend comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from jsonschema_rs import ValidationError, ValidationErrorKind as Kind

from fieldbound.model import (
    Limit,
    Path,
    Violation,
    closest,
    excerpt,
    json_type,
    percent_decoded,
    pointer_of,
    to_json,
    tokens_of,
)

from .limits import Limits


class Mistake(NamedTuple):
    """A violation in the making: its path is not yet a pointer, its place not yet found.

    *place* is the path of what stands in the text: the object, where an attribute is missing;
    *of_name* tells that the name is meant there, not the value.
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
        """Return the violation, without its value where no output may show that."""
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


#: Of several limits that one value breaks, the first of these is told, the others go with it.
_TELLING: Final = {
    code: rank
    for rank, code in enumerate(
        "readOnly not type const enum maxLength minLength format pattern maximum exclusiveMaximum "
        "minimum exclusiveMinimum multipleOf".split()
    )
}
#: What an object or an array is wrong by as a whole; what else it breaks stands on its own.
_WHOLE: Final = frozenset(("readOnly", "not", "type", "const", "enum", "anyOf", "oneOf"))
_LENGTHS: Final = frozenset(
    "maxLength minLength maxItems minItems maxProperties minProperties".split()
)
#: Values in which several things can be wrong at once; None: there is no value at all.
_PARTED: Final = frozenset(("object", "array", None))
_CHOICES: Final = frozenset(("type", "const", "enum"))
#: By which a value is of another alternative altogether, and by which more so.
_OTHER: Final = {**dict.fromkeys(_CHOICES, 1), "not": 2, "readOnly": 2}


def mistakes(errors: Iterable[ValidationError], instance: Any, limits: Limits) -> list[Mistake]:
    """Return the mistakes in *instance* that the engine's errors speak of, each once."""
    broken: dict[Path, tuple[Any, list[Limit]]] = {}
    others: list[Mistake] = []
    for error in errors:
        read = READERS.get(type(error.kind))
        if read is None:  # an error about a value as it stands
            path, value = _at(error, instance)
            limit = limits.by_way.get(tuple(error.evaluation_path))
            if limit is None:
                limit = limits.at(_path(error, limits))
            broken.setdefault(path, (value, []))[1].append(limit)
        else:
            others += read(error, instance, limits)
    found = [each for path, (value, group) in broken.items() for each in _wrong(path, value, group)]
    return _folded([*found, *others]) if others else found


def _wrong(path: Path, value: Any, group: list[Limit]) -> list[Mistake]:
    """Return what is wrong with the value at *path*: one mistake, or several in a container."""
    kind = json_type(value)
    if len(group) == 1:
        return [_measured(path, group[0], value, kind)]
    if kind in _PARTED and not any(limit.keyword in _WHOLE for limit in group):
        by_keyword = {limit.keyword: limit for limit in reversed(group)}
        return [_measured(path, limit, value, kind) for limit in reversed(by_keyword.values())]
    group.sort(key=rank)
    also = tuple([limit for limit in group[1:] if limit.location != group[0].location])
    return [_measured(path, group[0], value, kind, also)]


def _measured(
    path: Path, limit: Limit, value: Any, kind: str, also: tuple[Limit, ...] = ()
) -> Mistake:
    code = limit.keyword
    actual = len(value) if code in _LENGTHS else excerpt(value, kind)
    return Mistake(path, code, limit, path, False, actual, kind, also)


def rank(limit: Limit) -> int:
    """Return where a limit stands among several that one value breaks: the first is told."""
    return _TELLING.get(limit.keyword, len(_TELLING))


def _path(error: ValidationError, limits: Limits) -> tuple[str | int, ...]:
    """Return the way through the schema to what was broken.

    The engine leaves an empty name out of it. Where that leads astray, and no reference was
    followed, the location of the keyword is the way, for it has all names.
    """
    path = tuple(error.evaluation_path)
    if path in limits.ways or limits.has(path):
        return path
    location = error.absolute_keyword_location or ""
    return tokens_of(percent_decoded(location.partition("#")[2])) if "$ref" not in path else path


def _at(error: ValidationError, instance: Any) -> tuple[Path, Any]:
    """Return where in the instance an error is, and the value there.

    The engine tells a name of digits as a number, and leaves an empty one out: where there may be
    such names, its sentence is read, which has them as they are.
    """
    path: Path = tuple(error.instance_path)
    value: Any = instance
    for token in path:
        if value.__class__ is not list and (token.__class__ is int or "" in value):
            return _as_written(error, instance)
        value = value[token]  # type: ignore[index]
    if value.__class__ is dict and "" in value:
        return _as_written(error, instance)
    return path, value


def _as_written(error: ValidationError, instance: Any) -> tuple[Path, Any]:
    path: list[str | int] = []
    value: Any = instance
    where = error.verbose_message.rpartition("\n\nOn instance")[2].partition(":\n")[0]
    for name, index in re.findall(r'\["(.*?)"\](?=\[|$)|\[(\d+)\]', where, re.DOTALL):
        text = index or name.replace("~1", "/").replace("~0", "~")
        token: str | int = int(index) if index and isinstance(value, (list, tuple)) else text
        try:
            value = value[token]
        except (KeyError, IndexError, TypeError):
            break  # a name that reads like a path: what it is in, is told
        path.append(token)
    return tuple(path), value


def _value(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about a value as it stands."""
    return _wrong(*_at(error, instance), [limits.at(_path(error, limits))])


def _refused(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about an attribute that may not be there, whatever its value."""
    limit, (path, value) = limits.at(_path(error, limits)), _at(error, instance)
    if limit.keyword == "additionalProperties":  # no name at all is known here
        return _unknown(error, instance, limits)
    if limit.keyword == "propertyNames":
        return [Mistake((*path, name), limit.keyword, limit, (*path, name), True) for name in value]
    (mistake,) = _wrong(path, value, [limit])
    return [mistake._replace(of_name=bool(path) and isinstance(path[-1], str))]


def _missing(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    name: str = error.kind.property  # type: ignore[attr-defined]
    path, _ = _at(error, instance)
    limit = limits.at(_path(error, limits), name)
    return [Mistake((*path, name), limit.keyword, limit, path)]


def _unknown(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    at, (path, present) = _path(error, limits), _at(error, instance)
    limit = limits.at(at)
    known = tuple(name for name in limits.known(at) if name not in present)
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


def _unforeseen(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error about items that nothing allows; the engine names them by their JSON alone."""
    limit, (path, items) = limits.at(_path(error, limits)), _at(error, instance)
    written: list[str] = list(error.kind.unexpected)  # type: ignore[attr-defined]
    found = []
    for index, item in reversed(list(enumerate(items))):
        if to_json(item, compact=True) in written:
            written.remove(to_json(item, compact=True))
            at = (*path, index)
            found.append(Mistake(at, limit.keyword, limit, at, kind=json_type(item)))
    return found[::-1] or _value(error, instance, limits)


def _further(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    limit, (path, items) = limits.at(_path(error, limits)), _at(error, instance)
    first: int = error.kind.limit  # type: ignore[attr-defined]
    return [
        Mistake((*path, index), limit.keyword, limit, (*path, index), kind=json_type(items[index]))
        for index in range(first, len(items))
    ]


def _misnamed(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    inner: ValidationError = error.kind.error  # type: ignore[attr-defined]
    at = _path(inner, limits)
    limit = limits.at(at[: len(at) - at[::-1].index("propertyNames")])
    broken = limits.at(at)
    path = (*_at(error, instance)[0], str(inner.instance))
    detail = f"{broken.keyword} {to_json(broken.value)}"
    return [
        Mistake(path, limit.keyword, limit, path, True, inner.instance, "string", detail=detail)
    ]


def _several(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    (mistake,) = _value(error, instance, limits)
    branches: list[list[Any]] = error.kind.context  # type: ignore[attr-defined]
    fitting = sum(not branch for branch in branches)
    return [mistake._replace(detail=f"{fitting} of {len(branches)}")]


def _backtracking(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    (mistake,) = _value(error, instance, limits)
    return [mistake._replace(detail="undecided")]


# -- anyOf and oneOf ----------------------------------------------------------------------------


def _chosen(error: ValidationError, instance: Any, limits: Limits) -> list[Mistake]:
    """Read an error of alternatives: what is wrong by the one that was meant."""
    base, _ = _at(error, instance)
    context: list[list[ValidationError]] = error.kind.context  # type: ignore[attr-defined]
    branches = [found for errors in context if (found := mistakes(errors, instance, limits))]
    if not branches:
        return _value(error, instance, limits)
    meant = min(branches, key=lambda branch: _distance(branch, base))
    for choice in meant:
        rivals = [_rival(choice, branch, base) for branch in branches if branch is not meant]
        if rivals and all(rivals):
            also = (limit for rival in rivals if rival for limit in (rival.limit, *rival.also))
            broken = _distinct(choice.limit, (*choice.also, *also))
            return [choice._replace(also=broken, detail=choice.detail or "alternatives")]
    return meant


def _distance(branch: Sequence[Mistake], base: Path) -> tuple[int, int, int, int]:
    """Return how far an instance is from a branch: by its type, by a tag, by number, by depth."""
    whole = max((_OTHER.get(each.code, 0) for each in branch if each.path == base), default=0)
    tags = sum(
        len(each.path) == len(base) + 1 and each.code in ("const", "enum") for each in branch
    )
    return whole, tags, len(branch), -max(len(each.path) for each in branch)


def _rival(choice: Mistake, branch: Sequence[Mistake], base: Path) -> Mistake | None:
    """Return the mistake by which a branch asks for something else where *choice* does."""
    if choice.code in _CHOICES and len(choice.path) <= len(base) + 1:
        return next(
            (each for each in branch if each.path == choice.path and each.code in _CHOICES), None
        )
    if choice.code == "required" and len(branch) == 1:
        return next((each for each in branch if each.code == "required"), None)
    return None


# -- one mistake for one thing to mend ------------------------------------------------------------


def _folded(found: list[Mistake]) -> list[Mistake]:
    """Return one mistake for each value: the most telling, with the limits of the others."""
    groups: dict[tuple[Path, str], list[Mistake]] = {}
    for each in found:
        # a value, or one of the ways in which an object or array can be wrong
        one = each.kind not in _PARTED or each.code in _WHOLE
        groups.setdefault((each.path, "" if one else each.code), []).append(each)
    told = [group[0] if len(group) == 1 else _together(group) for group in groups.values()]
    told = [each for each in told if not _is_echo(each)] or told
    return _renamed(told) if any(each.known for each in told) else told


def _renamed(found: list[Mistake]) -> list[Mistake]:
    """Tell an unknown name that is a missing one misspelt as the one mistake it is."""
    missing = {each.path: each for each in found if each.code == "required"}
    told = []
    for each in found:
        meant = closest(str(each.path[-1]), each.known) if missing and each.known else None
        lost = missing.get((*each.path[:-1], meant)) if meant is not None else None
        if lost is not None:
            each = each._replace(also=(*each.also, lost.limit))  # noqa: PLW2901
            del missing[lost.path]
        told.append(each)
    return [each for each in told if each.code != "required" or each.path in missing]


def _is_echo(mistake: Mistake) -> bool:
    """Return whether an attribute is called unknown only because the schema with it was broken."""
    return mistake.code == "unevaluatedProperties" and mistake.path[-1] in mistake.known


def _together(group: list[Mistake]) -> Mistake:
    first = min(group, key=lambda each: rank(each.limit))
    also = [limit for each in group for limit in (each.limit, *each.also)]
    return first._replace(also=_distinct(first.limit, also))


def _distinct(told: Limit, limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Return the limits other than the one told, each once."""
    others = {(limit.location, limit.pointer): limit for limit in limits}
    others.pop((told.location, told.pointer), None)
    return tuple(others.values())


_Reader = Callable[[ValidationError, Any, Limits], list[Mistake]]
#: How the errors are read that are not about a value as it stands.
READERS: Final[dict[type, _Reader]] = {
    Kind.AdditionalItems: _further,
    Kind.AdditionalProperties: _unknown,
    Kind.AnyOf: _chosen,
    Kind.BacktrackLimitExceeded: _backtracking,
    Kind.FalseSchema: _refused,
    Kind.Not: _refused,
    Kind.OneOfMultipleValid: _several,
    Kind.OneOfNotValid: _chosen,
    Kind.PropertyNames: _misnamed,
    Kind.Required: _missing,
    Kind.UnevaluatedItems: _unforeseen,
    Kind.UnevaluatedProperties: _unknown,
}
