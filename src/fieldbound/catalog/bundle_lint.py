"""Lint of a bundle: the problems of each schema in it, and contradictions among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.model import MAP_KEYWORDS, Node, draft_of
from fieldbound.openapi import PointerTokens, SchemaLocation

from .bundle import Bundle
from .contradictions import UNSATISFIABLE, contradictions, registry_of
from .lint import problems_of, source_problems
from .problems import Problem
from .schema_files import value_at

#: Subschemas that need not be satisfied: those of lists, and single ones.
_ALTERNATIVES: Final = frozenset(("oneOf", "anyOf"))
_CONDITIONS: Final = frozenset(("not", "if", "then", "else", "contains", "propertyNames"))
_OTHER_NAMES: Final = MAP_KEYWORDS - {"dependentSchemas", "dependencies"}


def lint_bundle(
    bundle: Bundle, sources: Mapping[str, Any] | None, whole: SchemaLocation | None = None
) -> None:
    """Build a bundle, and raise BrokenContract for the first problem in it.

    *sources* are those that limits may cite; None allows unknown keywords, too. From a lenient
    bundle what contradicts itself is taken out instead, unless it is the *whole* schema.
    """
    if bundle.options.lenient:
        bundle.entries.discard(whole)
        while _take_out_contradictions(bundle, whole):
            pass
        return
    files = bundle.files
    for uri, tokens in [each for each in bundle.roots if each not in files.linted]:
        of_file = source_problems(files.load(uri), (), sources) if tokens else ()
        of_schema = problems_of(files, (uri, tokens), files.schema(uri, tokens), sources)
        for problem in (*of_file, *of_schema):
            raise files.error_at(uri, problem.tokens, problem.reason)
    files.linted.update(bundle.roots)
    bundle.build()
    for found in _contradictions(bundle):
        for uri, problem in found:
            raise bundle.files.error_at(uri, problem.tokens, problem.reason)


def contradictions_in(bundle: Bundle) -> Iterator[tuple[str, Problem]]:
    """Build a lenient bundle, and yield every contradiction in it with the URI of its file.

    Each is taken out, so that what refers to it, or holds it, does not contradict itself by that.
    """
    while True:
        bundle.build()
        taken = set[SchemaLocation]()
        for contradictory in _contradictions(bundle):
            for uri, problem in contradictory if not taken else ():
                is_outer = (uri, problem.tokens) in taken
                if not is_outer and bundle.take_out(uri, problem):
                    taken.update(_with_holders(uri, problem.tokens))
                    yield uri, problem
        if not taken:
            return


def _contradictions(bundle: Bundle) -> Iterator[list[tuple[str, Problem]]]:
    """Yield the contradictions within the schemas of a bundle, then those with what they refer to.

    Each comes with the URI of its file.
    """
    registry = registry_of(bundle.without_conditions())
    nodes = [
        Node(value_at(bundle.resources[uri], tokens), uri, tokens, draft_of(bundle.files.load(uri)))
        for uri, tokens in bundle.roots
    ]
    for known in (None, registry):
        yield [(node.uri, each) for node in nodes for each in contradictions(node, known)]


def _take_out_contradictions(bundle: Bundle, whole: SchemaLocation | None) -> bool:
    """Build a bundle, and take out what no value satisfies; return whether there was any.

    Definitions and alternatives stay as they are: nothing need satisfy them.
    """
    bundle.build()
    dead = set[SchemaLocation]()
    for contradictory in _contradictions(bundle):
        taken = set[SchemaLocation]()
        for uri, problem in contradictory:
            location = (uri, problem.tokens)
            if _is_definition(bundle, location):
                dead.add(location)
            elif location not in taken and bundle.take_out(uri, problem):
                taken.update(_with_holders(*location))
        if taken:
            return True
    found = False
    _add_references(dead, bundle)
    for site, target in bundle.references.items() if dead else ():
        if target in dead and not _is_definition(bundle, site):
            problem = Problem((*site[1], "$ref"), UNSATISFIABLE)
            found |= bundle.take_out(site[0], problem)
    if not found and whole in dead:
        raise bundle.files.error_at(*whole, UNSATISFIABLE)
    return found


def _add_references(dead: set[SchemaLocation], bundle: Bundle) -> None:
    """Add the definitions that refer to a dead one: nothing satisfies them either."""
    users: dict[SchemaLocation, list[SchemaLocation]] = {}
    for site, target in bundle.references.items() if dead else ():
        users.setdefault(target, []).append(site)
    pending = list(dead)
    while pending:
        for site in users.get(pending.pop(), ()):
            if site not in dead and _is_definition(bundle, site):
                dead.add(site)
                pending.append(site)


def _with_holders(uri: str, tokens: PointerTokens) -> Iterator[SchemaLocation]:
    """Yield a location, and those of all that it is within."""
    for length in range(len(tokens) + 1):
        yield uri, tokens[:length]


def _is_definition(bundle: Bundle, location: SchemaLocation) -> bool:
    """Return whether a schema is one that others may refer to, or an alternative of one."""
    is_root = location in bundle.roots and location not in bundle.entries
    is_named = location[1][-2:-1] in (("$defs",), ("definitions",))
    return is_root or is_named or _is_alternative(location[1])


def _is_alternative(tokens: PointerTokens) -> bool:
    """Return whether a schema is one of several, or a condition: nothing need satisfy it."""
    before = tokens[-2] if len(tokens) > 1 else ""
    if before in _OTHER_NAMES:
        return False
    is_single = bool(tokens) and tokens[-1] in _CONDITIONS
    return before in _ALTERNATIVES or before in ("dependentSchemas", "dependencies") or is_single
