"""The body of a form goes in, urlencoded or in parts; the values of its fields come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value
from typing import Any, Final
from urllib.parse import parse_qsl

from fieldbound.validation import Shape, json_of

from .bracket_notation import Keys, gathered, keys_of
from .media_types import bare

_DISPOSITION: Final = "content-disposition"
_SCALARS: Final = frozenset(("string", "number", "integer", "boolean", "null"))
#: What stands between the items of an array in one field, by the style of the field.
FIELD_DELIMITERS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_NO_BOUNDARY: Final = (
    "the parts of the body cannot be told apart: its media type has no boundary"
    " (a client writes it where it is left to write the Content-Type itself)"
)
_OTHER_BOUNDARY: Final = (
    "the parts of the body cannot be told apart: none begins with the boundary of its media type"
)
_CUT_OFF: Final = "the body ends before its parts do: the boundary that ends them is missing"
_NO_NAME: Final = "a part of the body has no name: give it a Content-Disposition with a name"


class NoForm(ValueError):
    """A body that is no form, though its media type says so."""


def read_form(
    body: bytes, media_type: str, shape: Shape, encoding: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """Return the values in the body of a form; *encoding* is what the document says of fields.

    Names with brackets, such as `items[0][price]`, are read as objects and arrays where the name
    before them is documented, takes such, and the whole name is not documented itself. Raises
    NoForm.
    """
    fields: dict[str, list[tuple[Keys, str]]] = {}
    for name, text in _texts(body, media_type):
        base, keys = keys_of(name)
        if name in shape.named or not _is_deep(base, shape, encoding):
            base, keys = name, ()
        fields.setdefault(base, []).append((keys, text))
    return {
        name: _field(shape.of(name), texts, encoding.get(name)) for name, texts in fields.items()
    }


def _is_deep(name: str, shape: Shape, said: Mapping[str, Any]) -> bool:
    """Return whether a field takes brackets behind its name."""
    if name not in shape.named and shape.others is None:
        return False
    kinds = shape.of(name).kinds
    return style_of(said.get(name))[0] == "deepObject" or kinds is None or not kinds <= _SCALARS


def _field(shape: Shape, texts: list[tuple[Keys, str]], said: Any) -> Any:
    if len(texts) > 1 or texts[0][0]:
        return gathered(texts, shape)
    text = texts[0][1]
    if shape.structure == "array":
        style, explode = style_of(said)
        return shape.cast([text] if explode else text.split(FIELD_DELIMITERS[style]))
    return json_of(text) if shape.structure == "object" else shape.cast(text)


def style_of(said: Any) -> tuple[str, bool]:
    """Return the style in which a field is written, and whether each item is a field of its own."""
    style = said.get("style") if isinstance(said, dict) else None
    if style not in FIELD_DELIMITERS:
        return str(style or ""), True
    return style, bool(said.get("explode", style == "form"))


def _texts(body: bytes, media_type: str) -> Iterator[tuple[str, str]]:
    if bare(media_type) == "application/x-www-form-urlencoded":
        yield from parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
        return
    head = f"Content-Type: {media_type.replace(chr(10), ' ').replace(chr(13), ' ')}\r\n\r\n"
    whole = BytesParser().parsebytes(head.encode(errors="replace") + body)
    boundary = str(whole.get_boundary() or "")
    if not boundary:
        raise NoForm(_NO_BOUNDARY)
    if body.strip() == f"--{boundary}--".encode(errors="replace"):
        return
    parts = whole.get_payload() if whole.is_multipart() else None
    defects = {type(each).__name__ for each in whole.defects}
    if not isinstance(parts, list) or "StartBoundaryNotFoundDefect" in defects:
        raise NoForm(_OTHER_BOUNDARY)
    if "CloseBoundaryNotFoundDefect" in defects:
        raise NoForm(_CUT_OFF)
    for part in parts:
        if isinstance(part, Message):
            yield _name(part), _content(part).decode(errors="replace")


def _name(part: Message) -> str:
    """Return the name of a part, which need not be of ASCII as elsewhere in e-mail."""
    raw = next((text for name, text in part.raw_items() if name.lower() == _DISPOSITION), "")
    header = Message()
    header[_DISPOSITION] = str(raw).encode("utf-8", "surrogateescape").decode(errors="replace")
    name = header.get_param("name", header=_DISPOSITION)
    if name is None:
        raise NoForm(_NO_NAME)
    return collapse_rfc2231_value(name)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()  # it has parts itself
