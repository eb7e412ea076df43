"""Requests that the vendor sends: those of webhooks and callbacks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fieldbound.catalog import OperationContracts, close_matches
from fieldbound.model import Report, UnknownName
from fieldbound.openapi import WEBHOOK

from .adapters import body_of, headers_of
from .envelope import method_schema
from .message import Message
from .operation_spec import OperationSpec
from .parameter_sets import MessageHead
from .report_builder import ReportBuilder


class WebhookChecker:
    """Checks requests by the webhooks of a document; *specs* has the messages of each."""

    def __init__(
        self, contracts: OperationContracts, specs: Callable[[str], OperationSpec]
    ) -> None:
        self._contracts = contracts
        self._specs = specs

    def check(self, message: Message, name: str | None) -> Report:
        """Check a request by the webhook of a name, or by the one that it fits best."""
        openapi = self._contracts.openapi
        names = list(openapi.webhooks) if name is None else [self._named(name)]
        if not names:
            raise UnknownName("webhook", (), f"{self._contracts.name} has no webhooks or callbacks")
        fitting = [each for each in names if openapi.webhooks[each].method == message.method]
        if not fitting:
            return self._wrong_method(message, names)
        if len(fitting) == 1:
            return self._report(message, fitting[0], counted=True)
        best = min(fitting, key=lambda each: len(self._report(message, each, counted=False)))
        return self._report(message, best, counted=True)

    def _named(self, name: str) -> str:
        openapi = self._contracts.openapi
        found = openapi.split_name(WEBHOOK + name)[0]
        if found not in openapi.webhooks:
            known = [each.removeprefix(WEBHOOK) for each in openapi.webhooks]
            reason = f"{self._contracts.name} has no webhook named {name!r}"
            raise UnknownName(name, close_matches(name, known), reason)
        return found

    def _report(self, message: Message, name: str, *, counted: bool) -> Report:
        report = ReportBuilder(counted=counted)
        query = urlsplit(message.url).query
        head = MessageHead(headers_of(message.headers), message.headers, query)
        spec = self._specs(name).request
        spec.check_head(head, report)
        spec.check_body(body_of(message, head.headers), head, report)
        about = f"{message.method} webhook {name.removeprefix(WEBHOOK)}"
        return report.build(self._contracts.contract_name(name), about)

    def _wrong_method(self, message: Message, names: list[str]) -> Report:
        openapi = self._contracts.openapi
        methods = sorted({openapi.webhooks[each].method for each in names})
        schema = method_schema(openapi.root, methods)
        contract = self._contracts.envelope_contract(self._contracts.name, schema, openapi.root)
        report = ReportBuilder()
        report.check("", contract, {"method": message.method})
        return report.build(self._contracts.name, f"{message.method} webhook")
