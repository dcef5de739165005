"""Processes that we started are ended with all their descendants; nobody else's is."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from customer360.demo import processes
from customer360.demo.home import AirflowHome
from customer360.demo.processes import Recorded, Running
from customer360.settings import Settings

# A process with "airflow" in its command line and a child that outlives a polite parent.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> AirflowHome:
    settings = Settings(data_dir=tmp_path, database_url=None, _env_file=None)
    made = AirflowHome(settings)
    made.prepare()
    return made


@pytest.fixture
def parent() -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, "airflow"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    yield process, child
    process.kill()
    process.wait()


def record(home: AirflowHome, pid: int, created: float) -> None:
    scheduler = Recorded("scheduler", pid, created, "airflow")
    running = Running(1234, "fingerprint", time.time(), (scheduler,))
    processes.write_state(home, running)


def test_stop_ends_the_process_and_its_child(
    home: AirflowHome, parent: tuple[subprocess.Popen[str], int]
) -> None:
    process, child = parent
    record(home, process.pid, psutil.Process(process.pid).create_time())
    assert processes.stop(home) == 2
    assert process.poll() is not None
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"
    assert processes.read_state(home) is None


def test_stop_ends_the_child_of_a_process_that_died(
    home: AirflowHome, parent: tuple[subprocess.Popen[str], int]
) -> None:
    process, child = parent
    record(home, process.pid, psutil.Process(process.pid).create_time())
    process.kill()
    process.wait()
    assert processes.stop(home) == 1
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_a_stranger_with_a_recorded_pid_is_left_alone(
    home: AirflowHome, parent: tuple[subprocess.Popen[str], int]
) -> None:
    process, child = parent
    record(home, process.pid, psutil.Process(process.pid).create_time() - 3600)
    assert processes.stop(home) == 0
    assert process.poll() is None
    assert psutil.Process(child).is_running()


def test_a_process_that_is_no_airflow_does_not_count_as_ours() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        created = psutil.Process(process.pid).create_time()
        assert not Recorded("scheduler", process.pid, created, "airflow").runs()
    finally:
        process.kill()
        process.wait()


def test_a_taken_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert processes.free_port(port) > port
    assert processes.free_port(port) == port
