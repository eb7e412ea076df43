"""Mistakes: what violations are made of, and which are reported of anyOf or oneOf."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.algebra import SharingWork
from fieldbound.model import (
    ALTERNATIVES,
    ENDS_TOO_EARLY,
    Limit,
    Path,
    Violation,
    excerpt,
    json_type,
    pointer_of,
    to_json,
    violation_of,
)

from .branches import Branch, likeness, tag_of, tags_in, varied_tags

if TYPE_CHECKING:
    from .limits import Limits

_CHOICES: Final = frozenset(("type", "const", "enum"))
#: How much the keyword broken at the root of a branch speaks against that branch.
_MISMATCH: Final = {**dict.fromkeys(_CHOICES, 1), **dict.fromkeys(("not", "readOnly"), 2)}

#: Of several limits that one value breaks the first of these is reported, the others in `also`.
_PRIORITY: Final = {
    code: rank
    for rank, code in enumerate(
        "readOnly not type const enum maxLength minLength format pattern maximum exclusiveMaximum "
        "minimum exclusiveMinimum multipleOf".split()
    )
}
#: Keywords that reject an object or array as a whole; any other is a mistake of its own.
WHOLE_VALUE: Final = frozenset(("readOnly", "not", "type", "const", "enum", "anyOf", "oneOf"))
_LENGTHS: Final = frozenset(
    "maxLength minLength maxItems minItems maxProperties minProperties".split()
)
#: Types of which several limits can be broken at once; None: there is no value.
CONTAINERS: Final = frozenset(("object", "array", None))


class Mistake(NamedTuple):
    """A violation before its path is a pointer and its place is found.

    *place* is the path of what stands in the text: the object, where a property is missing;
    *of_name* is whether the name is meant there, not the value; *is_consequence* whether a name is
    unevaluated only because the schema that documents it was broken.
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
    taken: tuple[str, ...] = ()
    text: str | None = None
    example: str | None = None
    is_consequence: bool = False

    def violation(self, place: Any = None) -> Violation:
        """Return the violation, without its value where that is sensitive."""
        return violation_of(
            self.code,
            pointer_of(self.path),
            self.limit,
            None if self.limit.sensitive else self.actual,
            self.kind,
            place,
            self.also,
            self.known,
            self.detail,
            self.taken,
            None if self.limit.sensitive else self.text,
            self.example,
        )


# -- values, each with the limits that it breaks by itself -----------------------------------


def mistakes_of(path: Path, value: Any, group: list[Limit]) -> list[Mistake]:
    """Return the mistakes of the value at *path*: one, or several in a container."""
    kind = json_type(value)
    if len(group) == 1:
        return [_mistake(path, group[0], value, kind)]
    if kind in CONTAINERS and not any(limit.keyword in WHOLE_VALUE for limit in group):
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


def with_fault(mistake: Mistake, value: str, limits: Limits) -> Mistake:
    """Return the mistake of a string with its first wrong character, and an example that fits."""
    from fieldbound.algebra import example_string, first_fault

    at = first_fault(mistake.limit.value, value)
    holder = limits.schema_with(mistake.limit)
    return mistake._replace(
        detail=None if at is None else ENDS_TOO_EARLY if at == len(value) else str(at + 1),
        example=None if holder is None else example_string(holder),
    )


def priority(limit: Limit) -> int:
    """Return the priority of a limit among several that a value breaks: the lowest is reported."""
    return _PRIORITY.get(limit.keyword, len(_PRIORITY))


def mistakes_of_values(
    broken: Mapping[Path, tuple[Any, list[Limit]]], limits: Limits
) -> list[Mistake]:
    """Return the mistakes of values, each with the limits that it breaks by itself."""
    found = [
        each for path, (value, group) in broken.items() for each in mistakes_of(path, value, group)
    ]
    if "pattern" not in [each.code for each in found]:
        return found
    with SharingWork():
        return [
            with_fault(each, broken[each.path][0], limits) if each.code == "pattern" else each
            for each in found
        ]


def other_limits(reported: Limit, limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """Return the limits other than the one reported, each once."""
    others = {(limit.location, limit.pointer): limit for limit in limits}
    others.pop((reported.location, reported.pointer), None)
    return tuple(others.values())


# -- anyOf and oneOf ---------------------------------------------------------------------------


class _Candidate(NamedTuple):
    """A branch with the mistakes by it, and how far the value is from it: the least is meant."""

    distance: tuple[float, ...]
    mistakes: list[Mistake]
    branch: Branch

    @property
    def selected(self) -> tuple[float, ...]:
        """How far the type of the value and its tags select the branch."""
        return self.distance[:2]


def is_meant(mistakes: Sequence[Mistake], base: Path) -> bool:
    """Return whether a branch is meant of which the value at *base* has the tag that selects it.

    So it is unless the value as a whole is not what the branch is about.
    """
    return not any(each.path == base and each.code in _MISMATCH for each in mistakes)


def meant(found: Sequence[tuple[list[Mistake], Branch]], base: Path, value: Any) -> list[Mistake]:
    """Return the mistakes by the branch that was meant, whatever the order of branches.

    That is the branch whose type the value at *base* has; then the one whose fixed values it has,
    then the one of whose required names it has the most, then the nearest.
    """
    branches = [branch for _, branch in found]
    tags = tags_in(value, varied_tags(branches))
    candidates = [
        _Candidate(_distance(mistakes, branch, tags, base, value), mistakes, branch)
        for mistakes, branch in found
    ]
    best = min(candidates, key=lambda each: (each.distance, each.branch.text))
    peers = [each for each in candidates if each.selected == best.selected]
    tag = tag_of(branches)
    if tag is not None and isinstance(value, dict) and tag not in value:
        missing = [_missing(each, (*base, tag)) for each in peers]
        if all(missing):
            return [_joint([each for each in missing if each])]
    shared = 0
    for choice in best.mistakes:
        competing = [
            choice if each is best else _competing(choice, each.mistakes, base) for each in peers
        ]
        if len(peers) > 1 and all(competing):
            if choice.code in _CHOICES and _is_one_demand(competing):
                shared += 1
                continue
            joint = _joint([each for each in competing if each])
            return [joint._replace(detail=joint.detail or ALTERNATIVES)]
    is_equal = sum(each.distance == best.distance for each in peers) > 1
    if is_equal and shared < len(best.mistakes):
        return [each._replace(detail=each.detail or "equal") for each in best.mistakes]
    return best.mistakes


def _distance(
    mistakes: Sequence[Mistake], branch: Branch, tags: Mapping[str, str], base: Path, value: Any
) -> tuple[float, ...]:
    """Return how far an instance is from a branch.

    By its type, by what it has of the branch, by tags that differ, by the number of mistakes and of
    limits that they break, by depth.
    """
    whole = max((_MISMATCH.get(each.code, 0) for each in mistakes if each.path == base), default=0)
    fixed = sum(
        len(each.path) == len(base) + 1 and each.code in ("const", "enum") for each in mistakes
    )
    has, late = likeness(branch, tags, value)
    unlike = [-each for each in has]
    deepest = max(len(each.path) for each in mistakes)
    also = sum(len(each.also) for each in mistakes)
    return whole, *unlike, fixed, len(mistakes), also, late, -deepest


def _missing(candidate: _Candidate, path: Path) -> Mistake | None:
    """Return the mistake of a branch that what is at a path is missing."""
    return next(
        (each for each in candidate.mistakes if each.code == "required" and each.path == path),
        None,
    )


def _is_one_demand(competing: Sequence[Mistake | None]) -> bool:
    """Return whether each branch asks for the same."""
    demands = ((each.code, to_json(each.limit.value)) for each in competing if each)
    first = next(demands)
    return all(each == first for each in demands)


def _joint(competing: Sequence[Mistake]) -> Mistake:
    """Return the one mistake of branches that ask for different things in the same place.

    It is that of values of the same type as the one there, if a branch has any.
    """
    first = next(filter(_has_values_alike, competing), competing[0])
    also = (limit for each in competing for limit in (each.limit, *each.also))
    return first._replace(also=other_limits(first.limit, (*first.also, *also)))


def _has_values_alike(mistake: Mistake) -> bool:
    """Return whether a limit allows values of the type that the value has."""
    value = mistake.limit.value
    values = [value] if mistake.code == "const" else value if mistake.code == "enum" else ()
    return isinstance(values, list) and any(json_type(each) == mistake.kind for each in values)


def _competing(choice: Mistake, branch: Sequence[Mistake], base: Path) -> Mistake | None:
    """Return the mistake of another branch that asks for a different value where *choice* does."""
    if choice.code in _CHOICES and len(choice.path) <= len(base) + 1:
        return next(
            (each for each in branch if each.path == choice.path and each.code in _CHOICES), None
        )
    if choice.code == "required" and len(branch) == 1:
        return next((each for each in branch if each.code == "required"), None)
    return None
