"""Source documents: a file that a vendor gives, with its title, address, date and digest."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import os_error_reason, parse

from .errors import BrokenSource

if TYPE_CHECKING:
    from fieldbound.documents import Document

#: The largest source that is read: larger ones are dumps of data, not descriptions of limits.
MAX_BYTES: Final = 64 * 2**20
_START: Final = 64 * 2**10
_YAML: Final = (".yaml", ".yml")
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class SourceDocument:
    """A file that a vendor gives.

    *name* is the file's as given, *data* its bytes; *title* and *address* are what a citation
    shows of it, and *read* the ISO date on which it was read, None for today. It may refer to files
    below a *folder*, to none if that is None.
    """

    name: str
    data: bytes = field(repr=False)
    title: str | None = None
    address: str | None = None
    read: str | None = None
    folder: str | None = None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the bytes, as sources.json has it."""
        from hashlib import sha256

        return f"sha256:{sha256(self.data).hexdigest()}"

    @property
    def suffix(self) -> str:
        """How the name ends, in lower case and with the dot."""
        return os.path.splitext(self.name)[1].lower()  # noqa: PTH122 - a name is no path

    @property
    def start(self) -> bytes:
        """The first bytes, by which a kind can be recognised without reading it all."""
        return self.data[:_START]

    @cached_property
    def text(self) -> str:
        """The text, without a byte order mark. Raises BrokenSource if it is not UTF-8."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise BrokenSource("not UTF-8: save the file as UTF-8", self.name, f"{line}") from None

    @cached_property
    def document(self) -> Document:
        """The JSON or YAML document that the text is, with its syntax errors and places."""
        data = self.data.removeprefix(_BOM)  # of no meaning, and no mistake of the vendor
        return parse(data, name=self.name, format="yaml" if self.suffix in _YAML else "json")

    @property
    def value(self) -> Any:
        """The JSON or YAML value, None where the text is neither."""
        return self.document.value if self.document.readable else None

    def require_value(self) -> Any:
        """Return the JSON or YAML value. Raises BrokenSource with the place of a syntax error."""
        if not self.document.readable:
            first = self.document.errors[0]
            raise BrokenSource(first.message, self.name, first.place)
        return self.document.value

    def error(self, reason: str, *path: str | int, at_key: bool = False) -> BrokenSource:
        """Return the error about the value, or the key, at a path into the JSON or YAML value."""
        key = (path, at_key)
        return BrokenSource(reason, self.name, self.document.places([key])[key])


def read_source(
    source: str | os.PathLike[str] | SourceDocument,
    *,
    title: str | None = None,
    address: str | None = None,
) -> SourceDocument:
    """Return the document of a file. Raises BrokenSource if it cannot be read, or is too large."""
    if isinstance(source, SourceDocument):
        return _not_empty(source)
    name = os.fspath(source)
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: the name is invalid, as with a NUL
        reason = os_error_reason(error) if isinstance(error, OSError) else str(error)
        raise BrokenSource(f"cannot be read: {reason}", name) from None
    folder = os.path.dirname(os.path.abspath(name))  # noqa: PTH100, PTH120 - a link keeps its own
    return _not_empty(SourceDocument(name, data, title, address, folder=folder))


def _not_empty(source: SourceDocument) -> SourceDocument:
    if len(source.data) > MAX_BYTES:
        reason = f"larger than {MAX_BYTES // 2**20} MiB: a description of limits is expected"
        raise BrokenSource(reason, source.name)
    if not source.data.strip():
        raise BrokenSource("the file is empty", source.name)
    return source
