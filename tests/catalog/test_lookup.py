"""A name leads to a contract: of a vendor, a folder, a package, a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import BrokenContract, UnknownName

OPENAPI = """\
openapi: 3.1.0
info: {title: Acme, version: "1"}
paths:
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: trace, in: query, schema: {type: integer}}
    put:
      operationId: updateOrder
      parameters:
        - {name: X-Key, in: header, required: true, schema: {type: string, x-sensitive: true},
           x-source: {says: stated, from: guide}}
        - {name: trace, in: query, schema: {type: boolean}}
      requestBody: {$ref: "#/components/requestBodies/order"}
      responses:
        "200":
          description: ok
          headers:
            ETag: {required: true, schema: {type: string}}
          content:
            application/json: {schema: {$ref: "order.yaml#/$defs/order"}}
        "204": {description: nothing}
    get:
      responses: {default: {description: any, content: {text/plain: {schema: {}}}}}
components:
  requestBodies:
    order:
      content:
        application/xml: {schema: {maxLength: 1}}
        application/vnd.acme+json: {schema: {$ref: "order.yaml#/$defs/update"}}
"""
ORDER = """\
$schema: https://json-schema.org/draft/2020-12/schema
$defs:
  order:
    type: object
    properties:
      id: {type: string, readOnly: true, x-source: {says: stated, from: [guide]}}
      pin: {type: string, writeOnly: true}
      ref: {type: string, maxLength: 35, x-source: {says: stated, from: guide}}
  update:
    $ref: "#/$defs/order"
    required: [ref]
    unevaluatedProperties: false
"""
SOURCES = {"guide": {"title": "Acme guide", "address": "https://acme.example/guide"}}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of contracts with one vendor, and work beside it."""
    monkeypatch.chdir(tmp_path)
    vendor = tmp_path / "contracts" / "acme"
    vendor.mkdir(parents=True)
    (vendor / "openapi.yaml").write_text(OPENAPI)
    (vendor / "order.yaml").write_text(ORDER)
    (vendor / "sources.json").write_text(json.dumps(SOURCES))
    return Path("contracts")


def test_every_contract_there_is_can_be_had() -> None:
    """Every listed name leads to a contract of that name, with limits or a reason for none."""
    names = fieldbound.contracts()
    assert names == sorted(set(names))
    for name in names:
        made = fieldbound.contract(name)
        assert made.name == name
        assert made.limits or made.unspecified


def test_every_limit_of_a_vendor_has_one_id_and_says_who_says_so() -> None:
    """Within a vendor's contract no two limits share an id, and each says how it is known."""
    for name in fieldbound.contracts():
        limits = fieldbound.contract(name).limits
        assert len({limit.id for limit in limits}) == len(limits), name
        assert all(limit.says is not None for limit in limits), name


def test_a_schema_is_self_contained() -> None:
    """A contract's schema alone gives any validator the contract's verdict."""
    for name in fieldbound.contracts()[::20]:
        made = fieldbound.contract(name)
        again = fieldbound.Contract(json.loads(json.dumps(made.schema)), name=name)
        assert again.limits == made.limits


def test_a_contract_that_comes_with_fieldbound_is_made_once() -> None:
    """Asking for a contract again costs no second compilation."""
    name = "axim-commerce/create-company-group"
    assert fieldbound.contract(name) is fieldbound.contract(name)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("oracle-cx-sales/create-product-grop", "oracle-cx-sales/create-product-group"),
        ("axim/create-company-group", "axim-commerce/create-company-group"),
        ("oracle-cx-sales", "oracle-cx-sales/"),
    ],
)
def test_an_unknown_name_offers_the_closest(name: str, offered: str) -> None:
    """A name that is not there is an error that offers names that are."""
    with pytest.raises(UnknownName, match=f"no contract named.*closest: .*{offered}"):
        fieldbound.contract(name)


@pytest.mark.parametrize("name", ["§§§", "/§§§", "§§§/§§§", ""])
def test_a_name_near_no_other_is_told_where_to_look(name: str) -> None:
    """Where there is nothing to offer, the error tells where names are listed, and of files."""
    with pytest.raises(UnknownName, match="`fieldbound contracts` lists them") as raised:
        fieldbound.contract(name)
    assert raised.value.closest == ()
    assert str(raised.value).endswith("the path of a file ends in .json, .yaml or .yml")


def test_a_part_that_is_not_there_names_those_that_are() -> None:
    """An operation without such a part says which parts it has."""
    with pytest.raises(UnknownName, match=r"has no request body: it has request\.headers"):
        fieldbound.contract("oracle-cx-sales/delete-product-group")
    with pytest.raises(UnknownName, match=r"has no response\.299: it has the request body"):
        fieldbound.contract("oracle-cx-sales/create-product-group/response.299")


def test_a_folder_adds_its_vendors(folder: Path) -> None:
    """A folder in the layout of schemas/ adds its names; every part of an operation is one."""
    added = set(fieldbound.contracts([folder])) - set(fieldbound.contracts())
    assert added == {
        "acme/update-order",
        "acme/update-order/request.headers",
        "acme/update-order/request.path",
        "acme/update-order/request.query",
        "acme/update-order/response.200",
        "acme/get-orders-id/response.default.text/plain",
        "acme/update-order/response.200.headers",
        "acme/get-orders-id/request.path",
        "acme/get-orders-id/request.query",
    }


def test_direction_counts(folder: Path) -> None:
    """What is read-only is refused in a request, what is write-only in a response."""
    request = fieldbound.contract("acme/update-order", [folder])
    answer = fieldbound.contract("acme/update-order/response.200", [folder])
    both: dict[str, Any] = {"ref": "r", "id": "1", "pin": "2"}
    assert [(each.code, each.pointer) for each in request.check(both)] == [("readOnly", "/id")]
    assert [(each.code, each.pointer) for each in answer.check(both)] == [("writeOnly", "/pin")]


def test_sources_come_from_the_file_beside(folder: Path) -> None:
    """A limit's source has the title and address that sources.json gives its key."""
    (violation,) = fieldbound.contract("acme/update-order", [folder]).check({"ref": "r" * 36})
    assert violation.limit is not None
    assert violation.limit.source == fieldbound.Source(
        "guide", "Acme guide", "https://acme.example/guide"
    )
    assert violation.limit.location.endswith(
        "contracts/acme/order.yaml#/$defs/order/properties/ref/maxLength"
    )


def test_a_parameter_of_the_operation_wins(folder: Path) -> None:
    """Parameters are those of the path and of the operation, which wins; no other name passes."""
    query = fieldbound.contract("acme/update-order/request.query", [folder])
    assert query.is_valid({"trace": True})
    assert not query.is_valid({"trace": 5})
    assert not query.is_valid({"trac": True})


def test_headers_are_required_and_never_shown(folder: Path) -> None:
    """A required header is a limit where the document requires it; its value is sensitive."""
    headers = fieldbound.contract("acme/update-order/request.headers", [folder])
    (missing,) = headers.check({"Accept": "any"})
    assert missing.limit is not None
    assert missing.limit.location.endswith(
        "openapi.yaml#/paths/~1orders~1%7Bid%7D/put/parameters/0/required"
    )
    (wrong,) = headers.check({"x-key": 5})
    assert (wrong.actual, wrong.pointer) == (None, "/X-Key")


@pytest.mark.parametrize(
    ("said", "instead", "reason", "place"),
    [
        ("maxLength: 35", "maxLenght: 35", "is 'maxLength' meant", "8:27"),
        ("maxLength: 35", "nullable: true", 'a type list with "null"', "8:27"),
        ("maxLength: 35", "format: date-tiem", "is 'date-time' meant", "8:27"),
        ("maxLength: 35", "x-sensitve: true", "is 'x-sensitive' meant", "8:27"),
        ("maxLength: 35", 'maxLength: "35"', "not of type", "8:27"),
        ("maxLength: 35", "maxLength: 1, minLength: 2", "no value can satisfy", "8:7"),
        ("2020-12/schema", "2021-12/schema", "is no known draft", "1:1"),
        ("maxLength: 35", "dependencies: {}", "use dependentRequired", "8:27"),
        ("from: guide}", "of: [nullable], from: guide}", "no keyword that stands", "8:67"),
        ("{says: stated, from: guide}", "stated", "an object with says, from", "8:42"),
        ("from: guide}", "from: gide}", "no source 'gide'", "8:67"),
        ("says: stated, from: guide}", "says: sure, from: guide}", "says is one of", "8:53"),
        ("#/$defs/order", "#/$defs/ordr", "leads to nothing in order.yaml", "10:5"),
        ("#/$defs/order", "https://acme.example/x", "none is ever fetched", "10:5"),
        ("$defs:", "$defs: [", "flow|bracket|list|\\]", "4:9"),
    ],
)
def test_a_broken_contract_is_told_with_file_and_place(
    folder: Path, said: str, instead: str, reason: str, place: str
) -> None:
    """What is wrong in a contract folder is an error with file, line, column and pointer."""
    path = folder / "acme" / "order.yaml"
    path.write_text(ORDER.replace(said, instead))
    with pytest.raises(BrokenContract, match=reason) as caught:
        fieldbound.contract("acme/update-order", [folder])
    assert (caught.value.file, str(caught.value.place)) == (str(path), place)


def test_a_broken_operation_leaves_the_others_usable(folder: Path) -> None:
    """Only what an operation refers to is read for it."""
    (folder / "acme" / "order.yaml").write_text(ORDER.replace("[ref]", "ref"))
    with pytest.raises(BrokenContract, match="not of type"):
        fieldbound.contract("acme/update-order", [folder])
    assert fieldbound.contract("acme/update-order/response.200", [folder]).is_valid({})


def test_a_vendor_is_there_once(folder: Path) -> None:
    """A folder that takes the name of another vendor is an error, not a surprise."""
    (folder / "acme").rename(folder / "fortellis")
    with pytest.raises(BrokenContract, match="'fortellis' is there already"):
        fieldbound.contracts([folder])


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_a_vendor_is_an_error(tmp_path: Path, *, there: bool) -> None:
    """A folder that is not there, or holds no vendor, adds nothing in silence."""
    folder = tmp_path if there else tmp_path / "nowhere"
    with pytest.raises(BrokenContract, match=r"no such folder|no vendor in this folder"):
        fieldbound.contracts([folder])


def test_an_installed_package_adds_its_vendors(folder: Path, tmp_path: Path) -> None:
    """A package with an entry point of the group is a folder of contracts, and is not imported."""
    package = tmp_path / "site" / "acme_contracts"
    package.parent.mkdir()
    folder.rename(package)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    info = tmp_path / "site" / "acme_contracts-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-contracts\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[fieldbound.contracts]\nacme = acme_contracts\n")
    code = "import fieldbound; print(fieldbound.contract('acme/update-order').is_valid({'ref': 5}))"
    paths = os.pathsep.join([str(package.parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize("draft", [4, 6, 7])
def test_a_file_of_an_older_draft_is_a_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, draft: int
) -> None:
    """A JSON Schema file of an older draft is judged by that draft, with the files beside it."""
    monkeypatch.chdir(tmp_path)
    dialect = {"$schema": f"http://json-schema.org/draft-0{draft}/schema#"}
    Path("a.json").write_text(
        json.dumps({**dialect, "properties": {"b": {"$ref": "b.json", "maxLength": 1}}})
    )
    Path("b.json").write_text(json.dumps({**dialect, "type": "string", "maxLength": 2}))
    made = fieldbound.contract("a.json")
    assert made.is_valid({"b": "xx"})  # beside a reference nothing counts
    (violation,) = made.check({"b": "xxx"})
    assert violation.limit is not None
    assert violation.limit.id == "a.json#/b:maxLength"
    assert not made.jsonschema_validator().is_valid({"b": "xxx"})


def test_files_may_know_each_other_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to the $id of a file beside leads to that file."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"$id": "https://a.example/a", "$ref": "https://a.example/b#/x"}')
    Path("b.json").write_text('{"$id": "https://a.example/b", "x": {"maxLength": 1}}')
    assert not fieldbound.contract("a.json").is_valid("ab")


def test_a_contract_written_to_a_file_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schema of a contract, saved as a file and used in another, judges as the contract."""
    monkeypatch.chdir(tmp_path)
    made = fieldbound.contract("oracle-cx-sales/create-product-group")
    Path("one.json").write_text(json.dumps(made.schema))
    Path("many.json").write_text(json.dumps({"items": made.schema}))
    wrong = {"ProdGroupName": "a", "InternalName": "b" * 151}
    (expected,) = made.check(wrong)
    for name, instance in (("one.json", wrong), ("many.json", [wrong])):
        (violation,) = fieldbound.contract(name).check(instance)
        assert violation.limit is not None
        assert expected.limit is not None
        assert violation.limit.location == expected.limit.location


def test_a_file_above_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference may lead out of the working folder to a file at hand."""
    (tmp_path / "b.json").write_text('{"maxLength": 1}')
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a.json").write_text('{"$ref": "../b.json"}')
    monkeypatch.chdir(tmp_path / "inside")
    assert not fieldbound.contract("a.json").is_valid("ab")


def test_an_operation_of_an_openapi_file_is_a_contract(folder: Path) -> None:
    """An OpenAPI file with #operation is a contract, by operationId as written or in kebab-case."""
    for operation in ("updateOrder", "update-order"):
        made = fieldbound.contract(f"{folder}/acme/openapi.yaml#{operation}")
        assert [each.pointer for each in made.check({"ref": 5})] == ["/ref"]
    answer = fieldbound.contract(f"{folder}/acme/openapi.yaml#update-order/response.200")
    assert answer.is_valid({"ref": "r"})


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.json",
            '{"openapi": "3.1.0", "paths": {"/": {"get": {}}}}',
            "name one of its operations",
        ),
        ("a.json#b", '{"type": "object"}', "is no OpenAPI document"),
        (
            "a.json#b",
            '{"openapi": "3.1.0", "paths": {"/": {"get": {}}}}',
            "no contract named 'a.json#b'",
        ),
    ],
)
def test_a_file_and_an_operation_belong_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    """An operation is named of an OpenAPI document, and of nothing else."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(text)
    with pytest.raises(UnknownName, match=said):
        fieldbound.contract(name)


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        (None, "No such file", "None"),
        ("", "empty", "1:1"),
        ("{", "cut off", "1:2"),
        ('{"a": 1, "a": 2}', "more than once", "1:10"),
        ("[]", "object or a boolean", "1:1"),
        ('{"swagger": "2.0"}', "Swagger 2.0", "1:2"),
        ('{"openapi": "4.0.0", "paths": {}}', "OpenAPI 4.0.0 is not known here", "1:2"),
        ('{"type": "strin"}', "strin", "1:2"),
        ('{"$schema": "http://vendor.example/draft"}', "no known draft", "1:2"),
        ('{"a": 1,\n "$ref": "b.json"}', "no file at hand", "2:2"),
        ('{"$ref": "file:///etc/hosts"}', "no file at hand", "1:2"),
        ('{"pattern": "(("}', "regex", "1:2"),
        (
            '{"$ref": "#/$defs/a", "type": "integer", "$defs": {"a": {"type": "string"}}}',
            "no value can satisfy",
            "1:1",
        ),
        ('{"allOf": [{"type": "integer"}, {"type": "string"}]}', "no value can satisfy", "1:1"),
        ('{"const": 1, "enum": [2]}', "no value can satisfy", "1:1"),
        ('{"items": {"$ref": "b c.json"}}', "no file at hand", "1:12"),
        ('{"minimum": 2, "maximum": 1}', "", "None"),
        ('{"type": "integer", "minimum": 2, "maximum": 1}', "no value can satisfy", "1:1"),
    ],
)
def test_a_broken_file_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, reason: str, place: str
) -> None:
    """A file that is no schema, or refers to what is not there, is an error with its place."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("a.json").write_text(text)
    if place == "None" and text is not None:  # it takes strings still
        assert fieldbound.contract("a.json").is_valid("x")
        return
    with pytest.raises(BrokenContract, match=reason) as caught:
        fieldbound.contract("a.json")
    assert (caught.value.file, str(caught.value.place)) == ("a.json", place)


def test_a_file_takes_unknown_keywords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a file of one's own an unknown keyword is what the standard says: an annotation."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("type: string\nmaxLenght: 3\n")
    assert fieldbound.contract("a.yaml").is_valid("abcd")


def _shown(**operation: Any) -> str:
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Acme", "version": "1"},
            "paths": {"/x": {"post": {"operationId": "x", **operation}}},
        }
    )


def _body(schema: Any) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ({"response": {}}, '/post/response: is not known here: "responses" is meant'),
        ({"operationId": 5}, "/post/operationId: is 5, but must be a string"),
        ({"parameters": {"a": 1}}, "/post/parameters: is an object, but must be an array"),
        ({"parameters": [{"name": "a"}]}, "/parameters/0/in: is missing"),
        (
            {"parameters": [{"name": "a", "in": "header", "require": True}]},
            '"required" is meant',
        ),
        ({"parameters": [{"name": "a", "in": "haeder"}]}, 'is "haeder", but must be "header"'),
        ({"parameters": [{"name": "a", "in": "query", "x-sorce": {}}]}, "'x-source' meant"),
        ({"parameters": [{"$ref": "other.json#/P"}]}, "leads to no file at hand"),
        (_body({"$ref": 5}), "must be a string"),
        (_body({}), "acme/x demands nothing"),
        (_body({"type": "string", "x-source": {"says": "stated"}}), "names the documents"),
        (
            _body({"type": "string", "x-source": {"says": "stated", "from": "guide", "of": "typ"}}),
            "'typ' is no keyword that stands beside this",
        ),
        (_body({"type": "string", "x-sensitive": "yes"}), "x-sensitive is true or false"),
    ],
)
def test_a_key_that_is_not_of_openapi_is_told(
    folder: Path, operation: dict[str, Any], said: str
) -> None:
    """A misspelt key, or a value of another kind, takes no limit away in silence."""
    (folder / "acme" / "openapi.yaml").write_text(_shown(**operation))
    name = "acme/x/request.query" if "parameters" in operation else "acme/x"
    with pytest.raises(BrokenContract, match=re.escape(said)):
        fieldbound.contract(name, [folder])


def test_a_reference_that_is_not_followed_is_told_by_every_way(folder: Path) -> None:
    """Listing names tells of it as well, and asking for another part of the operation."""
    shown = _shown(parameters=[{"$ref": "other.json#/P"}])
    (folder / "acme" / "openapi.yaml").write_text(shown)
    for ask in (
        fieldbound.contracts,
        lambda given: fieldbound.contract("acme/x/response.200", given),
    ):
        with pytest.raises(BrokenContract, match="leads to no file at hand"):
            ask([folder])


@pytest.mark.parametrize("sources", ["[]", '{"guide": "a title"}', '{"guide": {"titel": "x"}}'])
def test_a_table_of_sources_that_is_none_is_told(folder: Path, sources: str) -> None:
    """Each source in sources.json is an object with a title."""
    (folder / "acme" / "sources.json").write_text(sources)
    with pytest.raises(BrokenContract, match=r"must be an object|is not known here|is missing"):
        fieldbound.contract("acme/update-order", [folder])


def test_what_is_read_only_is_not_required_of_a_request(folder: Path) -> None:
    """An attribute that is required and read-only is required of answers alone."""
    schema = {
        "type": "object",
        "required": ["default", "n"],
        "properties": {"default": {"$ref": "#/components/schemas/id"}, "n": {"type": "string"}},
    }
    shown = json.loads(_shown(**_body(schema)))
    shown["components"] = {"schemas": {"id": {"type": "integer", "readOnly": True}}}
    (folder / "acme" / "openapi.yaml").write_text(json.dumps(shown))
    made = fieldbound.contract("acme/x", [folder])
    assert made.is_valid({"n": "x"})
    assert [each.code for each in made.check({"n": "x", "default": 1})] == ["readOnly"]


def test_a_credential_is_hidden_whether_marked_or_not(folder: Path) -> None:
    """The value of a header under which credentials travel is in no sentence."""
    parameter = {"name": "Authorization", "in": "header", "schema": {"pattern": "^x"}}
    (folder / "acme" / "openapi.yaml").write_text(_shown(parameters=[parameter]))
    report = fieldbound.contract("acme/x/request.headers", [folder]).check(
        {"authorization": "Bearer SECRET"}
    )
    assert len(report) == 1
    assert "SECRET" not in repr(report) + str(report)


def test_a_pointer_names_a_schema_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of definitions alone demands nothing: one of them is named by its pointer."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"$defs": {"short": {"maxLength": 1}}}')
    with pytest.raises(BrokenContract, match=r"demands nothing.*such as a.json#/\$defs/short"):
        fieldbound.contract("a.json")
    assert not fieldbound.contract("a.json#/$defs/short").is_valid("ab")
    with pytest.raises(BrokenContract, match="leads to nothing"):
        fieldbound.contract("a.json#/$defs/long")
