"""The version of fieldbound, for reports."""

from __future__ import annotations


def version() -> str:
    """Return the installed version."""
    from importlib.metadata import version as installed

    return installed("fieldbound")
