"""Source documents of vendors to drafts of contracts, and drafts to folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .draft import Draft as Draft, Omitted as Omitted
    from .errors import BrokenSource as BrokenSource
    from .folder import Citation as Citation, draft_of as draft_of
    from .kinds import KINDS as KINDS
    from .merge import Conflict as Conflict
    from .options import Options as Options
    from .reading import read as read
    from .resources import (
        OPERATIONS as OPERATIONS,
        Attribute as Attribute,
        Evidence as Evidence,
        Resource as Resource,
    )
    from .source import SourceDocument as SourceDocument
    from .verification import verify as verify
    from .writing import Imported as Imported, Written as Written

__getattr__, __all__ = lazy(
    __name__,
    {
        ".draft": "Draft Omitted",
        ".errors": "BrokenSource",
        ".folder": "Citation draft_of",
        ".kinds": "KINDS",
        ".merge": "Conflict",
        ".options": "Options",
        ".reading": "read",
        ".resources": "Attribute Evidence OPERATIONS Resource",
        ".source": "SourceDocument",
        ".verification": "verify",
        ".writing": "Imported Written",
    },
)
