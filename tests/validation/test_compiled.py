"""What is known of a compiled schema as a whole."""

from __future__ import annotations

from typing import Any

from fieldbound.validation.compiled import CompiledSchema
from support.tables import table

URI = "https://h.invalid/b"


@table(
    ("schema", "resources", "expected"),
    [
        ({"maxLength": 5}, {}, {"maxLength": 5}),
        (True, {}, True),
        ({"pattern": r"\d"}, {}, {"pattern": "[0-9]"}),
        ({"pattern": r"(.)\1"}, {}, None),
        ({"patternProperties": {r"(.)\1": {}}}, {}, None),
        ({"$ref": URI}, {URI: {"maxLength": 5}}, None),
    ],
)
def test_the_schema_as_the_engine_reads_it(
    schema: Any, resources: dict[str, Any], expected: Any
) -> None:
    """There is none where the schema alone does not say all."""
    compiled = CompiledSchema(schema, "a", resources, "assert")
    assert compiled.engine_schema == expected
