"""Integers that the engine misreads: those of more digits than Python converts to text.

Given one, it reads another number, so that such an instance is refused as `to_json_value` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from fieldbound.model import count_values, has_long_integer

#: Keywords whose verdict on such an integer is wrong.
_MISREAD_BY: Final = frozenset(
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf uniqueItems".split()
)

#: Values that are looked at sooner than what does it several times faster is imported.
_FEW_VALUES: Final = 20_000


def may_misread(schemas: Iterable[Any]) -> bool:
    """Return whether any of these schemas has a keyword for which the engine misreads integers."""
    from fieldbound.model import VALUE_KEYWORDS, members  # slow to import

    pending = list(schemas)
    for part in pending:  # which grows
        for token, child in members(part):
            if token in _MISREAD_BY or (token == "type" and "number" in _words(child)):
                return True
            if token not in VALUE_KEYWORDS and isinstance(child, (dict, list)):
                pending.append(child)
    return False


def _words(value: Any) -> Iterable[Any]:
    return (value,) if isinstance(value, str) else value if isinstance(value, list) else ()


def exact(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return *accepts*, which raises ValueError now for an instance that the engine misreads."""
    dumps: Callable[[Any], Any]
    left = _FEW_VALUES

    def looked_through(instance: Any) -> Any:
        nonlocal dumps, left
        count = count_values(instance)
        if count is None:
            raise TypeError
        left -= count
        if left < 0:
            dumps = _dumps()

    dumps = looked_through

    def accepts_exactly(instance: Any) -> bool:
        try:
            dumps(instance)
        except TypeError:
            refuse_long_integers(instance)
        return accepts(instance)

    return accepts_exactly


@cache
def _dumps() -> Callable[[Any], bytes]:
    from orjson import dumps  # several times faster than a look at every value

    return dumps


def refuse_long_integers(instance: Any) -> None:
    """Raise ValueError for a value with an integer that the engine misreads."""
    try:
        _dumps()(instance)  # which takes no integer of more than 64 bits
    except TypeError:
        if has_long_integer(instance):
            raise ValueError("an integer of too many digits for the engine") from None
