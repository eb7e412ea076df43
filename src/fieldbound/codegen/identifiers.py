"""Names of vendors as identifiers of Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword
from typing import Final

#: Names that the code itself uses: as the name of a field they would hide what annotations mean.
RESERVED: Final = frozenset(
    "Annotated Any BaseModel BeforeValidator AfterValidator ConfigDict Decimal Enum Field Literal "
    "Meta NotBool NotNull Payload RootModel Struct TypedDict NotRequired Unset UNSET UnsetType "
    "annotations bool cls dataclass dict fields field float int is_dataclass list multiple_of "
    "payload self str".split()
)
#: Names of methods and settings of pydantic's models, which a field may not hide.
_OF_PYDANTIC: Final = frozenset(
    "construct copy from_orm json parse_file parse_obj parse_raw schema schema_json "
    "update_forward_refs validate".split()
)


def identifier(name: str, taken: Iterable[str]) -> str:
    """Return a name as an identifier that is not *taken*: itself where that is possible."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII).lstrip("_")
    if not plain or plain[0].isdigit():
        plain = f"field_{plain}".rstrip("_")
    if iskeyword(plain) or plain in _OF_PYDANTIC or plain.startswith("model_"):
        plain += "_"
    return _unused(plain, {*taken, *RESERVED}, "_")


def class_name(text: str, taken: Iterable[str]) -> str:
    """Return a text as the name of a class that is not *taken*."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words) or "Value"
    name = f"Model{name}" if name[0].isdigit() or iskeyword(name) else name
    return _unused(name, {*taken, *RESERVED}, "")


def _unused(name: str, taken: set[str], mark: str) -> str:
    if name not in taken:
        return name
    number = 1 if mark else 2
    while (found := f"{name}{mark * number if mark else number}") in taken:
        number += 1
    return found
