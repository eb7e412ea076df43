"""`propertyNames` of objects with very many properties.

The engine makes one error for each name that is not allowed, and copies the whole object for each:
the time grows with the square of the names. By another form of the schema it makes one error for
the object, and the names are asked about by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from fieldbound.model import Limit, Node, to_json
from fieldbound.validation.engine import Validator, compile_schema
from fieldbound.validation.mistakes import Mistake

from .base_uri import BASE_URI

if TYPE_CHECKING:
    from fieldbound.validation.limits import Limits

Path: TypeAlias = "tuple[str | int, ...]"

#: The keyword that has limits on names.
NAMES: Final = "propertyNames"
#: The properties of an object from which its names are asked about by themselves.
_MANY: Final = 64
#: The validators of names that were compiled, by their location.
_compiled: WeakKeyDictionary[Limits, dict[str, Validator]] = WeakKeyDictionary()


def has_many_names(instance: Any) -> bool:
    """Return whether there is an object with very many properties in an instance."""
    pending = [instance]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if len(value) > _MANY:
                return True
            pending += value.values()
        elif isinstance(value, (list, tuple)):
            pending += value
    return False


def mistakes_of_names(
    at: Path, path: Path, names: Sequence[str], limits: Limits
) -> Iterator[Mistake]:
    """Yield the mistakes in the *names* of the object at *path*, by the keyword at *at*."""
    limit, node = limits.limit_at(at), limits.node_at(at)
    if node is None or isinstance(node.schema, bool):
        for name in names:
            yield Mistake((*path, name), limit.keyword, limit, (*path, name), True)
        return
    validator = _validator(node, limits)
    for name in names:
        for error in validator.iter_errors(name):
            way: Path = (*at, *error.evaluation_path[1:])
            if not limits.resolves(way):  # the path to the keyword is not the engine's
                way = limits.path_to(error.absolute_keyword_location or "", (*path, name)) or way
            yield mistake_of_name((*path, name), limit, limits.limit_at(way))


def mistake_of_name(path: Path, limit: Limit, broken: Limit) -> Mistake:
    """Return the mistake in a name, the last of *path*, for the limit that it breaks."""
    detail = f"{broken.keyword} {to_json(broken.value)}"
    return Mistake(path, limit.keyword, limit, path, True, path[-1], "string", detail=detail)


def _validator(node: Node, limits: Limits) -> Validator:
    known = _compiled.setdefault(limits, {})
    if node.location not in known:
        root = limits.references.root.schema
        dialect = {key: root[key] for key in ("$schema",) if key in root}
        known[node.location] = compile_schema(
            {**dialect, "$ref": node.location},
            f"{BASE_URI}names",
            limits.references.resources,
            limits.formats,
        )
    return known[node.location]
