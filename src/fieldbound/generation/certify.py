"""A contract goes in, certified instances come out: that keep its limits, or break just one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from math import inf
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from fieldbound.algebra import (
    Algebra,
    All,
    Arrays,
    Either,
    Everything,
    Form,
    Objects,
    Simplest,
    is_within,
)
from fieldbound.model import Limit, Unsatisfiable, Violation, tokens_of
from fieldbound.validation import Contract

from .bounds import Anatomy
from .generator import Branch, Making, Route
from .mutations import OF_NAMES, Wrong, name_of, some, wrong
from .objects_and_arrays import ABSENT

_ROUTES: Final = 24
_MOST: Final = 16
_TRIED: Final = 400
_TURNS: Final = 6
#: Limits that are named as standing in the way of another.
_NAMED: Final = 4
#: Limits that are kept or broken by a part of what they are on.
_OF_PARTS: Final = OF_NAMES | frozenset(
    "additionalProperties unevaluatedProperties propertyNames items additionalItems "
    "unevaluatedItems".split()
)
#: What the reference calls a limit that is broken inside, or one that is written as `false`.
_APPLYING: Final = frozenset(("anyOf", "oneOf", "not", "if", "dependencies", "contains", None))


class Found(NamedTuple):
    """Where a certified mistake is, and what."""

    route: Route
    value: Any
    instance: Any  # the simplest that has it
    violation: Violation
    rivals: tuple[Limit, ...]  # what else it breaks, and need not

    @property
    def alone(self) -> bool:
        """Whether it breaks the one limit alone."""
        return not self.rivals


class Probe:
    """What is made of one contract, to see what it takes and refuses."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.making = Making(Anatomy(_algebra(contract)))
        self.anatomy = self.making.anatomy
        if self.anatomy.height(self.anatomy.root) == inf:
            raise Unsatisfiable(contract.name, self.anatomy.why_nothing())
        self._found: dict[Limit, tuple[Found, ...]] = {}
        #: The limits that refuse what is meant to break another: on the same value, or not.
        self._others: tuple[dict[Limit, dict[Limit, None]], dict[Limit, dict[Limit, None]]] = (
            {},
            {},
        )

    @cached_property
    def _reference(self) -> Any:
        return self.contract.reference()

    # -- where a limit is ------------------------------------------------------------------------

    def routes(self, limit: Limit) -> Iterator[tuple[Route, Form]]:
        """Yield the ways to the value that a limit is on, and the form of what is right there."""
        for route, form in islice(self._walk(self.anatomy.root, self._tokens(limit), ()), _ROUTES):
            yield route, form
            if limit.keyword in _OF_PARTS:  # they are put into one of the alternatives
                yield from self._branches(route, form)

    def _branches(self, route: Route, form: Form) -> Iterator[tuple[Route, Form]]:
        for index, each in enumerate(form.branches if isinstance(form, (Either, All)) else ()):
            inner = self.anatomy.resolved(each)
            yield (*route, Branch(index)), inner
            yield from self._branches((*route, Branch(index)), inner)

    def _tokens(self, limit: Limit) -> tuple[str, ...]:
        tokens = tokens_of(limit.pointer)
        return tokens[:-1] if limit.keyword in OF_NAMES else tokens

    def _walk(
        self, form: Form, tokens: tuple[str, ...], route: Route
    ) -> Iterator[tuple[Route, Form]]:
        if not tokens:
            yield route, self.anatomy.resolved(form)
            return
        form = self.anatomy.opened(form)
        if isinstance(form, (Either, All)):
            for index, each in enumerate(form.branches):
                yield from self._walk(each, tokens, (*route, Branch(index)))
        elif isinstance(form, Objects):
            for name in self._names(form, tokens[0]):
                inner = self.anatomy.value_of(form, name)
                yield from self._walk(inner, tokens[1:], (*route, name))
        elif isinstance(form, Arrays):
            for index in self._indices(form, tokens[0]):
                inner = form.first[index] if index < len(form.first) else form.rest
                yield from self._walk(inner, tokens[1:], (*route, index))

    def _names(self, form: Objects, token: str) -> Iterator[str]:
        if token != "*" or token in form.named:
            yield token
            return
        for family in self.anatomy.names(form):
            yield from islice(self.making.object(form).names_of(family, 3), 1)
        yield from form.named

    def _indices(self, form: Arrays, token: str) -> Iterator[int]:
        if token.isdecimal():
            yield int(token)
        elif token == "*":
            yield from dict.fromkeys((len(form.first), *range(len(form.first))))

    # -- what breaks it --------------------------------------------------------------------------

    def mistakes(self, limit: Limit) -> tuple[Found, ...]:
        """Return certified mistakes with a limit, those that break it alone first."""
        found = self._found.get(limit)
        if found is None:
            found = self._found[limit] = tuple(self._mistakes(limit))
        return found

    def _mistakes(self, limit: Limit) -> list[Found]:
        alone: dict[str, Found] = {}
        together: dict[str, Found] = {}
        for candidates in self._candidates(limit):
            for route, value in islice(candidates, _TRIED):
                found = self._tried(limit, route, value)
                if found is not None:
                    kept = alone if found.alone else together
                    kept.setdefault(repr((route, value)), found)
                if len(alone) >= _MOST:
                    break
            if alone:
                break
        return [*alone.values(), *islice(together.values(), _MOST)]

    def _candidates(self, limit: Limit) -> Iterator[Iterator[tuple[Route, Any]]]:
        """Yield groups of mistakes not yet certified: likely ones, then whatever there may be.

        The latter are what the contract takes without the limit alone, for that may hold only where
        another attribute has a certain value; then what is not right of the value, or holds it.
        """
        algebra, making = self.anatomy.algebra, self.making
        for route, form in self.routes(limit):
            yield self._routed(route, wrong(limit, form, self.anatomy, making))
        loose = self.contract.algebra(without=limit)
        others = None if loose is None else algebra.without(loose.root, algebra.root)
        yield self._within(limit, some(others, self.anatomy, making))
        tokens = self._tokens(limit)
        for depth in range(len(tokens), -1, -1):
            for route, form in islice(self._walk(self.anatomy.root, tokens[:depth], ()), _ROUTES):
                contrary = some(algebra.negation(form), self.anatomy, making)
                yield self._routed(route, (Wrong((), each) for each in contrary))

    def _within(self, limit: Limit, instances: Iterator[Any]) -> Iterator[tuple[Route, Any]]:
        """Yield instances, the first that breaks the limit alone with likelier mistakes in it."""
        for instance in instances:
            violation = self.breaks(instance, limit)
            if violation is not None and limit.keyword not in OF_NAMES:
                for _, form in self.routes(limit):
                    for more, value in wrong(limit, form, self.anatomy, self.making):
                        if not more:
                            yield (), _with(instance, tokens_of(violation.pointer), value)
                yield (), instance
                return
            yield (), instance

    def _routed(self, route: Route, mistakes: Iterator[Wrong]) -> Iterator[tuple[Route, Any]]:
        return (((*route, *more), value) for more, value in mistakes)

    def _tried(self, limit: Limit, route: Route, value: Any) -> Found | None:
        """Return a mistake if it is one with this limit, in the simplest instance there is."""
        try:
            instance = self.making.place(Simplest(), route, value)
        except LookupError:
            return None
        violation = self.breaks(instance, limit)
        if violation is None or not self.agrees(instance, violation):
            return None
        rivals = self.rivals(violation)
        return Found(route, value, instance, violation, rivals)

    def breaks(self, instance: Any, limit: Limit) -> Violation | None:
        """Return the violation of a limit, if it is the only one of an instance."""
        if self.contract.unrecorded_is_valid(instance):
            return None
        report = self.contract.unrecorded_check(instance)
        for violation in report:
            if violation.limit is not None and violation.limit != limit:
                together = limit in violation.also
                self._others[together].setdefault(limit, {}).setdefault(violation.limit)
        if len(report) != 1 or report.violations[0].limit != limit:
            return None
        return report.violations[0]

    def in_the_way(self, limit: Limit) -> tuple[Limit, ...]:
        """Return the limits without which a limit cannot be broken."""
        rivals = [each for found in self.mistakes(limit) for each in found.rivals]
        found = dict.fromkeys((*rivals, *self._others[True].get(limit, {})))
        return tuple(found or self._others[False].get(limit, {}))[:_NAMED]

    def kept(self, limit: Limit) -> Iterator[tuple[Any, Any]]:
        """Yield certified instances that keep a limit, each with the value that does."""
        for route, form in self.routes(limit):
            for more, value in self._right(limit, form):
                try:
                    instance = self.making.place(Simplest(), (*route, *more), value)
                except LookupError:
                    continue
                if self.contract.unrecorded_is_valid(instance) and self.agrees(instance):
                    yield value, instance

    def _right(self, limit: Limit, form: Form) -> Iterator[Wrong]:
        """Yield values that keep a limit, those at its bound among them, not yet certified."""
        making, height = self.making, self.anatomy.height
        if limit.keyword in OF_NAMES:
            if isinstance(form, Objects):
                name = name_of(limit)
                inner = self.anatomy.value_of(form, name)
                if height(inner) < inf:
                    yield Wrong((name,), making.simplest(inner))
        elif height(form) == inf:
            yield Wrong((), ABSENT)
        else:
            yield from (Wrong((), each) for each in making.known(form))
            if isinstance(form, (Objects, Arrays, Either, All)):
                yield Wrong((), making.simplest(form))
                for turn in range(_TURNS):
                    yield Wrong((), making.at_will(form, Everything(turn)))

    def rivals(self, violation: Violation) -> tuple[Limit, ...]:
        """Return the limits that a violation breaks beside its own, if that does not imply them."""
        return tuple(each for each in violation.also if not implies(violation.limit, each))

    def agrees(self, instance: Any, violation: Violation | None = None) -> bool:
        """Return whether jsonschema, the reference, finds the same wrong as we do, or nothing.

        It cannot tell where it cannot read a pattern: those of Python are others.
        """
        try:
            found = [
                {error.validator, *error.absolute_schema_path}
                for error in self._reference.iter_errors(instance)
            ]
        except (re.error, RecursionError):
            return True
        if violation is None or violation.limit is None:
            return not found
        told = {each.keyword for each in (violation.limit, *violation.also)} | _APPLYING
        return bool(found) and all(told & keywords for keywords in found)


def _with(instance: Any, tokens: tuple[str, ...], value: Any) -> Any:
    """Return an instance with another value at a pointer."""
    if not tokens:
        return value
    if isinstance(instance, list):
        index = int(tokens[0])
        inner = _with(instance[index], tokens[1:], value)
        return [*instance[:index], inner, *instance[index + 1 :]]
    return {**instance, tokens[0]: _with(instance[tokens[0]], tokens[1:], value)}


def _algebra(contract: Contract) -> Algebra:
    found = contract.algebra()
    if found is None:  # there is no limit to be taken out
        raise LookupError(contract.name)
    return found


def implies(limit: Limit | None, other: Limit) -> bool:
    """Return whether whatever keeps a limit keeps another, on the same value, too."""
    if limit is None or limit.pointer != other.pointer:
        return False
    return _implies(limit.keyword, repr(limit.value), other.keyword, repr(other.value))


@lru_cache(maxsize=4096)
def _implies(keyword: str, value: str, other: str, others: str) -> bool:
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return is_within(
        {**draft, keyword: ast.literal_eval(value)}, {**draft, other: ast.literal_eval(others)}
    )


_PROBES: WeakKeyDictionary[Contract, Probe] = WeakKeyDictionary()


def probe(contract: Contract) -> Probe:
    """Return the probe of a contract, made once."""
    found = _PROBES.get(contract)
    if found is None:
        found = _PROBES[contract] = Probe(contract)
    return found
