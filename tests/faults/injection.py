"""Strikes a piece of work at its n-th step: a statement, a commit, or a block of a COPY.

The work runs in a process of its own, made by fork, whose connections count their steps. At the
chosen one the process is killed, its connections are cut, the server is killed, or all of it.
"""

import itertools
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import psycopg2.extensions
import pytest

from customer360.database import embedded
from customer360.transformation.build import BuildBusy

STRUCK = 3
KINDS = ("process", "connection", "server", "everything")
_real_connect = psycopg2.connect
_SECONDS = 120


@dataclass(frozen=True)
class Fault:
    """What is struck, and before which step."""

    kind: str
    step: int
    data_dir: Path

    def strike(self, connection: psycopg2.extensions.connection) -> None:
        """Let it happen."""
        if self.kind == "connection":
            _cut_connections(connection)
        if self.kind in {"server", "everything"}:
            kill_server(self.data_dir)
        if self.kind in {"process", "everything"}:
            os.kill(os.getpid(), signal.SIGKILL)


def random_fault(rng: random.Random, steps: int, data_dir: Path) -> Fault:
    """Choose a fault; killing the server is dear, so it comes less often."""
    (kind,) = rng.choices(KINDS, weights=(4, 4, 1, 1))
    return Fault(kind, rng.randint(1, steps), data_dir)


def kill_server(data_dir: Path) -> None:
    """Kill the server and all its processes as a failing machine does: without a word."""
    pid_file = embedded.socket_dir(data_dir) / "postmaster.pid"
    postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=10)


def run_struck(fault: Fault | None, work: Callable[[], object]) -> tuple[int | None, int]:
    """Run the work in a process of its own; return its exit code, and how many steps it took."""
    context = multiprocessing.get_context("fork")
    steps = context.Value("q", 0)
    process = context.Process(target=_work, args=(fault, work, steps))
    process.start()
    process.join(_SECONDS)
    if process.exitcode is None:
        process.kill()
        pytest.fail(f"the work hangs after {fault}")
    return process.exitcode, steps.value


def _work(fault: Fault | None, work: Callable[[], object], steps: Any) -> None:
    numbers = itertools.count(1)

    def step(connection: psycopg2.extensions.connection) -> None:
        number = next(numbers)
        steps.value = number
        if fault is not None and number == fault.step:
            fault.strike(connection)

    psycopg2.connect = _counting(step)
    try:
        work()
    except psycopg2.Error:  # what the fault let fail; any other error stays visible
        sys.exit(STRUCK)


def _cut_connections(connection: psycopg2.extensions.connection) -> None:
    with _real_connect(connection.dsn) as other, other.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    other.close()


def _counting(step: Callable[[psycopg2.extensions.connection], None]) -> Callable[..., Any]:
    class CountingReader:
        def __init__(self, file: Any, connection: psycopg2.extensions.connection) -> None:
            self._file = file
            self._connection = connection

        def read(self, size: int = -1) -> Any:
            step(self._connection)
            return self._file.read(size)

        def readline(self, size: int = -1) -> Any:
            return self._file.readline(size)

    class CountingCursor(psycopg2.extensions.cursor):
        def execute(self, query: Any, variables: Any = None) -> None:
            step(self.connection)
            super().execute(query, variables)

        def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
            step(self.connection)
            super().copy_expert(sql, CountingReader(file, self.connection), size)

    class CountingConnection(psycopg2.extensions.connection):
        def commit(self) -> None:
            step(self)
            super().commit()

        def cursor(self, *arguments: Any, **options: Any) -> Any:
            return super().cursor(*arguments, **{"cursor_factory": CountingCursor, **options})

    def connect(*arguments: Any, **options: Any) -> Any:
        return _real_connect(*arguments, **options, connection_factory=CountingConnection)

    return connect


def until_done(build: Callable[[], None]) -> None:
    """Build as Airflow's retries do: again while another build, or what is left of it, runs."""
    deadline = time.monotonic() + 300
    while True:
        try:
            return build()
        except BuildBusy:
            assert time.monotonic() < deadline
            time.sleep(0.2)
