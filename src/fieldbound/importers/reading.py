"""Reading a source: the document, its kind, and the draft of its contracts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Final

from fieldbound.catalog import contracts

from .draft import Draft
from .errors import BrokenSource
from .kinds import KINDS, kind_of
from .kinds.models import document_of, is_model_name
from .options import Options
from .source import SourceDocument, read_source

#: The kind whose sources are no files, but classes: `package.module:Class`.
MODELS: Final = "models"
#: The kind whose sources have columns.
TABLE: Final = "table"
#: A vendor's name is the beginning of contracts' names, and the name of a folder.
_VENDOR: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")


def read(  # noqa: PLR0913 - the options of one call, each by its name
    source: str | os.PathLike[str] | SourceDocument,
    kind: str | None = None,
    *,
    vendor: str,
    resource: str | Sequence[str] = (),
    title: str | None = None,
    address: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Draft:
    """Return the draft of contracts for a *vendor* that a file of its limits makes.

    *kind* is one of `KINDS`, by default the one that the file is recognised as. *resource* names
    those to take of several. *title* and *address* are what a citation shows of the document.
    *columns* maps what a column of a table means to its heading.

    A source `package.module:Class` is a model: the module is imported, which runs it.

    Raises BrokenSource, with the place in the file, if it cannot be imported.
    """
    if not _VENDOR.fullmatch(vendor):
        reason = "must be of small letters, digits, dots, hyphens and underscores"
        raise BrokenSource(f"{vendor!r} is no name of a vendor: it {reason}")
    if vendor in {each.partition("/")[0] for each in contracts(())}:
        raise BrokenSource(f"the vendor {vendor!r} comes with fieldbound: take another name")
    is_model = kind == MODELS or (kind is None and is_model_name(source))
    if is_model and not isinstance(source, SourceDocument):
        document = document_of(str(source), title=title, address=address)
        kind = MODELS
    else:
        document = read_source(source, title=title, address=address)
    names = (resource,) if isinstance(resource, str) else tuple(resource)
    found = kind_of(document, kind)
    if columns and found.name in KINDS and found.name != TABLE:
        reason = f"columns are named, but the kind is {found.name}: only a table has columns"
        raise BrokenSource(reason, document.name)
    return found.module.read(document, Options(vendor, names, columns or {}))
