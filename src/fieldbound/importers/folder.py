"""The files of a folder of contracts, made of resources: schemas, openapi.json, sources.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from fieldbound.model import escape_token
from fieldbound.openapi import kebab_case, unused_name

from .draft import Draft, Omitted
from .options import Options
from .resources import (
    NOT_IN,
    READ_ONLY,
    REQUIRED,
    STATED,
    WRITE_ONLY,
    Attribute,
    Evidence,
    Resource,
)
from .source import SourceDocument

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: The schemas of a file that are of whole bodies; an attribute of such a name has another one.
_BODIES: Final = ("create", "update", "response", "collection")
_OPERATION_NOTE: Final = "The source describes attributes; the operation is the usual one for them."


class Citation(NamedTuple):
    """How limits cite a document: by *key*, the same for each version of it, and by its *title*.

    *default* is the evidence of all that has no other.
    """

    key: str
    title: str
    default: Evidence = STATED


def draft_of(
    document: SourceDocument,
    options: Options,
    resources: Iterable[Resource],
    citation: Citation,
    omitted: Iterable[Omitted] = (),
) -> Draft:
    """Return the draft of the contracts of some resources, which a document describes.

    The title of the citation is used where the user gives none. Raises BrokenSource if there is
    nothing in them.
    """
    files: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for resource in sorted(resources, key=lambda each: each.name):
        _Writer(files, paths, citation).add(resource)
    if not paths:
        raise document.error("there is no resource with attributes in it")
    openapi = {
        "openapi": "3.1.0",
        "info": {"title": options.vendor, "version": "1"},
        "paths": dict(sorted(paths.items())),
    }
    sources = {citation.key: source_entry(document, citation.title)}
    whole = {"openapi.json": openapi, "sources.json": sources, **files}
    return Draft(options.vendor, citation.key, whole, tuple(omitted), document)


def source_entry(document: SourceDocument, title: str) -> dict[str, str]:
    """Return what sources.json says of a document; its date and digest are added in writing."""
    entry = {"title": document.title or title}
    if document.address:
        entry["address"] = document.address
    return entry


class _Writer:
    """Adds the files and the paths of resources."""

    def __init__(self, files: dict[str, Any], paths: dict[str, Any], citation: Citation) -> None:
        self._files, self._paths = files, paths
        self._key, self._default = citation.key, citation.default

    def add(self, resource: Resource) -> str:
        """Add a resource and those within it; return the name of its file."""
        name = unused_name(kebab_case(resource.name) or "resource", _stems(self._files))
        self._files[f"{name}.json"] = {}  # takes the name before its children do
        children = {each.name: self.add(each) for each in resource.children}
        self._files[f"{name}.json"] = self._file(resource, children)
        if resource.operations:
            self._add_paths(resource, f"{name}.json")
        return f"{name}.json"

    # -- schemas -----------------------------------------------------------------------------

    def _file(self, resource: Resource, children: Mapping[str, str]) -> dict[str, Any]:
        attributes = sorted(
            (each for each in resource.attributes if each.create or each.update or each.response),
            key=lambda each: each.name,
        )
        definitions = {_definition(each.name): self._attribute(each) for each in attributes}
        bodies = {
            "create": self._request(resource, attributes, children, "create"),
            "update": self._request(resource, attributes, children, "update"),
            "response": self._response(resource, attributes, children),
        }
        if resource.list_in is not None:
            bodies["collection"] = self._collection(resource.list_in)
        return {
            "$schema": _DIALECT,
            "title": resource.title or resource.name,
            "x-source": self._entry(self._default),
            "$defs": {**definitions, **bodies},
        }

    def _attribute(self, attribute: Attribute) -> dict[str, Any]:
        schema = dict(attribute.schema)
        if not (attribute.create or attribute.update):
            schema[READ_ONLY] = True
        if not attribute.response:
            schema[WRITE_ONLY] = True
        about = {word: self._evidence_of(attribute, word) for word in schema if word != "title"}
        return self._with_evidence(schema, about)

    def _request(
        self,
        resource: Resource,
        attributes: list[Attribute],
        children: Mapping[str, str],
        body: str,
    ) -> dict[str, Any]:
        schema: dict[str, Any] = {"title": _titled(resource, body), "type": "object"}
        schema["properties"] = {
            each.name: self._property(each, body) for each in attributes
        } | self._children(resource, children, "create" if body == "create" else None)
        about: dict[str, Evidence] = {}
        required = [each for each in attributes if each.required and body == "create"]
        if required:
            schema["required"] = [each.name for each in required]
            about = {
                f"required/{each.name}": self._evidence_of(each, REQUIRED) for each in required
            }
        if resource.refuses_unknown:
            schema["additionalProperties"] = False
            about["additionalProperties"] = Evidence("inferred", resource.closed_note)
            if resource.other_names is not None:
                schema["patternProperties"] = {resource.other_names: {}}
        return self._with_evidence(schema, about)

    def _property(self, attribute: Attribute, body: str) -> dict[str, Any]:
        accepted = attribute.create if body == "create" else attribute.update
        if body == "update" and attribute.update and attribute.update_schema is not None:
            return self._answered(attribute, attribute.update_schema)
        if accepted or not (attribute.create or attribute.update):
            return {"$ref": _reference(attribute.name)}
        other = "a create" if attribute.create else "an update"
        evidence = attribute.evidence.get(NOT_IN, Evidence("stated", f"Accepted by {other} alone."))
        return self._with_evidence({"not": {}}, {"not": evidence})

    def _response(
        self, resource: Resource, attributes: list[Attribute], children: Mapping[str, str]
    ) -> dict[str, Any]:
        properties = {
            each.name: {"$ref": _reference(each.name)}
            if each.response_schema is None
            else self._answered(each, each.response_schema)
            for each in attributes
        }
        return {
            "title": _titled(resource, "response"),
            "type": "object",
            "properties": properties | self._children(resource, children, "response"),
        }

    def _answered(self, attribute: Attribute, schema: Mapping[str, Any]) -> dict[str, Any]:
        about = {word: self._evidence_of(attribute, word) for word in schema if word != "title"}
        return self._with_evidence(dict(schema), about)

    def _children(
        self, resource: Resource, children: Mapping[str, str], body: str | None
    ) -> dict[str, Any]:
        """Return the arrays of other resources; their items are checked where *body* is given."""
        found = {}
        for each in resource.children:
            schema: dict[str, Any] = {"title": each.title} if each.title else {}
            schema["type"] = "array"
            if body is not None:
                schema["items"] = {"$ref": f"{quote(children[each.name])}#/$defs/{body}"}
            found[each.name] = schema
        return found

    def _collection(self, name: str) -> dict[str, Any]:
        items = {"type": "array", "items": {"$ref": "#/$defs/response"}}
        source = {"x-source": self._inferred()}
        return {"type": "object", "properties": {name: {**items, **source}}, **source}

    def _with_evidence(
        self, schema: dict[str, Any], about: Mapping[str, Evidence]
    ) -> dict[str, Any]:
        """Return a schema with the evidence that is not the default of the file."""
        words: dict[Evidence, list[str]] = {}
        for word, evidence in about.items():
            if evidence != self._default:
                words.setdefault(evidence, []).append(word)
        entries = [{"of": of, **self._entry(each)} for each, of in words.items()]
        if not entries:
            return schema
        if schema.keys() - {"title"} == {*entries[0]["of"]}:
            del entries[0]["of"]  # it is about all of them
        return {**schema, "x-source": entries[0] if len(entries) == 1 else entries}

    def _evidence_of(self, attribute: Attribute, word: str) -> Evidence:
        return attribute.evidence.get(word, attribute.default_evidence or self._default)

    def _entry(self, evidence: Evidence) -> dict[str, Any]:
        note = {"note": evidence.note} if evidence.note else {}
        return {"says": evidence.says, "from": self._key, **note}

    # -- operations --------------------------------------------------------------------------

    def _add_paths(self, resource: Resource, file: str) -> None:
        path = resource.path or f"/{quote(resource.name, safe='')}"
        key = resource.key or f"{resource.name}Id"
        parameter = {
            "name": key,
            "in": "path",
            "required": True,
            "schema": {"type": "string"},
            "x-source": self._inferred(),
        }
        collection = {
            method: self._operation(resource, name, file)
            for method, name in (("get", "list"), ("post", "create"))
            if name in resource.operations
        }
        item = {
            method: self._operation(resource, name, file)
            for method, name in (("get", "get"), ("patch", "update"))
            if name in resource.operations
        }
        if collection:
            self._paths[path] = {**self._parameters(path), **collection}
        if item:
            above = self._parameters(path).get("parameters", [])
            parameters = above if resource.is_single else [*above, parameter]
            self._paths[resource.item_path or f"{path}/{{{key}}}"] = {
                **({"parameters": parameters} if parameters else {}),
                **item,
            }

    def _parameters(self, path: str) -> dict[str, Any]:
        """Return the parameters in the path of a collection itself: those of what it is within."""
        names = [each.partition("}")[0] for each in path.split("{")[1:]]
        found = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "x-source": self._inferred(),
            }
            for name in names
        ]
        return {"parameters": found} if found else {}

    def _operation(self, resource: Resource, name: str, file: str) -> dict[str, Any]:
        known = {each for item in self._paths.values() for each in _operation_names(item)}
        wanted = kebab_case(f"{name}-{resource.name}")
        operation: dict[str, Any] = {
            "operationId": unused_name(wanted, known),
            "summary": f"{resource.title or resource.name}: {name}",
        }
        if name in ("create", "update"):
            content = _content(resource, {"$ref": f"{quote(file)}#/$defs/{name}"})
            operation["requestBody"] = {"required": True, "content": content}
        response: dict[str, Any] = {"description": "The answer."}
        if name in resource.answered:
            response["content"] = _content(resource, self._answer(resource, name, file))
        operation["responses"] = {_status(resource, name): response}
        return {**operation, "x-source": self._inferred()}

    def _answer(self, resource: Resource, name: str, file: str) -> dict[str, Any]:
        if name != "list":
            return {"$ref": f"{quote(file)}#/$defs/response"}
        if resource.list_in is not None:
            return {"$ref": f"{quote(file)}#/$defs/collection"}
        items = {"$ref": f"{quote(file)}#/$defs/response"}
        return {"type": "array", "items": items, "x-source": self._inferred()}

    def _inferred(self) -> dict[str, Any]:
        return self._entry(Evidence("inferred", _OPERATION_NOTE))


def _content(resource: Resource, schema: dict[str, Any]) -> dict[str, Any]:
    return {each: {"schema": schema} for each in resource.media_types}


def _status(resource: Resource, name: str) -> str:
    if name == "create":
        return "201"
    return "200" if name in resource.answered else "204"


def _operation_names(item: Mapping[str, Any]) -> Iterator[str]:
    for each in item.values():
        if isinstance(each, dict) and "operationId" in each:
            yield each["operationId"]


def _stems(files: Mapping[str, Any]) -> set[str]:
    return {"openapi", "sources", *(name.removesuffix(".json") for name in files)}


def _titled(resource: Resource, body: str) -> str:
    return f"{resource.title or resource.name}, {body}"


def _definition(name: str) -> str:
    return f"attribute {name}" if name in _BODIES else name


def _reference(name: str) -> str:
    """Return the reference to the schema of an attribute within its file."""
    return f"#/$defs/{quote(escape_token(_definition(name)), safe='~')}"
