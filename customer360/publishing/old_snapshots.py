"""Who still looks at the database as it was before a build was made.

At REPEATABLE READ Postgres looks names up as they are now, and rows as they were when the
transaction took its snapshot: after an exchange it would find the new table under the old name, and
that table empty. So a publication first waits until no such transaction is left. Of a statement
that runs at READ COMMITTED the server does not tell that it is harmless, so it counts as well.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from customer360.database.connection import Connection

NAMES_ARE_KNOWN = "hashtext('customer360'), hashtext('names are known')"
_SECONDS_BETWEEN_LOOKS = 0.2
_SHOWN = 5

# The results of a build are recorded after its last table is whole, so a snapshot in which that
# transaction was over sees all of its rows. Other databases' sessions cannot read these tables.
_HOLDERS = """
    with build as (
        select min(age(xmin)) as transactions_ago from ops.node_results where build_id = %s
    )
    select
        locks.virtualtransaction,
        activity.pid,
        coalesce(activity.application_name, ''),
        activity.xact_start,
        coalesce(left(activity.query, 80), ''),
        age(activity.backend_xmin) > age((%s)::text::xid8::xid)
    from pg_stat_activity as activity
    inner join pg_locks as locks
        on activity.pid = locks.pid and locks.locktype = 'virtualxid' and locks.granted
    cross join build
    where
        activity.datname = current_database()
        and activity.pid <> pg_backend_pid()
        and activity.backend_type is distinct from 'autovacuum worker'
        and activity.backend_type is distinct from 'parallel worker'
        and locks.virtualxid = locks.virtualtransaction
        and age(activity.backend_xmin) > build.transactions_ago
        and not exists (
            select 1 from pg_locks as known
            where
                known.pid = activity.pid
                and known.locktype = 'advisory'
                and known.granted
                and known.database = activity.datid
                and known.classid = hashtext('customer360')::oid
                and known.objid = hashtext('names are known')::oid
        )
"""


@dataclass(frozen=True)
class Holder:
    """A transaction with a snapshot from before the build."""

    transaction: str
    pid: int
    application: str
    since: datetime | None
    query: str
    is_older_than_all: bool

    def __str__(self) -> str:
        """Say who it is; what the server hides from us stays out."""
        since = f" since {self.since:%Y-%m-%d %H:%M:%S %Z}" if self.since else ""
        query = f": {' '.join(self.query.split())}" if self.query else ""
        return f"process {self.pid} ({self.application or 'no application name'}){since}{query}"


def await_end_of_old_snapshots(
    connection: Connection, build_id: str, seconds: float
) -> list[Holder]:
    """Wait at most `seconds` until no snapshot predates the build; return whose still do.

    A transaction that began after the first look took its snapshot after the build, even where a
    long load makes all snapshots look old. Only one that was handed on by another session is older
    than any that can be taken by then.
    """
    deadline = time.monotonic() + seconds
    oldest_running = _oldest_running(connection)
    holders = _look(connection, build_id, oldest_running)
    known = {holder.transaction for holder in holders}
    while holders and time.monotonic() < deadline:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        found = _look(connection, build_id, oldest_running)
        holders = [one for one in found if one.transaction in known or one.is_older_than_all]
    return holders


def held_up_by(holders: list[Holder]) -> str:
    """Return a sentence on who holds a publication up and what to do."""
    more = len(holders) - _SHOWN
    names = [str(holder) for holder in holders[:_SHOWN]]
    return (
        "Transactions that began before this build would find its tables empty, so it waits: "
        + "; ".join([*names, f"{more} more"] if more > 0 else names)
        + ". The warehouse is as it was. Let them end, then publish again; "
        "C360_PUBLICATION_WAIT_SECONDS says how long a publication waits for that."
    )


def _oldest_running(connection: Connection) -> str:
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text")
        ((found,),) = cursor.fetchall()
    return str(found)


def _look(connection: Connection, build_id: str, oldest_running: str) -> list[Holder]:
    """Look once, in a transaction of its own: the server shows each the activity at its start."""
    with connection, connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [build_id, oldest_running])
        return [Holder(*row) for row in cursor.fetchall()]
