"""Readers neither wait for a publication nor hold it up, and a statement sees one generation."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from customer360.database.connection import Connection, connect
from customer360.publishing import publisher
from customer360.publishing.publisher import publish, rollback
from tests.integration.publishing.conftest import RULES, Shop

_GENERATION = "select min(generation), max(generation) from warehouse.customers"


@contextmanager
def reader(shop: Shop) -> Iterator[Connection]:
    """A BI tool's connection; its statements may not take longer than a second."""
    with connect(shop.settings, role="c360_bi") as connection:
        connection.cursor().execute("set statement_timeout = '1s'; set lock_timeout = '1s'")
        connection.commit()
        yield connection


def test_open_transaction_neither_blocks_nor_is_blocked(shop: Shop) -> None:
    shop.build(1)
    publish(shop.settings, rules=RULES)
    shop.build(2)
    with reader(shop) as connection, connection.cursor() as cursor:
        cursor.execute(_GENERATION)
        assert cursor.fetchall() == [(1, 1)]
        started = time.monotonic()
        assert publish(shop.settings, rules=RULES).warnings == ()
        assert time.monotonic() - started < 2
        cursor.execute(_GENERATION)
        assert cursor.fetchall() == [(2, 2)]


def test_result_that_is_being_fetched_stays_of_its_generation(shop: Shop) -> None:
    shop.build(1, rows=50_000)
    publish(shop.settings, rules=RULES)
    shop.build(2, rows=50_000)
    with reader(shop) as connection, connection.cursor("slow") as cursor:
        cursor.itersize = 1000
        cursor.execute("select generation from warehouse.customers")
        seen = [cursor.fetchone()]
        publish(shop.settings, rules=RULES)
        seen += cursor.fetchall()
    assert len(seen) == 50_000
    assert set(seen) == {(1,)}


def test_reader_of_a_retired_generation_delays_its_end_only(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "_LOCK_TIMEOUT", "100ms")
    shop.build(1)
    publish(shop.settings, rules=RULES)
    with reader(shop) as connection, connection.cursor() as cursor:
        cursor.execute(_GENERATION)
        for generation in (2, 3):
            shop.build(generation)
            publication = publish(shop.settings, rules=RULES)
        (warning,) = publication.warnings
        assert "warehouse_retired_3 stays until the next publication" in warning
        assert shop.generation() == 3
    shop.build(4)
    assert publish(shop.settings, rules=RULES).warnings == ()
    assert shop.schemas() == {"warehouse", "warehouse_next", "warehouse_previous"}


def test_no_statement_fails_or_sees_two_generations_while_they_change(shop: Shop) -> None:
    for generation in (1, 2):
        shop.build(generation)
        publish(shop.settings, rules=RULES)
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def read() -> None:
        with reader(shop) as connection, connection.cursor() as cursor:
            while not done.is_set():
                cursor.execute(_GENERATION)
                seen.extend(cursor.fetchall())
                connection.commit()

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(20):
        rollback(shop.settings)
    done.set()
    thread.join()
    assert {(1, 1), (2, 2)} == set(seen)
