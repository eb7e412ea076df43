"""Names in any case go in, the contract's own spelling of them comes out: as headers have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fieldbound.model import Violation, pointer_of


class AnyCase:
    """The names of an object whose case does not count, each as the contract writes it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._ours = {name.lower(): name for name in names}

    def ours(self, instance: Any) -> Any:
        """Return an instance with the contract's spelling of its names.

        Raises ValueError where a name is there more than once, in different cases.
        """
        if not isinstance(instance, dict):
            return instance
        ours = {self._ours.get(str(name).lower(), name): each for name, each in instance.items()}
        if len({str(name).lower() for name in instance}) < len(instance):
            raise ValueError("a name is there more than once, in different cases")
        return ours

    def theirs(self, instance: Any) -> Mapping[Any, str]:
        """Return the spelling in the instance of each of the contract's names."""
        if not isinstance(instance, dict):
            return {}
        return {self._ours.get(name.lower(), name): name for name in instance}

    def repeated(self, instance: Any) -> Violation | None:
        """Return the violation of a name that is there more than once, in different cases."""
        seen = set()
        for name in instance if isinstance(instance, dict) else ():
            if name.lower() in seen:
                return Violation("duplicateKey", pointer_of((name,)), actual=name)
            seen.add(name.lower())
        return None
