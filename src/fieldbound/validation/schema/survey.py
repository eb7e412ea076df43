"""What has to be known of a whole schema before instances are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fieldbound.model import DRAFT_4, members
from fieldbound.validation.limits import Limits
from fieldbound.validation.trail import is_sensitive, repeats

from .broken_parts import BrokenParts
from .formats import formats_of, why_not_checked
from .surveyed import Survey


def survey_of(limits: Limits) -> Survey:
    """Return what has to be known of a schema before instances are checked."""
    unspecified: dict[str, str] = {}
    recursive, unconstrained, broken = False, True, BrokenParts()
    for trail in limits.trails():
        recursive = recursive or repeats(trail) > 1
        unconstrained = unconstrained and next(limits.keywords_of(trail.node), None) is None
        schema = trail.node.schema
        broken.add(trail.pointer, trail.node)
        if isinstance(schema, dict) and "x-unspecified" in schema:
            unspecified.setdefault(trail.pointer, str(schema["x-unspecified"]))
    sensitive = _sensitive(limits, recursive)
    found = _not_checked(limits), broken.reasons()
    return Survey(recursive, unspecified, sensitive, unconstrained, *found)


def _sensitive(limits: Limits, recursive: bool) -> tuple[str, ...]:
    """Return the pointers of sensitive values."""
    if not _may_be_sensitive(limits.references.root.schema):
        return ()
    trails = limits.trails(include_conditions=True)
    sensitive = {trail.pointer: None for trail in trails if trail.sensitive}
    # there may be more of them, anywhere
    return ("",) if recursive or limits.truncated else tuple(sensitive)


def _may_be_sensitive(part: Any) -> bool:
    """Return whether anything within a schema may be sensitive."""
    if isinstance(part, dict) and is_sensitive(part):
        return True
    return any(_may_be_sensitive(child) for child in _parts(part))


def _not_checked(limits: Limits) -> Mapping[str, str]:
    """Return the formats that are not checked, by pointer, each with the reason."""
    checked = formats_of(DRAFT_4, limits.formats)  # in every draft
    if not any(_has_other_format(each, checked) for each in limits.references.documents):
        return {}
    found: dict[str, str] = {}
    for trail in limits.trails(include_conditions=True):
        schema, draft = trail.node.schema, trail.node.draft
        hidden = not isinstance(schema, dict) or (draft and "$ref" in schema)
        why = None if hidden else why_not_checked(schema, draft, limits.formats)
        if why is not None:
            found.setdefault(trail.pointer, why)
    return found


def _has_other_format(part: Any, checked: frozenset[str]) -> bool:
    """Return whether a schema may have a format that is not checked."""
    name = part.get("format") if isinstance(part, dict) else None
    if name is not None and not (isinstance(name, str) and name in checked):
        return True
    return any(_has_other_format(child, checked) for child in _parts(part))


def _parts(part: Any) -> Iterable[Any]:
    return (child for _, child in members(part) if isinstance(child, (dict, list)))
