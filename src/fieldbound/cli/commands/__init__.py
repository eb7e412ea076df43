"""The commands: one module each, named as the user types it, with DESCRIPTION, EXAMPLE and `run`."""

from __future__ import annotations

from typing import Final

#: Each command, and the line that `fieldbound --help` shows for it.
COMMANDS: Final[dict[str, str]] = {
    "check": "check documents, recordings and records",
    "contracts": "list the names of contracts",
    "limits": "list the limits of contracts, and where each is documented",
    "cases": "make a valid and an invalid instance for each limit",
}
#: The example under `fieldbound --help`.
EXAMPLE: Final = "example: fieldbound check -c oracle-cx-sales/create-product-group payload.json"
