"""The fields of a contract: titles, types, defaults, limits and evidence by pointer."""

from __future__ import annotations

import fieldbound
from fieldbound import Contract, Field

SCHEMA = {
    "title": "Order",
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"title": "Order number", "$ref": "#/$defs/id"},
        "state": {"type": ["string", "null"], "enum": ["new", "paid", None], "default": "new"},
        "note": {"default": None, "maxLength": 5, "x-source": {"says": "observed"}},
        "made": {"type": "string", "readOnly": True},
        "token": {"writeOnly": True},
        "lines": {"type": "array", "items": {"title": "Line", "type": "object"}},
        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    },
    "if": {"required": ["state"]},
    "then": {"required": ["note"]},
    "$defs": {"id": {"title": "Key", "type": "integer", "minimum": 1}},
}


def field(pointer: str) -> Field:
    """Return the field at a pointer."""
    (found,) = [each for each in Contract(SCHEMA).fields if each.pointer == pointer]
    return found


def test_each_pointer_has_one_field() -> None:
    """Fields are in the order of the schema, each pointer once, parents first."""
    pointers = [each.pointer for each in Contract(SCHEMA).fields]
    assert pointers == [
        "",
        *("/id", "/state", "/note", "/made", "/token", "/lines", "/lines/*", "/either"),
    ]
    assert [field(each).name for each in pointers[:2]] == ["", "id"]
    assert field("/lines/*").name == "*"


def test_the_title_beside_a_reference_wins() -> None:
    """A title is that of the property, before that of what it refers to."""
    assert (field("").title, field("/id").title, field("/state").title) == (
        "Order",
        "Order number",
        None,
    )
    assert field("/lines/*").title == "Line"


def test_types_of_all_schemas() -> None:
    """The types are those of every schema that applies, through references and branches."""
    assert field("/id").types == ("integer",)
    assert field("/state").types == ("string", "null")
    assert field("/either").types == ("string", "integer")
    assert field("/token").types == ()


def test_a_default_of_null_is_a_default() -> None:
    """`has_default` tells a default of null from none."""
    assert (field("/note").has_default, field("/note").default) == (True, None)
    assert (field("/state").has_default, field("/state").default) == (True, "new")
    assert not field("/id").has_default


def test_required_without_a_condition() -> None:
    """A field is required where it always is; under a condition its limit says so."""
    assert field("/id").required
    assert not field("/note").required
    assert [each.condition for each in field("/note").limits if each.keyword == "required"] == [
        "/state is present"
    ]


def test_directions() -> None:
    """Read-only and write-only fields are marked."""
    assert (field("/made").read_only, field("/made").write_only) == (True, False)
    assert (field("/token").read_only, field("/token").write_only) == (False, True)


def test_limits_and_evidence() -> None:
    """A field has the limits at its pointer, and the strongest of their evidence."""
    assert [each.keyword for each in field("/id").limits] == ["required", "type", "minimum"]
    assert (field("/note").says, field("/id").says) == ("observed", None)


def test_every_limit_is_of_a_field() -> None:
    """The fields of the bundled contracts have all their limits, and each limit its title."""
    for name in ("oracle-cx-sales/create-product-group", "fortellis/create-parts-groups"):
        contract = fieldbound.contract(name)
        found = [limit for each in contract.fields for limit in each.limits]
        assert sorted(each.id for each in found) == sorted(each.id for each in contract.limits)
        titles = {each.pointer: each.title for each in contract.fields}
        assert all(each.title in (None, titles[each.pointer]) for each in contract.limits)


def test_a_limit_has_the_title_of_its_value() -> None:
    """`Limit.title` is the title of the value at its pointer, also of a required property."""
    titles = {(each.pointer, each.keyword): each.title for each in Contract(SCHEMA).limits}
    assert titles["/id", "required"] == titles["/id", "minimum"] == "Order number"
    assert titles["/state", "enum"] is None


def test_read_only_of_a_request() -> None:
    """What the server sets is read-only in the request of a vendor."""
    fields = fieldbound.contract("oracle-cx-sales/create-product-group").fields
    assert {"/CreatedBy", "/CreationDate"} <= {each.pointer for each in fields if each.read_only}
    defaults = {each.pointer: each.default for each in fields if each.has_default}
    assert set(defaults.values()) & {"Y", "N"}
