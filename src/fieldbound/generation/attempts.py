"""Attempts to break a limit: values at paths, with the instances and what these break.

Many limits are tried with the same ones; what is found out of one is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, Generic, NamedTuple, TypeVar

from fieldbound.algebra import SimplestSource, canonical_text
from fieldbound.model import Limit, Violation
from fieldbound.validation import Contract, checker_of

from .generator import Generator
from .value_path import ValuePath

_T = TypeVar("_T")
_NO_PATH: Final = object()


class Attempt:
    """A value at a path, in the simplest instance of a contract that has it."""

    def __init__(
        self, contract: Contract, generator: Generator, path: ValuePath, value: Any
    ) -> None:
        self.path = path
        self.value = value
        self._contract = contract
        self._generator = generator

    @property
    def is_possible(self) -> bool:
        """Whether there is such an instance."""
        return self.instance is not _NO_PATH

    @cached_property
    def instance(self) -> Any:
        """The simplest instance with the value at the path."""
        try:
            return self._generator.build_with(SimplestSource(), self.path, self.value)
        except LookupError:
            return _NO_PATH

    @cached_property
    def text(self) -> str:
        """The instance as text, which is the same for equal ones."""
        return canonical_text(self.instance)

    @cached_property
    def breach(self) -> Breach:
        """What the instance breaks."""
        return breach_of(self._contract, self.instance)


class Breach(NamedTuple):
    """The *violations* of an instance, and all limits that are *broken* in it."""

    violations: tuple[Violation, ...]
    broken: tuple[Limit, ...]


_NOTHING: Final = Breach((), ())


def breach_of(contract: Contract, instance: Any) -> Breach:
    """Return what an instance breaks; the verdict alone is found sooner."""
    checker = checker_of(contract)
    if checker.is_valid(instance):
        return _NOTHING
    violations = tuple(checker.check(instance))
    limits = (limit for each in violations if each.limit for limit in (each.limit, *each.also))
    return Breach(violations, tuple(dict.fromkeys(limits)))


class Replay(Generic[_T]):
    """What an iterator yields, as often as it is asked for."""

    def __init__(self, source: Iterator[_T]) -> None:
        self._source = source
        self._known: list[_T] = []

    def __iter__(self) -> Iterator[_T]:
        index = 0
        while True:
            if index == len(self._known):
                try:
                    self._known.append(next(self._source))
                except StopIteration:
                    return
            yield self._known[index]
            index += 1
