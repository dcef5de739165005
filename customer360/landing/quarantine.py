"""Rows that cannot be taken into raw wait here for `ops.quarantined_rows`, in memory or on disk."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

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

    def __init__(self, spool: BinaryIO, batch: Batch) -> None:
        self._spool = spool
        values = (batch.batch_id, batch.feed, batch.file_name, batch.file_sha256)
        self._lineage = b",".join(map(_quoted, map(str, values)))

    def add(self, rows: Iterable[BadRow]) -> None:
        """Set rows aside."""
        for row in rows:
            self._spool.write(self._lineage)
            for value in (str(row.line), row.reason, row.detail, row.text):
                self._spool.write(b",")
                self._spool.write(_quoted(value))
            self._spool.write(b"\n")

    def copy(self, cursor: Cursor) -> int:
        """Write the rows to the database; return how many the server took."""
        self._spool.seek(0)
        cursor.copy_expert(_COPY, self._spool)
        return cursor.rowcount


def _quoted(value: str) -> bytes:
    """Write a csv value; the csv module would take four bytes for each character of it."""
    return b'"%b"' % value.encode().replace(b'"', b'""')


@contextmanager
def open_quarantine(batch: Batch) -> Iterator[Quarantine]:
    """Open an empty quarantine for a batch."""
    with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, mode="w+b", prefix="customer360-") as spool:
        yield Quarantine(cast("BinaryIO", spool), batch)
