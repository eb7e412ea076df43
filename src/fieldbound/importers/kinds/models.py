"""Pydantic models, dataclasses and TypedDicts, named as `package.module:Class`.

The module is imported, which runs it, as any import does: name only what you trust. No file is of
this kind. Pydantic says what each type takes; what it converts, such as "5" for a number, is not
what the schema accepts.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument

from . import json_schema

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options

_NAME: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


def is_model_name(source: object) -> bool:
    """Return whether a source has the form `package.module:Class`."""
    return isinstance(source, str) and _NAME.fullmatch(source) is not None


def document_of(
    source: str, *, title: str | None = None, address: str | None = None
) -> SourceDocument:
    """Return the JSON Schema of a class as a document. Raises BrokenSource."""
    if not is_model_name(source):
        raise BrokenSource("a model is named as package.module:Class", source)
    found = _found(source)
    # A class within itself is a reference to a definition, and has no title.
    schema = {"title": getattr(found, "__name__", source), **_schema(found, source)}
    data = json.dumps(schema, sort_keys=True, ensure_ascii=False).encode()
    return SourceDocument(source, data, title or f"Model {source}", address)


def matches(document: SourceDocument) -> bool:  # noqa: ARG001 - no file is a class
    """Return whether a document is of this kind: none is, for a class is named."""
    return False


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the JSON Schema of a class. Raises BrokenSource."""
    return json_schema.read(document, options)


def _found(source: str) -> Any:
    """Return the class of a name."""
    module, _, path = source.partition(":")
    with _working_folder():
        try:
            found: Any = import_module(module)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may raise anything
            raise BrokenSource(f"{module} cannot be imported: {error}", source) from None
    for name in path.split("."):
        if not hasattr(found, name):
            raise BrokenSource(f"there is no {path} in {module}", source)
        found = getattr(found, name)
    return found


@contextmanager
def _working_folder() -> Iterator[None]:
    """Have modules of the working folder found, as `python -m` does."""
    folder = str(Path.cwd())
    is_new = folder not in sys.path
    if is_new:
        sys.path.insert(0, folder)
    try:
        yield
    finally:
        if is_new and folder in sys.path:
            sys.path.remove(folder)


def _schema(found: Any, source: str) -> Any:
    try:
        import pydantic
    except ImportError:
        reason = "models are read by pydantic: pip install 'fieldbound[import]'"
        raise BrokenSource(reason, source) from None
    if not isinstance(found, type):
        raise BrokenSource(f"a class is expected, not {type(found).__name__}", source)
    try:
        return pydantic.TypeAdapter(found).json_schema(mode="validation")
    except (Exception, RecursionError) as error:  # noqa: BLE001 - types of the user's own
        first = str(error).partition("\n")[0]
        raise BrokenSource(f"pydantic has no schema of it: {first}", source) from None
