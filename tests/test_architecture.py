"""What must stay in step: the packages and what each may import, and the public names."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

import fieldbound

SOURCE = Path(fieldbound.__file__).parent

#: The packages and their floors, the lowest first. A package imports from lower floors alone.
FLOORS = (
    ("model",),
    ("documents", "algebra"),
    ("validation", "policy"),
    ("openapi", "coverage", "config"),
    ("catalog", "render"),
    ("http", "bulk"),
    ("site", "codegen", "generation", "recordings", "importers"),
    ("cli",),
    ("pytest_plugin",),
)
#: Public modules, which only hand on what is in the packages, and the entry of `python -m`.
FACES = frozenset(("__init__", "__main__", "clients", "spark", "strategies", "testing"))
#: What packages may be below all floors: it knows none of them.
GROUND = frozenset(("_lazy", "_rendering"))
#: The modules that may import an outside library. Those not named here may be imported nowhere.
OUTSIDE = {
    "argcomplete": {"cli.completion"},
    "backports": {"bulk.inputs.decompressors"},
    "compression": {"bulk.inputs.decompressors"},
    "httpx": {"http.clients", "http.clients.httpx"},
    "hypothesis": {
        "generation.body_strategies",
        "generation.http_strategies",
        "generation.strategies",
        "testing",
    },
    "jiter": {"bulk.inputs.fast_json", "documents.document", "documents.json_text"},
    "jsonschema": {
        "validation.checker",
        "validation.contract",
        "validation.reference",
        "validation.reference_patterns",
    },
    "jsonschema_path": {"http.media_types"},
    "jsonschema_rs": {
        "algebra.alternatives",
        "algebra.canonical",
        "algebra.containment",
        "algebra.engine_patterns",
        "algebra.patterns",
        "algebra.strings",
        "algebra.unicode_properties",
        "catalog.contradictions",
        "catalog.meta_schema",
        "validation.batch",
        "validation.checker",
        "validation.engine",
        "validation.explain",
    },
    "lxml": {"importers.tables.html_page"},
    "markdown_it": {"importers.tables.markdown_text", "site.markdown"},
    "openapi_core": {"http.deserialize", "http.media_types"},
    "openpyxl": {"importers.tables.workbook"},
    "orjson": {
        "bulk.inputs.fast_json",
        "bulk.keys",
        "bulk.samples",
        "validation.schema.long_integers",
    },
    "pcre2": {"bulk.inputs.pattern_compiler"},
    "platformdirs": {"bulk.checkpoint"},
    "pyarrow": {
        "bulk.inputs.arrow.arrays",
        "bulk.inputs.arrow.doubtful_objects",
        "bulk.inputs.arrow.doubtful_strings",
        "bulk.inputs.arrow.doubtful_values",
        "bulk.inputs.arrow.proof",
        "bulk.inputs.arrow.range_index",
        "bulk.inputs.arrow.rows",
        "bulk.inputs.arrow.values",
        "bulk.inputs.blocks",
        "bulk.inputs.parquet",
        "bulk.inputs.parquet_files",
        "bulk.inputs.parquet_statistics",
        "bulk.row_verdicts",
        "bulk.spark.column_types",
        "bulk.spark.partitions",
        "bulk.table_rows",
    },
    "pydantic": {"importers.kinds.models"},
    "pyspark": {"bulk.spark.column_types", "bulk.spark.data_frames", "bulk.spark.partitions"},
    "pytest": {"pytest_plugin", "pytest_plugin.*"},
    "referencing": {"validation.reference"},
    "requests": {"http.clients", "http.clients.requests"},
    "sqlglot": {"importers.sql.checks", "importers.sql.ddl", "importers.sql.parser"},
    "tomli": {"config.discovery"},
    "yaml": {"documents.document", "documents.yaml_text"},
    "zlib_ng": {"bulk.inputs.decompressors"},
}

FILES = {
    path.relative_to(SOURCE).with_suffix("").as_posix().replace("/", "."): path
    for path in sorted(SOURCE.rglob("*.py"))
}
MODULES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}


class Import(NamedTuple):
    """What a module imports: a module, and a name of it (None for the module itself)."""

    module: str
    name: str | None


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return the nodes of a file's syntax tree, the module's first."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports(path: Path) -> Iterator[Import]:
    """Yield everything that a file imports, for types and inside functions too."""
    package = list(path.relative_to(SOURCE).parts[:-1])
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "fieldbound." + ".".join(package[: len(package) - node.level + 1])
            module = f"{base.rstrip('.')}.{node.module or ''}" if node.level else node.module or ""
            yield from (Import(module.rstrip("."), alias.name) for alias in node.names)


def targets(path: Path) -> Iterator[str]:
    """Yield the modules of fieldbound that a file imports."""
    for module, given in imports(path):
        if module.partition(".")[0] == "fieldbound":
            inner = module.removeprefix("fieldbound").lstrip(".")
            below = f"{inner}.{given}".lstrip(".")
            yield below if below in MODULES else inner


def package_of(module: str) -> str:
    """Return the package, or the module at the top, that a module is in."""
    return module.partition(".")[0]


def test_imports_point_down() -> None:
    """A package imports from lower floors alone, and of another package only its face."""
    floor = {package: index for index, floor in enumerate(FLOORS) for package in floor}
    crossing = [
        (module, target)
        for module, path in MODULES.items()
        if module and package_of(module) not in FACES | GROUND
        for target in targets(path)
        if package_of(target) not in GROUND | {package_of(module)}
    ]
    assert not [
        f"{module} imports {target}"
        for module, target in crossing
        if floor[package_of(target)] >= floor[package_of(module)]
    ]
    assert not [
        f"{module} imports {target}, not its package's face"
        for module, target in crossing
        if target != package_of(target)
    ]


def test_a_library_has_its_rooms() -> None:
    """An outside library is imported only by the modules that are named for it."""
    everywhere = {"fieldbound", *sys.stdlib_module_names}
    found = {
        (module, target.partition(".")[0])
        for module, path in MODULES.items()
        for target, _ in imports(path)
    }
    assert not [
        f"{module} imports {library}"
        for module, library in sorted(found)
        if library not in everywhere
        and OUTSIDE.get(library, frozenset()).isdisjoint((module, f"{package_of(module)}.*"))
    ]


def test_no_circle_of_modules() -> None:
    """No module imports itself by way of others, neither for types nor inside functions."""
    graph = {name: {*targets(path)} & MODULES.keys() for name, path in MODULES.items() if name}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name not in done:
            for target in sorted(graph.get(name, ())):
                visit(target, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_every_package_has_a_floor_and_a_line() -> None:
    """The docstring of the package lists what is there, each on its floor, the highest first."""
    listed = re.findall(
        r"^    (\w+)  +\S", inspect.getdoc(fieldbound) and str(fieldbound.__doc__), re.MULTILINE
    )
    there = {package_of(name) for name in MODULES if name} - FACES - GROUND
    assert sorted(there) == sorted(name for floor in FLOORS for name in floor)
    assert sorted(listed) == sorted(there)
    floor = {package: index for index, floor in enumerate(FLOORS) for package in floor}
    assert [floor[name] for name in listed] == sorted(
        (floor[name] for name in listed), reverse=True
    )


@pytest.mark.parametrize("package", sorted({package_of(name) for name in MODULES if "." in name}))
def test_a_face_is_what_it_says(package: str) -> None:
    """Each name of a face is there, as type checkers see it; no module of that name hides it."""
    face = __import__(f"fieldbound.{package}", fromlist=["*"])
    if not hasattr(face, "__all__"):
        return
    tree = ast.parse(MODULES[package].read_text("utf-8"))
    typed = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module not in ("typing", "fieldbound._lazy")
        for alias in node.names
    } - {"annotations"}
    assert sorted(typed) == sorted(face.__all__)
    modules = {name.split(".")[1] for name in MODULES if name.startswith(f"{package}.")}
    assert not modules & {*face.__all__}
    assert all(getattr(face, name) is not None for name in face.__all__)


def test_a_module_has_a_size() -> None:
    """A module has 400 lines at most, a function 40, and says in its first line what it is."""
    texts = {module: path.read_text("utf-8") for module, path in MODULES.items()}
    assert not [module for module, text in texts.items() if text.count("\n") > 400]
    assert not [
        module
        for module, path in MODULES.items()
        if not isinstance(tree := nodes_of(path)[0], ast.Module) or not ast.get_docstring(tree)
    ]
    assert not [
        f"{module}: {node.name}"
        for module, path in MODULES.items()
        for node in nodes_of(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= 40
    ]


def test_a_folder_has_a_size() -> None:
    """The top fits one screen, and no package has more than 25 modules."""
    data = {"__pycache__", "schemas", "prepared"}  # the latter two are in the wheel alone
    assert len({path.name for path in SOURCE.iterdir()} - data) <= 30
    for folder in {path.parent for path in MODULES.values()} - {SOURCE}:
        assert len([*folder.glob("*.py")]) <= 25, folder.name


def test_public_names_are_sorted_and_there() -> None:
    """The public names are sorted, complete, each can be had, and nothing else is shown."""
    assert fieldbound.__all__ == sorted(fieldbound.__all__)
    assert all(getattr(fieldbound, name) is not None for name in fieldbound.__all__)
    modules = {"bulk", "clients", "spark", "strategies", "testing", "__version__"}
    assert set(dir(fieldbound)) == {*fieldbound.__all__, *modules}


def test_exceptions_are_shown_by_their_public_name() -> None:
    """A traceback names an exception as users import it."""
    errors = [
        each
        for each in map(vars(fieldbound).get, fieldbound.__all__)
        if isinstance(each, type) and issubclass(each, Exception)
    ]
    assert errors
    assert {each.__module__ for each in errors} == {"fieldbound"}


def test_the_reference_is_quick_to_import() -> None:
    """No package is required that makes jsonschema slow for all who import it."""
    requires = metadata.requires("fieldbound") or []
    assert not [each for each in requires if "jsonschema[" in each or "rfc3987" in each]


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is an AttributeError, as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'contrakt'"):
        fieldbound.contrakt  # noqa: B018


def test_no_module_hides_a_public_name() -> None:
    """`fieldbound.contract` is callable after any import: no module has the name of a function."""
    assert {package_of(name) for name in MODULES}.isdisjoint(fieldbound.__all__)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("import fieldbound", {"jsonschema_rs", "jiter", "jsonschema", "yaml", "openapi_core"}),
        (
            "import fieldbound; fieldbound.contract('axim-commerce/create-company').check({})",
            {"jsonschema", "yaml", "openapi_core", "hypothesis", "importlib.metadata", "argparse"},
        ),
        (
            "from fieldbound.cli import main; main(['contracts', 'fortellis'])",
            {"jsonschema", "yaml", "openapi_core", "hypothesis", "orjson", "fieldbound.bulk.run"},
        ),
    ],
)
def test_what_is_slow_to_import_waits(code: str, heavy: set[str]) -> None:
    """What is slow to import is imported only when it is needed."""
    code += "; import sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert heavy.isdisjoint(done.stdout.split())
