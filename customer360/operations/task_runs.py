"""The run log: what each task of Airflow did, in ops.task_runs beside what dbt's models did."""

from dataclasses import astuple, dataclass
from datetime import datetime

from customer360.database.connection import connect
from customer360.publishing.relations import OPERATOR
from customer360.settings import Settings

_INSERT = """
    insert into ops.task_runs (
        dag_id, run_id, task_id, map_index, try_number, state, build_id, started_at, ended_at,
        message
    )
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class TaskRun:
    """An attempt of a task that ended: a row of ops.task_runs."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    try_number: int
    state: str
    build_id: str | None
    started_at: datetime | None
    ended_at: datetime
    message: str | None


def record_task_run(settings: Settings, task_run: TaskRun) -> None:
    """Add a row to the run log.

    Raises:
        psycopg2.Error: if the database is away or was never set up.
    """
    with connect(settings, role=OPERATOR) as connection, connection:
        connection.cursor().execute(_INSERT, astuple(task_run))
