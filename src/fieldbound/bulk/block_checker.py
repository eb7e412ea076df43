"""Check a block of records, chunk by chunk, and return the Counts of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import BulkReport, Duplicates, Violation
from fieldbound.policy import NOTHING_IGNORED, Ignore

from .bulk_report import bulk_report
from .check_settings import CheckSettings
from .counts import Counts
from .inputs import blocks
from .inputs.blocks import (
    ItemsChunk,
    LinesChunk,
    LongLine,
    RecordError,
    RowsChunk,
    RowTextsChunk,
    TextsChunk,
    ValuesChunk,
)
from .inputs.fast_json import FastReader, Objects
from .inputs.json_array import texts_of
from .item_locations import ItemLocations, text_location
from .lengths import measures
from .record_checker import RecordChecker, record_index_in_errors
from .row_chunks import RowChunks
from .samples import LineLocations, RecordLocation
from .texts.doubtful_records import CollectedRecords, DoubtfulRecords
from .texts.text_records import TextRecords

if TYPE_CHECKING:
    from fieldbound.validation import Contract

    from .counts import LimitKey
    from .inputs.blocks import Block, TextProof
    from .keys import KeyExtractor

#: After a chunk of many nested objects, or of other values, so many are not tried as flat ones.
_PATIENCE: Final = 15
#: With more than one line in so many in doubt, all are checked together.
_MIN_VALID: Final = 4
_BLANK: Final = b" \t\r\n"
_TOO_LONG: Final = "the record has {}, the limit is {:,}: is a line end missing?"


class BlockChecker:
    """Checks blocks of records by one contract.

    *key_extractor* finds the key of a record; so many *samples* of each limit are kept. With
    *split*, Counts have the bytes of the valid records, and an output line for each invalid one.
    *on_invalid* is called for each invalid record with its number in the block, its value (None
    if it has none) and its violations. What *ignore* says is not enforced. With *known*, which has
    digests of records by limit, Counts have those that are found.
    """

    def __init__(  # noqa: PLR0913 - options, each by its name
        self,
        contract: Contract,
        *,
        key_extractor: KeyExtractor | None = None,
        samples: int = 5,
        split: bool = False,
        on_invalid: Callable[[int, Any, Sequence[Violation]], None] | None = None,
        ignore: Ignore = NOTHING_IGNORED,
        known: Mapping[str, frozenset[int]] | None = None,
    ) -> None:
        self._settings = CheckSettings(
            contract, key_extractor, samples, split, on_invalid, ignore=ignore, known=known
        )
        self._reader = FastReader()
        self._patience = self._dense_patience = 0
        self._doubtful = CollectedRecords()
        self._texts, self._rows = TextRecords(self._settings), RowChunks(self._settings)
        self._records = RecordChecker(self._settings, frozenset())

    def __reduce__(self) -> tuple[Any, ...]:
        settings = self._settings
        create = partial(
            BlockChecker,
            key_extractor=settings.key_extractor,
            samples=settings.samples,
            split=settings.split,
            on_invalid=settings.on_invalid,
            ignore=settings.ignore,
            known=None if settings.known is None else settings.known.digests,
        )
        return create, (settings.contract,)

    @property
    def contract(self) -> Contract:
        """The contract that the records are checked by."""
        return self._settings.contract

    @property
    def prove_items(self) -> Callable[[bytes], TextProof | None] | None:
        """What proves that items of an array are valid by their text; None if each is needed."""
        return self._texts.prove_items if self._settings.counts_only_invalid else None

    def check(self, block: Block, fully_sampled: frozenset[LimitKey] = frozenset()) -> Counts:
        """Check the records of a block; no samples are needed of the limits in *fully_sampled*.

        Raises OSError if the block cannot be read, NotJSON for a record that is no JSON value.
        """
        self._records = RecordChecker(self._settings, fully_sampled)
        collecting = gc.isenabled()
        gc.disable()  # JSON values are trees: a search for reference cycles finds none
        try:
            for chunk in block.read():
                self._check_chunk(chunk)
            self._check_doubtful()
        finally:
            self._doubtful = CollectedRecords()
            if collecting:
                gc.enable()
        return self._records.finish()

    def report(
        self,
        counts: Counts,
        name: str | None,
        duplicates: Duplicates | None = None,
        cut_off: str | None = None,
    ) -> BulkReport:
        """Return the report of all records counted."""
        return bulk_report(self._settings, counts, name, duplicates, cut_off)

    # -- chunks --------------------------------------------------------------------------------

    def _check_chunk(self, chunk: blocks.Chunk) -> None:
        if isinstance(chunk, (LinesChunk, ItemsChunk)):
            proof = self._texts.prove(chunk)
            measures_lengths = measures(chunk.offset)
            if measures_lengths and proof is not None:
                measures_lengths = not self._measure(chunk)
                proof = None if measures_lengths else proof
            if measures_lengths != self._records.measures_lengths:
                self._check_doubtful()  # whose lengths are measured with those beside them
            self._records.measures_lengths = measures_lengths
            if proof is not None:
                self._collect(self._texts.doubtful(chunk, proof, self._records.counts))
            elif isinstance(chunk, ItemsChunk):
                self._check_doubtful()  # so that samples are found in the order of the records
                self._check_items(chunk)
            else:
                self._check_lines(chunk.raw, chunk.offset)
            return
        self._check_doubtful()
        self._records.measures_lengths = True
        if isinstance(chunk, LongLine):
            self._records.counts.lines += 1
            location = RecordLocation(None, chunk.offset, self._records.counts.lines, 1)
            self._reject_long(chunk.size, location)
        elif isinstance(chunk, TextsChunk):
            self._check_texts(chunk)
        elif isinstance(chunk, (RowTextsChunk, RowsChunk)):
            for each in self._rows.uncertain(chunk, self._records):
                self._check_values(each)
        else:
            self._check_values(chunk)

    def _measure(self, chunk: LinesChunk | ItemsChunk) -> bool:
        """Count the lengths of the strings in all records; return whether these can be read."""
        is_array = isinstance(chunk, ItemsChunk)
        body = chunk.raw if is_array else chunk.raw.removesuffix(b"\n")
        values, names, _ = self._read(
            body, self._objects(body, is_array=is_array), is_array=is_array
        )
        if values is None:
            return False
        self._settings.length_counter.measure(values, self._records.counts.lengths, names)
        return True

    def _check_lines(self, raw: bytes, offset: int) -> None:
        """Check whole lines: all at once, or else each half of them, down to the single line."""
        body = raw[:-1] if raw.endswith(b"\n") else raw
        objects = self._objects(body)
        if objects is not None and not objects.flat and self._count_flat(objects, raw, offset):
            return
        self._check_doubtful()  # so that samples are found in the order of the records
        values, names, exact_text = self._read(body, objects)
        if values is not None:
            locations = LineLocations(raw, offset, self._records.counts.lines)
            self._records.counts.lines += len(values) - (body is raw)
            invalid = self._records.check_values(values, locations.at, names, exact_text=exact_text)
            if self._settings.split:
                self._records.counts.valid += locations.others(invalid)
            return
        middle = body.find(b"\n", len(body) // 2) + 1 or body.rfind(b"\n") + 1
        if middle:
            self._check_lines(raw[:middle], offset)
            self._check_lines(raw[middle:], offset + middle)
        else:
            self._check_line(raw, offset)

    def _count_flat(self, objects: Objects, raw: bytes, offset: int) -> bool:
        """Count lines most of which are valid and flat; return whether they are.

        The others are collected, to be checked together: to make sure of nested objects that they
        are read exactly takes as long as to check them, and so does it to begin with a few.
        """
        values, extractor = objects.values, self._settings.key_extractor
        if self._dense_patience:
            self._dense_patience -= 1
            return False
        if self._settings.split or not (extractor is None or extractor.is_exact(values)):
            return False
        try:
            indices = self._settings.batch.unsure(values)
        except ValueError:  # the engine does not take one of them as it is
            return False
        if len(indices) > len(values) // _MIN_VALID:
            self._dense_patience = _PATIENCE
            return False
        locations = LineLocations(raw, offset, self._records.counts.lines)
        located = list(map(locations.at, indices))
        if not objects.are_flat_without(indices, [each.text for each in located]):
            return False
        first = self._records.counts.records + 1
        self._records.counts.lines += raw.count(b"\n")
        self._records.count_valid(values, indices)
        texts = [(at, each.text) for at, each in zip(indices, located, strict=True)]
        locate = dict(zip(indices, located, strict=True)).__getitem__
        self._collect(DoubtfulRecords(texts, locate, first))
        return True

    def _collect(self, doubtful: DoubtfulRecords) -> None:
        """Collect records that are counted, to be checked together."""
        if self._doubtful.add(doubtful):
            self._check_doubtful()

    def _check_doubtful(self) -> None:
        """Check the records that were collected."""
        found, self._doubtful = self._doubtful, CollectedRecords()
        if found:
            found.keep(self._texts.uncounted(found.texts, self._records))
            self._check_located(found.texts, found.location, found.numbers)

    def _objects(self, body: bytes, *, is_array: bool = False) -> Objects | None:
        """Return the objects of lines, or of items; None if they are not read as such."""
        if self._patience:
            self._patience -= 1
        elif self._settings.batch.simple and self._settings.batch.knows_flat:
            objects = self._reader.objects(body, is_array=is_array)
            if objects is not None:
                self._texts.observe(objects.values)
            return objects
        return None

    def _read(
        self, body: bytes, objects: Objects | None, *, is_array: bool = False
    ) -> tuple[list[Any] | None, set[str] | None, bytes | None]:
        """Return the values of lines, or of items, None where they have to be parsed one by one.

        With them, the names of the properties if they are read as flat objects, and the text if
        they are read as nested ones that are exact.
        """
        if objects is not None and not objects.flat:
            if self._reader.are_exact(body, objects, is_array=is_array):
                return objects.values, None, body
        elif objects is not None:
            extractor = self._settings.key_extractor
            if extractor is None or extractor.is_exact(objects.values):
                return objects.values, objects.names, None
        values = self._reader.values(body, is_array=is_array)
        if values is not None:
            self._patience = self._patience or _PATIENCE
        return values, None, None

    def _check_line(self, raw: bytes, offset: int) -> None:
        """Check a line by itself."""
        self._records.counts.lines += raw.endswith(b"\n")
        line = self._records.counts.lines + (not raw.endswith(b"\n"))
        if not raw.strip(_BLANK):
            self._records.counts.blank += 1
            return
        truncated = self._records.check_text(RecordLocation(raw, offset, line, 1))
        if truncated and not raw.endswith(b"\n"):
            self._records.counts.truncated_at = line

    def _check_items(self, chunk: ItemsChunk) -> None:
        """Check items of an array: all at once, or else as texts."""
        objects = self._objects(chunk.raw, is_array=True)
        values, names, exact_text = self._read(chunk.raw, objects, is_array=True)
        if values is None:
            for texts in texts_of(chunk):
                self._check_texts(texts)
            return
        location_of = ItemLocations(chunk, len(values)).at
        invalid = self._records.check_values(values, location_of, names, exact_text=exact_text)
        if self._settings.split:
            location_of = ItemLocations(chunk, len(values)).at
            for index in sorted(set(range(len(values))).difference(invalid)):
                self._records.keep_valid(location_of(index))

    def _check_texts(self, chunk: TextsChunk) -> None:
        start = 0
        for end, text in enumerate((*chunk.texts, None)):
            if text is None:
                texts = [each or b"" for each in chunk.texts[start:end]]
                self._check_located(texts, partial(_shifted, partial(text_location, chunk), start))
                start = end + 1
                if end < len(chunk.texts):
                    size = chunk.sizes[end] if chunk.sizes else None
                    self._reject_long(size, text_location(chunk, end))

    def _check_located(
        self,
        texts: Sequence[bytes],
        location_of: Callable[[int], RecordLocation],
        numbers: Sequence[int] | None = None,
    ) -> None:
        """Check texts: all at once, or else each half of them, down to the single one.

        *numbers* are those of the records, if they are counted already.
        """
        if not texts:
            return
        # between the tokens of a JSON text either line end is blank, within a string both are wrong
        lines = [each.replace(b"\n", b"\r") for each in texts]
        body = b"\n".join(lines)
        values, names, exact_text = self._read(body, self._objects(body))
        if values is None and len(texts) == 1:
            self._records.check_text(location_of(0), numbers[0] if numbers else None)
            return
        if values is None:
            middle = len(texts) // 2
            self._check_located(texts[:middle], location_of, numbers and numbers[:middle])
            location_of = partial(_shifted, location_of, middle)
            self._check_located(texts[middle:], location_of, numbers and numbers[middle:])
            return
        invalid = set(
            self._records.check_values(
                values, location_of, names, numbers=numbers, exact_text=exact_text
            )
        )
        if self._settings.split:
            for index in range(len(texts)):
                if index not in invalid:
                    self._records.keep_valid(location_of(index))

    def _reject_long(self, size: int | None, location: RecordLocation) -> None:
        found = "too many bytes" if size is None else f"{size:,} bytes"
        detail = _TOO_LONG.format(found, blocks.MAX_RECORD_SIZE)
        self._records.reject(RecordError("syntax", detail), location)

    def _check_values(self, chunk: ValuesChunk) -> None:
        def location_of(index: int) -> RecordLocation:
            raw = chunk.raws[index] if chunk.raws else None
            offset = chunk.offsets[index] if chunk.offsets else None
            line = chunk.lines[index] if chunk.lines else None
            return RecordLocation(raw, offset, line, is_row=True)

        start = 0
        errors = [at for at, value in enumerate(chunk.values) if value.__class__ is RecordError]
        for end in (*errors, len(chunk.values)):
            values = chunk.values[start:end]
            numbers = chunk.numbers and chunk.numbers[start:end]
            invalid = self._records.check_values(
                values, partial(_shifted, location_of, start), numbers=numbers
            )
            if self._settings.split:
                before = self._records.counts.records - len(values)
                for index in sorted(set(range(len(values))).difference(invalid)):
                    with record_index_in_errors(before + index):
                        self._records.keep_valid(location_of(start + index), values[index])
            if end < len(chunk.values):
                number = chunk.numbers[end] if chunk.numbers else None
                self._records.reject(chunk.values[end], location_of(end), number)
            start = end + 1


def _shifted(
    location_of: Callable[[int], RecordLocation], start: int, index: int
) -> RecordLocation:
    return location_of(start + index)
