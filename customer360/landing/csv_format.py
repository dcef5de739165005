"""Csv files: the header decides the columns, the rows below it are sorted into good and bad."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from customer360.landing.columns import match_columns
from customer360.landing.csv_grammar import CsvGrammar
from customer360.landing.csv_reader import CsvReader
from customer360.landing.csv_rows import RowChecker
from customer360.landing.encoded_text import is_utf8
from customer360.landing.lines import LineBlock, block_of, line_blocks
from customer360.landing.outcomes import Block, FileRejected, Records

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract
    from customer360.landing.source_file import SourceFile


def read_csv(source: "SourceFile", contract: "FeedContract") -> Records:
    """Read the header of a csv file and return its rows.

    Raises:
        FileRejected: if the header is not the contract's; while reading, if the file breaks.
    """
    blocks = line_blocks(source.chunks)
    names, header_line, rest = _header(blocks, contract)
    columns = match_columns(names, contract, header_line)
    known = tuple(column for column in columns if column is not None)
    unknown = tuple(name for name, column in zip(names, columns, strict=True) if column is None)
    grammar = CsvGrammar(
        contract.delimiter.encode(),
        len(names),
        tuple(columns.index(column) for column in contract.key),
    )
    checker = RowChecker(grammar, names, columns, contract, source.encoding)
    reader = CsvReader(checker, pass_untouched=not unknown)
    return Records(
        columns=(*known, "_extra") if unknown else known,
        delimiter=contract.delimiter,
        blocks=chain([Block(b"", 0, unknown_columns=unknown)], reader.read(chain([rest], blocks))),
    )


def _header(
    blocks: Iterator[LineBlock], contract: "FeedContract"
) -> tuple[list[str], int, LineBlock]:
    """Return the names in the first line that is not blank, its number, and the block after it."""
    for block in blocks:
        for index, line in enumerate(block.lines):
            if line.strip():
                number = block.first_line + index
                names = _names(line.removesuffix(b"\r"), contract, number)
                rest = b"\n".join((*block.lines[index + 1 :], b""))
                return names, number, block_of(number + 1, rest)
    raise FileRejected("the file holds nothing but blank lines", "Ask the sender for it again")


def _names(line: bytes, contract: "FeedContract", number: int) -> list[str]:
    problem = _header_problem(line, contract)
    fields = CsvGrammar(contract.delimiter.encode(), 0, ()).split(line)
    if problem is None and fields is None:
        problem = "a quote in the header is not closed or misplaced", "Ask the sender to mend it"
    if problem is not None or fields is None:
        raise FileRejected(*(problem or ("", "")), line=number)
    names = [field.value.decode("utf-8").strip() for field in fields]
    return [name or f"column_{index}" for index, name in enumerate(names, start=1)]


def _header_problem(line: bytes, contract: "FeedContract") -> tuple[str, str] | None:
    """Return problem and remedy of a header line that is no text."""
    if b"\0" in line:
        order = "utf-16-le" if line[1:2] == b"\0" else "utf-16-be"
        return (
            "the header holds NUL bytes, as UTF-16 without a byte-order mark does",
            f"If the file is UTF-16, set `encoding: {order}` in {contract.declared_in}; else "
            "deliver it as UTF-8",
        )
    if not is_utf8(line):
        return (
            "the header is no text in the contract's encoding",
            "Deliver it as UTF-8, or, if it is latin-1, set `encoding: latin-1` in "
            f"{contract.declared_in}",
        )
    return None
