"""Cases for every limit: at it and just beyond it, checked by both validators, reproducible."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

import fieldbound
from fieldbound import Contract, Limit, cases
from fieldbound.generation import attempts, cases_of
from fieldbound.generation.certify import Certifier
from support.effort import is_thorough

NAMES = [
    "oracle-cx-sales/create-product-group-filter-attribute",
    "fortellis/create-parts-groups/request.headers",
    "axim-commerce/create-company-group",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_has_a_case_or_a_reason(name: str) -> None:
    """Every limit, in the order of the contract, has two instances or a reason."""
    contract = fieldbound.contract(name)
    found = list(cases(contract))
    assert tuple(dict.fromkeys(each.limit for each in found)) == contract.limits
    for each in found:
        assert each.reason or (each.has_valid and each.violation)


@pytest.mark.parametrize("name", NAMES)
def test_both_validators_agree_on_every_case(name: str) -> None:
    """Both validators accept the valid instance and reject the invalid one, for its limit alone."""
    contract = fieldbound.contract(name)
    reference = contract.jsonschema_validator()
    for each in cases(contract):
        if each.has_valid:
            assert contract.is_valid(each.valid)
            assert reference.is_valid(each.valid)
        if each.violation is not None:
            assert contract.check(each.invalid).violations == (each.violation,)
            assert each.violation.limit == each.limit
            assert not reference.is_valid(each.invalid)


@pytest.mark.parametrize(
    ("schema", "keyword", "valid", "invalid"),
    [
        ({"type": "string", "maxLength": 150}, "maxLength", "0" * 150, "0" * 151),
        ({"type": "string", "minLength": 2}, "minLength", "00", "0"),
        ({"type": "integer", "maximum": 7}, "maximum", 7, 8),
        ({"type": "integer", "exclusiveMinimum": 7}, "exclusiveMinimum", 8, 7),
        ({"type": "array", "maxItems": 1}, "maxItems", [None], [None, None]),
        ({"type": "object", "required": ["a"]}, "required", {"a": None}, {}),
        ({"const": 1}, "const", 1, 2),
    ],
)
def test_the_first_pair_is_at_the_limit(
    schema: Any, keyword: str, valid: Any, invalid: Any
) -> None:
    """The valid instance is at the bound, the invalid one just beyond it."""
    first = next(each for each in cases(Contract(schema)) if each.limit.keyword == keyword)
    assert (first.valid, first.invalid) == (valid, invalid)


def test_a_limit_that_cannot_be_isolated_has_a_reason() -> None:
    """A limit implied by another one names it, and still has an instance that breaks both."""
    contract = Contract({"type": "string", "enum": ["Y", "N"]})
    found = [each for each in cases(contract) if each.limit.keyword == "type"]
    assert {each.reason for each in found} == {"every instance that breaks it also breaks :enum"}
    assert True in [each.invalid for each in found]
    assert all(each.violation and each.violation.also for each in found)


def test_each_member_of_an_enumeration_has_a_case() -> None:
    """Every member is in a valid instance, however many there are."""
    members = [f"m{number}" for number in range(70)]
    found = list(cases(Contract({"enum": members})))
    assert {each.valid for each in found} == set(members)


def tagged(count: int) -> dict[str, Any]:
    """Return a schema of so many alternatives, each with its tag."""
    branches = [
        {
            "type": "object",
            "properties": {
                "kind": {"const": f"k{at}"},
                "name": {"type": "string", "maxLength": 10 + at},
                "flag": {"enum": ["Y", "N"]},
            },
            "required": ["kind", "name"],
            "additionalProperties": False,
        }
        for at in range(count)
    ]
    return {"oneOf": branches}


def test_cases_of_an_alternative_have_its_tag() -> None:
    """A limit of one alternative has its cases in that one, however many there are."""
    contract = Contract(tagged(30))
    for limit in contract.limits:
        tag = re.search(r'/kind is "(k\d+)"', limit.condition or "")
        if tag and limit.keyword in ("maxLength", "enum"):
            found = list(cases_of(contract, limit))
            assert {each.valid["kind"] for each in found} == {tag[1]}
            assert {each.invalid["kind"] for each in found} == {tag[1]}
            assert {each.reason for each in found} == {None}


def test_the_work_grows_with_the_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many alternatives take about twice as many checks by either validator."""
    counts: Counter[str] = Counter()

    def counted(holder: Any, name: str) -> None:
        original = getattr(holder, name)

        def count(*args: Any) -> Any:
            counts[name] += 1
            return original(*args)

        monkeypatch.setattr(holder, name, count)

    counted(attempts, "breach_of")
    counted(Certifier, "reference_agrees")
    list(cases(Contract(tagged(3))))
    few = counts.copy()
    counts.clear()
    list(cases(Contract(tagged(6))))
    assert counts
    for name, count in counts.items():
        assert count <= 2.3 * few[name], name


def test_cases_are_yielded_as_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the first limit are there before any other limit is looked at."""
    asked = []
    original = Certifier.mutations

    def mutations(self: Certifier, limit: Limit) -> Any:
        asked.append(limit)
        return original(self, limit)

    monkeypatch.setattr(Certifier, "mutations", mutations)
    contract = Contract(tagged(2))
    first = next(cases(contract))
    assert {each.id for each in asked} == {first.limit.id}


@pytest.mark.parametrize("names", [NAMES[1:], pytest.param(NAMES[:1], marks=pytest.mark.thorough)])
def test_cases_are_the_same_on_every_run(names: list[str]) -> None:
    """Cases do not depend on random choices or the order of hashing."""
    code = (
        "import fieldbound; "
        f"print(repr([(each.limit.id, each.valid, each.invalid) for name in {names!r} "
        "for each in fieldbound.cases(fieldbound.contract(name))]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(number)},
            check=True,
            capture_output=True,
        ).stdout
        for number in range(3 if is_thorough() else 2)
    }
    assert len(outputs) == 1


def test_hypothesis_is_not_needed() -> None:
    """Cases are generated without Hypothesis."""
    code = (
        "import sys; sys.modules['hypothesis'] = None; import fieldbound; "
        f"assert next(fieldbound.cases(fieldbound.contract({NAMES[2]!r})))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_contract_without_instances_raises() -> None:
    """An unsatisfiable or undocumented contract has no cases."""
    with pytest.raises(fieldbound.Unsatisfiable):
        cases(Contract({"type": "string", "minLength": 5, "maxLength": 3}))
    with pytest.raises(fieldbound.Unspecified):
        cases(fieldbound.contract("fortellis/create-parts-groups"))


def test_a_limit_that_a_reference_leads_into() -> None:
    """Cases are made where a limit cannot be taken out, as a reference leads to what is in it."""
    inner = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 2}}}
    reference = {"$ref": "#/properties/o/anyOf/0/properties/a"}
    properties = {"o": {"anyOf": [inner, {"type": "null"}]}, "i": reference}
    contract = Contract({"type": "object", "properties": properties}, name="x")
    found = {case.limit.id: case for case in cases(contract)}
    assert {*found} == {each.id for each in contract.limits}
    assert found["x#/i:maxLength"].violation is not None


@pytest.mark.parametrize("identifier", ["d/root.json", "https://a.example/root.json", "root.json"])
def test_a_schema_refers_to_itself_by_its_id(identifier: str) -> None:
    """A reference is resolved by the `$id` at the root, be it relative or not."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "$ref": "root.json#/$defs/a",
        "$defs": {"a": {"type": "string", "maxLength": 3}},
    }
    found = {case.limit.keyword: case for case in cases(Contract(schema))}
    assert found.keys() == {"type", "maxLength"}
    assert all(case.reason is None for case in found.values())
