"""Lint of files: every mistake in schemas and OpenAPI documents, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fieldbound.catalog.builder import read_openapi
from fieldbound.catalog.bundle import Bundle, Options
from fieldbound.catalog.bundle_lint import contradictions_in
from fieldbound.catalog.contradictions import CONTRADICTION
from fieldbound.catalog.folder_lint import UNKNOWN_KEY, openapi_errors, sources_errors
from fieldbound.catalog.lint import problems_of
from fieldbound.catalog.nullable_reading import nullable_problems
from fieldbound.catalog.problems import Problem
from fieldbound.catalog.schema_files import SchemaFiles
from fieldbound.documents import Document
from fieldbound.model import (
    BrokenContract,
    Diagnostic,
    Node,
    Place,
    UnreadableContract,
    draft_of,
    members,
)
from fieldbound.openapi import PointerTokens, positions

from .weak_limits import UNREACHABLE, weak_limits

_LENIENT = Options(lenient=True)
_START = Place(1, 1)


class FileLint:
    """Collects the diagnostics of files among *files*, each mistake once.

    *sources* are those that limits may cite; None allows what JSON Schema does.
    """

    def __init__(self, files: SchemaFiles, sources: Mapping[str, Any] | None = None) -> None:
        self._files = files
        self.sources = sources
        self._codes = set[tuple[str, Place, str]]()
        self._places = set[tuple[str, Place]]()
        self._found: dict[tuple[str, Place, str], Diagnostic] = {}

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The mistakes, in the order of files and places."""
        return sorted(self._found.values())

    @property
    def has_errors(self) -> bool:
        """Whether there is an error among them."""
        return any(each.is_error for each in self._found.values())

    def read(self, uri: str) -> Document | None:
        """Return the document of a file, or None after adding why it cannot be read."""
        try:
            return self._files.document(uri)
        except UnreadableContract:
            raise
        except BrokenContract as error:
            self.add(error, "syntax")
        return None

    def lint_sources(self, document: Document) -> None:
        """Add what is wrong in a sources.json."""
        for error in sources_errors(document):
            self.add(error, "invalid-source")

    def lint_openapi(self, uri: str, folder: str = "") -> None:
        """Add what is wrong in an OpenAPI document; its version is that of a *folder*'s files."""
        document = self._files.document(uri)
        is_older = "swagger" in document.value
        for found in () if is_older else openapi_errors(document):
            is_known = self.sources is None and found.reason.startswith(UNKNOWN_KEY)
            is_error = not is_known or "; did you mean" in found.reason
            self.add(found, "invalid-openapi", is_error=is_error)
        try:
            openapi = read_openapi(self._files, uri, folder=folder, lenient=True)
        except BrokenContract as error:
            if not _has_schemas_alone(document.value):
                self.add(error, "invalid-openapi")
            return
        for operation in (*openapi.operations, *openapi.webhooks):
            openapi.parts(operation)
        for found in openapi.errors:
            self.add(found, "invalid-openapi")

    def lint_schemas(self, uris: list[str], main: str | None = None) -> None:
        """Add what is wrong in the schemas of some files, and in all that they refer to.

        *main* is the OpenAPI document that they belong to.
        """
        bundle = Bundle(self._files, None, _LENIENT, main)
        for uri in uris:
            for tokens in self._roots(uri):
                bundle.add_file(uri, tokens)
        for uri, tokens in bundle.roots:
            self._lint_schema(uri, tokens, is_openapi=main is not None)
        for each in bundle.repairs.errors:  # also those of the schemas themselves
            if (each.file or "", each.place or _START) not in self._places:
                self.add(each, "unresolved-reference")
        for uri, problem in contradictions_in(bundle):
            self._add_problem(uri, problem)

    def _roots(self, uri: str) -> Iterator[PointerTokens]:
        """Yield the schemas of a file that are in no other one."""
        if not self._files.is_openapi(uri):
            yield ()
            return
        outer: PointerTokens = ("",)
        for each in positions(self._files.load(uri)):
            is_inner = each.tokens[: len(outer)] == outer
            if each.kind == "schema" and not is_inner:
                outer = each.tokens
                yield outer

    def _lint_schema(self, uri: str, tokens: PointerTokens, *, is_openapi: bool) -> None:
        schema = self._files.schema(uri, tokens)
        for problem in problems_of(self._files, (uri, tokens), schema, self.sources):
            self._add_problem(uri, problem)
        node = Node(schema, uri, tokens, draft_of(self._files.load(uri)))
        for problem in weak_limits(node, is_openapi=is_openapi):
            self._add_problem(uri, problem, is_error=problem.code == UNREACHABLE)
        for problem in nullable_problems(self._files.graph, node):
            self._add_problem(uri, problem, is_error=False)

    def _add_problem(self, uri: str, problem: Problem, *, is_error: bool = True) -> None:
        reason, keywords = problem.reason, sorted({each[-1] for each in problem.remove if each})
        if problem.code == CONTRADICTION and keywords:
            reason = f"{reason}: {', '.join(keywords)}"
        error = self._files.error_at(uri, problem.tokens, reason)
        self.add(error, problem.code, is_error=is_error)

    def add(self, error: BrokenContract, code: str, *, is_error: bool = True) -> None:
        """Add a mistake, unless it is known, or is a warning beside an error of the same kind."""
        file, place = error.file or "", error.place or _START
        if is_error or (file, place, code) not in self._codes:
            pointer = error.pointer or ""
            found = Diagnostic(file, place, code, error.reason, is_error, pointer)
            self._found.setdefault((file, place, error.reason), found)
            self._codes.add((file, place, code))
            self._places.add((file, place))


def schema_files(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files below a folder that may be schemas, but for those in hidden folders."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "node_modules":
            continue
        if path.is_dir() and not path.is_symlink():
            yield from schema_files(path, suffixes)
        elif path.suffix in suffixes and path.is_file():
            yield path


def _has_schemas_alone(value: Any) -> bool:
    """Return whether a document has components for others, and no operations of its own."""
    if not isinstance(value, dict) or not isinstance(value.get("openapi"), str):
        return False
    return "components" in value and not any(
        any(members(value.get(each))) for each in ("paths", "webhooks")
    )
