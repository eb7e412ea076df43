"""Source documents: what is read, and what is an error with its file and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldbound.importers import BrokenSource, SourceDocument, read
from fieldbound.importers.source import MAX_BYTES, read_source
from support.imports import source_of


def test_a_document_has_its_bytes_and_what_follows_from_them(tmp_path: Path) -> None:
    """The text is without a byte order mark; the digest is of the bytes."""
    path = tmp_path / "Table.CSV"
    path.write_bytes(b"\xef\xbb\xbfa,b\n")
    found = read_source(path, title="Limits", address="https://acme.example")
    assert (found.text, found.suffix, found.title) == ("a,b\n", ".csv", "Limits")
    assert found.start == found.data
    assert found.digest == SourceDocument("other", found.data).digest
    assert found.digest.startswith("sha256:")


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_file(data: bytes, tmp_path: Path) -> None:
    """A file without anything in it is an error."""
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(BrokenSource, match="the file is empty"):
        read(tmp_path / "a.json", vendor="acme")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The error has the reason of the system."""
    with pytest.raises(BrokenSource, match="No such file"):
        read(tmp_path / "a.json", vendor="acme")
    with pytest.raises(BrokenSource, match="Is a directory"):
        read(tmp_path, vendor="acme")
    with pytest.raises(BrokenSource, match="null"):
        read("a\0b", vendor="acme")


def test_a_huge_file(tmp_path: Path) -> None:
    """A file that is too large is not read to its end."""
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(BrokenSource, match="larger than 64 MiB"):
        read(path, vendor="acme")


def test_text_that_is_not_utf_8() -> None:
    """The error has the line."""
    with pytest.raises(BrokenSource) as caught:
        _ = source_of("a.csv", b"a\n\xff\n").text
    assert str(caught.value) == "a.csv: 2: not UTF-8: save the file as UTF-8"


@pytest.mark.parametrize(
    "text",
    [
        '{"Resources": {"a": {"attributes": [{"name": "b", "type": "string", "maxLength": 3}]}}}',
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "maxLength": 3}',
        '{"openapi": "3.1.0", "info": {"title": "T"}, "paths": {"/a": {"get": {}}}}',
        '{"name": "A", "fields": [{"name": "b", "type": "string", "createable": true}]}',
        '{"$Version": "4.01", "N": {"T": {"$Kind": "EntityType", "a": {"$MaxLength": 3}}}}',
    ],
)
def test_a_byte_order_mark(text: str) -> None:
    """It is of no meaning, whatever the kind is, and places are those after it."""
    plain, marked = (
        read(source_of("a.json", each), vendor="v") for each in (text, f"\ufeff{text}")
    )
    assert plain.files == marked.files
    with pytest.raises(BrokenSource, match=r"a\.json:1:\d+: ") as caught:
        read(source_of("a.json", f"\ufeff{text[:-1]}"), vendor="v")
    with pytest.raises(BrokenSource) as other:
        read(source_of("a.json", text[:-1]), vendor="v")
    assert str(caught.value) == str(other.value)


def test_an_error_has_a_place() -> None:
    """The place of a value is its line and column; one of a key is that of the key."""
    source = source_of("a.json", '{\n "a": [1, 5]}')
    assert str(source.error("bad", "a", 1)) == "a.json:2:11: bad"
    assert str(source.error("bad", "a", at_key=True)) == "a.json:2:2: bad"


@pytest.mark.parametrize("vendor", ["", "Acme", "a/b", "../a", "a b", ".a"])
def test_the_name_of_a_vendor(vendor: str) -> None:
    """It is the name of a folder, and the beginning of the names of contracts."""
    with pytest.raises(BrokenSource, match="is no name of a vendor"):
        read(source_of("a.json", "{}"), vendor=vendor)


def test_a_vendor_that_comes_with_fieldbound() -> None:
    """Its name is taken."""
    with pytest.raises(BrokenSource, match="'fortellis' comes with fieldbound"):
        read(source_of("a.json", "{}"), vendor="fortellis")
