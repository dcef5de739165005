"""How far a feed was pulled: `ops.pull_steps`, and one process at a time."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from customer360.database.connection import Connection
from customer360.extracting.definitions import Pull
from customer360.extracting.outcomes import Piece, PullBusy

# Of the newest run: where it stands. Of the newest complete one: where the next one starts.
_NEWEST = """
    select run_id::text, definition_sha256, watermark_from, watermark_seen, next_position
    from ops.pull_steps where feed = %(feed)s order by step_id desc limit 1
"""
_COMPLETE = """
    select watermark_seen from ops.pull_steps
    where feed = %(feed)s and is_complete order by step_id desc limit 1
"""
_INSERT = """
    insert into ops.pull_steps (
        feed, run_id, definition_sha256, watermark_from, watermark_seen, next_position,
        is_complete, file_name, file_sha256, source_name, source_sha256, rows_pulled
    ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_LAST_READ = """
    select source_sha256 from ops.pull_steps
    where feed = %s and source_name = %s order by step_id desc limit 1
"""
# Whether the same bytes came in this run or in the one before, and whether they ever came.
_BYTES = """
    select
        coalesce(bool_or(run_id = %(run_id)s or run_id = (
            select run_id from ops.pull_steps
            where feed = %(feed)s and run_id <> %(run_id)s
            order by step_id desc limit 1
        )), false),
        count(*) > 0
    from ops.pull_steps where feed = %(feed)s and file_sha256 = %(sha256)s
"""

Position = dict[str, Any]


@dataclass(frozen=True)
class State:
    """A run of a pull: since when it asks, what it saw, and where it goes on (None: start)."""

    run_id: str
    watermark_from: str | None
    watermark_seen: str | None
    position: Position | None


class Progress:
    """The steps of one feed, over a connection that holds the feed's lock."""

    def __init__(self, connection: Connection, pull: Pull) -> None:
        self._connection = connection
        self._pull = pull

    def state(self, *, full: bool = False) -> State:
        """Return the run to go on with, or a new one that starts where the last one ended.

        With `full` it starts anew and asks for everything.
        """
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(_NEWEST, {"feed": self._pull.feed})
            newest = cursor.fetchone()
            cursor.execute(_COMPLETE, {"feed": self._pull.feed})
            complete = cursor.fetchone()
        if not full and newest and newest[4] is not None and newest[1] == self._pull.sha256:
            run_id, _, since, seen, position = newest
            return State(run_id, since, seen, position)
        since = complete[0] if complete and not full else None
        return State(str(uuid.uuid4()), since, since, None)

    def restarted(self, state: State) -> State:
        """Return a new run over the same ground."""
        return replace(
            state,
            run_id=str(uuid.uuid4()),
            watermark_seen=state.watermark_from,
            position=None,
        )

    def record(
        self, state: State, piece: Piece | None, *, source: tuple[str, str] | None = None
    ) -> None:
        """Write down a step, with name and digest of the export file it read, if any; commit.

        A state without position is the end of its run.
        """
        position = None if state.position is None else json.dumps(state.position)
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(
                _INSERT,
                [
                    self._pull.feed,
                    state.run_id,
                    self._pull.sha256,
                    state.watermark_from,
                    state.watermark_seen,
                    position,
                    position is None,
                    piece and piece.file_name,
                    piece and piece.sha256,
                    *(source or (None, None)),
                    piece.rows if piece else 0,
                ],
            )

    def has_read(self, name: str, sha256: str) -> bool:
        """Tell whether an export file holds what it held when it was read last."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(_LAST_READ, [self._pull.feed, name])
            return cursor.fetchone() == (sha256,)

    def judge(self, run_id: str, sha256: str) -> Literal["new", "unchanged", "returned"]:
        """Tell whether bytes are new, came in the last run too, or came back after others."""
        arguments = {"feed": self._pull.feed, "run_id": run_id, "sha256": sha256}
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(_BYTES, arguments)
            is_unchanged, is_known = cursor.fetchone() or (False, False)
        if is_unchanged:
            return "unchanged"
        return "returned" if is_known else "new"


@contextmanager
def open_progress(connection: Connection, pull: Pull) -> Iterator[Progress]:
    """Lock a feed for pulling; the connection must stay open as long.

    Raises:
        PullBusy: if another process has the lock.
    """
    key = f"pulling.{pull.feed}"
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        if cursor.fetchone() != (True,):
            raise PullBusy(f"{pull.feed} is being pulled by another process: wait for it to end.")
    yield Progress(connection, pull)
