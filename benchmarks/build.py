"""Seconds of a whole build, models and tests, at 100,000 customer records of all sources.

    python -m benchmarks.build [RECORDS]

Generates and loads them on a server of its own, then builds twice: the first build also reads all
of raw and learns the match weights; the second is what every later delivery costs at least. Fails
where the second takes longer than 120 s on two cores, at 100,000 records; others are only measured.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.support.own_server import own_server
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.settings import Settings

RECORDS = 100_000
LIMIT_SECONDS = 120
COSTLIEST = 5

_RAW_ROWS = "select coalesce(sum(rows_loaded), 0) from ops.load_batches"
_NODES = """
    select
        split_part(unique_id, '.', 3) as node_name,
        layer,
        execution_seconds,
        rows_affected
    from ops.node_results
    where build_id = (select build_id from ops.node_results order by started_at desc limit 1)
    order by execution_seconds desc
    limit %s
"""


def main() -> int:
    """Run the benchmark and return the exit code."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    console = Console()
    with own_server() as settings:
        _generate(settings, records)
        ensure_database(settings)
        started = time.perf_counter()
        _run(settings, "load")
        loaded = time.perf_counter() - started
        console.print(f"{_raw_rows(settings):,} rows loaded in {loaded:.0f} s")
        for name in ("first build", "second build"):
            seconds = _build(settings, name, console)
    if records != RECORDS:
        return 0
    console.print(f"the second build takes {seconds:.0f} s, limit {LIMIT_SECONDS} s")
    return int(seconds > LIMIT_SECONDS)


def _generate(settings: Settings, records: int) -> None:
    command = [sys.executable, "-m", "data_generators", "--customers", str(records)]
    subprocess.run([*command, "--output", str(settings.data_dir)], check=True)


def _raw_rows(settings: Settings) -> int:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_RAW_ROWS)
        ((rows,),) = cursor.fetchall()
    return int(rows)


def _build(settings: Settings, name: str, console: Console) -> float:
    """Build once, with training, models and tests; print what it cost and return its seconds."""
    started = time.perf_counter()
    _run(settings, "build")
    seconds = time.perf_counter() - started
    table = Table("costliest", "layer", "seconds", "rows", title=f"{name}: {seconds:.0f} s")
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_NODES, [COSTLIEST])
        for node, layer, execution, rows in cursor.fetchall():
            table.add_row(node, layer, f"{execution:.1f}", f"{rows or 0:,}")
    console.print(table)
    return seconds


def _run(settings: Settings, command: str) -> None:
    executable = str(Path(sys.executable).with_name("customer360"))
    environment = os.environ | {"C360_DATA_DIR": str(settings.data_dir)}
    subprocess.run([executable, command], check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    raise SystemExit(main())
