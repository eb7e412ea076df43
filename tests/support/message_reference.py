"""The sections of the guide `messages`: one per code, with a message that a check gives.

`cd tests && python -m support.message_reference` writes them into the guide.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import fieldbound
from fieldbound import Contract, loads
from fieldbound.catalog import LINT_CODES
from fieldbound.model import CODES, SYNTAX_CODES, Violation

#: The heading of the first section.
START: Final = "## Codes of violations\n"
DRAFT_7: Final = {"$schema": "http://json-schema.org/draft-07/schema#"}
ITEM: Final = {"items": False, "prefixItems": [{}]}

#: Of each keyword, a schema and a value that breaks it; or a text, for an error of the text. Of
#: anyOf, the limits of the closest alternative are reported instead.
BREACHES: Final[dict[str, tuple[Any, Any]]] = {
    "type": ({"properties": {"size": {"type": "integer"}}}, {"size": "7"}),
    "enum": ({"properties": {"gift": {"enum": ["Y", "N"]}}}, {"gift": "yes"}),
    "const": ({"properties": {"kind": {"const": "order"}}}, {"kind": "offer"}),
    "required": ({"required": ["name"]}, {}),
    "dependentRequired": ({"dependentRequired": {"end": ["start"]}}, {"end": 1}),
    "dependencies": ({**DRAFT_7, "dependencies": {"end": ["start"]}}, {"end": 1}),
    "readOnly": ({"properties": {"id": {"readOnly": True, "not": {}}}}, {"id": 1}),
    "writeOnly": ({"properties": {"key": {"writeOnly": True, "not": {}}}}, {"key": 1}),
    "additionalProperties": (
        {"properties": {"reference": {}}, "additionalProperties": False},
        {"refrence": 1},
    ),
    "unevaluatedProperties": (
        {"allOf": [{"properties": {"name": {}}}], "unevaluatedProperties": False},
        {"colour": 1},
    ),
    "propertyNames": ({"propertyNames": {"maxLength": 3}}, {"colour": 1}),
    "maxProperties": ({"maxProperties": 1}, {"a": 1, "b": 2}),
    "minProperties": ({"minProperties": 1}, {}),
    "maxLength": ({"properties": {"name": {"maxLength": 5}}}, {"name": "Laptop"}),
    "minLength": ({"properties": {"name": {"minLength": 1}}}, {"name": ""}),
    "pattern": ({"properties": {"code": {"pattern": "^[A-Z]{2}$"}}}, {"code": "A1"}),
    "format": ({"properties": {"day": {"format": "date"}}}, {"day": "31.1.2024"}),
    "contentEncoding": (
        {**DRAFT_7, "properties": {"file": {"contentEncoding": "base64"}}},
        {"file": "?"},
    ),
    "contentMediaType": (
        {**DRAFT_7, "properties": {"data": {"contentMediaType": "application/json"}}},
        {"data": "{"},
    ),
    "maximum": ({"properties": {"size": {"maximum": 9}}}, {"size": 10}),
    "exclusiveMaximum": ({"properties": {"size": {"exclusiveMaximum": 9}}}, {"size": 9}),
    "minimum": ({"properties": {"size": {"minimum": 1}}}, {"size": 0}),
    "exclusiveMinimum": ({"properties": {"size": {"exclusiveMinimum": 0}}}, {"size": 0}),
    "multipleOf": ({"properties": {"price": {"multipleOf": 0.01}}}, {"price": 1.005}),
    "maxItems": ({"properties": {"lines": {"maxItems": 1}}}, {"lines": [1, 2]}),
    "minItems": ({"properties": {"lines": {"minItems": 1}}}, {"lines": []}),
    "uniqueItems": ({"properties": {"tags": {"uniqueItems": True}}}, {"tags": [1, 1]}),
    "items": ({"properties": {"pair": ITEM}}, {"pair": [1, 2]}),
    "additionalItems": (
        {**DRAFT_7, "properties": {"pair": {"items": [{}], "additionalItems": False}}},
        {"pair": [1, 2]},
    ),
    "unevaluatedItems": (
        {"properties": {"pair": {"allOf": [{"prefixItems": [{}]}], "unevaluatedItems": False}}},
        {"pair": [1, 2]},
    ),
    "contains": ({"properties": {"tags": {"contains": {"const": "new"}}}}, {"tags": []}),
    "minContains": (
        {"properties": {"tags": {"contains": {"const": "new"}, "minContains": 2}}},
        {"tags": ["new"]},
    ),
    "maxContains": (
        {"properties": {"tags": {"contains": {"const": "new"}, "maxContains": 1}}},
        {"tags": ["new", "new"]},
    ),
    "oneOf": ({"properties": {"at": {"oneOf": [{"minimum": 1}, {"minimum": 2}]}}}, {"at": 3}),
    "not": ({"properties": {"name": {"not": {"const": "test"}}}}, {"name": "test"}),
    "syntax": ({}, '{"name": }'),
    "encoding": ({}, b'{"name": "\xe9"}'),
    "byteOrderMark": ({}, b"\xef\xbb\xbf{}"),
    "duplicateKey": ({}, '{"name": 1, "name": 2}'),
    "nonFinite": ({}, '{"size": NaN}'),
    "loneSurrogate": ({}, r'{"name": "\ud83d"}'),
    "trailingData": ({}, "{} {}"),
    "depth": ({}, "[" * 2000 + "]" * 2000),
}


def breach(code: str) -> Violation:
    """Return the violation that the example of a code gives."""
    schema, value = BREACHES[code]
    found = Contract(schema).check(loads(value) if code in SYNTAX_CODES else value)
    assert [each.code for each in found] == [code]
    return found.violations[0]


def sections() -> str:
    """Return the sections of all codes, as the guide has them below its introduction."""
    described = (f"### {code}\n\n{' '.join(texts)}\n" for code, texts in LINT_CODES.items())
    return "\n".join((START, *map(_section, CODES), "## Codes of lint\n", *described))


def _section(code: str) -> str:
    meaning, mending = CODES[code]
    text = f"### {code}\n\n{meaning} {mending}\n"
    if code not in BREACHES:
        return text
    violation = breach(code)
    text += f"\n- message: {_quoted(violation.message)}\n"
    return text if violation.hint is None else f"{text}- hint: {_quoted(violation.hint)}\n"


def _quoted(text: str) -> str:
    """Return text as code in Markdown."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def main() -> None:
    """Write the sections into the guide."""
    path = Path(fieldbound.__file__).parent / "guides" / "messages.md"
    introduction, _, _ = path.read_text("utf-8").partition(START)
    path.write_text(introduction + sections(), "utf-8")


if __name__ == "__main__":
    main()
