"""A folder of contracts that the configuration names."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import BrokenConfig


@dataclass(frozen=True)
class ConfiguredFolder:
    """The *path* of a folder of contracts, which the setting *key* of the *file* names."""

    path: str
    file: str
    key: str

    def __fspath__(self) -> str:
        return self.path

    def __str__(self) -> str:
        return self.path

    def broken(self, reason: str) -> BrokenConfig:
        """Return the error that contracts cannot be read from this folder, for a reason."""
        return BrokenConfig(self.file, f"{self.key}: {reason}: {self.path}")
