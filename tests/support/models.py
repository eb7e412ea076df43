"""Models as they are imported: a module of generated code, and how its style reads and writes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from types import ModuleType
from typing import Any, NamedTuple

import msgspec
import pydantic

from fieldbound import Contract
from fieldbound.codegen import model_code

#: The styles that check the limits at runtime.
CHECKING = ("pydantic", "msgspec")
REFUSED = (pydantic.ValidationError, msgspec.ValidationError)
_NUMBERS = count()


class Model(NamedTuple):
    """A model of a contract: its module and type; what reads a JSON value, and writes one."""

    module: ModuleType
    type: Any
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]

    def takes(self, instance: Any) -> bool:
        """Return whether it reads a value."""
        try:
            self.read(instance)
        except REFUSED:
            return False
        return True


def imported(code: str) -> ModuleType:
    """Return the module of a text of code."""
    module = ModuleType(f"generated_{next(_NUMBERS)}")
    sys.modules[module.__name__] = module  # where annotations are resolved
    exec(compile(code, module.__name__, "exec"), vars(module))  # noqa: S102
    return module


def model_of(contract: Contract, style: str, name: str) -> Model:
    """Return the model of a contract, whose type has that name."""
    module = imported(model_code(contract, style))
    kind = getattr(module, name)
    if style == "msgspec":
        return Model(
            module,
            kind,
            lambda each: msgspec.convert(each, kind),
            lambda each: _as_json(msgspec.to_builtins(each)),
        )
    adapter = pydantic.TypeAdapter(kind)
    return Model(
        module,
        kind,
        adapter.validate_python,
        lambda each: _as_json(adapter.dump_python(each, exclude_unset=True)),
    )


def _as_json(value: Any) -> Any:
    """Return a value of Python as JSON has it: a tuple is an array."""
    if isinstance(value, (list, tuple)):
        return [_as_json(each) for each in value]
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    return value
