"""Which violations of a report are listed: all, or of very many the first of each limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from fieldbound.model import Report, escaped

from .style import Style

if TYPE_CHECKING:
    from fieldbound.model import Violation

    from .bulk.sampled import SampledReport


#: No limit.
_NONE: Final[Mapping[str, int]] = {}


class Listed:
    """The violations of a report that are listed, and how many more there are.

    *more* has how many more break the same limit as one that is listed, by its id, or by the code
    of a syntax error. *others* has those that break another limit.
    """

    def __init__(
        self,
        violations: Sequence[Violation],
        more: Mapping[str, int] = _NONE,
        others: Mapping[str, int] = _NONE,
    ) -> None:
        self.violations, self.more, self.others = violations, more, others

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
            from fieldbound.model import pluralize  # slow to import

            limits = pluralize(len(self.others), "other limit")
            yield f"… and {sum(self.others.values())} more of {limits}"


def listed(report: Report, style: Style, *, brief: bool = False) -> Listed:
    """Return the violations of a report to list, at most as many as the *style* allows.

    If there are more, each limit has the same share, if *brief* at most a tenth. Violations that
    fail come before those that only warn, where there are more limits than may be listed.
    """
    own, records = _listed(report, style, brief=brief), sampled(report)
    if records is None:
        return own
    more, others = Counter(own.more), Counter(own.others)
    shown = {_name(each) for each in own.violations}
    for name, count in records.more.items():
        (more if name in shown else others)[name] += count
    return Listed(own.violations, more, others)


def sampled(report: Report) -> SampledReport | None:
    """Return a report if it is of the samples of many records; None for that of one document."""
    if type(report) is Report:  # slow to import, and only needed for records
        return None
    from .bulk.sampled import SampledReport

    return report if isinstance(report, SampledReport) else None


def _listed(report: Report, style: Style, *, brief: bool) -> Listed:
    most = style.max_violations
    if not most or len(report) <= most:
        return Listed(report.violations)
    names = [*map(_name, report)]
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


def _name(violation: Violation) -> str:
    return violation.code if violation.limit is None else violation.limit.id


def _share(sizes: Sequence[int], room: int) -> int:
    """Return how many of each kind fit into a *room*, of kinds of these *sizes*, ascending."""
    for index, size in enumerate(sizes):
        share = room // (len(sizes) - index)
        if size > share:
            return share
        room -= size
    return sizes[-1]
