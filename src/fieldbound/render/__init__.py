"""Reports go in, chunks of text come out: a room for each output format, one table of them.

What the formats share is here: the style asked for, the count, and making text harmless. Whatever
comes from a user's data (values, names of members and of files) may hold terminal sequences, line
ends or characters that a format forbids, so each format passes it through `escaped`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import SAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Limit, Report, Violation

#: The name of what was read from standard input: no file has it.
STDIN: Final = "stdin"

#: The name of each format, and the module beside this file that has its `render`.
FORMATS: Final[dict[str, str]] = {
    "text": ".text",
    "json": ".json",
    "sarif": ".sarif",
    "junit": ".junit",
    "github": ".github",
}

#: Not printable in Python's sense, yet no harm: the joiners of emoji, Indic and Arabic script, and
#: the space of Chinese and Japanese.
_HARMLESS: Final = "\u200c\u200d\u3000"

#: How much of a limit's value a sentence shows, in characters.
_VALUE_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Style:
    """How reports are shown: `fail_on` is one of `SAYS`, what is less firm is only a warning.

    *color* and *excerpts* (the offending line of the text) concern the text format alone; *quiet*
    leaves out the count and what was not judged; *ascii* draws charts without block characters.
    """

    fail_on: str = SAYS[-1]
    color: bool = False
    excerpts: bool = False
    quiet: bool = False
    ascii: bool = False


@dataclass(slots=True)
class Tally:
    """The count over reports: documents, those of them invalid, violations, mere warnings.

    *unjudged* is the number of what should have been judged and could not be, *messages* that of
    the documents that are HTTP messages.
    """

    documents: int = 0
    invalid: int = 0
    violations: int = 0
    warnings: int = 0
    unjudged: int = 0
    messages: int = 0

    def add(self, report: Report, fail_on: str) -> None:
        """Count *report* in."""
        self.documents += 1
        self.messages += report.about is not None
        self.invalid += not report.ok
        self.violations += len(report)
        self.warnings += sum(not violation.fails(fail_on) for violation in report)

    def __str__(self) -> str:
        return self._judged() + (f"; {self.unjudged} could not be judged" * bool(self.unjudged))

    @property
    def _unit(self) -> str:
        return "message" if self.messages == self.documents > 0 else "document"

    def _judged(self) -> str:
        if not self.documents:
            return "no document judged"
        if not self.violations:
            return f"{self.documents} {self._unit}{'s' * (self.documents != 1)} valid"
        count = f"{self.violations} violation{'s' * (self.violations != 1)}"
        counted = f"{count} in {self.invalid} of {self.documents} {self._unit}s"
        if not self.warnings:
            return counted
        if self.warnings == self.violations:
            return f"{counted}, {'all ' * (self.warnings > 1)}only {_warn(self)}"
        return f"{counted}, {self.warnings} of them only {_warn(self)}"


def render(
    format: str,  # noqa: A002
    reports: Iterable[Report],
    style: Style,
    problems: Sequence[str] = (),
) -> Iterator[str]:
    """Give *reports* in the named format, piece by piece; `KeyError` if there is no such format.

    The formats text and github give each report as it comes; the others read all of them first.
    *problems* says of each thing that could not be judged why; it is looked at after the last
    report, so that it may grow while the reports are made.
    """
    room = import_module(FORMATS[format], __name__)
    chunks: Iterator[str] = room.render(reports, style, problems)
    return chunks


def escaped(text: str) -> str:
    r"""Make *text* harmless on any line: what is not printable is written as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def name(report: Report) -> str:
    """Name what was judged, harmlessly: the file, or the contract for a value without one."""
    return escaped(report.contract if report.name is None else report.name)


def in_workspace(name: str) -> str | None:
    """Give a file's name as seen from GITHUB_WORKSPACE, if that is set and the file lies below it.

    There annotations are looked for, whatever folder the command was run in.
    """
    import os
    from pathlib import Path

    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or name == STDIN:
        return None
    try:
        for whole in (os.path.abspath, os.path.realpath):
            file, root = Path(whole(name)), Path(whole(workspace))
            if file.is_relative_to(root):
                return file.relative_to(root).as_posix()
    except ValueError:  # no name of a file
        return None
    return None


def cells(text: str) -> int:
    """Count the cells of a terminal that *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in ("Mn", "Me", "Cf") else 1 + (east_asian_width(char) in "WF")
        for char in text
    )


def rule(limit: Limit) -> str:
    """Say a limit in short, such as `maxLength 150` or `required`."""
    import json

    if limit.value is True:
        return escaped(limit.keyword)

    value = json.dumps(limit.value, ensure_ascii=False, default=str)
    shown = value if len(value) <= _VALUE_SHOWN else value[: _VALUE_SHOWN - 1] + "…"
    return escaped(f"{limit.keyword} {shown}")


def cited(limit: Limit, told: set[Any] | None = None, *, address: bool = True) -> str | None:
    """Say where a limit is documented, such as `stated in "Title", https://…`, if anywhere.

    Without *address* by the title alone; so too where *told*, which grows, has the source already.
    """
    from fieldbound.wording import origin

    source = limit.source
    if source is not None and source.address:
        address = address and _news((source.title, source.address), told)
    said = origin(limit, address=address)
    return None if said is None else escaped(said)


def details(violation: Violation, told: set[Any] | None = None) -> Iterator[tuple[str, str]]:
    """Say what stands below a violation's message, in order: what a line is about, the line.

    What *told* has, the addresses and notes said before, is not said again; it grows.
    """
    limit = violation.limit
    if violation.hint is not None:
        yield "hint", escaped(f"hint: {violation.hint}")
    if limit is None:
        return
    if said := cited(limit, told):
        yield "source", said
    if limit.note and _news(limit.location, told):
        yield "note", escaped(f"note: {limit.note}")
    if firmer := _firmest(violation.also, limit):
        said = cited(firmer, told)
        yield "also", f"also breaks {rule(firmer)}" + (f", {said}" if said else "")


def said(report: Report, violation: Violation) -> str:
    """Give a violation's message, with the HTTP message that it is in."""
    about = f" (in {report.about})" if report.about else ""
    return escaped(violation.message + about)


class NotJudged:
    """What of the reports added nobody judged."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        self._unspecified: dict[str, dict[str, str]] = {}
        self._unread: dict[tuple[str, str, str], int] = {}
        for report in reports:
            self.add(report)

    def add(self, report: Report) -> None:
        """Note what of a report nobody judged."""
        self._unspecified.setdefault(report.contract, {}).update(report.unspecified)
        for pointer, reason in report.unjudged.items():
            key = report.contract, pointer, reason
            self._unread[key] = self._unread.get(key, 0) + 1

    def __iter__(self) -> Iterator[str]:
        yield from not_judged(self._unspecified)
        for (contract, pointer, reason), number in self._unread.items():
            times = f", {number} times" if number > 1 else ""
            yield escaped(f"not judged: {pointer or 'the whole'} of {contract}{times} ({reason})")


def not_judged(unspecified: dict[str, dict[str, str]]) -> Iterator[str]:
    """Say what nobody judged, a line each, of *unspecified*: contract -> pointer -> reason."""
    several = len(unspecified) > 1
    for contract, reasons in unspecified.items():
        of = f" of {contract}" if several else ""
        for pointer, reason in reasons.items():
            yield escaped(
                "not judged, for the vendor does not document it: "
                f"{pointer or 'the whole'}{of} ({reason})"
            )


def version() -> str:
    """Tell the version of fieldbound."""
    from fieldbound import __version__

    return str(__version__)


def ascii_json(value: Any) -> str:
    r"""Write *value* as JSON that any parser and any terminal takes, with a line end.

    All but printable ASCII is escaped; a lone surrogate, which strict parsers refuse, becomes
    `\ufffd`, and a number beyond JSON (NaN, infinity) becomes null.
    """
    import json
    import re

    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, indent=2, default=str)
    return re.sub(r"[^\n -~]", _json_escape, text) + "\n"


def _json_escape(match: Any) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the surrogates
        return "\\ufffd"
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _visible(char: str) -> str:
    if char.isprintable() or char in _HARMLESS:
        return char
    return char.encode("unicode_escape").decode()


def _news(fact: Any, told: set[Any] | None) -> bool:
    if told is None:
        return True
    known = fact in told
    told.add(fact)
    return not known


def _firmest(also: tuple[Limit, ...], limit: Limit) -> Limit | None:
    firmer = [each for each in also if _rank(each) < _rank(limit)]
    return min(firmer, key=_rank, default=None)


def _rank(limit: Limit) -> int:
    # What names no source holds by decree: nothing is firmer.
    return -1 if limit.says is None else SAYS.index(limit.says)


def _warn(tally: Tally) -> str:
    return "a warning" if tally.warnings == 1 else "warnings"
