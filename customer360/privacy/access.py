"""Everything that is held of one customer, with its lineage: what they may ask to see."""

from collections.abc import Mapping
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


def everything_held(settings: Settings, customer_id: str) -> dict[str, Any]:
    """Return the rows of a customer by table; those of raw with file, line and time of the load.

    Raises:
        UnknownCustomer: if there is no such customer.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=ROLE) as connection, connection, connection.cursor() as cursor:
        subject = find_subject(cursor, customer_id)
        return {
            "customer_id": customer_id,
            "source_keys": list(subject.source_keys),
            "delivered": _delivered(cursor, contracts, subject),
            "derived": _derived(cursor, customer_id),
        }


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


def _derived(cursor: Cursor, customer_id: str) -> dict[str, Any]:
    cursor.execute(_TABLES)
    condition = SQL("customer_id = {}").format(Literal(customer_id))
    found = {
        f"{schema}.{table}": _rows(cursor, Identifier(schema, table), condition)
        for schema, table in cursor.fetchall()
    }
    return {table: rows for table, rows in found.items() if rows}


def _rows(cursor: Cursor, table: Composable, condition: Composable) -> list[dict[str, Any]]:
    query = SQL("select to_jsonb(held) from {} as held where {}").format(table, condition)
    cursor.execute(query)
    return [row for (row,) in cursor.fetchall()]
