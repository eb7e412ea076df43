"""The metadata of OData services: what it states is a limit, in the JSON of its version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

import fieldbound
from fieldbound.importers import BrokenSource, Draft, read
from support.imports import check_import, source_of

INPUTS = Path(__file__).parent / "inputs"
#: No value has the wrong type and is one of the values.
INSEPARABLE = ("/grade:type", "/statecode:type", "/color:type")
V4 = ("4.0", "http://docs.oasis-open.org/odata/ns/edm")
V2 = ("1.0", "http://schemas.microsoft.com/ado/2008/09/edm")


def metadata(inner: str, version: tuple[str, str] = V4) -> str:
    """Return a document of one schema."""
    number, namespace = version
    return (
        f'<e:Edmx Version="{number}" xmlns:e="edmx"><e:DataServices>'
        f'<Schema Namespace="N" Alias="self" xmlns="{namespace}">{inner}</Schema>'
        "</e:DataServices></e:Edmx>"
    )


def entity(*properties: str, more: str = "", version: tuple[str, str] = V4) -> str:
    """Return a document of one entity type with these properties."""
    return metadata(f'<EntityType Name="T">{"".join(properties)}</EntityType>{more}', version)


def draft_of(text: str, **options: Any) -> Draft:
    """Return the draft of a document."""
    return read(source_of("m.xml", text), "odata", vendor="acme", **options)


def value_of(*facets: str, more: str = "", version: tuple[str, str] = V4) -> dict[str, Any]:
    """Return the schema of the property a of these facets."""
    text = entity(f'<Property Name="a" {" ".join(facets)}/>', more=more, version=version)
    found = draft_of(text).files["t.json"]["$defs"]["a"]
    assert isinstance(found, dict)
    return found


@pytest.fixture(name="folders", scope="module")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Draft, Path]]:
    return {
        name.partition(".")[0]: check_import(
            INPUTS / name, tmp_path_factory.mktemp("odata"), INSEPARABLE
        )
        for name in ("accounts.metadata.xml", "orders.metadata.xml", "products.metadata.json")
    }


def broken(folders: dict[str, tuple[Draft, Path]], name: str, instance: Any) -> list[str]:
    """Return what a contract of an imported document finds: each pointer and code."""
    vendor, _, operation = name.partition("/")
    folder = folders[vendor][1]
    report = fieldbound.contract(f"acme/{operation}", folder.parent).check(instance)
    return [f"{each.pointer} {each.code}" for each in report]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"name": None}, ["/name type"]),
        ({"name": "x" * 161}, ["/name maxLength"]),
        ({"notes": "x" * 9999}, []),
        ({"grade": "Gold"}, ["/grade enum"]),
        ({"channels": "Phone,Mail"}, []),
        ({"channels": "Fax"}, ["/channels pattern"]),
        ({"statecode": 2}, ["/statecode enum"]),
        ({"numberofemployees": -1}, ["/numberofemployees minimum"]),
        ({"numberofemployees": 2_000_000_000}, ["/numberofemployees maximum"]),
        ({"share": 1}, ["/share exclusiveMaximum"]),
        ({"share": "-INF"}, []),
        ({"revenue": 999_999.99}, []),
        ({"revenue": 1_000_000}, ["/revenue exclusiveMaximum"]),
        ({"revenue": 0.125}, ["/revenue multipleOf"]),
        ({"exchangerate": 0.12345678}, []),
        ({"tiny": 128}, ["/tiny maximum"]),
        ({"version": 2**63}, ["/version maximum"]),
        ({"photo": "AAECAwQFBgcICQ=="}, []),
        ({"photo": "A" * 17}, ["/photo maxLength"]),
        ({"opened": "2026-02-30"}, ["/opened format"]),
        ({"lastcall": "2026-11-21T10:00:00.123+01:00"}, []),
        ({"lastcall": "2026-11-21T10:00Z"}, []),
        ({"lastcall": "2026-11-21T10:00:00.1234Z"}, ["/lastcall pattern"]),
        ({"opens": "10:00:00.5"}, ["/opens pattern"]),
        ({"wait": "P1DT2H"}, []),
        ({"wait": "P1M"}, ["/wait pattern"]),
        ({"tags": ["a"] * 4}, ["/tags maxItems"]),
        ({"tags": [None]}, ["/tags/0 type"]),
        ({"address": {"line1": "x" * 51, "zip": None}}, ["/address/line1 maxLength"]),
        ({"address": {"zip": "a"}}, ["/address/zip pattern"]),
        ({"address": {"region": "BY"}}, ["/address/region readOnly"]),
        ({"createdon": "2026-11-21T10:00:00Z"}, ["/createdon readOnly"]),
        ({"primarycontact@odata.bind": "/contacts(1)", "@odata.type": "#account"}, []),
        ({"contacts": {}}, ["/contacts type"]),
        ({"nmae": "x"}, ["/nmae additionalProperties"]),
    ],
)
def test_a_create_of_version_4(
    change: dict[str, Any], expected: list[str], folders: dict[str, tuple[Draft, Path]]
) -> None:
    """A create is checked by facets, annotations, enumerations and complex types."""
    assert broken(folders, "accounts/create-accounts", {"name": "Acme", **change}) == expected


def test_what_a_create_must_have(folders: dict[str, tuple[Draft, Path]]) -> None:
    """Only what the capabilities of the entity set require is required."""
    assert broken(folders, "accounts/create-accounts", {}) == ["/name required"]
    assert broken(folders, "accounts/update-accounts", {}) == []
    assert broken(folders, "products/create-products", {}) == []


def test_rights(folders: dict[str, tuple[Draft, Path]]) -> None:
    """Immutable is for a create alone, write-only for no answer; an open type takes anything."""
    assert broken(folders, "accounts/update-accounts", {"accountnumber": "1"}) == [
        "/accountnumber not"
    ]
    answer = {"secret": "s", "createdon": "2026-11-21T10:00:00Z", "other": 1}
    assert broken(folders, "accounts/get-accounts/response.200", answer) == ["/secret writeOnly"]
    assert broken(folders, "accounts/create-contacts", {"other": 1, "number": 40_000}) == [
        "/number maximum"
    ]
    names = folders["accounts"][0].imported.contracts
    assert "acme/update-contacts" not in names


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Net": "1234567890.123", "Count": "9", "Wanted": "/Date(1764547200000)/"}, []),
        ({"Net": 1}, ["/Net type"]),
        ({"Net": "12345678901"}, ["/Net pattern"]),
        ({"Net": "1.2345"}, ["/Net pattern"]),
        ({"Count": 9}, ["/Count type"]),
        ({"OrderID": "A1"}, ["/OrderID pattern"]),
        ({"Pieces": -1}, ["/Pieces minimum"]),
        ({"Rate": "1.5E+01"}, []),
        ({"Wanted": "2026-11-21T00:00:00"}, []),
        ({"Wanted": "21.11.2026"}, ["/Wanted pattern"]),
        ({"At": "PT11H30M00S"}, []),
        ({"At": "11:30"}, ["/At pattern"]),
        ({"Stamp": "/Date(1764547200000+0060)/"}, []),
        ({"CreatedOn": "/Date(0)/"}, ["/CreatedOn readOnly"]),
        ({"Closed": True}, ["/Closed not"]),
        ({"Items": [{"Pos": 1}], "__metadata": {"type": "x"}}, []),
        ({"Items": "x"}, ["/Items type"]),
    ],
)
def test_a_create_of_version_2(
    change: dict[str, Any], expected: list[str], folders: dict[str, tuple[Draft, Path]]
) -> None:
    """Before version 4, decimals and long integers are strings; SAP says what may be sent."""
    assert broken(folders, "orders/create-order-set", {"OrderID": "1", **change}) == expected


def test_operations_of_version_2(folders: dict[str, tuple[Draft, Path]]) -> None:
    """An entity set that is not creatable has no create, and answers are not checked."""
    names = folders["orders"][0].imported.contracts
    assert "acme/create-item-set" not in names
    assert not [each for each in names if "response" in each]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "Pen", "color": "Red", "price": 1.25, "size": {"width": 2}}, []),
        ({"name": "<b>"}, ["/name pattern"]),
        ({"name": None}, ["/name type"]),
        ({"color": "Blue"}, ["/color enum"]),
        ({"price": 0}, ["/price exclusiveMinimum"]),
        ({"price": 10_000}, ["/price exclusiveMaximum"]),
        ({"id": 1}, ["/id readOnly"]),
        ({"sizes": [{"unit": "inch"}]}, ["/sizes/0/unit maxLength"]),
    ],
)
def test_a_create_of_csdl_json(
    change: dict[str, Any], expected: list[str], folders: dict[str, tuple[Draft, Path]]
) -> None:
    """CSDL JSON says the same; there, nothing may be null unless it says so."""
    assert broken(folders, "products/create-products", change) == expected


def test_what_is_omitted(folders: dict[str, tuple[Draft, Path]]) -> None:
    """What no limit was made of is told, with where it is."""
    told = {name: [each.place for each in draft.omitted] for name, (draft, _) in folders.items()}
    assert told == {
        "accounts": [
            "accounts/address/within",
            "accounts/logo",
            "accounts/mood",
            "accounts: name",
            "action Merge",
        ],
        "orders": ["OrderSet/Net", "OrderSet/Customer", "function import Release", "answers"],
        "products": [
            *("Products/any", "Products: name, price", "Top/any", "Top: name, price"),
            "action Discount",
        ],
    }


#: A service with one entity set, one singleton, and what can be called, in XML and in JSON.
CALLED_XML = metadata(
    """<EntityType Name="T"><Key><PropertyRef Name="id"/></Key>
      <Property Name="id" Type="Edm.Int32" Nullable="false"/>
      <Property Name="name" Type="Edm.String" MaxLength="3"/></EntityType>
    <Action Name="Ship" IsBound="true"/><Action Name="Ship" IsBound="true"/>
    <Action Name="Reset"/><Function Name="Total" IsBound="true"/><Function Name="Best"/>
    <EntityContainer Name="C"><EntitySet Name="Ts" EntityType="self.T"/>
      <Singleton Name="Me" Type="self.T"/><ActionImport Name="Reset" Action="self.Reset"/>
    </EntityContainer>"""
)
CALLED_JSON = json.dumps(
    {
        "$Version": "4.01",
        "N": {
            "T": {
                "$Kind": "EntityType",
                "$Key": ["id"],
                "id": {"$Type": "Edm.Int32"},
                "name": {"$MaxLength": 3, "$Nullable": True},
            },
            "Ship": [{"$Kind": "Action", "$IsBound": True}, {"$Kind": "Action", "$IsBound": True}],
            "Reset": [{"$Kind": "Action"}],
            "Total": [{"$Kind": "Function", "$IsBound": True}],
            "Best": [{"$Kind": "Function"}],
            "C": {
                "$Kind": "EntityContainer",
                "Ts": {"$Collection": True, "$Type": "N.T"},
                "Me": {"$Type": "N.T"},
                "Reset": {"$Action": "N.Reset"},
            },
        },
    }
)


@pytest.mark.parametrize("text", [CALLED_XML, CALLED_JSON])
def test_a_singleton_and_what_is_called(text: str, tmp_path: Path) -> None:
    """A singleton is got and updated, without a key; actions and functions are told, each once."""
    draft, folder = check_import(source_of("m", text), tmp_path)
    assert set(draft.files["openapi.json"]["paths"]) == {"/Ts", "/Ts({id})", "/Me"}
    me = draft.files["openapi.json"]["paths"]["/Me"]
    assert {each: me[each]["operationId"] for each in me} == {
        "get": "get-me",
        "patch": "update-me",
    }
    assert not fieldbound.contract("acme/update-me", folder.parent).is_valid({"name": "abcd"})
    called = [each.place for each in draft.omitted if "not imported" in each.reason]
    assert called == ["bound action Ship", "action Reset", "bound function Total", "function Best"]
    only = draft_of(text, resource="Me")
    assert set(only.files["openapi.json"]["paths"]) == {"/Me"}


def test_one_entity_set_of_several() -> None:
    """The limits of one that is named cite a document of that name, whatever its file's is."""
    draft = read(INPUTS / "accounts.metadata.xml", vendor="acme", resource="contacts")
    assert (draft.key, sorted(draft.files)) == (
        "metadata-contacts",
        ["contacts.json", "openapi.json", "sources.json"],
    )
    with pytest.raises(BrokenSource, match="there is no entity set 'x': must be one of accounts"):
        read(INPUTS / "accounts.metadata.xml", vendor="acme", resource="x")


def test_a_path_has_the_key_in_parentheses() -> None:
    """An entity has its key in parentheses behind the name of its set."""
    paths = read(INPUTS / "accounts.metadata.xml", vendor="acme").files["openapi.json"]["paths"]
    assert sorted(paths) == [
        "/accounts",
        "/accounts({accountid})",
        "/contacts",
        "/contacts({contactsKey})",
    ]


def test_types_that_build_on_an_entity_type() -> None:
    """What a subtype adds is not refused."""
    more = '<EntityType Name="S" BaseType="N.T"/>'
    sets = '<EntityContainer Name="C"><EntitySet Name="Ts" EntityType="self.T"/></EntityContainer>'
    draft = draft_of(entity('<Property Name="a" Type="Edm.Int32"/>', more=more + sets))
    assert "additionalProperties" not in draft.files["ts.json"]["$defs"]["create"]
    assert [each.place for each in draft.omitted] == ["Ts"]


def test_nested_types_of_exponential_size() -> None:
    """Complex types that contain each other many times over are refused, not expanded."""
    types = "".join(
        f'<ComplexType Name="C{level}">'
        + "".join(f'<Property Name="p{each}" Type="N.C{level + 1}"/>' for each in range(10))
        + "</ComplexType>"
        for level in range(9)
    )
    text = entity('<Property Name="a" Type="N.C0"/>', more=f'{types}<ComplexType Name="C9"/>')
    with pytest.raises(BrokenSource, match=r"m\.xml:1:\d+: its complex types have too many"):
        draft_of(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<a/>", r"m\.xml:1:1: no CSDL document: its root is a, not Edmx"),
        ("<a>", r"m\.xml:1:4: no element found"),
        ("<a>&b;</a>", r"m\.xml:1:4: undefined entity"),
        ('<e:Edmx xmlns:e="e"/>', "the document has no Schema"),
        (metadata(""), "no entity set, and no entity type"),
        (metadata("<EntityType/>"), r"m\.xml:1:\d+: EntityType must have an attribute Name"),
        (entity('<Property Name="a"/>'), "Property must have an attribute Type"),
        (entity(more='<EntityType Name="T"/>'), "the type N.T is there twice"),
        (
            entity('<Property Name="a" Type="Edm.String" MaxLength="ten"/>'),
            "MaxLength must be a whole number, not 'ten'",
        ),
        (metadata('<EntityType Name="T" BaseType="N.T"/>'), "the type N.T builds on itself"),
        (metadata('<EntityType Name="T" BaseType="N.B"/>'), "no entity or complex type N.B"),
        ("<a>" * 99 + "</a>" * 99, "elements are nested more than 64 deep"),
        ('<?xml version="1.0" encoding="x-no"?><a/>', "encoding"),
        (metadata("", ("5.0", "x")), "the Version '5.0' of Edmx is not known"),
    ],
)
def test_a_broken_document(text: str, reason: str) -> None:
    """What cannot be read is an error with its place in the file."""
    with pytest.raises(BrokenSource, match=reason):
        draft_of(text)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_declaration(declaration: str, encoding: str) -> None:
    """No entity is expanded, and nothing is fetched: a declaration of them is an error."""
    data = f"{declaration}{entity()}".encode(encoding)
    with pytest.raises(BrokenSource, match=r"^m\.xml:1:\d+: it has a document type declaration"):
        read(source_of("m.xml", data), "odata", vendor="acme")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("[]", "it has no string named"),
        ('{"$Version": "4.0"}', "the document has no schema"),
        ('{"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", "a": 5}}}', "a must be an object"),
        (
            '{"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", "a": {"$MaxLength": "x"}}}}',
            r"m\.json:1:\d+: \$MaxLength must be a whole number",
        ),
        (
            '{"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", "a": {"$Type": 5}}}}',
            "must be the name of a type",
        ),
        ("{", "m.json:1"),
    ],
)
def test_broken_csdl_json(value: str, reason: str) -> None:
    """What cannot be read of CSDL JSON is an error with its place in the file."""
    with pytest.raises(BrokenSource, match=reason):
        read(source_of("m.json", value), "odata", vendor="acme")


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        (('Type="Edm.String"', 'DefaultValue="x"'), {"default": "x"}),
        (('Type="Edm.Boolean"', 'DefaultValue="true"'), {"default": True}),
        (('Type="Edm.Double"', 'DefaultValue="1.5"'), {"default": 1.5}),
        (('Type="Edm.Int32"', 'DefaultValue="x"'), {}),
        (('Type="Edm.String"', 'Nullable="false"'), {"type": "string"}),
        (('Type="Edm.Decimal"', 'Precision="7"', 'Scale="floating"'), {"type": ["number", "null"]}),
        (('Type="N.Gone"',), {"x-unspecified": "the type N.Gone is not in the document"}),
        (('Type="Edm.Stream"',), {"x-unspecified": "the type Edm.Stream has no one form in JSON"}),
    ],
)
def test_a_property(facets: tuple[str, ...], expected: dict[str, Any]) -> None:
    """A property has the limits of its type and facets, and a default of that type."""
    found = value_of(*facets)
    assert {name: found.get(name) for name in expected} == expected
    assert expected or "default" not in found


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ('<Annotation Term="Validation.Pattern" String="(?P&lt;a>b)"/>', "is no pattern of ECMA"),
        (
            '<Annotation Term="Validation.Minimum" Int="1"/>',
            "Minimum 1 cannot be a limit of string",
        ),
        ('<Annotation Term="Validation.Maximum" Path="b"/>', "Maximum is not made a limit"),
        ('<Annotation Term="Validation.Constraint"/>', "Constraint is not made a limit"),
    ],
)
def test_an_annotation_that_is_no_limit(annotation: str, reason: str) -> None:
    """An annotation that cannot limit its property is told."""
    text = entity(f'<Property Name="a" Type="Edm.String">{annotation}</Property>')
    (told,) = draft_of(text).omitted
    assert reason in told.reason


def test_an_enumeration_of_version_3() -> None:
    """Before version 4, documents do not say how JSON has an enumeration."""
    more = '<EnumType Name="E"><Member Name="A"/></EnumType>'
    assert "x-unspecified" in value_of('Type="N.E"', more=more, version=V2)


@given(
    length=st.integers(1, 9999),
    nullable=st.booleans(),
    default=st.none() | st.text("ab", max_size=9),
)
def test_xml_and_json_say_the_same(length: int, nullable: bool, default: str | None) -> None:
    """A property makes the same limits in both representations."""
    given_default = "" if default is None else f'DefaultValue="{default}"'
    facets = f'Type="Edm.String" MaxLength="{length}" Nullable="{str(nullable).lower()}"'
    of_xml = value_of(facets, given_default)
    member = {"$MaxLength": length, "$Nullable": nullable, "$DefaultValue": default}
    document = {"$Version": "4.01", "N": {"T": {"$Kind": "EntityType", "a": member}}}
    source = source_of("m.json", json.dumps(document))
    of_json = read(source, "odata", vendor="acme").files["t.json"]["$defs"]["a"]
    assert of_json == of_xml
