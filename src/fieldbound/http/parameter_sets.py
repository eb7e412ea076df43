"""Sets of parameters: those of an operation in one location, or its headers, and their contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from fieldbound.openapi import ParameterObject
from fieldbound.validation import Contract, checker_of, coercion_of

from .deserialize import Parameter, parse_cookies, parse_query, parse_single, undecodable_names
from .media_types import strip_parameters

CONTENT_TYPE: Final = "Content-Type"


class MessageHead(NamedTuple):
    """The headers, query string and raw path parameters of a message, and the status code."""

    headers: Mapping[str, str]  # by lower-case name, repeated ones joined
    header_pairs: Iterable[tuple[str, str]] = ()
    query: str = ""
    path: Mapping[str, str] = {}
    status: int | None = None


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

    def undecodable(self, head: MessageHead) -> dict[str, tuple[str, str]]:
        """Return the names of the parameters whose percent-encoding is invalid, each with why."""
        if self.location not in ("query", "path"):
            return {}
        return undecodable_names(self.parameters, head.query, head.path)
