"""Loads one landing file: all its good rows, its quarantine and its ledger entry, or nothing."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.database.connection import Connection, connect
from customer360.landing import ledger
from customer360.landing.batches import load_batch
from customer360.landing.contracts import FeedContract, load_contracts
from customer360.landing.deliveries import announced, identified
from customer360.landing.ledger import Delivery
from customer360.landing.outcomes import FileChangedError, FileRejected, LoadResult
from customer360.landing.raw_tables import LOADER_ROLE
from customer360.privacy.redaction import redact, remove_if_erased
from customer360.settings import Settings

logger = logging.getLogger(__name__)


def load_file(settings: Settings, path: Path, *, feed: str | None = None) -> LoadResult:
    """Load one file, whatever is in it; `feed` overrules the contracts' file patterns.

    Bad input never raises: it ends in the result, the ledger and the quarantine.

    Raises:
        ContractError: if a feed's contract cannot be read, or `feed` is none.
        psycopg2.Error: if the database fails; nothing of the file is loaded then.
        OSError: if the disk fails.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=LOADER_ROLE) as connection:
        return load_with(connection, contracts, settings.landing_dir, path, feed)


def load_in_order(settings: Settings, paths: Sequence[Path]) -> list[LoadResult]:
    """Load files one after the other; trouble with one holds up those of its feed, no others.

    Those wait because the version of a row that was loaded last wins.

    Raises:
        ContractError, psycopg2.Error, OSError: the first trouble, after all others were loaded.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    results: list[LoadResult] = []
    troubles: dict[str | None, Exception] = {}
    for path in paths:
        delivery, _ = announced(path, settings.landing_dir, contracts)
        if delivery.feed in troubles:
            logger.warning("%s waits for a file before it", delivery.file_name)
            continue
        try:
            results.append(load_file(settings, path))
        except Exception as error:  # whatever it is, other feeds are not to blame
            logger.exception("%s cannot be loaded", delivery.file_name)
            troubles[delivery.feed] = error
    if troubles:
        raise next(iter(troubles.values()))
    return results


def load_with(
    connection: Connection,
    contracts: Mapping[str, FeedContract],
    landing_dir: Path,
    path: Path,
    feed: str | None = None,
) -> LoadResult:
    """Load one file over an open connection that acts as the loader's role; commit."""
    started = time.monotonic()
    delivery, claim = announced(path, landing_dir, contracts, feed)
    with connection, connection.cursor() as cursor:
        result = _load(cursor, claim, path, delivery)
    if result.rows_erased and isinstance(claim, FeedContract):
        redact(connection, claim, result.batch_id or 0, path)
    if result.status == "rejected" and path.is_file():
        remove_if_erased(connection, contracts, path)
    level = logging.WARNING if result.status == "rejected" else logging.INFO
    logger.log(level, "%s: %s", result.status, result.message or result.file_name)
    return replace(result, seconds=time.monotonic() - started)


def _load(
    cursor: Cursor, claim: FeedContract | FileRejected, path: Path, delivery: Delivery
) -> LoadResult:
    ledger.lock_feed(cursor, delivery.feed)
    try:
        delivery = identified(delivery, path)
        seen = _seen_before(cursor, delivery)
        return seen or _load_new(cursor, claim, delivery, path)
    except FileChangedError as rejection:  # no digest of its bytes is known
        return _rejected(cursor, replace(delivery, file_sha256=None), rejection)
    except FileRejected as rejection:
        return _rejected(cursor, delivery, rejection)


def _seen_before(cursor: Cursor, delivery: Delivery) -> LoadResult | None:
    entry = ledger.find(cursor, delivery)
    if entry is None:
        return None
    if entry.status == "rejected":
        return LoadResult(
            delivery.feed, delivery.file_name, "rejected", entry.batch_id, message=entry.message
        )
    return LoadResult(
        delivery.feed,
        delivery.file_name,
        "skipped",
        entry.batch_id,
        message=f"{delivery.file_name}: loaded before as {entry.file_name}, batch {entry.batch_id}",
        rows_erased=entry.rows_erased,
    )


def _load_new(
    cursor: Cursor, claim: FeedContract | FileRejected, delivery: Delivery, path: Path
) -> LoadResult:
    if isinstance(claim, FileRejected):
        raise claim
    cursor.execute("savepoint load_file")
    try:
        return load_batch(cursor, claim, delivery, path)
    except psycopg2.DataError as error:
        cursor.execute("rollback to savepoint load_file")
        raise FileRejected(
            f"Postgres refuses a row ({str(error).strip()})", "Ask the sender to mend it"
        ) from error
    except FileRejected:
        cursor.execute("rollback to savepoint load_file")
        raise


def _rejected(cursor: Cursor, delivery: Delivery, rejection: FileRejected) -> LoadResult:
    result = LoadResult(
        delivery.feed,
        delivery.file_name,
        "rejected",
        ledger.next_batch_id(cursor),
        message=rejection.message(delivery.file_name),
    )
    ledger.record(cursor, delivery, result)
    return result
