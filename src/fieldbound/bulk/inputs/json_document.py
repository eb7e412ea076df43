"""JSON documents: one value, which is one record, and how the layout of a JSON text is detected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.documents import parse
from fieldbound.model import FieldboundError

from . import blocks, compression
from .blocks import OutputFormat, TextsChunk
from .compression import ByteSource
from .detection import is_array

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

    from .blocks import Block, Chunk
    from .compression import ByteInput, DecompressedReader

    #: An array; one value on several lines, or on one line; or a value on each of several lines.
    Layout: TypeAlias = Literal["array", "document", "line", "lines"]

_BLANK: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_TOO_LONG: Final = (
    "{} is read as one JSON value, and has more than {:,} bytes: check it as a document, without "
    "the options of records; if it has one record per line, its format is ndjson"
)


class DocumentSource(ByteSource):
    """A Source of one record: the value of a whole text, written unchanged if it is valid.

    Raises FieldboundError if the text is longer than a record may be.
    """

    valid_format = OutputFormat()
    invalid_format = OutputFormat(b"[\n", b",\n", b"\n]\n")  # as it has several lines

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records."""
        raw = reader.read(blocks.MAX_RECORD_SIZE + 1)
        if len(raw) > blocks.MAX_RECORD_SIZE:
            raise FieldboundError(_TOO_LONG.format(self.name, blocks.MAX_RECORD_SIZE))
        if raw.strip(_BLANK):
            yield DocumentBlock(raw)
        self.cut_off = reader.cut_off


class DocumentBlock(NamedTuple):
    """A block of one document."""

    raw: bytes

    def read(self) -> Iterator[Chunk]:
        """Yield its text."""
        yield TextsChunk([self.raw], [0], [(1, 1)])


def layout_of(data: ByteInput) -> Layout:
    """Return the layout of a JSON text: where its first value ends, and what follows.

    If the first line that is not blank is a complete value and another line follows, each line is
    a record: a JSON document has nothing after its value. An array may be followed by a text that
    is no value; that belongs to the array then, and is invalid.
    """
    size, most = compression.READ_SIZE, blocks.MAX_RECORD_SIZE + compression.READ_SIZE
    with data.peeked() as reader:
        while not (text := (start := reader.peek(size)).removeprefix(_BOM).lstrip(_BLANK)):
            if len(start) < size or size >= most:
                return "line"
            size = min(4 * size, most)
        begin = len(start) - len(text)
        end = reader.line_end(begin, most)
        if end < 0 and is_array(start):
            return "array"
        start = reader.peek(most if end < 0 else end + compression.READ_SIZE)
    first, _, rest = start[begin:].partition(b"\n")
    following = rest.lstrip(_BLANK).partition(b"\n")[0]
    if is_array(start):
        return "lines" if following and _is_value(first) and _is_value(following) else "array"
    if first and (len(first) > blocks.MAX_RECORD_SIZE or not _is_value(first)):
        return "document"
    return "lines" if following else "line"


def _is_value(text: bytes) -> bool:
    return parse(text).readable
