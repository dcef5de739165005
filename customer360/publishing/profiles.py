"""What the drift gates ask of two generations of a table: columns, nulls, values, newest days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composed, Identifier, Literal

from customer360.publishing.relations import COLUMNS_OF_TABLES, LIVE, NEXT

_COLUMNS = "select pg_class.relname, pg_attribute.attname, pg_type.typcategory" + COLUMNS_OF_TABLES
# Categories of pg_type: numbers, and days and instants. All others are compared value by value.
_ORDERED = frozenset("ND")
_SHARES = """
    with values_next as ({next}), values_live as ({live})
    select
        coalesce(values_next.bucket, values_live.bucket) as bucket,
        coalesce(values_next.rows, 0) as rows,
        coalesce(values_live.rows, 0) as rows_live
    from values_next
    full join values_live on values_next.bucket = values_live.bucket
"""
_VALUES = "select {column}::text as bucket, count(*) as rows from {table} where {known} group by 1"
# Tenths of the live rows; a bucket is called by the least value that belongs to it.
_TENTHS = """
    select
        coalesce('from ' || edges.edges[width_bucket({column}, edges.edges)], 'below') as bucket,
        count(*) as rows
    from {table}
    cross join (
        select array_agg(distinct tenths.edge order by tenths.edge) as edges
        from (
            select unnest(
                percentile_disc(array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
                within group (order by {column})
            ) as edge
            from {live}
        ) as tenths
    ) as edges
    where {known}
    group by 1
"""


@dataclass(frozen=True)
class Bucket:
    """Rows of the new and of the live table that have this value, or a value of this tenth."""

    name: str
    rows: int
    rows_live: int


def columns_of(cursor: Cursor, schema: str) -> dict[str, dict[str, str]]:
    """Return pg_type.typcategory by table and column."""
    cursor.execute(_COLUMNS, [schema])
    found: dict[str, dict[str, str]] = {}
    for table, column, category in cursor.fetchall():
        found.setdefault(str(table), {})[str(column)] = str(category)
    return found


def null_shares(
    cursor: Cursor, schema: str, table: str, columns: Sequence[str]
) -> Mapping[str, float]:
    """Return the share of rows without a value, by column; of no rows, none lacks one."""
    counts = SQL(", ").join(SQL("count({})").format(Identifier(column)) for column in columns)
    query = SQL("select count(*), {} from {}").format(counts, Identifier(schema, table))
    cursor.execute(query)
    rows, *known = cursor.fetchone() or (0,)
    return {
        column: (rows - count) / rows if rows else 0.0
        for column, count in zip(columns, known, strict=True)
    }


def buckets_query(table: str, column: str, category: str) -> Composed:
    """Return the query that counts both generations' rows by value, or by tenths of live ones."""
    template = SQL(_TENTHS if category in _ORDERED else _VALUES)
    sides = {
        side: template.format(
            column=Identifier(column),
            table=Identifier(schema, table),
            live=Identifier(LIVE, table),
            known=SQL("{} is not null").format(Identifier(column)),
        )
        for side, schema in (("next", NEXT), ("live", LIVE))
    }
    return SQL(_SHARES).format(**sides)


def buckets(cursor: Cursor, table: str, column: str, category: str) -> list[Bucket]:
    """Return how the rows of both generations are spread."""
    cursor.execute(buckets_query(table, column, category))
    return [Bucket(str(name), int(rows), int(live)) for name, rows, live in cursor.fetchall()]


def newest_day(cursor: Cursor, schema: str, table: str, column: str) -> date | None:
    """Return the newest day in a date or instant column."""
    cursor.execute(
        SQL("select max({})::date from {}").format(Identifier(column), Identifier(schema, table))
    )
    (day,) = cursor.fetchone() or (None,)
    found: date | None = day
    return found


def lost_rows_query(table: str, keys: Sequence[str]) -> Composed:
    """Return the query for the keys of live rows that are no longer there."""
    columns = SQL(", ").join(map(Identifier, keys))
    return SQL("select {} from {} except select {} from {}").format(
        columns, Identifier(LIVE, table), columns, Identifier(NEXT, table)
    )


def rows_without_query(table: str, keys: Sequence[str], column: str) -> Composed:
    """Return the query for the keys of rows that lack a value which the live ones have."""
    same = SQL(" and ").join(
        SQL("live.{0} = candidate.{0}").format(Identifier(key)) for key in keys
    )
    return SQL(
        "select {keys} from {next} as candidate where {column} is null "
        "order by exists (select 1 from {live} as live where {same} and live.{value} is not null)"
        " desc"
    ).format(
        keys=SQL(", ").join(Identifier("candidate", key) for key in keys),
        next=Identifier(NEXT, table),
        live=Identifier(LIVE, table),
        column=Identifier("candidate", column),
        value=Identifier(column),
        same=same,
    )


def changed_amounts_query(table: str, keys: Sequence[str], column: str) -> Composed:
    """Return the query for the rows whose amount changed most."""
    return SQL(
        "select {keys}, live.{column} as {live_name}, candidate.{column} from {live} as live "
        "left join {next} as candidate on {same} "
        "where candidate.{column} is distinct from live.{column} "
        "order by abs(coalesce(candidate.{column}, 0) - coalesce(live.{column}, 0)) desc"
    ).format(
        keys=SQL(", ").join(Identifier("live", key) for key in keys),
        same=SQL(" and ").join(
            SQL("live.{0} = candidate.{0}").format(Identifier(key)) for key in keys
        ),
        column=Identifier(column),
        live_name=Identifier(f"live_{column}"),
        live=Identifier(LIVE, table),
        next=Identifier(NEXT, table),
    )


def limited(query: Composed, rows: int) -> Composed:
    """Return the query for the first rows only, each as one JSON object."""
    return SQL("select to_jsonb(found) from ({}) as found limit {}").format(query, Literal(rows))
