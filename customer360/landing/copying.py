"""Sends rows to Postgres by COPY while another thread prepares the next ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Full, Queue
from threading import Event, Thread

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class
from psycopg2.sql import SQL, Identifier, Literal

from customer360.landing.outcomes import Block, Records

_BUFFER_BYTES = 256 * 1024
_BLOCKS_AHEAD = 8
_STOP_CHECK_SECONDS = 0.1
_END = b""


@dataclass
class Tally:
    """What was seen of a file. The preparing thread counts; read it when COPY has ended."""

    rows: int = 0
    unknown_columns: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, tuple[int, int]] = field(default_factory=dict)

    def count(self, block: Block) -> None:
        """Add a block; of each reason the number of rows and the first line are kept."""
        self.rows += block.rows
        self.unknown_columns.update(dict.fromkeys(block.unknown_columns))
        for row in block.bad_rows:
            count, first_line = self.reasons.get(row.reason, (0, row.line))
            self.reasons[row.reason] = (count + 1, first_line)


class _Feeder:
    """A file-like object for COPY over payloads that another thread prepares a few ahead."""

    def __init__(self, payloads: Iterator[bytes]) -> None:
        self.failure: BaseException | None = None
        self._queue: Queue[bytes] = Queue(_BLOCKS_AHEAD)
        self._stopped = Event()
        self._thread = Thread(target=self._prepare, args=(payloads,), name="landing-reader")
        self._thread.start()

    def read(self, _size: int = -1, /) -> bytes:
        """Return the next payload, empty at the end."""
        payload = self._queue.get()
        if self.failure is not None and payload is _END:
            raise self.failure  # ends COPY; psycopg2 keeps only the text of it
        return payload

    def readline(self, _size: int = -1, /) -> bytes:
        """COPY asks files for this method, and never calls it."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the preparing thread, whether or not it came to the end."""
        self._stopped.set()
        self._thread.join()

    def _prepare(self, payloads: Iterator[bytes]) -> None:
        try:
            for payload in filter(None, payloads):
                if not self._put(payload):
                    return
        except BaseException as error:
            self.failure = error
        self._put(_END)

    def _put(self, payload: bytes) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(payload, timeout=_STOP_CHECK_SECONDS)
            except Full:
                continue
            return True
        return False


def copy_rows(
    cursor: Cursor, table: Identifier, records: Records, take: Callable[[Block], None]
) -> int:
    """COPY the good rows of a file into its raw table; return how many the server took.

    `take` is called with every block, in the preparing thread.

    Raises:
        FileRejected: if the file breaks its contract further on.
        psycopg2.Error: if the server refuses the rows or goes away.
    """
    feeder = _Feeder(_payloads(records, take))
    try:
        cursor.copy_expert(_statement(cursor, table, records), feeder, size=_BUFFER_BYTES)
    except psycopg2.Error:
        if feeder.failure is not None:
            raise feeder.failure from None
        raise
    finally:
        feeder.stop()
    return cursor.rowcount


def _payloads(records: Records, take: Callable[[Block], None]) -> Iterator[bytes]:
    for block in records.blocks:
        take(block)
        yield block.payload


def _statement(cursor: Cursor, table: Identifier, records: Records) -> str:
    columns = map(Identifier, ("_line", *records.columns))
    return (
        SQL("copy {} ({}) from stdin with (format csv, delimiter {}, encoding 'UTF8')")
        .format(table, SQL(", ").join(columns), Literal(records.delimiter))
        .as_string(cursor)
    )
