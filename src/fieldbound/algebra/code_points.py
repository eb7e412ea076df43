"""Sets of code points as sorted ranges: the classes of ECMA-262, complements, upper and lower case.

A JSON string has no lone surrogates, so no set has any.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from typing import Final, TypeAlias

#: Ranges of code points, both ends included: sorted, neither overlapping nor adjacent.
Ranges: TypeAlias = tuple[tuple[int, int], ...]

LAST_CODE_POINT: Final = 0x10FFFF
SURROGATES: Final = (0xD800, 0xDFFF)
ANY_CHARACTER: Final[Ranges] = ((0, SURROGATES[0] - 1), (SURROGATES[1] + 1, LAST_CODE_POINT))
DIGITS: Final[Ranges] = ((48, 57),)
WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
LINE_TERMINATORS: Final[Ranges] = ((10, 10), (13, 13), (0x2028, 0x2029))
#: WhiteSpace and LineTerminator of ECMA-262.
SPACE: Final[Ranges] = (
    (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
#: Simple case foldings that Python's full ones do not show.
_FOLDED: Final = {0x1FD3: 0x390, 0x1FE3: 0x3B0, 0xFB05: 0xFB06}
#: The code point behind the last one that has a case.
_CASED_END: Final = 0x1F000


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the set of all code points in any of the ranges."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(_without_surrogates(ranges)):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _without_surrogates(ranges: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    first, last = SURROGATES
    for low, high in ranges:
        if high < first or low > last:
            yield low, high
            continue
        if low < first:
            yield low, first - 1
        if high > last:
            yield last + 1, high


def complement(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the characters that are not in any of the ranges."""
    found, start = [], 0
    for low, high in sorted((*ranges, SURROGATES)):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return (*found, (start, LAST_CODE_POINT)) if start <= LAST_CODE_POINT else tuple(found)


def contains(ranges: Ranges, code: int) -> bool:
    """Return whether a set has a code point."""
    at = bisect_right(ranges, (code, LAST_CODE_POINT)) - 1
    return at >= 0 and ranges[at][0] <= code <= ranges[at][1]


def size(ranges: Ranges) -> int:
    """Return how many code points a set has."""
    return sum(high - low + 1 for low, high in ranges)


def folded(code: int) -> int:
    """Return the simple case folding of a code point: that of one character to one."""
    char = chr(code)
    for other in (char.casefold(), char.lower()):
        if len(other) == 1:
            return ord(other)
    return _FOLDED.get(code, code)


@cache
def _case_variants() -> dict[int, tuple[int, ...]]:
    """Return, for each code point that has any, all that are equal where case does not count."""
    groups: dict[int, list[int]] = {}
    for code in range(_CASED_END):
        if not SURROGATES[0] <= code <= SURROGATES[1] and (other := folded(code)) != code:
            groups.setdefault(other, [other]).append(code)
    return {code: tuple(group) for group in groups.values() for code in group}


@cache
def in_any_case(ranges: Ranges) -> Ranges:
    """Return a set with all code points that differ from one of its own by case alone."""
    found = list(ranges)
    for code, variants in _case_variants().items():
        if contains(ranges, code):
            found += [(each, each) for each in variants]
    return merged(found)
