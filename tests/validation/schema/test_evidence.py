"""`x-source` and `x-sources`: what is not as documented is ignored, and crashes nothing."""

from __future__ import annotations

from typing import Any

from fieldbound import Contract
from support.tables import table


@table(
    "x_source",
    [
        {"says": ["x"]},
        {"says": {}},
        {"says": "certainly"},
        {"says": 5, "from": [{}], "of": [[]]},
        {"from": {"a": 1}},
        {"of": {"x": 1}, "note": [1]},
        {"at": ["x"], "note": {}},
        [1, "x", None],
        5,
        None,
    ],
)
def test_evidence_of_any_kind_is_no_crash(x_source: Any) -> None:
    """A violation with it has its sentences, a hash and no evidence."""
    sources = {"a": 5, "b": {"title": 5, "address": []}}
    report = Contract({"type": "string", "x-source": x_source, "x-sources": sources}).check(5)
    (violation,) = report
    assert violation.says is None
    assert violation.fails()
    assert hash(violation) == hash(violation)
    assert "must be a string" in str(report)


def test_a_source_that_is_not_as_documented_has_its_key_as_title() -> None:
    """Its other fields are unknown."""
    schema = {
        "type": "string",
        "x-source": {"says": "stated", "from": ["b", 5, "https://a.example"]},
    }
    sources = {"b": {"title": 5, "address": [], "read": {}}}
    (limit,) = Contract({**schema, "x-sources": sources}).limits
    assert [(each.title, each.address) for each in limit.sources] == [
        ("b", None),
        ("https://a.example", "https://a.example"),
    ]


ROOT = {"says": "observed", "from": ["b"], "note": "All of it."}


@table(
    ("at_root", "says"),
    [
        (ROOT, ("observed", "observed", "inferred")),
        ([{"of": "type", "says": "stated"}, ROOT], ("stated", "observed", "inferred")),
        ({"of": "type", "says": "stated"}, ("stated", None, "inferred")),
        ({"note": "without evidence"}, (None, None, "inferred")),
        (5, (None, None, "inferred")),
    ],
)
def test_what_the_root_says_holds_for_all_that_has_nothing_nearer(
    at_root: Any, says: tuple[str | None, ...]
) -> None:
    """An entry without `of` at the root is that of all limits, those behind references too."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/text"},
            "b": {"enum": ["x"], "x-source": {"says": "inferred"}},
        },
        "$defs": {"text": {"maxLength": 5}},
        "x-source": at_root,
    }
    found = {each.keyword: each.says for each in Contract(schema, name="c").limits}
    assert tuple(map(found.get, ("type", "maxLength", "enum"))) == says


def test_an_entry_without_evidence_has_that_of_the_root() -> None:
    """What stands nearer adds to it, such as a note; the rest is the root's."""
    schema = {"maxLength": 5, "x-source": {"of": "maxLength", "note": "Cut off."}}
    whole = {"properties": {"a": schema}, "x-source": ROOT}
    (limit,) = Contract(whole, name="c").limits
    assert (limit.says, limit.note) == ("observed", "Cut off.")
    assert [each.key for each in limit.sources] == ["b"]
    (violation,) = Contract(whole, name="c").check({"a": "123456"})
    assert violation.says == "observed"


def test_each_resource_has_its_own_root() -> None:
    """A reference to another file has the evidence of that file, and none of the one it is in."""
    other = {"$defs": {"a": {"maxLength": 5}}, "x-source": {"says": "example"}}
    plain = {"$defs": {"a": {"maxLength": 5}}}
    uri = "https://acme.example/"
    schema = {
        "properties": {
            "a": {"$ref": f"{uri}other.json#/$defs/a"},
            "b": {"$ref": f"{uri}plain.json#/$defs/a"},
        },
        "x-source": ROOT,
    }
    resources = {f"{uri}other.json": other, f"{uri}plain.json": plain}
    found = Contract(schema, resources=resources, name="c").limits
    assert {each.pointer: each.says for each in found} == {"/a": "example", "/b": None}
