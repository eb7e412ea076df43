"""The schemas of the bundled vendors, compared with facts.json in both directions.

`facts.json` has what is documented by each vendor, independent of the schemas: its objects with
their properties, and its operations with their requests and responses. A fact is `[value, says]`;
"unspecified" is true everywhere, or in some of `create`, `update` and `response`. An object that is
"like" another has its properties, except for those it has itself. The evidence of a response is
that of its status; that of its media types is its "content", if it differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as validate_openapi
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from support.paths import SCHEMAS
from support.tables import table

FILES = {path: json.loads(path.read_bytes()) for path in sorted(SCHEMAS.glob("*/*.json"))}
FACTS = json.loads(Path(__file__).with_name("facts.json").read_bytes())
VENDORS = sorted(FACTS)

SAYS = ("stated", "observed", "example", "inferred")
#: Limits that may be inferred without a fact.
INFERABLE = {"additionalProperties", "maximum", "minimum", "readOnly", "type"}
#: All limits and annotations of the schemas; those not in INFERABLE need a fact.
LIMITS = INFERABLE | {"default", "enum", "examples", "format", "maxLength", "multipleOf", "not"}
LIMITS |= {"pattern", "required"}
STRUCTURE = {"$schema", "$defs", "$ref", "title", "properties", "patternProperties", "items"}
EXTENSIONS = {"x-source", "x-unspecified", "x-sensitive"}
RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
METHODS = ("get", "put", "post", "delete", "patch")


@cache
def _beside(file: Path, name: str) -> Path:
    return (file.parent / name).resolve()


class Node(NamedTuple):
    """A schema, or another object, and the file it is in."""

    file: Path
    value: dict[str, Any]

    def child(self, *steps: str) -> Node:
        """Return the descendant at some property names."""
        value = self.value
        for step in steps:
            value = value[step]
        return Node(self.file, value)

    def chain(self) -> list[Node]:
        """Return the object and the chain of its $ref targets."""
        if "$ref" not in self.value:
            return [self]
        name, _, fragment = self.value["$ref"].partition("#")
        file = _beside(self.file, name) if name else self.file
        return [self, *Node(file, FILES[file]).child(*fragment.split("/")[1:]).chain()]


class Limit(NamedTuple):
    """A limit of a schema: its value, and the x-source entry for it."""

    value: Any
    source: dict[str, Any] | None


def entries(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of the x-source of an object."""
    found = value.get("x-source", [])
    return found if isinstance(found, list) else [found]


def limits_in(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the limits in a schema itself, by their names in "of"."""
    found = {name: schema[name] for name in LIMITS - {"required"} if name in schema}
    if "null" in (types := schema.get("type", "")):
        rest = [name for name in types if name != "null"]
        found |= {"type": rest[0] if len(rest) == 1 else rest, "nullable": True}
    if isinstance(schema.get("required"), bool):
        found["required"] = schema["required"]
    else:
        found |= {f"required/{name}": True for name in schema.get("required", ())}
    return found


def source_of(keyword: str, layers: list[Node]) -> dict[str, Any] | None:
    """Return the entry for a keyword: that beside a $ref overrides that of its target.

    An entry without "of" is for all keywords of its schema that no other entry has.
    """
    for _, schema in layers:
        found = [entry for entry in entries(schema) if keyword in entry.get("of", ())]
        if not found and keyword in limits_in(schema):
            found = [entry for entry in entries(schema) if "of" not in entry]
        if found:
            assert len(found) == 1, f"several sources for {keyword}: {found}"
            return found[0]
    return None


def walk(nodes: list[Node], pointer: str = "", ancestors: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Yield `((pointer, keyword), limit)` for all limits in some schemas of the same value."""
    layers = [layer for node in nodes for layer in node.chain()]
    if (identity := _identity(layers)) in ancestors:
        return
    for _, schema in layers:
        for keyword, value in limits_in(schema).items():
            name, _, required = keyword.partition("/")
            at = f"{pointer}/{required}" if required else pointer
            yield (at, name), Limit(value, source_of(keyword, layers))
        for keyword in {"x-unspecified", "x-sensitive"} & schema.keys():
            yield (pointer, keyword[2:]), Limit(True, None)
    for at, nested in children(layers, pointer).items():
        yield from walk(nested, at, (*ancestors, identity))


def _identity(layers: list[Node]) -> tuple[int, ...]:
    """Return what tells a schema from others: its target, and the layers that have children."""
    nested = [id(each.value) for each in layers if {"properties", "items"} & each.value.keys()]
    return (id(layers[-1].value), *nested)


def children(layers: list[Node], pointer: str) -> dict[str, list[Node]]:
    """Return the schemas of each property and of the items, by pointer."""
    found: dict[str, list[Node]] = {}
    for layer in layers:
        for name in layer.value.get("properties", ()):
            found.setdefault(f"{pointer}/{name}", []).append(layer.child("properties", name))
        if "items" in layer.value:
            found.setdefault(f"{pointer}/*", []).append(layer.child("items"))
    return found


def kebab(name: str) -> str:
    """Return the operation name for an operationId."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def base_path(server: dict[str, Any]) -> str:
    """Return the path of a server, with the defaults of its variables."""
    url = server["url"]
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", variable["default"])
    return "/".join(["", *url.split("/")[3:]]).rstrip("/")


def operations(api: Node) -> Iterator[tuple[str, str, str | None, Node, list[Node]]]:
    """Yield name, method, path (if documented), node and parameters of each operation."""
    prefix = base_path(api.value["servers"][0])
    found = [
        (method.upper(), prefix + path, item[method], item.get("parameters", []))
        for path, item in api.value["paths"].items()
        for method in METHODS
        if method in item
    ]
    pathless = api.value.get("x-operations-without-path", {}).values()
    found += [(operation["x-method"], None, operation, []) for operation in pathless]
    for method, path, operation, shared in found:
        parameters = [*shared, *operation.get("parameters", [])]
        nodes = [Node(api.file, each).chain()[-1] for each in parameters]
        yield kebab(operation["operationId"]), method, path, Node(api.file, operation), nodes


def parameter_limits(named: list[tuple[str, Node]]) -> dict[Any, Limit]:
    """Return the limits of parameters or headers, whose x-source is beside the schema."""
    found: dict[Any, Limit] = {}
    for name, node in named:
        both = {key: node.value[key] for key in ("required", "x-source") if key in node.value}
        found |= walk([Node(node.file, node.value["schema"] | both)], f"/{name}")
    return found


def body_limits(node: Node) -> dict[Any, Limit] | None:
    """Return the limits of a body, which has the same schema for every media type."""
    schemas = [media["schema"] for media in node.value.get("content", {}).values()]
    assert all(schema == schemas[0] for schema in schemas)
    return dict(walk([Node(node.file, schemas[0])])) if schemas else None


def schema_limits(vendor: str) -> dict[str, dict[Any, Limit]]:
    """Return the limits in the schemas of every part of every operation."""
    file = SCHEMAS / vendor / "openapi.json"
    parts: dict[str, Any] = {}
    for name, _, _, operation, parameters in operations(Node(file, FILES[file])):
        for location, part in (("header", "headers"), ("query", "query"), ("path", "path")):
            parts[f"{name}/request.{part}"] = parameter_limits(
                [(node.value["name"], node) for node in parameters if node.value["in"] == location]
            )
        if "requestBody" in operation.value:
            parts[name] = body_limits(operation.child("requestBody"))
        for status in operation.value["responses"]:
            response = operation.child("responses", status).chain()[-1]
            parts[f"{name}/response.{status}"] = body_limits(response)
            headers = response.value.get("headers", {})
            parts[f"{name}/response.{status}.headers"] = parameter_limits(
                [(key, response.child("headers", key).chain()[-1]) for key in headers]
            )
    return {part: limits for part, limits in parts.items() if limits}


def statuses(facts: dict[str, Any], operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the documented responses of an operation, with the shared error responses."""
    shared = {code: facts["errors"][code] for code in operation.get("errors", ())}
    return operation["responses"] | shared


def facts_of(vendor: str) -> dict[str, dict[Any, Any]]:
    """Return the facts of every part of every operation, by pointer and keyword."""
    facts = FACTS[vendor]
    parts: dict[str, Any] = {}
    for name, operation in facts["operations"].items():
        for part in ("request.headers", "request.query", "request.path"):
            parts[f"{name}/{part}"] = parameter_facts(facts, operation.get(part, []))
        purpose = "create" if operation["method"] == "POST" else "update"
        parts[name] = dict(body_facts(facts, operation.get("request", {}), purpose))
        for status, response in statuses(facts, operation).items():
            parts[f"{name}/response.{status}"] = dict(body_facts(facts, response, "response"))
            headers = parameter_facts(facts, response.get("headers", []))
            parts[f"{name}/response.{status}.headers"] = headers
    return {part: found for part, found in parts.items() if found}


def parameter_facts(facts: dict[str, Any], names: list[str]) -> dict[Any, Any]:
    """Return the facts of parameters or headers; a suffix after a dot is for variants of a name."""
    rows = [(f"/{name.partition('.')[0]}", facts["fields"][name]) for name in names]
    return {(at, keyword): fact for at, row in rows for keyword, fact in row.items()}


def body_facts(
    facts: dict[str, Any], part: dict[str, Any], purpose: str
) -> Iterator[tuple[Any, Any]]:
    """Yield the facts of a body for a purpose: create, update, or response."""
    if part.get("unspecified"):
        yield ("", "unspecified"), True
    if "is" in part:
        for (at, keyword), fact in object_facts(facts, part["is"], "", part, ()):
            if keyword != "unspecified" or fact is True or purpose in fact:
                yield (at, keyword), fact
    for at, says in part.get("required", {}).items():
        yield (at, "required"), [True, says]


def object_facts(
    facts: dict[str, Any], name: str, pointer: str, part: dict[str, Any], ancestors: tuple[Any, ...]
) -> Iterator[tuple[Any, Any]]:
    """Yield the facts of an object and its descendants, except properties this part forbids."""
    identity = name, part.get("of")
    for property_name, row in rows_of(facts, name).items() if identity not in ancestors else ():
        at = f"{pointer}/{property_name}" if property_name else pointer
        if at in part.get("forbidden", ()):
            yield (at, "not"), [{}, part["forbidden"][at]]
            continue
        is_inferred = at[1:] in part.get("inferred", ())
        for keyword, fact in row.items():
            if keyword in ("is", "items"):
                child, object_name = (at, fact) if keyword == "is" else (f"{at}/*", fact)
                object_name = part["of"] if object_name == "?" else object_name
                inner = part | {"of": row["of"]} if "of" in row else part
                yield from object_facts(facts, object_name, child, inner, (*ancestors, identity))
            elif keyword == "of":
                continue
            elif is_inferred and keyword in ("type", "format", "maxLength", "default"):
                yield (at, keyword), [fact[0], "inferred"]
            else:
                yield (at, keyword), fact


def rows_of(facts: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """Return the properties of an object, with those of the object it is like."""
    rows = facts["objects"][name]
    own = dict(rows.get("", {}))
    if "like" not in own:
        return rows
    inherited = rows_of(facts, own.pop("like"))
    return inherited | rows | {"": inherited[""] | own}


def evidence(response: dict[str, Any]) -> tuple[str, str | None]:
    """Return the evidence of the status of a response, and of its media types, if it has any."""
    status = next(each["says"] for each in entries(response) if "of" not in each)
    own = [each["says"] for each in entries(response) if each.get("of") == ["content"]]
    return status, next(iter(own), status) if "content" in response else None


def known_evidence(response: dict[str, Any]) -> tuple[str, str | None]:
    """Return the same of a response among the facts."""
    has_content = "is" in response or "unspecified" in response
    return response["says"], response.get("content", response["says"]) if has_content else None


def schemas_in(value: Any, key: str = "") -> Iterator[dict[str, Any]]:
    """Yield every schema in a JSON Schema file or an OpenAPI document."""
    if isinstance(value, dict):
        if key in ("schema", "items", "member"):
            yield value
        for name, each in value.items():
            members = key in ("properties", "patternProperties", "$defs")
            yield from schemas_in(each, "member" if members else name)
    elif isinstance(value, list):
        for each in value:
            yield from schemas_in(each)


def all_entries(value: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every entry of every x-source, with the object it is in."""
    if isinstance(value, dict):
        yield from ((value, entry) for entry in entries(value))
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, (dict, list)):
            yield from all_entries(each)


SCHEMA_LIMITS = {vendor: schema_limits(vendor) for vendor in VENDORS}
KNOWN_FACTS = {vendor: facts_of(vendor) for vendor in VENDORS}
OPERATIONS = [(vendor, name) for vendor in VENDORS for name in FACTS[vendor]["operations"]]
SCHEMA_FILES = [path for path in FILES if path.name not in ("openapi.json", "sources.json")]
OPENAPI_FILES = [path for path in FILES if path.name == "openapi.json"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_facts_and_schemas_cover_the_same_parts(vendor):
    """Facts and schemas have the same parts of operations."""
    assert sorted(SCHEMA_LIMITS[vendor]) == sorted(KNOWN_FACTS[vendor])


def parts(vendor: str, operation: str) -> Iterator[tuple[dict[Any, Limit], dict[Any, Any]]]:
    """Yield the limits and the facts of each part of an operation."""
    for part, limits in SCHEMA_LIMITS[vendor].items():
        if part.partition("/")[0] == operation:
            yield limits, KNOWN_FACTS[vendor][part]


@table(("vendor", "operation"), OPERATIONS)
def test_every_fact_has_its_limit(vendor, operation):
    """Every fact is in the schema, with the same value and evidence."""
    for limits, facts in parts(vendor, operation):
        for (at, keyword), fact in facts.items():
            if keyword == "omitted":
                assert not any((at, name) in limits for name in fact)
                assert limits[at, "type"].source["note"], (
                    f"the type at {at} has no note on why {fact} is omitted"
                )
                continue
            assert (at, keyword) in limits, f"{keyword} at {at} is a fact, but not in the schema"
            limit = limits[at, keyword]
            if keyword not in ("unspecified", "sensitive"):
                assert [limit.value, limit.source["says"]] == fact, f"{keyword} at {at}"


@table(("vendor", "operation"), OPERATIONS)
def test_every_limit_has_its_fact_or_is_inferred(vendor, operation):
    """A limit has a fact, or it is marked as inferred."""
    for limits, facts in parts(vendor, operation):
        for at, keyword in limits.keys() - facts.keys():
            assert keyword in INFERABLE, f"no fact for {keyword} at {at}"
            source = limits[at, keyword].source
            assert source is not None, f"{keyword} at {at} has no source"
            assert source["says"] == "inferred", f"no fact is {source['says']}: {keyword} at {at}"


@pytest.mark.parametrize("vendor", VENDORS)
def test_operations_are_those_of_the_facts(vendor):
    """Method, path, media types, status codes and their evidence are those of the facts."""
    api = SCHEMAS / vendor / "openapi.json"
    facts, found, media = FACTS[vendor], {}, {"request": set(), "response": set()}
    for name, method, path, operation, _ in operations(Node(api, FILES[api])):
        codes = operation.value["responses"]
        responses = {c: operation.child("responses", c).chain()[-1].value for c in codes}
        says = {code: evidence(each) for code, each in responses.items()}
        request = operation.value.get("requestBody", {})
        found[name] = (method, path, request.get("required", False), says)
        media["request"] |= request.get("content", {}).keys()
        media["response"].update(*(each.get("content", {}) for each in responses.values()))
    for name, each in facts["operations"].items():
        says = {code: known_evidence(response) for code, response in statuses(facts, each).items()}
        is_required = not each.get("request", {"optional": True}).get("optional", False)
        assert found.pop(name, None) == (each["method"], each["path"], is_required, says)
    assert found == {}
    assert {side: sorted(types) for side, types in media.items()} == facts["media types"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_base_paths_are_those_of_the_facts(vendor):
    """The paths of the servers, and their evidence, are those of the facts."""
    servers = FILES[SCHEMAS / vendor / "openapi.json"]["servers"]
    found = {base_path(server): server["x-source"]["says"] for server in servers}
    assert found == FACTS[vendor]["base paths"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_security_schemes_are_those_of_the_facts(vendor):
    """Every scheme is an alternative, with its evidence, for a header that each operation has."""
    document = FILES[SCHEMAS / vendor / "openapi.json"]
    schemes = document["components"]["securitySchemes"]
    found = {
        f"{each.get('in', each['type'])} {each.get('name', each.get('scheme'))}": each["x-source"]
        for each in schemes.values()
    }
    assert {name: each["says"] for name, each in found.items()} == FACTS[vendor]["security"]
    assert sorted(document["security"], key=str) == sorted(
        ({name: []} for name in schemes), key=str
    )
    headers = {each.get("name", "Authorization") for each in schemes.values()}
    for _, _, _, _, parameters in operations(Node(SCHEMAS / vendor / "openapi.json", document)):
        assert headers <= {node.value["name"] for node in parameters if node.value.get("required")}


@table(("vendor", "operation"), OPERATIONS)
def test_no_body_of_an_error_is_stated(vendor, operation):
    """No page states the media type or the body of an error: nothing about them is stated."""
    api = SCHEMAS / vendor / "openapi.json"
    found = {name: node for name, _, _, node, _ in operations(Node(api, FILES[api]))}[operation]
    errors = [code for code in found.value["responses"] if code >= "400"]
    for code in errors:
        response = found.child("responses", code).chain()[-1].value
        assert evidence(response)[1] in (None, "inferred"), f"media types of {code}"
        limits = SCHEMA_LIMITS[vendor].get(f"{operation}/response.{code}", {})
        assert {each.source["says"] for each in limits.values() if each.source} <= {"inferred"}
        assert not [at for at, keyword in limits if keyword == "required"]


@table("path", SCHEMA_FILES)
def test_schemas_are_valid_json_schema(path):
    """Every schema file is valid against the meta-schema of 2020-12."""
    assert FILES[path]["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(FILES[path])


@table("path", SCHEMA_FILES)
def test_schemas_have_an_id_of_the_version(path):
    """The $id names the vendor, the version of its API, and the file; it is never fetched."""
    version = FILES[path.with_name("openapi.json")]["info"]["version"]
    expected = f"https://fieldbound.invalid/schemas/{path.parent.name}/{version}/{path.name}"
    assert FILES[path]["$id"] == expected


def resolving(path: Path) -> Draft202012Validator:
    """Return another validator of a file as it is, which resolves references by $id alone."""
    resources = [DRAFT202012.create_resource(FILES[each]) for each in SCHEMA_FILES]
    return Draft202012Validator(FILES[path], registry=resources @ Registry())


@table("path", SCHEMA_FILES)
def test_a_file_as_a_whole_is_no_blank_cheque(path):
    """The root refers to a body, or nothing is valid; a $comment says which definition to use.

    Only where the vendor documents nothing of its bodies, which is said, every value is valid.
    """
    root = FILES[path]
    assert ("$ref" in root) != (root.get("not") == {})
    assert "$defs" in root.get("$comment", "") or len(root["$defs"]) == 1
    target = root["$defs"][root["$ref"].rpartition("/")[2]] if "$ref" in root else root
    assert "x-unspecified" in target or not resolving(path).is_valid(["no body"])


def test_a_body_is_checked_by_another_validator():
    """A file as a whole, given to another validator, has the limits of the body that it is of."""
    whole = resolving(SCHEMAS / "oracle-cx-sales" / "product-group.json")
    body = {"ProdGroupName": "Laptops", "InternalName": "Laptops"}
    assert whole.is_valid(body)
    assert not whole.is_valid({**body, "ActiveFlag": True})
    subgroup = {"ProductGroupSubgroupAdministration": [{"ActiveFlag": True}]}
    assert not whole.is_valid({**body, **subgroup})  # in another file


@pytest.mark.parametrize("path", OPENAPI_FILES)
def test_openapi_documents_are_valid(path):
    """Every OpenAPI document is valid against the specification."""
    assert validate_openapi(FILES[path], base_uri=path.as_uri()) is None


@table("path", [*SCHEMA_FILES, *OPENAPI_FILES])
def test_schemas_use_known_keywords_only(path):
    """Every keyword is a limit, structural, or one of the three extensions."""
    for schema in schemas_in(FILES[path]):
        assert schema.keys() <= LIMITS | STRUCTURE | EXTENSIONS
        assert schema.get("additionalProperties", False) is False
        assert schema.get("not", {}) == {}
        assert schema.get("patternProperties") in (None, {"_c$": {}})
        assert schema.get("x-sensitive", True) is True
        assert schema.get("x-unspecified", "a reason")


@table("path", [*SCHEMA_FILES, *OPENAPI_FILES])
def test_entries_of_x_source_are_well_formed(path):
    """An entry has its evidence, known sources and, if inferred, a note."""
    sources = FILES[path.with_name("sources.json")]
    for holder, entry in all_entries(FILES[path]):
        assert entry.keys() <= {"of", "says", "from", "note"}
        assert entry["says"] in SAYS
        assert set() < set(entry["from"]) <= sources.keys()
        assert entry.get("note") or entry["says"] != "inferred", f"no note: {entry}"
        layers = Node(path, holder).chain()
        if "schema" in holder:
            layers += Node(path, holder["schema"]).chain()
        keywords = {name for layer in layers for name in limits_in(layer.value)}
        keywords |= {"content"} & holder.keys()
        assert set(entry.get("of", ())) <= keywords, f"{entry} has unknown keywords in of"


@pytest.mark.parametrize("vendor", VENDORS)
def test_sources_are_used_and_complete(vendor):
    """A source has title, address and date, and some limit cites it."""
    files = [FILES[path] for path in [*SCHEMA_FILES, *OPENAPI_FILES] if path.parent.name == vendor]
    used = {key for content in files for _, entry in all_entries(content) for key in entry["from"]}
    sources = FILES[SCHEMAS / vendor / "sources.json"]
    assert used == sources.keys()
    for listed in sources.values():
        assert list(listed) == ["title", "address", "read"]
        assert date.fromisoformat(listed["read"])
        if listed["address"] is None:  # recordings alone have none
            assert listed["title"].startswith("Recorded traffic")
        else:
            assert listed["address"].startswith("https://")


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_stated_has_an_address(vendor):
    """The first source of what a document states, or has in an example, has an address."""
    sources = FILES[SCHEMAS / vendor / "sources.json"]
    files = [FILES[path] for path in [*SCHEMA_FILES, *OPENAPI_FILES] if path.parent.name == vendor]
    for _, entry in (each for content in files for each in all_entries(content)):
        if entry["says"] in ("stated", "example"):
            assert sources[entry["from"][0]]["address"], entry


@table("path", [*SCHEMA_FILES, *OPENAPI_FILES])
def test_english_pages_come_first(path):
    """A page in English comes before Japanese editions, and the vendor's before third parties'.

    What has no address is last. Except that an observation is in the traffic itself.
    """
    sources = FILES[path.with_name("sources.json")]
    for _, entry in all_entries(FILES[path]):
        names = [name for name in entry["from"] if (name, entry["says"]) != ("traffic", "observed")]
        editions = [
            (
                sources[name]["address"] is None,
                sources[name]["title"].startswith("Third-party"),
                "Japanese edition" in sources[name]["title"],
            )
            for name in names
        ]
        assert editions == sorted(editions), names


@table("path", SCHEMA_FILES)
def test_integer_formats_are_written_as_ranges(path):
    """The formats int32 and int64 come with a minimum and a maximum within their ranges."""
    for schema in schemas_in(FILES[path]):
        if schema.get("format") in RANGES:
            lowest, highest = RANGES[schema["format"]]
            assert lowest <= schema["minimum"] < schema["maximum"] <= highest
