"""Subschemas by location, and the registry that resolves a `$ref` to one, without fetching."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from .pointers import percent_decoded, pointer_of, tokens_of

Schema: TypeAlias = Any

#: Keywords that contain plain values, not schemas.
VALUE_KEYWORDS: Final = frozenset(
    ("enum", "const", "default", "example", "examples", "x-source", "x-sources")
)
#: Keywords that contain an object of schemas, a list of schemas, or one schema.
MAP_KEYWORDS: Final = frozenset(
    "$defs definitions properties patternProperties dependentSchemas dependencies".split()
)
LIST_KEYWORDS: Final = frozenset("allOf anyOf oneOf prefixItems items".split())
SCHEMA_KEYWORDS: Final = frozenset(
    "additionalProperties unevaluatedProperties items additionalItems unevaluatedItems contains "
    "not if then else propertyNames contentSchema".split()
)
#: Operations whose path the vendor does not document.
OPERATIONS_WITHOUT_PATH: Final = "x-operations-without-path"
#: The reasons why something that belongs in a schema is not checked.
NOT_CHECKED: Final = "x-not-checked"
DRAFT_4 = 4
_AUTHORITY_SLASHES: Final = 2  # slashes before the host of a URI
#: Supported drafts by the URI of their meta-schema; "" for a schema without `$schema`.
DIALECTS: Final = frozenset(
    (
        "",
        *(f"http://json-schema.org/draft-0{draft}/schema" for draft in (4, 6, 7)),
        *(f"https://json-schema.org/draft/{year}/schema" for year in ("2019-09", "2020-12")),
    )
)
#: OpenAPI's own dialects are 2020-12 with additional annotations.
_OPENAPI_SPEC: Final = "https://spec.openapis.org/oas/3."
#: Characters that must be percent-encoded in a reference, and a percent sign without two digits.
_UNESCAPED: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\w%/~.$!&'()*+,;=:@?-]|[^\x00-\x7f]")
#: Characters of a URI, besides letters and digits, that are not percent-encoded.
_UNRESERVED: Final = str.maketrans("", "", "/~._$!&'()*+,;=:@-")


class Node(NamedTuple):
    """A subschema with its location: the URI of its resource and the path within it."""

    schema: Schema
    uri: str
    tokens: tuple[str, ...] = ()
    draft: int = 0  # 4, 6 or 7 for such a draft, in which siblings of a $ref are ignored; else 0

    @property
    def location(self) -> str:
        """The absolute keyword location: a URI with a JSON Pointer as its fragment."""
        return f"{self.uri}#{_encode_fragment(pointer_of(self.tokens))}"


class SchemaRegistry:
    """Resolves references among a schema at *uri* and its *resources*, given by URI."""

    def __init__(self, schema: Schema, uri: str, resources: Mapping[str, Schema]) -> None:
        #: The schema and its resources.
        self.documents = (schema, *resources.values())
        self._resources: dict[str, Node] = {}
        self._anchors: dict[tuple[str, str], Node] = {}
        document = Node(schema, uri, (), draft_of(schema))
        self.root = self._in_own_resource(document)
        self._index(document)
        for each, contents in resources.items():
            self._index(Node(contents, each.partition("#")[0], (), draft_of(contents)))

    @property
    def has_one_resource(self) -> bool:
        """Whether there is one resource alone, so that no reference depends on the way to it."""
        return len(self._resources) == 1

    @property
    def resources(self) -> dict[str, Schema]:
        """The resources by URI, those that are within others too."""
        return {uri: node.schema for uri, node in self._resources.items()}

    def resource(self, uri: str) -> Schema:
        """Return the root of the resource with a URI; True, which has no keyword, if none has."""
        found = self._resources.get(uri)
        return True if found is None else found.schema

    def unresolved_reference(self) -> tuple[str, str] | None:
        """Return the pointer of the first `$ref` that is unresolved, and the reason, or None."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            reference = node.schema.get("$ref") if isinstance(node.schema, dict) else None
            if isinstance(reference, str) and (reason := self._why_unresolved(node, reference)):
                return pointer_of((*node.tokens, "$ref")), reason
            stack += [
                self.child(within, at[-1])
                for at, _ in child_schemas(node.schema)
                for within in [self.child(node, at[0]) if len(at) > 1 else node]
            ]
        return None

    def _why_unresolved(self, node: Node, reference: str) -> str | None:
        uri = resolve_uri(node.uri, reference).partition("#")[0]
        if uri not in self._resources and "json-schema.org/" not in uri:
            return (
                f"unresolved $ref: {reference!r} (remote references are never fetched: pass the "
                "document in `resources`, or save it as a file next to the schema)"
            )
        try:
            self.resolve(node, reference)
        except (KeyError, IndexError, TypeError, ValueError):
            if "json-schema.org/" not in uri:
                return f"unresolved $ref: {reference!r} does not exist in its document"
        return None

    def _index(self, root: Node) -> None:
        """Collect the resources and anchors of a document."""
        self._resources.setdefault(root.uri, root)
        stack = [root]
        while stack:
            node = self._in_own_resource(stack.pop())
            for name in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.schema, dict) and isinstance(node.schema.get(name), str):
                    self._anchors.setdefault((node.uri, node.schema[name]), node)
            for token, child in child_schemas(node.schema):
                stack.append(Node(child, node.uri, (*node.tokens, *token), node.draft))

    def _in_own_resource(self, node: Node) -> Node:
        """Return *node* as the root of its own resource if it has an `$id`, else as it is."""
        draft = draft_of(node.schema, node.draft)
        keyword = "id" if draft == DRAFT_4 else "$id"
        identifier = node.schema.get(keyword) if isinstance(node.schema, dict) else None
        if not isinstance(identifier, str) or (draft and "$ref" in node.schema):
            return node
        uri, _, fragment = resolve_uri(node.uri, identifier).partition("#")
        if fragment:
            self._anchors.setdefault((uri, fragment), node)
        if uri == node.uri:
            return node
        root = Node(node.schema, uri, (), draft)
        self._resources.setdefault(uri, root)
        return root

    def child(self, node: Node, token: str | int) -> Node:
        """Return the child of *node* under a key or index; raise KeyError or IndexError if none."""
        part = node.schema
        part = part[int(token)] if isinstance(part, list) else part[str(token)]
        return self._in_own_resource(Node(part, node.uri, (*node.tokens, str(token)), node.draft))

    def resolve(self, node: Node, reference: str) -> Node:
        """Return the target of a reference of *node*; raise KeyError or IndexError if none."""
        uri, _, fragment = resolve_uri(node.uri, reference).partition("#")
        target = self._resources[uri]
        if not fragment:
            return target
        if not fragment.startswith("/"):
            return self._anchors[uri, fragment]
        for token in tokens_of(percent_decoded(fragment)):
            target = self.child(target, token)
        return target


def schema_members(part: Any, *, is_map: bool = False) -> Iterator[tuple[str, Any, bool]]:
    """Yield the members of a part of a document without plain values: token, member, is_map.

    *is_map* is whether the keys are names chosen by the author, as those of `properties`, and not
    keywords: of *part* as a parameter, of the member in what is yielded.
    """
    for token, child in members(part):
        if (
            is_map
            or isinstance(part, list)
            or not (token in VALUE_KEYWORDS or token.startswith("x-"))
        ):
            yield token, child, not is_map and token in MAP_KEYWORDS and isinstance(child, dict)
        elif token == OPERATIONS_WITHOUT_PATH:
            yield token, child, False


def child_schemas(schema: Schema) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Yield the direct subschemas of a schema, each with its path; unknown keywords have none."""
    for keyword, part in schema.items() if isinstance(schema, dict) else ():
        if keyword in SCHEMA_KEYWORDS and isinstance(part, (dict, bool)):
            yield (keyword,), part
        elif (keyword in MAP_KEYWORDS and isinstance(part, dict)) or (
            keyword in LIST_KEYWORDS and isinstance(part, list)
        ):
            yield from (((keyword, token), child) for token, child in members(part))


def put_subschema(
    copy: dict[str, Any], schema: Mapping[str, Any], at: tuple[str, ...], subschema: Any
) -> None:
    """Set a direct subschema in the shallow copy of a schema; what holds it is copied once."""
    keyword = at[0]
    if len(at) == 1:
        copy[keyword] = subschema
        return
    if copy[keyword] is schema[keyword]:
        copy[keyword] = copy[keyword].copy()
    copy[keyword][int(at[1]) if isinstance(copy[keyword], list) else at[1]] = subschema


def type_names(schema: Schema) -> tuple[str, ...]:
    """Return the names in the keyword `type`, one or a list; none if the schema has no such."""
    found = schema.get("type") if isinstance(schema, Mapping) else None
    names = found if isinstance(found, (list, tuple)) else (found,)
    return tuple(name for name in names if isinstance(name, str))


def is_openapi_dialect(dialect: Any) -> bool:
    """Return whether a meta-schema URI is one of OpenAPI's dialects, which extend 2020-12."""
    return isinstance(dialect, str) and dialect.startswith(_OPENAPI_SPEC) and "/dialect/" in dialect


def draft_of(schema: Schema, default: int = 0) -> int:
    """Return 4, 6 or 7 for a schema of such a draft, 0 for one of 2019-09 and later."""
    dialect = schema.get("$schema") if isinstance(schema, dict) else None
    if not isinstance(dialect, str):
        return default
    number = dialect.partition("json-schema.org/draft-0")[2][:1]
    return int(number) if number in ("4", "6", "7") else DRAFT_4 if number == "3" else 0


def members(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object or an array, each with its token of a JSON Pointer."""
    if isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, list):
        yield from ((str(index), child) for index, child in enumerate(part))


def resolve_uri(base: str, reference: str) -> str:
    """Return the absolute URI of a reference relative to *base*, percent-encoded."""
    reference = encode_uri(reference)
    if reference.startswith("#"):
        return base + reference
    if "://" in reference:
        return reference
    name = reference.partition("#")[0]
    plain = name.strip(".") and not any(letter in name for letter in "/:?%")
    if plain and base.count("/") > _AUTHORITY_SLASHES and "?" not in base:
        # A sibling file: urllib, which is slow to import, is not needed.
        return f"{base.partition('#')[0].rpartition('/')[0]}/{reference}"
    from urllib.parse import urljoin

    return urljoin(base, reference)


def encode_uri(reference: str) -> str:
    """Return a reference in which characters that are not allowed in a URI are percent-encoded."""
    resource, separator, fragment = reference.partition("#")
    if not _UNESCAPED.search(resource) and not _UNESCAPED.search(fragment):
        return reference
    return separator.join(_UNESCAPED.sub(_percent_encode, each) for each in (resource, fragment))


def _percent_encode(match: re.Match[str]) -> str:
    from urllib.parse import quote

    return quote(match[0], errors="replace")


def _encode_fragment(pointer: str) -> str:
    rest = pointer.translate(_UNRESERVED)
    if not rest or (rest.isascii() and rest.isalnum()):
        return pointer
    from urllib.parse import quote

    return quote(pointer, safe="/~.$!&'()*+,;=:@-")
