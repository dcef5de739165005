"""Bytes of a landing file: hashed as they are read, unpacked, and turned into UTF-8."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from customer360.landing.encoded_text import as_utf8, encoding_of
from customer360.landing.outcomes import FileRejected, suffixes

CHUNK_BYTES = 64 * 1024  # small, so that the server already works on one while we read the next
# No customer file is so regular, and none needs more room than we have before we can tell.
_MAX_GZIP_RATIO = 250
_UNJUDGED_BYTES = 16 * 1024**2
_GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
_OTHER_FORMATS = {PARQUET_MAGIC: "Parquet", b"PK\x03\x04": "a zip archive or an Excel workbook"}


class _HashingReader(io.RawIOBase):
    """A file that remembers the SHA-256 of the bytes that were read from it."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self.bytes_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer) or 0
        self._sha256.update(memoryview(buffer)[:count])
        self.bytes_read += count
        return count

    def hexdigest_of_all(self) -> str:
        """Read what is left and return the digest of the whole file."""
        while self.read(CHUNK_BYTES):
            pass
        return self._sha256.hexdigest()


@dataclass(frozen=True)
class SourceFile:
    """An open landing file: `chunks` is its text as UTF-8, however it was delivered.

    Formats that are no text read `file` itself, wherever they like.
    """

    name: str
    encoding: str
    chunks: Iterator[bytes]
    file: io.FileIO
    _digest: Callable[[], str]

    def sha256_of_bytes_read(self) -> str:
        """Return the digest of the bytes that this very reading saw."""
        return self._digest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def open_source(
    path: Path, name: str, encoding: str, *, is_text: bool = True
) -> Iterator[SourceFile]:
    """Open a landing file for one reading.

    Raises:
        FileRejected: if it is empty, or is not what its name says; while reading, if gzip breaks.
    """
    with path.open("rb", buffering=0) as file:
        if not is_text:
            yield SourceFile(name, encoding, iter(()), file, lambda: _digest_from_start(file))
            return
        raw = _HashingReader(file)
        buffered = io.BufferedReader(raw, CHUNK_BYTES)
        _check_claim(buffered.peek(4), suffixes(name)[1])
        chunks = _chunks_of(cast("BinaryIO", buffered))
        if suffixes(name)[1]:
            chunks = _unpacked(cast("BinaryIO", buffered), raw)
        first = next(chunks, b"")
        if not first:
            raise FileRejected("the file is empty", "Ask the sender for the file again")
        found, skip = encoding_of(first, encoding)
        utf8 = as_utf8(_prepend(first[skip:], chunks), found)
        yield SourceFile(name, found, utf8, file, raw.hexdigest_of_all)


def _digest_from_start(file: io.FileIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _check_claim(start: bytes, is_gzip: bool) -> None:  # noqa: FBT001 - one private caller
    if is_gzip and start and not start.startswith(_GZIP_MAGIC):
        raise FileRejected(
            "its name ends in .gz but it is not gzip", "Deliver it without .gz, or compress it"
        )
    if not is_gzip and start.startswith(_GZIP_MAGIC):
        raise FileRejected("it is gzip but its name does not say so", "Deliver it as <name>.gz")
    for magic, kind in _OTHER_FORMATS.items():
        if start.startswith(magic):
            raise FileRejected(
                f"it is {kind}, not text", "Deliver the format that the contract names"
            )


def _chunks_of(file: BinaryIO) -> Iterator[bytes]:
    yield from iter(lambda: file.read(CHUNK_BYTES), b"")


def _unpacked(buffered: BinaryIO, packed: _HashingReader) -> Iterator[bytes]:
    size = 0
    try:
        with gzip.GzipFile(fileobj=buffered) as unpacked:
            for chunk in _chunks_of(cast("BinaryIO", unpacked)):
                size += len(chunk)
                if size > max(_UNJUDGED_BYTES, _MAX_GZIP_RATIO * packed.bytes_read):
                    raise FileRejected(
                        f"it unpacks to more than {_MAX_GZIP_RATIO} times its size, as only a "
                        "gzip bomb does",
                        "Find out who made it; if it is meant, deliver it without .gz",
                    )
                yield chunk
    except EOFError:
        raise FileRejected(
            "the gzip data ends too early: the file is truncated", "Deliver it again, whole"
        ) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise FileRejected(f"the gzip data is damaged ({error})", "Deliver it again") from error


def _prepend(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest
