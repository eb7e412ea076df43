"""OpenAPI documents: imported as folders they check as the documents themselves do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, strategies as st

import fieldbound
from fieldbound.catalog import OperationContracts, operations
from fieldbound.importers import BrokenSource, Draft, read
from support.growth import LINEAR, growth
from support.imports import check_import, contents, source_of
from support.paths import SCHEMAS as SCHEMAS_FOLDER
from support.schema_strategies import DEFINITIONS, RECORDS, SCHEMAS

INPUTS = Path(__file__).parent / "inputs"
OPENAPI = INPUTS / "orders.openapi.yaml"
SWAGGER = INPUTS / "orders.swagger.json"
OTHERS = [
    None,
    1,
    "x",
    "a" * 99,
    [],
    ["a"],
    {},
    {"id": 1, "name": "x"},
    {"name": "x", "memo": None},
]


def document(schema: Any, version: str = "3.1.0", **operation: Any) -> dict[str, Any]:
    """Return a document of one operation whose body has a schema."""
    content = {"application/json": {"schema": schema}}
    done = {"200": {"description": "Done", "content": content}}
    post = {
        "operationId": "do",
        "requestBody": {"content": content},
        "responses": done,
        **operation,
    }
    return {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {"/do": {"post": post}},
    }


def instances(contract: fieldbound.Contract) -> Iterator[Any]:
    """Yield values that are valid, and values that are not."""
    yield from OTHERS
    for case in () if "" in contract.unspecified else fieldbound.cases(contract):
        yield from (each for each in (case.valid, case.invalid) if each is not None)


def stated(contract: fieldbound.Contract) -> list[tuple[str, str, Any]]:
    """Return what the limits of a contract are, wherever they stand."""
    return sorted(((each.pointer, each.keyword, each.value) for each in contract.limits), key=repr)


def verdict(contract: fieldbound.Contract, value: Any) -> bool:
    """Return whether a value is valid; any is where there is nothing to check."""
    try:
        return contract.is_valid(value)
    except fieldbound.Unspecified:
        return True


def same(path: Path, above: Path, *more: Any) -> tuple[Draft, int]:
    """Import a document, and hold that the folder checks as it does; return how much was tried."""
    draft = read(path, vendor="acme")
    draft.write(above / "acme")
    own: OperationContracts = operations(str(path))
    imported = operations("acme", above)
    parts = [(each.operation, each.part) for each in own.entries]
    assert sorted((each.operation, each.part) for each in imported.entries) == sorted(parts)
    tried = 0
    for operation, part in parts:
        first, second = own.contract(operation, part), imported.contract(operation, part)
        assert first is not None
        assert second is not None
        alike = stated(first) == stated(second)  # the same cases, then
        for value in (*instances(first), *(() if alike else instances(second)), *more):
            assert verdict(first, value) == verdict(second, value), (operation, part, value)
            tried += 1
    return draft, tried


def test_a_document_as_a_folder(tmp_path: Path) -> None:
    """Every operation and part of a document checks the same in the folder."""
    draft, tried = same(OPENAPI, tmp_path)
    assert tried > 200
    assert [each.place for each in draft.omitted] == ["/paths/~1orders/get/parameters/2/name"]
    assert "stated" in draft.imported.limits


@pytest.mark.parametrize(
    "vendor", ["fortellis", pytest.param("axim-commerce", marks=pytest.mark.thorough)]
)
def test_the_document_of_a_vendor_as_a_folder(vendor: str, tmp_path: Path) -> None:
    """A document that refers to files beside it checks the same as a folder with all it needs."""
    _, tried = same(SCHEMAS_FOLDER / vendor / "openapi.json", tmp_path)
    assert tried > 200


def test_a_second_import_writes_the_same(tmp_path: Path) -> None:
    """The bytes are the same, and the evidence is stated."""
    for source in (OPENAPI, SWAGGER):
        folder = tmp_path / source.stem / "acme"
        read(source, vendor="acme").write(folder)
        before = contents(folder)
        assert read(source, vendor="acme").write(folder).changed == ()
        assert contents(folder) == before
    (found,) = fieldbound.contract("acme/create-order", folder.parent).check({"name": "x"})
    assert (found.code, found.says) == ("required", "stated")


#: The schema of another operation.
MORE = "#/paths/~1more/post/requestBody/content/application~1json/schema"
#: What is wrong in a document, and what of it is no limit in the folder.
SLIPS = [
    ({"type": "string", "pattern": "(("}, {}),
    ({"not": {"pattern": "((", "type": "string"}}, {}),
    ({"oneOf": [{"pattern": "(("}, {"type": "string"}]}, {}),
    ({"anyOf": [{"minLength": 3, "maxLength": 1, "type": "string"}, {"type": "null"}]}, {}),
    ({"type": "string", "maxLength": -1}, {}),
    ({"type": "object", "properties": {"name": {"$ref": "other.yaml#/Name"}}}, {}),
    ({"$ref": "#/components/schemas/Gone"}, {}),
    ({"type": "string", "format": "phone-number", "maxLenght": 3}, {}),
    ({"type": "string", "nullable": True, "unknown": 1}, {}),
    ({"type": "string", "nullable": True, "enum": ["a"]}, {}),
    ({"nullable": True, "enum": ["a"], "x": 1}, {}),
    ({"nullable": True, "allOf": [{"type": "string", "maxLength": 2}]}, {}),
    ({"nullable": True, "oneOf": [{"type": "string"}, {"type": "integer"}]}, {}),
    ({"properties": {"id": {"nullable": True, "anyOf": [{"type": "object"}], "title": "T"}}}, {}),
    ({"$ref": MORE, "nullable": True, "maxLength": 1}, {}),
    ({"type": "object"}, {"parameters": [{"name": "q", "in": "nowhere"}]}),
    ({"type": "object"}, {"parameters": [5, {"name": "q", "in": "query", "schema": {}}]}),
    ({"type": "object"}, {"security": ["key"], "unknownKey": 1}),
    ({"type": "object"}, {"responses": {"200": 5}}),
]


@pytest.mark.parametrize("version", ["3.0.3", pytest.param("3.1.0", marks=pytest.mark.thorough)])
@pytest.mark.parametrize(("schema", "operation"), SLIPS)
def test_what_is_wrong_is_taken_out(
    schema: Any, operation: Any, version: str, tmp_path: Path
) -> None:
    """A folder rejects what the document does, and the import tells what it left out."""
    path = tmp_path / "api.json"
    given = document(schema, version, **operation)
    given["paths"]["/more"] = document({"type": "string", "maxLength": 3})["paths"]["/do"]
    given["paths"]["/more"]["post"]["operationId"] = "DO"  # the same name
    path.write_text(json.dumps(given))
    draft, _ = same(path, tmp_path / "contracts")
    assert all(each.place and str(tmp_path.parent) not in str(each) for each in draft.omitted)


@given(DEFINITIONS, SCHEMAS, st.lists(RECORDS, max_size=3), st.sampled_from(["3.0.3", "3.1.0"]))
def test_generated_documents(
    definitions: dict[str, Any], schema: dict[str, Any], records: list[Any], version: str
) -> None:
    """Whatever the schemas are, a folder checks as the document does."""
    text = json.dumps(document(schema, version)).replace("#/$defs/", "#/components/schemas/")
    given_document = json.loads(text)
    text = json.dumps(definitions).replace("#/$defs/", "#/components/schemas/")
    given_document["components"] = {"schemas": json.loads(text)}
    with TemporaryDirectory() as folder:
        path = Path(folder, "api.json")
        path.write_text(json.dumps(given_document))
        try:
            own = operations(str(path)).contract("do", "", limited=True)
        except fieldbound.BrokenContract:
            return
        read(path, vendor="acme").write(Path(folder, "contracts", "acme"))
        imported = fieldbound.contract("acme/do", Path(folder, "contracts"))
        assert own is not None
        for value in (*records, *OTHERS):
            assert verdict(own, value) == verdict(imported, value), value


# -- Swagger 2.0 -----------------------------------------------------------------------------------


@pytest.fixture(name="swagger", scope="module")
def _swagger(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draft, Path]:
    above = tmp_path_factory.mktemp("swagger")
    draft = read(SWAGGER, vendor="acme")
    draft.write(above / "acme")
    return draft, above


@pytest.mark.parametrize(
    ("name", "valid", "invalid"),
    [
        ("create-order", {"kind": "a", "name": "x"}, {"kind": "a"}),
        ("create-order", {"kind": "a", "name": "x", "memo": None}, {"kind": "a", "name": "x" * 31}),
        ("create-order", {"kind": "a", "name": "x", "mood": None}, {"kind": "a", "name": None}),
        ("create-order", {"kind": "a", "name": "x", "last": None}, {"kind": 1, "name": "x"}),
        ("create-order", {"kind": "", "name": "", "rank": 1}, {"kind": "", "name": "", "rank": 0}),
        ("create-order/response.400", {"code": 1}, {}),
        ("create-order/request.query", {"size": 100, "tags": ["a"]}, {"size": 101}),
        ("create-order/request.query", {"rows": "a\tb"}, {"tags": ["abcd"]}),
        ("add-file/request.multipart/form-data", {"title": "x"}, {"title": "x" * 9}),
    ],
)  # fmt: skip
def test_swagger(name: str, valid: Any, invalid: Any, swagger: tuple[Draft, Path]) -> None:
    """A document of Swagger 2.0 is converted with its limits."""
    contract = fieldbound.contract(f"acme/{name}", swagger[1])
    assert contract.is_valid(valid)
    assert not contract.is_valid(invalid)


def test_swagger_of_messages(swagger: tuple[Draft, Path]) -> None:
    """Host, base path, styles and credentials are those of the document; the rest is told."""
    draft, above = swagger
    api = draft.files["openapi.json"]
    assert api["servers"] == [{"url": "https://api.acme.example/v1"}]
    assert api["components"]["securitySchemes"]["key"]["in"] == "header"
    tags = api["paths"]["/orders"]["post"]["parameters"][0]
    assert (tags["style"], tags["explode"]) == ("pipeDelimited", False)
    assert api["components"]["schemas"]["Order"]["discriminator"] == {"propertyName": "kind"}
    assert any("collectionFormat 'tsv'" in each.reason for each in draft.omitted)
    assert "acme/get-file/response.200" not in draft.imported.contracts  # a file is any bytes
    assert above.is_dir()


# -- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"openapi": "4.0.0", "paths": {}}', "OpenAPI 4.0.0 is not supported"),
        ('{"openapi": 3}', "openapi must be a string"),
        ('{"swagger": "1.2"}', "Swagger 1.2 is not supported"),
        ('{"swagger": "2.0", "paths": 5}', "no operations"),
        ('{"openapi": "3.1.0", "info": {}}', "no operations"),
        ('{"openapi": "3.1.0", "paths": {', "unexpected end"),
        ("[]", "it has neither openapi nor swagger"),
        (json.dumps(document({}))[:-1] + ', "openapi": "3.1.0"}', "duplicate"),
        ('{"openapi": ' * 2000, "deep"),
    ],
)
def test_a_broken_document(text: str, reason: str, tmp_path: Path) -> None:
    """It is an error with its place, and nothing is written."""
    with pytest.raises(BrokenSource, match=reason) as caught:
        read(source_of("a.json", text), "openapi", vendor="acme").write(tmp_path / "acme")
    assert str(caught.value).startswith("a.json")
    assert not (tmp_path / "acme").exists()


def test_aliases_that_grow_without_end() -> None:
    """A document in YAML whose aliases multiply is an error."""
    lines = ["openapi: 3.1.0", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(BrokenSource):
        read(source_of("a.yaml", "\n".join(lines)), "openapi", vendor="acme")


def test_some_operations_alone() -> None:
    """Operations are taken by their name, or by a tag; another name is an error."""
    draft = read(OPENAPI, vendor="acme", resource="listOrders")
    assert {each.split("/")[1] for each in draft.imported.contracts} == {"list-orders"}
    draft = read(OPENAPI, vendor="acme", resource="orders")
    assert {each.split("/")[1] for each in draft.imported.contracts} == {
        "create-order",
        "list-orders",
    }
    with pytest.raises(BrokenSource, match="no operation, and no tag of one, named 'gone'"):
        read(OPENAPI, vendor="acme", resource="gone")


def test_a_document_without_mistakes(tmp_path: Path) -> None:
    """All that every import holds is true of a document that is right."""
    text = json.dumps(
        document({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}})
    )
    draft, _ = check_import(source_of("a.json", text), tmp_path)
    assert draft.omitted == ()


def test_an_extension_of_the_vendor_is_no_mistake(tmp_path: Path) -> None:
    """One that is spelt like ours is left out quietly, and leaves nothing unchecked."""
    text = json.dumps(document({"type": "string", "maxLength": 3, "x-sources-of": "y"}))
    draft = read(source_of("a.json", text), vendor="acme")
    assert draft.omitted == ()
    draft.write(tmp_path / "acme")
    contract = fieldbound.contract("acme/do", tmp_path)
    assert not contract.not_checked
    assert not contract.is_valid("abcd")


def test_a_contradiction_in_answers_alone(tmp_path: Path) -> None:
    """What only an answer cannot satisfy is taken out of the request's schema too: it is the same.

    It is the one kind of mistake after which a folder accepts more: both contracts name it.
    """
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string", "readOnly": True}},
        "required": ["id"],
        "maxProperties": 0,
    }
    path = tmp_path / "api.json"
    given = document({"$ref": "#/components/schemas/A"})
    path.write_text(json.dumps({**given, "components": {"schemas": {"A": schema}}}))
    draft = read(path, vendor="acme")
    draft.write(tmp_path / "contracts" / "acme")
    own, imported = operations(str(path)), operations("acme", tmp_path / "contracts")
    assert len(draft.omitted) == 1
    for part in ("", "response.200"):
        first, second = own.contract("do", part), imported.contract("do", part)
        assert first is not None
        assert second is not None
        assert second.is_valid({"name": "x"})
        assert "contradict each other" in second.not_checked[""]
        assert first.is_valid({"name": "x"}) == bool(part)


@pytest.mark.parametrize("name", ["o.json", "o.yaml"])
@pytest.mark.parametrize("mistake", ["type", "$ref"])
def test_growth_with_mistakes(mistake: str, name: str) -> None:
    """An import of a document with twice as many mistakes takes about twice the work."""

    def prepared(count: int) -> Callable[[], object]:
        properties = {f"p{at}": {mistake: f"#/components/schemas/{at}"} for at in range(count)}
        text = json.dumps(document({"type": "object", "properties": properties}), indent=1)
        source = source_of(name, text)
        assert read(source, vendor="acme").omitted
        return lambda: read(source_of(name, text), vendor="acme")

    assert growth(prepared, 25) <= LINEAR
