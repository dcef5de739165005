"""How fast and how well records are matched, beside Splink: `python -m benchmarks.identity [N]`.

Both get the same file: N generated customer records, 100,000 if nothing is said, as staging leaves
them, without what the sources declare of one another. Ours is `customer360 identity evaluate` on a
server of its own: dbt's start, staging, training and all models count. Splink (DuckDB, two
threads, PyPI) gets a virtual environment of its own, and starts from the file. Memory is the peak
of the processes' proportional share (PSS). The limits are on what is found: precision and F1.
"""

import csv
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.support.own_server import own_server
from customer360.database import embedded
from customer360.database.connection import connect
from customer360.database.setup import ensure_database
from customer360.identity.evaluation import read_people
from customer360.identity.labelled import COLUMNS, evaluate_file, read_labelled
from customer360.identity.pairs import Agreement, agree
from customer360.landing.loader import load_file
from customer360.settings import Settings
from customer360.transformation.dbt_runner import run_dbt

RECORDS = 100_000
SPLINK = "splink==5.0.0"
SPLINK_RUN = Path(__file__).parent / "peers" / "splink_run.py"
CUSTOMER_FEEDS = (
    *("dealership/customers", "dynamics/contacts", "external_customers", "shop/customers"),
    *("loyalty/loyalty_accounts", "retail_api/customers", "salesforce/contacts"),
)
LEAST_PRECISION = 0.995
LEAST_F1 = 0.985
SAMPLE_SECONDS = 0.25
MEBIBYTE = 2**20
CLEANED = """
    select
        source_customer_key, first_name, last_name, email, phone, cast(birth_date as text),
        street, city, state, postcode
    from identity.identity_records
    order by source_customer_key
"""


@dataclass(frozen=True)
class Run:
    """What one of the two took and found."""

    name: str
    seconds: dict[str, float]
    peak_bytes: int
    candidate_pairs: int
    pairwise: Agreement

    @property
    def total(self) -> float:
        """Seconds of all steps."""
        return sum(self.seconds.values())


class Peak:
    """The largest memory of all processes below this one and of a server."""

    def __init__(self) -> None:
        self.bytes = 0

    @contextmanager
    def watched(self, server: int | None) -> Iterator[None]:
        """Sample while the block runs; `server` is the process id of a Postgres, if there is."""
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done, server))
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _watch(self, done: threading.Event, server: int | None) -> None:
        while not done.wait(SAMPLE_SECONDS):
            parents = (
                [psutil.Process()] if server is None else [psutil.Process(), psutil.Process(server)]
            )
            processes = {
                one for parent in parents for one in (parent, *parent.children(recursive=True))
            }
            self.bytes = max(self.bytes, sum(map(proportional_bytes, processes)))


def proportional_bytes(process: psutil.Process) -> int:
    """Return a process's memory, what it shares divided by who shares it; 0 where it has ended."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def write_records(settings: Settings, records: int, path: Path) -> None:
    """Generate, load and clean customer records, and write them with their people."""
    command = [sys.executable, "-m", "data_generators", "--customers", str(records)]
    output = ["--output", str(settings.data_dir)]
    subprocess.run([*command, *output], check=True, stdout=subprocess.DEVNULL)
    for feed in CUSTOMER_FEEDS:
        for file in sorted((settings.landing_dir / feed).iterdir()):
            load_file(settings, file)
    without_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    run_dbt(settings, ["build", "--select", "+identity_records", *without_tests], "benchmark")
    people = read_people(settings.data_dir / "truth" / "records.csv")
    with connect(settings) as connection, connection.cursor() as cursor, path.open("w") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "truth"])
        cursor.execute(CLEANED)
        for number, (key, *values) in enumerate(cursor, start=1):
            writer.writerow(["labelled", number, *values, people[key]])


def run_ours(settings: Settings, path: Path) -> Run:
    """Match the file with ours."""
    pid_file = embedded.socket_dir(settings.data_dir) / "postmaster.pid"
    peak = Peak()
    with peak.watched(int(pid_file.read_text().splitlines()[0])):
        found = evaluate_file(settings, path, datetime.now(UTC))
    pairs = sum(rule.new_pairs for rule in found.rules)
    return Run("ours", dict(found.seconds), peak.bytes, pairs, found.pairwise)


def run_splink(directory: Path, path: Path) -> Run:
    """Match the file with Splink, in an environment that is made for it."""
    environment, clusters, peak = directory / "splink", directory / "clusters.csv", Peak()
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = str(environment / "bin" / "python")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SPLINK]
    subprocess.run([python, *install], check=True)
    before = psutil.Process().memory_full_info().pss
    with peak.watched(None):
        run = subprocess.run(
            [python, str(SPLINK_RUN), str(path), str(clusters)],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    told = json.loads(run.stdout.splitlines()[-1])
    _, people = read_labelled(path)
    with clusters.open(newline="") as file:
        found = {f"labelled:{row['source_id']}": row["cluster_id"] for row in csv.DictReader(file)}
    pairwise = agree(people, found).pairwise
    return Run("Splink", told["seconds"], peak.bytes - before, told["candidate_pairs"], pairwise)


def show(runs: list[Run], records: int, console: Console) -> None:
    """Print both side by side."""
    table = Table("what", *(run.name for run in runs), title=f"{records:,} records")
    table.add_row("candidate pairs", *(f"{run.candidate_pairs:,}" for run in runs))
    for step in dict.fromkeys(step for run in runs for step in run.seconds):
        cells = (f"{run.seconds[step]:.1f}" if step in run.seconds else "" for run in runs)
        table.add_row(f"{step}, s", *cells)
    table.add_row("all, s", *(f"{run.total:.1f}" for run in runs))
    table.add_row("peak memory, MiB", *(f"{run.peak_bytes / MEBIBYTE:,.0f}" for run in runs))
    for name in ("precision", "recall", "f1"):
        table.add_row(name, *(f"{getattr(run.pairwise, name):.4f}" for run in runs))
    console.print(table)


def main() -> None:
    """Run both, print them side by side, and fail where ours finds too little or too much."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    with own_server() as settings:
        path = settings.data_dir / "records.csv"
        ensure_database(settings)
        write_records(settings, records, path)
        ours = run_ours(settings, path)
        embedded.stop(settings.data_dir)  # Splink has the machine to itself, as we had
        splink = run_splink(settings.data_dir, path)
    console = Console()
    show([ours, splink], records, console)
    ratio = ours.total / splink.total
    console.print(
        f"ours takes {ratio:.2f} times as long as Splink; precision {ours.pairwise.precision:.4f}, "
        f"limit {LEAST_PRECISION}; F1 {ours.pairwise.f1:.4f}, limit {LEAST_F1}"
    )
    if ours.pairwise.precision < LEAST_PRECISION or ours.pairwise.f1 < LEAST_F1:
        raise SystemExit("a limit is broken")


if __name__ == "__main__":
    main()
