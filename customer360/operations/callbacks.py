"""What the DAGs' callbacks do when a task ends. Takes Airflow's context; imports no Airflow."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg2

from customer360.errors import ConfigurationError
from customer360.operations.alerts import tell_of_failure
from customer360.operations.task_runs import TaskRun, record_task_run
from customer360.redaction import redacted
from customer360.settings import Settings

logger = logging.getLogger(__name__)

BUILD_DAG, BUILD_ID_TASK = "build_warehouse", "start_build"


def task_ended(settings: Settings, context: Mapping[str, Any], state: str) -> None:
    """Write the attempt to the run log and, if it failed for good, tell people.

    Neither may turn a task red: what goes wrong here is logged.
    """
    task_run = task_run_of(context, state)
    try:
        record_task_run(settings, task_run)
    except (psycopg2.Error, ConfigurationError) as error:
        logger.warning("ops.task_runs lacks this attempt: %s", str(error).strip())
    if state == "failed":
        tell_of_failure(settings, task_run, getattr(context["ti"], "log_url", None))


def task_run_of(context: Mapping[str, Any], state: str) -> TaskRun:
    """Return the row for the run log."""
    instance = context["ti"]
    exception = context.get("exception")
    return TaskRun(
        dag_id=instance.dag_id,
        run_id=instance.run_id,
        task_id=instance.task_id,
        map_index=-1 if instance.map_index is None else instance.map_index,
        try_number=instance.try_number,
        state=state,
        build_id=_build_id(instance),
        started_at=instance.start_date,
        ended_at=getattr(instance, "end_date", None) or datetime.now(UTC),
        message=redacted(str(exception)) if exception else None,
    )


def _build_id(instance: Any) -> str | None:
    if instance.dag_id != BUILD_DAG:
        return None
    try:
        found = instance.xcom_pull(task_ids=BUILD_ID_TASK)
    except Exception:
        logger.warning("the build of this run is not known", exc_info=True)
        return None
    return str(found) if found else None
