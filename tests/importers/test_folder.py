"""Resources to files: what an attribute may do is what requests and responses accept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.catalog import lint_paths
from fieldbound.importers import (
    Attribute,
    BrokenSource,
    Citation,
    Draft,
    Evidence,
    Options,
    Resource,
    draft_of,
)
from fieldbound.importers.json_text import formatted
from support.imports import limits_of, source_of

TEXT = {"type": "string", "maxLength": 3}


def draft(*resources: Resource, **citation: Any) -> Draft:
    """Return the draft of some resources."""
    source = source_of("a.json", "{}")
    return draft_of(source, Options("acme"), resources, Citation("doc", "Doc", **citation))


def order(*attributes: Attribute, **more: Any) -> Resource:
    """Return the resource order."""
    return Resource("order", attributes, **more)


def contract(above: Path, name: str) -> Contract:
    """Return a contract of the vendor."""
    return fieldbound.contract(f"acme/{name}", above)


@pytest.mark.parametrize(
    ("rights", "create", "update", "response"),
    [
        ({}, True, True, True),
        ({"create": False, "update": False}, False, False, True),
        ({"update": False}, True, False, True),
        ({"create": False}, False, True, True),
        ({"response": False}, True, True, False),
    ],
)
def test_rights(
    rights: dict[str, bool], create: bool, update: bool, response: bool, tmp_path: Path
) -> None:
    """An attribute is accepted where it may be, and refused elsewhere with its source."""
    draft(order(Attribute("a", TEXT, **rights))).write(tmp_path / "acme")
    assert lint_paths([tmp_path]).diagnostics == ()
    bodies = {
        "create-order": create,
        "update-order": update,
        "get-order/response.200": response,
    }
    for name, accepted in bodies.items():
        report = contract(tmp_path, name).check({"a": "x"})
        assert (not list(report)) is accepted, name
        assert all(each.says == "stated" for each in report)


def test_evidence(tmp_path: Path) -> None:
    """Evidence is by keyword, then by attribute, then that of the document."""
    attributes = (
        Attribute("a", TEXT, required=True, evidence={"maxLength": Evidence("inferred", "Why.")}),
        Attribute("b", TEXT, default_evidence=Evidence("example")),
    )
    draft(order(*attributes), default=Evidence("observed")).write(tmp_path / "acme")
    limits = {each.id.partition("#")[2]: each for each in contract(tmp_path, "create-order").limits}
    assert {name: each.says for name, each in limits.items()} == {
        ":type": "observed",
        "/a:required": "observed",
        ":additionalProperties": "inferred",
        "/a:type": "observed",
        "/a:maxLength": "inferred",
        "/b:type": "example",
        "/b:maxLength": "example",
    }
    assert limits["/a:maxLength"].note == "Why."


@pytest.mark.parametrize(
    "name",
    ["create", "response", "a/b", "a~b", "a b", "a%20b", "é", "$ref", "#", '"', "properties"],
)
def test_any_name_of_an_attribute(name: str, tmp_path: Path) -> None:
    """Every name can be that of an attribute."""
    draft(order(Attribute(name, TEXT, required=True))).write(tmp_path / "acme")
    assert contract(tmp_path, "create-order").is_valid({name: "abc"})
    assert [each.code for each in contract(tmp_path, "create-order").check({name: "abcd"})] == [
        "maxLength"
    ]


@pytest.mark.parametrize(
    "names", [("order", "Order"), ("openapi", "sources"), ("a b", "a/b"), ("é",)]
)
def test_any_name_of_a_resource(names: tuple[str, ...], tmp_path: Path) -> None:
    """Every name can be that of a resource: each has a file and operations of its own."""
    found = draft(*(Resource(name, (Attribute("a", TEXT),)) for name in names))
    assert found.write(tmp_path / "acme").imported == found.imported
    requests = [each for each in found.imported.contracts if each.count("/") == 1]
    assert len(requests) == 2 * len(names)
    assert len(found.files) == 2 + len(names)


def test_a_list(tmp_path: Path) -> None:
    """A list is an array, or has the array under a name."""
    draft(order(Attribute("a", TEXT))).write(tmp_path / "plain" / "acme")
    plain = contract(tmp_path / "plain", "list-order/response.200")
    assert (plain.is_valid([{"a": "abc"}]), plain.is_valid([{"a": "abcd"}])) == (True, False)
    draft(order(Attribute("a", TEXT), list_in="items")).write(tmp_path / "named" / "acme")
    named = contract(tmp_path / "named", "list-order/response.200")
    assert named.is_valid({"items": [{"a": "abc"}]})
    assert not named.is_valid({"items": [{"a": "abcd"}]})


def test_no_resource() -> None:
    """A document without any is an error."""
    with pytest.raises(BrokenSource, match="there is no resource with attributes"):
        draft()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


@given(VALUES)
def test_text(value: Any) -> None:
    """What is written is JSON of the same value, and the same text for it."""
    text = formatted(value)
    assert text.endswith("\n")
    assert json.loads(text) == value
    assert formatted(json.loads(text)) == text


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths=st.dictionaries(NAMES, st.integers(1, 50), min_size=1, max_size=5))
def test_what_is_written_has_the_limits_of_the_resource(
    lengths: dict[str, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each length is a limit of the create, as it is written and read again."""
    attributes = [Attribute(name, {"maxLength": most}) for name, most in lengths.items()]
    folder = tmp_path_factory.mktemp("any") / "acme"
    draft(order(*attributes)).write(folder)
    found = limits_of(folder)
    lengths_found = [
        value
        for id_, value in found.items()
        if id_.startswith("acme/create-order#") and id_.endswith(":maxLength")
    ]
    assert sorted(lengths_found) == sorted(lengths.values())
