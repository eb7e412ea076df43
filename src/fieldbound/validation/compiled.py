"""A schema compiled for the engine, with what is known of it as a whole."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property
from typing import Any

from fieldbound.algebra import EngineSchema, engine_schema
from fieldbound.model import encode_uri, schema_members

from .engine import base_uri, compile_schema, in_dialect
from .inline import inlined
from .keywords import REFERENCES
from .limits import Limits
from .schema.expansion import refuse_endless
from .schema.ignored_keywords import without_ignored
from .schema.long_integers import may_misread
from .schema.survey import Survey, survey_of


class CompiledSchema:
    """A schema, the resources it refers to by URI, and the engine's validator for it.

    The schema is copied. *formats* is "assert" or "annotate". Raises BrokenContract where it is not
    a JSON Schema, or a reference is unresolved or endless.
    """

    def __init__(
        self, schema: Any, name: str, resources: Mapping[str, Any] | None, formats: str
    ) -> None:
        self.schema = schema = _encoded(_copy(schema))
        self.name, self.formats = name, formats
        dialect = schema.get("$schema") if isinstance(schema, dict) else None
        self.resources = {
            uri: in_dialect(_encoded(_copy(each)), dialect)
            for uri, each in (resources or {}).items()
        }
        self.uri = base_uri(schema, name)
        self.engine = compile_schema(schema, self.uri, self.resources, formats)
        refuse_endless(self.limits.references)

    @cached_property
    def limits(self) -> Limits:
        """The limits of the schema, by the places where they are written."""
        resources = {uri: without_ignored(each) for uri, each in self.resources.items()}
        schema = without_ignored(self.schema)
        return Limits(self.name, schema, self.uri, resources, self.formats)

    @cached_property
    def survey(self) -> Survey:
        """What has to be known of the whole schema before instances are checked."""
        return survey_of(self.limits)

    @cached_property
    def misreads_integers(self) -> bool:
        """Whether the engine misreads integers of too many digits by this schema."""
        return may_misread((self.schema, *self.resources.values()))

    @cached_property
    def _for_engine(self) -> EngineSchema:
        return engine_schema([self.schema, *self.resources.values()])

    @property
    def may_be_undecided(self) -> bool:
        """Whether it has a pattern that may take too long to decide."""
        return bool(self._for_engine.options)

    @property
    def name_patterns(self) -> frozenset[str]:
        """The patterns for names that the engine goes back and forth for."""
        return self._for_engine.name_patterns

    def fast_is_valid(self) -> Callable[[Any], bool]:
        """Return the fastest function that only accepts or rejects; it may compile once more."""
        if not self.resources:
            schema = inlined(self.limits.references)
            if schema is not None:
                return compile_schema(schema, self.uri, {}, self.formats).is_valid
        return self.engine.is_valid


def _copy(schema: Any) -> Any:
    try:
        return marshal.loads(marshal.dumps(schema))  # noqa: S302 - by far the quickest copy
    except ValueError:
        return deepcopy(schema)


def _encoded(schema: Any) -> Any:
    """Return a schema with its references percent-encoded, in place: the engine takes no other."""
    pending = [(schema, False)]
    while pending:
        part, is_map = pending.pop()
        for token, child, child_is_map in schema_members(part, is_map=is_map):
            if isinstance(child, (dict, list)):
                pending.append((child, child_is_map))
            elif isinstance(child, str) and token in REFERENCES and not is_map:
                part[token] = encode_uri(child) or "#"  # the engine ignores an empty one
    return schema
