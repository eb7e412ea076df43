"""A vendor's contracts to a page in Markdown: operations, fields, evidence, what is unknown."""

from __future__ import annotations

from fieldbound.catalog import Folders, OperationContracts, cited_documents, operations

from .bodies import Bodies
from .cells import cell, table
from .notes import notes_section, undocumented_section

__all__ = ["vendor_page"]

_MADE_BY = "<!-- Made by `fieldbound docs --vendor {}`: edit the contracts, not this file. -->"
_OTHERS = "Other operations"


def vendor_page(vendor: str, folders: Folders | None = None) -> str:
    """Return the page of a vendor: it is the same for the same contracts.

    *folders* as for `contract`. Raises UnknownName, or BrokenContract for a broken folder.
    """
    documents = cited_documents(vendor, folders)
    found = operations(vendor, folders)
    bodies = Bodies(found)
    info = found.openapi.root.value.get("info", {})
    parts = [
        _MADE_BY.format(vendor),
        f"# {info.get('title', vendor)}",
        f"Contracts `{vendor}/…`, of version {info.get('version', 'unknown')}. "
        + str(info.get("description", "")),
        *_operations(found),
        *bodies.sections(),
        *undocumented_section(bodies.contracts),
        *notes_section(found, bodies.contracts),
        "## Sources",
        table(
            ("Key", "Document", "Read"),
            (
                (f"`{each.key}`", cell(each.title), str(each.read or "no date"))
                for each in documents
            ),
        ),
        "\n".join(f"[{each.key}]: {each.address}" for each in documents if each.address),
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _operations(found: OperationContracts) -> list[str]:
    """Return the tables of operations, one for each tag."""
    tags = {
        str(each.get("name")): str(each.get("description", ""))
        for each in found.openapi.root.value.get("tags", ())
    }
    by_tag: dict[str, list[tuple[str, ...]]] = {name: [] for name in tags}
    for name, operation in {**found.openapi.operations, **found.openapi.webhooks}.items():
        value = operation.node.value
        own = value.get("tags") or [_OTHERS]
        request = f"{operation.method} {operation.path}".strip() or "not documented"
        row = (
            f"`{name}`",
            cell(str(value.get("summary", ""))),
            f"`{request}`",
            ", ".join(map(str, value.get("responses", ()))),
        )
        by_tag.setdefault(str(own[0]), []).append(row)
    parts = ["## Operations"]
    for tag, rows in by_tag.items():
        if rows:
            head = ("Contract", "Operation", "Request", "Answers")
            parts += [f"### {tag}", tags.get(tag, ""), table(head, rows)]
    return parts
