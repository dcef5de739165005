"""Writes one batch: good rows to raw, bad ones to quarantine, the sum of both to the ledger."""

from dataclasses import replace
from pathlib import Path

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

from customer360.landing import ledger
from customer360.landing.contracts import FeedContract
from customer360.landing.copying import Tally, copy_rows
from customer360.landing.formats import format_of
from customer360.landing.ledger import Delivery
from customer360.landing.outcomes import Block, FileChangedError, LoadResult, Records
from customer360.landing.quarantine import Batch, open_quarantine
from customer360.landing.raw_tables import ensure_tables, rows_table
from customer360.landing.source_file import open_source
from customer360.privacy.tombstones import drop_erased, has_tombstones


def load_batch(
    cursor: Cursor, contract: FeedContract, delivery: Delivery, path: Path
) -> LoadResult:
    """Load a file that the ledger does not know; the caller holds the feed's lock and commits.

    Raises:
        FileRejected: if the file breaks its contract as a whole; what was written must be undone.
    """
    ensure_tables(cursor, [contract])
    batch = Batch(
        ledger.next_batch_id(cursor), contract.feed, delivery.file_name, delivery.file_sha256 or ""
    )
    cursor.execute("select set_config('c360.batch_id', %s, true)", [str(batch.batch_id)])
    file_format = format_of(batch.file_name, contract)
    is_text = file_format.is_text
    with open_source(path, batch.file_name, contract.encoding, is_text=is_text) as source:
        result = _copy(cursor, contract, batch, file_format.read(source, contract))
        if source.sha256_of_bytes_read() != batch.file_sha256:
            raise FileChangedError(
                "the file changed while it was read",
                "Deliver files as <name>.tmp and rename them when they are whole; then load again",
            )
    ledger.record(cursor, delivery, result)
    return without_erased(cursor, contract, result)


def without_erased(cursor: Cursor, contract: FeedContract, result: LoadResult) -> LoadResult:
    """Drop the rows of a batch that name somebody erased, and say how many they were."""
    if not has_tombstones(cursor):
        return result
    erased = drop_erased(cursor, contract, result.batch_id)
    return replace(
        result,
        rows_loaded=result.rows_loaded - erased.raw,
        rows_quarantined=result.rows_quarantined - erased.quarantined,
        rows_erased=erased.raw + erased.quarantined,
    )


def _copy(cursor: Cursor, contract: FeedContract, batch: Batch, records: Records) -> LoadResult:
    tally = Tally()
    with open_quarantine(batch) as quarantine:

        def take(block: Block) -> None:
            tally.count(block)
            quarantine.add(block.bad_rows)

        loaded = copy_rows(cursor, rows_table(contract), records, take)
        quarantined = quarantine.copy(cursor)
    return LoadResult(
        batch.feed,
        batch.file_name,
        "loaded",
        batch.batch_id,
        tally.rows,
        loaded,
        quarantined,
        tuple(tally.unknown_columns),
        _message(batch, tally, quarantined, records.numbered_by),
    )


def _message(batch: Batch, tally: Tally, quarantined: int, numbered_by: str) -> str:
    """Say what a person should know of a file that was loaded; nothing if all is well."""
    parts = []
    if quarantined:
        reasons = ", ".join(
            f"{count} {reason} (first on {numbered_by} {line})"
            for reason, (count, line) in tally.reasons.items()
        )
        parts.append(
            f"{quarantined} of {tally.rows} rows quarantined: {reasons}; see "
            f"ops.quarantined_rows where batch_id = {batch.batch_id}"
        )
    if tally.unknown_columns:
        parts.append(f"columns unknown to the contract: {', '.join(tally.unknown_columns)}")
    return f"{batch.file_name}: {'; '.join(parts)}" if parts else ""
