"""Raw tables: one per feed, every expected column as text, then the lineage of the row.

What is the same for all rows of a file is stored once, in the ledger: the rows lie in
`raw.<identifier>__rows` with their line and batch only, and the view `raw.<identifier>`, which
everybody reads, adds the file's name and digest and the time of the load. That halves what a load
writes.
"""

from collections.abc import Iterable, Mapping

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import Connection
from customer360.landing.contracts import FeedContract

LOADER_ROLE = "c360_loader"
_ROW_LINEAGE = SQL("""
    _extra jsonb,
    _line bigint not null,
    _batch_id bigint not null default ops.load_setting('batch_id')::bigint
""")
_LINEAGE = {
    "_extra": SQL("stored._extra"),
    "_file_sha256": SQL("batches.file_sha256"),
    "_file_name": SQL("batches.file_name"),
    "_line": SQL("stored._line"),
    "_loaded_at": SQL("batches.finished_at"),
    "_batch_id": SQL("stored._batch_id"),
}
# The ledger's key makes this at most one row, so a query that needs no file name skips the join.
_VIEW = SQL("""
    create or replace view {} as
    select {}
    from {} as stored
    left join ops.load_batches as batches on stored._batch_id = batches.batch_id
""")


def rows_table(contract: FeedContract) -> Identifier:
    """Return the table that a feed's rows are copied into."""
    return Identifier("raw", f"{contract.table}__rows")


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
        if not _is_complete(cursor, contract):
            # Only one process at a time may change raw's shape; others wait and look again.
            cursor.execute("select pg_advisory_xact_lock(hashtext('customer360.raw'))")
            if not _is_complete(cursor, contract):
                _create_or_widen(cursor, contract)


def _is_complete(cursor: Cursor, contract: FeedContract) -> bool:
    return set(contract.columns) <= set(_columns(cursor, Identifier("raw", contract.table)))


def _columns(cursor: Cursor, relation: Identifier) -> list[str]:
    """Return the columns of a table or view in their order; none if there is no such relation."""
    cursor.execute(
        "select attname from pg_attribute "
        "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
        [relation.as_string(cursor)],
    )
    return [name for (name,) in cursor.fetchall()]


def _create_or_widen(cursor: Cursor, contract: FeedContract) -> None:
    table, view = rows_table(contract), Identifier("raw", contract.table)
    stored = _columns(cursor, table)
    if not stored:
        columns = [SQL("{} text").format(Identifier(name)) for name in contract.columns]
        cursor.execute(
            SQL("create table {} ({}, {})").format(table, SQL(", ").join(columns), _ROW_LINEAGE)
        )
        # Incremental models read the newest batches: a few pages of BRIN find them.
        cursor.execute(SQL("create index on {} using brin (_batch_id)").format(table))
    for name in contract.columns if stored else ():
        addition = SQL("alter table {} add column if not exists {} text")
        cursor.execute(addition.format(table, Identifier(name)))
    # A view's columns keep their places, so what a widened contract adds comes last.
    shown = _columns(cursor, view)
    names = dict.fromkeys((*shown, *contract.columns, *_LINEAGE))
    columns = [
        SQL("{} as {}").format(_LINEAGE.get(name, Identifier("stored", name)), Identifier(name))
        for name in names
    ]
    cursor.execute(_VIEW.format(view, SQL(", ").join(columns), table))
    cursor.execute(SQL("grant select on {}, {} to c360_transformer").format(view, table))
