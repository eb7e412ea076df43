"""OpenAPI documents of several files: imported with all that they refer to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.catalog import lint_paths, operations
from fieldbound.importers import BrokenSource, Draft, read
from fieldbound.importers.documents import neighbours
from support.imports import contents, limits_of

MAIN = """\
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders: {$ref: "paths/orders.yaml"}
  /parts:
    post:
      operationId: createPart
      requestBody: {content: {application/json: {schema: {$ref: "schemas/part.json"}}}}
      responses: {"200": {description: ok}}
components:
  schemas:
    Local:
      type: object
      properties:
        order: {$ref: schemas/order.yaml}
        code: {$ref: "schemas/part.json#/definitions/code"}
"""
FILES = {
    "shop.yaml": MAIN,
    "paths/orders.yaml": """\
parameters:
  - $ref: "../common.yaml#/components/parameters/Trace"
post:
  operationId: createOrder
  requestBody: {content: {application/json: {schema: {$ref: "../schemas/order.yaml"}}}}
  responses:
    "200":
      description: ok
      content: {application/json: {schema: {$ref: "../shop.yaml#/components/schemas/Local"}}}
    "400": {$ref: "../common.yaml#/components/responses/Bad"}
""",
    "common.yaml": """\
components:
  parameters:
    Trace: {name: trace, in: query, required: true, schema: {type: string, maxLength: 4}}
  responses:
    Bad:
      description: bad
      content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}
  schemas:
    Error:
      type: object
      properties:
        code: {type: integer, minimum: 0, exclusiveMinimum: true, nullable: true}
        cause: {$ref: "#/components/schemas/Error"}
""",
    "schemas/order.yaml": """\
type: object
required: [name]
properties:
  name: {type: string, maxLength: 3}
  parent: {$ref: "#"}
  lines: {type: array, items: {$ref: "lines.yaml#/Line"}}
  animal: {$ref: "lines.yaml#/Animal"}
""",
    "schemas/lines.yaml": """\
Line: {type: object, properties: {qty: {type: integer, minimum: 1}, order: {$ref: order.yaml}}}
Animal:
  oneOf: [{$ref: "#/Cat"}]
  discriminator: {propertyName: kind, mapping: {cat: "#/Cat"}}
Cat: {type: object, properties: {kind: {type: string, maxLength: 5}}}
""",
    "schemas/part.json": json.dumps(
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "properties": {
                "code": {"$ref": "#/definitions/code"},
                "size": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                "sub": {"$ref": "part.json"},
            },
            "definitions": {"code": {"type": "string", "maxLength": 2}},
        }
    ),
}


def written(above: Path, **more: str) -> Path:
    """Write the files of a document to a folder, some of them changed; return its path."""
    for name, text in {**FILES, **more}.items():
        path = above / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return above / "given" / "shop.yaml"


def imported(path: Path) -> tuple[Draft, Path]:
    """Import a document; return the draft, and the vendor's folder."""
    folder = path.parents[1] / "contracts" / "shop"
    draft = read(path, vendor="shop")
    draft.write(folder)
    return draft, folder


VALID: dict[str, list[Any]] = {
    "create-order": [{"name": "abc", "lines": [{"qty": 1}]}, {"name": "a", "parent": {"name": ""}}],
    "create-order/response.200": [{"code": "ab", "order": {"name": "a"}}],
    "create-order/response.400": [{"code": None}, {"cause": {"code": 1}}],
    "create-order/request.query": [{"trace": "abcd"}],
    "create-part": [{"code": "ab", "size": 0.5}],
}
INVALID: dict[str, list[Any]] = {
    "create-order": [{}, {"name": "abcd"}, {"name": "a", "lines": [{"qty": 0}]}],
    "create-order/response.200": [{"code": "abc"}, {"order": {}}],
    "create-order/response.400": [{"code": 0}, {"cause": {"cause": {"code": 0}}}],
    "create-order/request.query": [{}, {"trace": "abcde"}],
    "create-part": [{"code": "abc"}, {"size": 0}, {"sub": {"code": "abc"}}],
}


def test_all_files_are_in_the_folder(tmp_path: Path) -> None:
    """The folder checks as the document does with its files beside it, and lint finds nothing."""
    path = written(tmp_path)
    draft, folder = imported(path)
    assert draft.omitted == ()
    assert lint_paths([folder]).diagnostics == ()
    own, found = operations(str(path)), operations("shop", folder.parent)
    assert sorted(each.name.partition("/")[2] for each in found.entries) == sorted(VALID)
    for name, valid in VALID.items():
        operation, _, part = name.partition("/")
        for contract in (own.contract(operation, part), found.contract(operation, part)):
            assert contract is not None
            assert all(map(contract.is_valid, valid)), name
            assert not any(map(contract.is_valid, INVALID[name])), name


def test_each_limit_cites_its_file(tmp_path: Path) -> None:
    """The source of a limit is the file that it is in, with a date and a digest."""
    draft, folder = imported(written(tmp_path))
    sources = json.loads((folder / "sources.json").read_text())
    titles = {key: each["title"] for key, each in sources.items()}
    assert sorted(titles.values()) == sorted({*FILES, "Shop"} - {"shop.yaml"})
    assert all(each["digest"].startswith("sha256:") and each["read"] for each in sources.values())
    cited = {
        limit.pointer: {source.title for source in limit.sources}
        for limit in fieldbound.contract("shop/create-order", folder.parent).limits
        if limit.keyword in ("maxLength", "minimum", "required")
    }
    assert cited["/name"] == {"schemas/order.yaml"}
    assert cited["/lines/*/qty"] == {"schemas/lines.yaml"}
    query = fieldbound.contract("shop/create-order/request.query", folder.parent)
    cited = {
        limit.keyword: {source.title for source in limit.sources}
        for limit in query.limits
        if limit.pointer == "/trace"
    }
    assert cited == {word: {"common.yaml"} for word in ("required", "type", "maxLength")}
    assert draft.key in sources


PART_WITH_ALTERNATIVES = """\
type: object
properties:
  one: {anyOf: [{type: string, maxLength: 3}, {type: integer}]}
  none: {not: {type: string}}
  meant: {oneOf: [{type: string, maxLength: 3}, {type: integer}], nullable: true}
  word: {$ref: "words.yaml#/Word", nullable: true}
"""


def test_alternatives_cite_their_file(tmp_path: Path) -> None:
    """So do those of a schema that is written otherwise, so that null is accepted."""
    more = {
        "schemas/order.yaml": PART_WITH_ALTERNATIVES,
        "schemas/words.yaml": "Word: {minLength: 1}",
    }
    draft, folder = imported(written(tmp_path, **more))
    (omitted,) = draft.omitted
    assert omitted.reason == "nullable: true has no effect there: null is accepted, as it is meant"
    contract = fieldbound.contract("shop/create-order", folder.parent)
    assert contract.is_valid({"meant": None, "word": None})
    titles = {source.title for limit in contract.limits for source in limit.sources}
    assert titles == {"schemas/order.yaml", "schemas/words.yaml"}
    assert {"anyOf", "oneOf", "not"} <= {limit.keyword for limit in contract.limits}


def test_a_second_import_of_several_files(tmp_path: Path) -> None:
    """It writes the same bytes, and a change in one of the files is merged."""
    path = written(tmp_path)
    _, folder = imported(path)
    first, limits = contents(folder), limits_of(folder)
    imported(path)
    assert contents(folder) == first
    imported(written(tmp_path, **{"common.yaml": FILES["common.yaml"].replace("4", "5")}))
    changed = {id_ for id_, value in limits_of(folder).items() if limits.get(id_) != value}
    assert changed == {"shop/create-order/request.query#/trace:maxLength"}


def test_operations_of_another_file_are_chosen(tmp_path: Path) -> None:
    """An operation is taken by its name from whichever file it is in."""
    draft = read(written(tmp_path), vendor="shop", resource="createOrder")
    assert {each.split("/")[1] for each in draft.imported.contracts} == {"create-order"}


def test_files_of_another_version(tmp_path: Path) -> None:
    """A file of OpenAPI 3.1 is read as such, beside a document of 3.0; so is the reverse."""
    line = 'Line: {type: [object, "null"], properties: {qty: {exclusiveMinimum: 0}}}'
    lines = f"openapi: 3.1.0\n{line}\nAnimal: {{}}\n"
    draft, folder = imported(written(tmp_path, **{"schemas/lines.yaml": lines}))
    assert draft.files["openapi.json"]["openapi"] == "3.1.0"
    contract = fieldbound.contract("shop/create-order", folder.parent)
    assert contract.is_valid({"name": "a", "lines": [None, {"qty": 1}]})
    assert not contract.is_valid({"name": "a", "lines": [{"qty": 0}]})
    error = fieldbound.contract("shop/create-order/response.400", folder.parent)
    assert error.is_valid({"code": None})
    assert not error.is_valid({"code": 0})


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("../../outside.yaml", "leaves the folder"),
        ("gone.yaml", "file not found"),
        ("order.yaml#/properties/gone", "file not found"),
        ("https://shop.example/order.yaml", "never fetched"),
    ],
)
def test_what_is_not_followed(reference: str, reason: str, tmp_path: Path) -> None:
    """A file above the document's folder is not read, none is fetched, and the import tells it."""
    (tmp_path / "outside.yaml").write_text("{type: string, maxLength: 1}")
    lines = f'Line: {{type: object, properties: {{qty: {{$ref: "{reference}"}}}}}}\nAnimal: {{}}\n'
    draft, folder = imported(written(tmp_path, **{"schemas/lines.yaml": lines}))
    (omitted,) = draft.omitted
    assert reason in omitted.reason
    contract = fieldbound.contract("shop/create-order", folder.parent)
    assert contract.is_valid({"name": "a", "lines": [{"qty": "ab"}]})
    assert {each.rpartition("/parent")[2] for each in contract.not_checked} == {"/lines/*/qty"}


def test_a_link_that_leaves_the_folder(tmp_path: Path) -> None:
    """A link to a file elsewhere is not followed."""
    path = written(tmp_path)
    (tmp_path / "outside.yaml").write_text(FILES["schemas/order.yaml"])
    (path.parent / "schemas" / "order.yaml").unlink()
    (path.parent / "schemas" / "order.yaml").symlink_to(tmp_path / "outside.yaml")
    draft = read(path, vendor="shop")
    assert draft.omitted
    assert "shop/create-order" not in draft.imported.limits


def test_more_than_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are bounded in number and size: more is an error."""
    path = written(tmp_path)
    for name, value in (("MAX_BYTES", 500), ("_MAX_FILES", 2)):
        with monkeypatch.context() as patched:
            patched.setattr(neighbours, name, value)
            with pytest.raises(BrokenSource, match="more files"):
                read(path, vendor="shop")


def test_a_security_scheme_of_another_file(tmp_path: Path) -> None:
    """One that OpenAPI 3.2 names by its address is brought along, and demanded as before."""
    operation = {
        "operationId": "do",
        "security": [{"schemes.json#/key": []}],
        "responses": {"204": {"description": "Done"}},
    }
    document = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/do": {"post": operation}},
    }
    scheme = {"key": {"type": "apiKey", "in": "query", "name": "k"}}
    files = {"schemes.json": json.dumps(scheme), "shop.yaml": json.dumps(document)}
    path = written(tmp_path, **files)
    draft, folder = imported(path)
    assert draft.omitted == ()
    contract = fieldbound.contract("shop/do/request.query", folder.parent)
    assert (contract.is_valid({"k": "x"}), contract.is_valid({})) == (True, False)
