"""Unknown paths: the nearest path templates, and what of a path may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

_MAX_SEGMENTS: Final = 30
_MAX_LENGTH: Final = 100  # of a segment that is compared
_MAX_SUGGESTIONS: Final = 3
_MIN_SIMILARITY: Final = 0.7
#: The costs of an alignment: it is a suggestion below the limit.
_LIMIT: Final = 1.0
_MISSING: Final = 1.0
_OF_PREFIX: Final = 0.4  # a segment before all others
_OF_PARAMETER: Final = 0.05
_MARGIN: Final = 0.03  # of other suggestions beside the nearest
_MAX_PREFIX: Final = 2
#: Length from which an unknown segment may be a secret wherever it is.
_SECRET_LENGTH: Final = 16
_HIDDEN: Final = "…"


class PathSuggestions:
    """The path templates of an API, to find those that are nearest to an unknown path."""

    def __init__(self, templates: Iterable[str]) -> None:
        by_segments = {tuple(_split(each)): each for each in reversed(list(templates))}
        self._templates = {each: own for own, each in reversed(by_segments.items())}
        segments = {each for own in self._templates.values() for each in own}
        self.literals = frozenset(each for each in segments if "{" not in each)

    def nearest(self, path: str) -> tuple[str, ...]:
        """Return the templates that a path was probably meant to match, the nearest first."""
        segments = _split(path)
        if len(segments) > _MAX_SEGMENTS:
            return ()
        similar = [self._similar(each) for each in segments]
        found = set().union(*similar)
        costs = {
            template: _cost(similar, own)
            for template, own in self._templates.items()
            if _is_candidate(own, found)
        }
        least = min(costs.values(), default=_LIMIT)
        if least >= _LIMIT:
            return ()
        near = [each for each in costs if costs[each] <= least + _MARGIN and costs[each] < _LIMIT]
        return tuple(sorted(near, key=lambda each: costs[each])[:_MAX_SUGGESTIONS])

    def _similar(self, segment: str) -> dict[str, float]:
        """Return the literals that are similar to a segment, each with the cost."""
        return {
            each: 1 - ratio
            for each, ratio in _ratios(segment, self.literals).items()
            if ratio >= _MIN_SIMILARITY
        }


def visible_path(path: str, secret: Mapping[str, frozenset[str]], literals: frozenset[str]) -> str:
    """Return an unknown path without the segments that may be secret.

    *secret* are the secret parameters by path template. A segment may be secret where it is no
    known literal and follows the literals before such a parameter, or is as long as a key.
    """
    if not secret:
        return path
    segments = path.split("/")
    start = min(_start_of_secrets(segments, own, names) for own, names in secret.items())
    shown = [
        _HIDDEN
        if each and each not in literals and (index > start or len(each) >= _SECRET_LENGTH)
        else each
        for index, each in enumerate(segments)
    ]
    return "/".join(shown)


def _start_of_secrets(segments: Sequence[str], template: str, names: frozenset[str]) -> int:
    """Return the index of the segment after which a secret parameter may be."""
    own = _split(template)
    at = next(i for i, each in enumerate(own) if any(f"{{{name}}}" in each for name in names))
    before = [each for each in own[:at] if "{" not in each]
    if not before:
        return 0
    for index, each in enumerate(segments):
        if _ratios(each, before[-1:])[before[-1]] >= _MIN_SIMILARITY:
            return index
    return len(segments)


def _split(path: str) -> list[str]:
    return path.strip("/").split("/")


def _ratios(segment: str, literals: Iterable[str]) -> dict[str, float]:
    """Return how similar literals are to a segment, 0 for those that are clearly not."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(segment[:_MAX_LENGTH].lower())
    found = {}
    for each in literals:
        matcher.set_seq1(each[:_MAX_LENGTH].lower())
        near = min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= _MIN_SIMILARITY
        found[each] = matcher.ratio() if near else 0.0
    return found


def _is_candidate(template: Sequence[str], similar: set[str]) -> bool:
    """Return whether a path has all literals of a template, but for a prefix, and any of them."""
    missing = [i for i, each in enumerate(template) if "{" not in each and each not in similar]
    is_prefix = missing == list(range(len(missing))) and len(missing) <= _MAX_PREFIX
    return is_prefix and not similar.isdisjoint(template)


def _cost(path: Sequence[Mapping[str, float]], template: Sequence[str]) -> float:
    """Return the cost of the best alignment of a path, by its similar literals, to a template."""
    row = [_OF_PREFIX * index for index in range(len(path) + 1)]
    for number, each in enumerate(template, 1):
        previous, row = row, [_OF_PREFIX * number]
        for index, similar in enumerate(path, 1):
            own = _OF_PARAMETER if "{" in each else similar.get(each, _MISSING)
            row.append(
                min(previous[index - 1] + own, previous[index] + _MISSING, row[-1] + _MISSING)
            )
    return row[-1]
