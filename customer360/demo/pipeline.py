"""Start the pipeline through Airflow's REST API and follow its DAG runs from asset to asset."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from customer360.demo.rest import AirflowApi
from customer360.transformation.layers import LAYERS

GENERATE = "generate_sample_data"
INGEST = "ingest_landing_files"
BUILD = "build_warehouse"
EXPORT = "export_marts"
DAG_IDS = (GENERATE, INGEST, BUILD, EXPORT)
NEXT_DAG = {GENERATE: INGEST, INGEST: BUILD, BUILD: EXPORT}

_LAYERS = frozenset(layer.name for layer in LAYERS)
_POLL_SECONDS = 1.0
_ASSET_SECONDS = 30
_ENDED = ("success", "failed")


class PipelineError(RuntimeError):
    """The pipeline did not go on as it should; the message says where."""


@dataclass(frozen=True)
class TaskState:
    """One task of a run, or one of its mapped instances."""

    task_id: str
    map_index: int
    label: str
    state: str
    try_number: int
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        if self.started_at is None:
            return 0.0
        return ((self.ended_at or datetime.now(UTC)) - self.started_at).total_seconds()


@dataclass(frozen=True)
class RunState:
    """A DAG run at one moment."""

    dag_id: str
    run_id: str
    state: str
    tasks: tuple[TaskState, ...] = ()

    @property
    def failed_tasks(self) -> tuple[TaskState, ...]:
        """The tasks that failed by themselves, in the order of their ends."""
        failed = [task for task in self.tasks if task.state == "failed"]
        return tuple(sorted(failed, key=lambda task: str(task.ended_at)))


Watcher = Callable[[RunState], None]


def run_pipeline(
    api: AirflowApi, first_dag: str, conf: dict[str, Any], watch: Watcher
) -> list[RunState]:
    """Start `first_dag`, follow it and every run that it leads to; return how each ended.

    A failed run may still lead to the next: a rejected file does not hold the good ones back.
    """
    for dag_id in DAG_IDS:
        api.unpause(dag_id)
    run = follow(api, first_dag, api.trigger(first_dag, conf), watch)
    ended = [run]
    while run.dag_id in NEXT_DAG:
        next_run_id = triggered_run(api, run, NEXT_DAG[run.dag_id])
        if next_run_id is None:
            break
        run = follow(api, NEXT_DAG[run.dag_id], next_run_id, watch)
        ended.append(run)
    return ended


def follow(api: AirflowApi, dag_id: str, run_id: str, watch: Watcher) -> RunState:
    """Tell `watch` the state of the run until it has ended; return the last state."""
    while True:
        state = api.run_state(dag_id, run_id)  # first, so that an end shows all tasks ended
        tasks = tuple(_task_state(task) for task in api.task_instances(dag_id, run_id))
        run = RunState(dag_id, run_id, state, tasks)
        watch(run)
        if state in _ENDED:
            return run
        time.sleep(_POLL_SECONDS)


def triggered_run(api: AirflowApi, run: RunState, dag_id: str) -> str | None:
    """Return the run of `dag_id` that the assets of `run` started; None if it emitted none.

    Raises:
        PipelineError: if an asset was emitted and no run came of it in half a minute.
    """
    deadline = time.monotonic() + _ASSET_SECONDS
    while events := api.asset_events(run.dag_id, run.run_id):
        for event in events:
            for created in event["created_dagruns"]:
                if created["dag_id"] == dag_id:
                    return str(created["run_id"])
        if time.monotonic() > deadline:
            raise PipelineError(
                f"{run.dag_id} emitted its asset, but {dag_id} has not started within "
                f"{_ASSET_SECONDS} s: is it paused, or does an earlier run of it still go on?"
            )
        time.sleep(_POLL_SECONDS)
    return None


def dbt_seconds(api: AirflowApi, run: RunState) -> float | None:
    """Return the sum of the seconds that the layers of a build say dbt took.

    None if no layer says so: with a task per model, Airflow's seconds and dbt's are not apart.
    """
    layers = [task.task_id for task in run.tasks if task.task_id in _LAYERS]
    told = [api.returned(run.dag_id, run.run_id, task_id) for task_id in layers]
    return sum(seconds for seconds in told if seconds is not None) if any(told) else None


def _task_state(task: dict[str, Any]) -> TaskState:
    return TaskState(
        task_id=task["task_id"],
        map_index=task["map_index"],
        label=task["rendered_map_index"] or task["task_display_name"],
        state=task["state"] or "waiting",
        try_number=task["try_number"],
        started_at=_instant(task["start_date"]),
        ended_at=_instant(task["end_date"]),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
