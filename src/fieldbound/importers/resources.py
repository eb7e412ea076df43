"""What a source says of a vendor's resources: their attributes, and the evidence for each limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: The operations that a resource may have, in the order in which they are written.
OPERATIONS: Final = ("list", "create", "get", "update")
#: What a limit may be about that is no keyword of the value: the words of `evidence`.
REQUIRED: Final = "required"
READ_ONLY: Final = "readOnly"
WRITE_ONLY: Final = "writeOnly"
#: Of `evidence`: that an attribute is accepted by a create alone, or by an update alone.
NOT_IN: Final = "not"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a source supports a limit: *says* is one of `SAYS`, *note* what a reader has to know."""

    says: str = "stated"
    note: str | None = None


#: The evidence of all that a source states without a note: it is written once for a file.
STATED: Final = Evidence()


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a resource.

    *schema* has the JSON Schema keywords of its value, annotations such as `title` and `default`
    among them. It is *required* at create; requests to *create* and to *update* accept it, and a
    *response* has it. *evidence* is by keyword, *default_evidence* that of all other keywords, None
    for that of the whole document. *response_schema* is that of its value in a response, and
    *update_schema* in an update, where it is another.
    """

    name: str
    schema: Mapping[str, Any] = field(hash=False)
    required: bool = False
    create: bool = True
    update: bool = True
    response: bool = True
    evidence: Mapping[str, Evidence] = field(default_factory=dict, hash=False)
    default_evidence: Evidence | None = None
    response_schema: Mapping[str, Any] | None = field(default=None, hash=False)
    update_schema: Mapping[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a vendor, such as an account, with its *attributes*.

    *name* is the vendor's; the file and the operations are named by it. *children* are arrays of
    other resources within it, by their names. *path* is that of its collection, *key* the name of
    the parameter in the path of one of them, *item_path* that path where it is no further segment.
    Where it *is_single*, there is one alone, without a parameter.
    *refuses_unknown* says whether a request may have no other attribute: *closed_note* says why,
    and *other_names* is the pattern of names that it may have all the same. Answers to the
    *operations* in *answered* hold the resource, and those to a list hold it in the array
    *list_in*, None if they are that array. Bodies are of one of the *media_types*.
    """

    name: str
    attributes: tuple[Attribute, ...]
    title: str | None = None
    children: tuple[Resource, ...] = ()
    path: str | None = None
    key: str | None = None
    item_path: str | None = None
    refuses_unknown: bool = True
    closed_note: str = "No other attribute is described."
    other_names: str | None = None
    operations: tuple[str, ...] = OPERATIONS
    answered: tuple[str, ...] = OPERATIONS
    list_in: str | None = None
    is_single: bool = False
    media_types: tuple[str, ...] = ("application/json",)
