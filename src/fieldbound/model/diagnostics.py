"""A diagnostic: what the lint of a contract found, and where."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import Place


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """A mistake in a contract: its *file* and *place*, the *code* of its kind, and the *message*.

    *is_error* is whether a limit is lost or wrong; else it may be meant as it is. *pointer* is that
    of the keyword in the file.
    """

    file: str
    place: Place
    code: str
    message: str
    is_error: bool = True
    pointer: str = ""

    def __str__(self) -> str:
        severity = "" if self.is_error else " (warning)"
        return f"{self.file}:{self.place}: {self.code}: {self.message}{severity}"
