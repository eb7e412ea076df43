"""Time one checked exchange side by side with openapi-core's own validation of it; print the ratio.

Both judge the same objects by the same document, openapi-core as it reads it itself, prepared once.
They run in turn, in this one process, so that a ratio holds where the machine's speed does not.
openapi-core has no adapter for httpx: the one here is made once, and costs it nothing. Those that
it has for requests are made for each message, as it is used. `--fast` takes fewer rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import requests
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

import fieldbound
from fieldbound.http.clients import Guard

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.vendor_server import VENDORS

ROOT = Path(__file__).parents[2]
HOST = "https://servername.fa.us2.oraclecloud.com"
ORACLE = VENDORS[0]
ASKED, ANSWERED = ORACLE.plays[0]
URL = f"{HOST}{ORACLE.base}{ASKED.path}"
MOST = 1.0


class AsRead:
    """A request and a response of httpx, as openapi-core takes them."""

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


def of_httpx() -> httpx.Response:
    """Return the exchange as httpx has it."""
    request = httpx.Request(ASKED.method, URL, headers=ASKED.headers, json=ASKED.body)
    headers = {**ANSWERED.headers, "Content-Type": "application/json"}
    return httpx.Response(
        ANSWERED.status, headers=headers, content=ANSWERED.content, request=request
    )


def of_requests() -> requests.Response:
    """Return the exchange as requests has it."""
    request = requests.Request(ASKED.method, URL, headers=dict(ASKED.headers), json=ASKED.body)
    response = requests.Response()
    response.request = request.prepare()
    response.status_code = ANSWERED.status
    response.headers.update({**ANSWERED.headers, "Content-Type": "application/json"})
    response._content = ANSWERED.content
    return response


def paired(rounds: int, number: int, ours: Callable[[], Any], theirs: Callable[[], Any]) -> float:
    """Return the median of the ratios of rounds that followed each other."""
    ratios = []
    for _ in range(rounds):
        taken = timeit.timeit(ours, number=number)
        ratios.append(taken / timeit.timeit(theirs, number=number))
    return statistics.median(ratios)


def checks() -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return both sides of each comparison, each tried once: both find the exchange valid."""
    api = fieldbound.api(ORACLE.name)
    guard = Guard(api)
    peer = OpenAPI.from_file_path(str(ROOT / "schemas" / ORACLE.name / "openapi.json"))
    by_httpx, by_requests = of_httpx(), of_requests()
    read = AsRead(by_httpx)

    def whole(response: Any) -> Callable[[], None]:
        def check() -> None:
            assert api.check_request(response.request)
            assert api.check_response(response)

        return check

    def guarded() -> None:
        guard.sent(by_httpx.request)
        guard.answered(by_httpx)

    def peers_httpx() -> None:
        peer.validate_request(read)
        peer.validate_response(read, read)

    def peers_requests() -> None:
        asked = RequestsOpenAPIRequest(by_requests.request)
        peer.validate_request(asked)
        peer.validate_response(asked, RequestsOpenAPIResponse(by_requests))

    made = {
        "`check_request` and `check_response` of httpx's": (whole(by_httpx), peers_httpx),
        "`check_request` and `check_response` of requests'": (whole(by_requests), peers_requests),
        "a Guard in a client of httpx": (guarded, peers_httpx),
    }
    for both in made.values():
        for check in both:
            check()
    assert not guard.reports
    return made


# -- opening a large document ----------------------------------------------------------------------

OPERATIONS, SIZE = 300, 3_000_000
SECONDS, MEMORY = 3.0, 300.0
#: Open the document named, use one operation of it, and print the seconds and the peak in MiB.
OPEN = """
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


def large() -> dict[str, Any]:
    """Return an OpenAPI 3.0 document of many schemas, none of them trivial."""
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


def opened(folder: Path, suffix: str) -> tuple[float, float, float]:
    """Return the megabytes of the document, and the seconds and MiB that opening it takes."""
    path = folder / f"openapi{suffix}"
    text = json.dumps(large(), indent=1)
    if suffix == ".yaml":
        text = yaml.dump(json.loads(text), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True
    )
    seconds, peak = map(float, done.stdout.split())
    return path.stat().st_size / 1e6, seconds, peak


def main() -> int:
    """Measure, print the table, and return 1 if a ratio is too large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fast", action="store_true", help="fewer rounds")
    rounds = 5 if parser.parse_args().fast else 21
    measured = {what: paired(rounds, 50, *both) for what, both in checks().items()}
    out = sys.stdout
    size = len(json.dumps(ASKED.body)) + len(ANSWERED.content)
    out.write(f"Python {sys.version.split()[0]}, openapi-core {version('openapi-core')}, ")
    out.write(f"bodies of {size:,} bytes\n\n")
    out.write(
        "| one exchange, against openapi-core | measured | must be at most |\n|---|---|---|\n"
    )
    out.writelines(
        f"| {what} | {ratio:.3g} x | {MOST:.2g} x |\n" for what, ratio in measured.items()
    )
    out.write(f"\n| opening {OPERATIONS} operations, and using one | seconds | MiB at most |\n")
    out.write("|---|---|---|\n")
    failed = max(measured.values()) > MOST
    with TemporaryDirectory() as folder:
        for suffix in (".json", ".yaml"):
            megabytes, seconds, peak = opened(Path(folder), suffix)
            out.write(f"| {suffix[1:]}, {megabytes:.1f} MB | {seconds:.2f} of {SECONDS:g} ")
            out.write(f"| {peak:.0f} of {MEMORY:g} |\n")
            failed = failed or seconds > SECONDS or peak > MEMORY or megabytes * 1e6 < SIZE
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
