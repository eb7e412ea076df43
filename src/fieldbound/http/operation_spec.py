"""The documented messages of one operation: its request, and its responses by status code."""

from __future__ import annotations

from functools import cached_property

from fieldbound.catalog import OperationContracts
from fieldbound.openapi import PARAMETER_PARTS
from fieldbound.validation import Contract

from .envelope import request_schema, response_schema, status_schema
from .exchange import MessageSpec
from .media_types import StatusCodes
from .report_builder import ReportBuilder


class OperationSpec:
    """An operation: its request and its responses, each loaded when first needed."""

    def __init__(self, contracts: OperationContracts, name: str) -> None:
        self._contracts = contracts
        self._name = name
        self._responses: dict[str, MessageSpec] = {}
        self._node = contracts.openapi.operation(name).node

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
        if report.strict:
            report.check("", self._status_contract, {"status": status})
        else:
            report.add_undocumented("/status", f"status {status} is not documented")

    @cached_property
    def _status_contract(self) -> Contract:
        """The contract of the status code."""
        schema = status_schema(self._node, self.statuses.names)
        name = self._contracts.contract_name(self._name, "response")
        return self._contracts.envelope_contract(name, schema, self._node)
