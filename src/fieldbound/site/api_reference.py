"""The reference of the API: Markdown of the public names, made from signatures and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from .public_names import PUBLIC, Defined, definition, docstring, public_names

_TITLE: Final = """\
# API reference

This guide lists the public names, with their signatures and docstrings. Whatever is not here may
change in any version.
"""
#: The longest signature that is written on one line.
_MAX_WIDTH: Final = 88


def api_reference() -> str:
    """Return the reference in Markdown."""
    return "\n".join((_TITLE, *(line for module in PUBLIC for line in _module(module))))


def _module(module: str) -> Iterator[str]:
    name = f"fieldbound.{module}".rstrip(".")
    yield f"## {name}\n"
    if module:
        yield f"{docstring(module)}\n"
    for each in public_names(module):
        found = definition(module, each)
        if found is not None:
            yield from _name(f"{name}.{each}", found)


def _name(name: str, found: Defined) -> Iterator[str]:
    """Yield the section of a function or a class."""
    yield f"### {name}\n"
    short = name.rpartition(".")[2]
    if isinstance(found.node, ast.FunctionDef):
        yield _code(_signature(short, found.node))
        yield f"{_documented(found.node)}\n"
        return
    members = list(_members(found))
    values = [ast.unparse(each) for each in members if isinstance(each, ast.AnnAssign)]
    methods = [
        each
        for each in members
        if isinstance(each, ast.FunctionDef) and not _needs_internals(found.module, each)
    ]
    made = [each for each in methods if each.name == "__init__"]
    if made:
        yield _code(_signature(short, made[0], is_method=True))
    yield f"{_documented(found.node)}\n"
    if values:
        yield _code("\n".join(values))
    for method in methods:
        if method.name != "__init__":
            yield f"#### {short}.{method.name}\n"
            if not _is_property(method):
                yield _code(_signature(method.name, method, is_method=True))
            yield f"{_documented(method)}\n"


def _members(found: Defined) -> Iterator[ast.stmt]:
    """Yield the public fields and methods of a class, those of its bases here first."""
    bases = found.node.bases if isinstance(found.node, ast.ClassDef) else ()
    own = {_named(each) for each in found.node.body}
    for base in bases:
        inherited = definition(found.module, ast.unparse(base))
        if inherited is not None and isinstance(inherited.node, ast.ClassDef):
            yield from (each for each in _members(inherited) if _named(each) not in own)
    for each in found.node.body:
        name = _named(each)
        if name and (not name.startswith("_") or name == "__init__"):
            yield each


def _needs_internals(module: str, node: ast.FunctionDef) -> bool:
    """Return whether a signature has a class that is not public: it is for this package alone."""
    names = {
        each.id
        for part in (node.args, node.returns)
        if part is not None
        for each in ast.walk(part)
        if isinstance(each, ast.Name)
    }
    classes = (definition(module, name) for name in names)
    return any(each is not None and each not in _public() for each in classes)


@lru_cache(maxsize=1)
def _public() -> frozenset[Defined | None]:
    """Return the definitions of all public names."""
    return frozenset(definition(module, name) for module in PUBLIC for name in public_names(module))


def _named(node: ast.stmt) -> str | None:
    """Return the name of a documented method, or of a field."""
    if isinstance(node, ast.FunctionDef):
        return node.name if node.name == "__init__" or ast.get_docstring(node) else None
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return None


def _is_property(node: ast.FunctionDef) -> bool:
    return any("property" in ast.unparse(each) for each in node.decorator_list)


def _signature(name: str, node: ast.FunctionDef, *, is_method: bool = False) -> str:
    """Return a signature, of a method without its first parameter."""
    parameters = _parameters(node.args)[int(is_method) :]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{name}({', '.join(parameters)}){returns}"
    if len(line) <= _MAX_WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {each},\n" for each in parameters) + f"){returns}"


def _parameters(given: ast.arguments) -> list[str]:
    """Return the parameters as they are written, each with its type and default."""
    written = []
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + [*given.defaults]
    for parameter, default in zip(positional, defaults, strict=True):
        written.append(_parameter(parameter, default))
    if given.vararg:
        written.append(f"*{ast.unparse(given.vararg)}")
    elif given.kwonlyargs:
        written.append("*")
    for parameter, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        written.append(_parameter(parameter, default))
    return [*written, *([f"**{ast.unparse(given.kwarg)}"] if given.kwarg else [])]


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    text = ast.unparse(parameter)
    if default is None:
        return text
    return f"{text}{' = ' if parameter.annotation else '='}{ast.unparse(default)}"


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"


def _documented(node: ast.FunctionDef | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""
