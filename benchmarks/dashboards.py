"""Seconds until each dashboard of Superset shows all of its charts, in Chromium, nothing cached.

    python -m benchmarks.dashboards [RECORDS]
    python -m benchmarks.dashboards --published

Generates, loads, builds and publishes that many customer records on a server of its own, or takes
the published warehouse of the settings. The scripts of Superset's pages are loaded once before, as
by whoever looks every day; answers to charts are not kept. Each dashboard is opened three times,
the median counts. Fails where one takes longer than 3 s. Needs `make setup-dashboards`.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.support.own_server import own_server
from customer360.bi.home import SupersetHome
from customer360.bi.local_superset import ensure_superset
from customer360.database.connection import connect
from customer360.demo import processes
from customer360.settings import Settings, get_settings
from tests.e2e.browser import Visitor, chromium
from tests.e2e.test_dashboards import CHARTS, SEARCH

RECORDS = 270_000  # of about 100,000 customers
LIMIT_SECONDS = 3.0
TIMES = 3


def main() -> int:
    """Run the benchmark and return the exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--published"]:
        return measure(get_settings())
    with own_server() as settings:
        try:
            publish(settings, int(arguments[0]) if arguments else RECORDS)
            return measure(settings)
        finally:
            run(settings, "stop")


def publish(settings: Settings, records: int) -> None:
    """Make records up, and take them through the whole pipeline but for Airflow."""
    command = [sys.executable, "-m", "data_generators", "--customers", str(records)]
    subprocess.run([*command, "--output", str(settings.data_dir)], check=True)
    run(settings, "db", "start")
    for step in ("load", "build", "publish"):
        run(settings, step)


def run(settings: Settings, *arguments: str) -> None:
    """Run `customer360 …` on the data of the benchmark."""
    executable = str(Path(sys.executable).with_name("customer360"))
    environment = os.environ | {"C360_DATA_DIR": str(settings.data_dir)}
    subprocess.run([executable, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)


def measure(settings: Settings) -> int:
    """Open each dashboard; print what it took, and return 1 if one is too slow."""
    home, console = SupersetHome(settings), Console()
    port = ensure_superset(home, settings.superset_port, console.print)
    table = Table("dashboard", "charts", "seconds", "slowest chart", "its answer after")
    slow = []
    with chromium() as browser:
        analyst = Visitor(browser, f"http://127.0.0.1:{port}")
        analyst.log_in("analyst", home.passwords()["analyst"])
        for slug in sorted(CHARTS.keys() - {SEARCH}):
            analyst.open(slug, CHARTS[slug])  # loads the scripts
            seconds = statistics.median(_open(home, analyst, slug) for _ in range(TIMES))
            chart, milliseconds = max(analyst.milliseconds().items(), key=lambda item: item[1])
            row = (str(CHARTS[slug]), f"{seconds:.2f}", chart, f"{milliseconds:,.0f} ms")
            table.add_row(slug, *row)
            slow += [slug] if seconds > LIMIT_SECONDS else []
    processes.stop(home)
    table.title = f"{_customers(settings):,} customers, limit {LIMIT_SECONDS:.0f} s"
    console.print(table)
    return int(bool(slow))


def _open(home: SupersetHome, visitor: Visitor, slug: str) -> float:
    shutil.rmtree(home.directory / "cache" / "data", ignore_errors=True)
    started = time.perf_counter()
    visitor.open(slug, CHARTS[slug])
    return time.perf_counter() - started


def _customers(settings: Settings) -> int:
    with connect(settings) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from warehouse.customer_360")
        ((customers,),) = cursor.fetchall()
    return int(customers)


if __name__ == "__main__":
    raise SystemExit(main())
