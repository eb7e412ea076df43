"""Names that match in any case, as those of headers do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fieldbound.model import pointer_of

if TYPE_CHECKING:
    from fieldbound.model import Violation


class HeaderCase:
    """The names of a contract that match in any case, each as the contract spells it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._spelling = {name.lower(): name for name in names}

    def normalized(self, instance: Any) -> Any:
        """Return an instance with the contract's spelling of its names.

        Raises ValueError where a name is a duplicate in another case.
        """
        if not isinstance(instance, dict):
            return instance
        normalized = {
            self._spelling.get(str(name).lower(), name): value for name, value in instance.items()
        }
        if len({str(name).lower() for name in instance}) < len(instance):
            raise ValueError("duplicate names, in different cases")
        return normalized

    def originals(self, instance: Any) -> Mapping[Any, str]:
        """Return the name in the instance for each name of `normalized`."""
        if not isinstance(instance, dict):
            return {}
        return {self._spelling.get(name.lower(), name): name for name in instance}

    def duplicate(self, instance: Any) -> Violation | None:
        """Return the violation of the first name that is a duplicate in another case."""
        seen = set()
        for name in instance if isinstance(instance, dict) else ():
            if name.lower() in seen:
                from fieldbound.model import Violation  # slow to import

                return Violation("duplicateKey", pointer_of((name,)), actual=name)
            seen.add(name.lower())
        return None
