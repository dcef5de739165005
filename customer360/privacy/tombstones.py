"""Takes out of raw and quarantine whatever rows name somebody who was erased.

The same statements serve an erasure, over all batches, and a load, over its own: so a person who is
delivered again is dropped before the load is committed, and counted.
"""

from dataclasses import dataclass

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composable, Literal

from customer360.landing.contracts import FeedContract
from customer360.landing.raw_tables import rows_table
from customer360.privacy.keys import TOMBSTONE, digest
from customer360.privacy.people_columns import kinds_before_systems, kinds_of, names_of
from customer360.settings import Settings

KEY_CHECK = "is this the same key?"
_IS_ERASED = SQL(
    "exists (select from ops.tombstones where tombstones.digest = ops.tombstone_digest({}))"
)
_DELETE_RAW = SQL("""
    with erased as (
        delete from {table} where ({is_erased}) and ({scope}) returning *
    ),
    noted as (
        insert into ops.erased_rows (batch_id, line) select _batch_id, _line from erased
    ),
    named as (
        insert into ops.tombstones (digest, erasure_id)
        select distinct ops.tombstone_digest(name), {erasure}::uuid
        from erased cross join lateral (values {names}) as given (name)
        where name is not null
        on conflict do nothing
    ),
    counted as (select _batch_id, count(*) as rows from erased group by _batch_id)
    update ops.load_batches
    set rows_loaded = rows_loaded - counted.rows, rows_erased = rows_erased + counted.rows
    from counted where load_batches.batch_id = counted._batch_id
    returning counted.rows
""")
# A row that could not be read has no columns: each word in it may be a name, and where rows say
# which system their names are of, each of its first words that system.
_SYSTEM_WORDS = 20
_DELETE_QUARANTINED = SQL("""
    with erased as (
        delete from ops.quarantined_rows
        where feed = {feed} and ({scope}) and exists (
            select from regexp_split_to_table(row_text, '[^[:alnum:]@._+-]+') as word
            cross join (
                select unnest({kinds}::text[])
                union all
                select prefix || lower(system)
                from unnest({prefixes}::text[]) as prefix
                cross join (
                    select regexp_split_to_table(row_text, '[^[:alnum:]@._+-]+') limit {most}
                ) as words (system)
            ) as kinds (kind)
            inner join ops.tombstones on digest = ops.tombstone_digest(
                kind || ':' || case when kind = 'email' then lower(word) else word end
            )
        )
        returning batch_id, line
    ),
    noted as (insert into ops.erased_rows (batch_id, line) select batch_id, line from erased),
    counted as (select batch_id, count(*) as rows from erased group by batch_id)
    update ops.load_batches
    set rows_quarantined = rows_quarantined - counted.rows, rows_erased = rows_erased + counted.rows
    from counted where load_batches.batch_id = counted.batch_id
    returning counted.rows
""")


class WrongKey(Exception):  # noqa: N818 - the name says what happened
    """The key is not the one under which people were erased: they would come back unknown."""


@dataclass(frozen=True)
class Erased:
    """Rows that were taken out of a feed."""

    raw: int
    quarantined: int


def key_check(settings: Settings) -> str:
    """Return a digest that is alike under the same key."""
    return digest(settings, TOMBSTONE, KEY_CHECK)


def has_tombstones(cursor: Cursor) -> bool:
    """Tell whether anybody was erased yet.

    Raises:
        WrongKey: if it was under another key than this session's.
    """
    cursor.execute(
        "select count(*), count(*) filter (where key_check <> ops.tombstone_digest(%s))"
        " from ops.erasures",
        [KEY_CHECK],
    )
    erasures, strange = cursor.fetchone() or (0, 0)
    if strange:
        raise WrongKey(
            "People were erased under another key: put it back (C360_PSEUDONYM_KEY or its file), "
            "else they would be loaded again."
        )
    return bool(erasures)


def drop_erased(
    cursor: Cursor, contract: FeedContract, batch_id: int | None = None, erasure: str | None = None
) -> Erased:
    """Delete rows of a feed, or of one of its batches, that name somebody erased; note them.

    What such a row names besides, an order, is a tombstone from then on: returns name only that.
    """
    people = names_of(contract, contract.person)
    if not people:
        return Erased(0, 0)
    scope: Composable = (
        SQL("true") if batch_id is None else SQL("_batch_id = {}").format(Literal(batch_id))
    )
    names = names_of(contract, contract.names) or [SQL("null::text")]
    cursor.execute(
        _DELETE_RAW.format(
            table=rows_table(contract),
            is_erased=SQL(" or ").join(_IS_ERASED.format(name) for name in people),
            scope=scope,
            erasure=_erasure(erasure),
            names=SQL(", ").join(SQL("({})").format(name) for name in names),
        )
    )
    raw = sum(rows for (rows,) in cursor.fetchall())
    quarantine = scope if batch_id is None else SQL("batch_id = {}").format(Literal(batch_id))
    cursor.execute(
        _DELETE_QUARANTINED.format(
            feed=Literal(contract.feed),
            scope=quarantine,
            kinds=Literal([*kinds_of(contract), "email"]),
            prefixes=Literal(kinds_before_systems(contract)),
            most=Literal(_SYSTEM_WORDS),
        )
    )
    return Erased(raw, sum(rows for (rows,) in cursor.fetchall()))


def _erasure(erasure: str | None) -> Composable:
    if erasure is not None:
        return Literal(erasure)
    return SQL("(select erasure_id from ops.erasures order by erased_at desc limit 1)")
