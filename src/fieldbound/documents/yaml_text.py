"""The bytes of a YAML text go in; its value and faults, or the offsets of places in it, come out.

PyYAML only tells the events, one after the other; what a scalar stands for is told here, by the
core schema of YAML 1.2: so `no`, `on` and `2024-01-31` are strings. Nothing recurses. Offsets
count characters.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from .json_text import DEPTH, DIGITS, NOT_UTF8, TOO_DEEP, TOO_LONG, Fault

if TYPE_CHECKING:
    from .positions import PositionTree

_HALVED: Final = "an escape for half of a character: write the character itself"
#: What aliases may add to a document, in values and hundreds of characters.
EXPANDED: Final = 1_000_000

_CORE: Final = "tag:yaml.org,2002:"
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]..(\\u[dD][c-fC-F]..)?")
_TOO_LONG: Final = 10**DIGITS
_TAGGED: Final[dict[str, type]] = {
    _CORE + "str": str,
    _CORE + "null": type(None),
    _CORE + "bool": bool,
    _CORE + "int": int,
    _CORE + "float": float,
}
#: Of YAML, and as Ruby writes it.
_BINARY: Final = (_CORE + "binary", "!binary")
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\n]*)?)+)+")
# Line ends of YAML 1.1 that those of 1.2 are not, and what neither takes.
_FORBIDDEN: Final = re.compile(
    "^\ufeff|[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_LINE_ENDS: Final = "\x85\u2028\u2029"
# More directives than any text has: libyaml compares each to all before it.
_DIRECTIVES: Final = re.compile(r"^(?:%[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*){100}", re.MULTILINE)

# What PyYAML says, with libyaml or without, in words that say what to do; the first that is in it.
_DETAILS: Final = (
    ("escape|hexdec", "no escape of YAML: write \\\\ for a backslash, or use single quotes"),
    ("end of stream|document separator", "a string without an end: close its quotes"),
    ("cannot start any token", "a plain text cannot begin with this: put it in quotes"),
    ("could not find expected ':'", "a colon is missing, or the indent is wrong"),
    (
        "not allowed",
        "a colon or dash too many, or a wrong indent: put a text with a colon in quotes",
    ),
    (r"',' or '\]'", "a comma or ] is due here"),
    (r"',' or '\}'", "a comma or } is due here"),
    ("document start", "the text goes on after its value: keep one value"),
    (
        "expected key|block end|'-' indicator",
        "the indent fits no line above, or a comma is missing",
    ),
    ("tag|directive|YAML document", "a tag or directive that is not taken here: take it out"),
    ("alphabetic", "a name is missing after & or *: put a text that begins so in quotes"),
    ("node content", "a value is due here"),
    ("", "no proper YAML: mind indent, quotes and brackets"),
)
_QUOTES: Final = ("'", '"')
_UNENDED: Final = re.compile("expected key|block end")
#: Where it began says more than where it was noticed.
_BEGAN: Final = re.compile("end of stream|document separator|expected ':'")


class _Anchored(NamedTuple):
    """What an anchor names; *text* is None for a collection, *size* and *height* its extent."""

    value: Any
    text: str | None
    size: int
    height: int


class _Frame:
    """An open collection: its value so far, and the key or index that the next value has."""

    __slots__ = ("anchor", "at", "due", "height", "key", "key_at", "size", "value", "wanted")

    def __init__(
        self, value: Any, at: int, anchor: str | None, wanted: PositionTree | None
    ) -> None:
        self.value, self.at, self.anchor, self.wanted = value, at, anchor, wanted
        self.key: Any = None
        self.key_at, self.due = -1, isinstance(value, dict)
        self.size, self.height = 1, 0


def read(
    data: bytes, wanted: PositionTree | None = None, *, tagged: bool = False
) -> tuple[Any, list[Fault]]:
    """Read a YAML text: give its value, and a Fault for each repeated key.

    Raises the first Fault that leaves no value. Enters into *wanted* the offsets of all that is
    there of it. If *tagged*, any tag is taken: !!binary makes bytes, and one that is not known
    here leaves a scalar a string, a mapping a dict and a sequence a list.
    """
    composer = _Composer(*_decoded(data), wanted)
    composer.tagged = tagged
    composer.run()
    return composer.value, composer.repeated


def _decoded(data: bytes) -> tuple[str, Fault | None]:
    """Give the text up to the first character that YAML does not take, and the Fault there."""
    barrier = None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        text = data[: error.start].decode()
        barrier = Fault("encoding", len(text), (), NOT_UTF8)
    if found := _FORBIDDEN.search(text):
        name = f"U+{ord(found[0]):04X}"
        detail = f"a control character, {name}: write it as an escape, in double quotes"
        if found[0] in _LINE_ENDS:
            detail = f"{name} ends a line for some readers only: write it as an escape"
        text, barrier = text[: found.start()], Fault("syntax", found.start(), (), detail)
    return text, barrier


def _bytes(text: str) -> bytes | str:
    from base64 import b64decode

    try:
        return b64decode(text)
    except ValueError:
        return text


class _Composer:
    """Makes a value of the events of *text*, and Faults of its *repeated* keys.

    The *barrier* is the Fault of what stands behind the text, if it is not all there.
    """

    def __init__(self, text: str, barrier: Fault | None, wanted: PositionTree | None) -> None:
        self.text, self.barrier, self.wanted = text, barrier, wanted
        self.value: Any = None
        self.tagged = False
        self.repeated: list[Fault] = []
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Anchored | None] = {}  # None while its collection is open
        self.at = self.documents = self.expanded = 0

    def run(self) -> None:
        """Read to the end of the text; raise the first Fault that leaves no value."""
        import yaml

        if found := _DIRECTIVES.search(self.text):
            self._refuse("syntax", found.start(), "too many directives: take them out")
        loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        try:
            for event in yaml.parse(self.text, Loader=loader):
                self.at = event.start_mark.index  # type: ignore[union-attr]
                self._take(type(event).__name__, event)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._explain(error)
        if self.barrier:
            raise self.barrier
        if not self.documents:
            self._refuse("syntax", 0, "the text is empty")

    def _take(self, kind: str, event: Any) -> None:
        if kind == "ScalarEvent":
            self._scalar(event, self._content(event))
        elif kind == "AliasEvent":
            self._alias(event.anchor)
        elif kind == "MappingStartEvent":
            self._open({}, "map", event)
        elif kind == "SequenceStartEvent":
            self._open([], "seq", event)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._close()
        elif kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self._refuse("trailingData", self.at, "a second document: keep one")

    def _content(self, event: Any) -> int:
        """Give the offset of a node behind its anchor and tag."""
        if event.anchor is None and event.tag is None:
            return self.at
        found = _PROPERTIES.match(self.text, self.at)
        return found.end() if found else self.at

    def _scalar(self, event: Any, at: int) -> None:
        plain = event.implicit[0] and not event.style and self.text[self.at : self.at + 1] != "!"
        if self._key_is_due():
            if plain and event.value == "<<":
                self._refuse("syntax", at, "YAML 1.2 has no merge keys: write the members out")
            value = self._meaning(event, plain, at) if event.anchor or event.tag else None
            self._name(event.value, at)
        else:
            self._enter(at)
            value = self._meaning(event, plain, at)
            self._put(value, at)
        size = 1 + len(event.value) // 100
        if self.frames:
            self.frames[-1].size += size
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, event.value, size, 0)

    def _alias(self, name: str) -> None:
        anchored = self.anchors.get(name)
        if anchored is None:
            recursive = name in self.anchors
            self._refuse(
                "syntax",
                self.at,
                "an alias inside what it stands for" if recursive else "an alias without an anchor",
            )
        self.expanded += anchored.size
        if self.expanded > EXPANDED:
            self._refuse("syntax", self.at, f"aliases add more than {EXPANDED} values")
        if self._key_is_due():
            self._name(anchored.text, self.at)
            return
        self._enter(self.at)
        if len(self.frames) + anchored.height > DEPTH:
            self._refuse("depth", self.at, TOO_DEEP)
        self._put(anchored.value, self.at)
        self._grow(anchored.size, anchored.height)

    def _open(self, value: Any, kind: str, event: Any) -> None:
        at = self._content(event)
        if self._key_is_due():
            self._name(None, at)
        wanted = self._enter(at)
        if event.tag not in (None, "!", _CORE + kind) and not self.tagged:
            self._refuse_tag(event.tag, at)
        self._put(value, at)
        self.frames.append(_Frame(value, at, event.anchor, wanted))
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def _close(self) -> None:
        frame = self.frames.pop()
        if frame.anchor is not None:
            text = None
            self.anchors[frame.anchor] = _Anchored(frame.value, text, frame.size, frame.height + 1)
        self._grow(frame.size, frame.height + 1)

    def _grow(self, size: int, height: int) -> None:
        if self.frames:
            top = self.frames[-1]
            top.size, top.height = top.size + size, max(top.height, height)

    def _key_is_due(self) -> bool:
        if len(self.frames) > DEPTH:
            self._refuse("depth", self.frames[-1].at, TOO_DEEP, inside=False)
        return bool(self.frames) and self.frames[-1].due

    def _name(self, text: str | None, at: int) -> None:
        """Take *text* for the name of the next value; None is that of a collection."""
        top = self.frames[-1]
        if text is None:
            self._refuse("syntax", at, "a name is a string, not a list or mapping")
        top.key, top.key_at, top.due = text, at, False
        if text in top.value:
            self.repeated.append(self._fault("duplicateKey", at, None))

    def _enter(self, at: int) -> PositionTree | None:
        """Step to the place of a value in what is open."""
        wanted = self.wanted
        if self.frames:
            top = self.frames[-1]
            if isinstance(top.value, list):
                top.key = len(top.value)
            wanted = top.wanted.child(top.key, top.key_at) if top.wanted else None
        if wanted:
            wanted.at = at
        return wanted

    def _put(self, value: Any, at: int) -> None:
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse("nonFinite", at, None)
        if not self.frames:
            self.value = value
            return
        top = self.frames[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value[top.key], top.due = value, True

    def _meaning(self, event: Any, plain: bool, at: int) -> Any:
        """Tell what a scalar stands for, by its tag or else by the core schema."""
        text, tag = event.value, event.tag
        if not text.isascii() and _SURROGATE.search(text):
            self._refuse("loneSurrogate", at, _HALVED)
        if tag is None or tag == "!":
            return self._untagged(text, at) if plain and tag is None else text
        types = _TAGGED.get(tag)
        if types is None and self.tagged:
            return _bytes(text) if tag in _BINARY else text
        if types is None:
            self._refuse_tag(tag, at)
        if types is str:
            return text
        value = self._untagged(text, at)
        if types is float and type(value) is int:
            value = float(text) if text.lstrip("+-").isdecimal() else float(value)
        if type(value) is not types:
            self._refuse("syntax", at, f"this is not what the tag !!{tag[len(_CORE) :]} stands for")
        return value

    def _untagged(self, text: str, at: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _INTEGER.fullmatch(text):
            try:
                number = int(text, 0 if text[:2] in ("0o", "0x") else 10)
            except ValueError:  # Python has this limit, too
                number = _TOO_LONG
            if abs(number) >= _TOO_LONG:
                self._refuse("syntax", at, TOO_LONG)
            return number
        if _FLOAT.fullmatch(text):
            return float(text)
        return math.inf if _ENDLESS.fullmatch(text) else text

    def _explain(self, error: Exception) -> NoReturn:
        """Refuse what PyYAML refuses, at its place, in words that say what to do."""
        problem = str(getattr(error, "problem", None) or "")
        mark = getattr(error, "problem_mark", None)
        end = len(self.text.rstrip())
        at = min(mark.index if mark else self.at, end)
        if self.barrier and at == end:
            raise self.barrier from None
        began = getattr(error, "context_mark", None)
        if began and _BEGAN.search(problem):
            at = min(began.index, end)
        if "document start" in problem:
            self._refuse("trailingData", at, "the text goes on after its value: keep one value")
        if "Unicode" in problem and (half := _HALF.match(self.text, at - 2)):
            self._refuse("syntax" if half[1] else "loneSurrogate", at - 2, _HALVED)
        detail = next(detail for said, detail in _DETAILS if re.search(said, problem))
        if self.text[at : at + 1] == "\t":
            detail = "a tab cannot indent: use spaces"
        elif _UNENDED.search(problem) and self.text[max(at - 2, 0) : at].rstrip().endswith(_QUOTES):
            detail = "the string ends before this: write two ' for one inside '...'"
        self._refuse("syntax", at, detail)

    def _refuse_tag(self, tag: str, at: int) -> NoReturn:
        name = tag.replace(_CORE, "!!", 1)[:20]
        self._refuse("syntax", at, f"the tag {name} is not of JSON: take it out")

    def _fault(self, code: str, at: int, detail: str | None, inside: bool = True) -> Fault:
        inside = inside and not (self.frames and self.frames[-1].due)
        frames = self.frames if inside else self.frames[:-1]
        return Fault(code, at, [frame.key for frame in frames if frame.key is not None], detail)

    def _refuse(self, code: str, at: int, detail: str | None, inside: bool = True) -> NoReturn:
        raise self._fault(code, at, detail, inside)
