"""The version and the address of fieldbound, for reports."""

from __future__ import annotations


def version() -> str:
    """Return the installed version; "unknown" for a copy of the package without its metadata."""
    from importlib.metadata import PackageNotFoundError, version as installed

    try:
        return installed("fieldbound")
    except PackageNotFoundError:
        return "unknown"


def address() -> str | None:
    """Return the first address in the metadata of the package, None if it has none."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("fieldbound").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    return next((url.partition(",")[2].strip() for url in urls), None)
