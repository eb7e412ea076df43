"""Keywords that the draft of a schema ignores are no limits, and are said not to be enforced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import BrokenContract, Contract
from support.tables import table

DRAFTS = {
    "draft 4": "http://json-schema.org/draft-04/schema#",
    "draft 6": "http://json-schema.org/draft-06/schema#",
    "draft 7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
#: A keyword, a schema with it, an instance that it rejects, and the first draft that defines it.
KEYWORDS: list[tuple[str, dict[str, Any], Any, str]] = [
    ("const", {"const": 1}, 2, "draft 6"),
    ("contains", {"contains": {"type": "string"}}, [1], "draft 6"),
    ("propertyNames", {"propertyNames": {"maxLength": 1}}, {"ab": 1}, "draft 6"),
    ("if", {"if": {"type": "integer"}, "then": {"maximum": 3}}, 4, "draft 7"),
    ("dependentRequired", {"dependentRequired": {"a": ["b"]}}, {"a": 1}, "2019-09"),
    ("dependentSchemas", {"dependentSchemas": {"a": {"maxProperties": 0}}}, {"a": 1}, "2019-09"),
    ("minContains", {"contains": {}, "minContains": 2}, [1], "2019-09"),
    ("unevaluatedItems", {"unevaluatedItems": False}, [1], "2019-09"),
    ("unevaluatedProperties", {"unevaluatedProperties": False}, {"a": 1}, "2019-09"),
    ("prefixItems", {"prefixItems": [{"type": "string"}]}, [1], "2020-12"),
]


@table("draft", DRAFTS)
@table(("keyword", "schema", "instance", "first"), KEYWORDS)
def test_a_keyword_of_a_later_draft_is_not_enforced(
    keyword: str, schema: dict[str, Any], instance: Any, first: str, draft: str
) -> None:
    """It is a limit and enforced where the draft defines it, and else reported, by both engines."""
    contract = Contract({"$schema": DRAFTS[draft], **schema})
    is_defined = [*DRAFTS].index(draft) >= [*DRAFTS].index(first)
    assert contract.is_valid(instance) is not is_defined
    assert contract.jsonschema_validator().is_valid(instance) is not is_defined
    assert bool(contract.limits) is is_defined or keyword == "minContains"  # it has another one
    reason = f"'{keyword}' is not enforced: {draft} does not define it"
    assert (reason in contract.check(instance).not_checked.get("", "")) is not is_defined


@pytest.mark.parametrize("draft", ["draft 4", "draft 6", "draft 7"])
def test_a_limit_beside_a_reference_is_not_enforced(draft: str) -> None:
    """Up to draft 7, what stands beside $ref counts for nothing; definitions are no limits."""
    contract = Contract(
        {
            "$schema": DRAFTS[draft],
            "properties": {"a": {"$ref": "#/definitions/b", "maxLength": 1, "title": "A"}},
            "definitions": {"b": {"type": "string"}},
        }
    )
    assert [each.keyword for each in contract.limits] == ["type"]
    assert contract.not_checked == {
        "/a": f"'maxLength' is not enforced: {draft} ignores it beside $ref"
    }


def test_each_resource_has_its_own_draft() -> None:
    """A `$schema` further down is that of what is below it; of another dialect nothing is said."""
    old, new = DRAFTS["draft 7"], DRAFTS["2020-12"]
    part = {"unevaluatedProperties": False}
    contract = Contract(
        {
            "$schema": new,
            "properties": {
                "a": {"$id": "https://x.example/a", "$schema": old, **part},
                "b": {"$id": "https://x.example/b", **part},
            },
        }
    )
    assert list(contract.not_checked) == ["/a"]
    assert [each.pointer for each in contract.limits] == ["/b"]
    assert contract.is_valid({"a": {"x": 1}})
    assert not contract.is_valid({"b": {"x": 1}})


def test_a_reference_into_an_ignored_keyword_holds(tmp_path: Path) -> None:
    """Ignored keywords can be referred to; in a file they have a place, and strict rejects them."""
    schema = {
        "$schema": DRAFTS["draft 7"],
        "properties": {"a": {"$ref": "#/dependentSchemas/x"}},
        "dependentSchemas": {"x": {"type": "string"}},
    }
    assert not Contract(schema).is_valid({"a": 1})
    path = tmp_path / "c.json"
    path.write_text(json.dumps({**schema, "properties": {"a": {"minContains": 1, "type": "null"}}}))
    not_checked = fieldbound.contract(str(path)).not_checked
    assert "c.json:1:" in not_checked["/a"]
    assert "'minContains' is not enforced: draft 7 does not define it" in not_checked["/a"]
    with pytest.raises(BrokenContract, match="draft 7 does not define it"):
        fieldbound.contract(str(path), strict=True)
