"""The operationIds of a document go in; a name for each operation comes out, no two alike."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable


class Names:
    """The names of operations: their operationIds in kebab-case.

    Where several are alike then, that which is written so has the name, and the others a number
    behind it. *ids* are all operationIds.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self._own = {each for each in ids if kebab(each) == each}
        self._taken: set[str] = set()
        self._by_id: dict[str, tuple[str, Hashable]] = {}

    def enter(self, written: str, otherwise: str, place: Hashable, *, strict: bool) -> str:
        """Return the name of the operation at a place, *otherwise* if it has no operationId.

        Raises ValueError for two operations of one operationId, and where that is *strict*, for
        any two that would be alike.
        """
        wanted = kebab(written) or kebab(otherwise)
        known = self._by_id.get(written)
        if known is not None and known[1] != place:
            raise ValueError(f"two operations have the operationId {written!r}")
        if written and known is None and strict and wanted in self._taken:
            raise ValueError(f"two operations are named {wanted}")
        is_own = written == wanted and known is None
        name = wanted if is_own else _free(wanted, self._taken | self._own)
        if written:
            self._by_id.setdefault(written, (name, place))
        self._taken.add(name)
        return name

    def find(self, operation: str) -> str | None:
        """Return the name of an operation by that, or by its operationId as it is written."""
        if operation in self._taken:
            return operation
        name = self._by_id[operation][0] if operation in self._by_id else kebab(operation)
        return name if name in self._taken else None


def _free(name: str, taken: Container[str]) -> str:
    """Return a name that is not taken yet."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def kebab(name: str) -> str:
    """Return an operationId as a contract is named: createProductGroup is create-product-group."""
    written = ""
    for index, letter in enumerate(name):
        before, after = name[index - 1 : index], name[index + 1 : index + 2]
        begins = letter.isupper() and (before.islower() or before.isdigit() or after.islower())
        written += ("-" if begins else "") + (letter.lower() if letter.isalnum() else "-")
    return "-".join(word for word in written.split("-") if word)
