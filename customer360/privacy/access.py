"""Everything that is held of one customer, with its lineage: what they may ask to see."""

from collections.abc import Collection, Mapping
from typing import Any

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Composable, Identifier, Literal

from customer360.database.connection import connect
from customer360.landing.contracts import FeedContract, load_contracts
from customer360.privacy.erasure import ROLE
from customer360.privacy.people_columns import is_one_of, tombstone_names
from customer360.privacy.subject import Subject, find_subject
from customer360.settings import Settings

_TABLES = """
    select table_schema, table_name from information_schema.columns
    where column_name = 'customer_id' and table_schema in ('identity', 'history', 'warehouse')
    order by table_schema, table_name
"""
# What stewards said of their records, with what takes it back; and how the ids came to be theirs.
_DECISIONS = """
    with recursive theirs as (
        select * from ops.identity_decisions where left_key = any(%(keys)s)
            or right_key = any(%(keys)s)
        union
        select undoing.* from ops.identity_decisions as undoing
        inner join theirs on undoing.undone_decision_id = theirs.decision_id
    )
    select to_jsonb(theirs) from theirs order by decision_id
"""
_ID_CHANGES = """
    select to_jsonb(changes) from identity.customer_id_changes as changes
    where old_customer_id = any(%(ids)s) or new_customer_id = any(%(ids)s)
    order by to_jsonb(changes)::text
"""
_NAMES_OF_BOTH = ("left_key", "right_key", "old_customer_id", "new_customer_id")
_SOMEBODY_ELSE = "somebody else's"


def everything_held(settings: Settings, customer_id: str) -> dict[str, Any]:
    """Return the rows of a customer by table; those of raw with file, line and time of the load.

    A former id shows what the one that lives on does. Where a row is about somebody else as well,
    it does not say who that is.

    Raises:
        UnknownCustomer: if there is no such customer.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=ROLE) as connection, connection, connection.cursor() as cursor:
        subject = find_subject(cursor, customer_id)
        return {
            "customer_id": subject.customer_id,
            "source_keys": list(subject.source_keys),
            "delivered": _delivered(cursor, contracts, subject),
            "derived": _derived(cursor, subject),
            "decided": _decided(cursor, subject),
        }


def count_held(settings: Settings, customer_id: str) -> int:
    """Return how many rows `everything_held` returns.

    Raises:
        UnknownCustomer: if there is no such customer.
    """
    held = everything_held(settings, customer_id)
    parts = (held["delivered"], held["derived"], held["decided"])
    return sum(len(rows) for part in parts for rows in part.values())


def _delivered(
    cursor: Cursor, contracts: Mapping[str, FeedContract], subject: Subject
) -> dict[str, Any]:
    names = tombstone_names(subject, contracts)
    held = {}
    for contract in sorted(contracts.values(), key=lambda one: not one.names):
        rows = _rows(cursor, Identifier("raw", contract.table), is_one_of(contract, names))
        if rows:
            held[f"raw.{contract.table}"] = rows
        for column, kind in contract.names.items():
            names += [f"{kind}:{row[column]}" for row in rows]
    return held


def _derived(cursor: Cursor, subject: Subject) -> dict[str, Any]:
    cursor.execute(_TABLES)
    condition = SQL("customer_id = any({}::text[])").format(Literal(subject.customer_ids))
    found = {
        f"{schema}.{table}": _rows(cursor, Identifier(schema, table), condition)
        for schema, table in cursor.fetchall()
    }
    return {table: rows for table, rows in found.items() if rows}


def _decided(cursor: Cursor, subject: Subject) -> dict[str, Any]:
    values = {"keys": list(subject.source_keys), "ids": subject.customer_ids}
    own = {*subject.source_keys, *subject.customer_ids}
    found = {}
    for table, query in (
        ("ops.identity_decisions", _DECISIONS),
        ("identity.customer_id_changes", _ID_CHANGES),
    ):
        cursor.execute(query, values)
        found[table] = [_without_others(row, own) for (row,) in cursor.fetchall()]
    return {table: rows for table, rows in found.items() if rows}


def _without_others(row: dict[str, Any], own: Collection[str]) -> dict[str, Any]:
    return {
        name: _SOMEBODY_ELSE
        if name in _NAMES_OF_BOTH and value is not None and value not in own
        else value
        for name, value in row.items()
    }


def _rows(cursor: Cursor, table: Composable, condition: Composable) -> list[dict[str, Any]]:
    query = SQL("select to_jsonb(held) from {} as held where {}").format(table, condition)
    cursor.execute(query)
    return [row for (row,) in cursor.fetchall()]
