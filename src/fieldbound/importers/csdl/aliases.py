"""Aliases of namespaces: the full names of what a CSDL document names by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

#: Aliases of the vocabularies that documents use without declaring them.
_USUAL: Final = {
    "Core": "Org.OData.Core.V1",
    "Validation": "Org.OData.Validation.V1",
    "Capabilities": "Org.OData.Capabilities.V1",
    "Common": "com.sap.vocabularies.Common.v1",
}


class Aliases:
    """Turns names with an alias into names with the namespace."""

    def __init__(self, pairs: Iterable[tuple[str | None, str | None]]) -> None:
        self._namespaces = {**_USUAL, **{alias: name for alias, name in pairs if alias and name}}

    def full(self, name: str) -> str:
        """Return a qualified name with its namespace."""
        alias, dot, rest = name.rpartition(".")
        return f"{self._namespaces.get(alias, alias)}{dot}{rest}"

    def full_path(self, path: str) -> str:
        """Return the target of annotations with its namespace, as in self.Product/Price."""
        name, slash, rest = path.partition("/")
        return f"{self.full(name)}{slash}{rest}"
