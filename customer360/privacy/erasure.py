"""Erases a customer wherever the pipeline keeps anything, and leaves what keeps them away.

One transaction takes the rows out of raw, quarantine, and all that dbt remembers or published, and
writes tombstones and the proof. Then landing files are redacted and extracts removed: whatever
interrupts that is done by the next load, as the ledger says which files still hold erased rows.
Totals that the person was part of are right again after the next build.
"""

import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import Json
from psycopg2.sql import SQL, Composable, Identifier

from customer360.database.connection import connect
from customer360.landing.contracts import FeedContract, load_contracts
from customer360.landing.discovery import new_files
from customer360.landing.loader import load_with
from customer360.landing.raw_tables import LOADER_ROLE
from customer360.privacy.keys import TOMBSTONE, digest
from customer360.privacy.people_columns import tombstone_name
from customer360.privacy.subject import Subject, find_subject
from customer360.privacy.tombstones import drop_erased, has_tombstones, key_check
from customer360.settings import Settings

ROLE = "c360_privacy"
_BUILT = """
    select pg_namespace.nspname, pg_class.relname,
        array_agg(pg_attribute.attname) filter (where atttypid = 'text'::regtype) as texts,
        bool_or(pg_attribute.attname = '_batch_id') and bool_or(pg_attribute.attname = '_line')
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
_OF_ERASED_ROWS = SQL("(_batch_id, _line) in (select batch_id, line from ops.erased_rows)")


@dataclass(frozen=True)
class Erasure:
    """What was erased: rows by table. It names nobody."""

    erasure_id: str
    rows_by_table: Mapping[str, int]


def erase(settings: Settings, customer_id: str, *, requested_by: str, reason: str) -> Erasure:
    """Erase a customer; a build and a publication then make the totals right.

    Raises:
        UnknownCustomer: if there is no such customer.
        WrongKey: if the key is not that of earlier erasures.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    with connect(settings, role=ROLE) as connection, connection, connection.cursor() as cursor:
        has_tombstones(cursor)
        subject = find_subject(cursor, customer_id)
        erasure_id = _begin(cursor, settings, requested_by, reason)
        _bury(cursor, settings, contracts, subject, erasure_id)
        rows = _erase_delivered(cursor, contracts, erasure_id) | _erase_built(cursor, subject)
        found = {table: count for table, count in rows.items() if count}
        cursor.execute(
            "update ops.erasures set rows_by_table = %s where erasure_id = %s",
            [Json(found), erasure_id],
        )
    redact_landing(settings, contracts)
    shutil.rmtree(settings.exports_dir, ignore_errors=True)
    return Erasure(erasure_id, found)


def redact_landing(settings: Settings, contracts: Mapping[str, FeedContract]) -> None:
    """Rid landing files of rows that were erased since; remove rejected ones that name them."""
    with connect(settings, role=LOADER_ROLE) as connection:
        files = new_files(connection, contracts, settings.landing_dir, only_erased=True)
        for path in chain(*files):
            load_with(connection, contracts, settings.landing_dir, path)


def _begin(cursor: Cursor, settings: Settings, requested_by: str, reason: str) -> str:
    erasure_id = str(uuid.uuid4())
    cursor.execute(
        "insert into ops.erasures (erasure_id, requested_by, reason, key_check)"
        " values (%s, %s, %s, %s)",
        [erasure_id, requested_by, reason, key_check(settings)],
    )
    return erasure_id


def _bury(
    cursor: Cursor,
    settings: Settings,
    contracts: Mapping[str, FeedContract],
    subject: Subject,
    erasure_id: str,
) -> None:
    names = [tombstone_name(key, contracts) for key in subject.source_keys]
    names += [f"{kind}:{value}" for kind, value in subject.identifiers]
    for name in names:
        cursor.execute(
            "insert into ops.tombstones (digest, erasure_id) values (%s, %s)"
            " on conflict do nothing",
            [digest(settings, TOMBSTONE, name), erasure_id],
        )


def _erase_delivered(
    cursor: Cursor, contracts: Mapping[str, FeedContract], erasure_id: str
) -> dict[str, int]:
    """Take the rows out of raw and quarantine; first from feeds that name more than the person."""
    rows = {"ops.quarantined_rows": 0}
    for contract in sorted(contracts.values(), key=lambda one: not one.names):
        erased = drop_erased(cursor, contract, erasure=erasure_id)
        rows[f"raw.{contract.table}"] = erased.raw
        rows["ops.quarantined_rows"] += erased.quarantined
    return rows


def _erase_built(cursor: Cursor, subject: Subject) -> dict[str, int]:
    """Delete rows that came of erased ones, or hold one of the person's names, of every table.

    Before transactions have a customer, they have an id of their system only. Two systems may give
    one id to two people: what goes too much from the intermediate layer, the next build puts back.
    """
    cursor.execute(_BUILT)
    rows = {}
    for schema, table, texts, has_lineage in cursor.fetchall():
        conditions: list[Composable] = [_HOLDS.format(Identifier(name)) for name in texts or ()]
        conditions += [_OF_ERASED_ROWS] if has_lineage else []
        if schema == "intermediate" and "source_customer_id" in (texts or ()):
            conditions.append(SQL("source_customer_id = any(%(bare_ids)s)"))
        if conditions:
            cursor.execute(
                SQL("delete from {} where {}").format(
                    Identifier(schema, table), SQL(" or ").join(conditions)
                ),
                {"values": subject.values, "bare_ids": subject.bare_ids},
            )
            rows[f"{schema}.{table}"] = cursor.rowcount
    return rows
