"""The recorder: counts the values of checked instances inside, at and beyond each limit.

Limits are looked up by pointer alone, so a value in one branch of an `anyOf`, or under a pattern of
names, may be counted inside a limit of another branch. Values beyond a limit are counted from the
violations in the report.
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
from fieldbound.validation import HeaderCase, checker_of

from .boundaries import boundary_position, identity, members
from .limit_coverage import ANY, MEMBER_KEYWORDS, Coverage, Row

if TYPE_CHECKING:
    from fieldbound.validation import Contract

#: Keywords that require a property: they apply to the object above their pointer.
_PRESENCE_KEYWORDS: Final = frozenset(("required", "dependentRequired", "dependencies"))
#: Keywords that any value violates.
_REJECT_KEYWORDS: Final = frozenset(("readOnly", "writeOnly"))
_STRING_KEYWORDS: Final = frozenset(("pattern", "format", "contentEncoding", "contentMediaType"))
_OBJECT_KEYWORDS: Final = frozenset(
    "additionalProperties unevaluatedProperties propertyNames".split()
)
_ARRAY_KEYWORDS: Final = frozenset(
    "items additionalItems unevaluatedItems uniqueItems contains minContains maxContains".split()
)


class Recorder:
    """Counts every call of Contract.check, is_valid and validate, from `install` to `uninstall`.

    A call of `validate` is counted by the `check` in it. *failures* counts the errors while
    recording, by type: none of them reaches the caller.
    """

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        self.failures: Counter[str] = Counter()
        self._counters: WeakKeyDictionary[Contract, _ContractCounter] = WeakKeyDictionary()
        self._originals: dict[str, Callable[..., Any]] = {}
        self._thread = threading.local()
        self._lock = threading.Lock()

    def install(self) -> None:
        """Start counting."""
        from fieldbound.validation import Contract

        for name in () if self._originals else ("check", "is_valid"):
            self._originals[name] = original = getattr(Contract, name)
            setattr(Contract, name, self._counted(original))

    def uninstall(self) -> None:
        """Stop counting."""
        from fieldbound.validation import Contract

        for name, original in self._originals.items():
            setattr(Contract, name, original)
        self._originals.clear()

    def record(self, contract: Contract, instance: Any, verdict: Report | bool) -> None:
        """Count one checked instance; *verdict* is its report, or whether it is valid."""
        from fieldbound.documents import Document

        if not self.coverage.includes(contract.name):
            return
        report = checker_of(contract).check(instance) if verdict is False else verdict
        violations = () if report is True else report
        with self._lock:
            counter = self._counters.get(contract)
            if counter is None:
                counter = self._counters[contract] = _ContractCounter(contract, self.coverage)
            violated = counter.count_violations(violations)
            if not isinstance(instance, Document):
                counter.walk(instance, violated)
            elif instance.readable:
                counter.walk(instance.value, violated)

    def _counted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def counted(contract: Contract, instance: Any) -> Any:
            __tracebackhide__ = True
            if getattr(self._thread, "busy", False):  # a nested call: the outer one is counted
                return original(contract, instance)
            self._thread.busy = True
            try:
                verdict = original(contract, instance)
                try:
                    self.record(contract, instance, verdict)
                except Exception as error:  # noqa: BLE001 - recording must not fail a test
                    self.failures[type(error).__name__] += 1
            finally:
                self._thread.busy = False
            return verdict

        return counted


class _Node:
    """A node of a contract's tree: its limits, the properties it requires, and its children."""

    __slots__ = ("any_child", "children", "required_names", "rows")

    def __init__(self) -> None:
        self.rows: list[_LimitCounter] = []
        self.required_names: list[tuple[str, Row]] = []
        self.children: dict[str, _Node] = {}
        self.any_child: _Node | None = None

    def child(self, token: str) -> _Node:
        if token == ANY:
            self.any_child = self.any_child or _Node()
            return self.any_child
        return self.children.setdefault(token, _Node())

    def children_of(self, value: Any) -> Iterator[tuple[_Node, Any]]:
        """Yield the children of a value, each with its node."""
        if isinstance(value, dict):
            if self.any_child is None:
                yield from (
                    (at, value[name]) for name, at in self.children.items() if name in value
                )
                return
            yield from (
                (self.children.get(name, self.any_child), each) for name, each in value.items()
            )
        elif isinstance(value, (list, tuple)) and (self.children or self.any_child):
            for index, each in enumerate(value):
                at = (
                    self.children.get(str(index), self.any_child)
                    if self.children
                    else self.any_child
                )
                if at is not None:
                    yield at, each


class _LimitCounter:
    """Counts the values at one node for one limit."""

    def __init__(self, row: Row) -> None:
        self.row = row

    @cached_property
    def _members(self) -> Mapping[Any, int]:
        return members(self.row.limit)

    def __call__(self, value: Any, violated: set[int]) -> None:
        row = self.row
        keyword = row.limit.keyword
        if keyword in MEMBER_KEYWORDS:
            found = self._members.get(identity(value))
            if found is not None:
                row.members.add(found)
                row.inside += 1
            return
        position = boundary_position(row.limit, value)
        if position == "at":
            row.at += 1
        elif position == "inside" or (position is None and _applies(row.limit, value)):
            row.inside += id(row) not in violated


class _ContractCounter:
    """The rows of one contract's limits, as a tree by pointer."""

    def __init__(self, contract: Contract, coverage: Coverage) -> None:
        self._root = _Node()
        self._rows: dict[tuple[str, str], list[Row]] = {}
        schema = contract.schema
        any_case = isinstance(schema, dict) and schema.get("x-any-case") is True
        self._names = HeaderCase(schema.get("properties", ())) if any_case else None
        for order, limit in enumerate(contract.limits):
            row = coverage.row(contract.name, limit, order)
            self._rows.setdefault((limit.pointer, limit.keyword), []).append(row)
            self._add_row(row)

    def _add_row(self, row: Row) -> None:
        tokens, is_presence = tokens_of(row.limit.pointer), row.limit.keyword in _PRESENCE_KEYWORDS
        node = self._root
        for token in tokens[:-1] if is_presence else tokens:
            node = node.child(token)
        if is_presence and tokens:
            node.required_names.append((tokens[-1], row))
        else:
            node.rows.append(_LimitCounter(row))

    def count_violations(self, violations: Iterable[Any]) -> set[int]:
        """Count the violations of a report, and return the ids of their rows."""
        violated = set()
        for violation in violations:
            limits = () if violation.limit is None else (violation.limit, *violation.also)
            for row in {id(row): row for row in map(self._row, limits) if row}.values():
                row.beyond += 1
                violated.add(id(row))
        return violated

    def _row(self, limit: Limit) -> Row | None:
        rows = self._rows.get((limit.pointer, limit.keyword), ())
        value = identity(limit.value)
        same = [row for row in rows if identity(row.limit.value) == value]
        return next(iter(same or rows), None)

    def walk(self, instance: Any, violated: set[int]) -> None:
        """Count the values in an instance that do not violate their limits."""
        if self._names is not None:
            with suppress(ValueError):
                instance = self._names.normalized(instance)
        stack = [(self._root, instance)]
        while stack:
            node, value = stack.pop()
            for count in node.rows:
                count(value, violated)
            if node.required_names and isinstance(value, dict):
                for name, row in node.required_names:
                    row.inside += name in value and id(row) not in violated
            stack.extend(node.children_of(value))


def _applies(limit: Limit, value: Any) -> bool:
    """Return whether a keyword that measures nothing applies to a value."""
    keyword = limit.keyword
    if keyword in _STRING_KEYWORDS:
        return isinstance(value, str)
    if keyword in _OBJECT_KEYWORDS:
        return isinstance(value, dict)
    if keyword in _ARRAY_KEYWORDS:
        return isinstance(value, (list, tuple))
    if keyword == "multipleOf":
        return not isinstance(value, (bool, str, list, tuple, dict, type(None)))
    rejects_all = keyword in _REJECT_KEYWORDS or (
        keyword == "not" and limit.value in ({}, True, False)
    )
    return keyword in ("not", "anyOf", "oneOf") and not rejects_all
