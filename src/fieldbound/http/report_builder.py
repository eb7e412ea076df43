"""Collecting the violations of one HTTP message, part by part, into its report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from fieldbound.model import Report, Unspecified, Violation, pointer_of, tokens_of
from fieldbound.openapi import is_credential

from .percent_encoding import undecodable

if TYPE_CHECKING:
    from fieldbound.validation import Contract

#: What is done with a part of a response that the vendor does not document.
Undocumented = Literal["report", "fail"]
UNDOCUMENTED: Final[tuple[Undocumented, ...]] = ("report", "fail")

#: Values that look like credentials, whatever their name.
_CREDENTIAL: Final = re.compile(
    r"(?:basic|bearer|digest|token|apikey|negotiate)\s+\S", re.IGNORECASE
)
_UNKNOWN_NAME_CODES: Final = ("additionalProperties", "unevaluatedProperties")
_NAME: Final = re.compile(r"[\w$.:@~\[\]() -]{1,60}")


class ReportBuilder:
    """Collects the violations of one message; *counted* in limit coverage or not.

    With *strict*, what the vendor does not document of a response is a violation.
    """

    def __init__(self, *, counted: bool = True, strict: bool = False) -> None:
        self._counted = counted
        self.strict = strict
        self.violations: list[Violation] = []
        self.unspecified: dict[str, str] = {}
        self.not_checked: dict[str, str] = {}
        self._undocumented: dict[str, None] = {}

    def add(self, prefix: str, report: Report) -> None:
        """Add the violations of a part of the message, whose pointers get a prefix."""
        self.violations += [_at_pointer(prefix, each) for each in report.violations]
        self.unspecified.update({prefix + at: why for at, why in report.unspecified.items()})
        self.not_checked.update({prefix + at: why for at, why in report.not_checked.items()})

    def check(self, prefix: str, contract: Contract, instance: Any) -> None:
        """Check a part of the message."""
        from fieldbound.validation import checker_of  # slow to import

        check = contract.check if self._counted else checker_of(contract).check
        try:
            self.add(prefix, check(instance))
        except Unspecified as error:
            self.unspecified[prefix] = error.reason

    def add_undocumented(self, pointer: str, reason: str) -> None:
        """Report a part of a response as not checked, as the vendor does not document it."""
        self.not_checked[pointer] = reason
        self._undocumented[pointer] = None

    def add_undecodable(self, prefix: str, errors: Mapping[str, tuple[str, str]]) -> None:
        """Report values that cannot be decoded, by name: each as one violation."""
        found = {prefix + pointer_of((name,)): error for name, error in errors.items()}
        depth = prefix.count("/") + 2
        self.violations = [
            each
            for each in self.violations
            if "/".join(each.pointer.split("/", depth)[:depth]) not in found
        ]
        self.violations += [undecodable(pointer, error) for pointer, error in found.items()]

    def build(self, contract: str, about: str) -> Report:
        """Return the report of the message."""
        return Report(
            contract,
            tuple(self.violations),
            None,
            self.unspecified,
            about=about,
            not_checked=self.not_checked,
            undocumented=tuple(self._undocumented),
        )


def _at_pointer(prefix: str, violation: Violation) -> Violation:
    """Return a violation with its pointer in the message, and without credentials."""
    pointer, actual = prefix + violation.pointer, violation.actual
    names = tokens_of(violation.pointer)
    hidden = isinstance(actual, str) and prefix != "/body" and _CREDENTIAL.match(actual)
    if hidden or any(map(is_credential, names)):
        return replace(violation, pointer=pointer, actual=None, detail=_public_detail(violation))
    unknown = violation.code in _UNKNOWN_NAME_CODES and prefix == "/query"
    if unknown and names and not _NAME.fullmatch(names[-1]):  # it may be a secret
        return replace(violation, pointer=f"{prefix}/…", known=())
    return replace(violation, pointer=pointer)


def _public_detail(violation: Violation) -> str | None:
    """Return the detail of a violation, unless it may quote a secret."""
    return None if violation.limit is None else violation.detail
