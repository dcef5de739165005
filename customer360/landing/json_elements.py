"""Cuts one JSON array into the texts of its elements, however the array is laid out.

Only quotes, brackets and commas are looked at: what is between them is judged element by element,
so that a bad one is set aside and the others are taken. An element of moderate depth is found by
one pattern; what that does not find is scanned mark by mark, and a scan goes on where the chunk
before left it. All repetitions are possessive, so the time is linear in the length of any text.
"""

import re
from collections.abc import Iterator

from customer360.landing.lines import MAX_LINE_BYTES
from customer360.landing.outcomes import FileRejected

MAX_ELEMENT_BYTES = MAX_LINE_BYTES

_SPACE = b" \t\r\n"
_SPACES = rb"[ \t\r\n]*+"
_INSIDE = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_PATTERN_DEPTH = 4
_REMEDY = "Ask the sender for the file again, as one JSON array of objects"


def _brackets(depth: int) -> bytes:
    inner = b"|" + _brackets(depth - 1) if depth else b""
    return rb'[\[{](?:[^][{}"]++|"%b"%b)*+[\]}]' % (_INSIDE, inner)


_ELEMENT = re.compile(
    rb"%b(%b)%b," % (_SPACES, _brackets(_PATTERN_DEPTH), _SPACES), flags=re.DOTALL
)
_IN_STRING = re.compile(_INSIDE, flags=re.DOTALL)
_MARK = re.compile(rb'["\[\]{},]')


def array_elements(
    chunks: Iterator[bytes], max_bytes: int = MAX_ELEMENT_BYTES
) -> Iterator[list[bytes]]:
    """Yield the texts of an array's elements, together those that a chunk completes.

    Raises:
        FileRejected: if the text is no array, is not closed or goes on behind its end, or if an
            element is longer than `max_bytes`.
    """
    array = _Array(max_bytes)
    for chunk in chunks:
        yield array.feed(chunk)
    array.end()


class _Array:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer = bytearray()  # begins where an element does
        self._is_open = False
        self._is_closed = False
        self._elements = 0
        self._scanned = 0  # how much of the buffer the scan of its first element has seen
        self._depth = 0
        self._in_string = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next piece of the text; return the elements that end in it."""
        self._buffer += chunk
        if not self._is_open:
            self._open()
        elements: list[bytes] = []
        while self._is_open and not self._is_closed:
            if self._scanned == 0:
                elements += self._found_by_pattern()
            element = self._found_by_scan()
            if element is None:
                break
            elements += element
        if self._is_closed and self._buffer.lstrip(_SPACE):
            raise FileRejected("the file goes on behind the end of its array", _REMEDY)
        self._refuse_endless()
        return elements

    def end(self) -> None:
        """Reject a text that ended too early."""
        if not self._is_open:
            raise FileRejected("the file holds nothing but blanks", _REMEDY)
        if not self._is_closed:
            raise FileRejected("its array is not closed: the file is truncated", _REMEDY)

    def _open(self) -> None:
        text = self._buffer.lstrip(_SPACE)
        if text and not text.startswith(b"["):
            raise FileRejected("it does not start with [, as a JSON array does", _REMEDY)
        self._is_open = bool(text)
        self._buffer = text[1:]

    def _found_by_pattern(self) -> list[bytes]:
        elements, position = [], 0
        while (found := _ELEMENT.match(self._buffer, position)) is not None:
            elements.append(found[1])
            position = found.end()
        del self._buffer[:position]
        self._elements += len(elements)
        return elements

    def _found_by_scan(self) -> list[bytes] | None:
        """Return the first element of the buffer; none where the array ends; None if it goes on."""
        end = self._scan()
        if end is None:
            return None
        self._is_closed = self._buffer[end : end + 1] == b"]"
        element = bytes(self._buffer[:end]).strip(_SPACE)
        del self._buffer[: end + 1]
        self._scanned = 0
        if self._is_closed and not element and self._elements == 0:
            return []
        self._elements += 1
        return [element]

    def _scan(self) -> int | None:
        """Return where the first element of the buffer ends, if it does."""
        while self._scanned < len(self._buffer):
            if self._in_string and not self._leaves_string():
                return None
            found = _MARK.search(self._buffer, self._scanned)
            self._scanned = len(self._buffer) if found is None else found.end()
            if found is None:
                return None
            mark = found[0]
            if self._depth == 0 and mark in b",]":
                return found.start()
            self._in_string = mark == b'"'
            self._depth += (mark in b"[{") - (mark in b"]}" and self._depth > 0)
        return None

    def _leaves_string(self) -> bool:
        """Go on to behind the string's end, or to where more of it must come."""
        found = _IN_STRING.match(self._buffer, self._scanned)
        end = self._scanned if found is None else found.end()
        self._in_string = self._buffer[end : end + 1] != b'"'
        self._scanned = end if self._in_string else end + 1
        return not self._in_string

    def _refuse_endless(self) -> None:
        if len(self._buffer) > self._max_bytes:
            raise FileRejected(
                f"element {self._elements + 1} of its array is longer than "
                f"{self._max_bytes // 1024**2} MiB",
                "Check that the file is what it claims to be and that its brackets close",
            )
