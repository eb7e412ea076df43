"""The files of schemas/ and facts.json go in; whether they agree, both ways, comes out.

`facts.json` holds what is known of each vendor, apart from the schemas: its objects with their
attributes, and its operations with what they take and answer. A fact is `[value, says]`; what is
unspecified is so everywhere (true) or in some of `create`, `update` and `answer`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as validate_openapi

from support.paths import SCHEMAS

FILES = {path: json.loads(path.read_bytes()) for path in sorted(SCHEMAS.glob("*/*.json"))}
FACTS = json.loads(Path(__file__).with_name("facts.json").read_bytes())
VENDORS = sorted(FACTS)

SAYS = ("stated", "observed", "example", "inferred")
#: Limits that may rest on a reason alone.
REASONED = {"additionalProperties", "maximum", "minimum", "readOnly", "type"}
#: All limits and annotations there are; the others need a fact.
LIMITS = REASONED | {"default", "enum", "examples", "format", "maxLength", "multipleOf", "not"}
LIMITS |= {"pattern", "required"}
STRUCTURE = {"$schema", "$defs", "$ref", "title", "properties", "patternProperties", "items"}
EXTENSIONS = {"x-source", "x-unspecified", "x-sensitive"}
RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
METHODS = ("get", "put", "post", "delete", "patch")


class Node(NamedTuple):
    """A schema, or another object, and the file it stands in."""

    file: Path
    value: dict[str, Any]

    def child(self, *steps: str) -> Node:
        """Go down by these names."""
        value = self.value
        for step in steps:
            value = value[step]
        return Node(self.file, value)

    def chain(self) -> list[Node]:
        """List the object itself, then what it refers to, then what that refers to."""
        if "$ref" not in self.value:
            return [self]
        name, _, fragment = self.value["$ref"].partition("#")
        file = (self.file.parent / name).resolve() if name else self.file
        return [self, *Node(file, FILES[file]).child(*fragment.split("/")[1:]).chain()]


class Limit(NamedTuple):
    """A limit as written: its value, and the entry of x-source that speaks of it."""

    value: Any
    source: dict[str, Any] | None


def entries(value: dict[str, Any]) -> list[dict[str, Any]]:
    """List the entries of the x-source that stands here."""
    found = value.get("x-source", [])
    return found if isinstance(found, list) else [found]


def limits_in(schema: dict[str, Any]) -> dict[str, Any]:
    """Collect what is written in this schema itself, by the names that `of` calls it."""
    found = {name: schema[name] for name in LIMITS - {"required"} if name in schema}
    if "null" in (types := schema.get("type", "")):
        rest = [name for name in types if name != "null"]
        found |= {"type": rest[0] if len(rest) == 1 else rest, "nullable": True}
    if isinstance(schema.get("required"), bool):
        found["required"] = schema["required"]
    else:
        found |= {f"required/{name}": True for name in schema.get("required", ())}
    return found


def spoken_of(keyword: str, layers: list[Node]) -> dict[str, Any] | None:
    """Find the entry that speaks of *keyword*: the use wins over the definition.

    An entry without `of` speaks of what stands beside it and no other entry names.
    """
    for _, schema in layers:
        found = [entry for entry in entries(schema) if keyword in entry.get("of", ())]
        if not found and keyword in limits_in(schema):
            found = [entry for entry in entries(schema) if "of" not in entry]
        if found:
            assert len(found) == 1, f"{keyword} is spoken of twice: {found}"
            return found[0]
    return None


def walk(nodes: list[Node], pointer: str = "", above: tuple[int, ...] = ()) -> Iterator[Any]:
    """Yield `((pointer, keyword), limit)` for all that *nodes* together say of a value."""
    layers = [layer for node in nodes for layer in node.chain()]
    if id(layers[-1].value) in above:
        return
    for _, schema in layers:
        for keyword, value in limits_in(schema).items():
            name, _, required = keyword.partition("/")
            at = f"{pointer}/{required}" if required else pointer
            yield (at, name), Limit(value, spoken_of(keyword, layers))
        for keyword in {"x-unspecified", "x-sensitive"} & schema.keys():
            yield (pointer, keyword[2:]), Limit(True, None)
    for at, within in inside(layers, pointer).items():
        yield from walk(within, at, (*above, id(layers[-1].value)))


def inside(layers: list[Node], pointer: str) -> dict[str, list[Node]]:
    """Find the schemas of each attribute and item, the outermost first."""
    found: dict[str, list[Node]] = {}
    for layer in layers:
        for name in layer.value.get("properties", ()):
            found.setdefault(f"{pointer}/{name}", []).append(layer.child("properties", name))
        if "items" in layer.value:
            found.setdefault(f"{pointer}/*", []).append(layer.child("items"))
    return found


def kebab(name: str) -> str:
    """Turn an operationId into the operation's name."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def operations(api: Node) -> Iterator[tuple[str, str, str | None, Node, list[Node]]]:
    """Yield each operation: its name, method, path if known, itself, and its parameters."""
    server = api.value["servers"][0]
    url = server["url"]
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", variable["default"])
    prefix = "/".join(["", *url.split("/")[3:]])
    found = [
        (method.upper(), prefix.rstrip("/") + path, item[method], item.get("parameters", []))
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


def fields(named: list[tuple[str, Node]]) -> dict[Any, Limit]:
    """Collect the limits of headers or parameters, whose x-source stands beside the schema."""
    found: dict[Any, Limit] = {}
    for name, node in named:
        both = {key: node.value[key] for key in ("required", "x-source") if key in node.value}
        found |= walk([Node(node.file, node.value["schema"] | both)], f"/{name}")
    return found


def body(node: Node) -> dict[Any, Limit] | None:
    """Collect the limits of a body, which is one schema whatever its media type."""
    schemas = [media["schema"] for media in node.value.get("content", {}).values()]
    assert all(schema == schemas[0] for schema in schemas)
    return dict(walk([Node(node.file, schemas[0])])) if schemas else None


def written(vendor: str) -> dict[str, dict[Any, Limit]]:
    """Collect the limits of every part of every operation, as the files have them."""
    file = SCHEMAS / vendor / "openapi.json"
    parts: dict[str, Any] = {}
    for name, _, _, operation, parameters in operations(Node(file, FILES[file])):
        for where, part in (("header", "headers"), ("query", "query"), ("path", "path")):
            parts[f"{name}/request.{part}"] = fields(
                [(node.value["name"], node) for node in parameters if node.value["in"] == where]
            )
        if "requestBody" in operation.value:
            parts[name] = body(operation.child("requestBody"))
        for status in operation.value["responses"]:
            response = operation.child("responses", status).chain()[-1]
            parts[f"{name}/response.{status}"] = body(response)
            headers = response.value.get("headers", {})
            parts[f"{name}/response.{status}.headers"] = fields(
                [(key, response.child("headers", key).chain()[-1]) for key in headers]
            )
    return {part: limits for part, limits in parts.items() if limits}


def statuses(facts: dict[str, Any], operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """List what the operation answers, the shared answers included."""
    shared = {code: facts["errors"][code] for code in operation.get("errors", ())}
    return operation["responses"] | shared


def known(vendor: str) -> dict[str, dict[Any, Any]]:
    """Collect the facts of every part of every operation by pointer and keyword."""
    facts = FACTS[vendor]
    parts: dict[str, Any] = {}
    for name, operation in facts["operations"].items():
        for part in ("request.headers", "request.query", "request.path"):
            parts[f"{name}/{part}"] = known_fields(facts, operation.get(part, []))
        purpose = "create" if operation["method"] == "POST" else "update"
        parts[name] = dict(known_body(facts, operation.get("request", {}), purpose))
        for status, answer in statuses(facts, operation).items():
            parts[f"{name}/response.{status}"] = dict(known_body(facts, answer, "answer"))
            headers = known_fields(facts, answer.get("headers", []))
            parts[f"{name}/response.{status}.headers"] = headers
    return {part: known for part, known in parts.items() if known}


def known_fields(facts: dict[str, Any], names: list[str]) -> dict[Any, Any]:
    """Collect the facts of headers or parameters; a dot tells variants of one name apart."""
    rows = [(f"/{name.partition('.')[0]}", facts["fields"][name]) for name in names]
    return {(at, keyword): fact for at, row in rows for keyword, fact in row.items()}


def known_body(
    facts: dict[str, Any], part: dict[str, Any], purpose: str
) -> Iterator[tuple[Any, Any]]:
    """Yield the facts of a body that serves this purpose: to create, to update, or to answer."""
    if part.get("unspecified"):
        yield ("", "unspecified"), True
    if "is" in part:
        for (at, keyword), fact in known_object(facts, part["is"], "", part, ()):
            if keyword != "unspecified" or fact is True or purpose in fact:
                yield (at, keyword), fact
    for at, says in part.get("required", {}).items():
        yield (at, "required"), [True, says]


def known_object(
    facts: dict[str, Any], name: str, pointer: str, part: dict[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[Any, Any]]:
    """Yield the facts of an object and of those within it, but for what this part refuses."""
    for attribute, row in facts["objects"][name].items() if name not in above else ():
        at = f"{pointer}/{attribute}" if attribute else pointer
        if at in part.get("refused", ()):
            yield (at, "not"), [{}, part["refused"][at]]
            continue
        taken_over = at[1:] in part.get("inferred", ())
        for keyword, fact in row.items():
            if keyword in ("is", "items"):
                below, deeper = (at, fact) if keyword == "is" else (f"{at}/*", fact)
                deeper = part["of"] if deeper == "?" else deeper
                yield from known_object(facts, deeper, below, part, (*above, name))
            elif taken_over and keyword in ("type", "format", "maxLength", "default"):
                yield (at, keyword), [fact[0], "inferred"]
            else:
                yield (at, keyword), fact


def schemas_in(value: Any, key: str = "") -> Iterator[dict[str, Any]]:
    """Yield every schema in a file of schemas or in an OpenAPI document."""
    if isinstance(value, dict):
        if key in ("schema", "items", "member"):
            yield value
        for name, each in value.items():
            members = key in ("properties", "patternProperties", "$defs")
            yield from schemas_in(each, "member" if members else name)
    elif isinstance(value, list):
        for each in value:
            yield from schemas_in(each)


def spoken(value: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every entry of every x-source, with the object it stands in."""
    if isinstance(value, dict):
        yield from ((value, entry) for entry in entries(value))
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, (dict, list)):
            yield from spoken(each)


WRITTEN = {vendor: written(vendor) for vendor in VENDORS}
KNOWN = {vendor: known(vendor) for vendor in VENDORS}
OPERATIONS = [(vendor, name) for vendor in VENDORS for name in FACTS[vendor]["operations"]]
PLAIN = [path for path in FILES if path.name not in ("openapi.json", "sources.json")]
APIS = [path for path in FILES if path.name == "openapi.json"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_facts_and_schemas_cover_the_same_parts(vendor):
    """Every part of every operation is both known and written."""
    assert sorted(WRITTEN[vendor]) == sorted(KNOWN[vendor])


def parts(vendor: str, operation: str) -> Iterator[tuple[dict[Any, Limit], dict[Any, Any]]]:
    """Yield the limits and the facts of each part of the operation."""
    for part, limits in WRITTEN[vendor].items():
        if part.partition("/")[0] == operation:
            yield limits, KNOWN[vendor][part]


@pytest.mark.parametrize(("vendor", "operation"), OPERATIONS)
def test_every_fact_has_its_limit(vendor, operation):
    """What is known is written in the schema, with the same value and certainty."""
    for limits, facts in parts(vendor, operation):
        for (at, keyword), fact in facts.items():
            if keyword == "left out":
                assert not any((at, name) in limits for name in fact)
                assert limits[at, "type"].source["note"], f"why is {fact} left out at {at}?"
                continue
            assert (at, keyword) in limits, f"{keyword} at {at} is known, but not written"
            limit = limits[at, keyword]
            if keyword not in ("unspecified", "sensitive"):
                assert [limit.value, limit.source["says"]] == fact, f"{keyword} at {at}"


@pytest.mark.parametrize(("vendor", "operation"), OPERATIONS)
def test_every_limit_has_its_fact_or_its_reason(vendor, operation):
    """A limit is known, or it is marked as inferred and its note gives the reason."""
    for limits, facts in parts(vendor, operation):
        for at, keyword in limits.keys() - facts.keys():
            assert keyword in REASONED, f"nothing is known of {keyword} at {at}"
            source = limits[at, keyword].source
            assert source is not None, f"{keyword} at {at} has no source"
            assert source["says"] == "inferred", f"no fact is {source['says']}: {keyword} at {at}"


@pytest.mark.parametrize("vendor", VENDORS)
def test_operations_are_those_known(vendor):
    """Method, path, media types and statuses are as known, and so is how firmly the latter are."""
    api = SCHEMAS / vendor / "openapi.json"
    facts, found, media = FACTS[vendor], {}, {"request": set(), "response": set()}
    for name, method, path, operation, _ in operations(Node(api, FILES[api])):
        codes = operation.value["responses"]
        answers = {c: operation.child("responses", c).chain()[-1].value for c in codes}
        says = {code: each["x-source"]["says"] for code, each in answers.items()}
        request = operation.value.get("requestBody", {})
        found[name] = (method, path, request.get("required", False), says)
        media["request"] |= request.get("content", {}).keys()
        media["response"].update(*(each.get("content", {}) for each in answers.values()))
    for name, each in facts["operations"].items():
        says = {code: answer["says"] for code, answer in statuses(facts, each).items()}
        demanded = not each.get("request", {"optional": True}).get("optional", False)
        assert found.pop(name, None) == (each["method"], each["path"], demanded, says)
    assert found == {}
    assert {side: sorted(types) for side, types in media.items()} == facts["media types"]


@pytest.mark.parametrize("path", PLAIN)
def test_schemas_are_valid_json_schema(path):
    """Every file of schemas satisfies the metaschema of 2020-12."""
    assert FILES[path]["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(FILES[path])


@pytest.mark.parametrize("path", APIS)
def test_openapi_documents_are_valid(path):
    """Every OpenAPI document satisfies the specification."""
    assert validate_openapi(FILES[path], base_uri=path.as_uri()) is None


@pytest.mark.parametrize("path", [*PLAIN, *APIS])
def test_schemas_use_known_keywords_only(path):
    """A keyword is a limit, structure or one of the three extensions: none is there by mistake."""
    for schema in schemas_in(FILES[path]):
        assert schema.keys() <= LIMITS | STRUCTURE | EXTENSIONS
        assert schema.get("additionalProperties", False) is False
        assert schema.get("not", {}) == {}
        assert schema.get("patternProperties") in (None, {"_c$": {}})
        assert schema.get("x-sensitive", True) is True
        assert schema.get("x-unspecified", "a reason")


@pytest.mark.parametrize("path", [*PLAIN, *APIS])
def test_entries_of_x_source_are_well_formed(path):
    """An entry says how firmly, names its sources and, where inferred, gives the reason."""
    sources = FILES[path.with_name("sources.json")]
    for beside, entry in spoken(FILES[path]):
        assert entry.keys() <= {"of", "says", "from", "note"}
        assert entry["says"] in SAYS
        assert set() < set(entry["from"]) <= sources.keys()
        assert entry.get("note") or entry["says"] != "inferred", f"no reason is given: {entry}"
        layers = Node(path, beside).chain()
        if "schema" in beside:
            layers += Node(path, beside["schema"]).chain()
        standing = {name for layer in layers for name in limits_in(layer.value)}
        assert set(entry.get("of", ())) <= standing, f"{entry} speaks of what is not there"


@pytest.mark.parametrize("vendor", VENDORS)
def test_sources_are_those_used(vendor):
    """A source is listed with title, address and day, and some limit refers to it."""
    files = [FILES[path] for path in [*PLAIN, *APIS] if path.parent.name == vendor]
    used = {key for content in files for _, entry in spoken(content) for key in entry["from"]}
    sources = FILES[SCHEMAS / vendor / "sources.json"]
    assert used == sources.keys()
    for listed in sources.values():
        assert list(listed) == ["title", "address", "read"]
        assert listed["address"] is None or listed["address"].startswith("https://")


@pytest.mark.parametrize("path", PLAIN)
def test_integer_formats_are_written_as_ranges(path):
    """int32 and int64 hold in a validator that knows no such format."""
    for schema in schemas_in(FILES[path]):
        if schema.get("format") in RANGES:
            assert (schema["minimum"], schema["maximum"]) == RANGES[schema["format"]]
