"""`customer360 demo` and `customer360 stop`: from nothing to a published warehouse, and back."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn
from pydantic import SecretStr
from rich.console import Console

from customer360.bi.home import SupersetHome
from customer360.database import embedded
from customer360.database.connection import dsn
from customer360.database.initialise import create_database
from customer360.database.setup import ensure_database
from customer360.demo import processes
from customer360.demo.home import AirflowHome
from customer360.demo.local_airflow import AirflowDidNotStartError, ensure_airflow
from customer360.demo.numbers import read_numbers
from customer360.demo.pipeline import (
    BUILD,
    DAG_IDS,
    GENERATE,
    INGEST,
    PipelineError,
    RunState,
    dbt_seconds,
    run_pipeline,
)
from customer360.demo.progress import PipelineProgress
from customer360.demo.rest import AirflowApi, AirflowApiError
from customer360.demo.summary import print_numbers, print_where_to_look
from customer360.demo.task_log import last_errors, log_path
from customer360.settings import Settings
from customer360.transformation.dbt_runner import DbtFailed, run_dbt, target_dir
from customer360.transformation.model_graph import publish_manifest
from data_generators.cdnow import CdnowError, fetch_master, write_landing
from data_generators.writing import OutputError

_CDNOW = "cdnow"
_EXPECTED = (
    AirflowApiError,
    AirflowDidNotStartError,
    CdnowError,
    DbtFailed,
    OSError,
    OutputError,
    PipelineError,
    psycopg2.OperationalError,
)


def run_demo(settings: Settings, console: Console, *, customers: int, cdnow: bool) -> int:
    """Start everything, run the pipeline, print what came of it; return 0 if all is well."""
    if cdnow:
        settings = cdnow_settings(settings)
    home = AirflowHome(settings)
    started = time.monotonic()
    try:
        console.print(f"Database: {_ensure_warehouse(settings)}")
        with console.status("Starting Airflow"):
            api, running = ensure_airflow(home, DAG_IDS, console.print)
        console.print(f"Airflow: http://127.0.0.1:{running.port}")
        runs = _run(api, settings, console, customers=customers, cdnow=cdnow)
        dbt = [dbt_seconds(api, run) for run in runs if run.dag_id == BUILD]
    except _EXPECTED as error:
        console.print(f"[red]The demo stopped:[/] {error}", soft_wrap=True, highlight=False)
        return 1
    took = _seconds_text(time.monotonic() - started, dbt[0] if dbt else None)
    return _conclude(home, running.port, console, runs, took)


def _seconds_text(total: float, dbt: float | None) -> str:
    share = f", of which {dbt:.1f} s dbt" if dbt is not None else ""
    return f"{total:.0f} s in total{share}\n"


def cdnow_settings(settings: Settings) -> Settings:
    """Return the settings of the second demo: a data directory and a database of its own.

    Real purchases of 1997 and made-up ones of today in one warehouse would make sense of neither.
    """
    values: dict[str, Any] = {"data_dir": settings.data_dir / _CDNOW}
    if not settings.uses_embedded_server:
        name = f"{parse_dsn(dsn(settings))['dbname']}_{_CDNOW}"
        values |= {"database_url": SecretStr(make_dsn(dsn(settings), dbname=name))}
        values |= {"database_url_file": None}
        create_database(settings, name)
    return settings.model_copy(update=values)


def _ensure_warehouse(settings: Settings) -> str:
    place = ensure_database(settings)
    if settings.dbt_tasks == "models":
        publish_manifest(settings)
    return place


def _run(
    api: AirflowApi, settings: Settings, console: Console, *, customers: int, cdnow: bool
) -> list[RunState]:
    first_dag, conf = GENERATE, {"customers": customers}
    if cdnow:
        write_landing(fetch_master(settings.data_dir / "downloads"), settings.data_dir)
        first_dag, conf = INGEST, {}
    with _parsing_ahead(settings), PipelineProgress(console) as progress:
        return run_pipeline(api, first_dag, conf, progress.show)


@contextmanager
def _parsing_ahead(settings: Settings) -> Iterator[None]:
    """Parse the dbt project for the first time while files are made and loaded.

    That leaves one core idle, and spares the first layer 3 s: dbt keeps what it parsed. A failure
    is not told here, as the first layer meets the same one.
    """

    def parse() -> None:
        with suppress(DbtFailed, OSError):
            run_dbt(settings, ["parse"], "parse")

    if (target_dir(settings) / "partial_parse.msgpack").exists():
        yield
        return
    parser = Thread(target=parse)
    parser.start()
    try:
        yield
    finally:
        parser.join()


def _conclude(
    home: AirflowHome, port: int, console: Console, runs: Sequence[RunState], took: str
) -> int:
    console.print()
    failed = [run for run in runs if run.state != "success"]
    for run in failed:
        _print_failure(console, home, run)
    numbers = read_numbers(home.settings)
    if numbers is None:
        console.print("Nothing is published yet.")
    else:
        if not failed and BUILD not in {run.dag_id for run in runs}:
            console.print("Nothing new: the warehouse is as it was published.")
        print_numbers(console, numbers)
    console.print(took)
    print_where_to_look(console, home, port)
    return 1 if failed or numbers is None else 0


def _print_failure(console: Console, home: AirflowHome, run: RunState) -> None:
    console.print(f"[red]✗ {run.dag_id} failed.[/] Run {run.run_id}")
    for task in run.failed_tasks:
        path = log_path(home.logs, run, task)
        console.print(f"[red]✗ {task.task_id} {task.label}[/]")
        for line in last_errors(path):
            console.print(f"    {line}", markup=False, highlight=False, soft_wrap=True)
        console.print(f"    Whole log: {path}", highlight=False, soft_wrap=True)


def stop_everything(settings: Settings, console: Console) -> int:
    """Stop Superset, Airflow and the embedded server of both demos; all data stays."""
    ended = 0
    for each in _both(settings):
        ended += processes.stop(SupersetHome(each)) + processes.stop(AirflowHome(each))
        if each.uses_embedded_server and embedded.stop(each.data_dir):
            ended += 1
    console.print("Stopped." if ended else "Nothing was running.")
    return 0


def _both(settings: Settings) -> Sequence[Settings]:
    cdnow = settings.model_copy(update={"data_dir": settings.data_dir / _CDNOW})
    return [settings, cdnow]
