"""Samples: limits that are observed, none of a secret, and nothing refused that was not seen."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import fieldbound
from fieldbound.importers import BrokenSource, Draft, read
from fieldbound.importers.kinds import kind_of
from fieldbound.importers.sampling import values
from support.imports import check_import, source_of

SECRETS = ["tok_live_4f9a", "ann@acme.example", "Summer2026"]


def records(count: int = 40) -> list[dict[str, Any]]:
    """Return records of orders."""
    return [
        {
            "id": number,
            "price": 1.0 * number,
            "state": ("new", "done")[number % 2],
            "due": f"2026-01-{number % 28 + 1:02}",
            "ref": f"3f2504e0-4f89-41d3-9a0c-0305e82c33{number:02}",
            "token": SECRETS[0],
            "owner": SECRETS[1],
            "password": SECRETS[2],
            "memo": None,
            "lines": [{"sku": f"S{number}"}],
            **({"rare": "x"} if number % 7 == 0 else {}),
        }
        for number in range(count)
    ]


def lines(given_records: list[Any]) -> str:
    """Return records, one a line."""
    return "\n".join(map(json.dumps, given_records))


def schemas_of(draft: Draft) -> dict[str, Any]:
    """Return the schemas of the attributes of orders."""
    found: dict[str, Any] = draft.files["orders.json"]["$defs"]
    return found


@pytest.fixture(name="orders", scope="module")
def _orders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    above = tmp_path_factory.mktemp("orders")
    return check_import(source_of("orders.ndjson", lines(records())), above, ["/state:type"])


def test_what_samples_have_in_common(orders: tuple[Draft, Path]) -> None:
    """Types, formats, few repeated texts and presence are limits."""
    found = schemas_of(orders[0])
    assert found["id"]["type"] == "integer"
    assert found["price"]["type"] == "number"
    assert found["state"]["enum"] == ["done", "new"]
    assert found["due"]["format"] == "date"
    assert found["ref"]["format"] == "uuid"
    assert found["lines"]["items"]["required"] == ["sku"]
    assert found["create"]["required"] == sorted(records()[0].keys() - {"rare"})


def test_the_evidence(orders: tuple[Draft, Path]) -> None:
    """No limit of a body is stated; the longest text is a note, and none is refused for more."""
    contract = fieldbound.contract("acme/create-orders", orders[1].parent)
    assert {each.says for each in contract.limits} == {"observed"}
    notes = {each.pointer: each.note for each in contract.limits if each.keyword == "type"}
    assert notes["/state"] == "The longest seen has 4 characters."
    assert "maxLength" not in {each.keyword for each in contract.limits}


def test_no_limit_of_a_sample_is_stated(orders: tuple[Draft, Path]) -> None:
    """Not even that of the parameters, which are those of the usual operations."""
    assert {*orders[0].imported.limits} == {"observed", "inferred"}


def test_nothing_is_refused_that_was_not_seen(orders: tuple[Draft, Path]) -> None:
    """Another attribute, and one that was always null, may have any value."""
    contract = fieldbound.contract("acme/create-orders", orders[1].parent)
    assert contract.is_valid({**records()[0], "other": 1, "memo": "x", "token": "y" * 999})


def test_secrets_are_not_written(orders: tuple[Draft, Path]) -> None:
    """Texts of persons and keys are in no file."""
    text = json.dumps(orders[0].files)
    assert not [each for each in SECRETS if each in text]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b", "email"]),
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(0, 9),
            min_size=1,
        ),
        min_size=1,
        max_size=30,
    )
)
def test_the_samples_are_valid(given_records: list[dict[str, Any]]) -> None:
    """Whatever the samples are, what is made of them takes each."""
    schema = values.schema_of(values.observed(given_records))
    if schema:
        contract = fieldbound.Contract(schema)
        assert all(map(contract.is_valid, given_records))


@pytest.mark.parametrize(
    ("texts", "is_list"),
    [
        (["new", "done"] * 10, True),
        (["new", "done"] * 9, False),
        (["new"] * 30, False),
        (["new"] * 30 + ["done"] * 2, False),
        ([f"{each}" for each in "abcdefghijklmnop"] * 9, False),
        (["x" * 41, "y"] * 10, False),
        (["k9-77-aa", "k9-78-bb"] * 20, False),
    ],
)
def test_a_list_of_choices(texts: list[str], is_list: bool) -> None:
    """Only few texts that are repeated often, and look like words, are a list."""
    assert ("enum" in values.schema_of(values.observed(texts), "state")) is is_list
    for name in ("apiKey", "email", "user_name", "Password"):
        assert "enum" not in values.schema_of(values.observed(texts), name)


@pytest.mark.parametrize("text", ["2026-02-30", "x", "2026-1-1"])
def test_a_format_that_one_text_has_not(text: str) -> None:
    """A format is a limit only if all texts have it."""
    dates = ["2026-01-01"] * 9
    assert values.schema_of(values.observed(dates))["format"] == "date"
    assert "format" not in values.schema_of(values.observed([*dates, text]))
    assert "format" not in values.schema_of(values.observed(dates[:4]))


def test_a_map_is_no_record() -> None:
    """Names that are ids or addresses are data, and are not written."""
    for name in ("ann@acme.example", "17", "tok_4f9a8b7c6d5e4f3a"):
        schema = values.schema_of(values.observed([{"by": {name: 1}}]))
        assert name not in json.dumps(schema)


def test_all_forms(orders: tuple[Draft, Path]) -> None:
    """An array of records is the same as a record on each line, and one record is a sample."""
    text = json.dumps(records())
    assert kind_of(source_of("orders.json", text)).name == "samples"
    assert read(source_of("orders.json", text), vendor="acme").files == orders[0].files
    one = read(source_of("orders.json", '{"a": 1}'), "samples", vendor="acme")
    assert schemas_of(one)["a"]["type"] == "integer"
    assert "required" not in schemas_of(one)["create"]


def har(*bodies: Any, url: str = "https://acme.example/v1/orders/17?key=tok_live_4f9a") -> str:
    """Return a recording of requests with these bodies, each answered by the same."""
    entries = []
    for index, body in enumerate(bodies):
        text = json.dumps(body)
        content = {"mimeType": "application/json; charset=utf-8", "text": text}
        if index % 2:
            content = {**content, "encoding": "base64", "text": b64encode(text.encode()).decode()}
        posted = {"mimeType": "application/json", "text": text}
        request = {"method": "PUT", "url": url, "postData": posted}
        entries.append({"request": request, "response": {"status": 200, "content": content}})
    return json.dumps({"log": {"entries": entries}})


def test_recorded_traffic(tmp_path: Path) -> None:
    """Each operation of a HAR file has its bodies; ids in paths are parameters."""
    source = source_of("traffic.har", har(*records()))
    assert kind_of(source).name == "samples"
    draft, folder = check_import(source, tmp_path, ["/state:type"])
    assert [*draft.files["openapi.json"]["paths"]] == ["/v1/orders/{id3}"]
    assert not [each for each in SECRETS if each in json.dumps(draft.files)]
    for name in ("acme/put-v1-orders-id3", "acme/put-v1-orders-id3/response.200"):
        contract = fieldbound.contract(name, folder.parent)
        assert {each.says for each in contract.limits} == {"observed"}
        assert all(map(contract.is_valid, records()))
        assert not contract.is_valid({**records()[0], "id": "x"})


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.ndjson", '{"a": 1}\n{"a":\n', r"a\.ndjson: line 2"),
        ("a.ndjson", "5\n", "no record with a property"),
        ("a.json", "[1, 2]", "no record with a property"),
        ("a.json", '[{"17": 1}]', "keys of a map"),
        ("a.json", "[" * 9000, r"a\.json"),
        ("a.har", '{"log": {"entries": []}}', "no JSON body"),
        ("a.har", '{"log": {"entries": [5, {"request": {"method": 5}}]}}', "no JSON body"),
    ],
)
def test_broken_samples(name: str, text: str, reason: str, tmp_path: Path) -> None:
    """What is no sample is an error with its place, and nothing is written."""
    with pytest.raises(BrokenSource, match=reason):
        read(source_of(name, text), "samples", vendor="acme").write(tmp_path / "acme")
    assert not (tmp_path / "acme").exists()
