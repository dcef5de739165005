"""Raw tables: one per feed, every expected column as text, then the lineage of the row."""

from collections.abc import Iterable, Mapping

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composable, Identifier

from customer360.database.connection import Connection
from customer360.landing.contracts import FeedContract

LOADER_ROLE = "c360_loader"
# What differs from row to row is `_line` (and `_extra`); the rest defaults to the load's settings.
LINEAGE = SQL("""
    _extra jsonb,
    _file_sha256 text not null default ops.load_setting('file_sha256'),
    _file_name text not null default ops.load_setting('file_name'),
    _line bigint not null,
    _loaded_at timestamptz not null default now(),
    _batch_id bigint not null default ops.load_setting('batch_id')::bigint
""")


def ensure_raw_tables(connection: Connection, contracts: Mapping[str, FeedContract]) -> None:
    """Make missing raw tables and missing columns, owned by `c360_loader`; commit.

    Columns that a contract no longer names stay, because raw is append only.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(SQL("set local role {}").format(Identifier(LOADER_ROLE)))
        ensure_tables(cursor, contracts.values())


def ensure_tables(cursor: Cursor, contracts: Iterable[FeedContract]) -> None:
    """Do the same inside the caller's transaction, as the role that it acts as."""
    for contract in contracts:
        missing = _missing_columns(cursor, contract)
        if missing is None or missing:
            # Only one process at a time may change raw's shape; others wait and look again.
            cursor.execute("select pg_advisory_xact_lock(hashtext('customer360.raw'))")
            _create_or_widen(cursor, contract, _missing_columns(cursor, contract))


def _missing_columns(cursor: Cursor, contract: FeedContract) -> list[str] | None:
    """Return the columns that the table lacks; None if there is no table."""
    cursor.execute(
        "select attname from pg_attribute "
        "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [SQL("raw.{}").format(Identifier(contract.table)).as_string(cursor)],
    )
    present = {name for (name,) in cursor.fetchall()}
    return [name for name in contract.columns if name not in present] if present else None


def _create_or_widen(cursor: Cursor, contract: FeedContract, missing: list[str] | None) -> None:
    table = Identifier("raw", contract.table)
    if missing is None:
        columns = [SQL("{} text").format(Identifier(name)) for name in contract.columns]
        cursor.execute(
            SQL("create table {} ({}, {})").format(table, SQL(", ").join(columns), LINEAGE)
        )
        # Incremental models read the newest batches: a few pages of BRIN find them.
        cursor.execute(SQL("create index on {} using brin (_batch_id)").format(table))
        cursor.execute(SQL("grant select on {} to c360_transformer").format(table))
    elif missing:
        additions: list[Composable] = [
            SQL("add column {} text").format(Identifier(name)) for name in missing
        ]
        cursor.execute(SQL("alter table {} {}").format(table, SQL(", ").join(additions)))
