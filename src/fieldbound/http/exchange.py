"""Checking the head and the body of a message by the contracts of its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from fieldbound.catalog import OperationContracts
from fieldbound.documents import parse
from fieldbound.model import Limit, Violation
from fieldbound.openapi import (
    ParameterObject,
    SpecNode,
    default_media_type,
    is_form,
    is_json,
    not_checked,
)
from fieldbound.validation import Coercion, Contract, checker_of, coercion_of

from .adapters import Body
from .deserialize import parse_query
from .envelope import part_schema
from .form_data import InvalidForm, form_value, read_form
from .media_types import MediaTypes, charset_of, strip_parameters
from .message import BODILESS
from .misplaced_headers import merge_misplaced
from .parameter_sets import CONTENT_TYPE, MessageHead, ParameterSet
from .part_headers import PartHeaders
from .percent_encoding import undecodable
from .report_builder import ReportBuilder

_UNSUPPORTED_TYPE: Final = "its media type is not supported"
_UNKNOWN_TYPE: Final = "its media type is not documented"
_EMPTY: Final = "an empty body is not documented"
_NO_CONTENT_TYPE: Final = "it has no Content-Type"
_QUERYSTRING: Final = "parameters with in: querystring are not supported"
_NO_MEDIA_TYPE: Final = "no media type is documented for it"
_INVALID_FORM: Final = "invalid form data: it must be name=value pairs, joined by &"
_NO_SCHEMA: Final = "no schema is documented for it"
_FORM_START: Final = re.compile(rb"\s*(?![{\[<])[^\s=]*=")
_MAX_MEDIA_TYPE: Final = 60  # characters that are shown
_SUCCESS: Final = range(200, 300)


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
        self._part_headers: dict[str, dict[str, PartHeaders]] = {}
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
            if undecodable_values := each.undecodable(head):
                report.add_undecodable(pointer, undecodable_values)
        if self.has_querystring_parameter:
            report.not_checked["/query"] = _QUERYSTRING
        elif "/query" not in self.parameter_sets and head.query and self._part == "request":
            self._check_envelope("/query", dict.fromkeys(parse_query((), head.query)), report)
        if report.violations:
            violations = [each for each in report.violations if not _is_range(each, head)]
            headers = self.parameter_sets.get("/headers")
            if headers is not None:
                sent = (name for name, _ in head.header_pairs)
                violations = merge_misplaced(violations, sent, headers.known)
            report.violations = violations

    def check_body(self, body: Body, head: MessageHead, report: ReportBuilder) -> None:
        """Check the body by its media type, and whether there may be one."""
        if body.unread is not None:
            report.not_checked["/body"] = body.unread
        if body.is_absent:
            self._check_absence(head, report)
            return
        if not self.has_documented_body or not self.media_types:
            self._check_undocumented_body(body, report)
            return
        sent = head.headers.get("content-type")
        media_type = self.media_types.find(sent) if sent else None
        if media_type is None:
            if self._is_lenient(head, report):
                media_type = self._media_type_of_error(sent, body, report)
            else:
                self._report_media_type(sent, report)
                is_json_body = sent is None or _looks_like_json(body)
                media_type = self._default_type if is_json_body else None
        if media_type is not None and body.unread is None:
            self._check_body_as(body, media_type, sent or "", report)
        elif body.unread is None:
            report.not_checked.setdefault("/body", _UNKNOWN_TYPE)

    def _is_lenient(self, head: MessageHead, report: ReportBuilder) -> bool:
        """Return whether this is an error response: vendors document few of their bodies."""
        return head.status is not None and head.status not in _SUCCESS and not report.strict

    def _check_absence(self, head: MessageHead, report: ReportBuilder) -> None:
        """Check whether a message may have no body."""
        if self.body_required and (reasons := not_checked(*self._schemas.values())):
            report.not_checked["/body"] = "; ".join(reasons)
        elif self.body_required and self._is_lenient(head, report):
            report.add_undocumented("/body", _EMPTY)
        elif self.body_required:
            self._check_envelope("/body", None, report)

    def _check_undocumented_body(self, body: Body, report: ReportBuilder) -> None:
        """Report a body where none is documented, or none of any media type."""
        may_have_body = self.has_documented_body or self._may_have_body()
        if may_have_body and not report.strict and self._part != "request":
            report.add_undocumented("/body", _NO_MEDIA_TYPE)
        elif self.has_documented_body:
            report.unspecified["/body"] = _NO_MEDIA_TYPE
        elif body.unread is None:
            self._check_envelope("/body", True, report)

    def _media_type_of_error(
        self, sent: str | None, body: Body, report: ReportBuilder
    ) -> str | None:
        """Return the documented media type of an error's body, or report that it has none."""
        if sent:
            shown = strip_parameters(sent)[:_MAX_MEDIA_TYPE]
            report.add_undocumented("/body", f'media type "{shown}" is not documented')
        elif self._default_type is not None and _looks_like_json(body):
            return self._default_type
        else:
            report.add_undocumented("/body", _NO_CONTENT_TYPE)
        return None

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
            self._check_text(body.data, sent, contract, report)
        else:
            report.not_checked["/body"] = _UNSUPPORTED_TYPE

    def _check_text(
        self, data: bytes, sent: str, contract: Contract, report: ReportBuilder
    ) -> None:
        charset = charset_of(sent)
        try:
            text = data.decode(charset)
        except UnicodeError:
            error = "encoding", f"the text is not valid {charset}"
            report.violations.append(undecodable("/body", error))
        else:
            report.check("/body", contract, _coercion(contract).cast(text))

    def _check_form(
        self, data: bytes, media_type: str, contract: Contract, report: ReportBuilder
    ) -> None:
        is_multipart = strip_parameters(media_type).startswith("multipart/")
        try:
            if not is_multipart and not _FORM_START.match(data):
                raise InvalidForm(_INVALID_FORM)
            fields = read_form(data, media_type)
        except InvalidForm as error:
            report.violations.append(Violation("syntax", "/body", detail=str(error)))
            return
        coercion = _coercion(contract)
        report.check("/body", contract, form_value(fields, coercion, self.encoding(media_type)))
        report.add_undecodable(
            "/body", {each.base(coercion): each.error for each in fields if each.error}
        )
        if is_multipart:
            for name, part_headers in self._headers_of_parts(media_type).items():
                parts = [each.headers for each in fields if each.base(coercion) == name]
                is_array = coercion.of(name).structure == "array"
                part_headers.check(name, parts, report, is_array=is_array)

    def part_headers(self, media_type: str) -> dict[str, ParameterSet]:
        """Return the documented headers of the parts of a multipart body, by field."""
        found = self._headers_of_parts(media_type).items()
        return {name: each.parameter_set for name, each in found if each.parameter_set}

    def _headers_of_parts(self, media_type: str) -> dict[str, PartHeaders]:
        """Return how the headers of the parts of a multipart body are checked, by field."""
        kind = self.media_types.find(media_type) or media_type
        if kind not in self._part_headers:
            found = self._contracts.openapi.encodings(self._body_node, kind)
            part = f"{self._part}.{kind}"
            self._part_headers[kind] = {
                name: self._part_header(f"{part}.{name}", node) for name, node in found.items()
            }
        return self._part_headers[kind]

    def _part_header(self, part: str, encoding: SpecNode) -> PartHeaders:
        contracts, definitions = self._contracts, self._contracts.openapi.headers(encoding)
        contract = contracts.contract(self._operation, f"{part}.headers") if definitions else None
        own = ParameterSet(contract, "header", definitions) if contract else None
        schema = part_schema(encoding)
        name = contracts.contract_name(self._operation, f"{part}.message")
        kind = contracts.envelope_contract(name, schema, encoding) if schema else None
        return PartHeaders(kind, encoding.value, own)

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
