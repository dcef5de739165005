"""Loads rows out of quarantine, after the contract or the parser was mended.

The landing file is read again as a whole; of its good rows those are taken whose line waits in
quarantine. They make a batch of their own, so that incremental models see them as new.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import Connection
from customer360.landing import ledger
from customer360.landing.batches import without_erased
from customer360.landing.contracts import FeedContract
from customer360.landing.copying import copy_rows
from customer360.landing.deliveries import identified
from customer360.landing.formats import format_of
from customer360.landing.ledger import Delivery
from customer360.landing.outcomes import FileRejected, LoadResult
from customer360.landing.raw_tables import ensure_tables, rows_table
from customer360.landing.source_file import open_source

_WAITING_FILES = """
    select distinct feed, file_name, file_sha256 from ops.quarantined_rows
    where released_by_batch_id is null order by feed, file_name
"""
_REREAD = Identifier("reread_rows")
_TAKE_GOOD = SQL("""
    insert into {}
    select reread_rows.* from reread_rows
    where reread_rows._line in (
        select line from ops.quarantined_rows
        where feed = %(feed)s and file_sha256 = %(file_sha256)s and released_by_batch_id is null
    )
""")
_RELEASE = """
    update ops.quarantined_rows set released_by_batch_id = %(batch_id)s
    where feed = %(feed)s and file_sha256 = %(file_sha256)s and released_by_batch_id is null
        and line in (select _line from reread_rows)
"""


def replay_all(
    connection: Connection, contracts: Mapping[str, FeedContract], landing_dir: Path
) -> list[LoadResult]:
    """Try again the quarantined rows of every file, one transaction for each file."""
    with connection, connection.cursor() as cursor:
        cursor.execute(_WAITING_FILES)
        waiting = cursor.fetchall()
    return [
        _timed(connection, contracts, landing_dir, Delivery(name, datetime.now(UTC), feed, digest))
        for feed, name, digest in waiting
    ]


def _timed(
    connection: Connection,
    contracts: Mapping[str, FeedContract],
    landing_dir: Path,
    delivery: Delivery,
) -> LoadResult:
    started = time.monotonic()
    path = landing_dir / delivery.file_name
    try:
        with connection, connection.cursor() as cursor:
            result = _replay(cursor, contracts.get(delivery.feed or ""), delivery, path)
    except FileRejected as rejection:
        message = rejection.message(delivery.file_name)
        result = LoadResult(delivery.feed, delivery.file_name, "rejected", message=message)
    return replace(result, seconds=time.monotonic() - started)


def _replay(
    cursor: Cursor, contract: FeedContract | None, delivery: Delivery, path: Path
) -> LoadResult:
    if contract is None:
        raise FileRejected(f"there is no feed {delivery.feed}", "Put its contract back")
    ledger.lock_feed(cursor, contract.feed)
    delivery = _unchanged(replace(delivery, contract_sha256=contract.fingerprint), path)
    ensure_tables(cursor, [contract])
    batch_id = ledger.next_batch_id(cursor)
    _reread(cursor, contract, delivery, path, batch_id)
    names = {"feed": contract.feed, "file_sha256": delivery.file_sha256, "batch_id": batch_id}
    cursor.execute(_TAKE_GOOD.format(rows_table(contract)), names)
    loaded = cursor.rowcount
    cursor.execute(_RELEASE, names)
    result = LoadResult(
        contract.feed,
        delivery.file_name,
        "replayed" if loaded else "skipped",
        batch_id if loaded else None,
        rows_in_file=loaded,
        rows_loaded=loaded,
        message=f"{delivery.file_name}: {loaded} rows left quarantine",
    )
    if loaded:
        ledger.record(cursor, delivery, result)
        return without_erased(cursor, contract, result)
    return result


def _unchanged(delivery: Delivery, path: Path) -> Delivery:
    found = identified(delivery, path)
    if found.file_sha256 != delivery.file_sha256:
        raise FileRejected(
            "the file no longer holds the bytes that were quarantined",
            "Put the file back as it was delivered; what replaced it is a file of its own",
        )
    return found


def _reread(
    cursor: Cursor, contract: FeedContract, delivery: Delivery, path: Path, batch_id: int
) -> None:
    """Put all rows of the file that are good now into the temporary table `reread_rows`."""
    cursor.execute(
        SQL("create temporary table {} (like {} including defaults) on commit drop").format(
            _REREAD, rows_table(contract)
        )
    )
    cursor.execute("select set_config('c360.batch_id', %s, true)", [str(batch_id)])
    file_format, name = format_of(delivery.file_name, contract), delivery.file_name
    with open_source(path, name, contract.encoding, is_text=file_format.is_text) as source:
        copy_rows(cursor, _REREAD, file_format.read(source, contract), lambda _: None)
        if source.sha256_of_bytes_read() != delivery.file_sha256:
            raise FileRejected(
                "the file changed while it was read", "Load it again when it is whole"
            )
