"""openapi-core and fieldbound agree on whole messages, but for the listed differences.

In fieldbound, openapi-core deserializes messages, and contracts check them. Here, openapi-core
validates the same messages: generated valid and invalid ones, for documents of every version and of
the vendors.
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
from support.apis import api_of_document, operations_with_path
from support.effort import examples, sampled
from support.examples import drawn
from support.openapi_core_agreement import (
    openapi_core_errors,
    openapi_core_validator,
    self_contained,
)
from support.parameter_styles import document as styles
from support.paths import SCHEMAS

VERSIONS = ("3.0.3", "3.1.0", "3.2.0")


def bodies(version: str) -> dict[str, Any]:
    """Return a document whose bodies use keywords that differ between versions."""
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
    """Return a document with an operation for each content, of request and response."""
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


class Results(NamedTuple):
    """A message and the results of fieldbound and openapi-core."""

    message: Message
    violations: tuple[Violation, ...]
    errors: str | None

    @property
    def agree(self) -> bool:
        """Whether both find the message valid, or both invalid."""
        return (not self.violations) == (self.errors is None)

    def __str__(self) -> str:
        message = self.message
        sent = f"{message.method} {message.url} {message.headers} {message.body!r}"
        texts = [str(each.message) for each in self.violations]
        return f"{message.status} {sent}: {texts}, {self.errors}"


def check_both(api: API, validator: Any, message: Message) -> Results:
    """Check a message by fieldbound and by openapi-core."""
    check = api.check_request if message.status is None else api.check_response
    return Results(message, check(message).violations, openapi_core_errors(validator, message))


def messages(api: API, operation: str, count: int) -> Iterator[Message]:
    """Yield messages of an operation: valid and invalid requests, and responses."""
    yield from drawn(requests(api, operation), count)
    with suppress(Unsatisfiable):
        yield from (each.instance for each in drawn(invalid_requests(api, operation), count))
    for status in api.statuses(operation)[:3]:
        code = int(status) if status.isdecimal() else status
        yield from drawn(responses(api, operation, code), count // 2)


@cache
def documents() -> dict[str, dict[str, Any]]:
    """Return the documents by name: of each version, and of each vendor."""
    found = {f"styles {version}": styles(version) for version in VERSIONS}
    found |= {f"bodies {version}": bodies(version) for version in VERSIONS}
    vendors = ("axim-commerce", "fortellis", "oracle-cx-sales")
    return found | {each: self_contained(SCHEMAS / each / "openapi.json") for each in vendors}


@cache
def validator_of(name: str) -> Any:
    """Return openapi-core's validator of a document."""
    return openapi_core_validator(documents()[name])


# -- known differences -----------------------------------------------------------------------------


class Difference(NamedTuple):
    """A known difference, its reason, and a message that shows it."""

    reason: str
    applies: Callable[[Results], bool]  # to results that do not agree
    document: str
    message: Message


def _only_fieldbound(results: Results, code: str, pointer: str = "") -> bool:
    """Return whether only fieldbound rejects a message, by one keyword at some pointers."""
    alone = bool(results.violations) and results.errors is None
    return alone and all(
        each.code == code and re.match(pointer, each.pointer) for each in results.violations
    )


def _only_openapi_core(results: Results, pattern: str) -> bool:
    """Return whether only openapi-core rejects a message, with errors of a pattern."""
    return not results.violations and re.search(pattern, results.errors or "") is not None


def _is_parsed_by(parser: Callable[[str], Any], results: Results) -> bool:
    """Return whether a parser of Python accepts all strings of the wrong type."""
    cookie = dict(results.message.headers).get("Cookie", "").partition("=")[2]  # never shown
    strings = [cookie if each.actual is None else each.actual for each in results.violations]
    try:
        return all(isinstance(string, str) and parser(string) for string in strings)
    except (ValueError, TypeError):
        return False


def _number(text: str) -> bool:
    float(text)
    return True


def _boolean(text: str) -> bool:
    if text.lower() not in "y yes t true on 1 n no f false off 0".split():
        raise ValueError(text)
    return True


def _style(results: Results) -> str:
    """Return the name of an operation in a document of styles: it is in the path."""
    return unquote(results.message.url).partition("/v1/")[2].partition("?")[0].partition("/")[0]


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
_FORTELLIS = Message(
    "GET",
    "https://api.fortellis.io/service/reference/v4/parts-groups/",
    dict.fromkeys(
        "Accept Accept-Charset Accept-Language Authorization Prefer Request-Id "
        "Subscription-Id".split(),
        "",
    ),
)
DIFFERENCES = {
    "credentials": Difference(
        "openapi-core demands the word Basic or Bearer; fieldbound checks what documents say",
        lambda results: _only_openapi_core(results, "SecurityNotFound"),
        "fortellis",
        _FORTELLIS,
    ),
    "booleans": Difference(
        "openapi-core accepts Y, yes, on, 1 and TRUE as true; JSON has true only",
        lambda results: _only_fieldbound(results, "type") and _is_parsed_by(_boolean, results),
        "styles 3.1.0",
        _get("query-form-whole-boolean", "?v=TRUE"),
    ),
    "numbers": Difference(
        "openapi-core parses numbers as Python does, such as +3 and 0_3; JSON has neither",
        lambda results: _only_fieldbound(results, "type") and _is_parsed_by(_number, results),
        "styles 3.1.0",
        _get("query-form-whole-integer", "?v=%2B3"),
    ),
    "unknown parameters": Difference(
        "openapi-core ignores undocumented query parameters; fieldbound rejects them",
        lambda results: _only_fieldbound(results, "additionalProperties", "/query/[^/]+$"),
        "styles 3.1.0",
        _get("query-form-whole-integer", "?v=3&limitt=5"),
    ),
    "empty values": Difference(
        "openapi-core rejects an empty query parameter; fieldbound checks the empty string",
        lambda results: _only_openapi_core(results, "EmptyQueryParameterValue"),
        "styles 3.1.0",
        _get("query-form-whole-text", "?v="),
    ),
    "label and matrix": Difference(
        "openapi-core looks up these path parameters by the wrong names",
        lambda results: (
            _only_openapi_core(results, "MissingRequiredParameter")
            and _style(results).startswith(("path-label", "path-matrix"))
        ),
        "styles 3.1.0",
        _get("path-label-whole-integer", "/.3"),
    ),
    "spread objects": Difference(
        "openapi-core does not collect the properties of an exploded object",
        lambda results: (
            _only_openapi_core(results, "MissingRequiredParameter")
            and _style(results).endswith("-form-exploded-object")
        ),
        "styles 3.1.0",
        _get("query-form-exploded-object", "?R=9"),
    ),
    "odd parts": Difference(
        "openapi-core drops a property without a value in an object that is not exploded",
        lambda results: (
            _only_fieldbound(results, "type", "/[a-z]+/v$")
            and _style(results).endswith("-whole-object")
        ),
        "styles 3.1.0",
        _get("path-simple-whole-object", "/R,9,name"),
    ),
    "escaped delimiters": Difference(
        "openapi-core splits a path after unescaping it; an escaped delimiter is literal",
        lambda results: (
            bool(results.violations) != bool(results.errors)
            and re.search("%2[CF]", results.message.url.partition("?")[0]) is not None
        ),
        "styles 3.1.0",
        _get("path-simple-whole-texts", "/a%2Cb,c,d"),
    ),
    "spaces": Difference(
        "openapi-core splits items at %20 after unescaping, when there is none",
        lambda results: (
            bool(results.violations) != bool(results.errors)
            and _style(results).startswith("query-spacedelimited")
        ),
        "styles 3.1.0",
        _get("query-spacedelimited-whole-integers", "?v=1%202"),
    ),
    "JSON in a cookie": Difference(
        "openapi-core does not unescape cookies; JSON has quotes, which no cookie may have",
        lambda results: (
            _only_openapi_core(results, "MediaTypeDeserializeError")
            and _style(results) == "cookie-json"
        ),
        "styles 3.1.0",
        _get("cookie-json", Cookie="v=%7B%22R%22%3A1%7D"),
    ),
    "media types": Difference(
        "openapi-core raises ValueError for a media type that ends in a semicolon",
        lambda results: _only_openapi_core(results, "^ValueError"),
        "axim-commerce",
        _AXIM,
    ),
    "parts": Difference(
        "openapi-core validates the parts of a form as strings, whatever their schemas",
        lambda results: (
            _only_openapi_core(results, "is not of type '(integer|boolean)'")
            and results.message.url.endswith("/parts")
        ),
        "bodies 3.1.0",
        _post("parts", _PARTS, "multipart/form-data; boundary=x"),
    ),
    "not carried": Difference(
        "openapi-core requires readOnly properties in a request of 3.1",
        lambda results: _only_openapi_core(results, "'(id|code)' is a required property"),
        "bodies 3.1.0",
        _post("pet", {"kind": "", "code": ""}),
    ),
    "made by the server": Difference(
        "openapi-core accepts readOnly properties in a request of 3.1",
        lambda results: (
            _only_fieldbound(results, "readOnly", "/body/")
            or _only_fieldbound(results, "writeOnly", "/body/")
        ),
        "bodies 3.1.0",
        _post("pet", {"kind": "", "code": "", "id": 1}),
    ),
}


def is_unknown(results: Results) -> bool:
    """Return whether the results do not agree, and no known difference applies."""
    return not results.agree and not any(each.applies(results) for each in DIFFERENCES.values())


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_known_difference_exists(name: str, tmp_path: Path) -> None:
    """Each listed difference applies to its message, and has a reason."""
    known = DIFFERENCES[name]
    api = api_of(known.document, tmp_path)
    results = check_both(api, validator_of(known.document), known.message)
    assert not results.agree
    assert known.applies(results)
    assert known.reason


# -- agreement -------------------------------------------------------------------------------------


def api_of(name: str, folder: Path) -> API:
    """Return fieldbound's API of a document."""
    if " " not in name:
        return fieldbound.api(name)
    return api_of_document(folder, documents()[name], discriminator="enforce")


def operations_of(name: str, api: API) -> list[str]:
    """Return the operations to generate messages for: of a vendor, the first ten."""
    return list(api.operations) if " " in name else operations_with_path(name)[:10]


@pytest.mark.parametrize(
    "name",
    [
        "bodies 3.1.0",
        "styles 3.1.0",
        *(
            pytest.param(f"{kind} {version}", marks=pytest.mark.thorough)
            for kind in ("bodies", "styles")
            for version in ("3.0.3", "3.2.0")
        ),
        *("axim-commerce", "fortellis"),
        pytest.param("oracle-cx-sales", marks=pytest.mark.thorough),
    ],
)
def test_both_agree(name: str, tmp_path: Path) -> None:
    """openapi-core and fieldbound reject the same generated messages."""
    api = api_of(name, tmp_path)
    outcomes = set()
    for operation in sampled(operations_of(name, api)):
        for message in messages(api, operation, examples(10 if name.startswith("styles") else 20)):
            results = check_both(api, validator_of(name), message)
            assert not is_unknown(results), str(results)
            outcomes.add((not results.violations, results.errors is None))
    assert {(True, True), (False, False)} <= outcomes
