"""Operation names: operationIds in kebab-case, made unique within a document."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, MutableMapping


class OperationNames:
    """The names of operations: their operationIds in kebab-case.

    Where several operationIds have the same name, the one that is written so keeps it, and the
    others get a number as suffix. *operation_ids* are all operationIds of the document.
    """

    def __init__(self, operation_ids: Iterable[str]) -> None:
        self._used = {each for each in operation_ids if kebab_case(each) == each}
        self._numbers: dict[str, int] = {}
        self._names: set[str] = set()
        self._by_id: dict[str, tuple[str, Hashable]] = {}

    def add(
        self,
        operation_id: str,
        fallback: str,
        location: Hashable,
        *,
        strict: bool,
        unique: bool = True,
    ) -> str:
        """Return the name of an operation, made of *fallback* if it has no operationId.

        Raise ValueError for a duplicate operationId where it must be *unique* and, where *strict*,
        for a duplicate name.
        """
        name = kebab_case(operation_id) or kebab_case(fallback)
        known = self._by_id.get(operation_id)
        if unique and known is not None and known[1] != location:
            raise ValueError(f"duplicate operationId {operation_id!r}")
        if operation_id and known is None and strict and name in self._names:
            raise ValueError(f"duplicate operation name {name}")
        if operation_id != name or known is not None:
            name = unused_name(name, self._used, self._numbers)
        if operation_id:
            self._by_id.setdefault(operation_id, (name, location))
        self._names.add(name)
        self._used.add(name)
        return name

    def find(self, operation: str) -> str | None:
        """Return the name of an operation, given by its name or its operationId."""
        if operation in self._names:
            return operation
        name = self._by_id[operation][0] if operation in self._by_id else kebab_case(operation)
        return name if name in self._names else None


def unused_name(
    name: str, used: Container[str], numbers: MutableMapping[str, int] | None = None
) -> str:
    """Return a name that is not used yet: this one, or one with a number after it.

    *numbers* are the last ones that names got; with it, what is returned counts as used.
    """
    numbers = {} if numbers is None else numbers
    unused, number = name, numbers.get(name, 1)
    while unused in used:
        number += 1
        unused = f"{name}-{number}"
    numbers[name] = number
    return unused


def kebab_case(name: str) -> str:
    """Return an operationId in kebab-case: createProductGroup is create-product-group."""
    result = ""
    for index, letter in enumerate(name):
        before, after = name[index - 1 : index], name[index + 1 : index + 2]
        is_start = letter.isupper() and (before.islower() or before.isdigit() or after.islower())
        result += ("-" if is_start else "") + (letter.lower() if letter.isalnum() else "-")
    return "-".join(word for word in result.split("-") if word)
