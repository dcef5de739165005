"""Fifty readers at once, with open transactions and long queries, while generations change.

A statement that joins marts and is parsed in the very microseconds of an exchange may see both
generations (docs/decisions/0004): it is counted and bounded here, and must never happen to readers
that take the lock which decision names.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from customer360.database.connection import Connection, connect
from customer360.publishing.publisher import publish, rollback
from customer360.settings import Settings
from tests.faults.conftest import await_no_leftovers, is_long
from tests.integration.publishing.conftest import MARTS, RULES, Shop

READERS = 50
SWAPS_BETWEEN_BUILDS = 20
MOST_MIXED = 0.001
_LOCK = "select pg_advisory_xact_lock_shared(hashtext('customer360'), hashtext('publication'))"
_ONE = "select count(*), min(generation), max(generation) from warehouse.customers"
_JOINED = """
    select count(*), min(least(customers.generation, transactions.generation)),
        max(greatest(customers.generation, transactions.generation))
    from warehouse.customers inner join warehouse.transactions using (id)
"""
_LONG = f"select found.* from ({_ONE}) as found cross join lateral pg_sleep(0.2)"


class Readers:
    """BI tools that read all the time, each in its way, and note what they saw."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._done = threading.Event()
        self.statements: Counter[str] = Counter()
        self.mixed: Counter[str] = Counter()
        self.failures: list[str] = []
        ways = (self._join, self._join_locked, self._long, self._repeatable, self._cursor)
        self._threads = [
            threading.Thread(target=self._read, args=(ways[number % len(ways)], number))
            for number in range(READERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _read(self, way: Callable[[Connection], None], number: int) -> None:
        rng = random.Random(number)
        with connect(self._settings, role="c360_bi") as connection:
            connection.cursor().execute("set statement_timeout = '60s'")
            connection.commit()
            while not self._done.is_set():
                try:
                    way(connection)
                except Exception as error:
                    self.failures.append(repr(error))
                    connection.rollback()
                if rng.random() < 0.5:  # half of the time the transaction stays open
                    connection.rollback()

    def _see(self, connection: Connection, way: str, query: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(query)
            ((rows, lowest, highest),) = cursor.fetchall()
        self.statements[way] += 1
        self.mixed[way] += lowest != highest
        if rows != 10:
            self.failures.append(f"{way}: {rows} rows of generation {lowest}")

    def _join(self, connection: Connection) -> None:
        self._see(connection, "join", _JOINED)

    def _join_locked(self, connection: Connection) -> None:
        connection.rollback()
        connection.cursor().execute(_LOCK)
        for _ in range(3):
            self._see(connection, "join under the lock", _JOINED)
        connection.rollback()

    def _long(self, connection: Connection) -> None:
        self._see(connection, "long", _LONG)

    def _repeatable(self, connection: Connection) -> None:
        connection.rollback()
        connection.cursor().execute("set transaction isolation level repeatable read")
        for _ in range(3):
            self._see(connection, "repeatable read", _ONE)
            time.sleep(0.05)
        connection.rollback()

    def _cursor(self, connection: Connection) -> None:
        connection.rollback()
        with connection.cursor("slow") as cursor:
            cursor.itersize = 2
            cursor.execute("select generation from warehouse.customers")
            seen = []
            for (generation,) in cursor:
                seen.append(generation)
                time.sleep(0.01)
        self.statements["cursor"] += 1
        self.mixed["cursor"] += len(set(seen)) != 1
        if len(seen) != 10:
            self.failures.append(f"cursor: {len(seen)} rows")


@pytest.mark.timeout(7200)
def test_readers_never_fail_and_never_hold_up_a_swap(database: Settings) -> None:
    shop = Shop(database.model_copy(update={"publication_wait_seconds": 60}), count(1))
    for generation in (1, 2):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
    readers = Readers(shop.settings)
    readers.start()
    seconds = []
    try:
        for swap in range(1, (1_000 if is_long() else 40) + 1):
            if swap % SWAPS_BETWEEN_BUILDS == 0:
                shop.build(2 + swap)
                publish(shop.settings, rules=RULES)
                continue
            started = time.monotonic()
            rollback(shop.settings)
            seconds.append(time.monotonic() - started)
    finally:
        readers.stop()
    _report(readers, seconds)
    assert readers.failures == []
    assert all(readers.statements[way] for way in ("join", "long", "repeatable read", "cursor"))
    plain = readers.mixed.pop("join", 0)
    assert plain <= max(1, MOST_MIXED * readers.statements["join"])
    assert +readers.mixed == Counter()
    shop.build(9_999)
    assert publish(shop.settings, rules=RULES).warnings == ()
    assert shop.schemas() == {"warehouse", "warehouse_next", "warehouse_previous"}
    assert shop.relations("warehouse_next") == dict.fromkeys(MARTS, "v")
    await_no_leftovers(shop.settings)


def _report(readers: Readers, seconds: list[float]) -> None:
    """Print what was measured; `pytest -rP` shows it."""
    print(f"rollbacks: {len(seconds)}, longest {max(seconds):.3f} s")  # noqa: T201
    for way, statements in readers.statements.items():
        print(f"{way}: {statements} statements, {readers.mixed[way]} mixed")  # noqa: T201
