"""The commands: one module each, with DESCRIPTION, EXAMPLE, `add_options` and `run`."""

from __future__ import annotations

from typing import Final

#: Each command, and the line that `fieldbound --help` shows for it.
COMMANDS: Final[dict[str, str]] = {
    "check": "check documents, records and recorded HTTP traffic",
    "contracts": "list the contracts",
    "limits": "list the limits of contracts, and where each is documented",
    "cases": "generate a valid and an invalid instance for each limit",
}
#: The example under `fieldbound --help`.
EXAMPLE: Final = "example: fieldbound check -c oracle-cx-sales/create-product-group payload.json"
