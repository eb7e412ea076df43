"""Content-Encoding: the body of a message without its codings, as far as these are supported."""

from __future__ import annotations

import zlib
from typing import Final

_GZIP: Final = b"\x1f\x8b"
_MAX_BODY_BYTES: Final = 1 << 26  # of a body after decompression
_MAX_RATIO: Final = 1032  # what deflate can reach once: only repeated compression exceeds it
_WINDOW_BITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_RAW_DEFLATE: Final = -15
_ZLIB_METHOD: Final = 8
_MAX_NAME: Final = 20
_INVALID: Final = "it is not valid {coding}, though Content-Encoding says so"
_TRUNCATED: Final = "its {coding} data ends early"
_TOO_LARGE: Final = f"it decompresses to more than {_MAX_BODY_BYTES >> 20} MiB"
_TOO_DENSE: Final = f"it decompresses to more than {_MAX_RATIO} times its size"


class UnsupportedEncoding(ValueError):
    """A body that cannot be decoded, with the reason."""


def decoded_body(data: bytes, encoding: str, *, is_decoded: bool) -> bytes:
    """Return a body without the codings of its Content-Encoding.

    *is_decoded* is whether a client is known to have decoded it. If not, its bytes decide, for the
    header is there in both cases. Raises UnsupportedEncoding.
    """
    limit = min(_MAX_BODY_BYTES, _MAX_RATIO * len(data))
    for coding in reversed([each.strip().lower() for each in encoding.split(",")]):
        if coding in ("", "identity") or not data:
            continue
        if coding not in _WINDOW_BITS:
            if _is_utf8(data):  # a client decoded it
                return data
            reason = f"Content-Encoding {coding[:_MAX_NAME]} is not supported"
            raise UnsupportedEncoding(reason)
        if not is_decoded:
            data = _decoded(data, coding, limit)
    return data


def _decoded(data: bytes, coding: str, limit: int) -> bytes:
    is_zlib = coding == "deflate" and _has_zlib_header(data)
    if data.startswith(_GZIP) if coding != "deflate" else is_zlib:
        return _decompressed(data, coding, _WINDOW_BITS[coding], limit)
    if _is_utf8(data):  # a client decoded it
        return data
    if coding == "deflate":  # some servers send it without the header of zlib
        return _decompressed(data, coding, _RAW_DEFLATE, limit)
    raise UnsupportedEncoding(_INVALID.format(coding=coding))


def _has_zlib_header(data: bytes) -> bool:
    """Return whether data begins as RFC 1950 says."""
    is_checked = int.from_bytes(data[:2], "big") % 31 == 0  # so that text is not taken for it
    return len(data) > 1 and data[0] & 0xF == _ZLIB_METHOD and is_checked


def _decompressed(data: bytes, coding: str, window_bits: int, limit: int) -> bytes:
    found = b""
    while data:
        decompressor = zlib.decompressobj(window_bits)
        try:
            found += decompressor.decompress(data, limit - len(found) + 1)
        except zlib.error:
            raise UnsupportedEncoding(_INVALID.format(coding=coding)) from None
        if len(found) > limit:
            raise UnsupportedEncoding(_TOO_LARGE if limit == _MAX_BODY_BYTES else _TOO_DENSE)
        if not decompressor.eof:
            raise UnsupportedEncoding(_TRUNCATED.format(coding=coding))
        data = decompressor.unused_data if coding != "deflate" else b""
        if not data.startswith(_GZIP):  # no further member
            break
    return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
