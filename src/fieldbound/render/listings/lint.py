"""The result of a lint: one line for each diagnostic, or one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound.model import escaped, pluralize
from fieldbound.render.escape import ascii_json
from fieldbound.render.product import version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.model import Diagnostic


def lint_text(diagnostics: Sequence[Diagnostic], files: int) -> Iterator[str]:
    """Yield a line for each diagnostic, and a summary."""
    for each in diagnostics:
        yield f"{escaped(str(each))}\n"
    errors = sum(each.is_error for each in diagnostics)
    found = f"{pluralize(errors, 'error')}, {pluralize(len(diagnostics) - errors, 'warning')}"
    yield f"{found} in {pluralize(files, 'file')}\n"


def lint_json(diagnostics: Sequence[Diagnostic], files: int, problems: Sequence[str]) -> str:
    """Return one object with all diagnostics, and what could not be checked."""
    errors = sum(each.is_error for each in diagnostics)
    return ascii_json(
        {
            "fieldbound": version(),
            "ok": not errors and not problems,
            "files": files,
            "errors": list(problems),
            "diagnostics": [
                {
                    "file": each.file,
                    "line": each.place.line,
                    "column": each.place.column,
                    "pointer": each.pointer,
                    "code": each.code,
                    "severity": "error" if each.is_error else "warning",
                    "message": each.message,
                }
                for each in diagnostics
            ],
        }
    )
