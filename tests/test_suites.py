"""The public JSON-Schema-Test-Suite, judged by both engines.

The suite is not part of the project: FIELDBOUND_SUITES names the folder that holds it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fieldbound import BrokenContract, Contract

SUITES = Path(os.environ.get("FIELDBOUND_SUITES", "")) / "json-schema-test-suite"
DIALECTS = {
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

pytestmark = pytest.mark.skipif(
    not os.environ.get("FIELDBOUND_SUITES"), reason="FIELDBOUND_SUITES names no folder of suites"
)


@cache
def _remotes(draft: str) -> dict[str, Any]:
    """Map the suite's remote documents to the addresses under which its schemas know them.

    A document of another draft that does not name its draft is left out: it would count as ours.
    """
    folder = SUITES / "remotes"
    drafts = {path.name for path in folder.iterdir() if path.name.startswith(("draft", "v1"))}
    found = {}
    for path in folder.rglob("*.json"):
        at, contents = path.relative_to(folder), json.loads(path.read_text("utf-8"))
        foreign = at.parts[0] in drafts - {draft}
        if at.parts[0] == "v1" or (foreign and "$schema" not in contents):
            continue
        found[f"http://localhost:1234/{at.as_posix()}"] = contents
    return found


def _groups(draft: str, pattern: str) -> Iterator[tuple[str, dict[str, Any]]]:
    folder = SUITES / "tests" / draft
    for path in sorted(folder.glob(pattern)):
        for group in json.loads(path.read_text("utf-8")):
            yield f"{path.relative_to(folder).as_posix()}: {group['description']}", group


def _contract(draft: str, schema: Any, formats: Any = "annotate") -> Contract:
    if isinstance(schema, dict) and "$schema" not in schema:
        schema = {"$schema": DIALECTS[draft], **schema}
    return Contract(schema, resources=_remotes(draft), formats=formats)


def _reference_verdict(contract: Contract, instance: Any) -> bool | str:
    try:
        return contract.jsonschema_validator().is_valid(instance)
    except re.error:
        return "no Python pattern"


def _differences(draft: str, pattern: str, formats: Any = "annotate") -> dict[str, str]:
    """Return the tests on which the suite, is_valid, check, and both engines do not agree."""
    found = {}
    for name, group in _groups(draft, pattern):
        try:
            contract = _contract(draft, group["schema"], formats)
        except BrokenContract as error:
            found.update({f"{name}: {test['description']}": str(error) for test in group["tests"]})
            continue
        for test in group["tests"]:
            verdicts = {
                "is_valid": contract.is_valid(test["data"]),
                "check": contract.check(test["data"]).ok,
                "jsonschema": _reference_verdict(contract, test["data"]),
            }
            wrong = [who for who, verdict in verdicts.items() if verdict != test["valid"]]
            if wrong:
                found[f"{name}: {test['description']}"] = ", ".join(wrong)
    return found


@pytest.mark.parametrize("draft", DIALECTS)
def test_required_parts_are_kept(draft: str) -> None:
    """Every required test of the suite has the suite's verdict, by is_valid and by check."""
    assert _differences(draft, "*.json") == {}
