"""The contracts that names stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog import matching_entries
from fieldbound.model import BrokenContract, UnknownName

OPENAPI = """\
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /a:
    post:
      operationId: makeOrder
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'200': {content: {application/json: {schema: {type: array}}}}}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(OPENAPI)
    Path("own.json").write_text('{"type": "object"}')


def test_an_openapi_document_stands_for_its_contracts() -> None:
    """Each has its operation, part, method and path."""
    first, second = matching_entries(["a.yaml"])
    assert first == ("a.yaml#make-order", "make-order", "", "POST", "/a")
    assert second == ("a.yaml#make-order/response.200", "make-order", "response.200", "POST", "/a")


@pytest.mark.parametrize(
    ("names", "exact", "found"),
    [
        (["a.yaml#make-order"], False, ["a.yaml#make-order", "a.yaml#make-order/response.200"]),
        (["a.yaml#make-order"], True, ["a.yaml#make-order"]),
        (["own.json", "own.json"], False, ["own.json"]),
        (["fortellis/ping"], True, None),
    ],
)
def test_names(names: list[str], exact: bool, found: list[str] | None) -> None:
    """A name stands for itself and what is below it; with *exact* for itself, if a contract."""
    entries = [each.name for each in matching_entries(names, exact=exact)]
    below = [each for each in fieldbound.contracts() if each.startswith("fortellis/ping/")]
    assert entries == (below if found is None else found)


def test_all_contracts_have_their_operations() -> None:
    """Without names, every contract is listed with its operation."""
    entries = matching_entries()
    assert [each.name for each in entries] == fieldbound.contracts()
    assert all(each.operation for each in entries)


@pytest.mark.parametrize("name", ["a.yaml#zzz", "missing.yaml", "nobody/x", "own.json#x"])
def test_unknown_names(name: str) -> None:
    """A name that stands for nothing is an error."""
    with pytest.raises((UnknownName, BrokenContract)):
        matching_entries([name])
