"""The nouns of a file on its way: a Source is cut into Blocks, and a Block read in Pieces.

A Block is judged as a whole, by any process, so it pickles. Where a file is cut depends on the
file alone, so that every run of it, by any number of processes, cuts it alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

#: Bytes of text in a block; a record belongs to the block in which it begins.
BLOCK: Final = 4 << 20
#: Bytes of text that are read and judged at a time.
WINDOW: Final = 64 << 10
#: Bytes that one record may have: a longer one is refused without being read.
LONGEST: Final = 8 << 20


class Window(NamedTuple):
    """Whole lines of NDJSON: *raw*, and the *offset* of its first byte in the text.

    The last line of a text may lack its end.
    """

    raw: bytes
    offset: int


class Huge(NamedTuple):
    """One line of NDJSON of more than `LONGEST` bytes, *size* with its end, at an *offset*."""

    offset: int
    size: int


class Texts(NamedTuple):
    """JSON texts taken out of a larger one, each a record.

    *offsets* are those of the texts' first bytes; *places* are where the texts begin, line and
    column from 1. A text of None is one too long to be read, of `LONGEST` bytes or more.
    """

    texts: Sequence[bytes | None]
    offsets: Sequence[int]
    places: Sequence[tuple[int, int]]


class Values(NamedTuple):
    """Records that are values already, as rows of a table are.

    *raws* are the bytes they were read from, *offsets* and *lines* (from 1) where these begin;
    None where there is no text. A row that is no record is a `Flaw` instead of a value.
    """

    values: Sequence[Any]
    raws: Sequence[bytes] | None = None
    offsets: Sequence[int] | None = None
    lines: Sequence[int] | None = None


class Flaw(NamedTuple):
    """What keeps a row from being a record: a code of `TEXT_CODES`, and the sentence part."""

    code: str
    detail: str


Piece: TypeAlias = "Window | Huge | Texts | Values"


class Block(Protocol):
    """Some of a file's records, in a row."""

    def read(self) -> Iterator[Piece]:
        """Read the records. Raises OSError if the file cannot be read."""
        ...


class Frame(NamedTuple):
    """What stands around and between records where they are written."""

    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


class Source(Protocol):
    """A file of records, or another run of them.

    *name* is shown, *size* the bytes of what is read, None if that is not known. *valid* and
    *invalid* are the frames in which its records are written when they are split.
    """

    name: str | None
    size: int | None
    valid: Frame
    invalid: Frame

    @property
    def cut_off(self) -> str | None:
        """How the records break off, once all blocks were taken."""
        ...

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Cut the file into blocks, leaving out so many *first* ones.

        Each comes with how many bytes of `size` are read when it ends. Raises OSError if the file
        cannot be read, FieldboundError if it is no file of records at all.
        """
        ...
