"""The DAGs' wiring: what starts them, in which order their tasks run, and which are tried again."""

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from airflow.providers.standard.exceptions import HITLTimeoutError
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import RetryAction, TriggerRule

from customer360.exporting.outcomes import ExportBusy
from customer360.extracting.outcomes import PullBusy, PullFailed, SourceUnavailable
from customer360.publishing.publisher import WarehouseBusy
from customer360.publishing.results import GatesFailed
from customer360.settings import PROJECT_DIR
from customer360.transformation.build import BuildBusy
from customer360.transformation.dbt_runner import DbtFailed
from customer360.transformation.layers import EVALUATION_STEP, LAYERS, MODELS_STEP
from customer360.transformation.trouble import DatabaseTroubleError, raise_database_trouble

if TYPE_CHECKING:
    from airflow.sdk import DAG

    Dags = dict[str, DAG]

DAG_IDS = [
    "build_warehouse",
    "erase_customer",
    "export_marts",
    "generate_sample_data",
    "ingest_landing_files",
    "pull_sources",
]


def edges(dag: "DAG") -> dict[str, set[str]]:
    return {task.task_id: set(task.downstream_task_ids) for task in dag.tasks}


def as_list(callbacks: "Any") -> "list[Any]":
    """Return the callbacks of a task; a mapped one has a single one as it is."""
    return list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]


def outlets(dag: "DAG") -> dict[str, list[str]]:
    return {
        task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks if task.outlets
    }


def test_every_file_makes_its_dag(dags: "Dags") -> None:
    assert sorted(dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_dag_runs_once_at_a_time_and_explains_itself(dags: "Dags", dag_id: str) -> None:
    dag = dags[dag_id]
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.is_paused_upon_creation is False
    for part in ("**Owner:**", "**Tells:**", "**When it is red**"):
        assert part in dag.doc_md
    assert {task.owner for task in dag.tasks} == {"customer360"}


def test_assets_lead_from_generation_over_ingest_and_build_to_extracts(dags: "Dags") -> None:
    def starts_on(dag_id: str) -> list[str]:
        return [asset.name for asset in dags[dag_id].timetable.asset_condition.objects]

    assert dags["generate_sample_data"].schedule is None
    assert outlets(dags["generate_sample_data"]) == {"generate_files": ["c360_landing_files"]}
    assert starts_on("ingest_landing_files") == ["c360_landing_files"]
    assert outlets(dags["ingest_landing_files"]) == {"announce_loaded_data": ["c360_raw_data"]}
    assert starts_on("build_warehouse") == ["c360_raw_data"]
    assert outlets(dags["build_warehouse"]) == {"publish": ["c360_warehouse"]}
    assert starts_on("export_marts") == ["c360_warehouse"]
    assert outlets(dags["pull_sources"]) == {"announce_pulled_files": ["c360_landing_files"]}


def test_what_was_pulled_is_announced_also_where_another_feed_failed(dags: "Dags") -> None:
    dag = dags["pull_sources"]
    assert edges(dag) == {
        "list_pulled_feeds": {"pull_feed"},
        "pull_feed": {"announce_pulled_files"},
        "announce_pulled_files": set(),
    }
    assert dag.get_task("announce_pulled_files").trigger_rule == TriggerRule.ALL_DONE
    assert dag.schedule is None


def test_nobody_is_erased_who_was_not_approved(dags: "Dags") -> None:
    dag = dags["erase_customer"]
    assert dag.schedule is None
    assert edges(dag) == {"count_held_rows": {"approve"}, "approve": {"erase"}, "erase": set()}
    assert dag.get_task("erase").trigger_rule == TriggerRule.ALL_SUCCESS
    assert not any(dag.params.get_param(name).has_value for name in ("customer_id", "reason"))


def test_no_answer_is_no_approval_and_is_not_asked_for_again(dags: "Dags") -> None:
    approve = dags["erase_customer"].get_task("approve")
    assert isinstance(approve, ApprovalOperator)
    assert approve.response_timeout == timedelta(days=7)
    assert approve.defaults is None
    event = {"error": "the time is over", "error_type": "timeout"}
    with pytest.raises(HITLTimeoutError) as timeout:
        approve.execute_complete({}, event)
    assert approve.retry_policy.evaluate(timeout.value, 1, 3).action is RetryAction.FAIL


def test_rejections_are_reported_after_good_input_is_announced(dags: "Dags") -> None:
    dag = dags["ingest_landing_files"]
    assert edges(dag) == {
        "list_pending_files": {"load_files", "report_rejected_files"},
        "load_files": {"announce_loaded_data", "report_rejected_files"},
        "announce_loaded_data": {"report_rejected_files"},
        "report_rejected_files": set(),
    }
    for task_id in ("announce_loaded_data", "report_rejected_files"):
        assert dag.get_task(task_id).trigger_rule == TriggerRule.ALL_DONE


def test_source_systems_load_side_by_side(dags: "Dags") -> None:
    load_files = dags["ingest_landing_files"].get_task("load_files")
    assert load_files.is_mapped
    assert load_files.max_active_tis_per_dagrun is None


def test_layers_then_gates_then_publication(dags: "Dags") -> None:
    following = edges(dags["build_warehouse"])
    layers = [layer.name for layer in LAYERS]
    layers.insert(layers.index("intermediate"), EVALUATION_STEP)
    layers.insert(layers.index("marts"), MODELS_STEP)
    order = ["start_build", *layers, "check_gates", "publish"]
    assert set(following) == set(order)
    for task_id, next_id in pairwise(order):
        assert next_id in following[task_id]
    assert following["publish"] == set()
    # Only start_build has other edges: every task takes the build's id from it.
    for task_id in order[1:]:
        assert len(following[task_id]) <= 1


# They only list and pass on what the tasks beside them did: nothing but the database stops them.
PASS_ON = {
    *("start_build", "list_pending_files", "announce_loaded_data"),
    *("list_pulled_feeds", "announce_pulled_files"),
}
# Their page is that of a red DAG, whichever of its tasks it is.
WHOLE_DAGS = {"erase_customer", "export_marts", "generate_sample_data"}


def test_runbooks_lead_from_every_red_task_to_a_page(dags: "Dags") -> None:
    rows = (PROJECT_DIR / "docs" / "runbooks" / "README.md").read_text()
    layers = {layer.name for layer in LAYERS}
    assert "`build_warehouse` · a layer" in rows
    for dag_id, dag in dags.items():
        if dag_id in WHOLE_DAGS:
            assert f"| `{dag_id}`" in rows
            continue
        for task in dag.tasks:
            if task.task_id not in PASS_ON | layers:
                assert f"`{dag_id}` · `{task.task_id}`" in rows, task.task_id


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_task_backs_off_and_gives_up(dags: "Dags", dag_id: str) -> None:
    for task in dags[dag_id].tasks:
        assert task.retries == 3
        assert task.retry_delay == timedelta(seconds=10)
        assert task.retry_exponential_backoff == 2.0
        assert task.max_retry_delay == timedelta(minutes=5)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_end_of_every_task_is_taken_up(dags: "Dags", dag_id: str) -> None:
    for task in dags[dag_id].tasks:
        called = {
            kind: [one.__name__ for one in as_list(getattr(task, f"on_{kind}_callback"))]
            for kind in ("success", "failure", "retry", "skipped")
        }
        assert called == {
            "success": ["record_success"],
            "failure": ["record_failure"],
            "retry": ["record_retry"],
            "skipped": ["record_skip"],
        }


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (psycopg2.OperationalError("server closed the connection"), RetryAction.RETRY),
        (psycopg2.InterfaceError("connection already closed"), RetryAction.RETRY),
        (OSError(28, "No space left on device"), RetryAction.RETRY),
        (BuildBusy("another build runs"), RetryAction.RETRY),
        (WarehouseBusy("locked"), RetryAction.RETRY),
        (ExportBusy("another export runs"), RetryAction.RETRY),
        (SourceUnavailable("failed 6 times"), RetryAction.RETRY),
        (PullBusy("another process"), RetryAction.RETRY),
        (PullFailed("HTTP 401"), RetryAction.FAIL),
        (DatabaseTroubleError("the database system is starting up"), RetryAction.RETRY),
        (GatesFailed("build", []), RetryAction.FAIL),
        (DbtFailed(["build"], ["model customer_rfm: division by zero"]), RetryAction.FAIL),
        (psycopg2.ProgrammingError("relation does not exist"), RetryAction.FAIL),
        (ValueError("a bug"), RetryAction.FAIL),
    ],
)
def test_only_what_may_pass_is_tried_again(
    dags: "Dags", error: Exception, action: RetryAction
) -> None:
    for dag in dags.values():
        for task in dag.tasks:
            assert task.retry_policy.evaluate(error, 1, 3).action is action


def test_dbt_failure_is_told_from_database_trouble() -> None:
    raise_database_trouble(DbtFailed(["build"], ["model customer_rfm: division by zero"]))
    gone = DbtFailed(["build"], ["Database Error\n  connection to server on socket failed"])
    with pytest.raises(DatabaseTroubleError, match="connection to server"):
        raise_database_trouble(gone)
