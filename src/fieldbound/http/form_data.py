"""Parsing of form bodies: application/x-www-form-urlencoded and multipart/form-data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from fieldbound.validation import Coercion, json_value

from .bracket_notation import Keys, assemble, split_brackets
from .media_types import charset_of, strip_parameters
from .percent_encoding import encoding_error

_DISPOSITION: Final = "content-disposition"
_SCALAR_TYPES: Final = frozenset(("string", "number", "integer", "boolean", "null"))
#: Delimiters of array items within one field, by style.
FIELD_DELIMITERS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_NO_BOUNDARY: Final = (
    "the media type has no boundary parameter"
    " (HTTP clients add it, unless you set the Content-Type yourself)"
)
_OTHER_BOUNDARY: Final = "the boundary of the media type does not occur in the body"
_NO_END: Final = "the body ends early: the closing boundary is missing"
_NO_NAME: Final = "a part has no name: its Content-Disposition must have a name parameter"


class InvalidForm(ValueError):
    """A body that cannot be parsed as the form its media type says it is."""


class FormField(NamedTuple):
    """A field of a form: its name and text, and of a part of a multipart body the headers.

    *error* is the code and the reason why its bytes cannot be decoded.
    """

    name: str
    text: str
    headers: Mapping[str, str] = {}  # by lower-case name
    error: tuple[str, str] | None = None

    def base(self, coercion: Coercion) -> str:
        """Return the name of the documented field, without brackets."""
        return self.name if self.name in coercion.named else split_brackets(self.name)[0]


def parse_form(
    body: bytes, media_type: str, coercion: Coercion, encoding: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """Return the values of a form body. Raises InvalidForm."""
    return form_value(read_form(body, media_type), coercion, encoding)


def form_value(
    form: Iterable[FormField], coercion: Coercion, encoding: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """Return the values of a form; *encoding* are the Encoding Objects of its fields.

    Names with brackets, such as `items[0][price]`, are read as objects and arrays if the name
    before them is documented with such a type, and the whole name is not.
    """
    fields: dict[str, list[tuple[Keys, str]]] = {}
    for each in form:
        base, keys = split_brackets(each.name)
        if each.name in coercion.named or not _takes_brackets(base, coercion, encoding):
            base, keys = each.name, ()
        fields.setdefault(base, []).append((keys, each.text))
    return {
        name: _field(coercion.of(name), pairs, encoding.get(name)) for name, pairs in fields.items()
    }


def _takes_brackets(name: str, coercion: Coercion, encoding: Mapping[str, Any]) -> bool:
    """Return whether a field may have brackets after its name."""
    if name not in coercion.named and coercion.others is None:
        return False
    types = coercion.of(name).types
    return (
        style_and_explode(encoding.get(name))[0] == "deepObject"
        or types is None
        or not types <= _SCALAR_TYPES
    )


def _field(coercion: Coercion, pairs: list[tuple[Keys, str]], encoding: Any) -> Any:
    if len(pairs) > 1 or pairs[0][0]:
        return assemble(pairs, coercion)
    text = pairs[0][1]
    if coercion.structure == "array":
        style, explode = style_and_explode(encoding)
        return coercion.cast([text] if explode else text.split(FIELD_DELIMITERS[style]))
    return json_value(text) if coercion.structure == "object" else coercion.cast(text)


def style_and_explode(encoding: Any) -> tuple[str, bool]:
    """Return the style of a field, and whether each array item is a field of its own."""
    style = encoding.get("style") if isinstance(encoding, dict) else None
    if style not in FIELD_DELIMITERS:
        return str(style or ""), True
    return style, bool(encoding.get("explode", style == "form"))


def read_form(body: bytes, media_type: str) -> list[FormField]:
    """Return the fields of a form body. Raises InvalidForm."""
    if strip_parameters(media_type) == "application/x-www-form-urlencoded":
        charset = charset_of(media_type)
        return [_urlencoded(each, charset) for each in body.split(b"&") if each]
    return list(_parts(body, media_type))


def _urlencoded(pair: bytes, charset: str) -> FormField:
    name, _, raw = (each.replace(b"+", b" ") for each in pair.partition(b"="))
    error = encoding_error(name, charset) or encoding_error(raw, charset)
    text = _percent_decoded(raw, charset)
    return FormField(_percent_decoded(name, charset), text, error=error)


def _percent_decoded(raw: bytes, charset: str) -> str:
    return unquote_to_bytes(raw).decode(charset, "replace")


def _parts(body: bytes, media_type: str) -> Iterator[FormField]:
    """Yield the parts of a multipart body. Raises InvalidForm."""
    head = f"Content-Type: {media_type.replace(chr(10), ' ').replace(chr(13), ' ')}\r\n\r\n"
    message = BytesParser().parsebytes(head.encode(errors="replace") + body)
    boundary = str(message.get_boundary() or "")
    if not boundary:
        raise InvalidForm(_NO_BOUNDARY)
    if body.strip() == f"--{boundary}--".encode(errors="replace"):
        return
    parts = message.get_payload() if message.is_multipart() else None
    defects = {type(each).__name__ for each in message.defects}
    if not isinstance(parts, list) or "StartBoundaryNotFoundDefect" in defects:
        raise InvalidForm(_OTHER_BOUNDARY)
    if "CloseBoundaryNotFoundDefect" in defects:
        raise InvalidForm(_NO_END)
    for part in parts:
        if isinstance(part, Message):
            yield _part(part)


def _part(part: Message) -> FormField:
    headers = {name.lower(): str(value).strip() for name, value in part.items()}
    content, sent = _part_content(part), headers.get("content-type", "")
    charset, error = charset_of(sent), None
    is_text = part.get_filename() is None and strip_parameters(sent or "text/").startswith("text/")
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:
        text = content.decode(charset, "replace")
        error = ("encoding", f"the text is not valid {charset}") if is_text else None
    return FormField(_part_name(part), text, headers, error)


def _part_name(part: Message) -> str:
    """Return the name of a part, which may be UTF-8, unlike in e-mail."""
    raw = next((value for name, value in part.raw_items() if name.lower() == _DISPOSITION), "")
    header = Message()
    header[_DISPOSITION] = str(raw).encode("utf-8", "surrogateescape").decode(errors="replace")
    name = header.get_param("name", header=_DISPOSITION)
    if name is None:
        raise InvalidForm(_NO_NAME)
    return collapse_rfc2231_value(name)


def _part_content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()  # a nested multipart
