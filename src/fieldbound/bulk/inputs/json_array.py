"""JSON arrays: blocks of their elements, read in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from . import blocks, compression
from .array_scanner import SPACE, Element, Scanner
from .array_windows import Windows
from .blocks import ItemsChunk, OutputFormat, RecordError, TextsChunk, ValuesChunk
from .compression import ByteSource
from .detection import ARRAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .blocks import Block, Chunk
    from .compression import DecompressedReader

#: Records of a chunk.
_CHUNK: Final = 500
#: Records that a block has at most: short ones take more memory than their text.
_MAX_BLOCK: Final = 100 * _CHUNK
_BOM: Final = b"\xef\xbb\xbf"
_EXTRA_DATA: Final = "extra data after the end of the array: remove it"
_UNCLOSED: Final = "the array is not closed: expected ]"


class JsonArraySource(ByteSource):
    """A Source of the records in a JSON array.

    Between two commas without an element there is an empty record, which is invalid. Extra data
    after the end of the array are one invalid record. A byte order mark is reported of the first
    record. The text must begin with an array.
    """

    valid_format = invalid_format = OutputFormat(b"[\n", b",\n", b"\n]\n")

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records."""
        parts: list[Element | ItemsChunk] = []
        scanner = Scanner(Windows())
        for each in _elements(reader, scanner):
            size = each.offset - parts[0].offset if parts else 0
            if size >= blocks.BLOCK_SIZE or len(parts) == _MAX_BLOCK:
                yield ElementsBlock.of(parts)
                parts = []
            parts.append(each)
        if parts:
            yield ElementsBlock.of(parts)
        if scanner.closed:
            yield from _trailing(reader, scanner)
        self.cut_off = reader.cut_off or (None if scanner.closed else _UNCLOSED)


class ElementsBlock(NamedTuple):
    """A block of an array."""

    chunks: Sequence[TextsChunk | ItemsChunk]

    @classmethod
    def of(cls, parts: Iterable[Element | ItemsChunk]) -> ElementsBlock:
        """Return a block of elements, and of windows of them."""
        chunks: list[TextsChunk | ItemsChunk] = []
        elements: list[Element] = []
        for each in parts:
            if isinstance(each, Element):
                elements.append(each)
                continue
            chunks += (*_texts(elements), each)
            elements = []
        return cls([*chunks, *_texts(elements)])

    def read(self) -> Iterator[Chunk]:
        """Read the elements."""
        return iter(self.chunks)


def texts_of(items: ItemsChunk) -> Iterator[TextsChunk]:
    """Yield the texts of items, as a scan finds them."""
    scanner = Scanner()
    scanner.offset, (scanner.line, scanner.column) = items.offset, items.place
    elements = [*scanner.elements(items.raw), *scanner.unfinished()]
    return _texts([each for each in elements if isinstance(each, Element)])


def _texts(elements: Sequence[Element]) -> Iterator[TextsChunk]:
    """Yield elements as chunks."""
    for at in range(0, len(elements), _CHUNK):
        yield TextsChunk(*map(list, zip(*elements[at : at + _CHUNK], strict=True)))


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
    data, offset, line = scanner.rest, scanner.offset, scanner.line
    while not (rest := data.lstrip(SPACE)):
        offset, line = offset + len(data), line + data.count(b"\n")
        data = reader.read_some()
        if not data:
            return
    blank = len(data) - len(rest)
    raw = bytearray(rest[: blocks.MAX_RECORD_SIZE])
    while more := reader.read_some():
        raw += more[: max(0, blocks.MAX_RECORD_SIZE - len(raw))]
    yield TrailingBlock(
        bytes(raw).rstrip(SPACE), offset + blank, line + data.count(b"\n", 0, blank)
    )
