"""dbt as a process: artefacts, results, and failures that say what happened."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from customer360.database.connection import connect
from customer360.publishing.publisher import publish
from customer360.publishing.results import GatesFailed
from customer360.publishing.rules import GateRules
from customer360.settings import Settings
from customer360.transformation.build import BuildBusy, build_lock, run_layer
from customer360.transformation.commands import EXIT_BUSY, EXIT_FAILED, build_warehouse
from customer360.transformation.dbt_runner import DbtFailed, run_dbt, target_dir
from customer360.transformation.layers import layer_named
from tests.integration.transformation.conftest import write_model

if TYPE_CHECKING:
    from customer360.transformation.events import Event

RULES = GateRules.model_validate({"rows": {"default": {"max_loss_share": 0.1}}})
INTERRUPTED = """
import signal
import sys
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, where tests run behind a shell
run_dbt(Settings.model_validate_json(sys.argv[1]), ["build"], "killed")
"""


def query(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    """Return what a query finds."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_results_progress_variables_and_artefacts_of_a_build(tiny: Settings) -> None:
    events: list[Event] = []
    result = run_dbt(
        tiny, ["build"], "one", variables={"as_of_date": "2025-06-30"}, on_event=events.append
    )
    assert result.build_id == "one"
    statuses = "select split_part(unique_id, '.', 3), status from ops.node_results"
    ended = dict(query(tiny, f"{statuses} where resource_type <> 'operation'"))
    assert ended == {
        "stg_customers": "success",
        "customers": "success",
        "unique_customers_id": "pass",
        "not_null_customers_id": "pass",
        "best_customers": "success",
    }
    assert {event.node_name for event in events if event.finished} == set(ended)
    assert query(tiny, "select build_id, as_of_date::text from ops.builds") == [
        ("one", "2025-06-30")
    ]
    assert (target_dir(tiny) / "manifest.json").exists()
    assert not (tiny.dbt_project_dir / "target").exists()
    assert not (tiny.dbt_project_dir / "logs").exists()


def test_failures_are_named_with_file_cause_and_remedy(tiny: Settings) -> None:
    rows = "select 1 as id, n as generation from generate_series(1, 2) as n"
    write_model(tiny.dbt_project_dir, "marts/customers", rows)
    write_model(tiny.dbt_project_dir, "marts/lonely", "select nope")
    with pytest.raises(DbtFailed) as failure:
        run_dbt(tiny, ["build"], "one")
    model, test = sorted(failure.value.problems)
    assert "model lonely (models/marts/lonely.sql)" in model
    assert 'column "nope" does not exist' in model
    assert model.endswith("dbt build --select lonely+")
    assert "test unique_customers_id (models/marts/customers.yml): Got 1 result" in test
    assert str(target_dir(tiny) / "compiled") in test
    assert test.endswith("unique_customers_id.sql")


def test_failures_are_told_without_artefacts(tiny: Settings) -> None:
    write_model(tiny.dbt_project_dir, "marts/lonely", "select nope")
    with pytest.raises(DbtFailed, match=r"(?s)model lonely \(models/marts/lonely\.sql\): .*nope"):
        run_dbt(tiny, ["build", "--no-write-json"], "one")
    assert not (target_dir(tiny) / "run_results.json").exists()


def test_project_that_cannot_be_read_says_so(tiny: Settings) -> None:
    write_model(tiny.dbt_project_dir, "marts/best_customers", "select * from {{ ref('gone') }}")
    with pytest.raises(DbtFailed, match="depends on a node named 'gone'"):
        run_dbt(tiny, ["build"], "two")


def test_second_build_is_refused_while_one_runs(tiny: Settings) -> None:
    console = Console(record=True, width=200)
    with build_lock(tiny):
        with pytest.raises(BuildBusy, match=f"process {os.getpid()} on"):
            run_layer(tiny, layer_named("staging"), "two")
        assert build_warehouse(tiny, None, console) == EXIT_BUSY
    assert "A build runs on this database since" in console.export_text()
    with build_lock(tiny):
        pass


def test_build_command_ends_with_failure(tiny: Settings) -> None:
    console = Console(record=True, width=200)
    write_model(tiny.dbt_project_dir, "staging/stg_customers", "select nope")
    assert build_warehouse(tiny, None, console) == EXIT_FAILED
    assert "model stg_customers (models/staging/stg_customers.sql)" in console.export_text()


def test_interrupted_build_leaves_no_dbt_behind_and_is_not_published(tiny: Settings) -> None:
    slow = "select id, pg_sleep(60)::text as slept from {{ ref('customers') }}"
    write_model(tiny.dbt_project_dir, "marts/best_customers", slow)
    content = tiny.model_dump_json(exclude={"database_url"})
    environment = {**os.environ, "C360_DATABASE_URL": tiny.database_url.get_secret_value()}
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, content], env=environment)
    working = (
        "select count(*) from pg_stat_activity where application_name = 'customer360-dbt' "
        "and datname = current_database() and query like '%pg_sleep%'"
    )
    wait_until(lambda: query(tiny, f"{working} and state = 'active' and pid <> pg_backend_pid()"))
    process.send_signal(signal.SIGINT)
    assert process.wait(120) != 0
    wait_until(lambda: [(1,)] if query(tiny, working) == [(0,)] else [(0,)])
    with pytest.raises(GatesFailed, match=r"complete|successful"):
        publish(tiny, rules=RULES)


def wait_until(condition: Callable[[], list[tuple[object, ...]]], seconds: float = 120) -> None:
    """Wait for a query to count something."""
    deadline = time.monotonic() + seconds
    while condition() == [(0,)]:
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_dbt_replaces_the_views_of_a_publication_by_tables(tiny: Settings) -> None:
    """Tests, docs and partial runs, under a contract, work right after a publication."""
    run_dbt(tiny, ["build"], "whole")
    publish(tiny, rules=RULES)
    for arguments in (
        ["test", "--select", "customers"],
        ["docs", "generate"],
        ["run", "--select", "best_customers"],
    ):
        run_dbt(tiny, arguments, "partial")
    kinds = "select relname, relkind from pg_class where relkind in ('r', 'v') and relnamespace ="
    assert query(tiny, f"{kinds} 'warehouse_next'::regnamespace order by 1") == [
        ("best_customers", "r"),
        ("customers", "v"),
    ]
    run_dbt(tiny, ["run", "--select", "customers"], "partial")
    assert {kind for _, kind in query(tiny, f"{kinds} 'warehouse_next'::regnamespace")} == {"r"}
    with pytest.raises(GatesFailed):
        publish(tiny, rules=RULES)
