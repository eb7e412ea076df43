"""Preparing what comes with fieldbound: the files that `prepared` reads, made with the wheel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fieldbound.catalog.bundled_folder import bundled_path
from fieldbound.validation import preparation_of

from .limit_table import LimitRows
from .prepared import (
    COLUMNS,
    LIMITS_SUFFIX,
    NAMES,
    SHARED,
    SUFFIX,
    Span,
    checksum,
    first_line,
)
from .vendor import Vendor, bundled_vendors


def prepare(target: Path) -> None:
    """Write what is prepared of the vendors that come with fieldbound to a folder."""
    vendors = bundled_vendors()
    names = sorted(entry for vendor in vendors.values() for entry in vendor.entries)
    made = {NAMES: "".join(["\t".join(each) + "\n" for each in names]).encode()}
    for name, vendor in vendors.items():
        contracts, limits = _prepared(vendor)
        made[name + SUFFIX], made[name + LIMITS_SUFFIX] = contracts.data, limits.data
    made_of = checksum(bundled_path())
    for name, data in made.items():
        (target / name).write_bytes(first_line(made_of, len(data)) + data)


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Body:
    """A file after its first line: the places of names, and lines, each once."""

    def __init__(self) -> None:
        self._spans: dict[bytes, Span] = {}
        self._length = 0
        self._names: dict[str, Span] = {}

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        head = "".join(f"{name}\t{start}\t{end}\n" for name, (start, end) in self._names.items())
        return head.encode() + b"\n" + b"".join(each + b"\n" for each in self._spans)

    def name(self, name: str, value: Any) -> None:
        """Add the line of a value, and its name."""
        self._names[name] = self.add(value)

    def add(self, value: Any) -> Span:
        """Add the line of a value, unless it is there, and return its place."""
        text = _text(value)
        if text not in self._spans:
            self._spans[text] = (self._length, self._length + len(text))
            self._length += len(text) + 1
        return self._spans[text]


def _prepared(vendor: Vendor) -> tuple[_Body, _Body]:
    """Return the files of the contracts of a vendor that can be prepared, and of their limits."""
    contracts, limits, rows = _Body(), _Body(), LimitRows()
    for entry in vendor.entries:
        _, _, rest = entry.name.partition("/")
        contract = vendor.contract(entry.operation, entry.part, entry.name)  # from the files
        found = None if contract is None else preparation_of(contract)
        if found is not None:
            read = [] if found.engine_schema is None else [found.engine_schema]
            schemas = [_shared(each, contracts) for each in (found.schema, *read)]
            contracts.name(rest, {"schemas": schemas, "facts": found.facts})
            limits.name(rest, rows.row(found.limits))
    limits.name(COLUMNS, rows.columns)
    return contracts, limits


def _shared(schema: dict[str, Any], body: _Body) -> dict[str, Any]:
    """Return a schema with the places of what it shares with others, which is added."""
    places: dict[str, Any] = {
        key: [body.add(each) for each in schema[key].items()] for key in SHARED if key in schema
    }
    return {**schema, **places}
