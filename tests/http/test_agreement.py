"""Two judges of whole messages: openapi-core's own verdict is ours, but for the listed differences.

openapi-core reads messages for us, and contracts judge. Here it judges as well, the same messages:
valid ones and such as break one limit, drawn for documents of every version and for the vendors'.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest

import fieldbound
from fieldbound import API, Message, Unsatisfiable, Violation
from fieldbound.strategies import invalid_requests, requests, responses
from support.apis import described, with_paths
from support.examples import drawn
from support.openapi_core_agreement import judge, objection, self_contained
from support.parameter_styles import document as styles
from support.paths import SCHEMAS

VERSIONS = ("3.0.3", "3.1.0", "3.2.0")


def bodies(version: str) -> dict[str, Any]:
    """Return a document whose bodies use what versions write in their own ways."""
    older = version.startswith("3.0")
    above = {"minimum": 0, "exclusiveMinimum": True} if older else {"exclusiveMinimum": 0}
    null = {"type": "string", "nullable": True} if older else {"type": ["string", "null"]}
    pet = {
        "type": "object",
        "required": ["kind", "id", "code"],
        "properties": {
            "kind": {"type": "string"},
            "id": {"type": "integer", "readOnly": True},
            "code": {"type": "string", "maxLength": 3, "writeOnly": True},
            "weight": {"type": "number", **above, "maximum": 99},
            "name": {**null, "maxLength": 9},
            "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2},
        },
    }
    own = {"Cat": {"lives": {"type": "integer"}}, "Dog": {"barks": {"type": "boolean"}}}
    kinds = {
        name: {
            "allOf": [
                {"$ref": "#/components/schemas/Pet"},
                {
                    "type": "object",
                    "properties": properties,
                    "required": list(properties),
                    "additionalProperties": True,
                },
            ]
        }
        for name, properties in own.items()
    }
    choice = {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in own],
        "discriminator": {"propertyName": "kind"},
    }
    closed = {"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}]}
    strict = {**closed, "additionalProperties": {"type": "string"}, "properties": {"a": {}}}
    form = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 4},
            "size": {"type": "integer", "maximum": 9},
            "on": {"type": "boolean"},
        },
    }
    forms = ("application/x-www-form-urlencoded", "multipart/form-data")
    return _document(
        version,
        {**kinds, "Pet": pet, "Choice": choice, "Strict": strict},
        {
            "pet": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
            "choice": {"application/json": {"schema": {"$ref": "#/components/schemas/Choice"}}},
            "strict": {"application/json": {"schema": {"$ref": "#/components/schemas/Strict"}}},
            "form": {kind: {"schema": form} for kind in forms[:1]},
            "parts": {kind: {"schema": form} for kind in forms[1:]},
        },
    )


def _document(version: str, schemas: Any, contents: dict[str, Any]) -> dict[str, Any]:
    """Return a document with an operation for each content, which it takes and answers."""
    paths = {
        f"/{name}": {
            "post": {
                "operationId": name,
                "requestBody": {"required": True, "content": content},
                "responses": {
                    "200": {
                        "description": "Done",
                        "headers": {"X-Left": {"required": True, "schema": {"type": "integer"}}},
                        "content": content,
                    },
                    "4XX": {"description": "Not done"},
                },
            }
        }
        for name, content in contents.items()
    }
    head = {"openapi": version, "info": {"title": "Bodies", "version": "1"}}
    servers = [{"url": "https://api.invalid/v1"}]
    return {**head, "servers": servers, "paths": paths, "components": {"schemas": schemas}}


class Told(NamedTuple):
    """A message and the two verdicts on it."""

    message: Message
    ours: tuple[Violation, ...]
    theirs: str | None

    def __str__(self) -> str:
        message = self.message
        sent = f"{message.method} {message.url} {message.headers} {message.body!r}"
        return (
            f"{message.status} {sent}: {[str(each.message) for each in self.ours]}, {self.theirs}"
        )


def tell(api: API, other: Any, message: Message) -> Told:
    """Return both verdicts on a message."""
    check = api.check_request if message.status is None else api.check_response
    return Told(message, check(message).violations, objection(other, message))


def messages(api: API, operation: str, count: int) -> Iterator[Message]:
    """Yield messages of an operation: valid ones, broken ones, and responses."""
    yield from drawn(requests(api, operation), count)
    with suppress(Unsatisfiable):
        yield from (each.instance for each in drawn(invalid_requests(api, operation), count))
    for status in api.statuses(operation)[:3]:
        wanted = int(status) if status.isdecimal() else status
        yield from drawn(responses(api, operation, wanted), count // 2)


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Return the documents by name: of each version, and of each vendor."""
    found = {f"styles {version}": styles(version) for version in VERSIONS}
    found |= {f"bodies {version}": bodies(version) for version in VERSIONS}
    vendors = ("axim-commerce", "fortellis", "oracle-cx-sales")
    return found | {each: self_contained(SCHEMAS / each / "openapi.json") for each in vendors}


@cache
def judges(name: str) -> Any:
    """Return openapi-core's judge of a document."""
    return judge(documents()[name])


# -- known differences -----------------------------------------------------------------------------


class Difference(NamedTuple):
    """A known difference, why it is there, and one message that shows it."""

    reason: str
    of: Callable[[Told], bool]  # whether a message on which the two do not agree is of this kind
    document: str
    message: Message


def _ours(told: Told, code: str, pointer: str = "") -> bool:
    """Return whether we alone refuse a message, for limits of one keyword at some places."""
    alone = bool(told.ours) and told.theirs is None
    return alone and all(
        each.code == code and re.match(pointer, each.pointer) for each in told.ours
    )


def _theirs(told: Told, words: str) -> bool:
    """Return whether openapi-core alone refuses a message, in such words."""
    return not told.ours and re.search(words, told.theirs or "") is not None


def _is_read_by(reader: Callable[[str], Any], told: Told) -> bool:
    """Return whether something of Python's own reads the texts that are of the wrong type."""
    cookie = dict(told.message.headers).get("Cookie", "").partition("=")[2]  # never shown
    texts = [cookie if each.actual is None else each.actual for each in told.ours]
    try:
        return all(isinstance(text, str) and reader(text) for text in texts)
    except (ValueError, TypeError):
        return False


def _number(text: str) -> bool:
    float(text)
    return True


def _word(text: str) -> bool:
    if text.lower() not in "y yes t true on 1 n no f false off 0".split():
        raise ValueError(text)
    return True


def _style(told: Told) -> str:
    """Return the name of the operation in a document of styles, which is in its path."""
    return unquote(told.message.url).partition("/v1/")[2].partition("?")[0].partition("/")[0]


def _get(name: str, rest: str = "", **headers: str) -> Message:
    return Message("GET", f"https://api.invalid/v1/{name}{rest}", headers)


def _post(name: str, body: Any, kind: str = "application/json") -> Message:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message("POST", f"https://api.invalid/v1/{name}", {"Content-Type": kind}, data)


_PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n'
    b'--x\r\nContent-Disposition: form-data; name="size"\r\n\r\n9\r\n--x--\r\n'
)
_AXIM = Message(
    "POST",
    "https://api.example.com/companies",
    {"accessToken": "t", "Content-Type": "application/json;"},
    b'{"email": "", "name": "", "phoneNumber": "", "status": ""}',
)
_ATTACHMENT = Message(
    "POST",
    "https://h.invalid/crmRestApi/resources/latest/setupSalesCatalogs/1/child/ProductGroupAttachments",
    {"Authorization": "Basic eA==", "Content-Type": "application/json"},
    b'{"FileContents": "QQQ"}',
)
DIFFERENCES = {
    "words": Difference(
        "openapi-core reads Y, yes, on, 1 and TRUE as true, in Python; JSON writes true",
        lambda told: _ours(told, "type") and _is_read_by(_word, told),
        "styles 3.1.0",
        _get("query-form-whole-boolean", "?v=TRUE"),
    ),
    "numbers": Difference(
        "openapi-core reads numbers as Python does, +3 and 0_3 too; JSON writes neither",
        lambda told: _ours(told, "type") and _is_read_by(_number, told),
        "styles 3.1.0",
        _get("query-form-whole-integer", "?v=%2B3"),
    ),
    "unknown parameters": Difference(
        "openapi-core reads no query parameter that the document has not; we refuse it by name",
        lambda told: _ours(told, "additionalProperties", "/query/[^/]+$"),
        "styles 3.1.0",
        _get("query-form-whole-integer", "?v=3&limitt=5"),
    ),
    "empty values": Difference(
        "openapi-core refuses a query parameter without a text; we judge the empty text",
        lambda told: _theirs(told, "EmptyQueryParameterValue"),
        "styles 3.1.0",
        _get("query-form-whole-text", "?v="),
    ),
    "label and matrix": Difference(
        "openapi-core looks for these path parameters under names that no path has",
        lambda told: (
            _theirs(told, "MissingRequiredParameter")
            and _style(told).startswith(("path-label", "path-matrix"))
        ),
        "styles 3.1.0",
        _get("path-label-whole-integer", "/.3"),
    ),
    "spread objects": Difference(
        "openapi-core does not gather the attributes of an object that are parameters themselves",
        lambda told: (
            _theirs(told, "MissingRequiredParameter")
            and _style(told).endswith("-form-exploded-object")
        ),
        "styles 3.1.0",
        _get("query-form-exploded-object", "?R=9"),
    ),
    "odd parts": Difference(
        "openapi-core drops a name without a value where an object is written as one text",
        lambda told: _ours(told, "type", "/[a-z]+/v$") and _style(told).endswith("-whole-object"),
        "styles 3.1.0",
        _get("path-simple-whole-object", "/R,9,name"),
    ),
    "escaped delimiters": Difference(
        "openapi-core parts a path after it was unescaped; an escaped delimiter is no delimiter",
        lambda told: (
            bool(told.ours) != bool(told.theirs)
            and re.search("%2[CF]", told.message.url.partition("?")[0]) is not None
        ),
        "styles 3.1.0",
        _get("path-simple-whole-texts", "/a%2Cb,c,d"),
    ),
    "spaces": Difference(
        "openapi-core parts items at %20 in texts that were unescaped, where there is none",
        lambda told: (
            bool(told.ours) != bool(told.theirs) and _style(told).startswith("query-spacedelimited")
        ),
        "styles 3.1.0",
        _get("query-spacedelimited-whole-integers", "?v=1%202"),
    ),
    "JSON in a cookie": Difference(
        "openapi-core does not unescape a cookie; JSON has quotes, which no cookie may have",
        lambda told: _theirs(told, "MediaTypeDeserializeError") and _style(told) == "cookie-json",
        "styles 3.1.0",
        _get("cookie-json", Cookie="v=%7B%22R%22%3A1%7D"),
    ),
    "media types": Difference(
        "openapi-core fails of itself at a media type that ends in a semicolon",
        lambda told: _theirs(told, "^ValueError"),
        "axim-commerce",
        _AXIM,
    ),
    "parts": Difference(
        "openapi-core judges the parts of a form as texts, whatever their schemas",
        lambda told: (
            _theirs(told, "is not of type '(integer|boolean)'")
            and told.message.url.endswith("/parts")
        ),
        "bodies 3.1.0",
        _post("parts", _PARTS, "multipart/form-data; boundary=x"),
    ),
    "not carried": Difference(
        "openapi-core asks for what is readOnly and required in a request of 3.1, too",
        lambda told: _theirs(told, "'(id|code)' is a required property"),
        "bodies 3.1.0",
        _post("pet", {"kind": "", "code": ""}),
    ),
    "made by the server": Difference(
        "openapi-core takes what is readOnly in a request of 3.1",
        lambda told: _ours(told, "readOnly", "/body/") or _ours(told, "writeOnly", "/body/"),
        "bodies 3.1.0",
        _post("pet", {"kind": "", "code": "", "id": 1}),
    ),
    "formats": Difference(
        "openapi-core asserts formats of OpenAPI's own, as byte; to JSON Schema they are notes",
        lambda told: _theirs(told, "is not a 'byte'"),
        "oracle-cx-sales",
        _ATTACHMENT,
    ),
}


def unknown(told: Told) -> bool:
    """Return whether the two do not agree on a message, and no known difference tells why."""
    agree = (not told.ours) == (told.theirs is None)
    return not agree and not any(each.of(told) for each in DIFFERENCES.values())


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_known_difference_is_there(name: str, tmp_path: Path) -> None:
    """Each difference that is listed shows in its message, is of its kind, and has a reason."""
    known = DIFFERENCES[name]
    told = tell(api_of(known.document, tmp_path), judges(known.document), known.message)
    assert (not told.ours) != (told.theirs is None)
    assert known.of(told)
    assert known.reason


# -- agreement -------------------------------------------------------------------------------------


def api_of(name: str, folder: Path) -> API:
    """Return our own API of a document."""
    return described(folder, documents()[name]) if " " in name else fieldbound.api(name)


def operations_of(name: str, api: API) -> list[str]:
    """Return the operations that messages are drawn for: of the vendors those of other shapes."""
    return list(api.operations) if " " in name else with_paths(name)[:10]


@pytest.mark.parametrize(
    "name",
    [f"{kind} {version}" for kind in ("styles", "bodies") for version in VERSIONS]
    + ["axim-commerce", "fortellis", "oracle-cx-sales"],
)
def test_the_two_agree(name: str, tmp_path: Path) -> None:
    """Of messages drawn, valid and broken, openapi-core refuses those that we do, no others."""
    api = api_of(name, tmp_path)
    verdicts = set()
    for operation in operations_of(name, api):
        for message in messages(api, operation, 10 if name.startswith("styles") else 20):
            told = tell(api, judges(name), message)
            assert not unknown(told), str(told)
            verdicts.add((not told.ours, told.theirs is None))
    assert {(True, True), (False, False)} <= verdicts
