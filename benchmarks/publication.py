"""How long publications and rollbacks take, with all marts and while people read: one run.

    python -m benchmarks.publication [RECORDS]

Generates, loads and builds on a server of its own, and publishes two builds. Then generations are
exchanged back and forth while readers run short and long queries in open transactions. The peer is
the least that an exchange can be: the bare renames of the schemas, made twice in one transaction so
that nobody sees them, and halved. Fails where the slowest rollback takes a second or longer; the
seconds of a publication hold its gates.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from benchmarks.support.own_server import own_server
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.publishing.gates import evaluate_gates
from customer360.publishing.publisher import publish, rollback
from customer360.settings import Settings

Result = TypeVar("Result")
RECORDS = 5_000
LIMIT_SECONDS = 1.0
ROLLBACKS = 40
READERS = 8
BARE_EXCHANGE = """
    alter schema warehouse rename to warehouse_exchanged;
    alter schema warehouse_previous rename to warehouse;
    alter schema warehouse_exchanged rename to warehouse_previous;
"""
SHORT = "select count(*) from warehouse.customer_360"
LONG = f"{SHORT} cross join (select pg_sleep(1)) as slept"


def main() -> int:
    """Run the benchmark and return the exit code."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    console = Console()
    seconds: dict[str, list[float]] = {}
    with own_server() as settings:
        tables = _fill(settings, records, seconds)
        with _readers(settings):
            for _ in range(ROLLBACKS):
                _time(seconds, "bare renames of schemas", lambda: _bare(settings))
                _time(seconds, "rollback", lambda: rollback(settings))
    return _report(console, seconds, tables)


def _fill(settings: Settings, records: int, seconds: dict[str, list[float]]) -> int:
    """Publish two builds; return how many tables each has."""
    command = [sys.executable, "-m", "data_generators", "--customers", str(records)]
    subprocess.run([*command, "--output", str(settings.data_dir)], check=True)
    ensure_database(settings)
    _run(settings, "load")
    for _ in range(2):
        _run(settings, "build")
        _time(seconds, "gates alone", lambda: evaluate_gates(settings))
        publication = _time(seconds, "publication, its gates with it", lambda: publish(settings))
    return len(publication.table_rows)


def _run(settings: Settings, command: str) -> None:
    executable = str(Path(sys.executable).with_name("customer360"))
    environment = os.environ | {"C360_DATA_DIR": str(settings.data_dir)}
    subprocess.run([executable, command], check=True, env=environment, stdout=subprocess.DEVNULL)


def _time(seconds: dict[str, list[float]], what: str, work: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = work()
    seconds.setdefault(what, []).append(time.perf_counter() - started)
    return result


def _bare(settings: Settings) -> None:
    with connect(settings) as connection, connection:
        connection.cursor().execute(BARE_EXCHANGE * 2)


@contextmanager
def _readers(settings: Settings) -> Iterator[None]:
    """Let people read all the time; who reads long keeps the transaction open over exchanges."""
    done = threading.Event()

    def read(query: str) -> None:
        with connect(settings, role="c360_pii") as connection:
            while not done.is_set():
                with connection, connection.cursor() as cursor:
                    for _ in range(5):
                        cursor.execute(query)

    threads = [
        threading.Thread(target=read, args=((SHORT, LONG)[number % 2],))
        for number in range(READERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _report(console: Console, seconds: dict[str, list[float]], tables: int) -> int:
    table = Table("what", "times", "median s", "slowest s", title=f"{tables} tables a generation")
    seconds["bare renames of schemas"] = [both / 2 for both in seconds["bare renames of schemas"]]
    for what, taken in seconds.items():
        middle, slowest = statistics.median(taken), max(taken)
        table.add_row(what, str(len(taken)), f"{middle:.3f}", f"{slowest:.3f}")
    console.print(table)
    bare = statistics.median(seconds["bare renames of schemas"])
    ratio = statistics.median(seconds["rollback"]) / bare
    slowest = max(seconds["rollback"])
    console.print(
        f"a rollback takes {ratio:.1f} times as long as bare renames; "
        f"the slowest took {slowest:.3f} s, limit {LIMIT_SECONDS} s"
    )
    return int(slowest >= LIMIT_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
