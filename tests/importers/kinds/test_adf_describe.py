"""Describe documents of ADF services: what they state is a limit, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.importers import BrokenSource, Draft, read
from support.imports import check_import, limits_of, source_of
from support.paths import CASES

PRODUCT_GROUPS = Path(__file__).parent / "inputs" / "product-groups.describe.json"
SHIPPED = "oracle-cx-sales/{}-product-group"
IMPORTED = "acme/{}-setup-sales-catalogs"


def describe(*attributes: Any, **more: Any) -> str:
    """Return the describe of accounts with some attributes."""
    resource = {"title": "Account", "attributes": list(attributes), **more}
    return json.dumps({"Resources": {"accounts": resource}})


def attribute(type_: str = "string", **more: Any) -> dict[str, Any]:
    """Return an attribute that may be sent and need not be."""
    return {"name": "a", "type": type_, "updatable": True, "mandatory": False, **more}


def draft_of(*attributes: Any, **more: Any) -> Draft:
    """Return the draft of accounts with some attributes."""
    return read(source_of("d.json", describe(*attributes, **more)), vendor="acme")


def schema_of(given: dict[str, Any]) -> Any:
    """Return the schema that an attribute becomes."""
    return draft_of(given).files["accounts.json"]["$defs"][given["name"]]


@pytest.fixture(name="product_groups", scope="module")
def _product_groups(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    return check_import(PRODUCT_GROUPS, tmp_path_factory.mktemp("product_groups"))


def test_product_groups(product_groups: tuple[Draft, Path]) -> None:
    """The describe of product groups has all that every import holds."""
    draft, folder = product_groups
    assert [each.place.rpartition("/children/")[2] for each in draft.omitted] == [
        "ProductGroupAttachments/attributes/3"
    ]
    assert draft.imported.limits.keys() == {"stated", "inferred"}
    found = limits_of(folder)
    assert found["acme/create-setup-sales-catalogs#/SalesRegion_c:maxLength"] == 40


#: The limits that are different: what is shipped, and what the describe has. No page that was read
#: for the shipped contract has the digits of this number, so that it is any of 64 bits there.
DIFFERENCES = {
    "create": {
        "/ProductGroupAttachments/*/AttachedDocumentId:maximum": (2**63 - 1, 10**18 - 1),
        "/ProductGroupAttachments/*/AttachedDocumentId:minimum": (-(2**63), 1 - 10**18),
    },
    "update": {},
}


@pytest.mark.parametrize("operation", ["create", "update"])
def test_agreement_with_the_shipped_contract(
    operation: str, product_groups: tuple[Draft, Path]
) -> None:
    """Every limit that the shipped contract of product groups has as well is the same."""
    _, folder = product_groups
    ours = fieldbound.contract(IMPORTED.format(operation), folder.parent).limits
    shipped = fieldbound.contract(SHIPPED.format(operation)).limits
    mine = {each.id.partition("#")[2]: each for each in ours}
    theirs = {each.id.partition("#")[2]: each for each in shipped}
    both = mine.keys() & theirs.keys()
    assert len(both) > 40
    different = {
        id_: (theirs[id_].value, mine[id_].value)
        for id_ in sorted(both)
        if theirs[id_].value != mine[id_].value
    }
    assert different == DIFFERENCES[operation]


@pytest.mark.parametrize("operation", ["create", "update"])
def test_documented_examples_are_accepted(
    operation: str, product_groups: tuple[Draft, Path]
) -> None:
    """What is valid in the cases of product groups is valid, other children aside."""
    _, folder = product_groups
    contract = fieldbound.contract(IMPORTED.format(operation), folder.parent)
    cases = CASES / "oracle-cx-sales" / f"{operation}-product-group" / "request" / "valid"
    known = {each.name for each in contract.fields if each.pointer.count("/") == 1}
    tried = 0
    for path in sorted(cases.glob("*.json")):
        value = json.loads(path.read_text("utf-8"))
        if value.keys() <= known:
            tried += 1
            assert contract.is_valid(value), path.name
    assert tried > 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (attribute(maxLength="30"), {"type": ["string", "null"], "maxLength": 30}),
        (attribute(maxLength=0), {"type": ["string", "null"]}),
        (attribute(mandatory=True, maxLength=5), {"type": "string", "maxLength": 5}),
        (attribute(precision=12), {"type": ["string", "null"], "maxLength": 12}),
        (attribute("integer", precision=3), {"minimum": -999, "maximum": 999}),
        (attribute("number", precision=5, scale=2), {"exclusiveMaximum": 1000}),
        (attribute("number", precision=2, scale=5), {"type": ["number", "null"]}),
        (attribute("boolean"), {"type": ["boolean", "null"]}),
        (attribute("date"), {"format": "date"}),
        (attribute("datetime"), {"format": "date-time"}),
        (attribute("array"), {"type": ["array", "null"]}),
        (attribute(title="A", defaultValue="x"), {"title": "A", "default": "x"}),
        (attribute(updatable=False), {"readOnly": True}),
        (attribute(allowChanges="never"), {"readOnly": True}),
    ],
)
def test_an_attribute(given: dict[str, Any], expected: dict[str, Any]) -> None:
    """Each key of an attribute is the keyword that says the same."""
    found = schema_of(given)
    assert expected.items() <= found.items()
    assert ("readOnly" in found) == ("readOnly" in expected)


ROWS = [{"LookupCode": "Y", "Meaning": "Yes"}, {"LookupCode": "N", "Meaning": "No"}]
MAP = {"attributeMap": [{"source": "LookupCode", "target": "a"}], "displayAttributes": ["Meaning"]}


@pytest.mark.parametrize(
    ("lov", "children", "type_", "values"),
    [
        (["Y", "N"], {}, "string", ["Y", "N", None]),
        ({"values": ["Y", "N", "Y"]}, {}, "string", ["Y", "N", None]),
        ({"items": [{"value": 1}, {"value": 2}]}, {}, "integer", [1, 2, None]),
        ({**MAP, "items": ROWS}, {}, "string", ["Y", "N", None]),
        ({**MAP, "childRef": "#Flags"}, {"Flags": {"items": ROWS}}, "string", ["Y", "N", None]),
        ({**MAP, "childRef": "#Flags"}, {}, "string", None),
        ({"childRef": "#Flags"}, {"Flags": {"items": ROWS}}, "string", None),
        ({"values": []}, {}, "string", None),
        ({"values": ["Y", 1]}, {}, "string", None),
        ({"values": [True]}, {}, "integer", None),
        ({"values": [{"other": "Y"}]}, {}, "string", None),
        (5, {}, "string", None),
    ],
)
def test_a_list_of_values(
    lov: Any, children: dict[str, Any], type_: str, values: Any, tmp_path: Path
) -> None:
    """Its values are the choices where the describe has them; else a note says where they are."""
    given = attribute(type_, maxLength="9", lov=lov)
    draft, folder = check_import(
        source_of("d.json", describe(given, children=children)), tmp_path, ["/a:type"]
    )
    found = draft.files["accounts.json"]["$defs"]["a"]
    assert found.get("enum") == values
    assert ("maxLength" in found) == (values is None and type_ == "string")
    assert found["x-source"]["says"] == ("stated" if values is None else "inferred")
    assert ("elsewhere" in found["x-source"]["note"]) == (values is None)
    assert "Flags" not in draft.files["accounts.json"]["$defs"]["create"]["properties"]
    assert fieldbound.contract("acme/create-accounts", folder.parent).is_valid({"a": None})


def test_a_list_of_an_attribute_with_a_default() -> None:
    """Both notes are at the type: that a create need not give it, and where its values are."""
    given = attribute(mandatory=True, defaultValue="Y", lov={"childRef": "#Flags"})
    note = schema_of(given)["x-source"]["note"]
    assert "has a default" in note
    assert "A list of values Flags is elsewhere" in note


def test_what_is_mandatory_is_required_where_nothing_fills_it_in(tmp_path: Path) -> None:
    """A mandatory attribute is required at create, unless it has a default or is read-only."""
    given = [
        {**attribute(mandatory=True), "name": "a"},
        {**attribute(mandatory=True, defaultValue="Y"), "name": "b"},
        {**attribute(mandatory=True, hasDefaultValueExpression=True), "name": "c"},
        {**attribute(mandatory=True, updatable=False), "name": "d"},
    ]
    _, folder = check_import(source_of("d.json", describe(*given)), tmp_path)
    found = limits_of(folder)
    required = [each for each in found if each.endswith(":required") and "request" not in each]
    assert required == ["acme/create-accounts#/a:required"]


def test_changes_on_create_alone(tmp_path: Path) -> None:
    """What may be set on create is refused by an update, and messages say why."""
    given = attribute(allowChanges="onCreate", maxLength=5)
    _, folder = check_import(source_of("d.json", describe(given)), tmp_path)
    assert fieldbound.contract("acme/create-accounts", folder.parent).is_valid({"a": "x"})
    (violation,) = fieldbound.contract("acme/update-accounts", folder.parent).check({"a": "x"})
    assert (violation.pointer, violation.says) == ("/a", "stated")


def test_a_type_that_is_not_known_is_omitted(tmp_path: Path) -> None:
    """It is not guessed: any value is accepted, and the reason is given."""
    source = source_of("d.json", describe(attribute("hologram"), {**attribute(), "name": "b"}))
    draft, folder = check_import(source, tmp_path)
    assert [str(each) for each in draft.omitted] == [
        "/Resources/accounts/attributes/0: the type 'hologram' is not known"
    ]
    contract = fieldbound.contract("acme/create-accounts", folder.parent)
    assert contract.is_valid({"a": [1]})
    assert contract.unspecified == {"/a": "the type 'hologram' is not known"}


def test_a_page_of_a_describe_refuses_no_name(tmp_path: Path) -> None:
    """CRM On Demand describes page by page: attributes that are on another page are accepted."""
    for is_last in (True, False):
        value = {**json.loads(describe(attribute())), "_contextInfo": {"lastpage": is_last}}
        source = source_of("d.json", json.dumps(value))
        draft, folder = check_import(source, tmp_path / str(is_last))
        assert bool(draft.omitted) is not is_last
        contract = fieldbound.contract("acme/create-accounts", folder.parent)
        assert contract.is_valid({"other": 1}) is not is_last


def test_children_are_arrays_within_and_resources_of_their_own(tmp_path: Path) -> None:
    """A child is checked within a create of its parent, and by its own operations."""
    notes = {"attributes": [attribute(mandatory=True, maxLength=5)]}
    source = source_of("d.json", describe(attribute(), children={"notes": notes}))
    _, folder = check_import(source, tmp_path)
    contract = fieldbound.contract("acme/create-accounts", folder.parent)
    assert contract.is_valid({"notes": [{"a": "x"}]})
    assert [each.pointer for each in contract.check({"notes": [{"a": "123456"}, {}]})] == [
        "/notes/0/a",
        "/notes/1/a",
    ]
    assert not fieldbound.contract("acme/create-notes", folder.parent).is_valid({})


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('{"Resources": {"a": 5}}', "1:21", "the resource a must be an object"),
        ('{"Resources": {"a": {"attributes": {}}}}', "1:36", "attributes must be an array"),
        ('{"Resources": {"a": {"attributes": [5]}}}', "1:37", "must be an object with a name"),
        (describe(attribute(), attribute()), "1:136", "the attribute a is there twice"),
        (describe(attribute(maxLength="many")), "1:148", "maxLength must be a whole number"),
        (describe(attribute(maxLength=-1)), "1:148", "maxLength must be a whole number"),
        (describe(attribute("integer", precision=1.5)), "1:149", "precision must be a whole"),
        ('{"Resources": {}}', "1:1", "there is no resource with attributes in it"),
        ('{"Resources": {"a": }}', "1:21", "expected"),
    ],
)
def test_a_broken_describe(text: str, place: str, reason: str) -> None:
    """What cannot be read is an error with its place in the file."""
    with pytest.raises(BrokenSource, match=reason) as caught:
        read(source_of("d.json", text), "adf-describe", vendor="acme")
    assert str(caught.value).startswith(f"d.json:{place}: ")


def test_a_resource_that_there_is_not() -> None:
    """The error names those that there are."""
    source = source_of("d.json", describe(attribute()))
    with pytest.raises(BrokenSource, match="no resource 'orders': must be one of accounts"):
        read(source, vendor="acme", resource="orders")
