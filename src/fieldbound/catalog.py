"""A name goes in, a Contract comes out; also the names there are.

Names are looked for in the vendors that come with fieldbound, in folders of the same layout, and
in packages that offer the entry-point group `fieldbound.contracts`. A path to a JSON Schema, or
to an OpenAPI document with `#operation`, is a name as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from .bundle import DIALECT, SUFFIXES, Bundle, Files
from .engine import BASE
from .judge import Contract
from .model import BrokenContract, UnknownName
from .openapi import OpenAPI, Part, kebab, names_schema, reference_to
from .references import OLDEST, draft_of, tokens_of

GROUP: Final = "fieldbound.contracts"
_VERSIONS: Final = ("3.1", "3.2")
_MOST_OFFERED: Final = 3
_MOST_PARTS: Final = 6


def contract(name: str, folders: Iterable[str | os.PathLike[str]] = ()) -> Contract:
    """Return the contract of that name, from fieldbound, *folders*, or installed packages.

    Raises UnknownName, which offers the closest names, and BrokenContract, which says what is
    wrong with the contract itself, in which file, and where.
    """
    if _is_path(name):
        return _of_file(name)
    vendor, _, rest = name.partition("/")
    shelf = _shelves(folders, vendor).get(vendor)
    if shelf is None or not rest:
        raise UnknownName(name, _closest(name, contracts(folders)))
    return shelf.contract(name, rest)


def contracts(folders: Iterable[str | os.PathLike[str]] = ()) -> list[str]:
    """Return the names of all contracts: of fieldbound, of *folders*, of installed packages."""
    vendors = _shelves(folders).values()
    return sorted(name for vendor in vendors for name in vendor.names())


# -- vendors -------------------------------------------------------------------------------------


class _Vendor:
    """One vendor's folder: an OpenAPI document, and the schemas and sources beside it."""

    def __init__(self, folder: Path, files: Files, *, proofread: bool) -> None:
        self.folder = folder
        self.name = folder.name
        self._files = files
        self._proofread = proofread
        self._made: dict[str, Contract] = {}

    @cached_property
    def _uri(self) -> str:
        found = [
            path for suffix in SUFFIXES if (path := self.folder / f"openapi{suffix}").is_file()
        ]
        return self._files.uri(found[0])

    @cached_property
    def api(self) -> OpenAPI:
        return _api(self._files, self._uri)

    @cached_property
    def sources(self) -> Mapping[str, Any]:
        path = self.folder / "sources.json"
        found = self._files.load(self._files.uri(path)) if path.is_file() else {}
        return found if isinstance(found, dict) else {}

    def names(self) -> Iterator[str]:
        for operation in self.api.operations:
            for part in self.api.parts(operation):
                yield f"{self.name}/{operation}/{part}".rstrip("/")

    def contract(self, name: str, rest: str) -> Contract:
        made = self._made.get(name)
        if made is None:
            made = self._make(name, *rest.partition("/")[::2])
            if not self._proofread:  # what comes with fieldbound does not change
                self._made[name] = made
        return made

    def _make(self, name: str, operation: str, part: str) -> Contract:
        built = _operation(self._files, self._uri, self.api, operation, part)
        if built is None:
            raise UnknownName(
                name, _closest(name, list(self.names())), self._lacks(operation, part)
            )
        schema, bundle = built
        if self._proofread:
            bundle.proofread(self.sources)
        whole = _whole(schema, name, bundle, self.sources)
        return _made(self._files, self._uri, bundle, whole, name)

    def _lacks(self, operation: str, part: str) -> str | None:
        if operation not in self.api.operations:
            return None
        parts = [each or "the request body" for each in self.api.parts(operation)]
        more = f", and {len(parts) - _MOST_PARTS} more" if len(parts) > _MOST_PARTS else ""
        has = ", ".join(parts[:_MOST_PARTS]) or "nothing"
        return f"{self.name}/{operation} has no {part or 'request body'}: it has {has}{more}"


def _shelves(
    folders: Iterable[str | os.PathLike[str]] = (), wanted: str | None = None
) -> dict[str, _Vendor]:
    """Return the vendors by name; installed packages are gone through only if need be."""
    vendors = dict(_own_vendors())
    for folder in folders:
        _add(vendors, _vendors(Path(folder), proofread=True))
    if wanted is None or wanted not in vendors:
        for folder in _installed():
            _add(vendors, _vendors(folder, proofread=True))
    return vendors


def _add(vendors: dict[str, _Vendor], more: Mapping[str, _Vendor]) -> None:
    for name, vendor in more.items():
        if name in vendors and vendors[name].folder != vendor.folder:
            raise BrokenContract(
                f"the vendor {name!r} is there already, in {vendors[name].folder}: rename this one",
                file=str(vendor.folder),
            )
        vendors[name] = vendor


@lru_cache(maxsize=1)
def _own_vendors() -> Mapping[str, _Vendor]:
    """Return the vendors that come with fieldbound: in the package, or beside its sources."""
    here = Path(__file__).resolve().parent
    inside = here / "schemas"
    folder = inside if inside.is_dir() else here.parents[1] / "schemas"
    return _vendors(folder, proofread=False)


def _vendors(folder: Path, *, proofread: bool) -> dict[str, _Vendor]:
    if not folder.is_dir():
        raise BrokenContract("there is no such folder of contracts", file=str(folder))
    files = Files(folder, f"{BASE}{'schemas' if not proofread else folder.name}/")
    found = {
        each.name: _Vendor(each, files, proofread=proofread)
        for each in sorted(folder.iterdir())
        if any((each / f"openapi{suffix}").is_file() for suffix in SUFFIXES)
    }
    if not found:
        reason = "no vendor in this folder: each has a folder of its own with an openapi.json"
        raise BrokenContract(reason, file=str(folder))
    return found


def _installed() -> Iterator[Path]:
    """Yield the folders that installed packages offer."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for point in entry_points(group=GROUP):
        try:
            spec = find_spec(point.module)
        except ImportError:
            spec = None
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not places:
            raise BrokenContract(
                f"the entry point {point.name!r} of group {GROUP} names {point.module!r}, "
                "which is no package with a folder"
            )
        yield Path(places[0])


# -- files ---------------------------------------------------------------------------------------


def _is_path(name: str) -> bool:
    path = name.partition("#")[0]
    return path.endswith(SUFFIXES)


def _of_file(name: str) -> Contract:
    """Return the contract of a JSON Schema file, or of one operation of an OpenAPI document."""
    path, _, rest = name.partition("#")
    given, here = Path(path).absolute(), Path.cwd()
    if given.is_relative_to(here):
        files = Files(here, BASE)
        try:
            return _of_uri(files, files.uri(given), name, rest)
        except BrokenContract:
            if not files.left:  # else a reference leads above the working folder
                raise
    files = Files(Path(given.anchor), BASE)
    return _of_uri(files, files.uri(given), name, rest)


def _of_uri(files: Files, uri: str, name: str, rest: str) -> Contract:
    value = files.load(uri)
    if isinstance(value, dict) and "swagger" in value:
        reason = "this is a Swagger 2.0 document: convert it to OpenAPI 3.1"
        raise files.broken(uri, ("swagger",), reason)
    if isinstance(value, dict) and "openapi" in value:
        return _of_api(files, uri, name, rest)
    if rest:
        path = name.partition("#")[0]
        raise UnknownName(name, reason=f"{path} is no OpenAPI document: it has no operations")
    bundle = Bundle(files, None)
    bundle.add(uri, ())
    bundle.proofread(None)
    schema = bundle.resources.pop(uri)
    return _made(files, uri, bundle, _embedded(schema, bundle.resources), name)


def _made(files: Files, uri: str, bundle: Bundle, schema: dict[str, Any], name: str) -> Contract:
    """Return the contract of a bundle; what is broken in it is told in the file it is from."""
    try:
        return Contract(schema, name=name)
    except BrokenContract as error:
        tokens = tokens_of(error.pointer or "")
        if len(tokens) > 1 and tokens[1] in bundle.resources:
            raise files.broken(tokens[1], tokens[2:], error.reason) from None
        raise files.broken(uri, tokens, error.reason) from None


def _of_api(files: Files, uri: str, name: str, rest: str) -> Contract:
    api = _api(files, uri)
    operation, _, part = rest.partition("/")
    built = _operation(files, uri, api, operation, part)
    if built is None:
        path = name.partition("#")[0]
        known = [
            f"{path}#{each}/{p}".rstrip("/") for each in api.operations for p in api.parts(each)
        ]
        reason = None if rest else f"{path} is an OpenAPI document: name one of its operations"
        raise UnknownName(name, _closest(name, known) or tuple(known[:_MOST_OFFERED]), reason)
    schema, bundle = built
    bundle.proofread(None)
    return _made(files, uri, bundle, _whole(schema, name, bundle, {}), name)


def _api(files: Files, uri: str) -> OpenAPI:
    document = files.load(uri)
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str):
        raise files.broken(uri, (), "this is no OpenAPI document: it has no openapi version")
    if not version.startswith(_VERSIONS):
        reason = f"OpenAPI {version} writes schemas in another way: convert it to OpenAPI 3.1"
        raise files.broken(uri, ("openapi",), reason)
    try:
        return OpenAPI(document)
    except ValueError as error:
        raise files.broken(uri, ("paths",), str(error)) from None


def _operation(
    files: Files, uri: str, api: OpenAPI, operation: str, part: str
) -> tuple[dict[str, Any], Bundle] | None:
    """Return the schema of a part of an operation, and what it refers to; None: no such part."""
    name = operation if operation in api.operations else kebab(operation)
    found = api.parts(name).get(part) if name in api.operations else None
    if found is None:
        return None
    bundle = Bundle(files, "request" if found.is_sent else "response")
    return _rooted(found, uri, bundle), bundle


def _rooted(part: Part, uri: str, bundle: Bundle) -> dict[str, Any]:
    if part.body is not None:
        bundle.refer(uri, part.body.tokens, reference_to(part.body, uri))
        return {"$ref": reference_to(part.body, uri)}
    for each in part.names:
        schema = each.at.get("schema")
        if schema is not None:
            bundle.refer(uri, schema.tokens, reference_to(schema, uri))
        bundle.cite(each.at.value.get("x-source"))
    return names_schema(part, uri)


def _whole(
    schema: dict[str, Any], name: str, bundle: Bundle, sources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a schema with everything in it that it refers to, sources and all."""
    from urllib.parse import quote

    cited = {key: sources[key] for key in sources if key in bundle.cited}
    head: dict[str, Any] = {"$schema": DIALECT, "$id": BASE + quote(name), "title": name}
    return _embedded(
        {**head, **schema, **({"x-sources": cited} if cited else {})}, bundle.resources
    )


def _embedded(schema: dict[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with what it refers to inside it, where its draft looks for that."""
    draft = draft_of(schema)
    if draft == OLDEST:
        schema = _renamed(schema)
        resources = {uri: _renamed(each) for uri, each in resources.items()}
    under = "definitions" if draft else "$defs"
    return {**schema, under: {**schema.get(under, {}), **resources}} if resources else schema


def _renamed(resource: Any) -> Any:
    """Return a resource with its name under the keyword of draft 4."""
    if not isinstance(resource, dict):
        return resource
    return {"id" if keyword == "$id" else keyword: each for keyword, each in resource.items()}


def _closest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    return tuple(get_close_matches(name, list(names), n=_MOST_OFFERED, cutoff=0.4))
