"""Checking whole HTTP requests and responses of a vendor's API.

openapi-core finds the operation of a message (`routing`), its response and media type
(`media_types`), and deserializes its parameters (`deserialize`); contracts check the values. The
pointer of a violation is one into the message: `/headers/Accept`, `/query/limit`, `/path/id`,
`/cookies/sid`, `/status`, `/method`, `/url`, `/body/…`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from fieldbound.catalog import OperationContracts, close_matches, operations
from fieldbound.model import Report, UnknownName
from fieldbound.openapi import PARAMETER_PARTS, Operation, is_credential
from fieldbound.validation import Contract, Formats

from .adapters import body_of, headers_of, path_of, request_of, response_of
from .envelope import method_schema, request_schema, response_schema, status_schema, url_schema
from .exchange import BODILESS, MessageHead, MessageSpec, ReportBuilder
from .media_types import StatusCodes
from .message import Message
from .routing import Match, Router

_NO_RESPONSE: Final = "no response is documented"


def api(
    name: str | os.PathLike[str],
    folders: Iterable[str | os.PathLike[str]] = (),
    formats: Formats = "assert",
) -> API:
    """Return the API of a vendor, or of an OpenAPI document of version 3.0, 3.1 or 3.2.

    *name* is the name of a vendor (built in, in *folders* or in an installed package) or the path
    of a document in JSON or YAML. Operations are compiled when they are first used. *formats* is
    "assert" or "annotate".

    Raises UnknownName, with close matches, and BrokenContract, with the error in the document and
    its place.
    """
    arguments = os.fspath(name), tuple(os.fspath(each) for each in folders), formats
    return API(operations(*arguments), arguments)


class API:
    """The operations of a vendor's API; checks whole requests and responses."""

    def __init__(
        self, contracts: OperationContracts, arguments: tuple[Any, ...] | None = None
    ) -> None:
        self._contracts = contracts
        self._arguments = arguments or (contracts.name,)
        self.name = contracts.name
        self._operations: dict[str, _Operation] = {}
        self._envelopes: dict[tuple[str, ...], Contract] = {}

    def __repr__(self) -> str:
        return f"API({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return api, self._arguments

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """The names of all operations."""
        return tuple(self._contracts.openapi.operations)

    def operation_of(self, request: Any) -> str | None:
        """Return the name of the operation of a request, or None.

        Raises TypeError for anything but a request.
        """
        found = self._match(request_of(request))
        return None if found is None else found.operation

    def has_path(self, path: str) -> bool:
        """Return whether any operation has this path, given as in a URL."""
        return bool(self._router.methods_at(path))

    def has_host(self, host: str) -> bool:
        """Return whether a server of the document is at this host."""
        return any(pattern.fullmatch(host) for pattern in self._router.hosts)

    def check_request(self, request: Any) -> Report:
        """Check a request: method, URL, headers, parameters and body.

        *request* is one of httpx, requests or werkzeug, a WSGI environ, or a Message. Raises
        TypeError for anything else, BrokenContract if its operation is invalid in the document.
        """
        return self._report_of_request(request_of(request), ReportBuilder())

    def _report_of_request(self, message: Message, report: ReportBuilder) -> Report:
        found = self._match(message)
        if found is None:
            return self._report_unknown(message, report)
        query = urlsplit(message.url).query
        head = MessageHead(headers_of(message.headers), message.headers, query, found.values)
        spec = self._operation(found.operation).request
        spec.check_head(head, report)
        spec.check_body(body_of(message, head.headers), head.headers, report)
        return report.build(
            self._contracts.contract_name(found.operation), self._about(message, found)
        )

    def check_response(self, response: Any, request: Any = None) -> Report:
        """Check a response: status code, headers and body.

        *response* is one of httpx, requests or werkzeug, or a Message with a status. One that does
        not know its *request* needs it. Raises as `check_request` does.
        """
        return self._report_of_response(response_of(response, request), ReportBuilder())

    def _report_of_response(self, message: Message, report: ReportBuilder) -> Report:
        found = self._match(message)
        if found is None:
            return self._report_unknown(message, report)
        operation = self._operation(found.operation)
        status = int(message.status or 0)
        about = f"{status} to {self._about(message, found)}"
        named = operation.statuses.find(status)
        if not operation.statuses:
            report.unspecified.update({"/status": _NO_RESPONSE, "/body": _NO_RESPONSE})
            return report.build(self._contracts.contract_name(found.operation, "response"), about)
        if named is None:
            operation.report_unknown_status(status, report)
            name = self._contracts.contract_name(found.operation, "response")
            return report.build(name, about)
        head = MessageHead(headers_of(message.headers), message.headers)
        spec = operation.response(named)
        spec.check_head(head, report)
        body = body_of(message, head.headers)
        if not (body.is_absent and (message.method == "HEAD" or status in BODILESS)):
            spec.check_body(body, head.headers, report)
        return report.build(
            self._contracts.contract_name(found.operation, f"response.{named}"), about
        )

    # -- for generated messages ------------------------------------------------------------------

    def check_uncounted(self, message: Message) -> Report:
        """Check a generated message, without counting it in limit coverage."""
        report = ReportBuilder(counted=False)
        if message.status is None:
            return self._report_of_request(message, report)
        return self._report_of_response(message, report)

    def find_operation(self, operation: str) -> tuple[str, Operation]:
        """Return an operation and its name. Raises UnknownName, with close matches."""
        known = self._contracts.openapi.operations
        name = self._contracts.openapi.name_of(operation)
        if name is None:
            reason = f"{self.name} has no operation named {operation!r}"
            raise UnknownName(operation, close_matches(operation, known), reason)
        return name, known[name]

    def url_template(self, operation: str) -> str:
        """Return the URL of an operation at its first server, its path still a template."""
        return self._contracts.openapi.url_of(operation)

    def head_of(self, message: Message) -> MessageHead:
        """Return the headers, query string and path parameters of a message."""
        found = self._match(message)
        query, values = urlsplit(message.url).query, found.values if found else {}
        return MessageHead(headers_of(message.headers), message.headers, query, values)

    def statuses(self, operation: str) -> tuple[str, ...]:
        """Return the documented status codes of an operation, with ranges and "default"."""
        return tuple(self._operation(self.find_operation(operation)[0]).statuses.names)

    def request_spec(self, operation: str) -> MessageSpec:
        """Return the contracts of the requests of an operation."""
        return self._operation(operation).request

    def response_spec(
        self, operation: str, status: int | str
    ) -> tuple[MessageSpec, StatusCodes, str]:
        """Return the contracts of a response, the status codes, and the one that matched.

        Raises UnknownName, with the documented ones.
        """
        spec = self._operation(operation)
        name = spec.statuses.find(status) if isinstance(status, int) else status
        if name is None or name not in spec.statuses.names:
            reason = (
                f"{self._contracts.contract_name(operation)} has no response of status {status}"
            )
            raise UnknownName(str(status), tuple(spec.statuses.names), reason)
        return spec.response(name), spec.statuses, name

    @cached_property
    def _has_secret_paths(self) -> bool:
        """Whether any path has a secret parameter: an unknown path may contain it, too."""
        openapi = self._contracts.openapi
        return any(
            each.secret or is_credential(each.name) or openapi.is_sensitive(each.schema)
            for name in openapi.operations
            for each in openapi.parameters(name).get("path", ())
        )

    # -- operations ------------------------------------------------------------------------------

    @cached_property
    def _router(self) -> Router:
        return Router(self._contracts.openapi.operations)

    def _match(self, message: Message) -> Match | None:
        return self._router.find(message.method, path_of(message.url))

    def _operation(self, name: str) -> _Operation:
        spec = self._operations.get(name)
        if spec is None:
            spec = self._operations[name] = _Operation(self._contracts, name)
        return spec

    def _about(self, message: Message, found: Match) -> str:
        return f"{message.method} {self._contracts.openapi.operations[found.operation].path}"

    def _report_unknown(self, message: Message, report: ReportBuilder) -> Report:
        """Report that no operation has this path, or this method at the path."""
        openapi = self._contracts.openapi
        path = path_of(message.url)
        methods = tuple(self._router.methods_at(path))
        if methods not in self._envelopes:
            if methods:
                schema = method_schema(openapi.root, list(methods))
            else:
                without_path = [name for name, each in openapi.operations.items() if not each.path]
                schema = url_schema(openapi.root, self._router.templates, without_path)
            self._envelopes[methods] = self._contracts.envelope_contract(
                self.name, schema, openapi.root
            )
        instance = {"method": message.method} if methods else {"url": path}
        report.check("", self._envelopes[methods], instance)
        if self._has_secret_paths and not methods:
            report.violations = [replace(each, actual=None) for each in report.violations]
        return report.build(self.name, f"{message.method} request")


class _Operation:
    """An operation: its request and its responses, each loaded when first needed."""

    def __init__(self, contracts: OperationContracts, name: str) -> None:
        self._contracts = contracts
        self._name = name
        self._responses: dict[str, MessageSpec] = {}
        self._node = contracts.openapi.operations[name].node

    @cached_property
    def request(self) -> MessageSpec:
        """The request."""
        openapi, body = self._contracts.openapi, self._contracts.openapi.request_body(self._name)
        spec = MessageSpec(
            self._contracts,
            self._name,
            "request",
            lambda media_types: request_schema(self._node, body, media_types),
            body or self._node,
        )
        spec.add_body(body, openapi.content(body))
        spec.body_required = body is not None and body.value.get("required") is True
        for location, definitions in openapi.parameters(self._name).items():
            spec.has_querystring_parameter |= location == "querystring"
            if location in PARAMETER_PARTS:
                part = PARAMETER_PARTS[location]
                spec.add_parameters("/" + part.partition(".")[2], part, location, definitions)
        return spec

    @cached_property
    def statuses(self) -> StatusCodes:
        """The documented status codes."""
        return StatusCodes(self._contracts.openapi.responses(self._name))

    def response(self, status: str) -> MessageSpec:
        """Return the response of a documented status code, range or "default"."""
        spec = self._responses.get(status)
        if spec is None:
            spec = self._responses[status] = self._response(status)
        return spec

    def _response(self, status: str) -> MessageSpec:
        openapi = self._contracts.openapi
        node = openapi.responses(self._name)[status]
        spec = MessageSpec(
            self._contracts,
            self._name,
            f"response.{status}",
            lambda media_types: response_schema(node, media_types),
            node,
        )
        content = openapi.content(node)
        spec.add_body(node if content else None, content)
        spec.body_required = bool(content)
        definitions = openapi.headers(node)
        if definitions:
            part = f"response.{status}.headers"
            spec.add_parameters("/headers", part, "header", list(definitions))
        return spec

    def report_unknown_status(self, status: int, report: ReportBuilder) -> None:
        """Report that a status code is not documented."""
        report.check("", self._status_contract, {"status": status})

    @cached_property
    def _status_contract(self) -> Contract:
        """The contract of the status code."""
        schema = status_schema(self._node, self.statuses.names)
        name = self._contracts.contract_name(self._name, "response")
        return self._contracts.envelope_contract(name, schema, self._node)
