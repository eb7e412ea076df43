"""The nouns: facts go in, nothing comes out but the facts and the sentences made of them.

A noun is frozen, compares by value, pickles, and knows nothing of files, terminals or engines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final

#: How firmly a limit is known, the firmest first; `--fail-on` takes one of these.
SAYS: Final = ("stated", "observed", "example", "inferred")

#: Codes of a text that is no proper JSON. Every other code is the keyword that was broken.
TEXT_CODES: Final = (
    "syntax",
    "encoding",
    "byteOrderMark",
    "duplicateKey",
    "nonFinite",
    "loneSurrogate",
    "trailingData",
    "depth",
)


#: Violations that the repr of a report names.
_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit is documented.

    *key* is the document's short name in the vendor's `sources.json`, *title* its heading,
    *address* where it is read, *read* the ISO date on which the contract was last held against
    it. *address* and *read* are None where they are not known.
    """

    key: str
    title: str
    address: str | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One constraint of a contract, such as `maxLength 150` at `/InternalName`.

    *pointer* is a JSON Pointer into the instance with `*` for any item and any other name, and
    *location* the absolute keyword location: the place in the schemas at which it is written.
    *says* is one of `SAYS`, or None in a schema that names no source. A *sensitive* limit is one
    on a value that no output may show.
    """

    contract: str
    pointer: str
    keyword: str
    value: Any = field(hash=False)
    location: str
    says: str | None = None
    sources: tuple[Source, ...] = ()
    note: str | None = None
    sensitive: bool = False

    @property
    def id(self) -> str:
        """Contract, pointer and keyword: the same name in every output, diff and report."""
        return f"{self.contract}#{self.pointer}:{self.keyword}"

    @property
    def source(self) -> Source | None:
        """The first of the sources: the one to read."""
        return self.sources[0] if self.sources else None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a text: *line* and *column* count from 1, columns in code points."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken limit at a pointer, with what was found there.

    *code* is the keyword broken, or one of `TEXT_CODES`; *limit* is None only for the latter.
    *actual* is what was measured: a length or a count for the keywords that bound one, else the
    value found, of which at most a short excerpt is kept (None if the limit is sensitive);
    *kind* is its JSON type. *also* holds the other limits that the same value breaks, and
    *known* the names the contract knows where an unknown one was found. *detail* is what only
    the judge could tell, such as what a text lacks at its place.
    """

    code: str
    pointer: str
    limit: Limit | None = None
    actual: Any = field(default=None, hash=False)
    kind: str | None = None
    place: Place | None = None
    also: tuple[Limit, ...] = ()
    known: tuple[str, ...] = ()
    detail: str | None = None

    @property
    def says(self) -> str | None:
        """How firmly the firmest of the limits broken here is known; None: by decree."""
        limits = () if self.limit is None else (self.limit, *self.also)
        ranks = [SAYS.index(limit.says) for limit in limits if limit.says in SAYS]
        return SAYS[min(ranks)] if len(ranks) == len(limits) and ranks else None

    @property
    def message(self) -> str:
        """The violation in one sentence, made of its facts."""
        from . import wording

        return wording.message(self)

    @property
    def hint(self) -> str | None:
        """What to write instead, as JSON or in words, or None where there is no telling."""
        from . import hints

        return hints.hint(self)

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether this counts when only limits at least as firm as *fail_on* do."""
        return self.says is None or SAYS.index(self.says) <= SAYS.index(fail_on)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """All violations of one instance, in the order of the document, or none.

    *name* is the file the instance was read from. *unspecified* names, as pointer and reason,
    what is there that the vendor does not document and nobody judged. *lines* are the lines of
    the text that violations point at, for showing; they take no part in comparisons. Of an HTTP
    message, *about* says which it is, and *unjudged*, as pointer and reason, what of it could not
    be judged.
    """

    contract: str
    violations: tuple[Violation, ...] = ()
    name: str | None = None
    unspecified: Mapping[str, str] = field(default_factory=dict, hash=False)
    lines: Mapping[int, str] = field(default_factory=dict, repr=False, compare=False)
    about: str | None = None
    unjudged: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def ok(self) -> bool:
        """Whether the instance is valid."""
        return not self.violations

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether any violation is of a limit at least as firm as *fail_on*."""
        return any(violation.fails(fail_on) for violation in self.violations)

    def __repr__(self) -> str:
        told = [f"{each.code} at {each.pointer or 'the whole'}" for each in self.violations[:_TOLD]]
        more = f" and {len(self) - _TOLD} more" if len(self) > _TOLD else ""
        return f"<Report {self.name or self.contract}: {', '.join(told) + more or 'valid'}>"

    def __bool__(self) -> bool:
        return self.ok

    def __len__(self) -> int:
        return len(self.violations)

    def __iter__(self) -> Iterator[Violation]:
        return iter(self.violations)

    def __str__(self) -> str:
        from . import wording

        return wording.report(self)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """An HTTP request, or the response to one if it has a *status*.

    *method* and *url* are those of the request, *headers* a mapping or pairs of names and values.
    *body* is bytes, a text, or a JSON value that is not None; None stands for no body. *unread*
    tells why the body is not known, as that of a stream is not. The repr shows no values.

    Raises TypeError for parts of other types, ValueError for a URL that is none.
    """

    method: str
    url: str
    headers: Any = ()
    body: Any = None
    status: int | None = None
    unread: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.method, str) or not isinstance(self.url, str):
            raise TypeError("the method and the url of a message are texts")
        from urllib.parse import urlsplit

        try:
            urlsplit(self.url)
        except ValueError as error:
            raise ValueError(f"the url of a message is none: {error}") from None
        if self.status is not None and type(self.status) is not int:
            raise TypeError(f"the status of a message is an int, not {type(self.status).__name__}")
        given = self.headers.items() if isinstance(self.headers, Mapping) else self.headers or ()
        try:
            pairs = tuple([(_latin(name), _latin(value)) for name, value in given])
        except (TypeError, ValueError):
            raise TypeError("the headers of a message are a mapping, or pairs of texts") from None
        object.__setattr__(self, "method", self.method.upper())
        object.__setattr__(self, "headers", pairs)

    def __repr__(self) -> str:
        whole = f"{self.method} request" if self.status is None else f"{self.status} response"
        return f"<Message: {whole}, {len(self.headers)} headers>"


def _latin(text: Any) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else str(text)


@dataclass(frozen=True, slots=True)
class Breach:
    """An *instance* that breaks one *limit* and no other, and the *violation* it is reported as.

    The value that breaks the limit may break others that the limit makes superfluous, as "Yes"
    breaks the maxLength of a flag beside its enum: `violation.also` has them.
    """

    instance: Any = field(hash=False)
    limit: Limit
    violation: Violation


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of instances for one limit: *valid* is just at it, *invalid* just beyond it.

    Where there is no such instance, or none was found, *reason* tells why. It also tells, of an
    invalid instance that is there, by which other limits it is refused as well, for there is none
    that breaks this limit alone. *violation* is what the invalid one is reported as; it is None
    where there is none. *kept* is whether there is a valid one: null, in Python None, may be.
    """

    limit: Limit
    valid: Any = field(default=None, hash=False)
    invalid: Any = field(default=None, hash=False)
    violation: Violation | None = None
    reason: str | None = None
    kept: bool = True


class FieldboundError(Exception):
    """What every exception of fieldbound is: facts that compare, hash and pickle by value."""

    def _facts(self) -> tuple[Any, ...]:
        if not is_dataclass(self):
            return self.args
        return tuple(getattr(self, fact.name) for fact in fields(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._facts()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash((type(self), str(self)))


@dataclass(eq=False)
class Invalid(FieldboundError, ValueError):
    """An instance that breaks its contract; *report* has every violation."""

    report: Report

    def __str__(self) -> str:
        return str(self.report)


@dataclass(eq=False)
class BrokenContract(FieldboundError):
    """A contract that is itself at fault: *reason*, and *file*, *place* and *pointer* of it."""

    reason: str
    file: str | None = None
    place: Place | None = None
    pointer: str | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.place) if part is not None)
        at = f"at {self.pointer}: " if self.pointer else ""
        return f"{where}: {at}{self.reason}" if where else f"{at}{self.reason}"


@dataclass(eq=False)
class UnknownName(FieldboundError, LookupError):
    """No contract has this *name*; *closest* are names that exist."""

    name: str
    closest: tuple[str, ...] = ()
    reason: str | None = None

    def __str__(self) -> str:
        said = self.reason or f"there is no contract named {self.name!r}"
        if self.closest:
            return f"{said}; the closest: {', '.join(self.closest)}"
        lists = "`fieldbound contracts` lists them, the path of a file ends in .json, .yaml or .yml"
        return self.reason or f"{said}: {lists}"


@dataclass(eq=False)
class Unspecified(FieldboundError):
    """Nothing to judge by: the vendor does not document what *contract* names, for *reason*."""

    contract: str
    reason: str

    def __str__(self) -> str:
        return f"{self.contract}: nothing to judge by: {self.reason}"


@dataclass(eq=False)
class Unsatisfiable(FieldboundError, ValueError):
    """No instance of *contract* can be made, for *reason*."""

    contract: str
    reason: str

    def __str__(self) -> str:
        return f"{self.contract}: no instance can be made: {self.reason}"


@dataclass(eq=False)
class Inseparable(FieldboundError, ValueError):
    """A *limit* that cannot be broken alone: the limits *by* which stand in the way."""

    limit: Limit
    by: tuple[Limit, ...] = ()

    @property
    def reason(self) -> str:
        """Why it cannot be broken alone, in a few words."""
        if not self.by:
            return "no instance was found that breaks it and no other limit"
        ids = " and ".join(each.id.partition("#")[2] for each in self.by)
        return f"whatever breaks it is refused by {ids} as well"

    def __str__(self) -> str:
        return f"{self.limit.id} cannot be broken alone: {self.reason}"


@dataclass(eq=False)
class NotJSON(FieldboundError, TypeError):
    """A Python object that is no JSON value, with its *pointer* and *type*."""

    pointer: str
    type: str
    advice: str = "give str, int, float, bool, None, list or dict"

    def __str__(self) -> str:
        where = self.pointer or "the instance"
        return f"{where} is a Python {self.type}, no JSON value: {self.advice}"
