"""A build: all layers in order under one build id, one build at a time."""

import os
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from customer360.database.connection import Connection, connect
from customer360.identity.step import COMPARED, is_trained, learn_weights
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtResult, run_dbt
from customer360.transformation.events import Event
from customer360.transformation.layers import Layer

_TAKE_LOCK = "select pg_try_advisory_lock(hashtext('customer360'), hashtext('build'))"
_HOLDER = """
    select activity.application_name, date_trunc('second', activity.backend_start)
    from pg_locks as locks
    inner join pg_stat_activity as activity on locks.pid = activity.pid
    inner join pg_database as databases on locks.database = databases.oid
    where
        locks.locktype = 'advisory'
        and locks.granted
        and locks.classid = hashtext('customer360')::oid
        and locks.objid = hashtext('build')::oid
        and databases.datname = current_database()
"""


class BuildBusy(Exception):  # noqa: N818 - the name says what happened
    """Another build runs on this database; trying again later helps."""


def new_build_id(now: datetime | None = None) -> str:
    """Return an id that sorts by time and is unique, such as 20260131T235959Z-1f2e3d4c."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


@contextmanager
def build_lock(settings: Settings) -> Iterator[Connection]:
    """Hold the lock that keeps two builds apart, on a connection of our own, which is handed out.

    The server lets the lock go when the last process that has the connection open ends: a killed
    build leaves none behind, and a dbt that outlives it by a moment still keeps others away. It
    does not wait: a second build of the same raw rows is of no use and had better say so.

    Raises:
        BuildBusy: if another process holds it; the message names that process.
    """
    with connect(settings) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select set_config('application_name', %s, false)", [_process_name()])
            cursor.execute(_TAKE_LOCK)
            if cursor.fetchone() != (True,):
                raise BuildBusy(_busy_message(connection))
        yield connection


def _process_name() -> str:
    return f"customer360 build, process {os.getpid()} on {socket.gethostname()}"[:63]


def _busy_message(connection: Connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER)
        holder = cursor.fetchone()
    if holder is None:
        return "Another build has just ended: run this one again."
    name, since = holder
    return f"A build runs on this database since {since} ({name}): wait for its end, or end it."


def run_layer(
    settings: Settings,
    layer: Layer,
    build_id: str,
    *,
    variables: Mapping[str, object] | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> DbtResult:
    """Run one layer under the build lock; a task of its own may run each.

    Raises:
        BuildBusy: if another build runs.
        DbtFailed: if a model or test failed.
    """
    with build_lock(settings) as lock:
        return run_locked_layer(
            settings, layer, build_id, lock.fileno(), variables=variables, on_event=on_event
        )


def run_locked_layer(  # noqa: PLR0913 - what dbt takes, and what the caller sees of it
    settings: Settings,
    layer: Layer,
    build_id: str,
    lock: int,
    *,
    variables: Mapping[str, object] | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> DbtResult:
    """Run one layer for who holds the build lock, whose connection has the descriptor `lock`.

    A database's first build stops halfway through a layer that reads match weights, to learn them
    from what is compared by then.

    Raises:
        DbtFailed: if a model or test failed.
    """

    def run(arguments: Sequence[str]) -> DbtResult:
        return run_dbt(
            settings, arguments, build_id, variables=variables, on_event=on_event, lock=lock
        )

    if not layer.reads_weights or is_trained(settings):
        return run(layer.arguments())
    compared = run(layer.arguments(selection=COMPARED))
    learn_weights(settings)
    rest = run(layer.arguments(excluded=COMPARED))
    return replace(rest, seconds=compared.seconds + rest.seconds)
