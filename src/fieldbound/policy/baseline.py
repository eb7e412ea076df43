"""A baseline: a file of the violations that are known, so that only new ones fail.

    {
      "fieldbound-baseline": 1,
      "violations": {
        "payloads/order.json": {"acme/create-order#/gift:enum": 2}
      }
    }

It counts, by file and by limit, the violations that a run found; the paths of files are relative to
the folder of the baseline. Neither lines nor indices nor values are part of it, so it stays valid
when a file is edited elsewhere. A property that is not documented is named, as each is a violation
of the same limit. A value that breaks several limits counts for each. Once a file breaks a limit
more often than the baseline says, all of its violations of that limit are reported.

Of records with a key, it has which of them break a limit instead, as `known_records` says.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import atomic_write, loads, os_error_reason
from fieldbound.model import BulkReport, FieldboundError, Report, tokens_of

from .ignore import NEVER_IGNORED
from .known_records import Digests, KnownRecords
from .patterns import identifier_of

if TYPE_CHECKING:
    from fieldbound.model import Limit, LimitTally, Violation

    from .ignore import Ignore

_VERSION_KEY: Final = "fieldbound-baseline"
_VERSION: Final = 1
_COUNTS_KEY: Final = "violations"
_RECORDS_KEY: Final = "records"
#: The name of standard input.
STDIN: Final = "-"
#: Keywords whose limit is broken by each name that is not documented.
_CLOSED: Final = frozenset(("additionalProperties", "unevaluatedProperties"))


@dataclass(eq=False)
class BrokenBaseline(FieldboundError):
    """A baseline cannot be read: the *file*, and the *reason*."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class Baseline:
    """The violations that are known, by file; *path* is that of the baseline.

    *counts* has the number of those of a limit, *records* those of records with a key. What reports
    have is kept, so that `write` can bring the file up to date. With *learns*, every violation is
    known. *grown* has file and key of what occurs more often than is known, with both numbers.
    """

    def __init__(
        self,
        path: str,
        counts: Mapping[str, Mapping[str, int]],
        records: Mapping[str, KnownRecords] | None = None,
        *,
        learns: bool = False,
    ) -> None:
        self.path = path
        self._known = {file: Counter(own) for file, own in counts.items()}
        self._seen: dict[str, Counter[str]] = {}
        self._known_records = dict(records or {})
        self._seen_records: dict[str, KnownRecords] = {}
        self.grown: list[tuple[str, str, int, int]] = []
        self._ignores: dict[str, Ignore] = {}
        self._learns = learns

    @classmethod
    def read(cls, path: str, *, learns: bool = False) -> Baseline:
        """Return the baseline in a file, which need not exist if it *learns*.

        Raises BrokenBaseline for a file that cannot be read or is no baseline.
        """
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
                known = _known_of(path, file.read())
        except FileNotFoundError:
            if not learns:
                reason = f"no such baseline: write it with --write-baseline {path}"
                raise BrokenBaseline(path, reason) from None
            known = {}, {}
        except OSError as error:
            raise BrokenBaseline(path, f"cannot be read: {os_error_reason(error)}") from None
        return cls(path, *known, learns=learns)

    def applied(self, file: str, reports: Iterable[Report], ignore: Ignore) -> Iterator[Report]:
        """Yield the reports of a file without the violations that are known, and their number.

        What is ignored in the file, as *ignore* says, is no part of the reports any more.
        """
        found = list(reports)
        seen = Counter(key for report in found for each in report for key in _keys(each))
        known = self._compare(file, seen, ignore)
        for report in found:
            new = tuple(each for each in report if not _is_known(each, known))
            yield replace(report, violations=new, known=len(report) - len(new))

    def known_records(self, file: str, key: str | None) -> Mapping[str, frozenset[int]] | None:
        """Return the records of a file that are known, by limit, or None if they are counted.

        *key* is the pointer to their key. Raises BrokenBaseline if they are known by another one.
        """
        if self._learns:
            return None if key is None else {}
        known = self._known_records.get(self._name(file))
        if known is not None and known.pointer != key:
            reason = f"the records of {file} are known by their key: pass --key {known.pointer}"
            raise BrokenBaseline(self.path, reason)
        return None if known is None else known.digests

    def applied_to_keyed_records(
        self, file: str, report: BulkReport, ignore: Ignore, key: str, found: Digests
    ) -> BulkReport:
        """Return the report of a file of records, of which *found* has those that break a limit.

        Its tallies already have how many violations are known, but where the baseline learns them.
        """
        name = self._name(file)
        self._seen_records[name], self._ignores[name] = KnownRecords.of(key, found), ignore
        if not self._learns:
            return report
        tallies = [
            each if _is_never_known(each) else replace(each, known=each.violations)
            for each in report.tallies
        ]
        return replace(report, tallies=tuple(tallies))

    def applied_to_records(self, file: str, report: BulkReport, ignore: Ignore) -> BulkReport:
        """Return the report of a file of records, and how many violations of each limit are known.

        A limit that is broken more often than the baseline says fails.
        """
        keys = [Counter(dict(_tally_keys(each))) for each in report.tallies]
        known = self._compare(file, sum(keys, Counter()), ignore)
        before = self._known.get(self._name(file), Counter())
        tallies = []
        for tally, own in zip(report.tallies, keys, strict=True):
            is_known = own and known.issuperset(own)
            count = tally.violations if is_known else (own & before).total() if own else 0
            tallies.append(replace(tally, known=count))
        return replace(report, tallies=tuple(tallies))

    def gone(self) -> dict[str, Counter[str]]:
        """Return by file what is known and no longer occurs, in files checked or deleted."""
        files = dict.fromkeys((*self._known, *self._known_records))
        return {file: gone for file in files if (gone := self._gone(file))}

    def _gone(self, file: str) -> Counter[str]:
        known = self._known.get(file, Counter())
        gone = Counter(self._gone_records(file).counts)
        if file in self._seen_records:  # they are no longer counted
            return gone
        if file not in self._seen:
            return gone + (Counter() if self._exists(file) else known)
        missing = known - self._seen[file]
        return gone + Counter({key: missing[key] for key in self._checked(file, missing)})

    def _gone_records(self, file: str) -> KnownRecords:
        known = self._known_records.get(file, KnownRecords("", {}))
        if file not in self._seen_records:
            is_kept = file in self._seen or self._exists(file)
            return KnownRecords("", {}) if is_kept else known
        missing = known.without(self._seen_records[file].digests)
        checked = self._checked(file, missing.digests)
        return KnownRecords(known.pointer, {key: missing.digests[key] for key in checked})

    def _checked(self, file: str, keys: Iterable[str]) -> list[str]:
        """Return the keys of limits that were not ignored in a file."""
        may_match = self._ignores[file].may_match
        return [key for key in keys if not may_match(_id_in(key))]

    def write(self, *, prune: bool = False) -> int:
        """Write what was found, and what is known of files that were not checked.

        To *prune* is to write only what is known and not gone. Return the number of violations in
        the baseline. Raises OSError.
        """
        counts = {file: known - self._gone(file) for file, known in self._known.items()}
        records = {
            file: known.without(self._gone_records(file).digests)
            for file, known in self._known_records.items()
        }
        if not prune:
            counts = {**_besides(counts, self._seen_records), **self._seen}
            records = {**_besides(records, self._seen), **self._seen_records}
        found = {file: dict(sorted(own.items())) for file, own in sorted(counts.items()) if own}
        document: dict[str, Any] = {_VERSION_KEY: _VERSION, _COUNTS_KEY: found}
        kept = {file: own for file, own in sorted(records.items()) if any(own.digests.values())}
        if kept:
            document[_RECORDS_KEY] = {file: own.to_json() for file, own in kept.items()}
        with atomic_write(self.path) as stream:
            stream.writelines(json.JSONEncoder(indent=2).iterencode(document))
            stream.write("\n")
        of_records = sum(sum(own.counts.values()) for own in kept.values())
        return sum(sum(own.values()) for own in found.values()) + of_records

    def _compare(self, file: str, seen: Counter[str], ignore: Ignore) -> set[str]:
        """Keep what was seen in a file, and return the keys of which all is known."""
        name = self._name(file)
        self._seen[name], self._ignores[name] = seen, ignore
        known = self._known.get(name, Counter())
        self.grown += [
            (name, key, known[key], count) for key, count in seen.items() if 0 < known[key] < count
        ]
        return {key for key, count in seen.items() if self._learns or count <= known[key]}

    def _name(self, file: str) -> str:
        """Return the name of a file in the baseline: its path from there, in valid Unicode."""
        if file == STDIN:
            return file
        path = os.path.relpath(file, self._folder).replace(os.sep, "/")
        return path.encode(errors="backslashreplace").decode()

    def _exists(self, file: str) -> bool:
        return file == STDIN or os.path.exists(os.path.join(self._folder, file))  # noqa: PTH110, PTH118

    @property
    def _folder(self) -> str:
        return os.path.dirname(os.path.abspath(self.path))  # noqa: PTH100, PTH120


def baseline_key(violation: Violation) -> str:
    """Return what a violation counts as in a baseline: its limit, wherever it is broken."""
    return limit_key(violation.limit, violation.code, violation.pointer)


def known_key(limit: Limit | None, code: str, pointer: str) -> str | None:
    """Return what a violation of a record counts as in a baseline, or None if it is never known."""
    if limit is None and code in NEVER_IGNORED:
        return None
    return limit_key(limit, code, pointer)


def _is_known(violation: Violation, known: set[str]) -> bool:
    keys = _keys(violation)
    return bool(keys) and keys <= known


def _keys(violation: Violation) -> set[str]:
    """Return what a violation counts as: a key for each limit that the value breaks.

    Nothing stands for a text that cannot be parsed, which is never known.
    """
    if violation.limit is None and violation.code in NEVER_IGNORED:
        return set()
    also = {limit_key(each, each.keyword, violation.pointer) for each in violation.also}
    return {baseline_key(violation), *also}


def limit_key(limit: Limit | None, code: str, pointer: str) -> str:
    """Return what a violation counts as at a pointer: its limit, and the name that is not one."""
    identifier = identifier_of(limit, code)
    if limit is None or limit.keyword not in _CLOSED or limit.sensitive or not pointer:
        return identifier
    return f"{identifier} {tokens_of(pointer)[-1]}"


def _id_in(key: str) -> str:
    """Return the id of a limit in a key."""
    for keyword in _CLOSED:
        start, found, _ = key.partition(f":{keyword} ")
        if found:
            return f"{start}:{keyword}"
    return key


def _tally_keys(tally: LimitTally) -> Iterator[tuple[str, int]]:
    """Yield what the violations of a limit count as, each with the number of them."""
    if _is_never_known(tally):
        return
    rest = tally.violations
    if tally.code in _CLOSED:
        for pointer, count in tally.fields:
            yield limit_key(tally.limit, tally.code, pointer), count
            rest -= count
    if rest:
        yield tally.id, rest


def _is_never_known(tally: LimitTally) -> bool:
    return tally.limit is None and tally.code in NEVER_IGNORED


def _besides(known: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of files, without those of which *other* has what was found."""
    return {file: own for file, own in known.items() if file not in other}


def _known_of(path: str, data: bytes) -> tuple[dict[str, dict[str, int]], dict[str, KnownRecords]]:
    """Return counts and records of a baseline. Raises BrokenBaseline for any other text."""
    document = loads(data, name=path)
    value: Any = document.value if document.readable and not document.errors else None
    if not isinstance(value, dict) or _VERSION_KEY not in value:
        raise BrokenBaseline(
            path, "is no baseline of fieldbound: write one with --write-baseline, to a new file"
        )
    if value[_VERSION_KEY] != _VERSION:
        raise BrokenBaseline(path, "is a baseline of another version: write it again")
    counts = value.get(_COUNTS_KEY)
    if not isinstance(counts, dict) or not all(map(_is_counter, counts.values())):
        raise BrokenBaseline(path, f'"{_COUNTS_KEY}" must have counts by file and limit')
    records = value.get(_RECORDS_KEY, {})
    if not isinstance(records, dict):
        raise BrokenBaseline(path, f'"{_RECORDS_KEY}" must have records by file')
    try:
        return counts, {file: KnownRecords.read(each) for file, each in records.items()}
    except ValueError as error:
        raise BrokenBaseline(path, str(error)) from None


def _is_counter(value: Any) -> bool:
    counts = value.values() if isinstance(value, dict) else (None,)
    return all(type(each) is int and each > 0 for each in counts)
