"""What a folder of contracts may not have, taken out of a vendor's own OpenAPI and JSON Schema.

A document that is checked by itself may have errors, which reports list as not checked. A folder
of contracts may have none. What is wrong is taken out as a check of the document does it: nothing
is rejected because of a limit that is not known.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from fieldbound.catalog import Repair, Repairs, lint_paths, operations
from fieldbound.importers.draft import Omitted
from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.evidence import value_at
from fieldbound.model import (
    NOT_CHECKED,
    BrokenContract,
    Diagnostic,
    Place,
    child_schemas,
    percent_decoded,
    pointer_of,
    put_subschema,
    tokens_of,
)
from fieldbound.openapi import positions

from .nullable import accept_nulls
from .schema_pointers import (
    Tokens,
    delete,
    document_order,
    holders_of,
    local_reference,
    schemas_in,
    set_at,
)
from .unlimited import mark_unlimited

if TYPE_CHECKING:
    from fieldbound.importers.source import SourceDocument

OPENAPI_FILE: Final = "openapi.json"
_MAX_ROUNDS: Final = 100
_MEANT_NULLABLE: Final = "nullable: true has no effect there: null is accepted, as it is meant"
#: Kinds of mistakes that change nothing of what a schema accepts.
_HARMLESS: Final = frozenset(
    "unknown-keyword ignored-keyword format-not-enforced invalid-source unreachable-limit".split()
)
_OF_KEYWORD: Final = _HARMLESS | {"invalid-keyword"}
#: What a repair adds, so that nothing else rejects what is not known.
_EVALUATED: Final = (("unevaluatedProperties",), ("unevaluatedItems",))
_CONTRADICTION: Final = "contradiction"
_UNLIMITED: Final = "no-constraints"
_MEMBERS: Final = frozenset(("required", "dependentRequired", "dependencies"))
#: Keywords that say the same in a request and in an answer.
_IN_BOTH: Final = frozenset(
    "type enum const minLength maxLength pattern format minimum maximum exclusiveMinimum "
    "exclusiveMaximum multipleOf minItems maxItems uniqueItems".split()
)
#: What stays of a schema that no value satisfies.
_DESCRIBING: Final = ("title", "description", "readOnly", "writeOnly")


def value_of(document: SourceDocument) -> Any:
    """Return the value of a document without errors, such as a name that is there twice."""
    value = document.require_value()
    for error in document.document.errors:
        raise BrokenSource(error.message, document.name, error.place)
    return value


def repaired(
    vendor: str, files: Mapping[str, Any], document: SourceDocument, nulls: Iterable[str] = ()
) -> tuple[dict[str, Any], list[Omitted]]:
    """Return the files of a folder without what is wrong in them, and what that is.

    *nulls* are pointers to what accepts null already, as it is meant. Raises BrokenSource if
    nothing is left.
    """
    repairer = _Repairer(vendor, files, document)
    repairer.run(nulls)
    return repairer.files, repairer.omitted


class _Repairer:
    """Takes out of files what the lint finds, until it finds nothing."""

    def __init__(self, vendor: str, files: Mapping[str, Any], document: SourceDocument) -> None:
        self._vendor = vendor
        self._document = document
        self.files = copy.deepcopy(dict(files))
        self._reasons: dict[str, dict[str, None]] = {}
        self._tried = Counter[tuple[str, str, str]]()

    @property
    def omitted(self) -> list[Omitted]:
        """What was taken out: the pointers, by the reason."""
        return [Omitted(_listed([*at]), reason) for reason, at in self._reasons.items()]

    def run(self, nulls: Iterable[str]) -> None:
        """Take out everything that is wrong."""
        for pointer in (*nulls, *accept_nulls(self.files[OPENAPI_FILE])):
            self._omit(pointer, _MEANT_NULLABLE)
        self._replace_unreadable()
        self._take_out_as_a_check_does()
        for _ in range(_MAX_ROUNDS):
            found = self._diagnostics()
            errors = [each for each in found if each.code != _UNLIMITED]
            if not errors:
                if found:
                    mark_unlimited(self._vendor, self.files, self._written)
                return
            self._take_out(errors)
        raise self._error(errors[0].message, errors[0].pointer)

    def _error(self, reason: str, pointer: str | None) -> BrokenSource:
        """Return the error at a pointer, or as near to it as the source has something."""
        path: list[str | int] = []
        value = self._document.value
        for token in tokens_of(pointer) if pointer else ():
            if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
                path.append(int(token))
            elif isinstance(value, dict) and token in value:
                path.append(token)
            else:
                break
            value = value[path[-1]]
        return self._document.error(reason, *path)

    def _written(self, above: str) -> Path:
        """Write the files to a vendor's folder in a folder, and return it."""
        folder = Path(above, self._vendor)
        folder.mkdir()
        for name, value in self.files.items():
            (folder / name).write_text(json.dumps(value), "utf-8")
        return folder

    def _replace_unreadable(self) -> None:
        """Put what stands for them in place of the objects of OpenAPI that cannot be read."""
        with TemporaryDirectory() as above:
            path = str(self._written(above) / OPENAPI_FILE)
            try:
                openapi = operations(path).openapi
            except BrokenContract as error:
                raise self._error(error.reason, error.pointer) from None
            for name in (*openapi.operations, *openapi.webhooks):
                openapi.parts(name)
            names = {each.node.tokens: name for name, each in openapi.operations.items()}
            count = Counter(each.node.tokens for each in openapi.operations.values())
        if openapi.errors:
            reasons = {str(each): each.reason for each in openapi.errors}
            self.files[OPENAPI_FILE] = _with_reasons(openapi.root.value, reasons)
            for each in openapi.errors:
                self._omit(each.pointer or "", each.reason)
        self._name({at: name for at, name in names.items() if count[at] == 1})

    def _name(self, names: Mapping[Tokens, str]) -> None:
        """Give operations the names that they have where two operationIds are alike."""
        from fieldbound.openapi import kebab_case

        for tokens, name in names.items():
            operation = value_at(self.files[OPENAPI_FILE], tokens, None)
            given = operation.get("operationId") if isinstance(operation, dict) else None
            if given is not None and kebab_case(str(given)) != name:
                self._omit(pointer_of((*tokens, "operationId")), f"named {name}: the name is taken")
                operation["operationId"] = name

    def _take_out_as_a_check_does(self) -> None:
        """Take out of schemas what a check of the document itself takes out of them."""
        repairs = Repairs()
        with TemporaryDirectory() as above:
            for found in operations(str(self._written(above) / OPENAPI_FILE)).repairs():
                for error in found.errors:
                    self._omit(error.pointer or "", error.reason)
                for (uri, tokens), each in found.items():
                    name = percent_decoded(uri.rpartition("/")[2])
                    reason = BrokenContract(each.error.reason)  # that names no file
                    repairs.add((name, tokens), each._replace(error=reason))
        self._rewrite(repairs)

    def _rewrite(self, repairs: Repairs) -> None:
        for name in self.files:
            schemas = self._schemas(name)
            self.files[name] = _Rewrite(name, schemas, repairs).apply(self.files[name])

    def _diagnostics(self) -> list[Diagnostic]:
        with TemporaryDirectory() as above:
            result = lint_paths([self._written(above)])
        ours = {*self.files, self._vendor}  # what refers to a shipped schema has others
        found = [
            each for each in result.diagnostics if each.is_error and Path(each.file).name in ours
        ]
        return found + [self._as_diagnostic(each) for each in result.errors]

    def _as_diagnostic(self, error: Exception) -> Diagnostic:
        if not isinstance(error, BrokenContract) or not error.pointer:
            raise BrokenSource(str(error), self._document.name) from None
        place = error.place or Place(1, 1)
        return Diagnostic(error.file or "", place, "", error.reason, pointer=error.pointer)

    def _omit(self, pointer: str, reason: str) -> None:
        self._reasons.setdefault(reason, {})[pointer] = None

    # -- taking out --------------------------------------------------------------------------

    def _take_out(self, errors: list[Diagnostic]) -> None:
        found = [(Path(each.file).name, tokens_of(each.pointer), each) for each in errors]
        schemas = {name: self._schemas(name) for name in {name for name, _, _ in found}}
        outside = [each for each in found if not holders_of(schemas.get(each[0], {}), each[1])]
        if outside:  # pointers to schemas may be others afterwards
            self._remove(outside)
            return
        # What cannot be reached may be, once what contradicts is taken out.
        found = [each for each in found if each[2].code == _CONTRADICTION] or found
        repairs = Repairs()
        for name, tokens, error in found:
            there = value_at(self.files[name], tokens, None)
            is_added = tokens[-1:] in _EVALUATED and there is True
            if not (is_added or _is_extension(error)):
                self._omit(error.pointer, error.message)
            if error.code == _CONTRADICTION and not isinstance(there, dict):
                continue  # it is within one that was replaced
            keywords = _keywords(error)
            if error.code == _CONTRADICTION and self._is_in_one_direction(keywords):
                for each in keywords:
                    repairs.add((name, tokens), _repair((each,), error))
                continue
            if error.code == _CONTRADICTION:  # a check of the document leaves it as it is
                self.files[name] = set_at(self.files[name], tokens, _impossible(there))
                continue
            tried = self._tried[name, error.pointer, error.message]
            self._tried[name, error.pointer, error.message] += 1
            holder, path = _target(holders_of(schemas[name], tokens), tokens, error, tried)
            repairs.add((name, holder), _repair(path, error))
        self._rewrite(repairs)

    def _is_in_one_direction(self, keywords: Collection[str]) -> bool:
        """Return whether what contradicts in an answer may not do so in a request, or reversed."""
        return self._has_directions and not _IN_BOTH.issuperset(keywords)

    @cached_property
    def _has_directions(self) -> bool:
        """Whether anything is in requests alone, or in answers alone."""
        texts = (json.dumps(each) for each in self.files.values())
        return any(
            f'"{word}": true' in text for text in texts for word in ("readOnly", "writeOnly")
        )

    def _schemas(self, name: str) -> dict[Tokens, Any]:
        """Return the schemas of a file, by their pointers."""
        value = self.files.get(name)
        if name == OPENAPI_FILE:
            return {each.tokens: each.value for each in positions(value) if each.kind == "schema"}
        return dict(schemas_in(value, ())) if name != "sources.json" else {}

    def _remove(self, found: list[tuple[str, Tokens, Diagnostic]]) -> None:
        """Remove what is no part of a schema."""
        ordered = sorted(found, key=lambda each: document_order(each[1]), reverse=True)
        for name, tokens, error in ordered:
            if not tokens or name not in self.files:
                raise self._error(error.message, error.pointer)
            self._omit(error.pointer, error.message)
            at = tokens[:-1] if error.message.startswith("OpenAPI ignores") else tokens
            while at[1:] and value_at(self.files[name], at, None) is None:  # it is what is missing
                at = at[:-1]
            delete(value_at(self.files[name], at[:-1], None), at[-1])
            if "security" in at:
                self._add_unread(at[: at.index("security")], error.message)

    def _add_unread(self, at: Tokens, reason: str) -> None:
        """Add a parameter of which nothing is known: that of a credential, maybe."""
        document = self.files[OPENAPI_FILE]
        for each in positions(document):
            is_meant = each.tokens == at or (not at and "security" not in (each.value or ()))
            if each.kind == "operation" and is_meant and isinstance(each.value, dict):
                each.value.setdefault("parameters", []).append({NOT_CHECKED: [reason]})


def _target(
    holders: list[Tokens], tokens: Tokens, error: Diagnostic, tried: int
) -> tuple[Tokens, Tokens]:
    """Return the schema from which something is taken out, and the path of that in it."""
    if tried:  # what was taken out was not enough
        return holders[-min(tried, len(holders))], ()
    holder = holders[-1]
    rest = tokens[len(holder) :]
    if not rest and holder[-2:-1] == ("patternProperties",) and error.code == "invalid-pattern":
        return holder[:-2], holder[-2:]
    if not rest and error.code in _OF_KEYWORD and len(holders) > 1:  # its value is a schema
        holder = holders[-2]
        rest = tokens[len(holder) :]
    keyword = rest[0] if rest else ""
    is_member = keyword in _MEMBERS or "more than once" in error.message
    if is_member or (keyword == "enum" and error.code == "unreachable-limit"):
        return holder, rest[:2]
    return holder, rest[:1]


def _keywords(error: Diagnostic) -> list[str]:
    """Return the keywords that contradict each other."""
    return error.message.rpartition(": ")[2].split(", ")


def _impossible(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a schema that no value satisfies is the same as, with what describes it."""
    kept = {word: schema[word] for word in _DESCRIBING if word in schema}
    return {**kept, "not": {}}


def _is_extension(error: Diagnostic) -> bool:
    """Return whether an error is an extension of the vendor's own, whatever it is like."""
    return error.message.startswith("unknown extension")


def _repair(path: Tokens, error: Diagnostic) -> Repair:
    is_limit = error.code not in _HARMLESS and path != ("x-sensitive",)
    is_likely_misspelt = "did you mean" in error.message and not _is_extension(error)
    is_told = is_limit or is_likely_misspelt or error.code == "format-not-enforced"
    reason = BrokenContract(error.message)
    return Repair(path, reason, weakens=is_limit or not path, is_reported=is_told)


class _Rewrite:
    """Rewrites a file with the repairs of its schemas."""

    def __init__(self, name: str, schemas: Mapping[Tokens, Any], repairs: Repairs) -> None:
        self._name, self._repairs = name, repairs
        located = {(name, tokens): schema for tokens, schema in schemas.items()}
        references = {}
        for tokens, schema in schemas.items():
            target = local_reference(schema)
            if target is not None and target in schemas:
                references[name, tokens] = (name, target)
        after = {at: repairs.apply(at, schema) for at, schema in located.items()}
        repairs.decide(after, references)
        self._schemas = schemas

    def apply(self, value: Any) -> Any:
        """Return the value of the file."""
        outer: Tokens = ("",)
        for tokens, schema in self._schemas.items():
            if tokens[: len(outer)] != outer:
                outer = tokens
                value = set_at(value, tokens, self._copy(schema, tokens))
        return value

    def _copy(self, schema: Any, tokens: Tokens) -> Any:
        location = (self._name, tokens)
        changed = self._repairs.apply(location, schema)
        if not isinstance(changed, dict):
            return changed
        found = dict(changed)
        for at, child in child_schemas(changed):
            original = (*tokens, *at)
            put_subschema(found, changed, at, self._copy(child, original))
        return self._repairs.finish(location, found)


def _with_reasons(value: Any, reasons: Mapping[str, str]) -> Any:
    """Return a document whose reasons for what is not checked name no file."""
    if isinstance(value, list):
        return [_with_reasons(each, reasons) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _with_reasons(each, reasons) for name, each in value.items()}
    if isinstance(found.get(NOT_CHECKED), list):
        found[NOT_CHECKED] = [reasons.get(str(each), each) for each in found[NOT_CHECKED]]
    return found


def _listed(pointers: list[str]) -> str:
    first = pointers[0] or "the document"
    return first if len(pointers) == 1 else f"{first} and {len(pointers) - 1} more"
