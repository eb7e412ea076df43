"""Checking the head and the body of a message by the contracts of its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from fieldbound.catalog import OperationContracts
from fieldbound.documents import parse
from fieldbound.model import (
    Limit,
    Report,
    Unspecified,
    Violation,
    closest_name,
    pointer_of,
    tokens_of,
)
from fieldbound.openapi import (
    ParameterObject,
    SpecNode,
    default_media_type,
    is_credential,
    is_form,
    is_json,
)
from fieldbound.validation import Coercion, Contract, checker_of, coercion_of

from .adapters import Body
from .deserialize import Parameter, parse_cookies, parse_query, parse_single
from .form_data import InvalidForm, parse_form
from .media_types import MediaTypes, strip_parameters

CONTENT_TYPE: Final = "Content-Type"
_CONTENT_TYPE_POINTER: Final = f"/headers/{CONTENT_TYPE}"
_UNSUPPORTED_TYPE: Final = "its media type is not supported"
_UNKNOWN_TYPE: Final = "its media type is not documented"
_QUERYSTRING: Final = "parameters with in: querystring are not supported"
_NO_MEDIA_TYPE: Final = "no media type is documented for it"
_INVALID_FORM: Final = "invalid form data: it must be name=value pairs, joined by &"
_NO_SCHEMA: Final = "no schema is documented for it"
#: Values that look like credentials, whatever their name.
_CREDENTIAL: Final = re.compile(
    r"(?:basic|bearer|digest|token|apikey|negotiate)\s+\S", re.IGNORECASE
)
_FORM_START: Final = re.compile(rb"\s*(?![{\[<])[^\s=]*=")
_UNKNOWN_NAME_CODES: Final = ("additionalProperties", "unevaluatedProperties")
_NAME: Final = re.compile(r"[\w$.:@~\[\]() -]{1,60}")
#: Status codes of responses that never have a body.
BODILESS: Final = (204, 205, 304)


class MessageHead(NamedTuple):
    """The headers, query string and raw path parameters of a message."""

    headers: Mapping[str, str]  # by lower-case name, repeated ones joined
    header_pairs: Iterable[tuple[str, str]] = ()
    query: str = ""
    path: Mapping[str, str] = {}


class ReportBuilder:
    """Collects the violations of one message; *counted* in limit coverage or not."""

    def __init__(self, *, counted: bool = True) -> None:
        self._counted = counted
        self.violations: list[Violation] = []
        self.unspecified: dict[str, str] = {}
        self.not_checked: dict[str, str] = {}

    def add(self, prefix: str, report: Report) -> None:
        """Add the violations of a part of the message, whose pointers get a prefix."""
        self.violations += [_at_pointer(prefix, each) for each in report.violations]
        self.unspecified.update({prefix + at: why for at, why in report.unspecified.items()})
        self.not_checked.update({prefix + at: why for at, why in report.not_checked.items()})

    def check(self, prefix: str, contract: Contract, instance: Any) -> None:
        """Check a part of the message."""
        check = contract.check if self._counted else checker_of(contract).check
        try:
            self.add(prefix, check(instance))
        except Unspecified as error:
            self.unspecified[prefix] = error.reason

    def build(self, contract: str, about: str) -> Report:
        """Return the report of the message."""
        return Report(
            contract,
            tuple(self.violations),
            None,
            self.unspecified,
            about=about,
            not_checked=self.not_checked,
        )


def _at_pointer(prefix: str, violation: Violation) -> Violation:
    """Return a violation with its pointer in the message, and without credentials."""
    pointer, actual = prefix + violation.pointer, violation.actual
    names = tokens_of(violation.pointer)
    hidden = isinstance(actual, str) and prefix != "/body" and _CREDENTIAL.match(actual)
    if hidden or any(map(is_credential, names)):
        return replace(violation, pointer=pointer, actual=None, detail=_public_detail(violation))
    unknown = violation.code in _UNKNOWN_NAME_CODES and prefix == "/query"
    if unknown and names and not _NAME.fullmatch(names[-1]):  # it may be a secret
        return replace(violation, pointer=f"{prefix}/…", known=())
    return replace(violation, pointer=pointer)


def _public_detail(violation: Violation) -> str | None:
    """Return the detail of a violation, unless it may quote a secret."""
    return None if violation.limit is None else violation.detail


class ParameterSet:
    """The headers of an operation, or its parameters in one location, and their contract."""

    def __init__(
        self, contract: Contract, location: str, definitions: Iterable[ParameterObject]
    ) -> None:
        self.contract = contract
        references = checker_of(contract).references
        properties = references.child(references.root, "properties")
        self.location = location
        self.parameters = [
            Parameter(
                each, location, coercion_of(references, references.child(properties, each.name))
            )
            for each in definitions
        ]
        self.known = frozenset(each.name.lower() for each in self.parameters)

    def parse(self, head: MessageHead) -> dict[str, Any]:
        """Return the values of these parameters in a message."""
        if self.location == "query":
            return parse_query(self.parameters, head.query)
        if self.location == "cookie":
            return parse_cookies(self.parameters, head.headers.get("cookie", ""))
        if self.location == "path":
            return parse_single(self.parameters, head.path)
        headers = head.headers
        if CONTENT_TYPE.lower() in self.known and "content-type" in headers:
            headers = {**headers, "content-type": strip_parameters(headers["content-type"])}
        return parse_single(self.parameters, headers)


class MessageSpec:
    """The documented request of an operation, or one of its responses: contracts of its parts.

    Each is compiled when it is first needed. *part* is "request" or "response.<status code>".
    """

    def __init__(
        self,
        contracts: OperationContracts,
        operation: str,
        part: str,
        envelope_schema: Callable[[list[str]], dict[str, Any]],
        node: SpecNode,
    ) -> None:
        self._contracts = contracts
        self._operation = operation
        self._part = part
        self._envelope_schema = envelope_schema
        self._node = self._body_node = node
        self._bodies: dict[str, Contract | None] = {}
        self._envelope: Contract | None = None
        self.parameter_sets: dict[str, ParameterSet] = {}
        self.media_types = MediaTypes(())
        self._default_type: str | None = None
        self._schemas: dict[str, SpecNode | None] = {}
        self.has_documented_body = False
        self.body_required = False
        self.has_querystring_parameter = False

    def add_parameters(
        self, pointer: str, part: str, location: str, definitions: list[ParameterObject]
    ) -> None:
        """Add the parameters of one location, or the headers."""
        contract = self._contracts.contract(self._operation, part)
        if contract is not None:
            self.parameter_sets[pointer] = ParameterSet(contract, location, definitions)

    def add_body(self, node: SpecNode | None, schemas: Mapping[str, SpecNode | None]) -> None:
        """Add the body, with its schemas by media type."""
        self._body_node = node or self._node
        self._schemas = dict(schemas)
        self.media_types = MediaTypes(self._schemas)
        self._default_type = default_media_type(self._schemas)
        self.has_documented_body = node is not None

    # -- checking --------------------------------------------------------------------------------

    def check_head(self, head: MessageHead, report: ReportBuilder) -> None:
        """Check all but the body."""
        for pointer, each in self.parameter_sets.items():
            report.check(pointer, each.contract, each.parse(head))
        if self.has_querystring_parameter:
            report.not_checked["/query"] = _QUERYSTRING
        elif "/query" not in self.parameter_sets and head.query and self._part == "request":
            self._check_envelope("/query", dict.fromkeys(parse_query((), head.query)), report)
        if report.violations:
            violations = [each for each in report.violations if not _is_range(each, head)]
            report.violations = _merge_misplaced(violations, head, self.parameter_sets)

    def check_body(self, body: Body, headers: Mapping[str, str], report: ReportBuilder) -> None:
        """Check the body by its media type, and whether there may be one."""
        if body.unread is not None:
            report.not_checked["/body"] = body.unread
        if body.is_absent:
            if self.body_required:
                self._check_envelope("/body", None, report)
            return
        if not self.has_documented_body or not self.media_types:
            if self.has_documented_body or self._may_have_body():
                report.unspecified["/body"] = _NO_MEDIA_TYPE
            elif body.unread is None:
                self._check_envelope("/body", True, report)
            return
        sent = headers.get("content-type")
        media_type = self.media_types.find(sent) if sent else None
        if media_type is None:
            self._report_media_type(sent, report)
            media_type = self._default_type if sent is None or _looks_like_json(body) else None
        if media_type is not None and body.unread is None:
            self._check_body_as(body, media_type, sent or "", report)
        elif body.unread is None:
            report.not_checked["/body"] = _UNKNOWN_TYPE

    def _may_have_body(self) -> bool:
        """Return whether this is a response whose status code allows a body."""
        status = self._part.partition(".")[2]
        return bool(status) and status not in map(str, BODILESS)

    def _report_media_type(self, sent: str | None, report: ReportBuilder) -> None:
        """Report that a media type is not documented, as one violation with its header's own."""
        envelope = ReportBuilder()
        self._check_envelope(
            "/headers", {CONTENT_TYPE: strip_parameters(sent)} if sent else {}, envelope
        )
        reported = {each.pointer: index for index, each in enumerate(report.violations)}
        for each in envelope.violations:
            index = reported.get(each.pointer)
            if index is None:
                report.violations.append(each)
            elif each.code != "required":  # the header's own limit says the same
                also = (*each.also, *_all_limits(report.violations[index]))
                report.violations[index] = replace(each, also=also)

    def _check_body_as(self, body: Body, media_type: str, sent: str, report: ReportBuilder) -> None:
        """Check a body by the schema of a documented media type; *sent* is its Content-Type."""
        if self._schemas[media_type] is None:
            report.unspecified["/body"] = _NO_SCHEMA
            return
        contract = self.body_contract(media_type)
        actual = strip_parameters(sent) or media_type
        if contract is None:
            report.not_checked["/body"] = _UNSUPPORTED_TYPE
        elif body.data is None:
            report.check("/body", contract, body.value)
        elif is_json(actual) or ((is_json(media_type) or not sent) and _looks_like_json(body)):
            report.check("/body", contract, parse(body.data))
        elif is_form(actual):
            self._check_form(body.data, sent or media_type, contract, report)
        elif actual == "text/plain":
            text = body.data.decode(errors="replace")
            report.check("/body", contract, _coercion(contract).cast(text))
        else:
            report.not_checked["/body"] = _UNSUPPORTED_TYPE

    def _check_form(
        self, data: bytes, media_type: str, contract: Contract, report: ReportBuilder
    ) -> None:
        is_multipart = strip_parameters(media_type).startswith("multipart/")
        if not is_multipart and not _FORM_START.match(data):
            report.violations.append(Violation("syntax", "/body", detail=_INVALID_FORM))
            return
        try:
            form = parse_form(data, media_type, _coercion(contract), self.encoding(media_type))
        except InvalidForm as error:
            report.violations.append(Violation("syntax", "/body", detail=str(error)))
        else:
            report.check("/body", contract, form)

    def encoding(self, media_type: str) -> Mapping[str, Any]:
        """Return the Encoding Objects of the fields of a form, by name."""
        name = self.media_types.find(media_type) or media_type
        found = self._body_node.get("content", name, "encoding")
        return found.value if found and isinstance(found.value, dict) else {}

    def body_contract(self, media_type: str) -> Contract | None:
        """Return the contract of the body in a documented media type, or None."""
        if media_type not in self._bodies:
            own, default = self._schemas[media_type], self._schemas.get(self._default_type or "")
            same = own is not None and default is not None and own.value == default.value
            default_part = "" if self._part == "request" else self._part
            part = default_part if same else f"{self._part}.{media_type}"
            self._bodies[media_type] = self._contracts.contract(self._operation, part)
        return self._bodies[media_type]

    def _check_envelope(self, pointer: str, value: Any, report: ReportBuilder) -> None:
        """Check what is at one pointer of the envelope; a value of None is missing."""
        if self._envelope is None:
            schema = self._envelope_schema(self.media_types.names)
            name = self._contracts.contract_name(self._operation, f"{self._part}.message")
            self._envelope = self._contracts.envelope_contract(name, schema, self._node)
        values = {"body": True, pointer[1:]: value}
        envelope = ReportBuilder()
        envelope.check(
            "", self._envelope, {name: each for name, each in values.items() if each is not None}
        )
        report.violations += [
            each for each in envelope.violations if each.pointer.startswith(pointer)
        ]


def _coercion(contract: Contract) -> Coercion:
    references = checker_of(contract).references
    return coercion_of(references, references.root)


def _looks_like_json(body: Body) -> bool:
    if body.data is None:
        return body.unread is None
    return parse(body.data).readable


def _is_range(violation: Violation, head: MessageHead) -> bool:
    """Return whether a violation is of an Accept header with a list or range of media types."""
    of_accept = violation.pointer.lower() == "/headers/accept" and violation.code != "required"
    return of_accept and not {"*", ",", ";"}.isdisjoint(head.headers.get("accept", ""))


def _all_limits(violation: Violation) -> tuple[Limit, ...]:
    return (*((violation.limit,) if violation.limit else ()), *violation.also)


# -- misplaced headers ---------------------------------------------------------------------------


def _merge_misplaced(
    violations: list[Violation], head: MessageHead, sets: Mapping[str, ParameterSet]
) -> list[Violation]:
    """Report a missing header that was sent under another name as one violation."""
    headers = sets.get("/headers")
    if headers is None:
        return violations
    unknown = [name for name, _ in head.header_pairs if name.lower() not in headers.known]
    in_query = {
        each.pointer.rpartition("/")[2].lower(): each.pointer
        for each in violations
        if each.code == "additionalProperties" and each.pointer.startswith("/query/")
    }
    merged, misplaced = [], set[str]()
    for each in violations:
        if each.code == "required" and each.pointer.startswith("/headers/"):
            name = each.pointer.rpartition("/")[2]
            pointer = in_query.get(name.lower()) or _closest_header(name, unknown)
            if pointer is not None:
                misplaced.add(pointer)
                each = replace(each, detail=pointer)  # noqa: PLW2901
        merged.append(each)
    return [each for each in merged if each.pointer not in misplaced]


def _closest_header(name: str, headers: Iterable[str]) -> str | None:
    """Return the pointer of the header that was probably sent instead of *name*, or None."""
    closest = closest_name(name, headers)
    if closest is None and is_credential(name):
        closest = next(
            (each for each in headers if is_credential(each) and "cookie" not in each.lower()), None
        )
    return None if closest is None else "/headers" + pointer_of((closest,))
