"""Tables of limits, of every form: what is certain is a limit, all else is told."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from fieldbound import contract
from fieldbound.importers import BrokenSource, Draft, SourceDocument, read
from fieldbound.importers.tables import workbook as workbooks
from support.imports import check_import, source_of

_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
openpyxl = pytest.importorskip("openpyxl")
INPUTS = Path(__file__).parent / "inputs"
#: No value has the wrong type and is one of the values, or is as long as a list has it.
INSEPARABLE = ("/active:type", "/kind:type", "/status:type", "/Kind:type")


def draft_of(text: str | bytes, name: str = "t.csv", **options: Any) -> Draft:
    """Return the draft of a table."""
    options = {"resource": "thing", **options}
    return read(source_of(name, text), "table", vendor="acme", **options)


def limits(row: str, headings: str = "Field;Type;Length;Required;Values;Default;Format") -> Any:
    """Return the schema of the one attribute of a table, and what is told of it."""
    draft = draft_of(f"{headings}\n{row}\n")
    (found,) = draft.files["thing.json"]["$defs"]["create"]["properties"]
    schema = dict(draft.files["thing.json"]["$defs"][found])
    return schema, [each.reason.partition(": ")[2] for each in draft.omitted]


def workbook(*sheets: tuple[str, list[list[Any]]], merge: str | None = None) -> bytes:
    """Return a workbook of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if merge is not None:
            sheet.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "resources", "omitted"),
    [
        ("customers.limits.csv", ["customer", "order"], ["line 8", "line 14", "line 16"]),
        ("invoices.limits.md", ["invoices"], ["line 12", "line 12"]),
        ("partners.limits.html", ["partners", "sites"], []),
        ("parts.limits.txt", ["parts"], ["line 6", "line 7", "Parts"]),
    ],
)
def test_a_form(name: str, resources: list[str], omitted: list[str], tmp_path: Path) -> None:
    """Each form of a table is recognised, and has all that every import holds."""
    draft, _ = check_import(INPUTS / name, tmp_path, INSEPARABLE)
    files = sorted({*draft.files} - {"openapi.json", "sources.json"})
    assert files == [f"{each}.json" for each in resources]
    assert [each.place for each in draft.omitted] == omitted


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"name": "x" * 41}, ["/name maxLength"]),
        ({"active": "X"}, ["/active enum"]),
        ({"kind": "maybe"}, ["/kind enum"]),
        ({"kind": None}, []),
        ({"grade": 6}, ["/grade maximum"]),
        ({"limit": 1e16}, ["/limit exclusiveMaximum"]),
        ({"created": "now"}, ["/created readOnly"]),
        ({"address": {}}, ["/address/street required"]),
        ({"address": {"street": "x", "zip": "x" * 10}}, ["/address/zip maxLength"]),
        ({"contacts": [{"email": "x" * 81}]}, ["/contacts/0/email maxLength"]),
        ({"contacts": [{"roles": [1]}]}, ["/contacts/0/roles/0 type"]),
        ({"since": 5}, []),
        ({"other": 1}, ["/other additionalProperties"]),
    ],
)
def test_a_create(change: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    """A create is checked by the rows of its resource; an update need not be whole within."""
    read(INPUTS / "customers.limits.csv", "table", vendor="acme").write(tmp_path / "acme")
    instance = {"number": "1", "name": "Acme", "active": "Y", **change}
    found = contract("acme/create-customer", tmp_path).check(instance)
    assert [f"{each.pointer} {each.code}" for each in found] == expected
    assert contract("acme/update-customer", tmp_path).is_valid({"address": {"zip": "1"}})


def test_a_workbook(tmp_path: Path) -> None:
    """A sheet is a resource by its title; numbers are whole, merged cells in each row."""
    rows = [
        ["Vehicles"],
        [],
        ["Feldname", "Typ", "Länge", "Pflichtfeld", "Bemerkung"],
        ["vin", "Text", 17, "ja", None],
        ["color", "Text", 3.0, "nein", "a code"],
        ["trim", None, 5, "nein", None],
    ]
    data = workbook(("Vehicle", rows), ("Tabelle1", [["x", "y"]]), merge="B5:B6")
    source = SourceDocument("limits.xlsx", data, read="2026-11-21")
    draft, folder = check_import(source, tmp_path)
    found = contract("acme/create-vehicles", folder.parent)
    lengths = {each.pointer: each.value for each in found.limits if each.keyword == "maxLength"}
    assert lengths == {"/vin": 17, "/color": 3, "/trim": 5}
    assert draft.omitted == ()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a;String(40)", {"type": ["string", "null"], "maxLength": 40}),
        ("a;char 10;;y", {"type": "string", "maxLength": 10}),
        ("a;String;1-40;y", {"type": "string", "minLength": 1, "maxLength": 40}),
        ("a;String;unlimited;y", {"type": "string"}),
        ("a;an3;;y", {"type": "string", "minLength": 3, "maxLength": 3}),
        ("a;int32;;y", {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}),
        ("a;Integer;3;y", {"type": "integer", "minimum": -999, "maximum": 999}),
        (
            "a;Number;5.2;y",
            {"type": "number", "exclusiveMinimum": -1000, "exclusiveMaximum": 1000},
        ),
        ("a;Boolean;;y;;true", {"type": "boolean", "default": True}),
        ("a;Boolean;;y;true, false", {"type": "boolean"}),
        ("a;Y/N;;M", {"type": "string", "enum": ["N", "Y"]}),
        ("a;picklist;;y;A|B;B", {"type": "string", "enum": ["A", "B"], "default": "B"}),
        ("a;;;y;'it is', 'x'", {"type": "string", "enum": ["it is", "x"]}),
        ("a;Integer;;y;1, 2 or 3;2", {"type": "integer", "enum": [1, 2, 3], "default": 2}),
        ("a;Text;1.000;y", {"type": "string", "maxLength": 1000}),
        ("a;String;12,000 characters;y", {"type": "string", "maxLength": 12000}),
        ("a;J/N;1;y", {"type": "string", "enum": ["J", "N"]}),
        ("a;string | null;;y", {"type": ["string", "null"]}),
        ("a;Nullable Integer;;y", {"type": ["integer", "null"]}),
        (
            "a;array<nullable string>;;y",
            {"type": "array", "items": {"type": ["string", "null"]}},
        ),
        ("a;string <date>;;y", {"type": "string", "format": "date"}),
        ("a;string($uuid);;y", {"type": "string", "format": "uuid"}),
        ("a;Number;;y;0..1.5", {"type": "number", "minimum": 0, "maximum": 1.5}),
        ("a;Date;;y;;;YYYY-MM-DD", {"type": "string", "format": "date"}),
        ("a;String;;y;;;^[A-Z]+$", {"type": "string", "pattern": "^[A-Z]+$"}),
        ("a;integer[];;y", {"type": "array", "items": {"type": "integer"}}),
        ("tags[];String(5);;y", {"type": "array", "items": {"type": "string", "maxLength": 5}}),
    ],
)
def test_a_row(row: str, expected: dict[str, Any]) -> None:
    """Types, lengths, values, defaults and formats are understood as they are usually written."""
    assert limits(row) == (expected, [])


@pytest.mark.parametrize(
    ("type_", "length", "expected"),
    [
        ("CHAR", "10", {"type": "string", "maxLength": 10}),
        ("SSTRING", "80", {"type": "string", "maxLength": 80}),
        ("STRING", "0", {"type": "string"}),
        ("NUMC", "4", {"type": "string", "pattern": "^[0-9]*$", "maxLength": 4}),
        ("NUMC(4)", "", {"type": "string", "pattern": "^[0-9]*$", "maxLength": 4}),
        ("DATS", "8", {"type": "string", "pattern": "^[0-9]{8}$"}),
        ("TIMS", "6", {"type": "string", "pattern": "^[0-9]{6}$"}),
        ("LANG", "1", {"type": "string", "maxLength": 1}),
        ("CUKY", "", {"type": "string", "maxLength": 5}),
        ("UNIT", "3", {"type": "string", "maxLength": 3}),
        ("INT1", "3", {"type": "integer", "minimum": -128, "maximum": 255}),
        ("INT2", "5", {"type": "integer", "minimum": -(2**15), "maximum": 2**15 - 1}),
        ("INT4", "10", {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}),
        ("INT8", "19", {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}),
    ],
)
def test_a_type_of_sap(type_: str, length: str, expected: dict[str, Any]) -> None:
    """Types of the dictionary of SAP are what is certain of them, with length and decimals."""
    headings = "Component;Data Type;Length;Decimals;Mandatory"
    found, told = limits(f"a;{type_};{length};0;X", headings)
    assert {word: found.get(word) for word in expected} == expected
    assert found.keys() - {"type"} == expected.keys() - {"type"}
    assert told == []


@pytest.mark.parametrize(
    ("row", "kept", "told"),
    [
        ("a;QUAN(13,3);;", {}, "type: whether QUAN(13,3) is a number or text in JSON is not said"),
        ("a;CURR;13;", {}, "type: whether CURR is a number or text in JSON is not said"),
        ("a;Blob;;", {}, "type: 'Blob' is not clear"),
        ("a;Date;;", {}, "type: what form a date has in JSON is not said"),
        ("a;String;some;y", {"type": "string"}, "maxLength: 'some' is not clear"),
        ("a;String(4);5;y", {"type": "string"}, "the length is 4 in the type, and 5 beside it"),
        ("a;Boolean;1;y", {"type": "boolean"}, "a length of 1 does not limit the type boolean"),
        (
            "a;String;;C",
            {"type": ["string", "null"]},
            "required: on a condition that no limit can be made of",
        ),
        ("a;enum;;y", {}, "the table has no values of it"),
        ("a;Datum;;", {}, "type: what form a date has in JSON is not said"),
        ("a;String;;r", {"type": ["string", "null"]}, "required: 'r' is not clear"),
        ("a;String;;y;see the list", {"type": "string"}, "enum: 'see the list' is not clear"),
        ("a;String;;y;A, B, ...", {"type": "string"}, "enum: 'A, B, ...' is not clear"),
        ("a;String;;y;1 - On, 2 - Off", {"type": "string"}, "enum: '1 - On, 2 - Off' is not clear"),
        (
            "a;Integer;;y;A, B",
            {"type": "integer"},
            "enum: 'A, B' are no values of the type integer",
        ),
        (
            "a;String;1;y;AA, B",
            {"type": "string", "maxLength": 1},
            "enum: 'AA, B' has a value that is longer than 1",
        ),
        ("a;Integer;;y;;soon", {"type": "integer"}, "default: 'soon' is not clear"),
        ("a;Number;;y;;1,500", {"type": "number"}, "default: '1,500' is not clear"),
        ("a;String;;y;;;^(", {"type": "string"}, "format: '^(' is not clear"),
        ("a;String;;y;;;^(?P<b>c)$", {"type": "string"}, "format: '^(?P<b>c)$' is not clear"),
        ("a*;String;;y", {"type": "string"}, "the * behind the name: what it means is not said"),
    ],
)
def test_a_cell_that_is_not_clear(row: str, kept: dict[str, Any], told: str) -> None:
    """What cannot be understood is told, and no limit is made of it."""
    schema, reasons = limits(row)
    schema.pop("x-unspecified", None)
    assert (schema, reasons) == (kept, [told])


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        ("Field;Type;Min;Max;Optional", "a;int;1;9;N", {"minimum": 1, "maximum": 9}),
        ("Field;Type;Precision;Scale", "a;decimal;4;2", {"exclusiveMaximum": 100}),
        ("Field;Type;Nullable;Required", "a;int;no;no", {"type": "integer"}),
        ("Field;Type;Access", "a;int;RO", {"readOnly": True}),
        ("Field;Type;Access", "a;int;write-only", {"writeOnly": True}),
        ("Field;Min. length;Max. length", "a;2;3", {"minLength": 2, "maxLength": 3}),
        ("API name;Name;Type;Label", "a;b;int;A", {"title": "A"}),
        ("Nom du champ;Type;Longueur max.", "a;texte;4", {"maxLength": 4}),
        ("Campo;Tipo de dato;Longitud máxima", "a;cadena;4", {"maxLength": 4}),
        ("Field;Type;Notes;Description", "a;int;x;y", {"description": "x y"}),
        ("Field;Type;Max Length (chars)", "a;string;4", {"maxLength": 4}),
        ("Field;Type;Minimum;Maximum", "a;number;0,5;99,95", {"minimum": 0.5, "maximum": 99.95}),
        ("Field;Type;Default", "a;number;-0,125", {"default": -0.125}),
        ("Field;Type;Since", "a;int;", {"type": ["integer", "null"]}),
    ],
)
def test_columns(headings: str, row: str, expected: dict[str, Any]) -> None:
    """Columns are recognised by the usual spellings of their headings."""
    schema, told = limits(row, headings)
    assert {word: schema.get(word) for word in expected} == expected
    assert not told


def test_a_column_that_is_not_read() -> None:
    """A column with values, whose heading means nothing, is told: it may limit something."""
    draft = draft_of("Field;Type;Since;Width\na;string;2;4\nb;string;;\n")
    assert [each.place for each in draft.omitted] == ["line 1: Since", "line 1: Width"]
    assert "--column MEANING=HEADING" in draft.omitted[0].reason
    draft = draft_of("Field;Type;Width\na;string;4\n", columns={"maxLength": "Width"})
    assert draft.omitted == ()


def test_several_tables_without_a_title() -> None:
    """The error says how many, and what to do: a name cannot be of both."""
    table = "<table><tr><th>Field<th>Type<tr><td>a<td>int</table>"
    for names in ((), ("thing",)):
        with pytest.raises(BrokenSource, match="2 tables have no title: write one above each"):
            draft_of(table * 2, "t.html", resource=names)


def test_columns_that_the_user_names() -> None:
    """A column means what the user says, and which rows are headings follows from it."""
    text = "a b;c d;Type\nx;7;string\n"
    draft = draft_of(text, columns={"name": "A B", "maxlength": "c d"})
    assert draft.files["thing.json"]["$defs"]["x"]["maxLength"] == 7
    with pytest.raises(BrokenSource, match="no table with the columns e: the headings are a b, c"):
        draft_of(text, columns={"name": "e"})
    with pytest.raises(BrokenSource, match="no column means 'nmae': must be one of name, title"):
        draft_of(text, columns={"nmae": "a b"})


def test_names_within_names() -> None:
    """Names with dots, slashes and brackets are those of objects and arrays."""
    draft = draft_of("Field,Type\n$.a.b,int\n/c/d,int\ne[0].f,int\n")
    found = draft.files["thing.json"]["$defs"]
    assert [found[name]["type"] for name in "ace"] == [
        ["object", "null"],
        ["object", "null"],
        ["array", "null"],
    ]
    assert found["e"]["items"]["properties"]["f"] == {"type": ["integer", "null"]}


def test_rows_that_cannot_be_read() -> None:
    """A row without a clear name is told, and what is unknown is no longer refused."""
    draft = draft_of("Field,Type\n,int\nCity / Town,int\na,int\n")
    assert [str(each) for each in draft.omitted] == [
        "line 2: there is no name in the row",
        "line 3: the name 'City / Town' is not clear",
        "thing: unknown attributes are not refused: not all rows could be read",
    ]
    assert "additionalProperties" not in draft.files["thing.json"]["$defs"]["create"]


def test_a_name_that_is_there_twice() -> None:
    """Rows that say the same are one; of those that do not, neither is a limit."""
    draft = draft_of("Field,Type\na,int\na,int\nb,int\nb,string\nc,int\nc.d,int\n")
    assert [each.place for each in draft.omitted] == ["line 5", "thing, c"]
    assert "x-unspecified" in draft.files["thing.json"]["$defs"]["b"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Field\tType\na\tint\n", "t.tsv"),
        ("Field|Type\na|int\n", "t.csv"),
        ("Field\tType\na\tint\n", "t.txt"),
        ("Field  Type\na      int\n", "t"),
        ("Field | Type\n--|--\na | int\n", "t.txt"),
        ("<table><tr><th>Field<th>Type<tr><td>a<td>int</table>", "t.txt"),
        ("\ufeffField,Type\r\na,int\r\n", "t.csv"),
        ("Field,Type\na,int\n".encode("utf-16"), "t.csv"),
    ],
)
def test_a_form_is_recognised(text: str | bytes, name: str) -> None:
    """The form, the delimiter and the encoding are recognised."""
    assert read(source_of(name, text), vendor="acme", resource="thing").files["thing.json"]
    found = draft_of(text, name).files["thing.json"]["$defs"]["a"]
    assert found == {"type": ["integer", "null"]}


def test_an_encoding_that_is_not_certain() -> None:
    """What is not UTF-8 is read as Windows has it, and told; what it is not, is an error."""
    draft = draft_of("Field;Type;Länge\nStraße;Text;3\n".encode("cp1252"))
    assert draft.files["thing.json"]["$defs"]["Straße"]["maxLength"] == 3
    assert [str(each) for each in draft.omitted] == ["encoding: not UTF-8: read as Windows-1252"]
    with pytest.raises(BrokenSource, match=r"t\.csv: line 2: neither UTF-8 nor Windows-1252"):
        draft_of(b"Field;Type\n\x81\xff;int\n")


def test_which_of_several_tables() -> None:
    """The title above a table is its resource; one may be asked for by it."""
    page = INPUTS / "partners.limits.html"
    draft = read(page, "table", vendor="acme", resource="sites")
    assert (draft.key, "partners.json" in draft.files) == ("table-sites", False)
    with pytest.raises(BrokenSource, match=r"no table has the title x: the titles are 'Partners'"):
        read(page, "table", vendor="acme", resource="x")
    with pytest.raises(BrokenSource, match=r"t\.csv: line 1: the table has no title: .*--resource"):
        draft_of("Field,Type\na,int\n", resource=())


def test_headings_that_are_there_again() -> None:
    """Headings of the next page are no row, and other ones below a blank row are another table."""
    draft = draft_of("A\nField,Type\na,int\nField,Type\nb,int\n\nB\nField,Size\nc,3\n", resource=())
    assert sorted(draft.files["a.json"]["$defs"]["create"]["properties"]) == ["a", "b"]
    assert draft.files["b.json"]["$defs"]["c"]["maxLength"] == 3


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        ("a,b\n1,2\n", "t.csv", "recognised by its heading: a, b; say which .*--column name="),
        ("nothing", "t.md", "recognised by its heading: none"),
        ("Field,Type\n", "t.csv", "no row of the table can be read: it has headings alone"),
        ('Field,Type\n"a,int\n', "t.csv", r"t\.csv: line 2: no CSV"),
        ("Field,Label,Name,Attribute,Type\n", "t.csv", "'Field' and 'Attribute' look the same"),
        (b"PK\x03\x04 xl/", "t.xlsx", "no workbook of Excel"),
        ("no zip", "t.xlsx", "no workbook of Excel"),
        (workbook(("A", [])), "t.xlsx", "recognised by its heading: none"),
    ],
)
def test_a_broken_table(data: str | bytes, name: str, reason: str) -> None:
    """What cannot be read is an error that says what is there, and what to do."""
    with pytest.raises(BrokenSource, match=reason):
        draft_of(data, name)


def test_hostile_workbooks() -> None:
    """A workbook that unpacks to very much, has entities or far too many cells, is not opened."""
    whole = workbook(("A", [["Field", "Type"], ["a", "int"]]))

    def changed(part: str, old: bytes, new: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as old_book, zipfile.ZipFile(stream, "w") as book:
            for each in old_book.namelist():
                text = old_book.read(each)
                assert each != part or old in text
                book.writestr(each, text.replace(old, new) if each == part else text)
        return stream.getvalue()

    entities = b'<!DOCTYPE a [<!ENTITY x "y">]><worksheet '
    with pytest.raises(BrokenSource, match="document type declaration"):
        draft_of(changed("xl/worksheets/sheet1.xml", b"<worksheet ", entities), "t.xlsx")
    broken = bytearray(whole)
    at = whole.index(b"xl/worksheets/sheet1.xml") + 24
    broken[at : at + 40] = bytes(range(200, 240))
    with pytest.raises(BrokenSource, match="no workbook of Excel"):
        draft_of(bytes(broken), "t.xlsx")
    far = changed("xl/worksheets/sheet1.xml", b'r="B2"', b'r="XFD1048576"')
    with pytest.raises(BrokenSource, match=r"sheet A: a table has more than 2000000 cells"):
        draft_of(far, "t.xlsx")
    for ranges in (
        b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<mergeCells><mergeCell ref="A!$A$1:$XFD$1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="A:XFD" location="x"/></hyperlinks>',
        b"<mergeCells>%s</mergeCells>" % (b'<mergeCell ref="A1:B1000000"/>' * 2),
        b'<hyperlinks><hyperlink ref="?"/></hyperlinks><x:mergeCells xmlns:x="%s">'
        b'<x:mergeCell ref="A1:XFD1048576"/></x:mergeCells>' % _MAIN,
    ):
        wide = changed("xl/worksheets/sheet1.xml", b"</sheetData>", b"</sheetData>" + ranges)
        with pytest.raises(BrokenSource, match=r"sheet1\.xml: a table has more than 2000000 cells"):
            draft_of(wide, "t.xlsx")


def test_a_workbook_with_other_parts() -> None:
    """Pictures, and XML that is broken or of another kind, are no hindrance beside the sheets."""
    stream = io.BytesIO(workbook(("A", [["Field", "Type"], ["a", "int"], ["b"]]), merge="B2:B3"))
    with zipfile.ZipFile(stream, "a") as book:
        book.writestr("xl/media/image.png", b"\x89PNG\r\n" + bytes(range(256)))
        book.writestr("customXml/a.xml", '<?xml version="1.0" encoding="gb18030"?><a/>')
        book.writestr("customXml/b.xml", '<a><comment/><comment ref="?"/>')
    found = draft_of(stream.getvalue(), "t.xlsx").files["thing.json"]["$defs"]
    assert "integer" in found["a"]["type"]
    assert found["a"]["type"] == found["b"]["type"]


def test_a_workbook_that_unpacks_to_very_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not opened, whatever size it says that it has."""
    monkeypatch.setattr(workbooks, "_MAX_UNPACKED", 2**20)
    whole = workbook(("A", [["Field", "Type"], ["a", "int"]]))
    assert draft_of(whole, "t.xlsx").files["thing.json"]
    stream = io.BytesIO(whole)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/image.xml", b"\0" * 2**20)
    large = stream.getvalue()
    assert len(large) < len(whole) + 2**12
    with pytest.raises(BrokenSource, match=r"t\.xlsx: unpacks to more than 1 MiB"):
        draft_of(large, "t.xlsx")
    lying = large.replace((2**20).to_bytes(4, "little"), (2**10).to_bytes(4, "little"))
    assert lying != large
    with pytest.raises(BrokenSource, match="no workbook of Excel"):
        draft_of(lying, "t.xlsx")


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 3000 + "<table><tr><th>Field<th>Type<tr><td>a<td>int</table>",
        "<table><tr><th>Field<th>Type<tr><td>a<td colspan=99999999 rowspan=99999999>int</table>",
        "<table><tr><th>Field<th>Type<tr><td>a<td>int<script><table></script><!--<table>-->",
        "<table><tr><td><b><tr>x<tr><th>Field<th>Type<tr><td>a<td>int</table>",
        "<table><tr><td>" * 400 + "<table><tr><th>Field<th>Type<tr><td>a<td>int</table>",
    ],
)
def test_hostile_pages(text: str) -> None:
    """Pages that are nested deep, and cells that span very much, are read all the same."""
    assert draft_of(text, "t.html").files["thing.json"]["$defs"]["a"]


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=8),
        st.tuples(st.integers(1, 9999), st.booleans()),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from(",;\t|"),
)
def test_every_row_is_a_limit(rows: dict[str, tuple[int, bool]], delimiter: str) -> None:
    """Each row of a table of lengths is found again in the schemas, whatever the delimiter."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(["Field", "Type", "Length", "Required"])
    for name, (length, required) in rows.items():
        writer.writerow([name, "string", length, "Y" if required else "N"])
    found = draft_of(stream.getvalue()).files["thing.json"]["$defs"]
    create = found["create"]
    names = (f"attribute {name}" if name in ("create", "update") else name for name in rows)
    assert {
        name: (found[key]["maxLength"], name in create.get("required", ()))
        for name, key in zip(rows, names, strict=True)
    } == rows


def test_a_required_column_may_say_read_only() -> None:
    """What is read-only is no part of a request; R alone may be for required."""
    draft = draft_of("Field;Type;Required\nid;Integer;read-only\nname;String;yes\n")
    found = draft.files["thing.json"]["$defs"]
    assert found["id"]["readOnly"] is True
    assert found["create"]["required"] == ["name"]
    assert draft.omitted == ()


@pytest.mark.parametrize(
    ("row", "kept", "told"),
    [
        ("a;AN;10", {"type": "string", "maxLength": 10}, []),
        ("a;YYYY-MM-DD;10", {"type": "string", "maxLength": 10, "format": "date"}, []),
        ("a;N;5", {"x-unspecified": "format: 'N' is not clear"}, ["'N' is not clear"]),
    ],
)
def test_formats_without_types(row: str, kept: dict[str, Any], told: list[str]) -> None:
    """A length is of a text only where the column of formats does not say otherwise."""
    schema, omitted = limits(f"{row};y", "Parameter;Format;Length;M/O")
    assert (schema, omitted) == (kept, [each and f"format: {each}" for each in told])


@pytest.mark.parametrize(("cell", "type_"), [("NOT NULL", "string"), ("NULL", ["string", "null"])])
def test_null_as_databases_describe_it(cell: str, type_: Any) -> None:
    """A column `Null?` says NOT NULL, or nothing."""
    schema, omitted = limits(f"a;VARCHAR2(3);{cell}", "Name;Type;Null?")
    assert (schema, omitted) == ({"type": type_, "maxLength": 3}, [])


@pytest.mark.parametrize(
    ("asked", "files"),
    [
        ((), ["other.json", "shipment.json"]),
        ("Shipment", ["shipment.json"]),
        ("3.2 Shipment", ["3-2-shipment.json"]),
    ],
)
def test_the_number_of_a_section_is_no_name(asked: Any, files: list[str]) -> None:
    """A resource has the name of the title above its table, without a number before it."""
    text = "3.2 Shipment\n\nField   Length\nno      3\n\n4. Other\n\nField   Length\nno      3\n"
    draft = draft_of(text, "t.txt", resource=asked)
    assert [*draft.files][2:] == files


def test_a_title_within_a_table_is_no_attribute() -> None:
    """One text in all cells of a row is a title; a field of its own type is a field."""
    rows = "".join(f"<tr><td>{name}<td>{kind}<td></tr>" for name, kind in [("date", "date")])
    page = (
        "<table><tr><th>Field<th>Type<th>Length</tr><tr><td>a<td>String<td>3</tr>"
        f"<tr><td colspan=3>Address fields</tr>{rows}<tr><td>b<td>String<td>4</tr></table>"
    )
    draft = draft_of(page, "t.html")
    names = draft.files["thing.json"]["$defs"]["create"]["properties"]
    assert [*names] == ["a", "b", "date"]


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of data is no table of limits: an error says so with its line, before it is read."""
    monkeypatch.setattr("fieldbound.importers.tables.grid.MAX_CELLS", 5)
    source = source_of("t.csv", "Field,Type,Length\na,String,3\n")
    with pytest.raises(BrokenSource, match=r"t\.csv: line 2: a table has more than 5 cells"):
        read(source, vendor="acme")


def test_each_resource_that_is_asked_for_must_be_there() -> None:
    """One that is not is an error, with the titles that there are."""
    text = "# One\n\n| Field | Length |\n|--|--|\n| a | 3 |\n"
    with pytest.raises(BrokenSource, match="no table has the title Two: the titles are 'One'"):
        draft_of(text, "t.md", resource=["One", "Two"])


@pytest.mark.parametrize("between", ["", "Page 2 of 9", "Seite 3", "- 4 -"])
def test_headings_on_the_next_page(between: str) -> None:
    """Headings that are there again go on with a table, unless another title is above them."""
    text = f"Shipment\n\nField   Length\nno      3\n\n{between}\n\nField   Length\nname    5\n"
    draft = draft_of(text, "t.txt", resource=())
    assert [*draft.files][2:] == ["shipment.json"]
    assert {"no", "name"} <= draft.files["shipment.json"]["$defs"].keys()
