"""A contract as a listing has it: its name, and what it is of."""

from __future__ import annotations

from typing import NamedTuple


class ContractEntry(NamedTuple):
    """The name of a contract, and what it is of: the *part* of an *operation*, "" for its body.

    *method* and *path* are "" where no document says so.
    """

    name: str
    operation: str = ""
    part: str = ""
    method: str = ""
    path: str = ""
