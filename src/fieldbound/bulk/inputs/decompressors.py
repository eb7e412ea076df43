"""Decompressors of one member of gzip, or of one frame of zstd, a step at a time."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from fieldbound.model import FieldboundError

#: Bytes that are decompressed at a time; of corrupt zstd data, no more than these are lost.
_STEP: Final = {"gzip": 256 << 10, "zstd": 8 << 10}
#: Steps of zstd that are taken together.
_STEPS: Final = 16
_GZIP_WBITS: Final = 32 + 15  # makes zlib read gzip headers, and verify checksums


class CorruptData(Exception):
    """Data cannot be decompressed further; *rescued* is what was before that in the same step."""

    def __init__(self, reason: str, rescued: bytes = b"") -> None:
        super().__init__(reason)
        self.rescued = rescued


class GzipMember:
    """Decompresses one member of gzip."""

    def __init__(self) -> None:
        self._zlib = _zlib()
        self._engine = self._zlib.decompressobj(_GZIP_WBITS)

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return bool(self._engine.eof)

    @property
    def needs_input(self) -> bool:
        """Whether more data are needed to decompress any further."""
        return not self._engine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """The data given that follow the member."""
        return bytes(self._engine.unused_data)

    def decompress(self, data: bytes) -> bytes:
        """Return some more decompressed bytes, given more data if it needs input."""
        data = self._engine.unconsumed_tail + data
        before = self._engine.copy()
        try:
            return bytes(self._engine.decompress(data, _STEP["gzip"]))
        except self._zlib.error as error:
            raise CorruptData(str(error), self._rescued(before, data)) from None

    def _rescued(self, engine: Any, data: bytes) -> bytes:
        """Return what can be decompressed before corrupt data."""
        rescued = []
        try:
            for at in range(len(data)):
                rescued.append(engine.decompress(data[at : at + 1]))  # noqa: PERF401 - it raises
        except self._zlib.error:
            pass
        return b"".join(rescued)


@cache
def _zlib() -> Any:
    """Return zlib-ng, which takes a quarter of the time of zlib, or else zlib."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        import zlib

        return zlib
    return zlib_ng


class ZstdFrame:
    """Decompresses one frame of zstd."""

    def __init__(self, engine: Any, error: type[Exception]) -> None:
        self._engine = engine
        self._error = error

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        return bool(self._engine.eof)

    @property
    def needs_input(self) -> bool:
        """Whether more data are needed to decompress any further."""
        return bool(self._engine.needs_input)

    @property
    def unused_data(self) -> bytes:
        """The data given that follow the frame."""
        return bytes(self._engine.unused_data)

    def decompress(self, data: bytes) -> bytes:
        """Return some more decompressed bytes, given more data if it needs input."""
        parts, engine, size = [], self._engine, _STEP["zstd"]
        try:
            for _ in range(_STEPS):
                parts.append(engine.decompress(data, size))
                if engine.needs_input or engine.eof:
                    break
                data = b""
        except self._error as error:
            raise CorruptData(str(error), b"".join(parts)) from None
        return b"".join(parts)


def zstd_frame(name: str) -> ZstdFrame:
    """Return the decompressor of a frame. Raises FieldboundError if zstd is not installed."""
    try:
        zstd = zstd_module()
    except ImportError:
        raise FieldboundError(
            f"{name} is compressed with zstd: to read it, install fieldbound[zstd]"
        ) from None
    return ZstdFrame(zstd.ZstdDecompressor(), zstd.ZstdError)


def zstd_module() -> Any:
    """Return the module that compresses zstd: of Python from 3.14, or its backport.

    Raises ImportError if there is none.
    """
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from backports import zstd  # type: ignore[import-not-found,no-redef,unused-ignore]
    return zstd
