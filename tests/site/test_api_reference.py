"""The reference of the API: every public name, found in the source without importing it."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from fieldbound.site.api_reference import api_reference
from fieldbound.site.public_names import PUBLIC, definition, public_names
from support.tables import table

NAMES = [(module, name) for module in PUBLIC for name in public_names(module)]


def loaded(module: str) -> object:
    """Import a public module, unless what it needs is not installed."""
    try:
        return importlib.import_module(f"fieldbound.{module}".rstrip("."))
    except ImportError:
        pytest.skip(f"what fieldbound.{module} needs is not installed")


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_there(module: str) -> None:
    """The public names are those of `__all__`, or some of them; each has a section."""
    face = loaded(module)
    assert {*public_names(module)} <= {*face.__all__}  # type: ignore[attr-defined]
    assert PUBLIC[module] is not None or {*public_names(module)} == {*face.__all__}  # type: ignore[attr-defined]
    text = api_reference()
    for name in public_names(module):
        assert f"\n### {f'fieldbound.{module}'.rstrip('.')}.{name}\n" in text


@table(("module", "name"), NAMES)
def test_a_name_is_what_is_imported(module: str, name: str) -> None:
    """The definition that is found is that of the object: the same docstring and parameters."""
    import ast

    found, value = definition(module, name), getattr(loaded(module), name)
    assert found is not None
    assert value.__name__ == found.node.name == name
    assert inspect.getdoc(value) == ast.get_docstring(found.node)
    if isinstance(found.node, ast.FunctionDef):
        arguments = found.node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        parameters = inspect.signature(value).parameters.values()
        assert {each.arg for each in named} == {
            each.name
            for each in parameters
            if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        }


def test_every_section_says_something() -> None:
    """Every section has a docstring: its text does not begin with another heading."""
    sections = re.split(r"^#{3,4} ", api_reference(), flags=re.MULTILINE)[1:]
    assert len(sections) > len(NAMES)
    for section in sections:
        title, _, text = section.partition("\n")
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        assert re.search(r"^[A-Z]", prose, re.MULTILINE), title


def test_fields_of_a_base_are_listed() -> None:
    """A class has the fields of its bases, too."""
    text = api_reference().partition("\n### fieldbound.Violation\n")[2].partition("\n### ")[0]
    assert "\npointer: str\n" in text
    assert "#### Violation.hint" in text


def test_what_is_internal_is_left_out() -> None:
    """A method that takes or returns a class that is not public is not listed."""
    text = api_reference()
    assert "#### API.check_request\n" in text
    assert "API.find_operation" not in text
    assert "OperationContracts" not in text
