"""A file or a text comes in, a Document goes out: its value, its faults, and where things stand.

JSON is read by jiter, at native speed. Only what jiter refuses is read a second time, by
`_json_text`, to find what is wrong and where. YAML is read by `_yaml_text`.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jiter import from_json

from fieldbound.model import Place, Violation

from .positions import PositionTree, places_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from .json_text import Fault

    Path: TypeAlias = tuple[str | int, ...]

#: The faults that leave a value to judge.
NON_FATAL: Final = frozenset({"byteOrderMark", "duplicateKey"})

_MARK: Final = b"\xef\xbb\xbf"
_OTHER_MARKS: Final = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_FORMATS: Final = {".yaml": "yaml", ".yml": "yaml"}
_LONGEST_LINE: Final = 1_000_000  # bytes
_KEY_SHOWN: Final = 60  # characters of a repeated key
_SAME_DIGIT: Final = bytes.maketrans(b"123456789+E", b"0000000000e")
# Without either of them, once its digits are all 0, a text has no number too large for a double.
_LONG_EXPONENT: Final = b"e000"
_MANY_DIGITS: Final = b"0" * 24


@dataclass(frozen=True, slots=True)
class Document:
    """An instance with its text, so that a place can be found in it.

    *name* is the file's name as given, *data* the text as read, *format* "json" or "yaml", and
    *value* the instance, or None where it could not be read. *faults* are what keeps the text
    from being proper JSON: violations with a code of `TEXT_CODES` and a place, most with the
    sentence in *detail*. A byte order mark and repeated keys leave a value to judge (of equal
    keys the last one's); of all other faults there is at most one, the first in the text, and
    then no repeated key is told.
    """

    name: str | None
    data: bytes = field(repr=False)
    format: str
    value: Any = field(hash=False)
    faults: tuple[Violation, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether *value* is an instance that can be judged."""
        return not self.faults or all(fault.code in NON_FATAL for fault in self.faults)

    def places(self, wanted: Iterable[tuple[Path, bool]]) -> dict[tuple[Path, bool], Place]:
        """Find where values and keys stand, in one pass over the text.

        *wanted* are pairs of a path into the instance (keys as str, indices as int) and whether
        the key is meant (True: its first character, the quote) or the value (False). For a path
        that does not exist it is the place of the nearest value on the way there.
        """
        pairs = dict.fromkeys(wanted)
        root = PositionTree()
        for path, _ in pairs:
            root.add(path)
        text = self.locate(root) if self.readable else b""
        offsets = {pair: max(root.offset(*pair), 0) for pair in pairs}
        found = places_at(text, offsets.values())
        return {pair: found[offset] for pair, offset in offsets.items()}

    def lines(self, numbers: Iterable[int]) -> dict[int, str]:
        """Give the lines of these numbers, from 1, without their ends.

        A line that is not there is left out, and so is one too long to be looked at.
        """
        found: dict[int, str] = {}
        start, line = len(_marked(self.data)), 1
        for number in sorted({number for number in numbers if number > 0}):
            while line < number:
                start, line = self.data.find(b"\n", start) + 1, line + 1
                if not start:
                    return found
            end = self.data.find(b"\n", start)
            end = end if end >= 0 else len(self.data)
            if end - start <= _LONGEST_LINE:
                text = self.data[start:end]
                found[number] = text.removesuffix(b"\r").decode(errors="replace")
        return found

    def locate(self, wanted: PositionTree) -> bytes | str:
        """Enter the offsets of what is wanted, and return the text that they count in.

        That is the text behind a byte order mark: bytes of JSON, characters of YAML. The document
        is a readable one.
        """
        body = self.data[len(_marked(self.data)) :]
        if self.format == "json":
            from .json_text import locate

            locate(body, wanted)
            return body
        from .yaml_text import read

        read(body, wanted, tagged=self.format == "cassette")
        return body.decode()


def read(path: str | os.PathLike[str], *, format: str | None = None) -> Document:  # noqa: A002
    """Read the file at *path* as JSON or, if its name ends in .yaml or .yml, as YAML.

    *format*, "json" or "yaml", says otherwise. What is in the file raises nothing: it is told in
    `Document.faults`. Raises OSError if the file cannot be read.
    """
    name = os.fsdecode(path)
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - pathlib is slow to import
    with open(name, "rb") as file:  # noqa: PTH123
        data = file.read()
    return parse(data, name=name, format=format or _FORMATS.get(suffix, "json"))


def parse(data: bytes | str, *, name: str | None = None, format: str = "json") -> Document:  # noqa: A002
    """Read a text, "json" or "yaml" by *format*; what is in it raises nothing.

    A "cassette" is YAML with the tags of those who record traffic, such as !!binary for bytes.
    Raises ValueError for another format.
    """
    if type(data) is not bytes:
        data = data.encode(errors="surrogatepass") if isinstance(data, str) else bytes(data)
    refusal = ""
    if format == "json":
        try:
            value = from_json(
                data, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys"
            )
            if not has_infinite(data, value):
                return Document(name, data, format, value)
        except ValueError as error:
            refusal = str(error)
    elif format not in ("yaml", "cassette"):
        raise ValueError(f"format is {format!r}, but must be 'json' or 'yaml'")
    return _faulty(data, name, format, refusal)


def _faulty(data: bytes, name: str | None, format: str, refusal: str) -> Document:  # noqa: A002
    """Read what jiter refused, or YAML."""
    from .json_text import Fault

    mark = _marked(data)
    body = data[len(mark) :]
    try:
        value, found = _read(body, format, "" if mark else refusal)
    except Fault as fault:
        value, found = None, [fault]
    if mark:
        found.insert(0, Fault("byteOrderMark", 0))
    text = body if format == "json" else body.decode(errors="replace")
    violations = _violations(text, found)
    found.clear()  # a fault knows this frame by its traceback: the circle would stay in memory
    return Document(name, data, format, value, violations)


def _read(body: bytes, format: str, refusal: str) -> tuple[Any, list[Fault]]:  # noqa: A002
    from .json_text import Fault, read

    for mark, encoding in _OTHER_MARKS.items():
        if body.startswith(mark):
            raise Fault("encoding", 0, (), f"the text is {encoding}: save it as UTF-8")
    if format == "json":
        return read(body, refusal)
    from . import yaml_text as _yaml_text

    return _yaml_text.read(body, tagged=format == "cassette")


def _violations(text: bytes | str, faults: list[Fault]) -> tuple[Violation, ...]:
    from fieldbound.model import pointer_of

    places = places_at(text, [fault.at for fault in faults])
    return tuple(
        Violation(
            fault.code,
            pointer_of(fault.path),
            actual=str(fault.path[-1])[:_KEY_SHOWN] if fault.code == "duplicateKey" else None,
            place=places[fault.at],
            detail=fault.detail,
        )
        for fault in faults
    )


def _marked(data: bytes) -> bytes:
    return _MARK if data.startswith(_MARK) else b""


def has_infinite(data: bytes, value: Any) -> bool:
    """Whether a value, read from *data*, has a number too large for a double anywhere."""
    digits = data.translate(_SAME_DIGIT)
    large = digits.find(_LONG_EXPONENT) >= 0 or digits.find(_MANY_DIGITS) >= 0
    return large and _has_endless(value)


def _has_endless(value: Any) -> bool:
    """Whether there is an infinite number anywhere in a value."""
    rest = [value]
    while rest:
        each = rest.pop()
        if isinstance(each, dict):
            rest.extend(each.values())
        elif isinstance(each, list):
            rest.extend(each)
        elif isinstance(each, float) and math.isinf(each):
            return True
    return False
