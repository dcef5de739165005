"""Takes a customer out of all that dbt built, remembers or published: every table, by its columns.

No list of tables is kept here: a model that is added tomorrow is reached as well.
"""

from collections.abc import Sequence

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composable, Identifier, Placeholder

from customer360.privacy.subject import Subject

_TABLES = """
    select pg_namespace.nspname, pg_class.relname,
        array_agg(attname::text) filter (where atttypid in ('text'::regtype, 'varchar'::regtype)),
        array_agg(attname::text) filter (where attname ~ '^(record|left|right|group)_number$'),
        bool_or(attname = '_batch_id') and bool_or(attname = '_line')
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
    inner join pg_attribute on pg_class.oid = pg_attribute.attrelid and pg_attribute.attnum > 0
    where pg_class.relkind in ('r', 'p') and not pg_attribute.attisdropped
        and (
            nspname in ('staging', 'identity', 'intermediate', 'history', 'test_failures')
            or starts_with(nspname, 'warehouse')
        )
    group by pg_namespace.nspname, pg_class.relname
    order by pg_namespace.nspname, pg_class.relname
"""
# Identity also looks at values put together, number and name: the first word is the number.
_HOLDS = SQL("({0} = any(%(values)s) or split_part({0}, ' ', 1) = any(%(values)s))")
_NUMBERED = SQL("{} = any(%(numbers)s)")
_OF_ERASED_ROWS = SQL("(_batch_id, _line) in (select batch_id, line from ops.erased_rows)")
_OF_THEIR_SYSTEM = SQL("source_customer_id = any(%(bare_ids)s)")
# A block that no record has the key of any more holds a digest of what an erased one had.
_EMPTY_BLOCKS = """
    delete from identity.identity_blocks as blocks where not exists (
        select from identity.identity_blocking_keys as keys
        where keys.rule_number = blocks.rule_number and keys.block_key = blocks.block_key
    )
"""


def erase_built(cursor: Cursor, subject: Subject) -> dict[str, int]:
    """Delete rows that came of erased ones, or hold one of the person's names; count by table.

    Before transactions have a customer, they have an id of their system only. Two systems may give
    one id to two people: what goes too much from the intermediate layer, the next build puts back.
    """
    values = {
        "values": subject.values,
        **{column: list(ids) for column, ids in subject.things.items()},
        "bare_ids": subject.bare_ids,
        "numbers": list(subject.record_numbers),
    }
    cursor.execute(_TABLES)
    tables = cursor.fetchall()
    rows = {}
    for schema, table, texts, numbers, has_lineage in tables:
        things = [name for name in texts or () if name in subject.things]
        conditions = _conditions(schema, texts or (), numbers or (), has_lineage=has_lineage)
        conditions += _of_things(schema, things)
        if conditions:
            delete = SQL("delete from {} where {}")
            parts = (Identifier(schema, table), SQL(" or ").join(conditions))
            cursor.execute(delete.format(*parts), values)
            rows[f"{schema}.{table}"] = cursor.rowcount
    if "identity_blocks" in {table for _, table, *_ in tables}:
        cursor.execute(_EMPTY_BLOCKS)
        rows["identity.identity_blocks"] = rows.get("identity.identity_blocks", 0) + cursor.rowcount
    return rows


def _conditions(
    schema: str, texts: Sequence[str], numbers: Sequence[str], *, has_lineage: bool
) -> list[Composable]:
    """Return what makes a row the person's; staging is a copy of raw, and its lineage tells."""
    if has_lineage and schema == "staging":
        return [_OF_ERASED_ROWS]
    conditions: list[Composable] = [_HOLDS.format(Identifier(name)) for name in texts]
    conditions += [_OF_ERASED_ROWS] if has_lineage else []
    if schema == "intermediate" and "source_customer_id" in texts:
        conditions.append(_OF_THEIR_SYSTEM)
    # Where the key of a record stands beside its number, the number is another: of its arrival.
    if schema == "identity" and "source_customer_key" not in texts:
        conditions += [_NUMBERED.format(Identifier(name)) for name in numbers]
    return conditions


def _of_things(schema: str, columns: Sequence[str]) -> list[Composable]:
    """Return the same for what they did: only in layers that the next build fills anew."""
    if schema != "intermediate" and not schema.startswith("warehouse"):
        return []
    return [SQL("{} = any({})").format(Identifier(name), Placeholder(name)) for name in columns]
