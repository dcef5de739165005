"""Newline-delimited JSON: one object per line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from customer360.landing.json_rows import JsonRows
from customer360.landing.lines import LineBlock, line_blocks
from customer360.landing.outcomes import Block, Records

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract
    from customer360.landing.source_file import SourceFile

_REMEDY = "Ask the sender for one JSON object per line"


def read_ndjson(source: "SourceFile", contract: "FeedContract") -> Records:
    """Return the rows of a file of JSON objects, one on each line.

    Raises:
        FileRejected: while reading, if no line is an object, or none has a required column.
    """
    rows = JsonRows(contract, source.encoding, _REMEDY)
    blocks = _read(line_blocks(source.chunks), rows)
    return Records((*contract.columns, "_extra"), ",", blocks)


def _read(blocks: Iterator[LineBlock], rows: JsonRows) -> Iterator[Block]:
    for block in blocks:
        numbered = enumerate(block.lines, start=block.first_line)
        yield rows.block((line, text) for line, text in numbered if text.strip())
    rows.require_objects("no line of it is a JSON object")
