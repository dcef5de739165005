"""The DAG `erase_customer` in a real Airflow, without a triggerer, answered as a person would."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest

from customer360.database.connection import connect
from customer360.demo import local_airflow, processes
from customer360.demo.home import AirflowHome
from customer360.demo.rest import AirflowApi
from customer360.settings import Settings
from tests.conftest import fresh_database
from tests.integration.privacy import two_customers

DAG = "erase_customer"
LONGEST_SECONDS = 300
READING_SECONDS = 2


@pytest.fixture(scope="module")
def warehouse(server: Settings) -> Iterator[Settings]:
    """Ann and Bob, loaded and resolved, in a short path."""
    with (
        TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as folder,
        fresh_database(server, Path(folder) / "data") as settings,
    ):
        two_customers.make(settings)
        yield settings


@pytest.fixture(scope="module")
def airflow(warehouse: Settings) -> Iterator[AirflowApi]:
    """A started Airflow that knows the DAG; stopped in the end, and its database dropped."""
    home = AirflowHome(warehouse)
    try:
        api, _ = local_airflow.ensure_airflow(home, [DAG], lambda _: None)
        yield api
    finally:
        processes.stop(home)
        with administration(warehouse) as execute:
            execute(f'drop database if exists "{home.metadata_database}" with (force)')


@contextmanager
def administration(settings: Settings) -> Iterator[Callable[[str], None]]:
    with connect(settings, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor.execute


def until(is_reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_reached():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def states(api: AirflowApi, run_id: str) -> dict[str, str]:
    return {task["task_id"]: task["state"] for task in api.task_instances(DAG, run_id)}


def asked(api: AirflowApi, customer_id: str) -> str:
    """Ask for an erasure; return the run, as soon as it waits for an answer."""
    run_id = api.trigger(DAG, {"customer_id": customer_id, "reason": "request 12"})
    until(lambda: states(api, run_id).get("approve") == "awaiting_input")
    return run_id


def answered(api: AirflowApi, run_id: str, option: str) -> dict[str, str]:
    """Answer on the run's page as often as it asks; return its tasks' states when it has ended.

    An answer before the scheduler knows that the task waits is one that Airflow does not count: it
    takes the task for one whose state was set from outside, retries it, and that asks again. So the
    answer is given after as long as reading the question takes at least.
    """
    path = f"/api/v2/dags/{DAG}/dagRuns/{quote(run_id, safe='')}/taskInstances/approve/-1"
    body = {"chosen_options": [option], "params_input": {}}

    def has_ended() -> bool:
        if states(api, run_id).get("approve") == "awaiting_input":
            time.sleep(READING_SECONDS)
            api.request("PATCH", f"{path}/hitlDetails", body)
        return api.run_state(DAG, run_id) in {"success", "failed"}

    until(has_ended)
    return states(api, run_id)


def erasures(settings: Settings) -> list[tuple[object, ...]]:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select erasure_id::text, requested_by, reason from ops.erasures")
        return cursor.fetchall()


def test_an_unknown_customer_is_not_even_asked_about(
    warehouse: Settings, airflow: AirflowApi
) -> None:
    run_id = airflow.trigger(DAG, {"customer_id": "C-NOBODY", "reason": "request 11"})
    until(lambda: airflow.run_state(DAG, run_id) == "failed")
    assert states(airflow, run_id) == {
        "count_held_rows": "failed",
        "approve": "upstream_failed",
        "erase": "upstream_failed",
    }
    assert erasures(warehouse) == []


def test_rejected_nobody_is_erased(warehouse: Settings, airflow: AirflowApi) -> None:
    run_id = asked(airflow, "C-ANN")
    assert answered(airflow, run_id, "Reject") == {
        "count_held_rows": "success",
        "approve": "success",
        "erase": "skipped",
    }
    assert erasures(warehouse) == []
    rows = two_customers.raw_rows(warehouse, "shop__customers")
    assert {row[0] for row in rows} == {"A-77", "B-1"}


def test_approved_the_customer_is_erased_and_the_proof_returned(
    warehouse: Settings, airflow: AirflowApi
) -> None:
    run_id = asked(airflow, "C-ANN")
    assert erasures(warehouse) == []  # it waits
    assert set(answered(airflow, run_id, "Approve").values()) == {"success"}
    proof = airflow.returned(DAG, run_id, "erase")
    assert erasures(warehouse) == [(proof, "admin, approved by admin", "request 12")]
    rows = two_customers.raw_rows(warehouse, "shop__customers")
    assert {row[0] for row in rows} == {"B-1"}
