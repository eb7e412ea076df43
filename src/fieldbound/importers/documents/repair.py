"""What a folder of contracts may not have, taken out of a vendor's own OpenAPI and JSON Schema.

A document that is checked by itself may have errors, which reports list as not checked. A folder
of contracts may have none. What is wrong is taken out as a check of the document does it: nothing
is rejected because of a limit that is not known.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping
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
    pointer_of,
    put_subschema,
    tokens_of,
)
from fieldbound.openapi import positions

from .unlimited import mark_unlimited

if TYPE_CHECKING:
    from fieldbound.importers.source import SourceDocument

Tokens = tuple[str, ...]
OPENAPI_FILE: Final = "openapi.json"
_MAX_ROUNDS: Final = 100
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
#: Where a schema stands that no value need satisfy.
_LISTS: Final = frozenset(("anyOf", "oneOf"))
_CONDITIONS: Final = frozenset(("not", "if", "then", "else", "contains", "propertyNames"))
_DEFINITIONS: Final = frozenset(("$defs", "definitions", "schemas"))


def value_of(document: SourceDocument) -> Any:
    """Return the value of a document without errors, such as a name that is there twice."""
    value = document.require_value()
    for error in document.document.errors:
        raise BrokenSource(error.message, document.name, error.place)
    return value


def repaired(
    vendor: str, files: Mapping[str, Any], document: SourceDocument
) -> tuple[dict[str, Any], list[Omitted]]:
    """Return the files of a folder without what is wrong in them, and what that is.

    Raises BrokenSource if nothing is left.
    """
    repairer = _Repairer(vendor, files, document)
    repairer.run()
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

    def run(self) -> None:
        """Take out everything that is wrong."""
        self._replace_unreadable()
        for _ in range(_MAX_ROUNDS):
            errors = [each for each in self._diagnostics() if each.code != _UNLIMITED]
            if not errors:
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

    def _diagnostics(self) -> list[Diagnostic]:
        with TemporaryDirectory() as above:
            result = lint_paths([self._written(above)])
        found = [each for each in result.diagnostics if each.is_error]
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
        outside = [each for each in found if not _within(schemas.get(each[0], {}), each[1])]
        if outside:  # pointers to schemas may be others afterwards
            self._remove(outside)
            return
        # What cannot be reached may be, once what contradicts is taken out.
        found = [each for each in found if each[2].code == _CONTRADICTION] or found
        impossible: list[tuple[str, Tokens]] = []
        repairs = Repairs()
        for name, tokens, error in found:
            there = value_at(self.files[name], tokens, None)
            is_added = tokens[-1:] in _EVALUATED and there is True
            if not (is_added or _is_extension(error)):
                self._omit(error.pointer, error.message)
            holders = _within(schemas[name], tokens)
            tried = self._tried[name, error.pointer, error.message]
            self._tried[name, error.pointer, error.message] += 1
            is_optional = _is_optional(tokens) and not _is_needed(schemas[name], tokens)
            if error.code == _CONTRADICTION and not tried and is_optional:
                impossible.append((name, tokens))
                continue
            holder, path = _target(holders, tokens, error, tried)
            is_whole = not path and not tried
            for each in _keywords(error, schemas[name][holder]) if is_whole else [path]:
                repairs.add((name, holder), _repair(each, error))
        for name, those in schemas.items():
            self.files[name] = _Rewrite(name, those, repairs).apply(self.files[name])
        for name, tokens in impossible:
            _set(self.files[name], tokens, {"not": {}})

    def _schemas(self, name: str) -> dict[Tokens, Any]:
        """Return the schemas of a file, by their pointers."""
        value = self.files.get(name)
        if name == OPENAPI_FILE:
            return {each.tokens: each.value for each in positions(value) if each.kind == "schema"}
        return dict(_schemas_in(value, ())) if name != "sources.json" else {}

    def _remove(self, found: list[tuple[str, Tokens, Diagnostic]]) -> None:
        """Remove what is no part of a schema."""
        for name, tokens, error in sorted(found, key=lambda each: _order(each[1]), reverse=True):
            if not tokens or name not in self.files:
                raise self._error(error.message, error.pointer)
            self._omit(error.pointer, error.message)
            at = tokens[:-1] if error.message.startswith("OpenAPI ignores") else tokens
            while at[1:] and value_at(self.files[name], at, None) is None:  # it is what is missing
                at = at[:-1]
            _delete(value_at(self.files[name], at[:-1], None), at[-1])
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
    is_member = rest[:1] and (rest[0] in _MEMBERS or "more than once" in error.message)
    return holder, rest[: 2 if is_member else 1]


def _keywords(error: Diagnostic, schema: Any) -> list[Tokens]:
    """Return the paths of the keywords that contradict each other, () for the whole schema."""
    listed = error.message.rpartition(": ")[2].split(", ")
    is_known = error.code == _CONTRADICTION and isinstance(schema, dict)
    return [(each,) for each in listed if is_known and each in schema] or [()]


def _is_extension(error: Diagnostic) -> bool:
    """Return whether an error is an extension of the vendor's own, whatever it is like."""
    return error.message.startswith("unknown extension")


def _repair(path: Tokens, error: Diagnostic) -> Repair:
    is_limit = error.code not in _HARMLESS
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
            target = _reference(schema)
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
                value = _set(value, tokens, self._copy(schema, tokens))
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


# -- pointers --------------------------------------------------------------------------------------


def _schemas_in(schema: Any, tokens: Tokens) -> Iterator[tuple[Tokens, Any]]:
    yield tokens, schema
    for at, child in child_schemas(schema):
        yield from _schemas_in(child, (*tokens, *at))


def _within(schemas: Mapping[Tokens, Any], tokens: Tokens) -> list[Tokens]:
    """Return the schemas that a pointer leads through, the outermost first."""
    return [tokens[:end] for end in range(len(tokens) + 1) if tokens[:end] in schemas]


def _reference(schema: Any) -> Tokens | None:
    from fieldbound.model import percent_decoded

    given = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(given, str) or not given.startswith("#/"):
        return None
    return tokens_of(percent_decoded(given[1:]))


def _is_optional(tokens: Tokens) -> bool:
    """Return whether a schema is a definition, or an alternative: nothing need satisfy it."""
    before = tokens[-2] if len(tokens) > 1 else ""
    return before in _LISTS | _DEFINITIONS or (bool(tokens) and tokens[-1] in _CONDITIONS)


def _is_needed(schemas: Mapping[Tokens, Any], tokens: Tokens) -> bool:
    """Return whether a schema that is not optional refers to a definition, by others or not."""
    known = {tokens}
    while True:
        uses = {at for at, schema in schemas.items() if _reference(schema) in known} - known
        if not all(map(_is_optional, uses)):
            return True
        if not uses:
            return False
        known |= uses


def _order(tokens: Tokens) -> tuple[tuple[bool, int, str], ...]:
    return tuple((each.isdecimal(), int(each) if each.isdecimal() else 0, each) for each in tokens)


def _delete(holder: Any, token: str) -> None:
    if isinstance(holder, list):
        del holder[int(token)]
    elif isinstance(holder, dict):
        holder.pop(token, None)


def _set(root: Any, tokens: Tokens, value: Any) -> Any:
    """Set what is at a pointer, and return the whole."""
    if not tokens:
        return value
    holder = value_at(root, tokens[:-1], None)
    if isinstance(holder, list):
        holder[int(tokens[-1])] = value
    elif isinstance(holder, dict):
        holder[tokens[-1]] = value
    return root


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
