"""Slips in a schema: what it says in vain, by the pointer to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fieldbound.model import BrokenContract, child_schemas, pointer_of

from .broken_parts import misspellings
from .ignored_keywords import DRAFT_2020, WITHOUT_SIBLINGS, draft_in, ignored_keywords
from .impossible_names import impossible_names


def refuse_slips(schema: Any, resources: Mapping[str, Any]) -> None:
    """Raise BrokenContract, which names all slips in a schema and in its resources, if any."""
    found = [(pointer_of(tokens), reason) for tokens, reason in _slips(schema, ())]
    for uri, each in resources.items():
        found += [(f"{uri}#{pointer_of(tokens)}", reason) for tokens, reason in _slips(each, ())]
    if found:
        (pointer, first), *others = found
        reason = "; ".join((first, *(f"at {each}: {why}" for each, why in others)))
        raise BrokenContract(reason, pointer=pointer)


def _slips(
    schema: Any, tokens: tuple[str, ...], draft: int | None = DRAFT_2020
) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(schema, dict):
        return
    draft = draft_in(schema, draft)
    ignored = dict(ignored_keywords(schema, draft)) if draft is not None else {}
    for keyword, reason in (*ignored.items(), *misspellings(schema)):
        yield (*tokens, keyword), reason
    if "$ref" in schema and draft is not None and draft <= WITHOUT_SIBLINGS:
        return
    for index, reason in impossible_names(schema):
        yield (*tokens, "required", str(index)), reason
    for at, child in child_schemas(schema):
        if at[0] not in ignored:
            yield from _slips(child, (*tokens, *at), draft)
