"""A schema compiled for the engine, with what is known of it as a whole."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .schema.long_integers import may_misread

# The engine, and what looks through a whole schema, are imported when they have to: of the
# contracts that come with fieldbound, all is known before, and to list them takes no engine.

if TYPE_CHECKING:
    from fieldbound.algebra import EngineSchema
    from fieldbound.model import Limit

    from .engine import Validator
    from .limits import Limits
    from .properties import Properties
    from .schema.members import Members
    from .schema.multiplied_errors import MultipliedErrors
    from .schema.surveyed import Survey


class CompiledSchema:
    """A schema, the resources it refers to by URI, and the engine's validator for it.

    The schema is copied. *formats* is "assert" or "annotate". Raises BrokenContract where it is not
    a JSON Schema, or a reference is unresolved or endless.
    """

    def __init__(
        self, schema: Any, name: str, resources: Mapping[str, Any] | None, formats: str
    ) -> None:
        from .engine import compile_schema, in_dialect
        from .schema.base_uri import base_uri

        self.schema = schema = _encoded(_copy(schema))
        self.name, self.formats = name, formats
        dialect = schema.get("$schema") if isinstance(schema, dict) else None
        self.resources = {
            uri: in_dialect(_encoded(_copy(each)), dialect)
            for uri, each in (resources or {}).items()
        }
        self.uri = base_uri(schema, name)
        self.engine: Validator = compile_schema(schema, self.uri, self.resources, formats)
        from .schema.expansion import refuse_endless

        refuse_endless(self.limits.references)

    def engine_for(self, instance: Any) -> Validator:
        """Return the validator whose errors of an instance cost the least."""
        alternatives = self._with_alternatives
        if alternatives is not None and self._multiplied.are_many(instance):
            return alternatives
        named = self._with_names
        if named is None:
            return self.engine
        from .schema.many_names import has_many_names

        return named if has_many_names(instance) else self.engine

    @cached_property
    def _with_names(self) -> Validator | None:
        """The validator for objects of very many names; None if names have no limits."""
        from .schema.many_names import NAMES

        return self._with_one_error([NAMES])

    @cached_property
    def _with_alternatives(self) -> Validator | None:
        """The validator for instances with far too many errors; None if there are no such.

        It may accept what is invalid by what is unevaluated alone.
        """
        from .schema.multiplied_errors import ALTERNATIVES, UNEVALUATED

        is_needed = self._multiplied.possible
        return self._with_one_error(ALTERNATIVES, UNEVALUATED) if is_needed else None

    @cached_property
    def _multiplied(self) -> MultipliedErrors:
        from .schema.multiplied_errors import MultipliedErrors

        return MultipliedErrors(self.limits.references)

    def _with_one_error(
        self, keywords: Sequence[str], omit: Sequence[str] = ()
    ) -> Validator | None:
        """Return the validator that makes one error for each of the keywords.

        None if the schema has none of them. It is without the keywords to *omit*.
        """
        from fieldbound.model import BrokenContract

        from .engine import compile_schema
        from .schema.one_error import has_keyword, with_one_error

        if not any(has_keyword(each, keywords) for each in (self.schema, *self.resources.values())):
            return None
        schema, *others = (
            with_one_error(each, keywords, omit) for each in (self.schema, *self.resources.values())
        )
        resources = dict(zip(self.resources, others, strict=True))
        try:
            return compile_schema(schema, self.uri, resources, self.formats)
        except BrokenContract:  # a reference leads into what the keyword has
            return None

    @cached_property
    def limits(self) -> Limits:
        """The limits of the schema, by the places where they are written."""
        from .limits import Limits
        from .schema.ignored_keywords import without_ignored

        resources = {uri: without_ignored(each) for uri, each in self.resources.items()}
        schema = without_ignored(self.schema)
        return Limits(self.name, schema, self.uri, resources, self.formats)

    @property
    def every_limit(self) -> tuple[Limit, ...]:
        """Every limit, in the order of the schema."""
        return self.limits.all()

    @cached_property
    def survey(self) -> Survey:
        """What has to be known of the whole schema before instances are checked."""
        from .schema.survey import survey_of

        return survey_of(self.limits)

    @cached_property
    def misreads_integers(self) -> bool:
        """Whether the engine misreads integers of too many digits by this schema."""
        return may_misread((self.schema, *self.resources.values()))

    @cached_property
    def has_any_case(self) -> bool:
        """Whether names match in any case."""
        return isinstance(self.schema, dict) and self.schema.get("x-any-case") is True

    @cached_property
    def _for_engine(self) -> EngineSchema:
        from fieldbound.algebra import engine_schema

        return engine_schema([self.schema, *self.resources.values()])

    @property
    def may_be_undecided(self) -> bool:
        """Whether it has a pattern that may take too long to decide."""
        return bool(self._for_engine.keywords)

    @property
    def name_patterns(self) -> frozenset[str]:
        """The patterns for names that the engine goes back and forth for."""
        return self._for_engine.name_patterns

    @property
    def engine_schema(self) -> Any:
        """The schema as the engine reads it; None where that takes resources or options."""
        written = self._for_engine
        is_plain = not (self.resources or written.options or written.name_patterns)
        return written.schema[0] if is_plain else None

    @cached_property
    def plain(self) -> Any:
        """The schema without references, None if it cannot be written so."""
        from .inline import inlined

        return None if self.resources else inlined(self.limits.references)

    @cached_property
    def properties(self) -> Properties | None:
        """What finds the limits that an object breaks, where the schema is of properties alone."""
        from .properties import properties_of

        plain = self.plain
        return None if plain is None else properties_of(plain, self.limits, self._verdict)

    @cached_property
    def members(self) -> Members | None:
        """What makes an object valid, where that is a matter of each member by itself."""
        from .schema.members import members_of

        return None if self.plain is None else members_of(self.plain, self._verdict)

    def _verdict(self, part: Any) -> Callable[[Any], bool]:
        """Return the verdict of a part of the plain schema."""
        from .engine import compile_schema

        dialect = self.schema.get("$schema") if isinstance(self.schema, dict) else None
        whole = part if dialect is None else {"$schema": dialect, "allOf": [part]}
        return compile_schema(whole, self.uri, {}, self.formats).is_valid

    def fast_is_valid(self) -> Callable[[Any], bool] | None:
        """Return the fastest function that accepts only what is valid, None if there is none.

        It compiles the schema once more. If integers may be misread, it may reject what is valid.
        """
        from .engine import compile_schema

        schema = self.plain
        if schema is not None and self.misreads_integers:
            from .schema.closed import closed

            schema = closed(schema)
        if schema is not None:
            return compile_schema(schema, self.uri, {}, self.formats).is_valid
        return None if self.misreads_integers else self.engine.is_valid


def _copy(schema: Any) -> Any:
    try:
        return marshal.loads(marshal.dumps(schema))  # noqa: S302 - by far the quickest copy
    except ValueError:
        return deepcopy(schema)


def _encoded(schema: Any) -> Any:
    """Return a schema with its references percent-encoded, in place: the engine takes no other."""
    from fieldbound.model import encode_uri, schema_members

    from .keywords import REFERENCES

    pending = [(schema, False)]
    while pending:
        part, is_map = pending.pop()
        for token, child, child_is_map in schema_members(part, is_map=is_map):
            if isinstance(child, (dict, list)):
                pending.append((child, child_is_map))
            elif isinstance(child, str) and token in REFERENCES and not is_map:
                part[token] = encode_uri(child) or "#"  # the engine ignores an empty one
    return schema
