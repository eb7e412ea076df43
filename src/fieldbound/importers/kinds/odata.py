"""OData's `$metadata`: CSDL as XML, of versions 2, 3 and 4, and as JSON.

Documented in "OData Common Schema Definition Language (CSDL) XML Representation" and "… JSON
Representation" of OASIS, "Conceptual Schema Definition File Format" for versions 2 and 3, and "SAP
Annotations for OData Version 2.0".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from fieldbound.importers.csdl.entities import Entities
from fieldbound.importers.csdl.json_reader import is_csdl, read_json
from fieldbound.importers.csdl.model import Csdl, EntitySet, StructuredType
from fieldbound.importers.csdl.xml_reader import read_xml
from fieldbound.importers.draft import Omitted
from fieldbound.importers.folder import Citation, draft_of

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

_MAX_NAMES: Final = 20
_EDMX: Final = re.compile(rb"<(\w+:)?Edmx[\s>]")


def matches(document: SourceDocument) -> bool:
    """Return whether a document is CSDL, as XML or JSON."""
    start = document.start
    if b"$Version" in start and start.lstrip().startswith((b"{", b"\xef\xbb\xbf")):
        return is_csdl(document.value)
    return _is_xml(document) and bool(_EDMX.search(start.replace(b"\0", b"")))


def _is_xml(document: SourceDocument) -> bool:
    """Return whether a document begins as XML does, in UTF-8 or UTF-16."""
    start = document.start[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return start.startswith(b"<")


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the entity sets of a document. Raises BrokenSource."""
    csdl = read_xml(document) if _is_xml(document) else read_json(document)
    entity_sets = _chosen(csdl, options)
    entities = Entities(csdl)
    resources = [entities.resource(each) for each in entity_sets]
    names = [each.name for each in entity_sets]
    about = names if options.resources else [csdl.namespace]
    citation = Citation(f"metadata-{'-'.join(about)}", f"Metadata of {', '.join(about)}")
    omitted = [*entities.omitted, *_not_made(csdl)]
    return draft_of(document, options, resources, citation, omitted)


def _chosen(csdl: Csdl, options: Options) -> list[EntitySet]:
    """Return the entity sets to take: without any in the document, one of each entity type."""
    found = {each.name: each for each in csdl.entity_sets} or {
        each.name: each for each in _of_types(csdl)
    }
    if not found:
        raise csdl.document_error("the document has no entity set, and no entity type")
    for name in options.resources:
        if name not in found:
            known = ", ".join(sorted(found)[:_MAX_NAMES])
            reason = f"there is no entity set {name!r}: must be one of {known}"
            raise csdl.document_error(reason + (", …" if len(found) > _MAX_NAMES else ""))
    return [found[name] for name in sorted(set(options.resources) or found)]


def _of_types(csdl: Csdl) -> Iterator[EntitySet]:
    """Yield an entity set for each entity type, as the document has none."""
    for each in csdl.types.values():
        if isinstance(each, StructuredType) and each.is_entity:
            name = each.name.rpartition(".")[2]
            yield EntitySet(name, each.name, each.where, each.name)


def _not_made(csdl: Csdl) -> Iterator[Omitted]:
    names: dict[str, dict[str, None]] = {}
    for each in csdl.operations:
        names.setdefault(each.kind, {})[each.name] = None
    for kind, found in names.items():
        listed = ", ".join([*found][:_MAX_NAMES])
        more = f" and {len(found) - _MAX_NAMES} more" if len(found) > _MAX_NAMES else ""
        reason = "not imported: contracts are made of entities, not of what is called"
        yield Omitted(f"{kind} {listed}{more}", reason)
    if csdl.version != 4:  # noqa: PLR2004 - of OData
        yield Omitted("answers", "before OData 4 they are in an envelope: not checked")
