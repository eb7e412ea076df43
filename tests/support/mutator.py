"""Mutations of inputs: of their bytes, and of the values of JSON in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

MAX_SIZE = 4096
_BYTES = tuple(
    bytes([each]) for each in b"\x00\x7f\x80\xc3\xed\xff\n\r\t \"'\\{}[]:,;#&*!|>-%@/?=+.0e~$^"
)
#: Texts that parsers treat in a way of their own.
TOKENS = (
    *_BYTES,
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x98\x80",
        b"\xe2\x80\xa8",
        b"\xc2\x85",
    ),
    *(b"\\ud800", b"\\u0000", b"\\udc00", b"NaN", b"-Infinity", b"1e999", b"-0", b"1E400", b"0x1f"),
    *(
        b"9" * 25,
        b"9" * 4301,
        b"1e-400",
        b"0.1",
        b"07010",
        b"true",
        b"null",
        b"~",
        b"1_000",
        b"1:30",
    ),
    *(
        b"<<: *a",
        b"&a ",
        b"*a",
        b"!!binary ",
        b"!!set ",
        b"--- ",
        b"\n...\n",
        b"%YAML 1.2\n",
        b"? ",
        b"- ",
    ),
    *(
        b"[" * 210,
        b'{"a":' * 210,
        b"\r\n",
        b"\n\n",
        b"%E9",
        b"%00",
        b"%",
        b"%2F",
        b"..",
        b"//",
        b"**",
    ),
    *(
        b"gzip",
        b"chunked",
        b"Content-Type: ",
        b"; charset=x",
        b"; boundary=b",
        b"--b\n",
        b"multipart/form-data",
    ),
)
_KEYWORDS = (
    "$ref $id $defs definitions $anchor $dynamicRef $dynamicAnchor $recursiveRef $schema type "
    "enum const properties patternProperties additionalProperties propertyNames required items "
    "prefixItems additionalItems contains minContains maxContains allOf anyOf oneOf not if then "
    "else dependentRequired dependentSchemas dependencies unevaluatedProperties "
    "unevaluatedItems minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength "
    "maxLength pattern format minItems maxItems uniqueItems minProperties maxProperties "
    "readOnly writeOnly nullable discriminator x-source x-sensitive x-unspecified x-any-case "
    "contentEncoding contentMediaType contentSchema default examples in name schema content "
    "parameters requestBody responses headers style explode operationId paths webhooks"
).split()
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        0.5,
        1e300,
        10**25,
        "",
        "a",
        "\u00e9",
        "\U0001f600",
        "\x00",
        "a/b~c",
    ),
    *(
        [],
        {},
        [[]],
        [{}],
        {"": {}},
        {"a": 1},
        ["a", "a"],
        [1, 1.0],
        "#",
        "#/",
        "#/$defs/a",
        "#/definitions/a",
    ),
    *("x.json#/a", "http://localhost:1234/a", "https://json-schema.org/draft/2020-12/schema"),
    *("http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema#"),
    *(
        "string",
        "integer",
        "object",
        "array",
        ["string", "null"],
        "^a*$",
        "(a+)+$",
        "[",
        "\\p{L}",
        "(?!a)b",
    ),
    *(
        "date-time",
        "uuid",
        "regex",
        "int32",
        "byte",
        "uri",
        {"$ref": "#"},
        {"not": {}},
        {"type": "string"},
    ),
)


def mutated(data: bytes, seeds: Sequence[bytes], random: Random) -> bytes:
    """Return an input with up to four mutations; some take a part of another of the *seeds*."""
    for _ in range(random.randrange(1, 5)):
        as_json = random.random() < 0.6
        data = (as_json and _mutated_json(data, seeds, random)) or _mutated_bytes(
            data, seeds, random
        )
    return data[:MAX_SIZE]


def _mutated_bytes(data: bytes, seeds: Sequence[bytes], random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    end = min(len(data), at + random.choice((0, 1, 1, 2, 5, 20)))
    part = data[at:end]
    kind = random.randrange(7)
    if kind == 0:
        return data[:at] + data[end:]
    if kind == 1:
        return data[:at] + part * random.choice((2, 3, 10)) + data[end:]
    if kind == 2:
        other = random.choice(seeds)
        begin = random.randrange(len(other) + 1)
        return data[:at] + other[begin : begin + random.choice((5, 30, 200))] + data[end:]
    if kind == 3 and part:
        return data[:at] + bytes([part[0] ^ (1 << random.randrange(8))]) + data[at + 1 :]
    if kind == 4:
        return data[:at]
    return data[:at] + random.choice(TOKENS) + data[end:]


def _mutated_json(data: bytes, seeds: Sequence[bytes], random: Random) -> bytes | None:
    """Mutate the JSON value in a text, if there is one: what is before and after it remains."""
    found = _json_in(data)
    if found is None:
        return None
    before, value, after = found
    other = _json_in(random.choice(seeds))
    slots = list(_slots(value))
    pool = [each for _, _, each in _slots(other[1])] if other is not None else []
    if not slots:
        return None
    holder, key, each = random.choice(slots)
    _mutate(holder, key, each, pool, random)
    try:
        return before + json.dumps(value, ensure_ascii=False).encode() + after
    except (ValueError, RecursionError):  # it contains itself, or is too deep
        return None


def _mutate(holder: Any, key: Any, each: Any, pool: list[Any], random: Random) -> None:
    kind = random.randrange(8)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[random.choice(_KEYWORDS)] = holder.pop(key)
    elif kind == 2 and isinstance(each, dict):
        each[random.choice(_KEYWORDS)] = random.choice(_VALUES)
    elif kind == 3:
        holder[key] = random.choice(
            ([each], {"a": each}, [each, each], {"allOf": [each]}, {"not": each})
        )
    elif kind in (4, 5) and pool:
        holder[key] = json.loads(json.dumps(random.choice(pool)))
    elif kind == 6 and isinstance(each, (str, int)) and not isinstance(each, bool):
        holder[key] = each * random.choice((2, -1, 100)) if each else 1
    else:
        holder[key] = random.choice(_VALUES)


def _json_in(data: bytes) -> tuple[bytes, Any, bytes] | None:
    starts = [at for at in (data.find(b"{"), data.find(b"[")) if at >= 0]
    try:
        text = data.decode()
        start = len(data[: min(starts)].decode()) if starts else 0
        value, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return text[:start].encode(), value, text[end:].encode()


def _slots(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the holder, the key or index and the value of everything within a value."""
    if isinstance(value, (dict, list)):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, key, each
            yield from _slots(each)
