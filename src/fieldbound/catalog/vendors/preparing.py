"""Preparing what comes with fieldbound: the files that `prepared` reads, made with the wheel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.validation import prepared_of

from .prepared import NAMES, SHARED, SUFFIX, Span, checksum
from .vendor import Vendor, bundled_vendors


def prepare(target: Path) -> None:
    """Write what is prepared of the vendors that come with fieldbound to a folder."""
    vendors = bundled_vendors()
    names = sorted(entry for vendor in vendors.values() for entry in vendor.entries)
    _write(target / NAMES, "".join(["\t".join(each) + "\n" for each in names]).encode())
    for name, vendor in vendors.items():
        body = _Body()
        spans = _add_contracts(vendor, body)
        _write(target / f"{name}{SUFFIX}", _text(spans) + b"\n" + body.data)


def _write(path: Path, rest: bytes) -> None:
    path.write_bytes(f"{checksum(bundled_folder(), len(rest))}\n".encode() + rest)


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Body:
    """The lines of a file after its first, each once."""

    def __init__(self) -> None:
        self._spans: dict[bytes, Span] = {}
        self._length = 0

    @property
    def data(self) -> bytes:
        """The lines."""
        return b"".join(each + b"\n" for each in self._spans)

    def add(self, value: Any) -> Span:
        """Add the line of a value, unless it is there, and return its place."""
        text = _text(value)
        if text not in self._spans:
            self._spans[text] = (self._length, self._length + len(text))
            self._length += len(text) + 1
        return self._spans[text]


def _add_contracts(vendor: Vendor, body: _Body) -> dict[str, Span]:
    """Add the contracts of a vendor that can be prepared, and return the place of each."""
    spans = {}
    for entry in vendor.entries:
        _, _, rest = entry.name.partition("/")
        contract = vendor.contract(entry.operation, entry.part, entry.name)  # from the files
        found = None if contract is None else prepared_of(contract)
        if found is not None:
            read = [] if found.engine_schema == found.schema else [found.engine_schema]
            schemas = [_shared(each, body) for each in (found.schema, *read)]
            spans[rest] = body.add({"schemas": schemas, "facts": found.facts})
    return spans


def _shared(schema: dict[str, Any], body: _Body) -> dict[str, Any]:
    """Return a schema with the places of what it shares with others, which is added."""
    places: dict[str, Any] = {
        key: [body.add(each) for each in schema[key].items()] for key in SHARED if key in schema
    }
    return {**schema, **places}
