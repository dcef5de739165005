r"""Speed of the loader beside `psql` copying the same files into the same text columns, in one run.

    python -m benchmarks.load [--data DIR] [--runs 5]

The peer writes no lineage, checks nothing and keeps no ledger. Runs are interleaved and medians
compared; below 0.6 times the speed of the peer, for either file, this fails. A database of
its own is made on the configured server and dropped in the end. Both times are wall seconds of the
whole call: a psql process there, `load_file` in a running Python process (as in a task) here.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg2.sql import SQL, Composable, Identifier
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from customer360.database import embedded
from customer360.database.connection import connect, dsn
from customer360.database.initialise import create_database
from customer360.database.setup import ensure_database
from customer360.landing.contracts import FeedContract, load_contracts
from customer360.landing.loader import load_file
from customer360.landing.raw_tables import rows_table
from customer360.settings import Settings

LIMIT = 0.6
FEEDS = ("shop.customers", "shop.online_transactions")
DATABASE = "customer360_benchmark"
PSQL = embedded.BINARIES / "psql"


def main() -> int:
    """Run the benchmark and return the exit code."""
    parser = argparse.ArgumentParser(description="Load speed beside psql's.")
    parser.add_argument("--data", type=Path, help="A directory that data_generators wrote.")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="c360-") as directory:
        data = arguments.data or _generated(Path(directory))
        with _scratch_database(data) as settings:
            return _report(_measured(settings, arguments.runs), arguments.runs)


def _generated(directory: Path) -> Path:
    command = [sys.executable, "-m", "data_generators", "--customers", "100000", "--seed", "42"]
    subprocess.run([*command, "--output", str(directory)], check=True)
    return directory


@contextmanager
def _scratch_database(data: Path) -> Iterator[Settings]:
    """Make a database with raw tables, and beside each the peer's table with the same columns."""
    server = Settings()
    ensure_database(server)
    _drop(server)
    create_database(server, DATABASE)
    url = SecretStr(dsn(server, DATABASE))
    settings = server.model_copy(
        update={"data_dir": data, "database_url": url, "database_url_file": None}
    )
    try:
        ensure_database(settings)
        yield settings
    finally:
        _drop(server)


def _drop(server: Settings) -> None:
    with connect(server, database="postgres") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                SQL("drop database if exists {} with (force)").format(Identifier(DATABASE))
            )


def _measured(settings: Settings, runs: int) -> dict[str, tuple[list[float], list[float]]]:
    """Return for each feed the seconds of the peer and of the loader, run by run."""
    seconds: dict[str, tuple[list[float], list[float]]] = {}
    for feed in FEEDS:
        contract = load_contracts(settings.dbt_project_dir)[feed]
        file = _file_of(contract, settings.landing_dir)
        peer, ours = seconds[feed] = ([], [])
        _peer(settings, file)  # warms caches; not counted
        for _ in range(runs):
            peer.append(_peer(settings, file))
            ours.append(_ours(settings, contract, file))
    return seconds


def _file_of(contract: FeedContract, landing_dir: Path) -> Path:
    return next(iter(sorted(landing_dir.glob(contract.files))))


def _peer(settings: Settings, file: Path) -> float:
    header = file.open(encoding="utf-8").readline().strip().split(",")
    columns = SQL(", ").join(SQL("{} text").format(Identifier(name)) for name in header)
    _execute(
        settings, SQL("drop table if exists peer"), SQL("create table peer ({})").format(columns)
    )
    command = f"\\copy peer from '{file}' with (format csv, header)"
    started = time.perf_counter()
    subprocess.run(
        [str(PSQL), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn(settings), "-c", command],
        check=True,
    )
    return time.perf_counter() - started


def _ours(settings: Settings, contract: FeedContract, file: Path) -> float:
    _execute(
        settings,
        SQL("truncate {}").format(rows_table(contract)),
        SQL("truncate ops.load_batches, ops.quarantined_rows"),
    )
    started = time.perf_counter()
    result = load_file(settings, file)
    seconds = time.perf_counter() - started
    if result.status != "loaded" or result.rows_quarantined:
        raise SystemExit(f"The benchmark's file must load whole, but: {result}")
    return seconds


def _execute(settings: Settings, *statements: Composable) -> None:
    with connect(settings) as connection, connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _report(seconds: dict[str, tuple[list[float], list[float]]], runs: int) -> int:
    """Print the table; return 1 if either file is below the limit."""
    table = Table("feed", "psql s", "customer360 s", "speed", title=f"Load, medians of {runs} runs")
    medians = {feed: tuple(map(statistics.median, pair)) for feed, pair in seconds.items()}
    medians["all"] = tuple(map(sum, zip(*medians.values(), strict=True)))
    for feed, (peer, ours) in medians.items():
        table.add_row(feed, f"{peer:.3f}", f"{ours:.3f}", f"{peer / ours:.2f} x")
    Console().print(table)
    is_slow = any(peer / ours < LIMIT for peer, ours in medians.values())
    Console().print(f"{'Below' if is_slow else 'Not below'} the limit of {LIMIT} x.")
    return int(is_slow)


if __name__ == "__main__":
    raise SystemExit(main())
