"""YAML text: the value by the core schema of YAML 1.2 and the first error, or offsets of values.

PyYAML only yields events; scalars are resolved here, so that `no`, `on` and `2024-01-31` are
strings. Nothing recurses. Offsets count characters.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from fieldbound.model import has_long_integer, too_many_digits

from .errors import EMPTY, MAX_DEPTH, NOT_UTF8, TOO_DEEP, DocumentError

if TYPE_CHECKING:
    from .positions import PositionTree

LONE_SURROGATE: Final = "lone surrogate escape: write the character itself"
_EXTRA_DATA: Final = "extra data after the value: keep one document"
#: How much aliases may add to a document, in values and hundreds of characters.
MAX_ALIAS_SIZE: Final = 1_000_000

_CORE_TAGS: Final = "tag:yaml.org,2002:"
_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NON_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]..(\\u[dD][c-fC-F]..)?")
_TAG_TYPES: Final[dict[str, type]] = {
    _CORE_TAGS + "str": str,
    _CORE_TAGS + "null": type(None),
    _CORE_TAGS + "bool": bool,
    _CORE_TAGS + "int": int,
    _CORE_TAGS + "float": float,
}
#: The tag of YAML, and that of Ruby's recorders.
_BINARY_TAGS: Final = (_CORE_TAGS + "binary", "!binary")
_NODE_PROPERTIES: Final = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\n]*)?)+)+")
# Characters that YAML does not allow, and those that are line ends in YAML 1.1 only. A byte order
# mark may start a document; what starts a line, parsers skip or take as text, each as it likes.
_FORBIDDEN: Final = re.compile(
    "(?m)^\ufeff|[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_BYTE_ORDER_MARK: Final = "\ufeff"
_LINE_ENDS: Final = "\x85\u2028\u2029"
# Too many directives: libyaml compares each with all before it.
_DIRECTIVES: Final = re.compile(r"^(?:%[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*){100}", re.MULTILINE)

# The message for a problem of PyYAML, with or without libyaml: the first pattern that matches.
_MESSAGES: Final = (
    ("escape|hexdec", "invalid escape: write \\\\ for a backslash, or use single quotes"),
    ("end of stream|document separator", "unterminated string: close its quotes"),
    ("cannot start any token", "an unquoted string cannot start with this character: quote it"),
    ("could not find expected ':'", "missing colon, or wrong indentation"),
    (
        "not allowed",
        "unexpected colon or dash, or wrong indentation: quote a string that contains a colon",
    ),
    (r"',' or '\]'", "expected a comma or ]"),
    (r"',' or '\}'", "expected a comma or }"),
    ("document start", _EXTRA_DATA),
    (
        "expected key|block end|'-' indicator",
        "indentation does not match any outer level, or missing comma",
    ),
    ("tag|directive|YAML document", "tag or directive is not supported: remove it"),
    ("alphabetic", "missing name after & or *: quote a string that starts with it"),
    ("node content", "expected a value"),
    ("", "invalid YAML: check indentation, quotes and brackets"),
)
_QUOTES: Final = ("'", '"')
_AFTER_STRING: Final = re.compile("expected key|block end")
#: Problems that are reported where their context starts.
_AT_CONTEXT: Final = re.compile("end of stream|document separator|expected ':'")


class _Anchor(NamedTuple):
    """The node of an anchor: *text* is None for a collection, *size* and *height* its extent."""

    value: Any
    text: str | None
    size: int
    height: int


class _Collection:
    """An open mapping or sequence: its value so far, and the key or index of the next value."""

    __slots__ = "anchor height key key_offset needs_key offset positions size value".split()

    def __init__(
        self, value: Any, offset: int, anchor: str | None, positions: PositionTree | None
    ) -> None:
        self.value, self.offset, self.anchor, self.positions = value, offset, anchor, positions
        self.key: Any = None
        self.key_offset, self.needs_key = -1, isinstance(value, dict)
        self.size, self.height = 1, 0


class _NestingLimit(Exception):
    """libyaml has a limit of nesting, too, and reaches it by reading ahead."""


def read(
    data: bytes, positions: PositionTree | None = None, *, any_tag: bool = False
) -> tuple[Any, list[DocumentError]]:
    """Parse a YAML text: return its value, and an error for each duplicate key.

    Raises the first other DocumentError. Enters offsets into *positions*. If *any_tag*, unknown
    tags are ignored, and !!binary makes bytes.
    """
    import yaml

    text, stop = _decode(data)
    composer = _Composer(text, stop, positions, any_tag)
    try:
        composer.run(getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except _NestingLimit:
        composer = _Composer(text, stop, positions, any_tag)
        composer.run(yaml.BaseLoader)  # which has no such limit
    return composer.value, composer.duplicates


def _decode(data: bytes) -> tuple[str, DocumentError | None]:
    """Return the text up to the first character that is not allowed, and the error there."""
    stop = None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data[: error.start].decode()
        stop = DocumentError("encoding", len(text), (), NOT_UTF8)
    if found := _FORBIDDEN.search(text):
        name = f"U+{ord(found[0]):04X}"
        detail = f"control character {name}: write it as an escape, in double quotes"
        if found[0] == _BYTE_ORDER_MARK:
            detail = "byte order mark (U+FEFF) after the start of the text: remove it"
        if found[0] in _LINE_ENDS:
            detail = f"{name} is a line end for some parsers only: write it as an escape"
        stop = DocumentError("syntax", found.start(), (), detail)
        text = text[: found.start()]
    return text, stop


def _decode_base64(text: str) -> bytes | str:
    from base64 import b64decode

    try:
        return b64decode(text)
    except ValueError:
        return text


class _Composer:
    """Composes a value from the events of *text*, and collects errors of *duplicates*.

    *stop* is the error at the end of the text, if it is not complete.
    """

    def __init__(
        self,
        text: str,
        stop: DocumentError | None,
        positions: PositionTree | None,
        any_tag: bool = False,
    ) -> None:
        self.text, self.stop, self.positions, self.any_tag = text, stop, positions, any_tag
        self.value: Any = None
        self.duplicates: list[DocumentError] = []
        self.collections: list[_Collection] = []
        self.anchors: dict[str, _Anchor | None] = {}  # None while its collection is open
        self.offset = self.documents = self.alias_size = 0

    def run(self, loader: Any) -> None:
        """Read to the end of the text; raise the first error that leaves no value."""
        import yaml

        if found := _DIRECTIVES.search(self.text):
            self._fail("syntax", found.start(), "too many directives: remove them")
        try:
            for event in yaml.parse(self.text, Loader=loader):
                self.offset = event.start_mark.index  # type: ignore[union-attr]
                self._add(type(event).__name__, event)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._raise(error)
        if self.stop:
            raise self.stop
        if not self.documents:
            self._fail("syntax", 0, EMPTY)

    def _add(self, kind: str, event: Any) -> None:
        if kind == "ScalarEvent":
            self._add_scalar(event, self._content_offset(event))
        elif kind == "AliasEvent":
            self._add_alias(event.anchor)
        elif kind == "MappingStartEvent":
            self._open({}, "map", event)
        elif kind == "SequenceStartEvent":
            self._open([], "seq", event)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()
        elif kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self._fail("trailingData", self.offset, "extra document: keep one")

    def _content_offset(self, event: Any) -> int:
        """Return the offset of a node after its anchor and tag."""
        if event.anchor is None and event.tag is None:
            return self.offset
        found = _NODE_PROPERTIES.match(self.text, self.offset)
        return found.end() if found else self.offset

    def _add_scalar(self, event: Any, at: int) -> None:
        first = self.text[self.offset : self.offset + 1]
        plain = event.implicit[0] and not event.style and first != "!"
        if self._needs_key():
            if plain and event.value == "<<":
                self._fail("syntax", at, "merge keys are not supported: write the properties out")
            value = self._resolve(event, plain, at) if event.anchor or event.tag else None
            self._add_key(event.value, at)
        else:
            self._enter_position(at)
            value = self._resolve(event, plain, at)
            self._add_value(value, at)
        size = 1 + len(event.value) // 100
        if self.collections:
            self.collections[-1].size += size
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(value, event.value, size, 0)

    def _add_alias(self, name: str) -> None:
        anchored = self.anchors.get(name)
        if anchored is None:
            is_open = name in self.anchors
            detail = "alias inside its own anchor" if is_open else "undefined alias: no such anchor"
            self._fail("syntax", self.offset, detail)
        self.alias_size += anchored.size
        if self.alias_size > MAX_ALIAS_SIZE:
            detail = f"aliases expand to more than {MAX_ALIAS_SIZE} values"
            self._fail("syntax", self.offset, detail)
        if self._needs_key():
            self._add_key(anchored.text, self.offset)
            return
        self._enter_position(self.offset)
        if len(self.collections) + anchored.height > MAX_DEPTH:
            self._fail("depth", self.offset, TOO_DEEP)
        self._add_value(anchored.value, self.offset)
        self._add_size(anchored.size, anchored.height)

    def _open(self, value: Any, kind: str, event: Any) -> None:
        at = self._content_offset(event)
        if self._needs_key():
            self._add_key(None, at)
        positions = self._enter_position(at)
        if event.tag not in (None, "!", _CORE_TAGS + kind) and not self.any_tag:
            self._fail_tag(event.tag, at)
        self._add_value(value, at)
        self.collections.append(_Collection(value, at, event.anchor, positions))
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def _close(self) -> None:
        collection = self.collections.pop()
        size, height = collection.size, collection.height + 1
        if collection.anchor is not None:
            self.anchors[collection.anchor] = _Anchor(collection.value, None, size, height)
        self._add_size(size, height)

    def _add_size(self, size: int, height: int) -> None:
        if self.collections:
            top = self.collections[-1]
            top.size, top.height = top.size + size, max(top.height, height)

    def _needs_key(self) -> bool:
        if len(self.collections) > MAX_DEPTH:
            self._fail("depth", self.collections[-1].offset, TOO_DEEP, inside=False)
        return bool(self.collections) and self.collections[-1].needs_key

    def _add_key(self, text: str | None, at: int) -> None:
        """Set the key of the next value; *text* is None if it is a collection."""
        top = self.collections[-1]
        if text is None:
            self._fail("syntax", at, "a key must be a string, not a sequence or mapping")
        top.key, top.key_offset, top.needs_key = text, at, False
        if text in top.value:
            self.duplicates.append(self._error("duplicateKey", at, None))

    def _enter_position(self, at: int) -> PositionTree | None:
        """Enter the offset of the next value, and return its subtree of positions, if any."""
        positions = self.positions
        if self.collections:
            top = self.collections[-1]
            if isinstance(top.value, list):
                top.key = len(top.value)
            tree = top.positions
            positions = tree.child(top.key, top.key_offset) if tree else None
        if positions:
            positions.value_offset = at
        return positions

    def _add_value(self, value: Any, at: int) -> None:
        if isinstance(value, float) and not math.isfinite(value):
            self._fail("nonFinite", at, None)
        if not self.collections:
            self.value = value
            return
        top = self.collections[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[top.key], top.needs_key = value, True

    def _resolve(self, event: Any, plain: bool, at: int) -> Any:
        """Return the value of a scalar by its tag, or else by the core schema."""
        text, tag = event.value, event.tag
        if not text.isascii() and _SURROGATE.search(text):
            self._fail("loneSurrogate", at, LONE_SURROGATE)
        if tag is None or tag == "!":
            return self._resolve_plain(text, at) if plain and tag is None else text
        types = _TAG_TYPES.get(tag)
        if types is None and self.any_tag:
            return _decode_base64(text) if tag in _BINARY_TAGS else text
        if types is None:
            self._fail_tag(tag, at)
        if types is str:
            return text
        value = self._resolve_plain(text, at)
        if types is float and type(value) is int:
            value = float(text) if text.lstrip("+-").isdecimal() else float(value)
        if type(value) is not types:
            self._fail("syntax", at, f"not a valid value for the tag !!{tag[len(_CORE_TAGS) :]}")
        return value

    def _resolve_plain(self, text: str, at: int) -> Any:
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _INTEGER.fullmatch(text):
            try:
                number = int(text, 0 if text[:2] in ("0o", "0x") else 10)
            except ValueError:  # the limit of int()
                self._fail("syntax", at, too_many_digits())
            if has_long_integer(number):
                self._fail("syntax", at, too_many_digits())
            return number
        if _FLOAT.fullmatch(text):
            return float(text)
        return math.inf if _NON_FINITE.fullmatch(text) else text

    def _raise(self, error: Exception) -> NoReturn:
        """Raise a DocumentError for an error of PyYAML, at its place."""
        problem = str(getattr(error, "problem", None) or "")
        if "maximum nesting depth" in problem:
            raise _NestingLimit from None
        mark = getattr(error, "problem_mark", None)
        end = len(self.text.rstrip())
        at = min(mark.index if mark else self.offset, end)
        if self.stop and at == end:
            raise self.stop from None
        context = getattr(error, "context_mark", None)
        if context and _AT_CONTEXT.search(problem):
            at = min(context.index, end)
        if "document start" in problem:
            self._fail("trailingData", at, _EXTRA_DATA)
        if "Unicode" in problem and (half := _SURROGATE_ESCAPE.match(self.text, at - 2)):
            self._fail("syntax" if half[1] else "loneSurrogate", at - 2, LONE_SURROGATE)
        detail = next(detail for pattern, detail in _MESSAGES if re.search(pattern, problem))
        before = self.text[max(at - 2, 0) : at].rstrip()
        if self.text[at : at + 1] == "\t":
            detail = "tab in indentation: use spaces"
        elif _AFTER_STRING.search(problem) and before.endswith(_QUOTES):
            detail = "unexpected text after a quoted string: write two ' for one inside '...'"
        self._fail("syntax", at, detail)

    def _fail_tag(self, tag: str, at: int) -> NoReturn:
        name = tag.replace(_CORE_TAGS, "!!", 1)[:20]
        error = self._error("syntax", at, f"tag {name} is not supported: remove it")
        error.quoted = name
        raise error

    def _error(self, code: str, at: int, detail: str | None, inside: bool = True) -> DocumentError:
        inside = inside and not (self.collections and self.collections[-1].needs_key)
        collections = self.collections if inside else self.collections[:-1]
        path = [each.key for each in collections if each.key is not None]
        return DocumentError(code, at, path, detail)

    def _fail(self, code: str, at: int, detail: str | None, inside: bool = True) -> NoReturn:
        raise self._error(code, at, detail, inside)
