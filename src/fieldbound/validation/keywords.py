"""The keywords of JSON Schema that are limits."""

from __future__ import annotations

from typing import Final

from fieldbound.model import LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS

#: Keywords that reject instances by themselves, each a limit where it is written.
LIMITS: Final = frozenset(
    "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength "
    "minLength pattern format maxItems minItems uniqueItems contains maxContains minContains "
    "maxProperties minProperties required dependentRequired propertyNames not anyOf oneOf".split()
)
#: Keywords that were limits only up to draft 7.
OLD_LIMITS: Final = frozenset(("contentEncoding", "contentMediaType"))
#: Keywords that reject instances only when their value is false.
CLOSERS: Final = frozenset(
    "additionalProperties unevaluatedProperties items additionalItems unevaluatedItems".split()
)
REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
#: The keywords with subschemas whose limits count; others only select or reject.
NAMED: Final = MAP_KEYWORDS - {"$defs", "definitions"}
SINGLE: Final = SCHEMA_KEYWORDS - {"contains", "not", "if", "propertyNames", "contentSchema"}
#: Keywords beside a reference that constrain nothing.
BESIDE_REF: Final = frozenset(("$ref", "x-source", "title", "description", "default"))
APPLIED: Final = NAMED | LIST_KEYWORDS | SINGLE
#: Keywords at which an error ends only where their schema is false.
CLOSED: Final = frozenset(("then", "else", *REFERENCES))
#: Keywords whose subschemas apply to values of any name or index.
ANY_NAME: Final = frozenset(CLOSERS | {"patternProperties", "propertyNames", "contains"})
#: A schema that refers to itself in many ways unfolds endlessly: beyond this many subschemas, each
#: location is visited once.
MOST_LOCATIONS: Final = 5_000
MOST_REPEATS: Final = 2
#: Evaluation paths that are remembered: by a schema that refers to itself there is no end of them.
MOST_PATHS: Final = 10_000
