"""The headers of the parts of a multipart body, by the Encoding Object of a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fieldbound.model import pointer_of
from fieldbound.validation import Contract

from .media_types import MediaTypes, strip_parameters
from .parameter_sets import CONTENT_TYPE, MessageHead, ParameterSet
from .report_builder import ReportBuilder

_DEFAULT_TYPE: Final = "text/plain"  # of a part without Content-Type (RFC 7578)


class PartHeaders:
    """The documented headers of the parts of one field, its Content-Type among them.

    *content_type* is the contract of the latter, None if the document does not limit it;
    *parameter_set* are the others, None if there are none.
    """

    def __init__(
        self,
        content_type: Contract | None,
        encoding: Mapping[str, Any],
        parameter_set: ParameterSet | None,
    ) -> None:
        self._content_type = content_type
        self._media_types = MediaTypes(content_types(encoding))
        self.parameter_set = parameter_set

    def check(
        self,
        name: str,
        parts: Sequence[Mapping[str, str]],
        report: ReportBuilder,
        *,
        is_array: bool,
    ) -> None:
        """Check the headers of the parts of a field, given by lower-case name."""
        for index, headers in enumerate(parts):
            tokens = (name, str(index), "headers") if is_array else (name, "headers")
            pointer = "/body" + pointer_of(tokens)
            sent = headers.get("content-type", "")
            if self._content_type and self._media_types.find(sent or _DEFAULT_TYPE) is None:
                given = {CONTENT_TYPE: strip_parameters(sent)} if sent else {}
                report.check(pointer, self._content_type, given)
            if self.parameter_set is not None:
                values = self.parameter_set.parse(MessageHead(headers))
                report.check(pointer, self.parameter_set.contract, values)


def content_types(encoding: Mapping[str, Any]) -> list[str]:
    """Return the media types and ranges that an Encoding Object documents for the parts."""
    stated = encoding.get("contentType")
    return [each.strip() for each in stated.split(",")] if isinstance(stated, str) else []
