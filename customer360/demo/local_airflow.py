"""Bring the local Airflow up: metadata database, processes, health, parsed DAGs."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import version

import psycopg2

from customer360.database.connection import connect
from customer360.database.initialise import create_database
from customer360.demo import processes
from customer360.demo.home import USER, AirflowHome
from customer360.demo.processes import Running
from customer360.demo.rest import AirflowApi, AirflowApiError

_START_SECONDS = 120
_POLL_SECONDS = 0.25
_LOG_LINES = 15


class AirflowDidNotStartError(RuntimeError):
    """Airflow, or a part of it, is not there; the message says which and where its log is."""


def ensure_airflow(
    home: AirflowHome, dag_ids: Sequence[str], say: Callable[[str], None]
) -> tuple[AirflowApi, Running]:
    """Start Airflow unless it already runs as configured; return when it can run the DAGs.

    Raises:
        AirflowDidNotStartError: if a process ends, or two minutes were not enough.
    """
    home.prepare()
    migrate_metadata(home, say)
    running = _reusable(home)
    if running is None:
        processes.stop(home)
        running = processes.start(home, _choose_port(home, say))
    api = AirflowApi("127.0.0.1", running.port)
    _wait_until(lambda: _is_healthy(api, running.started_at), home, running, "healthy")
    api.log_in(USER, home.password())
    _wait_until(lambda: _has_parsed(api, dag_ids, running.started_at), home, running, "parsed")
    return api, running


def migrate_metadata(home: AirflowHome, say: Callable[[str], None]) -> None:
    """Create Airflow's database and bring it to this version's schema, unless it is there."""
    is_new = create_database(home.settings, home.metadata_database)
    marker = home.directory / "metadata_version.json"
    if not is_new and marker.exists() and json.loads(marker.read_text()) == _schema(home):
        return
    say("Preparing Airflow's metadata database")
    result = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=home.environment(home.settings.airflow_port),
        cwd=home.directory,
        capture_output=True,
        text=True,
        check=False,
    )
    (home.logs / "db-migrate.log").write_text(result.stdout + result.stderr)
    if result.returncode != 0:
        raise AirflowDidNotStartError(
            f"`airflow db migrate` failed: see {home.logs / 'db-migrate.log'}\n"
            + "\n".join(result.stderr.splitlines()[-_LOG_LINES:])
        )
    marker.write_text(json.dumps(_schema(home)))


def _schema(home: AirflowHome) -> dict[str, str | None]:
    """Return what identifies the schema: the installed Airflow and the database's revision."""
    with connect(home.settings, database=home.metadata_database) as connection:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select version_num from alembic_version")
                row = cursor.fetchone()
        except psycopg2.errors.UndefinedTable:
            row = None
    return {"airflow": version("apache-airflow"), "revision": row[0] if row else None}


def _reusable(home: AirflowHome) -> Running | None:
    running = processes.read_state(home)
    if running is None or running.fingerprint != home.fingerprint():
        return None
    is_whole = len(running.processes) == len(home.commands(running.port)) and not running.dead()
    return running if is_whole else None


def _choose_port(home: AirflowHome, say: Callable[[str], None]) -> int:
    wanted = home.settings.airflow_port
    port = processes.free_port(wanted)
    if port != wanted:
        say(f"Port {wanted} is taken by another program: Airflow uses {port}")
    return port


def _wait_until(
    is_reached: Callable[[], bool], home: AirflowHome, running: Running, what: str
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_reached():
        raise_if_dead(home, running)
        if time.monotonic() > deadline:
            raise AirflowDidNotStartError(
                f"Airflow was not {what} within {_START_SECONDS} s: see the logs in {home.logs}"
            )
        time.sleep(_POLL_SECONDS)


def raise_if_dead(home: AirflowHome, running: Running) -> None:
    """Raise with the end of its log if one of the processes has ended."""
    for name in running.dead():
        log = processes.log_file(home, name)
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
        raise AirflowDidNotStartError(f"Airflow's {name} has ended. The end of {log}:\n{tail}")


def _is_healthy(api: AirflowApi, since: float) -> bool:
    """Tell whether all parts are healthy by a heartbeat of this start, not of an earlier one."""
    try:
        health = api.health()
    except (OSError, AirflowApiError):
        return False
    heartbeats = [
        health["scheduler"]["latest_scheduler_heartbeat"],
        health["dag_processor"]["latest_dag_processor_heartbeat"],
    ]
    return health["metadatabase"]["status"] == "healthy" and all(
        _is_after(heartbeat, since) for heartbeat in heartbeats
    )


def _has_parsed(api: AirflowApi, dag_ids: Sequence[str], since: float) -> bool:
    if errors := api.import_errors(since):
        raise AirflowDidNotStartError("A DAG cannot be imported:\n" + "\n".join(errors))
    try:
        return all(_is_after(api.dag(dag_id)["last_parsed_time"], since) for dag_id in dag_ids)
    except AirflowApiError:
        return False  # not there yet


def _is_after(instant: str | None, since: float) -> bool:
    return instant is not None and datetime.fromisoformat(instant).timestamp() >= since
