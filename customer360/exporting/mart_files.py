"""The files of one mart: the same rows as CSV, for people, and as Parquet, for tools."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from customer360.exporting.spreadsheets import neutralised


@dataclass(frozen=True)
class ExtractFile:
    """A file as it was written, by its name within the extract."""

    name: str
    format: str
    bytes: int
    sha256: str


def write_mart(
    directory: Path, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
) -> tuple[int, tuple[ExtractFile, ...]]:
    """Write `<name>.csv` and `<name>.parquet` in one pass; return the rows and the files.

    CSV is UTF-8 with a header; texts are quoted, so an empty one differs from none.
    """
    csv_path, parquet_path = directory / f"{name}.csv", directory / f"{name}.parquet"
    rows = 0
    with (
        pa.csv.CSVWriter(csv_path, schema) as csv_writer,
        pq.ParquetWriter(parquet_path, schema, compression="zstd") as parquet_writer,
    ):
        for batch in batches:
            csv_writer.write_batch(neutralised(batch))
            parquet_writer.write_batch(batch)
            rows += batch.num_rows
    return rows, (_written(csv_path, "csv"), _written(parquet_path, "parquet"))


def _written(path: Path, file_format: str) -> ExtractFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return ExtractFile(path.name, file_format, path.stat().st_size, digest)
