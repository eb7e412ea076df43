"""Where the public names are defined, by the source alone: nothing optional is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, TypeAlias

#: The public modules, and of a module that has other names besides, the public ones.
PUBLIC: Final[dict[str, tuple[str, ...] | None]] = {
    "": None,
    "testing": None,
    "strategies": None,
    "clients": None,
    "bulk": ("check", "render", "BulkReport", "LimitTally", "Sample", "Duplicates", "Lengths"),
    "spark": None,
}
Definition: TypeAlias = "ast.FunctionDef | ast.ClassDef"


class Defined(NamedTuple):
    """A public name: the *module* that defines it, below the package, and the *node* there."""

    module: str
    node: Definition


def public_names(module: str) -> tuple[str, ...]:
    """Return the public names of a public module, as `__all__` lists them."""
    listed = PUBLIC[module]
    if listed is not None:
        return listed
    for node in _tree(module)[0].body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return tuple(ast.literal_eval(node.value))
    return ()


def definition(module: str, name: str) -> Defined | None:
    """Return where a name of a module is defined, by way of what that imports; None if nowhere."""
    tree, package = _tree(module)
    for node in _statements(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            found: Definition | None = node  # of overloads, the last is the function itself
        elif isinstance(node, ast.ImportFrom):
            target = _target(node, package)
            names = {each.asname or each.name: each.name for each in node.names}
            if target is not None and name in names:
                return definition(target, names[name])
            continue
        else:
            continue
        last = [each for each in tree.body if getattr(each, "name", None) == name]
        return Defined(module, last[-1] if last else found)  # type: ignore[arg-type]
    return None


def docstring(module: str) -> str:
    """Return the docstring of a module."""
    return ast.get_docstring(_tree(module)[0]) or ""


@lru_cache
def _tree(module: str) -> tuple[ast.Module, list[str]]:
    """Return the syntax tree of a module, and the package that it is in."""
    parts = module.split(".") if module else []
    folder = files("fieldbound").joinpath(*parts)
    if folder.is_dir():
        return ast.parse((folder / "__init__.py").read_text("utf-8")), parts
    text = files("fieldbound").joinpath(*parts[:-1], f"{parts[-1]}.py").read_text("utf-8")
    return ast.parse(text), parts[:-1]


def _statements(body: list[ast.stmt]) -> Iterator[Any]:
    """Yield the statements at the top of a module, and those under `if` and `try` there."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try)):
            yield from _statements(node.body)


def _target(node: ast.ImportFrom, package: list[str]) -> str | None:
    """Return the module of this package that is imported from, or None."""
    module = node.module or ""
    if node.level:
        above = package[: len(package) - node.level + 1]
        return ".".join((*above, *filter(None, [module])))
    return module.removeprefix("fieldbound.") if module.startswith("fieldbound.") else None
