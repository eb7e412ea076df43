"""Lint of paths: contracts folders, vendors' folders, OpenAPI documents and JSON Schemas."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from errno import ENOENT
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from fieldbound.catalog.bundle import Options
from fieldbound.catalog.operation_contracts import OperationContracts
from fieldbound.catalog.schema_files import SchemaFiles
from fieldbound.catalog.schema_likeness import kind_of
from fieldbound.catalog.single_file import contract_of_file, files_of, operations_of_file
from fieldbound.catalog.vendors.vendor import Vendor, openapi_path
from fieldbound.config import BrokenConfig, load
from fieldbound.documents import SUFFIXES, why_unreadable
from fieldbound.model import BrokenContract, Diagnostic, FieldboundError, UnreadableContract
from fieldbound.validation import BASE_URI

from .files import FileLint, schema_files

_SOURCES: Final = "sources.json"


class LintResult(NamedTuple):
    """What a lint found: *diagnostics*, how many *files* were read, and those *skipped*.

    *errors* are the paths that could not be checked at all, each with the reason.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: int
    skipped: tuple[str, ...]
    errors: tuple[FieldboundError, ...]


class _Lint:
    """Collects the result."""

    def __init__(self) -> None:
        self.diagnostics: dict[Diagnostic, None] = {}
        self.files = set[str]()
        self.skipped: list[str] = []
        self.errors: list[FieldboundError] = []
        self._configured = _configured_folders()

    def path(self, path: str) -> None:
        """Lint a file or a folder, or add why that cannot be done."""
        try:
            self._path(path)
        except FieldboundError as error:
            self.errors.append(error)

    def _path(self, given: str) -> None:
        path = Path(os.path.normpath(given))
        if not given:
            raise UnreadableContract("the path is empty", file="''")
        if path.is_dir():
            self._folder(path)
        elif not path.exists():
            missing = FileNotFoundError(ENOENT, os.strerror(ENOENT))
            raise UnreadableContract(why_unreadable(missing, str(path)), file=str(path))
        elif not self._file(path):
            raise BrokenContract(
                "neither a JSON Schema nor an OpenAPI document: it has no keyword of a schema (a "
                f"payload is checked by `fieldbound check --contract NAME {path}`)",
                file=str(path),
            )

    def _folder(self, folder: Path) -> None:
        if self._is_vendor(folder):
            self._vendor(folder)
            return
        vendors = [each for each in sorted(folder.iterdir()) if self._is_vendor(each)]
        for each in vendors:
            self._vendor(each)
        found = [each for each in schema_files(folder, SUFFIXES) if not _is_in(each, vendors)]
        skipped = [each for each in found if not self._file(each)]
        if not vendors and len(skipped) == len(found):
            reason = "no JSON Schema and no OpenAPI document in this folder"
            raise BrokenContract(reason, file=str(folder))
        self.skipped += map(str, skipped)

    def _is_vendor(self, folder: Path) -> bool:
        """Return whether a folder is a vendor's: it has sources, or is in a contracts folder."""
        if not folder.is_dir() or openapi_path(folder) is None:
            return False
        return (folder / _SOURCES).is_file() or folder.resolve().parent in self._configured

    def _file(self, path: Path) -> bool:
        """Lint a file, unless it is neither a schema nor an OpenAPI document."""
        if self._is_vendor(path.parent):
            self._vendor(path.parent, path)
            return True
        files, uri = files_of(str(path))
        lint = FileLint(files)
        document = lint.read(uri)
        kind = "other" if document is None else kind_of(document.value)
        if document is not None and kind == "other":
            return False
        if kind == "openapi":
            lint.lint_openapi(uri)
        if document is not None:
            lint.lint_schemas([uri], uri if kind == "openapi" else None)
        if not lint.has_errors:
            is_openapi = kind == "openapi"
            opened = _operations_of(path) if is_openapi else [_schema_of(path)]
            _open(lint, opened, _code_of_openapi if is_openapi else _code_of_schema)
        self._add(lint, [path])
        return True

    def _vendor(self, folder: Path, only: Path | None = None) -> None:
        """Lint the folder of a vendor, or one file of it."""
        files, main = _vendor_files(folder)
        paths = [only] if only else list(schema_files(folder, SUFFIXES))
        sources = folder / _SOURCES
        lint = FileLint(files)
        document = lint.read(files.uri(sources.absolute())) if sources.is_file() else None
        lint.sources = document.value if document and isinstance(document.value, dict) else {}
        uris = [files.uri(each.absolute()) for each in paths if each != sources]
        read = [uri for uri in sorted(uris, key=main.__eq__) if lint.read(uri) is not None]
        if document is not None and sources in paths:
            lint.lint_sources(document)
        if main in read:
            lint.lint_openapi(main, main.rpartition("/")[0])
        lint.lint_schemas(read, main)
        if not lint.has_errors and only is None:
            vendor = Vendor(folder.absolute(), main, _vendor_files(folder)[0], Options(), lint=True)
            _open(lint, _contracts_of(vendor), _code_of_schema)
        self._add(lint, paths)

    def _add(self, lint: FileLint, paths: Iterable[Path]) -> None:
        self.files.update(map(str, paths))
        self.diagnostics.update(dict.fromkeys(lint.diagnostics))


def lint_paths(paths: Iterable[str | os.PathLike[str]]) -> LintResult:
    """Return every mistake in contracts: of folders, OpenAPI documents and JSON Schemas.

    In a vendor's folder, unknown keywords and limits with unknown sources are errors, too.
    """
    lint = _Lint()
    for each in paths:
        lint.path(os.fspath(each))
    found = tuple(sorted(lint.diagnostics))
    return LintResult(found, len(lint.files), tuple(lint.skipped), tuple(lint.errors))


# -- contracts that are opened, where no mistake is found ---------------------------------------


def _open(
    lint: FileLint, contracts: Iterable[Callable[[], object]], code: Callable[[str], str | None]
) -> None:
    """Add what is wrong in a contract as a whole: that it has no limits, for one."""
    for error in filter(None, map(_error_of, contracts)):
        found = code(error.reason)
        if found is not None:
            lint.add(error, found)


def _error_of(open_contract: Callable[[], object]) -> BrokenContract | None:
    try:
        open_contract()
    except BrokenContract as error:
        return error
    return None


def _code_of_schema(reason: str) -> str | None:
    if "has no constraints" not in reason:
        return "broken-contract"
    return None if "name one of its definitions" in reason else "no-constraints"


def _code_of_openapi(reason: str) -> str | None:
    return None if reason == "no operations" else "broken-contract"


def _schema_of(path: Path) -> Callable[[], object]:
    return lambda: contract_of_file(str(path), Options())


def _operations_of(path: Path) -> Iterator[Callable[[], object]]:
    """Yield what opens the document: its contracts share all schemas, which are checked once."""
    yield lambda: operations_of_file(str(path), Options())


def _contracts_of(operations: OperationContracts) -> Iterator[Callable[[], object]]:
    openapi = operations.openapi
    for operation in (*openapi.operations, *openapi.webhooks):
        for part in openapi.parts(operation):
            yield partial(operations.contract, operation, part)


def _vendor_files(folder: Path) -> tuple[SchemaFiles, str]:
    """Return the files beside a vendor's OpenAPI document, and its URI among them."""
    from urllib.parse import quote

    above = folder.absolute().parent
    folders = [each for each in above.iterdir() if each.is_dir()]
    files = SchemaFiles(above, f"{BASE_URI}{quote(above.name)}/", (above, *folders))
    return files, files.uri(openapi_path(folder.absolute()) or folder)


def _configured_folders() -> frozenset[Path]:
    """Return the contracts folders of the configuration; none if that is broken."""
    try:
        return frozenset(Path(each).resolve() for each in load().folders)
    except BrokenConfig:
        return frozenset()


def _is_in(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(each) for each in folders)
