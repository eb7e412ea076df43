"""Schemas with their patterns as the engine reads them, with the meaning that ECMA-262 gives them.

A pattern that the engine decides in linear time is written in its dialect. Any other one becomes a
custom keyword, by which the engine asks `Pattern` about the string. An invalid pattern becomes one
that the engine rejects, wherever the schema with it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from fieldbound.model import BACKTRACK_LIMIT, MAP_KEYWORDS, Path

from .pattern_errors import PatternError
from .patterns import is_assumed, is_pattern, pattern_error, pattern_of

#: The keywords that stand for `pattern`, and for names by patterns that the engine backtracks for.
PATTERN_KEYWORD: Final = "x-fieldbound-pattern"
NAMES_KEYWORD: Final = "x-fieldbound-names"
#: What an engine's pattern starts with that is none, whatever follows: the range is reversed.
_REFUSED: Final = "[z-a]fieldbound: "
#: Keywords whose values are no schemas. Objects by name: besides those of JSON Schema, OpenAPI's.
_VALUES: Final = frozenset(("const", "enum", "default", "example", "examples"))
_MAPS: Final = MAP_KEYWORDS | {"schemas", "responses", "parameters", "headers", "requestBodies"}
#: The host of the schemas of schemas, which the engine knows.
_SCHEMAS: Final = "json-schema.org"
#: What changes nothing in a pattern, and a pattern about whose strings nothing is known.
_SAME: Final = "(?:)"
_OPAQUE: Final = "^[^\0]*$"


class EngineSchema(NamedTuple):
    """A schema for the engine, the options that its patterns need, and those of names among them.

    For the *name_patterns* the engine backtracks; the *keywords* ask about patterns that may stay
    undecided. There are *formats* where a value may have to be a pattern.
    """

    schema: Any
    keywords: dict[str, type]
    name_patterns: frozenset[str]
    formats: dict[str, Any]

    @property
    def options(self) -> dict[str, Any]:
        """The options of the engine: each slows every check, so there are none without need."""
        given = {"keywords": self.keywords, "formats": self.formats}
        return {name: each for name, each in given.items() if each}


def engine_schema(schema: Any) -> EngineSchema:
    """Return a schema as the engine reads it."""
    written = _Writer(by_keyword=True)
    made = written.part(schema)
    formats = {"regex": is_pattern} if written.has_regex_format else {}
    return EngineSchema(made, written.keywords, frozenset(written.name_patterns), formats)


class CanonicalSchema(NamedTuple):
    """A schema for the engine to calculate with, and its patterns by how the engine reads them."""

    schema: Any
    patterns: dict[str, str]


def canonical_schema(schema: Any) -> CanonicalSchema:
    """Return a schema with patterns in the engine's dialect alone.

    One that the engine cannot compile is written as another one, about which it knows nothing.
    """
    written = _Writer(by_keyword=False)
    made = written.part(schema)
    return CanonicalSchema(made, written.patterns)


class _Writer:
    """Writes schemas for the engine; parts without patterns are the same objects."""

    def __init__(self, *, by_keyword: bool) -> None:
        self._by_keyword = by_keyword
        self.keywords: dict[str, type] = {}
        self.patterns: dict[str, str] = {}
        self.name_patterns: set[str] = set()
        self.has_regex_format = False

    def part(self, part: Any, is_map: bool = False) -> Any:
        """Return a part of a schema; a map has schemas by names that are no keywords."""
        if isinstance(part, list):
            items = [self.part(each) for each in part]
            same = all(one is other for one, other in zip(items, part, strict=True))
            return part if same else items
        if not isinstance(part, dict):
            return part
        found, changed = {}, False
        for key, value in part.items():
            name = key
            if not is_map and key == "pattern" and isinstance(value, str):
                name, made = self._pattern(value)
            elif not is_map and key in _VALUES and _is_value(key, value):
                made = value
            else:
                made = self.part(value, not is_map and key in _MAPS)
            if isinstance(value, str) and _means_regex_format(key, value):
                self.has_regex_format = True
            if not is_map and key == "patternProperties" and isinstance(made, dict):
                names = engine_names(made)
                if not self._by_keyword:
                    names = [self._calculable(*each) for each in zip(made, names, strict=True)]
                changed = self._add_names(made, names, found) or changed
                made = made if names == [*made] else _renamed(made, names)
            found[name] = made
            changed = changed or name != key or made is not value
        return found if changed else part

    def _pattern(self, text: str) -> tuple[str, str]:
        engine_text = engine_pattern(text)
        if not self._by_keyword:
            return "pattern", self._calculable(text, engine_text)
        if engine_text.startswith(_REFUSED) or pattern_of(text).is_linear:
            return "pattern", engine_text
        self.keywords[PATTERN_KEYWORD] = _PatternKeyword
        return PATTERN_KEYWORD, text

    def _calculable(self, text: str, engine_text: str) -> str:
        if not engine_text.startswith(_REFUSED) and not pattern_of(text).compiles:
            engine_text = _OPAQUE + _SAME * len(self.patterns)
        self.patterns.setdefault(engine_text, text)
        return engine_text

    def _add_names(self, properties: Mapping[str, Any], names: list[str], found: Any) -> bool:
        """Add the keyword that notes undecided names, and return whether there may be any."""
        pairs = [
            [text, name]
            for text, name in zip(properties, names, strict=True)
            if not name.startswith(_REFUSED) and not pattern_of(text).is_linear
        ]
        if pairs and self._by_keyword:
            self.keywords[NAMES_KEYWORD] = _NamesKeyword
            self.name_patterns.update([text for text, _ in pairs])
            found[NAMES_KEYWORD] = pairs
            return True
        return False


def _is_value(key: str, value: Any) -> bool:
    """Return whether a keyword has a value of instances, not a schema of that name."""
    return key != "enum" or isinstance(value, list)


def _means_regex_format(key: str, value: str) -> bool:
    """Return whether a keyword may mean the format `regex`, which schemas of schemas have."""
    return (key == "format" and value == "regex") or (key != "$schema" and _SCHEMAS in value)


def _renamed(properties: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return dict(zip(names, properties.values(), strict=True))


@lru_cache(maxsize=4096)
def engine_pattern(text: str) -> str:
    """Return a pattern in the engine's dialect; what is none is one that the engine refuses."""
    try:
        return pattern_of(text).engine_text
    except PatternError:
        return _REFUSED + text


def engine_names(properties: Iterable[str]) -> list[str]:
    """Return the names of `patternProperties` in the engine's dialect, each of them another."""
    names: dict[str, None] = {}
    for text in properties:
        name = _REFUSED + text if _name_error(text) else engine_pattern(text)
        while name in names:
            name += _SAME
        names[name] = None
    return list(names)


def _name_error(text: str) -> str | None:
    """Return why a text is no pattern for names, which the engine alone can search."""
    error = pattern_error(text)
    if error is None and not pattern_of(text).compiles:
        return f"not supported for the names of properties: `{text}`"
    return error


def original_name(properties: Mapping[str, Any], name: str) -> str:
    """Return the name in `patternProperties` that is given in the engine's dialect."""
    for text, other in zip(properties, engine_names(properties), strict=True):
        if other == name:
            return text
    return name


def engine_location(location: str) -> str:
    """Return a location in a schema as the engine names it, who knows patterns in its dialect."""
    tokens = location.split("/")
    for at, token in enumerate(tokens):
        if at and tokens[at - 1] == "patternProperties":
            text = engine_pattern(token.replace("~1", "/").replace("~0", "~"))
            tokens[at] = text.replace("~", "~0").replace("/", "~1")
    return "/".join(tokens)


def original_keyword(keyword: str | None) -> str | None:
    """Return the keyword of the schema that one of the engine stands for."""
    return "pattern" if keyword == PATTERN_KEYWORD else keyword


def original_error(
    schema: Any, path: Sequence[str | int], instance: Any
) -> tuple[Path, str | None]:
    """Return the path in a schema to what an error of the engine is about, and the reason.

    That is None for an error about anything but a pattern; *instance* is what it is about.
    """
    found = list(path)
    for at, token in enumerate(path):
        if at and path[at - 1] == "patternProperties" and isinstance(schema, dict):
            found[at] = original_name(schema, str(token))
        try:
            schema = schema[found[at]]
        except (KeyError, IndexError, TypeError):
            schema = None
    if not isinstance(instance, str) or not instance.startswith(_REFUSED):
        return tuple(found), None
    text = instance.removeprefix(_REFUSED).removesuffix(_SAME)
    if found[-1:] == ["patternProperties"]:  # the error is about the names of this object
        found.append(text)
    of_name = found[-2:-1] == ["patternProperties"]
    return tuple(found), _name_error(text) if of_name else pattern_error(text)


class _PatternKeyword:
    """A keyword of the engine that asks whether a string has a match."""

    def __init__(self, _parent: Any, value: str, _path: Any) -> None:
        self._pattern = pattern_of(value)

    def validate(self, instance: Any) -> None:
        """Raise ValueError for a string that has no match."""
        if isinstance(instance, str):
            matches = self._pattern.matches(instance)
            if matches is None:
                matches = is_assumed(self._pattern.text)
            if not matches:
                raise ValueError("no match")


class _NamesKeyword:
    """A custom keyword that records where the engine cannot decide whether a name matches.

    For a pattern with lookarounds it backtracks, up to a limit.
    """

    def __init__(self, _parent: Any, value: list[list[str]], _path: Any) -> None:
        import jsonschema_rs

        options = jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT)
        self._patterns = [
            (
                pattern_of(text),
                jsonschema_rs.validator_for(
                    {"pattern": name}, offline=True, pattern_options=options
                ).is_valid,
            )
            for text, name in value
        ]

    def validate(self, instance: Any) -> None:
        """Note each pattern of which it is undecided whether a name has a match."""
        if isinstance(instance, dict):
            for pattern, is_taken in self._patterns:
                if any(pattern.matches(name) is not is_taken(name) for name in instance):
                    is_assumed(pattern.text, of_name=True)
