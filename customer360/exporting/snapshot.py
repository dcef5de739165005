"""One published generation, as a role may read it, held for as long as an export takes.

The cursors of all marts are opened in one transaction, behind the lock that keeps a publication
away; then the lock is given back. An open cursor reads the tables it was opened on, whatever they
are called by then, so an export of minutes sees one generation and holds up nobody: another lock
tells publications that this transaction, however old its snapshot, looks up no name any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composed, Identifier

from customer360.database.connection import Connection, connect
from customer360.exporting.arrow_types import arrow_type
from customer360.exporting.outcomes import NothingPublished, UnreadableValue
from customer360.publishing.old_snapshots import NAMES_ARE_KNOWN
from customer360.publishing.publisher import Publication, live_publication
from customer360.publishing.relations import COLUMNS_OF_TABLES, LIVE, OPERATOR
from customer360.settings import Settings

BATCH_ROWS = 50_000
_PUBLICATION_LOCK = "hashtext('customer360'), hashtext('publication')"
_SESSION = """
    set lock_timeout = '30s';
    set timezone = 'UTC';
    set datestyle = 'ISO';
    set synchronize_seqscans = off;
"""  # seqscans: so that rows come in the order of the table, each time
_COLUMNS = """
    select
        pg_class.relname,
        coalesce(obj_description(pg_class.oid, 'pg_class'), '') as mart_description,
        pg_attribute.attname,
        format_type(pg_attribute.atttypid, pg_attribute.atttypmod) as type_name,
        coalesce(col_description(pg_class.oid, pg_attribute.attnum), '') as description,
        has_column_privilege(pg_class.oid, pg_attribute.attnum, 'select') as is_readable
"""


@dataclass(frozen=True)
class Column:
    """A column that the role may read."""

    name: str
    type_name: str
    description: str


@dataclass(frozen=True)
class Mart:
    """A published table, with the columns that the role may read and the names of the others."""

    name: str
    description: str
    columns: tuple[Column, ...] = ()
    withheld_columns: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """The columns as they are typed in an extract."""
        return pa.schema([(column.name, arrow_type(column.type_name)) for column in self.columns])


@dataclass(frozen=True)
class Snapshot:
    """The live publication and its marts; read each of them once, before the snapshot closes."""

    publication: Publication
    marts: tuple[Mart, ...]
    _cursors: dict[str, Cursor]

    def batches(self, mart: Mart) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a mart, BATCH_ROWS at a time.

        Raises:
            UnreadableValue: if a value does not fit its column, as a date `infinity` does not.
        """
        cursor = self._cursors[mart.name]
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield _typed(mart, rows)
        cursor.close()


@contextmanager
def open_snapshot(settings: Settings, role: str) -> Iterator[Snapshot]:
    """Hold what `role` may read of the live publication until the block ends.

    Raises:
        NothingPublished: if nothing was published yet.
    """
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_SESSION)
        cursor.execute(f"select pg_advisory_lock_shared({_PUBLICATION_LOCK})")
        connection.commit()  # the lock is the session's and stays
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor.execute(SQL("set local role {}").format(Identifier(OPERATOR)))
        publication = live_publication(cursor)
        if publication is None:
            raise NothingPublished("Nothing is published yet: run `customer360 publish` first.")
        cursor.execute(SQL("set local role {}").format(Identifier(role)))
        marts = _marts(cursor)
        cursors = {mart.name: _open(connection, mart) for mart in marts if mart.columns}
        cursor.execute(f"select pg_advisory_lock_shared({NAMES_ARE_KNOWN})")
        cursor.execute(f"select pg_advisory_unlock_shared({_PUBLICATION_LOCK})")
        yield Snapshot(publication, marts, cursors)


def _marts(cursor: Cursor) -> tuple[Mart, ...]:
    cursor.execute(_COLUMNS + COLUMNS_OF_TABLES, [LIVE])
    marts: dict[str, Mart] = {}
    for table, table_description, name, type_name, description, is_readable in cursor.fetchall():
        mart = marts.setdefault(table, Mart(table, table_description))
        if is_readable:
            columns = (*mart.columns, Column(name, type_name, description))
            marts[table] = replace(mart, columns=columns)
        else:
            marts[table] = replace(mart, withheld_columns=(*mart.withheld_columns, name))
    return tuple(marts.values())


def _open(connection: Connection, mart: Mart) -> Cursor:
    cursor = connection.cursor(f"export_{mart.name}", withhold=False)
    cursor.execute(_query(mart))
    return cursor


def _query(mart: Mart) -> Composed:
    """Return the query for a mart's values as texts: far cheaper on the way than objects."""
    texts = [SQL("{}::text").format(Identifier(column.name)) for column in mart.columns]
    return SQL("select {} from {}").format(SQL(", ").join(texts), Identifier(LIVE, mart.name))


def _typed(mart: Mart, rows: list[tuple[str | None, ...]]) -> pa.RecordBatch:
    schema = mart.schema
    columns = []
    for field, values in zip(schema, zip(*rows, strict=True), strict=True):
        try:
            columns.append(pc.cast(pa.array(values, pa.string()), field.type))
        except pa.ArrowInvalid as error:
            raise UnreadableValue(f"{mart.name}.{field.name}: {error}") from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)
