"""Sixty invalid instances of common kinds of documents, each with what a person calls its mistake.

They are in `explanations.json`: a manifest of a package, services, a workflow, an OpenAPI document,
a payment, a shipment. What is expected comes from no tool.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldbound import Contract

SAMPLE = json.loads(Path(__file__).with_name("explanations.json").read_text("utf-8"))


@pytest.mark.parametrize("case", SAMPLE["instances"], ids=lambda case: str(case["name"]))
def test_the_mistake_is_the_one_that_a_person_would_name(case: dict[str, Any]) -> None:
    """The violations are those that are to be mended: by pointer and keyword, and no others."""
    schema = case["schema"]
    contract = Contract(SAMPLE["schemas"][schema] if isinstance(schema, str) else schema)
    found = [(each.pointer, each.code) for each in contract.check(case["instance"])]
    assert sorted(found) == sorted(case["expected"].items())
    assert not contract.jsonschema_validator().is_valid(case["instance"])


def test_the_sample_has_sixty_instances() -> None:
    """No two of the instances are the same."""
    assert len({json.dumps(each["instance"]) for each in SAMPLE["instances"]}) == 60
