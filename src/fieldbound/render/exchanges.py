"""The HTTP traffic of a test run with vendors: counts, lines for a terminal, and JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped, pluralize

from .brief import first_violations
from .escape import ascii_json
from .listed import listed
from .product import version
from .style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fieldbound.model import Report

#: How many invalid messages are kept, the first ones.
MAX_KEPT: Final = 1_000
_MAX_VIOLATIONS: Final = 5  # of one message
_MAX_LISTED: Final = 10  # items of any list, unless in full
_MAX_TESTS: Final = 3


@dataclass
class Exchanges:
    """Counts of exchanges, which can be merged over processes, and the invalid messages.

    *operations* has the contracts of all operations, by API. *checked* counts requests by their
    contract, *messages* counts requests and responses, *invalid* those with violations,
    *undocumented* responses that the vendor does not fully document, and *ignored* violations that
    are not enforced; *uncovered* counts requests by
    host, *not_checked* messages by the part that was not checked.
    *found* has the invalid messages, as JSON.
    """

    operations: Mapping[str, Sequence[str]]
    checked: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    invalid: int = 0
    undocumented: int = 0
    ignored: int = 0
    uncovered: Counter[str] = field(default_factory=Counter)
    not_checked: Counter[str] = field(default_factory=Counter)
    found: list[dict[str, Any]] = field(default_factory=list)

    def add(self, report: Report) -> None:
        """Count a message by its report."""
        self.messages += 1
        self.invalid += not report.ok
        self.undocumented += bool(report.undocumented)
        self.ignored += sum(report.ignored.values())
        body = {at: reason for at, reason in report.unspecified.items() if at == "/body"}
        for pointer, reason in {**body, **report.not_checked}.items():
            self.not_checked[f"{pointer or '(root)'} of {report.contract} ({reason})"] += 1

    def keep(self, report: Report, **context: Any) -> None:
        """Keep the violations of an invalid message, with the *context* in which it was sent."""
        if len(self.found) < MAX_KEPT:
            own = listed(report, Style())
            violations = [
                {
                    "code": each.code,
                    "pointer": each.pointer,
                    "place": None if each.place is None else str(each.place),
                    "message": each.message,
                    "hint": each.hint,
                    "limit": None if each.limit is None else each.limit.id,
                }
                for each in own.violations
            ]
            facts = {
                "contract": report.contract,
                "about": report.about,
                "violations": violations,
                "omitted": own.omitted,
            }
            text = first_violations(report, _MAX_VIOLATIONS)
            self.found.append({**context, **facts, "text": text})

    def merge(self, other: Mapping[str, Any]) -> None:
        """Add the `counts` of another process."""
        self.checked.update(other["checked"])
        self.uncovered.update(other["uncovered"])
        self.not_checked.update(other["unjudged"])
        self.messages += other["messages"]
        self.invalid += other["invalid"]
        self.undocumented += other["undocumented"]
        self.ignored += other["ignored"]
        self.found = [*self.found, *other["found"]][:MAX_KEPT]

    def counts(self) -> dict[str, Any]:
        """Return all counts, as JSON."""
        return {
            "checked": dict(self.checked),
            "messages": self.messages,
            "invalid": self.invalid,
            "undocumented": self.undocumented,
            "ignored": self.ignored,
            "uncovered": dict(self.uncovered),
            "unjudged": dict(self.not_checked),
            "found": self.found,
        }

    @property
    def exchanges(self) -> int:
        """How many exchanges were checked."""
        return sum(self.checked.values())


def exchanges_summary(seen: Exchanges) -> str:
    """Return one line: how many exchanges were checked, and how many messages are invalid."""
    uncovered = sum(seen.uncovered.values())
    hosts = f"at {pluralize(len(seen.uncovered), 'host')} that no contract covers"
    if seen.exchanges:
        counts = f"{pluralize(seen.exchanges, 'exchange')} checked, "
        counts += f"{seen.invalid or 'none'} of {pluralize(seen.messages, 'message')} invalid"
        if seen.undocumented:
            counts += f", {seen.undocumented} not fully documented"
        if seen.ignored:
            counts += f", {pluralize(seen.ignored, 'violation')} ignored"
        return f"vendor traffic: {counts}" + (f"; {uncovered} more {hosts}" if uncovered else "")
    if uncovered:
        return f"vendor traffic: nothing checked: {pluralize(uncovered, 'exchange')} {hosts}"
    return "vendor traffic: nothing checked: no exchange by httpx, httpx2 or requests"


def exchanges_text(seen: Exchanges, modes: Iterable[str], *, full: bool = False) -> Iterator[str]:
    """Yield lines: the operations exercised and not, and the invalid messages found in *modes*.

    Lists are shortened unless *full*.
    """
    for api, contracts in seen.operations.items():
        yield escaped(_exercised(api, contracts, seen, full))
    if seen.uncovered:
        hosts = [f"{host or 'no host'} ({number})" for host, number in seen.uncovered.most_common()]
        yield escaped(f"no contract covers: {_join(hosts, full)}")
    for part, number in seen.not_checked.items():
        times = f", {number} times" if number > 1 else ""
        yield escaped(f"not checked: {part}{times}")
    yield from _invalid_messages([each for each in seen.found if each["mode"] in modes], full)
    if len(seen.found) < seen.invalid:
        yield f"of {seen.invalid} invalid messages the first {len(seen.found)} were kept"


def exchanges_json(seen: Exchanges) -> str:
    """Return the counts and the invalid messages as JSON."""
    apis = {
        api: {
            "exercised": {each: seen.checked[each] for each in contracts if seen.checked[each]},
            "never": [each for each in contracts if not seen.checked[each]],
        }
        for api, contracts in seen.operations.items()
    }
    counts = seen.counts()
    del counts["checked"]
    return ascii_json(
        {"fieldbound": version(), "exchanges": seen.exchanges, "apis": apis, **counts}
    )


def _exercised(api: str, contracts: Sequence[str], seen: Exchanges, full: bool) -> str:
    never = [each[len(api) + 1 :] for each in contracts if not seen.checked[each]]
    exercised = len(contracts) - len(never)
    if not exercised and not seen.checked[api]:
        return f"{api}: no exchange belongs to it"
    text = f"{api}: {exercised} of {pluralize(len(contracts), 'operation')} exercised"
    return f"{text}, never {_join(never, full)}" if never else text


def _invalid_messages(found: Sequence[Mapping[str, Any]], full: bool) -> Iterator[str]:
    """Yield each distinct text of an invalid message once, with the tests that sent it."""
    tests: dict[str, list[str]] = {}
    for each in found:
        where = f"{each['test'] or 'outside of any test'}, {each['at']}"
        tests.setdefault(each["text"], []).append(where)
    shown = list(tests.items())[: None if full else _MAX_LISTED]
    for text, places in shown:
        yield from text.split("\n")
        distinct = list(dict.fromkeys(places))
        for test in distinct[: None if full else _MAX_TESTS]:
            yield escaped(f"  in {test}")
        if not full and len(distinct) > _MAX_TESTS:
            yield f"  and in {len(distinct) - _MAX_TESTS} more (-v lists all)"
    if len(tests) > len(shown):
        yield f"{len(tests) - len(shown)} more invalid messages (-v lists all)"


def _join(names: Sequence[str], full: bool) -> str:
    shown = names if full else names[:_MAX_LISTED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more (-v lists all)" if more else "")
