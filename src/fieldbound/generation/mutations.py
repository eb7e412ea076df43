"""Mutations: common mistakes that break one limit, by keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from math import inf
from random import Random
from typing import Any, Final, NamedTuple

from fieldbound.algebra import (
    Arrays,
    Contains,
    Empty,
    Enumerated,
    Numbers,
    Objects,
    SeededSource,
    Strings,
    Union,
    ValueSet,
    json_number,
    modified,
)
from fieldbound.model import Limit, tokens_of

from .analysis import Analysis
from .common_mistakes import (
    ANY_VALUES,
    EACH_TYPE,
    FORMAT_ALIASES,
    FULL_WIDTH,
    MISFORMATTED,
    MISSPELLINGS,
)
from .generator import Generator
from .objects_and_arrays import ABSENT
from .value_path import ValuePath


class Mutation(NamedTuple):
    """A wrong value, or a function that draws one, at a path from the value that has the limit."""

    path: ValuePath
    value: Any


_MAX_EXAMPLES: Final = 12
_MAX_VARIANTS: Final = 6
_SEEDS: Final = 12
#: Keywords that require a property: they apply to the object above their pointer.
PRESENCE_KEYWORDS: Final = frozenset(("required", "dependentRequired", "dependencies"))

_Mutate = Callable[["_Target"], Iterable[Any]]


class _Target(NamedTuple):
    """The value set that a limit applies to."""

    limit: Limit
    value_set: ValueSet
    analysis: Analysis
    generator: Generator

    def parts(self, kind: type[Any]) -> list[Any]:
        """Return the value sets of one kind, also from inside unions."""
        found, stack = [], [self.value_set]
        while stack:
            value_set = self.analysis.resolve(stack.pop())
            if isinstance(value_set, kind):
                found.append(value_set)
            elif isinstance(value_set, Union):
                stack += value_set.branches
        return found

    def values(self, count: int = _MAX_EXAMPLES) -> list[Any]:
        """Return valid values."""
        if self.analysis.min_depth(self.value_set) == inf:
            return []
        return self.generator.examples(self.value_set)[:count]

    def boundaries(
        self, value_set: Strings | Numbers, count: int | None = _MAX_EXAMPLES
    ) -> Sequence[Any]:
        """Return boundary values of strings or numbers."""
        analysis = self.analysis
        if isinstance(value_set, Strings):
            return analysis.string_sampler(value_set).boundaries[:count]
        return analysis.number_sampler(value_set).boundaries[:count]

    def strings(self) -> list[str]:
        """Return valid strings, the shortest first."""
        found = [word for part in self.parts(Strings) for word in self.boundaries(part, None)]
        found += [each for part in self.parts(Enumerated) for each in part.values]
        return sorted(
            {each for each in found if isinstance(each, str)}, key=lambda each: (len(each), each)
        )


def mutations_of(
    limit: Limit, value_set: ValueSet, analysis: Analysis, generator: Generator
) -> Iterator[Mutation]:
    """Yield mutations that may break a limit, the likeliest first; each is yet to be certified.

    *value_set* has the valid values at the limit's pointer, or the valid objects above it if
    the limit requires a property.
    """
    target = _Target(limit, value_set, analysis, generator)
    mutate = _BY_KEYWORD.get(limit.keyword)
    for each in mutate(target) if mutate else ():
        yield each if isinstance(each, Mutation) else Mutation((), each)


def sample_values(
    value_set: ValueSet | None, analysis: Analysis, generator: Generator
) -> Iterator[Any]:
    """Yield values of each branch of a value set, the simplest first; none of None."""
    if value_set is None or analysis.min_depth(value_set) == inf:
        return
    branches = value_set.branches if isinstance(value_set, Union) else (value_set,)
    nonempty = [each for each in branches if analysis.min_depth(each) < inf]
    for each in nonempty:
        yield generator.simplest(each)
    for each in nonempty:
        yield from generator.examples(each)[:_MAX_EXAMPLES]
        for seed in range(_SEEDS):
            yield generator.draw_value(each, SeededSource(Random(seed)))


# -- types and enumerations ------------------------------------------------------------------------


def _wrong_types(target: _Target) -> Iterator[Any]:
    for each in target.values(3):
        if isinstance(each, (int, float)) and not isinstance(each, bool):
            yield str(each)
    yield from EACH_TYPE
    yield from ([each] for each in target.values(1))


def _near_members(target: _Target) -> Iterator[Any]:
    members = target.limit.value if target.limit.keyword == "enum" else [target.limit.value]
    strings = [each for each in members if isinstance(each, str)]
    for word in strings[:_MAX_EXAMPLES]:
        yield from (word.lower(), word.upper(), word.capitalize())
    for word in strings[:_MAX_EXAMPLES]:
        yield from MISSPELLINGS.get(word.lower(), ())
        yield from (
            f" {word}",
            f"{word} ",
            f"{word}\n",
            word.translate(FULL_WIDTH),
            word[:-1],
            word * 2,
        )
    for number in [each for each in members if isinstance(each, (int, float))][:_MAX_EXAMPLES]:
        yield from (number + 1, number - 1, str(number))
    yield from EACH_TYPE


# -- lengths and patterns --------------------------------------------------------------------------


def _too_long(target: _Target) -> Iterator[str]:
    least = target.limit.value + 1
    for value_set in target.parts(Strings):
        yield from target.boundaries(modified(value_set, min_length=least, max_length=least))
    for value_set in target.parts(Strings):
        yield from target.boundaries(
            modified(value_set, min_length=least + 1, max_length=2 * least), 2
        )


def _too_short(target: _Target) -> Iterator[str]:
    most = target.limit.value - 1
    for value_set in target.parts(Strings):
        yield from target.boundaries(modified(value_set, min_length=most, max_length=most))
        yield from target.boundaries(modified(value_set, min_length=0, max_length=most))


def _not_matching(target: _Target) -> Iterator[str]:
    pattern = target.limit.value
    for word in target.strings()[:_MAX_EXAMPLES]:
        yield from (word[:-1], word + word[-1:], f"{word} ", f" {word}", f"{word}\n", f"\n{word}")
        yield from (f"x{word}", f"{word}x", word.lower(), word.upper(), f"0{word}", f"{word}.0")
        yield from (
            f"-{word}",
            word.translate(FULL_WIDTH),
            word[:1] + "x" + word[1:],
            f"x{word[1:]}",
        )
    yield from ("", " ")
    for value_set in target.parts(Strings):
        others = tuple(each for each in value_set.patterns if each != pattern)
        changed = modified(
            value_set, patterns=others, excluded_patterns=(*value_set.excluded_patterns, pattern)
        )
        yield from target.boundaries(changed)


def _misformatted(target: _Target) -> Iterator[str]:
    name = target.limit.value
    yield from MISFORMATTED.get(FORMAT_ALIASES.get(name, name), ())
    yield from ("", "0", " ")
    for word in target.strings()[:_MAX_VARIANTS]:
        yield from (word[:-1], f"{word} ", f" {word}", word.replace(":", "", 1), word.lower())
    for value_set in target.parts(Strings):
        others = tuple(each for each in value_set.formats if each != name)
        changed = modified(value_set, formats=others, excluded_formats=(name,))
        yield from target.boundaries(changed)


# -- numbers ---------------------------------------------------------------------------------------


def _out_of_range(target: _Target) -> Iterator[Any]:
    if isinstance(target.limit.value, bool):  # draft 4: the bound is another keyword
        yield from _excluded_bounds(target)
        return
    limit = Fraction(str(target.limit.value))
    exclude = not target.limit.keyword.startswith("exclusive")  # the bound itself is valid
    bounds: dict[str, Any] = {"minimum": None, "maximum": limit, "exclusive_maximum": exclude}
    if target.limit.keyword.endswith("aximum"):
        bounds = {"minimum": limit, "exclusive_minimum": exclude, "maximum": None}
    for value_set in target.parts(Numbers):
        found = target.boundaries(modified(value_set, **bounds), None)
        yield from sorted(found, key=lambda each: _by_distance(each, limit))[:_MAX_EXAMPLES]


def _excluded_bounds(target: _Target) -> Iterator[Any]:
    """Yield the bounds themselves, which are excluded."""
    for value_set in target.parts(Numbers):
        for bound in (value_set.minimum, value_set.maximum):
            if bound is not None:
                yield json_number(bound)


def _by_distance(number: Any, limit: Fraction) -> tuple[int, Fraction]:
    """Return a sort key: round numbers first, then by distance from the limit."""
    exact = Fraction(str(number))
    return exact.denominator, abs(exact - limit)


def _not_multiples(target: _Target) -> Iterator[Any]:
    step = Fraction(str(target.limit.value))
    for value_set in target.parts(Numbers):
        others = tuple(each for each in value_set.multiple_of if each != step)
        changed = modified(
            value_set, multiple_of=others, not_multiple_of=(*value_set.not_multiple_of, step)
        )
        if not target.limit.value % 1 and step == 1:
            changed = modified(changed, only_integers=False)
        yield from target.boundaries(changed)


# -- objects ---------------------------------------------------------------------------------------


def _missing_property(target: _Target) -> Iterator[Mutation]:
    yield Mutation((property_name(target.limit),), ABSENT)


def property_name(limit: Limit) -> str:
    """Return the last token of a limit's pointer: the name of a property."""
    return tokens_of(limit.pointer)[-1]


def _unknown_properties(target: _Target) -> Iterator[Mutation]:
    for value_set in target.parts(Objects):
        declared = [each.name for each in target.analysis.properties(value_set)]
        names = [
            "unknown",
            "Unknown_d",
            *(each.lower() for each in declared),
            *(f"{each}x" for each in declared),
        ]
        for name in dict.fromkeys(
            each for each in (*names[:2], *names[2 : _MAX_EXAMPLES * 2]) if each not in declared
        ):
            yield from (
                Mutation((name,), each) for each in ("0", True)[: 2 if name == names[0] else 1]
            )


def _invalid_names(target: _Target) -> Iterator[Mutation]:
    for value_set in target.parts(Objects):
        names = ["", "unknown", "a b", "0", "É", "x" * 300, "A", "_"]
        if (
            value_set.property_names is not None
            and (others := target.analysis.algebra.negation(value_set.property_names)) is not None
        ):
            for part in target._replace(value_set=others).parts(Strings):
                names += target.boundaries(part)
        for name in names:
            value = target.analysis.property_values(value_set, name)
            if target.analysis.min_depth(value) < inf:
                yield Mutation((name,), target.generator.simplest(value))
            yield Mutation((name,), "0")


def _wrong_sizes(target: _Target) -> Iterator[Any]:
    """Yield objects and arrays with one property or item too many, or too few."""
    keyword, count = target.limit.keyword, target.limit.value
    too_many = keyword.startswith("max")
    least, most = (count + 1, count + 1) if too_many else (0, count - 1)
    of_arrays = keyword.endswith("Items")
    bounds = ("min_items", "max_items") if of_arrays else ("min_properties", "max_properties")
    for value_set in target.parts(Arrays if of_arrays else Objects):
        if too_many or count > 0:
            changed = modified(value_set, **dict(zip(bounds, (least, most), strict=True)))
            yield target.generator.simplest(changed)
            yield target.generator.options(changed).values[0]


# -- arrays ----------------------------------------------------------------------------------------


def _duplicates(target: _Target) -> Iterator[Any]:
    for value_set in target.parts(Arrays):
        least = max(value_set.min_items, 2)
        for count in (least, least + 1):
            changed = modified(value_set, unique_items=False, has_duplicates=True, min_items=count)
            yield target.generator.simplest(changed)
        for one in target._replace(value_set=value_set.items).values(_MAX_VARIANTS):
            yield [one] * least


def _extra_items(target: _Target) -> Iterator[Mutation]:
    for value_set in target.parts(Arrays):
        yield from (Mutation((len(value_set.prefix_items),), each) for each in ANY_VALUES)


def _wrong_contains(target: _Target) -> Iterator[Any]:
    most = target.limit.value if target.limit.keyword == "maxContains" else None
    for value_set in target.parts(Arrays):
        for index, each in enumerate(value_set.contains):
            others = (*value_set.contains[:index], *value_set.contains[index + 1 :])
            if most is not None:
                changed = modified(value_set, contains=(*others, Contains(each.item, most + 1)))
            else:
                items = (
                    target.analysis.algebra.difference(value_set.items, each.item)
                    or value_set.items
                )
                fewer = max(0, each.min_contains - 1)
                contains = (*others, Contains(each.item, fewer, fewer))
                changed = modified(value_set, items=items, contains=contains)
            if target.analysis.min_depth(changed) < inf:
                yield target.generator.simplest(changed)
                yield target.generator.options(changed).values[0]


# -- anything else ---------------------------------------------------------------------------------


def _any_values(target: _Target) -> Iterable[Any]:
    if isinstance(target.analysis.resolve(target.value_set), Empty):
        return ANY_VALUES
    return (*target.values(2), *ANY_VALUES)


def _for(keywords: str, mutate: _Mutate) -> dict[str, _Mutate]:
    return dict.fromkeys(keywords.split(), mutate)


_BY_KEYWORD: Final[dict[str, _Mutate]] = {
    **_for("type", _wrong_types),
    **_for("enum const", _near_members),
    **_for("maxLength", _too_long),
    **_for("minLength", _too_short),
    **_for("pattern", _not_matching),
    **_for("format", _misformatted),
    **_for("minimum maximum exclusiveMinimum exclusiveMaximum", _out_of_range),
    **_for("multipleOf", _not_multiples),
    **_for("required dependentRequired dependencies", _missing_property),
    **_for("additionalProperties unevaluatedProperties", _unknown_properties),
    **_for("propertyNames", _invalid_names),
    **_for("minItems maxItems minProperties maxProperties", _wrong_sizes),
    **_for("uniqueItems", _duplicates),
    **_for("items additionalItems unevaluatedItems", _extra_items),
    **_for("contains minContains maxContains", _wrong_contains),
    **_for("readOnly writeOnly not anyOf oneOf", _any_values),
}
