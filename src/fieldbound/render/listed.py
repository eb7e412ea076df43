"""Which violations of a report are listed: all, or of very many the first of each limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldbound.model import escaped, pluralize

from .style import Style

if TYPE_CHECKING:
    from fieldbound.model import Report, Violation


@dataclass(frozen=True, slots=True)
class Listed:
    """The violations of a report that are listed, and how many more there are.

    *more* has how many more break the same limit as one that is listed, by its id, or by the code
    of a syntax error. *others* has those that break another limit.
    """

    violations: Sequence[Violation]
    more: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def omitted(self) -> int:
        """How many violations are not listed."""
        return sum(self.more.values()) + sum(self.others.values())

    @property
    def lines(self) -> Iterator[str]:
        """Lines that say how many more there are."""
        for name, count in self.more.items():
            yield escaped(f"… and {count} more like this ({name})")
        if self.others:
            limits = pluralize(len(self.others), "other limit")
            yield f"… and {sum(self.others.values())} more of {limits}"


def listed(report: Report, style: Style, *, brief: bool = False) -> Listed:
    """Return the violations of a report to list, at most as many as the *style* allows.

    If there are more, each limit has the same share, if *brief* at most a tenth. Violations that
    fail come before those that only warn, where there are more limits than may be listed.
    """
    most = style.max_violations
    if not most or len(report) <= most:
        return Listed(report.violations)
    names = [each.code if each.limit is None else each.limit.id for each in report]
    kinds = [
        (name, each.code, style.severity.fails(each))
        for name, each in zip(names, report, strict=True)
    ]
    sizes = Counter(kinds)
    first = sorted(sizes, key=lambda kind: not kind[-1])[:most]
    share = _share(sorted(sizes[kind] for kind in first), most)
    room = dict.fromkeys(first, min(share, max(1, most // 10)) if brief else share)
    violations, shown = [], set()
    rest = Counter(names)
    for kind, violation in zip(kinds, report, strict=True):
        if room.get(kind):
            room[kind] -= 1
            violations.append(violation)
            shown.add(kind[0])
            rest[kind[0]] -= 1
    more = {name: count for name, count in rest.items() if count and name in shown}
    others = {name: count for name, count in rest.items() if name not in shown}
    return Listed(violations, more, others)


def _share(sizes: Sequence[int], room: int) -> int:
    """Return how many of each kind fit into a *room*, of kinds of these *sizes*, ascending."""
    for index, size in enumerate(sizes):
        share = room // (len(sizes) - index)
        if size > share:
            return share
        room -= size
    return sizes[-1]
