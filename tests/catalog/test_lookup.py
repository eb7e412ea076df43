"""Contracts by name: of a vendor, a folder, a package or a file."""

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
from support.effort import sampled

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
    """Return a contracts folder with one vendor, below the working directory."""
    monkeypatch.chdir(tmp_path)
    vendor = tmp_path / "contracts" / "acme"
    vendor.mkdir(parents=True)
    (vendor / "openapi.yaml").write_text(OPENAPI)
    (vendor / "order.yaml").write_text(ORDER)
    (vendor / "sources.json").write_text(json.dumps(SOURCES))
    return Path("contracts")


def test_every_listed_contract_can_be_loaded() -> None:
    """Every listed name is that of a contract, which has limits or a reason for none."""
    names = fieldbound.contracts()
    assert names == sorted(set(names))
    for name in sampled(names):
        contract = fieldbound.contract(name)
        assert contract.name == name
        assert contract.limits or contract.unspecified


def test_limits_of_vendors_have_unique_ids_and_evidence() -> None:
    """Within a vendor's contract every limit has a unique id, and evidence."""
    for name in sampled(fieldbound.contracts()):
        limits = fieldbound.contract(name).limits
        assert len({limit.id for limit in limits}) == len(limits), name
        assert all(limit.says is not None for limit in limits), name


def test_schema_is_self_contained() -> None:
    """A contract's schema alone makes an equal contract."""
    for name in fieldbound.contracts()[::20]:
        contract = fieldbound.contract(name)
        rebuilt = fieldbound.Contract(json.loads(json.dumps(contract.schema)), name=name)
        assert rebuilt.limits == contract.limits


def test_bundled_contract_is_cached() -> None:
    """A bundled contract is built once."""
    name = "axim-commerce/create-company-group"
    assert fieldbound.contract(name) is fieldbound.contract(name)


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("oracle-cx-sales/create-product-grop", "oracle-cx-sales/create-product-group"),
        ("axim/create-company-group", "axim-commerce/create-company-group"),
        ("oracle-cx-sales", "oracle-cx-sales/"),
    ],
)
def test_unknown_name_suggests_the_closest(name: str, suggestion: str) -> None:
    """An unknown name is an error that suggests similar names."""
    with pytest.raises(UnknownName, match=f"no contract named.*did you mean .*{suggestion}"):
        fieldbound.contract(name)


@pytest.mark.parametrize("name", ["§§§", "/§§§", "§§§/§§§", ""])
def test_unknown_name_without_suggestion_has_advice(name: str) -> None:
    """Without a similar name, the error names the command that lists them, and file suffixes."""
    with pytest.raises(UnknownName, match="run `fieldbound contracts` for a list") as caught:
        fieldbound.contract(name)
    assert caught.value.closest == ()
    assert str(caught.value).endswith("or pass a .json, .yaml or .yml file")


def test_unknown_part_lists_existing_parts() -> None:
    """The error for an unknown part of an operation lists its parts."""
    with pytest.raises(UnknownName, match=r"has no request body: it has request\.headers"):
        fieldbound.contract("oracle-cx-sales/delete-product-group")
    with pytest.raises(UnknownName, match=r"has no response\.299: it has the request body"):
        fieldbound.contract("oracle-cx-sales/create-product-group/response.299")


def test_folder_adds_its_vendors(folder: Path) -> None:
    """A folder with the layout of schemas/ adds a contract for every part of an operation."""
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


def test_read_only_and_write_only_depend_on_direction(folder: Path) -> None:
    """A read-only property is invalid in a request, a write-only one in a response."""
    request = fieldbound.contract("acme/update-order", [folder])
    response = fieldbound.contract("acme/update-order/response.200", [folder])
    both: dict[str, Any] = {"ref": "r", "id": "1", "pin": "2"}
    assert [(each.code, each.pointer) for each in request.check(both)] == [("readOnly", "/id")]
    assert [(each.code, each.pointer) for each in response.check(both)] == [("writeOnly", "/pin")]


def test_sources_are_read_from_sources_json(folder: Path) -> None:
    """A limit's source has the title and address that sources.json gives its key."""
    (violation,) = fieldbound.contract("acme/update-order", [folder]).check({"ref": "r" * 36})
    assert violation.limit is not None
    assert violation.limit.source == fieldbound.Source(
        "guide", "Acme guide", "https://acme.example/guide"
    )
    assert violation.limit.location.endswith(
        "contracts/acme/order.yaml#/$defs/order/properties/ref/maxLength"
    )


def test_operation_parameter_overrides_path_item_parameter(folder: Path) -> None:
    """Parameters are those of path item and operation, which overrides; others are invalid."""
    query = fieldbound.contract("acme/update-order/request.query", [folder])
    assert query.is_valid({"trace": True})
    assert not query.is_valid({"trace": 5})
    assert not query.is_valid({"trac": True})


def test_header_contract(folder: Path) -> None:
    """A required header has a limit at its `required`; x-sensitive redacts its value."""
    headers = fieldbound.contract("acme/update-order/request.headers", [folder])
    (missing,) = headers.check({"Accept": "any"})
    assert missing.limit is not None
    assert missing.limit.location.endswith(
        "openapi.yaml#/paths/~1orders~1%7Bid%7D/put/parameters/0/required"
    )
    (violation,) = headers.check({"x-key": 5})
    assert (violation.actual, violation.pointer) == (None, "/X-Key")


@pytest.mark.parametrize(
    ("text", "replacement", "reason", "place"),
    [
        ("maxLength: 35", "maxLenght: 35", "did you mean maxLength\\?", "8:27"),
        ("maxLength: 35", "nullable: true", 'a type list with "null"', "8:27"),
        ("maxLength: 35", "format: date-tiem", "did you mean date-time\\?", "8:27"),
        ("maxLength: 35", "x-sensitve: true", "did you mean x-sensitive\\?", "8:27"),
        ("maxLength: 35", 'maxLength: "35"', 'must be an integer, not "35"', "8:27"),
        ("maxLength: 35", "maxLength: 1, minLength: 2", "no value can satisfy", "8:7"),
        ("2020-12/schema", "2021-12/schema", "is not supported", "1:1"),
        ("maxLength: 35", "dependencies: {}", "use dependentRequired", "8:27"),
        ("from: guide}", "of: [nullable], from: guide}", "is not a keyword of this schema", "8:67"),
        ("{says: stated, from: guide}", "stated", "must be an object with says, from", "8:42"),
        ("from: guide}", "from: gide}", "no source 'gide'", "8:67"),
        ("says: stated, from: guide}", "says: sure, from: guide}", "says must be one of", "8:53"),
        ("#/$defs/order", "#/$defs/ordr", "unresolved .* is not in order.yaml", "10:5"),
        ("#/$defs/order", "https://acme.example/x", "remote references are never fetched", "10:5"),
        ("$defs:", "$defs: [", "flow|bracket|list|\\]", "4:9"),
    ],
)
def test_invalid_contract_is_an_error_at_its_place(
    folder: Path, text: str, replacement: str, reason: str, place: str
) -> None:
    """An error in a contracts folder has file, line and column."""
    path = folder / "acme" / "order.yaml"
    path.write_text(ORDER.replace(text, replacement))
    with pytest.raises(BrokenContract, match=reason) as caught:
        fieldbound.contract("acme/update-order", [folder])
    assert (caught.value.file, str(caught.value.place)) == (str(path), place)


def test_invalid_operation_does_not_affect_others(folder: Path) -> None:
    """Only what an operation refers to is checked with it."""
    (folder / "acme" / "order.yaml").write_text(ORDER.replace("[ref]", "ref"))
    with pytest.raises(BrokenContract, match="required must be an array"):
        fieldbound.contract("acme/update-order", [folder])
    assert fieldbound.contract("acme/update-order/response.200", [folder]).is_valid({})


def test_duplicate_vendor_is_an_error(folder: Path) -> None:
    """A folder with the name of another vendor is an error."""
    (folder / "acme").rename(folder / "fortellis")
    with pytest.raises(BrokenContract, match="duplicate vendor 'fortellis'"):
        fieldbound.contracts([folder])


@pytest.mark.parametrize("exists", [True, False])
def test_folder_without_a_vendor_is_an_error(tmp_path: Path, *, exists: bool) -> None:
    """A missing folder, or one without a vendor, is an error."""
    folder = tmp_path if exists else tmp_path / "nowhere"
    with pytest.raises(
        BrokenContract, match=r"contracts folder not found|no vendor in this folder"
    ):
        fieldbound.contracts([folder])


def test_installed_package_adds_its_vendors(folder: Path, tmp_path: Path) -> None:
    """A package with an entry point of the group is a contracts folder, and is not imported."""
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
def test_file_of_an_older_draft_is_a_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, draft: int
) -> None:
    """A JSON Schema file of an older draft is applied by that draft, with the files beside it."""
    monkeypatch.chdir(tmp_path)
    dialect = {"$schema": f"http://json-schema.org/draft-0{draft}/schema#"}
    Path("a.json").write_text(
        json.dumps({**dialect, "properties": {"b": {"$ref": "b.json", "maxLength": 1}}})
    )
    Path("b.json").write_text(json.dumps({**dialect, "type": "string", "maxLength": 2}))
    contract = fieldbound.contract("a.json")
    assert contract.is_valid({"b": "xx"})  # siblings of $ref are ignored
    (violation,) = contract.check({"b": "xxx"})
    assert violation.limit is not None
    assert violation.limit.id == "a.json#/b:maxLength"
    assert not contract.jsonschema_validator().is_valid({"b": "xxx"})


@pytest.mark.parametrize("draft", [4, 6, 7])
def test_operation_refers_to_a_file_of_an_older_draft(tmp_path: Path, draft: int) -> None:
    """A schema of an older draft is applied by that draft in an operation of OpenAPI, too."""
    count = {"minimum": 1, "exclusiveMinimum": True} if draft == 4 else {"exclusiveMinimum": 1}
    schema = {
        "$schema": f"http://json-schema.org/draft-0{draft}/schema#",
        "type": "object",
        "properties": {
            "count": {"type": "integer", **count},
            "name": {"$ref": "#/definitions/name"},
            "pair": {"type": "array", "items": [{"type": "string"}], "additionalItems": False},
        },
        "dependencies": {"count": ["name"]},
        "definitions": {"name": {"type": "string", "maxLength": 2}},
    }
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "old.json").write_text(json.dumps(schema))
    (tmp_path / "acme" / "openapi.json").write_text(_openapi(**_body({"$ref": "old.json"})))
    contract = fieldbound.contract("acme/x", [tmp_path])
    valid = {"count": 2, "name": "xx", "pair": ["x"]}
    rows = [{"count": 1}, {"name": "xxx"}, {"pair": ["x", "y"]}, {"pair": [1]}]
    validator = contract.jsonschema_validator()
    for each, is_valid in [(valid, True), *(({**valid, **row}, False) for row in rows)]:
        assert contract.is_valid(each) == validator.is_valid(each) == is_valid, each
        assert bool([*contract.check(each)]) != is_valid, each
    assert not contract.is_valid({"count": 2})  # name depends on it


def test_reference_to_the_id_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to the $id of a file in the same folder is resolved to that file."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"$id": "https://a.example/a", "$ref": "https://a.example/b#/x"}')
    Path("b.json").write_text('{"$id": "https://a.example/b", "x": {"maxLength": 1}}')
    assert not fieldbound.contract("a.json").is_valid("ab")


def test_contract_saved_to_a_file_is_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema of a contract, saved as a file or used in another, has the same violations."""
    monkeypatch.chdir(tmp_path)
    contract = fieldbound.contract("oracle-cx-sales/create-product-group")
    Path("one.json").write_text(json.dumps(contract.schema))
    Path("many.json").write_text(json.dumps({"items": contract.schema}))
    invalid = {"ProdGroupName": "a", "InternalName": "b" * 151}
    (expected,) = contract.check(invalid)
    for name, instance in (("one.json", invalid), ("many.json", [invalid])):
        (violation,) = fieldbound.contract(name).check(instance)
        assert violation.limit is not None
        assert expected.limit is not None
        assert violation.limit.location == expected.limit.location


def test_reference_to_a_parent_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference may leave the working folder, if it stays in the repository or project."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "b.json").write_text('{"maxLength": 1}')
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a.json").write_text('{"$ref": "../b.json"}')
    monkeypatch.chdir(tmp_path / "inside")
    assert not fieldbound.contract("a.json").is_valid("ab")


def test_operation_of_an_openapi_file_is_a_contract(folder: Path) -> None:
    """An OpenAPI file with #operation is a contract, by operationId as written or in kebab-case."""
    for operation in ("updateOrder", "update-order"):
        contract = fieldbound.contract(f"{folder}/acme/openapi.yaml#{operation}")
        assert [each.pointer for each in contract.check({"ref": 5})] == ["/ref"]
    response = fieldbound.contract(f"{folder}/acme/openapi.yaml#update-order/response.200")
    assert response.is_valid({"ref": "r"})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "a.json",
            '{"openapi": "3.1.0", "paths": {"/": {"get": {}}}}',
            "name one of its operations",
        ),
        ("a.json#b", '{"type": "object"}', "is not an OpenAPI document"),
        (
            "a.json#b",
            '{"openapi": "3.1.0", "paths": {"/": {"get": {}}}}',
            "no contract named 'a.json#b'",
        ),
    ],
)
def test_operation_of_another_file_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str
) -> None:
    """A name has an operation if, and only if, its file is an OpenAPI document."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(text)
    with pytest.raises(UnknownName, match=message):
        fieldbound.contract(name)


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        (None, "No such file", "None"),
        ("", "empty", "1:1"),
        ("{", "truncated", "1:2"),
        ('{"a": 1, "a": 2}', "duplicate key", "1:10"),
        ("[]", "object or a boolean", "1:1"),
        ('{"swagger": "2.0"}', "Swagger 2.0", "1:2"),
        ('{"openapi": "4.0.0", "paths": {}}', "OpenAPI 4.0.0 is not supported", "1:2"),
        ('{"type": "strin"}', "strin", "1:2"),
        ('{"$schema": "http://vendor.example/draft"}', "is not supported", "1:2"),
        ('{"a": 1,\n "$ref": "b.json"}', "file not found for", "2:2"),
        ('{"$ref": "file:///etc/hosts"}', "file not found for", "1:2"),
        ('{"pattern": "(("}', "not an ECMA-262 pattern", "1:2"),
        (
            '{"$ref": "#/$defs/a", "type": "integer", "$defs": {"a": {"type": "string"}}}',
            "no value can satisfy",
            "1:1",
        ),
        ('{"allOf": [{"type": "integer"}, {"type": "string"}]}', "no value can satisfy", "1:1"),
        ('{"const": 1, "enum": [2]}', "no value can satisfy", "1:1"),
        ('{"items": {"$ref": "b c.json"}}', "file not found for", "1:12"),
        ('{"minimum": 2, "maximum": 1}', "", "None"),
        ('{"type": "integer", "minimum": 2, "maximum": 1}', "no value can satisfy", "1:1"),
    ],
)
def test_invalid_file_is_an_error_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, reason: str, place: str
) -> None:
    """A file that is not a valid schema, or has an unresolved $ref, is an error at its place."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("a.json").write_text(text)
    if place == "None" and text is not None:  # strings are valid
        assert fieldbound.contract("a.json").is_valid("x")
        return
    with pytest.raises(BrokenContract, match=reason) as caught:
        fieldbound.contract("a.json")
    assert (caught.value.file, str(caught.value.place)) == ("a.json", place)


def test_unknown_keyword_in_a_file_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a single file, an unknown keyword is an annotation, as in JSON Schema."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("type: string\nunit: meter\n")
    report = fieldbound.contract("a.yaml", strict=True).check("abcd")
    assert report.ok
    assert not report.not_checked


def _openapi(**operation: Any) -> str:
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
    ("operation", "message"),
    [
        (
            {"response": {}},
            "/post/response: unknown key 'response'; did you mean responses?",
        ),
        ({"operationId": 5}, "/post/operationId: operationId is 5, but must be a string"),
        (
            {"parameters": {"a": 1}},
            "/post/parameters: parameters is an object, but must be an array",
        ),
        ({"parameters": [{"name": "a"}]}, "/parameters/0/in: in is missing"),
        (
            {"parameters": [{"name": "a", "in": "header", "require": True}]},
            "did you mean required?",
        ),
        ({"parameters": [{"name": "a", "in": "haeder"}]}, 'is "haeder", but must be "header"'),
        (
            {"parameters": [{"name": "a", "in": "query", "x-sorce": {}}]},
            "unknown extension; did you mean x-source?",
        ),
        ({"parameters": [{"$ref": "other.json#/P"}]}, "file not found for $ref"),
        (_body({"$ref": 5}), "must be a string"),
        (_body({}), "acme/x has no constraints: every document would pass"),
        (_body({"type": "string", "x-source": {"says": "stated"}}), "from must name the sources"),
        (
            _body({"type": "string", "x-source": {"says": "stated", "from": "guide", "of": "typ"}}),
            "'typ' is not a keyword of this schema",
        ),
        (_body({"type": "string", "x-sensitive": "yes"}), "x-sensitive must be true or false"),
    ],
)
def test_structural_error_in_openapi_is_an_error(
    folder: Path, operation: dict[str, Any], message: str
) -> None:
    """A misspelled key, or a value of the violation type, is an error: it could drop a limit."""
    (folder / "acme" / "openapi.yaml").write_text(_openapi(**operation))
    name = "acme/x/request.query" if "parameters" in operation else "acme/x"
    with pytest.raises(BrokenContract, match=re.escape(message)):
        fieldbound.contract(name, [folder])


def test_unresolved_parameter_is_always_an_error(folder: Path) -> None:
    """It is an error for the list of names, and for another part of the operation."""
    document = _openapi(parameters=[{"$ref": "other.json#/P"}])
    (folder / "acme" / "openapi.yaml").write_text(document)
    for call in (
        fieldbound.contracts,
        lambda folders: fieldbound.contract("acme/x/response.200", folders),
    ):
        with pytest.raises(BrokenContract, match=r"file not found for \$ref"):
            call([folder])


@pytest.mark.parametrize("sources", ["[]", '{"guide": "a title"}', '{"guide": {"titel": "x"}}'])
def test_invalid_sources_json_is_an_error(folder: Path, sources: str) -> None:
    """Each source in sources.json is an object with a title."""
    (folder / "acme" / "sources.json").write_text(sources)
    with pytest.raises(BrokenContract, match=r"must be an object|unknown key|is missing"):
        fieldbound.contract("acme/update-order", [folder])


def test_read_only_property_is_not_required_in_a_request(folder: Path) -> None:
    """A property that is required and read-only is required only in responses."""
    schema = {
        "type": "object",
        "required": ["default", "n"],
        "properties": {"default": {"$ref": "#/components/schemas/id"}, "n": {"type": "string"}},
    }
    document = json.loads(_openapi(**_body(schema)))
    document["components"] = {"schemas": {"id": {"type": "integer", "readOnly": True}}}
    (folder / "acme" / "openapi.yaml").write_text(json.dumps(document))
    contract = fieldbound.contract("acme/x", [folder])
    assert contract.is_valid({"n": "x"})
    assert [each.code for each in contract.check({"n": "x", "default": 1})] == ["readOnly"]


def test_credential_is_redacted_without_x_sensitive(folder: Path) -> None:
    """The value of a credential header is not in any output."""
    parameter = {"name": "Authorization", "in": "header", "schema": {"pattern": "^x"}}
    parameter["x-enforced"] = True
    (folder / "acme" / "openapi.yaml").write_text(_openapi(parameters=[parameter]))
    report = fieldbound.contract("acme/x/request.headers", [folder]).check(
        {"authorization": "Bearer SECRET"}
    )
    assert len(report) == 1
    assert "SECRET" not in repr(report) + str(report)


def test_pointer_to_a_schema_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with only definitions has no constraints; a pointer names one of them."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"$defs": {"short": {"maxLength": 1}}}')
    with pytest.raises(BrokenContract, match=r"has no constraints.*such as a.json#/\$defs/short"):
        fieldbound.contract("a.json")
    assert not fieldbound.contract("a.json#/$defs/short").is_valid("ab")
    with pytest.raises(BrokenContract, match="unresolved"):
        fieldbound.contract("a.json#/$defs/long")
