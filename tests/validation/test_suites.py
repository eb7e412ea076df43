"""The public JSON-Schema-Test-Suite, checked by both engines.

The suite is not part of the project: FIELDBOUND_SUITES names the folder that holds it. A draft that
it does not have is skipped.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fieldbound import Contract, Unsatisfiable
from fieldbound.strategies import valid
from support.effort import examples, sampled
from support.examples import drawn

SUITES = Path(os.environ.get("FIELDBOUND_SUITES", "")) / "json-schema-test-suite"
#: The meta-schema of each draft, and so many required tests that it has at least.
DIALECTS = {
    "draft4": ("http://json-schema.org/draft-04/schema#", 600),
    "draft6": ("http://json-schema.org/draft-06/schema#", 800),
    "draft7": ("http://json-schema.org/draft-07/schema#", 900),
    "draft2019-09": ("https://json-schema.org/draft/2019-09/schema", 1200),
    "draft2020-12": ("https://json-schema.org/draft/2020-12/schema", 1250),
}
DYNAMIC = ("dynamicRef.json", "recursiveRef.json")
OLD = ("draft4", "draft6", "draft7")
#: The required tests, in which formats are annotations, and the optional ones, which assert them.
REQUIRED, OPTIONAL = ("*.json", "annotate"), ("optional/**/*.json", "assert")

pytestmark = pytest.mark.skipif(
    not os.environ.get("FIELDBOUND_SUITES"), reason="FIELDBOUND_SUITES names no folder of suites"
)


class Group(NamedTuple):
    """A schema of the suite, with its tests; the name begins with the file."""

    name: str
    contract: Contract
    tests: list[dict[str, Any]]

    @property
    def file(self) -> str:
        """The file, relative to the folder of the draft."""
        return self.name.partition(": ")[0]


@pytest.fixture(params=DIALECTS)
def draft(request: pytest.FixtureRequest) -> str:
    """Each draft that the suite has."""
    if not (SUITES / "tests" / request.param).is_dir():
        pytest.skip(f"the suite has no {request.param}")
    return str(request.param)


@cache
def _remotes(draft: str) -> dict[str, Any]:
    """Map the suite's remote documents to the addresses under which its schemas know them.

    A document of another draft that does not name it is omitted: it would count as of this one. So
    is one with `$defs`, which drafts up to 7 do not have.
    """
    folder = SUITES / "remotes"
    drafts = {path.name for path in folder.iterdir() if path.name.startswith(("draft", "v1"))}
    found = {}
    for path in folder.rglob("*.json"):
        at, contents = path.relative_to(folder), json.loads(path.read_text("utf-8"))
        foreign = at.parts[0] in drafts - {draft}
        if at.parts[0] in ("v1", "draft-next") or (foreign and "$schema" not in contents):
            continue
        if draft in OLD and "$schema" not in contents and "$defs" in contents:
            continue
        found[f"http://localhost:1234/{at.as_posix()}"] = contents
    return found


@cache
def _groups(draft: str, pattern: str, formats: Any) -> list[Group]:
    folder = SUITES / "tests" / draft
    return [
        Group(
            f"{path.relative_to(folder).as_posix()}: {group['description']}",
            _contract(draft, group["schema"], formats),
            group["tests"],
        )
        for path in sorted(folder.glob(pattern))
        for group in json.loads(path.read_text("utf-8"))
    ]


def _contract(draft: str, schema: Any, formats: Any) -> Contract:
    if isinstance(schema, dict) and "$schema" not in schema:
        schema = {"$schema": DIALECTS[draft][0], **schema}
    refers = "http://localhost:1234/" in json.dumps(schema)
    return Contract(schema, resources=_remotes(draft) if refers else {}, formats=formats)


@cache
def _differences(draft: str, pattern: str, formats: Any) -> dict[str, list[str]]:
    """Return, for each way to check, the tests whose verdict is not the suite's."""
    found: dict[str, list[str]] = {"is_valid": [], "check": [], "jsonschema": []}
    for name, contract, tests in _groups(draft, pattern, formats):
        reference = contract.jsonschema_validator()
        for test in tests:
            verdicts = {
                "is_valid": contract.is_valid(test["data"]),
                "check": contract.check(test["data"]).ok,
                "jsonschema": _verdict(reference, test["data"]),
            }
            for who, verdict in verdicts.items():
                if verdict != test["valid"]:
                    found[who].append(f"{name}: {test['description']}")
    return found


def _verdict(reference: Any, instance: Any) -> bool | None:
    try:
        return bool(reference.is_valid(instance))
    except re.error:
        return None


def _ours(draft: str, pattern: str, formats: Any) -> list[str]:
    found = _differences(draft, pattern, formats)
    return found["is_valid"] + found["check"]


ALL = tuple(DIALECTS)
FROM_6, FROM_7, FROM_2019 = ALL[1:], ALL[2:], ALL[3:]
#: The files of the suite that jsonschema, the reference, does not pass: in which drafts, and why.
FAILED_BY_THE_REFERENCE = {
    "vocabulary.json": (
        FROM_2019,
        "it asserts keywords of a vocabulary that the meta-schema leaves out",
    ),
    "optional/content.json": (
        ("draft7",),
        "it reads contentEncoding and contentMediaType as annotations",
    ),
    "optional/dependencies-compatibility.json": (
        FROM_2019,
        "it reads past dependencies from 2019-09 on",
    ),
    "optional/format/date-time.json": (ALL, "it knows no leap second, and takes a final newline"),
    "optional/format/duration.json": (FROM_2019, "it takes what isoduration takes"),
    "optional/format/email.json": (ALL, "it asks for no more than an @"),
    "optional/format/hostname.json": (ALL, "it takes what fqdn takes"),
    "optional/format/idn-hostname.json": (FROM_7, "it takes what idna takes"),
    "optional/format/iri.json": (FROM_7, "it takes what its package takes, percent-encoded"),
    "optional/format/iri-reference.json": (FROM_7, "it takes what its package takes, likewise"),
    "optional/format/relative-json-pointer.json": (FROM_7, "it takes what jsonpointer takes"),
    "optional/format/time.json": (FROM_7, "it knows no leap second, and takes other digits"),
    "optional/format/uri-reference.json": (FROM_6, "it takes what its package takes"),
    "optional/format/uri-template.json": (FROM_6, "it takes what uri-template takes"),
    "optional/format/uri.json": (ALL, "it takes what its package takes"),
    "optional/format/uuid.json": (FROM_2019, "it takes what uuid.UUID takes"),
}
#: Files that it passes or not by what else is installed.
BY_CHANCE = frozenset(f"optional/format/{name}.json" for name in ("iri", "iri-reference"))


def test_required_tests_pass(draft: str) -> None:
    """Every required test of the suite has the suite's verdict, by is_valid and by check."""
    assert _ours(draft, *REQUIRED) == []
    tests = sum(len(group.tests) for group in _groups(draft, *REQUIRED))
    assert tests >= DIALECTS[draft][1]


def test_optional_tests_pass_with_formats_asserted(draft: str) -> None:
    """Every optional test of the suite passes where formats are asserted, the default."""
    assert _ours(draft, *OPTIONAL) == []


def test_what_fails_with_formats_as_annotations(draft: str) -> None:
    """A vocabulary that asks for formats to be asserted has no effect where they annotate."""
    broken = {name.partition(": ")[0] for name in _ours(draft, "optional/*.json", "annotate")}
    listed = {"optional/format-assertion.json"} if draft == "draft2020-12" else set()
    assert broken == listed


def _differing_files(draft: str) -> set[str]:
    return {
        name.partition(": ")[0]
        for run in (REQUIRED, OPTIONAL)
        for name in _differences(draft, *run)["jsonschema"]
    }


def test_where_the_reference_differs_is_known(draft: str) -> None:
    """The engines agree on every test but those of the files that are listed, with the reason."""
    listed = {name for name, (drafts, _) in FAILED_BY_THE_REFERENCE.items() if draft in drafts}
    assert _differing_files(draft) <= listed


def test_every_listed_difference_exists() -> None:
    """No file is listed in which the engines agree by now."""
    drafts = [each for each in DIALECTS if (SUITES / "tests" / each).is_dir()]
    found = set().union(*map(_differing_files, drafts))
    assert FAILED_BY_THE_REFERENCE.keys() - BY_CHANCE == found - BY_CHANCE


def test_every_violation_is_of_a_listed_limit(draft: str) -> None:
    """A violation's limit is among the contract's, wherever its schema is at hand.

    Not at hand are the meta-schemas, and what `$dynamicRef` and `$recursiveRef` lead to is known to
    the engine alone.
    """
    for name, contract, tests in _groups(draft, *REQUIRED):
        schema = contract.schema
        refers = json.dumps(schema.get("$ref", "")) if isinstance(schema, dict) else ""
        if name.startswith(DYNAMIC) or "json-schema.org" in refers:
            continue
        for test in tests:
            for violation in contract.check(test["data"]):
                assert violation.limit in contract.limits, name


#: Schemas of the suite of which no instance is valid by both engines, and why.
NO_INSTANCE_BY_BOTH = {
    "optional/format/time.json": "jsonschema takes a time without an offset alone, the engine with",
}


@pytest.mark.parametrize("run", [REQUIRED, OPTIONAL])
def test_every_schema_has_instances(draft: str, run: tuple[str, str]) -> None:
    """Every schema has fifty instances, valid by both engines, or a reason why there is none."""
    groups = sampled(_groups(draft, *run))
    for group in groups if draft == "draft2020-12" else sampled(groups):
        contract, name = group.contract, group.name
        strategy, why_not = _instances(contract)
        if strategy is None:
            assert why_not
            assert not any(contract.is_valid(test["data"]) for test in group.tests), name
            continue
        found = drawn(strategy, examples(50))
        assert len(found) == examples(50), name
        reference = contract.jsonschema_validator()
        for instance in found:
            assert contract.is_valid(instance), name
            if group.file not in NO_INSTANCE_BY_BOTH:
                assert _verdict(reference, instance) is not False, (name, instance)


def _instances(contract: Contract) -> tuple[Any, str | None]:
    """Return a strategy for instances, or the reason that proves that there are none."""
    try:
        return valid(contract), None
    except Unsatisfiable as error:
        return None, error.reason
