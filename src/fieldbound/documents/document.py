"""Documents: JSON or YAML text with its value, its syntax errors, and the places of values.

JSON is parsed by jiter, at native speed; what jiter rejects is read again by `json_text`, which
finds the error and its place. YAML is parsed by `yaml_text`.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from jiter import from_json

from fieldbound.model import has_long_integer, max_digits

from .positions import PositionTree, places_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from fieldbound.model import Place, Violation

    from .errors import DocumentError

    Path: TypeAlias = tuple[str | int, ...]

#: The errors after which there still is a value to check.
NON_FATAL: Final = frozenset({"byteOrderMark", "duplicateKey"})

_BOM: Final = b"\xef\xbb\xbf"
_OTHER_BOMS: Final = {  # UTF-32 first: its mark starts with that of UTF-16
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_FORMAT_OF_SUFFIX: Final = {".yaml": "yaml", ".yml": "yaml"}
_MAX_LINE: Final = 1_000_000  # bytes
_JITER_DIGITS: Final = 4300  # of an integer: jiter takes no more
_MAX_KEY: Final = 60  # characters of a duplicate key
_MAX_NUMBER: Final = 100  # characters of a number that are returned
_NUMBER: Final = re.compile(r"[-+.\w]+")
_DIGITS_TO_ZERO: Final = bytes.maketrans(b"123456789+E", b"0000000000e")
# A text with a number too large for a double has one of these once its digits are all 0.
_LONG_EXPONENT: Final = b"e000"
_MANY_DIGITS: Final = b"0" * 24


@dataclass(frozen=True, slots=True)
class Document:
    """An instance with its text, so that a place can be found in it.

    *name* is the file's name as given, *data* its bytes, *format* "json" or "yaml", and *value* the
    instance, or None if the text is invalid. *errors* are its syntax errors: violations with a code
    of `SYNTAX_CODES` and a place, most with the message in *detail*. A byte order mark and
    duplicate keys still leave a value to check (the last one's); of all other errors only the first
    is reported, and no duplicate keys with it.
    """

    name: str | None
    data: bytes = field(repr=False)
    format: str
    value: Any = field(hash=False)
    errors: tuple[Violation, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether *value* is an instance that can be checked."""
        return not self.errors or all(error.code in NON_FATAL for error in self.errors)

    def places(self, targets: Iterable[tuple[Path, bool]]) -> dict[tuple[Path, bool], Place]:
        """Return the places of values and keys, found in one pass over the text.

        *targets* are pairs of a path into the instance (keys as str, indices as int) and whether
        the key (True: its first character, the quote) or the value (False) is located. If a path
        does not exist, the place is that of its nearest ancestor.
        """
        pairs = dict.fromkeys(targets)
        root = PositionTree()
        for path, _ in pairs:
            root.add(path)
        text = self.locate(root) if self.readable else b""
        offsets = {pair: max(root.offset(*pair), 0) for pair in pairs}
        found = places_at(text, offsets.values())
        return {pair: found[offset] for pair, offset in offsets.items()}

    def written(self, paths: Iterable[Path]) -> dict[Path, str]:
        """Return the numbers at these paths as the text writes them."""
        root = PositionTree()
        wanted = list(paths)
        for path in wanted:
            root.add(path)
        text = self.locate(root)
        found = {}
        for path in wanted:
            at = max(root.offset(path, of_key=False), 0)
            part = text[at : at + _MAX_NUMBER]
            token = part.decode(errors="replace") if isinstance(part, bytes) else part
            if match := _NUMBER.match(token):
                found[path] = match[0]
        return found

    def lines(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the lines of these numbers, from 1, without their line ends.

        Lines that do not exist or are too long to be shown are omitted.
        """
        found: dict[int, str] = {}
        start, line = len(_bom_of(self.data)), 1
        for number in sorted({number for number in numbers if number > 0}):
            while line < number:
                start, line = self.data.find(b"\n", start) + 1, line + 1
                if not start:
                    return found
            end = self.data.find(b"\n", start)
            end = end if end >= 0 else len(self.data)
            if end - start <= _MAX_LINE:
                text = self.data[start:end]
                found[number] = text.removesuffix(b"\r").decode(errors="replace")
        return found

    def locate(self, positions: PositionTree) -> bytes | str:
        """Enter the offsets of *positions*, and return the text in which they count.

        It is the text after a byte order mark: bytes of JSON, characters of YAML. The document must
        be readable.
        """
        body = self.data[len(_bom_of(self.data)) :]
        if self.format == "json":
            from .json_text import locate

            locate(body, positions)
            return body
        from .yaml_text import read

        read(body, positions, any_tag=self.format == "cassette")
        return body.decode()


def read(path: str | os.PathLike[str], *, format: str | None = None) -> Document:  # noqa: A002
    """Read the file at *path* as YAML if its name ends in .yaml or .yml, else as JSON.

    *format*, "json" or "yaml", overrides this. Invalid content raises nothing: it is reported in
    `Document.errors`. Raises OSError if the file cannot be read.
    """
    name = os.fsdecode(path)
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - pathlib is slow to import
    with open(name, "rb") as file:  # noqa: PTH123
        data = file.read()
    return parse(data, name=name, format=format or _FORMAT_OF_SUFFIX.get(suffix, "json"))


def loads(
    text: str | bytes,
    *,
    format: Literal["json", "yaml"] = "json",  # noqa: A002
    name: str | None = None,
) -> Document:
    """Read a text as JSON or YAML into a Document, whose report names it by *name*.

    Invalid content raises nothing: it is reported in `Document.errors`, and by each check. Raises
    TypeError for what is no text, ValueError for another *format*.
    """
    if not isinstance(text, (str, bytes, bytearray, memoryview)):
        raise TypeError(f"text must be str or bytes, not {type(text).__name__}")
    if format not in ("json", "yaml"):
        raise ValueError(f"format must be 'json' or 'yaml', not {format!r}")
    return parse(text if isinstance(text, str) else bytes(text), name=name, format=format)


def parse(data: bytes | str, *, name: str | None = None, format: str = "json") -> Document:  # noqa: A002
    """Parse a text as "json" or "yaml" by *format*; invalid content raises nothing.

    A "cassette" is YAML in which any tag is allowed, such as !!binary, as HTTP recorders write it.
    Raises ValueError for another format.
    """
    if type(data) is not bytes:
        data = data.encode(errors="surrogatepass") if isinstance(data, str) else bytes(data)
    jiter_message = ""
    if format == "json":
        try:
            value = from_json(
                data, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys"
            )
            if not (has_infinite(data, value) or _has_too_many_digits(value)):
                return Document(name, data, format, value)
        except ValueError as error:
            jiter_message = str(error)
    elif format not in ("yaml", "cassette"):
        raise ValueError(f"format is {format!r}, but must be 'json' or 'yaml'")
    return _document_with_errors(data, name, format, jiter_message)


def own_value(data: bytes) -> Any:
    """Return the value of a JSON text that fieldbound has written: none of it is in doubt."""
    return from_json(data, cache_mode="keys")


def _document_with_errors(
    data: bytes,
    name: str | None,
    format: str,  # noqa: A002
    jiter_message: str,
) -> Document:
    """Parse what jiter rejected, or YAML."""
    from .errors import DocumentError

    bom = _bom_of(data)
    body = data[len(bom) :]
    try:
        value, found = _parse_body(body, format, "" if bom else jiter_message)
    except DocumentError as error:
        value, found = None, [error]
    if bom:
        found.insert(0, DocumentError("byteOrderMark", 0))
    text = body if format == "json" else body.decode(errors="replace")
    violations = _violations(text, found)
    found.clear()  # an error refers to this frame by its traceback, which would be a cycle
    return Document(name, data, format, value, violations)


def _parse_body(body: bytes, format: str, jiter_message: str) -> tuple[Any, list[DocumentError]]:  # noqa: A002
    from .errors import DocumentError
    from .json_text import read

    for bom, encoding in _OTHER_BOMS.items():
        if body.startswith(bom):
            detail = f"the file is encoded as {encoding}: save it as UTF-8"
            raise DocumentError("encoding", 0, (), detail)
    if format == "json":
        return read(body, jiter_message)
    from . import yaml_text

    return yaml_text.read(body, any_tag=format == "cassette")


def _violations(text: bytes | str, errors: list[DocumentError]) -> tuple[Violation, ...]:
    from fieldbound.model import Violation, pointer_of  # slow to import

    places = places_at(text, [error.offset for error in errors])
    return tuple(
        Violation(
            error.code,
            pointer_of(error.path),
            actual=str(error.path[-1])[:_MAX_KEY] if error.code == "duplicateKey" else error.quoted,
            place=places[error.offset],
            detail=error.detail,
        )
        for error in errors
    )


def _bom_of(data: bytes) -> bytes:
    return _BOM if data.startswith(_BOM) else b""


def has_infinite(data: bytes, value: Any) -> bool:
    """Return whether a value, read from *data*, contains a number too large for a double."""
    zeros = data.translate(_DIGITS_TO_ZERO)
    possible = zeros.find(_LONG_EXPONENT) >= 0 or zeros.find(_MANY_DIGITS) >= 0
    return possible and _contains_infinity(value)


def _has_too_many_digits(value: Any) -> bool:
    """Return whether a value has an integer too long: of more digits than Python's limit."""
    return max_digits() < _JITER_DIGITS and has_long_integer(value)


def _contains_infinity(value: Any) -> bool:
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
        elif isinstance(each, float) and math.isinf(each):
            return True
    return False
