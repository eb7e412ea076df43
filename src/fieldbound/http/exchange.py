"""The texts and the body of a message go in; what contracts say of them comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from fieldbound.catalog import Operations
from fieldbound.documents import parse
from fieldbound.model import Limit, Report, Unspecified, Violation, closest, pointer_of, tokens_of
from fieldbound.openapi import At, Named, is_credential, is_form, is_json, main_type
from fieldbound.validation import Contract, shape

from .adapters import Body
from .deserialize import Parameter, read_cookies, read_named, read_query
from .form_data import NoForm, read_form
from .media_types import MediaTypes, bare

CONTENT_TYPE: Final = "Content-Type"
_AT_TYPE: Final = f"/headers/{CONTENT_TYPE}"
_NOT_READ: Final = "its media type is none that is read here"
_UNKNOWN_TYPE: Final = "its media type is none that is documented"
_WHOLE_QUERY: Final = "the document takes the query as a whole, which is not read here"
_NO_MEDIA_TYPE: Final = "no media type is documented for it"
_NO_FORM: Final = "the text is no form, as its media type says it is: send {}"
_NO_SCHEMA: Final = "the document has no schema for it"
#: How credentials begin, under whatever name they are sent.
_CREDENTIAL: Final = re.compile(
    r"(?:basic|bearer|digest|token|apikey|negotiate)\s+\S", re.IGNORECASE
)
_FORM: Final = re.compile(rb"\s*(?![{\[<])[^\s=]*=")  # how a form begins
_CLOSED: Final = ("additionalProperties", "unevaluatedProperties")
_NAME: Final = re.compile(r"[\w$.:@~\[\]() -]{1,60}")
#: Statuses of responses without a body.
BODILESS: Final = (204, 205, 304)


class Texts(NamedTuple):
    """What a message says beside its body, as it is written: headers by name in lower case."""

    headers: Mapping[str, str]
    written: Iterable[tuple[str, str]] = ()  # the headers as they were sent
    query: str = ""
    path: Mapping[str, str] = {}


class Findings:
    """What has been found in one message so far; *counted* unless the message is our own."""

    def __init__(self, *, counted: bool = True) -> None:
        self._counted = counted
        self.violations: list[Violation] = []
        self.unspecified: dict[str, str] = {}
        self.not_checked: dict[str, str] = {}

    def add(self, prefix: str, report: Report) -> None:
        """Add what was found in a part of the message, which is under a prefix of pointers."""
        self.violations += [_under(prefix, each) for each in report.violations]
        self.unspecified.update({prefix + at: why for at, why in report.unspecified.items()})

    def judge(self, prefix: str, contract: Contract, instance: Any) -> None:
        """Judge a part of the message."""
        check = contract.check if self._counted else contract.unrecorded_check
        try:
            self.add(prefix, check(instance))
        except Unspecified as error:
            self.unspecified[prefix] = error.reason

    def report(self, contract: str, about: str) -> Report:
        """Return all of it."""
        return Report(
            contract,
            tuple(self.violations),
            None,
            self.unspecified,
            about=about,
            not_checked=self.not_checked,
        )


def _under(prefix: str, violation: Violation) -> Violation:
    """Return a violation at its pointer in the message, without what looks like a credential."""
    pointer, actual = prefix + violation.pointer, violation.actual
    names = tokens_of(violation.pointer)
    hidden = isinstance(actual, str) and prefix != "/body" and _CREDENTIAL.match(actual)
    if hidden or any(map(is_credential, names)):
        return replace(violation, pointer=pointer, actual=None, detail=_shown(violation))
    unknown = violation.code in _CLOSED and prefix == "/query"
    if unknown and names and not _NAME.fullmatch(names[-1]):  # what is no name may be anything
        return replace(violation, pointer=f"{prefix}/…", known=())
    return replace(violation, pointer=pointer)


def _shown(violation: Violation) -> str | None:
    """Return the detail of a violation, of which none is told of a text that is not to be shown."""
    return None if violation.limit is None else violation.detail


class NamedSet:
    """A set of names of an operation: its headers, or its parameters in one place."""

    def __init__(self, contract: Contract, place: str, named: Iterable[Named]) -> None:
        self.contract = contract
        references = contract.references
        properties = references.child(references.root, "properties")
        self.place = place
        self.parameters = [
            Parameter(each, place, shape(references, references.child(properties, each.name)))
            for each in named
        ]
        self.known = frozenset(each.name.lower() for each in self.parameters)

    def read(self, texts: Texts) -> dict[str, Any]:
        """Return the values of these names in a message."""
        if self.place == "query":
            return read_query(self.parameters, texts.query)
        if self.place == "cookie":
            return read_cookies(self.parameters, texts.headers.get("cookie", ""))
        if self.place == "path":
            return read_named(self.parameters, texts.path)
        headers = texts.headers
        if CONTENT_TYPE.lower() in self.known and "content-type" in headers:
            headers = {**headers, "content-type": bare(headers["content-type"])}
        return read_named(self.parameters, headers)


class Side:
    """The request of an operation, or one of its responses, and the contracts of its parts.

    Each is compiled when it is first needed. *part* is "request", or "response." and the status.
    """

    def __init__(
        self,
        described: Operations,
        operation: str,
        part: str,
        frame: Callable[[list[str]], dict[str, Any]],
        about: At,
    ) -> None:
        self._described = described
        self._operation = operation
        self._part = part
        self._make_frame = frame
        self._about = self._message = about
        self._bodies: dict[str, Contract | None] = {}
        self._frame: Contract | None = None
        self.sets: dict[str, NamedSet] = {}
        self.media = MediaTypes(())
        self._main: str | None = None
        self._schemas: dict[str, At | None] = {}
        self.documents_body = False
        self.required = False
        self.has_querystring = False

    def enter(self, pointer: str, part: str, place: str, named: list[Named]) -> None:
        """Take in a set of names."""
        contract = self._described.contract(self._operation, part)
        if contract is not None:
            self.sets[pointer] = NamedSet(contract, place, named)

    def enter_body(self, message: At | None, schemas: Mapping[str, At | None]) -> None:
        """Take in what is said of the body."""
        self._message = message or self._about
        self._schemas = dict(schemas)
        self.media = MediaTypes(self._schemas)
        self._main = main_type(self._schemas)
        self.documents_body = message is not None

    # -- judging ---------------------------------------------------------------------------------

    def check_texts(self, texts: Texts, findings: Findings) -> None:
        """Judge all but the body."""
        for pointer, each in self.sets.items():
            findings.judge(pointer, each.contract, each.read(texts))
        if self.has_querystring:
            findings.not_checked["/query"] = _WHOLE_QUERY
        elif "/query" not in self.sets and texts.query and self._part == "request":
            self._framed("/query", dict.fromkeys(read_query((), texts.query)), findings)
        if findings.violations:
            told = [each for each in findings.violations if not _is_range(each, texts)]
            findings.violations = _mended(told, texts, self.sets)

    def check_body(self, body: Body, headers: Mapping[str, str], findings: Findings) -> None:
        """Judge the body, and whether it may be there, as the media type it is said to be."""
        if body.unread is not None:
            findings.not_checked["/body"] = body.unread
        if body.absent:
            if self.required:
                self._framed("/body", None, findings)
            return
        if not self.documents_body or not self.media:
            if self.documents_body or self._may_have_a_body():
                findings.unspecified["/body"] = _NO_MEDIA_TYPE
            elif body.unread is None:
                self._framed("/body", True, findings)
            return
        given = headers.get("content-type")
        kind = self.media.find(given) if given else None
        if kind is None:
            self._wrong_type(given, findings)
            kind = self._main if given is None or _looks_like_json(body) else None
        if kind is not None and body.unread is None:
            self._judge_body(body, kind, given or "", findings)
        elif body.unread is None:
            findings.not_checked["/body"] = _UNKNOWN_TYPE

    def _may_have_a_body(self) -> bool:
        """Return whether this is a response that may have a body, though none is documented."""
        status = self._part.partition(".")[2]
        return bool(status) and status not in map(str, BODILESS)

    def _wrong_type(self, given: str | None, findings: Findings) -> None:
        """Tell that a media type is not one of those documented, once."""
        wrong = Findings()
        self._framed("/headers", {CONTENT_TYPE: bare(given)} if given else {}, wrong)
        told = {each.pointer: index for index, each in enumerate(findings.violations)}
        for each in wrong.violations:
            index = told.get(each.pointer)
            if index is None:
                findings.violations.append(each)
            elif each.code != "required":  # the header has a limit of its own, which says the same
                also = (*each.also, *_limits(findings.violations[index]))
                findings.violations[index] = replace(each, also=also)

    def _judge_body(self, body: Body, kind: str, given: str, findings: Findings) -> None:
        if self._schemas[kind] is None:
            findings.unspecified["/body"] = _NO_SCHEMA
            return
        contract = self.body(kind)
        actual = bare(given) or kind
        if contract is None:
            findings.not_checked["/body"] = _NOT_READ
        elif body.data is None:
            findings.judge("/body", contract, body.value)
        elif is_json(actual) or ((is_json(kind) or not given) and _looks_like_json(body)):
            findings.judge("/body", contract, parse(body.data))
        elif is_form(actual):
            self._judge_form(body.data, given or kind, contract, findings)
        elif actual == "text/plain":
            root = shape(contract.references, contract.references.root)
            findings.judge("/body", contract, root.cast(body.data.decode(errors="replace")))
        else:
            findings.not_checked["/body"] = _NOT_READ

    def _judge_form(self, data: bytes, kind: str, contract: Contract, findings: Findings) -> None:
        if not bare(kind).startswith("multipart/") and not _FORM.match(data):
            detail = _NO_FORM.format("name=value, and & between them")
            findings.violations.append(Violation("syntax", "/body", detail=detail))
            return
        root = shape(contract.references, contract.references.root)
        try:
            form = read_form(data, kind, root, self.encoding(kind))
        except NoForm as error:
            findings.violations.append(Violation("syntax", "/body", detail=str(error)))
        else:
            findings.judge("/body", contract, form)

    def encoding(self, kind: str) -> Mapping[str, Any]:
        """Return what is said of the fields of a form: by name, how each is written."""
        found = self._message.get("content", self.media.find(kind) or kind, "encoding")
        return found.value if found and isinstance(found.value, dict) else {}

    def body(self, kind: str) -> Contract | None:
        """Return the contract of the body in one media type; None: it has none that is read."""
        if kind not in self._bodies:
            own, main = self._schemas[kind], self._schemas.get(self._main or "")
            same = own is not None and main is not None and own.value == main.value
            bare_part = "" if self._part == "request" else self._part
            part = bare_part if same else f"{self._part}.{kind}"
            self._bodies[kind] = self._described.contract(self._operation, part)
        return self._bodies[kind]

    def _framed(self, pointer: str, found: Any, findings: Findings) -> None:
        """Tell what is wrong with what was found at one pointer, None being nothing."""
        if self._frame is None:
            schema = self._make_frame(self.media.names)
            name = self._described.named(self._operation, f"{self._part}.message")
            self._frame = self._described.framed(name, schema, self._about)
        whole = {"body": True, pointer[1:]: found}
        instance = {name: each for name, each in whole.items() if each is not None}
        wrong = Findings()
        wrong.judge("", self._frame, instance)
        findings.violations += [
            each for each in wrong.violations if each.pointer.startswith(pointer)
        ]


def _looks_like_json(body: Body) -> bool:
    if body.data is None:
        return body.unread is None
    return parse(body.data).readable


def _is_range(violation: Violation, texts: Texts) -> bool:
    """Whether an Accept is found fault with that names several media types, or a range of them."""
    named = violation.pointer.lower() == "/headers/accept" and violation.code != "required"
    return named and not {"*", ",", ";"}.isdisjoint(texts.headers.get("accept", ""))


def _limits(violation: Violation) -> tuple[Limit, ...]:
    return (*((violation.limit,) if violation.limit else ()), *violation.also)


# -- one violation for one mistake ---------------------------------------------------------------


def _mended(
    violations: list[Violation], texts: Texts, sets: Mapping[str, NamedSet]
) -> list[Violation]:
    """Tell what is missing in the headers, but there under another name, as one mistake."""
    headers = sets.get("/headers")
    if headers is None:
        return violations
    others = [name for name, _ in texts.written if name.lower() not in headers.known]
    strays = {
        each.pointer.rpartition("/")[2].lower(): each.pointer
        for each in violations
        if each.code == "additionalProperties" and each.pointer.startswith("/query/")
    }
    told, folded = [], set[str]()
    for each in violations:
        if each.code == "required" and each.pointer.startswith("/headers/"):
            name = each.pointer.rpartition("/")[2]
            stray = strays.get(name.lower()) or _meant(name, others)
            if stray is not None:
                folded.add(stray)
                each = replace(each, detail=stray)  # noqa: PLW2901
        told.append(each)
    return [each for each in told if each.pointer not in folded]


def _meant(name: str, others: Iterable[str]) -> str | None:
    """Return the pointer of the header that stands for the one of that name, if one does."""
    meant = closest(name, others)
    if meant is None and is_credential(name):
        meant = next(
            (each for each in others if is_credential(each) and "cookie" not in each.lower()), None
        )
    return None if meant is None else "/headers" + pointer_of((meant,))
