"""Workers of a real Airflow die in mid-task: the tasks are tried again, every row is there once.

Only the long form has the minute that Airflow takes; `test_builds.py` kills who runs a task's work.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from psycopg2.sql import SQL, Identifier

from customer360.database.connection import connect
from customer360.demo import local_airflow, processes
from customer360.demo.home import AirflowHome
from customer360.demo.pipeline import INGEST
from customer360.demo.rest import AirflowApi
from customer360.landing.discovery import pending_files
from customer360.settings import Settings
from data_generators.config import GeneratorConfig
from data_generators.generate import generate
from tests.faults.conftest import make_database

CUSTOMERS = 20_000  # so that loading a file takes seconds, in which its worker can die
DEATHS = 4
LONGEST_SECONDS = 600
_LOADED = """
    select
        count(*) filter (where status = 'loaded'), count(distinct file_name), sum(rows_loaded),
        bool_and(rows_in_file = rows_loaded + rows_quarantined)
    from ops.load_batches
"""


@pytest.fixture
def warehouse(mortal_server: Settings) -> Iterator[Settings]:
    """A database with nothing in it, and files to load, in a short path."""
    with TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        settings = make_database(mortal_server, Path(folder) / "data")
        generate(GeneratorConfig(customers=CUSTOMERS, output=settings.data_dir))
        yield settings


@pytest.fixture
def airflow(warehouse: Settings, mortal_server: Settings) -> Iterator[AirflowApi]:
    """A started Airflow; stopped in the end, and its database dropped."""
    home = AirflowHome(warehouse)
    try:
        api, _ = local_airflow.ensure_airflow(home, [INGEST], lambda _: None)
        yield api
    finally:
        processes.stop(home)
        with connect(mortal_server, database="postgres") as connection:
            connection.autocommit = True
            database = Identifier(home.metadata_database)
            drop = SQL("drop database if exists {} with (force)").format(database)
            connection.cursor().execute(drop)


def kill_workers(api: AirflowApi, run_id: str) -> set[tuple[str, int]]:
    """Kill the processes of a few loading tasks, each in its first attempt; return which."""
    killed: set[tuple[str, int]] = set()
    deadline = time.monotonic() + LONGEST_SECONDS
    while len(killed) < DEATHS and api.run_state(INGEST, run_id) in {"queued", "running"}:
        assert time.monotonic() < deadline
        for task in api.task_instances(INGEST, run_id):
            one = (task["task_id"], task["map_index"])
            is_loading = task["state"] == "running" and task["task_id"].startswith("load_")
            if is_loading and task["pid"] and task["try_number"] == 1 and one not in killed:
                with suppress(ProcessLookupError):  # it has just ended
                    os.kill(task["pid"], signal.SIGKILL)
                    killed.add(one)
    return killed


@pytest.mark.timeout(1200)
def test_tasks_whose_workers_die_are_tried_again(warehouse: Settings, airflow: AirflowApi) -> None:
    airflow.unpause(INGEST)
    files = [path for path in warehouse.landing_dir.rglob("*") if path.is_file()]
    run_id = airflow.trigger(INGEST, {})
    killed = kill_workers(airflow, run_id)
    assert killed
    deadline = time.monotonic() + LONGEST_SECONDS
    while (state := airflow.run_state(INGEST, run_id)) not in {"success", "failed"}:
        assert time.monotonic() < deadline
        time.sleep(1)
    tries = {
        (task["task_id"], task["map_index"]): task["try_number"]
        for task in airflow.task_instances(INGEST, run_id)
    }
    assert state == "success"
    assert max(tries[one] for one in killed) == 2  # one may have been done when it was killed
    assert pending_files(warehouse) == []
    require_once(warehouse, len(files))


def require_once(settings: Settings, files: int) -> None:
    """Fail unless each file was loaded once, with each of its rows once."""
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_LOADED)
        ((loaded, names, rows, adds_up),) = cursor.fetchall()
        assert (loaded, names, adds_up) == (files, files, True)
        cursor.execute(
            "select relname from pg_class where relname like '%\\_\\_rows' and relkind = 'r'"
        )
        found = 0
        for (table,) in cursor.fetchall():
            query = "select count(*), count(distinct (_batch_id, _line)) from {}"
            cursor.execute(SQL(query).format(Identifier("raw", table)))
            ((count, distinct),) = cursor.fetchall()
            assert count == distinct, table
            found += count
        assert found == rows
