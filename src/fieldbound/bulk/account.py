"""Values of records go in, and texts that have none; they are judged, and Counts come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import parse
from fieldbound.model import Limit, NotJSON, Place, Violation, evidence_rank, field_of
from fieldbound.validation import VALID

from .counts import MANY, Counts, Refused, Row, key_of
from .lengths import Ruler
from .samples import Found, Spot, record_of, told

if TYPE_CHECKING:
    from fieldbound.validation import Batch, Contract, Verdict

    from .counts import Key
    from .inputs.blocks import Flaw
    from .keys import Keyed

#: What a record ends with, if it is whole.
_CLOSING: Final = (b"}", b"]")
_EXACT: Final = frozenset((str, bool, int, type(None)))


class Terms:
    """What every block of records is judged by, as `Judge` has it."""

    def __init__(
        self,
        contract: Contract,
        keyed: Keyed | None,
        samples: int,
        split: bool,
        on_invalid: Callable[[int, Any, Sequence[Violation]], None] | None,
    ) -> None:
        if type(samples) is not int or samples < 0:
            raise ValueError(f"samples is {samples!r}, but must be a whole number from 0")
        contract.unrecorded_is_valid({})  # there is something to judge by, and the way is chosen
        self.contract, self.keyed, self.samples = contract, keyed, samples
        self.split, self.on_invalid = split, on_invalid
        self.batch: Batch = contract.batch()
        self.ruler = Ruler(contract.limits if self.batch.simple else ())
        self.firsts = contract.first_undocumented if contract.unspecified else frozenset[str]()
        self.keys: dict[int, tuple[Limit | None, Key]] = {}
        self.tells_all = split or on_invalid is not None


class Account:
    """What is judged and counted of one block; of the limits in *full* no samples are needed.

    While it is *measuring*, the lengths of texts are counted.
    """

    def __init__(self, terms: Terms, full: frozenset[Key]) -> None:
        self.counts = Counts()
        self.measuring = True
        self._terms, self._full = terms, full
        # How often there was each verdict, of those that no more samples are needed of.
        self._told: Counter[Verdict] = Counter()
        self._content: set[Verdict | None] = set()

    def end(self) -> Counts:
        """Return the counts of all that was judged."""
        for verdict, times in self._told.items():
            rows = [self._row(limit.keyword, limit, firm) for limit, firm, _ in verdict.broken]
            self._count(rows, [field for _, _, field in verdict.broken], times)
        self._told = Counter()
        self.counts.sizes.settle(self._terms.ruler.limits)
        for key in self._full & self.counts.rows.keys():
            self.counts.rows[key].limit = None  # it is known, and takes long to pass on
        return self.counts

    def text(self, spot: Spot) -> bool:
        """Judge one text, and return whether it breaks off: its end, at least, is missing."""
        document = parse((spot.raw or b"").rstrip(b"\r\n"))
        value, number = document.value, self._next()
        if document.readable:
            self._noted([value], number)
            if not document.faults and self._terms.contract.unrecorded_is_valid(value):
                self.accept(spot)
                return False
        violations = self._terms.contract.unrecorded_check(document).violations
        self._refuse(Found(number, value, spot, document.readable), violations)
        ends = not any(each.code == "syntax" for each in document.faults)
        return not (document.readable or (ends and document.data.rstrip().endswith(_CLOSING)))

    def flawed(self, flaw: Flaw, spot: Spot) -> None:
        """Refuse what is no record."""
        place = None if spot.line is None else Place(1, 1)
        violation = Violation(flaw.code, "", place=place, detail=flaw.detail)
        self._refuse(Found(self._next(), None, spot, readable=False), (violation,))

    def _next(self) -> int:
        self.counts.records += 1
        return self.counts.records

    def judge(
        self, values: Sequence[Any], at: Callable[[int], Spot], names: Set[str] | None = None
    ) -> list[int]:
        """Judge values, refuse those that are invalid, and return their indices.

        *names* are those of the values together, where these are objects as `strict` reads them.
        """
        base, flat = self.counts.records, names is not None
        self.counts.records += len(values)
        self._noted(values, base + 1, names)
        refused = []
        told, content = self._told, self._content
        for index, verdict, doubtful in self._suspects(values, base, flat=flat):
            if verdict in content:
                told[verdict] += 1  # type: ignore[index]
                refused.append(index)
            elif verdict is not VALID or doubtful:
                found = Found(base + index + 1, values[index], at(index))
                with indexed(base + index):
                    if self._explained(found, again=doubtful, verdict=verdict):
                        refused.append(index)
        return refused

    def _explained(self, found: Found, *, again: bool, verdict: Verdict | None) -> bool:
        """Refuse a record if it is invalid, read *again* where in doubt; return whether it is."""
        document = parse(found.text) if again else None
        report = self._terms.contract.unrecorded_check(
            found.value if document is None else document
        )
        if document is not None:
            found = found._replace(value=document.value)
        if not report.ok:
            self._refuse(found, report.violations)
        if verdict is not None and not again and not self._terms.tells_all:
            rows = [self._row(limit.keyword, limit, firm) for limit, firm, _ in verdict.broken]
            if not any(map(self._wants, rows)):
                self._content.add(verdict)
        return not report.ok

    def _suspects(
        self, values: Sequence[Any], base: int, *, flat: bool
    ) -> Iterator[tuple[int, Verdict | None, bool]]:
        """Yield the index of each value that may be invalid, and the verdict on it.

        None stands for one that is not known yet. Whether a *flat* value is in doubt, since not all
        in it is plain, is told as well.
        """
        batch = self._terms.batch
        if batch.simple:
            try:
                suspects = batch.unsure(values) if flat else batch.invalid(values)
                chosen = [values[at] for at in suspects]
                verdicts = batch.broken(chosen)
            except ValueError:  # there is one that the engine cannot take as it is
                pass
            else:
                yield from zip(suspects, verdicts, _doubts(chosen, flat=flat), strict=True)
                return
        doubts = _doubts(values, flat=flat)
        for at, value in enumerate(values):
            with indexed(base + at):
                suspect = doubts[at] or not self._terms.contract.unrecorded_is_valid(value)
            if suspect:
                yield at, None, doubts[at]

    def _noted(self, values: Sequence[Any], number: int, names: Set[str] | None = None) -> None:
        """Note of values what is counted of all, valid or not.

        The first has this *number*, and all of them together these *names*, where that is known.
        """
        wanted = self.measuring or self._terms.firsts
        if names is None and wanted and all(each.__class__ is dict for each in values):
            names = set().union(*values)
        if self.measuring:
            self._terms.ruler.measure(values, self.counts.sizes, names)
        if self._terms.firsts is None or not self._terms.firsts.isdisjoint(
            names or self._terms.firsts
        ):
            for value in values:
                self.counts.unspecified.update(self._terms.contract.undocumented(value).keys())
        if self._terms.keyed is not None:
            for at, value in enumerate(values, number):
                key = self._terms.keyed.find(value)
                if key is None:
                    self.counts.keyless += 1
                else:
                    self.counts.keys.append((key.digest, at, key.excerpt))

    # -- refusing ------------------------------------------------------------------------------

    def accept(self, spot: Spot, value: Any = None) -> None:
        """Keep the bytes of a valid record, if records are split."""
        if self._terms.split:
            raw = record_of(value) + b"\n" if spot.raw is None else spot.raw
            self.counts.valid.append(raw)

    def _refuse(self, found: Found, violations: Sequence[Violation]) -> None:
        """Count a record that is refused, and tell of it."""
        rows = [self._row(each.code, each.limit, evidence_rank(each.says)) for each in violations]
        self._show(found, rows, violations)
        self._count(rows, [field_of(each.limit, each.pointer) for each in violations])

    def _count(self, rows: Sequence[Row], fields: Sequence[str | None], times: int = 1) -> None:
        """Count records that are refused by the limits of these rows, each at a field."""
        self.counts.invalid += times
        for row, field in zip(rows, fields, strict=True):
            row.violations += times
            if field is not None:
                row.count(field, times)
        several = {id(row): row for row in rows}
        for row in several.values():
            row.records += times
        if len(several) == 1:
            rows[0].alone += times
        self.counts.wrong[min(len(rows), MANY)] += times

    def _wants(self, row: Row) -> bool:
        return len(row.samples) < self._terms.samples and row.key not in self._full

    def _row(self, code: str, limit: Limit | None, firm: int) -> Row:
        known = self._terms.keys.get(id(limit)) if limit is not None else None
        if known is None:
            known = limit, key_of(code, limit)
            if limit is not None:
                self._terms.keys[id(limit)] = known
        row = self.counts.rows.get(known[1])
        if row is None:
            row = self.counts.rows[known[1]] = Row(code, limit)
        row.firmness = min(row.firmness, firm)
        return row

    def _show(self, found: Found, rows: Sequence[Row], violations: Sequence[Violation]) -> None:
        """Keep samples of a refused record, and tell of it whoever is to be told."""
        if self._terms.on_invalid is not None:
            self._terms.on_invalid(found.number, found.value, violations)
        if self._terms.split:
            rest = told(found, violations)
            spot = found.spot
            self.counts.told.append(Refused(found.number, spot.offset, spot.line, rest))
        wanting = {id(row): row for row in rows if self._wants(row)}
        if not wanting:
            return
        if found.is_json and not any(each.place for each in violations):
            document = parse(found.text)
            violations = self._terms.contract.unrecorded_check(document).violations
            rows = [
                self._row(each.code, each.limit, evidence_rank(each.says)) for each in violations
            ]
        key = self._terms.keyed.find(found.value) if self._terms.keyed is not None else None
        for row, violation in zip(rows, violations, strict=True):
            if wanting.pop(id(row), None) is not None:
                row.samples.append(found.sample(violation, key and key.excerpt))


@contextmanager
def indexed(index: int) -> Iterator[None]:
    """Let what is said of a value that is none of JSON tell the record of this index."""
    try:
        yield
    except NotJSON as error:
        raise replace(error, pointer=f"/{index}{error.pointer}") from None


def _doubts(values: Sequence[Any], *, flat: bool) -> Sequence[bool]:
    """Return of each value whether it has to be read again, to be sure of it."""
    if not flat or _EXACT.issuperset(map(type, chain.from_iterable(map(dict.values, values)))):
        return [False] * len(values)
    return [not _EXACT.issuperset(map(type, value.values())) for value in values]
