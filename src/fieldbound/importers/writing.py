"""Writing a draft to a folder: all files or none, merged with what people changed."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.catalog import operations
from fieldbound.documents import SUFFIXES, read
from fieldbound.model import SAYS, BrokenContract

from .errors import BrokenSource
from .evidence import ABSENT, beside
from .json_text import formatted
from .merge import Conflict, Merge, Sides, is_equal

if TYPE_CHECKING:
    from fieldbound.model import ContractEntry

    from .source import SourceDocument

#: What the last import of each source wrote: no loader reads a hidden file.
BASE_FILE: Final = ".imported.json"
_SOURCES: Final = "sources.json"
_UNKNOWN: Final = "no source"
#: How the names of operations begin that make a record.
_CREATE: Final = ("create", "add", "insert", "new", "post")
_EVIDENCE: Final = (*SAYS, _UNKNOWN)


class Imported(NamedTuple):
    """The contracts of a folder: their names, and how many limits have which evidence.

    *first* is the one to look at first: a create with limits, where there is one. It is "" where
    there are no contracts.
    """

    contracts: tuple[str, ...]
    limits: Mapping[str, int]
    first: str


class Written(NamedTuple):
    """What was written to *folder*: the names of files that are *new*, *changed*, *unchanged*.

    *kept* are limits that people changed since the last import; at *conflicts* the source changed
    as well, and the people's value is kept. *imported* are the contracts as they are now.
    """

    folder: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    imported: Imported


def write(
    files: Mapping[str, Any],
    key: str,
    documents: Mapping[str, SourceDocument],
    folder: str | os.PathLike[str],
    open_: Callable[[str, Mapping[str, Any]], Imported],
) -> Written:
    """Write the files of a draft, whose limits cite *documents*, as `Draft.write` says.

    *key* is that of the document that was imported. *open_* returns the contracts of a vendor's
    files, as `opened` does.
    """
    target = Path(folder)
    _require_folder(target)
    current = _current(target)
    written = current.pop(BASE_FILE, {})
    bases = written if isinstance(written, dict) else {}
    base = bases[key] if isinstance(bases.get(key), dict) else {}
    files = {
        name: beside(value, current.get(name), base.get(name), key)
        for name, value in _dated(files, documents, current.get(_SOURCES)).items()
    }
    merge, merged = Merge([each for name, each in bases.items() if name != key]), {}
    for name in sorted({*files, *base}):
        sides = Sides(*(each.get(name, ABSENT) for each in (base, current, files)))
        merged[name] = merge.merged(sides, (name,))
    there = {name: value for name, value in {**current, **merged}.items() if value is not ABSENT}
    imported = open_(target.absolute().name, there)
    _replace(target, _texts(current, {**merged, BASE_FILE: {**bases, key: files}}, target))
    return _written(target, current, merged, merge, imported)


def _written(
    target: Path,
    current: Mapping[str, Any],
    merged: Mapping[str, Any],
    merge: Merge,
    imported: Imported,
) -> Written:
    there = {name for name, value in merged.items() if value is not ABSENT}
    same = {name for name in there if is_equal(current.get(name, ABSENT), merged[name])}
    return Written(
        str(target),
        new=tuple(sorted(there - current.keys())),
        changed=tuple(sorted((there & current.keys()) - same)),
        unchanged=tuple(sorted(same)),
        removed=tuple(sorted(current.keys() & merged.keys() - there)),
        kept=tuple(merge.kept),
        conflicts=tuple(merge.conflicts),
        imported=imported,
    )


# -- reading what is there -------------------------------------------------------------------------


def _require_folder(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise BrokenSource("not a folder: an import writes a folder of files", str(target))
    for suffix in SUFFIXES[1:]:
        if (target / f"openapi{suffix}").exists():
            reason = f"openapi{suffix} is there: an import merges openapi.json alone"
            raise BrokenSource(reason, str(target))


def _current(target: Path) -> dict[str, Any]:
    """Return the values of the JSON files that are there, by name."""
    found = {}
    for path in sorted(target.glob("*.json")) if target.is_dir() else ():
        document = read(path)
        if not document.readable:
            first = document.errors[0]
            raise BrokenSource(f"{first.message}: mend it, then import", str(path), first.place)
        found[path.name] = document.value
    return found


def _dated(
    files: Mapping[str, Any], documents: Mapping[str, SourceDocument], sources: Any
) -> dict[str, Any]:
    """Return the files of a draft with the date of each document: that of the first reading."""
    entries = dict(files[_SOURCES])
    for key, document in documents.items():
        known = sources.get(key) if isinstance(sources, dict) else None
        day = document.read or date.today().isoformat()
        if isinstance(known, dict) and known.get("digest") == document.digest:
            day = str(known.get("read", day))
        entries[key] = {**entries[key], "read": day, "digest": document.digest}
    return {**files, _SOURCES: entries}


def undated(files: Mapping[str, Any]) -> dict[str, Any]:
    """Return files without what is known when they are written: date and digest of each source."""
    sources = files[_SOURCES]
    if not isinstance(sources, dict) or not all(
        isinstance(each, dict) for each in sources.values()
    ):
        return {**files}
    found = {
        key: {name: each for name, each in entry.items() if name not in ("read", "digest")}
        for key, entry in sources.items()
    }
    return {**files, _SOURCES: found}


# -- whether the contracts can be read -------------------------------------------------------------


def opened(vendor: str, files: Mapping[str, Any], source: str) -> Imported:
    """Return the contracts of a vendor's files. Raises BrokenSource if one is broken."""
    with TemporaryDirectory() as above:
        folder = Path(above, vendor)
        folder.mkdir()
        for name, value in files.items():
            (folder / name).write_text(json.dumps(value), "utf-8")
        try:
            return _imported(above, vendor)
        except BrokenContract as error:
            file = os.path.basename(error.file or "")  # noqa: PTH119 - of a folder that is gone
            where = ": ".join(filter(None, (file, error.pointer)))
            reason = f"the contracts made of it would be broken: {where}: {error.reason}"
            raise BrokenSource(reason, source) from None


def _imported(above: str, vendor: str) -> Imported:
    found = operations(vendor, above)
    limits: Counter[str] = Counter()
    opened_: dict[Any, tuple[Counter[str], bool]] = {}
    ranks = {}
    for each in found.entries:
        key = found.schema_key(each)  # one of each schema is opened
        if key not in opened_:
            contract = found.contract(each.operation, each.part)
            known = contract.limits if contract else ()
            counts = Counter(limit.says or _UNKNOWN for limit in known)
            opened_[key] = counts, any(limit.pointer for limit in known)
        counts, has_fields = opened_[key]
        limits.update(counts)
        ranks[each.name] = _rank(each, has_fields)
    first = min(ranks, key=ranks.__getitem__, default="")
    return Imported(found.names, {word: limits[word] for word in _EVIDENCE if limits[word]}, first)


def _rank(entry: ContractEntry, has_fields: bool) -> tuple[bool, ...]:
    """Return the key by which the contract that is most worth a look is the least."""
    word = entry.operation.partition("-")[0]
    is_body = not entry.part
    return not has_fields, not is_body, word not in _CREATE, entry.method.lower() != "post"


# -- writing ---------------------------------------------------------------------------------------


def _texts(
    current: Mapping[str, Any], wanted: Mapping[str, Any], target: Path
) -> dict[Path, str | None]:
    """Return the text of each file that changes, None for one that is removed."""
    found: dict[Path, str | None] = {}
    for name, value in wanted.items():
        if value is ABSENT:
            if name in current:
                found[target / name] = None
        elif name == BASE_FILE or not is_equal(current.get(name, ABSENT), value):
            found[target / name] = formatted(value)
    return found


def _replace(target: Path, texts: Mapping[Path, str | None]) -> None:
    """Write all files, or none: if one cannot be replaced, those before it are put back."""
    new = [each for each in (target, *target.parents) if not each.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _staged(texts) as staged:
            _replace_each(staged)
    except BaseException:
        for folder in new:
            with suppress(OSError):  # it was not made, or is whole
                folder.rmdir()
        raise


def _replace_each(staged: Mapping[Path, Path | None]) -> None:
    done: list[tuple[Path, bytes | None]] = []
    try:
        for path, temporary in staged.items():
            before = path.read_bytes() if path.exists() else None
            done.append((path, before))  # an interruption may come right after it is replaced
            if temporary is None:
                path.unlink()
            else:
                temporary.replace(path)
    except BaseException:  # an interruption as well
        for path, before in reversed(done):
            if before is None:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_bytes() != before:
                path.write_bytes(before)
        raise


@contextmanager
def _staged(texts: Mapping[Path, str | None]) -> Iterator[dict[Path, Path | None]]:
    """Write each text to a hidden file beside its own; remove those that are left."""
    staged: dict[Path, Path | None] = {}
    try:
        for path, text in texts.items():
            staged[path] = None
            if text is not None:
                temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
                staged[path] = temporary
                with temporary.open("x", encoding="utf-8", newline="\n") as stream:
                    stream.write(text)
        yield staged
        staged.clear()  # all are in their places
    finally:
        for temporary in filter(None, staged.values()):
            temporary.unlink(missing_ok=True)
