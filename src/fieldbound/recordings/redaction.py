"""Redaction by recorders: secrets that were removed or masked are not checked.

They were there when the message was sent, so that they are reported as not checked, instead of as
violations.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

from fieldbound.documents import parse
from fieldbound.http import API, Message, MessageHead, MessageSpec, body_of
from fieldbound.model import Report, Violation, tokens_of
from fieldbound.openapi import is_credential, is_form
from fieldbound.validation import Contract

from .positions import NAME_CODES

_OMITTED: Final = "missing in the recording: recorders remove secrets"
_REDACTED: Final = "redacted in the recording"
_MASK: Final = re.compile(
    r"[\W_]*(?:(?:x{3,}(?!x)|redacted|filtered|masked|hidden|removed|sanitized|scrubbed|censored"
    r"|omitted|stripped|secret|dummy|fake|placeholder|private|token|basic|bearer|api|key|access"
    r"|auth|my|your|by|vcr)[\W_]*)*"
    r"|[\W_]*(?:<.*>|\[.*\]|\{.*\}|%.*%)[\W_]*",
    re.IGNORECASE | re.DOTALL,
)
_MAX_MASK: Final = 100  # characters


def without_redacted(report: Report, message: Message, api: API) -> Report:
    """Move violations of removed or masked secrets to what was not checked."""
    if report.ok:
        return report
    kept: list[Violation] = []
    not_checked = dict(report.not_checked)
    values = _MessageValues(message, api)
    for each in report.violations:
        reason = values.redacted(each)
        if reason is None:
            kept.append(each)
        else:
            not_checked[each.pointer] = reason
    if len(kept) == len(report.violations):
        return report
    return replace(report, violations=tuple(kept), not_checked=not_checked)


class _MessageValues:
    """The values of a message, looked up for violations."""

    def __init__(self, message: Message, api: API) -> None:
        self._message, self._api = message, api

    def redacted(self, violation: Violation) -> str | None:
        """Return why a violation is due to redaction; None if it is not."""
        part, *names = tokens_of(violation.pointer) or ("",)
        if not names or violation.code in NAME_CODES:  # names are not masked
            return None
        is_credential_name = part != "body" and is_credential(names[0])
        if violation.code == "required":
            if violation.detail:  # it was sent under another name
                return None
            return _OMITTED if is_credential_name or self._is_sensitive(part, names) else None
        if is_credential_name or (violation.limit is not None and violation.limit.sensitive):
            return _REDACTED if _is_mask(self._value(part, names)) else None
        return None

    @cached_property
    def _spec(self) -> MessageSpec | None:
        message = self._message
        operation = self._api.operation_of(Message(message.method, message.url))
        if operation is None:
            return None
        if message.status is None:
            return self._api.request_spec(operation)
        return self._api.response_spec(operation, message.status)[0]

    @cached_property
    def _head(self) -> MessageHead:
        return self._api.head_of(self._message)

    def _contract(self, part: str) -> Contract | None:
        if self._spec is None:
            return None
        if part != "body":
            parameters = self._spec.parameter_sets.get(f"/{part}")
            return parameters.contract if parameters else None
        media_type = self._spec.media_types.find(self._head.headers.get("content-type", ""))
        return self._spec.body_contract(media_type) if media_type else None

    def _is_sensitive(self, part: str, names: list[str]) -> bool:
        contract = self._contract(part)
        limits = contract.limits if contract else ()
        return any(
            each.sensitive and _pointer_matches(tokens_of(each.pointer), names) for each in limits
        )

    def _value(self, part: str, names: list[str]) -> Any:
        value = self._body() if part == "body" else self._parameters(part)
        for name in names:
            if isinstance(value, list) and name.isdecimal():
                value = value[int(name)] if int(name) < len(value) else None
            else:
                value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _parameters(self, part: str) -> Any:
        parameters = self._spec.parameter_sets.get(f"/{part}") if self._spec else None
        return parameters.parse(self._head) if parameters else None

    def _body(self) -> Any:
        headers = self._head.headers
        body = body_of(self._message, headers)
        if body.data is None:
            return body.value
        if is_form(headers.get("content-type", "")):
            return dict(parse_qsl(body.data.decode(errors="replace")))
        document = parse(body.data)
        return document.value if document.readable else None


def _pointer_matches(pattern: Sequence[str], names: Sequence[str]) -> bool:
    same = all(one in ("*", other) for one, other in zip(pattern, names, strict=False))
    return same and len(pattern) == len(names)


def _is_mask(value: Any) -> bool:
    if isinstance(value, list) and value:
        return all(_is_mask(each) for each in value)
    return isinstance(value, str) and len(value) <= _MAX_MASK and bool(_MASK.fullmatch(value))
