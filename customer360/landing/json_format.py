"""A JSON array of objects, as many APIs answer; its rows are numbered by their place in it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from customer360.landing.json_elements import array_elements
from customer360.landing.json_rows import JsonRows
from customer360.landing.outcomes import Block, Records

if TYPE_CHECKING:
    from customer360.landing.contracts import FeedContract
    from customer360.landing.source_file import SourceFile

_REMEDY = "Ask the sender for an array of JSON objects"


def read_json(source: "SourceFile", contract: "FeedContract") -> Records:
    """Return the rows of a file that is one array of JSON objects.

    Raises:
        FileRejected: while reading, if it is none, holds no object but something else, or no object
            has a required column.
    """
    rows = JsonRows(contract, source.encoding, _REMEDY)
    blocks = _read(array_elements(source.chunks), rows)
    return Records((*contract.columns, "_extra"), ",", blocks, numbered_by="row")


def _read(several: Iterator[list[bytes]], rows: JsonRows) -> Iterator[Block]:
    number = 1
    for elements in several:
        yield rows.block(enumerate(elements, start=number))
        number += len(elements)
    if number > 1:
        rows.require_objects("no element of its array is an object")
