"""The commands: one module each, with DESCRIPTION, EXAMPLE, `add_options` and `run`."""

from __future__ import annotations

from typing import Final

#: Each command, and the line that `fieldbound --help` shows for it.
COMMANDS: Final[dict[str, str]] = {
    "check": "check documents, records and recorded HTTP traffic",
    "contracts": "list the contracts",
    "limits": "list the limits of contracts, and where each is documented",
    "sources": "list the documents that limits cite, with the age of each; verify a copy",
    "explain": "explain a limit, or the code of a violation",
    "schema": "print the JSON Schema of a contract, or of what you write yourself",
    "lint": "check contracts of your own",
    "cases": "generate a valid and an invalid instance for each limit",
    "samples": "print example payloads of a contract",
    "models": "write a contract as typed Python: pydantic, dataclasses, TypedDict, msgspec",
    "import": "make contracts of what a vendor gives: describe documents, tables of limits",
    "init": "set up a project: configuration, hook, CI",
    "config": "show the configuration in force",
    "completion": "print the completion of a shell: bash, zsh or fish",
    "docs": "show the guides, or make pages of them, or of a vendor",
}
#: The example under `fieldbound --help`.
EXAMPLE: Final = "example: fieldbound check -c oracle-cx-sales/create-product-group payload.json"
