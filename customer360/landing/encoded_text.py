r"""Text of any encoding as UTF-8, in which bytes that do not decode stay visible.

A byte `b` that is no text in the file's encoding becomes the lone surrogate U+DC00 + b, which is no
valid UTF-8: the row that holds it is found by the same check as in a file that claims to be UTF-8
and is not.
"""

import codecs
import re
from collections.abc import Iterator

from customer360.landing.outcomes import FileRejected

_MARK = 0xDC00
_MARKED = re.compile("[\udc00-\udcff]")
_UNSTORABLE = re.compile("[\udc00-\udcff\x00]")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it starts with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_MARK + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("customer360.mark", _mark_undecodable)


def encoding_of(start: bytes, declared: str) -> tuple[str, int]:
    """Return the encoding of a file and the length of its byte-order mark, which decides if any."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    return declared, 0


def as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Turn chunks of any encoding into UTF-8; UTF-8 passes as it is.

    Raises:
        FileRejected: if the encoding is one that cannot go on behind what it does not know, as
            UTF-16 without a byte-order mark.
    """
    if encoding == "utf-8":
        yield from chunks
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)("customer360.mark")
        for chunk in chunks:
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeError as error:
        raise FileRejected(
            f"it is no {encoding} ({error})",
            "Deliver it as UTF-8, or correct `encoding` in its contract",
        ) from error


def is_utf8(raw: bytes) -> bool:
    """Tell whether Postgres would take these bytes as UTF-8 (NUL aside)."""
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def readable_text(raw: bytes, encoding: str) -> str:
    r"""Return a row as text that Postgres can hold: NUL and bytes that are no text as `\xNN`."""
    return _UNSTORABLE.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", _marked(raw, encoding))


def first_undecodable(raw: bytes, encoding: str) -> tuple[int, int] | None:
    """Return the first byte that is no text and its position in characters, counted from 1."""
    found = _MARKED.search(_marked(raw, encoding))
    return (ord(found[0]) & 0xFF, found.start() + 1) if found else None


def _marked(raw: bytes, encoding: str) -> str:
    return raw.decode("utf-8", "customer360.mark" if encoding == "utf-8" else "surrogatepass")
