"""Seconds of a whole build, models and tests, at 100,000 customer records of all sources.

    python benchmarks/build.py [RECORDS]

Generates and loads them on a server of its own, then builds twice: the first build also reads all
of raw and learns the match weights; the second is what every later delivery costs at least. Fails
where the second takes longer than 120 s on two cores, for 100,000 records; prorated for others.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg2.sql import SQL
from rich.console import Console
from rich.table import Table

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.settings import Settings
from customer360.transformation.build import build_lock, new_build_id, run_locked_layer
from customer360.transformation.layers import LAYERS

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
    where build_id = %s
    order by execution_seconds desc
    limit %s
"""


def main() -> int:
    """Run the benchmark and return the exit code."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    console = Console()
    with TemporaryDirectory(prefix="c360-bench-", ignore_cleanup_errors=True) as directory:
        settings = Settings(data_dir=Path(directory))
        _generate(settings, records)
        try:
            ensure_database(settings)
            load = [str(Path(sys.executable).with_name("customer360")), "load"]
            started = time.perf_counter()
            subprocess.run(load, check=True, env=_environment(settings), stdout=subprocess.DEVNULL)
            loaded = time.perf_counter() - started
            console.print(f"{_raw_rows(settings):,} rows loaded in {loaded:.0f} s")
            for name in ("first build", "second build"):
                seconds = _build(settings, name, console)
        finally:
            embedded.stop(settings.data_dir)
    limit = LIMIT_SECONDS * records / RECORDS
    console.print(f"the second build takes {seconds:.0f} s, limit {limit:.0f} s")
    return int(seconds > limit)


def _generate(settings: Settings, records: int) -> None:
    command = [sys.executable, "-m", "data_generators", "--customers", str(records)]
    subprocess.run([*command, "--output", str(settings.data_dir)], check=True)


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {"C360_DATA_DIR": str(settings.data_dir)}


def _raw_rows(settings: Settings) -> int:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(_RAW_ROWS)
        ((rows,),) = cursor.fetchall()
    return int(rows)


def _build(settings: Settings, name: str, console: Console) -> float:
    """Build once, print what it cost and return its seconds, those of dbt and training."""
    build_id = new_build_id()
    seconds: dict[str, float] = {}
    with build_lock(settings) as lock:
        for layer in LAYERS:
            started = time.perf_counter()
            run_locked_layer(settings, layer, build_id, lock.fileno())
            seconds[layer.name] = time.perf_counter() - started
    table = Table("costliest", "layer", "seconds", "rows", title=name)
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute(SQL(_NODES), [build_id, COSTLIEST])
        for node, layer_name, execution, rows in cursor.fetchall():
            table.add_row(node, layer_name, f"{execution:.1f}", f"{rows or 0:,}")
    console.print(table)
    parts = ", ".join(f"{layer} {part:.0f} s" for layer, part in seconds.items())
    total = sum(seconds.values())
    console.print(f"{name}: {total:.0f} s ({parts})")
    return total


if __name__ == "__main__":
    raise SystemExit(main())
