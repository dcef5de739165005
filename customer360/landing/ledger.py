"""The ledger `ops.load_batches`: which bytes were loaded or rejected, and by which contract."""

from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.landing.outcomes import LoadResult

_FIND = """
    select batch_id, status, file_name, message, rows_erased
    from ops.load_batches
    where file_sha256 = %(file_sha256)s
        and feed is not distinct from %(feed)s
        and (
            status = 'loaded'
            or (
                status = 'rejected'
                and file_name = %(file_name)s
                and contract_sha256 = %(contract_sha256)s
            )
        )
    order by status = 'loaded' desc, batch_id desc
    limit 1
"""
_FIND_REDACTED = """
    select batch_id, status, file_name, message,
        case when redacted_files.rows_erased < load_batches.rows_erased then 1 else 0 end
    from ops.redacted_files
    inner join ops.load_batches using (batch_id)
    where redacted_files.file_sha256 = %(file_sha256)s
        and redacted_files.feed is not distinct from %(feed)s
"""
_INSERT = """
    insert into ops.load_batches (
        batch_id, feed, file_name, file_sha256, file_bytes, contract_sha256, status,
        rows_in_file, rows_loaded, rows_quarantined, unknown_columns, message, started_at
    ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Delivery:
    """A file as it was delivered; what is not known of it is None."""

    file_name: str
    started_at: datetime
    feed: str | None = None
    file_sha256: str | None = None
    file_bytes: int | None = None
    contract_sha256: str | None = None


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a file's bytes."""

    batch_id: int
    status: str
    file_name: str
    message: str
    rows_erased: int = 0


def lock_feed(cursor: Cursor, feed: str | None) -> None:
    """Let one transaction at a time load a feed, so that batch ids grow in commit order."""
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"landing.{feed}"])


def find(cursor: Cursor, delivery: Delivery) -> Entry | None:
    """Return the load of these bytes, else their rejection under this name and this contract.

    A rejection under another contract or by an older parser does not count: the file may be good.
    The bytes that an erasure made of a file are those of its load.
    """
    cursor.execute(_FIND, vars(delivery))
    row = cursor.fetchone()
    if row is None:
        cursor.execute(_FIND_REDACTED, vars(delivery))
        row = cursor.fetchone()
    return None if row is None else Entry(*row)


def next_batch_id(cursor: Cursor) -> int:
    """Return the id of the batch to come; hold the feed's lock."""
    cursor.execute("select nextval('ops.load_batches_batch_id_seq')")
    (batch_id,) = cursor.fetchone() or (0,)
    return int(batch_id)


def record(cursor: Cursor, delivery: Delivery, result: LoadResult) -> None:
    """Write what became of a delivery."""
    cursor.execute(
        _INSERT,
        [
            result.batch_id,
            delivery.feed,
            delivery.file_name,
            delivery.file_sha256,
            delivery.file_bytes,
            delivery.contract_sha256,
            result.status,
            result.rows_in_file,
            result.rows_loaded,
            result.rows_quarantined,
            list(result.unknown_columns),
            result.message,
            delivery.started_at,
        ],
    )
