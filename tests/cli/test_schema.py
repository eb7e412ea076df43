"""`fieldbound schema`: the schema of a contract, and of what users write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog import plain_schema, product_schema
from support.running import Command

NAME = "oracle-cx-sales/create-product-group"


@pytest.mark.parametrize(
    ("options", "draft"),
    [((), "2020-12"), (("--plain",), "2020-12"), (("--draft", "7"), "7")],
)
def test_plain(options: tuple[str, ...], draft: str, cli: Command) -> None:
    """By default it is one plain document, of the draft that is asked for."""
    ran = cli("schema", NAME, *options)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == plain_schema(fieldbound.contract(NAME), draft)


def test_whole(cli: Command) -> None:
    """The whole schema has sources and extensions, and can be used as a contract."""
    whole = json.loads(cli("schema", NAME, "--whole").out)
    assert whole == fieldbound.contract(NAME).schema
    assert "x-sources" in whole


def test_a_schema_can_be_checked_by(cli: Command, folder: Path) -> None:
    """What is printed is a contract with the same limits."""
    (folder / "plain.json").write_text(cli("schema", NAME).out)
    (folder / "payload.json").write_text(json.dumps({"InternalName": "x" * 151}))
    ran = cli("check", "-c", "plain.json", "payload.json")
    assert ran.code == 1
    assert "/InternalName has 151 characters, the limit is 150" in ran.out


@pytest.mark.parametrize("of", ["config", "contract", "sources"])
def test_of_what_users_write(of: str, cli: Command) -> None:
    """The schemas that are shipped are printed as they are."""
    assert json.loads(cli("schema", "--of", of).out) == product_schema(of)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ((), "one of the arguments NAME --of is required"),
        ((NAME, "--of", "config"), "not allowed with argument"),
        ((NAME, "--plain", "--whole"), "not allowed with argument"),
        ((NAME, "--whole", "--draft", "7"), "--draft is for a plain schema"),
        (("--of", "config", "--draft", "7"), "--draft is for a plain schema"),
        (("oracle-cx-sales/create-product-grup",), f"did you mean {NAME}"),
    ],
)
def test_usage_errors(options: tuple[str, ...], error: str, cli: Command) -> None:
    """What cannot be printed is an error, and nothing is printed."""
    ran = cli("schema", *options)
    assert (ran.code, ran.out) == (2, "")
    assert error in ran.err
