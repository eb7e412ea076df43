"""What a run of `check` makes of the violations it finds: errors, warnings, ignored or known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.documents import os_error_reason
from fieldbound.model import FieldboundError
from fieldbound.policy import Ignore, Severity, pattern_error

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from fieldbound.config import Config
    from fieldbound.model import BulkReport, Report
    from fieldbound.policy import Baseline, Digests

    from .console import Console

_MAX_LISTED: Final = 3


class Findings:
    """Applies severity, ignored limits and the baseline to the reports of files.

    *failed* is whether a report fails, or an unused ignore if that is asked for. Raises
    FieldboundError for options that are invalid, or a baseline that cannot be read.
    """

    def __init__(self, args: argparse.Namespace, config: Config, console: Console) -> None:
        self._args, self._config, self._console = args, config, console
        self.severity = Severity(args.fail_on or config.fail_on, config.levels)
        self.failed = False
        self._used: set[tuple[str | None, str]] = set()
        self._baseline = self._read_baseline()
        for pattern in args.ignore:
            if error := pattern_error(pattern):
                raise FieldboundError(f"--ignore: {error}")

    def _read_baseline(self) -> Baseline | None:
        args = self._args
        path = args.baseline or self._config.baseline
        if path is None and args.write_baseline is None and not args.prune_baseline:
            return None
        from fieldbound.policy import Baseline  # slow to import

        if args.write_baseline is not None:
            if args.baseline is not None or args.prune_baseline:
                raise FieldboundError("--write-baseline is not for use with another baseline")
            return Baseline.read(args.write_baseline, learns=True)
        if path is None:
            raise FieldboundError("--prune-baseline needs a baseline: pass --baseline FILE")
        return Baseline.read(path)

    def ignore(self, path: str) -> Ignore:
        """Return the limits that are not enforced in a file."""
        own = (each for _, patterns in self._config.ignores_for(path) for each in patterns)
        return Ignore((*self._args.ignore, *self._config.ignore, *own), self.severity)

    def reports(self, path: str, reports: Iterable[Report]) -> Iterator[Report]:
        """Yield the reports of a document or a recording with what is left of them."""
        ignore = self.ignore(path)
        left: Iterable[Report] = map(ignore.applied, reports)
        if self._baseline is not None:
            left = self._baseline.applied(path, left, ignore)
        for report in left:
            self._add(path, report, report.ignored)
            yield report

    def known_records(self, path: str, key: str | None) -> Mapping[str, frozenset[int]] | None:
        """Return the records of a file that are known, by limit; None if they are not by *key*."""
        return None if self._baseline is None else self._baseline.known_records(path, key)

    def records(
        self, path: str, report: BulkReport, key: str | None = None, found: Digests | None = None
    ) -> BulkReport:
        """Return the report of a file of records, in which nothing is ignored any more.

        *found* are those that break a limit, if they are known by *key*.
        """
        baseline, ignore = self._baseline, self.ignore(path)
        if baseline is not None and key is not None and found is not None:
            report = baseline.applied_to_keyed_records(path, report, ignore, key, found)
        elif baseline is not None:
            report = baseline.applied_to_records(path, report, ignore)
        self._add(path, report, report.ignored)
        return report

    def _add(self, path: str, report: Report | BulkReport, ignored: Mapping[str, int]) -> None:
        self.failed = self.failed or self.severity.report_fails(report)
        if ignored:
            self._used |= {(None, pattern) for pattern in ignored}
            globs = [glob for glob, _ in self._config.ignores_for(path)]
            self._used |= {(glob, pattern) for glob in globs for pattern in ignored}

    def finish(self, *, everything: bool) -> None:
        """Tell what is ignored or known in vain, and write the baseline if that is asked for.

        Where not *everything* was checked, what the configuration ignores may be used elsewhere.
        """
        for pattern in self._args.ignore:
            self._tell_unused("--ignore", None, pattern)
        if everything:
            file, prefix = self._config.file, self._config.prefix
            for pattern in self._config.ignore:
                self._tell_unused(f"{file}: {prefix}ignore", None, pattern)
            for glob, patterns in self._config.file_ignores:
                for pattern in patterns:
                    self._tell_unused(f"{file}: {prefix}per-file-ignores.{glob!r}", glob, pattern)
        if self._baseline is not None:
            self._finish_baseline(self._baseline)

    def _tell_unused(self, setting: str, glob: str | None, pattern: str) -> None:
        if (glob, pattern) in self._used:
            return
        text = f"{setting}: {pattern!r} is not used: there is nothing to ignore"
        if self._args.fail_on_unused_ignores or self._config.fail_on_unused_ignores:
            self.failed = True
            self._console.failure(text)
        else:
            self._console.note(text)

    def _finish_baseline(self, baseline: Baseline) -> None:
        from fieldbound.model import pluralize  # slow to import

        args, console = self._args, self._console
        if args.write_baseline is None:
            for file, key, known, count in baseline.grown:
                console.note(
                    f"{baseline.path}: {key} is violated {count} times in {file}, and {known} of "
                    "these are known: all are reported"
                )
        gone = baseline.gone()
        count = sum(each.total() for each in gone.values())
        try:
            if args.write_baseline is not None:
                written = pluralize(baseline.write(), "known violation")
                console.note(f"{baseline.path}: {written} written")
            elif args.prune_baseline and count:
                left = pluralize(baseline.write(prune=True), "known violation")
                console.note(f"{baseline.path}: {count} removed, {left} left")
            elif count:
                verb = "no longer occurs" if count == 1 else "no longer occur"
                console.note(
                    f"{baseline.path}: {pluralize(count, 'known violation')} {verb}: "
                    f"{_first(gone)}; --prune-baseline removes {'it' if count == 1 else 'them'}"
                )
        except OSError as error:
            console.error(f"cannot write {baseline.path}: {os_error_reason(error)}")


def _first(gone: Mapping[str, Mapping[str, int]]) -> str:
    """Return the first of the known violations that are gone."""
    found = [f"{key} in {file}" for file, own in gone.items() for key in own]
    more = len(found) - _MAX_LISTED
    return "; ".join(found[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
