"""Certified instances: both validators agree that they are valid, or break exactly one limit."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from math import inf
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from fieldbound.algebra import (
    Algebra,
    Arrays,
    FullSource,
    Intersection,
    Objects,
    SimplestSource,
    Union,
    ValueSet,
    canonical_text,
    is_within,
)
from fieldbound.model import Limit, Unsatisfiable, Violation, tokens_of
from fieldbound.validation import Contract, checker_of

from .analysis import Analysis
from .attempts import Attempt, Breach, Replay, breach_of
from .generator import Generator
from .limit_paths import PART_KEYWORDS, LimitPaths
from .mutations import PRESENCE_KEYWORDS, Mutation, mutations_of, property_name, sample_values
from .objects_and_arrays import ABSENT
from .value_path import ValuePath

_MAX_MUTATIONS: Final = 16
_MAX_CANDIDATES: Final = 400
#: After so many candidates that break nothing else than those before, others will not either.
_PATIENCE: Final = 48
_CYCLES: Final = 6
#: Maximum number of limits named as preventing a violation of another one alone.
_MAX_NAMED: Final = 4
#: Instances that are repaired to find what prevents one from breaking a limit alone.
_MAX_REPAIRED: Final = 24
#: Instances of which it is kept what jsonschema finds.
_MOST_KNOWN: Final = 4_000
#: Validators in errors of jsonschema that stand for an inner keyword, or for a `false` schema.
_APPLICATORS: Final = frozenset(("anyOf", "oneOf", "not", "if", "dependencies", "contains", None))


class CertifiedMutation(NamedTuple):
    """A certified mutation: what breaks a limit, and where."""

    path: ValuePath
    value: Any
    instance: Any  # the simplest with the mutation
    violation: Violation
    other_limits: tuple[Limit, ...]  # what else it breaks, not implied by the limit

    @property
    def alone(self) -> bool:
        """Whether it breaks only this limit."""
        return not self.other_limits


class Certifier:
    """Certifies instances and mutations of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.generator = Generator(Analysis(_algebra(contract)))
        self.analysis = self.generator.analysis
        self._paths = LimitPaths(contract, self.generator)
        if self.analysis.min_depth(self.analysis.root) == inf:
            raise Unsatisfiable(contract.name, self.analysis.explain_empty())
        self._mutations: dict[Limit, tuple[CertifiedMutation, ...]] = {}
        self._found_by_reference: dict[str, list[set[Any]] | None] = {}
        #: Instances that a limit alone makes invalid, by where it is written; others by value set.
        self._only_by: dict[tuple[str, tuple[str, ...]], Replay[Attempt]] = {}
        self._not_in: dict[tuple[str, ValueSet], Replay[Attempt]] = {}
        #: By limit, those of the same value that are reported in its place.
        self._instead: dict[Limit, dict[Limit, None]] = {}
        #: By limit, the sets of others that are broken with it, each with an instance that does so.
        self._also_broken: dict[Limit, dict[tuple[Limit, ...], Any]] = {}

    @cached_property
    def _reference(self) -> Any:
        return checker_of(self.contract).reference(brief=True)

    # -- mutations -------------------------------------------------------------------------------

    def mutations(self, limit: Limit) -> tuple[CertifiedMutation, ...]:
        """Return the certified mutations of a limit, those that break it alone first."""
        found = self._mutations.get(limit)
        if found is None:
            found = self._mutations[limit] = tuple(self._certify_all(limit))
        return found

    def _certify_all(self, limit: Limit) -> list[CertifiedMutation]:
        alone: dict[str, CertifiedMutation] = {}
        together: dict[str, CertifiedMutation] = {}
        also_broken, seen = self._also_broken.setdefault(limit, {}), set[str]()
        for candidates in self._candidates(limit):
            learned = 0
            for tried, attempt in enumerate(islice(candidates, _MAX_CANDIDATES), 1):
                known, before = len(alone), len(also_broken)
                found = self._certify(limit, attempt, seen)
                if found is not None:
                    group = alone if found.alone else together
                    group.setdefault(repr((attempt.path, attempt.value)), found)
                if len(alone) > known or _has_new(also_broken, before):
                    learned = tried
                if len(alone) >= _MAX_MUTATIONS or tried - learned >= _PATIENCE:
                    break
            if alone:
                break
        return [*alone.values(), *islice(together.values(), _MAX_MUTATIONS)]

    def _candidates(self, limit: Limit) -> Iterator[Iterable[Attempt]]:
        """Yield groups of candidates: common mistakes, then any others.

        The others are instances that only this limit makes invalid (it may be conditional on
        another property), then values outside the value sets along the path.
        """
        for path, value_set in self._paths.to(limit):
            values = mutations_of(limit, value_set, self.analysis, self.generator)
            yield (self._attempt((*path, *rest), value) for rest, value in values)
        yield self._with_common_mistakes(limit, self._without(limit))
        tokens = self._paths.tokens(limit)
        for depth in range(len(tokens), -1, -1):
            for path, value_set in self._paths.above(limit, tokens[:depth]):
                yield self._outside(path, value_set)

    def _attempt(self, path: ValuePath, value: Any) -> Attempt:
        return Attempt(self.contract, self.generator, path, value)

    def _without(self, limit: Limit) -> Iterable[Attempt]:
        """Return instances that only a limit, where it is written, makes invalid."""
        key = limit.location, tokens_of(limit.pointer)[-1:]
        if key not in self._only_by:
            algebra = self.analysis.algebra
            loosened = checker_of(self.contract).algebra(without=limit)
            others = None if loosened is None else algebra.difference(loosened.root, algebra.root)
            values = sample_values(others, self.analysis, self.generator)
            self._only_by[key] = Replay(self._attempt((), each) for each in values)
        return self._only_by[key]

    def _outside(self, path: ValuePath, value_set: ValueSet) -> Iterable[Attempt]:
        """Return values that are outside a value set, at its path."""
        key = repr(path), value_set
        if key not in self._not_in:
            others = self.analysis.algebra.negation(value_set)
            values = sample_values(others, self.analysis, self.generator)
            self._not_in[key] = Replay(self._attempt(path, each) for each in values)
        return self._not_in[key]

    def _with_common_mistakes(self, limit: Limit, attempts: Iterable[Attempt]) -> Iterator[Attempt]:
        """Yield instances, the first that breaks only the limit with common mistakes in it."""
        for attempt in attempts:
            violation = self._sole_violation(attempt.breach, attempt.instance, limit)
            if violation is not None and limit.keyword not in PRESENCE_KEYWORDS:
                for _, value_set in self._paths.to(limit):
                    for rest, value in mutations_of(
                        limit, value_set, self.analysis, self.generator
                    ):
                        if not rest:
                            at = tokens_of(violation.pointer)
                            yield self._attempt((), _replace_at(attempt.instance, at, value))
                yield attempt
                return
            yield attempt

    def _certify(self, limit: Limit, attempt: Attempt, seen: set[str]) -> CertifiedMutation | None:
        """Return a mutation if it breaks the limit in the simplest instance, one not *seen*."""
        if not attempt.is_possible or attempt.text in seen:
            return None
        seen.add(attempt.text)
        instance = attempt.instance
        violation = self._sole_violation(attempt.breach, instance, limit)
        if violation is None or not self.reference_agrees(instance, violation):
            return None
        other_limits = self.other_limits(violation)
        return CertifiedMutation(attempt.path, attempt.value, instance, violation, other_limits)

    def sole_violation(self, instance: Any, limit: Limit) -> Violation | None:
        """Return the violation of a limit if it is the only one of an instance."""
        return self._sole_violation(breach_of(self.contract, instance), instance, limit)

    def _sole_violation(self, breach: Breach, instance: Any, limit: Limit) -> Violation | None:
        violations, broken = breach
        if not violations:
            return None
        if limit in broken:
            others = tuple(each for each in broken if each != limit and not implies(limit, each))
            self._also_broken.setdefault(limit, {}).setdefault(others, instance)
        else:
            near = [each for each in broken if _is_near(each, limit)]
            self._instead.setdefault(limit, {}).update(dict.fromkeys(near))
        if len(violations) != 1 or violations[0].limit != limit:
            return None
        return violations[0]

    def blocking_limits(self, limit: Limit) -> tuple[Limit, ...]:
        """Return the limits that prevent this one from being broken alone.

        Every instance that was found to break it breaks at least one of them. What an instance
        breaks that can be valid beside the broken limit does not stand in the way.
        """
        self.mutations(limit)
        found = self._also_broken.get(limit, {})
        valid, tried = self.generator.simplest(self.analysis.root), 0
        while tried < min(len(found), _MAX_REPAIRED):
            instance = list(found.values())[tried]
            tried += 1
            for violation in checker_of(self.contract).check(instance):
                if violation.limit != limit:
                    repaired = _repaired(instance, valid, tokens_of(violation.pointer))
                    self.sole_violation(repaired, limit)
        sets = [set(each) for each in found if each]
        least = [each for each in found if each and not any(other < set(each) for other in sets)]
        always = [each for each in (least[0] if least else ()) if all(each in one for one in least)]
        named = tuple(always[:_MAX_NAMED]) or _fewest(least)
        return named or tuple(self._instead.get(limit, {}))[:_MAX_NAMED]

    def valid_values(self, limit: Limit) -> Iterator[Mutation]:
        """Yield values that satisfy a limit, each at its path, some of them at its bound."""
        for path, value_set in self._paths.to(limit):
            for rest, value in self._valid_values(limit, value_set):
                yield Mutation((*path, *rest), value)

    def valid_instances(self, mutations: Iterable[Mutation]) -> Iterator[Any]:
        """Yield certified instances with each of some values, each instance once."""
        seen: set[str] = set()
        for path, value in mutations:
            try:
                instance = self.generator.build_with(SimplestSource(), path, value)
            except LookupError:
                continue
            text = canonical_text(instance)
            if text not in seen:
                seen.add(text)
                if checker_of(self.contract).is_valid(instance) and self.reference_agrees(instance):
                    yield instance

    def _valid_values(self, limit: Limit, value_set: ValueSet) -> Iterator[Mutation]:
        """Yield candidates that satisfy a limit, among them those at its bound."""
        generator, min_depth = self.generator, self.analysis.min_depth
        if limit.keyword in PRESENCE_KEYWORDS:
            if isinstance(value_set, Objects):
                name = property_name(limit)
                inner = self.analysis.property_values(value_set, name)
                if min_depth(inner) < inf:
                    yield Mutation((name,), generator.simplest(inner))
        elif min_depth(value_set) == inf:
            yield Mutation((), ABSENT)
        else:
            yield from (Mutation((), each) for each in generator.examples(value_set))
            if isinstance(value_set, (Objects, Arrays, Union, Intersection)):
                yield Mutation((), generator.simplest(value_set))
                for cycle in range(_CYCLES):
                    yield Mutation((), generator.draw_value(value_set, FullSource(cycle)))

    def other_limits(self, violation: Violation) -> tuple[Limit, ...]:
        """Return the other limits of a violation that its own limit does not imply."""
        return tuple(each for each in violation.also if not implies(violation.limit, each))

    def reference_agrees(self, instance: Any, violation: Violation | None = None) -> bool:
        """Return whether jsonschema, the reference, agrees: on validity, or on the keywords broken.

        It is taken to agree if it cannot compile a pattern, for those of Python differ.
        """
        found = self._broken_by_reference(instance)
        if found is None:
            return True
        if violation is None or violation.limit is None:
            return not found
        keywords = {each.keyword for each in (violation.limit, *violation.also)} | _APPLICATORS
        return bool(found) and all(keywords & names for names in found)

    def _broken_by_reference(self, instance: Any) -> list[set[Any]] | None:
        """Return the keywords of each error of jsonschema, None if it cannot decide.

        Many limits have some instances in common.
        """
        text = canonical_text(instance)
        if text not in self._found_by_reference:
            if len(self._found_by_reference) >= _MOST_KNOWN:
                self._found_by_reference.clear()
            try:
                self._found_by_reference[text] = [
                    {error.validator, *error.absolute_schema_path}
                    for error in self._reference.iter_errors(instance)
                ]
            except (re.error, RecursionError, OverflowError):  # of an integer as a float
                self._found_by_reference[text] = None
        return self._found_by_reference[text]


def _has_new(sets: Collection[tuple[Limit, ...]], known: int) -> bool:
    """Return whether there is a set after those *known* that has none of them in it."""
    *others, last = map(set, sets) if len(sets) > known else [set[Limit]()]
    return len(sets) > known and not any(each <= last for each in others)


def _is_near(limit: Limit, other: Limit) -> bool:
    """Return whether a limit is one of the same value as another, or within its subschemas."""
    return limit.pointer == other.pointer or limit.location.startswith(f"{other.location}/")


def _fewest(sets: Sequence[tuple[Limit, ...]]) -> tuple[Limit, ...]:
    """Return a few limits of which each set has one; none where it takes too many."""
    chosen: list[Limit] = []
    while sets:
        counts = Counter(each for one in sets for each in one)
        chosen.append(counts.most_common(1)[0][0])
        sets = [one for one in sets if chosen[-1] not in one]
    return tuple(chosen) if len(chosen) <= _MAX_NAMED else ()


def _repaired(instance: Any, valid: Any, tokens: tuple[str, ...]) -> Any:
    """Return an instance with what a valid one has at a pointer, as far as both have it."""
    if not tokens:
        return instance
    if isinstance(instance, list) and isinstance(valid, list):
        index = int(tokens[0])
        if len(tokens) > 1 and index < min(len(instance), len(valid)):
            return _replace_at(
                instance, tokens[:1], _repaired(instance[index], valid[index], tokens[1:])
            )
        return instance
    if not isinstance(instance, dict) or not isinstance(valid, dict):
        return instance
    name = tokens[0]
    if name not in valid:
        return {key: each for key, each in instance.items() if key != name}
    if len(tokens) == 1 or name not in instance:
        return {**instance, name: valid[name]}
    return {**instance, name: _repaired(instance[name], valid[name], tokens[1:])}


def _replace_at(instance: Any, tokens: tuple[str, ...], value: Any) -> Any:
    """Return an instance with the value at a pointer replaced."""
    if not tokens:
        return value
    if isinstance(instance, list):
        index = int(tokens[0])
        inner = _replace_at(instance[index], tokens[1:], value)
        return [*instance[:index], inner, *instance[index + 1 :]]
    return {**instance, tokens[0]: _replace_at(instance[tokens[0]], tokens[1:], value)}


def _algebra(contract: Contract) -> Algebra:
    found = checker_of(contract).algebra()
    if found is None:  # without a limit to remove there is always one
        raise LookupError(contract.name)
    return found


def implies(limit: Limit | None, other: Limit) -> bool:
    """Return whether any value that satisfies a limit satisfies another one of the same value."""
    if limit is None or limit.pointer != other.pointer:
        return False
    if not PART_KEYWORDS.isdisjoint((limit.keyword, other.keyword)):
        return False  # what these mean depends on what stands beside them
    return _implies(limit.keyword, repr(limit.value), other.keyword, repr(other.value))


@lru_cache(maxsize=4096)
def _implies(keyword: str, value: str, other: str, others: str) -> bool:
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return is_within(
        {**draft, keyword: ast.literal_eval(value)}, {**draft, other: ast.literal_eval(others)}
    )


_CERTIFIERS: WeakKeyDictionary[Contract, Certifier] = WeakKeyDictionary()


def certifier_of(contract: Contract) -> Certifier:
    """Return the certifier of a contract, created once."""
    found = _CERTIFIERS.get(contract)
    if found is None:
        found = _CERTIFIERS[contract] = Certifier(contract)
    return found
