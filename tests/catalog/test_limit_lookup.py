"""Limits by their id, and where each is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog import find_limits, written_at
from fieldbound.model import UnknownName, tokens_of
from support.paths import SCHEMAS
from support.tables import table

CONTRACT = "oracle-cx-sales/create-product-group"
ID = f"{CONTRACT}#/InternalName:maxLength"
#: What readOnly and the formats of OpenAPI stand for.
DERIVED = ("not", "readOnly", "multipleOf", "minimum", "maximum")
SCHEMA = """\
{"type": "object",
 "properties": {
  "name": {"type": "string", "maxLength": 5},
  "a#b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
 "required": ["id",
  "name"],
 "$defs": {"z": {"type": "integer",
  "minimum": 1}}}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.json").write_text(SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"'{ID}'",
        f' "{ID}" ',
        f"\u201c{ID}\u201d",
        ID.replace("#", "\\#"),
        ID.replace("#", "%23"),
        f"{CONTRACT}#/internalname:MAXLENGTH",
        f"{CONTRACT}#/InternalName:max",
    ],
)
def test_an_id_is_found_as_shells_and_people_write_it(text: str) -> None:
    """Quotes, backslashes and case do not matter, and a unique beginning is enough."""
    found = find_limits(text)
    assert found.contract.name == CONTRACT
    assert [each.id for each in found.limits] == [ID]


def test_each_limit_is_found_by_its_id() -> None:
    """Also that of a subschema, and one whose pointer has a number sign."""
    for name in ("own.json", "own.json#/$defs/z", CONTRACT):
        for limit in fieldbound.contract(name).limits:
            assert limit in find_limits(limit.id).limits
    assert len(find_limits("own.json#/a#b:type").limits) == 2


@table(
    ("text", "message"),
    [
        (f"{CONTRACT}#/Internal", "is the start of"),
        (f"{CONTRACT}#/InternlName:maxLength", f"did you mean {ID}"),
        (CONTRACT, f"is a contract, and no limit: run `fieldbound limits {CONTRACT}`"),
        ("own.json", "is a contract, and no limit"),
        ("oracle-cx-sales/create-product-grup#/a:type", f"did you mean {CONTRACT}"),
        ("zzz", "neither the id of a limit"),
        ("own.json#zzz", "own.json has no limit 'zzz': run `fieldbound limits own.json`"),
    ],
)
def test_an_unknown_id(text: str, message: str) -> None:
    """The error names what is similar, or how to list what there is."""
    with pytest.raises(UnknownName, match=r"\S") as caught:
        find_limits(text)
    assert message in str(caught.value)


def test_where_limits_are_written() -> None:
    """A limit is at its keyword; a name that is required at that name."""
    limits = {each.id: each for each in fieldbound.contract("own.json").limits}
    places = {
        "own.json#/name:maxLength": "3:30",
        "own.json#/name:required": "6:3",
        "own.json#:type": "1:2",
    }
    for id_, place in places.items():
        found = written_at(limits[id_])
        assert found is not None
        assert (found.file, str(found.place)) == ("own.json", place)
    (minimum,) = (
        each
        for each in fieldbound.contract("own.json#/$defs/z").limits
        if each.keyword == "minimum"
    )
    found = written_at(minimum)
    assert found is not None
    assert str(found.place) == "8:3"


def test_bundled_limits_are_written_in_their_files() -> None:
    """Every limit of a body is at a line with its keyword, or at the schema it is derived from."""
    for limit in fieldbound.contract(CONTRACT).limits:
        found = written_at(limit)
        assert found is not None
        assert str(found).startswith(f"{found.file}#/$defs/")
        assert found.file.startswith("fieldbound:oracle-cx-sales/")
        path = SCHEMAS / found.file.partition(":")[2]
        line = path.read_text("utf-8").splitlines()[found.place.line - 1]
        name = tokens_of(limit.pointer)[-1] if limit.keyword == "required" else limit.keyword
        assert json.dumps(name) in line or limit.keyword in DERIVED


def test_a_limit_of_a_whole_message_is_in_no_file() -> None:
    """What OpenAPI's parameters are made into is written nowhere as such."""
    limits = fieldbound.contract(f"{CONTRACT}/request.headers").limits
    assert written_at(limits[0]) is None
    assert written_at(limits[1]) is not None
