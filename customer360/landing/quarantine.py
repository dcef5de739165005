"""Rows that cannot be taken into raw wait here for `ops.quarantined_rows`, in memory or on disk."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO, cast

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.landing.outcomes import BadRow

_SPOOL_BYTES = 4 * 1024**2  # more than this goes to disk, so that memory stays flat
_COPY = """
    copy ops.quarantined_rows
        (batch_id, feed, file_name, file_sha256, line, reason, detail, row_text)
    from stdin with (format csv, encoding 'UTF8')
"""


@dataclass(frozen=True)
class Batch:
    """One load of one file, as raw rows and quarantined ones know it."""

    batch_id: int
    feed: str
    file_name: str
    file_sha256: str


class Quarantine:
    """Bad rows of one batch, in the order of their lines."""

    def __init__(self, spool: TextIO, batch: Batch) -> None:
        self._spool = spool
        self._batch = batch
        self._writer = csv.writer(spool, quoting=csv.QUOTE_ALL, lineterminator="\n")

    def add(self, rows: Iterable[BadRow]) -> None:
        """Set rows aside."""
        batch = self._batch
        lineage = (batch.batch_id, batch.feed, batch.file_name, batch.file_sha256)
        for row in rows:
            self._writer.writerow((*lineage, row.line, row.reason, row.detail, row.text))

    def copy(self, cursor: Cursor) -> int:
        """Write the rows to the database; return how many the server took."""
        self._spool.seek(0)
        cursor.copy_expert(_COPY, self._spool)
        return cursor.rowcount


@contextmanager
def open_quarantine(batch: Batch) -> Iterator[Quarantine]:
    """Open an empty quarantine for a batch."""
    with tempfile.SpooledTemporaryFile(
        _SPOOL_BYTES, mode="w+", encoding="utf-8", newline="", prefix="customer360-"
    ) as spool:
        yield Quarantine(cast("TextIO", spool), batch)
