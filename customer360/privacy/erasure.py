"""Erases a customer wherever the pipeline keeps anything, and leaves what keeps them away.

One transaction takes the rows out of raw, quarantine, and all that dbt remembers or published, and
writes tombstones and the proof. Then landing files are redacted and extracts removed: whatever
interrupts that is done by the next load, as the ledger says which files still hold erased rows.
Totals that the person was part of are right again after the next build.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.extras import Json

from customer360.database.connection import connect
from customer360.landing import ledger
from customer360.landing.contracts import FeedContract, load_contracts
from customer360.landing.discovery import new_files
from customer360.landing.loader import load_with
from customer360.landing.raw_tables import LOADER_ROLE
from customer360.privacy.artefacts import erase_artefacts
from customer360.privacy.built import erase_built
from customer360.privacy.keys import TOMBSTONE, digest
from customer360.privacy.people_columns import tombstone_names
from customer360.privacy.subject import Subject, find_subject
from customer360.privacy.tombstones import drop_erased, has_tombstones, key_check
from customer360.settings import Settings
from customer360.transformation.build import build_lock

ROLE = "c360_privacy"
_HOLD_PUBLICATIONS = """
    select pg_advisory_xact_lock_shared(hashtext('customer360'), hashtext('publication'))
"""
# A decision that takes another back says nothing without it.
_ERASE_DECISIONS = """
    with recursive theirs as (
        select decision_id from ops.identity_decisions
        where left_key = any(%(keys)s) or right_key = any(%(keys)s)
        union
        select undoing.decision_id from ops.identity_decisions as undoing
        inner join theirs on undoing.undone_decision_id = theirs.decision_id
    )
    delete from ops.identity_decisions where decision_id in (select decision_id from theirs)
"""


@dataclass(frozen=True)
class Erasure:
    """What was erased: rows by table. It names nobody."""

    erasure_id: str
    rows_by_table: Mapping[str, int]


def erase(settings: Settings, customer_id: str, *, requested_by: str, reason: str) -> Erasure:
    """Erase a customer; a build and a publication then make the totals right.

    No build may run meanwhile: it would write on from what it had read before.

    Raises:
        UnknownCustomer: if there is no such customer.
        WrongKey: if the key is not that of earlier erasures.
        BuildBusy: if a build runs.
    """
    contracts = load_contracts(settings.dbt_project_dir)
    with build_lock(settings):
        with connect(settings, role=ROLE) as connection, connection, connection.cursor() as cursor:
            _hold_others(cursor, contracts)
            has_tombstones(cursor)
            subject = find_subject(cursor, customer_id)
            erasure_id = _begin(cursor, settings, requested_by, reason)
            _bury(cursor, settings, tombstone_names(subject, contracts), erasure_id)
            rows = _erase_rows(cursor, contracts, subject, erasure_id)
            cursor.execute(
                "update ops.erasures set rows_by_table = %s where erasure_id = %s",
                [Json(rows), erasure_id],
            )
            # Before the commit: whatever interrupts it, the customer is still there to be erased.
            erase_artefacts(settings, subject.words)
        redact_landing(settings, contracts)
    return Erasure(erasure_id, rows)


def redact_landing(settings: Settings, contracts: Mapping[str, FeedContract]) -> None:
    """Rid landing files of rows that were erased since; remove rejected ones that name them."""
    with connect(settings, role=LOADER_ROLE) as connection:
        files = new_files(connection, contracts, settings.landing_dir, only_erased=True)
        for path in chain(*files):
            load_with(connection, contracts, settings.landing_dir, path)


def _hold_others(cursor: Cursor, contracts: Mapping[str, FeedContract]) -> None:
    """Let loads and publications wait: one that has begun would not know of the tombstones."""
    cursor.execute(_HOLD_PUBLICATIONS)
    for feed in sorted(contracts):
        ledger.lock_feed(cursor, feed)


def _begin(cursor: Cursor, settings: Settings, requested_by: str, reason: str) -> str:
    erasure_id = str(uuid.uuid4())
    cursor.execute(
        "insert into ops.erasures (erasure_id, requested_by, reason, key_check)"
        " values (%s, %s, %s, %s)",
        [erasure_id, requested_by, reason, key_check(settings)],
    )
    return erasure_id


def _bury(cursor: Cursor, settings: Settings, names: list[str], erasure_id: str) -> None:
    for name in names:
        cursor.execute(
            "insert into ops.tombstones (digest, erasure_id) values (%s, %s)"
            " on conflict do nothing",
            [digest(settings, TOMBSTONE, name), erasure_id],
        )


def _erase_rows(
    cursor: Cursor, contracts: Mapping[str, FeedContract], subject: Subject, erasure_id: str
) -> dict[str, int]:
    """Take the rows out of every table; return how many, where there were any."""
    rows = _erase_delivered(cursor, contracts, erasure_id)
    cursor.execute(_ERASE_DECISIONS, {"keys": list(subject.source_keys)})
    rows["ops.identity_decisions"] = cursor.rowcount
    # Values of whatever tables a gate stumbled over: the gates write them again.
    cursor.execute("delete from ops.gate_failed_rows")
    rows["ops.gate_failed_rows"] = cursor.rowcount
    rows |= erase_built(cursor, subject)
    return {table: count for table, count in rows.items() if count}


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
