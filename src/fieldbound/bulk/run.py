"""A file of records and a contract go in, their account comes out; what is done is kept."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from fieldbound.catalog import contract as contract_named
from fieldbound.model import FieldboundError, NotJSON
from fieldbound.validation import Contract

from .block_check import Judge
from .counts import Counts, line_of
from .inputs import blocks as pieces
from .inputs.ndjson import Lines
from .inputs.sources import Records, source_of
from .keys import Keyed
from .workers import judged

if TYPE_CHECKING:
    from fieldbound.model import BulkReport

    from .checkpoint import Journal
    from .output_files import Split

#: Blocks between two times that the state of a run is kept: at the same ones in every run, for a
#: packed file can be gone on with only where it was cut.
KEPT: Final = 40
#: Changes with what a run keeps: what another version kept is not gone on with.
_STATE: Final = 1


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is made, as `bulk.check` has it."""

    workers: int | None = 1
    key: str | None = None
    samples: int = 5
    valid_out: str | None = None
    invalid_out: str | None = None
    resume: bool = False
    columns: Mapping[str, str] | None = None
    format: str | None = None

    def __post_init__(self) -> None:
        workers = self.workers
        if workers is not None and (type(workers) is not int or workers < 1):
            raise ValueError(f"workers is {workers!r}, but must be a whole number from 1")
        columns = self.columns
        if columns is not None and not (
            isinstance(columns, Mapping)
            and all(isinstance(each, str) for pair in columns.items() for each in pair)
        ):
            raise TypeError("columns maps names of columns to JSON Pointers, texts to texts")


class Run:
    """One check of many records.

    *on_progress* is told how many bytes of *size* were read, of how many records and violations.
    *notes* are what a user should know of the run itself, once it is done.
    """

    def __init__(
        self,
        given: str | os.PathLike[str] | BinaryIO | Iterable[Any],
        contract: Contract | str,
        options: Options,
    ) -> None:
        if isinstance(contract, str):
            contract = contract_named(contract)
        if not isinstance(contract, Contract):
            raise TypeError(
                f"contract is a {type(contract).__name__}: give a Contract, or the name of one"
            )
        self.notes: list[str] = []
        self.on_progress: Callable[[int, int, int], None] = lambda *_: None
        self._options = options
        self._source = source_of(
            given, format=options.format, columns=options.columns, contract=contract
        )
        self._path = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
        if options.resume and self._path is None:
            raise FieldboundError("only the check of a file can be resumed: give its path")
        if options.format is not None and isinstance(self._source, Records):
            raise ValueError("format is of a file: values have none, leave it out")
        keyed = None if options.key is None else Keyed(options.key, contract)
        self._splits = options.valid_out is not None or options.invalid_out is not None
        self._judge = Judge(contract, keyed=keyed, samples=options.samples, split=self._splits)
        self._counts = Counts()
        self._blocks = 0
        self._journal: Journal | None = None
        self._split: Split | None = None
        self._kept = False

    @property
    def size(self) -> int | None:
        """The bytes that are to be read, None where that is not known."""
        return self._source.size

    @property
    def name(self) -> str | None:
        """The name of what is checked."""
        return self._source.name

    def report(self) -> BulkReport:
        """Judge all records, and return the account of them.

        A run that is stopped, or fails, leaves what another needs to go on, if it came so far.
        """
        try:
            self._begin()
            self._go()
            report = self._judge.report(
                self._counts, self._source.name, self._duplicates(), self._source.cut_off
            )
            if self._split is not None:
                self._split.finish()
        except BaseException as error:
            self._stop(error)
            raise
        if self._journal is not None:
            self._journal.close(done=True)
            self._note(self._journal.reason)
        return report

    # -- the way through -----------------------------------------------------------------------

    def _begin(self) -> None:
        options, stand = self._options, None
        if options.resume or options.key is not None:
            self._journal = self._opened_or_not()
        if options.resume and self._journal is not None:
            stand = self._restored(self._journal)
        if self._splits:
            from .output_files import Split

            self._split = Split(
                options.valid_out,
                options.invalid_out,
                (self._source.valid, self._source.invalid),
                given=self._path,
                resume=stand,
            )

    def _go(self) -> None:
        try:
            self._judge_all()
        except NotJSON as error:  # it tells of the index in its block
            index, *rest = error.pointer[1:].split("/", 1)
            pointer = "/".join(("", f"{int(index) + self._counts.records}", *rest))
            raise replace(error, pointer=pointer) from None

    def _judge_all(self) -> None:
        for position, counts in judged(self._judge, self._to_judge(), self._workers(), self._full):
            self._take(counts)
            self._blocks += 1
            self.on_progress(position, self._counts.records, self._counts.violations)
            if self._blocks % KEPT == 0:
                self._keep()

    def _to_judge(self) -> Iterator[tuple[int, pieces.Block]]:
        return iter(self._source.blocks(self._blocks))

    def _full(self) -> frozenset[tuple[str, str]]:
        return self._counts.full(self._options.samples)

    def _workers(self) -> int:
        """Return how many processes judge: no more than there are blocks for."""
        workers, size = self._options.workers, self._source.size
        if workers is None:
            workers = _processors()
        if isinstance(self._source, Records) or (size is not None and size <= pieces.BLOCK):
            return 1
        if isinstance(self._source, Lines):
            workers = min(workers, -(-(size or 0) // pieces.BLOCK))
        return workers

    def _take(self, counts: Counts) -> None:
        """Add the counts of the next block."""
        whole = self._counts
        if self._split is not None:
            end = b"" if self._source.invalid.between else b"\n"
            told = [line_of(each, whole.records, whole.lines) + end for each in counts.told]
            self._split.add(counts.valid, told)
        if self._journal is not None and counts.keys:
            before = whole.records
            self._journal.add_keys([(key, at + before, text) for key, at, text in counts.keys])
        whole.merge(counts, self._options.samples)

    def _duplicates(self) -> Any:
        if self._options.key is None or self._journal is None:
            return None
        return self._journal.duplicates(
            self._options.key, self._counts.keyless, self._options.samples
        )

    # -- what is kept --------------------------------------------------------------------------

    def _opened(self, resume: bool = False) -> Journal:
        """Return the journal of this run: one that goes with the process, where none can go on."""
        from .checkpoint import Journal

        if self._path is None:
            return Journal.temporary()
        journal = Journal.open(self._which(), self._things(), resume=resume)
        self._note(journal.refusal)
        self._note(journal.reason)
        return journal

    def _opened_or_not(self) -> Journal:
        """Return the journal of this run: where the same check is under way, a passing one.

        Two may read the same file at once; they cannot write the same files.
        """
        from .checkpoint import Journal

        try:
            return self._opened(self._options.resume)
        except BlockingIOError:
            if self._options.resume or self._splits:
                raise
            return Journal.temporary()

    def _keep(self) -> None:
        """Keep the state of the run, for another to go on."""
        if self._path is None:
            return
        if self._journal is None:
            try:
                self._journal = self._opened()
            except BlockingIOError:  # the same is checked twice at once: only the first is kept
                return
        if self._journal.kept:
            stand = None if self._split is None else self._split.flushed()
            self._journal.commit(pickle.dumps((_STATE, self._blocks, stand, self._counts)))
            self._kept = True

    def _restored(self, journal: Journal) -> tuple[int, ...] | None:
        """Go on where the run was that kept the journal, and return where its files stand."""
        if journal.state is None:
            return None
        # what is read was written by this program, to a folder that is the user's alone
        _, self._blocks, stand, self._counts = pickle.loads(journal.state)  # noqa: S301
        self._kept = True
        return stand  # type: ignore[no-any-return]

    def _stop(self, error: BaseException) -> None:
        """Leave what a run that is resumed needs; nothing, where none can be."""
        targets = (self._options.valid_out, self._options.invalid_out)
        lost = isinstance(error, OSError) and error.filename in targets  # with its parts
        going_on = self._kept and not lost
        if self._split is not None and not lost:
            (self._split.leave if going_on else self._split.abandon)()
        if self._journal is not None:
            self._journal.close(done=not going_on)
        if going_on:
            self._note("what was judged is kept: the same command with --resume goes on")

    def _note(self, note: str | None) -> None:
        if note and note not in self.notes:
            self.notes.append(note)

    def _which(self) -> str:
        """Name this run among all others."""
        options, path = self._options, os.path.realpath(self._path or "")
        targets = [
            each and os.path.realpath(each) for each in (options.valid_out, options.invalid_out)
        ]
        columns = sorted((options.columns or {}).items())
        return repr((path, self._judge.contract.name, targets, options.key, columns))

    def _things(self) -> dict[str, str]:
        """Return what must be as it was for a run to go on, by the words that name it."""
        from fieldbound.render import version

        stat, contract = os.stat(self._path or ""), self._judge.contract  # noqa: PTH116
        options = (self._options.samples, self._options.format, _STATE, pieces.BLOCK)
        return {
            str(self._path): f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}",
            contract.name: sha256(repr(contract.__reduce__()[1]).encode()).hexdigest(),
            "fieldbound": f"{version()} {options!r}",
        }


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
