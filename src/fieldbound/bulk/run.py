"""One check of many records: options, progress, checkpoints and the report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from fieldbound.catalog import as_contract
from fieldbound.model import SAYS, FieldboundError, NotJSON
from fieldbound.policy import NOTHING_IGNORED, Ignore, Severity
from fieldbound.validation import Contract

from .block_checker import BlockChecker
from .counts import Counts, invalid_record_line
from .inputs import blocks
from .inputs.ndjson import NdjsonSource
from .inputs.sources import ValuesSource, source_of
from .keys import KeyExtractor
from .state import State, dump_state, load_state
from .workers import check_blocks

if TYPE_CHECKING:
    from fieldbound.model import BulkReport

    from .checkpoint import Checkpoint
    from .known_violations import Found
    from .output_files import OutputFiles

#: Seconds between two checkpoints.
CHECKPOINT_INTERVAL: Final = 3.0
#: Changes with the state that is saved: a run is not resumed from another version's.
_STATE_VERSION: Final = 7
_DAMAGED: Final = "the checkpoint is damaged: run again without --resume"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run, as `bulk.check` has them.

    *known* are the violations of a baseline, as digests of records by limit, if there is a *key*.
    """

    workers: int | None = 1
    key: str | None = None
    samples: int = 5
    valid_out: str | None = None
    invalid_out: str | None = None
    resume: bool = False
    columns: Mapping[str, str] | None = None
    format: str | None = None
    ignore: Ignore = NOTHING_IGNORED
    fail_on: str = SAYS[-1]
    known: Mapping[str, frozenset[int]] | None = None

    def __post_init__(self) -> None:
        workers = self.workers
        if workers is not None and (type(workers) is not int or workers < 1):
            raise ValueError(f"workers must be an integer >= 1, not {workers!r}")
        columns = self.columns
        if columns is not None and not (
            isinstance(columns, Mapping)
            and all(isinstance(each, str) for pair in columns.items() for each in pair)
        ):
            raise TypeError("columns must map column names to JSON Pointers, strings to strings")
        Severity(self.fail_on)  # raises ValueError


class Run:
    """One check of many records.

    *on_progress* is called with the bytes of *size* read, and the number of records and
    violations. *notes* has what a user should know of the run itself, once it is done.
    """

    def __init__(
        self,
        records: str | os.PathLike[str] | BinaryIO | Iterable[Any],
        contract: Contract | str,
        options: Options,
    ) -> None:
        contract = as_contract(contract)
        self.notes: list[str] = []
        self.on_progress: Callable[[int, int, int], None] = lambda *_: None
        self._options = options
        self._splits_records = options.valid_out is not None or options.invalid_out is not None
        self._source = source_of(
            records,
            format=options.format,
            columns=options.columns,
            contract=contract,
            split=self._splits_records,
        )
        self._path = os.fspath(records) if isinstance(records, (str, os.PathLike)) else None
        if options.resume and self._path is None:
            raise FieldboundError("resume needs the path of a file, not a stream or values")
        if options.format is not None and isinstance(self._source, ValuesSource):
            raise ValueError("format must be omitted for records in memory")
        extractor = None if options.key is None else KeyExtractor(options.key, contract)
        self._checker = BlockChecker(
            contract,
            key_extractor=extractor,
            samples=options.samples,
            split=self._splits_records,
            ignore=options.ignore,
            known=options.known,
        )
        self._counts = Counts()
        self._blocks = 0
        self._checkpoint: Checkpoint | None = None
        self._output: OutputFiles | None = None
        self._is_saved = False
        self._next_save = 0.0

    @property
    def size(self) -> int | None:
        """The bytes that are to be read, None if that is not known."""
        return self._source.size

    @property
    def name(self) -> str | None:
        """The name of what is checked."""
        return self._source.name

    @property
    def found(self) -> Found:
        """The digests of records by limit that they break, where a baseline is used."""
        return self._counts.found

    def report(self) -> BulkReport:
        """Check all records, and return the report.

        A run that is stopped, or fails, leaves its last checkpoint to be resumed from, if any.
        """
        try:
            self._begin()
            self._check_all()
            report = self._checker.report(
                self._counts, self._source.name, self._duplicates(), self._source.cut_off
            )
            report = replace(report, fail_on=self._options.fail_on)
            if self._output is not None:
                self._output.commit()
        except BaseException as error:
            self._stop(error)
            raise
        if self._checkpoint is not None:
            self._checkpoint.close(done=True)
            self._note(self._checkpoint.not_saved)
        return report

    # -- checking ------------------------------------------------------------------------------

    def _begin(self) -> None:
        options, positions = self._options, None
        if options.resume or options.key is not None:
            self._checkpoint = self._open_checkpoint_or_temporary()
        if options.resume and self._checkpoint is not None:
            positions = self._restore(self._checkpoint)
        if self._splits_records:
            from .output_files import OutputFiles

            self._output = OutputFiles(
                options.valid_out,
                options.invalid_out,
                (self._source.valid_format, self._source.invalid_format),
                input_path=self._path,
                contract=self._checker.contract.name,
                resume=positions,
            )

    def _check_all(self) -> None:
        try:
            self._check_blocks()
        except NotJSON as error:  # its pointer begins with the index in the block
            index, *rest = error.pointer[1:].split("/", 1)
            pointer = "/".join(("", f"{int(index) + self._counts.records}", *rest))
            raise replace(error, pointer=pointer) from None

    def _check_blocks(self) -> None:
        self._next_save = monotonic() + CHECKPOINT_INTERVAL
        for position, counts in check_blocks(
            self._checker, self._source, self._blocks, self._workers(), self._fully_sampled
        ):
            self._add(counts)
            self._blocks += 1
            self.on_progress(position, self._counts.records, self._counts.violations)
            if self._path is not None:
                self._end_block()

    def _end_block(self) -> None:
        """Save the state of the run, if the last time is long ago."""
        # after each block, so that the files of a resumed run have the same members
        positions = None if self._output is None else self._output.flush()
        if monotonic() >= self._next_save:
            self._save(positions)
            self._next_save = monotonic() + CHECKPOINT_INTERVAL

    def _fully_sampled(self) -> frozenset[tuple[str, str]]:
        return self._counts.fully_sampled(self._options.samples)

    def _workers(self) -> int:
        """Return the number of processes: no more than there are blocks."""
        workers, size = self._options.workers, self._source.size
        if workers is None:
            workers = _cpu_count()
        if isinstance(self._source, ValuesSource) or (
            size is not None and size <= blocks.BLOCK_SIZE
        ):
            return 1
        if isinstance(self._source, NdjsonSource):
            workers = min(workers, -(-(size or 0) // blocks.BLOCK_SIZE))
        return workers

    def _add(self, counts: Counts) -> None:
        """Add the counts of the next block."""
        total = self._counts
        if self._output is not None:
            end = b"" if self._source.invalid_format.separator else b"\n"
            invalid = [
                invalid_record_line(each, total.records, total.lines) + end
                for each in counts.invalid_records
            ]
            self._output.write(counts.valid, invalid)
        if self._checkpoint is not None and counts.keys:
            before = total.records
            self._checkpoint.add_keys([(key, at + before, text) for key, at, text in counts.keys])
        total.merge(counts, self._options.samples)

    def _duplicates(self) -> Any:
        if self._options.key is None or self._checkpoint is None:
            return None
        return self._checkpoint.duplicates(
            self._options.key, self._counts.missing_keys, self._options.samples
        )

    # -- checkpoints ---------------------------------------------------------------------------

    def _open_checkpoint(self, resume: bool = False) -> Checkpoint:
        """Return the checkpoint of this run, a temporary one if there is no file to resume."""
        from .checkpoint import Checkpoint

        if self._path is None:
            return Checkpoint.temporary()
        checkpoint = Checkpoint.open(self._run_id(), self._fingerprints(), resume=resume)
        self._note(checkpoint.not_resumed)
        self._note(checkpoint.not_saved)
        return checkpoint

    def _open_checkpoint_or_temporary(self) -> Checkpoint:
        """Return the checkpoint of this run, a temporary one if the same check is in progress.

        Two runs may read the same file at once; they cannot write the same files.
        """
        from .checkpoint import Checkpoint

        try:
            return self._open_checkpoint(self._options.resume)
        except BlockingIOError:
            if self._options.resume or self._splits_records:
                raise
            return Checkpoint.temporary()

    def _save(self, positions: tuple[int, ...] | None) -> None:
        """Save the state of the run, at these positions in its output files."""
        if self._checkpoint is None:
            try:
                self._checkpoint = self._open_checkpoint()
            except BlockingIOError:  # the same check is in progress: only the first one is saved
                return
        if self._checkpoint.can_be_resumed:
            state = State(self._blocks, positions, self._counts)
            self._checkpoint.commit(dump_state(state))
            self._is_saved = True

    def _restore(self, checkpoint: Checkpoint) -> tuple[int, ...] | None:
        """Restore the state of the run, and return the positions in its output files."""
        if checkpoint.state is None:
            return None
        try:
            self._blocks, positions, self._counts = load_state(checkpoint.state)
        except ValueError:
            raise FieldboundError(_DAMAGED) from None
        self._is_saved = True
        return positions

    def _stop(self, error: BaseException) -> None:
        """Leave what is needed to resume the run; nothing, if it cannot be resumed."""
        targets = (self._options.valid_out, self._options.invalid_out)
        lost = isinstance(error, OSError) and error.filename in targets  # its part files are gone
        can_be_resumed = self._is_saved and not lost
        if self._output is not None and not lost:
            (self._output.suspend if can_be_resumed else self._output.discard)()
        if self._checkpoint is not None:
            self._checkpoint.close(done=not can_be_resumed)
        if can_be_resumed:
            self._note("a checkpoint was saved: run the same command with --resume to continue")

    def _note(self, note: str | None) -> None:
        if note and note not in self.notes:
            self.notes.append(note)

    def _run_id(self) -> str:
        """Return what distinguishes this run from others."""
        options, path = self._options, os.path.realpath(self._path or "")
        targets = [
            each and os.path.realpath(each) for each in (options.valid_out, options.invalid_out)
        ]
        columns = sorted((options.columns or {}).items())
        return repr((path, self._checker.contract.name, targets, options.key, columns))

    def _fingerprints(self) -> dict[str, str]:
        """Return fingerprints, by name, of what must not change for a run to be resumed."""
        from fieldbound.render import version

        stat, contract = os.stat(self._path or ""), self._checker.contract  # noqa: PTH116
        options = (self._options.samples, self._options.format, _STATE_VERSION, blocks.BLOCK_SIZE)
        return {
            str(self._path): f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}",
            contract.name: sha256(repr(contract.__reduce__()[1]).encode()).hexdigest(),
            "fieldbound": f"{version()} {options!r}",
            "what is ignored": repr(self._options.ignore),
            "the baseline": _fingerprint(self._options.known),
        }


def _fingerprint(known: Mapping[str, frozenset[int]] | None) -> str:
    """Return a fingerprint of known violations."""
    found = known and [(limit, sorted(own)) for limit, own in sorted(known.items())]
    return sha256(repr(found).encode()).hexdigest()


def _cpu_count() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
