"""Finds the records of a csv file in its lines and sorts them into good and bad.

Most blocks of most files hold nothing but clean rows, which a few searches over the whole block
prove; their bytes go to Postgres as they are, behind the line number. Only other blocks are read
row by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress, repeat
from operator import add, not_

from customer360.landing.csv_rows import RowChecker
from customer360.landing.encoded_text import is_utf8
from customer360.landing.lines import LineBlock
from customer360.landing.outcomes import BadRow, Block
from customer360.landing.row_checks import STRAY_QUOTE

MAX_RECORD_BYTES = 64 * 1024**2  # a quote that is open for longer is taken for a stray one
_STRAY = -1
_THOUSAND = 1000


@dataclass(frozen=True)
class _Open:
    """Lines from one that opens a quote up to the last one seen, the quote being open still."""

    first_line: int
    lines: list[bytes]
    size: int


class CsvReader:
    """Turns blocks of lines into blocks of rows; a record may go on in the next block."""

    def __init__(self, checker: RowChecker, *, pass_untouched: bool) -> None:
        self._checker = checker
        self._grammar = checker.grammar
        self._pass_untouched = pass_untouched
        self._limit = checker.contract.max_field_bytes
        self._marks_of_a_line = self._grammar.delimiter * (self._grammar.width - 1) + b"\n"
        self._no_marks = bytes(set(range(256)) - set(self._grammar.delimiter + b"\r\n\0"))
        self._low_digits = [b"%03d%b" % (low, self._grammar.delimiter) for low in range(_THOUSAND)]

    def read(self, blocks: Iterator[LineBlock]) -> Iterator[Block]:
        """Return the rows of each block, the last ones when the file ends."""
        opened: _Open | None = None
        for block in blocks:
            if opened is None and self._is_untouchable(block):
                yield Block(self._numbered(block.lines, block.first_line), len(block.lines))
                continue
            opened = opened or _Open(block.first_line, [], 0)
            result, opened = self._examine(opened, block.lines, is_final=False)
            yield result
        if opened is not None:
            yield self._examine(opened, [], is_final=True)[0]

    def _is_untouchable(self, block: LineBlock) -> bool:
        """Tell whether every line is a clean record as it is."""
        return (
            self._pass_untouched
            and self._has_shape(block)
            and is_utf8(block.data)
            and (len(block.data) <= self._limit or len(max(block.lines, key=len)) <= self._limit)
            and self._grammar.blank_key.search(b"\n" + block.data) is None
        )

    def _has_shape(self, block: LineBlock) -> bool:
        """Tell whether every line has as many fields as the header, and neither CR nor NUL."""
        if b'"' not in block.data:
            marks = block.data.translate(None, self._no_marks)
            return marks == self._marks_of_a_line * len(block.lines)
        if b"\r" in block.data or b"\0" in block.data:
            return False
        is_quoted = list(map(bytes.__contains__, block.lines, repeat(b'"')))
        bare = compress(block.lines, map(not_, is_quoted))
        counts = set(map(bytes.count, bare, repeat(self._grammar.delimiter)))
        return counts <= {self._grammar.width - 1} and all(
            map(self._grammar.clean_record.fullmatch, compress(block.lines, is_quoted))
        )

    def _numbered(self, lines: list[bytes], number: int) -> bytes:
        """Put its number before each line: a thousand share all digits but the last three."""
        parts: list[bytes] = []
        start = 0
        while start < len(lines):
            high, low = divmod(number + start, _THOUSAND)
            stop = start + _THOUSAND - low
            prefix = b"\n%d" % high
            parts += (prefix, prefix.join(map(add, self._low_digits[low:], lines[start:stop])))
            start = stop
        parts.append(b"\n")
        return b"".join(parts)[1:]

    def _examine(
        self, opened: _Open, more: list[bytes], *, is_final: bool
    ) -> tuple[Block, _Open | None]:
        """Examine line by line; a record that is open at the end is returned, not counted."""
        lines, scanned, size = opened.lines, len(opened.lines), opened.size
        lines += more  # in place: an open record may grow over hundreds of blocks
        good: list[bytes] = []
        bad: list[BadRow] = []
        index = 0
        while index < len(lines):
            number = opened.first_line + index
            record = lines[index].removesuffix(b"\r")
            if self._is_clean(record):
                good.append(self._with_number(number, record))
            elif record.strip():
                end = self._end_of_record(lines, index, scanned, size)
                if end is None and not is_final:
                    size += sum(map(len, lines[max(index, scanned) :]))
                    del lines[:index]
                    return self._block(good, bad), _Open(number, lines, size)
                if end is None or end < 0:
                    bad.append(self._checker.bad_row(record, number, STRAY_QUOTE))
                else:
                    record = b"\n".join(lines[index : end + 1]).removesuffix(b"\r")
                    outcome = self._checker.check(record, number)
                    if isinstance(outcome, BadRow):
                        bad.append(outcome)
                    else:
                        good.append(self._with_number(number, outcome))
                    index = end
            index += 1
            scanned, size = 0, 0
        return self._block(good, bad), None

    def _is_clean(self, record: bytes) -> bool:
        return (
            self._pass_untouched
            and len(record) <= self._limit
            and self._grammar.clean_record.fullmatch(record) is not None
            and b"\0" not in record
            and is_utf8(record)
        )

    def _end_of_record(self, lines: list[bytes], start: int, scanned: int, size: int) -> int | None:
        """Return the index of the line that ends the record; -1: stray quote; None: not seen yet.

        A line that opens a quote holds an odd number of them, so it shows the quote before it to be
        closed or stray: whatever the file, no line is looked at more than twice.
        """
        if not scanned and self._grammar.opening_line.fullmatch(lines[start]) is None:
            return start
        for index in range(max(start + 1, scanned), len(lines)):
            line = lines[index]
            size += len(line)
            if b'"' not in line:
                if size > MAX_RECORD_BYTES:
                    return _STRAY
            elif self._grammar.closing_line.fullmatch(line) is not None:
                return index
            elif self._grammar.inner_line.fullmatch(line) is None:
                return _STRAY
        return None

    def _with_number(self, number: int, record: bytes) -> bytes:
        return b"%d%b%b\n" % (number, self._grammar.delimiter, record)

    @staticmethod
    def _block(good: list[bytes], bad: list[BadRow]) -> Block:
        return Block(b"".join(good), len(good) + len(bad), tuple(bad))
