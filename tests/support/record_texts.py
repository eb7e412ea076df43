"""Texts of records, schemas by which they are valid or not, and checks of them in small chunks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

import pytest

from fieldbound import Contract
from fieldbound.bulk import lengths
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.inputs.blocks import Chunk, TextProof
from fieldbound.bulk.inputs.compression import DecompressedReader
from fieldbound.bulk.inputs.ndjson import read_chunks
from fieldbound.bulk.texts.doubtful_records import DoubtfulRecords
from fieldbound.bulk.texts.text_records import TextRecords


class LinesBlock(NamedTuple):
    """Whole lines, *data*, at an *offset* in a larger text."""

    data: bytes
    offset: int

    def read(self) -> Iterator[Chunk]:
        """Read the lines."""
        reader = DecompressedReader(BytesIO(self.data), "lines")
        return read_chunks(reader.read_lines, self.offset, self.offset + len(self.data))


CHUNK = 600
NULLABLE = ["string", "null"]
#: Schemas of a value, with texts that are known to be valid without parsing them.
KNOWN: tuple[tuple[Any, list[str]], ...] = (
    ({"type": "string"}, ['""', '"a b"', r'"\"\\\/\b\n\u00e9"', '"é照😀"', '"' + "x" * 9000 + '"']),
    ({"type": "string", "maxLength": 5}, ['""', '"abcde"', r'"\"\n\u00e9de"', '"ééééé"', '"照照"']),
    ({"type": "string", "maxLength": 100}, ['"' + "x" * 100 + '"', r'"a\n\u00e9b\"c"', '"照照"']),
    ({"type": "string", "minLength": 1}, ['"a"', r'"\""', '"é"']),
    ({"type": "string", "minLength": 3, "maxLength": 4}, ['"abc"', '"abcd"']),
    ({"type": NULLABLE, "maxLength": 2}, ["null", '"ab"']),
    (
        {"type": "string", "enum": ["Y", "N", "é", 'q"']},
        ['"Y"', '"N"', '"é"', r'"\u00e9"', r'"q\""'],
    ),
    ({"type": "string", "maxLength": 1, "enum": ["Y", "No"]}, ['"Y"']),
    ({"const": 5}, ["5"]),
    ({"enum": [None, True, 0, "0"]}, ["null", "true", "0", '"0"']),
    ({"type": "string", "format": "date"}, ['"2024-01-31"', '"2023-12-29"']),
    ({"type": NULLABLE, "format": "date-time"}, ['"2024-01-31T23:59:59.123+01:00"', "null"]),
    ({"type": "string", "format": "uuid"}, ['"2eb8aa08-aa98-11ea-b4aa-73b441d16380"']),
    ({"type": "integer"}, ["0", "7", "-7", "123456789012345678"]),
    ({"type": "integer", "minimum": 0, "maximum": 999}, ["0", "9", "999"]),
    ({"type": "integer", "minimum": -99, "exclusiveMaximum": 1000}, ["-99", "-1", "0", "999"]),
    ({"type": "integer", "exclusiveMinimum": 0, "maximum": 50}, ["1", "9"]),
    ({"type": "integer", "minimum": 10, "maximum": 5000}, ["10", "99", "100", "999"]),
    ({"type": "integer", "format": "int32"}, ["0", "-999999999", "999999999"]),
    ({"type": ["integer", "null"], "format": "int64", "multipleOf": 1}, ["null", "1234567890"]),
    ({"type": "number"}, ["0", "0.5", "-12.25", "123456789.123456"]),
    ({"type": "number", "minimum": 0, "maximum": 10.5}, ["0", "0.25", "9", "9.75"]),
    ({"type": "number", "exclusiveMinimum": -10.5}, ["0.5", "-9", "99999.5"]),
    ({"type": "boolean"}, ["true", "false"]),
    ({}, ["1", '"a"', "null", "true", "1.5"]),
    (True, ["1", '"a"']),
    ({"type": "array", "items": {"type": "integer"}}, ["[]", "[1]", "[1,2, 3]"]),
    ({"type": "array", "minItems": 1, "items": {"maxLength": 2}}, ['["ab"]', '["a","b"]']),
    ({"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "null"}}, ["[null,null]"]),
    (
        {"type": "object", "properties": {"b": {"type": "integer"}, "c": {"maxLength": 1}}},
        ["{}", '{"b":1}', '{"c":"x"}', '{"b": 1, "c":"x"}'],
    ),
    (
        {
            "type": "object",
            "properties": {"b": {"type": "integer"}, "c": {"type": "string"}},
            "required": ["c"],
            "additionalProperties": False,
        },
        ['{"c":"x"}', '{"b":1,"c":"x"}'],
    ),
    (
        {"type": "array", "items": {"type": "object", "required": ["b"]}},
        ['[{"b":1}]', '[{"b":1,"c":2},{"b":"x"}]'],
    ),
)
#: Schemas by which no text is known to be valid, whatever it is.
UNKNOWN: tuple[Any, ...] = (
    False,
    {"not": {}},
    {"type": "string", "pattern": "^a"},
    {"type": "string", "format": "email"},
    {"type": "string", "minLength": 3, "maxLength": 2},
    {"type": "integer", "multipleOf": 5},
    {"type": "number", "format": "double"},
    {"type": "array", "uniqueItems": True},
    {"type": "array", "prefixItems": [{}]},
    {"anyOf": [{"type": "string"}]},
    {"type": "object", "minProperties": 1},
    {"type": "object", "required": ["z"]},
)
#: Texts of values, some of them no JSON: what is valid by one schema is not by others.
TEXTS = (
    *(text for _, texts in KNOWN for text in texts),
    *('"', "01", "-0", "+1", "1.", ".5", "1e5", "1E400", "1.0", "-1.5", "NaN", "nul", "True", ""),
    *("99999999999999999999", "1234567890123456789", "9223372036854775808", "51", "1000", "5001"),
    *('"abcdef"', '"ab', r'"\x"', r'"\ud800"', r'"\ud83d\ude00"', r'"\u12"', '"a\tb"', '"\x7f"'),
    *(r'"éééééé"', r'"\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"', '"' + "x" * 101 + '"', r'"a\nb\"c"'),
    *(
        '"' + r"\"" * 8 + '"',
        '"' + r"\"" * 99 + '"',
        '"' + r"\n" * 100 + '"',
        '"' + r"\n" * 101 + '"',
    ),
    *('"' + "é" * 100 + '"', '"' + r"\u00e9" * 100 + '"', '"' + "x" * 66000 + '"'),
    *(
        '"2024-02-29"',
        '"2023-02-29"',
        '"2023-02-30"',
        '"2023-04-31"',
        '"2023-13-01"',
        '"0000-01-01"',
    ),
    *('"2016-12-31T23:59:60Z"', '"2016-12-31t23:59:59z"', '"2016-12-31T24:00:00Z"', '"2016-12-31"'),
    *('"2016-12-31 23:59:59Z"', '"2016-12-31T23:59:59"', '"2016-12-31T23:59:59+24:00"', '"y"'),
    *(
        '"2eb8aa08aa9811eab4aa73b441d16380"',
        '"Y "',
        "[1,]",
        "[,1]",
        "[1 2]",
        '["abc"]',
        "[[1]]",
        "[1.5]",
    ),
    *(
        "[null]",
        "[null,null,null,null]",
        '{"b":1,"b":2}',
        '{"c":"x","b":1}',
        '{"b":"x"}',
        '{"b":1,}',
    ),
    *(
        '{,"b":1}',
        '{"b":1 "c":"x"}',
        '{"d":1}',
        '{"b" :1}',
        '{"c":"xy"}',
        '[{"c":1}]',
        '[{"b":1}',
        "[}",
    ),
    *('[{"b":1,"c":2,"b":3}]', '{"b":{"b":1}}', '[{"b":1},]', '{"b":1}}', "[1]]", '"a","z":"b"'),
)


def contract_of(schema: Any) -> Contract:
    """Return the contract of objects with a value of a schema, and others that may be anything."""
    properties = {"first": {"type": "string"}, "value": schema, "last": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Contract(schema, name="acme/thing")


def record(text: str) -> str:
    """Return the text of a record with a value."""
    return f'{{"first":"x","value":{text},"last":1}}'


@contextmanager
def few_steps() -> Iterator[None]:
    """Let a match that takes more than a few steps for each name of a record be an error."""
    import pcre2

    compiled = pcre2.compile
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pcre2, "compile", lambda each: compiled(b"(*LIMIT_MATCH=3000)" + each))
        yield


@contextmanager
def small_chunks(proven: list[int] | None = None, *, without_pcre2: bool = False) -> Iterator[None]:
    """Let chunks be small, and lengths be measured in few; count the records *proven*."""
    doubtful = TextRecords.doubtful

    def counted(self: TextRecords, chunk: Any, proof: TextProof, counts: Counts) -> DoubtfulRecords:
        if proven is not None:
            proven.append(proof.number - len(proof.doubtful))
        return doubtful(self, chunk, proof, counts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lengths, "FULLY_MEASURED", 0)
        patch.setattr(lengths, "MEASURED_EVERY", 5)
        patch.setattr(blocks, "CHUNK_SIZE", CHUNK)
        patch.setattr(TextRecords, "doubtful", counted)
        if without_pcre2:
            patch.setitem(sys.modules, "pcre2", None)
        yield
