"""What the ingest's own tasks decide: when a build starts, and when a run turns red."""

from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from customer360.database.connection import connect
from customer360.publishing.freshness import unpublished_batches
from customer360.settings import Settings, get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import DAG

LOADED = {"status": "loaded", "file_name": "a.csv", "message": ""}
SKIPPED = {"status": "skipped", "file_name": "b.csv", "message": "loaded before"}
SHOP = {"source": "shop", "paths": ["a.csv"]}
STORES = {"source": "stores", "paths": ["b.csv"]}
REJECTED = {
    "status": "rejected",
    "file_name": "c.csv",
    "message": "c.csv, line 1: no column email. Ask the sender to add it.",
}


@pytest.fixture
def ingest(dags: "dict[str, DAG]") -> "Callable[[str], Callable[..., Any]]":
    """Return the Python function behind a task."""
    return lambda task_id: dags["ingest_landing_files"].get_task(task_id).python_callable


@pytest.fixture
def settings(database: Settings, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Settings]":
    """Settings of a fresh database, which tasks find too."""
    assert database.database_url is not None
    monkeypatch.setenv("C360_DATABASE_URL", database.database_url.get_secret_value())
    get_settings.cache_clear()
    yield database
    get_settings.cache_clear()


def execute(settings: Settings, *statements: str) -> None:
    with connect(settings) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        connection.commit()


def add_batch(settings: Settings, sha: str, status: str, finished_at: str) -> None:
    execute(
        settings,
        f"""
        insert into ops.load_batches
            (feed, file_name, file_sha256, file_bytes, status, rows_in_file, rows_loaded,
             rows_quarantined, started_at, finished_at, contract_sha256)
        values
            ('shop.customers', '{sha}.csv', repeat('{sha}', 64), 1, '{status}', 1,
             {int(status != "rejected")}, {int(status == "rejected")},
             '{finished_at}', '{finished_at}', repeat('f', 64))
        """,
    )


def add_publication(settings: Settings, build_id: str, started_at: str, kind: str) -> None:
    execute(
        settings,
        f"""
        insert into ops.builds (build_id, invocation_id, dbt_command, started_at)
        values ('{build_id}', '{build_id}-{kind}', 'build', '{started_at}')
        """,
        f"""
        insert into ops.publications (build_id, kind, table_rows)
        values ('{build_id}', '{kind}', '{{}}')
        """,
    )


def test_loads_are_unpublished_until_a_later_build_is_published(settings: Settings) -> None:
    assert unpublished_batches(settings) == 0
    add_batch(settings, "a", "loaded", "2026-01-01 10:00Z")
    assert unpublished_batches(settings) == 1
    add_publication(settings, "early", "2026-01-01 09:00Z", "publish")
    assert unpublished_batches(settings) == 1
    add_publication(settings, "late", "2026-01-01 11:00Z", "publish")
    assert unpublished_batches(settings) == 0
    add_batch(settings, "b", "rejected", "2026-01-01 12:00Z")
    assert unpublished_batches(settings) == 0
    add_batch(settings, "c", "replayed", "2026-01-01 12:00Z")  # rows out of quarantine
    assert unpublished_batches(settings) == 1


def test_a_rollback_does_not_call_for_a_build(settings: Settings) -> None:
    add_batch(settings, "a", "loaded", "2026-01-01 10:00Z")
    add_publication(settings, "early", "2026-01-01 09:00Z", "publish")
    add_publication(settings, "late", "2026-01-01 11:00Z", "publish")
    execute(
        settings,
        "insert into ops.publications (build_id, kind, table_rows) "
        "values ('early', 'rollback', '{}')",
    )
    assert unpublished_batches(settings) == 0


def test_the_asset_is_emitted_for_what_was_loaded(
    settings: Settings, ingest: "Callable[[str], Callable[..., Any]]"
) -> None:
    announce = ingest("announce_loaded_data")
    announce([[LOADED, REJECTED]])  # the good file does not wait for the bad one
    announce([[SKIPPED], [LOADED]])
    for results in ([], [SKIPPED], [REJECTED]):
        with pytest.raises(AirflowSkipException, match="Nothing new"):
            announce([results, results])
    add_batch(settings, "a", "loaded", "2026-01-01 10:00Z")
    announce([])  # loaded by an earlier run whose build was never published


def test_a_rejection_turns_the_run_red_with_its_message(
    ingest: "Callable[[str], Callable[..., Any]]",
) -> None:
    report = ingest("report_rejected_files")
    report([], [])
    report([SHOP, STORES], [[LOADED], [SKIPPED]])
    with pytest.raises(AirflowFailException) as failure:
        report([SHOP, STORES], [[LOADED], [REJECTED]])
    assert str(failure.value) == REJECTED["message"]


def test_a_file_that_never_loaded_turns_the_run_red(
    ingest: "Callable[[str], Callable[..., Any]]",
) -> None:
    with pytest.raises(AirflowFailException, match="1 of 2 files are not known to be loaded"):
        ingest("report_rejected_files")([SHOP, STORES], [[LOADED]])
