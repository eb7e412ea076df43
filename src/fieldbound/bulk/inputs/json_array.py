"""JSON arrays: blocks of their elements, read in one pass."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from . import blocks, compression
from .array_scanner import SPACE, Element, Scanner
from .array_windows import Windows
from .blocks import (
    ItemsChunk,
    OutputFormat,
    PlaceFinder,
    RecordError,
    StreamedBlock,
    TextsChunk,
    ValuesChunk,
    line_and_column,
)
from .compression import ByteSource
from .detection import ARRAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .array_windows import Prove
    from .blocks import Block, Chunk
    from .compression import DecompressedReader

#: Records of a chunk that has their texts.
_CHUNK: Final = 500
#: Chunks of a block at most: short records take more memory than their text.
_MAX_BLOCK: Final = 100
#: Bytes of a short line.
_SHORT_LINE: Final = 64
_BOM: Final = b"\xef\xbb\xbf"
_EXTRA_DATA: Final = "extra data after the end of the array: remove it"
_UNCLOSED: Final = "the array is not closed: expected ]"


class JsonArraySource(ByteSource):
    """A Source of the records in a JSON array.

    Between two commas without an element there is an empty record, which is invalid. Extra data
    after the end of the array are one invalid record. A byte order mark is reported of the first
    record. The text must begin with an array. *prove* is what proves that items are
    valid, and whole, by their text, if they are checked in this process.
    """

    valid_format = invalid_format = OutputFormat(b"[\n", b",\n", b"\n]\n")
    prove: Prove | None = None

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records."""
        places = None if self.prove is None else _places(reader)
        scanner = Scanner(Windows(self.prove), places)
        chunks = enumerate(_chunks(_elements(reader, scanner)))
        for _, some in groupby(chunks, lambda each: (each[0] // _MAX_BLOCK, _block(each[1]))):
            yield StreamedBlock(chunk for _, chunk in some)
        if scanner.closed:
            yield from _trailing(reader, scanner)
        self.cut_off = reader.cut_off or (None if scanner.closed else _UNCLOSED)


def _places(reader: DecompressedReader) -> PlaceFinder | None:
    """Return what finds lines and columns, where to count them takes longer: in short lines."""
    read, begin = reader.read_again, reader.peek(compression.READ_SIZE)
    if read is None or begin.count(b"\n") * _SHORT_LINE < len(begin):
        return None
    return PlaceFinder(read, len(_BOM) if begin.startswith(_BOM) else 0)


def texts_of(items: ItemsChunk) -> Iterator[TextsChunk]:
    """Yield the texts of items, as a scan finds them."""
    scanner = Scanner()
    scanner.offset = items.offset
    scanner.line, scanner.column = line_and_column(items.place, items.offset)
    found = chain(scanner.elements(items.raw), scanner.unfinished())
    return (each for each in _chunks(found) if isinstance(each, TextsChunk))


def _chunks(elements: Iterable[Element | ItemsChunk]) -> Iterator[TextsChunk | ItemsChunk]:
    """Yield the windows, and the elements between them as chunks, each within a block."""
    texts: list[Element] = []
    for each in elements:
        is_window = isinstance(each, ItemsChunk)
        if texts and (is_window or len(texts) == _CHUNK or _block(each) > _block(texts[0])):
            yield _texts(texts)
            texts = []
        if isinstance(each, ItemsChunk):
            yield each
        else:
            texts.append(each)
    if texts:
        yield _texts(texts)


def _texts(elements: Sequence[Element]) -> TextsChunk:
    texts, offsets, places, sizes = map(list, zip(*elements, strict=True))
    return TextsChunk(texts, offsets, places, sizes if None in texts else ())


def _block(part: Element | ItemsChunk | TextsChunk) -> int:
    """Return the number of the block in which a part begins."""
    offset = part.offsets[0] if isinstance(part, TextsChunk) else part.offset
    return offset // blocks.BLOCK_SIZE


class TrailingBlock(NamedTuple):
    """A block of extra data after the end of an array."""

    raw: bytes
    offset: int
    line: int

    def read(self) -> Iterator[Chunk]:
        """Yield it as an invalid record."""
        error = RecordError("trailingData", _EXTRA_DATA)
        yield ValuesChunk([error], [self.raw], [self.offset], [self.line])


def _elements(reader: DecompressedReader, scanner: Scanner) -> Iterator[Element | ItemsChunk]:
    """Yield the elements of an array, to its end or that of the text."""
    found = ARRAY.match(reader.peek(compression.READ_SIZE))
    head = reader.read(found.end() if found else 0)
    has_bom = head.startswith(_BOM)
    scanner.skip(head, len(_BOM) if has_bom else 0)
    while not scanner.closed:
        data = reader.read_some()
        if not (data or scanner.held):
            break
        for each in scanner.elements(scanner.held + data, is_last=not data):
            if has_bom and isinstance(each, Element):  # the first one is no window
                yield each._replace(text=each.text and _BOM + each.text)
                has_bom = False
            else:
                yield each
    if not scanner.closed:
        yield from scanner.unfinished()


def _trailing(reader: DecompressedReader, scanner: Scanner) -> Iterator[Block]:
    """Yield the data after the end of an array as one block, if they are not blank."""
    data, offset, line_ends = scanner.rest, scanner.offset, 0
    while not (rest := data.lstrip(SPACE)):
        offset, line_ends = offset + len(data), line_ends + data.count(b"\n")
        data = reader.read_some()
        if not data:
            return
    blank = len(data) - len(rest)
    line_ends += data.count(b"\n", 0, blank)
    line, _ = line_and_column(scanner.place, scanner.offset)
    raw = bytearray(rest[: blocks.MAX_RECORD_SIZE])
    while more := reader.read_some():
        raw += more[: max(0, blocks.MAX_RECORD_SIZE - len(raw))]
    yield TrailingBlock(bytes(raw).rstrip(SPACE), offset + blank, line + line_ends)
