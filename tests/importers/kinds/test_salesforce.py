"""Describe documents of Salesforce: what they state is a limit, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import Contract
from fieldbound.importers import BrokenSource, Draft, read
from support.imports import check_import, source_of

ACCOUNT = Path(__file__).parent / "inputs" / "account.describe.json"
#: No value has the wrong type and is one of the values.
INSEPARABLE = ("/Rating:type", "/Kind__c:type")
NEW = {"Name": "Acme", "Kind__c": "Trade"}


def field(type_: str = "string", **more: Any) -> dict[str, Any]:
    """Return a field that may be sent and need not be."""
    rights = {"nillable": True, "createable": True, "updateable": True}
    return {"name": "a", "type": type_, **rights, **more}


def describe(*fields: Any) -> str:
    """Return the describe of an sObject with some fields."""
    return json.dumps({"name": "Thing__c", "label": "Thing", "fields": list(fields)})


@pytest.fixture(name="account", scope="module")
def _account(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    return check_import(ACCOUNT, tmp_path_factory.mktemp("account"), INSEPARABLE)


@pytest.fixture(name="folder")
def _folder(account: tuple[Draft, Path]) -> Path:
    return account[1]


def contract(folder: Path, name: str) -> Contract:
    """Return a contract of the imported vendor."""
    return fieldbound.contract(f"acme/{name}", folder.parent)


def test_an_account(account: tuple[Draft, Path]) -> None:
    """The describe of an account has all that every import holds; what is omitted is told."""
    assert [each.place for each in account[0].omitted] == [
        "Channels__c",
        "Visited__c, CreatedDate",
        "Opens__c",
        "Any__c",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"Name": "x" * 255}, []),
        ({"Name": "x" * 256}, ["/Name maxLength"]),
        ({"Name": None}, ["/Name type"]),
        ({"Rating": None}, []),
        ({"Rating": "Tepid"}, ["/Rating enum"]),
        ({"Industry": "Anything"}, []),
        ({"Kind__c": "Legacy"}, ["/Kind__c enum"]),
        ({"NumberOfEmployees": 99_999_999}, []),
        ({"NumberOfEmployees": 100_000_000}, ["/NumberOfEmployees maximum"]),
        ({"Discount__c": 999.999}, []),
        ({"Discount__c": 1000}, ["/Discount__c exclusiveMaximum"]),
        ({"Code__c": "x" * 21}, ["/Code__c maxLength"]),
        ({"Signed__c": "2026-02-30"}, ["/Signed__c format"]),
        ({"Visited__c": "2026-11-21T10:00:00.000+0000"}, []),
        ({"IsDeleted": True}, ["/IsDeleted readOnly"]),
        ({"Parent": {"Number__c": "7"}, "attributes": {"type": "Account"}}, []),
        ({"Unknown__c": 1}, ["/Unknown__c additionalProperties"]),
    ],
)
def test_a_create(change: dict[str, Any], expected: list[str], folder: Path) -> None:
    """A create is checked by what the fields say."""
    found = contract(folder, "create-account").check({**NEW, **change})
    assert [f"{each.pointer} {each.code}" for each in found] == expected


def test_what_is_required(folder: Path) -> None:
    """A field is required that may not be null, and is not filled in."""
    found = contract(folder, "create-account").check({})
    assert [(each.code, each.pointer) for each in found] == [
        ("required", "/Kind__c"),
        ("required", "/Name"),
    ]
    assert contract(folder, "update-account").is_valid({})


def test_a_field_that_only_a_create_accepts(folder: Path) -> None:
    """An update refuses it."""
    (found,) = contract(folder, "update-account").check({"Number__c": "7"})
    assert (found.pointer, found.says) == ("/Number__c", "stated")


def test_an_answer_may_have_a_value_that_is_not_active(folder: Path) -> None:
    """Records keep values of a list that no request may have any more."""
    assert contract(folder, "get-account/response.200").is_valid({"Kind__c": "Legacy"})


def test_bytes_are_kept_as_a_note(folder: Path) -> None:
    """A length in bytes stands beside the most characters that there can be."""
    limits = {
        (each.pointer, each.keyword): each for each in contract(folder, "create-account").limits
    }
    code = limits["/Code__c", "maxLength"]
    assert (code.value, code.note) == (20, "At most 20 bytes as well: not checked.")
    assert limits["/Name", "maxLength"].note == "At most 765 bytes as well: not checked."
    assert limits["/ParentId", "maxLength"].source is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"name": "A", "fields": {}}', "it has no array named fields"),
        ('{"fields": []}', "does not name its sObject"),
        (describe(5), "a field must be an object with a name"),
        (describe(field(), field()), "the field a is there twice"),
        (describe(field(length="x")), "length must be a whole number, not 'x'"),
        (describe(field("picklist", restrictedPicklist=True)), "picklistValues must be an array"),
        ("[", "unexpected end"),
    ],
)
def test_a_broken_describe(text: str, reason: str) -> None:
    """What cannot be read is an error with its place in the file."""
    with pytest.raises(BrokenSource, match=reason) as caught:
        read(source_of("d.json", text), "salesforce", vendor="acme")
    assert str(caught.value).startswith("d.json:1:")


def test_another_object_than_the_one_asked_for() -> None:
    """A describe is of one sObject."""
    with pytest.raises(BrokenSource, match="the describe is of Thing__c, not of Account"):
        read(source_of("d.json", describe(field())), "salesforce", vendor="a", resource="Account")
