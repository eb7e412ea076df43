"""Benchmark of checking one HTTP exchange, beside openapi-core.

Both check the same objects by the same document, which is loaded once. They run alternately in this
process, so that ratios can be compared between machines. openapi-core has no adapter for httpx: the
one here is created once, outside of the measurement. Its own adapters for requests are created for
each message, as intended.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import requests
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.datatypes import RequestParameters
from rows import Row, at_most
from werkzeug.datastructures import Headers, ImmutableMultiDict

import fieldbound
from fieldbound.http.clients import Guard

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.vendor_server import VENDORS

ROOT = Path(__file__).parents[2]
HOST = "https://servername.fa.us2.oraclecloud.com"
ORACLE = VENDORS[0]
REQUEST, RESPONSE = ORACLE.exchanges[0]
URL = f"{HOST}{ORACLE.base}{REQUEST.path}"


class HttpxAdapter:
    """A request and a response of httpx for openapi-core."""

    def __init__(self, response: httpx.Response) -> None:
        request = response.request
        self.host_url = HOST
        self.path = request.url.path
        self.method = request.method.lower()
        self.content_type = "application/json"
        self.body = request.content
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(), header=Headers(dict(request.headers))
        )
        self.status_code = response.status_code
        self.data = response.content
        self.headers = Headers(dict(response.headers))


def httpx_response() -> httpx.Response:
    """Return the response of httpx, with its request."""
    request = httpx.Request(REQUEST.method, URL, headers=REQUEST.headers, json=REQUEST.body)
    headers = {**RESPONSE.headers, "Content-Type": "application/json"}
    return httpx.Response(
        RESPONSE.status, headers=headers, content=RESPONSE.content, request=request
    )


def requests_response() -> requests.Response:
    """Return the response of requests, with its request."""
    request = requests.Request(
        REQUEST.method, URL, headers=dict(REQUEST.headers), json=REQUEST.body
    )
    response = requests.Response()
    response.request = request.prepare()
    response.status_code = RESPONSE.status
    response.headers.update({**RESPONSE.headers, "Content-Type": "application/json"})
    response._content = RESPONSE.content
    return response


def _ratio(rounds: int, number: int, call: Callable[[], Any], peer: Callable[[], Any]) -> float:
    """Return the median of the ratios of consecutive rounds."""
    ratios = []
    for _ in range(rounds):
        seconds = timeit.timeit(call, number=number)
        ratios.append(seconds / timeit.timeit(peer, number=number))
    return statistics.median(ratios)


def checks() -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return both sides of each comparison, after both have found the exchange valid once."""
    api = fieldbound.api(ORACLE.name)
    guard = Guard(api)
    peer = OpenAPI.from_file_path(str(ROOT / "schemas" / ORACLE.name / "openapi.json"))
    by_httpx, by_requests = httpx_response(), requests_response()
    adapter = HttpxAdapter(by_httpx)

    def checked(response: Any) -> Callable[[], None]:
        def check() -> None:
            assert api.check_request(response.request)
            assert api.check_response(response)

        return check

    def guarded() -> None:
        guard.check_request(by_httpx.request)
        guard.check_response(by_httpx)

    def peer_httpx() -> None:
        peer.validate_request(adapter)
        peer.validate_response(adapter, adapter)

    def peer_requests() -> None:
        request = RequestsOpenAPIRequest(by_requests.request)
        peer.validate_request(request)
        peer.validate_response(request, RequestsOpenAPIResponse(by_requests))

    comparisons = {
        "`check_request` and `check_response` of httpx's": (checked(by_httpx), peer_httpx),
        "`check_request` and `check_response` of requests'": (checked(by_requests), peer_requests),
        "a Guard in a client of httpx": (guarded, peer_httpx),
    }
    for sides in comparisons.values():
        for call in sides:
            call()
    assert not guard.reports
    return comparisons


# -- loading a large document ----------------------------------------------------------------------

OPERATIONS, SIZE = 300, 3_000_000
MAX_SECONDS, MAX_MEMORY = 3.0, 300.0
#: Load a document, use one operation of it, and print the seconds and the peak memory in MiB.
LOAD = """
import resource, sys, time
start = time.perf_counter()
import fieldbound
api = fieldbound.api(sys.argv[1])
report = api.check_request(fieldbound.Message(
    "POST", "https://a.example/v1/things/7", {"Content-Type": "application/json"}, '{"field0": 5}'))
assert [each.pointer for each in report] == ["/body/field0"]
unit = 1 << (10 if sys.platform == "linux" else 20)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
print(time.perf_counter() - start, peak)
"""
#: Write an API of so many paths, and print the seconds of the first request to it.
FIRST = """
import json, os, sys, tempfile, time
import fieldbound
parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
operation = {"parameters": [parameter], "responses": {"200": {"description": ""}}}
paths = {f"/things-{number}/{{id}}/parts": {"get": operation} for number in range(int(sys.argv[1]))}
document = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": paths}
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "openapi.json")
    with open(name, "w") as file:
        json.dump({**document, "servers": [{"url": "https://a.example"}]}, file)
    api = fieldbound.api(name)
start = time.perf_counter()
assert api.check_request(fieldbound.Message("GET", "https://a.example/things-7/1/parts")).ok
print(time.perf_counter() - start)
"""


def large() -> dict[str, Any]:
    """Return an OpenAPI 3.0 document with many schemas, none of them trivial."""
    field = {"type": "string", "maxLength": 35, "nullable": True, "description": "A" * 60}
    paths: dict[str, Any] = {}
    for number in range(OPERATIONS):
        names = [f"field{index}" for index in range(40)]
        schema = {
            "type": "object",
            "properties": dict.fromkeys(names, field),
            "required": names[:0],
        }
        content = {"application/json": {"schema": schema}}
        paths[f"/things/{number}"] = {
            "post": {
                "operationId": f"send{number}",
                "requestBody": {"content": content},
                "responses": {"200": {"description": "", "content": content}},
            }
        }
    servers = [{"url": "https://a.example/v1"}]
    return {"openapi": "3.0.3", "info": {}, "servers": servers, "paths": paths}


def loading(folder: Path, suffix: str) -> tuple[float, float, float]:
    """Return the size of a document in MB, and the seconds and MiB that loading it takes."""
    path = folder / f"openapi{suffix}"
    text = json.dumps(large(), indent=1)
    if suffix == ".yaml":
        text = yaml.dump(json.loads(text), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
    path.write_text(text, "utf-8")
    result = subprocess.run(
        [sys.executable, "-c", LOAD, str(path)], capture_output=True, text=True, check=True
    )
    seconds, peak = map(float, result.stdout.split())
    return path.stat().st_size / 1e6, seconds, peak


def first_request(paths: int) -> float:
    """Return the seconds of the first request to an API of so many paths."""
    return float(
        subprocess.run(
            [sys.executable, "-c", FIRST, str(paths)], capture_output=True, text=True, check=True
        ).stdout
    )


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of one exchange, of loading a document, and of the first request."""
    for what, sides in checks().items():
        yield at_most(f"{what}, openapi-core", _ratio(5 if quick else 21, 50, *sides), 1)
    with TemporaryDirectory() as folder:
        for suffix in (".json", ".yaml"):
            megabytes, seconds, peak = loading(Path(folder), suffix)
            what = f"loading {OPERATIONS} operations, using one: {suffix[1:]}, {megabytes:.1f} MB"
            yield at_most(what, seconds, MAX_SECONDS, "s")
            yield at_most(f"{what}, memory", peak, MAX_MEMORY, "MiB")
    for paths, bound in ((2_000, 0.3), (10_000, 1.5)):
        seconds = min(first_request(paths) for _ in range(1 if quick else 3))
        yield at_most(f"first request to an API of {paths:,} paths", seconds, bound, "s")
