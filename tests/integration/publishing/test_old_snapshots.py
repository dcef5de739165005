"""A transaction that began to look before a build was made never sees that build's tables empty.

At REPEATABLE READ names are looked up anew, and rows are not: after the exchange such a transaction
would find the new table under the old name, and none of its rows.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from customer360.database.connection import Connection, connect
from customer360.exporting.snapshot import open_snapshot
from customer360.publishing import publisher
from customer360.publishing.publisher import WarehouseBusy, publish, rollback
from customer360.settings import Settings
from tests.integration.publishing.conftest import RULES, Shop

_ROWS = "select count(*), max(generation) from warehouse.customers"


@contextmanager
def repeatable_reader(shop: Shop, snapshot: str | None = None) -> Iterator[Connection]:
    """A BI tool's connection whose whole transaction sees the data of one moment."""
    with connect(shop.settings, role="c360_bi") as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor = connection.cursor()
        cursor.execute("set application_name = 'nightly report'")
        if snapshot is not None:
            cursor.execute("set transaction snapshot %s", [snapshot])
        cursor.execute("select 1")
        yield connection


def rows_seen(connection: Connection) -> tuple[int, int | None]:
    """Return how many customers a transaction sees, and of which generation."""
    cursor = connection.cursor()
    cursor.execute(_ROWS)
    return cursor.fetchone() or (0, None)


def waiting(shop: Shop, seconds: int) -> Settings:
    """Return settings by which a publication waits that long for old snapshots."""
    return shop.settings.model_copy(update={"publication_wait_seconds": seconds})


@pytest.fixture
def published(shop: Shop) -> Shop:
    """A shop whose first generation is live."""
    shop.build(1)
    publish(shop.settings, rules=RULES)
    return shop


def test_the_trap_is_real(published: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wait the reader finds no rows and gets no error."""
    monkeypatch.setattr(publisher, "_require_no_old_snapshots", lambda *_: None)
    with repeatable_reader(published) as reader:
        published.build(2)
        publish(published.settings, rules=RULES)
        assert rows_seen(reader) == (0, None)


def test_publication_is_postponed_and_names_who_holds_it_up(published: Shop) -> None:
    with repeatable_reader(published) as reader:
        published.build(2)
        with pytest.raises(WarehouseBusy, match="nightly report") as refusal:
            publish(waiting(published, 0), rules=RULES)
        assert f"process {reader.get_backend_pid()}" in str(refusal.value)
        assert f"since {date.today():%Y}" in str(refusal.value)  # noqa: DTZ011 - the year will do
        assert "select 1" in str(refusal.value)
        assert rows_seen(reader) == (10, 1)
        reader.rollback()
        publish(waiting(published, 0), rules=RULES)
        assert rows_seen(reader) == (10, 2)


def test_publication_waits_for_the_end_of_such_a_transaction(published: Shop) -> None:
    with repeatable_reader(published) as reader:
        published.build(2)
        seen = []

        def read_and_end() -> None:
            seen.append(rows_seen(reader))
            reader.rollback()

        timer = threading.Timer(0.5, read_and_end)
        timer.start()
        publish(waiting(published, 60), rules=RULES)
        timer.join()
    assert seen == [(10, 1)]
    assert published.generation() == 2


def test_snapshots_of_after_the_build_hold_up_nothing(published: Shop) -> None:
    published.build(2)
    with repeatable_reader(published) as reader:
        publish(waiting(published, 0), rules=RULES)
        assert rows_seen(reader) == (10, 2)


def test_writer_that_pins_all_snapshots_holds_up_nothing_by_itself(published: Shop) -> None:
    """While a load of hours runs, every snapshot looks as old as that load."""
    with connect(published.settings) as writer:
        writer.cursor().execute("select pg_current_xact_id()")
        published.build(2)
        with repeatable_reader(published) as before:
            timer = threading.Timer(0.5, before.rollback)
            timer.start()
            # One reader after the other, so that at every moment some snapshot looks old.
            done = threading.Event()
            relay = threading.Thread(target=_read_in_turns, args=(published, done))
            relay.start()
            try:
                publish(waiting(published, 60), rules=RULES)
            finally:
                done.set()
                relay.join()
                timer.join()
    assert published.generation() == 2


def _read_in_turns(shop: Shop, done: threading.Event) -> None:
    with repeatable_reader(shop) as one, repeatable_reader(shop) as other:
        readers = [one, other]
        while not done.wait(0.02):
            readers[0].rollback()
            readers[0].cursor().execute("select 1")
            readers.reverse()


def test_snapshot_that_was_handed_on_counts_as_old(published: Shop) -> None:
    with repeatable_reader(published) as first:
        cursor = first.cursor()
        cursor.execute("select pg_export_snapshot()")
        ((snapshot,),) = cursor.fetchall()
        published.build(2)
        with repeatable_reader(published, snapshot) as second:
            first.rollback()
            with pytest.raises(WarehouseBusy, match=f"process {second.get_backend_pid()}"):
                publish(waiting(published, 0), rules=RULES)
            assert rows_seen(second) == (10, 1)


def test_export_looks_up_no_name_later_and_holds_up_nothing(published: Shop) -> None:
    with open_snapshot(published.settings, "c360_bi") as snapshot:
        published.build(2)
        publish(waiting(published, 0), rules=RULES)
        marts = {mart.name: mart for mart in snapshot.marts}
        (batch,) = snapshot.batches(marts["customers"])
        assert set(batch.column("generation").to_pylist()) == {1}


def test_rollback_asks_nobody_to_end(published: Shop) -> None:
    published.build(2)
    publish(published.settings, rules=RULES)
    with repeatable_reader(published) as reader:
        published.build(3)
        rollback(waiting(published, 0))
        assert rows_seen(reader) == (10, 1)
