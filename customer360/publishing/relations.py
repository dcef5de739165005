"""The three schemas of a publication, and what is asked of them and done to them in SQL."""

from collections.abc import Iterable
from decimal import Decimal

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import Connection

LIVE = "warehouse"
NEXT = "warehouse_next"
PREVIOUS = "warehouse_previous"
RETIRED = "warehouse_retired_"
TRANSFORMER = "c360_transformer"
OPERATOR = "c360_operator"
READERS = ("c360_bi", "c360_pii")

# To be selected from: the columns of the tables in a schema, in their order.
COLUMNS_OF_TABLES = """
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    inner join pg_attribute on pg_class.oid = pg_attribute.attrelid
    inner join pg_type on pg_attribute.atttypid = pg_type.oid
    where
        pg_namespace.nspname = %s
        and pg_class.relkind in ('r', 'p')
        and pg_attribute.attnum > 0
        and not pg_attribute.attisdropped
    order by pg_class.relname, pg_attribute.attnum
"""
_RELATIONS = """
    select pg_class.relname, pg_class.relkind
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    where pg_namespace.nspname = %s and pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
    order by pg_class.relname
"""
_TABLE_KINDS = frozenset("rp")
_DROPS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}


def relation_kinds(cursor: Cursor, schema: str) -> dict[str, str]:
    """Return pg_class.relkind of every table and view in `schema`, by name."""
    cursor.execute(_RELATIONS, [schema])
    return {str(name): str(kind) for name, kind in cursor.fetchall()}


def tables_of(cursor: Cursor, schema: str) -> list[str]:
    """Return the names of the tables in `schema`, without its views."""
    kinds = relation_kinds(cursor, schema)
    return [name for name, kind in kinds.items() if kind in _TABLE_KINDS]


def schema_exists(cursor: Cursor, schema: str) -> bool:
    """Tell whether `schema` exists."""
    cursor.execute("select 1 from pg_namespace where nspname = %s", [schema])
    return cursor.fetchone() is not None


def retired_schemas(cursor: Cursor) -> list[str]:
    """Return the schemas that publications have retired and could not drop yet."""
    cursor.execute(
        "select nspname from pg_namespace where starts_with(nspname, %s) order by nspname",
        [RETIRED],
    )
    return [str(name) for (name,) in cursor.fetchall()]


def count_rows(connection: Connection, schema: str, tables: Iterable[str]) -> dict[str, int]:
    """Return the number of rows of each table."""
    counts = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(SQL("select count(*) from {}").format(Identifier(schema, table)))
            (counts[table],) = cursor.fetchone() or (0,)
    return counts


def sum_column(connection: Connection, schema: str, table: str, column: str) -> Decimal:
    """Return the sum over a column; zero for no rows."""
    query = SQL("select coalesce(sum({}), 0)::numeric from {}")
    with connection.cursor() as cursor:
        cursor.execute(query.format(Identifier(column), Identifier(schema, table)))
        (total,) = cursor.fetchone() or (Decimal(0),)
    return Decimal(total)


def rename_schema(cursor: Cursor, old: str, new: str) -> None:
    """Rename a schema; this waits for no reader of its tables."""
    cursor.execute(SQL("alter schema {} rename to {}").format(Identifier(old), Identifier(new)))


def drop_relations(cursor: Cursor, schema: str, names: Iterable[str]) -> None:
    """Drop these tables and views of `schema`, and whatever hangs on them."""
    kinds = relation_kinds(cursor, schema)
    for name in names:
        statement = f"drop {_DROPS[kinds[name]]} if exists {{}} cascade"
        cursor.execute(SQL(statement).format(Identifier(schema, name)))


def open_to_readers(cursor: Cursor, schema: str) -> None:
    """Let the reader roles into `schema`; what they see there, each table's own grants say."""
    cursor.execute(SQL("grant usage on schema {} to {}").format(Identifier(schema), _readers()))


def close_to_readers(cursor: Cursor, schema: str) -> None:
    """Let the reader roles no longer into `schema`."""
    cursor.execute(SQL("revoke usage on schema {} from {}").format(Identifier(schema), _readers()))


def _readers() -> SQL:
    return SQL(", ".join(READERS))


def renew_views_of_live(cursor: Cursor) -> None:
    """Let warehouse_next show the live tables wherever it holds no table of its own.

    So `dbt run --select <mart>` finds every mart that it reads, right after a publication. Views
    hold on to the very tables they were made on, so all are made anew whenever another schema
    becomes `warehouse`. They belong to dbt's role: dbt replaces each when it builds the model.
    """
    if not schema_exists(cursor, NEXT):
        cursor.execute(
            SQL("create schema {} authorization {}").format(
                Identifier(NEXT), Identifier(TRANSFORMER)
            )
        )
    kinds = relation_kinds(cursor, NEXT)
    drop_relations(cursor, NEXT, [name for name, kind in kinds.items() if kind == "v"])
    missing = set(tables_of(cursor, LIVE)) - set(tables_of(cursor, NEXT))
    cursor.execute(SQL("set local role {}").format(Identifier(TRANSFORMER)))
    for table in sorted(missing):
        cursor.execute(
            SQL("create view {} as select * from {}").format(
                Identifier(NEXT, table), Identifier(LIVE, table)
            )
        )
    cursor.execute(SQL("set local role {}").format(Identifier(OPERATOR)))


def drop_schema_unless_used(cursor: Cursor, schema: str) -> None:
    """Drop `schema` and its tables, all or nothing, and nothing that lies elsewhere.

    Raises:
        psycopg2.errors.DependentObjectsStillExist: if a view elsewhere reads one of its tables.
    """
    names = relation_kinds(cursor, schema)
    for kind in ("v", "m", "r", "p", "f"):
        same_kind = [Identifier(schema, name) for name, found in names.items() if found == kind]
        if same_kind:
            statement = f"drop {_DROPS[kind]} {{}} restrict"
            cursor.execute(SQL(statement).format(SQL(", ").join(same_kind)))
    cursor.execute(SQL("drop schema {} restrict").format(Identifier(schema)))
