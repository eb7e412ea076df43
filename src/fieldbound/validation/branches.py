"""The branches of anyOf and oneOf: the values and names by which an object has one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from fieldbound.model import Node, SchemaRegistry, pointer_of, to_json, type_names

_DEEPEST: Final = 8  # references and allOf within one another that are followed
#: A value by which a branch is known weighs more if it is the only one, or has to be there.
_TAG, _ONLY, _REQUIRED = 4, 2, 1


class Branch(NamedTuple):
    """What a branch says of the value as a whole.

    *tags* has, by property name, the values that `const` or `enum` allow, *required* the names that
    must be there, *types* the types it allows (empty: any). *text* is its schema, *texts* are
    the tags as JSON.
    """

    tags: Mapping[str, Sequence[Any]]
    required: tuple[str, ...]
    types: frozenset[str]
    text: str = ""
    texts: Mapping[str, frozenset[str]] = {}

    @property
    def is_value(self) -> bool:
        """Whether it says which values there are, and no more."""
        return self.text.startswith(('{"const":', '{"enum":'))

    @property
    def may_be_object(self) -> bool:
        """Whether the value may be an object."""
        return not self.types or "object" in self.types


def branch_of(node: Node, references: SchemaRegistry) -> Branch:
    """Return what a branch says, by itself, by its references and by `allOf`."""
    tags: dict[str, Sequence[Any]] = {}
    required: dict[str, None] = {}
    types: frozenset[str] = frozenset()
    for each in _parts(node, references):
        schema = each.schema
        types = types or frozenset(type_names(schema))
        if isinstance(schema.get("required"), list):
            required.update(dict.fromkeys(schema["required"]))
        properties = schema.get("properties")
        for name in properties if isinstance(properties, dict) else ():
            within = references.child(each, "properties")
            for part in _parts(references.child(within, name), references):
                values = (
                    [part.schema["const"]] if "const" in part.schema else part.schema.get("enum")
                )
                if isinstance(values, list) and values:
                    tags.setdefault(name, values)
    texts = {name: frozenset(map(to_json, values)) for name, values in tags.items()}
    return Branch(tags, tuple(required), types, to_json(node.schema), texts)


def branches_of(node: Node, references: SchemaRegistry) -> list[Branch]:
    """Return what each schema of a list says."""
    indices = range(len(node.schema)) if isinstance(node.schema, list) else ()
    return [branch_of(references.child(node, index), references) for index in indices]


def _parts(node: Node, references: SchemaRegistry, depth: int = 0) -> Iterator[Node]:
    """Yield the schemas that a value must meet where it meets that of *node*."""
    if not isinstance(node.schema, dict) or depth > _DEEPEST:
        return
    hidden = bool(node.draft) and "$ref" in node.schema
    if not hidden:
        yield node
    if isinstance(node.schema.get("$ref"), str):
        try:
            target = references.resolve(node, node.schema["$ref"])
        except (KeyError, IndexError, TypeError, ValueError):
            return
        yield from _parts(target, references, depth + 1)
    if not hidden and isinstance(node.schema.get("allOf"), list):
        within = references.child(node, "allOf")
        for index in range(len(within.schema)):
            yield from _parts(references.child(within, index), references, depth + 1)


def tag_of(branches: Sequence[Branch]) -> str | None:
    """Return the property whose value selects the branch: each that is an object has its own."""
    objects = [each for each in branches if each.may_be_object]
    names = objects[0].tags if len(objects) > 1 else ()
    for name in names:
        if all(name in each.tags for each in objects):
            count = sum(len(each.tags[name]) for each in objects)
            if len(frozenset().union(*(each.texts[name] for each in objects))) == count:
                return name
    return None


def sole_tag(branches: Sequence[Branch]) -> tuple[str, Mapping[str, int]] | None:
    """Return the only property with fixed values that differ, and by value the branch it selects.

    There is none where it does not select between all branches.
    """
    tag = tag_of(branches)
    if tag is None or varied_tags(branches) != {tag}:
        return None
    return tag, {text: at for at, each in enumerate(branches) for text in each.texts.get(tag, ())}


def varied_tags(branches: Sequence[Branch]) -> frozenset[str]:
    """Return the tags: properties with fixed values that differ between branches."""
    found: dict[str, set[frozenset[str]]] = {}
    for branch in branches:
        for name, texts in branch.texts.items():
            found.setdefault(name, set()).add(texts)
    return frozenset(name for name, values in found.items() if len(values) > 1)


def tags_in(value: Any, tags: frozenset[str]) -> Mapping[str, str]:
    """Return those of some tags that a value has, each with its value as JSON."""
    if not isinstance(value, dict):
        return {}
    return {name: to_json(value[name]) for name in tags if name in value}


def likeness(
    branch: Branch, tags: Mapping[str, str], value: Any
) -> tuple[tuple[float, float, int], float]:
    """Return how much of a branch an object with *tags* has, and how late it names those.

    By tags, by tags that differ, by required names. The highest is meant; of several, the one with
    the first tags.
    """
    if not isinstance(value, dict):
        return (0, 0, 0), 0
    matching = differing = late = 0.0
    for position, (name, texts) in enumerate(branch.texts.items()):
        text = tags.get(name)
        if text is None:
            continue
        if text in texts:
            matching += _TAG + _ONLY * (len(texts) == 1) + _REQUIRED * (name in branch.required)
            late += position / (position + 1)
        else:
            differing += 1
    return (matching, -differing, sum(name in value for name in branch.required)), late


def exclusive_names(
    branches: Sequence[Branch], path: Sequence[str | int], value: Any
) -> str | None:
    """Return in words that names exclude each other, each demanded by one of *branches* alone."""
    if not isinstance(value, dict) or len(branches) < 2:  # noqa: PLR2004
        return None
    names = []
    for branch in branches:
        others = {name for each in branches if each is not branch for name in each.required}
        own = [name for name in branch.required if name not in others]
        if not own:
            return None
        names.append(own[0])
    return exclude_each_other(names, path)


def exclude_each_other(names: Sequence[str], path: Sequence[str | int]) -> str:
    """Return in words that names at a path may not be there together."""
    *others, last = [pointer_of((*path, name)) for name in names]
    return f"{', '.join(others)} and {last} exclude each other"
