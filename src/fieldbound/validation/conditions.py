"""Conditions in words: where a limit applies, and what a `not` rules out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fieldbound.model import (
    ALTERNATIVE,
    TYPE_PHRASES,
    UNITS,
    Node,
    SchemaRegistry,
    Selection,
    escape_token,
    join_or,
    selection_of,
    to_json,
)

from .branches import Branch, branches_of, sole_tag, tag_of

#: Keywords whose subschemas apply on a condition.
CONDITIONAL: Final = frozenset(
    "then else dependentSchemas dependencies dependentRequired anyOf oneOf".split()
)
_LONGEST: Final = 200
_MOST_VALUES: Final = 4
_DEEPEST: Final = 8  # subschemas within one another that are put into words
#: Keywords that constrain nothing.
_SILENT: Final = frozenset(
    "$schema $id id $anchor $comment $defs definitions title description default examples example "
    "deprecated readOnly writeOnly if then else".split()
)
#: For a keyword, what holds of the value where it is met, and where it is not.
_PREDICATES: Final = {
    "minimum": ("is at least {}", "is less than {}"),
    "maximum": ("is at most {}", "is more than {}"),
    "exclusiveMinimum": ("is more than {}", "is at most {}"),
    "exclusiveMaximum": ("is less than {}", "is at least {}"),
    "multipleOf": ("is a multiple of {}", "is not a multiple of {}"),
    "minLength": ("has at least {}", "has fewer than {}"),
    "maxLength": ("has at most {}", "has more than {}"),
    "minItems": ("has at least {}", "has fewer than {}"),
    "maxItems": ("has at most {}", "has more than {}"),
    "minProperties": ("has at least {}", "has fewer than {}"),
    "maxProperties": ("has at most {}", "has more than {}"),
    "pattern": ("matches {}", "does not match {}"),
    "format": ("is a valid {}", "is not a valid {}"),
}

#: Where a subschema stands: the URI of its resource, and the path within it.
_At = tuple[str, tuple[str, ...]]


class Condition(NamedTuple):
    """Why a subschema may not apply: the *keyword* of *node* that has it, and its *token* there.

    *pointer* is that of the value to which the schema of the keyword applies.
    """

    keyword: str
    node: Node
    pointer: str
    token: str | None = None


class Clause(NamedTuple):
    """A condition in words: what holds where it is met, and what holds where it is not."""

    met: str
    unmet: str


class Conditions:
    """Puts the conditions of one schema into words.

    *is_sensitive* is whether no output may show the value at a pointer, *is_required* whether there
    must be a value.
    """

    def __init__(
        self,
        references: SchemaRegistry,
        is_sensitive: Callable[[str], bool],
        is_required: Callable[[str], bool],
    ) -> None:
        self._references = references
        self._is_sensitive, self._is_required = is_sensitive, is_required
        self._clauses: dict[tuple[str, str], Clause | None] = {}
        self._branches: dict[_At, list[Branch]] = {}
        self._alternatives: dict[tuple[Any, ...], tuple[str, str | None, str | None]] = {}
        self._selections: dict[_At, Selection | None] = {}
        self._tags: dict[str, tuple[str | None, bool]] = {}
        self._sole_tags: dict[_At, tuple[str, Mapping[str, int]] | None] = {}

    def text(self, conditions: Iterable[Condition], pointer: str, keyword: str) -> str | None:
        """Return in words where the limit of a keyword at a pointer applies, None if everywhere."""
        texts = [self._text(each, pointer, keyword) for each in conditions]
        found = list(dict.fromkeys(filter(None, texts)))
        found.sort(key=lambda each: each.startswith(ALTERNATIVE))
        text = _join_and(found)
        return (text if len(text) <= _LONGEST else found[-1]) or None

    def clause(self, node: Node, pointer: str, depth: int = 0) -> Clause | None:
        """Return in words when a schema accepts the value at a pointer, None where that is long."""
        key = node.location, pointer
        if key not in self._clauses:
            clauses = self._clauses_of(node, pointer, depth)
            self._clauses[key] = None if clauses is None else _all(clauses)
        return self._clauses[key]

    def branches(self, node: Node) -> list[Branch]:
        """Return what each schema of a list, that of anyOf or oneOf, says of a value."""
        at = node.uri, node.tokens
        found = self._branches.get(at)
        if found is None:
            found = self._branches[at] = branches_of(node, self._references)
        return found

    def selected_branch(self, node: Node, discriminator: Node, value: Any) -> int | None:
        """Return the index of the branch that a discriminator selects for a value, or None."""
        at = node.uri, node.tokens
        if at not in self._selections:
            found = selection_of(self._references, node, discriminator.schema)
            self._selections[at] = found
        selection = self._selections[at]
        return None if selection is None else selection.branch(value)

    def tagged_branch(self, node: Node, value: Any) -> int | None:
        """Return the index of the branch that a value has the tag of; None where that is not all.

        Other properties do not have different fixed values in each branch.
        """
        at = node.uri, node.tokens
        if at not in self._sole_tags:
            self._sole_tags[at] = sole_tag(self.branches(node))
        found = self._sole_tags[at]
        if found is None or not isinstance(value, dict) or found[0] not in value:
            return None
        return found[1].get(to_json(value[found[0]]))

    def selection(self, condition: Condition) -> tuple[str, str | None, frozenset[str]]:
        """Return the pointer of an object, and the property and its values that meet a condition.

        There is no property where none selects a branch.
        """
        keyword, node, at, token = condition
        if keyword in ("anyOf", "oneOf"):
            within = self._references.child(node, keyword)
            tag, own = self._selectors(within)[0], self.branches(within)[int(str(token))]
            if tag is not None and tag in own.texts:
                return at, tag, own.texts[tag]
        return at, None, frozenset()

    # -- one condition -------------------------------------------------------------------------

    def _text(self, condition: Condition, pointer: str, limited: str) -> str | None:
        keyword, node, at, token = condition
        if keyword in ("anyOf", "oneOf"):
            return self._alternative(condition, pointer, limited)
        if keyword in ("then", "else"):
            clause = self.clause(self._references.child(node, "if"), at)
            text = clause and (clause.met if keyword == "then" else clause.unmet)
            if text == "":
                return None  # of `if: true`: always
            fits = "matches" if keyword == "then" else "does not match"
            return text if text and len(text) <= _LONGEST else f"the schema of `if` {fits}"
        if keyword == "dependentRequired":
            needs = {**node.schema.get("dependencies", {}), **node.schema.get(keyword, {})}
            names = [
                name for name, each in needs.items() if isinstance(each, list) and token in each
            ]
            return f"{join_or(f'{at}/{escape_token(name)}' for name in names)} is present"
        return f"{at}/{escape_token(token or '')} is present"

    def _alternative(self, condition: Condition, pointer: str, limited: str) -> str | None:
        """Return the value that selects a branch, or else its number.

        A value selects neither what is limited to be that value, nor the type of the whole.
        """
        keyword, node, at, token = condition
        key = node.uri, node.tokens, keyword, at, token
        found = self._alternatives.get(key)
        if found is None:
            found = self._alternatives[key] = self._selector(condition)
        place, by_tag, by_number = found
        return by_tag if pointer != place and (pointer, limited) != (at, "type") else by_number

    def _selector(self, condition: Condition) -> tuple[str, str | None, str | None]:
        """Return the pointer of the value that selects a branch, and the condition both ways."""
        keyword, node, at, token = condition
        within, index = self._references.child(node, keyword), int(str(token))
        branches = self.branches(within)
        if len(branches) == 1:
            return at, None, None
        own = branches[index]
        tag, by_type = self._selectors(within)
        kind = f" ({' or '.join(sorted(own.types))})" if by_type else ""
        number = f"{ALTERNATIVE} {index + 1} of {len(branches)}{kind} applies"
        if tag is None or tag not in own.tags:
            return at, number, number
        place = f"{at}/{escape_token(tag)}"
        return place, self._one_of(place, own.tags[tag]).met, number

    def _selectors(self, node: Node) -> tuple[str | None, bool]:
        """Return the property that selects a branch, and whether the type selects it."""
        found = self._tags.get(node.location)
        if found is None:
            branches = self.branches(node)
            types = [each.types for each in branches]
            by_type = all(types) and len(set().union(*types)) == sum(map(len, types))
            found = self._tags[node.location] = tag_of(branches), by_type
        return found

    # -- a schema in words ---------------------------------------------------------------------

    def _clauses_of(self, node: Node, pointer: str, depth: int) -> list[Clause] | None:
        """Return the clauses that have to be met together; None where there are no words."""
        schema = node.schema
        if depth > _DEEPEST or not isinstance(schema, dict):
            return [] if schema is True else None
        if node.draft and "$ref" in schema:
            schema = {"$ref": schema["$ref"]}
        found: list[Clause] = []
        for keyword, value in schema.items():
            if keyword in _SILENT or keyword.startswith("x-"):
                if keyword == "if" and ("then" in schema or "else" in schema):
                    return None
                continue
            clauses = self._of_keyword(node, keyword, value, pointer, depth)
            if clauses is None:
                return None
            found += clauses
        return found

    def _of_keyword(
        self, node: Node, keyword: str, value: Any, pointer: str, depth: int
    ) -> list[Clause] | None:
        if keyword in _PREDICATES:
            return self._predicate(keyword, value, pointer)
        if keyword == "properties":
            return self._properties(node, value, pointer, depth)
        if keyword in ("allOf", "anyOf", "oneOf"):
            return self._combined(node, keyword, pointer, depth)
        if keyword == "$ref":
            return self._referred(node, value, pointer, depth)
        if keyword == "not":
            inner = self.clause(self._references.child(node, "not"), pointer, depth + 1)
            return [Clause(inner.unmet, inner.met)] if inner and inner.unmet else None
        return self._of_value(node, keyword, value, pointer)

    def _of_value(self, node: Node, keyword: str, value: Any, pointer: str) -> list[Clause] | None:
        """Return what a keyword without subschemas says, and `contains` of a constant."""
        if keyword in ("const", "enum"):
            return [self._one_of(pointer, [value] if keyword == "const" else value)]
        if keyword == "type":
            return _of_type(node.schema, value, pointer)
        if keyword == "required":
            return self._required(node, value, pointer)
        if keyword == "contains" and isinstance(value, dict) and value.keys() == {"const"}:
            item, name = to_json(value["const"]), pointer or "the document"
            if not self._is_sensitive(f"{pointer}/*"):
                return [Clause(f"{name} contains {item}", f"{name} does not contain {item}")]
        return None

    def _one_of(self, pointer: str, values: Sequence[Any], *, optional: bool = False) -> Clause:
        name = pointer or "the document"
        if self._is_sensitive(pointer):
            return Clause(f"{name} has a certain value", f"{name} has another value")
        texts = [to_json(each) for each in values]
        if len(texts) > _MOST_VALUES:
            texts = [f"one of {len(texts)} values"]
        texts += ["missing"] * optional
        unmet = f"not {texts[0]}" if len(texts) == 1 else f"neither {' nor '.join(texts)}"
        return Clause(f"{name} is {join_or(texts)}", f"{name} is {unmet}")

    def _predicate(self, keyword: str, value: Any, pointer: str) -> list[Clause] | None:
        if isinstance(value, bool):  # draft 4
            return None
        name, shown = pointer or "the document", value if isinstance(value, str) else to_json(value)
        if self._is_sensitive(pointer):
            return [Clause(f"{name} has a certain form", f"{name} has another form")]
        if keyword[3:] in UNITS:
            shown = f"{shown} {UNITS[keyword[3:]][shown != '1']}"
        met, unmet = _PREDICATES[keyword]
        return [Clause(f"{name} {met.format(shown)}", f"{name} {unmet.format(shown)}")]

    def _required(self, node: Node, names: Any, pointer: str) -> list[Clause]:
        """Return that names are present, unless a constraint on their values implies it."""
        properties = node.schema.get("properties", {})
        return [
            Clause(f"{place} is present", f"{place} is missing")
            for name in names
            if properties.get(name, True) in (True, {})
            for place in [f"{pointer}/{escape_token(name)}"]
        ]

    def _properties(
        self, node: Node, properties: Any, pointer: str, depth: int
    ) -> list[Clause] | None:
        found: list[Clause] = []
        within = self._references.child(node, "properties")
        for name in properties:
            child, place = self._references.child(within, name), f"{pointer}/{escape_token(name)}"
            required = name in node.schema.get("required", ()) or self._is_required(place)
            if child.schema is False:
                clause: Clause | None = Clause(f"{place} is missing", f"{place} is present")
            elif not required and (values := _values(child.schema)) is not None:
                clause = self._one_of(place, values, optional=True)
            else:
                clause = self.clause(child, place, depth + 1)
                if clause and clause.met and not required:
                    met = f"{clause.met} or {place} is missing"
                    clause = Clause(met, f"{place} is present and {clause.unmet}")
            if clause is None:
                return None
            found += [clause] if clause.met else []
        return found

    def _combined(self, node: Node, keyword: str, pointer: str, depth: int) -> list[Clause] | None:
        within = self._references.child(node, keyword)
        clauses = [
            self.clause(self._references.child(within, index), pointer, depth + 1)
            for index in range(len(within.schema))
        ]
        found = [each for each in clauses if each is not None]
        if len(found) < len(clauses) or (keyword == "oneOf" and len(clauses) > 1):
            return None
        if keyword == "allOf" or len(found) == 1:
            return [each for each in found if each.met]
        if not all(each.met for each in found):
            return []
        return [
            Clause(join_or(each.met for each in found), _join_and(each.unmet for each in found))
        ]

    def _referred(self, node: Node, to: Any, pointer: str, depth: int) -> list[Clause] | None:
        try:
            target = self._references.resolve(node, to)
        except (KeyError, IndexError, TypeError, ValueError):
            return None
        clause = self.clause(target, pointer, depth + 1)
        return None if clause is None else [clause] if clause.met else []


def joined(one: str | None, other: str | None) -> str | None:
    """Return where a limit applies that is under either condition; None is everywhere."""
    if one is None or other is None:
        return None
    return one if other in one or len(one) > _LONGEST else f"{one}, or {other}"


def _of_type(schema: Any, value: Any, pointer: str) -> list[Clause]:
    """Return the clause of `type`; that of an object is implied by the properties it must have."""
    if value == "object" and ("properties" in schema or "required" in schema):
        return []
    types = value if isinstance(value, list) else [value]
    name, kinds = pointer or "the document", [TYPE_PHRASES.get(each, str(each)) for each in types]
    unmet = f"not {kinds[0]}" if len(kinds) == 1 else f"neither {' nor '.join(kinds)}"
    return [Clause(f"{name} is {join_or(kinds)}", f"{name} is {unmet}")]


def _values(schema: Any) -> Sequence[Any] | None:
    """Return the values that a schema allows, if it says no more than that."""
    constraints = {
        keyword: value
        for keyword, value in (schema.items() if isinstance(schema, dict) else ())
        if keyword not in _SILENT and keyword != "type"
    }
    if constraints.keys() == {"const"}:
        return [constraints["const"]]
    return constraints["enum"] if constraints.keys() == {"enum"} else None


def _all(clauses: Sequence[Clause]) -> Clause:
    """Return the clause that is met where all of them are; its words are empty without any."""
    unmet = list(dict.fromkeys(each.unmet for each in clauses))
    return Clause(_join_and(each.met for each in clauses), join_or(unmet))


def _join_and(texts: Iterable[str]) -> str:
    texts = list(dict.fromkeys(texts))
    if len(texts) > 1:
        texts = [f"({each})" if " or " in each else each for each in texts]
    return " and ".join(texts)
