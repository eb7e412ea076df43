"""Judged instances go in, counts of how they stand to each limit go to a Coverage.

A place in a contract is known by its pointer alone, so what stands in alternatives (`anyOf`) or
under patterns of names may be counted inside a limit of its neighbour. What is beyond a limit is
what the report says is.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from fieldbound.model import Limit, Report, tokens_of
from fieldbound.validation import AnyCase

from .boundaries import identity, members, reach
from .limit_coverage import ANY, CHOICES, Coverage, Row

if TYPE_CHECKING:
    from fieldbound.validation import Contract

#: Keywords that ask for a name in the object above the one their pointer names.
_NAMES: Final = frozenset(("required", "dependentRequired", "dependencies"))
#: Keywords of what is not taken at all: where there is a value, it is broken.
_REFUSALS: Final = frozenset(("readOnly", "writeOnly"))
_TEXTS: Final = frozenset(("pattern", "format", "contentEncoding", "contentMediaType"))
_OBJECTS: Final = frozenset("additionalProperties unevaluatedProperties propertyNames".split())
_ARRAYS: Final = frozenset(
    "items additionalItems unevaluatedItems uniqueItems contains minContains maxContains".split()
)


class Recorder:
    """What counts, from `install` to `uninstall`, each call of a Contract's three methods once.

    A call of `validate` is counted by the `check` in it. *failures* are the kinds of errors that
    kept a call from being counted, and how many: none of them reaches the caller.
    """

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        self.failures: Counter[str] = Counter()
        self._plans: WeakKeyDictionary[Contract, _Plan] = WeakKeyDictionary()
        self._originals: dict[str, Callable[..., Any]] = {}
        self._here = threading.local()
        self._lock = threading.Lock()

    def install(self) -> None:
        """Count from now on."""
        from fieldbound.validation import Contract

        for name in () if self._originals else ("check", "is_valid"):
            self._originals[name] = original = getattr(Contract, name)
            setattr(Contract, name, self._counted(original))

    def uninstall(self) -> None:
        """Count no more."""
        from fieldbound.validation import Contract

        for name, original in self._originals.items():
            setattr(Contract, name, original)
        self._originals.clear()

    def record(self, contract: Contract, instance: Any, verdict: Report | bool) -> None:
        """Count one judged instance; *verdict* is what was found, or only whether it is valid."""
        from fieldbound.documents import Document

        if not self.coverage.takes(contract.name):
            return
        report = contract.unrecorded_check(instance) if verdict is False else verdict
        violations = () if report is True else report
        with self._lock:
            plan = self._plans.get(contract)
            if plan is None:
                plan = self._plans[contract] = _Plan(contract, self.coverage)
            broken = plan.broken(violations)
            if not isinstance(instance, Document):
                plan.walk(instance, broken)
            elif instance.readable:
                plan.walk(instance.value, broken)

    def _counted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def counted(contract: Contract, instance: Any) -> Any:
            __tracebackhide__ = True
            if getattr(self._here, "busy", False):  # part of a call that is counted as a whole
                return original(contract, instance)
            self._here.busy = True
            try:
                verdict = original(contract, instance)
                try:
                    self.record(contract, instance, verdict)
                except Exception as error:  # noqa: BLE001 - a test never fails for being counted
                    self.failures[type(error).__name__] += 1
            finally:
                self._here.busy = False
            return verdict

        return counted


class _Node:
    """A place in a contract: the limits there, the names it asks for, and what is below it."""

    __slots__ = ("any", "below", "names", "rows")

    def __init__(self) -> None:
        self.rows: list[_Look] = []
        self.names: list[tuple[str, Row]] = []
        self.below: dict[str, _Node] = {}
        self.any: _Node | None = None

    def child(self, token: str) -> _Node:
        if token == ANY:
            self.any = self.any or _Node()
            return self.any
        return self.below.setdefault(token, _Node())

    def parts(self, value: Any) -> Iterator[tuple[_Node, Any]]:
        """Yield the parts of a value that stand at a place below, each with its place."""
        if isinstance(value, dict):
            if self.any is None:
                yield from ((at, value[name]) for name, at in self.below.items() if name in value)
                return
            yield from ((self.below.get(name, self.any), each) for name, each in value.items())
        elif isinstance(value, (list, tuple)) and (self.below or self.any):
            for index, each in enumerate(value):
                at = self.below.get(str(index), self.any) if self.below else self.any
                if at is not None:
                    yield at, each


class _Look:
    """What is looked for in each value at a place, for one limit."""

    def __init__(self, row: Row) -> None:
        self.row = row

    @cached_property
    def _members(self) -> Mapping[Any, int]:
        return members(self.row.limit)

    def __call__(self, value: Any, broken: set[int]) -> None:
        row = self.row
        keyword = row.limit.keyword
        if keyword in CHOICES:
            found = self._members.get(identity(value))
            if found is not None:
                row.members.add(found)
                row.inside += 1
            return
        stands = reach(row.limit, value)
        if stands == "at":
            row.at += 1
        elif stands == "inside" or (stands is None and _applies(row.limit, value)):
            row.inside += id(row) not in broken


class _Plan:
    """The limits of one contract as a tree of places, with the row of each."""

    def __init__(self, contract: Contract, coverage: Coverage) -> None:
        self._root = _Node()
        self._found: dict[tuple[str, str], list[Row]] = {}
        schema = contract.schema
        any_case = isinstance(schema, dict) and schema.get("x-any-case") is True
        self._names = AnyCase(schema.get("properties", ())) if any_case else None
        for order, limit in enumerate(contract.limits):
            row = coverage.row(contract.name, limit, order)
            self._found.setdefault((limit.pointer, limit.keyword), []).append(row)
            self._place(row)

    def _place(self, row: Row) -> None:
        tokens, named = tokens_of(row.limit.pointer), row.limit.keyword in _NAMES
        node = self._root
        for token in tokens[:-1] if named else tokens:
            node = node.child(token)
        if named and tokens:
            node.names.append((tokens[-1], row))
        else:
            node.rows.append(_Look(row))

    def broken(self, violations: Iterable[Any]) -> set[int]:
        """Count what a report says is broken, and return the rows of it."""
        broken = set()
        for violation in violations:
            limits = () if violation.limit is None else (violation.limit, *violation.also)
            for row in {id(row): row for row in map(self._row, limits) if row}.values():
                row.beyond += 1
                broken.add(id(row))
        return broken

    def _row(self, limit: Limit) -> Row | None:
        rows = self._found.get((limit.pointer, limit.keyword), ())
        value = identity(limit.value)
        same = [row for row in rows if identity(row.limit.value) == value]
        return next(iter(same or rows), None)

    def walk(self, instance: Any, broken: set[int]) -> None:
        """Count how the values in an instance stand to the limits that they do not break."""
        if self._names is not None:
            with suppress(ValueError):
                instance = self._names.ours(instance)
        stack = [(self._root, instance)]
        while stack:
            node, value = stack.pop()
            for look in node.rows:
                look(value, broken)
            if node.names and isinstance(value, dict):
                for name, row in node.names:
                    row.inside += name in value and id(row) not in broken
            stack.extend(node.parts(value))


def _applies(limit: Limit, value: Any) -> bool:
    """Return whether a limit without a measure has to do with a value that is there."""
    keyword = limit.keyword
    if keyword in _TEXTS:
        return isinstance(value, str)
    if keyword in _OBJECTS:
        return isinstance(value, dict)
    if keyword in _ARRAYS:
        return isinstance(value, (list, tuple))
    if keyword == "multipleOf":
        return not isinstance(value, (bool, str, list, tuple, dict, type(None)))
    refuses = keyword in _REFUSALS or (keyword == "not" and limit.value in ({}, True, False))
    return keyword in ("not", "anyOf", "oneOf") and not refuses
