"""What is known of a limit, and what a code means: one line for each fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped, pluralize, to_json, tokens_of
from fieldbound.render.details import limit_text, value_of
from fieldbound.render.escape import display_width
from fieldbound.render.json import limit_object
from fieldbound.render.table import wrapped

if TYPE_CHECKING:
    from fieldbound.model import Case, CodeDescription, Limit

_EVIDENCE: Final = {
    "stated": "stated: a document of the vendor says so",
    "example": "example: seen in an example of the vendor",
    "observed": "observed: seen in real traffic",
    "inferred": "inferred: reasoned, as the note says",
}
_NAME_WIDTH: Final = 10
_MAX_VALUE: Final = 200
_MAX_EXAMPLE: Final = 60
_LEAST_WIDTH: Final = 20
#: Limits that a value breaks by its absence.
_OF_ABSENCE: Final = frozenset(("required", "dependentRequired", "dependencies"))


def code_text(code: str, description: CodeDescription) -> Iterator[str]:
    """Yield what a code means, and how it is mended."""
    yield f"{code}: {description.meaning}\n"
    yield f"{description.mending}\n"


def limit_explanation(
    limit: Limit, written: str | None, case: Case | None, width: int | None
) -> Iterator[str]:
    """Yield what is known of a limit: *case* has an instance at it and one beyond it."""
    yield f"{escaped(limit.id)}\n"
    for name, text in _facts(limit, written, case):
        lines = [escaped(text)]
        if width is not None:
            lines = wrapped(lines[0], max(width - _NAME_WIDTH - 2, _LEAST_WIDTH))
        for number, line in enumerate(lines):
            yield f"  {'' if number else name:{_NAME_WIDTH}}{line}".rstrip() + "\n"


def explanation_object(
    limit: Limit, written: tuple[str, int, int] | None, case: Case | None
) -> dict[str, Any]:
    """Return what is known of a limit as an object."""
    found = {**limit_object(limit), "title": _title(limit), "written": None}
    if written is not None:
        found["written"] = dict(zip(("file", "line", "column"), written, strict=True))
    if case is not None and case.has_valid:
        found["valid"] = case.valid
    if case is not None and case.violation is not None:
        found["invalid"] = case.invalid
    return found


def _facts(limit: Limit, written: str | None, case: Case | None) -> Iterator[tuple[str, str]]:
    yield (
        "limit",
        f"{limit.keyword} {to_json(value_of(limit))}" if _is_short(limit) else limit_text(limit),
    )
    if (title := _title(limit)) is not None:
        yield "title", title
    if limit.condition is not None:
        yield "where", limit.condition
    if limit.says is not None:
        yield "evidence", _EVIDENCE.get(limit.says, limit.says)
    for source in limit.sources:
        read = f" (read {source.read})" if source.read else ""
        yield "source", f"{source.title}{read}"
        if source.address:
            yield "", source.address
    if limit.note:
        yield "note", limit.note
    if written is not None:
        yield "written", written
    yield from _examples(limit, case)


def _is_short(limit: Limit) -> bool:
    return limit.value is not True and len(to_json(value_of(limit))) <= _MAX_VALUE


def _title(limit: Limit) -> str | None:
    """Return the title of the value; not that of a contract, which is its name."""
    return None if limit.title == limit.contract else limit.title


def _examples(limit: Limit, case: Case | None) -> Iterator[tuple[str, str]]:
    if case is None:
        return
    if case.has_valid:
        yield "valid", _shown(limit, case.valid, limit.pointer)
    if case.violation is not None:
        yield "invalid", _shown(limit, case.invalid, case.violation.pointer)
    elif case.reason:
        yield "invalid", f"none: {case.reason}"


def _shown(limit: Limit, instance: Any, pointer: str) -> str:
    """Return the value that a limit is about, or the instance where that is its absence."""
    found = () if limit.keyword in _OF_ABSENCE else _values_at(instance, tokens_of(pointer))
    for value in found:
        text = _excerpt(to_json(value))
        if isinstance(value, str):
            return f"{text} ({pluralize(len(value), 'character')})"
        return text
    return _excerpt(to_json(instance))


def _values_at(value: Any, tokens: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values at a pointer, in which `*` is any item and any name."""
    if not tokens:
        yield value
        return
    inner: Iterable[Any] = ()
    if isinstance(value, dict):
        own = tokens[0] in value
        inner = [value[tokens[0]]] if own else value.values() if tokens[0] == "*" else ()
    elif isinstance(value, list):
        is_index = tokens[0].isdecimal() and int(tokens[0]) < len(value)
        inner = value if tokens[0] == "*" else [value[int(tokens[0])]] if is_index else ()
    for each in inner:
        yield from _values_at(each, tokens[1:])


def _excerpt(text: str) -> str:
    return text if display_width(text) <= _MAX_EXAMPLE else f"{text[: _MAX_EXAMPLE - 1]}…"
