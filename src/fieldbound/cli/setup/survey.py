"""What is in a project: payloads, each with the contract that it is meant for, and contracts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fieldbound.documents import SUFFIXES, read

#: Folders that have no payloads of the project.
_SKIPPED: Final = frozenset(
    ("node_modules", "site-packages", "dist", "build", "target", "vendor", "venv", "__pycache__")
)
#: Files of other tools that are no payloads.
_OF_TOOLS: Final = frozenset(
    ("package.json", "package-lock.json", "tsconfig.json", "composer.json", "pnpm-lock.yaml")
)
_LINES: Final = (".ndjson", ".jsonl")
_SOURCES: Final = "sources.json"
_RECORDING: Final = ".har"
_MAX_FILES: Final = 500
_MAX_BYTES: Final = 1_000_000
#: How many properties a payload may have at fault and still be meant for a contract.
_MAX_VIOLATIONS: Final = 5


@dataclass
class Survey:
    """What is in a project, by paths relative to it.

    *payloads* are files with the contract that each is meant for; *unknown* are payloads of which
    that is not known.
    """

    folders: list[str] = field(default_factory=list)
    payloads: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)


def survey_of(root: Path) -> Survey:
    """Return what is in a project: no file is changed."""
    from fieldbound.catalog import kind_of, match_payload, matching_entries

    found, values, contracts = Survey(), dict[str, Any](), list[str]()
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if path.suffix == _RECORDING:
            found.recordings.append(name)
            continue
        value = _value(path)
        kind = kind_of(value) if path.suffix in SUFFIXES else "other"
        if path.stem == "openapi" and path.with_name(_SOURCES).is_file():  # that of a vendor
            found.folders.append(path.parent.parent.relative_to(root).as_posix())
        elif kind != "other":
            contracts.append(name)
        elif isinstance(value, dict) and path.name != _SOURCES:
            values[name] = value
    found.folders = list(dict.fromkeys(found.folders))
    own = [each for each in contracts if not each.startswith(_below(found.folders))]
    names = [*_own(own, root), *_bodies(matching_entries((), found.folders))]
    for name, value in values.items():
        match = match_payload(value, names, found.folders)
        if match is not None and match.violations <= _MAX_VIOLATIONS:
            found.payloads[name] = match.name
        else:
            found.unknown.append(name)
    return found


def _below(folders: list[str]) -> tuple[str, ...]:
    return tuple(f"{each}/" for each in folders)


def _files(root: Path) -> Iterator[Path]:
    """Yield the files of a project that may be payloads, schemas or recordings."""
    count = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            each for each in folders if not each.startswith(".") and each not in _SKIPPED
        )
        for name in sorted(files):
            path = Path(folder, name)
            known = path.suffix in (*SUFFIXES, *_LINES, _RECORDING)
            if not known or name.startswith(".") or name in _OF_TOOLS:
                continue
            if path.stat().st_size > _MAX_BYTES:
                continue
            count += 1
            if count > _MAX_FILES:
                return
            yield path


def _value(path: Path) -> Any:
    """Return the value of a document, or of the first record of NDJSON; None if it has none."""
    if path.suffix not in _LINES:
        document = read(path)
        return None if document.errors else document.value
    with path.open("rb") as stream:
        try:
            return json.loads(stream.readline())
        except ValueError:
            return None


def _bodies(entries: Any) -> Iterator[str]:
    """Yield the names of the contracts of request bodies."""
    yield from (each.name for each in entries if each.operation and not each.part)


def _own(contracts: list[str], root: Path) -> Iterator[str]:
    """Yield the names of the contracts of schemas and OpenAPI documents in a project."""
    from fieldbound.catalog import matching_entries
    from fieldbound.model import FieldboundError

    for each in contracts:
        path = os.path.relpath(root / each)
        try:
            found = matching_entries([path], ())
        except FieldboundError:
            continue  # `fieldbound lint` says what is wrong
        yield from _bodies(found) if found[0].operation else (path,)
