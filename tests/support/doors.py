"""The doors of fieldbound: what comes from outside, as bytes, and what must hold of each.

A door takes any bytes. It raises AssertionError where a promise is broken; the exceptions that are
documented are the only others that may occur, and none of them leaves it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import fieldbound
from fieldbound import API, BrokenContract, Contract, FieldboundError, Message, Report, bulk
from fieldbound.bulk.inputs import blocks, compression
from fieldbound.bulk.inputs.columns import ColumnMapping
from fieldbound.config import BrokenConfig, load
from fieldbound.documents.document import parse
from fieldbound.http import Hosts
from fieldbound.model.bulk_report import BulkReport
from fieldbound.model.errors import Unspecified
from fieldbound.recordings import Recording, Traffic
from support.document_doors import enter_json, enter_yaml
from support.line_by_line import bare, expected_report
from support.parameter_styles import parameters

# -- schemas -------------------------------------------------------------------------------------


def enter_schema(data: bytes, folder: Path) -> None:  # noqa: ARG001
    """Check that a schema and its instances, items of an array, give a contract and reports."""
    document = parse(data)
    if not document.readable or not isinstance(document.value, list) or not document.value:
        return
    schema, *instances = document.value
    with suppress(BrokenContract, Unspecified):
        contract = Contract(schema if isinstance(schema, dict) else bool(schema))
        for limit in contract.limits:
            assert limit.id.startswith("schema#")
        assert contract.not_checked is not None
        for instance in instances[:8]:
            report = contract.check(instance)
            look_at(report)
            assert report.ok == contract.is_valid(instance)


def look_at(report: Report) -> None:
    """Derive all that a report tells."""
    assert str(report)
    assert repr(report)
    for each in report:
        assert each.message
        assert each.hint is None or each.hint


# -- HTTP ----------------------------------------------------------------------------------------


def message_of(data: bytes) -> Message | None:
    """Return the message of a text: METHOD URL [STATUS], headers, an empty line, the body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("utf-8", "surrogateescape").split("\n")
    method, _, rest = first.partition(" ")
    url, _, status = rest.partition(" ")
    headers = [tuple(part.strip() for part in each.partition(":")[::2]) for each in lines]
    try:
        code = int(status) if status.isascii() and status.isdigit() and len(status) < 9 else None
        return Message(method, url, headers, body or None, code)
    except ValueError:
        assert _is_invalid_url(url)
        return None


def _is_invalid_url(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return True
    return False


_OBJECT = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 4},
        "n": {"type": "integer", "maximum": 9},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}},
        "in": {"type": "object", "properties": {"x": {"type": "boolean"}}},
    },
    "required": ["name"],
}
_MEDIA_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
)


def document_of_styles() -> dict[str, Any]:
    """Return an OpenAPI document with parameters of all styles, and bodies of all kinds."""
    content = {each: {"schema": _OBJECT} for each in _MEDIA_TYPES[:3]}
    body = {"content": {**content, _MEDIA_TYPES[3]: {"schema": {"maxLength": 5}}}}
    paths: dict[str, Any] = {
        "/bodies": {
            "post": {"requestBody": body, "responses": {"200": {"description": "", **body}}}
        }
    }
    for name, each in parameters():
        inside = "/{v}" if each["in"] == "path" else ""
        paths[f"/{name}{inside}"] = {"get": {"operationId": name, "parameters": [each]}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}


@cache
def _apis(folder: Path) -> tuple[API, ...]:
    path = folder / "styles.json"
    path.write_text(json.dumps(document_of_styles()))
    return (*(fieldbound.api(each) for each in ("oracle-cx-sales", "axim-commerce")), api_at(path))


def api_at(path: Path) -> API:
    """Return the API of the document at a path."""
    return fieldbound.api(path)


def enter_message(data: bytes, folder: Path) -> None:
    """Check a message by the API that has its operation, if any."""
    message = message_of(data)
    if message is None:
        return
    apis = _apis(folder)
    request = Message(message.method, message.url)
    at = next((each for each in apis if each.operation_of(request) is not None), apis[-1])
    look_at(at.check_request(message) if message.status is None else at.check_response(message))


def enter_openapi(data: bytes, folder: Path) -> None:
    """Check that an OpenAPI document gives an API and contracts, or an error.

    After a NUL, it is followed by a message, which is checked as are some of the document's own.
    """
    text, _, rest = data.partition(b"\0")
    path = folder / ("api.json" if text[:1] == b"{" else "api.yaml")
    path.write_bytes(text)
    with suppress(FieldboundError):
        api = fieldbound.api(path)
        assert all(api.notes)
        for message in _messages_of(api, message_of(rest)):
            with suppress(FieldboundError):
                check = api.check_request if message.status is None else api.check_response
                look_at(check(message))
        for name in api.operations[:3]:
            for part in ("", "/request.query", "/response.200"):
                with suppress(FieldboundError):
                    contract = fieldbound.contract(f"{path}#{name}{part}")
                    look_at(contract.check({"name": [1]}))
                    assert all(each.id for each in contract.limits)


def _messages_of(api: API, given: Message | None) -> Iterator[Message]:
    if given is not None:
        yield given
    body = json.dumps({"name": "abcde", "id": 1, "type": "a"})
    headers = {"Content-Type": "application/json"}
    for name in api.operations[:4]:
        _, operation = api.find_operation(name)
        with suppress(ValueError):  # a path that is no URL
            yield Message(operation.method, f"{operation.path}?id=1&name=a", headers, body)
            yield Message(operation.method, operation.path, headers, body, 200)


# -- recordings and configuration ----------------------------------------------------------------

_RECORDINGS = ("a.har", "a.yaml", "a.ndjson", "a.json")


def enter_recording(data: bytes, folder: Path) -> None:
    """Check a recording, in the format that its first byte chooses."""
    messages: list[str] = []
    name = _RECORDINGS[data[0] % len(_RECORDINGS)] if data else _RECORDINGS[0]
    axim = _apis(folder)[1]
    traffic = Traffic(Hosts([("*", axim)]), messages.append)
    for report in traffic.reports(Recording(name, data[1:])):
        look_at(report)
        assert report.name == name
    assert traffic.checked or messages or traffic.summary() or not traffic.found
    traffic.summary()


def enter_config(data: bytes, folder: Path) -> None:
    """Check that a pyproject.toml has settings, or an error that names the file."""
    (folder / "pyproject.toml").write_bytes(data)
    try:
        config = load(folder)
    except BrokenConfig as error:
        if "pyproject.toml" not in str(error):
            raise
        return
    for each in ("payload.json", "orders/1.json", "../a", "", "a.har"):
        config.contract_for(str(folder / each))
        config.is_recording(str(folder / each))
    config.files()
    config.unmatched_globs()


# -- records -------------------------------------------------------------------------------------

_RECORDS: tuple[dict[str, Any], ...] = (
    {
        "properties": {
            "a": {"type": "string", "maxLength": 3},
            "b": {"type": ["integer", "null"], "maximum": 9},
            "c": {"type": "array", "items": {"type": "number"}, "uniqueItems": True},
            "d": {"type": "object", "additionalProperties": {"type": "boolean"}},
        },
        "required": ["a"],
        "additionalProperties": False,
    },
    {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "maxProperties": 2},
    {"properties": {"a": {"x-sensitive": True, "pattern": "^x"}, "b": {"x-unspecified": "why"}}},
    {},
)
#: How gzip and zstd begin; the latter also with a frame that is to be skipped.
_COMPRESSED = re.compile(rb"\x1f\x8b|\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")


@cache
def _contracts() -> tuple[Contract, ...]:
    return tuple(map(Contract, _RECORDS))


def enter_records(data: bytes, folder: Path) -> None:  # noqa: ARG001
    """Check that NDJSON counts as its lines do, CSV as the rows of the csv module, in any blocks.

    The first byte chooses the contract, the second the format and the size of blocks.
    """
    body = data[2:]
    if len(data) < 3 or _COMPRESSED.match(body):
        return
    contract = _contracts()[data[0] % len(_RECORDS)]
    size = (None, 40, 1)[data[1] % 3]
    if data[1] & 4:
        with suppress(FieldboundError):
            report = _checked(contract, body, "csv", size)
            _compare_with_rows(report, contract, body)
    else:
        report = _checked(contract, body, "ndjson", size)
        assert bare(report) == expected_report(contract, body)


def _checked(contract: Contract, body: bytes, form: str, size: int | None) -> BulkReport:
    with ExitStack() as stack:
        if size is not None:
            stack.enter_context(mock.patch.object(blocks, "BLOCK_SIZE", size))
            stack.enter_context(mock.patch.object(compression, "READ_SIZE", size))
        report = bulk.check(io.BytesIO(body), contract, format=form)
    for each in ("text", "json"):
        assert bulk.render(report, each)
    return report


def _compare_with_rows(report: BulkReport, contract: Contract, body: bytes) -> None:
    """Compare a report of CSV with the rows as the csv module reads the text whole."""
    try:
        lines = io.StringIO(body.decode("utf-8-sig"), newline="")
        header, *rows = csv.reader(lines, delimiter=",", strict=True)
    except (UnicodeDecodeError, csv.Error):
        return
    if b"\r" in body.replace(b"\r\n", b"") or any(each in ";\t" for each in "".join(header)):
        return  # where lines end, and what delimits them, is a matter of opinion
    records = ColumnMapping(header, {}, contract).records([each for each in rows if each])
    assert report.records == len(records)
    valid = [isinstance(each, dict) and contract.is_valid(each) for each in records]
    assert report.invalid == valid.count(False)


Enter = Callable[[bytes, Path], None]
#: Every door, by name.
DOORS: dict[str, Enter] = {
    "json": enter_json,
    "yaml": enter_yaml,
    "schema": enter_schema,
    "openapi": enter_openapi,
    "message": enter_message,
    "recording": enter_recording,
    "config": enter_config,
    "records": enter_records,
}
