"""A schema and what it refers to go in, its subschemas at their places come out.

A place is the URI of a resource and the path from its root; references are resolved in what was
given, never fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from .pointers import percent_decoded, pointer_of, tokens_of

Schema: TypeAlias = Any

#: Keywords whose contents are values, not schemas.
VALUE_KEYWORDS: Final = frozenset(
    ("enum", "const", "default", "example", "examples", "x-source", "x-sources")
)
#: Keywords under which schemas stand by name, in a list, or alone.
MAP_KEYWORDS: Final = frozenset(
    "$defs definitions properties patternProperties dependentSchemas dependencies".split()
)
LIST_KEYWORDS: Final = frozenset("allOf anyOf oneOf prefixItems items".split())
SCHEMA_KEYWORDS: Final = frozenset(
    "additionalProperties unevaluatedProperties items additionalItems unevaluatedItems contains "
    "not if then else propertyNames contentSchema".split()
)
#: Operations of a vendor who does not say under which path they are.
OPERATIONS_WITHOUT_PATH: Final = "x-operations-without-path"
DRAFT_4, _OLDER = 4, 7
_AUTHORITY: Final = 2  # slashes before the host of a URI
#: The drafts that are known, by the URI of their meta-schema; "" for a schema that names none.
DIALECTS: Final = frozenset(
    (
        "",
        *(f"http://json-schema.org/draft-0{draft}/schema" for draft in (4, 6, 7)),
        *(f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")),
    )
)
#: OpenAPI's own dialects are those of 2020-12, with keywords that no judge has to know.
_OPENAPI: Final = "https://spec.openapis.org/oas/3."
#: What has no place in a reference as it is: a percent sign is one of an escape.
_STRANGE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\w%/~.$!&'()*+,;=:@?-]|[^\x00-\x7f]")
#: What stands in a URI as it is, beside letters and digits.
_PLAIN: Final = str.maketrans("", "", "/~._$!&'()*+,;=:@-")


class Node(NamedTuple):
    """A subschema at its place: the URI of its resource and the path to it from there."""

    schema: Schema
    uri: str
    tokens: tuple[str, ...] = ()
    draft: int = 0  # 4 or 7 for a draft of that age, in which nothing beside a $ref counts

    @property
    def location(self) -> str:
        """The absolute location of the subschema: a URI and a JSON Pointer as its fragment."""
        return f"{self.uri}#{_fragment(pointer_of(self.tokens))}"


class References:
    """Every subschema of a schema at *uri*, and of the *resources* it refers to by URI."""

    def __init__(self, schema: Schema, uri: str, resources: Mapping[str, Schema]) -> None:
        self._resources: dict[str, Node] = {}
        self._anchors: dict[tuple[str, str], Node] = {}
        given = Node(schema, uri, (), draft_of(schema))
        self.root = self._settled(given)
        self._index(given)
        for each, contents in resources.items():
            self._index(Node(contents, each.partition("#")[0], (), draft_of(contents)))

    def dangling(self) -> tuple[str, str] | None:
        """Return pointer and reason of the first reference that leads nowhere, if any does."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            reference = node.schema.get("$ref") if isinstance(node.schema, dict) else None
            if isinstance(reference, str) and (reason := self._astray(node, reference)):
                return pointer_of((*node.tokens, "$ref")), reason
            stack += [
                self.child(within, at[-1])
                for at, _ in child_schemas(node.schema)
                for within in [self.child(node, at[0]) if len(at) > 1 else node]
            ]
        return None

    def _astray(self, node: Node, reference: str) -> str | None:
        uri = resolve_uri(node.uri, reference).partition("#")[0]
        if uri not in self._resources and "json-schema.org/" not in uri:
            return (
                f"the reference {reference!r} leads to a document that is not at hand; references "
                "are never fetched: give the document among the resources, or beside the file"
            )
        try:
            self.resolved(node, reference)
        except (KeyError, IndexError, TypeError, ValueError):
            if "json-schema.org/" not in uri:
                return f"the reference {reference!r} leads to nothing in its document"
        return None

    def _index(self, root: Node) -> None:
        """Note every resource and anchor of a document."""
        self._resources.setdefault(root.uri, root)
        stack = [root]
        while stack:
            node = self._settled(stack.pop())
            for name in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.schema, dict) and isinstance(node.schema.get(name), str):
                    self._anchors.setdefault((node.uri, node.schema[name]), node)
            for token, child in child_schemas(node.schema):
                stack.append(Node(child, node.uri, (*node.tokens, *token), node.draft))

    def _settled(self, node: Node) -> Node:
        """Return *node* as the root of its own resource where it opens one."""
        keyword = "id" if node.draft == DRAFT_4 else "$id"
        name = node.schema.get(keyword) if isinstance(node.schema, dict) else None
        if not isinstance(name, str) or (node.draft and "$ref" in node.schema):
            return node
        uri, _, fragment = resolve_uri(node.uri, name).partition("#")
        if fragment:
            self._anchors.setdefault((uri, fragment), node)
        if uri == node.uri:
            return node
        settled = Node(node.schema, uri, (), draft_of(node.schema, node.draft))
        self._resources.setdefault(uri, settled)
        return settled

    def child(self, node: Node, token: str | int) -> Node:
        """Return what stands under a name or an index of *node*; KeyError or IndexError if none."""
        part = node.schema
        part = part[int(token)] if isinstance(part, list) else part[str(token)]
        return self._settled(Node(part, node.uri, (*node.tokens, str(token)), node.draft))

    def resolved(self, node: Node, reference: str) -> Node:
        """Return what a reference names; KeyError or IndexError where there is no such thing."""
        uri, _, fragment = resolve_uri(node.uri, reference).partition("#")
        target = self._resources[uri]
        if not fragment:
            return target
        if not fragment.startswith("/"):
            return self._anchors[uri, fragment]
        for token in tokens_of(percent_decoded(fragment)):
            target = self.child(target, token)
        return target


def schema_members(part: Any, *, is_named: bool = False) -> Iterator[tuple[str, Any, bool]]:
    """Yield what stands in a part of a document, each with its token, but no values.

    What stands under names of its author's own, as attributes do, is told by the third: there a
    name is no keyword. *is_named* says so of *part* itself.
    """
    for token, child in members(part):
        if (
            is_named
            or isinstance(part, list)
            or not (token in VALUE_KEYWORDS or token.startswith("x-"))
        ):
            yield token, child, not is_named and token in MAP_KEYWORDS and isinstance(child, dict)
        elif token == OPERATIONS_WITHOUT_PATH:
            yield token, child, False


def child_schemas(schema: Schema) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield the schemas right within one, each with its path; unknown keywords hold none."""
    for keyword, part in schema.items() if isinstance(schema, dict) else ():
        if keyword in SCHEMA_KEYWORDS and isinstance(part, (dict, bool)):
            yield (keyword,), part
        elif (keyword in MAP_KEYWORDS and isinstance(part, dict)) or (
            keyword in LIST_KEYWORDS and isinstance(part, list)
        ):
            yield from (((keyword, token), child) for token, child in members(part))


def is_openapi_dialect(dialect: Any) -> bool:
    """Return whether a meta-schema is OpenAPI's own, which judges as that of 2020-12 does."""
    return isinstance(dialect, str) and dialect.startswith(_OPENAPI) and "/dialect/" in dialect


def draft_of(schema: Schema, otherwise: int = 0) -> int:
    """Return 4 or 7 for a schema of such a draft, 0 for one of 2019-09 and later."""
    dialect = schema.get("$schema") if isinstance(schema, dict) else None
    if not isinstance(dialect, str):
        return otherwise
    number = dialect.partition("json-schema.org/draft-0")[2][:1]
    return 0 if not number else DRAFT_4 if number in "34" else _OLDER


def members(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object or an array, each under its token of a JSON Pointer."""
    if isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, list):
        yield from ((str(index), child) for index, child in enumerate(part))


def resolve_uri(base: str, reference: str) -> str:
    """Return the URI of a reference that counts from *base*, escaped where its author did not."""
    reference = encode_uri(reference)
    if reference.startswith("#"):
        return base + reference
    if "://" in reference:
        return reference
    name = reference.partition("#")[0]
    plain = name.strip(".") and not any(letter in name for letter in "/:?%")
    if plain and base.count("/") > _AUTHORITY and "?" not in base:
        return f"{base.partition('#')[0].rpartition('/')[0]}/{reference}"  # a file beside
    from urllib.parse import urljoin

    return urljoin(base, reference)


def encode_uri(reference: str) -> str:
    """Return a reference with all escaped that has no place in one, as its author did not."""
    resource, mark, fragment = reference.partition("#")
    if not _STRANGE.search(resource) and not _STRANGE.search(fragment):
        return reference
    return mark.join(_STRANGE.sub(_escape, each) for each in (resource, fragment))


def _escape(strange: re.Match[str]) -> str:
    from urllib.parse import quote

    return quote(strange[0], errors="replace")


def _fragment(pointer: str) -> str:
    rest = pointer.translate(_PLAIN)
    if not rest or (rest.isascii() and rest.isalnum()):
        return pointer
    from urllib.parse import quote

    return quote(pointer, safe="/~.$!&'()*+,;=:@-")
