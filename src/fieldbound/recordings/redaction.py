"""The report of a recorded message goes in; it comes out without what its recorder did not keep.

What is secret was there when the message was sent. Where a recorder has left it out, or has put
something else in its place, it is not judged: the report tells that, and is not of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

from fieldbound.documents import parse
from fieldbound.http import API, Message, Side, Texts, body_of
from fieldbound.model import Report, Violation, tokens_of
from fieldbound.openapi import is_credential, is_form
from fieldbound.validation import Contract

from .positions import OF_NAMES

_LEFT_OUT: Final = "the recording has none, for recorders leave out what is secret"
_MASKED: Final = "the recorder put something else in its place"
_MASK: Final = re.compile(
    r"[\W_]*(?:(?:x{3,}(?!x)|redacted|filtered|masked|hidden|removed|sanitized|scrubbed|censored"
    r"|omitted|stripped|secret|dummy|fake|placeholder|private|token|basic|bearer|api|key|access"
    r"|auth|my|your|by|vcr)[\W_]*)*"
    r"|[\W_]*(?:<.*>|\[.*\]|\{.*\}|%.*%)[\W_]*",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST: Final = 100  # characters of a mask


def without_masked(report: Report, message: Message, judge: API) -> Report:
    """Tell of what is secret, and missing or masked in a message, that it is not judged."""
    if report.ok:
        return report
    kept: list[Violation] = []
    unjudged = dict(report.not_checked)
    read = _Read(message, judge)
    for each in report.violations:
        reason = read.masked(each)
        if reason is None:
            kept.append(each)
        else:
            unjudged[each.pointer] = reason
    if len(kept) == len(report.violations):
        return report
    return replace(report, violations=tuple(kept), not_checked=unjudged)


class _Read:
    """A message, and what is in it where a violation is."""

    def __init__(self, message: Message, judge: API) -> None:
        self._message, self._judge = message, judge

    def masked(self, violation: Violation) -> str | None:
        """Return why a violation is not held against the message; None if it is."""
        place, *names = tokens_of(violation.pointer) or ("",)
        if not names or violation.code in OF_NAMES:  # that is of the name, which nobody masks
            return None
        is_named = place != "body" and is_credential(names[0])
        if violation.code == "required":
            if violation.detail:  # it was sent under another name: that is wrong
                return None
            return _LEFT_OUT if is_named or self._is_sensitive(place, names) else None
        if is_named or (violation.limit is not None and violation.limit.sensitive):
            return _MASKED if _is_mask(self._value(place, names)) else None
        return None

    @cached_property
    def _side(self) -> Side | None:
        message = self._message
        operation = self._judge.operation_of(Message(message.method, message.url))
        if operation is None:
            return None
        if message.status is None:
            return self._judge.request_side(operation)
        return self._judge.response_side(operation, message.status)[0]

    @cached_property
    def _texts(self) -> Texts:
        return self._judge.texts_of(self._message)

    def _contract(self, place: str) -> Contract | None:
        if self._side is None:
            return None
        if place != "body":
            named = self._side.sets.get(f"/{place}")
            return named.contract if named else None
        kind = self._side.media.find(self._texts.headers.get("content-type", ""))
        return self._side.body(kind) if kind else None

    def _is_sensitive(self, place: str, names: list[str]) -> bool:
        contract = self._contract(place)
        limits = contract.limits if contract else ()
        return any(each.sensitive and _is_at(tokens_of(each.pointer), names) for each in limits)

    def _value(self, place: str, names: list[str]) -> Any:
        value = self._body() if place == "body" else self._named(place)
        for name in names:
            if isinstance(value, list) and name.isdecimal():
                value = value[int(name)] if int(name) < len(value) else None
            else:
                value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _named(self, place: str) -> Any:
        named = self._side.sets.get(f"/{place}") if self._side else None
        return named.read(self._texts) if named else None

    def _body(self) -> Any:
        headers = self._texts.headers
        body = body_of(self._message, headers)
        if body.data is None:
            return body.value
        if is_form(headers.get("content-type", "")):
            return dict(parse_qsl(body.data.decode(errors="replace")))
        document = parse(body.data)
        return document.value if document.readable else None


def _is_at(pattern: Sequence[str], names: Sequence[str]) -> bool:
    same = all(one in ("*", other) for one, other in zip(pattern, names, strict=False))
    return same and len(pattern) == len(names)


def _is_mask(value: Any) -> bool:
    if isinstance(value, list) and value:
        return all(_is_mask(each) for each in value)
    return isinstance(value, str) and len(value) <= _LONGEST and bool(_MASK.fullmatch(value))
