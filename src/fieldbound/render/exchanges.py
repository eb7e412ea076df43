"""What a run of tests exchanged with vendors goes in; lines for a terminal, or JSON, come out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import pluralize

from .brief import first_violations
from .escape import ascii_json, escaped
from .product import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fieldbound.model import Report

#: Invalid messages that are kept, the first.
KEPT: Final = 1_000
_BRIEF: Final = 5  # violations of one message
_SHOWN: Final = 10  # of any list, unless all is asked for
_TESTS_SHOWN: Final = 3


@dataclass
class Exchanges:
    """What was exchanged: counts, which add up over processes, and what was found invalid.

    *operations* are the contracts of all operations, by API. *checked* counts requests by their
    contract, *messages* those and the responses to them, *invalid* how many of these are;
    *uncovered* counts requests by host, *not_checked* messages by what of them was not judged. *found*
    has the invalid messages, as JSON.
    """

    operations: Mapping[str, Sequence[str]]
    checked: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    invalid: int = 0
    uncovered: Counter[str] = field(default_factory=Counter)
    not_checked: Counter[str] = field(default_factory=Counter)
    found: list[dict[str, Any]] = field(default_factory=list)

    def add(self, report: Report) -> None:
        """Count a message in by its report."""
        self.messages += 1
        self.invalid += not report.ok
        whole = {at: why for at, why in report.unspecified.items() if at == "/body"}
        for at, why in {**whole, **report.not_checked}.items():
            self.not_checked[f"{at or 'the whole'} of {report.contract} ({why})"] += 1

    def find(self, report: Report, **facts: Any) -> None:
        """Keep what was found in an invalid message, with more facts of where that was."""
        if len(self.found) < KEPT:
            violations = [
                {
                    "code": each.code,
                    "pointer": each.pointer,
                    "place": None if each.place is None else str(each.place),
                    "message": each.message,
                    "hint": each.hint,
                    "limit": None if each.limit is None else each.limit.id,
                }
                for each in report
            ]
            told = {"contract": report.contract, "about": report.about, "violations": violations}
            self.found.append({**facts, **told, "text": first_violations(report, _BRIEF)})

    def take_in(self, other: Mapping[str, Any]) -> None:
        """Add what another process counted, as `counts` gives it."""
        self.checked.update(other["checked"])
        self.uncovered.update(other["uncovered"])
        self.not_checked.update(other["unjudged"])
        self.messages += other["messages"]
        self.invalid += other["invalid"]
        self.found = [*self.found, *other["found"]][:KEPT]

    def counts(self) -> dict[str, Any]:
        """Return all that was counted, as JSON."""
        return {
            "checked": dict(self.checked),
            "messages": self.messages,
            "invalid": self.invalid,
            "uncovered": dict(self.uncovered),
            "unjudged": dict(self.not_checked),
            "found": self.found,
        }

    @property
    def exchanges(self) -> int:
        """How many exchanges were checked."""
        return sum(self.checked.values())


def exchanges_summary(seen: Exchanges) -> str:
    """Say in one line how much was checked."""
    strange = sum(seen.uncovered.values())
    hosts = f"at {pluralize(len(seen.uncovered), 'host')} that no contract covers"
    if seen.exchanges:
        said = f"{pluralize(seen.exchanges, 'exchange')} checked, "
        said += f"{seen.invalid or 'none'} of {pluralize(seen.messages, 'message')} invalid"
        return f"vendor traffic: {said}" + (f"; {strange} more {hosts}" if strange else "")
    if strange:
        return f"vendor traffic: nothing checked: {pluralize(strange, 'exchange')} {hosts}"
    return "vendor traffic: nothing checked: httpx and requests exchanged nothing"


def exchanges_text(seen: Exchanges, modes: Iterable[str], *, whole: bool = False) -> Iterator[str]:
    """Give lines on what was exercised and what was not, and what was found in some *modes*.

    Lists are cut short unless the *whole* is asked for.
    """
    for api, contracts in seen.operations.items():
        yield escaped(_exercised(api, contracts, seen, whole))
    if seen.uncovered:
        hosts = [f"{host or 'no host'} ({number})" for host, number in seen.uncovered.most_common()]
        yield escaped(f"no contract covers: {_listed(hosts, whole)}")
    for what, number in seen.not_checked.items():
        times = f", {number} times" if number > 1 else ""
        yield escaped(f"not judged: {what}{times}")
    yield from _found([each for each in seen.found if each["mode"] in modes], whole)
    if len(seen.found) < seen.invalid:
        yield f"of {seen.invalid} invalid messages the first {len(seen.found)} were kept"


def exchanges_json(seen: Exchanges) -> str:
    """Give all of it as JSON."""
    apis = {
        api: {
            "exercised": {each: seen.checked[each] for each in contracts if seen.checked[each]},
            "never": [each for each in contracts if not seen.checked[each]],
        }
        for api, contracts in seen.operations.items()
    }
    counts = seen.counts()
    del counts["checked"]
    told = {"fieldbound": version(), "exchanges": seen.exchanges, "apis": apis, **counts}
    return ascii_json(told)


def _exercised(api: str, contracts: Sequence[str], seen: Exchanges, whole: bool) -> str:
    never = [each[len(api) + 1 :] for each in contracts if not seen.checked[each]]
    reached = len(contracts) - len(never)
    if not reached and not seen.checked[api]:
        return f"{api}: no exchange belongs to it"
    said = f"{api}: {reached} of {pluralize(len(contracts), 'operation')} exercised"
    return f"{said}, never {_listed(never, whole)}" if never else said


def _found(found: Sequence[Mapping[str, Any]], whole: bool) -> Iterator[str]:
    """Say each thing found once, with the tests in which it was."""
    tests: dict[str, list[str]] = {}
    for each in found:
        where = f"{each['test'] or 'outside of any test'}, {each['at']}"
        tests.setdefault(each["text"], []).append(where)
    shown = list(tests.items())[: None if whole else _SHOWN]
    for said, places in shown:
        yield from said.split("\n")
        different = list(dict.fromkeys(places))
        for test in different[: None if whole else _TESTS_SHOWN]:
            yield escaped(f"  in {test}")
        if not whole and len(different) > _TESTS_SHOWN:
            yield f"  and in {len(different) - _TESTS_SHOWN} more (-v lists all)"
    if len(tests) > len(shown):
        yield f"{len(tests) - len(shown)} more invalid messages (-v lists all)"


def _listed(names: Sequence[str], whole: bool) -> str:
    shown = names if whole else names[:_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more (-v lists all)" if more else "")
