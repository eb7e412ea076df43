"""Parsing of form bodies: application/x-www-form-urlencoded and multipart/form-data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from fieldbound.validation import Coercion, json_value

from .bracket_notation import Keys, assemble, split_brackets
from .media_types import charset_of, known_charset, strip_parameters
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
_LINE_END: Final = rb"(?:\r\n|[\r\n])"


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
    header = media_type.encode(errors="replace").decode()
    boundary = (_parameter(header, "boundary") or "").rstrip().encode(errors="replace")
    if not boundary:
        raise InvalidForm(_NO_BOUNDARY)
    if body.strip() != b"--%b--" % boundary:
        for each in _split(body, boundary):  # a nested multipart stays one part
            yield _part(BytesHeaderParser().parsebytes(each))


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    """Return the parts of a multipart body, each with its headers. Raises InvalidForm."""
    delimiter = rb"(?:\A|%b)--%b(--)?[ \t]*(?=[\r\n]|\Z)" % (_LINE_END, re.escape(boundary))
    parts: list[bytes] = []
    start = None
    for found in re.finditer(delimiter, body):
        is_last = bool(found[1])
        if start is None and is_last:
            break
        if start is not None and (is_last or start < found.start()):
            parts.append(re.sub(rb"\A" + _LINE_END, b"", body[start : found.start()]))
        if is_last:
            return parts
        start = found.end()
    raise InvalidForm(_OTHER_BOUNDARY if start is None else _NO_END)


def _part(part: Message) -> FormField:
    headers = {name.lower(): str(value).strip() for name, value in part.items()}
    content, sent = _part_content(part), headers.get("content-type", "")
    disposition = _disposition(part)
    charset, error = charset_of(sent), None
    filename = _parameter(disposition, "filename") or _parameter(sent, "name")
    is_text = filename is None and strip_parameters(sent or "text/").startswith("text/")
    try:
        text = content.decode(charset)
    except UnicodeError:
        text = content.decode(charset, "replace")
        error = ("encoding", f"the text is not valid {charset}") if is_text else None
    name = _parameter(disposition, "name")
    if name is None:
        raise InvalidForm(_NO_NAME)
    return FormField(name, text, headers, error)


def _disposition(part: Message) -> str:
    """Return the Content-Disposition of a part, which may be UTF-8, unlike in e-mail."""
    raw = next((value for name, value in part.raw_items() if name.lower() == _DISPOSITION), "")
    return str(raw).encode("utf-8", "surrogateescape").decode(errors="replace")


def _parameter(header: str, name: str) -> str | None:
    """Return a parameter of a header (RFC 2231), None without one that can be read."""
    message = Message()
    message[_DISPOSITION] = header
    try:
        found = message.get_param(name, header=_DISPOSITION)
    except (TypeError, ValueError):  # of sections that have no order, or a number too long to read
        return None
    if isinstance(found, tuple):
        charset, language, text = found
        found = (known_charset(charset or "") or "UTF-8", language, text)
    return None if found is None else collapse_rfc2231_value(found)


def _part_content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except ValueError:  # of uuencode in Python 3.10: invalid content stays as it is, as later
        del part["content-transfer-encoding"]
        content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
