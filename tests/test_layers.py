"""What must stay in step: the layers of the rooms, and the public names."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import fieldbound

ROOMS = Path(fieldbound.__file__).parent

#: The rooms, the lowest layer first. A room imports from the layers below its own alone.
LAYERS = (
    {"workers", "model", "references", "tracebacks", "pieces"},
    {"wording", "values", "wiretap", "tallies"},
    {"hints", "order", "sizes", "lines", "found", "keyed", "crew", "rows", "cells"},
    {"document", "limits", "inline", "loosen", "names", "forms", "grammar", "source", "reach"},
    {"algebra", "languages", "quantities", "strict", "counts", "packed"},
    {"engine", "explain", "lint", "coverage"},
    {"texts", "attributes"},
    {"reference", "kinds", "naming", "batch", "arrays"},
    {"judge", "openapi", "account"},
    {"upgrade", "named", "family", "counting"},
    {"subtypes"},
    {"files"},
    {"bundle"},
    {"shape", "anatomy", "containers"},
    {"build", "making", "frames", "messages", "typed", "paths", "choices"},
    {"brackets", "operations", "wrong", "columns"},
    {"fields", "reading", "arrow"},
    {"parquet"},
    {"sources"},
    {"single", "render"},
    {"catalog", "exchange", "probe", "writing"},
    {"config", "console", "certified", "drawing", "recording", "testing", "http"},
    {"hosts", "messaging"},
    {"guard", "strategies", "journal", "split", "progress"},
    {"clients", "pytest_coverage", "pytest_traffic", "run"},
    {"inside", "recorded", "bulk"},
    {"placed", "spark"},
    {"masked"},
    {"traffic"},
    {"listings", "pytest_plugin", "many"},
    {"checking"},
    {"cli"},
    {"__main__"},
)
#: What a room may import from outside, beside the standard library.
OUTSIDE = {
    "algebra": {"jsonschema_rs"},
    "bundle": set(),
    "clients": {"httpx", "requests"},
    "document": {"jiter", "yaml"},
    "batch": {"jsonschema_rs"},
    "strict": {"orjson", "jiter"},
    "found": {"orjson"},
    "cells": {"pyarrow"},
    "parquet": {"pyarrow"},
    "spark": {"pyarrow", "pyspark"},
    "keyed": {"orjson"},
    "explain": {"jsonschema_rs"},
    "engine": {"jsonschema_rs"},
    "judge": {"jsonschema"},
    "reference": {"jsonschema", "referencing"},
    "lint": {"jsonschema_rs"},
    "pytest_plugin": {"pytest"},
    "pytest_coverage": {"pytest"},
    "workers": {"pytest"},
    "pytest_traffic": {"pytest"},
    "packed": {"backports", "compression"},  # which of them depends on Python's version
    "split": {"backports", "compression"},
    "choices": {"jsonschema_path", "openapi_core"},
    "paths": {"jsonschema_path", "openapi_core"},
    "reading": {"openapi_core"},
    "drawing": {"hypothesis"},
    "messaging": {"hypothesis"},
    "testing": {"hypothesis"},
    "config": {"tomli", "tomllib"},  # which of them depends on Python's version
}
#: A sentence is made of a noun's facts when it is asked for: these know no noun.
SPOKEN = {("model", "wording"), ("model", "hints"), ("tallies", "wording")}
#: Files that are part of a room though they stand beside it.
PARTS = {"_json_text": "document", "_yaml_text": "document"}


def _room(path: Path) -> str:
    name = path.relative_to(ROOMS).parts[0].removesuffix(".py")
    return PARTS.get(name, name)


def _rooms() -> list[Path]:
    return [path for path in sorted(ROOMS.rglob("*.py")) if path != ROOMS / "__init__.py"]


def _imports(path: Path) -> list[tuple[str, bool]]:
    """Return what a file imports: a room's name or a package's, and whether it is ours."""
    found = []
    depth = len(path.relative_to(ROOMS).parts)
    for node in ast.walk(_without_types(ast.parse(path.read_text("utf-8")))):
        if isinstance(node, ast.Import):
            found += [(alias.name.partition(".")[0], False) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append(((node.module or "").partition(".")[0], False))
        elif isinstance(node, ast.ImportFrom) and node.level == depth:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found += [((name or "").partition(".")[0], True) for name in names]
    return found


def _without_types(tree: ast.Module) -> ast.Module:
    """Leave out what only a type checker imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = [ast.Pass()]
    return tree


@pytest.mark.parametrize("path", _rooms(), ids=lambda path: path.relative_to(ROOMS).as_posix())
def test_imports_point_down(path: Path) -> None:
    """A room imports from lower layers alone, and from outside only what its layer may."""
    level = {room: index for index, layer in enumerate(LAYERS) for room in layer}
    room = _room(path)
    for name, ours in _imports(path):
        other = PARTS.get(name, name)
        if ours and other != room:
            assert level[other] < level[room] or (room, other) in SPOKEN
        elif not ours and name not in sys.stdlib_module_names and name != "fieldbound":
            assert name in OUTSIDE.get(room, set())


@pytest.mark.parametrize("path", _rooms(), ids=lambda path: path.relative_to(ROOMS).as_posix())
def test_a_room_has_a_size(path: Path) -> None:
    """A room has 400 lines at most, a function 40, and says in its first line what it is for."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or path.name == "__main__.py"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


def test_every_room_has_a_layer() -> None:
    """No room stands outside the layers, and no layer names a room that is not there."""
    assert {_room(path) for path in _rooms()} == set().union(*LAYERS)


def test_public_names_are_sorted_and_there() -> None:
    """The public names are sorted, complete, and each can be had."""
    assert fieldbound.__all__ == sorted(fieldbound.__all__)
    assert all(getattr(fieldbound, name) is not None for name in fieldbound.__all__)
    assert set(fieldbound.__all__) <= set(dir(fieldbound))


def test_the_reference_is_quick_to_import() -> None:
    """No package is required that makes jsonschema slow for all who import it."""
    requires = metadata.requires("fieldbound") or []
    assert not [each for each in requires if "jsonschema[" in each or "rfc3987" in each]


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as any module refuses it."""
    with pytest.raises(AttributeError, match="no attribute 'contrakt'"):
        fieldbound.contrakt  # noqa: B018


@pytest.mark.parametrize("first", fieldbound.__all__)
def test_a_public_name_is_the_same_whatever_was_used_first(first: str) -> None:
    """No module hides a function: `fieldbound.contract` is callable after any other name."""
    code = f"import fieldbound; fieldbound.{first}; assert callable(fieldbound.contract)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import fieldbound", {"jsonschema_rs", "jiter", "jsonschema", "yaml", "openapi_core"}),
        (
            "import fieldbound; fieldbound.contract('axim-commerce/create-company').check({})",
            {"jsonschema", "yaml", "openapi_core", "hypothesis", "importlib.metadata", "argparse"},
        ),
    ],
)
def test_what_is_slow_to_import_waits(code: str, heavy: set[str]) -> None:
    """What is slow to import is imported only when it is needed."""
    code += "; import sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert heavy.isdisjoint(done.stdout.split())
