"""Whole HTTP requests and responses go in, Reports come out: contracts judge every part of them.

openapi-core finds the operation of a message (`paths`), its response and media type (`choices`),
and takes its texts apart (`reading`); what was read is judged as any instance is. A violation's
pointer is one into the message: `/headers/Accept`, `/query/limit`, `/path/id`, `/cookies/sid`,
`/status`, `/method`, `/url`, `/body/…`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from fieldbound.catalog import Operations, offered, operations
from fieldbound.model import Report, UnknownName
from fieldbound.openapi import PLACES, Operation, is_credential
from fieldbound.validation import Contract

from .adapters import body_of, headers_of, path_of, request_of, response_of
from .envelope import answer_frame, api_frame, path_frame, request_frame, response_frame
from .exchange import BODILESS, Findings, Side, Texts
from .media_types import Statuses
from .message import Message
from .routing import Match, Paths

_NO_RESPONSE: Final = "no response is documented"


def api(name: str | os.PathLike[str], folders: Iterable[str | os.PathLike[str]] = ()) -> API:
    """Return the API of a vendor, or of an OpenAPI document of version 3.0, 3.1 or 3.2.

    *name* is a vendor's, of fieldbound, of *folders* or of an installed package, or the path of a
    document in JSON or YAML. Operations are compiled when they are first used.

    Raises UnknownName, which offers the closest names, and BrokenContract, which says what is
    wrong with the document, and where.
    """
    given = os.fspath(name), tuple(os.fspath(each) for each in folders)
    return API(operations(*given), given)


class API:
    """The operations of one vendor's API, by which whole messages are checked."""

    def __init__(self, described: Operations, given: tuple[Any, ...] | None = None) -> None:
        self._described = described
        self._given = given or (described.name,)
        self.name = described.name
        self._operations: dict[str, _Operation] = {}
        self._frames: dict[tuple[str, ...], Contract] = {}

    def __repr__(self) -> str:
        return f"API({self.name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return api, self._given

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """The names of all operations."""
        return tuple(self._described.openapi.operations)

    def operation_of(self, request: Any) -> str | None:
        """Return the name of the operation that a request is of, or None.

        Raises TypeError for what is no request.
        """
        found = self._found(request_of(request))
        return None if found is None else found.operation

    def has_path(self, path: str) -> bool:
        """Return whether there is any operation at a path, as it stands in a URL."""
        return bool(self._paths.methods_at(path))

    def is_at(self, host: str) -> bool:
        """Return whether the document names a host, or hosts of such a kind."""
        return any(pattern.fullmatch(host) for pattern in self._paths.hosts)

    def check_request(self, request: Any) -> Report:
        """Return the Report of a request: of its method, URL, headers, parameters and body.

        *request* is one of httpx, requests or werkzeug, a WSGI environ, or a Message. Raises
        TypeError for anything else, BrokenContract where its operation is broken in the document.
        """
        return self._report_of_request(request_of(request), Findings())

    def _report_of_request(self, message: Message, findings: Findings) -> Report:
        found = self._found(message)
        if found is None:
            return self._unknown(message, findings)
        query = urlsplit(message.url).query
        texts = Texts(headers_of(message.headers), message.headers, query, found.values)
        side = self._operation(found.operation).request
        side.check_texts(texts, findings)
        side.check_body(body_of(message, texts.headers), texts.headers, findings)
        return findings.report(self._described.named(found.operation), self._about(message, found))

    def check_response(self, response: Any, request: Any = None) -> Report:
        """Return the Report of a response: of its status, headers and body.

        *response* is one of httpx, requests or werkzeug, or a Message with a status. What does not
        know its *request* needs that, too. Raises as `check_request` does.
        """
        return self._report_of_response(response_of(response, request), Findings())

    def _report_of_response(self, message: Message, findings: Findings) -> Report:
        found = self._found(message)
        if found is None:
            return self._unknown(message, findings)
        operation = self._operation(found.operation)
        status = int(message.status or 0)
        about = f"{status} to {self._about(message, found)}"
        named = operation.statuses.find(status)
        if not operation.statuses:
            findings.unspecified.update({"/status": _NO_RESPONSE, "/body": _NO_RESPONSE})
            return findings.report(self._described.named(found.operation, "response"), about)
        if named is None:
            operation.unknown_status(status, findings)
            name = self._described.named(found.operation, "response")
            return findings.report(name, about)
        texts = Texts(headers_of(message.headers), message.headers)
        side = operation.response(named)
        side.check_texts(texts, findings)
        body = body_of(message, texts.headers)
        if not (body.absent and (message.method == "HEAD" or status in BODILESS)):
            side.check_body(body, texts.headers, findings)
        return findings.report(self._described.named(found.operation, f"response.{named}"), about)

    # -- for those who make messages -------------------------------------------------------------

    def unrecorded_check(self, message: Message) -> Report:
        """Return the Report of a message of one's own making, which nobody counts."""
        findings = Findings(counted=False)
        if message.status is None:
            return self._report_of_request(message, findings)
        return self._report_of_response(message, findings)

    def known(self, operation: str) -> tuple[str, Operation]:
        """Return an operation under its name here. Raises UnknownName, which offers the closest."""
        known = self._described.openapi.operations
        name = self._described.openapi.name_of(operation)
        if name is None:
            reason = f"{self.name} has no operation named {operation!r}"
            raise UnknownName(operation, offered(operation, known), reason)
        return name, known[name]

    def address(self, operation: str) -> str:
        """Return the URL of an operation at the first of its servers, its path still a template."""
        return self._described.openapi.address(operation)

    def texts_of(self, message: Message) -> Texts:
        """Return what a message says beside its body."""
        found = self._found(message)
        query, values = urlsplit(message.url).query, found.values if found else {}
        return Texts(headers_of(message.headers), message.headers, query, values)

    def statuses(self, operation: str) -> tuple[str, ...]:
        """Return the statuses that an operation documents: also ranges of them, and "default"."""
        return tuple(self._operation(self.known(operation)[0]).statuses.names)

    def request_side(self, operation: str) -> Side:
        """Return what is judged of the requests of an operation, by its name here."""
        return self._operation(operation).request

    def response_side(self, operation: str, status: int | str) -> tuple[Side, Statuses, str]:
        """Return what is judged of the responses of a status, all statuses, and its name there.

        Raises UnknownName, which offers those there are.
        """
        made = self._operation(operation)
        found = made.statuses.find(status) if isinstance(status, int) else status
        if found is None or found not in made.statuses.names:
            reason = f"{self._described.named(operation)} has no response of status {status}"
            raise UnknownName(str(status), tuple(made.statuses.names), reason)
        return made.response(found), made.statuses, found

    @cached_property
    def _has_secret_paths(self) -> bool:
        """Whether something in a path is not to be shown: an unknown path may have it, too."""
        openapi = self._described.openapi
        return any(
            each.secret or is_credential(each.name) or openapi.is_sensitive(each.schema)
            for name in openapi.operations
            for each in openapi.parameters(name).get("path", ())
        )

    # -- which operation it is -------------------------------------------------------------------

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self._described.openapi.operations)

    def _found(self, message: Message) -> Match | None:
        return self._paths.find(message.method, path_of(message.url))

    def _operation(self, name: str) -> _Operation:
        made = self._operations.get(name)
        if made is None:
            made = self._operations[name] = _Operation(self._described, name)
        return made

    def _about(self, message: Message, found: Match) -> str:
        return f"{message.method} {self._described.openapi.operations[found.operation].path}"

    def _unknown(self, message: Message, findings: Findings) -> Report:
        """Tell that there is no such operation: no such path, or no such method there."""
        openapi = self._described.openapi
        path = path_of(message.url)
        methods = tuple(self._paths.methods_at(path))
        if methods not in self._frames:
            if methods:
                schema = path_frame(openapi.whole, list(methods))
            else:
                lost = [name for name, each in openapi.operations.items() if not each.path]
                schema = api_frame(openapi.whole, self._paths.templates, lost)
            self._frames[methods] = self._described.framed(self.name, schema, openapi.whole)
        instance = {"method": message.method} if methods else {"url": path}
        findings.judge("", self._frames[methods], instance)
        if self._has_secret_paths and not methods:
            findings.violations = [replace(each, actual=None) for each in findings.violations]
        return findings.report(self.name, f"{message.method} request")


class _Operation:
    """An operation: its request and its responses, each read when it is first needed."""

    def __init__(self, described: Operations, name: str) -> None:
        self._described = described
        self._name = name
        self._responses: dict[str, Side] = {}
        self._at = described.openapi.operations[name].at

    @cached_property
    def request(self) -> Side:
        """The request."""
        openapi, body = self._described.openapi, self._described.openapi.body(self._name)
        side = Side(
            self._described,
            self._name,
            "request",
            lambda kinds: request_frame(self._at, body, kinds),
            body or self._at,
        )
        side.enter_body(body, openapi.content(body))
        side.required = body is not None and body.value.get("required") is True
        for place, named in openapi.parameters(self._name).items():
            side.has_querystring |= place == "querystring"
            if place in PLACES:
                part = PLACES[place]
                side.enter("/" + part.partition(".")[2], part, place, named)
        return side

    @cached_property
    def statuses(self) -> Statuses:
        """The statuses that are documented."""
        return Statuses(self._described.openapi.responses(self._name))

    def response(self, status: str) -> Side:
        """Return the response under one of the names of statuses."""
        side = self._responses.get(status)
        if side is None:
            side = self._responses[status] = self._response(status)
        return side

    def _response(self, status: str) -> Side:
        openapi = self._described.openapi
        at = openapi.responses(self._name)[status]
        side = Side(
            self._described,
            self._name,
            f"response.{status}",
            lambda kinds: answer_frame(at, kinds),
            at,
        )
        content = openapi.content(at)
        side.enter_body(at if content else None, content)
        side.required = bool(content)
        named = openapi.headers(at)
        if named:
            side.enter("/headers", f"response.{status}.headers", "header", list(named))
        return side

    def unknown_status(self, status: int, findings: Findings) -> None:
        """Tell that a status is not documented."""
        findings.judge("", self._answered, {"status": status})

    @cached_property
    def _answered(self) -> Contract:
        """The contract of the status."""
        schema = response_frame(self._at, self.statuses.names)
        name = self._described.named(self._name, "response")
        return self._described.framed(name, schema, self._at)
