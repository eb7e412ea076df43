"""The public JSON-Schema-Test-Suite, checked by both engines.

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

from fieldbound import Contract, Unsatisfiable
from fieldbound.strategies import valid
from support.effort import examples, sampled
from support.examples import drawn

SUITES = Path(os.environ.get("FIELDBOUND_SUITES", "")) / "json-schema-test-suite"
DIALECTS = {
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

#: A reference to a meta-schema, which no contract carries.
META = r'"\$ref": "https?://json-schema\.org/'

pytestmark = pytest.mark.skipif(
    not os.environ.get("FIELDBOUND_SUITES"), reason="FIELDBOUND_SUITES names no folder of suites"
)


@cache
def _remotes(draft: str) -> dict[str, Any]:
    """Map the suite's remote documents to the addresses under which its schemas know them.

    A document of another draft that does not name it is omitted: it would count as of this one.
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


def _reference_verdict(contract: Contract, instance: Any) -> bool | None:
    try:
        return contract.jsonschema_validator().is_valid(instance)
    except re.error:
        return None


def _differences(draft: str, pattern: str, formats: Any = "annotate") -> Iterator[tuple[str, str]]:
    """Yield each test whose verdict is not the suite's, and by which engine."""
    for name, group in _groups(draft, pattern):
        contract = _contract(draft, group["schema"], formats)
        for test in group["tests"]:
            verdicts = {
                "is_valid": contract.is_valid(test["data"]),
                "check": contract.check(test["data"]).ok,
                "jsonschema": _reference_verdict(contract, test["data"]),
            }
            for who, verdict in verdicts.items():
                if verdict != test["valid"]:
                    yield f"{name}: {test['description']}", who


def _ours(draft: str, pattern: str, formats: Any = "annotate") -> list[str]:
    found = _differences(draft, pattern, formats)
    return [f"{who}: {name}" for name, who in found if who != "jsonschema"]


#: The files of the suite that jsonschema, the reference, does not pass, and why.
FAILED_BY_THE_REFERENCE = {
    "vocabulary.json": "it asserts keywords of a vocabulary that the meta-schema leaves out",
    "optional/content.json": "it reads contentEncoding and contentMediaType as annotations",
    "optional/dependencies-compatibility.json": "it reads past dependencies from 2019-09 on",
    "optional/format/date-time.json": "it knows no leap second, and takes a final newline",
    "optional/format/duration.json": "it takes what isoduration takes",
    "optional/format/email.json": "it asks for no more than an @",
    "optional/format/hostname.json": "it takes what fqdn takes",
    "optional/format/idn-hostname.json": "it takes what idna takes",
    "optional/format/iri.json": "it takes what its package takes, percent-encoded",
    "optional/format/relative-json-pointer.json": "it takes what jsonpointer takes",
    "optional/format/time.json": "it knows no leap second, and takes other digits",
    "optional/format/uri-reference.json": "it takes what its package takes",
    "optional/format/uri-template.json": "it takes what uri-template takes",
    "optional/format/uri.json": "it takes what its package takes",
    "optional/format/uuid.json": "it takes what uuid.UUID takes",
}


@pytest.mark.parametrize("draft", DIALECTS)
def test_required_tests_pass(draft: str) -> None:
    """Every required test of the suite has the suite's verdict, by is_valid and by check."""
    assert _ours(draft, "*.json") == []
    assert sum(len(group["tests"]) for _, group in _groups(draft, "*.json")) > 900


@pytest.mark.parametrize("draft", DIALECTS)
def test_optional_tests_pass_with_formats_asserted(draft: str) -> None:
    """Every optional test of the suite passes where formats are asserted, the default."""
    assert _ours(draft, "optional/**/*.json", "assert") == []


def test_what_fails_with_formats_as_annotations() -> None:
    """A vocabulary that asks for formats to be asserted has no effect where they annotate."""
    assert _ours("draft7", "optional/*.json") == []
    broken = {name.partition(": ")[2] for name in _ours("draft2020-12", "optional/*.json")}
    assert {name.partition(": ")[0] for name in broken} == {"optional/format-assertion.json"}


@pytest.mark.parametrize("formats", ["annotate", "assert"])
def test_where_the_reference_differs_is_known(formats: str) -> None:
    """The engines agree on every test but those of the files that are listed, with the reason."""
    pattern = "**/*.json" if formats == "assert" else "*.json"
    differing = {
        name.partition(": ")[0]
        for draft in DIALECTS
        for name, who in _differences(draft, pattern, formats)
        if who == "jsonschema" and not (formats == "assert" and name.startswith("format.json"))
    }
    listed = {
        name for name in FAILED_BY_THE_REFERENCE if formats == "assert" or "optional" not in name
    }
    by_chance = {f"optional/format/{name}.json" for name in ("iri", "iri-reference")}
    assert differing - by_chance == listed - by_chance  # these by what else is installed


@pytest.mark.parametrize("draft", DIALECTS)
def test_every_violation_is_of_a_listed_limit(draft: str) -> None:
    """A violation's limit is among the contract's, wherever its schema is at hand.

    Not at hand are the meta-schemas, and what `$dynamicRef` leads to is known to the engine alone.
    """
    for name, group in _groups(draft, "*.json"):
        if "dynamicRef" in name or "json-schema.org" in json.dumps(
            group["schema"].get("$ref", "") if isinstance(group["schema"], dict) else ""
        ):
            continue
        contract = _contract(draft, group["schema"])
        for test in group["tests"]:
            for violation in contract.check(test["data"]):
                assert violation.limit in contract.limits, name


#: Schemas of the suite of which no instance is valid by both engines, and why.
NO_INSTANCE_BY_BOTH = {
    "optional/format/time.json": "jsonschema takes a time without an offset alone, the engine with",
}


@pytest.mark.parametrize(
    ("pattern", "formats"), [("*.json", "annotate"), ("optional/**/*.json", "assert")]
)
@pytest.mark.parametrize("draft", DIALECTS)
def test_every_schema_has_instances(draft: str, pattern: str, formats: Any) -> None:
    """Every schema has fifty instances, valid by both engines, or a reason why there is none."""
    for name, group in sampled(list(_groups(draft, pattern))):
        contract = _contract(draft, group["schema"], formats)
        strategy, why_not = _instances(contract)
        if strategy is None:
            assert why_not
            assert not any(contract.is_valid(test["data"]) for test in group["tests"]), name
            continue
        found = drawn(strategy, examples(50))
        assert len(found) == examples(50), name
        for instance in found:
            assert contract.is_valid(instance), name
            if name.partition(": ")[0] not in NO_INSTANCE_BY_BOTH:
                assert _reference_verdict(contract, instance) is not False, (name, instance)


def _instances(contract: Contract) -> tuple[Any, str | None]:
    """Return a strategy for instances, or the reason that proves that there are none."""
    try:
        return valid(contract), None
    except Unsatisfiable as error:
        return None, error.reason
