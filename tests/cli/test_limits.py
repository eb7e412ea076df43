"""`fieldbound limits` and `fieldbound contracts`: filters, fields, documents, and the pager."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

import fieldbound
from support.forked import forked_command
from support.running import Command

OPENAPI = """\
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /orders/{id}:
    put:
      operationId: putOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string, maxLength: 9}}]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [sku]
              properties:
                sku: {type: string, title: Article, maxLength: 5, default: A1}
                note: {type: [string, 'null'], minLength: 1}
      responses: {'200': {$ref: '#/components/responses/Nowhere'}}
"""
CONTRACT = "oracle-cx-sales/create-product-group"
posix = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


@pytest.fixture(autouse=True)
def _folder(folder: Path) -> None:
    (folder / "a.yaml").write_text(OPENAPI)
    (folder / "own.json").write_text('{"type": "object"}')


def ids(cli: Command, *options: str) -> list[str]:
    """Return the ids of the limits that are listed."""
    return [each["id"] for each in json.loads(cli("limits", "--format", "json", *options).out)]


def test_contracts_of_a_document(cli: Command) -> None:
    """An OpenAPI document lists its contracts with their operations."""
    lines = cli("contracts", "a.yaml").out.splitlines()
    assert lines[0].split() == ["CONTRACT", "OPERATION"]
    assert [line.split() for line in lines[1:]] == [
        ["a.yaml#put-order", "PUT", "/orders/{id}"],
        ["a.yaml#put-order/request.path", "PUT", "/orders/{id}"],
        ["a.yaml#put-order/response.200", "PUT", "/orders/{id}"],
    ]
    assert cli("contracts", "own.json", "--format", "names").out == "own.json\n"


def test_contracts_as_objects(cli: Command) -> None:
    """As JSON, each contract has its operation, part, method and path, or null."""
    found = json.loads(cli("contracts", "a.yaml", "own.json", "--format", "json").out)
    assert found[1] == {
        "name": "a.yaml#put-order/request.path",
        "operation": "put-order",
        "part": "request.path",
        "method": "PUT",
        "path": "/orders/{id}",
    }
    assert found[-1] == dict.fromkeys(("operation", "part", "method", "path")) | {
        "name": "own.json"
    }


def test_a_vendor_lists_its_operations(cli: Command) -> None:
    """Every contract of a vendor has its operation, if its path is documented."""
    lines = cli("contracts", "fortellis").out.splitlines()
    names = [each for each in fieldbound.contracts() if each.startswith("fortellis/")]
    assert [line.split()[0] for line in lines[1:]] == names
    assert {len(line.split()) for line in lines[1:]} <= {1, 3}
    assert any(line.endswith(" GET /") for line in lines[1:])


def test_limits_of_a_document(cli: Command) -> None:
    """Those of each contract; what cannot be read is an error, and the others are listed."""
    ran = cli("limits", "a.yaml", "--keyword", "maxLength")
    assert ran.out == (
        "a.yaml#put-order\n"
        "FIELD  LIMIT        SOURCE\n"
        "/sku   maxLength 5  no source\n"
        "\n"
        "a.yaml#put-order/request.path\n"
        "FIELD  LIMIT        SOURCE\n"
        "/id    maxLength 9  no source\n"
    )
    assert ran.code == 2
    assert "responses/Nowhere" in ran.err


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        (("--keyword", "maxLength"), lambda each: each.keyword == "maxLength"),
        (
            ("--keyword", "maxLength", "--keyword", "enum"),
            lambda each: each.keyword in ("maxLength", "enum"),
        ),
        (("--says", "inferred"), lambda each: each.says == "inferred"),
        (("--field", "/ActiveFlag"), lambda each: each.pointer == "/ActiveFlag"),
        (("--field", "*Flag"), lambda each: each.pointer.endswith("Flag")),
        (
            ("--field", "*Flag", "--says", "stated", "--keyword", "enum"),
            lambda each: (
                each.pointer.endswith("Flag") and each.says == "stated" and each.keyword == "enum"
            ),
        ),
    ],
)
def test_filters(options: tuple[str, ...], chosen: object, cli: Command) -> None:
    """Each filter takes one of several values, and all filters have to match."""
    assert callable(chosen)
    expected = [each.id for each in fieldbound.contract(CONTRACT).limits if chosen(each)]
    assert expected
    assert ids(cli, CONTRACT, *options) == expected


def test_what_several_places_share_is_listed_once(cli: Command) -> None:
    """Of a vendor, what no document states and several places share is one; --each has them all.

    Each stated limit is listed on its own, and so is every limit of a contract named in full.
    """
    names = [each for each in fieldbound.contracts() if each.startswith("fortellis/")]
    every = [each for name in names for each in fieldbound.contract(name).limits]
    found = json.loads(cli("limits", "fortellis", "--format", "json").out)
    places = [place for each in found for place in each.get("places", [each["id"]])]
    assert sorted(places) == sorted(each.id for each in every)
    assert len(found) < len(every) / 2
    assert all(len(each["places"]) > 1 for each in found if "places" in each)
    assert not [each for each in found if "places" in each and each["says"] == "stated"]
    assert ids(cli, "fortellis", "--each") == [each.id for each in every]
    assert ids(cli, *names) == [each.id for each in every]


def test_the_table_of_what_several_places_share(cli: Command) -> None:
    """It is the last, and has each limit with where it is written and how many places it has."""
    *blocks, last = cli("limits", "fortellis").out.split("\n\n")
    assert any(block.splitlines()[-1].endswith(" of those at the end") for block in blocks)
    first, head, *rows = last.splitlines()
    assert first == f"{len(rows)} limits that no document states, at several places each"
    assert head.split() == ["WRITTEN", "AT", "LIMIT", "PLACES", "SOURCE"]
    (error,) = (row for row in rows if row.startswith("fortellis/error.json#/$defs/error "))
    assert 'type "object"' in error
    assert "no document states" not in cli("limits", "fortellis", "--each").out


def test_a_filter_that_nothing_matches(cli: Command) -> None:
    """It is said; a keyword that there is not is an error, with what was meant."""
    assert cli("limits", "fortellis", "--field", "zzz") == (
        0,
        "",
        "fieldbound: no limit matches\n",
    )
    ran = cli("limits", "fortellis", "--keyword", "maxlen")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean maxLength?" in ran.err


def test_fields(cli: Command) -> None:
    """With --fields each field has title, type, use, default, evidence and limits."""
    assert cli("limits", "a.yaml#put-order", "--fields").out == (
        "a.yaml#put-order\n"
        "FIELD   TITLE    TYPE         USE       DEFAULT  LIMITS\n"
        "(root)           object\n"
        '/sku    Article  string       required  "A1"     maxLength 5\n'
        "/note            string null                     minLength 1\n"
    )
    assert "/sku" not in cli("limits", "a.yaml#put-order", "--fields", "--field", "note").out


def test_fields_as_objects(cli: Command) -> None:
    """As JSON a field has its contract, the ids of its limits, and a default only if any."""
    found = json.loads(cli("limits", "a.yaml#put-order", "--fields", "--format", "json").out)
    by_name = {each["name"]: each for each in found}
    assert by_name["sku"] == {
        "contract": "a.yaml#put-order",
        "pointer": "/sku",
        "name": "sku",
        "title": "Article",
        "types": ["string"],
        "required": True,
        "readOnly": False,
        "writeOnly": False,
        "default": "A1",
        "says": None,
        "limits": [f"a.yaml#put-order#/sku:{each}" for each in ("required", "type", "maxLength")],
    }
    assert "default" not in by_name["note"]
    assert by_name[""]["title"] is None


def test_titles_as_objects(cli: Command) -> None:
    """As JSON a limit has the title of its value; that of a contract is its name, and no title."""
    found = json.loads(cli("limits", "a.yaml#put-order", "--format", "json").out)
    assert {each["pointer"]: each["title"] for each in found} == {
        "": None,
        "/sku": "Article",
        "/note": None,
    }


# -- the pager -------------------------------------------------------------------------------------


def on_terminal(*argv: str, **env: str) -> str:
    """Run the command on a terminal of 80 columns and 10 lines, and return what it shows."""
    import fcntl
    import pty
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 80, 0, 0))
    with ThreadPoolExecutor(1) as reader:
        shown = reader.submit(read_terminal, parent)
        ran = forked_command(*argv, stdout=child, env={"TERM": "xterm", **env})
        os.close(child)
    os.close(parent)
    assert (ran.code, ran.err) == (0, "")
    return shown.result()


def read_terminal(descriptor: int) -> str:
    """Return what is shown until the other end of a terminal is closed."""
    shown = b""
    with suppress(OSError):  # as reading ends
        while block := os.read(descriptor, 65536):
            shown += block
    return shown.decode().replace("\r\n", "\n")


#: A pager that shows the first two lines, and says that it is there.
PAGER = f"{sys.executable} -c \"import sys; print('paged'); print(*sys.stdin.readlines()[:2])\""


@posix
def test_long_listings_are_paged() -> None:
    """What is longer than the screen goes to PAGER; what fits, and what is piped, does not."""
    long = on_terminal("contracts", "fortellis", PAGER=PAGER)
    assert long.startswith("paged\nCONTRACT")
    assert len(long.splitlines()) <= 4
    assert not on_terminal("contracts", "own.json", PAGER=PAGER).startswith("paged")
    piped = forked_command("contracts", "fortellis", env={"PAGER": PAGER})
    assert len(piped.out.splitlines()) > 10


@posix
@pytest.mark.parametrize(
    ("options", "env"),
    [
        (("--no-pager",), {"PAGER": PAGER}),
        ((), {"PAGER": ""}),
        ((), {"PAGER": "cat"}),
        ((), {"PAGER": PAGER, "TERM": "dumb"}),
        ((), {"PAGER": "no-such-pager-is-installed"}),
    ],
)
def test_without_a_pager(options: tuple[str, ...], env: dict[str, str]) -> None:
    """All is printed at once if asked for, or if there is no pager."""
    shown = on_terminal("contracts", "fortellis", *options, **env)
    assert shown.startswith("CONTRACT")
    assert len(shown.splitlines()) > 10


@posix
def test_a_pager_that_is_left_early_is_no_error() -> None:
    """Closing the pager before the end is quiet."""
    properties = {f"a property with a long name {at}": {"maxLength": 5} for at in range(3000)}
    Path("long.json").write_text(json.dumps({"properties": properties}))  # more than a pipe takes
    pager = f'{sys.executable} -c "print(1)"'
    assert on_terminal("limits", "long.json", PAGER=pager) == "1\n"


@posix
def test_listings_fit_the_terminal() -> None:
    """No line is wider than the terminal; cells are cut, and the last column is wrapped."""
    shown = on_terminal("limits", CONTRACT, "--fields", "--no-pager")
    table = shown.partition("\nnot checked")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert "…" in table


def test_the_evidence_in_schemas_of_a_limit_is_not_shown(cli: Command) -> None:
    """The value of a limit is shown without the evidence in it; that of JSON is whole."""
    inner = {"maxLength": 3, "x-source": {"of": "maxLength", "says": "inferred"}}
    schema = {"properties": {"a": {"anyOf": [inner, {"type": "null"}]}}}
    Path("a.schema.json").write_text(json.dumps(schema), "utf-8")
    assert '/a     anyOf [{"maxLength": 3}, {"type": "null"}]' in cli("limits", "a.schema.json").out
    (whole, *_) = json.loads(cli("limits", "--format", "json", "a.schema.json").out)
    assert whole["value"] == schema["properties"]["a"]["anyOf"]
