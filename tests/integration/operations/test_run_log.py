"""The run log holds each attempt of a task beside dbt's nodes, and the status names what is red."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from customer360.operations.callbacks import task_ended
from customer360.operations.status import age_text, read_status, status_lines
from customer360.publishing import gates
from customer360.publishing.gates import override_gates
from customer360.publishing.publisher import publish
from tests.integration.publishing.conftest import RULES, Shop, shop

__all__ = ["shop"]

LOAD = "ingest_landing_files.load_files"
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
SECRET = "pl4nted-s3cret"  # noqa: S105 - planted


def context(
    task: str,
    minutes_ago: float,
    error: str | None = None,
    *,
    build_id: str | None = None,
    attempt: int = 1,
) -> dict[str, Any]:
    """Return what Airflow hands to a callback; the attempt took half a minute."""
    dag_id, task_id = task.split(".")
    ended_at = NOW - timedelta(minutes=minutes_ago)
    instance = SimpleNamespace(
        dag_id=dag_id,
        run_id="manual__1",
        task_id=task_id,
        map_index=-1,
        try_number=attempt,
        start_date=ended_at - timedelta(seconds=30),
        end_date=ended_at,
        log_url="http://127.0.0.1:8080/log",
        xcom_pull=lambda task_ids: build_id if task_ids == "start_build" else None,
    )
    return {"ti": instance, "exception": ValueError(error) if error else None}


def status_text(shop: Shop) -> str:
    """Return what `customer360 status` prints."""
    console = Console(record=True, width=120)
    for part in status_lines(read_status(shop.settings, NOW), NOW):
        console.print(part)
    return console.export_text()


def test_nothing_happened_yet(shop: Shop) -> None:
    text = status_text(shop)
    assert "Nothing is published yet." in text
    assert "Last run of each DAG: nothing yet" in text


def test_run_log_shows_tasks_and_models_of_one_run(shop: Shop) -> None:
    build_id = shop.build(1)
    task_ended(shop.settings, context("build_warehouse.marts", 5, build_id=build_id), "success")
    log = shop.rows("select kind, name, run_id, state, seconds from ops.run_log order by 1, 2")
    assert ("task", "marts", "manual__1", "success", 30) in log
    assert ("model", "customers", "manual__1", "success", 1) in log
    assert len(log) == 6


def test_red_task_is_told_until_it_succeeds(shop: Shop) -> None:
    settings = shop.settings
    message = f"no route to postgresql://me:{SECRET}@host/db\nsecond line"
    first = context(LOAD, 3, message)
    task_ended(settings, first, "up_for_retry")
    assert "Nothing needs you." in status_text(shop)
    task_ended(
        settings,
        context(LOAD, 2, message, attempt=2),
        "failed",
    )
    text = status_text(shop)
    assert "! ingest_landing_files · load_files failed 2 minutes ago: no route to" in text
    assert "second line" not in text
    recorded = shop.rows("select state, try_number, message from ops.task_runs order by 2")
    assert [row[:2] for row in recorded] == [("up_for_retry", 1), ("failed", 2)]
    assert SECRET not in str(recorded)
    again = context(LOAD, 1, attempt=3)
    task_ended(settings, again, "success")
    assert "Nothing needs you." in status_text(shop)


def test_gate_in_the_way_and_then_its_override_are_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "load_rules", lambda: RULES)
    shop.build(1, rows=10)
    publish(shop.settings)
    assert "Readers see build build-1" in status_text(shop)
    shop.build(2, rows=8, amount=9)
    gates.evaluate_gates(shop.settings)
    assert "! Gate rows:customers stands in the way: 8 rows; live: 10." in status_text(shop)
    override_gates(shop.settings, ["all"], "the old shop is closed")
    publish(shop.settings)
    text = status_text(shop)
    assert "stands in the way" not in text
    assert "! Gate rows:customers of the live build was overridden by" in text
    assert "the old shop is closed" in text
    shop.build(3, rows=8, amount=9)
    publish(shop.settings)
    assert "Nothing needs you." in status_text(shop)


def test_database_that_is_away_turns_no_task_red(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    away = shop.settings.model_copy(update={"database_url": None})
    task_ended(away, context("export_marts.export", 1), "success")
    assert "ops.task_runs lacks this attempt" in caplog.text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "5 seconds"), (119, "119 seconds"), (7199, "119 minutes"), (200_000, "2 days")],
)
def test_ages_are_told_in_one_unit(seconds: float, text: str) -> None:
    assert age_text(NOW, NOW - timedelta(seconds=seconds)) == text
