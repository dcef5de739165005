"""Physical lines of a text, in blocks of whole lines, with their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from customer360.landing.outcomes import FileRejected

# Postgres holds up to 1 GiB in a field, and in quarantine a byte may be written as four: \xNN.
MAX_LINE_BYTES = 128 * 1024**2

_MAX_SEARCHED_BYTES = 1024**2  # how far we look for the first line end


@dataclass(frozen=True)
class LineBlock:
    """Whole lines, each ended by a line feed. `first_line` counts from 1."""

    first_line: int
    data: bytes
    lines: list[bytes]


def block_of(first_line: int, data: bytes) -> LineBlock:
    """Return a block; `data` is empty or ends with a line feed, its lines are without."""
    lines = data.split(b"\n")
    lines.pop()
    return LineBlock(first_line, data, lines)


def line_blocks(
    chunks: Iterator[bytes], max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[LineBlock]:
    """Cut chunks into blocks of whole lines, ended by LF, CRLF (the CR stays) or CR alone.

    A file whose first line ends with a lone CR is read as one where every CR ends a line.

    Raises:
        FileRejected: if a line is longer than `max_line_bytes`.
    """
    line = 1
    waiting: list[bytes] = []
    waiting_bytes = 0
    for chunk in _with_line_feeds(chunks):
        end = chunk.rfind(b"\n") + 1
        if end:
            block = block_of(line, b"".join((*waiting, chunk[:end])))
            waiting, waiting_bytes = [], 0
            line += len(block.lines)
            yield block
        waiting.append(chunk[end:])
        waiting_bytes += len(chunk) - end
        if waiting_bytes > max_line_bytes:
            raise FileRejected(
                f"the line is longer than {max_line_bytes // 1024**2} MiB",
                "Check that the file is what it claims to be and that its lines end",
                line=line,
            )
    if waiting_bytes:
        waiting.append(b"\n")
        yield block_of(line, b"".join(waiting))


def _with_line_feeds(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Replace CR by LF where lines end by CR alone; decide that on the first line end."""
    head = b""
    for chunk in chunks:
        head += chunk
        if b"\n" in head or b"\r" in head[:-1] or len(head) > _MAX_SEARCHED_BYTES:
            break
    lone_cr = b"\r" in head and not 0 <= head.find(b"\n") <= head.find(b"\r") + 1
    if not lone_cr:
        yield head
        yield from chunks
        return
    yield head.replace(b"\r", b"\n")
    for chunk in chunks:
        yield chunk.replace(b"\r", b"\n")
