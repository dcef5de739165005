"""Makes what is delivered of a file that has grown to its end, a few lines at a time."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from data_generators.tables import ColumnType, Feed

LINES_AT_ONCE = 20_000
ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "money": pa.decimal128(14, 2),
    "date": pa.date32(),
    "instant": pa.timestamp("us", "UTC"),
}


def finish(path: Path, feed: Feed) -> bool:
    """Turn a grown file into what is delivered; return whether there is anything to deliver.

    Lines of JSON have no header, so without a row there is no file. Other formats can say that
    they hold no row.
    """
    if feed.format == "ndjson":
        return path.stat().st_size > 0
    if feed.format in ("json", "parquet"):
        finished = path.with_name(f"{path.name}.finished")
        write = write_array if feed.format == "json" else write_parquet
        write(path, finished, feed)
        finished.replace(path)
    return True


def write_array(grown: Path, finished: Path, _: Feed) -> None:
    """Write lines of JSON as an array, one element on each line."""
    with grown.open("rb") as lines, finished.open("wb") as file:
        separator = b"["
        for line in lines:
            file.write(separator + b"\n" + line.rstrip(b"\n"))
            separator = b","
        file.write(b"[]\n" if separator == b"[" else b"\n]\n")


def write_parquet(grown: Path, finished: Path, feed: Feed) -> None:
    """Write lines of flat JSON as a parquet file with the feed's types."""
    schema = pa.schema([(name, ARROW_TYPES[feed.types.get(name, "text")]) for name in feed.columns])
    with parquet.ParquetWriter(finished, schema) as writer:
        for lines in several_lines(grown):
            records = [json.loads(line) for line in lines]
            columns = [
                pa.array([record[field.name] for record in records], pa.string()).cast(field.type)
                for field in schema
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def several_lines(path: Path) -> Iterator[list[bytes]]:
    """Yield the lines of a file, some thousands at a time."""
    with path.open("rb") as file:
        while lines := list(islice(file, LINES_AT_ONCE)):
            yield lines
