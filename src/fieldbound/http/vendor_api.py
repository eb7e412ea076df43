"""Checking whole HTTP requests and responses of a vendor's API.

`routing` finds the operation of a message; openapi-core finds its response and media type
(`media_types`), and deserializes its parameters (`deserialize`); contracts check the values. The
pointer of a violation is one into the message: `/headers/Accept`, `/query/limit`, `/path/id`,
`/cookies/sid`, `/status`, `/method`, `/url`, `/body/…`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from fieldbound.catalog import Folders, OperationContracts, close_matches, folders_of, operations
from fieldbound.model import (
    DOCUMENTED_PATHS,
    BrokenContract,
    Report,
    UnknownName,
    Unspecified,
)
from fieldbound.openapi import WEBHOOK, Operation, is_credential

from .adapters import body_of, headers_of, path_of, request_of, response_of
from .message import BODILESS, Message
from .percent_encoding import without_surrogates
from .report_builder import UNDOCUMENTED, ReportBuilder, Undocumented
from .routing import Match, Router

# What checks a message is imported with the first one: a run that has none starts sooner.

if TYPE_CHECKING:
    from fieldbound.validation import Contract, Formats

    from .exchange import MessageSpec
    from .media_types import StatusCodes
    from .operation_spec import OperationSpec
    from .parameter_sets import MessageHead
    from .unknown_paths import PathSuggestions

#: The extension of a path parameter whose value may contain slashes.
_SPANNING: Final = "x-multi-segment"


def api(
    name: str | os.PathLike[str],
    folders: Folders | None = None,
    formats: Formats = "assert",
    undocumented: Undocumented = "report",
    strict: bool = False,
    discriminator: Literal["report", "enforce"] = "report",
) -> API:
    """Return the API of a vendor, or of an OpenAPI document of version 3.0, 3.1 or 3.2.

    *name* is the name of a vendor (built in, in *folders* or in an installed package) or the path
    of a document in JSON or YAML. *folders* is one folder, or several; by default, those of the
    configuration. Operations are compiled when they are first used. *formats* is
    "assert" or "annotate". What the vendor does not document of a response, such as a status code,
    is only reported, or a violation where *undocumented* is "fail".

    What is wrong in a document given by its path is not checked, which every report says; where
    *strict*, it is an error. A *discriminator* selects the branch that is reported; "enforce" makes
    it a limit, too.

    Raises UnknownName, with close matches, and BrokenContract, with the error in the document and
    its place.
    """
    given = os.fspath(name), folders_of(folders)
    arguments = (*given, formats, strict, discriminator)
    return API(operations(*arguments), arguments, undocumented)


def _reopened(arguments: tuple[Any, ...], undocumented: Undocumented) -> API:
    options = dict(zip(("strict", "discriminator"), arguments[3:], strict=False))
    return api(*arguments[:3], **options).with_undocumented(undocumented)


class API:
    """The operations of a vendor's API; checks whole requests and responses."""

    def __init__(
        self,
        contracts: OperationContracts,
        arguments: tuple[Any, ...] | None = None,
        undocumented: Undocumented = "report",
    ) -> None:
        if undocumented not in UNDOCUMENTED:
            choices = ", ".join(UNDOCUMENTED)
            raise ValueError(f"invalid undocumented {undocumented!r} (choose from {choices})")
        self._contracts = contracts
        self._arguments = arguments or (contracts.name,)
        self.name = contracts.name
        self.undocumented = undocumented
        self._operations: dict[str, OperationSpec] = {}
        self._envelopes: dict[tuple[str, ...], Contract] = {}

    def __repr__(self) -> str:
        return f"API({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopened, (self._arguments, self.undocumented)

    def with_undocumented(self, undocumented: Undocumented) -> API:
        """Return this API with another *undocumented*; both share what is compiled."""
        if undocumented == self.undocumented:
            return self
        found = API(self._contracts, self._arguments, undocumented)
        vars(found).update({**vars(self), "undocumented": undocumented})
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """What is ambiguous in the document: path templates that match the same paths."""
        return tuple(
            f"{self.name}: the paths {' and '.join(each)} match the same requests: the one whose "
            "parameters are valid is used"
            for each in self._router.duplicates
        )

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """The names of all operations."""
        return tuple(self._contracts.openapi.operations)

    def operation_of(self, request: Any) -> str | None:
        """Return the name of the operation of a request, or None.

        Raises TypeError for anything but a request.
        """
        found = self._matches(request_of(request))
        return found[0].operation if found else None

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
        return self._checked(request_of(request))

    def _report_of_request(self, message: Message, found: Match, report: ReportBuilder) -> Report:
        from .parameter_sets import MessageHead

        query = urlsplit(message.url).query
        head = MessageHead(headers_of(message.headers), message.headers, query, found.values)
        spec = self._operation(found.operation).request
        spec.check_head(head, report)
        spec.check_body(body_of(message, head.headers), head, report)
        return report.build(
            self._contracts.contract_name(found.operation), self._about(message, found)
        )

    def check_response(self, response: Any, request: Any = None) -> Report:
        """Check a response: status code, headers and body.

        *response* is one of httpx, requests or werkzeug, or a Message with a status. One that does
        not know its *request* needs it. Raises as `check_request` does.
        """
        return self._checked(response_of(response, request))

    def _report_of_response(self, message: Message, found: Match, report: ReportBuilder) -> Report:
        from .parameter_sets import MessageHead

        operation = self._operation(found.operation)
        status = int(message.status or 0)
        about = f"{status} to {self._about(message, found)}"
        named = operation.statuses.find(status)
        if named is None:
            operation.report_unknown_status(status, report)
            name = self._contracts.contract_name(found.operation, "response")
            return report.build(name, about)
        head = MessageHead(headers_of(message.headers), message.headers, status=status)
        spec = operation.response(named)
        spec.check_head(head, report)
        body = body_of(message, head.headers)
        if not (body.is_absent and (message.method == "HEAD" or status in BODILESS)):
            spec.check_body(body, head, report)
        return report.build(
            self._contracts.contract_name(found.operation, f"response.{named}"), about
        )

    def _checked(self, message: Message, *, counted: bool = True) -> Report:
        """Check a message by its operation; of several, by the first that it is valid for."""
        check = self._report_of_request if message.status is None else self._report_of_response
        found = self._matches(message)
        if not found:
            return self._report_unknown(message, self._builder(counted))
        valid = found[:1]
        if len(found) > 1:
            valid = [each for each in found if check(message, each, self._builder(False)).ok]
        return check(message, (valid or found)[0], self._builder(counted))

    def _builder(self, counted: bool) -> ReportBuilder:
        return ReportBuilder(counted=counted, strict=self.undocumented == "fail")

    # -- what the vendor sends -------------------------------------------------------------------

    @cached_property
    def webhooks(self) -> tuple[str, ...]:
        """The names of the webhooks and callbacks, by which the vendor sends requests."""
        return tuple(each.removeprefix(WEBHOOK) for each in self._contracts.openapi.webhooks)

    def check_webhook(self, request: Any, name: str | None = None) -> Report:
        """Check a request that the vendor sends, as a webhook or callback documents it.

        Without the *name* of the webhook, it is one that the request is valid for or, if there is
        none, the one with the fewest violations. Raises as `check_request` does, and UnknownName
        where the document has no such webhook.
        """
        from .webhooks import WebhookChecker

        return WebhookChecker(self._contracts, self._operation).check(request_of(request), name)

    # -- for generated messages ------------------------------------------------------------------

    def check_uncounted(self, message: Message) -> Report:
        """Check a generated message, without counting it in limit coverage."""
        return self._checked(message, counted=False)

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
        from .parameter_sets import MessageHead

        found = self._matches(message)
        query, values = urlsplit(message.url).query, found[0].values if found else {}
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
    def _secret_parameters(self) -> dict[str, frozenset[str]]:
        """The secret parameters of each path that has any: an unknown path may contain them."""
        openapi = self._contracts.openapi
        found = {}
        for name, operation in openapi.operations.items():
            parameters = openapi.parameters(name).get("path", ())
            secret = frozenset(
                each.name
                for each in parameters
                if each.secret or is_credential(each.name) or openapi.is_sensitive(each.schema)
            )
            if secret:
                found[operation.path] = secret
        return found

    # -- operations ------------------------------------------------------------------------------

    @cached_property
    def _router(self) -> Router:
        return Router(self._contracts.openapi.operations, self._spanning_parameters)

    @cached_property
    def _suggestions(self) -> PathSuggestions:
        from .unknown_paths import PathSuggestions

        return PathSuggestions(self._router.templates)

    def _spanning_parameters(self, operation: str) -> frozenset[str]:
        """Return the path parameters of an operation that may span several segments."""
        return frozenset(
            each.name
            for each in self._contracts.openapi.parameters(operation).get("path", ())
            if each.node.value.get(_SPANNING) is True
        )

    def _matches(self, message: Message) -> list[Match]:
        """Return the operations that a message may belong to, the likeliest first.

        Of several templates that match, those count whose parameters are valid, and no template
        counts beside a more concrete one.
        """
        found = self._router.matches(message.method, path_of(message.url))
        if len(found) > 1:
            fitting = [each for each in found if self._fits(each)] or found[:1]
            found = tuple(
                each for each in fitting if not any(other.precedes(each) for other in fitting)
            )
        return list(found)

    def _fits(self, match: Match) -> bool:
        """Return whether the path parameters of a match are valid."""
        from fieldbound.validation import checker_of

        from .parameter_sets import MessageHead

        try:
            parameters = self._operation(match.operation).request.parameter_sets.get("/path")
        except BrokenContract:
            return False
        head = MessageHead({}, path=match.values)
        if parameters is None or parameters.undecodable(head):
            return parameters is None
        try:
            return checker_of(parameters.contract).is_valid(parameters.parse(head))
        except Unspecified:
            return True

    def _operation(self, name: str) -> OperationSpec:
        spec = self._operations.get(name)
        if spec is None:
            from .operation_spec import OperationSpec

            spec = self._operations[name] = OperationSpec(self._contracts, name)
        return spec

    def _about(self, message: Message, found: Match) -> str:
        return f"{message.method} {self._contracts.openapi.operations[found.operation].path}"

    def _report_unknown(self, message: Message, report: ReportBuilder) -> Report:
        """Report that no operation has this path, or this method at the path."""
        from .envelope import method_schema, url_schema
        from .unknown_paths import visible_path

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
        if methods:
            report.check("", self._envelopes[methods], {"method": message.method})
        else:
            path = without_surrogates(path)
            report.check("", self._envelopes[methods], {"url": path})
            shown = visible_path(path, self._secret_parameters, self._suggestions.literals)
            nearest = self._suggestions.nearest(path)
            report.violations = [
                replace(each, actual=shown, known=nearest, detail=DOCUMENTED_PATHS)
                for each in report.violations
            ]
        return report.build(self.name, f"{message.method} request")
