"""`customer360 demo` for real, at a small size: a real Airflow, a real Postgres, nothing faked.

The tests build on each other: a fresh run, a second one, a rejected file, the stop.
"""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import pytest

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.demo import processes
from customer360.demo.home import AirflowHome
from customer360.demo.rest import AirflowApi, AirflowApiError
from customer360.settings import Settings

CUSTOMERS = 300


@dataclass(frozen=True)
class Demo:
    """A demo of its own: data directory, database, Airflow."""

    settings: Settings

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `customer360 …` as a person does; the environment says where."""
        environment = {name: text for name, text in os.environ.items() if "AIRFLOW" not in name}
        environment |= {
            "C360_DATA_DIR": str(self.settings.data_dir),
            "C360_AIRFLOW_PORT": str(self.settings.airflow_port),
            "C360_DATABASE_URL": "",
            "COLUMNS": "200",
        }
        return subprocess.run(
            [Path(sys.executable).with_name("customer360"), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def value(self, query: str) -> Any:
        """Return the only value of a query."""
        with connect(self.settings) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            (value,) = cursor.fetchone() or (None,)
        return value

    def processes(self) -> list[psutil.Process]:
        """Return the processes in a recorded session, and those with our directory as argument.

        Airflow renames its processes: neither arguments nor environment would find them all.
        """
        state = processes.read_state(AirflowHome(self.settings))
        sessions = {recorded.pid for recorded in state.processes} if state else set()
        return [
            process
            for process in psutil.process_iter()
            if _session(process) in sessions or self._is_argument_of(process)
        ]

    def _is_argument_of(self, process: psutil.Process) -> bool:
        try:
            return any(str(self.settings.data_dir) in word for word in process.cmdline())
        except psutil.NoSuchProcess:
            return False


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process runs; one that waits for its parent to read its end does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _session(process: psutil.Process) -> int | None:
    try:
        return os.getsid(process.pid)
    except ProcessLookupError:
        return None


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo in a short path, whose wanted port another program holds; stopped in the end."""
    with (
        TemporaryDirectory(prefix="c360-", ignore_cleanup_errors=True) as directory,
        socket.create_server(("127.0.0.1", 0)) as taken,
    ):
        Path(directory).chmod(0o755)  # the embedded server's own user must get in
        settings = Settings(
            data_dir=Path(directory),
            database_url=None,
            database_url_file=None,
            airflow_port=taken.getsockname()[1],
            _env_file=None,
        )
        made = Demo(settings)
        yield made
        made.command("stop")


def test_fresh_run_ends_with_a_published_warehouse(demo: Demo) -> None:
    result = demo.command("demo", "--customers", str(CUSTOMERS))
    assert result.returncode == 0, result.stdout + result.stderr

    files = len([path for path in demo.settings.landing_dir.rglob("*") if path.is_file()])
    assert files == 31
    assert demo.value("select count(*) from ops.load_batches where status = 'loaded'") == files
    raw_rows = demo.value("select count(*) from raw.shop__customers")
    assert raw_rows == demo.value(
        "select rows_loaded from ops.load_batches where feed = 'shop.customers'"
    )
    customers = demo.value("select count(*) from warehouse.dim_customers")
    assert 0 < customers < raw_rows  # duplicates were found
    segmented = demo.value("select count(*) from warehouse.customer_rfm where segment is not null")
    assert 0 < segmented <= customers
    assert demo.value("select count(*) from ops.publications") == 1
    assert demo.value("select count(*) from ops.gate_results where status <> 'passed'") == 0

    records = demo.value("select count(*) from identity.identity_customers")
    assert f"{records:,} customer records → {customers:,} customers" in result.stdout
    assert "gates passed" in result.stdout


def test_layers_share_the_published_build(demo: Demo) -> None:
    """Four layers, of which a first build runs identity in two parts, to train in between."""
    assert demo.value(
        "select count(distinct builds.build_id) = 1 and count(*) = 5 "
        "and bool_and(builds.build_id = publications.build_id) "
        "from ops.builds cross join ops.publications"
    )


def test_taken_port_is_left_alone_and_said(demo: Demo) -> None:
    state = json.loads(AirflowHome(demo.settings).state_file.read_text())
    assert state["port"] > demo.settings.airflow_port


def test_secrets_are_private_and_airflow_listens_on_loopback_only(demo: Demo) -> None:
    home = AirflowHome(demo.settings)
    secrets = list(home.passwords_file.parent.iterdir())
    assert home.passwords_file in secrets
    assert {stat.S_IMODE(secret.stat().st_mode) for secret in secrets} == {0o600}
    listening = [
        connection.laddr.ip
        for process in demo.processes()
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {"127.0.0.1"}


def test_ui_asks_for_the_generated_password(demo: Demo) -> None:
    home = AirflowHome(demo.settings)
    api = AirflowApi("127.0.0.1", json.loads(home.state_file.read_text())["port"])
    with pytest.raises(AirflowApiError) as refused:
        api.log_in("admin", "admin")
    assert refused.value.status == 401
    api.log_in("admin", home.password())
    assert api.dag("build_warehouse")["is_paused"] is False


def test_second_run_loads_nothing_and_publishes_nothing(demo: Demo) -> None:
    before = demo.value("select max(batch_id) from ops.load_batches")
    result = demo.command("demo", "--customers", str(CUSTOMERS))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Nothing new: the warehouse is as it was published." in result.stdout
    assert demo.value("select max(batch_id) from ops.load_batches") == before
    assert demo.value("select count(*) from ops.publications") == 1


def test_rejected_file_turns_the_run_red_with_its_remedy(demo: Demo) -> None:
    bad = demo.settings.landing_dir / "shop" / "customers" / "bad.csv"
    bad.write_text("customer_id,first_name\n1,Ann\n")
    result = demo.command("demo", "--customers", str(CUSTOMERS))
    assert result.returncode == 1
    message = demo.value("select message from ops.load_batches where status = 'rejected'")
    assert "shop/customers/bad.csv" in message
    assert message in result.stdout
    assert "report_rejected_files" in result.stdout
    assert demo.value("select count(*) from ops.publications") == 1
    assert demo.processes() != []  # it stays up for looking


def test_stop_leaves_no_process_behind(demo: Demo) -> None:
    before = demo.processes()
    assert len(before) > 3
    assert demo.command("stop").returncode == 0
    assert [process for process in before if _lives(process)] == []
    assert demo.processes() == []
    assert not embedded.is_running(demo.settings.data_dir)
    again = demo.command("stop")
    assert (again.returncode, again.stdout.strip()) == (0, "Nothing was running.")
