"""Checking the HTTP traffic of pytest runs, with mocking and recording libraries."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import fieldbound
from support.hostile_text import COMMANDS, commands
from support.pytest_runs import Run, pytest_runner

URL = "https://api.example.com/companies"
CONFIG = '[tool.fieldbound.apis]\n"api.example.com" = "axim-commerce"\n"127.0.0.1" = "shop.json"\n'
STRICT = ("--vendor-traffic-undocumented=fail",)
VIOLATION = "type: /body/name is 1, but must be a string"
#: The common part of test files: a valid and an invalid body, and clients with mock transports.
HEAD = f"""
import asyncio
import httpx
import pytest
import requests

URL = "{URL}"
HEADERS = {{"accessToken": "t"}}
GOOD = {{"name": "Acme", "email": "a@example.com", "phoneNumber": "1", "status": "ACTIVE"}}
BAD = {{**GOOD, "name": 1}}
KNOWN = {{}}

def respond(request):
    return httpx.Response(200, json=KNOWN)

def client(handler=respond, **given):
    return httpx.Client(transport=httpx.MockTransport(handler), headers=HEADERS, **given)

def async_client(handler=respond, **given):
    return httpx.AsyncClient(transport=httpx.MockTransport(handler), headers=HEADERS, **given)

async def posted(body, make=lambda: httpx.AsyncClient(headers=HEADERS)):
    async with make() as client:
        await client.post(URL, json=body)
"""
TESTS = f"""{HEAD}
def test_good():
    client().post(URL, json=GOOD)

def test_bad():
    client().post(URL, json=BAD)
"""
#: An API whose responses are documented, with one operation that is invalid in the document.
SHOP = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/items": {
            "get": {
                "operationId": "listItems",
                "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": "Items",
                        "content": {"application/json": {"schema": {"type": "array"}}},
                    }
                },
            }
        },
        "/old": {"get": {"operationId": "old", "responses": {"302": {"description": "Moved"}}}},
        "/broken": {
            "get": {
                "operationId": "broken",
                "parameters": [{"name": "a", "in": "query", "schema": {"type": "integer,"}}],
                "responses": {"204": {"description": "Done"}},
            }
        },
    },
}


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    """Run pytest in a temporary folder, with the plugin and those that are named."""
    (tmp_path / "pyproject.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "shop.json").write_text(json.dumps(SHOP), "utf-8")
    return pytest_runner(tmp_path, TESTS)


def _section(output: str) -> list[str]:
    """Return the lines between the heading of the summary and the next one."""
    lines = output.splitlines()
    start = next(at for at, line in enumerate(lines) if re.fullmatch("=+ vendor traffic =+", line))
    rest = lines[start + 1 :]
    end = next(at for at, line in enumerate(rest) if line.startswith("====="))
    return rest[:end]


# -- the start -----------------------------------------------------------------------------------

LATE = """
import sys

CLIENTS = {"httpx", "httpx2", "requests"}
CHECKS = {"fieldbound.http.exchange", "fieldbound.validation.checker", "jsonschema_rs"}

def test_start():
    assert (CLIENTS | CHECKS) & {*sys.modules} == set()

def test_client_that_is_imported_later():
    import httpx

    def respond(request):
        return httpx.Response(200, json={})

    httpx.Client(transport=httpx.MockTransport(respond)).post("URL", json={"name": 1})
"""


def test_a_client_that_is_imported_later(tmp_path: Path) -> None:
    """No client is imported to be ready for it, nor what checks; its traffic is checked."""
    (tmp_path / "pyproject.toml").write_text(CONFIG.replace("shop.json", "fortellis"), "utf-8")
    (tmp_path / "test_it.py").write_text(LATE.replace("URL", URL), "utf-8")
    env = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "fieldbound.pytest_plugin",
        "--vendor-traffic=raise",
    ]
    done = subprocess.run(  # not one that is forked, which has imported much already
        argv,
        cwd=tmp_path,
        env={**env, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert VIOLATION in done.stdout


# -- mocking and recording libraries -------------------------------------------------------------

RESPX = f"""{HEAD}
import respx

@pytest.mark.parametrize("body", [GOOD, BAD])
@respx.mock
def test_sync(body):
    respx.post(URL).respond(json=KNOWN)
    httpx.post(URL, json=body, headers=HEADERS)

@pytest.mark.parametrize("body", [GOOD, BAD])
@respx.mock
def test_async(body):
    respx.post(URL).respond(json=KNOWN)
    asyncio.run(posted(body))

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_by_transport(body):
    with respx.mock(using="httpx") as mock:
        mock.post(URL).respond(json=KNOWN)
        httpx.post(URL, json=body, headers=HEADERS)
"""
PYTEST_HTTPX = f"""{HEAD}
pytestmark = pytest.mark.httpx_mock(assert_all_responses_were_requested=False)

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_sync(body, httpx_mock):
    httpx_mock.add_response(json=KNOWN)
    httpx.post(URL, json=body, headers=HEADERS)

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_async(body, httpx_mock):
    httpx_mock.add_response(json=KNOWN)
    asyncio.run(posted(body))

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_twice(body, httpx_mock):
    httpx_mock.add_response(json=KNOWN)
    httpx.post(URL, json=body, headers=HEADERS)
"""
RESPONSES = f"""{HEAD}
import responses

@pytest.mark.parametrize("body", [GOOD, BAD])
@responses.activate
def test_function(body):
    responses.post(URL, json=KNOWN)
    requests.post(URL, json=body, headers=HEADERS)

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_session(body):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(URL, json=KNOWN)
        with requests.Session() as session:
            session.headers.update(HEADERS)
            session.post(URL, json=body)

@pytest.mark.parametrize("body", [GOOD, BAD])
@responses.activate
def test_prepared(body):
    responses.post(URL, json=KNOWN)
    request = requests.Request("POST", URL, json=body, headers=HEADERS)
    with requests.Session() as session:
        session.send(session.prepare_request(request))
"""


@pytest.mark.parametrize(
    ("tests", "plugin"),
    [(RESPX, None), (PYTEST_HTTPX, "pytest_httpx"), (RESPONSES, None)],
    ids=["respx", "pytest-httpx", "responses"],
)
def test_mocked_traffic_is_checked(run: Run, tests: str, plugin: str | None) -> None:
    """Mocked exchanges are checked, however the client is called."""
    done = run("--vendor-traffic=raise", *(["-p", plugin] if plugin else []), tests=tests)
    failed = re.findall(
        r"^FAILED test_it.py::(\w+)\[body1\] - fieldbound", done.stdout, re.MULTILINE
    )
    assert len(set(failed)) == 3, done.stdout
    assert "3 failed, 3 passed" in done.stdout
    assert done.stdout.count(VIOLATION) == 3
    assert "6 exchanges checked, 3 of 9 messages invalid" in done.stdout


VCR = f"""{HEAD}
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
import vcr

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]" if self.path.startswith("/items?q=good") else b"{{}}")

    def log_message(self, *_):
        pass

@pytest.fixture(scope="module")
def at():
    if PORT:
        yield f"http://127.0.0.1:{{PORT}}/items"
        return
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with open("port", "w") as stream:
            stream.write(str(server.server_port))
        yield f"http://127.0.0.1:{{server.server_port}}/items"
        server.shutdown()
        thread.join()

async def got(url):
    async with httpx.AsyncClient() as client:
        await client.get(url)

CALLS = {{
    "httpx": httpx.get,
    "async": lambda url: asyncio.run(got(url)),
    "requests": requests.get,
}}

@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("query", ["good", "bad"])
def test_it(at, call, query):
    with vcr.use_cassette(f"{{call}}-{{query}}.yaml", record_mode="none" if PORT else "once"):
        CALLS[call](f"{{at}}?q={{query}}")
"""


def test_recorded_traffic_is_checked(run: Run, tmp_path: Path) -> None:
    """Exchanges that vcrpy records are checked, and so are those that it plays back."""
    first = run("--vendor-traffic=raise", tests=f"PORT = None\n{VCR}")
    port = (tmp_path / "port").read_text("utf-8")
    again = run("--vendor-traffic=raise", tests=f"PORT = {port}\n{VCR}")
    for done in (first, again):
        assert "3 failed, 3 passed" in done.stdout
        assert "6 exchanges checked" in done.stdout
    assert _section(first.stdout) == _section(again.stdout)


# -- raise ---------------------------------------------------------------------------------------


LINES = (
    "client().post(URL, json=BAD)",
    "client().stream('POST', URL, json=BAD).__enter__()",
    "asyncio.run(posted(BAD, async_client))",
    "requests.post(URL, json=BAD, headers=HEADERS)",
)


@pytest.mark.parametrize("style", ["auto", "short", "long", "native"])
def test_a_failure_shows_the_report_at_the_line_of_the_test(run: Run, style: str) -> None:
    """A failure shows the report and the line of the test, and no frames of clients."""
    tests = "".join(f"\ndef test_{at}():\n    {line}\n" for at, line in enumerate(LINES))
    done = run(f"--tb={style}", "--vendor-traffic=raise", tests=HEAD + tests)
    assert done.stdout.count(VIOLATION) == 4
    assert [line for line in LINES if line not in done.stdout] == []
    for inside in (
        "_client.py",
        "sessions.py",
        "api.py",
        "interception.py",
        "guard.py",
        "contextlib",
    ):
        assert inside not in done.stdout


def test_an_invalid_request_is_not_sent(run: Run) -> None:
    """An invalid request does not reach the transport or mock."""
    body = """
def test_it():
    came = []
    with pytest.raises(ValueError):
        client(came.append).post(URL, json=BAD)
    assert not came
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "assert not came" not in done.stdout
    assert "the code under test caught the exception" in done.stdout


def test_a_request_is_checked_after_authentication(run: Run) -> None:
    """A request is checked as it is sent, with what authentication and hooks add."""
    body = """
def sign(request):
    request.headers["accessToken"] = "t"
    return request

def test_httpx():
    with httpx.Client(transport=httpx.MockTransport(respond), auth=sign) as client:
        client.post(URL, json=GOOD)

def test_hooks():
    hooks = {"request": [sign]}
    with httpx.Client(transport=httpx.MockTransport(respond), event_hooks=hooks) as client:
        client.post(URL, json=GOOD)

@responses.activate
def test_requests():
    responses.post(URL, json=KNOWN)
    requests.post(URL, json=GOOD, auth=sign)
"""
    done = run("--vendor-traffic=raise", tests=f"import responses\n{HEAD}{body}")
    assert "3 passed" in done.stdout
    assert "3 exchanges checked, none of 6 messages invalid" in done.stdout


ANSWERS = f"""{HEAD}
import responses

def wrong(request):
    return httpx.Response(200, json={{"a": 1}})

ITEMS = "http://127.0.0.1/items"

def test_httpx():
    client(wrong).get(ITEMS)

def reject(response, *_, **__):
    raise LookupError("rejected")

async def async_reject(response):
    raise LookupError("rejected")

def test_async():
    async def get():
        async with async_client(wrong) as client:
            await client.get(ITEMS)
    asyncio.run(get())

@responses.activate
def test_requests():
    responses.get(ITEMS, json={{"a": 1}})
    requests.get(ITEMS)

def bare(request):
    return httpx.Response(299)

def test_hook_of_httpx():
    client(bare, event_hooks={{"response": [reject]}}).get(ITEMS)

def test_hook_of_async():
    async def get():
        async with async_client(bare, event_hooks={{"response": [async_reject]}}) as client:
            await client.get(ITEMS)
    asyncio.run(get())

@responses.activate
def test_hook_of_requests():
    responses.get(ITEMS, status=299)
    requests.get(ITEMS, hooks={{"response": reject}})
"""


def test_an_invalid_response_is_raised(run: Run) -> None:
    """A response is checked, even if a hook of the client rejects it."""
    done = run(
        *STRICT, "-p", "no:cacheprovider", "--vendor-traffic=raise", "-W", "error", tests=ANSWERS
    )
    assert "6 failed" in done.stdout
    assert (
        done.stdout.count("shop.json#list-items/response.200: 1 violation in 200 to GET /items")
        == 3
    )
    assert len(re.findall("^E +1:1: type: /body is an object", done.stdout, re.MULTILINE)) == 3
    assert len(re.findall("^E +enum: /status is 299", done.stdout, re.MULTILINE)) == 3
    assert "6 exchanges checked, 6 of 12 messages invalid" in done.stdout


CAUGHT = (
    "try:\n        send()\n    except Exception:\n        pass",
    "try:\n        send()\n    except Exception:\n        pytest.skip('no')",
    "try:\n        send()\n    finally:\n        return",
    "thread = threading.Thread(target=quiet)\n    thread.start()\n    thread.join()",
    "with pytest.raises(ValueError):\n        send()",
    "for _ in range(3):\n        quiet()",
    ("try:\n        send()\n    except Exception:\n        raise RuntimeError('mine') from None"),
)


def test_a_caught_exception_fails_the_test(run: Run) -> None:
    """A violation whose exception is caught fails the test, once, with its location."""
    body = """
import threading

def send():
    client().post(URL, json=BAD)

def quiet():
    try:
        send()
    except Exception:
        pass
"""
    tests = [f"def test_{at}():\n    {each}\n" for at, each in enumerate(CAUGHT)]
    done = run(
        *("-W", "ignore::SyntaxWarning", "--vendor-traffic=raise"),
        tests="\n".join([HEAD + body, *tests]),
    )
    assert f"{len(CAUGHT)} failed" in done.stdout
    _, *failures = re.split(r"^_+ test_\d _+$", done.stdout, flags=re.MULTILINE)
    assert len(failures) == len(CAUGHT)
    for failure in failures:
        assert failure.count(VIOLATION) == 1
        assert re.search(r"^  at test_it.py:\d+$", failure, re.MULTILINE)


def test_a_caught_exception_in_a_fixture_is_an_error(run: Run) -> None:
    """The same in setup and teardown; an expected failure stays one."""
    body = """
def quiet():
    try:
        client().post(URL, json=BAD)
    except Exception:
        pass

@pytest.fixture
def before():
    quiet()

@pytest.fixture
def after():
    yield
    quiet()

def test_before(before):
    pass

def test_after(after):
    pass

@pytest.mark.xfail(strict=True)
def test_fails():
    quiet()
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "1 passed, 1 xfailed, 2 errors" in done.stdout


@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.thorough)])
def test_a_caught_exception_outside_tests_fails_the_run(run: Run, workers: int) -> None:
    """An invalid exchange during the import of a module fails the run."""
    if workers and not find_spec("xdist"):
        pytest.skip("xdist is not installed")
    body = """
try:
    client().post(URL, json=BAD)
except Exception:
    pass

def test_it():
    pass
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body, workers=workers)
    assert done.returncode == 1
    assert "FAILED: outside any test: axim-commerce/create-company" in done.stdout
    assert "1 passed" in done.stdout


def test_an_exception_raised_instead_shows_the_report(run: Run) -> None:
    """An exception raised instead shows the report, too, and no frames of clients."""
    body = """
def test_from():
    try:
        client().post(URL, json=BAD)
    except Exception as error:
        raise RuntimeError("rejected") from error

def test_instead():
    try:
        client().post(URL, json=BAD)
    except Exception:
        found = None
    assert found is not None
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "2 failed" in done.stdout
    assert done.stdout.count(VIOLATION) == 2
    assert "Captured vendor traffic call" in done.stdout
    assert "_client.py" not in done.stdout


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there are no groups of exceptions")
def test_an_exception_group_shows_the_report(run: Run) -> None:
    """An exception group shows the report, once, and no frames of clients."""
    body = """
def test_it():
    async def main():
        async with asyncio.TaskGroup() as group:
            group.create_task(posted(BAD, async_client))
    asyncio.run(main())
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "1 failed" in done.stdout
    assert done.stdout.count(VIOLATION) == 1
    assert "_client.py" not in done.stdout


def test_errors_of_clients_are_shown_as_they_are(run: Run) -> None:
    """Other exceptions pass, and their traceback has no frames of fieldbound."""
    body = """
def fail(request):
    raise httpx.ConnectError("no way")

def test_it():
    client(fail).post(URL, json=GOOD)
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "E       httpx.ConnectError: no way" in done.stdout
    assert "interception.py" not in done.stdout
    assert "1 exchange checked, none of 1 message invalid" in done.stdout


def test_a_test_may_have_a_mode_of_its_own(run: Run) -> None:
    """A mark sets the mode of one test."""
    body = """
@pytest.mark.vendor_traffic("record")
def test_recorded():
    client().post(URL, json=BAD)

@pytest.mark.vendor_traffic("off")
def test_off():
    client().post(URL, json=BAD)

@pytest.mark.vendor_traffic("often")
def test_wrong():
    pass
"""
    done = run("--strict-markers", "--vendor-traffic=raise", tests=HEAD + body)
    assert "2 passed, 1 error" in done.stdout
    assert "invalid mode 'often' (choose from raise, warn, record, off)" in done.stdout
    assert "  in test_it.py::test_recorded, test_it.py:" in done.stdout
    assert "1 exchange checked, 1 of 2 messages invalid" in done.stdout
    assert "3 passed" in run("--strict-markers", tests=HEAD + body).stdout


# -- warn, record, off ---------------------------------------------------------------------------


def test_warnings_are_of_the_line_that_sends(run: Run) -> None:
    """A warning has the report, and file and line of the test; as an error, it fails the test."""
    done = run("--vendor-traffic=warn")
    assert done.returncode == 0
    warned = done.stdout.partition("warnings summary")[2].partition("vendor traffic =")[0]
    assert re.search(r"test_it.py:\d+: ContractWarning: axim-commerce/create-company: 1", warned)
    assert VIOLATION in warned
    done = run("--vendor-traffic=warn", "-W", "error")
    assert "1 failed, 1 passed" in done.stdout
    assert "_client.py" not in done.stdout


HANDED = f"""{HEAD}
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

def test_gather():
    async def main():
        async with async_client() as client:
            await asyncio.gather(client.post(URL, json=BAD), client.post(URL, json=GOOD))
    asyncio.run(main())

def test_pool():
    with client() as one, ThreadPoolExecutor(1) as pool:
        pool.submit(one.post, URL, json=BAD).result()

def test_mock():
    mock.Mock(side_effect=client().post)(URL, json=BAD)

class TestCase(unittest.IsolatedAsyncioTestCase):
    async def test_task(self):
        async with async_client() as client:
            await asyncio.create_task(client.post(URL, json=BAD))
"""


def test_the_location_of_calls_by_tasks_and_threads(run: Run) -> None:
    """A call by a task, thread or mock is located at the test, if no frame of it is left."""
    done = run("--vendor-traffic=warn", tests=HANDED)
    assert "4 passed" in done.stdout
    warned = re.findall(r"(\w+\.py:\d+): ContractWarning", done.stdout)
    shown = _section(run("-v", "--vendor-traffic=record", tests=HANDED).stdout)
    parts = ("asyncio.run(main())", "def test_pool", "mock.Mock(", "async def test_task")
    assert warned == [f"test_it.py:{_line(HANDED, part)}" for part in parts]
    places = [line for line in shown if line.startswith("  in ")]
    assert [place.split(", ")[1] for place in places] == warned


def test_mode_record(run: Run) -> None:
    """Mode record fails no test: the summary has the invalid messages, with their tests."""
    again = "\n".join(f"\ndef test_{name}():\n    test_bad()\n" for name in "abcdef")
    done = run("--vendor-traffic=record", tests=TESTS + again)
    assert done.returncode == 0
    lines = _section(done.stdout)
    at = lines.index("axim-commerce/create-company: 1 violation in POST /companies")
    assert VIOLATION in lines[at + 1]
    assert [line for line in lines if line.startswith("  in ")] == [
        f"  in test_it.py::test_{name}, test_it.py:{_line(TESTS, 'json=BAD')}"
        for name in ("bad", "a", "b")
    ]
    assert "  and in 4 more (-v lists all)" in lines
    assert "8 exchanges checked, 7 of 16 messages invalid" in done.stdout
    whole = _section(run("-v", "--vendor-traffic=record", tests=TESTS + again).stdout)
    assert len([line for line in whole if line.startswith("  in ")]) == 7


@pytest.mark.parametrize("mode", ["raise", "warn", "record"])
def test_no_output_is_a_command(run: Run, tmp_path: Path, mode: str) -> None:
    """Nothing in a message, or in a document's name, is a command to the runner of a CI job."""
    (tmp_path / "::a::.json").write_text(json.dumps(SHOP), "utf-8")
    (tmp_path / "names.json").write_text(json.dumps(COMMANDS), "utf-8")
    tests = f"""{HEAD}
import json, pathlib

@pytest.mark.parametrize("name", json.loads(pathlib.Path("names.json").read_text("utf-8")), ids=len)
def test_it(name):
    client().post(URL, json={{**GOOD, name: 1}})
"""
    options = (f"--vendor-traffic={mode}", "--vendor-traffic-api=::a::.json", "-v", "--tb=short")
    done = run(*options, tests=tests)
    assert done.stdout.count("is not a documented property") >= len(COMMANDS)
    assert r"\x3a:a::.json: no exchange belongs to it" in done.stdout
    assert commands(done.stdout + done.stderr) == []


def _line(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if part in line)


def test_mode_off(run: Run, tmp_path: Path) -> None:
    """The option overrides the ini-option; with mode off no client is imported."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nvendor_traffic = raise\n", "utf-8")
    assert run().returncode == 1
    assert run("--vendor-traffic=record").returncode == 0
    tests = "import sys\ndef test_it():\n    assert not {'httpx', 'requests'} & set(sys.modules)\n"
    for args in (["--vendor-traffic=off"], ["-c", os.devnull, "--rootdir=."]):
        done = run(*args, tests=tests, workers=1)
        assert "1 passed" in done.stdout
        assert "vendor traffic" not in done.stdout


def test_apis_of_options_and_ini_options(run: Run, tmp_path: Path) -> None:
    """Options and ini-options add APIs; paths are relative to where they are given."""
    (tmp_path / "pyproject.toml").unlink()
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nvendor_traffic = record\nvendor_traffic_apis =\n    127.0.0.1=shop.json\n",
        "utf-8",
    )
    tests = f"{TESTS}\ndef test_shop():\n    client().get('http://127.0.0.1:80/items')\n"
    done = run("--vendor-traffic-api=axim-commerce", tests=tests)
    assert "3 exchanges checked" in done.stdout
    assert "2 exchanges checked" in run("--vendor-traffic-api=*.example.com=axim-commerce").stdout
    api = "--vendor-traffic-api=127.0.0.1=axim-commerce"  # the option comes first
    assert "axim-commerce: 0 of 9 operations" in run(api, tests=tests).stdout
    done = run(tests=tests)
    assert "1 exchange checked" in done.stdout
    assert "2 more at 1 host that no contract covers" in done.stdout


@pytest.mark.parametrize("order", [1, -1])
def test_several_apis_may_be_at_a_host(run: Run, order: int) -> None:
    """Two APIs may be at one host, each with the exchanges of its paths."""
    apis = ["API.example.com=fortellis", "api.example.com=axim-commerce"][::order]
    done = run("--vendor-traffic=record", *(f"--vendor-traffic-api={each}" for each in apis))
    assert "axim-commerce: 1 of 9 operations exercised" in done.stdout
    assert "fortellis: no exchange belongs to it" in done.stdout


def test_references_are_relative_to_the_document(run: Run, tmp_path: Path) -> None:
    """Tests that change the working directory do not break the references of a document."""
    shop = json.loads(json.dumps(SHOP))
    content = shop["paths"]["/items"]["get"]["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"$ref": "items.json"}
    (tmp_path / "shop.json").write_text(json.dumps(shop), "utf-8")
    (tmp_path / "items.json").write_text('{"type": "array"}', "utf-8")
    tests = f"""{HEAD}
def test_it(monkeypatch):
    monkeypatch.chdir("/")
    client().get("http://127.0.0.1/items")
"""
    done = run("--vendor-traffic=record", "--vendor-traffic-json=t.json", tests=tests)
    assert "1 exchange checked, 1 of 2 messages invalid" in done.stdout
    assert (tmp_path / "t.json").is_file()


def test_a_single_api_does_not_get_all_traffic(run: Run) -> None:
    """A single API without a host gets only the traffic with its paths."""
    tests = f"{TESTS}\ndef test_other():\n    client().get('http://testserver/health')\n"
    done = run("-c", os.devnull, "--rootdir=/", "--vendor-traffic=record", tests=tests)
    assert "no APIs: map hosts" in done.stderr
    done = run(
        *("-c", os.devnull, "--rootdir=/", "--vendor-traffic=record"),
        "--vendor-traffic-api=axim-commerce",
        tests=tests,
    )
    assert "no contract covers: testserver (1)" in done.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vendor-traffic=often"], "invalid mode 'often' (choose from raise, warn, record, off)"),
        (["--vendor-traffic", "test_it.py"], "invalid mode 'test_it.py'"),
        (["--vendor-traffic-api=axim-commerce"], "require --vendor-traffic=raise|"),
        (["--vendor-traffic-json=x.json"], "require --vendor-traffic=raise|"),
        (
            ["--vendor-traffic=raise", "--vendor-traffic-api=axim"],
            "there is no vendor named 'axim'",
        ),
        (["--vendor-traffic=raise", "--vendor-traffic-api=no.json"], "no.json: "),
        (["--vendor-traffic=raise", "--vendor-traffic-api=h=pyproject.toml"], "no vendor named"),
        (["--vendor-traffic=raise", "--vendor-traffic-api=old.json"], "old.json"),
        (["--vendor-traffic=raise", "--vendor-traffic-json=a/b.json"], "its folder does not exist"),
    ],
)
def test_invalid_options(run: Run, tmp_path: Path, options: list[str], message: str) -> None:
    """An invalid option is a usage error before any test runs."""
    (tmp_path / "old.json").write_text('{"swagger": "2.0", "paths": {}}', "utf-8")
    done = run(*options)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --vendor-traffic" in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


# -- which exchanges are checked -----------------------------------------------------------------

SEVERAL = f"""{HEAD}
import responses
from requests.auth import HTTPDigestAuth

SHOP = "http://127.0.0.1"

def moved(request):
    if request.url.path == "/old":
        return httpx.Response(302, headers={{"Location": "/items"}})
    return httpx.Response(200, json=[])

def test_redirect():
    client(moved, follow_redirects=True).get(f"{{SHOP}}/old")

def test_async_redirect():
    async def get():
        async with async_client(moved, follow_redirects=True) as client:
            await client.get(f"{{SHOP}}/old")
    asyncio.run(get())

@responses.activate
def test_redirect_of_requests():
    responses.get(f"{{SHOP}}/old", status=302, headers={{"Location": "/items"}})
    responses.get(f"{{SHOP}}/items", json=[])
    response = requests.get(f"{{SHOP}}/old")
    assert len(response.history) == 1
    assert response.request.hooks == response.history[0].request.hooks == {{"response": []}}

def test_within():
    with client(moved) as inner:
        class Through(httpx.BaseTransport):
            def handle_request(self, request):
                return inner.send(request)
        with httpx.Client(transport=Through()) as outer:
            outer.get(f"{{SHOP}}/items")

def test_guarded():
    from fieldbound.clients import event_hooks
    hooks = event_hooks("shop.json")
    client(moved, event_hooks=hooks).get(f"{{SHOP}}/items")
    assert [len(each) for each in hooks.values()] == [1, 1]
"""


def test_each_exchange_is_checked_once(run: Run) -> None:
    """Each exchange of a redirect is checked; a nested or guarded exchange is checked once."""
    done = run("--vendor-traffic=raise", tests=SEVERAL)
    assert "5 passed" in done.stdout
    assert "8 exchanges checked, none of 16 messages invalid" in done.stdout


def test_each_attempt_to_authenticate_is_checked(run: Run) -> None:
    """An authentication challenge and the second request are two exchanges."""
    body = """
import responses
from requests.auth import HTTPDigestAuth

CHALLENGE = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'}
ITEMS = "http://127.0.0.1/items"

def challenge(request):
    if "Authorization" in request.headers:
        return httpx.Response(200, json=[])
    return httpx.Response(401, headers=CHALLENGE)

def test_httpx():
    client(challenge, auth=httpx.DigestAuth("a", "b")).get(ITEMS)

@responses.activate
def test_requests():
    responses.get(ITEMS, status=401, headers=CHALLENGE)
    responses.get(ITEMS, json=[])
    requests.get(ITEMS, auth=HTTPDigestAuth("a", "b"))
"""
    done = run("--vendor-traffic=record", *STRICT, tests=HEAD + body)
    assert "2 passed" in done.stdout
    assert "4 exchanges checked, 2 of 8 messages invalid" in done.stdout
    assert "enum: /status is 401" in done.stdout


def test_undocumented_responses_are_reported(run: Run) -> None:
    """A response that the vendor does not document fails no test, and is counted."""
    body = """
def test_throttled():
    client(lambda _: httpx.Response(429)).get("http://127.0.0.1/items")
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "1 passed" in done.stdout
    assert "/status of shop.json#list-items/response (status 429 is not documented)" in done.stdout
    assert "none of 2 messages invalid, 1 not fully documented" in done.stdout
    assert "1 failed" in run("--vendor-traffic=raise", *STRICT, tests=HEAD + body).stdout
    wrong = run("--vendor-traffic=raise", "--vendor-traffic-undocumented=no", tests=HEAD + body)
    assert "invalid mode 'no' (choose from report, fail)" in wrong.stderr + wrong.stdout


@pytest.mark.skipif(find_spec("httpx2") is None, reason="httpx2 needs Python 3.11")
def test_httpx2_is_checked(run: Run) -> None:
    """The traffic of httpx2, sync and async, is checked as that of httpx is."""
    body = """
import httpx2

def send(request):
    return httpx2.Response(200, json={})

def test_sync():
    httpx2.Client(transport=httpx2.MockTransport(send)).get("http://127.0.0.1/items")

def test_async():
    async def get():
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(send)) as client:
            await client.get("http://127.0.0.1/items")
    asyncio.run(get())
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "2 failed" in done.stdout
    assert len(re.findall("^E +1:1: type: /body is an object", done.stdout, re.MULTILINE)) == 2


def test_streams_are_not_read(run: Run) -> None:
    """Streamed bodies are not read, and reported as not checked."""
    body = """
import responses

ITEMS = "http://127.0.0.1/items"

def streamed(request):
    return httpx.Response(200, stream=Body(), headers={"Content-Type": "application/json"})

class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self):
        yield b"{}"
    async def __aiter__(self):
        yield b"{}"

def test_httpx():
    with client(streamed).stream("GET", ITEMS) as response:
        assert not response.is_stream_consumed
        assert response.read() == b"{}"

def test_async():
    async def get():
        async with async_client(streamed) as client, client.stream("GET", ITEMS) as response:
            assert not response.is_stream_consumed
            assert await response.aread() == b"{}"
    asyncio.run(get())

@responses.activate
def test_requests():
    responses.get(ITEMS, body=b"{}", content_type="application/json")
    with requests.get(ITEMS, stream=True) as response:
        assert response.raw.read() == b"{}"

def test_sent():
    def pieces():
        yield b"{}"
    client(lambda request: request.read() and respond(request)).post(URL, content=pieces(),
        headers={"Content-Type": "application/json"})
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "4 passed" in done.stdout
    stream = "it is a stream, which is not read"
    lines = _section(done.stdout)
    assert f"not checked: /body of shop.json#list-items/response.200 ({stream}), 3 times" in lines
    assert f"not checked: /body of axim-commerce/create-company ({stream})" in lines


def test_a_rejected_response_is_closed(run: Run) -> None:
    """The stream of an invalid response is closed."""
    body = """
closed = []

class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self):
        yield b""
    async def __aiter__(self):
        yield b""
    def close(self):
        closed.append("close")
    async def aclose(self):
        closed.append("aclose")

def undocumented(request):
    return httpx.Response(299, stream=Body())

def test_sync():
    with client(undocumented).stream("GET", "http://127.0.0.1/items"):
        pass

def test_async():
    async def get():
        async with async_client(undocumented) as client:
            async with client.stream("GET", "http://127.0.0.1/items"):
                pass
    asyncio.run(get())

def test_then():
    assert closed == ["close", "aclose"]
"""
    done = run("--vendor-traffic=raise", *STRICT, tests=HEAD + body)
    assert "2 failed, 1 passed" in done.stdout


def test_an_invalid_schema_is_reported(run: Run) -> None:
    """An invalid schema of the document costs its own limit: it is reported as not checked."""
    tests = f"{HEAD}\ndef test_it():\n    client().get('http://127.0.0.1/broken?a=1')\n"
    done = run("--vendor-traffic=raise", tests=tests)
    assert "1 passed" in done.stdout
    assert "not checked: /query/a of shop.json#broken (shop.json" in done.stdout
    assert 'unknown type "integer,"' in done.stdout


def test_an_unreadable_message_is_reported(run: Run) -> None:
    """An object that is no message passes, and is reported as not checked."""
    body = """
from unittest.mock import Mock

def test_it(monkeypatch):
    given = Mock(history=[], has_redirect_location=False)
    monkeypatch.setattr(httpx.Client, "_send_single_request", lambda *_: given)
    client().post(URL, json=GOOD)
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "1 passed" in done.stdout
    assert "not checked: a message (it cannot be read: TypeError)" in done.stdout


def test_a_replaced_private_method(run: Run) -> None:
    """If a library replaces a private method, both messages are checked after the call."""
    body = """
def fake(client, request):
    return httpx.Response(200, json=KNOWN, request=request)

async def async_fake(client, request):
    return fake(client, request)

@pytest.fixture(autouse=True)
def replaced(monkeypatch):
    monkeypatch.setattr(httpx.Client, "_send_single_request", fake)
    monkeypatch.setattr(httpx.AsyncClient, "_send_single_request", async_fake)

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_sync(body):
    client().post(URL, json=body)

@pytest.mark.parametrize("body", [GOOD, BAD])
def test_async(body):
    asyncio.run(posted(body, async_client))
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "2 failed, 2 passed" in done.stdout
    assert "4 exchanges checked, 2 of 8 messages invalid" in done.stdout


REPLACED = f"""{HEAD}
import functools

def fake(self, request, **_):
    return httpx.Response(200, json=KNOWN, request=request)

def fake_of_requests(self, request, **_):
    response = requests.Response()
    response.status_code = 200
    return response

def test_httpx(monkeypatch):
    monkeypatch.setattr(httpx.Client, "send", fake)
    httpx.post(URL, json=BAD)

def test_requests(monkeypatch):
    monkeypatch.setattr(requests.Session, "send", fake_of_requests)
    requests.post(URL, json=BAD)
"""
WRAPPED = f"""{HEAD}
import functools

def test_wrapped(monkeypatch):
    monkeypatch.setattr(httpx.Client, "send", functools.wraps(httpx.Client.send)(lambda *a, **k: 0))

def test_called(monkeypatch):
    send = httpx.Client.send
    monkeypatch.setattr(httpx.Client, "send", lambda *args, **given: send(*args, **given))
    client().post(URL, json=GOOD)

@pytest.mark.vendor_traffic("off")
def test_off(monkeypatch):
    monkeypatch.setattr(httpx.Client, "send", None)
"""


def test_a_replaced_send_is_reported(run: Run) -> None:
    """Calls of a replaced `send` cannot be checked, and the summary says so."""
    done = run("--vendor-traffic=raise", tests=REPLACED)
    assert "2 passed" in done.stdout
    assert [line for line in _section(done.stdout) if line.startswith("not checked")] == [
        "not checked: calls of httpx.Client.send (replaced by a test)",
        "not checked: calls of requests.Session.send (replaced by a test)",
    ]
    done = run("--vendor-traffic=raise", tests=WRAPPED)
    assert "3 passed" in done.stdout
    assert "replaced by" not in done.stdout


def test_a_saved_send_is_wrapped(run: Run, tmp_path: Path) -> None:
    """A `send` that a library saved at import is wrapped, too."""
    folder = tmp_path / "requests_mock"
    folder.mkdir()
    (folder / "__init__.py").write_text("from . import mocker\n", "utf-8")
    kept = "import requests\n_original_send = requests.Session.send\n"
    (folder / "mocker.py").write_text(kept, "utf-8")
    (tmp_path / "conftest.py").write_text("import requests_mock\n", "utf-8")
    body = """
import responses
from requests_mock import mocker

@responses.activate
def test_it(monkeypatch):
    monkeypatch.setattr(requests.Session, "send", lambda *a, **k: mocker._original_send(*a, **k))
    responses.post(URL, json=KNOWN)
    requests.post(URL, json=GOOD, headers=HEADERS)
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "1 exchange checked, none of 2 messages invalid" in done.stdout


def test_tests_of_unittest_are_checked(run: Run) -> None:
    """Tests of a TestCase fail as any test does."""
    body = """
import unittest

class TestIt(unittest.TestCase):
    def test_raised(self):
        client().post(URL, json=BAD)

    def test_caught(self):
        try:
            client().post(URL, json=BAD)
        except Exception:
            pass
"""
    done = run("--vendor-traffic=raise", tests=HEAD + body)
    assert "2 failed" in done.stdout
    assert done.stdout.count(VIOLATION) == 2


# -- the summary ---------------------------------------------------------------------------------


def test_the_summary(run: Run) -> None:
    """The summary names operations and APIs without exchanges, and hosts without an API."""
    tests = f"""{HEAD}
def test_it():
    client().post(URL, json=GOOD)
    for host in ("a.example", "user:secret@b.example:81", "a.example"):
        httpx.Client(transport=httpx.MockTransport(respond)).get(f"http://{{host}}/x?token=secret")
"""
    done = run("--vendor-traffic=record", "--vendor-traffic-api=oracle-cx-sales", tests=tests)
    lines = _section(done.stdout)
    assert "oracle-cx-sales: no exchange belongs to it" in lines
    exercised = next(line for line in lines if line.startswith("axim-commerce: 1 of 9 operations"))
    assert "exercised, never create-company-group, update-company-group," in exercised
    assert "no contract covers: a.example (2), b.example:81 (1)" in lines
    assert lines[-1].startswith("vendor traffic: 1 exchange checked, none of 2 messages invalid; 3")
    assert "secret@" not in done.stdout


def test_long_lists_are_shortened(run: Run) -> None:
    """Ten operations without exchanges are named, with -v all."""
    body = """
def test_it():
    client().get("https://c.example/crmRestApi/resources/11.13.18.05/setupSalesCatalogs")
"""
    options = ["--vendor-traffic=record", "--vendor-traffic-api=c.example=oracle-cx-sales"]
    hidden = len(fieldbound.api("oracle-cx-sales").operations) - 1 - 10
    for verbose, more in ((), True), (("-v",), False):
        done = run(*verbose, *options, tests=HEAD + body)
        line = next(each for each in _section(done.stdout) if each.startswith("oracle-cx-sales:"))
        assert (f"and {hidden} more (-v lists all)" in line) is more, line


def test_quiet(run: Run) -> None:
    """With -q only the totals are printed."""
    done = run("-q", "--vendor-traffic=record")
    assert "vendor traffic: 2 exchanges checked, 1 of 4 messages invalid\n" in done.stdout
    assert "never" not in done.stdout
    assert VIOLATION not in done.stdout


def test_no_traffic_is_reported(run: Run) -> None:
    """A run without any exchange, or without one of a known API, says so."""
    done = run("--vendor-traffic=raise", tests="def test_it():\n    pass\n")
    assert (
        "vendor traffic: nothing checked: no exchange by httpx, httpx2 or requests" in done.stdout
    )
    tests = f"{HEAD}\ndef test_it():\n    client().get('http://a.example')\n"
    done = run("--vendor-traffic=raise", tests=tests)
    message = "vendor traffic: nothing checked: 1 exchange at 1 host that no contract covers"
    assert message in done.stdout


def test_the_json_report(run: Run, tmp_path: Path) -> None:
    """The JSON report has everything in the summary."""
    done = run("--vendor-traffic=record", "--vendor-traffic-json=t.json")
    assert "vendor traffic written to t.json" in done.stdout
    report = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert (report["exchanges"], report["messages"], report["invalid"]) == (2, 4, 1)
    assert report["apis"]["axim-commerce"]["exercised"] == {"axim-commerce/create-company": 2}
    assert len(report["apis"]["axim-commerce"]["never"]) == 8
    (found,) = report["found"]
    assert (found["test"], found["mode"]) == ("test_it.py::test_bad", "record")
    (violation,) = found["violations"]
    assert (violation["code"], violation["pointer"]) == ("type", "/body/name")
    assert violation["limit"] == "axim-commerce/create-company#/name:type"


@pytest.mark.skipif(not find_spec("xdist"), reason="xdist is not installed")
def test_xdist(run: Run, tmp_path: Path) -> None:
    """With xdist workers the summary and the JSON report are the same."""
    alone = run("--vendor-traffic=record", "--vendor-traffic-json=alone.json")
    spread = run("--vendor-traffic=record", "--vendor-traffic-json=spread.json", workers=2)
    sections = [_section(done.stdout)[:-1] for done in (alone, spread)]
    assert sections[0] == sections[1]
    assert spread.stdout.count("vendor traffic:") == 1
    files = [(tmp_path / f"{name}.json").read_text("utf-8") for name in ("alone", "spread")]
    assert files[0] == files[1]


@pytest.mark.skipif(not find_spec("xdist"), reason="xdist is not installed")
def test_a_crashed_worker_is_reported(run: Run) -> None:
    """The missing results of a crashed worker are reported."""
    tests = f"{TESTS}\ndef test_crash():\n    import os\n    os._exit(3)\n"
    assert (
        "no results from worker gw0"
        in run("--vendor-traffic=record", tests=tests, workers=1).stdout
    )


# -- secrets -------------------------------------------------------------------------------------

SECRET = """
import asyncio
import sys
import httpx
import pytest
import requests
import responses
from secret import BODY, COOKIES, HEADERS, URL

def undocumented(request):
    return httpx.Response(299, json=BODY, headers={"Set-Cookie": COOKIES["session"]})

def respond(request):
    return httpx.Response(200, json=BODY)

def fail(request):
    raise httpx.ConnectError("no way")

def sent(handler):
    transport = httpx.MockTransport(handler)
    with httpx.Client(transport=transport, cookies=COOKIES, headers=HEADERS) as client:
        client.post(URL, json=BODY)

async def async_sent():
    transport = httpx.MockTransport(respond)
    async with httpx.AsyncClient(transport=transport, headers=HEADERS) as client:
        await client.post(URL, json=BODY)

def test_httpx():
    sent(respond)

def test_undocumented():
    sent(undocumented)

def test_failing():
    sent(fail)

def test_async():
    asyncio.run(async_sent())

def test_caught():
    try:
        sent(respond)
    except Exception:
        pass

def test_instead():
    try:
        sent(respond)
    except Exception as error:
        raise RuntimeError("rejected") from error

@responses.activate
def test_requests():
    responses.post(URL, status=299, json=BODY)
    requests.post(URL, json=BODY, cookies=COOKIES, headers=HEADERS)
"""
CANARY = "cAnArY"
GIVEN = f"""
BODY = {{"pin": "{CANARY}" * 9, "name": 1}}
COOKIES = {{"session": "{CANARY}"}}
HEADERS = {{"Authorization": "Bearer {CANARY}", "accessToken": "{CANARY}", "X-Api-Key": "{CANARY}"}}
URL = "https://user:{CANARY}@pay.example/pay?token={CANARY}&api_key={CANARY}"
"""
PAY = {
    "openapi": "3.1.0",
    "info": {"title": "Pay", "version": "1"},
    "paths": {
        "/pay": {
            "post": {
                "operationId": "pay",
                "parameters": [
                    {
                        "name": name,
                        "in": place,
                        "schema": {"type": "string", "maxLength": 2},
                    }
                    for name, place in (
                        ("Authorization", "header"),
                        ("accessToken", "header"),
                        ("X-Api-Key", "header"),
                        ("session", "cookie"),
                        ("token", "query"),
                    )
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "properties": {
                                    "pin": {"type": "string", "maxLength": 4, "x-sensitive": True},
                                    "name": {"type": "string"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "Paid"}},
            }
        }
    },
}


@pytest.mark.parametrize(
    ("mode", "tb"),
    [
        ("raise", "long"),
        ("raise", "short"),
        ("raise", "native"),
        ("warn", "long"),
        ("record", "long"),
    ],
)
def test_no_secret_is_shown(run: Run, tmp_path: Path, mode: str, tb: str) -> None:
    """Secrets of messages are in no output of any mode."""
    (tmp_path / "secret.py").write_text(GIVEN, "utf-8")
    (tmp_path / "pay.json").write_text(json.dumps(PAY), "utf-8")
    done = run(
        *(f"--vendor-traffic={mode}", "--vendor-traffic-api=pay.example=pay.json", "-vv", "-rA"),
        *("--vendor-traffic-json=t.json", "--junitxml=t.xml", f"--tb={tb}"),
        *(["--showlocals"] if mode == "raise" and tb == "short" else []),
        tests=SECRET.replace("def test_failing():\n    sent(fail)\n", ""),
    )
    report = (tmp_path / "t.json").read_text("utf-8")
    assert '"/body/pin"' in report
    assert "maxLength: /headers/accessToken" in done.stdout
    for each in (done.stdout, done.stderr, report, (tmp_path / "t.xml").read_text("utf-8")):
        assert CANARY not in each


def test_no_secret_is_shown_in_frames(run: Run, tmp_path: Path) -> None:
    """With --showlocals there are no locals of frames of fieldbound."""
    (tmp_path / "secret.py").write_text(GIVEN, "utf-8")
    (tmp_path / "pay.json").write_text(json.dumps(PAY), "utf-8")
    options = ("--vendor-traffic=record", "--vendor-traffic-api=pay.example=pay.json")
    done = run(*options, "--showlocals", "-vv", "-k", "failing", tests=SECRET)
    assert "ConnectError: no way" in done.stdout
    assert "interception" not in done.stdout


# -- which violations fail -------------------------------------------------------------------------


def test_what_is_ignored_passes(run: Run, tmp_path: Path) -> None:
    """Limits that the configuration ignores are not enforced, and the summary counts them."""
    settings = f"[tool.fieldbound]\nignore = ['*#/name:type']\n{CONFIG}"
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    done = run("--vendor-traffic=raise")
    assert done.returncode == 0
    summary = "vendor traffic: 2 exchanges checked, none of 4 messages invalid, "
    assert f"{summary}1 violation ignored\n" in done.stdout


@pytest.mark.parametrize(
    ("args", "settings", "code"),
    [
        ((), "", 1),
        (("--vendor-traffic-fail-on=stated",), "", 0),
        ((), "fail-on = 'stated'", 0),
        (("--vendor-traffic-fail-on=inferred",), "fail-on = 'stated'", 1),
        (("-o", "vendor_traffic_fail_on=stated"), "", 0),
        ((), "severity = {'*:*Properties' = 'warning'}", 0),
    ],
)
def test_weaker_evidence_is_in_the_summary(
    args: tuple[str, ...], settings: str, code: int, run: Run, tmp_path: Path
) -> None:
    """A message fails by the option, the ini-option or the configuration; others are listed."""
    text = f"[tool.fieldbound]\n{settings}\n{CONFIG}"
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    done = run("--vendor-traffic=raise", *args, tests=TESTS.replace("=BAD", "={**GOOD, 'x': 1}"))
    assert done.returncode == code
    assert "/body/x is not a documented property" in done.stdout
    assert "1 of 4 messages invalid" in done.stdout or code


def test_a_wrong_evidence_is_a_usage_error(run: Run) -> None:
    """--vendor-traffic-fail-on must be a kind of evidence."""
    done = run("--vendor-traffic=raise", "--vendor-traffic-fail-on=state")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--vendor-traffic-fail-on: fail_on must be one of stated, " in done.stderr
