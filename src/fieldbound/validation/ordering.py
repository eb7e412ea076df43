"""Mistakes in the order in which they stand in the document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .mistakes import Mistake


_FEW: Final = 20


def in_order(instance: Any, mistakes: list[Mistake]) -> list[Mistake]:
    """Return mistakes in the order of the document."""
    # looking each name up in an object with many mistakes would be quadratic
    orders: dict[int, dict[Any, int]] | None = {} if len(mistakes) > _FEW else None
    return sorted(mistakes, key=partial(_position, instance, orders))


def _position(
    instance: Any, orders: dict[int, dict[Any, int]] | None, mistake: Mistake
) -> list[int]:
    """Return where a mistake stands; *orders* remembers that of the names of each object."""
    position = []
    for token in mistake.place:
        if not isinstance(instance, dict):
            position.append(int(token))
            instance = instance[token]
            continue
        if orders is None:
            position.append([*instance].index(token) if token in instance else len(instance))
        else:
            order = orders.get(id(instance))
            if order is None:
                order = orders[id(instance)] = {name: at for at, name in enumerate(instance)}
            position.append(order.get(token, len(order)))
        instance = instance.get(token)
    return position
