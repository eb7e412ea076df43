"""References from contracts of one's own to the schemas that come with fieldbound.

{"$ref": "fieldbound:oracle-cx-sales/product-group.json#/$defs/InternalName"}
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fieldbound.documents import read
from fieldbound.model import percent_decoded, schema_members
from fieldbound.validation import BASE_URI

from .bundled_folder import bundled_folder

_SCHEME: Final = "fieldbound:"
#: What the URIs of the files begin with: no folder of a user has it.
_BASE: Final = f"{BASE_URI}-/bundled/"


def is_bundled(uri: str) -> bool:
    """Return whether a URI is that of a file that comes with fieldbound."""
    return uri.startswith(_BASE)


def path_of(uri: str) -> Path:
    """Return the path of a file that comes with fieldbound; one that is in no vendor's is none."""
    parts = percent_decoded(uri[len(_BASE) :]).split("/")
    return bundled_folder().joinpath(*(each for each in parts if each not in ("", ".", "..")))


def reference_to(path: Path) -> str | None:
    """Return what a `$ref` to a file that comes with fieldbound has; None for any other file."""
    path = path.resolve()
    if not path.is_relative_to(bundled_folder().resolve()):
        return None
    return _SCHEME + path.relative_to(bundled_folder().resolve()).as_posix()


def prepare(value: Any, uri: str) -> None:
    """Make the references of a file to bundled ones absolute, in place.

    A bundled file cites its sources by keys that are no other vendor's.
    """
    vendor = uri[len(_BASE) :].partition("/")[0] if is_bundled(uri) else None
    pending = [(value, False)]
    while pending:
        part, is_map = pending.pop()
        if vendor is not None and not is_map and isinstance(part, dict) and "x-source" in part:
            part["x-source"] = _cited(part["x-source"], vendor)
        for token, child, child_is_map in schema_members(part, is_map=is_map):
            if isinstance(child, (dict, list)):
                pending.append((child, child_is_map))
            elif token == "$ref" and not is_map and str(child).startswith(_SCHEME):
                part[token] = _BASE + child[len(_SCHEME) :]


def _cited(x_source: Any, vendor: str) -> Any:
    if isinstance(x_source, list):
        return [_cited(each, vendor) for each in x_source]
    if not isinstance(x_source, dict) or "from" not in x_source:
        return x_source
    keys = x_source["from"] if isinstance(x_source["from"], list) else [x_source["from"]]
    return {**x_source, "from": [f"{_SCHEME}{vendor}/{key}" for key in keys]}


@lru_cache(maxsize=1)
def bundled_sources() -> Mapping[str, Any]:
    """Return the sources of the bundled vendors, by the keys that `prepare` gives them."""
    return {
        f"{_SCHEME}{path.parent.name}/{key}": source
        for path in sorted(bundled_folder().glob("*/sources.json"))
        for key, source in read(path).value.items()
    }


def cited_sources(cited: Collection[str], sources: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sources that are cited, of one's own *sources* and of the bundled vendors."""
    if any(key.startswith(_SCHEME) for key in cited):
        sources = {**bundled_sources(), **sources}
    return {key: sources[key] for key in sources if key in cited}
